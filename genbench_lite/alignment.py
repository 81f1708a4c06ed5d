"""Sequences to coordinates: where in a genome does a sequence lie, letter by letter?

Comparing every sequence with every place would take years. So each one is searched by its
first 16 letters, its anchor: 16 letters are 32 bits, one number. The genome is turned into such
numbers too, one a position, and only places with the number of an anchor are compared in full.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from . import sequence
from .reading.fasta import read_fasta
from .reading.references import Reference
from .sequence_set import SequenceSet

_ANCHOR = 16  # letters: the most that a 32-bit number holds
_BLOCK = 1 << 20  # bases of the genome at a time: their numbers stay in the processor's cache
_CANDIDATES = 1 << 16  # places compared at a time
_COMPARED = 1 << 22  # letters compared at a time
_NO_HIT = np.iinfo(np.int64).max


def locate(sequences: str | Path | SequenceSet, reference: str | Path) -> pd.DataFrame:
    """Find sequences in a genome: exact matches, both strands, all records.

    Parameters
    ----------
    sequences : path or SequenceSet
        FASTA, plain or gzipped; or a set.
    reference : path
        FASTA of the genome, plain or gzipped.

    Returns
    -------
    pandas.DataFrame
        One row a sequence, in order: ``id``; ``region`` as the reference names it, ``start`` and
        ``end`` (0-based, half-open, in bp) and ``strand`` of the first match, by the order of the
        reference, then start, then ``+`` before ``-``; ``hits``, the number of matches. Without a
        match ``hits`` is 0 and the rest is missing. A sequence that equals its own reverse
        complement matches on ``+`` only. Unknown letters match unknown letters. A sequence
        without 16 known letters in a row is not searched: its ``hits`` is missing, with a warning.

    Raises
    ------
    DataError
        If a file is missing, damaged, or no FASTA file.

    Examples
    --------
    >>> import tempfile
    >>> genome = Path(tempfile.mkdtemp()) / "toy.fa"
    >>> _ = genome.write_text(">1\\nTTACGGATTACAGATTACCA\\n")
    >>> s = SequenceSet.from_strings(["GGTAATCTGTAATCCGTA"], [0], ["any"])
    >>> print(locate(s, genome).to_string(index=False))
    id region  start  end strand  hits
     0      1      1   19      -     1
    """
    queries = sequences if isinstance(sequences, SequenceSet) else read_fasta(Path(sequences))
    genome = Reference(reference)
    borders = np.concatenate([[0], np.cumsum(genome.lengths)]).astype(np.int64)
    patterns = _make_patterns(queries)
    hits, first = _search(patterns, genome, borders, len(queries))

    searched = np.zeros(len(queries), bool)
    searched[patterns.query] = True
    if not searched.all():
        warnings.warn(
            f"{(~searched).sum():,} of {len(queries):,} sequences have no {_ANCHOR} known letters "
            "in a row and were not searched; their hits are missing.",
            stacklevel=2,
        )
    found = hits > 0
    place, strand = np.divmod(np.where(found, first, 0), 2)
    record = np.searchsorted(borders, place, "right") - 1
    start = place - borders[record]
    region = np.array([*genome.names, None], dtype=object)[np.where(found, record, -1)]
    signs = np.array(["+", "-", None], dtype=object)[np.where(found, strand, 2)]
    return pd.DataFrame(
        {
            "id": queries.ids,
            "region": pd.Series(region, dtype=object),
            "start": pd.arrays.IntegerArray(start, ~found),
            "end": pd.arrays.IntegerArray(start + queries.lengths, ~found),
            "strand": pd.Series(signs, dtype=object),
            "hits": pd.arrays.IntegerArray(hits, ~searched),
        }
    )


@dataclass(frozen=True)
class _Patterns:
    """What is searched: every sequence, and its other strand, with its anchor."""

    codes: np.ndarray  # uint8, one behind the other
    starts: np.ndarray  # int64 (m,), in codes
    lengths: np.ndarray  # int64 (m,)
    query: np.ndarray  # int64 (m,): which sequence this is
    strand: np.ndarray  # int64 (m,): 0 for +, 1 for -
    anchor: np.ndarray  # int64 (m,): where in the pattern its anchor begins
    number: np.ndarray  # uint32 (m,): the anchor's 16 letters, two bits each


def _make_patterns(queries: SequenceSet) -> _Patterns:
    long = np.flatnonzero(queries.lengths >= _ANCHOR)
    forward, offsets = sequence.gather(queries.codes, queries.offsets[long], queries.lengths[long])
    total, lengths = len(forward), np.diff(offsets)
    backward = sequence.reverse_complement(forward)  # this puts the last sequence first
    starts_backward = total - offsets[1:]
    turned, _ = sequence.gather(backward, starts_backward, lengths)
    differs = np.logical_or.reduceat(turned != forward, offsets[:-1]) if len(long) else long > 0
    minus = np.flatnonzero(differs)  # a palindrome is found on + and would be found twice

    codes = np.concatenate([forward, backward])
    starts = np.concatenate([offsets[:-1], total + starts_backward[minus]])
    lengths = np.concatenate([lengths, lengths[minus]])
    query = np.concatenate([long, long[minus]])
    strand = np.repeat([0, 1], [len(long), len(minus)])
    anchor = _first_clean(codes, starts, lengths)
    keep = np.flatnonzero(anchor >= 0)
    windows = codes[(starts + anchor)[keep, None] + np.arange(_ANCHOR)].astype(np.uint32)
    shifts = np.arange(2 * _ANCHOR - 2, -1, -2, dtype=np.uint32)
    number = np.bitwise_or.reduce(windows << shifts, axis=1)
    return _Patterns(
        codes, starts[keep], lengths[keep], query[keep], strand[keep], anchor[keep], number
    )


def _first_clean(codes: np.ndarray, starts: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Where the first window of 16 known letters begins in each sequence; -1 for none."""
    anchor = np.full(len(starts), -1)
    at = np.zeros(len(starts), np.int64)
    open_ = np.flatnonzero(lengths >= _ANCHOR)
    while len(open_):
        unknown = codes[(starts + at)[open_, None] + np.arange(_ANCHOR)] == sequence.UNKNOWN
        clean = ~unknown.any(axis=1)
        anchor[open_[clean]] = at[open_[clean]]
        at[open_] += _ANCHOR - unknown[:, ::-1].argmax(axis=1)  # behind the last unknown letter
        open_ = open_[~clean & (at[open_] + _ANCHOR <= lengths[open_])]
    return anchor


