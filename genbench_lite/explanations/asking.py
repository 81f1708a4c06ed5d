"""Ask a model: sequences in, logits out, whatever kind of model it is, and leave it as it was."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from .. import sequence
from ..composition import Sequences, packed
from ..errors import DataError, GenbenchError
from ..networks.batching import one_hot
from ..networks.prediction import device_of

_BATCH = 1 << 15  # bases: what a small network makes of them stays in the processor's cache
_SMALLEST = 1e-7  # probability: nearer to 1, float32 tells none apart


def rectangle(sequences: Sequences) -> np.ndarray:
    """The letters of sequences under each other.

    Parameters
    ----------
    sequences : SequenceSet, sequence of str, or numpy.ndarray
        An array holds uint8 codes, shape (n, length).

    Returns
    -------
    numpy.ndarray
        uint8 codes, shape (n, length), padded with 4 to the longest.

    Raises
    ------
    DataError
        If there are none, or an array holds no codes, or a string no DNA.

    Examples
    --------
    >>> rectangle(["AC", "G"])
    array([[0, 1],
           [2, 4]], dtype=uint8)
    """
    codes, offsets = packed(sequences)
    if not len(codes):
        raise DataError("There are no sequences to explain. Check how they were selected.")
    lengths = np.diff(offsets)
    padded = sequence.pad(codes, offsets[:-1], lengths, int(lengths.max()))
    return np.minimum(padded, sequence.UNKNOWN)


@contextlib.contextmanager
def at_rest(model: Any) -> Iterator[None]:
    """Evaluation mode inside; afterwards each layer has the mode that it had before.

    Examples
    --------
    >>> layer = nn.Dropout()
    >>> with at_rest(layer):
    ...     layer.training
    False
    >>> layer.training
    True
    """
    modes = [(part, part.training) for part in model.modules()] if is_network(model) else []
    try:
        for part, _ in modes:
            part.training = False
        yield
    finally:
        for part, training in modes:
            part.training = training


def is_network(model: Any) -> bool:
    """Whether a model is a torch module; otherwise it has to have ``predict``.

    Raises
    ------
    DataError
        If it is neither.

    Examples
    --------
    >>> is_network(nn.Linear(2, 2))
    True
    """
    if isinstance(model, nn.Module):
        return True
    if isinstance(model, type) or not callable(getattr(model, "predict", None)):
        raise DataError(
            f"{model!r} is no model. Give a torch module that takes one-hot (n, 4, length), or a "
            "model with predict, such as a fitted KmerBaseline."
        )
    return False


def logits(model: nn.Module, x: torch.Tensor) -> torch.Tensor:
    """One logit a class, whatever the model's output is; gradients pass through.

    Parameters
    ----------
    model : torch.nn.Module
        Gives logits; or has ``logits(x)``; or has ``probability(output)``, whose logarithm
        serves, for it differs from the logits by the same number for all classes. It cannot tell
        how far beyond 0.9999999 a probability lies.
    x : torch.Tensor
        float32, shape (n, 4, length), on the model's device. Where it is shorter than a model's
        ``length``, it is padded on the right.

    Returns
    -------
    torch.Tensor
        float32, shape (n, classes).

    Raises
    ------
    DataError
        If the model takes another input, or gives something else.

    Examples
    --------
    >>> logits(nn.Sequential(nn.Flatten(), nn.Linear(12, 2)), torch.zeros(5, 4, 3)).shape
    torch.Size([5, 2])
    """
    short = (getattr(model, "length", None) or 0) - x.shape[2]
    try:
        output = _output(model, F.pad(x, (0, short)) if short > 0 else x)
    except GenbenchError:
        raise
    except (RuntimeError, IndexError, ValueError) as error:
        raise DataError(
            f"The model does not take one-hot sequences of shape {tuple(x.shape)}: sequences, "
            "4 bases, length in bp. Wrap it so that its forward turns them into what it takes. "
            f"It said: {str(error).strip().splitlines()[0]}"
        ) from error
    if not isinstance(output, torch.Tensor) or output.ndim != 2 or len(output) != len(x):
        shape = tuple(output.shape) if isinstance(output, torch.Tensor) else type(output).__name__
        raise DataError(
            f"For {len(x)} sequences the model gives {shape}. It must give logits of shape "
            "(sequences, classes)."
        )
    if output.shape[1] < 2:
        raise DataError(
            "The model gives one number a sequence. Give it an output for each class, or a method "
            "probability(output) that returns (n, classes)."
        )
    return output


def _output(model: nn.Module, x: torch.Tensor) -> Any:
    own, probability = (getattr(model, name, None) for name in ("logits", "probability"))
    if callable(own):
        return own(x)
    output = model(x)
    return output if probability is None else probability(output).clamp_min(_SMALLEST).log()


def answers(model: Any, codes: np.ndarray) -> np.ndarray:
    """The logits of sequences, in batches and without gradients.

    Parameters
    ----------
    model : torch.nn.Module or model with ``predict``
        Of the latter, the logarithm of the probabilities.
    codes : numpy.ndarray
        uint8, shape (n, length).

    Returns
    -------
    numpy.ndarray
        float32, shape (n, classes).

    Raises
    ------
    DataError
        As :func:`logits`.

    Examples
    --------
    >>> answers(nn.Sequential(nn.Flatten(), nn.Linear(12, 2)), np.zeros((5, 3), np.uint8)).shape
    (5, 2)
    """
    if not is_network(model):
        probability = np.asarray(model.predict(codes), np.float32)
        return np.log(np.maximum(probability, np.float32(_SMALLEST)))
    with at_rest(model), torch.inference_mode():
        device = device_of(model)
        parts = [
            logits(model, one_hot(torch.from_numpy(codes[rows]).to(device))).float().cpu()
            for rows in batches(codes)
        ]
    return torch.cat(parts).numpy()


def batches(codes: np.ndarray, copies: int = 1) -> list[slice]:
    """Rows in slices so small that so many copies of them stay in the processor's cache."""
    size = max(1, _BATCH // (codes.shape[1] * copies))
    return [slice(first, first + size) for first in range(0, len(codes), size)]
