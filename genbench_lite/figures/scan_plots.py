"""Figures about scanning: scores along a sequence, how high is high, and who has hits.

Pure functions that return a :class:`~genbench_lite.plots.Picture`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.patches import Patch

from ..errors import DataError
from ..motif import Motif
from ..plots import Picture
from ..scanning import check_p, score_distribution
from .plot_styles import BLUE, GREY, ORANGE, tidy

_BARS: tuple[dict[str, Any], ...] = (
    {"label": "real sequences", "facecolor": BLUE, "hatch": ""},
    {"label": "real, where the motif is expected", "facecolor": ORANGE, "hatch": "//"},
    {"label": "control", "facecolor": GREY, "hatch": ""},
)
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
        strand; without ``minus``, the + strand alone. NaN or infinite where a window has none,
        as over unknown letters: the line has a gap there.
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
        If there is no score, or the strands have different numbers of places.

    Examples
    --------
    >>> score_track(np.array([-3.0, 8.0, -5.0])).alt
    'Scores at 3 places of the + strand. The best is 8.0 bits, at position 1 of the + strand.'
    """
    strands = _strands(plus, minus)
    both = np.stack(list(strands.values()))
    row, place = (int(i) for i in np.unravel_index(np.nanargmax(both), both.shape))
    winner, best = list(strands)[row], float(both[row, place])
    figure = Picture(figsize=(8, 1.1 + 1.5 * len(strands)), layout="constrained")
    axes = figure.subplots(len(strands), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    for axis, (strand, scores) in zip(axes, strands.items(), strict=True):
        axis.plot(scores, color=BLUE, linewidth=1)
        axis.set_ylabel(f"{strand} strand\nscore (bits)")
        tidy(axis)
        if threshold is not None:
            axis.axhline(threshold, color=GREY, linestyle="--", linewidth=1)
        if strand == winner:
            axis.plot([place], [best], "o", color=ORANGE)
            third = 3 * place // len(scores)  # the words stay inside of the panel
            axis.annotate(
                f"{best:.1f} bits at {place}",
                (place, best),
                (0, 6),
                textcoords="offset points",
                va="bottom",
                ha=("left", "center", "right")[third],
                bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1},
            )
    low, high = axes[0].get_ylim()
    axes[0].set_ylim(low, max(high, best + 0.35 * (high - low)))  # no line goes over the best
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
        The title has its name, and JASPAR writes Spi1 where the matrix was measured in mouse
        cells; ``dataclasses.replace(motif, name="SPI1")`` renames it.
    p : float
        The p-value to mark.
    background : array-like, optional
        Shares of A, C, G and T in random letters; a quarter each if left out. As in a scan of
        both strands, A and T are set to their mean, C and G too.

    Returns
    -------
    Picture
        One panel; the vertical axis is logarithmic. Marked is the lowest score that has this
        p-value or a lower one: scores come in steps, and few have the very p.

    Raises
    ------
    DataError
        If p is not over 0 and up to 1, or not even the best match has a p-value this low.

    Examples
    --------
    >>> score_tail(Motif.from_sites("toy", ["GATA"] * 20), 0.01).alt
    'Chance that random letters reach a score of toy. From 1.2 bits on, at most 0.01: 0.0039.'
    """
    check_p(p)
    scores, chances = score_distribution(motif, background)
    if chances[-1] > p:
        raise DataError(
            f"The best match of {motif.name} has a p-value of {chances[-1]:.1e}. Mark a p over it."
        )
    at = np.searchsorted(-chances, -p)
    needed, chance = float(scores[at]), float(chances[at])
    figure = Picture(figsize=(6.5, 3.2), layout="constrained")
    axis: Any = figure.subplots()
    axis.plot(scores, chances, color=BLUE)
    axis.set_yscale("log")
    axis.axhline(p, color=GREY, linestyle="--", linewidth=1)
    axis.plot([needed], [chance], "o", color=ORANGE)
    bottom = min(float(chances[-1]) ** 1.05, chance * float(chances[-1]) ** 0.2)
    axis.set_ylim(bottom=bottom)  # the note stands under the curve
    axis.annotate(
        f"at most {p:g} from {needed:.1f} bits on",
        (needed, chance),
        (-8, -6),
        textcoords="offset points",
        ha="right",
        va="top",
    )
    axis.set_title(f"{motif.name}: how far do random letters get?")
    axis.set_xlabel("score (bits)")
    axis.set_ylabel("chance of this score\nor a higher one")
    tidy(axis)
    figure.alt = (
        f"Chance that random letters reach a score of {motif.name}. From {needed:.1f} bits on, "
        f"at most {p:g}: {chance:.2g}."
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
        One panel a motif, three or fewer abreast; the lines on the bars are 95% intervals.

    Raises
    ------
    DataError
        If there is no motif, the tables are not of the same classes and motifs, a class has no
        sequence, or more sequences have a hit than there are.

    Examples
    --------
    >>> hits = pd.DataFrame({"GATA2": [30, 5]}, index=["blood", "liver"])
    >>> control = pd.DataFrame({"GATA2": [4, 6]}, index=["blood", "liver"])
    >>> totals = pd.Series([100, 100], index=["blood", "liver"])
    >>> hit_bars(hits, control, totals, {"GATA2": "blood"}).alt
    'Share of sequences with a hit (control). GATA2: blood 30% (4%), liver 5% (6%).'
    """
    _check_bars(hits, control, totals)
    motifs, classes = list(hits.columns), list(hits.index)
    figure = Picture(layout="constrained")
    for axis, motif in zip(_bar_panels(figure, len(motifs)), motifs, strict=True):
        mine = [name == own.get(motif) for name in classes]
        for table, shift, style in (
            (hits, -0.2, [_BARS[1 if m else 0] for m in mine]),
            (control, 0.2, [_BARS[2]] * len(classes)),
        ):
            _draw_bars(axis, shift, table.loc[classes, motif], totals.loc[classes], style)
        axis.set_title(f"{motif}\nexpected in {own[motif]}" if motif in own else motif, fontsize=11)
        axis.set_xticks(range(len(classes)), classes, rotation=45, ha="right")
        tidy(axis, grid="y")
    figure.suptitle("Share of sequences with a hit", fontsize=12)
    figure.legend(
        handles=[Patch(edgecolor="white", **style) for style in _BARS],
        loc="outside lower center",
        ncols=len(_BARS),
        fontsize=10,
        frameon=False,
    )
    figure.alt = "Share of sequences with a hit (control). " + " ".join(
        f"{motif}: {_shares(hits[motif], control[motif], totals)}." for motif in motifs
    )
    return figure


