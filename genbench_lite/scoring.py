"""How good the answers of a model are, and how far chance alone would shift that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .prediction import predict
from .sequence_set import SequenceSet


@dataclass(frozen=True)
class Scores:
    """How well a model does on one set.

    Parameters
    ----------
    accuracy : float
        Share of right answers, 0 to 1.
    f1 : float
        F1 averaged over the classes with equal weight (macro).
    auroc : float
        Area under the ROC curve, averaged over the classes, each against the rest.
    loss : float
        Mean cross-entropy in nats.
    confusion : numpy.ndarray
        int64, shape (classes, classes): rows are the true class, columns the predicted one.
    classes : tuple of str
        Class names, in the order of the rows and columns.
    """

    accuracy: float
    f1: float
    auroc: float
    loss: float
    confusion: np.ndarray
    classes: tuple[str, ...]

    def __repr__(self) -> str:
        numbers = ("accuracy", "f1", "auroc", "loss")
        return f"Scores({', '.join(f'{name}={getattr(self, name):.3f}' for name in numbers)})"


def evaluate(model: Any, sequences: SequenceSet) -> Scores:
    """Score a model on sequences that it has not seen.

    Parameters
    ----------
    model : torch.nn.Module or other
    sequences : SequenceSet
        Needs at least one sequence of every class for the AUROC, which is NaN otherwise.

    Returns
    -------
    Scores
    """
    from sklearn import metrics

    probability = predict(model, sequences)
    truth, answer = np.asarray(sequences.labels), probability.argmax(1)
    n = len(sequences.classes)
    one_against_rest = np.eye(n)[truth]
    complete = len(np.unique(truth)) == n
    return Scores(
        accuracy=float(metrics.accuracy_score(truth, answer)),
        f1=float(
            metrics.f1_score(truth, answer, labels=range(n), average="macro", zero_division=0)
        ),
        auroc=float(metrics.roc_auc_score(one_against_rest, probability)) if complete else np.nan,
        loss=cross_entropy(probability, truth),
        confusion=metrics.confusion_matrix(truth, answer, labels=range(n)),
        classes=sequences.classes,
    )


def cross_entropy(probability: np.ndarray, labels: np.ndarray) -> float:
    """Mean of minus the logarithm of the probability of the true class, in nats."""
    right = probability[np.arange(len(labels)), labels]
    return float(-np.log(np.maximum(right, np.finfo(np.float32).tiny)).mean())
