"""Attribution logos: what each base adds to a model's answer, as letters of that height.

A motif has ten positions, a sequence has hundreds: it wraps into rows, so that letters stay
readable.
"""

from __future__ import annotations

import html
from typing import Any

import numpy as np

from .. import sequence
from ..errors import DataError
from ..plots import BASE_COLOURS, Picture
from .letters import WIDTH, Letters, add_letters, stack, svg_outline
from .plot_styles import tidy

X_LABEL = "position (bp, from 0)"
Y_LABEL = ("attribution", "(units of output)")
ROW = 100  # letters: on a page they are then as wide as printed ones
_INCHES = {"letter": 0.12, "row": 1.15, "left": 0.95, "right": 0.15, "top": 0.4, "bottom": 0.55}
_PIXELS = {"letter": 9, "row": 78, "gap": 24, "left": 80, "right": 10, "top": 28, "bottom": 36}


def attribution_logo(
    attribution: np.ndarray,
    sequence: str | np.ndarray | None = None,
    window: tuple[int, int] | None = None,
    row_length: int = ROW,
    title: str = "Attribution",
) -> Picture:
    """Draw what each base adds to a model's answer, or takes from it.

    Parameters
    ----------
    attribution : numpy.ndarray
        Shape (4, length), rows A, C, G, T, in units of the model's output.
    sequence : str or numpy.ndarray, optional
        The sequence's letters, or their uint8 codes of shape (length,). Then only the letter
        that is there is drawn at each position, and none where it is unknown; otherwise all
        four are, stacked outwards, the largest last.
    window : tuple of int, optional
        The part to show: first position, and the one after the last, both from 0.
    row_length : int
        Most letters a row. The rows are made about equally long.
    title : str

    Returns
    -------
    Picture
        One panel a row, all of one scale. Letters that add stand on the zero line, letters that
        take away hang upside down from it. The letter of position 5 is centred at 5, and
        positions count from 0.

    Raises
    ------
    DataError
        If the attribution has another shape or holds no numbers, or the sequence, the window
        or the row does not fit it.

    Examples
    --------
    >>> attribution_logo(np.diag([2.0, -1.0, 1.0, 0.5]), "ACGT").alt
    'Attribution logo of 4 bp. It is highest, 2, at position 0 (A), and lowest, -1, at 1 (C).'
    """
    values, first = _shown(attribution, sequence, window)
    width = _row_width(values.shape[1], row_length)
    letters = stack(values)
    low, high = limits(values)
    figure = Picture()
    axes = _rows(figure, -(-values.shape[1] // width), width)
    for row, axis in enumerate(axes):
        start, end = row * width, min((row + 1) * width, values.shape[1])
        add_letters(axis, letters, first, start, end)
        axis.hlines(0, first + start - 0.5, first + end - 0.5, color="black", linewidth=0.6)
        axis.set(xlim=(first + start - 0.5, first + start + width - 0.5), ylim=(low, high))
        axis.set_xticks(_x_ticks(first + start, first + end))
        axis.set_yticks(y_ticks(low, high))
        tidy(axis, grid=None, hidden=("top", "right", "bottom"))
        axis.tick_params(labelsize=9)
    axes[0].set_title(title, fontsize=11)
    axes[-1].set_xlabel(X_LABEL)
    figure.supylabel("\n".join(Y_LABEL), fontsize=10, x=0.05 / figure.get_figwidth(), ha="left")
    figure.alt = _alt(values, first)
    return figure


def attribution_svg(
    attribution: np.ndarray,
    sequence: str | np.ndarray | None = None,
    window: tuple[int, int] | None = None,
    row_length: int = ROW,
    title: str = "Attribution",
) -> str:
    """Draw the same as SVG text, for widgets: made in milliseconds, sharp at any size.

    Parameters
    ----------
    attribution, sequence, window, row_length, title
        As :func:`attribution_logo` takes them.

    Returns
    -------
    str
        One ``<svg>`` element, as wide as its container at most.

    Raises
    ------
    DataError
        As :func:`attribution_logo`.

    Examples
    --------
    >>> svg = attribution_svg(np.diag([2.0, -1.0, 1.0, 0.5]), "ACGT")
    >>> svg[:4], svg.count("matrix(")
    ('<svg', 4)
    """
    values, first = _shown(attribution, sequence, window)
    length = values.shape[1]
    width = _row_width(length, row_length)
    rows = -(-length // width)
    low, high = limits(values)
    px = _PIXELS
    scale = px["row"] / (high - low)
    zeros = px["top"] + high * scale + np.arange(rows) * (px["row"] + px["gap"])
    across = max(px["left"] + width * px["letter"] + px["right"], 320)
    down = px["top"] + rows * (px["row"] + px["gap"]) - px["gap"] + px["bottom"]
    alt = html.escape(_alt(values, first))
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{alt}" '
            f'viewBox="0 0 {across} {down}" width="{across}" style="max-width:100%" '
            'font-family="sans-serif" font-size="11" text-anchor="middle">',
            f'<rect width="{across}" height="{down}" fill="white"/>',
            f'<text x="{across / 2:g}" y="15" font-size="13">{html.escape(title)}</text>',
            *_svg_letters(stack(values), width, zeros, scale),
            *_svg_axes(first, length, width, zeros, scale),
            f'<text x="{across / 2:g}" y="{down - 5}">{X_LABEL}</text>',
            *(
                f'<text transform="translate({x} {(down - 8) / 2:g}) rotate(-90)">{line}</text>'
                for x, line in zip((13, 27), Y_LABEL, strict=True)
            ),
            "</svg>",
        ]
    )


def _shown(
    attribution: np.ndarray, letters: str | np.ndarray | None, window: tuple[int, int] | None
) -> tuple[np.ndarray, int]:
    """float64, shape (4, shown): zero where a letter is not to be drawn; and the first position."""
    values = np.asarray(attribution, np.float64)
    if values.ndim != 2 or values.shape[0] != 4 or not values.size:
        raise DataError(
            f"An attribution of shape {values.shape} cannot be drawn. Give that of one sequence: "
            "four rows, A, C, G and T, and one column a base."
        )
    if not np.isfinite(values).all():
        raise DataError(
            f"The attribution at position {np.isfinite(values).all(0).argmin()} is not a number. "
            "Look for a division by zero where it was computed."
        )
    length = values.shape[1]
    if letters is not None:
        codes = sequence.encode(letters) if isinstance(letters, str) else np.asarray(letters)
        if codes.shape != (length,):
            raise DataError(
                f"The sequence has shape {codes.shape}, its attribution {length} positions. Give "
                "the sequence that the attribution is of."
            )
        values = np.where(codes == np.arange(4)[:, None], values, 0)
    first, end = (0, length) if window is None else window
    if not 0 <= first < end <= length:
        raise DataError(
            f"A window from {first} to {end} is not within {length} positions. Give its first "
            "position and the one after its last, from 0."
        )
    return values[:, first:end], first


def _row_width(length: int, most: int) -> int:
    """Letters a row: as few rows as possible, about equally long, of whole tens."""
    if most < 1:
        raise DataError(f"A row of {most} letters cannot be drawn. Give at least 1.")
    even = -(-length // -(-length // most))
    return min(-(-even // 10) * 10, most, length)


def limits(values: np.ndarray) -> tuple[float, float]:
    """A little more than the highest and the lowest stack; never nothing."""
    low = float(np.minimum(values, 0).sum(0).min())
    high = float(np.maximum(values, 0).sum(0).max())
    if low == high:
        return -1.0, 1.0
    margin = 0.04 * (high - low)
    return low - margin, high + margin


def _alt(values: np.ndarray, first: int) -> str:
    text = f"Attribution logo of {values.shape[1]} bp"
    if first:
        text += f" from position {first}"
    if not values.any():
        return f"{text}. It is zero everywhere."
    seen = np.where(values != 0, values, np.nan)
    (high, a), (low, b) = (
        np.unravel_index(i, seen.shape) for i in (np.nanargmax(seen), np.nanargmin(seen))
    )
    return (
        f"{text}. It is highest, {seen[high, a]:.3g}, at position {first + a} ({'ACGT'[high]}), "
        f"and lowest, {seen[low, b]:.3g}, at {first + b} ({'ACGT'[low]})."
    )


def _rows(figure: Picture, rows: int, width: int) -> list[Any]:
    """One axis a row, placed by hand: matplotlib's own layouts take longer than the letters."""
    inch = _INCHES
    across = max(inch["left"] + inch["letter"] * width + inch["right"], 4.0)
    each = inch["row"] + 0.25
    down = inch["top"] + rows * each - 0.25 + inch["bottom"]
    figure.set_size_inches(across, down)
    size = (1 - (inch["left"] + inch["right"]) / across, inch["row"] / down)
    return [
        figure.add_axes(
            (inch["left"] / across, 1 - (inch["top"] + row * each + inch["row"]) / down, *size)
        )
        for row in range(rows)
    ]


def _svg_letters(letters: Letters, width: int, zeros: np.ndarray, scale: float) -> list[str]:
    px = _PIXELS
    row, column = np.divmod(letters.positions, width)
    x = px["left"] + (column + (1 - WIDTH) / 2) * px["letter"]
    y = zeros[row] - letters.starts * scale
    numbers = np.stack([-letters.heights * scale, x, y], axis=-1)  # down is positive in SVG
    groups = []
    for base, (name, colour) in enumerate(BASE_COLOURS.items()):
        mine = numbers[letters.bases == base]
        place = f"matrix({px['letter'] * WIDTH:g} 0 0 %.2f %.2f %.2f)"
        one = f'<path d="{svg_outline(name)}" transform="{place}"/>'
        groups.append(f'<g fill="{colour}">{one * len(mine)}</g>' % tuple(mine.ravel().tolist()))
    return groups


def _svg_axes(first: int, length: int, width: int, zeros: np.ndarray, scale: float) -> list[str]:
    """Of each row: the zero line, a tick every ten letters, and round numbers on the left."""
    px = _PIXELS
    above = zeros[0] - px["top"]
    values = y_ticks((above - px["row"]) / scale, above / scale)
    parts = []
    for row, zero in enumerate(zeros):
        start, end = row * width, min((row + 1) * width, length)
        bottom = zero - above + px["row"]
        ticks = {
            position: px["left"] + (position - first - start + 0.5) * px["letter"]
            for position in _x_ticks(first + start, first + end)
        }
        lines = f"M{px['left']} {zero:.2f}h{(end - start) * px['letter']}" + "".join(
            f"M{x:g} {bottom:.2f}v3" for x in ticks.values()
        )
        parts.append(f'<path stroke="black" stroke-width=".6" d="{lines}"/>')
        parts += [
            f'<text x="{x:g}" y="{bottom + 13:.2f}">{position}</text>'
            for position, x in ticks.items()
        ]
        parts += [
            f'<text x="{px["left"] - 6}" y="{zero - value * scale + 4:.2f}" '
            f'text-anchor="end">{value:g}</text>'
            for value in values
        ]
    return parts


def _x_ticks(start: int, end: int) -> range:
    """Every tenth position; the first one where there is none."""
    return range(-(-start // 10) * 10, end, 10) or range(start, start + 1)


def y_ticks(low: float, high: float) -> list[float]:
    """Zero, and the roundest numbers near the ends."""
    step = 10 ** np.floor(np.log10((high - low) / 2))
    step *= max(m for m in (1, 2, 5) if m * step <= (high - low) / 2)
    return [float(f"{i * step:.6g}") for i in range(int(low / step), int(high / step) + 1)]
