"""Checkers of lesson 07, Interpret the CNN."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .compare import compare_function, is_unfinished
from .registry import checker

Answer = Callable[[str], float]
Sites = list[tuple[int, int]]


def _array_function(function: Any) -> Any:
    """The same function, whose list or tensor comes back as an array: any of them is fine."""
    if not callable(function):
        return function

    def wrapped(*arguments: Any) -> Any:
        result = function(*arguments)
        if isinstance(result, list | tuple) and result and not is_unfinished(result):
            return np.array(result)
        return result.detach().numpy() if hasattr(result, "detach") else result

    wrapped.__name__ = getattr(function, "__name__", "<object>")
    return wrapped


def _one_hot(letters: str, alphabet: str = "ACGT") -> np.ndarray:
    return np.array([[float(letter == base) for letter in letters] for base in alphabet])


_WEIGHTS = [
    (np.array([[2.0, 0, 1], [-1, 0.5, 0], [3, 1, -2], [0, -3, 0.5]]), "GAT"),
    (np.random.default_rng(0).normal(size=(4, 6)).round(1), "CATTAC"),
]


@checker(
    "gradient_times_input",
    "Of four weights at a position only one is in use. These numbers add up to the answer of the "
    "model, as long as it is linear.",
)
def gradient_times_input(function: Any) -> str | None:
    """``gradient_times_input(weights, letters)``: (4, n) and a str -> array of n numbers."""
    return compare_function(
        _array_function(function),
        lambda weights, letters: (weights * _one_hot(letters)).sum(0),
        _WEIGHTS,
        {
            "That is the whole table, with zeros for letters that are not there. Add up each "
            "column, `.sum(axis=0)`, and there is one number a letter.": (
                lambda weights, letters: weights * _one_hot(letters)
            ),
            "You have added up all letters: that is the answer of the model. Leave one number for "
            "each letter, `.sum(axis=0)`.": lambda weights, letters: (
                weights * _one_hot(letters)
            ).sum(),
            "That is one number a base. Add up each column, `axis=0`, to get one a letter.": (
                lambda weights, letters: (weights * _one_hot(letters)).sum(1)
            ),
            "That is the gradient alone: all four weights of each position. Times the input, only "
            "that of the letter that is there remains.": lambda weights, letters: weights,
            "You add up all four weights of a position. Take that of the letter that is there.": (
                lambda weights, letters: weights.sum(0)
            ),
            "You take the highest weight of each position. Take that of the letter that is there, "
            "high or not.": lambda weights, letters: weights.max(0),
            "You have subtracted the mean of the four weights. That is a good idea, and its turn "
            "comes soon. Here take the weight as it is.": lambda weights, letters: (
                (weights - weights.mean(0)) * _one_hot(letters)
            ).sum(0),
            "The rows are A, C, G, T, in this order.": lambda weights, letters: (
                weights * _one_hot(letters, "ATGC")
            ).sum(0),
            "That is the input alone. Multiply it with the weights.": (
                lambda weights, letters: _one_hot(letters)
            ),
            "The size is right, and the sign is lost. A letter can take away from the answer.": (
                lambda weights, letters: np.abs((weights * _one_hot(letters)).sum(0))
            ),
        },
        otherwise="One-hot the letters, multiply the two tables number by number, and add up each "
        "column.",
    )


class _Word:
    """Answers with the best match of a word anywhere: how many of its letters agree."""

    def __init__(self, word: str):
        self.word = word

    def __repr__(self) -> str:
        return f"best_match_of_{self.word}"

    def __call__(self, letters: str) -> int:
        places = range(len(letters) - len(self.word) + 1)
        return max((self._match(letters[start:]) for start in places), default=0)

    def _match(self, letters: str) -> int:
        return sum(a == b for a, b in zip(self.word, letters, strict=False))


class _Weighted:
    """Answers with a sum over letters: the worth of each times its position, counted from 1."""

    def __repr__(self) -> str:
        return "weighted_sum"

    def __call__(self, letters: str) -> int:
        worth = {"A": 1, "C": -2, "G": 4, "T": 3, "N": 0}
        return sum(worth[letter] * place for place, letter in enumerate(letters, 1))


_MUTATIONS: list[tuple[Answer, str, int, str]] = [
    (_Weighted(), "GATACA", 1, "C"),
    (_Weighted(), "CATTAG", 3, "G"),
    (_Weighted(), "AACA", 3, "T"),
    (_Word("GATA"), "CCGATAC", 2, "T"),
]


def _with(letters: str, position: int, base: str) -> str:
    return letters[:position] + base + letters[position + 1 :]


@checker(
    "mutation_effect",
    "This needs nothing but answers, so it works for any model, and it is exact. Its price is one "
    "more question for every substitution.",
)
def mutation_effect(function: Any) -> str | None:
    """``mutation_effect(answer, letters, position, base)``: change by one substitution."""

    def effect(answer: Answer, letters: str, position: int, base: str) -> float:
        return answer(_with(letters, position, base)) - answer(letters)

    return compare_function(
        function,
        effect,
        _MUTATIONS,
        {
            "The sign is turned: the effect is the answer *after* the change less the answer "
            "before.": lambda *case: -effect(*case),
            "That is the answer after the change. Subtract the answer before it.": (
                lambda answer, letters, position, base: answer(_with(letters, position, base))
            ),
            "That is the answer before the change. Ask once more, with the new letter.": (
                lambda answer, letters, position, base: answer(letters)
            ),
            "You have replaced the same letter everywhere, as `replace` does. Change one position "
            "only.": lambda answer, letters, position, base: (
                answer(letters.replace(letters[position], base)) - answer(letters)
            ),
            "Your position counts from 1. Here the first letter has position 0.": (
                lambda answer, letters, position, base: effect(answer, letters, position - 1, base)
            ),
            "You have put the new letter in, and kept the old one: the sequence is longer now. "
            "Skip the old letter: `letters[position + 1 :]`.": (
                lambda answer, letters, position, base: (
                    answer(letters[:position] + base + letters[position:]) - answer(letters)
                )
            ),
            "The letters before the position are lost.": (
                lambda answer, letters, position, base: (
                    answer(base + letters[position + 1 :]) - answer(letters)
                )
            ),
            "The letters behind the position are lost.": (
                lambda answer, letters, position, base: (
                    answer(letters[:position] + base) - answer(letters)
                )
            ),
            "You have replaced the first letter of this kind, wherever it is. Cut the text at the "
            "position.": lambda answer, letters, position, base: (
                answer(letters.replace(letters[position], base, 1)) - answer(letters)
            ),
            "The size is right, and the sign is lost. A substitution can lower the answer.": (
                lambda *case: abs(effect(*case))
            ),
            "You have asked about the new letter alone. Ask about the whole sequence with it.": (
                lambda answer, letters, position, base: answer(base) - answer(letters)
            ),
        },
        otherwise="Build the changed sequence from three pieces, `letters[:position]`, `base` and "
        "`letters[position + 1 :]`. Ask for both sequences, and subtract.",
        errors={"Text cannot be changed in place. Build a new one from pieces.": "item assignment"},
    )


_LOGITS = [
    (np.array([3.0, 1.0, 0.0, 2.0]), 0),
    (np.array([-1.0, 0.5, 2.5]), 2),
    (np.array([0.5, -2.0, 1.0, 4.0, 0.0]), 1),
]


def _others(logits: np.ndarray, target: int) -> np.ndarray:
    return np.delete(logits, target)


def _softmax(logits: np.ndarray) -> np.ndarray:
    return np.exp(logits) / np.exp(logits).sum()


@checker(
    "contrast",
    "Add the same to all logits: the probabilities stay as they are, and so does the contrast. A "
    "single logit does not.",
)
def contrast(function: Any) -> str | None:
    """``contrast(logits, target)``: the logit of a class less the mean of all others."""
    return compare_function(
        function,
        lambda logits, target: logits[target] - _others(logits, target).mean(),
        _LOGITS,
        {
            "That is the logit alone. Compared with what? Subtract the mean of the others.": (
                lambda logits, target: logits[target]
            ),
            "You subtract the mean of all classes, and the class itself is among them. Leave it "
            "out: `np.delete(logits, target)`.": (
                lambda logits, target: logits[target] - logits.mean()
            ),
            "You subtract the sum of the others. Take their mean, so that adding the same to all "
            "logits changes nothing.": (
                lambda logits, target: logits[target] - _others(logits, target).sum()
            ),
            "You subtract the highest of the others: a fair contrast, and a different one. Here we "
            "want their mean.": (
                lambda logits, target: logits[target] - _others(logits, target).max()
            ),
            "The sign is turned: high should speak for the class.": (
                lambda logits, target: _others(logits, target).mean() - logits[target]
            ),
            "That is the probability. It is flat where the network is sure; take the logits as "
            "they are.": lambda logits, target: _softmax(logits)[target],
            "That is the logarithm of the probability. Take the logits as they are.": (
                lambda logits, target: np.log(_softmax(logits)[target])
            ),
            "You compare probabilities. They are flat where the network is sure; take the logits "
            "as they are.": lambda logits, target: (
                _softmax(logits)[target] - _others(_softmax(logits), target).mean()
            ),
            "You divide the sum of the others by the number of all classes. The others are one "
            "fewer.": lambda logits, target: (
                logits[target] - _others(logits, target).sum() / len(logits)
            ),
            "You have left the class out, and that is half of it. Subtract their mean from the "
            "logit of the class.": lambda logits, target: _others(logits, target).mean(),
            "You give one number for each of the others. Take their mean.": (
                lambda logits, target: logits[target] - _others(logits, target)
            ),
        },
        otherwise="`logits[target]` is the one, `np.delete(logits, target)` are the others. Take "
        "the mean of the others, and subtract it.",
    )


_RANKINGS = [
    (np.array([5.0, 1, 4]), np.array([True, True, False])),
    (np.array([0.3, 0.9, 0.1, 0.8, 0.2, 0.7]), np.array([False, True, False, False, True, True])),
    (np.array([4.0, 9, 1, 7, 3, 2, 8]), np.array([True, False, True, False, False, True, False])),
]


def _ranked(sizes: np.ndarray, planted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Precision at each rank, and whether the position there is planted."""
    here = planted[np.argsort(-sizes)]
    return np.cumsum(here) / np.arange(1, len(here) + 1), here


