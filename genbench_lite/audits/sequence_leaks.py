"""What sequences tell about leaks: copies, relatives in training, one sequence in two classes.

"Training rows" are all rows that are not test rows. A validation split is among them: whatever
was chosen on it has seen it. A sequence and its reverse complement are the same molecule, and
count as copies.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ..dataset import SPLITS
from ..sequence_set import SequenceSet
from .findings import Finding, Rule, leak
from .interval_leaks import CONTRADICTED, KNOWN, TWICE, advise
from .near_duplicates import RELATED, clusters, duplicates, relatives

# Relatives among rows that have no split yet do no harm, if they are split together.
APART = Rule("share", 0.01)

TITLES = {
    "repeats": "Rows that repeat one of their own split (of all rows)",
    "in_training": "Test rows whose sequence stands in training",
    "relatives": "Test rows with a near-duplicate in training",
    "contradictions": "Rows whose sequence stands in two classes (of all rows)",
}
UNSPLIT = {
    "repeats": "Rows whose sequence comes again (of all rows)",
    "relatives": "Rows with a near-duplicate (of all rows)",
    "contradictions": TITLES["contradictions"],
}
TEST = SPLITS.index("test")
_FAIR = "Split anew: gbl.fair_split(dataset, by='cluster') keeps relatives on one side."


def check_leaks(
    rows: SequenceSet, split: np.ndarray, step: Callable[[str], None], drawn: bool = False
) -> list[Finding]:
    """Ask all questions of this module, in the order of ``TITLES``, or of ``UNSPLIT``.

    Parameters
    ----------
    rows : SequenceSet
        All rows of all splits, with at least one training row and one test row.
    split : numpy.ndarray
        uint8, shape (n,): positions in :data:`genbench_lite.dataset.SPLITS`.
    step : callable
        Told what is being measured.
    drawn : bool, optional
        The split was drawn for this audit: what lies across it is chance, so that copies and
        relatives are counted among all rows.
    """
    step("copies")
    copies = duplicates(rows)
    if drawn:
        found = [_grouped("repeats", copies, TWICE)]
    else:
        found = [_repeats(copies, split), _in_training(copies, rows, split)]
    step("near-duplicates")
    found.append(_grouped("relatives", clusters(rows), APART) if drawn else _relatives(rows, split))
    if len(np.unique(rows.labels)) > 1:
        return [*found, _contradictions(copies, rows, split)]
    return [_without_accuracy(finding) for finding in found]


def copied_answers(copies: np.ndarray, labels: np.ndarray, is_test: np.ndarray) -> np.ndarray:
    """Answer each test row with the most common class of its copies in training.

    Parameters
    ----------
    copies, labels : numpy.ndarray
        int64, shape (n,): equal numbers for equal sequences, and the class.
    is_test : numpy.ndarray
        bool, shape (n,).

    Returns
    -------
    numpy.ndarray
        int64, shape (test rows,): the class, or -1 where training holds no copy.

    Examples
    --------
    >>> is_test = np.array([False, False, True, True])
    >>> copied_answers(np.array([0, 1, 0, 2]), np.array([1, 0, 1, 1]), is_test)
    array([ 1, -1])
    """
    n = int(labels.max()) + 1
    votes = np.bincount(copies[~is_test] * n + labels[~is_test], minlength=(copies.max() + 1) * n)
    votes = votes.reshape(-1, n)[copies[is_test]]
    return np.where(votes.any(axis=1), votes.argmax(axis=1), -1)


def _repeats(copies: np.ndarray, split: np.ndarray) -> Finding:
    once = len(np.unique(copies * len(SPLITS) + split))
    detail = f"The {len(copies):,} rows are {copies.max() + 1:,} distinct sequences."
    found = leak("repeats", TITLES["repeats"], len(copies) - once, len(copies), TWICE, detail)
    return advise(found, "Keep one row of each, so that none counts twice.")


def _grouped(check: str, groups: np.ndarray, rule: Rule) -> Finding:
    """Rows that are not alone in their group."""
    count = int((np.bincount(groups)[groups] > 1).sum())
    detail = "There is none."
    if count:
        detail = f"The {len(groups):,} rows fall into {groups.max() + 1:,} groups."
    found = leak(check, UNSPLIT[check], count, len(groups), rule, detail)
    return advise(found, "Split with gbl.fair_split(dataset, by='cluster').")


def _in_training(copies: np.ndarray, rows: SequenceSet, split: np.ndarray) -> Finding:
    answers = copied_answers(copies, rows.labels, split == TEST)
    return _known("in_training", answers, rows, split, "")


def _relatives(rows: SequenceSet, split: np.ndarray) -> Finding:
    train = rows[split != TEST]
    share, row = relatives(rows[split == TEST], train)
    answers = np.where(share >= RELATED, train.labels[row], -1)
    copies = int((share == 1).sum())
    more = f"Whole sequences found in a training row: {copies:,}." if copies else ""
    return _known("relatives", answers, rows, split, more)


def _known(
    check: str, answers: np.ndarray, rows: SequenceSet, split: np.ndarray, more: str
) -> Finding:
    """A finding on test rows that get the class of a copy; the others get the majority class."""
    truth, n = rows.labels[split == TEST], len(rows.classes)
    known = answers >= 0
    largest = int(np.bincount(rows.labels[split != TEST], minlength=n).argmax())
    right = int((np.where(known, answers, largest) == truth).sum())
    majority = float((truth == largest).mean())
    detail = "There is none."
    if known.any():
        hits = np.bincount(truth[known], minlength=n)
        share = hits / np.maximum(np.bincount(truth, minlength=n), 1)
        k = int(share.argmax())
        alike = (answers == truth)[known].mean()
        detail = (
            f"Copying the class of the training row is right for {alike:.1%} of them. Most "
            f"concerned is class {rows.classes[k]}: {share[k]:.1%} of its test rows."
        )
    detail = f"{detail} {more}".rstrip()
    found = leak(check, TITLES[check], int(known.sum()), len(truth), KNOWN, detail, right, majority)
    return advise(found, _FAIR)


def _contradictions(copies: np.ndarray, rows: SequenceSet, split: np.ndarray) -> Finding:
    n = len(rows.classes)
    pairs, row = np.unique(copies * n + rows.labels, return_inverse=True)
    torn = np.bincount(pairs // n)[copies] > 1
    detail = "There is none."
    if torn.any():
        in_test = np.bincount(row[split == TEST], minlength=len(pairs))
        best = np.zeros(int(copies.max()) + 1, np.int64)
        np.maximum.at(best, pairs // n, in_test)  # the class that is right most often
        detail = (
            "No model for which a sequence and its reverse complement are the same can be right "
            f"on more than {best.sum() / in_test.sum():.2%} of the test rows."
        )
    found = leak(
        "contradictions", TITLES["contradictions"], int(torn.sum()), len(rows), CONTRADICTED, detail
    )
    return advise(found, "Find out which label holds, and drop the other.")


def _without_accuracy(finding: Finding) -> Finding:
    """With one class, every answer is right."""
    return replace(finding, accuracy=None, low=None, high=None, majority=None)
