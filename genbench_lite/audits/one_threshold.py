"""What a cheat scores that knows one number of each row, and draws one line.

The cheat is a decision stump (Holte 1993, doi:10.1023/A:1022631118932): rows over a threshold get
one class, all others another. On each side it is the class that is most common among the
training rows there, so that it works for any number of classes. Which threshold is taken is left
open: it is to be chosen on training rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..composition import gc_content
from ..dataset import Dataset
from ..errors import DataError
from ..interval_set import Intervals
from .interval_leaks import train_and_test
from .overlaps import best_overlap, overlap_with_others

MOST = 2000  # thresholds: with more, none would look different
CLUES = {
    "length": "Length",
    "gc": "GC content",
    "overlap": "Overlap with a training row",
}


@dataclass(frozen=True, eq=False)
class Clue:
    """One number of each row, and the classes.

    Parameters
    ----------
    name : {"length", "gc", "overlap"}
        In bp, or in per cent of the row. A row without a known letter has the GC content -1.
        The overlap of a training row is that with the *other* training rows.
    classes : tuple of str
    train, test : numpy.ndarray
        float64, shape (rows,): the numbers.
    train_labels, test_labels : numpy.ndarray
        int64, shape (rows,): positions in ``classes``.
    low, high : int
        Where thresholds are tried.
    """

    name: str
    classes: tuple[str, ...]
    train: np.ndarray
    test: np.ndarray
    train_labels: np.ndarray
    test_labels: np.ndarray
    low: int = 0
    high: int = 100

    def __post_init__(self) -> None:
        for side, labels in (("training", self.train_labels), ("test", self.test_labels)):
            if not len(labels):
                raise DataError(f"There are no {side} rows. A cheat needs both: split the rows.")
        if len(np.unique(self.train_labels)) < 2:
            raise DataError(
                "All training rows are of one class: there is nothing to tell apart. Give two "
                "classes or more."
            )

    @property
    def unit(self) -> str:
        """``bp`` or ``%``."""
        return "bp" if self.name == "length" else "%"


@dataclass(frozen=True, eq=False)
class Stumps:
    """A cheat for every threshold.

    Parameters
    ----------
    clue : Clue
    thresholds : numpy.ndarray
        int64, shape (m,), ascending.
    below, above : numpy.ndarray
        int64, shape (m,): the answer for rows of at most the threshold, and for those over it.
    train, test : numpy.ndarray
        float64, shape (m,): accuracies.
    majority : int
        The most common class of the training rows.
    """

    clue: Clue
    thresholds: np.ndarray
    below: np.ndarray
    above: np.ndarray
    train: np.ndarray
    test: np.ndarray
    majority: int

    @property
    def majorities(self) -> tuple[float, float]:
        """Accuracy of always answering ``majority``, on training and test rows."""
        clue = self.clue
        shares = [(of == self.majority).mean() for of in (clue.train_labels, clue.test_labels)]
        return float(shares[0]), float(shares[1])

    def place(self, threshold: float) -> int:
        """Where the threshold stands in ``thresholds``: the nearest."""
        return int(np.abs(self.thresholds - threshold).argmin())

    def best(self, side: str = "train") -> int:
        """Where the first of the best thresholds stands, for ``"train"`` or ``"test"`` rows."""
        return int(getattr(self, side).argmax())


def stumps(clue: Clue) -> Stumps:
    """Try all thresholds: whole numbers, 2,000 at most.

    Examples
    --------
    >>> clue = Clue(
    ...     "length", ("a", "b"), np.array([3.0, 5, 9]), np.array([4.0, 8]), np.array([0, 0, 1]),
    ...     np.array([0, 1]), low=3, high=9,
    ... )
    >>> found = stumps(clue)
    >>> best = found.best()
    >>> int(found.thresholds[best]), float(found.test[best])
    (5, 1.0)
    """
    step = -(-(clue.high - clue.low) // MOST) or 1
    thresholds = np.arange(clue.low, clue.high + 1, step)
    n = len(clue.classes)
    below = _at_most(clue.train, clue.train_labels, n, thresholds)
    totals = np.bincount(clue.train_labels, minlength=n)
    prior = totals / (len(clue.train) + 1)  # less than one vote: it settles draws
    under, over = ((votes + prior).argmax(axis=1) for votes in (below, totals - below))
    tested = _at_most(clue.test, clue.test_labels, n, thresholds)
    test_totals = np.bincount(clue.test_labels, minlength=n)
    rows = np.arange(len(thresholds))
    train, test = (
        (counts[rows, under] + (of - counts)[rows, over]) / of.sum()
        for counts, of in ((below, totals), (tested, test_totals))
    )
    return Stumps(clue, thresholds, under, over, train, test, int(totals.argmax()))


def _at_most(
    values: np.ndarray, labels: np.ndarray, classes: int, thresholds: np.ndarray
) -> np.ndarray:
    """int64, shape (m, classes): how many rows of each class are not over each threshold."""
    of_class = (np.sort(values[labels == label]) for label in range(classes))
    return np.stack([np.searchsorted(one, thresholds, "right") for one in of_class], axis=1)


def length_clue(data: Dataset | Intervals) -> Clue:
    """Lengths in bp. Where few rows are far longer than all others, thresholds end before them."""
    columns = _columns(data)
    lengths = np.concatenate(columns[:2])
    low = int(lengths.min()) if len(lengths) else 0
    high = int(lengths.max()) if len(lengths) else 0
    usual = int(np.quantile(lengths, 0.995)) if len(lengths) else 0
    if high - low > 4 * (usual - low) > 0:
        high = usual
    return Clue("length", data.classes, *columns, low=low, high=high)


def gc_clue(dataset: Dataset) -> Clue:
    """Share of G and C among the known letters, in per cent."""
    parts = dataset.splits
    percent = {
        # float32 would put 56% a little over 56
        name: np.round(100 * np.nan_to_num(gc_content(part), nan=-0.01).astype(float), 4)
        for name, part in parts.items()
    }
    train = [percent[name] for name in parts if name != "test"]
    labels = [part.labels for name, part in parts.items() if name != "test"]
    sides = np.concatenate(train), percent["test"]
    return Clue("gc", dataset.classes, *sides, np.concatenate(labels), parts["test"].labels)


def overlap_clue(intervals: Intervals) -> Clue:
    """Share of each row that one training row covers, not counting itself, in per cent."""
    train, test = train_and_test(intervals)
    shares = (
        100 * overlap_with_others(train) / train.length,
        100 * best_overlap(test, train)[0] / test.length,
    )
    return Clue("overlap", intervals.classes, *shares, train.label, test.label)


def _columns(data: Dataset | Intervals) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Lengths and labels of both sides; a validation split counts as training."""
    if isinstance(data, Intervals):
        train, test = train_and_test(data)
        return train.length.astype(float), test.length.astype(float), train.label, test.label
    parts = [part for name, part in data.splits.items() if name != "test"]
    lengths = np.concatenate([part.lengths for part in parts])
    labels = np.concatenate([part.labels for part in parts])
    return lengths.astype(float), data.test.lengths.astype(float), labels, data.test.labels