def _precisions(sizes: np.ndarray, planted: np.ndarray) -> np.ndarray:
    """Precision at the rank of each planted position."""
    precision, here = _ranked(sizes, planted)
    return precision[here]


def _average_precision(sizes: np.ndarray, planted: np.ndarray) -> float:
    return float(_precisions(sizes, planted).mean())


def _ranked_from_zero(sizes: np.ndarray, planted: np.ndarray) -> float:
    here = planted[np.argsort(-sizes)]
    with np.errstate(divide="ignore", invalid="ignore"):
        return float((np.cumsum(here) / np.arange(len(here)))[here].mean())


def _at_the_end(sizes: np.ndarray, planted: np.ndarray) -> float:
    """Precision among as many of the highest as there are planted ones."""
    return float(_ranked(sizes, planted)[1][: planted.sum()].mean())


@checker(
    "average_precision",
    "It is 1 when all planted positions come first, and near the share of planted positions when "
    "one guesses. No threshold had to be chosen.",
)
def average_precision(function: Any) -> str | None:
    """``average_precision(sizes, planted)``: mean precision at the ranks of planted positions."""
    return compare_function(
        function,
        _average_precision,
        _RANKINGS,
        {
            "You sort from the smallest to the largest. `np.argsort(-sizes)` begins with the "
            "largest.": lambda sizes, planted: _average_precision(-sizes, planted),
            "You have not sorted: the positions are still in the order of the sequence. Rank them "
            "by size first.": lambda sizes, planted: _average_precision(
                -np.arange(len(sizes)), planted
            ),
            "You take the mean over all ranks. Only the ranks of planted positions count.": (
                lambda sizes, planted: _ranked(sizes, planted)[0].mean()
            ),
            "You divide by the number of all positions. Divide by the number of planted ones.": (
                lambda sizes, planted: _average_precision(sizes, planted) * planted.mean()
            ),
            "Those are the precisions at each rank. Keep those of planted positions, and take "
            "their mean.": lambda sizes, planted: _ranked(sizes, planted)[0],
            "Those are the precisions at the planted positions. Take their mean.": _precisions,
            "That is the precision among the highest alone, as many as there are planted ones. "
            "Average precision stops at each planted position in turn.": _at_the_end,
            "That is the share of planted positions: what guessing scores. The sizes do not count "
            "yet.": lambda sizes, planted: planted.mean(),
            "You have sorted for the shares, and then picked ranks by positions in the sequence. "
            "Pick them with the sorted `planted`.": lambda sizes, planted: _ranked(sizes, planted)[
                0
            ][planted].mean(),
            "Ranks count from 1: after the first position, one has been seen.": _ranked_from_zero,
            "You add up the precisions at the planted positions. Divide by how many there are.": (
                lambda sizes, planted: _average_precision(sizes, planted) * planted.sum()
            ),
        },
        otherwise="Go down the ranking. At each planted position, note the share of planted ones "
        "so far, itself included. Then take the mean of your notes.",
        errors={"Ranks count from 1: after the first position, one has been seen.": "ZeroDivision"},
    )


