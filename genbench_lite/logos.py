"""Sequence logos of motifs: letters stacked as high as they inform, drawn with logomaker."""

from __future__ import annotations

from typing import Any

import logomaker
import numpy as np
import pandas as pd

from .motifs import Motif
from .plots import BASE_COLOURS, Picture

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
    axis.set_title(" ".join(filter(None, [motif.name, motif.id])))
    axis.set_xlabel("position (bp)")
    figure.alt = (
        f"Sequence logo of {motif.name}, {len(motif)} bp, {motif.information.sum():.1f} bits in "
        f"all. Consensus: {motif.consensus}."
    )
    return figure


def letter_heights(motif: Motif) -> np.ndarray:
    """How high each letter of a logo is: its share of the position's information.

    Returns
    -------
    numpy.ndarray
        float64, shape (length, 4), in bits.
    """
    return motif.frequencies * motif.information[:, None]


def _draw(axis: Any, heights: np.ndarray, first: int = 1) -> None:
    """Letters at ``first``, ``first + 1``, ... on an axis from 0 to 2 bits."""
    table = pd.DataFrame(heights, columns=list("ACGT"))
    table.index = pd.RangeIndex(first, first + len(table))
    logomaker.Logo(table, ax=axis, color_scheme=BASE_COLOURS, show_spines=False)
    axis.spines[["left", "bottom"]].set_visible(True)
    axis.set_ylim(0, 2)
    axis.set_yticks([0, 1, 2])
    axis.set_xticks(table.index)
    axis.set_ylabel("information (bits)")
