"""The picture of a cheat with one threshold: distributions, rule in words, accuracies, curve."""

from __future__ import annotations

from html import escape

import numpy as np

from ..audits.findings import wilson
from ..audits.one_threshold import CLUES, Clue, Stumps
from .paper import PAPER, beside, table
from .plot_styles import BLUE, COLOURS, GREY, ORANGE
from .threshold_panels import Axes, Line, Mark, Strip, curves_svg, strips_svg

_BINS = 100
_DRAWN = 5  # classes: with more the picture would not fit on a screen
_RULES = {
    "length": ("longer than {}", "{} or shorter"),
    "gc": ("more than {} G and C", "{} or less"),
    "overlap": ("more than {} covered by one training row", "{} or less"),
}


def rule_in_words(stumps: Stumps, place: int) -> str:
    """What the cheat does.

    Examples
    --------
    >>> from genbench_lite.audits.one_threshold import stumps
    >>> lengths, labels = np.array([3.0, 9]), np.array([0, 1])
    >>> toy = Clue("length", ("a", "b"), lengths, lengths, labels, labels, low=3, high=9)
    >>> rule_in_words(stumps(toy), 2)
    'longer than 5 bp → b; 5 bp or shorter → a'
    """
    clue = stumps.clue
    number = _number(stumps, place)
    over, under = (side.format(number) for side in _RULES[clue.name])
    above, below = (clue.classes[of[place]] for of in (stumps.above, stumps.below))
    if above == below:
        return f"{over} → {above}; {under} → {below}, too: the majority class, for all rows"
    return f"{over} → {above}; {under} → {below}"


def histograms(clue: Clue) -> np.ndarray:
    """int64, shape (classes, bins): training rows in each bin.

    Bins hold their upper edge, as the lower side of a threshold does. What lies outside is
    counted in the first and in the last one.
    """
    edges = _edges(clue)
    place = np.clip(np.searchsorted(edges, clue.train) - 1, 0, len(edges) - 2)
    n, bins = len(clue.classes), len(edges) - 1
    return np.bincount(clue.train_labels * bins + place, minlength=n * bins).reshape(n, bins)


def _edges(clue: Clue) -> np.ndarray:
    """Of bins; the first one ends at ``low``, and is wide where most rows are in it."""
    if clue.low == clue.high:
        return np.arange(clue.low - 6.0, clue.low + 6)  # puts it in the middle
    bins = min(_BINS, clue.high - clue.low)
    width = (clue.high - clue.low) / bins
    first = 4 * width if clue.name == "overlap" else width
    return np.append(clue.low - first, np.linspace(clue.low, clue.high, bins + 1))


def shortcut_html(
    stumps: Stumps, place: int, chosen: str = "", heights: np.ndarray | None = None
) -> str:
    """A cheat at one threshold.

    Parameters
    ----------
    stumps : Stumps
    place : int
        Of the threshold in ``stumps.thresholds``.
    chosen : {"", "train", "test"}
        The rows by which the threshold was chosen; empty if by hand.
    heights : numpy.ndarray, optional
        What :func:`histograms` gave, to save the time.

    Returns
    -------
    str
        HTML text.
    """
    clue = stumps.clue
    heights = histograms(clue) if heights is None else heights
    interval = wilson(stumps.test[place] * len(clue.test), len(clue.test))
    status = (
        f"<strong>Rule:</strong> {escape(rule_in_words(stumps, place))}.<br>"
        f"<strong>On the test rows it is right for {stumps.test[place]:.1%}</strong> (95% interval "
        f"{interval[0]:.1%} to {interval[1]:.1%}), {_against(stumps, place)}."
    )
    return (
        f'<div style="{PAPER};padding:8px"><p role="status" style="margin:0 0 8px">{status}</p>'
        f"{beside([_distributions(stumps, place, heights), _curve(stumps, place)])}"
        f'{_accuracies(stumps, place)}<p style="margin:6px 0 0;max-width:46em">'
        f"{escape(_choice(stumps, place, chosen))}</p></div>"
    )


def _against(stumps: Stumps, place: int) -> str:
    gain = 100 * (stumps.test[place] - stumps.majorities[1])
    if abs(gain) < 0.05:
        return "as many as the majority class"
    return f"{abs(gain):.1f} points {'over' if gain > 0 else 'under'} the majority class"


def _axes(clue: Clue, title: str, y: tuple[float, float], y_label: str) -> Axes:
    what = {"length": "length (bp)", "gc": "GC content (%)", "overlap": "row covered (%)"}
    edges = _edges(clue)
    return Axes(title, (edges[0], edges[-1]), y, what[clue.name], y_label)


