"""Shuffled controls: the same letters and the same neighbours, in another order.

A plain shuffle destroys the habits of a genome, such as its lack of CpG, and a network can tell
real from shuffled by them alone. This one keeps how often each base follows each other, so
that what is left to find is longer than two letters.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np

from . import sequence
from .composition import Sequences, is_array, packed, row_blocks
from .sequence_set import SequenceSet

_BLOCK = 1 << 18  # bases at a time: they and their steps stay in the processor's cache
_RANDOM = 1 << 32


def _trees() -> np.ndarray:
    """int64, shape (4, 16, 4): for each base, the 16 trees that lead from all others to it.

    A tree names for each base the one that its last step goes to; the root goes to itself.
    """
    choices = np.indices((4, 4, 4, 4)).reshape(4, -1).T  # every way to name one for each
    ends = np.take_along_axis(choices, choices, 1)
    ends = np.take_along_axis(ends, ends, 1)  # four steps on: at the root, if it is a tree
    return np.stack([choices[(ends == root).all(1)] for root in range(4)])


_TREES = _trees()


def dinucleotide_shuffle(sequences: Sequences, seed: int = 0) -> Any:
    """Shuffle each sequence, keeping exactly how often each base follows each other.

    The letters are stations and each pair of neighbours is a ticket from one to the next; a
    shuffle is another journey that uses every ticket once. All journeys are equally likely
    (Altschul & Erickson 1985, doi:10.1093/oxfordjournals.molbev.a040370). So the first and the
    last letter stay. Unknown letters stay where they are, and each run of known ones between
    them is shuffled on its own, its first and last letter staying too; a run of up to three
    letters cannot change. Many sequences are quick, for all take each step together; a single one
    of a million letters takes seconds.

    Parameters
    ----------
    sequences : SequenceSet, sequence of str, or numpy.ndarray
        An array holds uint8 codes, shape (n, length); padding stays where it is.
    seed : int
        The same seed gives the same letters.

    Returns
    -------
    SequenceSet, list of str, or numpy.ndarray
        In the form given. A SequenceSet keeps its labels and ids, but not its loci: these
        letters lie nowhere.

    Raises
    ------
    DataError
        If an array holds no codes, or a string no DNA.

    Examples
    --------
    >>> from genbench_lite.kmers import kmer_counts
    >>> text = "GATTACAGATTACANNGG"
    >>> (shuffled,) = dinucleotide_shuffle([text], seed=3)
    >>> shuffled == text, shuffled[0], shuffled[-5:]
    (False, 'G', 'ANNGG')
    >>> bool((kmer_counts([text], 2) == kmer_counts([shuffled], 2)).all())
    True
    """
    codes, offsets = packed(sequences)
    shuffled = np.array(codes)
    rng = np.random.default_rng(seed)
    for rows in row_blocks(offsets, _BLOCK):
        bounds = offsets[rows.start : rows.stop + 1]
        block = shuffled[bounds[0] : bounds[-1]]
        _shuffle_runs(block, *_runs(block, bounds - bounds[0]), rng)
    if isinstance(sequences, SequenceSet):
        return replace(sequences, codes=shuffled, loci=None)
    if is_array(sequences):
        return shuffled.reshape(sequences.shape)
    letters = sequence.decode(shuffled)
    return [letters[a:b] for a, b in itertools.pairwise(offsets)]


def _runs(codes: np.ndarray, bounds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """int64, shape (runs,): where each run of known letters begins, and how long it is.

    The longest come first. A run does not cross from one sequence to the next.
    """
    known = codes < sequence.UNKNOWN
    fresh = np.ones(len(codes) + 1, bool)  # no run goes on here
    fresh[1:-1] = ~known[:-1]
    fresh[bounds] = True
    starts = np.flatnonzero(known & fresh[:-1])
    ends = np.flatnonzero(known & (fresh[1:] | ~np.append(known[1:], False))) + 1
    lengths = ends - starts
    order = np.argsort(-lengths, kind="stable")
    return starts[order], lengths[order]


def _shuffle_runs(
    codes: np.ndarray, starts: np.ndarray, lengths: np.ndarray, rng: np.random.Generator
) -> None:
    """Shuffle the runs in place; all take each step of their journeys together."""
    if not len(starts):
        return
    tickets = lengths - 1
    run = np.repeat(np.arange(len(starts)), tickets)
    places = np.arange(len(run)) - np.repeat(np.cumsum(tickets) - tickets - starts, tickets)
    queue, firsts = _queues(codes, starts + tickets, run, places, rng)
    station = codes[starts].astype(np.int64)
    # the runs are sorted by length: those that still travel are the first ones
    travelling = np.searchsorted(-lengths, -np.arange(1, lengths[0]), "left")
    for step, n in enumerate(travelling, 1):
        here = 4 * np.arange(n) + station[:n]
        ticket = firsts[here]
        firsts[here] = ticket + 1
        station = queue[ticket]
        codes[starts[:n] + step] = station


def _queues(
    codes: np.ndarray,
    ends: np.ndarray,
    run: np.ndarray,
    places: np.ndarray,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Where to go from each station of each run, in the order in which it is left.

    Returns
    -------
    queue : numpy.ndarray
        int64, shape (tickets,): the next stations, all queues behind each other.
    firsts : numpy.ndarray
        int64, shape (4 runs,): where the queue of each run and station begins.
    """
    target = codes[places + 1].astype(np.int64)
    group = 4 * run + codes[places]
    counts = np.bincount(4 * group + target, minlength=16 * len(ends)).reshape(-1, 4, 4)
    final = codes[ends].astype(np.int64)
    last = _last_targets(counts, final, rng).reshape(-1)
    # of the tickets that may be used last, any one is held back; the final station holds none
    may_be_last = np.flatnonzero((target == last[group]) & (codes[places] != final[run]))
    held = np.full(len(last), -1)
    held[group[may_be_last]] = may_be_last
    is_last = np.zeros(len(target), np.int64)
    is_last[held[held >= 0]] = 1
    # one sort of whole numbers does it all: by queue, the last ticket behind the others, those
    # in random order; the station comes along in the lowest two bits
    key = (group << 1 | is_last) << 34 | rng.integers(_RANDOM, size=len(group)) << 2 | target
    key.sort()
    leaving = counts.sum(2).reshape(-1)
    return key & 3, np.cumsum(leaving) - leaving


def _last_targets(counts: np.ndarray, final: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Where the last ticket from each station of each run leads: a random tree to its end.

    Follow the last tickets from any station, and you must come to where the journey ends;
    otherwise tickets are left over. Each such tree is drawn in proportion to how many sets of
    tickets make it.

    Parameters
    ----------
    counts : numpy.ndarray
        int64, shape (runs, 4, 4): tickets from one station (row) to another (column).
    final : numpy.ndarray
        int64, shape (runs,): where each journey ends.

    Returns
    -------
    numpy.ndarray
        int64, shape (runs, 4); meaningless for the final station and those never visited.
    """
    runs = np.arange(len(final))
    ways = counts.astype(np.float64)
    # no ticket leaves a station that is never visited: let it lead to the end, in one way
    ways[runs, :, final] += counts.sum(2) == 0
    ways[runs, final, final] = 1
    trees = _TREES[final]
    weights = ways[runs[:, None, None], np.arange(4), trees].prod(2)
    sums = np.cumsum(weights, axis=1)
    drawn = (sums > rng.random((len(final), 1)) * sums[:, -1:]).argmax(1)
    return trees[runs, drawn]
