"""Sequences that are copies, or nearly so, found without coordinates and on both strands.

Two sequences are *near-duplicates* if at least half of the shorter one is found in the other.
What is found is counted in words of 15 letters, each with its reverse complement as one and
each where it first occurs: the share is the number of letters of the shorter sequence that lie
in words which the other holds too, divided by the letters that lie in any of its words. So half
of a window gives a share of one half, on either strand; a copy in which every twentieth letter
was replaced gives about 0.8. A long run of one letter is a single word, and relates nothing.

Comparing everybody with everybody takes hours. Candidates are found by what they share of a
sketch: of every 11 neighbouring words the one with the smallest hash (minimizers; Roberts et
al. 2004, doi:10.1093/bioinformatics/bth408). Any 25 letters in common leave a common mark. Then
the share is computed exactly. A mark that stands in thousands of sequences (a repeat) would
still pair all with all. Of those only some are compared, most marks in common first, and marks
made of two and four neighbouring minimizers tell close relatives from the crowd. Time grows with
the number of rows, as in Linclust (Steinegger & Söding 2018, doi:10.1038/s41467-018-04964-5).

Against brute force, nothing was missed among copies that overlap by half or differ in 5% of
their letters, and 0.1% of those that differ in 10%. Of 3,000 copies of one repeat, which differ
in 15% of their letters, one relative in ten was missed: their shares lie about the half.
"""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

from . import sequence
from .composition import row_blocks
from .sequence_set import SequenceSet
from .shared_words import BLOCK, NO_WORD, Words, words

WINDOW = 11  # words of which one is kept; less than WORD, so that no window sees two sequences
RELATED = 0.5  # share from which on two sequences are near-duplicates
_RUNS = (1, 2, 4)  # neighbouring minimizers that make a mark
# In families of repeats the next three decide between more found and more time.
_CROWD = 512  # training rows looked at for one mark
_CANDIDATES = 64  # training rows compared letter by letter with one test row
_STEPS = 32  # neighbours in the list of a mark that each row is compared with


def duplicates(sequences: SequenceSet) -> np.ndarray:
    """Number the distinct sequences; one and its reverse complement are the same.

    Parameters
    ----------
    sequences : SequenceSet

    Returns
    -------
    numpy.ndarray
        int64, shape (n,): equal numbers for equal sequences, 0 onwards as they first occur.

    Examples
    --------
    >>> duplicates(SequenceSet.from_strings(["AAC", "AAG", "GTT"], [0, 0, 0], ["a"]))
    array([0, 1, 0])
    """
    codes = np.ascontiguousarray(sequences.codes)
    forward, backward = codes.tobytes(), sequence.reverse_complement(codes).tobytes()
    total, ends = len(forward), sequences.offsets.tolist()
    strands = np.empty(len(sequences), object)
    strands[:] = [
        min(forward[a:b], backward[total - b : total - a]) for a, b in itertools.pairwise(ends)
    ]
    return pd.factorize(strands)[0].astype(np.int64)


def relatives(test: SequenceSet, train: SequenceSet) -> tuple[np.ndarray, np.ndarray]:
    """The closest relative of each test sequence among the training sequences.

    Parameters
    ----------
    test, train : SequenceSet

    Returns
    -------
    share : numpy.ndarray
        float64, shape (n test,): how much of the shorter of the two is found in the other, 0 to
        1; 0 where no relative was found. Copies, on either strand, have 1, however short.
    row : numpy.ndarray
        int64, shape (n test,): the training row, or -1.

    Examples
    --------
    >>> from genbench_lite.backgrounds import random_sequences
    >>> letters = [sequence.decode(codes) for codes in random_sequences(5, 200, seed=1)]
    >>> train = SequenceSet.from_strings(letters, [0] * 5, ["a"])
    >>> test = SequenceSet.from_strings([letters[3][90:] + "A" * 90, "ACGT"], [0, 0], ["a"])
    >>> share, row = relatives(test, train)
    >>> row, share >= RELATED
    (array([ 3, -1]), array([ True, False]))
    """
    n = len(test)
    share, row = np.zeros(n), np.full(n, -1, np.int64)
    if not n or not len(train):
        return share, row
    pool = _pool(test, train)
    copies = duplicates(pool)
    known, firsts = np.unique(copies[n:], return_index=True)
    place = np.minimum(np.searchsorted(known, copies[:n]), len(known) - 1)
    copied = known[place] == copies[:n]
    share[copied], row[copied] = 1.0, firsts[place[copied]]
    rows, marks = _marks(pool)
    asked = np.append(~copied, np.ones(len(train), bool))[rows]
    tests, trains = _candidates(rows[asked], marks[asked], n, len(pool))
    found = Words.of(pool, np.unique([tests, trains])).shares(tests, trains)
    order = np.lexsort((trains, -found, tests))
    tests, best = np.unique(tests[order], return_index=True)
    best = order[best]
    tests, best = tests[found[best] > 0], best[found[best] > 0]
    share[tests], row[tests] = found[best], trains[best] - n
    return share, row


