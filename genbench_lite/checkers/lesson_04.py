"""Checkers of lesson 04, Audit before you train."""

from __future__ import annotations

from collections import Counter
from operator import eq
from typing import Any

import numpy as np
import pandas as pd

from .compare import compare_function, show
from .registry import checker


def _common(labels: Any) -> int:
    return int(np.bincount(labels).argmax())


def _share(labels: Any, label: int) -> float:
    return float(np.mean(np.asarray(labels) == label))


@checker(
    "majority_baseline",
    "The class is chosen on the training rows, and counted on the test rows. Whatever you learn, "
    "learn it on one side and measure it on the other.",
)
def majority_baseline(function: Any) -> str | None:
    """``majority_baseline(train, test) -> float``: always the most common class of training."""
    cases = [
        ([1, 1, 0], [0, 0, 0, 1]),
        ([0, 1, 2, 2, 2], [2, 0, 1, 2, 0, 0, 2, 0]),
        ([1, 1, 1, 0, 2], [0, 0, 1, 0, 2, 2, 2]),
        ([0, 0, 1], [1, 1, 0, 1, 0]),
    ]
    return compare_function(
        function,
        lambda train, test: _share(test, _common(train)),
        [(np.array(train), np.array(test)) for train, test in cases],
        {
            "You choose the most common class of the test rows. A model has never seen them: "
            "choose on the training rows, and count on the test rows.": (
                lambda train, test: _share(test, _common(test))
            ),
            "That is the share in the training rows. The class is chosen there, but an accuracy "
            "is counted on the test rows.": lambda train, test: _share(train, _common(train)),
            "You return the class itself. How often is it right, of all test rows?": (
                lambda train, test: _common(train)
            ),
            "You return how many test rows are right. Divide by the number of test rows.": (
                lambda train, test: int((test == _common(train)).sum())
            ),
            "That is per cent. Return a ratio from 0 to 1.": (
                lambda train, test: 100 * _share(test, _common(train))
            ),
            "You divide by the number of training rows. The answers are given for the test "
            "rows.": lambda train, test: (test == _common(train)).sum() / len(train),
            "You return one answer for each test row. The mean of them is the accuracy.": (
                lambda train, test: test == _common(train)
            ),
            "You choose the most common class of training and test rows together. The test rows "
            "have a say in it then, and nobody has asked them yet: choose on the training rows "
            "alone.": lambda train, test: _share(test, _common(np.concatenate([train, test]))),
            "`.max()` of the counts says how many rows the largest class has. Which class it is "
            "says `.argmax()`.": lambda train, test: int(np.bincount(train).max()),
            "You compare the labels with `.max()` of the counts, and that is a number of rows. "
            "Which class it is says `.argmax()`.": (
                lambda train, test: _share(test, int(np.bincount(train).max()))
            ),
        },
        otherwise="Find the most common class of `train_labels`, then the share of it in "
        "`test_labels`.",
        errors={
            "There may be more test rows than training rows, so they cannot be compared row by "
            "row. Compare the test labels with one class.": "broadcast",
            "The labels are NumPy arrays, not lists. `test_labels == 1` says of each whether it "
            "is 1, and `.mean()` of that is the share.": "ndarray.* has no attribute",
        },
    )


def _by_length(lengths: Any, labels: Any) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for length, label in zip(lengths, labels, strict=True):
        found.setdefault(length, []).append(label)
    return found


def _as_dict(function: Any) -> Any:
    """The same function; a Series of pandas is as good as a dictionary."""
    if not callable(function):
        return function

    def wrapped(lengths: Any, labels: Any) -> Any:
        result = function(lengths, labels)
        return result.to_dict() if isinstance(result, pd.Series) else result

    wrapped.__name__ = getattr(function, "__name__", "<object>")
    return wrapped


