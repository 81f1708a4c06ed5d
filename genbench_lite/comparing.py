"""Which known motif does this one look like? Tomtom, as the package memelite computes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from .errors import DataError, GenbenchError
from .motif import Motif
from .motifs import jaspar_motifs

_END = 0.25  # bits
_LEAST = 5  # bits; the matrix of JASPAR with the least has 5.8


def compare(motif: Motif, candidates: Motif | Sequence[Motif] | None = None) -> pd.DataFrame:
    """Rank motifs by how much they look like a given one.

    Tomtom slides the motifs along each other on both strands, sums the distances of their
    columns, and asks how often columns of unrelated motifs fit as well (Gupta et al. 2007,
    doi:10.1186/gb-2007-8-2-r24). Unrelated are all matrices of JASPAR, and the candidates.
    A position that prefers no base looks a little like every other, so a row of them would look
    like many a motif. Positions of less than 0.25 bits at both ends are therefore not compared,
    and what is left must have five bits: no matrix of JASPAR has less.
    The first call on a machine takes a minute or so: memelite is compiled then, and kept.

    Parameters
    ----------
    motif : Motif
        The one to look up.
    candidates : Motif or sequence of Motif, optional
        What it may look like; all matrices of JASPAR if left out.

    Returns
    -------
    pandas.DataFrame
        One row a candidate, the best first: ``name``, ``id``, ``p`` (of the best alignment),
        ``q`` (the share of chance among the candidates up to this one; Benjamini and Hochberg
        1995, doi:10.1111/j.2517-6161.1995.tb02031.x), ``offset`` (position of the candidate
        where the motif begins; negative if before it), ``overlap`` (bp that were compared) and
        ``strand``. On ``-`` the candidate is turned to its reverse complement, and positions
        count from there.

    Raises
    ------
    DataError
        If there are no candidates, something is no motif, or the motif has too little
        information to be told from chance.
    GenbenchError
        If memelite is not installed.

    See Also
    --------
    genbench_lite.figures.logos.alignment_logo : draws one of the rows.
    """
    known = list(jaspar_motifs())
    wanted = known if candidates is None else _several(candidates)
    kept = _informative(motif)
    # a few candidates alone would make a poor picture of what chance does: add all of JASPAR
    targets = wanted if candidates is None else wanted + known
    tomtom = _tomtom()
    found = tomtom(
        [motif.probabilities[kept].T], [target.probabilities.T for target in targets], n_jobs=1
    )
    p, _, offsets, overlaps, strands = found[:, 0, : len(wanted)]
    p = np.minimum(p, 1)
    table = pd.DataFrame(
        {
            "name": [target.name for target in wanted],
            "id": [target.id for target in wanted],
            "p": p,
            "q": adjust(p),
            "offset": offsets.astype(int) - kept.start,
            "overlap": overlaps.astype(int),
            "strand": np.where(strands == 1, "-", "+"),
        }
    )
    return table.sort_values("p", kind="stable", ignore_index=True)


def adjust(p: np.ndarray) -> np.ndarray:
    """Benjamini and Hochberg's q-values: the false discovery rate at each p-value.

    Parameters
    ----------
    p : numpy.ndarray
        float64, shape (n,), from 0 to 1.

    Returns
    -------
    numpy.ndarray
        float64, shape (n,).

    Examples
    --------
    >>> adjust(np.array([0.01, 0.5, 0.02, 0.6])).round(2)
    array([0.04, 0.6 , 0.04, 0.6 ])
    """
    order = np.argsort(p)[::-1]
    ranks = np.arange(len(p), 0, -1)
    q = np.empty(len(p))
    q[order] = np.minimum(np.minimum.accumulate(p[order] * len(p) / ranks), 1)
    return q


def _several(candidates: Motif | Sequence[Motif]) -> list[Motif]:
    several = list(candidates) if isinstance(candidates, Iterable) else [candidates]
    if not several:
        raise DataError("There is no motif to compare with. Give candidates, or leave them out.")
    for one in several:
        _check_motif(one)
    return several


def _check_motif(one: Motif) -> None:
    if not isinstance(one, Motif):
        raise DataError(f"{one!r} is no motif. Give one such as jaspar('GATA1').")


def _informative(motif: Motif) -> slice:
    """The positions of a motif without those at its ends that prefer no base."""
    _check_motif(motif)
    information = motif.information
    kept = np.flatnonzero(information >= _END)
    positions = slice(int(kept[0]), int(kept[-1]) + 1) if len(kept) else slice(0, 0)
    bits = information[positions].sum()
    if bits < _LEAST:
        raise DataError(
            f"{motif.name} has {bits:.1f} bits of information, and with less than {_LEAST} it "
            "looks like many motifs by chance. Count more sites, or take more positions."
        )
    return positions


def _tomtom() -> Callable[..., Any]:
    try:
        from memelite import tomtom
    except ImportError as error:
        raise GenbenchError(
            "Comparing motifs needs memelite. Install it with: pip install memelite"
        ) from error
    return tomtom
