"""Figures of shortcuts and leaks: lengths by class, rows on the map, scores on several tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..audits.audit_report import percent
from ..audits.findings import wilson
from ..dataset import SPLITS
from ..errors import DataError
from ..interval_set import Intervals
from ..plots import Picture
from .plot_styles import BLUE, COLOURS, ORANGE, tidy

_BIN = 10  # bp
_CROWD = 100  # rows from which on a map is drawn taller
_MARGINS = 0.85  # inches of a map above and below its rows
_HATCHES = ("", "///", "...", "xxx")
_SIDES = {"training": BLUE, "test": ORANGE}


def length_histograms(intervals: Intervals, grid: int | None = None) -> Picture:
    """How long the rows of each class are.

    Parameters
    ----------
    intervals : Intervals
    grid : int, optional
        Draw a dotted line at each multiple of so many bp.

    Returns
    -------
    Picture
        One panel a class that has rows, one above the other, in bins of 10 bp.

    Raises
    ------
    DataError
        If there is no row.

    Examples
    --------
    >>> toy = Intervals.from_columns(
    ...     "toy", ["a", "b"], ["chr1"] * 3, [0, 50, 90], [20, 70, 130], [0, 0, 1], ["train"] * 3
    ... )
    >>> length_histograms(toy).alt
    'Lengths of toy by class. Most frequent, to 10 bp: a from 20 bp, b from 40 bp.'
    """
    present = [k for k in range(len(intervals.classes)) if (intervals.label == k).any()]
    if not present:
        raise DataError(f"{intervals.name} has no rows. Look at how they were selected.")
    edges = np.arange(0, int(intervals.length.max()) + 2 * _BIN, _BIN)
    figure = Picture(figsize=(7.5, 1.3 * len(present) + 1.1), layout="constrained")
    axes = figure.subplots(len(present), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    tops = []
    for axis, k in zip(axes, present, strict=True):
        lengths = intervals.length[intervals.label == k]
        shares = 100 * np.histogram(lengths, edges)[0] / len(lengths)
        axis.bar(edges[:-1], shares, _BIN, align="edge", color=COLOURS[k % len(COLOURS)])
        for place in range(grid, int(edges[-1]), grid) if grid else ():
            axis.axvline(place, color="#555555", linewidth=0.9, linestyle=":")
        axis.set_title(f"{intervals.classes[k]} ({len(lengths):,} rows)", loc="left", fontsize=10)
        tidy(axis, "y")
        tops.append(f"{intervals.classes[k]} from {edges[shares.argmax()]} bp")
    axes[-1].set_xlabel("length (bp)")
    figure.supylabel(f"share of the class (%), in bins of {_BIN} bp", fontsize=10)
    figure.suptitle(f"Lengths by class: {intervals.name}", fontsize=12)
    figure.alt = (
        f"Lengths of {intervals.name} by class. Most frequent, to {_BIN} bp: {', '.join(tops)}."
    )
    return figure


def rows_on_map(intervals: Intervals, region: str, start: int, end: int) -> Picture:
    """Every row that lies in a piece of a chromosome, training and test told apart.

    Parameters
    ----------
    intervals : Intervals
        A validation split counts as training.
    region : str
        Chromosome, as the rows have it.
    start, end : int
        0-based, half-open, in bp; rows that share a base with it are drawn whole.

    Returns
    -------
    Picture
        One thin bar a row, in the order of their starts, from the top.

    Raises
    ------
    DataError
        If no row lies there.

    Examples
    --------
    >>> toy = Intervals.from_columns(
    ...     "toy", ["a"], ["chr1"] * 3, [0, 20, 900], [50, 70, 950], [0] * 3,
    ...     ["train", "test", "train"],
    ... )
    >>> rows_on_map(toy, "chr1", 0, 100).alt
    '2 rows of toy on chr1, 0 to 70: 1 training, 1 test. 1 of 1 test rows overlaps a training row.'
    """
    from ..audits.overlaps import best_overlap

    names = np.array(intervals.regions)[intervals.region] if len(intervals) else np.array([])
    here = intervals.take((names == region) & (intervals.end > start) & (intervals.start < end))
    if not len(here):
        raise DataError(
            f"No row of {intervals.name} lies on {region} from {start:,} to {end:,} bp. Look at "
            "the starts of its rows."
        )
    here = here.take(np.argsort(here.start, kind="stable"))
    is_test = here.split == SPLITS.index("test")
    height = 3.6 if len(here) <= _CROWD else 4.8
    figure = Picture(figsize=(7.5, height), layout="constrained")
    axis: Any = figure.subplots()
    # test rows are drawn last: wider than the room of a row, they would hide the training rows;
    # training rows twice as wide leave no gap where lines are rounded to pixels
    room = 72 * (height - _MARGINS) / len(here)
    sides = ((~is_test, 2 * room), (is_test, room))
    for (name, colour), (side, width) in zip(_SIDES.items(), sides, strict=True):
        rows = np.flatnonzero(side)
        axis.hlines(
            rows, here.start[rows], here.end[rows], color=colour, linewidth=min(2.4, width),
            label=f"{len(rows):,} {name} rows",
        )  # fmt: skip
    axis.set_ylim(len(here) + 0.5, -1.5)
    axis.ticklabel_format(axis="x", style="plain", useOffset=False)
    axis.xaxis.set_major_locator(_few_ticks())
    axis.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axis.set(xlabel=f"position on {region} (bp)", ylabel="rows, by start")
    first, last = int(here.start.min()), int(here.end.max())
    axis.set_title(f"{len(here):,} rows of {intervals.name} on {last - first:,} bp", fontsize=11)
    for line in axis.legend(loc="lower left", frameon=False).get_lines():
        line.set_linewidth(2.4)
    tidy(axis, "x")
    met = int((best_overlap(here.take(is_test), here.take(~is_test))[0] > 0).sum())
    figure.alt = (
        f"{len(here):,} rows of {intervals.name} on {region}, {first:,} to {last:,}: "
        f"{(~is_test).sum():,} training, {is_test.sum():,} test. {met:,} of {is_test.sum():,} "
        f"test rows {'overlap' if met != 1 else 'overlaps'} a training row."
    )
    return figure


def accuracy_bars(
    right: Mapping[str, Mapping[str, tuple[float, int]]],
    majority: float,
    title: str,
) -> Picture:
    """Accuracies of several models, each on several test sets.

    Parameters
    ----------
    right : mapping
        Model to test set to (right answers, test rows); the same test sets for each. The numbers
        make the 95% interval (Wilson), which holds for independent rows: of rows that belong
        together count the groups.
    majority : float
        What always answering the majority class scores, 0 to 1: the dashed line.
    title : str

    Returns
    -------
    Picture

    Raises
    ------
    DataError
        If there is no model, or models were tested on different sets.

    Examples
    --------
    >>> accuracy_bars({"words": {"random": (95, 100), "fair": (80, 100)}}, 0.5, "Toy").alt
    'Toy. Test accuracy, majority 50.0%. words: random 95.0%, fair 80.0%.'
    """
    sets = [list(scores) for scores in right.values()]
    if not sets or not sets[0] or any(one != sets[0] for one in sets):
        raise DataError("Give each model a result on each test set, and at least one of each.")
    figure = Picture(figsize=(7.5, 3.4), layout="constrained")
    axis: Any = figure.subplots()
    width = 0.8 / len(sets[0])
    for j, name in enumerate(sets[0]):
        places = np.arange(len(right)) + (j - (len(sets[0]) - 1) / 2) * width
        shares = [100 * scores[name][0] / scores[name][1] for scores in right.values()]
        axis.bar(
            places, shares, 0.92 * width, color=COLOURS[j % len(COLOURS)], alpha=0.75, label=name,
            hatch=_HATCHES[j % len(_HATCHES)], edgecolor="white",
        )  # fmt: skip
        for x, share, scores in zip(places, shares, right.values(), strict=True):
            low, high = (100 * end for end in wilson(*scores[name]))
            axis.plot([x, x], [low, high], color="black", linewidth=1.4)
            axis.text(x, high + 1.5, f"{share:.1f}", ha="center", va="bottom", fontsize=9)
    line = f"always the most common class ({percent(majority)})"
    axis.axhline(100 * majority, color="#444444", linestyle="--", linewidth=1.2, label=line)
    axis.set_xticks(range(len(right)), list(right))
    axis.set(ylabel="test accuracy (%)", ylim=(0, 112), yticks=range(0, 101, 20))
    axis.set_title(title, fontsize=11)
    figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=9)
    tidy(axis, "y")
    told = [
        f"{' '.join(model.split())}: "
        + ", ".join(f"{name} {percent(k / n)}" for name, (k, n) in scores.items())
        for model, scores in right.items()
    ]
    end = "" if title.endswith(("?", ".")) else "."
    figure.alt = f"{title}{end} Test accuracy, majority {percent(majority)}. {'; '.join(told)}."
    return figure


def _few_ticks() -> Any:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(5)
