"""Checkers of lesson 08, Run the benchmark."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

from .compare import compare_function, is_unfinished, show, show_error
from .registry import checker

Row = tuple[str, float, str]

_ON_TEST = "chosen on the test set"
_TABLES: list[tuple[list[Row]]] = [
    ([("A", 0.91, f"{_ON_TEST}; seeds not told"), ("B", 0.88, "one run"), ("C", 0.86, "a tenth")],),
    ([("P", 0.7, "a tenth set aside"), ("Q", 0.74, _ON_TEST), ("R", 0.72, "one run")],),
    ([("V", 0.81, "one run"), ("U", 0.83, "part of the rows"), ("W", 0.8, "seeds not told")],),
]


def _rest(rows: list[Row]) -> list[Row]:
    return [row for row in rows if _ON_TEST not in row[2]]


def _best(rows: list[Row]) -> Row:
    return max(rows, key=lambda row: row[1])


@checker(
    "best_honest",
    "The model that you left out may be better or not. Its figure is the best of many looks at the "
    "test rows, so beside the others it tells of protocols as well as of models.",
)
def best_honest(function: Any) -> str | None:
    """``best_honest(rows)``: name of the best model that was not chosen on the test set."""
    return compare_function(
        function,
        lambda rows: _best(_rest(rows))[0],
        _TABLES,
        {
            "That is the best of all rows. Leave out those whose notes hold "
            '"chosen on the test set".': lambda rows: _best(rows)[0],
            "You leave out a row only if its notes are this text and nothing else. There may be "
            "more notes: ask `text in notes`.": lambda rows: _best(
                [row for row in rows if row[2] != _ON_TEST]
            )[0],
            "The model is right. Return its name alone, the first of the three.": (
                lambda rows: _best(_rest(rows))
            ),
            "That is the accuracy of the right model. Return its name.": (
                lambda rows: _best(_rest(rows))[1]
            ),
            "You compare names: `max` of rows looks at their first element. Say "
            "`key=lambda row: row[1]`.": lambda rows: max(_rest(rows))[0],
            "The same by name: `max` of rows looks at their first element. Say "
            "`key=lambda row: row[1]`, and return the name.": lambda rows: max(_rest(rows)),
            "That is the lowest accuracy of the rest. We want the highest.": (
                lambda rows: min(_rest(rows), key=lambda row: row[1])[0]
            ),
            "That is the first of the rest. The rows are in any order: look for the highest "
            "accuracy.": lambda rows: _rest(rows)[0][0],
            "Those are all of the rest. Return the name of the best.": _rest,
            "Those are the names of all of the rest. Return the best.": (
                lambda rows: [row[0] for row in _rest(rows)]
            ),
        },
        otherwise="First keep the rows without the note, then take the one with the highest "
        "accuracy, then its name.",
        errors={
            "Nothing is left. Keep the rows *without* the note: `not in`.": "empty|out of range",
        },
    )


_SHORTCUTS: list[tuple[float, dict[str, float]]] = [
    (0.9, {"majority": 0.5, "length": 0.8}),
    (0.7, {"length": 0.6, "relative": 0.9, "majority": 0.5}),
    (0.6, {"lookup": 0.4, "majority": 0.5, "length": 0.45}),
]


def _share(accuracy: float, best: float) -> float:
    return (accuracy - best) / (1 - best)


@checker(
    "solved_share",
    "1 is all that was left, 0 is as good as the shortcut, and below 0 the shortcut wins.",
)
def solved_share(function: Any) -> str | None:
    """``solved_share(accuracy, shortcuts)``: what the model solves of what the best one leaves."""

    def against(choose: Any) -> Any:
        return lambda accuracy, shortcuts: _share(accuracy, choose(shortcuts))

    return compare_function(
        function,
        against(lambda shortcuts: max(shortcuts.values())),
        _SHORTCUTS,
        {
            "Those are the points on top of the shortcut. Divide by what it left, `1 - best`.": (
                lambda accuracy, shortcuts: accuracy - max(shortcuts.values())
            ),
            "You compare with the majority class. Take the best of all shortcuts.": against(
                lambda shortcuts: shortcuts["majority"]
            ),
            "You compare with the worst shortcut. Take the best, the one that leaves least.": (
                against(lambda shortcuts: min(shortcuts.values()))
            ),
            "You compare with the first shortcut. Take the highest, in whatever order they come.": (
                against(lambda shortcuts: next(iter(shortcuts.values())))
            ),
            "You compare with the mean of the shortcuts. Take the best of them.": against(
                lambda shortcuts: sum(shortcuts.values()) / len(shortcuts)
            ),
            "`max(shortcuts)` is a name, the last in the alphabet. Take the highest of "
            "`shortcuts.values()`.": (against(lambda shortcuts: shortcuts[max(shortcuts)])),
            "You divide by what the shortcut solves. Divide by what it leaves, `1 - best`.": (
                lambda accuracy, shortcuts: accuracy / max(shortcuts.values()) - 1
            ),
            "That is the accuracy as a multiple of the shortcut's. Subtract the shortcut from the "
            "accuracy, then divide by what it left.": (
                lambda accuracy, shortcuts: accuracy / max(shortcuts.values())
            ),
            "That is the share that the model leaves, too. We want what it solves.": (
                lambda accuracy, shortcuts: (1 - accuracy) / (1 - max(shortcuts.values()))
            ),
            "You divide by what the *model* leaves. Divide by what the shortcut leaves.": (
                lambda accuracy, shortcuts: (accuracy - max(shortcuts.values())) / (1 - accuracy)
            ),
            "The sign is turned: above the shortcut is above zero.": (
                lambda accuracy, shortcuts: -_share(accuracy, max(shortcuts.values()))
            ),
            "You cut off below zero. A model that is worse than the shortcut should be seen.": (
                lambda accuracy, shortcuts: max(0.0, _share(accuracy, max(shortcuts.values())))
            ),
            "That is per cent. Give the ratio.": (
                lambda accuracy, shortcuts: 100 * _share(accuracy, max(shortcuts.values()))
            ),
        },
        otherwise="With `best` for the highest shortcut, the model has `accuracy - best` on top, "
        "and there was `1 - best` to get.",
        errors={"A dictionary gives its names. The accuracies are in `shortcuts.values()`.": "str"},
    )


_SIZES = [(0.5, 100), (0.9, 400), (0.75, 242)]


@checker(
    "half_width",
    "Ten times narrower takes a hundred times the rows. And it knows of test rows alone: the seeds "
    "come on top.",
)
def half_width(function: Any) -> str | None:
    """``half_width(accuracy, rows)``: half of the normal 95% interval of an accuracy."""

    def half(accuracy: float, rows: int) -> float:
        return 1.96 * float(np.sqrt(accuracy * (1 - accuracy) / rows))

    return compare_function(
        function,
        half,
        _SIZES,
        {
            "That is one standard error. The interval reaches 1.96 of them to either side.": (
                lambda a, n: half(a, n) / 1.96
            ),
            "That is the whole width. We want half of it, what stands behind the ±.": (
                lambda a, n: 2 * half(a, n)
            ),
            "2 is a good rule of thumb. Take 1.96 here.": lambda a, n: 2 * half(a, n) / 1.96,
            "That is the variance of the mean. Take its square root, then 1.96 of these.": (
                lambda a, n: a * (1 - a) / n
            ),
            "The square root is missing.": lambda a, n: 1.96 * a * (1 - a) / n,
            "The number of rows belongs under the square root, too.": lambda a, n: (
                1.96 * np.sqrt(a * (1 - a)) / n
            ),
            "You have not divided by the number of rows: that is for one row.": lambda a, n: (
                1.96 * np.sqrt(a * (1 - a))
            ),
            "You divide by one row less, as for an estimated spread. The variance of a share "
            "is known from `a`: divide by all rows.": lambda a, n: (
                half(a, n) * np.sqrt(n / (n - 1))
            ),
            "The 1.96 stands outside of the square root.": lambda a, n: np.sqrt(
                1.96 * a * (1 - a) / n
            ),
            "The variance of one row is `a * (1 - a)`: the second factor is missing.": (
                lambda a, n: 1.96 * np.sqrt(a / n)
            ),
            "You always take the variance of a coin. That is the most it can be; use the "
            "accuracy.": lambda a, n: 1.96 * 0.5 / np.sqrt(n),
            "That is in points. Give it like the accuracy, 0 to 1.": (
                lambda a, n: 100 * half(a, n)
            ),
            "Those are both ends of the interval. We want half of its width.": (
                lambda a, n: (a - half(a, n), a + half(a, n))
            ),
            "That is the upper end of the interval. We want what was added to the accuracy.": (
                lambda a, n: a + half(a, n)
            ),
            "That is the lower end of the interval. We want what was taken from the accuracy.": (
                lambda a, n: a - half(a, n)
            ),
        },
        otherwise="Variance of one row: `a * (1 - a)`. Divide by the rows, take the square root, "
        "then 1.96 of these.",
    )


_OFFERED = {"random_state": 0, "seed": 0, "n_classes": 2, "length": 60}
_CHANCE_OR_SO = 0.7


def _toy(seed: int, rows: int = 60) -> tuple[list[str], np.ndarray]:
    """Random letters; those of class 1 hold GATTACA three times."""
    rng = np.random.default_rng(seed)
    labels = np.arange(rows) % 2
    texts = ["".join(rng.choice(list("ACGT"), 60)) for _ in range(rows)]
    marked = [f"{t[:10]}GATTACA{t[17:30]}GATTACA{t[37:50]}GATTACA{t[57:]}" for t in texts]
    return [marked[i] if labels[i] else texts[i] for i in range(rows)], labels


def _built(function: Any) -> Any:
    """What the sweep would get: it passes the arguments that are named, and no others."""
    parameters = inspect.signature(function).parameters
    known = {name: _OFFERED[name] for name in parameters if name in _OFFERED}
    takes_any = any(each.kind is each.VAR_POSITIONAL for each in parameters.values())
    return function(0) if takes_any and not known else function(**known)


def _not_a_classifier(model: Any) -> str | None:
    """Why what was built can take no part; None if it looks well."""
    if isinstance(model, type):
        return (
            f"You return the class `{model.__name__}` itself. Put brackets behind it, and there is "
            "a classifier."
        )
    if isinstance(model, list | tuple):
        return f"You return {show(model)}. Put its parts in a row with `make_pipeline(a, b)`."
    if hasattr(model, "get_params") and not hasattr(model, "predict_proba"):
        return (
            f"A `{type(model).__name__}` has no `predict_proba`. Let the last step be a classifier "
            "that gives probabilities, such as `LogisticRegression`."
        )
    if not hasattr(model, "predict_proba") or not hasattr(model, "fit"):
        return (
            f"You return {show(model)}, which lacks `fit` or `predict_proba`. Here we ask for a "
            "classifier of scikit-learn, in a pipeline."
        )
    return None


def _cannot_read(error: Exception) -> str:
    told = show_error(error)
    if "empty vocabulary" in str(error):
        return (
            "It looks for words between blanks, and DNA has none, so it finds no word at all. Let "
            'it count words of letters: `CountVectorizer(analyzer="char", ngram_range=(3, 3))`.'
        )
    if "could not convert" in str(error) or "Expected 2D" in str(error):
        return (
            f"Training it on text raises {told}. Let the first step turn text into counts, such as "
            '`CountVectorizer(analyzer="char", ngram_range=(3, 3))`.'
        )
    return f"Training it on a list of sequences raises {told}."


@checker(
    "build_classifier",
    "It reads text, learns, gives probabilities, and does the same again with the same seed. That "
    "is all a sweep asks for.",
)
def build_classifier(function: Any) -> str | None:
    """``build(random_state)``: a new scikit-learn classifier of sequences as text."""
    if not callable(function):
        return "We need the function that builds the model: `build`, without brackets behind it."
    if isinstance(function, type):
        return f"That is the class `{function.__name__}`. We need your function, `build`."
    try:
        model = _built(function)
    except NameError as error:
        return (
            f"Calling your function raises {show_error(error)}. Put the imports inside of the "
            "function, at its beginning: in a file of its own it finds nothing else."
        )
    except Exception as error:  # whatever a learner's function does
        return (
            f"Calling your function raises {show_error(error)}. A sweep hands over `random_state`, "
            "by this name, and nothing else that we need here."
        )
    if model is None:
        return "Your function returns `None`. Did you print the result? Hand it back with `return`."
    if is_unfinished(model):
        return (
            "Your function returns nothing yet. Replace the `...`: put the parts in a row with "
            "`make_pipeline`, and hand the result back with `return`."
        )
    return _not_a_classifier(model) or _mistake_in_training(function, model)


def _mistake_in_training(function: Any, model: Any) -> str | None:
    texts, labels = _toy(0)
    unseen, truth = _toy(1)
    twin = _built(function)
    if twin is model:
        return (
            "You return the same object each time, so one run would go on with what another has "
            "learned. Build a new one inside of the function."
        )
    try:
        first, second = (m.fit(texts, labels).predict_proba(unseen) for m in (model, twin))
    except Exception as error:  # whatever the parts of a learner's pipeline do
        return _cannot_read(error)
    if np.shape(first) != (len(unseen), 2):
        return f"For two classes it gives the shape `{np.shape(first)}`. We need `(n, 2)`."
    right = float((np.argmax(first, axis=1) == truth).mean())
    if right < _CHANCE_OR_SO:
        return (
            f"On toy sequences with a word in one class it gets {right:.0%} right: it cannot see "
            'the word. Does it count letters, `analyzer="char"`, and words that are long enough?'
        )
    if not np.allclose(first, second):
        return (
            "Built twice with the same `random_state`, it gives two answers. Hand `random_state` "
            "to every part that draws at random."
        )
    return None
