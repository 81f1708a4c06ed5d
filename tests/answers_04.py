"""Right and wrong answers to the exercises of lesson 04: ``{name: (right, {word: wrong})}``."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd


def majority_in_a_loop(train, test):
    counts = {}
    for label in train.tolist():
        counts[label] = counts.get(label, 0) + 1
    common = max(counts, key=counts.get)
    return sum(1 for label in test if label == common) / len(test)


def share_of(labels, label):
    return np.mean(labels == label)


def common(labels):
    return np.bincount(labels).argmax()


def rule_by_lists(lengths, labels):
    rule = {}
    for length in set(lengths):
        found = [b for a, b in zip(lengths, labels, strict=True) if a == length]
        rule[length] = max(set(found), key=found.count)
    return rule


def rule_by_pandas(lengths, labels):
    return pd.crosstab(np.array(lengths), np.array(labels)).idxmax(axis=1)


def counters(lengths, labels):
    found = {}
    for length, label in zip(lengths, labels, strict=True):
        found.setdefault(length, Counter())[label] += 1
    return found


def first_label(lengths, labels):
    rule = {}
    for length, label in zip(lengths, labels, strict=True):
        rule.setdefault(length, label)
    return rule


def shared_by_sets(a, b):
    return len(set(range(*a)) & set(range(*b)))


def shared_by_cases(a, b):
    start, end = max(a[0], b[0]), min(a[1], b[1])
    if end <= start:
        return 0
    return end - start


def at_least(bases, least=0):
    """A function that is wrong about apart or touching intervals only."""

    def shared(a, b):
        return bases(a, b) if shared_by_sets(a, b) == 0 else shared_by_sets(a, b)

    return shared


def seen_in_a_loop(test, train):
    known = 0
    for row in test:
        known += row in train
    return known / len(test)


def seen(test, train):
    return sum(row in train for row in test)


REGULATORY, PROMOTERS, WINDOWS = "human_ensembl_regulatory", "human_nontata_promoters", "windows"


def ways(regulatory="length_matched", promoters="chromosome", windows="cluster"):
    return {REGULATORY: regulatory, PROMOTERS: promoters, WINDOWS: windows}


ANSWERS = {
    "majority_baseline": (
        [
            majority_in_a_loop,
            lambda train, test: (test == np.bincount(train).argmax()).mean(),
            lambda train, test: (pd.Series(test) == pd.Series(train).mode()[0]).mean(),
        ],
        {
            "never seen them": lambda train, test: share_of(test, common(test)),
            "share in the training rows": lambda train, test: share_of(train, common(train)),
            "the class itself": lambda train, test: common(train),
            "how many test rows": lambda train, test: (test == common(train)).sum(),
            "per cent": lambda train, test: 100 * share_of(test, common(train)),
            "number of training rows": lambda train, test: (
                (test == common(train)).sum() / len(train)
            ),
            "one answer for each": lambda train, test: test == common(train),
            "training and test rows together": lambda train, test: share_of(
                test, common([*train, *test])
            ),
            "says how many rows the largest class": lambda train, test: np.bincount(train).max(),
            "that is a number of rows": lambda train, test: share_of(
                test, np.bincount(train).max()
            ),
            "cannot be compared row by row": lambda train, test: np.add(train, test).mean(),
            "not lists": lambda train, test: test.count(1) / len(test),
            "then the share of it": lambda train, test: 0.123,
        },
    ),
    "length_rule": (
        [
            rule_by_lists,
            rule_by_pandas,
            lambda lengths, labels: {
                length: counter.most_common(1)[0][0]
                for length, counter in counters(lengths, labels).items()
            },
        ],
        {
            "last label wins": lambda lengths, labels: dict(zip(lengths, labels, strict=True)),
            "first label": first_label,
            "all labels of each length": lambda lengths, labels: {
                length: [b for a, b in zip(lengths, labels, strict=True) if a == length]
                for length in lengths
            },
            "how many rows have each length": lambda lengths, labels: dict(Counter(lengths)),
            "most common overall": lambda lengths, labels: dict.fromkeys(
                lengths, Counter(labels).most_common(1)[0][0]
            ),
            "Return the label.": lambda lengths, labels: {
                length: max(counter.values())
                for length, counter in counters(lengths, labels).items()
            },
            "from label to length": lambda lengths, labels: dict(zip(labels, lengths, strict=True)),
            "a list of pairs": lambda lengths, labels: {
                length: counter.most_common(1)
                for length, counter in counters(lengths, labels).items()
            },
            "a label and how often": lambda lengths, labels: {
                length: counter.most_common(1)[0]
                for length, counter in counters(lengths, labels).items()
            },
            "in the alphabet": lambda lengths, labels: {
                length: max(counter) for length, counter in counters(lengths, labels).items()
            },
            "among all rows": lambda lengths, labels: {
                length: max(counter, key=labels.count)
                for length, counter in counters(lengths, labels).items()
            },
            "forgets how often": lambda lengths, labels: {
                length: set(counter) for length, counter in counters(lengths, labels).items()
            },
            "one label for all": lambda lengths, labels: max(labels, key=labels.count),
            "after the first row": lambda lengths, labels: dict(
                zip(lengths[:1], labels[:1], strict=True)
            ),
            "rule of the example": lambda lengths, labels: {
                200: "enhancer",
                280: "ocr",
                315: "ocr",
            },
            "collect the labels of its rows": lambda lengths, labels: {},
        },
    ),
    "shared_bases": (
        [shared_by_sets, shared_by_cases],
        {
            "one base too many": lambda a, b: max(0, min(a[1], b[1]) - max(a[0], b[0]) + 1),
            "one base too few": lambda a, b: max(0, shared_by_sets(a, b) - 1),
            "that `b` starts first": lambda a, b: b[1] - a[0],
            "the bases themselves": lambda a, b: set(range(*a)) & set(range(*b)),
            "begins and ends. How many": lambda a, b: (max(a[0], b[0]), min(a[1], b[1])),
            "never more than 0": lambda a, b: min(0, shared_by_sets(a, b)),
            "its start and its end": lambda a, b: len({*a} & {*b}),
            "length of the shorter": lambda a, b: min(len(range(*a)), len(range(*b))),
            "the later of the two starts": lambda a, b: max(0, min(a[1], b[1]) - b[0]),
            "and ends first": lambda a, b: max(0, a[1] - b[0]),
            "We need how many": lambda a, b: shared_by_sets(a, b) > 0,
            "in one of them or in both": lambda a, b: max(a[1], b[1]) - min(a[0], b[0]),
            "share of `a`": lambda a, b: shared_by_sets(a, b) / (a[1] - a[0]),
            "sign is wrong": lambda a, b: max(a[0], b[0]) - min(a[1], b[1]),
            "how far apart the starts": lambda a, b: abs(a[0] - b[0]),
            "ends at the earlier end": lambda a, b: 7,
            "They touch": at_least(lambda a, b: 1),
            "falls below zero": lambda a, b: min(a[1], b[1]) - max(a[0], b[0]),
            "the gap between them": lambda a, b: abs(min(a[1], b[1]) - max(a[0], b[0])),
            "the answer is 0": at_least(lambda a, b: 3 if b[0] - a[1] > 0 else 0),
        },
    ),
    "share_seen": (
        [
            seen_in_a_loop,
            lambda test, train: np.mean([row in set(train) for row in test]),
        ],
        {
            "the number of rows": seen,
            "number of training rows": lambda test, train: seen(test, train) / len(train),
            "number of distinct training rows": lambda test, train: (
                seen(test, train) / len({*train})
            ),
            "It is the other way round": lambda test, train: seen(train, test) / len(test),
            "the first row with the first": lambda test, train: (
                sum(a == b for a, b in zip(test, train, strict=False)) / len(test)
            ),
            "one answer for each test row": lambda test, train: [row in train for row in test],
            "no more than known": lambda test, train: (
                sum(train.count(row) for row in test) / len(test)
            ),
            "Go through the list `test`, row by row, and divide": lambda test, train: len(
                {*test} & {*train}
            ),
            "behind the point": lambda test, train: seen(test, train) // len(test),
            "training rows that stand in test": lambda test, train: seen_in_a_loop(train, test),
            "get lost above the line": lambda test, train: len(set(test) & set(train)) / len(test),
            "distinct rows": lambda test, train: len(set(test) & set(train)) / len(set(test)),
            "the new rows": lambda test, train: 1 - seen_in_a_loop(test, train),
            "per cent": lambda test, train: 100 * seen_in_a_loop(test, train),
            "the starts alone": lambda test, train: seen_in_a_loop(
                [start for _, start, _ in test], [start for _, start, _ in train]
            ),
            "chromosome and start": lambda test, train: seen_in_a_loop(
                [row[:2] for row in test], [row[:2] for row in train]
            ),
            "leave the chromosome out": lambda test, train: seen_in_a_loop(
                [row[1:] for row in test], [row[1:] for row in train]
            ),
            "and take the mean": lambda test, train: 0.77,
        },
    ),
    "choose_split": (
        [ways(), ways(promoters="cluster")],
        {
            "takes the length away": ways(regulatory="chromosome"),
            "nothing to keep together": ways(regulatory="cluster"),
            "windows that overlap": ways(promoters="length_matched"),
            "no coordinates": ways(windows="chromosome"),
            "windows of one site": ways(windows="length_matched"),
            "no way to split": ways(windows="random"),
            "an entry for each": {REGULATORY: "length_matched"},
        },
    ),
}
