"""Sequence logos of motifs: letters stacked as high as they inform (drawn with logomaker)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import logomaker
import numpy as np
import pandas as pd

from ..errors import DataError
from ..motif import Motif
from ..plots import BASE_COLOURS, Picture
from .letters import add_letters, stack
from .plot_styles import tidy

_WIDTH = 0.36  # inches a position
_MARGIN = 1.0


def motif_logo(motif: Motif) -> Picture:
    """Draw a motif: at each position, a stack of bases as high as its information.

    Parameters
    ----------
    motif : Motif

    Returns
    -------
    Picture
        One panel; positions are counted from 1, heights are in bits.

    Examples
    --------
    >>> motif_logo(Motif.from_sites("toy", ["GATA"] * 20)).alt
    'Sequence logo of toy, 4 bp, 7.6 bits in all. Consensus: GATA.'
    """
    figure = Picture(figsize=(_WIDTH * len(motif) + _MARGIN, 2.0), layout="constrained")
    axis = figure.subplots()
    _draw(axis, letter_heights(motif))
    axis.set_title(_label(motif))
    axis.set_xlabel("position (bp)")
    figure.alt = (
        f"Sequence logo of {motif.name}, {len(motif)} bp, {motif.information.sum():.1f} bits in "
        f"all. Consensus: {motif.consensus}."
    )
    return figure


def alignment_logo(motif: Motif, candidate: Motif, offset: int, strand: str = "+") -> Picture:
    """Draw two motifs under each other, position under position.

    Parameters
    ----------
    motif, candidate : Motif
    offset, strand
        As a row of :func:`genbench_lite.comparing.compare` gives them: the position of the
        candidate where the motif begins, and ``"-"`` if the candidate is to be turned.

    Returns
    -------
    Picture
        Two panels with the same positions, counted from the first of the motif.

    Raises
    ------
    DataError
        If there is no such strand, or the motifs do not overlap.

    Examples
    --------
    >>> one, two = (Motif.from_sites(n, [s] * 20) for n, s in (("one", "GATA"), ("two", "TATC")))
    >>> alignment_logo(one, two, 0, "-").alt
    'Logos of one (GATA) and, on the - strand, two (GATA), which overlap by 4 bp.'
    """
    if strand not in ("+", "-"):
        raise DataError(f"There is no strand {strand!r}. Give '+' or '-'.")
    overlap = min(len(motif) + offset, len(candidate)) - max(offset, 0)
    if overlap < 1:
        raise DataError(
            f"At offset {offset}, {motif.name} and {candidate.name} do not overlap. Take the "
            "offset that compare gives."
        )
    turned = candidate if strand == "+" else candidate.reverse_complement()
    first, last = min(1, 1 - offset), max(len(motif), len(candidate) - offset)
    figure = Picture(figsize=(_WIDTH * (last - first + 1) + _MARGIN, 3.8), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True)
    _draw(upper, letter_heights(motif), 1)
    _draw(lower, letter_heights(turned), 1 - offset)
    upper.set_title(_label(motif))
    lower.set_title(_label(candidate) + (", reverse complement" if strand == "-" else ""))
    lower.set_xlim(first - 0.5, last + 0.5)
    lower.set_xticks(range(first, last + 1))
    lower.set_xlabel(f"position in {motif.name} (bp)")
    figure.alt = (
        f"Logos of {motif.name} ({motif.consensus}) and, on the {strand} strand, "
        f"{candidate.name} ({turned.consensus}), which overlap by {overlap} bp."
    )
    return figure


def logo_gallery(motifs: Mapping[str, Motif], columns: int = 3, title: str = "") -> Picture:
    """Draw several motifs beside and under each other, all on one scale.

    Parameters
    ----------
    motifs : mapping of str to Motif
        What to write above each logo, to the motif.
    columns : int
        Logos a row.
    title : str

    Returns
    -------
    Picture
        One panel a motif, row by row in their order.

    Raises
    ------
    DataError
        If there are no motifs, or no columns.

    Examples
    --------
    >>> logo_gallery({"toy": Motif.from_sites("toy", ["GATA"] * 20)}).alt
    'Sequence logos: toy (GATA, 7.6 bits).'
    """
    if not motifs or columns < 1:
        raise DataError(
            f"{len(motifs)} motifs in {columns} columns make no picture. Give at least one of each."
        )
    columns = min(columns, len(motifs))
    rows, widest = -(-len(motifs) // columns), max(map(len, motifs.values()))
    figure = Picture(
        figsize=(columns * (0.17 * widest + 0.5) + 0.4, 1.35 * rows + 0.5), layout="constrained"
    )
    axes = figure.subplots(rows, columns, sharey=True, squeeze=False).ravel()
    for axis, (name, motif) in zip(axes, motifs.items(), strict=False):
        add_letters(axis, stack(letter_heights(motif).T), 1, 0, len(motif))
        axis.set(xlim=(0.5, widest + 0.5), ylim=(0, 2))
        axis.set_xticks([1, *range(5, widest + 1, 5)])
        axis.set_yticks([0, 1, 2])
        axis.set_title(name, fontsize=9)
        tidy(axis, grid=None)
    for axis in axes[len(motifs) :]:
        axis.set_visible(False)
    figure.supxlabel("position (bp)", fontsize=10)
    figure.supylabel("information (bits)", fontsize=10)
    if title:
        figure.suptitle(title, fontsize=11)
    told = (
        f"{name} ({motif.consensus}, {motif.information.sum():.1f} bits)".replace("\n", ", ")
        for name, motif in motifs.items()
    )
    figure.alt = f"{title or 'Sequence logos'}: {'; '.join(told)}."
    return figure


def letter_heights(motif: Motif) -> np.ndarray:
    """How high each letter of a logo is: its share of the position's information.

    Returns
    -------
    numpy.ndarray
        float64, shape (length, 4), in bits.
    """
    return motif.frequencies * motif.information[:, None]


def _label(motif: Motif) -> str:
    return " ".join(filter(None, [motif.name, motif.id]))


def _draw(axis: Any, heights: np.ndarray, first: int = 1) -> None:
    """Letters at ``first``, ``first + 1``, ... on an axis from 0 to 2 bits."""
    table = pd.DataFrame(heights, columns=list("ACGT"))
    table.index = pd.RangeIndex(first, first + len(table))
    if heights.any():  # logomaker warns where there is nothing to draw
        logomaker.Logo(table, ax=axis, color_scheme=BASE_COLOURS)
    tidy(axis, grid=None)
    axis.set_xlim(first - 0.5, first + len(table) - 0.5)
    axis.set_ylim(0, 2)
    axis.set_yticks([0, 1, 2])
    axis.set_xticks(table.index)
    axis.set_ylabel("information (bits)")
