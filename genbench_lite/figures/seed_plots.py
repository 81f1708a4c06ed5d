"""Figures about luck: several seeds of a model, other test sequences, differences of two models.

Pure functions that return a :class:`~genbench_lite.plots.Picture`. Draws are what a bootstrap
gives: one value for each time that the sequences were drawn anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.ticker import NullLocator

from ..errors import DataError
from ..plots import Picture
from .plot_styles import BLUE, GREY, ORANGE, line_style, tidy

if TYPE_CHECKING:
    import pandas as pd


def seed_scores(scores: Mapping[str, Sequence[float]]) -> Picture:
    """The accuracy of each training of each model.

    Parameters
    ----------
    scores : mapping of str to sequence of float
        For each model, the accuracy of its trainings, 0 to 1.

    Returns
    -------
    Picture
        One row a model: a dot a training, a line at their mean, and a bar of one standard
        deviation to both sides, where there are two trainings or more.

    Raises
    ------
    DataError
        If there is no model, or one without a training.

    Examples
    --------
    >>> seed_scores({"net": [0.8, 0.84], "words": [0.9]}).alt
    'Accuracy by seed. net: mean 0.820, from 0.800 to 0.840 (2 seeds); words: 0.900.'
    """
    if not scores or not all(len(values) for values in scores.values()):
        raise DataError("Each model needs at least one score. Train it once, or leave it out.")
    figure = Picture(figsize=(6.4, 0.62 * len(scores) + 1.1), layout="constrained")
    axis: Any = figure.subplots()
    told = []
    for row, (name, values) in enumerate(scores.items()):
        mean = float(np.mean(values))
        if len(values) > 1:
            deviation = float(np.std(values, ddof=1))
            axis.barh(row, 2 * deviation, 0.5, left=mean - deviation, color=BLUE, alpha=0.2)
            told.append(
                f"{name}: mean {mean:.3f}, from {min(values):.3f} to {max(values):.3f} "
                f"({len(values)} seeds)"
            )
        else:
            told.append(f"{name}: {mean:.3f}")
        axis.vlines(mean, row - 0.25, row + 0.25, color=BLUE, linewidth=2)
        heights = row + 0.06 * (np.arange(len(values)) - (len(values) - 1) / 2)  # equal ones show
        axis.plot(values, heights, "o", color=ORANGE, ms=6, zorder=3)
    axis.use_sticky_edges = False  # else a bar that comes first ends at the frame
    axis.autoscale_view()
    axis.set_yticks(range(len(scores)), list(scores))
    axis.set_ylim(len(scores) - 0.4, -0.6)
    axis.set(xlabel="accuracy (share of sequences)", title="One dot a seed, a line at their mean")
    tidy(axis, "x")
    figure.alt = f"Accuracy by seed. {'; '.join(told)}."
    return figure


def draw_histogram(draws: np.ndarray, value: float, what: str) -> Picture:
    """How a score spreads when the sequences are drawn anew.

    Parameters
    ----------
    draws : numpy.ndarray
        float, shape (draws,): the score in each draw.
    value : float
        The score on the sequences themselves.
    what : str
        What the score is, with its unit.

    Returns
    -------
    Picture
        A histogram; the middle 95% of the draws are filled.

    Raises
    ------
    DataError
        If there is no draw.

    Examples
    --------
    >>> draw_histogram(np.linspace(0.7, 0.9, 101), 0.8, "accuracy").alt
    'Histogram of accuracy in 101 draws. 95% lie from 0.705 to 0.895; the value itself is 0.800.'
    """
    draws = np.asarray(draws, np.float64)
    if not draws.size:
        raise DataError("There is no draw to show. Draw the sequences anew a thousand times.")
    low, high = _middle(draws)
    figure = Picture(figsize=(5.8, 3.2), layout="constrained")
    axis: Any = figure.subplots()
    edges = np.histogram_bin_edges(draws, 30)
    axis.hist(draws, edges, color="white", edgecolor=GREY, label="the rest")
    inside = draws[(draws >= low) & (draws <= high)]
    axis.hist(inside, edges, color=BLUE, alpha=0.55, label="the middle 95%")
    axis.axvline(value, color=ORANGE, linewidth=2, label="as measured")
    axis.set(xlabel=what, ylabel="draws", title=f"{len(draws):,} draws of the same sequences")
    axis.legend(frameon=False)
    tidy(axis)
    figure.alt = (
        f"Histogram of {what} in {len(draws):,} draws. 95% lie from {low:.3f} to {high:.3f}; the "
        f"value itself is {value:.3f}."
    )
    return figure


def differences(draws: Mapping[str, np.ndarray]) -> Picture:
    """Differences of accuracy between pairs of models, with their intervals.

    Parameters
    ----------
    draws : mapping of str to numpy.ndarray
        For each pair, the difference in each draw, shape (draws,).

    Returns
    -------
    Picture
        One row a pair: the mean of the draws, and the middle 95% of them. Open dots have zero
        in their interval.

    Raises
    ------
    DataError
        If there is no pair, or one without a draw.

    Examples
    --------
    >>> differences({"A - B": np.linspace(0.02, 0.06, 101)}).alt
    'Differences of accuracy. A - B: 0.021 to 0.059, without zero.'
    """
    if not draws or not all(len(values) for values in draws.values()):
        raise DataError("Each pair needs its draws. Draw the sequences anew a thousand times.")
    figure = Picture(figsize=(6.8, 0.55 * len(draws) + 1.1), layout="constrained")
    axis: Any = figure.subplots()
    axis.axvline(0, color=GREY, linestyle="--", linewidth=1)
    told = []
    for row, (name, values) in enumerate(draws.items()):
        low, high = _middle(np.asarray(values))
        holds_zero = low <= 0 <= high
        colour = GREY if holds_zero else BLUE
        axis.hlines(row, 100 * low, 100 * high, color=colour, linewidth=2.5)
        axis.plot(
            [100 * float(np.mean(values))], [row], "o", ms=8, color=colour,
            markerfacecolor="white" if holds_zero else colour,
        )  # fmt: skip
        told.append(f"{name}: {low:.3f} to {high:.3f}, {'with' if holds_zero else 'without'} zero")
    axis.set_yticks(range(len(draws)), list(draws))
    axis.set_ylim(len(draws) - 0.5, -0.5)
    axis.set(xlabel="difference of accuracy (percentage points)")
    axis.set_title("95% intervals; open dots have zero inside", fontsize=11)
    tidy(axis, "x")
    figure.alt = f"Differences of accuracy. {'. '.join(told)}."
    return figure


def size_curves(results: pd.DataFrame) -> Picture:
    """Accuracy by the number of training sequences.

    Parameters
    ----------
    results : pandas.DataFrame
        One row a training, with the columns ``model``, ``sequences`` and ``accuracy``.

    Returns
    -------
    Picture
        A line a model through the means of its trainings, and a dot a training.

    Raises
    ------
    DataError
        If there is no training.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [("net", 100, 0.6), ("net", 100, 0.7), ("net", 1000, 0.9)]
    >>> size_curves(pd.DataFrame(rows, columns=["model", "sequences", "accuracy"])).alt
    'Accuracy by training sequences. net: 0.650 with 100, 0.900 with 1,000.'
    """
    if not len(results):
        raise DataError("There is no training to draw. Give at least one row.")
    figure = Picture(figsize=(6.4, 3.9), layout="constrained")
    axis: Any = figure.subplots()
    told = []
    for number, (name, rows) in enumerate(results.groupby("model", sort=False)):
        means = rows.groupby("sequences")["accuracy"].mean()
        style = line_style(number)
        axis.plot(means.index, means, label=name, linewidth=2, **style)
        axis.plot(rows["sequences"], rows["accuracy"], "o", ms=5, color=style["color"], alpha=0.6)
        told.append(f"{name}: {', '.join(f'{y:.3f} with {x:,}' for x, y in means.items())}")
    sizes = sorted(set(results["sequences"]))
    axis.set_xscale("log")
    axis.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axis.xaxis.set_minor_locator(NullLocator())
    axis.set(
        xlabel="training sequences (each step to the right multiplies)",
        ylabel="accuracy (share of sequences)",
        title="What more data gives; one dot a seed",
    )
    axis.legend(frameon=False)
    tidy(axis)
    figure.alt = f"Accuracy by training sequences. {'. '.join(told)}."
    return figure


def _middle(draws: np.ndarray) -> tuple[float, float]:
    """The bounds of the middle 95%."""
    low, high = np.percentile(draws, [2.5, 97.5])
    return float(low), float(high)
