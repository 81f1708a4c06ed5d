"""Right and wrong answers to the exercises of lesson 08: ``{name: (right, {word: wrong})}``."""

from __future__ import annotations

import numpy as np
import pandas as pd
import torch
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

ON_TEST = "chosen on the test set"


def best_in_a_loop(rows):
    best, highest = None, 0
    for model, accuracy, notes in rows:
        if ON_TEST not in notes and accuracy > highest:
            best, highest = model, accuracy
    return best


def best_by_pandas(rows):
    table = pd.DataFrame(rows, columns=["model", "accuracy", "notes"])
    table = table[~table["notes"].str.contains(ON_TEST)]
    return table.sort_values("accuracy")["model"].iloc[-1]


def rest(rows):
    return [row for row in rows if ON_TEST not in row[2]]


def by_accuracy(row):
    return row[1]


def share_in_a_loop(accuracy, shortcuts):
    best = 0
    for value in shortcuts.values():
        best = max(best, value)
    return 1 - (1 - accuracy) / (1 - best)


def half_by_powers(accuracy, rows):
    return 1.96 * (accuracy - accuracy**2) ** 0.5 / rows**0.5


def words(n=4, **more):
    return CountVectorizer(analyzer="char", ngram_range=(n, n), **more)


def four_letter_words(random_state):
    return make_pipeline(words(lowercase=False), LogisticRegression(random_state=random_state))


def forest(random_state):
    return make_pipeline(words(5), RandomForestClassifier(random_state=random_state))


def without_a_seed():
    return make_pipeline(TfidfVectorizer(analyzer="char", ngram_range=(3, 5)), MultinomialNB())


def forgets_the_seed(random_state):
    return make_pipeline(words(5), RandomForestClassifier(20))


def no_probabilities(random_state):
    return make_pipeline(words(), LinearSVC(random_state=random_state))


def blank_separated(random_state):
    return make_pipeline(CountVectorizer(), LogisticRegression(random_state=random_state))


def no_text(random_state):
    return LogisticRegression(random_state=random_state)


ONE = four_letter_words(0)


