"""Checkers of lesson 05, Train the baseline CNN."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .compare import compare_function, compare_value, is_unfinished
from .registry import checker


def _giving(convert: Callable[[Any], Any], function: Any) -> Any:
    """The same function, whose result is converted."""
    if not callable(function):
        return function

    def wrapped(*arguments: Any) -> Any:
        return convert(function(*arguments))

    wrapped.__name__ = getattr(function, "__name__", "<object>")
    return wrapped


def _array(value: Any) -> Any:
    """Lists and tensors as arrays: any of them is fine."""
    if isinstance(value, list | tuple) and value and not is_unfinished(value):
        return np.array(value)
    return value.numpy() if hasattr(value, "detach") else value


def _pair(value: Any) -> Any:
    """Weights and bias, each as an array."""
    two = isinstance(value, list | tuple) and len(value) == 2
    return tuple(map(_array, value)) if two else _array(value)


def _one_hot(letters: str) -> np.ndarray:
    return np.array([[float(letter == base) for letter in letters] for base in "ACGT"])


def _with_unknown(column: list[float]) -> Callable[[str], np.ndarray]:
    """One-hot, with this column for every N."""

    def encode(letters: str) -> np.ndarray:
        table = _one_hot(letters)
        for place, letter in enumerate(letters):
            if letter == "N":
                table[:, place] = column
        return table

    return encode


@checker(
    "one_hot_letters",
    "One row a base, one column a letter. A column of zeros is an honest N: it adds nothing, "
    "whatever the weights are.",
)
def one_hot_letters(function: Any) -> str | None:
    """``one_hot_letters(letters)``: a str of A, C, G, T, N -> array (4, length)."""
    return compare_function(
        _giving(_array, function),
        _one_hot,
        [("GAT",), ("GATTCA",), ("NACGTTN",)],
        {
            "Your table stands on its side: one row a letter, `(length, 4)`. Networks in torch "
            "want the bases first, `(4, length)`: turn it with `.T`.": (
                lambda letters: _one_hot(letters).T
            ),
            "The shape is right, but `reshape` has poured the numbers into it in the wrong order. "
            "Turn the table with `.T`, which moves each number to its place.": (
                lambda letters: _one_hot(letters).T.reshape(4, -1)
            ),
            "N has become a quarter of each base. We know nothing about it: leave its column at "
            "zero.": _with_unknown([0.25] * 4),
            "N has become every base at once. Leave its column at zero.": _with_unknown([1.0] * 4),
            "N has become an A. Leave its column at zero.": _with_unknown([1.0, 0, 0, 0]),
            "N has become a T. Leave its column at zero.": _with_unknown([0, 0, 0, 1.0]),
            "N has got a row of its own. There are four bases; leave the column of an N at zero.": (
                lambda letters: np.vstack([_one_hot(letters), [float(x == "N") for x in letters]])
            ),
            "The rows stand for A, T, G, C or another order. Take the alphabet: A, C, G, T.": (
                lambda letters: _one_hot(letters)[[0, 3, 2, 1]]
            ),
            "Those are the numbers of the letters. Make a table of zeros and ones of them: a 2 "
            "would say that G is twice as much as C.": (
                lambda letters: np.array(["ACGTN".index(letter) for letter in letters])
            ),
        },
        otherwise="Begin with `np.zeros((4, len(letters)))`, and set a 1 in the row of each "
        "letter. Leave an N out.",
        errors={"N is not among `ACGT`. Leave it out: its column stays zero.": "substring|'N'"},
    )


_LAYERS = [(10, 3, 2), (11, 3, 2), (9, 2, 4), (202, 8, 2), (57, 8, 3)]


@checker(
    "size_after_layer",
    "A filter fits at `length - width + 1` places. Pooling keeps whole groups only, and what is "
    "left over falls away.",
)
def size_after_layer(function: Any) -> str | None:
    """``size_after_layer(length, width, pool)``: positions after convolution and pooling."""
    return compare_function(
        function,
        lambda length, width, pool: (length - width + 1) // pool,
        _LAYERS,
        {
            "One place is missing. A filter as long as the sequence fits once: "
            "`length - width + 1`.": lambda length, width, pool: (length - width) // pool,
            "That is the size after the convolution. Pooling makes one of every `pool` "
            "neighbours.": lambda length, width, pool: length - width + 1,
            "You pool, but the filter fits at fewer places than there are letters: "
            "`length - width + 1`.": lambda length, width, pool: length // pool,
            "You pool first. Here the filter comes first, and the pooling after it.": (
                lambda length, width, pool: length // pool - width + 1
            ),
            "Half a position does not exist. An incomplete group falls away: `//` divides and "
            "drops the rest.": lambda length, width, pool: (length - width + 1) / pool,
            "You round up. An incomplete group at the end falls away: use `//`.": (
                lambda length, width, pool: -(-(length - width + 1) // pool)
            ),
            "Division comes before addition. Put brackets round `length - width + 1`.": (
                lambda length, width, pool: length - width + 1 // pool
            ),
            "Pooling divides the length; it does not take a slice off.": (
                lambda length, width, pool: length - width + 1 - pool
            ),
            "Windows of a pooling do not overlap, those of a filter do.": (
                lambda length, width, pool: length - width + 1 - pool + 1
            ),
            "The filter moves by one letter, not by its own width. It fits at "
            "`length - width + 1` places.": lambda length, width, pool: length // width // pool,
        },
        otherwise="Count the places of the filter first: `length - width + 1`. Then divide by "
        "`pool`, and drop the rest.",
    )


_LOGITS = [
    (np.array([0.0, 0.0]), 1),
    (np.array([1.0, -1.0]), 0),
    (np.array([2.0, 0.5, -1.0]), 2),
    (np.array([-0.5, 1.5, 0.25, 3.0]), 1),
]


def _softmax(logits: np.ndarray) -> np.ndarray:
    return np.exp(logits) / np.exp(logits).sum()


@checker(
    "cross_entropy",
    "Sure and right costs next to nothing, undecided between two costs log 2, sure and wrong "
    "costs a lot. Training makes the mean of this small.",
)
def cross_entropy(function: Any) -> str | None:
    """``cross_entropy(logits, label)``: logits of one sequence -> its loss in nats."""
    return compare_function(
        function,
        lambda logits, label: -math.log(_softmax(logits)[label]),
        _LOGITS,
        {
            "That is the logit with its sign turned. Make probabilities first: the softmax.": (
                lambda logits, label: -logits[label]
            ),
            "You take the logarithm of a logit. Logits can be negative, and are no probabilities: "
            "the softmax comes first.": _log_of_logit,
            "Those are probabilities of something else: a sigmoid looks at one logit alone. With "
            "several classes take the softmax.": (
                lambda logits, label: -math.log(1 / (1 + math.exp(-logits[label])))
            ),
            "The softmax was taken twice. Its results are probabilities already: take their "
            "logarithm.": lambda logits, label: -math.log(_softmax(_softmax(logits))[label]),
            "That is the probability itself. The loss is minus its logarithm.": (
                lambda logits, label: _softmax(logits)[label]
            ),
            "That is how much is missing to 1. The loss is minus the logarithm of the "
            "probability.": lambda logits, label: 1 - _softmax(logits)[label],
            "The minus is missing: a logarithm of a probability is never above 0, a loss never "
            "below.": lambda logits, label: math.log(_softmax(logits)[label]),
            "That is the logarithm to base 2, so the loss is in bits. Networks count in nats: use "
            "`np.log`.": lambda logits, label: -math.log2(_softmax(logits)[label]),
            "That is the logarithm to base 10. Use `np.log`.": (
                lambda logits, label: -math.log10(_softmax(logits)[label])
            ),
            "You divide by the sum of the logits, not of their exponentials.": (
                lambda logits, label: _log_of(math.exp(logits[label]) / logits.sum())
            ),
            "You add up all classes. Only the probability of the true class counts: `[label]`.": (
                lambda logits, label: -np.log(_softmax(logits)).sum()
            ),
            "Those are the losses that each class would have. Take that of the true one: "
            "`[label]`.": lambda logits, label: -np.log(_softmax(logits)),
            "You take the most probable class. The loss asks for the true one: `[label]`.": (
                lambda logits, label: -math.log(_softmax(logits).max())
            ),
        },
        otherwise="Three steps: `np.exp` of the logits, divided by their sum; the one of the "
        "true class; minus its `np.log`.",
    )


def _log_of(value: float) -> float:
    return -math.log(value) if value > 0 else math.nan if value < 0 else math.inf


def _log_of_logit(logits: np.ndarray, label: int) -> float:
    return _log_of(float(logits[label]))


# the best loss of each class: an output of 1 for class 1, of 0 for class 0
_ONE, _ZERO = math.log(1 + math.exp(-1)), math.log(2)


@checker(
    "lowest_loss",
    "It is the mean of log(1 + 1/e), when the true class is 1 and the output 1, and of log 2, when "
    "the true class is 0 and the output 0. No training can get below.",
)
def lowest_loss(answer: Any) -> str | None:
    """The lowest mean loss of two classes of equal size if the output lies in 0 to 1."""
    return compare_value(
        answer,
        (_ONE + _ZERO) / 2,
        {
            "That is the best loss of class 1 alone. Half of all are of class 0.": _ONE,
            "That is the best loss of class 0 alone, log 2. Half of all are of class 1.": (_ZERO),
            "That is the sum of the two. Each class is half of the sequences: take the mean.": (
                _ONE + _ZERO
            ),
            "That would be right if the loss could be perfect. But the loss takes the sigmoid of "
            "what it gets, and gets at most 1.": 0.0,
            "Close, but do not round: compute it with `np.log` and `np.exp`.": 0.5,
            "That is the loss of an output of one half in class 1. The best output of each class "
            "lies at an end: 1 for class 1, 0 for class 0.": math.log(1 + math.exp(-0.5)),
            "For class 0 the output may go down to 0, and sigmoid(0) is one half, so there the "
            "loss is log 2. You have given both classes an output of 1.": (
                (_ONE + math.log(1 + math.e)) / 2
            ),
            "That is in bits. The loss is in nats: take the natural logarithm, `np.log`.": (
                (_ONE + _ZERO) / 2 / math.log(2)
            ),
            "A sign is wrong in the exponent: an output of 1 costs class 1 log(1 + exp(-1)).": (
                (math.log(1 + math.e) + _ZERO) / 2
            ),
        },
        otherwise="Take the better end for each class: class 1 gets an output of 1 and costs "
        "log(1 + exp(-1)); class 0 gets an output of 0 and costs log(1 + exp(0)). Then the mean.",
        tolerance=1e-3,
    )


def _layers(out_1: int, in_1: int, out_2: int, seed: int) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    shapes = ((out_1, in_1), (out_1,), (out_2, out_1), (out_2,))
    return tuple(rng.integers(-3, 4, shape).astype(float) for shape in shapes)


_PAIRS = [_layers(2, 2, 2, 0), _layers(3, 3, 3, 1), _layers(4, 3, 2, 2)]
_SQUARE = _PAIRS[:2]  # here wrong products have a shape that fits, so that they get their hint


def _merged(w1: np.ndarray, b1: np.ndarray, w2: np.ndarray, b2: np.ndarray) -> tuple[Any, Any]:
    return w2 @ w1, w2 @ b1 + b2


@checker(
    "merge_layers",
    "However many linear layers follow each other, one does the same. Only a bend between them, "
    "such as a ReLU, makes more of it.",
)
def merge_layers(function: Any) -> str | None:
    """``merge_layers(w1, b1, w2, b2)``: weights and bias of the one layer that does both."""
    mistakes: dict[str, Callable[..., Any]] = {
        "The matrices are in the wrong order. The second layer comes from the left, as in "
        "`w2 @ (w1 @ x + b1) + b2`.": lambda w1, b1, w2, b2: (w1 @ w2, w2 @ b1 + b2),
        "The second layer also multiplies the first bias: `w2 @ b1`.": (
            lambda w1, b1, w2, b2: (w2 @ w1, b1 + b2)
        ),
        "The first bias is lost. The second layer multiplies it, as it does everything that "
        "comes in: `w2 @ b1`.": lambda w1, b1, w2, b2: (w2 @ w1, b2),
        "The second bias is missing. It is added at the end.": (
            lambda w1, b1, w2, b2: (w2 @ w1, w2 @ b1)
        ),
        "`*` multiplies number by number. A matrix product is `@`.": (
            lambda w1, b1, w2, b2: (w2 * w1, w2 * b1 + b2)
        ),
        "You add the weights. One layer after the other is a product: `w2 @ w1`.": (
            lambda w1, b1, w2, b2: (w2 + w1, b1 + b2)
        ),
        "Those are the weights alone. Return the bias behind them, after a comma.": (
            lambda w1, b1, w2, b2: w2 @ w1
        ),
        "Both the order and the bias are off. Write down `w2 @ (w1 @ x + b1) + b2`, and take the "
        "brackets apart.": lambda w1, b1, w2, b2: (w1 @ w2, w1 @ b2 + b1),
    }
    otherwise = (
        "Write down `w2 @ (w1 @ x + b1) + b2` and take the brackets apart: what multiplies `x`, "
        "and what is left? Return the two."
    )
    function = _giving(_pair, function)
    return compare_function(function, _merged, _SQUARE, mistakes, otherwise) or compare_function(
        function, _merged, _PAIRS, otherwise=otherwise
    )
