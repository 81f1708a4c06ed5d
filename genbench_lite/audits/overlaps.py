"""Which intervals share bases: pairs, best partners, merged stretches.

All of it is blind to the strand: two rows at one place hold the same bases, one way round or the
other, and a model that has read one knows the other. Intervals that touch share no base.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np

from ..errors import DataError
from ..interval_set import Intervals

_CHUNK = 1 << 21  # pairs held at once: about 100 MB


def pairs(a: Intervals, b: Intervals) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Every pair of a row of ``a`` and a row of ``b`` that share at least one base.

    Parameters
    ----------
    a, b : Intervals
        Their regions are matched by name.

    Returns
    -------
    i, j, shared : numpy.ndarray
        int64, shape (pairs,): positions in ``a`` and in ``b``, in order of ``i``, then ``j``; and
        the bp that both cover. One row can be in many pairs, so this may be far longer than
        ``a`` and ``b``; :func:`best_overlap` needs no such room.

    Examples
    --------
    >>> toy = Intervals.from_columns(
    ...     "toy", ["x"], ["chr1"] * 4, [0, 50, 8, 10], [10, 60, 20, 20], [0] * 4,
    ...     ["test", "test", "train", "train"],
    ... )
    >>> [column.tolist() for column in pairs(toy.rows("test"), toy.rows("train"))]
    [[0], [0], [2]]
    """
    parts = list(_pairs_in_chunks(a, b))
    i, j, shared = (
        np.concatenate([part[column] for part in parts] or [np.zeros(0, np.int64)])
        for column in range(3)
    )
    order = np.lexsort((j, i))
    return i[order], j[order], shared[order]


def best_overlap(test: Intervals, train: Intervals) -> tuple[np.ndarray, np.ndarray]:
    """The row of ``train`` that shares most bases with each row of ``test``.

    Returns
    -------
    shared : numpy.ndarray
        int64, shape (len(test),), in bp: 0 where no row of ``train`` shares a base.
    row : numpy.ndarray
        int64, shape (len(test),): a position in ``train``; -1 where none. Of rows that share as
        much the shortest, since it is the most alike, and of these the first.

    Examples
    --------
    >>> toy = Intervals.from_columns(
    ...     "toy", ["x"], ["chr1"] * 4, [0, 5, 3, 30], [10, 15, 13, 40], [0] * 4,
    ...     ["train", "train", "test", "test"],
    ... )
    >>> [column.tolist() for column in best_overlap(toy.rows("test"), toy.rows("train"))]
    [[8, 0], [1, -1]]
    """
    by_length = np.argsort(train.length, kind="stable")
    rank = np.argsort(by_length)
    best = np.zeros(len(test), np.int64)
    winner = np.full(len(test), len(train), np.int64)  # as a rank: of equals the smallest wins
    for i, j, shared in _pairs_in_chunks(test, train):
        before = best.copy()
        np.maximum.at(best, i, shared)
        winner[best > before] = len(train)  # beaten, whoever held the place until now
        top = shared == best[i]
        np.minimum.at(winner, i[top], rank[j[top]])
    return best, np.append(by_length, -1)[winner]


def overlap_with_others(rows: Intervals) -> np.ndarray:
    """How many bases of each row the one *other* row covers that covers most of it.

    The counterpart of :func:`best_overlap` for training rows, which would all meet themselves.

    Returns
    -------
    numpy.ndarray
        int64, shape (len(rows),), in bp: 0 where a row lies alone.

    Examples
    --------
    >>> toy = Intervals.from_columns(
    ...     "toy", ["x"], ["chr1"] * 4, [0, 5, 30, 30], [10, 15, 40, 40], [0] * 4, ["train"] * 4
    ... )
    >>> overlap_with_others(toy).tolist()  # the last two are one place
    [5, 5, 10, 10]
    """
    best = np.zeros(len(rows), np.int64)
    for i, j, shared in _pairs_in_chunks(rows, rows):
        other = i != j
        np.maximum.at(best, i[other], shared[other])
    return best


