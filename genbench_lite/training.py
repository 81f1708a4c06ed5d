"""Train a network, predict with it, and score it.

The loop in :func:`fit` is all there is: no trainer object, no callbacks.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from tqdm.auto import tqdm

from .errors import DataError
from .sequence_set import SequenceSet

if TYPE_CHECKING:
    import pandas as pd


@dataclass
class History:
    """What happened in each epoch.

    Parameters
    ----------
    train_loss, valid_loss : list of float
        Mean cross-entropy in nats.
    valid_accuracy : list of float
        Share of the validation sequences whose class was predicted, 0 to 1.
    seconds : list of float
        Wall time of the epoch.
    """

    train_loss: list[float] = field(default_factory=list)
    valid_loss: list[float] = field(default_factory=list)
    valid_accuracy: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def to_frame(self) -> pd.DataFrame:
        """One row an epoch, counted from 1."""
        import pandas as pd

        columns = {name: values for name, values in asdict(self).items() if values}
        return pd.DataFrame(columns, index=pd.RangeIndex(1, len(self.seconds) + 1, name="epoch"))


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


def fit(
    model: nn.Module,
    train: SequenceSet,
    valid: SequenceSet | None = None,
    epochs: int = 10,
    batch_size: int = 64,
    learning_rate: float = 1e-3,
    seed: int = 0,
) -> History:
    """Train a model in place.

    Parameters
    ----------
    model : torch.nn.Module
        Takes one-hot float32 (n, 4, length), gives logits (n, classes).
    train, valid : SequenceSet
        ``valid`` is only looked at, never learned from.
    epochs : int
        How often the model sees every training sequence.
    batch_size : int
        Sequences a step.
    learning_rate : float
        Step size of Adam (Kingma and Ba 2015, arXiv:1412.6980).
    seed : int
        Order of the sequences, and dropout.

    Returns
    -------
    History

    Raises
    ------
    DataError
        If there are fewer than two sequences, no epoch or batches of one, if the model is built for
        another number of classes, or if the loss is no longer a number.

    Examples
    --------
    >>> from genbench_lite import SequenceSet, models
    >>> toy = SequenceSet.from_strings(["ACGT" * 10, "GGGG" * 10] * 8, [0, 1] * 8, ["a", "b"])
    >>> history = fit(models.LiteCNN(2), toy, epochs=2)
    >>> len(history.train_loss)
    2
    """
    if len(train) < 2 or epochs < 1 or batch_size < 2:
        raise DataError(
            f"{len(train)} training sequences, {epochs} epochs, batches of {batch_size}: it takes "
            "at least two sequences, one epoch and batches of two."
        )
    torch.manual_seed(seed)
    device = next(model.parameters()).device
    examples = train.to_torch()
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)
    history = History()
    with tqdm(total=epochs * len(train), unit=" sequences", leave=False) as progress:
        for epoch in range(1, epochs + 1):
            started = time.perf_counter()
            model.train()
            total = 0.0
            for rows in _shuffled_batches(len(train), batch_size):
                x, y = examples.batch(rows.numpy())
                logits = _checked(model(x.to(device)), train)
                loss = F.cross_entropy(logits, y.to(device))
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                total += loss.item() * len(rows)
                progress.update(len(rows))
            if not np.isfinite(total):
                raise DataError(
                    f"The loss became {total} in epoch {epoch}. Try a smaller learning_rate "
                    f"than {learning_rate}."
                )
            history.train_loss.append(total / len(train))
            if valid is not None:
                probability = predict(model, valid)
                history.valid_loss.append(_cross_entropy(probability, valid.labels))
                history.valid_accuracy.append(float((probability.argmax(1) == valid.labels).mean()))
            history.seconds.append(time.perf_counter() - started)
            progress.set_description(_epoch_line(history))
    return history


def predict(model: nn.Module, sequences: SequenceSet, batch_size: int = 512) -> np.ndarray:
    """Probabilities of the classes.

    Parameters
    ----------
    model : torch.nn.Module
        Gives logits (n, classes).
    sequences : SequenceSet
    batch_size : int
        Sequences at a time; only memory depends on it.

    Returns
    -------
    numpy.ndarray
        float32, shape (n, classes); rows sum to 1.
    """
    if not len(sequences):
        raise DataError("There are no sequences to predict. Check how they were selected.")
    device = next(model.parameters()).device
    examples = sequences.to_torch()
    model.eval()
    with torch.inference_mode():
        logits = [
            _checked(model(examples.batch(rows.numpy())[0].to(device)), sequences).cpu()
            for rows in torch.arange(len(sequences)).split(batch_size)
        ]
    return torch.cat(logits).float().softmax(1).numpy()


def evaluate(model: nn.Module, sequences: SequenceSet) -> Scores:
    """Score a model on sequences that it has not seen.

    Parameters
    ----------
    model : torch.nn.Module
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
        loss=_cross_entropy(probability, truth),
        confusion=metrics.confusion_matrix(truth, answer, labels=range(n)),
        classes=sequences.classes,
    )


def _shuffled_batches(n: int, size: int) -> list[torch.Tensor]:
    """Every row once, in random order; a last batch of one, which has no spread, joins another."""
    batches = list(torch.randperm(n).split(size))
    if len(batches[-1]) == 1:
        batches[-2:] = [torch.cat(batches[-2:])]
    return batches


def _checked(logits: torch.Tensor, sequences: SequenceSet) -> torch.Tensor:
    if logits.ndim != 2 or logits.shape[1] != len(sequences.classes):
        raise DataError(
            f"The model gives {tuple(logits.shape[1:])} numbers a sequence, and the data have "
            f"{len(sequences.classes)} classes. Build it with n_classes={len(sequences.classes)}."
        )
    return logits


def _cross_entropy(probability: np.ndarray, labels: np.ndarray) -> float:
    right = probability[np.arange(len(labels)), labels]
    return float(-np.log(np.maximum(right, np.finfo(np.float32).tiny)).mean())


def _epoch_line(history: History) -> str:
    line = f"epoch {len(history.seconds)}: loss {history.train_loss[-1]:.3f}"
    if history.valid_accuracy:
        line += f", validation accuracy {history.valid_accuracy[-1]:.3f}"
    return line
