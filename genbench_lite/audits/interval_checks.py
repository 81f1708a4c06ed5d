"""What coordinates alone give away about classes: their balance, lengths, strands, chromosomes.

:func:`check_intervals` asks all that intervals can answer, those of ``interval_leaks`` included.
Every question that tests a shortcut has a rule of its own: learn on the training rows from that
one property alone, answer the test rows, and compare with the majority class.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..dataset import SPLITS
from ..interval_set import Intervals
from .findings import Finding, Rule, leak, shortcut, skipped
from .interval_leaks import TITLES as LEAKS
from .interval_leaks import advise, check_leaks, majority_accuracy, train_and_test

# At three to one, guessing scores 75% and hides what a model has learnt. At 99 to one there is
# next to nothing to tell apart.
BALANCE = Rule("share", 0.75, 0.99)
# Two points over majority are twice the standard error on 2,500 test rows. Ten are more than
# reading DNA better has gained on most of these datasets, and a network can see lengths: sequences
# are padded.
LENGTH = Rule("gain", 0.02, 0.10)
# A network reads no strand column. It is a clue to how the rows were made, no shortcut.
STRAND = Rule("gain", 0.02)
# A network cannot read the name of its chromosome either. Chromosomes differ in their genes and
# their GC, so real classes differ by a few points, too.
CHROMOSOME = Rule("gain", 0.05)
NEED_CLASSES = {"length", "strand", "chromosome", "lookup", "contradictions"}
POOLED = 20  # training rows: a vote of fewer is mostly chance
FEW_A_REGION = 10  # training rows: with fewer a region says little, as a transcript does

TITLES = {
    "balance": "The largest class of a split",
    "length": "Length alone",
    "strand": "Strand alone",
    "chromosome": "Chromosome alone",
    **LEAKS,
}


def check_intervals(intervals: Intervals) -> list[Finding]:
    """Ask of coordinates whether a dataset has shortcuts or leaks.

    Parameters
    ----------
    intervals : Intervals
        All rows; those of a validation split count as training rows.

    Returns
    -------
    list of Finding
        One a question, in the order of ``TITLES``. Where a split has no rows, or all rows are of
        one class, the questions that need more are ``skipped``, with the reason.

    Examples
    --------
    >>> toy = Intervals.from_columns(
    ...     "toy", ["a", "b"], ["chr1"] * 4, [0, 50, 5, 90], [10, 60, 15, 100], [0, 1, 0, 1],
    ...     ["train", "train", "test", "test"],
    ... )
    >>> {finding.check: finding.verdict for finding in check_intervals(toy)}["length"]
    'too little data'
    """
    train, test = train_and_test(intervals)
    found, why = [], ""
    if not len(train) or not len(test):
        side = "test" if len(train) else "training"
        why = f"There are no {side} rows to compare with. Give {intervals.name} both."
    else:
        found = [_length(train, test), _strand(train, test), _chromosome(train, test)]
        found += check_leaks(intervals)
    if found and len(np.unique(intervals.label)) < 2:
        why = "All rows are of one class: there is nothing to tell apart."
        found = [finding for finding in found if finding.check not in NEED_CLASSES]
    found += [_balance(intervals)] if len(intervals) else []
    answers = {finding.check: finding for finding in found}
    return [answers.get(check) or skipped(check, TITLES[check], why) for check in TITLES]


def length_answers(train: Intervals, test: Intervals) -> np.ndarray:
    """Answer each test row with the most common class of training rows of its length.

    Where these are fewer than ``POOLED`` (20), the next shorter and the next longer rows are
    asked, too, until as many are. Rows of one length are asked all or none.

    Returns
    -------
    numpy.ndarray
        int64, shape (len(test),): positions in ``classes``; of equals the class that is more
        common in training.

    Examples
    --------
    >>> start, end = np.zeros(44, int), np.repeat([10, 90, 10, 52], [20, 20, 2, 2])
    >>> toy = Intervals.from_columns(
    ...     "toy", ["a", "b"], ["chr1"] * 44, start, end, np.repeat([0, 1, 0, 1], [20, 20, 2, 2]),
    ...     ["train"] * 40 + ["test"] * 4,
    ... )
    >>> length_answers(toy.rows("train"), toy.rows("test")).tolist()
    [0, 0, 0, 0]
    """
    order = np.argsort(train.length, kind="stable")
    lengths, labels = train.length[order], train.label[order]
    asked, row = np.unique(test.length, return_inverse=True)
    first = np.searchsorted(lengths, asked, "left")
    last = np.searchsorted(lengths, asked, "right")
    more = np.maximum(POOLED - (last - first) + 1, 0) // 2  # on either side
    low = np.clip(first - more, 0, max(len(lengths) - POOLED, 0))
    high = np.clip(last + more, min(POOLED, len(lengths)), len(lengths))
    low = np.searchsorted(lengths, lengths[low], "left")
    high = np.searchsorted(lengths, lengths[high - 1], "right")
    votes = np.zeros((len(asked), len(train.classes)))
    for label in range(len(train.classes)):
        at = np.flatnonzero(labels == label)
        votes[:, label] = np.searchsorted(at, high) - np.searchsorted(at, low)
    return (votes + _prior(train)).argmax(axis=1)[row]


def name_answers(
    train: Intervals, test: Intervals, train_names: np.ndarray, test_names: np.ndarray
) -> np.ndarray:
    """Answer each test row with the most common class of training rows of the same name.

    Parameters
    ----------
    train, test : Intervals
    train_names, test_names : numpy.ndarray
        Whole numbers from 0, shapes (len(train),) and (len(test),): such as ``region``.

    Returns
    -------
    numpy.ndarray
        int64, shape (len(test),): positions in ``classes``; the majority class of training where
        the name is new.

    Examples
    --------
    >>> toy = Intervals.from_columns(
    ...     "toy", ["a", "b"], ["chr1", "chr2", "chr2"], [0] * 3, [9] * 3, [1, 0, 0],
    ...     ["train", "train", "test"],
    ... )
    >>> train, test = toy.rows("train"), toy.rows("test")
    >>> name_answers(train, test, train.region, test.region).tolist()
    [0]
    """
    names = 1 + max(train_names.max(initial=0), test_names.max(initial=0))
    n = len(train.classes)
    votes = np.bincount(train_names.astype(np.int64) * n + train.label, minlength=names * n)
    return (votes.reshape(names, n) + _prior(train)).argmax(axis=1)[test_names.astype(np.int64)]


def _prior(train: Intervals) -> np.ndarray:
    """Less than one vote in all, which settles ties by what is common in training."""
    return np.bincount(train.label, minlength=len(train.classes)) / (len(train) + 1)


def _balance(intervals: Intervals) -> Finding:
    """The largest class of the split in which it is largest."""
    n = len(intervals.classes)
    split = intervals.split.astype(np.int64)
    rows = np.bincount(split * n + intervals.label, minlength=len(SPLITS) * n)
    rows = rows.reshape(len(SPLITS), n)
    of = rows.sum(axis=1)
    worst = int((rows.max(axis=1) / np.maximum(of, 1)).argmax())
    large, small = int(rows[worst].argmax()), int(rows[worst].argmin())
    largest, smallest = int(rows[worst, large]), int(rows[worst, small])
    detail = f"{largest:,} of {of[worst]:,} {SPLITS[worst]} rows are of class "
    detail += f"{intervals.classes[large]}, {smallest:,} of class {intervals.classes[small]}."
    if largest == of[worst]:
        detail = f"All {largest:,} {SPLITS[worst]} rows are of class {intervals.classes[large]}."
    elif largest == smallest:
        detail = f"Each class has {largest:,} {SPLITS[worst]} rows."
    found = leak("balance", TITLES["balance"], largest, int(of[worst]), BALANCE, detail)
    return advise(found, "Add rows of the rare classes, and read F1 or AUROC beside accuracy.")


def _shortcut(
    check: str, answers: np.ndarray, train: Intervals, test: Intervals, rule: Rule, detail: str
) -> Finding:
    right, majority = int((answers == test.label).sum()), majority_accuracy(train, test)
    return shortcut(check, TITLES[check], right, len(test), majority, rule, detail)


def _length(train: Intervals, test: Intervals) -> Finding:
    lengths = np.concatenate([train.length, test.length])
    detail = f"All rows are {lengths[0]:,} bp long."
    if lengths.min() < lengths.max():
        middle = _span(lambda rows: np.median(rows.length), train, ",.0f", " bp")
        detail = f"Rows are {lengths.min():,} to {lengths.max():,} bp long, median {middle}."
    found = _shortcut("length", length_answers(train, test), train, test, LENGTH, detail)
    return advise(found, "Match lengths with gbl.fair_split(dataset, by='length_matched').")


def _strand(train: Intervals, test: Intervals) -> Finding:
    answers = name_answers(train, test, train.minus, test.minus)
    detail = "All rows are read from the + strand."
    if train.minus.any() or test.minus.any():
        minus = _span(lambda rows: rows.minus.mean(), train, ".1%", "")
        detail = f"The minus strand holds {minus} of the training rows."
    found = _shortcut("strand", answers, train, test, STRAND, detail)
    return advise(found, "Keep the strand column away from a model.")


def _chromosome(train: Intervals, test: Intervals) -> Finding:
    regions = np.unique(np.concatenate([train.region, test.region]))
    if len(regions) == 1:
        why = f"All rows lie on one region, {train.regions[regions[0]]}."
        return skipped("chromosome", TITLES["chromosome"], why)
    if len(train) < FEW_A_REGION * len(np.unique(train.region)):
        why = (
            f"{len(regions):,} regions are too many for {len(train):,} training rows: they are "
            "transcripts or scaffolds rather than chromosomes, or the rows are few."
        )
        return skipped("chromosome", TITLES["chromosome"], why)
    answers = name_answers(train, test, train.region, test.region)
    n = len(train.classes)
    region = train.region.astype(np.int64)
    rows = np.bincount(region * n + train.label, minlength=len(train.regions) * n).reshape(-1, n)
    without = rows.sum(axis=1) @ (rows == 0)
    detail = "Every class lies on every chromosome."
    if without.any():
        k = int(without.argmax())
        detail = (
            f"{without[k]:,} training rows lie on chromosomes that have none of class "
            f"{train.classes[k]}."
        )
    found = _shortcut("chromosome", answers, train, test, CHROMOSOME, detail)
    return advise(
        found, "Compare with the majority class of each split, if you split by chromosome."
    )


def _span(measure: Callable[[Intervals], float], train: Intervals, form: str, unit: str) -> str:
    """The lowest and the highest of a figure by class, in words."""
    figures = {k: measure(train.take(train.label == k)) for k in np.unique(train.label)}
    ends = min(figures, key=figures.__getitem__), max(figures, key=figures.__getitem__)
    low, high = (f"{figures[k]:{form}}{unit}" for k in ends)
    if low == high:
        return f"{low} in every class"
    return f"{low} ({train.classes[ends[0]]}) to {high} ({train.classes[ends[1]]})"
