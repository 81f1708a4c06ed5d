"""References to explain against, and whether an explanation adds up to the difference from them.

"Why is the answer 3?" has no end; "why 3 and not 1, as for a shuffled sequence?" has one.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from .. import sequence
from ..composition import Sequences
from ..errors import DataError
from ..shuffling import dinucleotide_shuffle
from .asking import answers, batches, rectangle
from .contrasts import Target, contrast_weights

_WORTH_A_WARNING = 0.1  # of the difference that is to be explained


def completeness(
    model: Any,
    sequences: Sequences,
    attribution: np.ndarray,
    target: Target = None,
    against: Target = None,
    *,
    references: int | np.ndarray = 10,
    seed: int = 0,
) -> pd.DataFrame:
    """How far attributions add up to what they explain.

    Parameters
    ----------
    model, sequences, target, against, references, seed
        As they were given to the method.
    attribution : numpy.ndarray
        Shape (n, 4, length): what the method returned.

    Returns
    -------
    pandas.DataFrame
        One row a sequence, in units of the logit: ``sum`` of the attributions, ``difference`` of
        the answers between the sequence and the mean of its references, and ``gap``, the sum
        less the difference.

    Raises
    ------
    DataError
        If the attribution is not that of these sequences.

    Examples
    --------
    >>> import torch
    >>> from genbench_lite.attribution import integrated_gradients
    >>> class CountA(torch.nn.Module):
    ...     def forward(self, x):
    ...         return torch.stack([torch.zeros(len(x)), x[:, 0].sum(1)], 1)
    >>> zeros = np.full((1, 1, 3), 4, np.uint8)
    >>> found = integrated_gradients(CountA(), ["ACA"], references=zeros)
    >>> completeness(CountA(), ["ACA"], found, references=zeros)
       sum  difference  gap
    0  2.0         2.0  0.0
    """
    codes = rectangle(sequences)
    attribution = check_attribution(attribution, codes)
    weights = contrast_weights(model, sequences, target, against)
    return gaps_of(model, codes, attribution, weights, reference_codes(codes, references, seed))


def reference_codes(codes: np.ndarray, references: int | np.ndarray, seed: int) -> np.ndarray:
    """The references of sequences: uint8, shape (references, n, length).

    They are unknown where the sequence is, so that nothing is explained there.

    Raises
    ------
    DataError
        If there is none, or they have another shape.

    Examples
    --------
    >>> reference_codes(np.zeros((2, 5), np.uint8), 3, seed=0).shape
    (3, 2, 5)
    """
    if isinstance(references, np.ndarray):
        if references.dtype != np.uint8 or references.ndim != 3 or not len(references):
            found = f"{references.dtype} of shape {references.shape}"
        elif references.shape[1:] != codes.shape:
            found = f"shape {references.shape}"
        else:
            return np.where(codes == sequence.UNKNOWN, codes, references)
        raise DataError(
            f"References of {found} do not fit. Give uint8 codes of shape (references, "
            f"{codes.shape[0]}, {codes.shape[1]}), or how many shuffles to take."
        )
    if references < 1:
        raise DataError(f"{references} references explain nothing. Take at least one.")
    rng = np.random.default_rng(seed)
    return np.stack(
        [dinucleotide_shuffle(codes, seed=int(rng.integers(2**63))) for _ in range(references)]
    )


def at_letters(attribution: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """The sum of each position's four values, given to the letter that is there.

    Examples
    --------
    >>> at_letters(np.array([[[1.0], [2.0], [0.0], [0.0]]]), np.array([[1]], np.uint8))[0, :, 0]
    array([0., 3., 0., 0.])
    """
    placed: np.ndarray = attribution.sum(1, keepdims=True) * sequence.one_hot(codes)
    return placed


def check_attribution(attribution: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """An attribution as it is, if it has the shape (n, 4, length) of these sequences.

    Raises
    ------
    DataError
        If it has not, or holds something that is no number.

    Examples
    --------
    >>> check_attribution(np.zeros((1, 4, 2)), np.zeros((1, 2), np.uint8)).shape
    (1, 4, 2)
    """
    found = np.asarray(attribution)
    wanted = (len(codes), 4, codes.shape[1])
    if found.shape != wanted:
        raise DataError(
            f"An attribution of shape {found.shape} is not that of {len(codes)} sequences of up to "
            f"{codes.shape[1]} bp. Its shape must be {wanted}: sequences, bases A, C, G, T, "
            "positions."
        )
    if not np.isfinite(found).all():
        raise DataError(
            "The attribution holds values that are no finite numbers. Look for a division by zero "
            "where it was computed."
        )
    return found


def with_references(
    codes: np.ndarray, starts: np.ndarray
) -> Iterator[tuple[slice, np.ndarray, np.ndarray]]:
    """Batches of rows: which, and one-hot each of them, and each of its references.

    Both have shape (references x rows, 4, length), all rows with their first reference first.
    """
    for rows in batches(codes, len(starts)):
        x = np.tile(sequence.one_hot(codes[rows]), (len(starts), 1, 1))
        yield rows, x, sequence.one_hot(starts[:, rows].reshape(-1, codes.shape[1]))


def gaps_of(
    model: Any,
    codes: np.ndarray,
    attribution: np.ndarray,
    weights: np.ndarray,
    starts: np.ndarray,
) -> pd.DataFrame:
    """The table of :func:`completeness`, from codes and from the weights of the contrast."""
    here = (answers(model, codes) * weights).sum(1)
    there = np.mean([(answers(model, start) * weights).sum(1) for start in starts], axis=0)
    total = attribution.sum((1, 2), dtype=np.float64)
    return pd.DataFrame(
        {"sum": total, "difference": here - there, "gap": total - (here - there)}, dtype=np.float64
    )


def warn_of_gaps(method: str, gaps: pd.DataFrame) -> None:
    """Warn whoever called the method if the gaps are large against what is to be explained."""
    gap, difference = gaps["gap"].abs().mean(), gaps["difference"].abs().mean()
    if gap > _WORTH_A_WARNING * difference and gap > 1e-3:
        warnings.warn(
            f"What {method} attributes misses the difference of the answers by {gap:.2g} on "
            f"average, where that difference is {difference:.2g}. More steps or references may "
            "help; see completeness.",
            stacklevel=3,
        )