_KNOCKOUTS: list[tuple[Answer, str, Sites]] = [
    (_Word("GATA"), "CGATAC", [(1, 5)]),
    (_Word("GATA"), "GATACGATA", [(0, 4)]),
    (_Word("GATA"), "GATACGATA", [(0, 4), (5, 9)]),
    (_Word("GATA"), "CGGATAATAC", [(2, 6)]),
    (_Weighted(), "GATACAGATT", [(0, 2), (6, 8)]),
    (_Weighted(), "CCATGATA", [(3, 5), (6, 7), (0, 1)]),
]


def _silenced(letters: str, sites: Sites, more: int = 0) -> str:
    for start, end in sites:
        end = min(end + more, len(letters))
        letters = letters[:start] + "N" * (end - start) + letters[end:]
    return letters


def _cut(letters: str, sites: Sites) -> str:
    gone = {place for start, end in sites for place in range(start, end)}
    return "".join(letter for place, letter in enumerate(letters) if place not in gone)


def _one_n_each(letters: str, sites: Sites) -> str:
    for start, end in sites:
        letters = letters[:start] + "N" + letters[end:]
    return letters


def _everywhere(letters: str, sites: Sites) -> str:
    mutant = letters
    for start, end in sites:
        mutant = mutant.replace(letters[start:end], "N" * (end - start))
    return mutant


