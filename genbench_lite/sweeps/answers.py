"""Models of others that are no networks: asked for probabilities, and their answers checked.

Both classes hide the test labels: a SequenceSet carries them, and no answer may come from there.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ..errors import DataError
from ..sequence_set import SequenceSet

_OFF = 0.01  # how far a row may be from the sum 1


class TextClassifier:
    """A scikit-learn classifier of strings, for those who ask with a SequenceSet.

    Parameters
    ----------
    model
        Has ``fit(X, y)`` and ``predict_proba(X)``.
    n_classes : int
        Classes of the dataset, of which training rows may lack some.
    """

    def __init__(self, model: Any, n_classes: int):
        self.model = model
        self.n_classes = n_classes

    def __repr__(self) -> str:
        return repr(self.model)

    def fit(self, train: SequenceSet, seed: int = 0) -> TextClassifier:
        """Learn; the seed was given when the classifier was built."""
        self.model.fit(train.sequences, np.array(train.labels))
        return self

    def predict(self, sequences: SequenceSet) -> np.ndarray:
        """Probabilities: float32, shape (n, n_classes).

        Raises
        ------
        DataError
            If the answer has another shape, is no probability, or is for other classes.
        """
        answer = np.asarray(self.model.predict_proba(sequences.sequences), np.float32)
        columns = np.asarray(getattr(self.model, "classes_", range(self.n_classes)))
        if set(columns.tolist()) - set(range(self.n_classes)):
            raise DataError(
                f"classes_ is {columns.tolist()}. Leave the labels as fit gets them: 0 to "
                f"{self.n_classes - 1}."
            )
        _require_probabilities("predict_proba", answer, len(sequences), len(columns))
        full = np.zeros((len(sequences), self.n_classes), np.float32)
        full[:, columns.astype(np.int64)] = answer
        return full


class SelfTrained:
    """A model with ``fit`` and ``predict`` of its own.

    Parameters
    ----------
    model
        Has ``fit(train, seed=seed)`` and ``predict(sequences)``, both of a SequenceSet.
    """

    def __init__(self, model: Any):
        self.model = model

    def __repr__(self) -> str:
        return repr(self.model)

    def fit(self, train: SequenceSet, seed: int = 0) -> SelfTrained:
        """Learn."""
        self.model.fit(train, seed=seed)
        return self

    def predict(self, sequences: SequenceSet) -> np.ndarray:
        """Probabilities: float32, shape (n, classes).

        Raises
        ------
        DataError
            If the answer has another shape, or is no probability.
        """
        unlabelled = replace(sequences, labels=np.zeros_like(sequences.labels))
        answer = np.asarray(self.model.predict(unlabelled), np.float32)
        _require_probabilities("predict", answer, len(sequences), len(sequences.classes))
        return answer


def _require_probabilities(method: str, answer: np.ndarray, rows: int, columns: int) -> None:
    if answer.shape != (rows, columns):
        raise DataError(
            f"{method} gave the shape {answer.shape} for {rows} sequences and {columns} classes. "
            f"Give ({rows}, {columns})."
        )
    if not (answer >= 0).all() or not (abs(answer.sum(1) - 1) <= _OFF).all():  # NaN is neither
        raise DataError(
            f"{method} gave rows that are no probabilities. Give numbers of at least 0 that sum to "
            "1 in each row."
        )
