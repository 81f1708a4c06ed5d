"""What to look at when paging through sequences: GC along one, the odd ones, who has what."""

from __future__ import annotations

import numpy as np

from . import sequence
from .composition import Sequences, packed, row_blocks, sum_rows
from .errors import DataError
from .sequence_set import SequenceSet


def windowed_gc(codes: np.ndarray, width: int) -> np.ndarray:
    """Share of G and C around each letter of one sequence.

    Parameters
    ----------
    codes : numpy.ndarray
        uint8, shape (length,).
    width : int
        Letters in a window, an odd number: the letter itself is its middle. Windows that hang
        over an end are cut there.

    Returns
    -------
    numpy.ndarray
        float64, shape (length,), from 0 to 1: of the known letters in the window; NaN where it
        has none.

    Raises
    ------
    DataError
        If the width is not a positive odd number.

    Examples
    --------
    >>> windowed_gc(sequence.encode("AAGNNNC"), 3).round(2)
    array([0.  , 0.33, 0.5 , 1.  ,  nan, 1.  , 1.  ])
    """
    if width < 1 or width % 2 == 0:
        raise DataError(f"A window of {width} letters has no middle. Give an odd number, as 21.")
    places = np.arange(len(codes))
    bounds = np.clip([places - width // 2, places + width // 2 + 1], 0, len(codes))
    strong, known = (
        np.concatenate([[0], np.cumsum(flags)])[bounds]
        for flags in ((codes == 1) | (codes == 2), codes < sequence.UNKNOWN)
    )
    share = np.full(len(codes), np.nan)
    np.divide(strong[1] - strong[0], known[1] - known[0], share, where=known[1] > known[0])
    return share


def unknown_counts(sequences: Sequences) -> np.ndarray:
    """How many letters of each sequence are unknown.

    Parameters
    ----------
    sequences : SequenceSet, sequence of str, or numpy.ndarray
        An array holds uint8 codes, shape (n, length); padding counts as unknown.

    Returns
    -------
    numpy.ndarray
        int64, shape (n,).

    Raises
    ------
    DataError
        If an array holds no codes, or a string no DNA.

    Examples
    --------
    >>> unknown_counts(["ANN", "G"])
    array([2, 0])
    """
    codes, offsets = packed(sequences)
    counts = [np.zeros(0, np.int64)]
    for rows in row_blocks(offsets):
        bounds = offsets[rows.start : rows.stop + 1]
        unknown = codes[bounds[0] : bounds[-1]] >= sequence.UNKNOWN
        counts.append(sum_rows(unknown, bounds - bounds[0]))
    return np.concatenate(counts)


def ranked(values: np.ndarray, rows: np.ndarray, highest_first: bool) -> np.ndarray:
    """Rows in the order of their values.

    Parameters
    ----------
    values : numpy.ndarray
        Numbers, shape (n,): one a row of the whole set. NaN comes last.
    rows : numpy.ndarray
        int64, shape (m,): the rows to order. Rows with equal values keep their order.
    highest_first : bool

    Returns
    -------
    numpy.ndarray
        int64, shape (m,).

    Examples
    --------
    >>> ranked(np.array([0.2, 0.9, np.nan, 0.4]), np.array([0, 2, 3]), highest_first=True)
    array([3, 0, 2])
    """
    mine = np.asarray(values, np.float64)[rows]
    return rows[np.argsort(-mine if highest_first else mine, kind="stable")]


def class_shares(sequences: SequenceSet, present: np.ndarray) -> dict[str, float]:
    """Which share of each class has something.

    Parameters
    ----------
    sequences : SequenceSet
    present : numpy.ndarray
        bool, shape (n,): whether each sequence has it.

    Returns
    -------
    dict of str to float
        By class, from 0 to 1; without classes that have no sequence.

    Examples
    --------
    >>> s = SequenceSet.from_strings(["GA", "C", "G"], [0, 0, 1], ["no", "other", "yes"])
    >>> class_shares(s, np.array([True, False, True]))
    {'no': 0.5, 'other': 1.0}
    """
    classes = sequences.classes
    sizes = np.bincount(sequences.labels, minlength=len(classes))
    with_it = np.bincount(sequences.labels, present, minlength=len(classes))
    counts = zip(classes, with_it.tolist(), sizes.tolist(), strict=True)
    return {name: k / n for name, k, n in counts if n}