def clusters(intervals: Intervals) -> np.ndarray:
    """Number the merged stretches: rows get one number that overlap, directly or through others.

    Returns
    -------
    numpy.ndarray
        int64, shape (n,): from 0 in the order of regions and starts.

    Examples
    --------
    >>> toy = Intervals.from_columns(
    ...     "toy", ["x"], ["chr1"] * 4, [0, 16, 8, 20], [10, 20, 18, 30], [0] * 4, ["train"] * 4
    ... )
    >>> clusters(toy).tolist()  # the third joins the first two; the last only touches
    [0, 0, 0, 1]
    """
    at, to = _axis(intervals)[0]
    order = np.argsort(at, kind="stable")
    reached = np.maximum.accumulate(to[order])
    begins = at[order][1:] >= reached[:-1]
    number = np.zeros(len(at), np.int64)
    number[order[1:]] = np.cumsum(begins)
    return number


def islands(intervals: Intervals) -> int:
    """How many stretches are left when rows that share bases are merged.

    Examples
    --------
    >>> islands(
    ...     Intervals.from_columns(
    ...         "toy", ["x"], ["chr1"] * 3, [0, 8, 20], [10, 20, 30], [0] * 3, ["train"] * 3
    ...     )
    ... )
    2
    """
    return int(clusters(intervals).max(initial=-1)) + 1


def places(intervals: Intervals) -> np.ndarray:
    """Number the distinct intervals: rows with the same region, start and end get one number.

    Returns
    -------
    numpy.ndarray
        int64, shape (n,): from 0 in the order of regions, starts and ends.

    Examples
    --------
    >>> toy = Intervals.from_columns(
    ...     "toy", ["x"], ["chr1"] * 3, [0, 8, 0], [10, 20, 10], [0] * 3, ["train"] * 3
    ... )
    >>> places(toy).tolist()
    [0, 1, 0]
    """
    at, to = _axis(intervals)[0]
    order = np.lexsort((to, at))
    new = (np.diff(at[order], prepend=-1) != 0) | (np.diff(to[order], prepend=-1) != 0)
    number = np.empty(len(at), np.int64)
    number[order] = np.cumsum(new) - 1
    return number


def _axis(*sets: Intervals) -> list[tuple[np.ndarray, np.ndarray]]:
    """Starts and ends on one axis on which all regions lie end to end."""
    # parts of one table share their names, which saves comparing them: transcripts are many
    names = list(sets[0].regions)
    codes = [one.region for one in sets]
    if any(one.regions != sets[0].regions for one in sets):
        names = sorted(set().union(*(one.regions for one in sets)))
        codes = [np.searchsorted(names, one.regions)[one.region] for one in sets]
    size = np.zeros(len(names) + 1, np.int64)
    for code, one in zip(codes, sets, strict=True):
        np.maximum.at(size, code + 1, one.end)
    if size.sum(dtype=float) > np.iinfo(np.int64).max / 2:
        raise DataError(
            f"The coordinates of {sets[0].name} reach {size.max():,} bp, more than can be laid "
            "end to end. Check the column `end`: no chromosome is that long."
        )
    offset = np.cumsum(size)
    return [
        (offset[code] + one.start, offset[code] + one.end)
        for code, one in zip(codes, sets, strict=True)
    ]


def _pairs_in_chunks(
    a: Intervals, b: Intervals
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """All pairs, a bounded number at a time.

    Of two rows that share bases, either b starts within a, or a starts later than b and within it.
    Never both, so that each pair comes up once, and no long row makes others be looked at in vain.
    """
    on_a, on_b = _axis(a, b)
    for i, j, shared in _starts_within(on_a, on_b, "left"):
        yield i, j, shared
    for j, i, shared in _starts_within(on_b, on_a, "right"):
        yield i, j, shared


def _starts_within(
    outer: tuple[np.ndarray, np.ndarray],
    inner: tuple[np.ndarray, np.ndarray],
    side: Literal["left", "right"],
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Pairs whose inner row starts within the outer one; with "right", not at its first base."""
    order = np.argsort(inner[0], kind="stable")
    starts, ends = inner[0][order], inner[1][order]
    first = np.searchsorted(starts, outer[0], side)
    until = np.cumsum(np.maximum(np.searchsorted(starts, outer[1]) - first, 0))
    total = int(until[-1]) if len(until) else 0
    for low in range(0, total, _CHUNK):
        pair = np.arange(low, min(low + _CHUNK, total))
        i = np.searchsorted(until, pair, "right")
        before = until[i - 1] * (i > 0)
        j = first[i] + pair - before
        shared = np.minimum(outer[1][i], ends[j]) - starts[j]
        yield i, order[j], shared
