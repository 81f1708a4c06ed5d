"""The picture of a decision threshold: who falls on which side, its place on two curves."""

from __future__ import annotations

from html import escape

import numpy as np

from ..networks.decisions import Counts, Ranking
from .paper import PAPER, beside, table
from .plot_styles import BLUE, GREY, ORANGE
from .threshold_panels import Axes, Line, Mark, Strip, curves_svg, strips_svg

_BINS = 50
_PER = 10_000  # rows in which rare positives are counted
_WORDS = {
    "sensitivity": ("sensitivity (recall)", "positives that are found"),
    "specificity": ("specificity", "negatives that are left alone"),
    "precision": ("precision", "called positive, and positive"),
    "f1": ("F1", "between precision and recall"),
    "accuracy": ("accuracy", "right rows; with one answer for all: {:.3f}"),
    "mcc": ("MCC", "0 is chance, 1 is all right"),
}


def decision_html(ranking: Ranking, name: str, threshold: float, share: float | None = None) -> str:
    """What a threshold does.

    Parameters
    ----------
    ranking : Ranking
    name : str
        The class asked for, the positives.
    threshold : float
        Rows of at least this probability are called positive.
    share : float, optional
        Reckon as if this share of all rows, 0 to 1, were positive.

    Returns
    -------
    str
        HTML text.

    Examples
    --------
    >>> ranking = Ranking(np.array([True, False, True]), np.array([0.9, 0.6, 0.6]))
    >>> "1 of 2 found" in decision_html(ranking, "K562", 0.7)
    True
    """
    seen = ranking.counts(threshold)
    counts = seen if share is None else seen.with_positives(share, _PER)
    panels = [
        _sides(ranking, name, threshold, seen),
        _matrix(name, counts, share) + _figures(counts),
        _roc(ranking, seen),
        _precision_recall(ranking, counts, share),
    ]
    return (
        f'<div style="{PAPER};padding:8px"><p role="status" style="margin:0 0 8px">'
        f"{_status(name, threshold, seen, counts, share)}</p>{beside(panels)}</div>"
    )


def _status(name: str, threshold: float, seen: Counts, counts: Counts, share: float | None) -> str:
    positives, alarms = seen.found + seen.missed, seen.false_alarms
    text = (
        f"<strong>Called {escape(name)}: probability {threshold:.3f} or more.</strong> "
        f"{seen.found:,} of {positives:,} found, {alarms:,} false alarm{'s' * (alarms != 1)}."
    )
    if share is None:
        return text
    precision = counts.measures()["precision"]
    expect = f"the precision would be {precision:.1%}"
    if np.isnan(precision):
        expect = "nothing would be called so"
    return f"{text}<br>If {share:.1%} of all rows were {escape(name)}, {expect}."


def _sides(ranking: Ranking, name: str, threshold: float, seen: Counts) -> str:
    place = np.minimum((ranking.score * _BINS).astype(int), _BINS - 1)
    negative, positive = (
        np.bincount(place[ranking.truth == which], minlength=_BINS) for which in (False, True)
    )
    found = seen.found / (seen.found + seen.missed)
    left = seen.left_alone / (seen.left_alone + seen.false_alarms)
    edges = np.linspace(0, 1, _BINS + 1)
    strips = [
        Strip(f"{name} (positives)", positive, edges, (False, True), found, ORANGE),
        Strip("all others", negative, edges, (True, False), left, BLUE),
    ]
    alt = (
        f"Probability of {name}, cut at {threshold:.3f}: {found:.1%} of {name} are at or above it, "
        f"{left:.1%} of all others below."
    )
    axes = Axes("Who falls on which side; dark is right", (0, 1), (0, 1), "probability", "")
    return strips_svg(axes, strips, threshold, ("negative", "positive"), alt)


def _roc(ranking: Ranking, seen: Counts) -> str:
    x, y, area = ranking.roc()
    found = seen.measures()["sensitivity"]
    alarms = 1 - seen.measures()["specificity"]
    ends = np.array([0.0, 1.0])
    lines = [Line(f"area {area:.3f}", x, y, BLUE), Line("chance", ends, ends, GREY, "2 3")]
    alt = (
        f"ROC curve, area {area:.3f}. At this threshold {found:.1%} of the positives are found, "
        f"for false alarms at {alarms:.1%} of the negatives."
    )
    axes = Axes(
        "ROC", (0, 1), (0, 1.02), "false alarms (share of negatives)", "found (share of positives)"
    )
    return curves_svg(axes, lines, [Mark(alarms, found, BLUE)], alt)


def _precision_recall(ranking: Ranking, counts: Counts, share: float | None) -> str:
    x, y, average = ranking.precision_recall(share)
    measures = counts.measures()
    recall, precision = measures["sensitivity"], measures["precision"]
    base = float(ranking.truth.mean()) if share is None else share
    level = Line("chance", np.array([0.0, 1.0]), np.array([base, base]), GREY, "2 3")
    lines = [Line(f"average {average:.3f}", x, y, ORANGE), level]
    undefined = np.isnan(precision)
    marks = [] if undefined else [Mark(recall, precision, ORANGE)]
    where = "nothing is called positive" if undefined else f"precision {precision:.1%}"
    alt = (
        f"Precision and recall, average precision {average:.3f}; chance gives {base:.1%}. At this "
        f"threshold: recall {recall:.1%}, {where}."
    )
    axes = Axes("Precision and recall", (0, 1), (0, 1.02), "recall (found)", "precision")
    return curves_svg(axes, lines, marks, alt)


def _matrix(name: str, counts: Counts, share: float | None) -> str:
    rows = [
        [f"{name}", f"{_count(counts.found)} found", f"{_count(counts.missed)} missed"],
        [
            "all others",
            f"{_count(counts.false_alarms)} false alarms",
            f"{_count(counts.left_alone)} left alone",
        ],
    ]
    caption = "Confusion matrix"
    if share is not None:
        caption += f", to expect in {_PER:,} rows"
    return table(["true class", "called positive", "called negative"], rows, caption)


def _figures(counts: Counts) -> str:
    measures = counts.measures()
    positives, negatives = counts.found + counts.missed, counts.false_alarms + counts.left_alone
    majority = max(positives, negatives) / (positives + negatives)
    rows = [
        [
            words,
            "undefined" if np.isnan(measures[key]) else f"{measures[key]:.3f}",
            meaning.format(majority),
        ]
        for key, (words, meaning) in _WORDS.items()
    ]
    return table(["figure", "value", "what it tells"], rows)


def _count(number: float) -> str:
    return f"{number:,}" if isinstance(number, int) else f"{number:,.1f}"
