"""Checkers of lesson 03, Motifs and logos."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .compare import compare_function, is_unfinished
from .registry import checker

_LN2 = np.log(2)


def _array_function(function: Any) -> Any:
    """The same function, whose list comes back as an array: either answer is fine."""
    if not callable(function):
        return function

    def wrapped(*arguments: Any) -> Any:
        result = function(*arguments)
        if isinstance(result, list | tuple) and result and not is_unfinished(result):
            return np.array(result)
        return result

    wrapped.__name__ = getattr(function, "__name__", "<object>")
    return wrapped


_COUNTS = [
    (np.array([[8, 0, 0, 0], [0, 4, 4, 0]]), 0.8),
    (np.array([[5, 3, 1, 1], [2, 2, 2, 4], [0, 0, 1, 9]]), 2.0),
]


def _probabilities(counts: np.ndarray, pseudocount: float) -> np.ndarray:
    padded = counts + pseudocount / 4
    return padded / padded.sum(1, keepdims=True)


@checker(
    "motif_probabilities",
    "Every row sums to 1, and no probability is 0: a letter that ten sites do not show may come "
    "in the eleventh.",
)
def motif_probabilities(function: Any) -> str | None:
    """``probabilities(counts, pseudocount)``: (length, 4); a quarter goes to each base."""
    return compare_function(
        _array_function(function),
        _probabilities,
        _COUNTS,
        {
            "The pseudocount is missing: letters that were not seen have a probability of 0.": (
                lambda counts, pseudocount: counts / counts.sum(1, keepdims=True)
            ),
            "Each base gets the whole pseudocount, so four times too much is added. Give a "
            "quarter to each.": lambda counts, pseudocount: _probabilities(counts, 4 * pseudocount),
            "You divide by the number of sites, without the pseudocount. The rows sum to more "
            "than 1.": lambda counts, pseudocount: (
                (counts + pseudocount / 4) / counts.sum(1, keepdims=True)
            ),
            "Those are counts still. Divide each row by its sum.": (
                lambda counts, pseudocount: counts + pseudocount / 4
            ),
            "You divide by the sum of a column. A row is a position, and it is the row that sums "
            "to 1: `sum(axis=1, keepdims=True)`.": lambda counts, pseudocount: (
                (counts + pseudocount / 4) / (counts + pseudocount / 4).sum(0)
            ),
            "You divide by the sum of the whole table. Each position sums to 1 by itself: "
            "`sum(axis=1, keepdims=True)`.": lambda counts, pseudocount: (
                (counts + pseudocount / 4) / (counts + pseudocount / 4).sum()
            ),
        },
        otherwise="Add a quarter of the pseudocount to every count, then divide each row by its "
        "new sum.",
    )


_SHARES = [
    (np.array(shares),)
    for shares in ([0.25, 0.25, 0.25, 0.25], [0.7, 0.1, 0.1, 0.1], [0.1, 0.2, 0.3, 0.4])
]
_WITH_ZEROS = [
    (np.array(shares),)
    for shares in ([1.0, 0.0, 0.0, 0.0], [0.5, 0.0, 0.0, 0.5], [0.0, 0.25, 0.75, 0.0])
]


def _parts(shares: np.ndarray, log: Callable[[np.ndarray], np.ndarray] = np.log2) -> np.ndarray:
    """Each share times its logarithm; 0 where the share is 0."""
    return np.array([share * log(share) if share else 0.0 for share in shares])


def _information(shares: np.ndarray) -> float:
    return 2 + float(_parts(shares).sum())


@checker(
    "column_information",
    "Two bits for a position that is always the same, none for one that could be anything. The "
    "information is what you know before you look.",
)
def column_information(function: Any) -> str | None:
    """``information(shares)``: four shares of one position -> bits, 0 to 2."""
    return compare_function(
        function,
        _information,
        _SHARES,
        {
            "That is the natural logarithm, and it does not give bits. Use `np.log2`.": (
                lambda shares: 2 + _parts(shares, np.log).sum()
            ),
            "All of it is in the unit of the natural logarithm (nats). For bits use `np.log2`.": (
                lambda shares: np.log(4) + _parts(shares, np.log).sum()
            ),
            "That is the logarithm to base 10. For bits use `np.log2`.": (
                lambda shares: 2 + _parts(shares, np.log10).sum()
            ),
            "That is the entropy: what you do not know. Information is what is left of 2 bits.": (
                lambda shares: -_parts(shares).sum()
            ),
            "The sign is wrong. The logarithm of a share is negative already, so the sum is "
            "added to 2.": lambda shares: 2 - _parts(shares).sum(),
            "Information is never negative. Start from 2 bits.": lambda shares: _parts(
                shares
            ).sum(),
            "That is the probability of the best base, not the information of the position.": (
                lambda shares: shares.max()
            ),
            "Those are four numbers, the heights of the four letters. A position has one: take "
            "the sum.": lambda shares: shares * _information(shares),
            "Weigh each logarithm with its share before you sum: rare letters count rarely.": (
                lambda shares: 2 + np.log2(shares).sum()
            ),
        },
        otherwise="Multiply each share by its `np.log2`, sum the four, add 2.",
    ) or compare_function(
        function,
        _information,
        _WITH_ZEROS,
        {
            "The logarithm of 0 is minus infinity, and 0 times that is not a number. A letter "
            "that never occurs adds nothing: leave it out, with `shares[shares > 0]`, say.": (
                lambda shares: np.nan
            ),
        },
        otherwise="Look at what your function does with a share of 0. Such a letter adds nothing.",
    )


_ODDS = [
    (np.array([[0.5, 0.25, 0.125, 0.125]]), np.array([0.25, 0.25, 0.25, 0.25])),
    (np.array([[0.7, 0.1, 0.1, 0.1], [0.2, 0.2, 0.3, 0.3]]), np.array([0.3, 0.2, 0.2, 0.3])),
    (np.array([[0.02, 0.94, 0.02, 0.02]]), np.array([0.4, 0.1, 0.1, 0.4])),
]


@checker(
    "log_odds",
    "More frequent in sites than elsewhere: above 0. Less frequent: below. As frequent: 0, which "
    "tells nothing.",
)
def log_odds(function: Any) -> str | None:
    """``log_odds(probabilities, background)``: (length, 4) and (4,) -> (length, 4) in bits."""
    return compare_function(
        _array_function(function),
        lambda shares, background: np.log2(shares / background),
        _ODDS,
        {
            "That is the natural logarithm. We count in bits: use `np.log2`.": (
                lambda shares, background: np.log(shares / background)
            ),
            "That is the logarithm to base 10. We count in bits: use `np.log2`.": (
                lambda shares, background: np.log10(shares / background)
            ),
            "That is the ratio itself. Take its `np.log2`, so that the weights of a site can be "
            "added up.": lambda shares, background: shares / background,
            "That is a difference. Ask how many *times* as likely: divide.": (
                lambda shares, background: shares - background
            ),
            "The background makes no difference yet. Divide by it before the logarithm.": (
                lambda shares, background: np.log2(shares)
            ),
            "The ratio is upside down: the site is above, the background below.": (
                lambda shares, background: np.log2(background / shares)
            ),
            "You divide by a quarter for each base. Take the background that is handed in.": (
                lambda shares, background: np.log2(shares / 0.25)
            ),
            "Those weights are multiplied by their probability: that is information again. A "
            "score needs the weights themselves.": lambda shares, background: (
                shares * np.log2(shares / background)
            ),
        },
        otherwise="Divide each row by the background, then take `np.log2`.",
    )


_TABLES = (
    np.array([[2.0, -1.0, -3.0, 0.5], [-2.0, 1.5, -0.5, 1.0]]),
    np.array([[1.0, -2.0, 0.5, -0.5], [-4.0, 2.0, -1.0, 0.25], [0.5, -3.0, 1.75, -1.25]]),
)


def _one_hot(letters: str) -> np.ndarray:
    return np.array([[float(letter == base) for letter in letters] for base in "ACGT"])


_WINDOWS = [
    (_one_hot(letters), table)
    for letters in ("CA", "GATTC", "TTAGCCA")
    for table in _TABLES
    if len(letters) >= len(table)
]


def _slide(one_hot: np.ndarray, weights: np.ndarray, step: int = 1, more: int = 1) -> np.ndarray:
    length = len(weights)
    starts = range(0, one_hot.shape[1] - length + more, step)
    return np.array([(one_hot[:, s : s + length].T * weights).sum() for s in starts])


@checker(
    "sliding_scores",
    "One score for each place at which the motif fits. Networks call this a convolution.",
)
def sliding_scores(function: Any) -> str | None:
    """``sliding_scores(one_hot, weights)``: (4, n) and (length, 4) -> (n - length + 1,)."""
    return compare_function(
        _array_function(function),
        _slide,
        _WINDOWS,
        {
            "The last window is missing. A motif as long as the sequence fits at one place: "
            "`range(n - length + 1)`.": lambda one_hot, weights: _slide(one_hot, weights, more=0),
            "Windows overlap. Move by one letter, not by a whole motif.": (
                lambda one_hot, weights: _slide(one_hot, weights, step=len(weights))
            ),
            "That is the best score alone. We want the score of every place.": (
                lambda one_hot, weights: _slide(one_hot, weights).max()
            ),
            "You add up the scores of all places. Each has a score of its own.": (
                lambda one_hot, weights: _slide(one_hot, weights).sum()
            ),
            "You take the mean over the letters. A score is the sum of their weights.": (
                lambda one_hot, weights: _slide(one_hot, weights) / len(weights)
            ),
            "The motif is turned round: its last position meets the first letter of the window. "
            "(In mathematics a convolution turns it; here, and in networks, nothing turns.)": (
                lambda one_hot, weights: _slide(one_hot, weights[::-1])
            ),
            "You score the other strand. Here the sequence is read as it stands.": (
                lambda one_hot, weights: _slide(one_hot, weights[::-1, ::-1])
            ),
        },
        otherwise="At each start take the window `one_hot[:, start : start + length]`, give it the "
        "shape of the weights with `.T`, multiply, and sum.",
    )


@checker(
    "reverse_weights",
    "Both axes turn. The reversal of the columns swaps A with T and C with G, because they stand "
    "in the order A, C, G, T.",
)
def reverse_weights(function: Any) -> str | None:
    """``reverse_weights(weights)``: (length, 4) -> (length, 4), for the other strand."""
    return compare_function(
        _array_function(function),
        lambda weights: weights[::-1, ::-1],
        [(table,) for table in _TABLES],
        {
            "You reverse the positions, but keep the letters. Swap A with T and C with G as well: "
            "the columns.": lambda weights: weights[::-1],
            "You swap the letters, but keep the order of the positions. The other strand runs the "
            "other way: reverse the rows as well.": lambda weights: weights[:, ::-1],
            "The weights come back as they were: this is still the + strand.": (
                lambda weights: weights
            ),
            "Rows and columns have changed places. The shape stays `(length, 4)`.": (
                lambda weights: weights.T
            ),
            "The other strand does not change a sign. It changes the places of the weights.": (
                lambda weights: -weights
            ),
        },
        otherwise="Row 0 becomes the last row, and column A becomes column T.",
    )
