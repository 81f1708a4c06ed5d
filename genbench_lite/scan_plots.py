"""Figures about scanning: scores along a sequence, how high is high, and who has hits.

Pure functions that return a :class:`~genbench_lite.plots.Picture`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from .errors import DataError
from .motif import Motif
from .plots import Picture
from .scanning import score_distribution

BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#8c8c8c"
_Z = 1.959964  # normal quantile of a two-sided 95% interval


def score_track(
    plus: np.ndarray,
    minus: np.ndarray | None = None,
    threshold: float | None = None,
    title: str = "Score at each place",
) -> Picture:
    """Draw the score of a motif at each place of a sequence.

    Parameters
    ----------
    plus, minus : numpy.ndarray
        float, shape (starts,), in bits: the score of the window that starts there, on each
        strand; without ``minus``, the + strand alone.
    threshold : float, optional
        A score in bits, drawn as a line.
    title : str

    Returns
    -------
    Picture
        One panel a strand, with the same axes; the best place of all is marked.

    Raises
    ------
    DataError
        If there is no score, or the strands have different numbers of them.

    Examples
    --------
    >>> score_track(np.array([-3.0, 8.0, -5.0])).alt
    'Scores at 3 places of the + strand. The best is 8.0 bits, at position 1 of the + strand.'
    """
    strands = {"+": np.asarray(plus)} | ({} if minus is None else {"-": np.asarray(minus)})
    sizes = {scores.shape for scores in strands.values()}
    if len(sizes) > 1 or not strands["+"].size:
        raise DataError(
            f"Scores of shape {', '.join(map(str, sizes))} cannot be drawn. Give one score for "
            "each place, on both strands the same number."
        )
    winner = max(strands, key=lambda strand: strands[strand].max())
    place = int(strands[winner].argmax())
    best = float(strands[winner][place])
    figure = Picture(figsize=(8, 1.1 + 1.5 * len(strands)), layout="constrained")
    axes = figure.subplots(len(strands), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    for axis, (strand, scores) in zip(axes, strands.items(), strict=True):
        axis.plot(scores, color=BLUE, linewidth=1)
        axis.set_ylabel(f"{strand} strand\nscore (bits)")
        axis.grid(alpha=0.3)
        axis.margins(y=0.15)
        if threshold is not None:
            axis.axhline(threshold, color=GREY, linestyle="--", linewidth=1)
        if strand == winner:
            axis.plot([place], [best], "o", color=ORANGE)
            left = place > 0.75 * len(scores)  # the words stay inside of the panel
            axis.annotate(
                f"{best:.1f} bits at {place}",
                (place, best),
                (-8 if left else 8, 0),
                textcoords="offset points",
                va="center",
                ha="right" if left else "left",
            )
    axes[0].set_title(title)
    axes[-1].set_xlabel("first position of the window (bp)")
    figure.alt = (
        f"Scores at {len(strands['+'])} places of the {' and the '.join(strands)} strand. The best "
        f"is {best:.1f} bits, at position {place} of the {winner} strand."
    )
    return figure


def score_tail(
    motif: Motif, p: float, background: Sequence[float] | np.ndarray | None = None
) -> Picture:
    """Draw how likely random letters are to reach a score, and the score that has a p-value.

    Parameters
    ----------
    motif : Motif
    p : float
        The p-value to mark.
    background : array-like, optional
        Shares of A, C, G and T in random letters; a quarter each if left out.

    Returns
    -------
    Picture
        One panel; the vertical axis is logarithmic.

    Raises
    ------
    DataError
        If not even the best match has a p-value this low.

    Examples
    --------
    >>> score_tail(Motif.from_sites("toy", ["GATA"] * 20), 0.01).alt
    'Chance that random letters reach a score of toy. It falls to 0.01 at 1.2 bits.'
    """
    scores, chances = score_distribution(motif, background)
    if chances[-1] > p:
        raise DataError(
            f"The best match of {motif.name} has a p-value of {chances[-1]:.1e}. Mark a p over it."
        )
    needed = float(scores[np.searchsorted(-chances, -p)])
    figure = Picture(figsize=(6.5, 3.2), layout="constrained")
    axis: Any = figure.subplots()
    axis.plot(scores, chances, color=BLUE)
    axis.set_yscale("log")
    axis.axhline(p, color=GREY, linestyle="--", linewidth=1)
    axis.plot([needed], [p], "o", color=ORANGE)
    axis.annotate(
        f"p = {p:g} from {needed:.1f} bits on",
        (needed, p),
        (-8, -6),
        textcoords="offset points",
        ha="right",
        va="top",
    )
    axis.set_title(f"{motif.name}: how far do random letters get?")
    axis.set_xlabel("score (bits)")
    axis.set_ylabel("chance of this score\nor a higher one")
    axis.grid(alpha=0.3)
    figure.alt = (
        f"Chance that random letters reach a score of {motif.name}. It falls to {p:g} at "
        f"{needed:.1f} bits."
    )
    return figure


def wilson_interval(hits: Any, total: Any) -> tuple[np.ndarray, np.ndarray]:
    """The 95% interval of a share (Wilson 1927, doi:10.1080/01621459.1927.10502953).

    Parameters
    ----------
    hits, total : array-like
        How many of how many; ``total`` is 1 or more.

    Returns
    -------
    low, high : numpy.ndarray
        float64, as shares.

    Examples
    --------
    >>> [float(end.round(3)) for end in wilson_interval(0, 10)]
    [0.0, 0.278]
    """
    hits, total = np.asarray(hits, np.float64), np.asarray(total, np.float64)
    middle = (hits + _Z**2 / 2) / (total + _Z**2)
    reach = _Z / (total + _Z**2) * np.sqrt(hits * (total - hits) / total + _Z**2 / 4)
    return np.maximum(middle - reach, 0), np.minimum(middle + reach, 1)


def hit_bars(
    hits: pd.DataFrame, control: pd.DataFrame, totals: pd.Series, own: Mapping[str, str]
) -> Picture:
    """Draw which share of each class has a hit, beside a control.

    Parameters
    ----------
    hits, control : pandas.DataFrame
        Number of sequences with a hit: one row a class, one column a motif. The control has as
        many sequences.
    totals : pandas.Series
        Number of sequences of each class, with the same index.
    own : mapping of str to str
        The class in which each motif is expected; its bar has another colour and a hatch.

    Returns
    -------
    Picture
        One panel a motif; the lines on the bars are 95% intervals.

    Examples
    --------
    >>> hits = pd.DataFrame({"GATA2": [30, 5]}, index=["blood", "liver"])
    >>> control = pd.DataFrame({"GATA2": [4, 6]}, index=["blood", "liver"])
    >>> totals = pd.Series([100, 100], index=["blood", "liver"])
    >>> hit_bars(hits, control, totals, {"GATA2": "blood"}).alt
    'Share of sequences with a hit (control). GATA2: blood 30% (4%), liver 5% (6%).'
    """
    motifs, classes = list(hits.columns), list(hits.index)
    places = np.arange(len(classes))
    width = max(2.1 * len(motifs), 4)
    figure = Picture(figsize=(width, 3.4), layout="constrained")
    axes = figure.subplots(1, len(motifs), sharey=True, squeeze=False)[0]
    for axis, motif in zip(axes, motifs, strict=True):
        mine = [c == own.get(motif) for c in classes]
        colours = [ORANGE if m else BLUE for m in mine]
        hatches = ["//" if m else "" for m in mine]
        for table, shift, colour, hatch in (
            (hits, -0.2, colours, hatches),
            (control, 0.2, GREY, ""),
        ):
            counts = table.loc[classes, motif].to_numpy()
            share = counts / totals.loc[classes].to_numpy()
            low, high = wilson_interval(counts, totals.loc[classes])
            reach = np.maximum([share - low, high - share], 0)  # rounding may go under zero
            axis.bar(places + shift, share, 0.4, color=colour, hatch=hatch, edgecolor="white")
            axis.errorbar(places + shift, share, reach, fmt="none", ecolor="black", capsize=2)
        axis.set_title(f"{motif}\nexpected in {own[motif]}" if motif in own else motif, fontsize=10)
        axis.set_xticks(places, classes, rotation=45, ha="right")
        axis.grid(axis="y", alpha=0.3)
        axis.set_axisbelow(True)
    axes[0].set_ylabel("share of sequences with a hit")
    figure.suptitle("Real sequences (left bar) and control (grey)", fontsize=11)
    figure.alt = "Share of sequences with a hit (control). " + " ".join(
        f"{motif}: {_shares(hits[motif], control[motif], totals)}." for motif in motifs
    )
    return figure


def _shares(hits: pd.Series, control: pd.Series, totals: pd.Series) -> str:
    return ", ".join(
        f"{name} {hits[name] / totals[name]:.0%} ({control[name] / totals[name]:.0%})"
        for name in hits.index
    )
