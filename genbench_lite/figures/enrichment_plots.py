"""Figures that hold the enrichment of k-mers against that of a control."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DataError, UnknownNameError
from ..plots import Picture
from .plot_styles import spread

if TYPE_CHECKING:
    import pandas as pd

MOST = 20  # names in one figure
_GREY = "#999999"
_NAMED = {True: ("^", "#0072B2"), False: ("v", "#D55E00")}  # above the diagonal or not
_GAP = 0.048  # height of a name, as a share of the axis


def real_against_shuffled(
    real: pd.DataFrame, shuffled: pd.DataFrame, words: Sequence[str] = ()
) -> Picture:
    """How much of the enrichment of each k-mer is left when the letters are shuffled.

    A word on the diagonal differs between the classes as much in shuffled sequences as in real
    ones: their composition explains it. What is far from the diagonal is in the order of the
    letters. Rare words stray from it by chance.

    Parameters
    ----------
    real, shuffled : pandas.DataFrame
        What :func:`genbench_lite.kmers.kmer_enrichment` returned for the sequences and for a
        shuffled control, with the same classes and the same k.
    words : sequence of str, optional
        Words of the index to mark and name, up to 20.

    Returns
    -------
    Picture
        One point a word: the log2 ratio in the control across, in the real sequences upwards,
        both axes on the same scale.

    Raises
    ------
    DataError
        If the tables do not belong together, have no row, or there are too many words.
    UnknownNameError
        If a word is not in the tables.

    Examples
    --------
    >>> from genbench_lite import SequenceSet
    >>> from genbench_lite.kmers import kmer_enrichment
    >>> from genbench_lite.shuffling import dinucleotide_shuffle
    >>> s = SequenceSet.from_strings(["GATAA"] * 9 + ["CCCCC"] * 9, [1] * 9 + [0] * 9, ["a", "b"])
    >>> tables = [kmer_enrichment(each, "b", "a", k=3) for each in (s, dinucleotide_shuffle(s))]
    >>> real_against_shuffled(*tables, words=["CCC"]).alt
    '3-mers in b against a: log2 ratio in real against shuffled sequences. On the diagonal: CCC.'
    """
    positive, negative = _check_tables(real, shuffled)
    words = _check_words(words, real)
    x, y = shuffled["log2_ratio"], real["log2_ratio"]
    figure = Picture(figsize=(7, 6.6), layout="constrained")
    axis: Any = figure.subplots()
    axis.plot(x, y, "o", color=_GREY, markersize=2.5, gid="all")
    axis.axline((0, 0), slope=1, color="black", linewidth=0.8, linestyle="--")
    wide = max(float(x.abs().max()), float(y.abs().max()), 0.1) * 1.12
    axis.set(xlim=(-wide, wide), ylim=(-wide, wide), aspect="equal")
    sides = {True: [w for w in words if y[w] > x[w]], False: [w for w in words if y[w] <= x[w]]}
    for above, named in sides.items():
        _name_words(axis, x[named], y[named], above, wide)
    k = len(real.index[0])
    axis.set_title(f"{k}-mers in {positive} against {negative}\ndashed: shuffled as in real")
    axis.set_xlabel(f"log2 ratio {positive} / {negative}, shuffled sequences")
    axis.set_ylabel(f"log2 ratio {positive} / {negative}, real sequences")
    axis.spines[["top", "right"]].set_visible(False)
    axis.grid(alpha=0.3)
    figure.alt = (
        f"{k}-mers in {positive} against {negative}: log2 ratio in real against shuffled "
        f"sequences. {_places(x[words], y[words])}"
    ).strip()
    return figure


def _check_tables(real: pd.DataFrame, shuffled: pd.DataFrame) -> tuple[str, str]:
    """The names of the two classes."""
    columns = list(real.columns)
    if columns[2:] != ["log2_ratio", "minus_log10_p"] or not len(real):
        raise DataError(
            f"A table of {len(real)} rows with the columns {', '.join(map(str, columns))} "
            "cannot be drawn. Take what kmer_enrichment returns."
        )
    if list(shuffled.columns) != columns or not shuffled.index.equals(real.index):
        raise DataError(
            "The two tables have other classes or other words. Call kmer_enrichment with the "
            "same classes and the same k for both."
        )
    return columns[0], columns[1]


def _check_words(words: Sequence[str], table: pd.DataFrame) -> list[str]:
    """The words as a list; each is in the table."""
    words = list(words)
    if len(words) > MOST:
        raise DataError(f"{len(words)} names do not fit into one figure. Name up to {MOST} words.")
    for word in words:
        if word not in table.index:
            raise UnknownNameError("word", word, list(table.index))
    return words


def _name_words(axis: Any, x: pd.Series, y: pd.Series, above: bool, wide: float) -> None:
    """Marks, and names in the empty corner on their side of the diagonal, with lines to them."""
    marker, colour = _NAMED[above]
    axis.plot(x, y, marker, color=colour, markersize=6.5, gid="above" if above else "below")
    order = y.sort_values(kind="stable").index
    low, high = (-0.2 * wide, 0.98 * wide) if above else (-0.98 * wide, 0.2 * wide)
    heights = spread(y[order].to_numpy(), 2 * _GAP * wide, low, high)
    side = -0.97 * wide if above else 0.97 * wide
    for word, height in zip(order, heights, strict=True):
        axis.annotate(
            word,
            (x[word], y[word]),
            (side, height),
            ha="left" if above else "right",
            va="center",
            fontsize=9,
            family="monospace",
            arrowprops={
                "arrowstyle": "-",
                "color": _GREY,
                "linewidth": 0.6,
                "relpos": (1 if above else 0, 0.5),
                "shrinkA": 1,
                "shrinkB": 3,
            },
        )


def _places(x: pd.Series, y: pd.Series) -> str:
    """Which words lie on which side of the diagonal, as text."""
    near = np.isclose(y, x, atol=0.05)
    lists = {
        "Above the diagonal": x.index[(y > x) & ~near],
        "Below the diagonal": x.index[(y < x) & ~near],
        "On the diagonal": x.index[near],
    }
    return " ".join(f"{place}: {', '.join(names)}." for place, names in lists.items() if len(names))
