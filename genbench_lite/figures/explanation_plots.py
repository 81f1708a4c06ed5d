"""Figures that set explanations side by side: of one sequence, and their scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import DataError
from ..explanations.asking import rectangle
from ..explanations.attribution_scores import PlantedScore
from ..explanations.baselines import check_attribution
from ..plots import Picture
from .letters import add_letters, stack
from .plot_styles import COLOURS, GREY, tidy

_MARKERS = "osD^vP*"
_INCH = 0.11  # of a letter's width
_PANEL_TITLE: dict[str, Any] = {"loc": "left", "fontsize": 10, "fontweight": "bold"}


def explanations(
    attributions: Mapping[str, np.ndarray],
    letters: str | np.ndarray,
    window: tuple[int, int] | None = None,
    sites: Sequence[tuple[int, int, str]] = (),
    title: str = "One sequence, explained",
    *,
    same_scale: bool = False,
) -> Picture:
    """Draw what several methods say about one sequence, under each other.

    Parameters
    ----------
    attributions : mapping of str to numpy.ndarray
        Name of the method to its attribution of the sequence, shape (4, length). Only the letter
        that is there is drawn: give mutagenesis as
        :func:`~genbench_lite.attribution.letter_scores`.
    letters : str or numpy.ndarray
        The sequence, or its uint8 codes, shape (length,).
    window : tuple of int, optional
        The part to show: first position, and the one after the last, from 0.
    sites : sequence of (int, int, str)
        Start, end (0-based, half-open) and name of places to shade, such as planted motifs.
    title : str
    same_scale : bool
        Whether all panels have one scale: for one method that answers several questions. Methods
        measure different things, so each has its own if left out.

    Returns
    -------
    Picture
        One panel a method.

    Raises
    ------
    DataError
        If there is no method, an attribution does not fit, nothing is to be drawn, or the window
        lies outside.

    Examples
    --------
    >>> values = np.diag([2.0, -1.0, 1.0, 0.5])
    >>> explanations({"gradient": values, "other": values}, "ACGT").alt
    'Attributions of 4 bp by gradient, other. Each is highest at: gradient 0 (A), other 0 (A).'
    """
    codes = rectangle([letters] if isinstance(letters, str) else np.asarray(letters)[None])[0]
    first, end = (0, len(codes)) if window is None else window
    if not attributions or not 0 <= first < end <= len(codes):
        raise DataError(
            f"{len(attributions)} methods in a window from {first} to {end} of {len(codes)} bp "
            "cannot be drawn. Give at least one, and a window inside the sequence."
        )
    shown = {name: _letters_there(name, each, codes) for name, each in attributions.items()}
    figure = Picture(
        figsize=(max(_INCH * (end - first) + 1.5, 4.5), 0.5 + 1.25 * len(shown) + 0.4),
        layout="constrained",
    )
    axes: Any = figure.subplots(len(shown), 1, sharex=True, squeeze=False)[:, 0]
    limits = np.array([_limits(values[:, first:end]) for values in shown.values()])
    if same_scale:
        limits[:] = limits[:, 0].min(), limits[:, 1].max()
    for axis, (name, values), ends in zip(axes, shown.items(), limits, strict=True):
        _draw(axis, name, values[:, first:end], first)
        axis.set_ylim(*ends)
        for start, stop, _ in sites:
            axis.axvspan(start - 0.5, stop - 0.5, color=GREY, alpha=0.18, linewidth=0, gid="site")
    _name_sites(axes[0], sites, first, end)
    if sites:  # their names stand between the panel and its title
        axes[0].set_title(next(iter(shown)), pad=15, **_PANEL_TITLE)
    figure.suptitle(title, fontsize=11)
    axes[-1].set_xlabel("position (bp, from 0)")
    figure.supylabel("attribution (units of the logit)", fontsize=10)
    tops = {
        name: int(values[:, first:end].sum(0).argmax()) + first for name, values in shown.items()
    }
    highest = ", ".join(f"{name} {top} ({'ACGTN'[codes[top]]})" for name, top in tops.items())
    figure.alt = (
        f"Attributions of {end - first} bp by {', '.join(shown)}. Each is highest at: {highest}."
    )
    if sites:
        places = ", ".join(f"{name} at {start} to {stop}" for start, stop, name in sites)
        figure.alt += f" Shaded: {places}."
    return figure


def scoreboard(
    scores: Mapping[str, Mapping[str, PlantedScore]], title: str = "Planted positions found"
) -> Picture:
    """Draw the average precision of methods, for one or more models, with intervals.

    Parameters
    ----------
    scores : mapping of str to mapping of str to PlantedScore
        Model, for example ``trained`` and ``random weights``, to method to score.
    title : str

    Returns
    -------
    Picture
        One row a method, the best of the first model on top; one mark a model; and a line at
        what guessing scores.

    Raises
    ------
    DataError
        If there is no score, or more than seven models.

    Examples
    --------
    >>> from genbench_lite.attribution import score_attributions
    >>> mask = np.array([[True, False, False, False]] * 2)
    >>> score = score_attributions(np.where(mask[:, None], 1.0, 0.0) * np.ones((2, 4, 4)), mask)
    >>> scoreboard({"trained": {"gradient": score}}).alt
    'Average precision for planted positions; guessing scores 0.25. trained: gradient 1.00.'
    """
    methods = list(dict.fromkeys(name for each in scores.values() for name in each))
    if not methods or len(scores) > len(_MARKERS):
        raise DataError(
            f"{len(methods)} methods of {len(scores)} models cannot be drawn. Give at least one "
            f"score, and up to {len(_MARKERS)} models."
        )
    leading = next(iter(scores.values()))
    methods.sort(key=lambda name: leading[name].precision if name in leading else -1.0)
    figure = Picture(figsize=(6.4, 1.5 + 0.42 * len(methods)), layout="constrained")
    axis: Any = figure.subplots()
    for number, (model, each) in enumerate(scores.items()):
        shift = 0.12 * (number - (len(scores) - 1) / 2)
        heights = [methods.index(name) - shift for name in each]
        middle = np.array([score.precision for score in each.values()])
        ends = np.array([(score.low, score.high) for score in each.values()]).T
        axis.errorbar(
            middle,
            heights,
            xerr=np.maximum([middle - ends[0], ends[1] - middle], 0),
            fmt=_MARKERS[number],
            color=COLOURS[number],
            markersize=6,
            capsize=2,
            label=model,
        )
    chance = float(np.mean([s.chance for each in scores.values() for s in each.values()]))
    axis.axvline(chance, color="black", linestyle="--", linewidth=1, label="guessing")
    axis.set_yticks(range(len(methods)), methods)
    axis.set(xlim=(0, 1.02), ylim=(-0.6, len(methods) - 0.4))
    axis.set_xlabel("average precision (0 to 1), with 95% interval")
    axis.set_title(title, fontsize=11)
    figure.legend(loc="outside lower center", ncols=min(len(scores) + 1, 4), frameon=False)
    tidy(axis, "x")
    lines = "; ".join(
        f"{model}: " + ", ".join(f"{name} {score.precision:.2f}" for name, score in each.items())
        for model, each in scores.items()
    )
    figure.alt = f"Average precision for planted positions; guessing scores {chance:.2f}. {lines}."
    return figure


def _letters_there(name: str, attribution: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """float64, shape (4, length): zero but for the letter that is there."""
    values = check_attribution(np.asarray(attribution, np.float64)[None], codes[None])[0]
    there = np.where(codes == np.arange(4)[:, None], values, 0)
    if values.any() and not there.any():
        raise DataError(
            f"{name} is zero for every letter that is there, as mutagenesis is. Give its "
            "letter_scores."
        )
    return there


def _limits(values: np.ndarray) -> tuple[float, float]:
    """A little more than the lowest and the highest letter; never nothing."""
    low, high = min(values.min(), 0), max(values.max(), 0)
    margin = 0.08 * (high - low) or 1
    return low - margin, high + margin


def _draw(axis: Any, name: str, values: np.ndarray, first: int) -> None:
    end = first + values.shape[1]
    add_letters(axis, stack(values), first, 0, values.shape[1])
    axis.set_xlim(first - 0.5, end - 0.5)
    axis.hlines(0, first - 0.5, end - 0.5, color="black", linewidth=0.6)
    axis.set_title(name, pad=2, **_PANEL_TITLE)
    axis.locator_params(axis="y", nbins=3)
    axis.tick_params(labelsize=9)
    tidy(axis, grid=None)


def _name_sites(axis: Any, sites: Sequence[tuple[int, int, str]], first: int, end: int) -> None:
    """Names above the first panel, over the middle of what is visible of each site."""
    for start, stop, name in sites:
        left, right = max(start, first), min(stop, end)
        if left < right:
            axis.annotate(
                name,
                ((left + right - 1) / 2, 1),
                (0, 3),
                xycoords=("data", "axes fraction"),
                textcoords="offset points",
                ha="center",
                fontsize=9,
                color="#444444",
            )
