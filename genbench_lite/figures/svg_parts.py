"""What drawings made as SVG text share: white paper with a description, and numbers."""

from __future__ import annotations

import html
from collections.abc import Iterable


def on_paper(parts: Iterable[str], alt: str, width: int, height: int) -> str:
    """One ``<svg>`` element on white paper; it keeps its size, so let its container scroll.

    Parameters
    ----------
    parts : iterable of str
        SVG elements, later ones on top.
    alt : str
        What a screen reader says.
    width, height : int
        In px.

    Examples
    --------
    >>> on_paper(["<path/>"], "a < b", 8, 9).count('aria-label="a &lt; b"')
    1
    """
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{html.escape(alt)}" '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'style="max-width:none" font-family="sans-serif" font-size="13" text-anchor="middle">'
        f'<rect width="{width}" height="{height}" fill="white"/>{"".join(parts)}</svg>'
    )


def signed(number: float, digits: int = 2) -> str:
    """A number with a real minus sign, and no minus before nothing.

    Examples
    --------
    >>> signed(-0.001), signed(-1.5)
    ('0.00', '−1.50')
    """
    return f"{round(float(number), digits) + 0:.{digits}f}".replace("-", "−")


def counted(number: int, what: str) -> str:
    """A number and a word, which has an s unless it is one.

    Examples
    --------
    >>> counted(1, "place"), counted(1200, "place")
    ('1 place', '1,200 places')
    """
    return f"{number:,} {what}{'' if number == 1 else 's'}"
