"""Backgrounds to plant motifs into: random letters, a Markov chain, or real sequences."""

from __future__ import annotations

import operator
import zlib
from collections.abc import Sequence

import numpy as np

from .. import sequence
from ..errors import DataError
from ..sequence_set import SequenceSet


def random_sequences(
    n: int, length: int, gc: float | Sequence[float] | np.ndarray = 0.5, seed: int = 0
) -> np.ndarray:
    """Independent random letters.

    Parameters
    ----------
    n, length : int
        Number of sequences, and their length in bp.
    gc : float or array-like
        Share of G and C, from 0 to 1; an array of shape (n,) gives each sequence its own.
    seed : int
        The same seed gives the same letters.

    Returns
    -------
    numpy.ndarray
        uint8 codes, shape (n, length).

    Raises
    ------
    DataError
        If a size is under 1, a share not from 0 to 1, or the seed no whole number.

    Examples
    --------
    >>> set(sequence.decode(random_sequences(1, 100, gc=1)[0])) == {"C", "G"}
    True
    """
    _check_size(n, length)
    try:
        share = np.asarray(gc, np.float64)
    except (TypeError, ValueError):
        share = np.array(np.nan)
    if share.shape not in ((), (n,)) or not ((share >= 0) & (share <= 1)).all():
        raise DataError(
            f"A GC content of {gc} cannot be used for {n} sequences. Give a share from 0 to 1 "
            "(0.4, not 40), or one for each sequence."
        )
    rng = stream(seed, "random_sequences")
    strong = rng.random((n, length)) < share.reshape(-1, 1)
    second = rng.random((n, length)) < 0.5
    # A is 0 and T is 3, the weak pair; C is 1 and G is 2
    return np.where(strong, 1 + second, 3 * second).astype(np.uint8)


def markov_sequences(
    n: int, length: int, like: SequenceSet | np.ndarray, seed: int = 0
) -> np.ndarray:
    """Random letters, each drawn by the one before it, with the habits of other sequences.

    A Markov chain of first order: composition and dinucleotides (few CpG, say) are on average
    those of ``like``.

    Parameters
    ----------
    n, length : int
        Number of sequences, and their length in bp.
    like : SequenceSet or numpy.ndarray
        The sequences to learn from, or their codes of shape (rows, bp).
    seed : int
        The same seed gives the same letters.

    Returns
    -------
    numpy.ndarray
        uint8 codes, shape (n, length).

    Raises
    ------
    DataError
        If a size is under 1, if ``like`` is something else, or if some base in it is followed by
        no other.

    Examples
    --------
    >>> like = SequenceSet.from_strings(["ACGTACGTA"], [0], ["like"])
    >>> sequence.decode(markov_sequences(1, 10, like)[0]) in "ACGTACGTACGTA"
    True
    """
    _check_size(n, length)
    pairs = _dinucleotides(_rectangle(like))
    totals = pairs.sum(1, keepdims=True)
    if not totals.all():
        raise DataError(
            f"In the sequences to learn from, no base follows {'ACGT'[totals.argmin()]}. Give "
            "more of them."
        )
    rng = stream(seed, "markov_sequences")
    first = np.searchsorted(np.cumsum(totals / totals.sum())[:3], rng.random((n, 1)), "right")
    chances = np.cumsum(pairs / totals, axis=1)[:, :3]
    draws = rng.random((n, length - 1))
    # a draw gives the next letter for each letter that may come before it: a map of four letters
    # to four; the letter at a position is all maps up to there, one after the other
    maps = np.stack([np.searchsorted(row, draws, "right") for row in chances], axis=-1)
    step = 1
    while step < length - 1:  # maps of 2, 4, 8, ... letters at once
        maps[:, step:] = np.take_along_axis(maps[:, step:], maps[:, :-step], -1)
        step *= 2
    rest = np.take_along_axis(maps, first[:, :, None], -1)[..., 0]
    return np.concatenate([first, rest], axis=1).astype(np.uint8)


