"""What a training looks like while it runs: curves, a bar, and answers that changed, as HTML text.

Pure functions: they are drawn anew after every epoch, in a millisecond.
"""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence

from ..errors import DataError
from ..networks.flips import Flip
from ..networks.history import History
from .plot_styles import BLUE, ORANGE
from .svg_parts import on_paper

MOST = 6  # changed answers in the table
_COUNTS = 20  # epochs whose number of changes is told,
_FIRST = 3  # so many of them from the beginning
_DOTS = 60  # epochs: with more of them the dots of a curve touch
_PX = {"left": 46, "width": 240, "top": 48, "height": 150, "right": 14, "bottom": 44}
_STYLES = ((BLUE, ""), (ORANGE, "6 3"))
_PAPER = "background:white;color:black;padding:.5em .8em"


def live_curves(history: History | None, epochs: int, until: int | None = None) -> str:
    """Draw loss and accuracy of a training that may still be going on.

    Parameters
    ----------
    history : History, optional
        With a validation loss and accuracy for each epoch; None before the first.
    epochs : int
        How many there are to be: the axis is that long from the beginning.
    until : int, optional
        Draw only so many epochs.

    Returns
    -------
    str
        Two ``<svg>`` elements, side by side where there is room.

    Examples
    --------
    >>> text = live_curves(History([0.7, 0.5], [0.7, 0.6], [0.5, 0.8], [1.0, 1.0]), epochs=5)
    >>> text.split('aria-label="')[1].split('"')[0]
    'Loss (nats), epoch 2 of 5: training 0.50; validation 0.60, lowest in epoch 2.'
    """
    done = 0 if history is None else len(history.seconds)
    done = done if until is None else min(done, until)
    losses: dict[str, list[float]] = {"training": [], "validation": []}
    accuracy: dict[str, list[float]] = {"validation": []}
    if history is not None:  # of an epoch that is not complete, some lists have one more
        losses = {
            "training": history.train_loss[:done],
            "validation": history.valid_loss[:done],
        }
        accuracy = {"validation": history.valid_accuracy[:done]}
    top = max([1.0, *(1.05 * loss for curve in losses.values() for loss in curve)])
    low = min([0.5, *(math.floor(10 * share) / 10 for share in accuracy["validation"])])
    return (
        '<div style="display:flex;flex-wrap:wrap;gap:8px">'
        f"{_panel(losses, 'Loss (nats)', epochs, (0.0, top), lowest=True)}"
        f"{_panel(accuracy, 'Accuracy (share right)', epochs, (low, 1.0))}</div>"
    )


def progress_bar(epoch: int, epochs: int, done: float) -> str:
    """A bar of one epoch.

    Parameters
    ----------
    epoch, epochs : int
        Which one it is, counted from 1, and of how many.
    done : float
        Its share that is done, 0 to 1.

    Raises
    ------
    DataError
        If the share is more than all, or less than nothing.

    Examples
    --------
    >>> "Epoch 2 of 5" in progress_bar(2, 5, 0.25), 'value="0.25"' in progress_bar(2, 5, 0.25)
    (True, True)
    """
    if not 0 <= done <= 1:
        raise DataError(f"{done} of an epoch cannot be done. Give a share from 0 to 1.")
    name = f"Epoch {epoch} of {epochs}"
    return (
        f'{name} <progress aria-label="{name}" max="1" value="{done:.2f}" '
        f'style="width:14em;max-width:50%;vertical-align:middle"></progress> {done:.0%}'
    )


def flip_table(flips: Sequence[Sequence[Flip]], watched: int, until: int | None = None) -> str:
    """Tell which answers changed in the last epoch.

    Parameters
    ----------
    flips : sequence of sequence of Flip
        Of each epoch so far, against the one before it; of the first, against the untrained
        network.
    watched : int
        How many sequences were asked about.
    until : int, optional
        Only so many epochs.

    Returns
    -------
    str
        A text and a table of the largest changes; empty before the first epoch.

    Examples
    --------
    >>> flip = Flip("chr2:100", "K562", "HepG2", 0.6, "K562", 0.7)
    >>> "1 of 50 watched" in flip_table([[flip]], watched=50)
    True
    """
    flips = flips[:until]
    if not flips:
        return ""
    last = flips[-1]
    verdicts = [flip.verdict for flip in last]
    found = ", ".join(
        f"{verdicts.count(kind):,} {kind}"
        for kind in ("now right", "now wrong", "still wrong")
        if kind in verdicts
    )
    counts = [f"{len(some):,}" for some in flips]
    if len(counts) > _COUNTS:
        counts = [*counts[:_FIRST], "…", *counts[_FIRST - _COUNTS :]]
    text = (
        f"<strong>Epoch {len(flips)}: {len(last):,} of {watched:,} watched validation sequences "
        f"got another answer</strong>{f' ({found})' if found else ''}.<br>"
        f"Changed answers, epoch by epoch: {', '.join(counts)}."
    )
    return f'<div style="{_PAPER};margin-top:8px">{text}{_rows(last)}</div>'


