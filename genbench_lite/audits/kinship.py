"""Who belongs together: rows that overlap in the genome, or whose sequences are alike."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from ..dataset import SPLITS
from ..interval_set import Intervals
from ..sequence_set import SequenceSet
from . import near_duplicates
from .overlaps import clusters as overlap_clusters

LEFT_OUT = len(SPLITS)  # in the place of a split: the row is in none


def related(loci: Intervals | None, sequences: SequenceSet | None) -> np.ndarray:
    """int64, shape (n,): one number for rows that are relatives, over any number of steps."""
    families = []
    if loci is not None:
        families.append(overlap_clusters(loci))
    if sequences is not None:
        families.append(near_duplicates.clusters(sequences))
    if len(families) == 1:
        return families[0]
    n = len(families[0])
    # rows and families are the nodes of a graph; each row has an edge to each of its families
    sizes = np.cumsum([n] + [int(family.max()) + 1 for family in families])
    nodes = np.concatenate([family + size for family, size in zip(families, sizes, strict=False)])
    edges = coo_matrix(
        (np.ones(2 * n, bool), (np.tile(np.arange(n), 2), nodes)), (sizes[-1], sizes[-1])
    )
    return connected_components(edges, directed=False)[1][:n].astype(np.int64)


def strays(related: np.ndarray, side: np.ndarray) -> np.ndarray:
    """bool, shape (n,): rows that are not where most of their relatives are."""
    counts = np.zeros((int(related.max()) + 1, LEFT_OUT + 1), np.int64)
    np.add.at(counts, (related, side), 1)
    home = counts[:, :LEFT_OUT].argmax(axis=1)
    return side != home[related]


def without_relatives(sequences: SequenceSet, side: np.ndarray) -> np.ndarray:
    """Leave out rows that turn out to have a relative in a split before theirs.

    Clusters are found fast, from what sequences share of a sketch; this looks again, row by row.
    """
    side = side.copy()
    for later in range(1, len(SPLITS)):
        while True:
            here, before = np.flatnonzero(side == later), np.flatnonzero(side < later)
            share, _ = near_duplicates.relatives(sequences[here], sequences[before])
            found = here[share >= near_duplicates.RELATED]
            if not len(found):
                break
            side[found] = LEFT_OUT
    return side
