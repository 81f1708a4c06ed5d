"""Which of many sequences may have much in common: the marks that they share of a sketch.

Of every 11 neighbouring words the one with the smallest hash is kept (minimizers; Roberts et
al. 2004, doi:10.1093/bioinformatics/bth408). Two sequences with 25 letters in common keep a
common word there, on either strand. A mark is made of one, two or four kept neighbours.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..composition import row_blocks
from ..sequence_set import SequenceSet
from .shared_words import NO_WORD, PAIRS, words

WINDOW = 11  # words of which one is kept; less than WORD, so that no window sees two sequences
RUNS = (1, 2, 4)  # neighbouring minimizers that make a mark
FEW = 0.03  # of the marks of a row: less in common is chance, or too little to be half


@dataclass(frozen=True)
class Sketch:
    """Which rows have which marks, in the order of mark and row, each pair once.

    ``rows`` is int64, ``marks`` uint32. ``size`` is int64, shape (n,): marks of each row, of
    which those that no other row has are left out of the lists.
    """

    rows: np.ndarray
    marks: np.ndarray
    size: np.ndarray

    @classmethod
    def of(cls, kept: tuple[np.ndarray, np.ndarray], n: int, run: int) -> Sketch:
        """The marks that are made of ``run`` neighbours of ``kept``, as of :func:`minimizers`.

        A mark is the sum of their hashes, which reads the same on both strands. Sums are kept in
        32 bits: a chance meeting of two costs one comparison more.
        """
        row, hashes = kept
        running = np.append(np.uint64(0), np.cumsum(hashes, dtype=np.uint64))
        ends = row[run - 1 :]
        within = row[: len(ends)] == ends
        sums = (running[run:] - running[:-run])[within] & np.uint64(2**32 - 1)
        pairs = np.sort(sums << np.uint64(32) | ends[within].astype(np.uint64))
        pairs = pairs[np.append(True, pairs[1:] != pairs[:-1])[: len(pairs)]]
        rows = (pairs & np.uint64(2**32 - 1)).astype(np.int64)
        marks = (pairs >> np.uint64(32)).astype(np.uint32)
        same = marks[1:] == marks[:-1]
        several = (np.append(same, False) | np.append(False, same))[: len(rows)]
        return cls(rows[several], marks[several], np.bincount(rows, minlength=n))

    def neighbours(self, step: int, family: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Pairs that stand so many steps apart in the list of a mark, of different families."""
        same = self.marks[step:] == self.marks[:-step]
        first, second = self.rows[:-step][same], self.rows[step:][same]
        apart = family[first] != family[second]
        pairs = np.unique(first[apart] * len(family) + second[apart])
        first, second = pairs // len(family), pairs % len(family)
        fewest = np.minimum(self.size[first], self.size[second])
        kept = self._common(first, second) >= FEW * fewest
        return first[kept], second[kept]

    @functools.cached_property
    def _table(self) -> Any:
        """Bool CSR matrix, shape (n, distinct marks)."""
        from scipy import sparse

        number = np.cumsum(np.append(False, self.marks[1:] != self.marks[:-1]))
        shape = (len(self.size), int(number.max(initial=0)) + 1)
        has = np.ones(len(number), np.int16)
        return sparse.csr_matrix((has, (self.rows, number)), shape=shape)

    def _common(self, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        """int64, shape (pairs,): how many marks two rows have in common."""
        common = np.zeros(len(first), np.int64)
        for pairs in row_blocks(np.append(0, np.cumsum(self.size[first])), PAIRS):
            both = self._table[first[pairs]].multiply(self._table[second[pairs]])
            common[pairs] = np.asarray(both.sum(1)).reshape(-1)
        return common


def minimizers(sequences: SequenceSet) -> tuple[np.ndarray, np.ndarray]:
    """Of every 11 neighbouring words the one with the smallest hash.

    Returns
    -------
    row, hashes : numpy.ndarray
        int64 and uint32, shape (kept,): the row of each, and its hash, as they stand in the rows.
    """
    rows, kept = [np.zeros(0, np.int64)], [np.zeros(0, np.uint32)]
    for block, bounds, found in words(sequences):
        hashes = np.where(found == NO_WORD, NO_WORD, _hash(found))
        lowest = _of_window(np.minimum, hashes, NO_WORD)
        chosen = _of_window(np.maximum, lowest, np.uint32(0)) == hashes
        position = np.flatnonzero(chosen & (found != NO_WORD))
        rows.append(np.searchsorted(bounds, position, "right") - 1 + block.start)
        kept.append(hashes[position])
    return np.concatenate(rows), np.concatenate(kept)


def _of_window(
    best: Callable[[np.ndarray, np.ndarray], np.ndarray], values: np.ndarray, outside: np.uint32
) -> np.ndarray:
    """The best of the WINDOW values around each: of two, of four, of eight, of eleven."""
    padded = np.pad(values, WINDOW // 2, constant_values=outside)
    two = best(padded[:-1], padded[1:])
    four = best(two[:-2], two[2:])
    eight = best(four[:-4], four[4:])
    return best(eight[: -(WINDOW - 8)], eight[WINDOW - 8 :])


def _hash(words: np.ndarray) -> np.ndarray:
    """Scatter words over all uint32, each to its own (the last steps of MurmurHash3)."""
    mixed = words ^ np.uint32(0x5BD1E995)  # or the word of A alone would come out lowest
    mixed = (mixed ^ mixed >> np.uint32(16)) * np.uint32(0x85EBCA6B)
    mixed = (mixed ^ mixed >> np.uint32(13)) * np.uint32(0xC2B2AE35)
    return mixed ^ mixed >> np.uint32(16)
