"""Figures of what changes a model's answer: motifs put in, letters replaced, places that count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

from ..errors import DataError
from ..explanations.asking import rectangle
from ..explanations.baselines import check_attribution
from ..plots import Picture
from .plot_styles import COLOURS, line_style, tidy

if TYPE_CHECKING:
    import pandas as pd

_MARKERS = "osD^vP*"
_NEEDED = ("motif", "class", "change", "low", "high")


def motif_effects(effects: pd.DataFrame, title: str = "What a motif does") -> Picture:
    """Draw the changes of a model's answer by motifs, for each class, with intervals.

    Parameters
    ----------
    effects : pandas.DataFrame
        What :func:`~genbench_lite.attribution.marginalize` returned, of up to seven classes.
    title : str

    Returns
    -------
    Picture
        One row a motif, in the order of the table; one mark a class.

    Raises
    ------
    DataError
        If the table is no such table, has no row, or more than seven classes.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"motif": "GATA2", "class": "K562", "change": 2.0, "low": 1.9, "high": 2.1}
    >>> motif_effects(pd.DataFrame([row])).alt
    'Change of the answer by motifs put in. GATA2: K562 +2.0.'
    """
    missing = [name for name in _NEEDED if name not in getattr(effects, "columns", ())]
    classes = [] if missing else list(dict.fromkeys(effects["class"]))
    if missing or not 0 < len(classes) <= len(_MARKERS):
        raise DataError(
            f"A table without {', '.join(missing) or 'rows'}, or with more than {len(_MARKERS)} "
            "classes, cannot be drawn. Take what marginalize returns."
        )
    motifs = list(dict.fromkeys(effects["motif"]))
    figure = Picture(figsize=(6.8, 1.5 + 0.46 * len(motifs)), layout="constrained")
    axis: Any = figure.subplots()
    for number, name in enumerate(classes):
        mine = effects[effects["class"] == name]
        shift = 0.13 * (number - (len(classes) - 1) / 2)
        change = mine["change"].to_numpy()
        axis.errorbar(
            change,
            [motifs.index(motif) + shift for motif in mine["motif"]],
            xerr=[change - mine["low"], mine["high"] - change],
            fmt=_MARKERS[number],
            color=COLOURS[number],
            markersize=6,
            capsize=2,
            label=name,
        )
    axis.axvline(0, color="black", linewidth=1)
    axis.set_yticks(range(len(motifs)), motifs)
    axis.set_ylim(len(motifs) - 0.4, -0.6)
    axis.set_xlabel("change of the answer (units of the logit), with 95% interval")
    axis.set_title(title, fontsize=11)
    figure.legend(loc="outside lower center", ncols=min(len(classes), 4), frameon=False)
    tidy(axis, "x")
    told = []
    for motif in motifs:
        mine = effects[effects["motif"] == motif]
        each = zip(mine["class"], mine["change"], strict=True)
        told.append(f"{motif}: " + ", ".join(f"{name} {change:+.1f}" for name, change in each))
    figure.alt = f"Change of the answer by motifs put in. {'; '.join(told)}."
    return figure


def substitution_map(
    effects: np.ndarray,
    letters: str | np.ndarray,
    window: tuple[int, int] | None = None,
    marks: Sequence[tuple[int, str, str]] = (),
    title: str = "Every single substitution",
) -> Picture:
    """Draw the change of the answer by each substitution as a table of colours.

    Parameters
    ----------
    effects : numpy.ndarray
        What :func:`~genbench_lite.attribution.mutagenesis` says about one sequence, shape
        (4, length).
    letters : str or numpy.ndarray
        The sequence, or its uint8 codes, shape (length,).
    window : tuple of int, optional
        The part to show: first position, and the one after the last, from 0.
    marks : sequence of (int, str, str)
        Position, new letter and name of substitutions to frame.
    title : str

    Returns
    -------
    Picture
        One row a base, one column a position. The letter that is there has a dot.

    Raises
    ------
    DataError
        If the effects are not those of this sequence, or the window lies outside.

    Examples
    --------
    >>> substitution_map(np.array([[0.0, -1.0], [0.0, 0.0], [2.0, 0.0], [0.0, 0.0]]), "CC").alt
    'Change by each substitution from 0 to 2. Lowest: -1, C to A at 1. Highest: 2, C to G at 0.'
    """
    codes = rectangle([letters] if isinstance(letters, str) else np.asarray(letters)[None])[0]
    values = check_attribution(np.asarray(effects, np.float64)[None], codes[None])[0]
    first, end = (0, len(codes)) if window is None else window
    if not 0 <= first < end <= len(codes):
        raise DataError(
            f"A window from {first} to {end} is not within {len(codes)} positions. Give its first "
            "position and the one after its last, from 0."
        )
    shown, limit = values[:, first:end], float(np.abs(values[:, first:end]).max()) or 1.0
    figure = Picture(figsize=(max(0.17 * (end - first) + 1.6, 5.0), 2.3), layout="constrained")
    axis: Any = figure.subplots()
    image = axis.imshow(
        shown, cmap="RdBu", vmin=-limit, vmax=limit, aspect="auto",
        extent=(first - 0.5, end - 0.5, 3.5, -0.5),
    )  # fmt: skip
    known = np.flatnonzero(codes[first:end] < 4)
    axis.plot(known + first, codes[first:end][known], ".", color="#444444", markersize=4)
    framed = [mark for mark in marks if first <= mark[0] < end]
    for position, letter, name in framed:
        _frame(axis, position, "ACGT".index(letter.upper()), name)
    axis.set_yticks(range(4), list("ACGT"))
    axis.set(xlabel="position (bp, from 0)", ylabel="new letter")
    axis.set_title(title, fontsize=11, pad=18 if framed else 6)
    figure.colorbar(image, label="change\n(units of the logit)")
    low, high = (np.unravel_index(i, shown.shape) for i in (shown.argmin(), shown.argmax()))
    told = [
        f"{name}: {shown[place]:.3g}, {'ACGTN'[codes[first + place[1]]]} to {'ACGT'[place[0]]} at "
        f"{first + place[1]}"
        for name, place in (("Lowest", low), ("Highest", high))
    ]
    figure.alt = f"Change by each substitution from {first} to {end}. {'. '.join(told)}."
    for position, letter, name in framed:
        figure.alt += f" Framed: {name}, {letter} at {position}."
    return figure


def position_profile(
    attributions: Mapping[str, np.ndarray], title: str = "Where the model looks"
) -> Picture:
    """Draw the mean size of attributions at each position, over many sequences.

    Parameters
    ----------
    attributions : mapping of str to numpy.ndarray
        Name, for example of a model, to attributions of shape (n, 4, length); up to seven.
    title : str

    Returns
    -------
    Picture
        One line a name: the mean over the sequences of the sum of absolute values.

    Raises
    ------
    DataError
        If there is nothing to draw, too much, or an attribution has another shape.

    Examples
    --------
    >>> position_profile({"one": np.eye(4)[None] * [1, 5, 1, 1]}).alt
    'Mean size of attributions by position. Highest: one 5 at 1 (2.5 times its mean).'
    """
    if not 0 < len(attributions) <= len(COLOURS):
        raise DataError(
            f"{len(attributions)} lines cannot be drawn. Give at least one, and up to "
            f"{len(COLOURS)}."
        )
    figure = Picture(figsize=(8, 3.0), layout="constrained")
    axis: Any = figure.subplots()
    peaks = []
    for number, (name, values) in enumerate(attributions.items()):
        values = np.asarray(values)
        if (
            values.ndim != 3
            or values.shape[1] != 4
            or not values.size
            or not np.isfinite(values).all()
        ):
            raise DataError(
                f"{name} has shape {values.shape}, or values that are no finite numbers. Give "
                "attributions of shape (sequences, 4, positions)."
            )
        sizes = np.abs(values).sum(1).mean(0)
        top = int(sizes.argmax())
        axis.plot(sizes, label=name, linewidth=1.4, **line_style(number))
        axis.annotate(
            f"{top}", (top, sizes[top]), (4, -2), textcoords="offset points", fontsize=9,
            color=COLOURS[number],
        )  # fmt: skip
        times = sizes[top] / sizes.mean() if sizes.any() else 1
        peaks.append(f"{name} {sizes[top]:.3g} at {top} ({times:.1f} times its mean)")
    axis.set_ylim(bottom=0)
    axis.set(
        xlabel="position (bp, from 0)", ylabel="mean size of attribution\n(units of the logit)"
    )
    axis.set_title(title, fontsize=11)
    if len(attributions) > 1:
        axis.legend(frameon=False)
    tidy(axis)
    figure.alt = f"Mean size of attributions by position. Highest: {'; '.join(peaks)}."
    return figure


def _frame(axis: Any, position: int, row: int, name: str) -> None:
    """A frame around one cell, and its name above the table."""
    cell = Rectangle((position - 0.5, row - 0.5), 1, 1, fill=False, linewidth=1.8, clip_on=False)
    cell.set_path_effects([withStroke(linewidth=4, foreground="white")])  # seen on any colour
    axis.add_patch(cell)
    axis.annotate(
        name, (position, -0.5), (0, 4), textcoords="offset points", ha="center", fontsize=9
    )
