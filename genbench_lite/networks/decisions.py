"""From probabilities to decisions: what every threshold finds, and how often it is wrong.

One class is asked for, the *positives*; all others are the negatives. A row is called positive
when its probability is **at least** the threshold, so that rows of one probability fall together.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..errors import DataError


@dataclass(frozen=True)
class Counts:
    """The four fields of a confusion matrix; fractions of rows where they were reweighted.

    Examples
    --------
    >>> [round(float(value), 2) for value in Counts(8, 2, 4, 86).measures().values()]
    [0.67, 0.98, 0.8, 0.73, 0.94, 0.7]
    """

    found: float
    false_alarms: float
    missed: float
    left_alone: float

    def measures(self) -> dict[str, float]:
        """Six figures of them; the precision is NaN where nothing is called positive.

        The Matthews correlation is 0 where a row or a column is empty, as scikit-learn has it.
        """
        tp, fp, fn, tn = self.found, self.false_alarms, self.missed, self.left_alone
        product = float(tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
        return {
            "sensitivity": tp / (tp + fn),
            "specificity": tn / (tn + fp),
            "precision": tp / (tp + fp) if tp + fp else np.nan,
            "f1": 2 * tp / (2 * tp + fp + fn),
            "accuracy": (tp + tn) / (tp + fp + fn + tn),
            "mcc": (tp * tn - fp * fn) / np.sqrt(product) if product else 0.0,
        }

    def with_positives(self, share: float, rows: float = 10_000) -> Counts:
        """What to expect of ``rows`` rows of which this share, 0 to 1, is positive.

        Sensitivity and specificity stay, since they look at one class each.

        Examples
        --------
        >>> Counts(8, 20, 2, 80).with_positives(0.01, rows=1000)
        Counts(found=8.0, false_alarms=198.0, missed=2.0, left_alone=792.0)
        """
        positives, negatives = self.found + self.missed, self.false_alarms + self.left_alone
        up, down = rows * share / positives, rows * (1 - share) / negatives
        return Counts(
            up * self.found, down * self.false_alarms, up * self.missed, down * self.left_alone
        )


@dataclass(frozen=True, eq=False)
class Ranking:
    """Rows ranked by the probability of being positive.

    Parameters
    ----------
    truth : numpy.ndarray
        bool, shape (n,): the positives.
    score : numpy.ndarray
        Shape (n,): their probabilities, 0 to 1.

    Raises
    ------
    DataError
        If there are no positives, or no negatives.

    Examples
    --------
    >>> ranking = Ranking(np.array([True, False, True, False]), np.array([0.9, 0.6, 0.6, 0.2]))
    >>> ranking.counts(0.6)  # the two of 0.6 are called positive together
    Counts(found=2, false_alarms=1, missed=0, left_alone=1)
    >>> [column.tolist() for column in ranking.cumulative[1:]]
    [[0, 1, 2, 2], [0, 0, 1, 2]]
    """

    truth: np.ndarray
    score: np.ndarray

    def __post_init__(self) -> None:
        if not 0 < self.truth.sum() < len(self.truth):
            raise DataError(
                "A threshold needs rows of the class and others. Take some of every class."
            )

    def counts(self, threshold: float) -> Counts:
        """What a threshold makes of the rows."""
        # in the precision of the scores: 0.7 as float32 is a little less than 0.7
        called = self.score >= self.score.dtype.type(threshold)
        found, alarms = int((called & self.truth).sum()), int((called & ~self.truth).sum())
        positives = int(self.truth.sum())
        return Counts(found, alarms, positives - found, len(self.truth) - positives - alarms)

    @cached_property
    def cumulative(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """All thresholds that make a difference, the highest first.

        Three arrays of shape (k + 1,) for k distinct scores: infinity, where nothing is called
        positive, then each score; and how many positives and negatives have at least that score.
        """
        scores, inverse = np.unique(self.score, return_inverse=True)
        positives = np.bincount(inverse, self.truth, len(scores))[::-1].cumsum()
        rows = np.bincount(inverse, minlength=len(scores))[::-1].cumsum()
        found = np.append(0, positives).astype(np.int64)
        return np.append(np.inf, scores[::-1]), found, np.append(0, rows) - found

    def roc(self) -> tuple[np.ndarray, np.ndarray, float]:
        """False alarms (share of the negatives), found (share of the positives), and the area."""
        _, found, alarms = self.cumulative
        x, y = alarms / alarms[-1], found / found[-1]
        return x, y, float((np.diff(x) * (y[1:] + y[:-1]) / 2).sum())

    def precision_recall(self, share: float | None = None) -> tuple[np.ndarray, np.ndarray, float]:
        """Recall, precision and average precision, from the second threshold on.

        Parameters
        ----------
        share : float, optional
            Reckon as if this share of all rows, 0 to 1, were positive.
        """
        _, found, alarms = self.cumulative
        recall = found[1:] / found[-1]
        if share is None:
            share = float(self.truth.mean())
        right, wrong = share * recall, (1 - share) * alarms[1:] / alarms[-1]
        precision = right / (right + wrong)
        return recall, precision, float((np.diff(recall, prepend=0) * precision).sum())


def probabilities(labels: object, probability: object) -> tuple[np.ndarray, np.ndarray]:
    """Check labels and probabilities that come from anywhere.

    Parameters
    ----------
    labels : array-like of int
        Shape (n,): the true classes, from 0.
    probability : array-like of float
        Shape (n, classes); or (n,), the probability of class 1.

    Returns
    -------
    labels, probability : numpy.ndarray
        int64, shape (n,), and float, shape (n, classes).

    Raises
    ------
    DataError
        If they do not fit together, or are no labels and probabilities.

    Examples
    --------
    >>> probabilities([0, 1], [0.25, 1])[1].tolist()
    [[0.75, 0.25], [0.0, 1.0]]
    """
    try:
        truth, answers = np.asarray(labels), np.asarray(probability)
        answers = answers if answers.dtype.kind == "f" else answers.astype(float)
    except (TypeError, ValueError) as error:
        raise DataError(
            "Labels and probabilities must be numbers in arrays. Give whole numbers from 0, shape "
            "(n,), and probabilities, shape (n, classes)."
        ) from error
    if answers.ndim == 1:
        answers = np.stack([1 - answers, answers], axis=1)
    if truth.ndim != 1 or answers.ndim != 2 or len(truth) != len(answers):
        raise DataError(
            f"Labels of shape {truth.shape} and probabilities of shape {answers.shape} do not fit. "
            "Give (n,) and (n, classes), one row each."
        )
    if not len(truth):
        raise DataError("There are no rows. Give some of every class.")
    if truth.dtype.kind not in "biu" or truth.min() < 0 or truth.max() >= answers.shape[1]:
        raise DataError(
            f"Labels must be whole numbers from 0 to {answers.shape[1] - 1}, the place of the "
            "class in a row of probabilities. Number the classes in that order."
        )
    if not ((answers >= 0) & (answers <= 1)).all():
        raise DataError(
            "Probabilities must lie between 0 and 1. Take the softmax of logits first, as "
            "gbl.predict does."
        )
    return truth.astype(np.int64), answers
