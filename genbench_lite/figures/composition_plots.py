"""Figures of what sequences are made of, class beside class.

Each takes a :class:`~genbench_lite.SequenceSet` and shows the classes that have sequences in
it; codes or strings are shown as one class.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..composition import Sequences, base_composition, cpg_ratio, gc_content, packed
from ..errors import DataError
from ..plots import BASE_COLOURS, Picture
from ..sequence_set import SequenceSet
from .plot_styles import line_style, name_lines, reached, tidy

JAGGED = 300  # bp: in a longer line, single positions hide the rest
POINTS = 100
BINS = 50
NARROWEST = 0.1  # of an axis of shares: in a narrower one, noise looks like a signal
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
        One panel a class, one line a base, and the same axes in all; the vertical one is as long
        as the shares need. A class without a known letter is left out.

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
    overall = {name: base_composition(part) for name, part in parts.items()}
    known = {name: shares for name, shares in overall.items() if not np.isnan(shares).any()}
    if not known:
        raise DataError(
            f"No letter of {', '.join(parts)} is known. Give sequences of A, C, G and T."
        )
    figure = Picture(layout="constrained")
    axes = _panels(figure, len(known))
    lines = [_draw_composition(axis, parts[name]) for axis, name in zip(axes, known, strict=True)]
    for axis, name in zip(axes, known, strict=True):
        axis.set_title(f"{name} ({len(parts[name]):,} sequences)", fontsize=10)
    axes[0].set_ylim(_limits(np.concatenate([one.get_ydata() for four in lines for one in four])))
    for axis, four in zip(axes, lines, strict=True):
        name_lines(axis, four)
    figure.suptitle("Base composition by position", fontsize=12)
    described = "; ".join(
        f"{name}: " + ", ".join(f"{b} {x:.0%}" for b, x in zip("ACGT", shares, strict=True))
        for name, shares in known.items()
    )
    figure.alt = f"Base composition by position. Overall, {described}."
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
        One outlined histogram a class, all with the same bins; the axis is as long as the values
        need. Sequences without a known letter are left out, which the legend says, and so is a
        class that has none other.

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
    together = np.concatenate(list(values.values()))
    if not np.isnan(together).all():
        first, last = np.searchsorted(edges, [np.nanmin(together), np.nanmax(together)], "right")
        edges = edges[max(first - 2, 0) : last + 2]
    return _histograms(
        values, edges, "GC content", "G and C (share of known letters)", "without known letters"
    )


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
        which the legend says, and so is a class that has none other.

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
        "without C or without G",
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


def _panels(figure: Picture, n: int) -> list[Any]:
    """Axes in one or two columns, alike in scale; the outer ones say what it is."""
    columns = min(n, 2)
    rows = -(-n // columns)
    figure.set_size_inches(8 + columns - 1, 0.7 + 2.4 * rows)
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    for axis in grid.flat[n:]:
        axis.remove()
    for axis in grid[:, 0]:
        axis.set_ylabel("share of known letters")
    for axis in grid.flat[n - columns : n]:
        axis.set_xlabel("position (bp, from 0)")
        axis.tick_params(labelbottom=True)
    return list(grid.flat[:n])


def _limits(shares: np.ndarray) -> tuple[float, float]:
    """From a little under the lowest share to a little over the highest."""
    if np.isnan(shares).all():
        return 0, 1
    low, high = np.nanmin(shares), np.nanmax(shares)
    spare = max(NARROWEST - (high - low), 0.1 * (high - low)) / 2
    return low - spare, high + spare


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
    tidy(axis)
    return lines


def _histograms(
    values: dict[str, np.ndarray], edges: np.ndarray, what: str, unit: str, lacking: str = ""
) -> Picture:
    """Outlines over each other, as shares of a class, so that classes of any size compare.

    ``lacking`` says of which sequences the value is NaN.
    """
    known = {name: column[~np.isnan(column)] for name, column in values.items()}
    known = {name: column for name, column in known.items() if column.size}
    if not known:
        raise DataError(f"{what}: no sequence has one. Give sequences of A, C, G and T.")
    figure = Picture(figsize=(7, 3.6), layout="constrained")
    axis: Any = figure.subplots()
    for number, (name, column) in enumerate(known.items()):
        shares = 100 * np.histogram(column, edges)[0] / len(column)
        label = f"{name} ({len(column):,})"
        axis.stairs(shares, edges, label=label, linewidth=1.8, **line_style(number))
    axis.set(title=f"{what} by class", xlabel=unit, ylabel="share of the class (% a bin)")
    axis.set_ylim(bottom=0)
    tidy(axis)
    out = {name: int(np.isnan(column).sum()) for name, column in values.items()}
    listed = ", ".join(f"{n:,} of {name}" for name, n in out.items() if n)
    note = f"Left out, {lacking}: {listed}" if listed else ""
    axis.legend(
        handlelength=3.5, fontsize=9, title=note.replace(": ", ":\n") or None, title_fontsize=8
    )
    digits = "g" if what == "Length" else ".2g"
    medians = ", ".join(f"{name} {np.median(column):{digits}}" for name, column in known.items())
    figure.alt = f"{what}. Median of {medians}." + (f" {note}." if note else "")
    return figure
