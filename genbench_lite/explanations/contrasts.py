"""What is explained: one number a sequence, taken from a model's answer.

A softmax does not change when the same is added to the logits of all classes, so one logit alone
says nothing. A contrast does: the logit of one class less that of another, or less the mean of
all others. With two classes it is the log odds.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..composition import Sequences
from ..errors import DataError, UnknownNameError
from ..sequence_set import SequenceSet
from .asking import answers, rectangle

Target = int | str | Sequence[int] | np.ndarray | None


def class_names(model: Any, sequences: Sequences, n_classes: int) -> list[str]:
    """Names of the classes, of the sequences or of the model; numbers where nobody knows.

    Sequences with another number of classes are from elsewhere: their names mean nothing here.

    Examples
    --------
    >>> class_names(None, ["ACGT"], 2)
    ['0', '1']
    """
    known = (
        (sequences.classes if isinstance(sequences, SequenceSet) else ()),
        (getattr(model, "classes", None) or ()),
    )
    for names in known:
        if len(names) == n_classes:
            return [str(name) for name in names]
    return [str(number) for number in range(n_classes)]


def contrast_weights(
    model: Any, sequences: Sequences, target: Target = None, against: Target = None
) -> np.ndarray:
    """By what each logit is multiplied, so that their sum is the contrast.

    Parameters
    ----------
    model, sequences
        As :func:`genbench_lite.attribution.saliency` takes them.
    target : int, str, or sequence of int, optional
        The class, by number or name, or one number a sequence. Left out: of two classes the
        second; of more, for each sequence the one that the model predicts.
    against : int, str, or sequence of int, optional
        The class to set it against; the mean of all others if left out.

    Returns
    -------
    numpy.ndarray
        float32, shape (n, classes). The sum over the classes is 0.

    Raises
    ------
    DataError
        If there is no such class, or a class is set against itself.
    UnknownNameError
        If no class has that name.

    Examples
    --------
    >>> import torch
    >>> model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(8, 3))
    >>> contrast_weights(model, ["AC"], target=0)
    array([[ 1. , -0.5, -0.5]], dtype=float32)
    >>> contrast_weights(model, ["AC"], target=0, against=2)
    array([[ 1.,  0., -1.]], dtype=float32)
    """
    codes = rectangle(sequences)
    first = answers(model, codes if target is None else codes[:1])
    n, classes = len(codes), first.shape[1]
    names = class_names(model, sequences, classes)
    if target is None:
        target = 1 if classes == 2 else first.argmax(1)
    chosen = class_numbers(target, n, names)
    weights = np.full((n, classes), 0.0 if against is not None else -1 / (classes - 1), np.float32)
    weights[np.arange(n), chosen] = 1
    if against is not None:
        other = class_numbers(against, n, names)
        if (other == chosen).any():
            raise DataError(
                f"Class {names[other[(other == chosen).argmax()]]} is set against itself. Choose "
                "two classes, or leave against out for the mean of all others."
            )
        weights[np.arange(n), other] = -1
    return weights


def class_contrasts(
    model: Any, sequences: Sequences, n_classes: int, target: Target, against: Target
) -> tuple[list[str], np.ndarray]:
    """Names of the classes asked for, and the weights of their contrasts, one row a class.

    Without a target, of two classes the second, of more all of them.

    Raises
    ------
    DataError
        As :func:`contrast_weights`.

    Examples
    --------
    >>> names, weights = class_contrasts(None, ["ACGT"], 2, None, None)
    >>> names, weights
    (['1'], array([[-1.,  1.]], dtype=float32))
    """
    names = class_names(model, sequences, n_classes)
    every = [1] if n_classes == 2 else list(range(n_classes))
    chosen = every if target is None else [int(class_numbers(target, 1, names)[0])]
    weights = np.full((len(chosen), n_classes), -1 / (n_classes - 1), np.float32)
    if against is not None:
        other = int(class_numbers(against, 1, names)[0])
        chosen = [one for one in chosen if one != other]
        if not chosen:
            raise DataError(
                f"Class {names[other]} is set against itself. Choose two classes, or leave "
                "against out for the mean of all others."
            )
        weights = np.zeros((len(chosen), n_classes), np.float32)
        weights[:, other] = -1
    weights[np.arange(len(chosen)), chosen] = 1
    return [names[one] for one in chosen], weights


def class_numbers(chosen: Any, n: int, names: list[str]) -> np.ndarray:
    """The number of a class for each sequence.

    Parameters
    ----------
    chosen : int, str, or sequence of int
        One class, by number or name, or one number a sequence.
    n : int
        Sequences.
    names : list of str

    Returns
    -------
    numpy.ndarray
        int64, shape (n,).

    Raises
    ------
    DataError
        If there is no such class.
    UnknownNameError
        If no class has that name.

    Examples
    --------
    >>> class_numbers("yes", 2, ["no", "yes"])
    array([1, 1])
    """
    if isinstance(chosen, str):
        if chosen not in names:
            raise UnknownNameError("class", chosen, names)
        return np.full(n, names.index(chosen))
    try:
        numbers = [operator.index(one) for one in (chosen if np.ndim(chosen) else [chosen])]
        found = np.broadcast_to(np.array(numbers, np.int64), (n,))
    except (TypeError, ValueError):
        raise DataError(
            f"A class of {chosen!r} cannot be used for {n} sequences. Give one class, by number "
            "or name, or a number for each sequence."
        ) from None
    if found.min() < 0 or found.max() >= len(names):
        raise DataError(
            f"There is no class {found[(found < 0) | (found >= len(names))][0]}. The model has "
            f"{len(names)}, numbered from 0: {', '.join(names)}."
        )
    return found
