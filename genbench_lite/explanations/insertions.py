"""What a motif does to a model's answer: put it into many backgrounds and ask before and after.

A sequence that holds a motif holds much else. Averaged over backgrounds, what is left is the
motif's own effect (marginalization; Koo et al. 2021, doi:10.1371/journal.pcbi.1008925).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..composition import Sequences
from ..errors import DataError
from ..motif import Motif
from ..simulation.backgrounds import stream
from ..simulation.planting import sample_sites
from .asking import answers, rectangle
from .contrasts import Target, class_contrasts


def marginalize(
    model: Any,
    motifs: Motif | Sequence[Motif],
    background: Sequences,
    target: Target = None,
    against: Target = None,
    *,
    position: int | None = None,
    strand: str = "+",
    sites: str = "consensus",
    seed: int = 0,
) -> pd.DataFrame:
    """Change of a model's answer when a motif replaces letters of backgrounds.

    Parameters
    ----------
    model : torch.nn.Module or model with ``predict``
    motifs : Motif or sequence of Motif
        Each is put in alone.
    background : SequenceSet, sequence of str, or numpy.ndarray
        At least two sequences, such as dinucleotide shuffles of real ones. The labels do not
        matter.
    target, against : int or str, optional
        The class, and the one to set it against. Left out: of two classes the second, of more
        every one, each against the mean of the others.
    position : int, optional
        Where the site starts, in bp from 0; in the middle if left out.
    strand : str
        ``"+"`` or ``"-"``.
    sites : str
        ``"consensus"``: the most frequent base at each position; ``"sampled"``: for each
        background a site drawn from the motif's probabilities.
    seed : int
        Of the sampled sites.

    Returns
    -------
    pandas.DataFrame
        One row a motif and class: ``motif``, ``class``, ``change`` (mean over the backgrounds,
        in units of the logit), ``low`` and ``high`` (its 95% interval, Student's t) and ``n``.

    Raises
    ------
    DataError
        If there is no motif or class, fewer than two backgrounds, or no room for the motif.

    Examples
    --------
    >>> import torch
    >>> class CountA(torch.nn.Module):
    ...     def forward(self, x):
    ...         return torch.stack([torch.zeros(len(x)), x[:, 0].sum(1)], 1)
    >>> marginalize(CountA(), Motif.from_sites("AA", ["AA"]), ["CCCCCC", "CCACCC"])
      motif class  change       low      high  n
    0    AA     1     1.5 -4.853102  7.853102  2
    """
    several = [motifs] if isinstance(motifs, Motif) else list(motifs)
    if not several or not all(isinstance(motif, Motif) for motif in several):
        raise DataError("There is no motif to put in. Give one, such as jaspar('GATA1'), or more.")
    codes = _backgrounds(background)
    rng = stream(seed, "marginalize")
    before = answers(model, codes)
    names, weights = class_contrasts(model, background, before.shape[1], target, against)
    rows = []
    for motif in several:
        start = (codes.shape[1] - len(motif)) // 2 if position is None else position
        after = answers(model, _put_in(codes, _sites(motif, len(codes), sites, strand, rng), start))
        changes = (after - before) @ weights.T
        rows += [
            {"motif": motif.name, "class": name} | _interval(change)
            for name, change in zip(names, changes.T, strict=True)
        ]
    return pd.DataFrame(rows)


def spacing(
    model: Any,
    first: Motif,
    second: Motif,
    background: Sequences,
    gaps: Sequence[int] = (0, 5, 10, 15, 20, 30, 40, 50),
    target: Target = None,
    against: Target = None,
    *,
    strands: str = "++",
) -> pd.DataFrame:
    """What two motifs do together, at several distances, beyond what each does alone.

    Both are put in as their most frequent bases, each alone and together, at the same places; the
    pair lies in the middle of the backgrounds.

    Parameters
    ----------
    model, background, target, against
        As :func:`marginalize` takes them.
    first, second : Motif
        From left to right.
    gaps : sequence of int
        Distances in bp, from the end of the first to the start of the second.
    strands : str
        Strand of the first and of the second, such as ``"+-"``.

    Returns
    -------
    pandas.DataFrame
        One row a gap and class: ``gap``, ``class``, ``first``, ``second`` and ``both`` (mean
        changes of the answer, in units of the logit), ``change`` (what both do beyond the sum of
        each alone: 0 where a model adds them up), ``low`` and ``high`` (its 95% interval) and
        ``n``.

    Raises
    ------
    DataError
        As :func:`marginalize`, or if the pair does not fit in.
    """
    codes = _backgrounds(background)
    if not all(isinstance(motif, Motif) for motif in (first, second)) or len(strands) != 2:
        raise DataError("A pair takes two motifs and two strands, such as '++' or '+-'.")
    rng = stream(0, "spacing")
    one, two = (
        _sites(motif, len(codes), "consensus", strand, rng)
        for motif, strand in zip((first, second), strands, strict=True)
    )
    before = answers(model, codes)
    names, weights = class_contrasts(model, background, before.shape[1], target, against)
    rows = []
    for gap in gaps:
        if gap < 0:
            raise DataError(f"A gap of {gap} bp makes motifs overlap. Give 0 or more.")
        start = (codes.shape[1] - len(first) - gap - len(second)) // 2
        left = _put_in(codes, one, start)
        right = _put_in(codes, two, start + len(first) + gap)
        both = _put_in(left, two, start + len(first) + gap)
        alone, other, pair = ((answers(model, x) - before) @ weights.T for x in (left, right, both))
        rows += [
            {
                "gap": gap,
                "class": name,
                "first": float(alone[:, k].mean()),
                "second": float(other[:, k].mean()),
                "both": float(pair[:, k].mean()),
            }
            | _interval(pair[:, k] - alone[:, k] - other[:, k])
            for k, name in enumerate(names)
        ]
    return pd.DataFrame(rows)


def _backgrounds(background: Sequences) -> np.ndarray:
    codes = rectangle(background)
    if len(codes) < 2:
        raise DataError(
            "One background says nothing about others. Give at least two, better a hundred."
        )
    return codes


def _sites(motif: Motif, n: int, sites: str, strand: str, rng: np.random.Generator) -> np.ndarray:
    """uint8 codes, shape (n, length of the motif)."""
    if strand not in ("+", "-") or sites not in ("consensus", "sampled"):
        raise DataError(
            f"Sites {sites!r} on strand {strand!r} cannot be made. Give 'consensus' or 'sampled', "
            "and '+' or '-'."
        )
    turned = motif if strand == "+" else motif.reverse_complement()
    if sites == "sampled":
        return sample_sites(turned, n, rng)
    return np.tile(turned.counts.argmax(1).astype(np.uint8), (n, 1))


def _put_in(codes: np.ndarray, sites: np.ndarray, start: int) -> np.ndarray:
    if not 0 <= start <= codes.shape[1] - sites.shape[1]:
        raise DataError(
            f"{sites.shape[1]} bp from position {start} do not fit into backgrounds of "
            f"{codes.shape[1]} bp. Give longer ones, or another place."
        )
    changed = codes.copy()
    changed[:, start : start + sites.shape[1]] = sites
    return changed


def _interval(changes: np.ndarray) -> dict[str, float]:
    from scipy.stats import t

    n, mean = len(changes), float(changes.mean(dtype=np.float64))
    half = float(t.ppf(0.975, n - 1) * changes.std(ddof=1, dtype=np.float64) / np.sqrt(n))
    return {"change": mean, "low": mean - half, "high": mean + half, "n": n}
