"""Drawing of a filter at one place of a sequence, step by step, as SVG text."""

from __future__ import annotations

import html

import numpy as np

from ..errors import DataError
from ..networks.convolution import letter_products
from ..plots import BASE_COLOURS
from .plot_styles import ORANGE
from .svg_parts import on_paper, signed

CONTEXT = 41  # letters of the sequence around the filter; an odd number keeps it in the middle
_DARK = ("C", "T")  # tiles that want white letters
_PX = {"left": 132, "cell": 54, "row": 22, "letter": 14}


def window_svg(letters: str, weights: np.ndarray, place: int) -> str:
    """Draw the filter at one place: one-hot letters, weights, products and their running sum.

    Parameters
    ----------
    letters : str
        The sequence, in capital letters.
    weights : numpy.ndarray
        float, shape (4, width), rows A, C, G, T.
    place : int
        Where the filter begins, counted from 0.

    Returns
    -------
    str
        One ``<svg>`` element on white paper; it keeps its size, so let its container scroll.

    Raises
    ------
    DataError
        If the filter does not fit there.

    Examples
    --------
    >>> svg = window_svg("GATA", np.eye(4)[:, :2], 1)
    >>> svg.split('aria-label="')[1].split('"')[0]
    'The filter at position 1, on AT. Products: 1.00, 0.00. Sum: 1.00.'
    """
    width = weights.shape[1]
    if not 0 <= place <= len(letters) - width:
        raise DataError(
            f"A filter of {width} positions cannot begin at {place} in {len(letters)} letters. "
            f"Take 0 to {len(letters) - width}."
        )
    here = letters[place : place + width]
    products = letter_products(here, weights)
    context = min(max(CONTEXT, width), len(letters))
    columns = [_PX["left"] + _PX["cell"] * (i + 0.5) for i in range(width)]
    across = _PX["left"] + max(_PX["cell"] * width, _PX["letter"] * context) + 16
    parts = _context_strip(letters, place, width, context)
    y = 82
    parts.append(_row_text(y, "position", columns, [str(place + i) for i in range(width)]))
    parts.append(_label(y + _PX["row"], "letter"))
    for x, letter in zip(columns, here, strict=True):
        parts.append(_tile(x, y + _PX["row"], letter))
    y += 2 * _PX["row"] + 8
    parts += _table(y, "one-hot", here, columns, None)
    y += 4 * _PX["row"] + 12
    parts += _table(y, "× weights", here, columns, weights)
    y += 4 * _PX["row"] + 12
    running = np.cumsum(products)
    parts.append(_row_text(y, "= products", columns, [signed(p) for p in products], bold=True))
    y += _PX["row"]
    parts.append(_row_text(y, "sum so far", columns, [signed(s) for s in running]))
    box = _PX["cell"] - 2
    parts.append(
        f'<rect x="{columns[-1] - box / 2:g}" y="{y - 16}" width="{box}" height="22" fill="none" '
        f'stroke="{ORANGE}" stroke-width="2"/>'
    )
    alt = (
        f"The filter at position {place}, on {here}. Products: "
        f"{', '.join(signed(p) for p in products)}. Sum: {signed(running[-1])}."
    )
    return on_paper(parts, alt, int(across), y + 16)


def _context_strip(letters: str, place: int, width: int, shown: int) -> list[str]:
    """The letters around the filter, which is a frame over them."""
    size = _PX["letter"]
    first = min(max(place + width // 2 - shown // 2, 0), len(letters) - shown)
    left = _PX["left"]
    xs = " ".join(f"{left + size * (i + 0.5):g}" for i in range(shown))
    frame = left + (place - first) * size
    some = letters[first : first + shown]
    return [
        _label(36, "sequence"),
        f'<rect x="{frame}" y="20" width="{width * size}" height="22" fill="#ffe08a" '
        f'stroke="{ORANGE}" stroke-width="2"/>',
        f'<text x="{xs}" y="36" font-family="monospace" font-size="15">{html.escape(some)}</text>',
        f'<text x="{left}" y="14" text-anchor="start">{first}</text>',
        f'<text x="{left + size * shown}" y="14" text-anchor="end">{first + shown - 1}</text>',
    ]


def _table(
    y: int, name: str, letters: str, columns: list[float], weights: np.ndarray | None
) -> list[str]:
    """Four rows of zeros and ones, or of weights; the cells of the letters are coloured."""
    row, cell = _PX["row"], _PX["cell"]
    parts = [_label(y, name)]
    for r, base in enumerate("ACGT"):
        middle = y + r * row
        parts.append(f'<text x="{_PX["left"] - 12}" y="{middle}" font-weight="bold">{base}</text>')
        for i, (x, letter) in enumerate(zip(columns, letters, strict=True)):
            here = letter == base
            face = BASE_COLOURS[base] if here else "white"
            ink = ("white" if base in _DARK else "black") if here else "#6b6b6b"
            text = str(int(here)) if weights is None else signed(weights[r, i])
            parts.append(
                f'<rect x="{x - cell / 2:g}" y="{middle - 16}" width="{cell}" height="{row}" '
                f'fill="{face}" stroke="#cccccc"/>'
                f'<text x="{x:g}" y="{middle}" fill="{ink}">{text}</text>'
            )
    return parts


def _tile(x: float, y: int, letter: str) -> str:
    colour = BASE_COLOURS.get(letter, "#6b6b6b")
    return (
        f'<text x="{x:g}" y="{y}" font-size="16" font-weight="bold" fill="{colour}">{letter}</text>'
    )


def _row_text(y: int, name: str, columns: list[float], texts: list[str], bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    cells = "".join(
        f'<text x="{x:g}" y="{y}"{weight}>{text}</text>'
        for x, text in zip(columns, texts, strict=True)
    )
    return _label(y, name) + cells


def _label(y: int, name: str) -> str:
    return f'<text x="8" y="{y}" text-anchor="start">{name}</text>'