@checker(
    "length_rule",
    "You have trained a model. It is a dictionary, it has read no letter, and it will do well.",
)
def length_rule(function: Any) -> str | None:
    """``length_rule(lengths, labels) -> dict``: each length to its most common label."""
    cases = [
        ([9, 9, 9], ["b", "b", "a"]),
        ([9, 5, 9, 9], ["a", "b", "b", "b"]),
        ([200, 315, 200, 200, 280], ["promoter", "ocr", "enhancer", "enhancer", "ocr"]),
        ([7, 7, 7, 8, 8, 8], ["a", "b", "a", "c", "b", "b"]),
    ]
    return compare_function(
        _as_dict(function),
        lambda lengths, labels: {
            length: Counter(found).most_common(1)[0][0]
            for length, found in _by_length(lengths, labels).items()
        },
        cases,
        {
            "Later rows overwrite earlier ones: the last label wins. Collect all labels of a "
            "length first, then take the most common.": (
                lambda lengths, labels: dict(zip(lengths, labels, strict=True))
            ),
            "You keep the first label of each length. Collect all of them, then take the most "
            "common.": lambda lengths, labels: {
                length: found[0] for length, found in _by_length(lengths, labels).items()
            },
            "You return all labels of each length. Which of them is the most common?": _by_length,
            "You return how many rows have each length. We need their most common label.": (
                lambda lengths, labels: dict(Counter(lengths))
            ),
            "Every length gets the label that is most common overall. Count the labels of each "
            "length by themselves.": lambda lengths, labels: dict.fromkeys(
                lengths, Counter(labels).most_common(1)[0][0]
            ),
            "You return how often the most common label occurs. Return the label.": (
                lambda lengths, labels: {
                    length: Counter(found).most_common(1)[0][1]
                    for length, found in _by_length(lengths, labels).items()
                }
            ),
            "Your dictionary goes from label to length. We ask it for a label, and know the "
            "length.": lambda lengths, labels: dict(zip(labels, lengths, strict=True)),
            "`most_common(1)` gives a list of pairs. The label is `[0][0]` of it.": (
                lambda lengths, labels: {
                    length: Counter(found).most_common(1)
                    for length, found in _by_length(lengths, labels).items()
                }
            ),
            "You return a label and how often it occurs. The label alone is asked for.": (
                lambda lengths, labels: {
                    length: Counter(found).most_common(1)[0]
                    for length, found in _by_length(lengths, labels).items()
                }
            ),
            "`max` of labels takes the last one in the alphabet. With `key=` it takes the one that "
            "is counted most: `max(set(here), key=here.count)`.": lambda lengths, labels: {
                length: max(found) for length, found in _by_length(lengths, labels).items()
            },
            "You count each label among all rows. Count it among the rows of one length: "
            "`key=here.count`, where `here` holds their labels.": lambda lengths, labels: {
                length: max(found, key=labels.count)
                for length, found in _by_length(lengths, labels).items()
            },
            "A set holds each label once, and forgets how often it came. Collect the labels of a "
            "length in a list.": lambda lengths, labels: {
                length: set(found) for length, found in _by_length(lengths, labels).items()
            },
            "You return one label for all. We need a dictionary, with an entry for each length.": (
                lambda lengths, labels: Counter(labels).most_common(1)[0][0]
            ),
            "Your function returns after the first row. Is the `return` inside of the loop?": (
                lambda lengths, labels: {lengths[0]: labels[0]}
            ),
            "That is the rule of the example. Learn it from `lengths` and `labels`, whatever they "
            "are.": lambda lengths, labels: {200: "enhancer", 315: "ocr", 280: "ocr"},
        },
        otherwise="For each length, collect the labels of its rows, and take the most common.",
    )


def _shared(a: tuple[int, int], b: tuple[int, int]) -> int:
    return max(0, min(a[1], b[1]) - max(a[0], b[0]))