def _search(
    patterns: _Patterns, genome: Reference, borders: np.ndarray, n: int
) -> tuple[np.ndarray, np.ndarray]:
    """Number of hits of each sequence, and its first as 2 * place + strand."""
    hits = np.zeros(n, np.int64)
    first = np.full(n, _NO_HIT)
    if not len(patterns.number):
        return hits, first
    anchors = _Anchors(patterns.number)
    for begin in range(0, int(borders[-1]), _BLOCK):
        codes = _stretch(genome, borders, begin, begin + _BLOCK + _ANCHOR - 1)
        for at, pattern in anchors.candidates(codes):
            place = begin + at - patterns.anchor[pattern]
            place, pattern = _confirm(place, pattern, patterns, genome, borders)
            hits += np.bincount(patterns.query[pattern], minlength=n)
            np.minimum.at(first, patterns.query[pattern], 2 * place + patterns.strand[pattern])
    return hits, first


def _stretch(genome: Reference, borders: np.ndarray, begin: int, end: int) -> np.ndarray:
    """Codes of the genome with all its records one behind the other."""
    first = int(np.searchsorted(borders, begin, "right")) - 1
    rows = np.arange(first, min(int(np.searchsorted(borders, end)), len(genome.names)))
    starts = np.maximum(begin - borders[rows], 0)
    ends = np.minimum(end - borders[rows], genome.lengths[rows])
    filled = ends > starts
    return genome.read(rows[filled], starts[filled], ends[filled])[0]