ANSWERS = {
    "best_honest": (
        [best_in_a_loop, best_by_pandas],
        {
            "best of all rows": lambda rows: max(rows, key=by_accuracy)[0],
            "nothing else": lambda rows: max(
                [row for row in rows if row[2] != ON_TEST], key=by_accuracy
            )[0],
            "Return its name alone": lambda rows: max(rest(rows), key=by_accuracy),
            "accuracy of the right model": lambda rows: max(row[1] for row in rest(rows)),
            "compare names": lambda rows: max(rest(rows))[0],
            "same by name": lambda rows: max(rest(rows)),
            "lowest accuracy": lambda rows: min(rest(rows), key=by_accuracy)[0],
            "first of the rest": lambda rows: rest(rows)[0][0],
            "all of the rest. Return the name": rest,
            "names of all": lambda rows: [row[0] for row in rest(rows)],
            "*without* the note": lambda rows: max(
                [row for row in rows if ON_TEST in row[2]], key=by_accuracy
            )[0],
            "First keep the rows": lambda rows: "Z",
            "without brackets": "B",
            "returns nothing yet": lambda rows: ...,
        },
    ),
    "solved_share": (
        [
            share_in_a_loop,
            lambda accuracy, shortcuts: (
                (accuracy - max(shortcuts.values())) / (1 - max(shortcuts.values()))
            ),
        ],
        {
            "points on top": lambda a, s: a - max(s.values()),
            "majority class": lambda a, s: (a - s["majority"]) / (1 - s["majority"]),
            "worst shortcut": lambda a, s: (a - min(s.values())) / (1 - min(s.values())),
            "first shortcut": lambda a, s: share_in_a_loop(a, dict([next(iter(s.items()))])),
            "mean of the shortcuts": lambda a, s: (
                (a - np.mean([*s.values()])) / (1 - np.mean([*s.values()]))
            ),
            "is a name": lambda a, s: (a - s[max(s)]) / (1 - s[max(s)]),
            "what the shortcut solves": lambda a, s: (a - max(s.values())) / max(s.values()),
            "multiple": lambda a, s: a / max(s.values()),
            "leaves, too": lambda a, s: (1 - a) / (1 - max(s.values())),
            "what the *model* leaves": lambda a, s: (a - max(s.values())) / (1 - a),
            "sign is turned": lambda a, s: (max(s.values()) - a) / (1 - max(s.values())),
            "cut off below zero": lambda a, s: max(0, share_in_a_loop(a, s)),
            "per cent": lambda a, s: 100 * share_in_a_loop(a, s),
            "gives its names": lambda a, s: (a - max(s)) / (1 - max(s)),
            "on top, and there was": lambda a, s: 0.25,
        },
    ),
    "half_width": (
        [half_by_powers, lambda a, n: 1.96 * np.sqrt(a * (1 - a) / n)],
        {
            "one standard error": lambda a, n: np.sqrt(a * (1 - a) / n),
            "whole width": lambda a, n: 2 * 1.96 * np.sqrt(a * (1 - a) / n),
            "rule of thumb": lambda a, n: 2 * np.sqrt(a * (1 - a) / n),
            "variance of the mean": lambda a, n: a * (1 - a) / n,
            "square root is missing": lambda a, n: 1.96 * a * (1 - a) / n,
            "under the square root, too": lambda a, n: 1.96 * np.sqrt(a * (1 - a)) / n,
            "that is for one row": lambda a, n: 1.96 * np.sqrt(a * (1 - a)),
            "one row less": lambda a, n: 1.96 * np.sqrt(a * (1 - a) / (n - 1)),
            "outside of the square root": lambda a, n: np.sqrt(1.96 * a * (1 - a) / n),
            "second factor": lambda a, n: 1.96 * np.sqrt(a / n),
            "variance of a coin": lambda a, n: 1.96 * np.sqrt(0.25 / n),
            "in points": lambda a, n: 196 * np.sqrt(a * (1 - a) / n),
            "both ends": lambda a, n: (
                a - half_by_powers(a, n),
                a + half_by_powers(a, n),
            ),
            "upper end": lambda a, n: a + half_by_powers(a, n),
            "lower end": lambda a, n: a - half_by_powers(a, n),
            "Variance of one row": lambda a, n: 0.01,
            "Do not round": lambda a, n: round(1.96 * (a * (1 - a) / n) ** 0.5, 3),
        },
    ),
    "build_classifier": (
        [four_letter_words, forest, without_a_seed],
        {
            "without brackets": ONE,
            "We need your function": LogisticRegression,
            "Did you print": lambda random_state: print(four_letter_words(random_state)),
            "returns nothing yet": lambda random_state: [words(), ...],
            "by this name": lambda seed_of_mine: four_letter_words(seed_of_mine),
            "same object": lambda random_state: ONE,
            "class `LogisticRegression` itself": lambda random_state: LogisticRegression,
            "make_pipeline(a, b)": lambda random_state: (words(), LogisticRegression()),
            "no `predict_proba`": no_probabilities,
            "lacks `fit`": lambda random_state: torch.nn.Linear(4, 2),
            "turn text into counts": no_text,
            "words between blanks": lambda random_state: make_pipeline(
                CountVectorizer(ngram_range=(3, 3)), LogisticRegression()
            ),
            "Put the imports inside": lambda random_state: LogisticRegresion(),  # noqa: F821
            "cannot see": blank_separated,
            "two answers": forgets_the_seed,
            "raises `ZeroDivisionError": lambda random_state: 1 / 0,
            "raises `InvalidParameterError": lambda random_state: make_pipeline(
                words(), LogisticRegression(C=-1)
            ),
        },
    ),
}
