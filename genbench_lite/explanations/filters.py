"""What first-layer filters look for: from the windows that excite them to motifs."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import nn

from .. import sequence
from ..comparing import adjust, compare
from ..composition import Sequences
from ..errors import DataError
from ..motif import Motif
from ..motifs import jaspar_motifs
from .asking import rectangle

LEAST_SHARED = 5  # bits
_BLOCK = 1 << 23  # scores at a time, 32 MB of float32


def filter_motifs(
    model: Any,
    sequences: Sequences,
    *,
    threshold: float = 0.75,
    least: int = 10,
    weights: np.ndarray | None = None,
) -> list[Motif]:
    """Turn each first-layer filter into the motif of the sites that excite it.

    A filter is slid along both strands of each sequence. The best window of a sequence counts as
    a site if it scores at least three quarters of the highest score of all. (Kelley et al. 2016,
    doi:10.1101/gr.200535.115, take every window from half on; on 200 bp of any letters some
    window reaches that.) Adding the same to all four weights of a position changes every score
    alike, so a filter's weights are first centred at each position: a score of 0 is what even
    random letters have on average.

    A filter is no motif by itself. It may hold half of one, two at once, or nothing; and only
    the model's answers tell whether it is used (:func:`~genbench_lite.attribution.marginalize`).

    Parameters
    ----------
    model : torch.nn.Module
        With a ``Conv1d`` of four input channels, called ``motifs`` or the first one of that kind,
        or with a method ``filters()`` that returns weights of shape (filters, 4, width).
    sequences : SequenceSet, sequence of str, or numpy.ndarray
        What to look for sites in. An array holds uint8 codes, shape (n, length).
    threshold : float
        Lowest score of a site, as a share of the highest; over 0 and up to 1.
    least : int
        Filters with fewer sites are left out.
    weights : numpy.ndarray, optional
        Shape (filters, 4, width): filters of your own, in place of the model's.

    Returns
    -------
    list of Motif
        Named ``filter 0`` and so on, after their number in the layer. Each row of ``counts``
        adds up to the number of sites, less those with an unknown letter there.

    Raises
    ------
    DataError
        If there are no sequences, the model has no such layer, the filters are wider than every
        sequence, or a parameter makes no sense.

    Examples
    --------
    >>> layer = nn.Conv1d(4, 1, 4)
    >>> _ = nn.init.zeros_(layer.weight)
    >>> layer.weight.data[0, [2, 0, 3, 0], range(4)] = 1  # G, A, T, A
    >>> filter_motifs(nn.Sequential(layer), ["CCGATACC", "CTATCCCC"] * 5)
    [Motif('filter 0', 4 bp: GATA)]
    """
    if not 0 < threshold <= 1:
        raise DataError(f"A threshold of {threshold} is no share. Give one over 0, up to 1: 0.75.")
    codes = rectangle(sequences)
    filters = _first_filters(model) if weights is None else np.asarray(weights, np.float32)
    if filters.ndim != 3 or filters.shape[1] != 4 or not filters.size:
        raise DataError(
            f"Filters of shape {filters.shape} do not read DNA. Give weights of shape "
            "(filters, 4, width), bases in the order A, C, G, T."
        )
    if filters.shape[2] > codes.shape[1]:
        raise DataError(
            f"The filters are {filters.shape[2]} bp wide and the longest sequence has "
            f"{codes.shape[1]}. Give longer sequences."
        )
    best, starts, minus = _best_windows(codes, filters - filters.mean(1, keepdims=True))
    highest = best.max(0)
    motifs = []
    for number, top in enumerate(highest):
        rows = np.flatnonzero(best[:, number] >= max(threshold * top, np.finfo(np.float32).tiny))
        if len(rows) >= least:
            sites = cut_out(
                codes, rows, starts[rows, number], minus[rows, number], filters.shape[2]
            )
            motifs.append(Motif(f"filter {number}", (sites[..., None] == np.arange(4)).sum(0)))
    return motifs


def name_motifs(
    motifs: Sequence[Motif], candidates: Sequence[Motif] | None = None, matches: int = 1
) -> pd.DataFrame:
    """The best matches in JASPAR of each motif.

    Parameters
    ----------
    motifs : sequence of Motif
        Such as :func:`filter_motifs` returns.
    candidates : sequence of Motif, optional
        What they may look like; all of JASPAR if left out. For one genome, give the matrices of
        its taxon.
    matches : int
        Most rows a motif.

    Returns
    -------
    pandas.DataFrame
        One row a match, the surest first: ``motif``, ``consensus``, ``sites`` (the highest count
        of a position), ``information`` (bits), and of the match ``name``, ``id``, ``family``,
        ``p`` and ``q``. Here q is the false discovery rate among all pairs of a motif and a
        candidate: the more motifs were tried, the more match by chance. Where motif and candidate
        overlap, at least five bits must be in both; otherwise it is their lack of preference that
        is alike. A motif without such a match has one row with an empty ``name`` and a ``q`` of 1.

    Raises
    ------
    DataError
        If there are no motifs or no candidates, or one is something else.
    GenbenchError
        If memelite is not installed.
    """
    if not len(motifs):
        raise DataError("There are no motifs to name. Lower the threshold, or give more sequences.")
    known = list(jaspar_motifs()) if candidates is None else list(candidates)
    if not known or not all(isinstance(one, Motif) for one in [*motifs, *known]):
        raise DataError("Not all of these are motifs. Give such as filter_motifs returns.")
    p = np.array([_p_values(motif, known) for motif in motifs])
    q = adjust(p.ravel()).reshape(p.shape)
    rows = []
    for motif, chances, rates in zip(motifs, p, q, strict=True):
        about = {
            "motif": motif.name,
            "consensus": motif.consensus,
            "sites": int(motif.counts.sum(1).max()),
            "information": round(float(motif.information.sum()), 1),
        }
        best = np.argsort(chances, kind="stable")[:matches]
        best = best[chances[best] < 1]
        for number in best:
            one, chance, rate = known[number], float(chances[number]), float(rates[number])
            match = {"name": one.name, "id": one.id, "family": one.family, "p": chance, "q": rate}
            rows.append(about | match)
        if not len(best):
            rows.append(about | {"name": "", "id": "", "family": "", "p": 1.0, "q": 1.0})
    return pd.DataFrame(rows).sort_values(["q", "p"], kind="stable", ignore_index=True)


def _p_values(motif: Motif, known: list[Motif]) -> np.ndarray:
    """float64, shape (candidates,): of the match with each; 1 where too few bits are shared."""
    numbers = {(one.name, one.id): number for number, one in enumerate(known)}
    p = np.ones(len(known))
    with contextlib.suppress(DataError):  # too little information to be compared
        found = compare(motif, known)
        hits = zip(*(found[key] for key in ("name", "id", "p", "offset", "strand")), strict=True)
        for name, identifier, chance, offset, strand in hits:
            number = numbers[name, identifier]
            if _shared_bits(motif, known[number], offset, strand) >= LEAST_SHARED:
                p[number] = chance
    return p


def _shared_bits(motif: Motif, candidate: Motif, offset: int, strand: str) -> float:
    """Information that both have where they overlap, summed over positions, in bits."""
    turned = candidate if strand == "+" else candidate.reverse_complement()
    start, end = max(offset, 0), min(offset + len(motif), len(turned))
    ours = motif.information[start - offset : end - offset]
    return float(np.minimum(ours, turned.information[start:end]).sum())


def cut_out(
    codes: np.ndarray, rows: np.ndarray, starts: np.ndarray, minus: np.ndarray, width: int
) -> np.ndarray:
    """Windows of sequences, turned where they lie on the minus strand.

    Parameters
    ----------
    codes : numpy.ndarray
        uint8, shape (n, length).
    rows, starts : numpy.ndarray
        int64, shape (sites,): sequence and first position on the + strand. What hangs over an
        end is unknown.
    minus : numpy.ndarray
        bool, shape (sites,).
    width : int
        In bp.

    Returns
    -------
    numpy.ndarray
        uint8 codes, shape (sites, width).

    Examples
    --------
    >>> letters = sequence.encode("GATTT")[None]
    >>> cut_out(letters, np.array([0, 0]), np.array([0, -1]), np.array([False, True]), 3)
    array([[2, 0, 3],
           [3, 1, 4]], dtype=uint8)
    """
    columns = starts[:, None] + np.arange(width)
    inside = (columns >= 0) & (columns < codes.shape[1])
    columns = np.clip(columns, 0, codes.shape[1] - 1)
    sites = np.where(inside, codes[rows[:, None], columns], sequence.UNKNOWN).astype(np.uint8)
    return np.where(minus[:, None], sequence.reverse_complement(sites), sites).astype(np.uint8)


def _first_filters(model: Any) -> np.ndarray:
    if callable(getattr(model, "filters", None)):
        return np.asarray(torch.as_tensor(model.filters()).detach().cpu(), np.float32)
    parts = [
        getattr(model, "motifs", None),
        *(model.modules() if hasattr(model, "modules") else ()),
    ]
    for part in parts:
        if isinstance(part, nn.Conv1d) and part.in_channels == 4:
            return part.weight.detach().cpu().numpy().astype(np.float32)
    raise DataError(
        f"{type(model).__name__} has no filters that read the four bases. Give a model with a "
        "Conv1d of four input channels, or the filters themselves as weights."
    )


def _best_windows(
    codes: np.ndarray, filters: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each sequence and filter: highest score, where, and on which strand; (n, filters)."""
    width = filters.shape[2]
    both = torch.from_numpy(np.concatenate([filters, filters[:, ::-1, ::-1]]))
    many = (len(codes), len(filters))
    best, starts, minus = np.empty(many, np.float32), np.empty(many, int), np.empty(many, bool)
    size = max(1, _BLOCK // (codes.shape[1] * len(both)))
    for first in range(0, len(codes), size):
        rows = slice(first, first + size)
        unknown = torch.from_numpy(codes[rows] == sequence.UNKNOWN).unfold(1, width, 1).any(2)
        with torch.inference_mode():
            scores = torch.conv1d(torch.from_numpy(sequence.one_hot(codes[rows])), both)
            found = scores.masked_fill(unknown[:, None], -torch.inf).max(2)
        top, where = (each.reshape(len(scores), 2, -1).numpy() for each in found)
        minus[rows] = top[:, 1] > top[:, 0]
        best[rows] = top.max(1)
        starts[rows] = np.where(minus[rows], where[:, 1], where[:, 0])
    return best, starts, minus
