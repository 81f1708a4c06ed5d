"""The letters of one sequence as HTML: coloured tiles, GC content under them, matches marked.

Ten letters are one little drawing, and the page breaks the line between them: a narrow screen
gets more rows, not smaller letters.
"""

from __future__ import annotations

import html
from typing import NamedTuple

import numpy as np

from .. import sequence
from ..browsing import windowed_gc
from ..errors import DataError
from ..plots import BASE_COLOURS
from .motif_plots import STRANDS
from .plot_styles import GREY

GC_WIDTH = 21  # letters: two turns of the double helix, and a middle
BLOCK = 10  # letters
PAPER = "background:#fff;color:#000;padding:8px;font-family:sans-serif"
_PX = {"letter": 11, "position": 12, "lane": 9, "tile": 17, "gc": 26}
_TILES = {**BASE_COLOURS, "N": "#dddddd"}
_INKS = {"+": "#0072B2", "-": "#B34700"}  # of STRANDS, dark enough for small letters
_BINS = 240  # of the strip that shows all of a long sequence


class Matches(NamedTuple):
    """Where a pattern matches: bool, shape (length,), of each strand; and its letters."""

    plus: np.ndarray
    minus: np.ndarray
    length: int


NO_MATCHES = Matches(np.zeros(0, bool), np.zeros(0, bool), 0)


def sequence_html(
    codes: np.ndarray, window: tuple[int, int] | None = None, matches: Matches = NO_MATCHES
) -> str:
    """Draw the letters of a sequence, its GC content, and the matches of a pattern.

    Parameters
    ----------
    codes : numpy.ndarray
        uint8, shape (length,).
    window : tuple of int, optional
        The part to show: first position, and the one after the last, both from 0.
    matches : Matches, optional
        What :func:`genbench_lite.patterns.pattern_matches` found, and the pattern's length.
        Letters of a match keep their colour, the others turn pale. An arrow above the letters
        is a match on the + strand, one below on the - strand.

    Returns
    -------
    str
        One element, with its own white paper.

    Raises
    ------
    DataError
        If the sequence is empty or the window not within it.

    Examples
    --------
    >>> drawn = sequence_html(sequence.encode("GATTACAGATTACA"))
    >>> drawn.count("<svg"), drawn.split('aria-label="')[1].split('"')[0]
    (2, 'Positions 0 to 13 of 14 bp: GATTACAGATTACA. GC content 0.29.')
    """
    first, end = check_window(codes, window)
    gc = windowed_gc(codes, GC_WIDTH)
    matched = _covered(matches.plus, matches.length) | _covered(matches.minus, matches.length)
    blocks = []
    for start in range(first, end, BLOCK):
        stop = min(start + BLOCK, end)
        bright = matched[start:stop] if matches.length else np.ones(stop - start, bool)
        blocks.append(_block(codes[start:stop], start, bright, gc[start:stop], matches))
    return (
        f'<div role="img" aria-label="{html.escape(_alt(codes, first, end, matches))}" '
        f'style="{PAPER};line-height:0">{"".join(blocks)}</div>'
    )


def overview_svg(codes: np.ndarray, window: tuple[int, int], matches: Matches = NO_MATCHES) -> str:
    """Draw GC content and matches along all of a long sequence, and which part is shown below.

    Parameters
    ----------
    codes, window, matches
        As :func:`sequence_html` takes them.

    Returns
    -------
    str
        One ``<svg>`` element, as wide as its container.

    Raises
    ------
    DataError
        As :func:`sequence_html`.

    Examples
    --------
    >>> overview_svg(sequence.encode("GC" * 500), (0, 300)).count("<rect")
    2
    """
    first, end = check_window(codes, window)
    scale = 1000 / len(codes)
    edges = np.linspace(0, len(codes), min(_BINS, len(codes)) + 1).astype(int)
    strong, known = (
        np.add.reduceat(flags, edges[:-1], dtype=np.int64)
        for flags in ((codes == 1) | (codes == 2), codes < sequence.UNKNOWN)
    )
    bars = "".join(
        f"M{a * scale:.1f} 30v-{24 * s / k:.1f}H{b * scale:.1f}V30z"
        for a, b, s, k in zip(edges, edges[1:], strong, known, strict=False)
        if k
    )
    ticks = "".join(
        f'<path stroke="{STRANDS[strand]}" stroke-width="2" vector-effect="non-scaling-stroke" d="'
        + "".join(f"M{start * scale:.1f} {top}v6" for start in _thinned(starts, scale))
        + '"/>'
        for strand, starts, top in (("+", matches.plus, 0), ("-", matches.minus, 32))
    )
    alt = (
        f"GC content along all {len(codes):,} bp; positions {first:,} to {end - 1:,} are shown "
        f"below. {_count(matches)}"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{html.escape(alt)}" '
        'viewBox="0 0 1000 38" preserveAspectRatio="none" style="width:100%;height:38px">'
        '<rect width="1000" height="38" fill="white"/>'
        f'<path fill="{GREY}" d="{bars}"/>{ticks}'
        f'<rect x="{first * scale:.1f}" y="1" width="{max((end - first) * scale, 2):.1f}" '
        'height="36" fill="none" stroke="black" stroke-width="2" '
        'vector-effect="non-scaling-stroke"/></svg>'
    )


def check_window(codes: np.ndarray, window: tuple[int, int] | None) -> tuple[int, int]:
    """The part of a sequence to show; all of it for None.

    Raises
    ------
    DataError
        If there is no letter in it, or it is not within the sequence.
    """
    first, end = (0, len(codes)) if window is None else window
    if not 0 <= first < end <= len(codes):
        raise DataError(
            f"A window from {first} to {end} is not within {len(codes)} letters. Give its first "
            "position and the one after its last, from 0."
        )
    return first, end