def _strands(plus: np.ndarray, minus: np.ndarray | None) -> dict[str, np.ndarray]:
    """float64 scores of each strand; NaN where there is none."""
    given = {"+": plus} if minus is None else {"+": plus, "-": minus}
    try:
        strands = {strand: np.asarray(scores, np.float64) for strand, scores in given.items()}
    except (TypeError, ValueError):
        raise DataError(
            "Scores that are no numbers cannot be drawn. Give an array of one number a place."
        ) from None
    sizes = {scores.shape for scores in strands.values()}
    if len(sizes) > 1 or strands["+"].ndim != 1 or not strands["+"].size:
        raise DataError(
            f"Scores of shape {', '.join(map(str, sizes))} cannot be drawn. Give one score for "
            "each place, on both strands the same number."
        )
    strands = {s: np.where(np.isfinite(scores), scores, np.nan) for s, scores in strands.items()}
    if all(np.isnan(scores).all() for scores in strands.values()):
        raise DataError(
            "Scores of unknown letters alone cannot be drawn. Give those of a sequence with a "
            "window of A, C, G and T."
        )
    return strands


def _check_bars(hits: pd.DataFrame, control: pd.DataFrame, totals: pd.Series) -> None:
    classes, motifs = set(hits.index), set(hits.columns)
    if not hits.size or set(control.columns) != motifs:
        raise DataError(
            f"Hits of {len(motifs)} motifs in {len(classes)} classes, with a control of "
            f"{len(control.columns)} motifs, cannot be drawn. Give the same motifs in both."
        )
    if not classes <= set(control.index) or not classes <= set(totals.index):
        raise DataError(
            f"Not all of the classes {', '.join(map(str, hits.index))} have a control and a "
            "total. Give them one index."
        )
    for name in hits.index:
        most = max(hits.loc[name].max(), control.loc[name].max())
        if not 0 < totals[name] >= most:
            raise DataError(
                f"{totals[name]} sequences of {name}, of which {most} have a hit, cannot be drawn. "
                "Count the sequences with a hit, not the hits, of classes that have sequences."
            )


def _bar_panels(figure: Picture, n: int) -> list[Any]:
    """Axes in rows of two or three, alike in scale: on a page, more would be too small."""
    columns = 2 if n == 4 else min(n, 3)
    rows = -(-n // columns)
    figure.set_size_inches(max(2.6 * columns, 4), 1 + 2.7 * rows)
    grid = figure.subplots(rows, columns, sharey=True, squeeze=False)
    for axis in grid.flat[n:]:
        axis.remove()
    for axis in grid[:, 0]:
        axis.set_ylabel("share of sequences")
    return list(grid.flat[:n])


def _draw_bars(
    axis: Any, shift: float, counts: pd.Series, totals: pd.Series, styles: list[dict[str, Any]]
) -> None:
    places = np.arange(len(counts)) + shift
    share = counts.to_numpy() / totals.to_numpy()
    low, high = wilson_interval(counts, totals)
    reach = np.maximum([share - low, high - share], 0)  # rounding may go under zero
    colours = [style["facecolor"] for style in styles]
    hatches = [style["hatch"] for style in styles]
    axis.bar(places, share, 0.4, color=colours, hatch=hatches, edgecolor="white")
    axis.errorbar(places, share, reach, fmt="none", ecolor="black", capsize=2)


def _shares(hits: pd.Series, control: pd.Series, totals: pd.Series) -> str:
    return ", ".join(
        f"{name} {hits[name] / totals[name]:.0%} ({control[name] / totals[name]:.0%})"
        for name in hits.index
    )