def _knockout(answer: Answer, letters: str, sites: Sites) -> float:
    return answer(_silenced(letters, sites)) - answer(letters)


@checker(
    "knock_out",
    "Taken one by one, copies hide behind each other. Ask about them together before you say that "
    "a motif does not matter.",
)
def knock_out(function: Any) -> str | None:
    """``knock_out(answer, letters, sites)``: change when all sites become N at once."""
    return compare_function(
        function,
        _knockout,
        _KNOCKOUTS,
        {
            "The sign is turned: the answer without the sites, less the answer with them.": (
                lambda *case: -_knockout(*case)
            ),
            "You knock out one site at a time, and add up the changes. That is what hides copies: "
            "knock out all of them in the same sequence.": lambda answer, letters, sites: sum(
                _knockout(answer, letters, [site]) for site in sites
            ),
            "Only the last site is gone. Each round begins with the original letters again: go on "
            "with what the round before has left.": (
                lambda answer, letters, sites: _knockout(answer, letters, sites[-1:])
            ),
            "Only the first site is gone. Is the `return` inside the loop?": (
                lambda answer, letters, sites: _knockout(answer, letters, sites[:1])
            ),
            "You have cut the letters out, and the sequence is shorter: what lies on both sides "
            "moves together, and can form a new word. Write N in their place.": (
                lambda answer, letters, sites: answer(_cut(letters, sites)) - answer(letters)
            ),
            "One letter too many is gone. The end is not part of the site.": (
                lambda answer, letters, sites: (
                    answer(_silenced(letters, sites, 1)) - answer(letters)
                )
            ),
            "That is the answer without the sites. Subtract the answer with them.": (
                lambda answer, letters, sites: answer(_silenced(letters, sites))
            ),
            "You give one change for each site. Knock out all of them in the same sequence, and "
            "give one number.": lambda answer, letters, sites: [
                _knockout(answer, letters, [site]) for site in sites
            ],
            "You have written a single N for each site, so the sequence is shorter now. Write as "
            "many as it has letters.": lambda answer, letters, sites: (
                answer(_one_n_each(letters, sites)) - answer(letters)
            ),
            "You have replaced the same word everywhere, as `replace` does. Knock out the places "
            "that are listed.": lambda answer, letters, sites: (
                answer(_everywhere(letters, sites)) - answer(letters)
            ),
            "You ask about the sites alone. Ask about the sequence without them.": (
                lambda answer, letters, sites: (
                    answer("".join(letters[start:end] for start, end in sites)) - answer(letters)
                )
            ),
        },
        otherwise="Loop over the sites and replace each by N in the same text. Ask once at the "
        "end, and subtract the answer to the original.",
        errors={"Text cannot be changed in place. Build a new one from pieces.": "item assignment"},
    )
