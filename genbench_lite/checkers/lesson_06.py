"""Checkers of lesson 06, Train it well."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .compare import compare_function, is_unfinished
from .registry import checker


def _as_array(function: Any) -> Any:
    """The same function, whose list or tensor comes back as an array: either answer is fine."""
    if not callable(function):
        return function

    def wrapped(*arguments: Any) -> Any:
        result = function(*arguments)
        if isinstance(result, list | tuple) and result and not is_unfinished(result):
            return np.array(result)
        return result.numpy() if hasattr(result, "numpy") else result

    wrapped.__name__ = getattr(function, "__name__", "<object>")
    return wrapped


_LOSSES = [
    ([0.7, 0.6, 0.5, 0.55],),
    ([0.69, 0.64, 0.66, 0.58, 0.61, 0.72],),
    ([0.9, 0.8, 0.85, 0.79, 0.81, 0.78, 0.95, 1.1],),
]


def _first_valley(losses: Sequence[float]) -> int:
    rises = (i for i in range(len(losses) - 1) if losses[i + 1] > losses[i])
    return next(rises, len(losses) - 1) + 1


@checker(
    "best_epoch",
    "People count epochs from 1, Python counts places from 0. `history.best_epoch` does the same.",
)
def best_epoch(function: Any) -> str | None:
    """``best_epoch(valid_loss)``: the epoch of the lowest loss, counted from 1."""
    return compare_function(
        function,
        lambda losses: int(np.argmin(losses)) + 1,
        _LOSSES,
        {
            "That is the place in the list, counted from 0. Epochs count from 1.": (
                lambda losses: int(np.argmin(losses))
            ),
            "That is the lowest loss itself. In which epoch was it?": min,
            "That is the epoch of the highest loss. A good loss is low.": (
                lambda losses: int(np.argmax(losses)) + 1
            ),
            "That is the last epoch. The loss may have been lower before.": len,
            "You stop at the first rise. The loss may fall below it again later on.": _first_valley,
            "You look for the lowest loss without the first epoch, and are one off.": (
                lambda losses: int(np.argmin(losses)) + 2
            ),
        },
        otherwise="Find the place of the lowest loss, and count it from 1.",
    )


_WAITS = [
    ([0.7, 0.6, 0.65, 0.66, 0.67, 0.68], 2),
    ([0.7, 0.6, 0.5], 2),
    ([0.7, 0.6, 0.65, 0.62, 0.64, 0.5], 3),
    ([0.68, 0.61, 0.63, 0.58, 0.6, 0.59, 0.57, 0.64], 2),
    ([0.68, 0.61, 0.63, 0.58, 0.6, 0.59, 0.57, 0.64], 3),
    ([0.9, 0.95, 0.8, 0.81, 0.79, 0.84, 0.83, 0.82, 0.81, 0.7], 4),
    ([0.9, 0.8, 0.82, 0.81, 0.83, 0.7, 0.72, 0.71, 0.73, 0.74, 0.6], 2),
    ([0.5, 0.6], 1),
]


def _stop(losses: Sequence[float], patience: int) -> int:
    best = 0
    for place, loss in enumerate(losses):
        if loss < losses[best]:
            best = place
        if place - best >= patience:
            return place + 1
    return len(losses)


def _stop_after_rises(losses: Sequence[float], patience: int, in_a_row: bool) -> int:
    rises = 0
    for place in range(1, len(losses)):
        if losses[place] > losses[place - 1]:
            rises += 1
        elif in_a_row:
            rises = 0
        if rises >= patience:
            return place + 1
    return len(losses)


def _stop_without_a_reset(losses: Sequence[float], patience: int) -> int:
    waited = 0
    for place in range(1, len(losses)):
        waited += losses[place] >= min(losses[:place])
        if waited >= patience:
            return place + 1
    return len(losses)


@checker(
    "stop_epoch",
    "What counts is how long ago the lowest loss was, not whether the last step went up. This is "
    "what `fit` does with `patience`.",
)
def stop_epoch(function: Any) -> str | None:
    """``stop_epoch(valid_loss, patience)``: the last epoch of the training, counted from 1."""
    return compare_function(
        function,
        _stop,
        _WAITS,
        {
            "That is the best epoch, to which training goes back. We ask for the last one that it "
            "goes through.": lambda losses, patience: (
                int(np.argmin(losses[: _stop(losses, patience)])) + 1
            ),
            "You wait one epoch too long: stop when the lowest loss is `patience` epochs ago.": (
                lambda losses, patience: _stop(losses, patience + 1)
            ),
            "You stop one epoch too early: stop when the lowest loss is `patience` epochs ago.": (
                lambda losses, patience: _stop(losses, max(patience - 1, 1))
            ),
            "You stop at the first epoch that brings no lower loss. Patience waits for more of "
            "them.": lambda losses, patience: _stop(losses, 1),
            "You count rises in a row from one epoch to the next. Compare with the lowest loss so "
            "far: 0.6, 0.65, 0.62 has not got any better.": (
                lambda losses, patience: _stop_after_rises(losses, patience, in_a_row=True)
            ),
            "You count every rise from one epoch to the next. Compare with the lowest loss so far, "
            "and begin anew whenever there is a lower one.": (
                lambda losses, patience: _stop_after_rises(losses, patience, in_a_row=False)
            ),
            "A new lowest loss must set the waiting back to nothing.": _stop_without_a_reset,
            "You look at all losses at once. In training nobody knows the later ones: go from "
            "epoch to epoch, and stop at the first time that patience ends.": (
                lambda losses, patience: min(int(np.argmin(losses)) + 1 + patience, len(losses))
            ),
            "That never stops early. Return as soon as patience has ended.": (
                lambda losses, patience: len(losses)
            ),
            "That is the place in the list, counted from 0. Epochs count from 1.": (
                lambda losses, patience: _stop(losses, patience) - 1
            ),
        },
        otherwise="Go through the losses and remember the epoch of the lowest so far. When the "
        "present epoch is `patience` epochs later, return it. If that never happens, return the "
        "last.",
    )


def _batch(*texts: str) -> np.ndarray:
    return np.array(
        [[[float(letter == base) for letter in text] for base in "ACGT"] for text in texts]
    )


_BATCHES = [(_batch("GAT"),), (_batch("GATTACA", "CCGANAA"),), (_batch("ACAA", "GGTA", "TNCC"),)]


@checker(
    "flip_batch",
    "Both axes of each table turn, and the sequences keep their places. In PyTorch it is "
    "`x.flip(1, 2)`.",
)
def flip_batch(function: Any) -> str | None:
    """``flip_batch(x)``: one-hot (n, 4, length) -> the reverse complements, same shape."""
    return compare_function(
        _as_array(function),
        lambda x: x[:, ::-1, ::-1],
        _BATCHES,
        {
            "That is the reverse alone: read backwards, but A has not become T. The rows must "
            "turn as well.": lambda x: x[:, :, ::-1],
            "That is the complement alone: A has become T, but it is not read backwards. The "
            "columns must turn as well.": lambda x: x[:, ::-1],
            "The sequences have changed their places, and so lose their labels. Leave the first "
            "axis as it is.": lambda x: x[::-1, ::-1, ::-1],
            "You turn the first two axes: the order of the sequences, and the bases. In a batch "
            "the bases are axis 1 and the positions axis 2.": lambda x: x[::-1, ::-1],
            "You turn the order of the sequences and the positions. Bases are axis 1, positions "
            "axis 2.": lambda x: x[::-1, :, ::-1],
            "Only the order of the sequences has turned. Bases are axis 1, positions axis 2.": (
                lambda x: x[::-1]
            ),
            "Nothing has changed yet.": lambda x: x,
            "You swap ones and zeros. The complement swaps rows: A with T, C with G.": (
                lambda x: 1 - x
            ),
            "You turn the table on its side. Its shape must stay (n, 4, length).": (
                lambda x: x.transpose(0, 2, 1)
            ),
        },
        otherwise="Turn the axis of the bases and the axis of the positions, and leave the first "
        "axis alone: `::-1` turns one.",
        errors={
            "`.flip` belongs to PyTorch. This is a NumPy array: use `::-1`, or "
            "`np.flip(x, axis=...)`.": "has no attribute 'flip'"
        },
    )


def _answers(n: int, draws: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    right_a, right_b = rng.integers(0, 2, (2, n)).astype(float)
    return right_a, right_b, rng.integers(0, n, (draws, n))


_DRAWN = [
    (np.array([1.0, 1.0, 0.0]), np.array([1.0, 0.0, 0.0]), np.array([[0, 1, 1], [2, 0, 0]])),
    _answers(6, 4, 1),
    _answers(9, 9, 5),
]
_Draw = Callable[[np.ndarray, np.ndarray, np.ndarray], Any]


@checker(
    "difference_by_draw",
    "The same draw for both models. What is hard for both, or easy for both, cancels, and the "
    "difference that is left spreads less.",
)
def difference_by_draw(function: Any) -> str | None:
    """``difference_by_draw(right_a, right_b, rows)``: rows (draws, n) -> differences (draws,)."""
    mistakes: dict[str, _Draw] = {
        "That is the difference on the sequences as they are, once. Take the rows of each draw: "
        "`right_a[rows]`.": lambda a, b, rows: a.mean() - b.mean(),
        "That is one number, the mean of all draws. Each draw has a difference of its own: "
        "`mean(axis=1)`.": lambda a, b, rows: (a[rows] - b[rows]).mean(),
        "You take the mean over the draws. A row of `rows` is one draw, so take the mean along it: "
        "`axis=1`.": lambda a, b, rows: (a[rows] - b[rows]).mean(axis=0),
        "The sign is turned: we want a less b.": lambda a, b, rows: (b[rows] - a[rows]).mean(1),
        "Without its sign, a difference cannot fall on both sides of zero. Leave the absolute "
        "value out.": lambda a, b, rows: np.abs((a[rows] - b[rows]).mean(1)),
        "You take the absolute value sequence by sequence: that counts where the two differ, not "
        "who is better.": lambda a, b, rows: np.abs(a[rows] - b[rows]).mean(1),
        "Only a is drawn. Draw both, and with the same rows.": (
            lambda a, b, rows: a[rows].mean(1) - b.mean()
        ),
        "Only b is drawn. Draw both, and with the same rows.": (
            lambda a, b, rows: a.mean() - b[rows].mean(1)
        ),
        "Those are the accuracies of a. Take away those of b, in the same draws.": (
            lambda a, b, rows: a[rows].mean(1)
        ),
        "a and b get different draws. The comparison is fair if both answer the same sequences.": (
            lambda a, b, rows: a[rows].mean(1) - b[rows[::-1]].mean(1)
        ),
        "Those are numbers of sequences. An accuracy is a share: take the mean, not the sum.": (
            lambda a, b, rows: (a[rows] - b[rows]).sum(1)
        ),
        "Those are the differences of the single sequences. Take the mean of each draw: "
        "`mean(axis=1)`.": lambda a, b, rows: a[rows] - b[rows],
        "That is in per cent. Give the ratio.": (
            lambda a, b, rows: 100 * (a[rows] - b[rows]).mean(1)
        ),
    }
    return compare_function(
        _as_array(function),
        lambda a, b, rows: (a[rows] - b[rows]).mean(axis=1),
        _DRAWN,
        mistakes,
        otherwise="`right_a[rows]` has one row a draw. Take b's away, then the mean of each row.",
    )


_CLAIMS = [
    (np.array([[0.1, 0.9], [0.8, 0.2]]), np.array([1, 1])),
    (np.array([[0.3, 0.7], [0.6, 0.4], [0.45, 0.55], [0.9, 0.1]]), np.array([1, 0, 0, 0])),
    (np.array([[0.2, 0.7, 0.1], [0.1, 0.3, 0.6], [0.5, 0.25, 0.25]]), np.array([1, 1, 0])),
]


def _accuracy(probability: np.ndarray, labels: np.ndarray) -> float:
    return float((probability.argmax(1) == labels).mean())


@checker(
    "overconfidence",
    "Above zero the model claims too much, below zero too little. An accuracy alone shows neither.",
)
def overconfidence(function: Any) -> str | None:
    """``overconfidence(probability, labels)``: mean claimed probability less the accuracy."""
    return compare_function(
        function,
        lambda p, labels: p.max(1).mean() - _accuracy(p, labels),
        _CLAIMS,
        {
            "The sign is turned: what it claims less what is true.": (
                lambda p, labels: _accuracy(p, labels) - p.max(1).mean()
            ),
            "That is what the model claims. Take away the share of right answers.": (
                lambda p, labels: p.max(1).mean()
            ),
            "That is the share of right answers. What does the model claim?": _accuracy,
            "You take the probability of the true class. The model does not know it: it claims the "
            "highest of its probabilities.": lambda p, labels: (
                p[np.arange(len(labels)), labels].mean() - _accuracy(p, labels)
            ),
            "You take the probability of the second class. What a model claims is that of its own "
            "answer: the highest of each row.": (
                lambda p, labels: p[:, 1].mean() - _accuracy(p, labels)
            ),
            "That is the mean of all probabilities. Take the highest of each row: "
            "`probability.max(axis=1)`.": lambda p, labels: p.mean() - _accuracy(p, labels),
            "That is the single highest probability. Take the highest of each row, then the mean: "
            "`axis=1`.": lambda p, labels: p.max() - _accuracy(p, labels),
            "Those are the highest of the columns. A row is a sequence: `axis=1`.": (
                lambda p, labels: p.max(0).mean() - _accuracy(p, labels)
            ),
            "Without its sign we do not see whether it claims too much or too little.": (
                lambda p, labels: abs(p.max(1).mean() - _accuracy(p, labels))
            ),
            "That is in per cent. Give the ratio.": (
                lambda p, labels: 100 * (p.max(1).mean() - _accuracy(p, labels))
            ),
        },
        otherwise="The highest probability of each row is what the model claims. Take the mean of "
        "these, less the share of right answers.",
    )
