"""What a model answers: on any device, in any batches, in the order of the sequences."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from ..errors import DataError, GenbenchError
from ..sequence_set import SequenceSet
from .batching import Batches

# what torch calls it on a GPU, on Apple's chips, and on the CPU
_NO_MEMORY = ("out of memory", "can't allocate memory", "not enough memory")


def predict(
    model: Any, sequences: SequenceSet, batch_size: int = 512, device: str | None = None
) -> np.ndarray:
    """Probabilities of the classes.

    Parameters
    ----------
    model : torch.nn.Module or other
        A network as in :func:`~genbench_lite.fit`, or an object with a ``predict`` of its own,
        like :class:`~genbench_lite.models.KmerBaseline`. A network is put into evaluation mode
        (no dropout, recorded batch statistics) and back.
    sequences : SequenceSet
    batch_size : int
        Sequences at a time, at most: long ones come in smaller batches. Only memory and time
        depend on it.
    device : str, optional
        ``"cpu"``, ``"cuda"``, ``"mps"`` or ``"auto"``; the model is moved there, and stays.
        Left out, it stays where it is.

    Returns
    -------
    numpy.ndarray
        float32, shape (n, classes); rows sum to 1.

    Raises
    ------
    DataError
        If there are no sequences, the model cannot read their length, or it is built for another
        number of classes.
    GenbenchError
        If the device is missing, or its memory too small for the batches.

    Examples
    --------
    >>> from genbench_lite import models
    >>> s = SequenceSet.from_strings(["ACGT" * 10, "GGGG" * 10], [0, 1], ["no", "yes"])
    >>> predict(models.LiteCNN(2), s).shape
    (2, 2)
    """
    if not len(sequences):
        raise DataError("There are no sequences to predict. Check how they were selected.")
    if batch_size < 1:
        raise DataError(f"Batches of {batch_size} hold nothing. Take batch_size=1 or more.")
    if not isinstance(model, nn.Module):
        require_method(model, "predict")
        answer = np.asarray(model.predict(sequences), np.float32)
        _check_classes(answer, sequences)
        return answer
    place(model, device)
    answer = probability(model, outputs(model, sequences, batch_size)).cpu().numpy()
    _check_classes(answer, sequences)
    return answer


def outputs(model: nn.Module, sequences: SequenceSet, batch_size: int = 512) -> torch.Tensor:
    """What the network gives for each sequence, in their order, float32, on its device."""
    batches = Batches(sequences, model, device_of(model))
    rows, parts = [], []
    with evaluating(model):
        for some, x in batches.by_length(batch_size):
            with _readable(x.shape[2]), enough_memory(len(some), x.shape[2]):
                parts.append(model(x).float())
            rows.append(some)
    back = np.argsort(np.concatenate(rows))
    return torch.cat(parts)[torch.from_numpy(back).to(batches.device)]


def probability(model: nn.Module, output: torch.Tensor) -> torch.Tensor:
    """Probabilities (n, classes): by the model's own ``probability``, or softmax."""
    own = getattr(model, "probability", None)
    with torch.inference_mode():
        return own(output) if own else output.softmax(1)


def loss(
    model: nn.Module,
    output: torch.Tensor,
    labels: torch.Tensor,
    weights: torch.Tensor | None = None,
) -> torch.Tensor:
    """The model's own ``loss``, or cross-entropy in nats: the mean over the rows.

    Parameters
    ----------
    output : torch.Tensor
        Shape (n, outputs).
    labels : torch.Tensor
        int64, shape (n,).
    weights : torch.Tensor, optional
        Shape (classes,): how much a row of each class counts.
    """
    mean_loss = getattr(model, "loss", None) or F.cross_entropy
    if weights is None:
        return mean_loss(output, labels)
    parts = [
        weights[label] * (labels == label).float().mean()
        * mean_loss(output[labels == label], labels[labels == label])
        for label in labels.unique()
    ]  # fmt: skip
    return torch.stack(parts).sum()


def place(model: nn.Module, device: str | torch.device | None = None) -> torch.device:
    """Move a model to the device asked for; say where it is.

    Raises
    ------
    GenbenchError
        If this machine has no such device, or torch cannot use it.
    """
    if device is None:
        return device_of(model)
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if device == "auto":
        device = next((kind for kind, is_there in there.items() if is_there), "cpu")
    try:
        wanted = torch.device(device)
        if not there.get(wanted.type, True):
            raise RuntimeError(f"torch {torch.__version__} sees none")
        model.to(wanted)
    except RuntimeError as error:
        raise GenbenchError(
            f"The device {str(device)!r} cannot be used here: {_first_line(error)}. Take "
            'device="auto" for the best one there is, or "cpu".'
        ) from error
    return device_of(model)


def device_of(model: nn.Module) -> torch.device:
    """Where the model's parameters lie; the CPU if it has none."""
    return next((p.device for p in model.parameters()), torch.device("cpu"))


def require_method(model: Any, name: str) -> None:
    """Refuse what is neither a network nor able to do it itself."""
    if not callable(getattr(model, name, None)):
        raise DataError(
            f"A {type(model).__name__} is no torch.nn.Module and has no method {name!r}. "
            "Give a network, or a model with fit and predict of its own."
        )


def check_reads(model: nn.Module, *sets: SequenceSet | None) -> None:
    """Show the model the shortest and the longest sequence, before any time is spent.

    Raises
    ------
    DataError
        If it cannot read them, or answers for another number of classes.
    """
    for sequences in filter(None, sets):
        lengths = sequences.lengths
        batches = Batches(sequences, model, device_of(model))
        for row in (lengths.argmin(), lengths.argmax()):
            x, _ = batches.batch(np.array([row]))
            with evaluating(model), _readable(x.shape[2]), enough_memory(1, x.shape[2]):
                _check_classes(probability(model, model(x)), sequences)


@contextlib.contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Evaluation mode, without gradients; afterwards every layer has its own mode again."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        with torch.inference_mode():
            yield
    finally:
        for module, training in modes:
            module.training = training


@contextlib.contextmanager
def enough_memory(rows: int, width: int) -> Iterator[None]:
    """Turn what torch says about memory into a batch size to try."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        message = str(error).lower()
        if not (isinstance(error, MemoryError) or any(text in message for text in _NO_MEMORY)):
            raise
        smaller = f"batch_size={rows // 2}" if rows > 1 else "a smaller model"
        raise GenbenchError(
            f"The memory is too small for {rows} sequences of {width} bp at a time. Try {smaller}."
        ) from error


@contextlib.contextmanager
def _readable(width: int) -> Iterator[None]:
    """Turn what torch says about shapes into what to build."""
    try:
        yield
    except RuntimeError as error:
        raise DataError(
            f"The model cannot read sequences padded to {width} bp ({_first_line(error)}). Build "
            "it for this length, or leave out what is shorter than its filters."
        ) from error


def _check_classes(answer: Any, sequences: SequenceSet) -> None:
    n = len(sequences.classes)
    if answer.ndim != 2 or answer.shape[1] != n:
        raise DataError(
            f"The model gives {tuple(answer.shape[1:])} numbers a sequence, and the data have "
            f"{n} classes. Build it with n_classes={n}."
        )


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