def real_sequences(
    n: int, length: int, like: SequenceSet | np.ndarray, seed: int = 0
) -> np.ndarray:
    """The first letters of other sequences, drawn without replacement.

    Parameters
    ----------
    n, length : int
        Number of sequences, and their length in bp.
    like : SequenceSet or numpy.ndarray
        The sequences to draw from, or their codes of shape (rows, bp). Those that are shorter,
        or hold an unknown letter in their first ``length``, are left out.
    seed : int
        The same seed gives the same sequences.

    Returns
    -------
    numpy.ndarray
        uint8 codes, shape (n, length).

    Raises
    ------
    DataError
        If a size is under 1, if ``like`` is something else, or if there are fewer than ``n`` such
        sequences.

    Examples
    --------
    >>> like = SequenceSet.from_strings(["ACGTT", "CC", "NNNNN"], [0, 0, 0], ["like"])
    >>> real_sequences(1, 4, like)
    array([[0, 1, 2, 3]], dtype=uint8)
    """
    _check_size(n, length)
    rows = _rectangle(like, length)
    usable = rows[(rows < sequence.UNKNOWN).all(1)]
    if len(usable) < n:
        raise DataError(
            f"{n} sequences were asked for, and {len(usable)} begin with {length} known letters. "
            "Take fewer, or shorter ones."
        )
    return usable[stream(seed, "real_sequences").choice(len(usable), n, replace=False)]


def stream(seed: int | np.random.Generator, purpose: str) -> np.random.Generator:
    """Random numbers for one purpose; the same seed gives every purpose its own.

    If letters and the places of motifs came from the same numbers, the letters would tell
    where the motifs are.

    Parameters
    ----------
    seed : int or numpy.random.Generator
        A generator is used as it is.
    purpose : str
        Whatever sets it apart, such as the name of the function that draws.

    Returns
    -------
    numpy.random.Generator

    Raises
    ------
    DataError
        If the seed is no whole number from 0.

    Examples
    --------
    >>> bool(stream(1, "letters").random() == stream(1, "places").random())
    False
    """
    if isinstance(seed, np.random.Generator):
        return seed
    try:
        # not the purpose alone, as hash() gives it: that changes from one run to the next
        return np.random.default_rng([operator.index(seed), zlib.crc32(purpose.encode())])
    except (TypeError, ValueError):
        raise DataError(f"A seed of {seed!r} cannot be used. Give a whole number from 0.") from None


def check_codes(codes: np.ndarray, what: str) -> np.ndarray:
    """A copy of codes in a rectangle, if that is what they are.

    Parameters
    ----------
    codes : numpy.ndarray
        uint8, shape (n, length), from 0 to 4.
    what : str
        How a message begins, such as ``"A background"``.

    Raises
    ------
    DataError
        If they are anything else, or there are none.

    Examples
    --------
    >>> check_codes(np.zeros((1, 2), np.uint8), "A background")
    array([[0, 0]], dtype=uint8)
    """
    is_rectangle = isinstance(codes, np.ndarray) and codes.dtype == np.uint8 and codes.ndim == 2
    if not is_rectangle or not codes.size or codes.max() > sequence.UNKNOWN:
        raise DataError(
            f"{what} is a rectangle of uint8 codes from 0 to 4, one row a sequence. Make one with "
            "random_sequences, or take padded() of a sequence set."
        )
    return codes.copy()


def _check_size(n: int, length: int) -> None:
    try:
        possible = operator.index(n) >= 1 and operator.index(length) >= 1
    except TypeError:
        possible = False
    if not possible:
        raise DataError(
            f"{n} sequences of {length} bp cannot be made. Ask for whole numbers from 1."
        )


def _rectangle(like: SequenceSet | np.ndarray, length: int | None = None) -> np.ndarray:
    """uint8 codes, shape (rows, length), of a sequence set or codes; 4 where they are shorter."""
    if isinstance(like, SequenceSet):
        return like.padded(length)
    codes = check_codes(like, "What is not a sequence set")
    n, width = codes.shape
    return sequence.pad(codes.ravel(), np.arange(n) * width, np.full(n, width), length or width)


def _dinucleotides(codes: np.ndarray) -> np.ndarray:
    """float64, shape (4, 4): how often each base (column) follows each other (row)."""
    known = (codes < sequence.UNKNOWN)[:, :-1] & (codes < sequence.UNKNOWN)[:, 1:]
    pairs = (codes[:, :-1] * 4 + codes[:, 1:])[known]
    return np.bincount(pairs, minlength=16).reshape(4, 4).astype(np.float64)
