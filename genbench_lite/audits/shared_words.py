"""How much of one sequence is found in another, on either strand, counted in words of 15 letters.

A word and its reverse complement are one, and a word counts where it first occurs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import sequence
from ..composition import row_blocks, sum_rows
from ..sequence_set import SequenceSet

WORD = 15  # letters: odd, so that no word is its own reverse complement; 30 bits number them all
NO_WORD = np.uint32(2**32 - 1)  # none begins here: an unknown letter, or the end
LEAST = 25  # letters: fewer in common are chance, or one short unit over and over
PAIRS = 1 << 22  # at a time
_LETTERS = 1 << 16  # at a time: what is made of them stays in the processor's cache


def words(sequences: SequenceSet) -> Iterator[tuple[slice, np.ndarray, np.ndarray]]:
    """Blocks of rows, their bounds, and uint32 for each letter: the word that begins there.

    Of a word and its reverse complement the lower number; ``NO_WORD`` where no word begins.
    """
    for rows in row_blocks(sequences.offsets, _LETTERS):
        bounds = sequences.offsets[rows.start : rows.stop + 1]
        letters = np.asarray(sequences.codes[bounds[0] : bounds[-1]])
        bounds = bounds - bounds[0]
        total = len(letters)
        padded = np.pad(letters, (0, WORD), constant_values=sequence.UNKNOWN)
        forward, backward = np.zeros(total, np.uint32), np.zeros(total, np.uint32)
        good = np.ones(total, bool)
        for place in range(WORD):
            window = padded[place : place + total]
            good &= window < sequence.UNKNOWN
            letter = (window & 3).astype(np.uint32)
            forward = forward << np.uint32(2) | letter
            backward |= (3 - letter) << np.uint32(2 * place)
        for overhang in range(1, WORD):  # words that would run into the next sequence
            starts = bounds[1:] - overhang
            good[starts[starts >= bounds[:-1]]] = False
        yield rows, bounds, np.where(good, np.minimum(forward, backward), NO_WORD)


@dataclass(frozen=True)
class Words:
    """Where in each sequence each of its words first occurs.

    ``places`` is an int32 CSR matrix, shape (rows, 4**WORD): the position, counted from 1.
    ``known`` is int64, shape (rows,): letters that lie in any word. ``index`` is int64,
    shape (n,): the row in ``places`` of each sequence, -1 for those that were left out.
    """

    places: Any
    known: np.ndarray
    index: np.ndarray

    @classmethod
    def of(cls, sequences: SequenceSet, rows: np.ndarray) -> Words:
        """Read the words of some rows."""
        from scipy import sparse

        chosen = sequences[rows]
        parts = [sparse.csr_matrix((0, 4**WORD), dtype=np.int32)]
        for block, bounds, found in words(chosen):
            position = np.flatnonzero(found != NO_WORD)
            row = np.searchsorted(bounds, position, "right") - 1
            key = row << 2 * WORD | found[position].astype(np.int64)
            _, kept = np.unique(key, return_index=True)  # each word once, where it first occurs
            row, position = row[kept], position[kept]
            place = (position - bounds[row] + 1).astype(np.int32)
            ends = np.searchsorted(row, np.arange(block.stop - block.start + 1))
            shape = (block.stop - block.start, 4**WORD)
            columns = found[position].astype(np.int32)
            parts.append(sparse.csr_matrix((place, columns, ends), shape=shape))
        index = np.full(len(sequences), -1, np.int64)
        index[rows] = np.arange(len(rows))
        places = sparse.vstack(parts, format="csr")
        return cls(places, _letters_covered(places), index)

    def more(self, sequences: SequenceSet, rows: np.ndarray) -> Words:
        """Read those of the rows that have not been read yet."""
        from scipy import sparse

        added = Words.of(sequences, rows[self.index[rows] < 0])
        if not len(added.known):
            return self
        index = np.where(added.index < 0, self.index, added.index + len(self.known))
        places = sparse.vstack([self.places, added.places], format="csr")
        return Words(places, np.append(self.known, added.known), index)

    def shares(self, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        """float64, shape (pairs,): how much of the shorter is found in the other, 0 to 1.

        0 where fewer than ``LEAST`` letters are.
        """
        first, second = self.index[first], self.index[second]
        swap = self.known[first] > self.known[second]
        shorter, longer = np.where(swap, second, first), np.where(swap, first, second)
        share = np.zeros(len(first))
        sizes = np.diff(self.places.indptr)[longer] + self.known[shorter]
        for pairs in row_blocks(np.append(0, np.cumsum(sizes)), PAIRS):
            held = self.places[longer[pairs]]
            held.data[:] = 1
            shared = self.places[shorter[pairs]].multiply(held).tocsr()
            covered = _letters_covered(shared)
            covered[covered < LEAST] = 0
            share[pairs] = covered / np.maximum(self.known[shorter[pairs]], 1)
        return share


def _letters_covered(places: Any) -> np.ndarray:
    """int64, shape (n,): letters of each row that lie in a word which begins at its places."""
    covered = np.zeros(places.shape[0], np.int64)
    for rows in row_blocks(places.indptr.astype(np.int64), PAIRS):
        block = places[rows]
        width = np.zeros(block.shape[0], np.int64)
        filled = np.flatnonzero(np.diff(block.indptr))
        width[filled] = np.maximum.reduceat(block.data, block.indptr[filled]) + WORD
        bounds = np.append(0, np.cumsum(width))
        begins = np.zeros(bounds[-1] + WORD, np.int32)
        begins[np.repeat(bounds[:-1], np.diff(block.indptr)) + block.data + WORD - 1] = 1
        begun = np.cumsum(begins)
        covered[rows] = sum_rows(begun[WORD:] > begun[:-WORD], bounds)
    return covered
