"""Drawings of coordinates: an interval between fences, the two strands, sites along a region."""

from __future__ import annotations

from html import escape

import numpy as np
from numpy.typing import ArrayLike

from ..errors import DataError
from ..plots import Picture
from ..sequence import decode, encode, reverse_complement

_STEP = 44  # px from fence to fence
_LEFT = 140  # px: room for the names of the rows
_MB = 1_000_000


def interval_svg(letters: str, start: int, end: int) -> str:
    """Draw an interval on a few letters: fences counted from 0, bases from 1.

    Parameters
    ----------
    letters : str
        The whole chromosome.
    start, end : int
        0-based, half-open.

    Returns
    -------
    str
        One ``<svg>`` element, as wide as its container at most.

    Raises
    ------
    DataError
        If the interval is not on the letters.

    Examples
    --------
    >>> svg = interval_svg("GATTCA", 1, 4)
    >>> svg.count("<path"), 'aria-label="The interval from 1 to 4 on GATTCA is ATT"' in svg
    (7, True)
    """
    if not 0 <= start <= end <= len(letters):
        raise DataError(
            f"There is no interval from {start} to {end} on {len(letters)} letters. "
            f"Take 0 <= start <= end <= {len(letters)}."
        )
    fences = [_LEFT + _STEP * i for i in range(len(letters) + 1)]
    title = f"The interval from {start} to {end} on {letters} is {letters[start:end]}"
    parts = [
        _text(12, 24, title, 15, "start"),
        _text(12, 56, "fences, from 0", anchor="start"),
        _text(12, 122, "bases, from 1", anchor="start"),
        f'<rect x="{fences[start]}" y="64" width="{fences[end] - fences[start]}" height="40" '
        'fill="#0072B2" opacity=".35"/>',
    ]
    for i, x in enumerate(fences):
        parts += [_text(x, 56, str(i)), f'<path d="M{x} 64V104" stroke="currentColor"/>']
    for i, letter in enumerate(letters):
        middle = fences[i] + _STEP // 2
        parts += [_text(middle, 91, letter, 22), _text(middle, 122, str(i + 1))]
    return _svg(parts, title, max(420, fences[-1] + 20), 134)


def strands_svg(letters: str) -> str:
    """Draw both strands of a piece of DNA, with the direction in which each is read.

    Parameters
    ----------
    letters : str
        The ``+`` strand.

    Returns
    -------
    str
        One ``<svg>`` element, as wide as its container at most.

    Examples
    --------
    >>> 'aria-label="On + one reads GATTCA, on - TGAATC"' in strands_svg("GATTCA")
    True
    """
    read = decode(reverse_complement(encode(letters)))
    left, right = 90, 90 + 30 * len(letters)
    parts = []
    for y, name, row, ends in ((34, "+", letters, "5'3'"), (80, "-", read[::-1], "3'5'")):
        parts += [
            _text(20, y, name, 20),
            _text(left - 34, y, ends[:2]),
            _text(right + 4, y, ends[2:]),
        ]
        parts += [_text(left + 30 * i, y, letter, 22) for i, letter in enumerate(row)]
    for i in range(len(letters)):
        parts.append(f'<path d="M{left + 30 * i} 42V60" stroke="currentColor" opacity=".4"/>')
    parts += [
        _text(right + 26, 34, "→ read to the right", anchor="start"),
        _text(right + 26, 80, "← read to the left", anchor="start"),
    ]
    return _svg(parts, f"On + one reads {letters}, on - {read}", right + 180, 96)


def site_histogram(starts: ArrayLike, name: str, assembly: str) -> Picture:
    """Draw how many sites start in each million bases of a chromosome.

    Parameters
    ----------
    starts : array-like of int
        Where the sites start, in bp.
    name, assembly : str
        For the title and the axis.

    Returns
    -------
    Picture

    Raises
    ------
    DataError
        If there is no site.

    Examples
    --------
    >>> figure = site_histogram([500_000, 2_100_000, 2_900_000], "chromosome 21", "hg38")
    >>> figure.alt.split(";")[1]
    ' the fullest million bases, from 2 Mb, holds 2 of them.'
    """
    starts = np.asarray(starts)
    if not len(starts):
        raise DataError("There is no site to draw. Look at how the sites were selected.")
    length = int(starts.max()) // _MB + 1
    counts = np.bincount(starts // _MB, minlength=length)
    figure = Picture(figsize=(8, 2.6), layout="constrained")
    axis = figure.subplots()
    axis.bar(range(length), counts, width=1, align="edge", color="#0072B2", edgecolor="white")
    axis.set(title=f"Sites on {name}", ylabel="sites per Mb")
    axis.set(xlabel=f"position in {assembly} (Mb)", xlim=(0, length))
    figure.alt = (
        f"Histogram of {len(starts)} sites. The first is at {starts.min() / _MB:.1f} Mb; the "
        f"fullest million bases, from {counts.argmax()} Mb, holds {counts.max()} of them."
    )
    return figure


def _text(x: float, y: float, words: str, size: int = 13, anchor: str = "middle") -> str:
    return f'<text x="{x}" y="{y}" font-size="{size}" text-anchor="{anchor}">{escape(words)}</text>'


def _svg(parts: list[str], alt: str, width: int, height: int) -> str:
    # currentColor, so that it can be read on dark pages too
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(alt)}" '
        f'viewBox="0 0 {width} {height}" width="{width}" '
        'style="font-family:sans-serif;fill:currentColor;max-width:100%;height:auto">'
        f"{''.join(parts)}</svg>"
    )
