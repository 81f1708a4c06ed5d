"""What coordinates tell about leaks: repeated rows, shared bases, one interval in two classes.

"Training rows" are all rows that are not test rows. A validation split is among them: whatever
was chosen on it has seen it. Strands are left out of account, since a model that has read one
strand knows the other; contradictions alone ask for the same strand, too.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..dataset import SPLITS
from ..interval_set import Intervals
from .findings import ENOUGH, Finding, Rule, leak, shortcut
from .overlaps import best_overlap, islands, places

# Of two balanced classes, a known row is right for sure where a guess is right half of the time.
# So 1% known rows are worth half a point, the standard error of an accuracy on 10,000 rows; 10%
# are worth five points, more than lies between most published models.
KNOWN = Rule("share", 0.01, 0.10)
# One shared base gives no answer away, and rows of a small genome meet by chance. A look from 5%;
# the overlaps by half and the look-up condemn.
TOUCHING = Rule("share", 0.05)
# A row that comes twice counts twice, in training and in scores, but gives no answer away.
TWICE = Rule("share", 0.01)
# Two points over majority are twice the standard error on 2,500 test rows. Ten are more than
# reading DNA better has gained on most of these datasets.
LOOKUP = Rule("gain", 0.02, 0.10)
# Where one interval has two classes, half of the answers must be wrong: 1% of such rows cost half
# a point of what can be reached, 10% cost five.
CONTRADICTED = Rule("share", 0.01, 0.10)

TITLES = {
    "repeats": "Rows that repeat one of their own split (of all rows)",
    "in_training": "Test rows that are training rows",
    "overlap_any": "Test rows that share a base with a training row",
    "overlap_half": "Test rows that overlap a training row by at least half",
    "overlap_90": "Test rows that overlap a training row by at least 90%",
    "lookup": "Looking up intervals",
    "contradictions": "Rows whose interval stands in two classes (of all rows)",
}
_FAIR = "Split anew: gbl.fair_split(dataset, by='cluster') keeps rows that overlap on one side."


def check_leaks(intervals: Intervals) -> list[Finding]:
    """Ask all questions of this module, in the order of ``TITLES``.

    Parameters
    ----------
    intervals : Intervals
        With at least one training row and one test row.
    """
    train, test = train_and_test(intervals)
    shared, best = best_overlap(test, train)
    share = shared / test.length
    return [
        _repeats(intervals),
        _known("in_training", in_training(intervals), test, KNOWN),
        _known("overlap_any", shared > 0, test, TOUCHING, _crowding(intervals)),
        _known("overlap_half", share >= 0.5, test, KNOWN),
        _known("overlap_90", share >= 0.9, test, KNOWN),
        _lookup(train, test, best),
        _contradictions(intervals),
    ]


def train_and_test(intervals: Intervals) -> tuple[Intervals, Intervals]:
    """Training rows, a validation split among them, and test rows."""
    is_test = intervals.split == SPLITS.index("test")
    return intervals.take(~is_test), intervals.take(is_test)


def majority_accuracy(train: Intervals, test: Intervals) -> float:
    """Share of the test rows that are of the most common class of the training rows."""
    return float((test.label == np.bincount(train.label).argmax()).mean())


def in_training(intervals: Intervals) -> np.ndarray:
    """Which test rows have region, start and end of a training row.

    Returns
    -------
    numpy.ndarray
        bool, shape (test rows,).
    """
    place, is_test = places(intervals), intervals.split == SPLITS.index("test")
    return np.isin(place[is_test], place[~is_test])


def lookup_answers(train: Intervals, test: Intervals, best: np.ndarray | None = None) -> np.ndarray:
    """Answer each test row with the class of the training row that shares most bases with it.

    Of training rows that share as much the shortest counts, and of these the first. A test row
    that meets none gets the class whose training rows merge into most stretches: a place not
    seen before is most often of the class that is spread most widely.

    Parameters
    ----------
    train, test : Intervals
    best : numpy.ndarray, optional
        Row of :func:`genbench_lite.audits.overlaps.best_overlap`, where it is known already.

    Returns
    -------
    numpy.ndarray
        int64, shape (len(test),): positions in ``classes``.

    Examples
    --------
    >>> toy = Intervals.from_columns(
    ...     "toy", ["a", "b"], ["chr1"] * 5, [0, 50, 90, 8, 70], [10, 60, 99, 18, 80],
    ...     [0, 1, 1, 0, 1], ["train"] * 3 + ["test"] * 2,
    ... )
    >>> lookup_answers(toy.rows("train"), toy.rows("test")).tolist()
    [0, 1]
    """
    best = best_overlap(test, train)[1] if best is None else best
    return np.where(best < 0, np.argmax(class_islands(train)), train.label[best])


def class_islands(intervals: Intervals) -> np.ndarray:
    """Into how many stretches the rows of each class merge; int64, shape (classes,)."""
    labels = range(len(intervals.classes))
    return np.array([islands(intervals.take(intervals.label == label)) for label in labels])


def distinct_intervals(intervals: Intervals) -> np.ndarray:
    """How many different intervals each class has, over all splits; int64, shape (classes,)."""
    pairs = np.unique(places(intervals) * len(intervals.classes) + intervals.label)
    return np.bincount(pairs % len(intervals.classes), minlength=len(intervals.classes))


def advise(finding: Finding, what_to_do: str) -> Finding:
    """Say what to do about a finding, unless it is fine."""
    if finding.verdict == "fine":
        return finding
    if finding.verdict == "too little data":
        what_to_do = f"Nothing is called fine on fewer than {ENOUGH} rows: collect more."
    return replace(finding, detail=f"{finding.detail} {what_to_do}")


def _repeats(intervals: Intervals) -> Finding:
    rows = len(intervals)
    once = len(np.unique(places(intervals) * len(SPLITS) + intervals.split))
    distinct = distinct_intervals(intervals)
    of_class, share = _per_class(distinct, intervals)
    k = int(np.nanargmin(share))
    detail = (
        f"The {of_class[k]:,} rows of class {intervals.classes[k]}, all splits, are "
        f"{distinct[k]:,} distinct intervals."
    )
    found = leak("repeats", TITLES["repeats"], rows - once, rows, TWICE, detail)
    return advise(found, "Keep one row of each, so that none counts twice.")


def _crowding(intervals: Intervals) -> str:
    merged = class_islands(intervals)
    of_class, share = _per_class(merged, intervals)
    k = int(np.nanargmin(share))
    return (
        f"The {of_class[k]:,} rows of class {intervals.classes[k]}, all splits, merge into "
        f"{merged[k]:,} islands."
    )


def _known(check: str, known: np.ndarray, test: Intervals, rule: Rule, more: str = "") -> Finding:
    """A finding on test rows that training knows; it names the class most concerned."""
    hits = np.bincount(test.label[known], minlength=len(test.classes))
    of_class, share = _per_class(hits, test)
    k = int(np.nanargmax(share))
    detail = f"Most concerned is class {test.classes[k]}: {hits[k]:,} of its {of_class[k]:,}"
    detail += f" test rows, {share[k]:.1%}." if share[k] >= 0.001 else " test rows."
    if not known.any():
        detail = "None does."
    detail = f"{detail} {more}".rstrip()
    return advise(leak(check, TITLES[check], int(known.sum()), len(test), rule, detail), _FAIR)


def _lookup(train: Intervals, test: Intervals, best: np.ndarray) -> Finding:
    right = lookup_answers(train, test, best) == test.label
    met = best >= 0
    widest = train.classes[int(np.argmax(class_islands(train)))]
    copied = f", {right[met].mean():.1%} of them rightly" if met.any() else ""
    detail = (
        f"{met.sum():,} of {len(test):,} test rows copy the class of the training row that "
        f"overlaps them most{copied}; the others are called {widest}, the class that is spread "
        "most widely."
    )
    majority = majority_accuracy(train, test)
    found = shortcut(
        "lookup", TITLES["lookup"], int(right.sum()), len(test), majority, LOOKUP, detail
    )
    return advise(found, _FAIR)


def _contradictions(intervals: Intervals) -> Finding:
    """Rows that have interval and strand of a row of another class."""
    n = len(intervals.classes)
    of_site = 2 * places(intervals) + intervals.minus
    pair, row = np.unique(of_site * n + intervals.label, return_inverse=True)
    classes_there = np.bincount(pair // n)[of_site]
    torn = int((classes_there > 1).sum())
    detail = "None does."
    if torn:
        in_test = np.bincount(row[intervals.split == SPLITS.index("test")], minlength=len(pair))
        best = np.zeros(pair[-1] // n + 1, np.int64)
        np.maximum.at(best, pair // n, in_test)  # the class that is right most often
        detail = (
            "No model that reads these bases alone can be right on more than "
            f"{best.sum() / in_test.sum():.2%} of the test rows."
        )
    found = leak(
        "contradictions", TITLES["contradictions"], torn, len(intervals), CONTRADICTED, detail
    )
    return advise(found, "Find out which label holds, and drop the other.")


def _per_class(figure: np.ndarray, intervals: Intervals) -> tuple[np.ndarray, np.ndarray]:
    """Rows of each class, and the figure as a share of them: NaN where there are none."""
    rows = np.bincount(intervals.label, minlength=len(intervals.classes))
    return rows, np.divide(figure, rows, out=np.full(len(rows), np.nan), where=rows > 0)
