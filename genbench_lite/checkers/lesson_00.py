"""Checkers of lesson 00, Start here."""

from __future__ import annotations

from typing import Any

import numpy as np

from .compare import compare_function, compare_value
from .registry import checker

# 2/7 is 0.2857: whoever writes 0.29 has rounded well, 0.28 has not
_ROUNDED = 0.016


@checker("gc_of_gattaca", "Two of the seven letters of `GATTACA` are G or C: a ratio of 2/7.")
def gc_of_gattaca(gc: Any) -> str | None:
    """``gc``: the GC content of ``GATTACA``, a ratio."""
    return compare_value(
        gc,
        2 / 7,
        {
            "That is per cent. GC content is a ratio from 0 to 1 here: leave out the `* 100`.": (
                200 / 7
            ),
            "That is the count of G and C. Divide it by the number of letters.": 2,
            "That is the share of A and T. GC content counts the other two letters.": 5 / 7,
            "You have divided by the number of A and T. Divide by all seven letters.": 2 / 5,
            "That is one letter of seven. Count G and C together.": 1 / 7,
            "That is 0: `//` drops the fraction. Divide with `/`.": 0,
            "Nearly right, but cut off and not rounded. Let Python divide, and keep all digits.": (
                0.28
            ),
            "Nearly right, but rounded too far. Let Python divide, and keep all digits.": 0.3,
        },
        otherwise="Count the letters that are G or C, and divide by the number of all letters.",
        tolerance=_ROUNDED,
    )


@checker(
    "majority_accuracy",
    "This is the accuracy of a model that has learned nothing but the class sizes. "
    "Every accuracy deserves this number beside it.",
)
def majority_accuracy(majority: Any) -> str | None:
    """``majority(labels) -> float``: the accuracy of always answering the largest class."""
    labels = [[0, 1, 1], [0, 1, 2, 1, 1, 1], [0, 0, 0, 1, 2], [3, 1, 2, 2, 0, 3, 3], [1, 0, 1, 3]]
    return compare_function(
        majority,
        lambda y: float(np.bincount(y).max() / len(y)),
        [(np.array(y),) for y in labels],
        {
            "You return the label of the largest class. How often is that answer right?": (
                lambda y: np.bincount(y).argmax()
            ),
            "You return how many rows the largest class has. Divide by the number of rows.": (
                lambda y: np.bincount(y).max()
            ),
            "That is the accuracy of guessing at random, 1 / number of classes. Answering the "
            "largest class does better when the classes differ in size.": (
                lambda y: 1 / len(np.unique(y))
            ),
            "That is per cent. Return a ratio from 0 to 1.": (
                lambda y: 100 * np.bincount(y).max() / len(y)
            ),
            "That is the share of class 0, and the largest class may be another one.": (
                lambda y: np.mean(y == 0)
            ),
            "That is the share of the smallest class. Take the maximum of the counts.": (
                lambda y: np.unique(y, return_counts=True)[1].min() / len(y)
            ),
            "That is the mean of the class numbers. They are names, not amounts: count them.": (
                np.mean
            ),
        },
        otherwise="Count the rows of each class, take the largest count, divide by all rows.",
        errors={
            "The labels are a NumPy array, which cannot do this. `np.bincount(labels)` counts "
            "every class; `list(labels)` makes a list.": "AttributeError",
        },
    )


@checker(
    "error_count",
    "Comparing two arrays gives True and False, and their sum counts the True.",
)
def error_count(count: Any) -> str | None:
    """``count(predicted, true) -> int``: the number of wrong predictions."""
    pairs = [
        ([0, 1, 1, 0, 2], [0, 1, 0, 1, 0]),
        ([1, 0, 3], [1, 0, 3]),
        ([2, 0, 1, 1], [0, 1, 1, 3]),
        ([0, 0, 2, 2, 1, 1], [0, 0, 2, 2, 1, 3]),
    ]
    return compare_function(
        count,
        lambda predicted, true: int((predicted != true).sum()),
        [(np.array(predicted), np.array(true)) for predicted, true in pairs],
        {
            "You count the right predictions. Count where the two differ: `!=`.": (
                lambda predicted, true: (predicted == true).sum()
            ),
            "That is the share of wrong predictions. Return how many there are: a sum, no mean.": (
                lambda predicted, true: (predicted != true).mean()
            ),
            "That is the accuracy, the share of right predictions. Count the wrong ones.": (
                lambda predicted, true: (predicted == true).mean()
            ),
            "You return True or False for every row. How many True are there? Take the sum.": (
                lambda predicted, true: predicted != true
            ),
            "You add up differences of class numbers. Class 3 instead of 1 is one error, not "
            "two: compare, don't subtract.": lambda predicted, true: abs(predicted - true).sum(),
            "You add up differences, and positive and negative ones cancel. Compare the class "
            "numbers with `!=`.": lambda predicted, true: (predicted - true).sum(),
        },
        otherwise="Compare the two arrays with `!=`, then count the True.",
    )