def _distributions(stumps: Stumps, place: int, heights: np.ndarray) -> str:
    clue, threshold = stumps.clue, int(stumps.thresholds[place])
    answers = int(stumps.below[place]), int(stumps.above[place])
    totals = np.bincount(clue.train_labels, minlength=len(clue.classes))
    over = np.bincount(clue.train_labels[clue.train > threshold], minlength=len(clue.classes))
    strips, edges = [], _edges(clue)
    for k in np.sort(np.argsort(-totals, kind="stable")[:_DRAWN]).tolist():
        right = answers[0] == k, answers[1] == k
        share = (right[0] * (totals[k] - over[k]) + right[1] * over[k]) / max(totals[k], 1)
        colour = COLOURS[k % len(COLOURS)]
        strips.append(Strip(clue.classes[k], heights[k], edges, right, float(share), colour))
    names = clue.classes[answers[0]], clue.classes[answers[1]]
    told = ", ".join(f"{strip.name} {strip.share:.0%}" for strip in strips)
    more = len(clue.classes) - len(strips)
    title = "Training rows; dark is right"
    title += f" ({more} more classes)" if more else ""
    alt = (
        f"{CLUES[clue.name]} of the training rows by class, cut at {_number(stumps, place)}. "
        f"Below it the answer is {names[0]}, above it {names[1]}. Right of each class: {told}."
    )
    axes = _axes(clue, title, (0, 1), "")
    return strips_svg(axes, strips, threshold, names, alt)


def _curve(stumps: Stumps, place: int) -> str:
    x, clue = stumps.thresholds, stumps.clue
    majority = stumps.majorities[1]
    lines = [
        Line("training", x, 100 * stumps.train, BLUE),
        Line("test", x, 100 * stumps.test, ORANGE, "6 3"),
        Line("majority", x, np.full(len(x), 100 * majority), GREY, "2 3"),
    ]
    lines = [Line(o.name, *_at_least_two(o.x, o.y), o.colour, o.dash) for o in lines]
    values = np.concatenate([line.y for line in lines])
    low, high = np.floor(values.min() / 5) * 5 - 5, np.ceil(values.max() / 5) * 5 + 5
    limits = max(low, 0.0), min(high, 102.0)
    best = stumps.best()
    marks = [
        Mark(x[best], 100 * stumps.train[best], "#000000", hollow=True),
        Mark(x[place], 100 * stumps.train[place], BLUE),
        Mark(x[place], 100 * stumps.test[place], ORANGE),
    ]
    alt = (
        f"Accuracy for every threshold. At {_number(stumps, place)}: training "
        f"{stumps.train[place]:.1%}, test {stumps.test[place]:.1%}, majority class {majority:.1%}. "
        f"Best on the training rows, a diamond: {_number(stumps, best)}, {stumps.train[best]:.1%}."
    )
    axes = _axes(clue, "Accuracy at every threshold", limits, "accuracy (%)")
    return curves_svg(axes, lines, marks, alt, x[place])


def _at_least_two(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A single threshold makes a short level line."""
    return (np.append(x, x + 1), np.append(y, y)) if len(x) == 1 else (x, y)


def _accuracies(stumps: Stumps, place: int) -> str:
    clue, (train, test) = stumps.clue, stumps.majorities
    rows = [
        ["this cheat", f"{stumps.train[place]:.1%}", f"{stumps.test[place]:.1%}"],
        [f"majority class ({clue.classes[stumps.majority]})", f"{train:.1%}", f"{test:.1%}"],
    ]
    head = ["accuracy", f"{len(clue.train):,} training rows", f"{len(clue.test):,} test rows"]
    return table(head, rows)


def _choice(stumps: Stumps, place: int, chosen: str) -> str:
    """How the threshold was chosen, and what that makes of the test accuracy."""
    clue = stumps.clue
    if clue.low == clue.high and clue.name == "length":
        return f"All rows are {clue.low:,} bp long: length tells nothing here."
    best = stumps.best()
    if chosen == "train":
        return (
            "Chosen on the training rows: the first threshold of the highest training accuracy. "
            "The test rows had no say in it, so their figure is fair."
        )
    if chosen == "test":
        gap = 100 * (stumps.test[place] - stumps.test[best])
        told = (
            f"The difference, {gap:.1f} points, comes from looking at the answers first: do not "
            "expect it of new rows."
        )
        if gap < 0.05:
            told = "Here that is as good. With fewer rows it would hardly be so."
        return (
            "Chosen on the test rows, to please them: no threshold scores higher there. Chosen on "
            f"the training rows it is {_number(stumps, best)}, right for {stumps.test[best]:.1%} "
            f"of the test rows. {told}"
        )
    return (
        "Moved by hand. Which threshold is best is for the training rows to say (the diamond); "
        "whoever moves it until the test figure is pleasing has chosen on the test rows."
    )


def _number(stumps: Stumps, place: int) -> str:
    """A threshold with its unit."""
    return f"{stumps.thresholds[place]:,}{' bp' if stumps.clue.unit == 'bp' else '%'}"
