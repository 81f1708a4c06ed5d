"""A sequence to change, as HTML: what the model says before and now, and which letters decide.

The attribution logo comes in blocks of ten letters, which wrap where the page ends: letters keep
their size on a phone. Each letter is an element of its own that can be clicked.
"""

from __future__ import annotations

import html
from collections.abc import Collection, Sequence

import numpy as np

from .. import sequence
from ..plots import BASE_COLOURS
from .attribution_plots import limits, y_ticks
from .letters import WIDTH, svg_outline

BLOCK = 10  # letters
_LETTER, _LOGO, _GAP = 13, 64, 3  # px: width of a letter, height of a logo, room around it
_BEFORE, _NOW = "#999", "#0072B2"

STYLE = f"""<style>
.gbl-mut {{background: #fff; color: #111; padding: 4px 6px; font-size: 13px; line-height: 1.4}}
.gbl-mut table {{border-collapse: collapse; color: #111; font-size: 13px; margin: 0}}
.gbl-mut th, .gbl-mut td {{text-align: left; padding: 0 10px 0 0; font-weight: normal;
  background: #fff; border: 0}}
.gbl-mut .asked {{font-weight: bold}}
.gbl-mut .number {{text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap}}
.gbl-mut .bar {{display: block; height: 7px; margin: 1px 0; min-width: 1px}}
.gbl-mut .track {{display: block; width: clamp(50px, 20vw, 160px)}}
@media (max-width: 600px) {{.gbl-mut table {{font-size: 12px}}
  .gbl-mut th, .gbl-mut td {{padding-right: 4px}}
  .gbl-mut .track {{width: 50px}}}}
.gbl-mut-block {{position: relative; display: inline-block; margin: 0 0 6px; vertical-align: top;
  width: {BLOCK * _LETTER}px; font-size: 11px; line-height: 14px}}
.gbl-mut-block svg {{position: absolute; left: 0; top: 0; pointer-events: none; max-width: none}}
.gbl-mut-letters {{display: flex}}
.gbl-mut-letters span {{box-sizing: border-box; width: {_LETTER}px; height: {_LOGO + 31}px;
  padding-top: {_LOGO}px;
  font: 13px/18px monospace; text-align: center; color: #111}}
.gbl-mut-letters [data-key] {{cursor: pointer}}
.gbl-mut-letters [data-key]:hover {{box-shadow: inset 0 0 0 1px #0072B2}}
.gbl-mut-letters small {{display: block; font: 11px/13px monospace}}
.gbl-mut-letters .changed {{background: #f2b13c88; font-weight: bold}}
.gbl-mut-letters .found {{box-shadow: inset 0 0 0 2px #111}}
.gbl-mut-chip {{display: inline-block; border: 1px solid #555; border-radius: 4px; margin: 2px;
  padding: 3px 8px; cursor: grab; background: #fff; color: #111}}
.gbl-mut-chip[aria-pressed=true] {{background: #0072B2; color: #fff}}
</style>"""


def prediction_bars(
    classes: Sequence[str], before: np.ndarray, now: np.ndarray, target: int
) -> str:
    """Probabilities of all classes before and now, as bars with numbers.

    Parameters
    ----------
    classes : sequence of str
    before, now : numpy.ndarray
        Probabilities, shape (classes,).
    target : int
        The class that is asked about; it stands out.

    Returns
    -------
    str
        An HTML table.

    Examples
    --------
    >>> bars = prediction_bars(["no", "yes"], np.array([0.5, 0.5]), np.array([0.1, 0.9]), 1)
    >>> bars.count("<tr"), "90.0%" in bars
    (3, True)
    """
    titles = "".join(
        f'<th scope="col" class="number"><span style="color:{colour}">▬</span> {when}</th>'
        for when, colour in (("before", _BEFORE), ("now", _NOW))
    )
    head = f'<tr><th scope="col">class</th><th scope="col">probability</th>{titles}</tr>'
    rows = []
    for k, name in enumerate(classes):
        bars = "".join(
            f'<span class="bar" style="width:{100 * float(share):.1f}%;background:{colour}"></span>'
            for share, colour in ((before[k], _BEFORE), (now[k], _NOW))
        )
        asked = ' class="asked"' if k == target else ""
        rows.append(
            f'<tr{asked}><th scope="row"{asked}>{html.escape(name)}</th>'
            f'<td><span class="track" aria-hidden="true">{bars}</span></td>'
            f'<td class="number">{before[k]:.1%}</td><td class="number">{now[k]:.1%}</td></tr>'
        )
    return f'<div class="gbl-mut"><table>{head}{"".join(rows)}</table></div>'


