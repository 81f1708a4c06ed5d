"""Figures about a filter: how it slides along letters, and what is left of its scores.

Pure functions that return a :class:`~genbench_lite.plots.Picture`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.patches import Rectangle

from .. import sequence
from ..errors import DataError
from ..plots import BASE_COLOURS, Picture
from .plot_styles import BLUE, GREY, ORANGE, tidy

_MOST_LETTERS = 16  # with more of them the numbers no longer fit into their cells
_DARK = ("C", "T")  # tiles that want white letters


def sliding_filter(letters: str, weights: np.ndarray, starts: Sequence[int]) -> Picture:
    """Show a filter at a few places of a short sequence, with the weights that it adds up.

    Parameters
    ----------
    letters : str
        A sequence of up to 16 letters.
    weights : numpy.ndarray
        float, shape (width, 4): of A, C, G and T at each position of the filter, in bits if they
        are log-odds.
    starts : sequence of int
        The places, counted from 0.

    Returns
    -------
    Picture
        One panel a place, from top to bottom. The letters run along the top; the filter covers a
        part of them, and only the coloured cells, where a letter meets its row, count.

    Raises
    ------
    DataError
        If the sequence is too long, the weights are no (width, 4), or the filter does not fit.

    Examples
    --------
    >>> sliding_filter("GAT", np.eye(4)[:2], [0, 1]).alt
    'A filter of 2 positions on GAT. It adds up to 0.0 at 0, 1.0 at 1.'
    """
    weights = np.asarray(weights, np.float64)
    _check_filter(letters, weights, starts)
    codes, width = sequence.encode(letters), len(weights)
    figure = Picture(figsize=(0.62 * len(letters) + 2.0, 1.75 * len(starts)), layout="constrained")
    axes = figure.subplots(len(starts), 1, squeeze=False)[:, 0]
    sums = []
    for axis, start in zip(axes, starts, strict=True):
        window = codes[start : start + width]
        known = window < sequence.UNKNOWN
        total = float(weights[np.flatnonzero(known), window[known]].sum())
        sums.append(f"{total:.1f} at {start}")
        _draw_window(axis, letters.upper(), weights, start)
        axis.text(
            len(letters) - 0.3, 1.5, f"sum\n{_signed(total)}",
            va="center", fontsize=12, fontweight="bold",
        )  # fmt: skip
        axis.set_title(f"the filter begins at position {start}", fontsize=10, loc="left")
    figure.alt = (
        f"A filter of {width} positions on {letters.upper()}. It adds up to {', '.join(sums)}."
    )
    return figure


def activation_track(
    scores: np.ndarray, threshold: float, pool: int, letters: str | None = None, width: int = 1
) -> Picture:
    """Show what is left of the scores of a filter after bias, ReLU and max pooling.

    Parameters
    ----------
    scores : numpy.ndarray
        float, shape (starts,): of the filter at each place.
    threshold : float
        What the bias takes away.
    pool : int
        How many neighbours the pooling makes one.
    letters : str, optional
        The sequence, of which the word at the best place is written.
    width : int
        Of the filter, in bp.

    Returns
    -------
    Picture
        Three panels on the same positions: scores, what is above the threshold, and its maximum
        in each ``pool`` neighbours; as in a network, a last incomplete group is left out.

    Raises
    ------
    DataError
        If there are fewer scores than the pooling takes together, or some are no numbers.

    Examples
    --------
    >>> activation_track(np.array([-3.0, 8.0, -5.0, 1.0, 0.0]), threshold=5, pool=2).alt
    'Scores at 5 places; 1 is above 5. After pooling by 2, 1 of 2 places is above zero.'
    """
    scores = np.asarray(scores, np.float64)
    if scores.ndim != 1 or not np.isfinite(scores).all() or not 1 <= pool <= len(scores):
        raise DataError(
            f"Scores of shape {scores.shape} cannot be pooled by {pool}. Give one number a place, "
            "and at least as many as are pooled."
        )
    above = np.maximum(scores - threshold, 0)
    groups = len(above) // pool
    pooled = above[: groups * pool].reshape(groups, pool).max(1)
    figure = Picture(figsize=(8, 5.4), layout="constrained")
    axes = figure.subplots(3, 1, sharex=True)
    axes[0].plot(scores, color=BLUE, linewidth=1)
    axes[0].axhline(threshold, color=GREY, linestyle="--", linewidth=1)
    axes[0].set_title("What the filter says")
    axes[0].set_ylabel("score")
    _name_best(axes[0], scores, letters, width)
    axes[1].vlines(np.arange(len(above)), 0, above, color=BLUE, linewidth=2)
    axes[1].set_title(f"after a bias of {_signed(-threshold, 0)} and the ReLU")
    edges = np.arange(groups + 1) * pool - 0.5
    axes[2].stairs(pooled, edges, color=ORANGE, fill=True)
    axes[2].set_title(f"after max pooling by {pool}: {len(above)} places become {groups}")
    for axis in axes[1:]:
        axis.set_ylabel("activation")
        axis.set_ylim(0, max(1.1 * float(above.max()), 1))
    axes[2].set_xlabel("first position of the window (bp)")
    for axis in axes:
        tidy(axis)
    figure.alt = (
        f"Scores at {len(scores)} places; {_are(int((above > 0).sum()))} above {threshold:g}. "
        f"After pooling by {pool}, {_are(int((pooled > 0).sum()), groups)} above zero."
    )
    return figure


def _check_filter(letters: str, weights: np.ndarray, starts: Sequence[int]) -> None:
    if not 0 < len(letters) <= _MOST_LETTERS:
        raise DataError(f"{len(letters)} letters do not fit. Give 1 to {_MOST_LETTERS}.")
    if weights.ndim != 2 or weights.shape[1] != 4:
        raise DataError(
            f"The weights have shape {weights.shape}. Give one row a position and four columns: "
            "A, C, G, T."
        )
    last = len(letters) - len(weights)
    if not len(starts) or not 0 <= min(starts) <= max(starts) <= last:
        raise DataError(
            f"A filter of {len(weights)} positions cannot begin at {list(starts)} in "
            f"{len(letters)} letters. Give places from 0 to {last}."
        )


def _draw_window(axis: Any, letters: str, weights: np.ndarray, start: int) -> None:
    """The one-hot letters as cells, with the weights of the filter in those that it covers."""
    for place, letter in enumerate(letters):
        for row, base in enumerate("ACGT"):
            inside = start <= place < start + len(weights)
            here = letter == base
            face = (BASE_COLOURS[base] if inside else "#dddddd") if here else "white"
            axis.add_patch(
                Rectangle((place - 0.5, row - 0.5), 1, 1, facecolor=face, edgecolor="#cccccc")
            )
            if inside:
                colour = ("white" if base in _DARK else "black") if here else "#8c8c8c"
                axis.text(
                    place, row, _signed(weights[place - start, row]),
                    ha="center", va="center", fontsize=9, color=colour,
                    fontweight="bold" if here else "normal",
                )  # fmt: skip
    frame = Rectangle((start - 0.5, -0.5), len(weights), 4, fill=False, linewidth=2)
    axis.add_patch(frame)
    axis.set(xlim=(-0.5, len(letters) + 0.9), ylim=(3.5, -0.5))
    axis.set_xticks(range(len(letters)), list(letters), fontsize=11)
    axis.set_yticks(range(4), list("ACGT"))
    axis.tick_params(length=0)
    axis.spines[:].set_visible(False)


def _name_best(axis: Any, scores: np.ndarray, letters: str | None, width: int) -> None:
    best = int(scores.argmax())
    axis.plot([best], [scores[best]], "o", color=ORANGE)
    low, high = axis.get_ylim()
    axis.set_ylim(low, high + 0.3 * (high - low))  # no line goes over the word
    if letters is not None:
        axis.annotate(
            letters[best : best + width], (best, scores[best]), (0, 6),
            textcoords="offset points", family="monospace", va="bottom",
            ha=("left", "center", "right")[3 * best // len(scores)],
        )  # fmt: skip


def _signed(number: float, digits: int = 1) -> str:
    """With a minus that is as long as a plus, and no minus before nothing."""
    return f"{round(float(number), digits) + 0:.{digits}f}".replace("-", "−")


def _are(count: int, of: int | None = None) -> str:
    """ "1 is", "3 are", or "1 of 2 places is"."""
    middle = "" if of is None else f" of {of} places"
    return f"{count}{middle} {'is' if count == 1 else 'are'}"