@checker(
    "shared_bases",
    "From the later start to the earlier end. If the end comes first, there is nothing between.",
)
def shared_bases(function: Any) -> str | None:
    """``shared_bases(a, b) -> int``: bases in both of two half-open intervals."""
    return (
        compare_function(
            function,
            _shared,
            [
                ((0, 10), (4, 12)),
                ((4, 12), (0, 10)),
                ((0, 100), (30, 50)),
                ((30, 50), (0, 100)),
                ((5, 9), (5, 9)),
                ((10, 251), (200, 451)),
            ],
            {
                "You count one base too many. The end is not part of a half-open interval.": (
                    lambda a, b: min(a[1], b[1]) - max(a[0], b[0]) + 1
                ),
                "You count one base too few. The end of a half-open interval is not part of it, so "
                "the end minus the start is the number of bases.": lambda a, b: max(
                    0, min(a[1], b[1]) - max(a[0], b[0]) - 1
                ),
                "You assume that `a` starts first. Take the later of the two starts, with `max`.": (
                    lambda a, b: max(0, min(a[1], b[1]) - b[0])
                ),
                "You assume that `a` starts first, and ends first. Take the later start with "
                "`max`, and the earlier end with `min`.": lambda a, b: max(0, a[1] - b[0]),
                "You assume that `b` starts first, and ends first. Take the later start with "
                "`max`, and the earlier end with `min`.": lambda a, b: max(0, b[1] - a[0]),
                "You return the bases themselves. `len` says how many they are.": lambda a, b: (
                    set(range(*a)) & set(range(*b))
                ),
                "That is where the common part begins and ends. How many bases are between?": (
                    lambda a, b: (max(a[0], b[0]), min(a[1], b[1]))
                ),
                "`min(0, ...)` is never more than 0. To get at least 0, take `max(0, ...)`.": (
                    lambda a, b: min(0, min(a[1], b[1]) - max(a[0], b[0]))
                ),
                "An interval is two numbers, its start and its end. You ask which of these numbers "
                "are the same, and we need the bases between.": lambda a, b: len(set(a) & set(b)),
                "That is the length of the shorter one. Does all of it lie in the other?": (
                    lambda a, b: min(a[1] - a[0], b[1] - b[0])
                ),
                "You say whether they share bases. We need how many.": lambda a, b: (
                    _shared(a, b) > 0
                ),
                "That is how many bases are in one of them or in both. We need those in both: the "
                "earlier end, less the later start.": lambda a, b: (
                    max(a[1], b[1]) - min(a[0], b[0])
                ),
                "That is the share of `a`. We need the number of bases.": lambda a, b: (
                    _shared(a, b) / (a[1] - a[0])
                ),
                "The sign is wrong: the end minus the start, not the other way round.": (
                    lambda a, b: max(a[0], b[0]) - min(a[1], b[1])
                ),
                "That is how far apart the starts are.": lambda a, b: abs(a[0] - b[0]),
            },
            otherwise="What is in both begins at the later start, and ends at the earlier end.",
        )
        or compare_function(
            function,
            _shared,
            [((0, 10), (10, 20)), ((10, 20), (0, 10))],
            otherwise="They touch. The base at 10 belongs to the second one alone, so they share "
            "none.",
        )
        or compare_function(
            function,
            _shared,
            [((0, 10), (30, 40)), ((30, 40), (0, 10)), ((1, 2), (5, 9))],
            {
                "They lie apart, and the difference falls below zero. There is no less than no "
                "base: `max(0, ...)`.": lambda a, b: min(a[1], b[1]) - max(a[0], b[0]),
                "They lie apart. That is the gap between them, not what they share.": (
                    lambda a, b: abs(min(a[1], b[1]) - max(a[0], b[0]))
                ),
            },
            otherwise="They lie apart, and share no base: the answer is 0, whichever comes first.",
        )
    )


_A, _B, _C = ("chr1", 100, 351), ("chr1", 900, 1151), ("chr2", 100, 351)


def _seen(test: Any, train: Any) -> float:
    return sum(row in set(train) for row in test) / len(test)


