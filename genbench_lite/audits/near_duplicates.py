"""Sequences that are copies, or nearly so, found without coordinates and on both strands.

Two sequences are *near-duplicates* if at least half of the shorter one is found in the other.
What is found is counted in words of 15 letters, each with its reverse complement as one and
each where it first occurs: the share is the number of letters of the shorter sequence that lie
in words which the other holds too, divided by the letters that lie in any of its words. So half
of a window gives a share of one half, on either strand; a copy in which every twentieth letter
was replaced gives about 0.8. Fewer than 25 letters in common count as none, for in a large
dataset words meet by chance. A long run of one letter is a single word, CACACA two: they relate
nothing, even where a sequence holds nothing else. Below 25 bp copies alone are related.

Comparing everybody with everybody takes hours. Candidates are found by the marks that they
share (:mod:`genbench_lite.audits.sketches`): any 25 letters in common leave a common mark. Then
the share is computed exactly. A mark that stands in thousands of sequences (a repeat) would
still pair all with all. Of those only some are compared, most marks in common first, and marks
made of two and four neighbouring minimizers tell close relatives from the crowd. Time grows with
the number of rows, as in Linclust (Steinegger & Söding 2018, doi:10.1038/s41467-018-04964-5).

Against brute force, nothing was missed among copies that overlap by half or differ in 5% of
their letters, and 0.5% of those that differ in 10%. Of 3,000 copies of one repeat, which differ
in 15% of their letters, one relative in ten was missed: their shares lie about the half.
"""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

from .. import sequence
from ..composition import row_blocks
from ..sequence_set import SequenceSet
from .shared_words import PAIRS, Words
from .sketches import FEW, RUNS, Sketch, minimizers

RELATED = 0.5  # share from which on two sequences are near-duplicates
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
    >>> from genbench_lite.simulation.backgrounds import random_sequences
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
    tests, trains = _candidates(pool, n, np.append(~copied, np.ones(len(train), bool)))
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
    >>> from genbench_lite.simulation.backgrounds import random_sequences
    >>> one, other = [sequence.decode(codes) for codes in random_sequences(2, 300, seed=1)]
    >>> windows = [one[:200], other[:200], one[80:280]]
    >>> clusters(SequenceSet.from_strings(windows, [0, 0, 0], ["a"]))
    array([0, 1, 0])
    """
    copies = duplicates(sequences)
    distinct = sequences[np.unique(copies, return_index=True)[1]]
    family = np.arange(len(distinct))
    held = Words.of(distinct, np.zeros(0, np.int64))
    minima = minimizers(distinct)
    for run in reversed(RUNS):  # long marks unite most rows, and spare the others
        sketch = Sketch.of(minima, len(distinct), run)
        for step in range(1, _STEPS + 1):
            first, second = sketch.neighbours(step, family)
            held = held.more(distinct, np.unique([first, second]))
            near = held.shares(first, second) >= RELATED
            family = _unite(family, first[near], second[near])
    return pd.factorize(family[copies])[0].astype(np.int64)


def _candidates(pool: SequenceSet, n: int, asked: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of a row below ``n`` and one from there on that have most marks in common.

    ``asked`` is bool, shape (rows,): the others are left out.
    """
    from scipy import sparse

    # in random order, lest a crowd be represented by the class that comes first in the file
    shuffled = np.random.default_rng(0).permutation(len(pool))
    wants, has = [], []
    size = np.zeros(len(pool), np.int64)
    minima = minimizers(pool)
    for run in RUNS:
        sketch = Sketch.of(minima, len(pool), run)
        size = np.maximum(size, sketch.size)
        rows, number = sketch.rows, pd.factorize(sketch.marks)[0]
        test = (rows < n) & asked[rows]
        listed = np.flatnonzero(rows >= n)
        listed = listed[np.lexsort((shuffled[rows[listed]], number[listed]))]
        mark = number[listed]
        few = np.arange(len(listed)) - np.searchsorted(mark, mark) < _CROWD
        listed, marks = listed[few], int(number.max(initial=0)) + 1
        here = (np.ones(int(test.sum()), np.int32), (rows[test], number[test]))
        there = (np.ones(len(listed), np.int32), (number[listed], rows[listed] - n))
        wants.append(sparse.csr_matrix(here, shape=(n, marks)))
        has.append(sparse.csr_matrix(there, shape=(marks, len(pool) - n)))
    asking, answering = sparse.hstack(wants, format="csr"), sparse.vstack(has, format="csr")
    work = np.append(0, np.cumsum(asking @ np.diff(answering.indptr)))
    pairs = [np.zeros((2, 0), np.int64)]
    for block in row_blocks(work, PAIRS):
        common = (asking[block] @ answering).tocoo()
        row, other = common.row + block.start, common.col + n
        kept = common.data >= FEW * np.minimum(size[row], size[other])
        order = np.lexsort((other[kept], -common.data[kept], row[kept]))
        row, other = row[kept][order], other[kept][order]
        best = np.arange(len(row)) - np.searchsorted(row, row) < _CANDIDATES
        pairs.append(np.stack([row[best], other[best]]).astype(np.int64))
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