def legend(pattern: str = "") -> str:
    """What the marks mean, as HTML for white paper."""
    gc = (
        f"Grey, under the letters: share of G and C in the {GC_WIDTH} letters around; the floor is "
        "0, the dashed line one half, the ceiling 1."
    )
    if not pattern:
        return gc
    name = html.escape(pattern)
    plus, minus = (f'<b style="color:{ink}">' for ink in _INKS.values())
    return f"{plus}▶ above</b>: {name} on the + strand. {minus}◀ below</b>: on the - strand. {gc}"


def _block(
    codes: np.ndarray, start: int, bright: np.ndarray, gc: np.ndarray, matches: Matches
) -> str:
    """At most ten letters: position, + lane, tiles, - lane, GC."""
    px = _PX
    width = len(codes) * px["letter"]
    tiles = px["position"] + px["lane"]
    floor = tiles + px["tile"] + px["lane"] + px["gc"]
    middle = floor - px["gc"] / 2
    bars = "".join(
        f"M{i * px['letter']} {floor}v-{share * px['gc']:.1f}h{px['letter']}V{floor}z"
        for i, share in enumerate(gc)
        if np.isfinite(share)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{floor + 8}" '
        f'style="max-width:none" font-family="monospace">'
        f'<text y="10" font-size="11" fill="#444">{start:,}</text>'
        + _tiles(codes, bright, tiles)
        + _lane(matches.plus, matches.length, "+", start, len(codes), px["position"])
        + _lane(matches.minus, matches.length, "-", start, len(codes), tiles + px["tile"])
        + f'<path fill="{GREY}" d="{bars}"/>'
        f'<path stroke="black" stroke-width=".7" d="M0 {floor}H{width}"/>'
        f'<path stroke="black" stroke-width=".7" stroke-dasharray="2 3" d="M0 {middle}H{width}"/>'
        f'<path stroke="#ccc" stroke-width=".7" d="M0 {floor - px["gc"]}H{width}"/></svg>'
    )


def _tiles(codes: np.ndarray, bright: np.ndarray, top: int) -> str:
    """Coloured squares and the letters on them; a base at a time, so that the text is short."""
    px = _PX
    parts = []
    for code, (base, colour) in enumerate(_TILES.items()):
        for shown, opacity in ((bright, 1), (~bright, 0.22)):
            places = np.flatnonzero((np.minimum(codes, sequence.UNKNOWN) == code) & shown)
            if not len(places):
                continue
            squares = "".join(
                f"M{i * px['letter']} {top}h{px['letter']}v{px['tile']}h-{px['letter']}z"
                for i in places
            )
            middles = " ".join(f"{(i + 0.5) * px['letter']:g}" for i in places)
            ink = "#fff" if base == "C" and opacity == 1 else "#000"
            parts.append(
                f'<path fill="{colour}" fill-opacity="{opacity}" d="{squares}"/>'
                f'<text x="{middles}" y="{top + 13}" font-size="13" text-anchor="middle" '
                f'fill="{ink}">{base * len(places)}</text>'
            )
    return "".join(parts)


def _lane(starts: np.ndarray, length: int, strand: str, first: int, shown: int, top: int) -> str:
    """Arrows of the matches that touch the letters from ``first`` on, cut at the block's ends."""
    px = _PX["letter"]
    near = np.flatnonzero(starts[max(first - length + 1, 0) : first + shown])
    arrows = []
    for start in (near + max(first - length + 1, 0) - first).tolist():
        left = max(start, 0) * px + (start >= 0)
        right = min(start + length, shown) * px - (start + length <= shown)
        point = min(px, right - left)
        if strand == "+" and start + length <= shown:
            body = f"H{right - point}L{right} {top + 4.5}L{right - point} {top + 8}H{left}z"
            arrows.append(f"M{left} {top + 1}{body}")
        elif strand == "-" and start >= 0:
            body = f"H{left + point}L{left} {top + 4.5}L{left + point} {top + 8}H{right}z"
            arrows.append(f"M{right} {top + 1}{body}")
        else:
            arrows.append(f"M{left} {top + 1}H{right}V{top + 8}H{left}z")
    return f'<path fill="{STRANDS[strand]}" d="{"".join(arrows)}"/>' if arrows else ""


def _covered(starts: np.ndarray, length: int) -> np.ndarray:
    """Which letters belong to a match."""
    if not length:
        return starts
    begun = np.cumsum(starts)
    begun[length:] = begun[length:] - begun[:-length]
    return begun > 0


def _thinned(starts: np.ndarray, scale: float) -> np.ndarray:
    """Starts, at most one in two units of a strip of a thousand."""
    places = np.flatnonzero(starts)
    return places[np.unique((places * scale / 2).astype(int), return_index=True)[1]]


def _alt(codes: np.ndarray, first: int, end: int, matches: Matches) -> str:
    known = codes[codes < sequence.UNKNOWN]
    gc = f"{np.isin(known, (1, 2)).mean():.2f}" if len(known) else "unknown"
    text = (
        f"Positions {first:,} to {end - 1:,} of {len(codes):,} bp: "
        f"{sequence.decode(codes[first:end])}. GC content {gc}."
    )
    return f"{text} {_count(matches)}" if matches.length else text


def _count(matches: Matches) -> str:
    if not matches.length:
        return ""
    plus, minus = int(matches.plus.sum()), int(matches.minus.sum())
    return f"Matches: {plus:,} on the + strand, {minus:,} on the - strand."