@checker(
    "share_seen",
    "A row is its chromosome, start and end together. Each test row counts, a copy of another one "
    "as well, because it counts in the accuracy too.",
)
def share_seen(function: Any) -> str | None:
    """``share_seen(test, train) -> float``: share of the test rows that stand in training."""
    cases = [
        ([_A, _C], [_A, _B, _B]),
        ([_A, _A, _B, _C], [_A, ("chr3", 5, 9)]),
        ([_C, _B, _C], [_A, _A, _A, ("chr2", 100, 400), _B]),
        ([_A, _A, _C, _C, ("chr1", 100, 400)], [_C, _A, _A]),
    ]
    return compare_function(
        function,
        _seen,
        cases,
        {
            "You return the number of rows. Divide by the number of test rows.": (
                lambda test, train: sum(row in train for row in test)
            ),
            "You divide by the number of training rows. We ask about the test rows.": (
                lambda test, train: sum(row in train for row in test) / len(train)
            ),
            "You divide by the number of distinct training rows. We ask about the test rows: how "
            "many of them are there?": (
                lambda test, train: sum(row in train for row in test) / len(set(train))
            ),
            "You count the training rows that stand in test. It is the other way round: go through "
            "`test`, and look in `train`.": (
                lambda test, train: sum(row in test for row in train) / len(test)
            ),
            "You compare the first row with the first, the second with the second. A test row may "
            "stand anywhere in `train`: `row in known`.": (
                lambda test, train: sum(map(eq, test, train)) / len(test)
            ),
            "You return one answer for each test row. The mean of them is the share.": (
                lambda test, train: [row in train for row in test]
            ),
            "You count how often each test row stands in training. We ask whether it does: a row "
            "that stands there twice is known, and no more than known.": (
                lambda test, train: sum(map(train.count, test)) / len(test)
            ),
            "You return the number of distinct rows. Go through the list `test`, row by row, and "
            "divide by the number of test rows.": lambda test, train: len(set(test) & set(train)),
            "`//` throws away what is behind the point. Divide with `/`.": (
                lambda test, train: sum(row in train for row in test) // len(test)
            ),
            "That is the share of the training rows that stand in test. Ask it of each test row.": (
                lambda test, train: _seen(train, test)
            ),
            "A set holds each row once, so copies within the test rows get lost above the line. "
            "Go through the list `test`, row by row.": (
                lambda test, train: len(set(test) & set(train)) / len(test)
            ),
            "You count distinct rows. In an accuracy a row that comes twice counts twice: go "
            "through the list `test`.": (
                lambda test, train: len(set(test) & set(train)) / len(set(test))
            ),
            "That is the share of the new rows. We need the others.": (
                lambda test, train: 1 - _seen(test, train)
            ),
            "That is per cent. Return a ratio from 0 to 1.": (
                lambda test, train: 100 * _seen(test, train)
            ),
            "You compare the starts alone. Chromosome, start and end must all agree.": (
                lambda test, train: _seen([row[1] for row in test], [row[1] for row in train])
            ),
            "You compare chromosome and start. The end must agree, too.": (
                lambda test, train: _seen([row[:2] for row in test], [row[:2] for row in train])
            ),
            "You leave the chromosome out. The same start and end on another chromosome is "
            "another place.": (
                lambda test, train: _seen([row[1:] for row in test], [row[1:] for row in train])
            ),
        },
        otherwise="For each row of `test` ask whether it is in `set(train)`, and take the mean.",
    )


_WAYS = ("chromosome", "cluster", "length_matched")
_ASKED = {
    "human_ensembl_regulatory": ("length_matched",),
    # both keep windows that overlap on one side
    "human_nontata_promoters": ("chromosome", "cluster"),
    "windows": ("cluster",),
}
_WHY_NOT = {
    ("human_ensembl_regulatory", "chromosome"): "On every chromosome the enhancers lie on the "
    "grid of 200 bp. Which way takes the length away?",
    ("human_ensembl_regulatory", "cluster"): "Its rows do not overlap, so there is nothing to keep "
    "together. What gives its classes away?",
    ("human_nontata_promoters", "length_matched"): "It would keep relatives together, and leave "
    "nothing out. But all rows have one length already, so there is nothing to match. Choose a way "
    "for what is wrong here: windows that overlap.",
    ("windows", "chromosome"): "Our windows have no coordinates, so nobody knows their chromosome. "
    "What do we know of them?",
    ("windows", "length_matched"): "It would keep relatives together, and leave nothing out. But "
    "our windows all have one length, so there is nothing to match. Choose the way for what is "
    "wrong here: windows of one site, on both sides.",
}


@checker(
    "choose_split",
    "Ask what gives the answer away, and choose the way that takes it away.",
)
def choose_split(answer: Any) -> str | None:
    """A dict from dataset to way; of several fair ways for one dataset each is right."""
    if not isinstance(answer, dict) or set(answer) != set(_ASKED):
        names = ", ".join(f"`{name}`" for name in _ASKED)
        return f"We need a dictionary with an entry for each of {names}, and no other."
    for name, right in _ASKED.items():
        way = answer[name]
        if not isinstance(way, str) or way not in _WAYS:
            ways = ", ".join(f'`"{one}"`' for one in _WAYS)
            return f"{show(way)} is no way to split. For `{name}` choose one of {ways}."
        if way not in right:
            return f"`{name}`, split by {way}: {_WHY_NOT[name, way]}"
    return None
