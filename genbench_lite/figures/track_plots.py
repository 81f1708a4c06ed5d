"""Drawing of what a filter gives along a sequence, and of what is left of it, as SVG text."""

from __future__ import annotations

import numpy as np

from ..errors import DataError
from ..networks.convolution import max_pool
from .plot_styles import BLUE
from .svg_parts import counted, on_paper, signed

PAGE = 320  # places a picture: with more of them the bars no longer part; whole groups of 8
_PX = {"left": 62, "width": 620, "row": 84, "head": 26, "right": 12}


def track_svg(values: np.ndarray, place: int, relu: bool = False, pool: int | None = None) -> str:
    """Draw what a filter gives at every place, and what ReLU and max pooling make of it.

    Parameters
    ----------
    values : numpy.ndarray
        float, shape (places,): sums with the bias.
    place : int
        The present place, which is marked. Of many places, those around it are drawn.
    relu : bool
        Whether to add a row of what is above zero.
    pool : int, optional
        Add a row of the highest of every so many neighbours.

    Returns
    -------
    str
        One ``<svg>`` element on white paper; it keeps its size, so let its container scroll.

    Raises
    ------
    DataError
        If the place is none of them, or there are fewer than are pooled.

    Examples
    --------
    >>> svg = track_svg(np.array([-1.0, 3.0, 2.0]), 1, relu=True, pool=2)
    >>> svg.split('aria-label="')[1].split('"')[0]
    'Sums at 3 places, here 3.00, highest 3.00 at 1. ReLU leaves 2 places. Pooling leaves 1 number.'
    """
    if not 0 <= place < len(values):
        raise DataError(f"There is no place {place} of {len(values)}. Take one of them, from 0.")
    if pool is not None and not 1 <= pool <= len(values):
        raise DataError(
            f"{len(values)} places cannot be pooled by {pool}. Give a longer sequence, or pool "
            "fewer."
        )
    first = place // PAGE * PAGE
    end = min(first + PAGE, len(values))
    step = min(_PX["width"] / (end - first), 40)
    rows = [("sum of products + bias", values, 1)]
    if relu:
        rows.append(("after the ReLU", np.maximum(values, 0), 1))
    if pool is not None:
        title = f"after max pooling by {pool}: {len(values)} places become {len(values) // pool}"
        rows.append((title, max_pool(rows[-1][1], pool), pool))
    height = len(rows) * (_PX["row"] + _PX["head"])
    x = _PX["left"] + (place - first) * step
    parts = [
        f'<rect x="{x:.1f}" y="{_PX["head"]}" width="{max(step, 2):.1f}" '
        f'height="{height - _PX["head"]}" fill="#ffe08a"/>'
    ]
    for number, (title, row, size) in enumerate(rows):
        top = number * (_PX["row"] + _PX["head"]) + _PX["head"]
        parts += _bars(row, size, place, (first, end), step, top, title)
    parts += _places(first, end, len(values), step, height)
    return on_paper(
        parts,
        _track_alt(values, place, relu, pool),
        _PX["left"] + _PX["width"] + _PX["right"],
        height + 44,
    )


def _track_alt(values: np.ndarray, place: int, relu: bool, pool: int | None) -> str:
    best = int(values.argmax())
    alt = (
        f"Sums at {len(values)} places, here {signed(values[place])}, highest "
        f"{signed(values[best])} at {best}."
    )
    if relu:
        alt += f" ReLU leaves {counted(int((values > 0).sum()), 'place')}."
    if pool is not None:
        alt += f" Pooling leaves {counted(len(values) // pool, 'number')}."
    return alt


def _bars(
    values: np.ndarray, size: int, place: int, page: tuple[int, int], step: float, top: int,
    title: str,
) -> list[str]:  # fmt: skip
    """One row: a bar for each value, which stands for ``size`` places."""
    first, end = page
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    scale = (_PX["row"] - 8) / ((high - low) or 1)
    zero = top + 4 + high * scale
    left, wide = _PX["left"], max(step * size * 0.8, 0.8)
    shape = ""
    for i in range(first // size, min(-(-end // size), len(values))):
        x = left + max((i * size - first) * step, 0) + 0.1 * step * size
        shape += f"M{x:.1f} {zero:.1f}h{wide:.1f}v{-values[i] * scale:.1f}h{-wide:.1f}z"
    parts = [
        f'<text x="{left}" y="{top - 6}" text-anchor="start" font-weight="bold">{title}</text>',
        f'<path d="{shape}" fill="{BLUE}"/>',
        f'<path d="M{left} {zero:.1f}h{(end - first) * step:.1f}" stroke="black" '
        'stroke-width=".8"/>',
    ]
    apart = [value for value in (low, high) if abs(value) * scale >= 14]
    for value in (0.0, *apart):
        y, text = zero - value * scale + 4, signed(value, 1)
        parts.append(f'<text x="{left - 6}" y="{y:.1f}" text-anchor="end">{text}</text>')
    here = place // size
    if here < len(values):
        x = left + (place - first + 0.5) * step
        side = "end" if x > left + _PX["width"] - 60 else "start"
        nudge = -step / 2 - 4 if side == "end" else step / 2 + 4
        parts.append(
            f'<text x="{x + nudge:.1f}" y="{top + 10}" text-anchor="{side}" font-weight="bold" '
            f'stroke="white" stroke-width="3" paint-order="stroke">{signed(values[here])}</text>'
        )
    return parts


def _places(first: int, end: int, places: int, step: float, y: int) -> list[str]:
    """Ticks below the last row, and what they count."""
    apart = next(s for s in (1, 2, 5, 10, 20, 50, 100) if s * step >= 34)
    ticks = range(-(-first // apart) * apart, end, apart)
    left = _PX["left"]
    middle = left + _PX["width"] / 2
    text = "first position under the filter (bp, from 0)"
    if end - first < places:
        text += f"; places {first} to {end - 1} of {places:,}"
    return [
        *(
            f'<text x="{left + (t - first + 0.5) * step:.1f}" y="{y + 18}">{t}</text>'
            for t in ticks
        ),
        f'<text x="{middle:g}" y="{y + 37}">{text}</text>',
    ]
