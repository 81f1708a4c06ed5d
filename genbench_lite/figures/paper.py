"""What small SVG panels and tables share: white paper on any theme, letters, round numbers."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

WIDTH = 360  # px of a panel; on a phone about one to one
NAME = 24  # letters of a class name that fit
INK = "#1a1a1a"
PAPER = f"background:#ffffff;color:{INK}"


def svg(parts: Sequence[str], alt: str, height: float) -> str:
    """Put the parts of a panel on paper."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(alt)}" '
        f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'style="{PAPER};font:15px sans-serif;fill:{INK};max-width:100%;height:auto">'
        f"{''.join(parts)}</svg>"
    )


def beside(panels: Sequence[str]) -> str:
    """Panels beside each other, or one below the other where there is little room."""
    cells = "".join(f'<div style="flex:0 1 {WIDTH}px;min-width:0">{one}</div>' for one in panels)
    return f'<div style="display:flex;flex-wrap:wrap;gap:8px 24px">{cells}</div>'


def table(head: Sequence[str], rows: Sequence[Sequence[str]], caption: str = "") -> str:
    """A small table on paper, whatever the theme; the first column names the rows.

    Examples
    --------
    >>> table(["", "test"], [["cheat", "<80%"]]).count("&lt;80%")
    1
    """
    cell = f"{PAPER};padding:2px 10px 2px 0;border:0"
    top = "".join(f'<th scope="col" style="{cell};text-align:left">{escape(h)}</th>' for h in head)
    body = "".join(
        f'<tr style="{PAPER}"><th scope="row" style="{cell};text-align:left;font-weight:normal">'
        f"{escape(first)}</th>"
        + "".join(f'<td style="{cell};text-align:left">{escape(one)}</td>' for one in rest)
        + "</tr>"
        for first, *rest in rows
    )
    title = f'<caption style="{PAPER};text-align:left">{escape(caption)}</caption>'
    look = f"{PAPER};border-collapse:collapse;margin:6px 0;font-size:13px"
    return (
        f'<table style="{look}">{title if caption else ""}<thead>'
        f'<tr style="{PAPER}">{top}</tr></thead><tbody>{body}</tbody></table>'
    )


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers from low to high, at most so many.

    Examples
    --------
    >>> ticks(71, 802), ticks(0, 1)
    ([200.0, 400.0, 600.0, 800.0], [0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
    """
    size = 10.0 ** np.floor(np.log10((high - low) / most))
    step = next(s for s in (size, 2 * size, 5 * size, 10 * size) if (high - low) / s <= most)
    first, last = int(np.ceil(low / step - 1e-9)), int(np.floor(high / step + 1e-9))
    return [float(f"{i * step:.6g}") for i in range(first, last + 1)]


def short(name: str, most: int = NAME) -> str:
    """A name cut to so many letters."""
    return name if len(name) <= most else f"{name[: most - 1]}…"


def text(x: float, y: float, words: str, anchor: str = "middle", weight: str = "normal") -> str:
    """Escaped letters with a rim of paper, for where a line runs through them."""
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" font-weight="{weight}" '
        'stroke="#ffffff" stroke-width="3" paint-order="stroke">'
        f"{escape(words)}</text>"
    )
