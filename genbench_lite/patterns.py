"""Where a short pattern occurs: letters of IUPAC, both strands, no mismatch.

A pattern says which bases may stand at each position, and no more: R is A or G. A motif
(:mod:`genbench_lite.motif`) also says how often each of them does.
"""

from __future__ import annotations

import numpy as np

from . import sequence
from .composition import Sequences, packed, row_blocks, sum_rows
from .errors import DataError

IUPAC = {
    **{"A": "A", "C": "C", "G": "G", "T": "T", "U": "T", "R": "AG", "Y": "CT", "S": "CG"},
    **{"W": "AT", "K": "GT", "M": "AC", "B": "CGT", "D": "AGT", "H": "ACT", "V": "ACG"},
    "N": "ACGT",
}
"""The bases that a letter stands for (IUPAC-IUB 1970, doi:10.1021/bi00822a023)."""

# one bit a base; an unknown letter has none, so that no pattern matches it
_BITS = np.array([1, 2, 4, 8, 0], np.uint8)


def read_pattern(text: str) -> str:
    """A pattern in upper case, without blanks.

    Raises
    ------
    DataError
        If a character stands for no base; the message names it and its position.

    Examples
    --------
    >>> read_pattern("wGata r")
    'WGATAR'
    """
    pattern = "".join(text.upper().split())
    for position, letter in enumerate(pattern):
        if letter not in IUPAC:
            raise DataError(
                f"{letter!r} at position {position} of the pattern stands for no base. Use "
                f"{', '.join('ACGTN')}, or another letter of IUPAC such as R (A or G)."
            )
    return pattern


def pattern_matches(codes: np.ndarray, pattern: str) -> tuple[np.ndarray, np.ndarray]:
    """Where matches of a pattern begin in one sequence.

    Parameters
    ----------
    codes : numpy.ndarray
        uint8, shape (length,).
    pattern : str
        Letters of IUPAC. N matches every base; nothing matches an unknown letter.

    Returns
    -------
    plus, minus : numpy.ndarray
        bool, shape (length,): whether the leftmost letter of a match stands here, read on the +
        and on the - strand. A pattern that is its own reverse complement matches both at once.

    Raises
    ------
    DataError
        If the pattern is empty, or a character of it stands for no base.

    Examples
    --------
    >>> plus, minus = pattern_matches(sequence.encode("GATAATTATC"), "GATAR")
    >>> plus.nonzero()[0], minus.nonzero()[0]
    (array([0]), array([5]))
    """
    masks = _masks(pattern)
    bits = _BITS[np.minimum(codes, sequence.UNKNOWN)]
    return _starts(bits, masks), _starts(bits, _other_strand(masks))


def pattern_counts(sequences: Sequences, pattern: str) -> np.ndarray:
    """At how many places of each sequence a pattern matches, on either strand.

    Parameters
    ----------
    sequences : SequenceSet, sequence of str, or numpy.ndarray
        An array holds uint8 codes, shape (n, length).
    pattern : str
        Letters of IUPAC.

    Returns
    -------
    numpy.ndarray
        int64, shape (n,). Matches may overlap; a place that matches on both strands counts once.

    Raises
    ------
    DataError
        As :func:`pattern_matches`; or if an array holds no codes, or a string no DNA.

    Examples
    --------
    >>> pattern_counts(["GATAATTATC", "CCCC"], "GATAR")
    array([2, 0])
    """
    width = len(_masks(pattern))
    codes, offsets = packed(sequences)
    counts = [np.zeros(0, np.int64)]
    for rows in row_blocks(offsets):
        bounds = offsets[rows.start : rows.stop + 1]
        plus, minus = pattern_matches(codes[bounds[0] : bounds[-1]], pattern)
        places = plus | minus
        bounds = bounds - bounds[0]
        # a match that begins so close to an end goes on in the next sequence
        hanging = (bounds[1:, None] - np.arange(1, width)).ravel()
        places[hanging[hanging >= 0]] = False
        counts.append(sum_rows(places, bounds))
    return np.concatenate(counts)


def _masks(pattern: str) -> np.ndarray:
    letters = read_pattern(pattern)
    if not letters:
        raise DataError("The pattern is empty. Give at least one letter, for example GATAAG.")
    sums = [sum(1 << "ACGT".index(base) for base in IUPAC[letter]) for letter in letters]
    return np.array(sums, np.uint8)


def _other_strand(masks: np.ndarray) -> np.ndarray:
    """Read backwards, with A for T (bits 1 and 8) and C for G (2 and 4)."""
    turned = (masks & 1) << 3 | (masks & 2) << 1 | (masks & 4) >> 1 | (masks & 8) >> 3
    return turned[::-1]


def _starts(bits: np.ndarray, masks: np.ndarray) -> np.ndarray:
    found = np.zeros(len(bits), bool)
    places = len(bits) - len(masks) + 1
    if places > 0:
        found[:places] = True
        for shift, mask in enumerate(masks):
            found[:places] &= (bits[shift : shift + places] & mask) > 0
    return found