class _Anchors:
    """All anchors, ready to be looked up for every position of a genome."""

    def __init__(self, numbers: np.ndarray):
        self.order = np.argsort(numbers, kind="stable")
        self.distinct, self.begin, self.count = np.unique(
            numbers[self.order], return_index=True, return_counts=True
        )
        # a table much larger than the list answers "none of them" in one look, nearly always
        bits = min(max((64 * len(numbers)).bit_length(), 16), 24)
        self.shift = np.uint32(32 - bits)
        self.table = np.zeros(1 << bits, bool)
        self.table[self._slots(self.distinct)] = True

    def _slots(self, numbers: np.ndarray) -> np.ndarray:
        return numbers * np.uint32(2654435769) >> self.shift  # Knuth's multiplicative hashing

    def candidates(self, codes: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Pairs of position and pattern whose anchors agree, in arrays of bounded size."""
        if len(codes) < _ANCHOR:
            return
        numbers = _rolling(codes)
        likely = self.table[self._slots(numbers)]
        if codes.max() == sequence.UNKNOWN:  # in the numbers, a run of N looks like a run of A
            likely &= ~_window_any(codes == sequence.UNKNOWN)
        at = np.flatnonzero(likely)
        rank = np.minimum(np.searchsorted(self.distinct, numbers[at]), len(self.distinct) - 1)
        sure = self.distinct[rank] == numbers[at]
        at, rank = at[sure], rank[sure]
        ends = np.cumsum(self.count[rank])
        total = int(ends[-1]) if len(ends) else 0
        for low in range(0, total, _CANDIDATES):
            pair = np.arange(low, min(low + _CANDIDATES, total))
            site = np.searchsorted(ends, pair, "right")
            of_site = pair - (ends[site] - self.count[rank[site]])
            yield at[site], self.order[self.begin[rank[site]] + of_site]


def _rolling(codes: np.ndarray) -> np.ndarray:
    """The number of each window of 16 letters: uint32, shape (n - 15,)."""
    one = codes & 3
    two = one[:-1] << 2 | one[1:]
    four = two[:-2] << 4 | two[2:]
    eight = four[:-4].astype(np.uint16) << 8 | four[4:]
    return eight[:-8].astype(np.uint32) << 16 | eight[8:]


def _window_any(marked: np.ndarray) -> np.ndarray:
    """Whether any letter of each window of 16 is marked: bool, shape (n - 15,)."""
    for step in (1, 2, 4, 8):
        marked = marked[:-step] | marked[step:]
    return marked


def _confirm(
    place: np.ndarray,
    pattern: np.ndarray,
    patterns: _Patterns,
    genome: Reference,
    borders: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Keep the pairs that agree in every letter."""
    lengths = patterns.lengths[pattern]
    record = np.searchsorted(borders, place, "right") - 1
    inside = np.flatnonzero((place >= 0) & (place + lengths <= borders[record + 1]))
    place, pattern, record = place[inside], pattern[inside], record[inside]
    alive = np.arange(len(place))
    done, width = 0, 32
    # few letters first: most pairs that agree by chance or in a repeat fall out at once
    while len(longer := alive[patterns.lengths[pattern[alive]] > done]):
        size = np.minimum(width, patterns.lengths[pattern[longer]] - done)
        start = place[longer] - borders[record[longer]] + done
        theirs, offsets = genome.read(record[longer], start, start + size)
        ours, _ = sequence.gather(patterns.codes, patterns.starts[pattern[longer]] + done, size)
        differs = np.logical_or.reduceat(theirs != ours, offsets[:-1])
        alive = np.setdiff1d(alive, longer[differs], assume_unique=True)
        done += width
        width = max(32, min(2 * width, _COMPARED // max(1, len(alive))))
    return place[alive], pattern[alive]
