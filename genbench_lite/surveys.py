"""How many hits a motif has in some sequences, beside how many chance would give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .motif import Motif
from .scanning import scan, score_distribution
from .sequence_set import SequenceSet

_COLUMNS = ["sequence", "start", "end", "strand"]


@dataclass(frozen=True)
class Survey:
    """Hits of a motif in some sequences.

    Parameters
    ----------
    hits : pandas.DataFrame
        As :func:`genbench_lite.scanning.scan` returns them.
    best, needed : float
        Highest score that a window can have, and the lowest that is a hit, in bits.
    best_p : float
        The p-value of the best score. If it is over p there can be no hit, and ``needed`` is
        infinite.
    expected : float
        How many hits as many windows of random letters would have.
    """

    hits: pd.DataFrame
    best: float
    needed: float
    best_p: float
    expected: float


def survey(
    motif: Motif,
    sequences: SequenceSet,
    p: float,
    background: Sequence[float] | np.ndarray | None = None,
) -> Survey:
    """Look for a motif, and tell what chance would find.

    Parameters
    ----------
    motif : Motif
    sequences : SequenceSet
    p : float
        Highest p-value of a hit.
    background : array-like, optional
        Shares of A, C, G and T in random letters; a quarter each if left out.

    Returns
    -------
    Survey

    Raises
    ------
    DataError
        If a weight would be minus infinity, or the background is not four positive shares.

    Examples
    --------
    >>> motif = Motif.from_sites("toy", ["AGATAA"] * 20)
    >>> s = SequenceSet.from_strings(["CCAGATAACC"], [0], ["K562"])
    >>> found = survey(motif, s, p=0.001)
    >>> len(found.hits), round(found.expected, 4)
    (1, 0.0024)
    """
    scores, chances = score_distribution(motif, background)
    reached = int(np.searchsorted(-chances, -p))
    if reached == len(chances):
        hits, needed, chance = pd.DataFrame(columns=_COLUMNS), np.inf, 0.0
    else:
        hits = scan(sequences, motif, p, background)
        needed, chance = float(scores[reached]), float(chances[reached])
    windows = 2 * np.maximum(sequences.lengths - len(motif) + 1, 0).sum()
    return Survey(hits, float(scores[-1]), needed, float(chances[-1]), float(windows * chance))