def editable_logo(
    attribution: np.ndarray,
    letters: str,
    start: str,
    window: tuple[int, int] | None = None,
    scale_of: np.ndarray | None = None,
    cursor: int | None = None,
    found: int | None = None,
) -> str:
    """The letters of a sequence to click, each below what it adds to the answer.

    Parameters
    ----------
    attribution : numpy.ndarray
        Shape (4, length), rows A, C, G, T.
    letters : str
        The sequence now.
    start : str
        What it was: changed letters are marked, with the old one below.
    window : tuple of int, optional
        First position to show, and the one after the last.
    scale_of : numpy.ndarray, optional
        Another attribution that shares the scale, such as that of ``start``: what has lost its
        height then looks lower.
    cursor : int, optional
        The position that the Tab key reaches. Without one, this is a picture, with nothing to
        click.
    found : int, optional
        A position to frame.

    Returns
    -------
    str
        HTML. Elements to click have ``data-key``, the position.

    Examples
    --------
    >>> shown = editable_logo(np.eye(4), "ACGT", "ACGA", cursor=0)
    >>> shown.count("data-key"), "position 3, T, was A" in shown
    (4, True)
    """
    first, end = window or (0, len(letters))
    values = np.asarray(attribution, np.float64)[:, first:end].sum(0)
    shared = attribution if scale_of is None else np.hstack([attribution, scale_of])
    low, high = limits(np.asarray(shared, np.float64))
    step = min(abs(tick) for tick in y_ticks(low, high) if tick)
    blocks = []
    for begin in range(first, end, BLOCK):
        until = min(begin + BLOCK, end)
        part = values[begin - first : until - first]
        logo = _logo(part, letters[begin:until], begin, (low, high), step)
        marks = "".join(
            _letter(i, letters[i], start[i], cursor, i == found) for i in range(begin, until)
        )
        blocks.append(
            f'<div class="gbl-mut-block">{logo}<div class="gbl-mut-letters">{marks}</div>{begin}'
            "</div>"
        )
    note = (
        f"Up: speaks for the class. Down: speaks against it. Lines are {step:g} apart, in units "
        "of the logit."
    )
    return (
        f'<div class="gbl-mut"><div role="group" aria-label="Sequence, positions {first} to '
        f'{end - 1}">{"".join(blocks)}</div>{note}</div>'
    )


def motif_chips(motifs: Collection[tuple[str, str]], chosen: int | None) -> str:
    """Motifs to drag, or to choose by click or key: names and letters.

    Examples
    --------
    >>> motif_chips([("GATA2", "AGATAA")], None).count('data-drag="0"')
    1
    """
    chips = (
        f'<span class="gbl-mut-chip" role="button" tabindex="0" draggable="true" data-drag="{i}" '
        f'data-key="motif {i}" aria-pressed="{str(i == chosen).lower()}">'
        f"{html.escape(name)}{f' {site}' if site != name else ''}</span>"
        for i, (name, site) in enumerate(motifs)
    )
    return f'<div class="gbl-mut">Motifs: {"".join(chips)}</div>'


def _letter(position: int, now: str, was: str, cursor: int | None, framed: bool) -> str:
    changed = now != was
    marks = [name for name, on in (("changed", changed), ("found", framed)) if on]
    about = f' class="{" ".join(marks)}"' if marks else ""
    if cursor is not None:
        label = f"position {position}, {now}" + (f", was {was}" if changed else "")
        about += (
            f' data-key="{position}" data-row="0" data-col="{position}" role="button" '
            f'tabindex="{0 if position == cursor else -1}" aria-label="{label}"'
        )
    below = f"<small>{was}</small>" if changed else ""
    return f"<span{about}>{now}{below}</span>"


def _logo(
    values: np.ndarray, letters: str, first: int, within: tuple[float, float], step: float
) -> str:
    """One block of the logo."""
    low, high = within
    across = len(values) * _LETTER
    scale = (_LOGO - 2 * _GAP) / (high - low)
    zero = _GAP + high * scale
    lines = "".join(
        f"M0 {zero - tick * step * scale:.1f}h{across}"
        for tick in range(int(low / step), int(high / step) + 1)
        if tick
    )
    paths = "".join(
        f'<path fill="{BASE_COLOURS[letter]}" d="{svg_outline(letter)}" transform="matrix('
        f"{WIDTH * _LETTER:g} 0 0 {-value * scale:.2f} {(i + (1 - WIDTH) / 2) * _LETTER:.1f} "
        f'{zero:.1f})"/>'
        for i, (letter, value) in enumerate(zip(letters, values, strict=True))
        if value and letter in sequence.LETTERS[:4]
    )
    return (
        f'<svg role="img" aria-label="{_told(values, letters, first)}" width="{across}" '
        f'height="{_LOGO}"><path stroke="#ddd" d="{lines}"/>'
        f'<path stroke="#111" stroke-width=".6" d="M0 {zero:.1f}h{across}"/>{paths}</svg>'
    )


def _told(values: np.ndarray, letters: str, first: int) -> str:
    """For those who cannot see it."""
    top = int(np.abs(values).argmax())
    return (
        f"Attribution of positions {first} to {first + len(values) - 1}; "
        f"largest: {letters[top]} at {first + top}, {values[top]:+.2g}"
    )
