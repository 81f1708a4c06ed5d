"""From attributions to motifs: the short stretches that stand out, and which of them are alike.

A light way for lessons. The method of the field is TF-MoDISco (Shrikumar et al. 2018,
arXiv:1811.00416), on PyPI as ``modisco-lite``.
"""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from ..composition import Sequences
from ..errors import DataError
from ..motif import SHORTEST, Motif
from .asking import rectangle
from .baselines import at_letters, check_attribution
from .filters import cut_out

WIDTH = 15  # bp: the longest core of most motifs
_FLANK = 3  # bp on either side of a seqlet that go into its motif
_NOTHING = 1e-9  # units of the logit: what rounding leaves of zeros
_EDGE = 0.25  # bits: what the ends of a motif must have at least


def find_seqlets(
    attribution: np.ndarray, sequences: Sequences, width: int = WIDTH, most: int = 2000
) -> pd.DataFrame:
    """The windows in which attributions add up to most.

    Windows of one sequence do not overlap. Only what speaks for the class is found; for what
    speaks against it, give the attribution with the other sign.

    Parameters
    ----------
    attribution : numpy.ndarray
        Shape (n, 4, length), in which the letter that is there has a value: gradient times
        input, integrated gradients, or :func:`~genbench_lite.attribution.letter_scores`.
    sequences : SequenceSet, sequence of str, or numpy.ndarray
        The sequences that it is of.
    width : int
        Of a window, in bp.
    most : int
        How many windows at most: the highest of all sequences together.

    Returns
    -------
    pandas.DataFrame
        One row a window, the highest first: ``sequence`` (row), ``start``, ``end`` (0-based,
        half-open) and ``sum`` of its attributions.

    Raises
    ------
    DataError
        If the attribution is not that of these sequences, or the width or the number cannot be.

    Examples
    --------
    >>> values = np.zeros((1, 4, 12))
    >>> values[0, 0, 4:6] = 1
    >>> find_seqlets(values, ["AAAAAAAAAAAA"], width=2)
       sequence  start  end  sum
    0         0      4    6  2.0
    """
    codes = rectangle(sequences)
    if not SHORTEST <= width <= codes.shape[1] or most < 1:
        raise DataError(
            f"{most} windows of {width} bp cannot be found in sequences of up to {codes.shape[1]} "
            f"bp. Take a width from {SHORTEST} to that length, and at least one window."
        )
    track = at_letters(check_attribution(attribution, codes), codes).sum(1, dtype=np.float64)
    sums = np.cumsum(np.pad(track, ((0, 0), (1, 0))), axis=1)
    left = sums[:, width:] - sums[:, :-width]
    rounds = []
    everyone = np.arange(len(left))
    for _ in range(-(-codes.shape[1] // width)):  # each round takes one window a sequence
        start = left.argmax(1)
        top = left[everyone, start]
        rounds.append(np.stack([everyone, start, start + width, top])[:, top > _NOTHING])
        left[np.abs(np.arange(left.shape[1]) - start[:, None]) < width] = -np.inf
    found = np.concatenate(rounds, axis=1)
    table = pd.DataFrame(
        dict(zip(("sequence", "start", "end"), found[:3].astype(int), strict=True))
    )
    table["sum"] = found[3]
    return table.sort_values("sum", ascending=False, kind="stable", ignore_index=True)[:most]


def attribution_motifs(
    attribution: np.ndarray,
    sequences: Sequences,
    width: int = WIDTH,
    most: int = 2000,
    *,
    similarity: float = 0.65,
    least: int = 20,
) -> list[Motif]:
    """Motifs among the windows that stand out.

    Windows (:func:`find_seqlets`) are compared in pairs, at every offset up to half their width
    and on both strands, by the cosine of their attributions. They are joined into clusters by
    average linkage; the windows of a cluster are aligned to the one most like all others, and
    their letters are counted.

    Parameters
    ----------
    attribution, sequences, width, most
        As :func:`find_seqlets` takes them. Time grows with the square of ``most``.
    similarity : float
        Mean cosine at which clusters are no longer joined, between 0 and 1.
    least : int
        Smaller clusters are left out.

    Returns
    -------
    list of Motif
        The largest first, named ``pattern 1`` and so on; without the ends that say little.

    Raises
    ------
    DataError
        As :func:`find_seqlets`, if nothing stands out, or if a parameter cannot be.
    """
    if not 0 < similarity < 1 or least < 2:
        raise DataError(
            f"A similarity of {similarity} with clusters of {least} makes no motifs. Give a "
            "similarity between 0 and 1, and at least 2 windows a motif."
        )
    codes = rectangle(sequences)
    found = find_seqlets(attribution, sequences, width, most)
    if len(found) < 2:
        raise DataError(
            "Fewer than two windows speak for the class, so there is nothing to group. Explain "
            "sequences of that class, or more of them."
        )
    rows, starts = found["sequence"].to_numpy(), found["start"].to_numpy()
    values = at_letters(check_attribution(attribution, codes), codes)
    columns = starts[:, None] + np.arange(width)
    pieces = values[rows[:, None], :, columns].transpose(0, 2, 1)  # (windows, 4, width)
    alike, shifts, turned = _compare_all(pieces)
    clusters = _clusters(alike, similarity)
    motifs = []
    for members in (np.flatnonzero(clusters == one) for one in np.unique(clusters)):
        if len(members) < least:
            continue
        centre = members[alike[np.ix_(members, members)].sum(1).argmax()]
        minus, shift = turned[members, centre], shifts[members, centre]
        begin = starts[members] + np.where(minus, -shift, shift) - _FLANK
        sites = cut_out(codes, rows[members], begin, minus, width + 2 * _FLANK)
        motifs.append((len(members), (sites[..., None] == np.arange(4)).sum(0)))
    motifs.sort(key=lambda pair: -pair[0])
    cores = (_core(counts) for _, counts in motifs)
    return [Motif(f"pattern {number}", core) for number, core in enumerate(filter(len, cores), 1)]


def _compare_all(pieces: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each pair of windows: highest cosine, and the shift and strand of the row that give it.

    All have shape (windows, windows). The row's window, turned if need be, lies ``shift`` further
    right in the column's one when the shift is negative.
    """
    n, _, width = pieces.shape
    norms = np.sqrt((pieces**2).sum((1, 2), keepdims=True))
    unit = (pieces / np.maximum(norms, 1e-12)).astype(np.float32)
    flat = unit.reshape(n, -1)
    alike = np.full((n, n), -np.inf, np.float32)
    shifts, turned = np.zeros((n, n), np.int64), np.zeros((n, n), bool)
    for minus, shift in itertools.product((False, True), range(-(width // 2), width // 2 + 1)):
        moved = np.zeros_like(unit)
        source = unit[:, ::-1, ::-1] if minus else unit
        if shift >= 0:
            moved[..., : width - shift] = source[..., shift:]
        else:
            moved[..., -shift:] = source[..., :shift]
        cosine = moved.reshape(n, -1) @ flat.T
        better = cosine > alike
        alike[better] = cosine[better]
        shifts[better], turned[better] = shift, minus
    return alike, shifts, turned


def _clusters(alike: np.ndarray, similarity: float) -> np.ndarray:
    """int, shape (windows,): the cluster of each, by average linkage."""
    distance = 1 - np.clip((alike + alike.T) / 2, -1, 1).astype(np.float64)
    np.fill_diagonal(distance, 0)
    tree = linkage(squareform(distance, checks=False), "average")
    labels: np.ndarray = fcluster(tree, 1 - similarity, "distance")
    return labels


def _core(counts: np.ndarray) -> np.ndarray:
    """The positions between the first and the last that say something; none if there are none."""
    counts = counts[counts.sum(1) > 0]
    informative = np.flatnonzero(Motif("core", counts).information >= _EDGE)
    if len(informative) < 1 or informative[-1] - informative[0] + 1 < SHORTEST:
        return counts[:0]
    return counts[informative[0] : informative[-1] + 1]
