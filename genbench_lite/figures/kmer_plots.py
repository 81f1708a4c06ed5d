"""Figures of k-mers: which set two classes apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DataError
from ..plots import Picture
from .plot_styles import BLUE, GREY, ORANGE, spread, tidy

if TYPE_CHECKING:
    import pandas as pd

MOST = 12  # names on a side
_STYLES = {  # marker, colour, size
    "rest": ("o", GREY, 2.5),
    "up": ("^", BLUE, 4.5),
    "down": ("v", ORANGE, 4.5),
}
_GAP = 0.052  # height of a name, as a share of the axis


def kmer_volcano(enrichment: pd.DataFrame, top: int = 8, level: float = 0.05) -> Picture:
    """Which k-mers are enriched, and how sure that is.

    Parameters
    ----------
    enrichment : pandas.DataFrame
        What :func:`genbench_lite.kmers.kmer_enrichment` returned.
    top : int
        How many words to name on either side, those with the lowest p-values; up to 12.
    level : float
        A word counts as enriched if its p-value is under this share of chance, divided by the
        number of words tested (Bonferroni).

    Returns
    -------
    Picture
        One point a word: the log2 ratio across, -log10 p upwards.

    Raises
    ------
    DataError
        If the table is no such table or has no row, ``top`` is not from 0 to 12, or ``level``
        not between 0 and 1.

    Examples
    --------
    >>> from genbench_lite.kmers import kmer_enrichment
    >>> from genbench_lite import SequenceSet
    >>> s = SequenceSet.from_strings(["GAT"] * 90 + ["CCC"] * 90, [1] * 90 + [0] * 90, ["a", "b"])
    >>> kmer_volcano(kmer_enrichment(s, "b", "a", k=3)).alt
    '3-mers in b against a. 1 of 32 are enriched in b (ATC), 1 in a (CCC).'
    """
    positive, negative = _check_enrichment(enrichment, top, level)
    bound = -np.log10(level / len(enrichment))
    sure, up = enrichment["minus_log10_p"] > bound, enrichment["log2_ratio"] > 0
    sides = {"up": enrichment[sure & up], "down": enrichment[sure & ~up]}
    named = {side: table.nlargest(top, "minus_log10_p") for side, table in sides.items()}
    figure = Picture(figsize=(8, 4.8), layout="constrained")
    axis: Any = figure.subplots()
    _draw_points(axis, {"rest": enrichment[~sure], **sides})
    wide = max(float(enrichment["log2_ratio"].abs().max()), 0.1)
    # names stand above the bound: leave them room there
    room = 1 - _GAP * (1 + max(map(len, named.values())))
    high = max(1.06 * float(enrichment["minus_log10_p"].max()), bound / room)
    low = min(-0.02 * high, bound - _GAP * high)  # the bound's note stands below it
    axis.set(xlim=(-1.55 * wide, 1.55 * wide), ylim=(low, high))
    _draw_bound(axis, bound, f"p = {level:g} / {len(enrichment):,}")
    _name_words(axis, named["up"], 1.5 * wide, "right", bound)
    _name_words(axis, named["down"], -1.5 * wide, "left", bound)
    k = len(enrichment.index[0])
    axis.set_title(f"{k}-mers in {positive} against {negative}")
    axis.set_xlabel(
        f"log2 ratio of the shares of sequences\n"
        f"\N{LEFTWARDS ARROW} more in {negative}   ·   more in {positive} \N{RIGHTWARDS ARROW}"
    )
    axis.set_ylabel("-log10 p")
    tidy(axis, grid=None)
    lists = [", ".join(table.index) or "none" for table in named.values()]
    figure.alt = (
        f"{k}-mers in {positive} against {negative}. {len(sides['up']):,} of {len(enrichment):,} "
        f"are enriched in {positive} ({lists[0]}), {len(sides['down']):,} in {negative} "
        f"({lists[1]})."
    )
    return figure


def _check_enrichment(enrichment: pd.DataFrame, top: int, level: float) -> tuple[str, str]:
    """The names of the two classes."""
    import pandas as pd

    if not isinstance(enrichment, pd.DataFrame):
        raise DataError(
            f"A {type(enrichment).__name__} cannot be drawn. Take what kmer_enrichment returns."
        )
    columns = list(enrichment.columns)
    if columns[2:] != ["log2_ratio", "minus_log10_p"] or not len(enrichment):
        raise DataError(
            f"A table of {len(enrichment)} rows with the columns {', '.join(map(str, columns))} "
            "cannot be drawn. Take what kmer_enrichment returns."
        )
    if not 0 <= top <= MOST or not 0 < level < 1:
        raise DataError(
            f"top is {top} and level is {level}. Name 0 to {MOST} words, at a level between 0 "
            "and 1."
        )
    return columns[0], columns[1]


def _draw_points(axis: Any, sides: dict[str, pd.DataFrame]) -> None:
    for side, table in sides.items():
        marker, colour, size = _STYLES[side]
        x, y = table["log2_ratio"], table["minus_log10_p"]
        axis.plot(x, y, marker, color=colour, markersize=size, gid=side)


def _draw_bound(axis: Any, bound: float, note: str) -> None:
    axis.axhline(bound, color="black", linewidth=0.8, linestyle=(0, (1, 3)))
    axis.annotate(
        note,
        (0.995, bound),
        (0, -3),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        ha="right",
        va="top",
        fontsize=8,
    )


def _name_words(axis: Any, words: pd.DataFrame, x: float, side: str, bound: float) -> None:
    """Names in a column at one side, each with a line to its point, none over another."""
    words = words.sort_values("minus_log10_p", kind="stable")
    low, high = axis.get_ylim()
    heights = spread(words["minus_log10_p"].to_numpy(), _GAP * (high - low), bound, high)
    inner = (0, 0.5) if side == "right" else (1, 0.5)
    for word, height in zip(words.index, heights, strict=True):
        point = (words.loc[word, "log2_ratio"], words.loc[word, "minus_log10_p"])
        axis.annotate(
            word,
            point,
            (x, height),
            ha=side,
            va="center",
            fontsize=9,
            family="monospace",
            arrowprops={
                "arrowstyle": "-",
                "color": GREY,
                "linewidth": 0.6,
                "relpos": inner,
                "shrinkA": 1,
                "shrinkB": 2,
            },
        )