def clusters(sequences: SequenceSet) -> np.ndarray:
    """Families of near-duplicates: who is related to whom, over any number of steps.

    Parameters
    ----------
    sequences : SequenceSet

    Returns
    -------
    numpy.ndarray
        int64, shape (n,): the family of each row, 0 onwards as they first occur. Copies and
        reverse complements are in one family, whatever their length.

    Examples
    --------
    >>> from genbench_lite.backgrounds import random_sequences
    >>> one, other = [sequence.decode(codes) for codes in random_sequences(2, 300, seed=1)]
    >>> windows = [one[:200], other[:200], one[80:280]]
    >>> clusters(SequenceSet.from_strings(windows, [0, 0, 0], ["a"]))
    array([0, 1, 0])
    """
    copies = duplicates(sequences)
    distinct = sequences[np.unique(copies, return_index=True)[1]]
    family = np.arange(len(distinct))
    rows, marks = _marks(distinct)
    mark, listed = _lists(rows, marks)
    held = Words.of(distinct, np.unique(listed))
    for run in reversed(range(len(_RUNS))):  # long marks unite most rows, and spare the others
        level = mark & 3 == run
        for step in range(1, _STEPS + 1):
            same = mark[level][step:] == mark[level][:-step]
            first, second = listed[level][:-step][same], listed[level][step:][same]
            apart = family[first] != family[second]
            pairs = np.unique(first[apart] * len(distinct) + second[apart])
            first, second = pairs // len(distinct), pairs % len(distinct)
            near = held.shares(first, second) >= RELATED
            family = _unite(family, first[near], second[near])
    return pd.factorize(family[copies])[0].astype(np.int64)


def _marks(sequences: SequenceSet) -> tuple[np.ndarray, np.ndarray]:
    """The sketch of each sequence, as two columns: row, and mark (both int64), each pair once.

    A mark is a sum of the hashes of neighbouring minimizers, which reads the same on both
    strands; its lowest two bits are the position in ``_RUNS``.
    """
    from scipy.ndimage import maximum_filter1d, minimum_filter1d

    kept = [pd.DataFrame({"row": np.zeros(0, np.int64), "mark": np.zeros(0, np.int64)})]
    for block, bounds, found in words(sequences):
        hashes = np.where(found == NO_WORD, NO_WORD, _hash(found))
        lowest = minimum_filter1d(hashes, WINDOW, mode="constant", cval=NO_WORD)
        chosen = (maximum_filter1d(lowest, WINDOW, mode="constant") == hashes) & (found != NO_WORD)
        position = np.flatnonzero(chosen)
        row = np.searchsorted(bounds, position, "right") - 1 + block.start
        running = np.append(0, np.cumsum(hashes[position].astype(np.int64)))
        for level, run in enumerate(_RUNS):
            within = row[: len(row) - run + 1] == row[run - 1 :]
            mark = (running[run:] - running[:-run]) << 2 | level
            frame = pd.DataFrame({"row": row[: len(row) - run + 1][within], "mark": mark[within]})
            kept.append(frame.drop_duplicates())
    both = pd.concat(kept)
    return both["row"].to_numpy(), both["mark"].to_numpy()


def _hash(words: np.ndarray) -> np.ndarray:
    """Scatter words over all uint32, each to its own (the last steps of MurmurHash3)."""
    mixed = words ^ np.uint32(0x5BD1E995)  # or the word of A alone would come out lowest
    mixed = (mixed ^ mixed >> np.uint32(16)) * np.uint32(0x85EBCA6B)
    mixed = (mixed ^ mixed >> np.uint32(13)) * np.uint32(0xC2B2AE35)
    return mixed ^ mixed >> np.uint32(16)


def _lists(rows: np.ndarray, marks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Marks that several rows have, and those rows, in the order of mark and row."""
    order = np.lexsort((rows, marks))
    marks, rows = marks[order], rows[order]
    same = marks[1:] == marks[:-1]
    several = np.append(same, False) | np.append(False, same)
    return marks[several], rows[several]


def _candidates(
    rows: np.ndarray, marks: np.ndarray, n: int, total: int
) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of a row below ``n`` and one from there on that have most marks in common."""
    from scipy import sparse

    number, names = pd.factorize(marks)
    is_test = rows < n
    # in random order, lest a crowd be represented by the class that comes first in the file
    shuffled = np.random.default_rng(0).permutation(total)
    order = np.lexsort((shuffled[rows], number, is_test))[: len(rows) - is_test.sum()]
    train_row, train_mark = rows[order] - n, number[order]
    first = np.searchsorted(train_mark, train_mark)
    few = np.arange(len(order)) - first < _CROWD
    train_row, train_mark = train_row[few], train_mark[few]
    size = np.bincount(train_mark, minlength=len(names))
    asked = is_test & (size[number] > 0)
    shape = (len(names), total - n)
    ones = np.ones(len(train_row), np.int32)
    has = sparse.csr_matrix((ones, (train_mark, train_row)), shape=shape)
    ones = np.ones(int(asked.sum()), np.int32)
    wants = sparse.csr_matrix((ones, (rows[asked], number[asked])), shape=(n, len(names)))
    work = np.append(0, np.cumsum(wants @ size))
    pairs = [np.zeros((2, 0), np.int64)]
    for block in row_blocks(work, BLOCK):
        common = (wants[block] @ has).tocoo()
        order = np.lexsort((common.col, -common.data, common.row))
        row = common.row[order]
        best = np.arange(len(row)) - np.searchsorted(row, row) < _CANDIDATES
        pairs.append(np.stack([row[best] + block.start, common.col[order][best] + n]))
    tests, trains = np.concatenate(pairs, axis=1)
    return tests, trains


def _unite(family: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Merge the families of pairs of rows."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    n = len(family)
    links = coo_matrix((np.ones(len(first), bool), (family[first], family[second])), shape=(n, n))
    return connected_components(links, directed=False)[1][family].astype(np.int64)


def _pool(test: SequenceSet, train: SequenceSet) -> SequenceSet:
    """All rows of both, test first, without their names and places."""
    n = len(test) + len(train)
    return SequenceSet(
        codes=np.concatenate([test.codes, train.codes]),
        offsets=np.concatenate([test.offsets, train.offsets[1:] + test.offsets[-1]]),
        labels=np.zeros(n, np.int64),
        ids=np.zeros(n, "U1"),
        classes=("all",),
    )
