"""What sequences are made of: GC content, CpG, shares of the bases.

Every function takes a :class:`~genbench_lite.SequenceSet`, strings, or uint8 codes of shape
(n, length), and counts known letters only: an unknown letter (code 4), and so padding, is
no base.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeGuard

import numpy as np

from . import sequence
from .errors import DataError
from .sequence_set import SequenceSet

Sequences = SequenceSet | Sequence[str] | np.ndarray

_BLOCK = 1 << 21  # bases at a time: what is computed for each base stays under 100 MB


def gc_content(sequences: Sequences) -> np.ndarray:
    """Share of G and C among the known letters of each sequence.

    Parameters
    ----------
    sequences : SequenceSet, sequence of str, or numpy.ndarray
        An array holds uint8 codes, shape (n, length).

    Returns
    -------
    numpy.ndarray
        float32, shape (n,), from 0 to 1; NaN for a sequence without a known letter.

    Raises
    ------
    DataError
        If an array holds no codes, or a string no DNA.

    Examples
    --------
    >>> gc_content(["GCGA", "ATNN", "NNNN"])
    array([0.75, 0.  ,  nan], dtype=float32)
    """

    def flags(codes: np.ndarray, _: np.ndarray) -> tuple[np.ndarray, ...]:
        return codes < sequence.UNKNOWN, (codes == 1) | (codes == 2)

    known, strong = _tally(sequences, flags)
    return _divide(strong, known)


def cpg_ratio(sequences: Sequences) -> np.ndarray:
    """CpG observed over expected: how many C are followed by G, against chance.

    The number of CpG times the number of known letters, divided by the number of C times that
    of G (Gardiner-Garden & Frommer 1987, doi:10.1016/0022-2836(87)90689-9). In vertebrates,
    methylated CpG decay; a ratio of 0.6 or more marks an island where they did not.

    Parameters
    ----------
    sequences : SequenceSet, sequence of str, or numpy.ndarray
        An array holds uint8 codes, shape (n, length).

    Returns
    -------
    numpy.ndarray
        float32, shape (n,), 0 or more; NaN for a sequence without C or without G.

    Raises
    ------
    DataError
        If an array holds no codes, or a string no DNA.

    Examples
    --------
    Two C, two G, eight letters: half a CpG is expected.

    >>> cpg_ratio(["ACGTACGT", "ACTGACTG", "AAAA"])
    array([ 4.,  0., nan], dtype=float32)
    """

    def flags(codes: np.ndarray, bounds: np.ndarray) -> tuple[np.ndarray, ...]:
        c, g = codes == 1, codes == 2
        pair = c & np.append(g[1:], False)
        ends = bounds[1:][bounds[1:] > 0]
        pair[ends - 1] = False  # what follows is the next sequence
        return codes < sequence.UNKNOWN, c, g, pair

    known, c, g, pairs = _tally(sequences, flags)
    return _divide(pairs * known, c * g)


def base_composition(sequences: Sequences, by_position: bool = False) -> np.ndarray:
    """Shares of A, C, G and T among the known letters, over all sequences together.

    Parameters
    ----------
    sequences : SequenceSet, sequence of str, or numpy.ndarray
        An array holds uint8 codes, shape (n, length).
    by_position : bool
        Take the shares at each position, counted from the start of the sequences.

    Returns
    -------
    numpy.ndarray
        float64, shape (4,), or (longest length, 4) by position. They sum to 1; all four are
        NaN where no letter is known.

    Raises
    ------
    DataError
        If an array holds no codes, or a string no DNA.

    Examples
    --------
    >>> base_composition(["AACG", "TN"])
    array([0.4, 0.2, 0.2, 0.2])
    >>> base_composition(["AACG", "TN"], by_position=True)[0]
    array([0.5, 0. , 0. , 0.5])
    """
    codes, offsets = packed(sequences)
    width = int(np.diff(offsets).max(initial=0)) if by_position else 1
    if by_position and is_array(sequences):
        width = sequences.shape[1]  # that of an array without rows, too
    counts = np.zeros(5 * width, np.int64)
    for rows in row_blocks(offsets):
        bounds = offsets[rows.start : rows.stop + 1]
        letters = np.minimum(codes[bounds[0] : bounds[-1]], sequence.UNKNOWN).astype(np.int64)
        if by_position:
            starts = np.repeat(bounds[:-1], np.diff(bounds))
            letters += 5 * (np.arange(bounds[0], bounds[-1]) - starts)
        counts += np.bincount(letters, minlength=len(counts))
    known = counts.reshape(width, 5)[:, :4]
    totals = known.sum(1, keepdims=True)
    shares = np.full(known.shape, np.nan)
    np.divide(known, totals, out=shares, where=totals > 0)
    return shares if by_position else shares[0]


def unknown_mask(sequences: Sequences) -> np.ndarray:
    """Where letters are unknown.

    Parameters
    ----------
    sequences : SequenceSet, sequence of str, or numpy.ndarray
        An array holds uint8 codes, shape (n, length).

    Returns
    -------
    numpy.ndarray
        bool: for an array of its shape, and padding counts as unknown, for both are 4. For
        strings or a SequenceSet of shape (total bases,), one sequence behind the other, as
        ``SequenceSet.codes`` has them: without padding, so that every True is an N.

    Raises
    ------
    DataError
        If an array holds no codes, or a string no DNA.

    Examples
    --------
    >>> unknown_mask(["ANT", "G"])
    array([False,  True, False, False])
    """
    mask: np.ndarray = packed(sequences)[0] >= sequence.UNKNOWN
    return mask.reshape(sequences.shape) if is_array(sequences) else mask


def packed(sequences: Sequences) -> tuple[np.ndarray, np.ndarray]:
    """All letters behind each other, and where each sequence begins and ends.

    Parameters
    ----------
    sequences : SequenceSet, sequence of str, or numpy.ndarray
        An array holds uint8 codes, shape (n, length).

    Returns
    -------
    codes : numpy.ndarray
        uint8, shape (total,).
    offsets : numpy.ndarray
        int64, shape (n + 1,).

    Raises
    ------
    DataError
        If an array holds no codes, or a string no DNA.

    Examples
    --------
    >>> packed(["AC", "G"])
    (array([0, 1, 2], dtype=uint8), array([0, 2, 3]))
    """
    if is_array(sequences):
        codes = np.asarray(sequences)
        if codes.dtype != np.uint8 or codes.ndim != 2:
            raise DataError(
                f"An array of {codes.dtype} and shape {codes.shape} holds no sequences. Give "
                "uint8 codes, one row a sequence and one column a base."
            )
        n, length = codes.shape
        return codes.reshape(-1), np.arange(n + 1) * length
    if not isinstance(sequences, SequenceSet):
        texts = [sequences] if isinstance(sequences, str) else list(sequences)
        sequences = SequenceSet.from_strings(texts, [0] * len(texts), ["sequence"])
    return sequences.codes, sequences.offsets


def row_blocks(offsets: np.ndarray, bases: int = _BLOCK) -> list[slice]:
    """Cut rows into slices of at most so many bases, though of at least one row.

    Examples
    --------
    >>> row_blocks(np.array([0, 2, 4, 9]), bases=4)
    [slice(0, 2, None), slice(2, 3, None)]
    """
    blocks = []
    first, n = 0, len(offsets) - 1
    while first < n:
        last = int(np.searchsorted(offsets, offsets[first] + bases, "right")) - 1
        last = min(max(last, first + 1), n)
        blocks.append(slice(first, last))
        first = last
    return blocks


def sum_rows(flags: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    """int64, shape (n,): how many flags are set from each bound to the next.

    Examples
    --------
    >>> sum_rows(np.array([True, True, False, True]), np.array([0, 2, 4]))
    array([2, 1])
    """
    running = np.zeros(len(flags) + 1, np.int64)
    np.cumsum(flags, out=running[1:])
    return np.diff(running[bounds])


def is_array(sequences: Sequences) -> TypeGuard[np.ndarray]:
    """Whether these are codes; an array of strings is not."""
    return isinstance(sequences, np.ndarray) and sequences.dtype.kind != "U"


def _tally(
    sequences: Sequences, flags: Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, ...]]
) -> list[np.ndarray]:
    """int64, shape (n,), for each array of flags: how many are set in each sequence.

    ``flags`` takes the codes of a block of sequences and, within them, their bounds.
    """
    codes, offsets = packed(sequences)
    parts = []
    for rows in row_blocks(offsets) or [slice(0, 0)]:
        bounds = offsets[rows.start : rows.stop + 1]
        block = codes[bounds[0] : bounds[-1]]
        bounds = bounds - bounds[0]
        parts.append([sum_rows(array, bounds) for array in flags(block, bounds)])
    return [np.concatenate(column) for column in zip(*parts, strict=True)]


def _divide(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    ratio = np.full(len(above), np.nan, np.float32)
    np.divide(above, below, out=ratio, where=below > 0, casting="same_kind")
    return ratio
