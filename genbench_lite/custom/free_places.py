"""Where on a chromosome a window may lie, and windows drawn from there: every place alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


def merged(starts: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Merge stretches that overlap or touch.

    Parameters
    ----------
    starts, ends : numpy.ndarray
        int64, shape (n,): half-open, in any order.

    Returns
    -------
    starts, ends : numpy.ndarray
        int64: the merged stretches in order.

    Examples
    --------
    >>> merged(np.array([8, 0, 4]), np.array([9, 5, 6]))
    (array([0, 8]), array([6, 9]))
    """
    order = np.argsort(starts, kind="stable")
    starts, reach = starts[order], np.maximum.accumulate(ends[order])
    first = np.ones(len(starts), bool)
    first[1:] = starts[1:] > reach[:-1]
    last = np.append(first[1:], True)[: len(first)]
    return starts[first], reach[last]


@dataclass(frozen=True)
class FreePlaces:
    """The free stretches of a chromosome, the longest first.

    Parameters
    ----------
    starts, lengths : numpy.ndarray
        int64, shape (n,), in bp.

    Examples
    --------
    >>> free = FreePlaces.around(20, np.array([4, 5]), np.array([6, 9]))
    >>> free.starts, free.lengths, free.count(np.array([1, 4, 5, 12]))
    (array([9, 0]), array([11,  4]), array([15,  9,  7,  0]))
    """

    starts: np.ndarray
    lengths: np.ndarray

    @classmethod
    def around(cls, size: int, starts: np.ndarray, ends: np.ndarray) -> FreePlaces:
        """What is left of a chromosome of ``size`` bp outside the stretches given."""
        starts, ends = merged(np.clip(starts, 0, size), np.clip(ends, 0, size))
        begins = np.concatenate([[0], ends]).astype(np.int64)
        lengths = np.concatenate([starts, [size]]).astype(np.int64) - begins
        order = np.argsort(-lengths, kind="stable")
        order = order[lengths[order] > 0]
        return cls(begins[order], lengths[order])

    def count(self, lengths: np.ndarray) -> np.ndarray:
        """How many places a window of each length has: int64, the shape of ``lengths``."""
        fits = np.searchsorted(-self.lengths, -lengths, "right")  # so many stretches
        return self._before(fits, lengths)

    def draw(self, lengths: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Draw a place for a window of each length.

        Parameters
        ----------
        lengths : numpy.ndarray
            int64, shape (n,): each with at least one place.
        rng : numpy.random.Generator

        Returns
        -------
        numpy.ndarray
            int64, shape (n,): starts. Windows drawn in one call may overlap.
        """
        number = (rng.random(len(lengths)) * self.count(lengths)).astype(np.int64)
        low = np.zeros(len(lengths), np.int64)
        high = np.searchsorted(-self.lengths, -lengths, "right")
        while (high - low > 1).any():  # all searches halve their range together
            middle = (low + high) // 2
            before = self._before(middle, lengths) <= number
            low, high = np.where(before, middle, low), np.where(before, high, middle)
        return self.starts[low] + number - self._before(low, lengths)

    def _before(self, stretches: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """Places for a window of each length in the first so many stretches."""
        bases = np.concatenate([[0], np.cumsum(self.lengths)]).astype(np.int64)
        return bases[stretches] - stretches * (lengths - 1)
