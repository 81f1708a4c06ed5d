"""Figures of what sequences are made of, class beside class.

Each takes a :class:`~genbench_lite.SequenceSet` and shows the classes that have sequences in
it; codes or strings are shown as one class.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .composition import Sequences, base_composition, cpg_ratio, gc_content, packed
from .errors import DataError
from .plot_styles import line_style, name_lines, reached
from .plots import BASE_COLOURS, Picture
from .sequence_set import SequenceSet

JAGGED = 300  # bp: in a longer line, single positions hide the rest
POINTS = 100
BINS = 50
BASE_DASHES = {"A": "-", "C": "--", "G": "-.", "T": ":"}


def composition_by_position(sequences: Sequences) -> Picture:
    """Shares of the four bases at each position, from the start of the sequences.

    Positions that fewer than a quarter of a class's sequences reach are left out. Of sequences
    of over 300 bp, means of several positions are shown, about a hundred.

    Parameters
    ----------
    sequences : SequenceSet, sequence of str, or numpy.ndarray
        An array holds uint8 codes, shape (n, length).

    Returns
    -------
    Picture
        One panel a class, one line a base.

    Raises
    ------
    DataError
        If there is no sequence, or none has a known letter.

    Examples
    --------
    >>> composition_by_position(["ACGT", "ACGA"]).alt
    'Base composition by position. Overall, all sequences: A 38%, C 25%, G 25%, T 12%.'
    """
    parts = _classes(sequences)
    figure = Picture(figsize=(8, 0.6 + 2.3 * len(parts)), layout="constrained")
    axes = figure.subplots(len(parts), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    described, lines = [], {}
    for axis, (name, part) in zip(axes, parts.items(), strict=True):
        overall = base_composition(part)
        if np.isnan(overall).any():
            raise DataError(f"No letter of {name} is known. Give sequences of A, C, G and T.")
        lines[axis] = _draw_composition(axis, part)
        axis.set_title(f"{name} ({len(part):,} sequences)", fontsize=10)
        axis.set_ylabel("share of known letters")
        shares = ", ".join(f"{b} {x:.0%}" for b, x in zip("ACGT", overall, strict=True))
        described.append(f"{name}: {shares}")
    axes[-1].set_xlabel("position (bp, from 0)")
    axes[0].set_ylim(0, max(0.4, axes[0].get_ylim()[1]))  # the panels share it
    for axis in axes:
        name_lines(axis, lines[axis])
    figure.suptitle("Base composition by position", fontsize=12)
    figure.alt = f"Base composition by position. Overall, {'; '.join(described)}."
    return figure


def gc_distribution(sequences: Sequences) -> Picture:
    """How GC content is spread over the sequences of each class.

    Parameters
    ----------
    sequences : SequenceSet, sequence of str, or numpy.ndarray
        An array holds uint8 codes, shape (n, length).

    Returns
    -------
    Picture
        One outlined histogram a class, all with the same bins. Sequences without a known letter
        are left out, and so is a class that has none other.

    Raises
    ------
    DataError
        If there is no sequence with a known letter.

    Examples
    --------
    >>> gc_distribution(["ACGT", "AATT"]).alt
    'GC content. Median of all sequences 0.25.'
    """
    values = {name: gc_content(part) for name, part in _classes(sequences).items()}
    # a share such as 0.1 falls on a bound, one way or the other: move the bounds a little
    edges = np.linspace(0, 1, 41) - 1e-6
    edges[-1] = 1
    return _histograms(values, edges, "GC content", "G and C (share of known letters)")


def cpg_distribution(sequences: Sequences) -> Picture:
    """How CpG observed over expected is spread over the sequences of each class.

    Parameters
    ----------
    sequences : SequenceSet, sequence of str, or numpy.ndarray
        An array holds uint8 codes, shape (n, length).

    Returns
    -------
    Picture
        One outlined histogram a class, all with the same bins; the last bin holds all higher
        values, of one sequence in two hundred. Sequences without C or without G are left out,
        and so is a class that has none other.

    Raises
    ------
    DataError
        If there is no sequence with C and with G.

    Examples
    --------
    >>> cpg_distribution(["ACGT", "ACTG"]).alt
    'CpG observed over expected. Median of all sequences 2.'
    """
    values = {name: cpg_ratio(part) for name, part in _classes(sequences).items()}
    together = np.concatenate(list(values.values()))
    together = together[~np.isnan(together)]
    highest = np.ceil(10 * np.quantile(together, 0.995)) / 10 if together.size else 1
    edges = np.linspace(0, max(highest, 1.1), BINS + 1)
    figure = _histograms(
        {name: np.minimum(column, edges[-1]) for name, column in values.items()},
        edges,
        "CpG observed over expected",
        "CpG observed / expected (ratio; the last bin holds all above)",
    )
    (axis,) = figure.axes
    axis.axvline(1, color="black", linewidth=0.8, linestyle=(0, (1, 3)))
    axis.annotate(
        "as by chance",
        (1, 1),
        (-3, -3),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        ha="right",
        va="top",
        fontsize=8,
    )
    return figure


def length_distribution(sequences: Sequences) -> Picture:
    """How long the sequences of each class are.

    Parameters
    ----------
    sequences : SequenceSet, sequence of str, or numpy.ndarray
        An array holds uint8 codes, shape (n, length); padding counts as length.

    Returns
    -------
    Picture
        One outlined histogram a class, all with the same bins.

    Raises
    ------
    DataError
        If there is no sequence.

    Examples
    --------
    >>> length_distribution(["ACGT", "AATTGG"]).alt
    'Length. Median of all sequences 5.'
    """
    values = {name: np.diff(packed(part)[1]) for name, part in _classes(sequences).items()}
    low = min(column.min() for column in values.values())
    high = max(column.max() for column in values.values())
    if high - low < 10:  # one bin would fill the figure
        low, high = low - 5, high + 5
    step = -(-(high - low + 1) // BINS)
    edges = low - 0.5 + step * np.arange(-(-(high - low + 1) // step) + 1)
    return _histograms(values, edges, "Length", "length (bp)")


def _classes(sequences: Sequences) -> dict[str, Any]:
    """The classes that have sequences, by name."""
    if not isinstance(sequences, SequenceSet):
        parts = {"all sequences": [sequences] if isinstance(sequences, str) else sequences}
    else:
        parts = {
            name: sequences[sequences.labels == label]
            for label, name in enumerate(sequences.classes)
        }
    parts = {name: part for name, part in parts.items() if len(part)}
    if not parts:
        raise DataError("There is no sequence to draw. Give at least one.")
    return parts


def _draw_composition(axis: Any, sequences: Sequences) -> list[Any]:
    _, offsets = packed(sequences)
    lengths = np.diff(offsets)
    shares = base_composition(sequences, by_position=True)[: reached(lengths)]
    step = 1 if len(shares) <= JAGGED else -(-len(shares) // POINTS)
    starts = np.arange(0, len(shares), step)
    known = ~np.isnan(shares)
    sums = np.add.reduceat(np.where(known, shares, 0), starts)
    counts = np.add.reduceat(known.astype(np.int64), starts)
    means = np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0)
    x = starts + (np.minimum(starts + step, len(shares)) - 1 - starts) / 2
    lines = [
        axis.plot(x, column, BASE_DASHES[base], color=colour, linewidth=1.4, label=base)[0]
        for (base, colour), column in zip(BASE_COLOURS.items(), means.T, strict=True)
    ]
    axis.margins(x=0.01)
    axis.grid(alpha=0.3)
    axis.spines[["top", "right"]].set_visible(False)
    return lines


def _histograms(values: dict[str, np.ndarray], edges: np.ndarray, what: str, unit: str) -> Picture:
    """Outlines over each other, as shares of a class, so that classes of any size compare."""
    known = {name: column[~np.isnan(column)] for name, column in values.items()}
    known = {name: column for name, column in known.items() if column.size}
    if not known:
        raise DataError(f"{what}: no sequence has one. Give sequences of A, C, G and T.")
    figure = Picture(figsize=(7, 3.6), layout="constrained")
    axis: Any = figure.subplots()
    for number, (name, column) in enumerate(known.items()):
        shares = 100 * np.histogram(column, edges)[0] / len(column)
        label = f"{name} ({len(column):,})"
        axis.stairs(shares, edges, label=label, linewidth=1.6, **line_style(number))
    axis.set(title=f"{what} by class", xlabel=unit, ylabel="share of the class (% a bin)")
    axis.set_ylim(bottom=0)
    axis.grid(alpha=0.3)
    axis.spines[["top", "right"]].set_visible(False)
    axis.legend(handlelength=3, fontsize=9)
    medians = ", ".join(f"{name} {np.median(column):.2g}" for name, column in known.items())
    if what == "Length":
        medians = ", ".join(f"{name} {np.median(column):g}" for name, column in known.items())
    figure.alt = f"{what}. Median of {medians}."
    return figure
