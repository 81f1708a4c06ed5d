"""How good the answers of a model are, and how far chance alone could move that.

The reference package counts F1 in two ways, by the number of classes; :attr:`Scores.published_f1`
does the same, for comparison with its tables.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DataError
from ..sequence_set import SequenceSet
from .prediction import predict
from .resampling import intervals

if TYPE_CHECKING:
    import pandas as pd

BINS = 15  # of confidence, as in Guo et al. 2017
MEASURES = {
    "accuracy": "share of right answers",
    "f1": "F1, mean of the classes",
    "auroc": "area under the ROC curve",
    "average_precision": "average precision",
    "mcc": "Matthews correlation",
    "loss": "cross-entropy (nats)",
    "calibration_error": "expected calibration error",
}


@dataclass(frozen=True, eq=False)
class Scores:
    """How well a model does on one set.

    Parameters
    ----------
    accuracy : float
        Share of right answers, 0 to 1.
    f1 : float
        F1 averaged over the classes with equal weight (macro).
    auroc : float
        Area under the ROC curve, averaged over the classes, each against the rest. NaN if a
        class does not occur.
    average_precision : float
        Mean precision over the recalls (area under the precision-recall curve, in steps): of
        the second class if there are two, else averaged over the classes, each against the rest.
        NaN if a class does not occur.
    mcc : float
        Matthews correlation coefficient, -1 to 1; 0 is what chance gives.
    loss : float
        Mean cross-entropy in nats, of the probabilities.
    calibration_error : float
        Expected calibration error with 15 bins (Guo et al. 2017, arXiv:1706.04599): how far the
        probability of the answer is from the share that is right, on average, 0 to 1.
    confusion : numpy.ndarray
        int64, shape (classes, classes): rows are the true class, columns the predicted one.
    classes : tuple of str
        Class names, in the order of the rows and columns.
    intervals : dict
        For each measure above but calibration, the bounds of its 95% interval: how far it
        would move with other test sequences of the same kind (percentile bootstrap; Efron 1979,
        doi:10.1214/aos/1176344552). It says nothing about other training seeds. Empty if none
        was asked for.
    labels : numpy.ndarray
        int64, shape (n,): the true classes.
    probability : numpy.ndarray
        float32, shape (n, classes): the answers.
    """

    accuracy: float
    f1: float
    auroc: float
    average_precision: float
    mcc: float
    loss: float
    calibration_error: float
    confusion: np.ndarray
    classes: tuple[str, ...]
    intervals: dict[str, tuple[float, float]] = field(default_factory=dict)
    labels: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    probability: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.float32))

    @property
    def published_f1(self) -> float:
        """F1 as the reference package counts it.

        With two classes it is that of the second class alone (``average="binary"``); with more
        it pools all decisions (``average="micro"``), which is the accuracy.
        """
        if len(self.classes) != 2:
            return self.accuracy
        right = self.confusion[1, 1]
        return float(2 * right / max(self.confusion[1].sum() + self.confusion[:, 1].sum(), 1))

    def __repr__(self) -> str:
        numbers = ("accuracy", "f1", "auroc", "loss")
        return f"Scores({', '.join(f'{name}={getattr(self, name):.3f}' for name in numbers)})"

    def to_frame(self) -> pd.DataFrame:
        """One row a measure: its value, and the low and high end of its 95% interval."""
        import pandas as pd

        unknown = (np.nan, np.nan)
        rows = [(getattr(self, name), *self.intervals.get(name, unknown)) for name in MEASURES]
        index = pd.Index(MEASURES, name="measure")
        return pd.DataFrame(rows, index=index, columns=["value", "low", "high"])

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><th scope="row" style="text-align:left">{MEASURES[str(name)]}</th>'
            f"<td>{_number(row.value)}</td><td>{_span(row.low, row.high)}</td></tr>"
            for name, row in self.to_frame().iterrows()
        )
        return (
            f"<table><caption>Scores on {self.confusion.sum():,} sequences</caption>"
            '<thead><tr><th scope="col" style="text-align:left">measure</th>'
            '<th scope="col">value</th><th scope="col">95% interval</th></tr></thead>'
            f"<tbody>{rows}</tbody></table>"
        )

    def reliability(self) -> pd.DataFrame:
        """Whether the answers that claim 80% are right 80% of the time.

        Returns
        -------
        pandas.DataFrame
            One row a bin of ``confidence``, the probability of the predicted class: ``low`` and
            ``high`` bound it, ``confidence`` and ``accuracy`` are means over the ``n``
            sequences in it, NaN where there are none.
        """
        import pandas as pd

        edges = np.linspace(0, 1, BINS + 1)
        n, confidence, right = _bins(self.labels, self.probability)
        return pd.DataFrame(
            {
                "low": edges[:-1],
                "high": edges[1:],
                "n": n,
                "confidence": confidence,
                "accuracy": right,
            }
        )


def evaluate(
    model: Any,
    sequences: SequenceSet,
    bootstrap: int = 1000,
    seed: int = 0,
    *,
    batch_size: int = 512,
    device: str | None = None,
) -> Scores:
    """Score a model on sequences that it has not seen.

    Parameters
    ----------
    model : torch.nn.Module or other
        What :func:`~genbench_lite.predict` takes.
    sequences : SequenceSet
        Needs at least one sequence of every class for the AUROC and the average precision, which
        are NaN otherwise, with a warning.
    bootstrap : int
        How often the sequences are drawn anew for the 95% intervals; 0 for none.
    seed : int
        Which are drawn.
    batch_size, device
        As in :func:`~genbench_lite.predict`.

    Returns
    -------
    Scores

    Examples
    --------
    >>> from genbench_lite import models
    >>> s = SequenceSet.from_strings(["ACGT" * 10, "GGGG" * 10] * 20, [0, 1] * 20, ["no", "yes"])
    >>> scores = evaluate(models.LiteCNN(2), s, bootstrap=100)
    >>> low, high = scores.intervals["accuracy"]
    >>> bool(low <= scores.accuracy <= high)
    True
    """
    if bootstrap < 0:
        raise DataError(f"bootstrap={bootstrap}: draw 0 times (no intervals) or more, as 1000.")
    probability = predict(model, sequences, batch_size, device)
    return score(probability, sequences.labels, sequences.classes, bootstrap, seed)


def score(
    probability: np.ndarray,
    labels: np.ndarray,
    classes: tuple[str, ...],
    bootstrap: int = 1000,
    seed: int = 0,
) -> Scores:
    """Score answers, wherever they come from.

    Parameters
    ----------
    probability : numpy.ndarray
        float32, shape (n, classes); rows sum to 1.
    labels : numpy.ndarray
        int64, shape (n,).
    classes : tuple of str
    bootstrap, seed : int
        As in :func:`evaluate`.
    """
    from sklearn import metrics

    labels, n = np.array(labels), len(classes)
    answer = probability.argmax(1)
    confusion = metrics.confusion_matrix(labels, answer, labels=range(n))
    auroc = average_precision = np.nan
    if confusion.sum(1).all():
        targets = np.eye(n)[labels]
        auroc = metrics.roc_auc_score(targets, probability)
        ranked = slice(1, None) if n == 2 else slice(None)
        average_precision = metrics.average_precision_score(
            targets[:, ranked], probability[:, ranked]
        )
    else:
        absent = ", ".join(np.array(classes)[confusion.sum(1) == 0])
        warnings.warn(
            f"No sequence is of the class {absent}: AUROC and average precision are undefined, "
            "and NaN here. Take some of every class.",
            stacklevel=3,
        )
    count, confidence, right = _bins(labels, probability)
    filled = count > 0
    return Scores(
        accuracy=float(metrics.accuracy_score(labels, answer)),
        f1=float(
            metrics.f1_score(labels, answer, labels=range(n), average="macro", zero_division=0)
        ),
        auroc=float(auroc),
        average_precision=float(average_precision),
        mcc=float(metrics.matthews_corrcoef(labels, answer))
        if len(np.union1d(labels, answer)) > 1
        else 0.0,
        loss=cross_entropy(probability, labels),
        calibration_error=float(
            np.average(np.abs(right - confidence)[filled], weights=count[filled])
        ),
        confusion=confusion,
        classes=tuple(classes),
        intervals=intervals(probability, labels, bootstrap, seed) if bootstrap else {},
        labels=labels,
        probability=probability,
    )


def cross_entropy(probability: np.ndarray, labels: np.ndarray) -> float:
    """Mean of minus the logarithm of the probability of the true class, in nats."""
    right = probability[np.arange(len(labels)), labels]
    return float(-np.log(np.maximum(right, np.finfo(np.float32).tiny)).mean())


def _bins(labels: np.ndarray, probability: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Number, mean confidence and share right of the answers in each bin of confidence."""
    confidence = probability.max(1)
    right = probability.argmax(1) == labels
    place = np.minimum((confidence * BINS).astype(int), BINS - 1)
    n = np.bincount(place, minlength=BINS)
    with np.errstate(invalid="ignore"):
        return (
            n,
            np.bincount(place, confidence, BINS) / n,
            np.bincount(place, right, BINS) / n,
        )


def _number(value: float) -> str:
    return "undefined" if np.isnan(value) else f"{value:.3f}"


def _span(low: float, high: float) -> str:
    return "" if np.isnan(low) else f"{low:.3f} to {high:.3f}"
