"""Figures of motif hits: in one sequence, and along all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patches import Polygon

from ..composition import Sequences, packed
from ..errors import DataError
from ..plots import Picture
from ..sequence_set import SequenceSet
from .plot_styles import BLUE, GREY, ORANGE, line_style, name_lines, reached, tidy

if TYPE_CHECKING:
    import pandas as pd

_NEEDED = ("sequence", "motif", "matrix", "start", "end", "strand")
STRANDS = {"+": BLUE, "-": ORANGE}


def motif_hits(hits: pd.DataFrame, sequences: Sequences, row: int = 0) -> Picture:
    """Where motifs occur in one sequence.

    Parameters
    ----------
    hits : pandas.DataFrame
        What :func:`genbench_lite.scanning.scan` found.
    sequences : SequenceSet, sequence of str, or numpy.ndarray
        What was scanned.
    row : int
        Which of the sequences, from 0.

    Returns
    -------
    Picture
        One lane a motif that occurs. A hit on the + strand is an arrow to the right above its
        lane's line, one on the - strand an arrow to the left below it. Without hits, a line
        that says so. Lanes have the names in the table, and JASPAR writes Spi1 where the matrix
        was measured in mouse cells: ``hits.replace({"motif": {"Spi1": "SPI1"}})`` renames it.

    Raises
    ------
    DataError
        If the table is no such table, is of other sequences, or there is no such row.

    Examples
    --------
    >>> from genbench_lite.motifs import jaspar
    >>> from genbench_lite.scanning import scan
    >>> text = "CCCAGATAAGGCCCCC"
    >>> motif_hits(scan([text], jaspar("GATA1"), p=0.001), [text]).alt
    'Motif hits in sequence 0 of 16 bp: GATA1 at 3 to 10 (-).'
    """
    lengths = np.diff(packed(sequences)[1])
    _check_hits(hits, len(lengths))
    if not 0 <= row < len(lengths):
        raise DataError(f"There is no row {row} among {len(lengths)} sequences. Rows count from 0.")
    mine = hits[hits["sequence"] == row].sort_values("start", kind="stable")
    names = _names(mine)
    lanes = list(dict.fromkeys(names))
    figure = Picture(figsize=(9, 1.3 + 0.42 * max(len(lanes), 1)), layout="constrained")
    axis: Any = figure.subplots()
    for name, start, end, strand in zip(
        names, mine["start"], mine["end"], mine["strand"], strict=True
    ):
        axis.add_patch(_arrow(start, end, strand, len(lanes) - 1 - lanes.index(name)))
    axis.hlines(range(len(lanes)), -0.5, lengths[row] - 0.5, color=GREY, linewidth=0.8, zorder=0)
    axis.set(xlim=(-0.5, max(lengths[row], 1) - 0.5), ylim=(-0.6, max(len(lanes), 1) - 0.4))
    axis.set_yticks(range(len(lanes)), lanes[::-1])
    identifier = sequences.ids[row] if isinstance(sequences, SequenceSet) else row
    axis.set_title(f"Motif hits in sequence {identifier} ({lengths[row]:,} bp)")
    axis.set(xlabel="position (bp, from 0)", ylabel="motif")
    tidy(axis, grid=None, hidden=("top", "right", "left"))
    if not len(mine):
        axis.text(0.5, 0.5, "no hits", transform=axis.transAxes, ha="center", va="center")
    figure.legend(
        handles=[
            _arrow(0, 1, strand, 0, label=f"{strand} strand {sign}")
            for strand, sign in zip(STRANDS, "\N{RIGHTWARDS ARROW}\N{LEFTWARDS ARROW}", strict=True)
        ],
        loc="outside upper right",
        ncols=2,
        fontsize=8,
        frameon=False,
    )
    found = "; ".join(
        f"{name} at {start} to {end} ({strand})"
        for name, start, end, strand in zip(
            names, mine["start"], mine["end"], mine["strand"], strict=True
        )
    )
    figure.alt = f"Motif hits in sequence {identifier} of {lengths[row]} bp: {found or 'none'}."
    return figure


def motif_density(hits: pd.DataFrame, sequences: Sequences, width: int = 10) -> Picture:
    """Where in the sequences motifs tend to occur.

    Parameters
    ----------
    hits : pandas.DataFrame
        What :func:`genbench_lite.scanning.scan` found; of at most seven motifs.
    sequences : SequenceSet, sequence of str, or numpy.ndarray
        What was scanned.
    width : int
        Width of a bin in bp. A hit counts where its middle is; one on either strand at the same
        place, as of a motif that is its own reverse complement, counts once.

    Returns
    -------
    Picture
        One line a motif: hits a bin for 1,000 sequences that reach the bin's end; hits in others
        do not count there. Positions that fewer than a quarter of the sequences reach are left
        out, and so is what is left over after the last whole bin.

    Raises
    ------
    DataError
        If the table is no such table, has no row or is of other sequences, there are more than
        seven motifs, or the width is under 1.

    Examples
    --------
    >>> from genbench_lite.motifs import jaspar
    >>> from genbench_lite.scanning import scan
    >>> texts = ["CCCAGATAAGGCCCCC"] * 3
    >>> motif_density(scan(texts, jaspar("GATA1"), p=0.001), texts, width=4).alt
    'Motif hits by position in 3 sequences. Densest: GATA1 at 4 to 8 bp.'
    """
    lengths = np.diff(packed(sequences)[1])
    _check_hits(hits, len(lengths))
    if not len(hits) or width < 1:
        raise DataError(
            f"{len(hits)} hits in bins of {width} bp cannot be drawn. Give at least one of each; "
            "with a higher p, scan finds more."
        )
    edges = width * np.arange(max(reached(lengths) // width, 1) + 1)
    ends = np.minimum(edges[1:], lengths.max())
    reaching = len(lengths) - np.searchsorted(np.sort(lengths), ends)
    places = hits.drop_duplicates(["sequence", "motif", "matrix", "start"])
    figure = Picture(figsize=(8, 3.6), layout="constrained")
    axis: Any = figure.subplots()
    lines, peaks = [], []
    names = _names(places)
    for number, name in enumerate(dict.fromkeys(names)):
        mine = places[names == name]
        bins = ((mine["start"] + mine["end"] - 1) / 2 // width).to_numpy(np.int64)
        within = bins < len(ends)
        bins, rows = bins[within], mine["sequence"].to_numpy()[within]
        counts = np.bincount(bins[lengths[rows] >= ends[bins]], minlength=len(ends))
        density = 1000 * counts / reaching
        lines += axis.plot(
            edges[:-1] + width / 2, density, linewidth=1.6, label=name, **line_style(number)
        )
        peak = int(density.argmax())
        where = f"at {edges[peak]} to {edges[peak + 1]} bp" if counts.any() else "in no whole bin"
        peaks.append(f"{name} {where}")
    axis.set_ylim(bottom=0)
    axis.set_title("Motif hits by position")
    axis.set(xlabel="position (bp, from 0)", ylabel=f"hits per {width} bp in 1,000 sequences")
    tidy(axis)
    name_lines(axis, lines)
    figure.alt = (
        f"Motif hits by position in {len(lengths):,} sequences. Densest: {'; '.join(peaks)}."
    )
    return figure


def _check_hits(hits: pd.DataFrame, n: int) -> None:
    """That these are hits, in n sequences."""
    missing = [column for column in _NEEDED if column not in getattr(hits, "columns", ())]
    if missing:
        raise DataError(
            f"A table without {', '.join(missing)} is no table of hits. Take what scan returns."
        )
    if len(hits) and hits["sequence"].max() >= n:
        raise DataError(
            f"There are hits in row {hits['sequence'].max()}, and {n} sequences. Give the "
            "sequences that were scanned."
        )


def _names(hits: pd.DataFrame) -> np.ndarray:
    """Name of each hit's motif; with its matrix where two matrices share a name."""
    names = hits["motif"].to_numpy(object)
    matrices = hits.groupby("motif")["matrix"].transform("nunique").to_numpy()
    with_matrix = names + " " + hits["matrix"].to_numpy(object)
    return np.where(matrices > 1, with_matrix, names)


def _arrow(start: int, end: int, strand: str, lane: int, label: str | None = None) -> Polygon:
    """A block from the first to the last base of a hit, pointed where its strand leads."""
    left, right = start - 0.5, end - 0.5
    low, high = (lane, lane + 0.4) if strand == "+" else (lane - 0.4, lane)
    point = min(4.0, (right - left) / 2)
    middle = (low + high) / 2
    if strand == "+":
        corners = [(left, low), (right - point, low), (right, middle), (right - point, high)]
        corners.append((left, high))
    else:
        corners = [(right, low), (left + point, low), (left, middle), (left + point, high)]
        corners.append((right, high))
    return Polygon(
        corners,
        facecolor=STRANDS[strand],
        edgecolor="white",
        linewidth=0.5,
        alpha=0.85,
        label=label,
    )