def _rows(flips: Sequence[Flip]) -> str:
    if not flips:
        return ""
    cell = '<td style="padding:1px 12px 1px 0;white-space:nowrap;text-align:left">'
    head = "".join(
        f"{cell.replace('<td', '<th scope=col')}{name}</th>"
        for name in ("", "true class", "before", "now", "sequence")
    )
    mark = {"now right": "✓ now right", "now wrong": "✗ now wrong", "still wrong": "✗ still wrong"}
    body = "".join(
        "<tr>"
        + "".join(
            f"{cell}{html.escape(text)}</td>"
            for text in (
                mark[flip.verdict],
                flip.truth,
                f"{flip.before} ({flip.p_before:.2f})",
                f"{flip.after} ({flip.p_after:.2f})",
                flip.id,
            )
        )
        + "</tr>"
        for flip in flips[:MOST]
    )
    shown = f"The {MOST} largest of {len(flips):,} changes; in" if len(flips) > MOST else "In"
    return (
        '<table style="border-collapse:collapse;margin-top:.4em;background:white;color:black">'
        f"<tr>{head}</tr>{body}</table>{shown} brackets: the probability of the answer."
    )


def _panel(
    curves: Mapping[str, list[float]],
    title: str,
    epochs: int,
    limits: tuple[float, float],
    lowest: bool = False,
) -> str:
    """One pair of axes with its curves, and where the last of them is lowest."""
    low, high = limits
    apart = _PX["width"] / max(epochs - 1, 1)
    scale = _PX["height"] / (high - low)
    bottom = _PX["top"] + _PX["height"]

    def at(epoch: int, value: float) -> tuple[float, float]:
        return _PX["left"] + (epoch - 1) * apart, bottom - (value - low) * scale

    parts = [
        f'<text x="{_PX["left"]}" y="18" text-anchor="start" font-weight="bold">{title}</text>',
        *_axes(epochs, limits, apart),
    ]
    told = []
    for number, ((name, values), style) in enumerate(zip(curves.items(), _STYLES, strict=False)):
        if len(curves) == 1:
            style = _STYLES[1]  # validation looks the same in both panels
        parts += _line([at(i + 1, v) for i, v in enumerate(values)], name, number, *style)
        if values:
            told.append(f"{name} {values[-1]:.2f}")
    last = list(curves.values())[-1]
    if lowest and last:
        best = last.index(min(last))
        x, y = at(best + 1, last[best])
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="none" stroke="{ORANGE}" '
            'stroke-width="2"/>'
        )
        told[-1] += f", lowest in epoch {best + 1}"
    alt = f"{title}, " + (
        f"epoch {len(last)} of {epochs}: {'; '.join(told)}." if told else "empty."
    )
    across = _PX["left"] + _PX["width"] + _PX["right"]
    return on_paper(parts, alt, across, bottom + _PX["bottom"])


def _axes(epochs: int, limits: tuple[float, float], apart: float) -> list[str]:
    low, high = limits
    left, bottom = _PX["left"], _PX["top"] + _PX["height"]
    step = next(s for s in (0.1, 0.2, 0.5, 1, 2, 5, 10**9) if (high - low) / s <= 5.5)
    parts = []
    for i in range(math.ceil(low / step - 1e-9), int(high / step + 1e-9) + 1):
        y = bottom - (i * step - low) * _PX["height"] / (high - low)
        parts += [
            f'<path d="M{left} {y:.1f}h{_PX["width"]}" stroke="#dddddd"/>',
            f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{i * step:g}</text>',
        ]
    each = next((s for s in (1, 2, 5, 10, 20, 50, 100, 200, 500) if s * apart >= 26), 1000)
    shown = sorted({1, *range(each, epochs + 1, each)} - ({1} if each == 2 else set()))
    parts += [
        f'<text x="{left + (epoch - 1) * apart:.1f}" y="{bottom + 18}">{epoch}</text>'
        for epoch in shown
    ]
    parts.append(
        f'<text x="{left + _PX["width"] / 2:g}" y="{bottom + 37}">epoch, {epochs} at most</text>'
    )
    return parts


def _line(
    points: list[tuple[float, float]], name: str, number: int, colour: str, dash: str
) -> list[str]:
    """One curve with a dot an epoch, and its entry in the legend."""
    x = _PX["left"] + 112 * number
    stroke = f'stroke="{colour}" stroke-width="2" stroke-dasharray="{dash or "none"}"'
    path = "L".join(f"{px:.1f} {py:.1f}" for px, py in points)
    return [
        f'<path d="M{x} 35h26" {stroke}/>',
        f'<text x="{x + 32}" y="39" text-anchor="start">{name}</text>',
        f'<path d="M{path}" fill="none" {stroke}/>' if points else "",
        *(
            f'<circle cx="{px:.1f}" cy="{py:.1f}" r="2.5" fill="{colour}"/>'
            for px, py in points
            if len(points) <= _DOTS
        ),
    ]
