"""Figures of a leaderboard: accuracies, what they cost, and what a fair split leaves of them.

Each takes rows of :meth:`genbench_lite.leaderboard.Leaderboard.compared` (or of ``drops``) and
draws what was measured on the same test rows.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DataError
from ..plots import Picture
from .plot_styles import BLUE, GREY, ORANGE, tidy

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

ON_TEST = "chosen on the test set"  # the note that makes a figure unfit to be compared
# label, marker, whether it is filled, colour; the marker says the same as the colour
STYLES = {
    "ours": ("this sweep", "o", True, BLUE),
    "published": ("published", "D", False, ORANGE),
    "on test": (f"published, {ON_TEST}", "X", False, GREY),
}
SHORTCUTS: dict[str, tuple[str, Any]] = {
    "majority": ("most common class", ":"),
    "length": ("length alone", "--"),
    "lookup": ("copying a relative", "-."),
}
_LETTERS = 26  # of a model's name in a line


def accuracy_plot(
    table: pd.DataFrame, shortcuts: Mapping[str, float] | None = None, title: str = ""
) -> Picture:
    """Test accuracies of models, one row each, the best on top.

    Parameters
    ----------
    table : pandas.DataFrame
        Rows of ``compared()`` of one dataset and one ``measured_on``; without a mean they are
        left out.
    shortcuts : mapping of str to float, optional
        Accuracy of ``majority``, ``length`` and ``lookup``, drawn as grey lines.
    title : str, optional

    Returns
    -------
    Picture
        A thin bar is the 95% interval for other test sequences, a thick one the standard
        deviation over seeds.

    Raises
    ------
    DataError
        If there is no accuracy, or the rows were not measured on the same test rows.
    """
    rows = _alike(table).sort_values("mean", kind="stable")
    figure = Picture(figsize=(5.2, 1.5 + 0.31 * len(rows)), layout="constrained")
    axis: Any = figure.subplots()
    _lines(axis, shortcuts or {})
    for y, (_, row) in enumerate(rows.iterrows()):
        _, marker, filled, colour = STYLES[_kind(row)]
        mean = 100 * row["mean"]
        if np.isfinite(row.get("low", np.nan)):
            axis.plot([100 * row["low"], 100 * row["high"]], [y, y], color=colour, linewidth=1.2)
        if np.isfinite(row.get("spread", np.nan)):
            ends = [mean - 100 * row["spread"], mean + 100 * row["spread"]]
            axis.plot(ends, [y, y], color=colour, linewidth=4, alpha=0.45)
        axis.plot(mean, y, marker, **_marker(filled, colour))
    axis.set_yticks(range(len(rows)), [_wrapped(name) for name in rows["model"]], fontsize=9)
    axis.set_ylim(-0.7, len(rows) - 0.3)
    axis.set_xlabel("test accuracy (%)", fontsize=9)
    axis.set_title(_wrapped(title, 56), loc="left", fontsize=10)
    tidy(axis, "x")
    _legend(figure, rows, shortcuts or {})
    figure.alt = f"{title}. Test accuracy: {_listed(rows)}.{_lines_told(shortcuts or {})}"
    return figure


def cost_plot(table: pd.DataFrame, title: str = "") -> Picture:
    """Test accuracy against parameters, and against processor minutes of training.

    Parameters
    ----------
    table : pandas.DataFrame
        As for :func:`accuracy_plot`. Published models are in the first panel only, where their
        number of parameters is known.
    title : str, optional

    Returns
    -------
    Picture
        One panel for each cost that is known, with a logarithmic axis for it.

    Raises
    ------
    DataError
        If no row has an accuracy and a cost, or the rows were not measured on the same test rows.
    """
    rows = _alike(table)
    names = {"parameters": "parameters", "cpu_minutes": "processor minutes of training"}
    known = {name: rows[_positive(rows, name)] for name in names}
    panels = [(name, label) for name, label in names.items() if len(known[name])]
    if not panels:
        raise DataError("No model has a known cost yet. Run the sweep, then draw it.")
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    figure = Picture(figsize=(5.2, 0.8 + 2 * len(panels)), layout="constrained")
    axes = figure.subplots(len(panels), 1, sharey=True, squeeze=False)[:, 0]
    for axis, (name, label) in zip(axes, panels, strict=True):
        for _, row in known[name].iterrows():
            _, marker, filled, colour = STYLES[_kind(row)]
            axis.plot(row[name], 100 * row["mean"], marker, **_marker(filled, colour))
        _name_points(axis, known[name], name)
        axis.set_xscale("log")
        axis.margins(0.2, 0.18)
        low, high = axis.get_xlim()
        axis.xaxis.set_major_locator(LogLocator(subs=(1,) if high > 60 * low else (1, 2, 5)))
        axis.xaxis.set_major_formatter(FuncFormatter(_plain))
        axis.xaxis.set_minor_locator(NullLocator())
        axis.tick_params(labelsize=8)
        axis.set_xlabel(label, fontsize=9)
        axis.set_ylabel("test accuracy (%)", fontsize=9)
        tidy(axis)
    figure.suptitle(_wrapped(title, 56), x=0.02, ha="left", fontsize=10)
    _legend(figure, rows, {})
    told = [
        f"{row['model']} {100 * row['mean']:.1f}% with {_number(row['parameters'])} parameters"
        + (f" in {row['cpu_minutes']:.2g} min" if row["cpu_minutes"] > 0 else "")
        for _, row in rows.iterrows()
    ]
    figure.alt = f"{title}. Test accuracy against cost: {'; '.join(told)}."
    return figure


def drop_plot(drops: pd.DataFrame) -> Picture:
    """What a fair split leaves of each accuracy.

    Parameters
    ----------
    drops : pandas.DataFrame
        What :meth:`genbench_lite.leaderboard.Leaderboard.drops` gives.

    Returns
    -------
    Picture
        One row a model and dataset, from the accuracy under the split it came with (hollow) to
        that under the fair split (filled).

    Raises
    ------
    DataError
        If nothing was run under both splits.
    """
    if not len(drops):
        raise DataError("No model was run under both splits. Run it with published and fair.")
    rows = drops.iloc[::-1]
    figure = Picture(figsize=(5.2, 1.4 + 0.5 * len(rows)), layout="constrained")
    axis: Any = figure.subplots()
    for y, (_, row) in enumerate(rows.iterrows()):
        before, fair = 100 * row["before"], 100 * row["fair"]
        axis.plot([before, fair], [y, y], color=GREY, linewidth=2)
        axis.plot(before, y, "o", **_marker(False, ORANGE))
        axis.plot(fair, y, "o", **_marker(True, BLUE))
        text = f"{fair - before:+.1f}"
        axis.annotate(
            text,
            (max(before, fair), y),
            (9, 0),
            textcoords="offset points",
            va="center",
            fontsize=9,
        )
    names = [_plain_text(f"{row['model']}\n{row['dataset']}") for _, row in rows.iterrows()]
    axis.set_yticks(range(len(rows)), names, fontsize=8)
    axis.set_ylim(-0.7, len(rows) - 0.3)
    axis.margins(x=0.18)
    axis.set_xlabel("test accuracy (%)", fontsize=9)
    axis.set_title("From the split it came with (○) to the fair split (●)", loc="left", fontsize=10)
    tidy(axis, "x")
    told = [
        f"{row['model']} on {row['dataset']} from {100 * row['before']:.1f}% to "
        f"{100 * row['fair']:.1f}%"
        for _, row in drops.iterrows()
    ]
    figure.alt = f"What a fair split leaves: {'; '.join(told)}."
    return figure


def _alike(table: pd.DataFrame) -> pd.DataFrame:
    rows = table[table["mean"].notna()]
    if not len(rows):
        raise DataError("There is no accuracy to draw. Run the sweep, or see why it failed.")
    if len(rows[["dataset", "measured_on"]].drop_duplicates()) > 1:
        raise DataError(
            "These accuracies were not measured on the same test rows. Draw one dataset and one "
            "measured_on at a time."
        )
    return rows


def _kind(row: Any) -> str:
    if row["by"] != "published":
        return "ours"
    return "on test" if ON_TEST in row["notes"] else "published"


def _marker(filled: bool, colour: str) -> dict[str, Any]:
    face = colour if filled else "white"
    return {"color": colour, "markerfacecolor": face, "markersize": 7, "markeredgewidth": 1.4}


def _positive(rows: pd.DataFrame, name: str) -> Any:
    return (rows[name] > 0).fillna(False).astype(bool)


def _lines(axis: Any, shortcuts: Mapping[str, float]) -> None:
    for _, style, value in _merged(shortcuts):
        axis.axvline(100 * value, color=GREY, linestyle=style, linewidth=1.5, zorder=0)


def _merged(shortcuts: Mapping[str, float]) -> list[tuple[str, Any, float]]:
    """Label, style and place of each line; those at one place are one."""
    at: dict[float, list[str]] = {}
    for name, value in shortcuts.items():
        at.setdefault(round(value, 3), []).append(name)
    return [
        (",\n".join(SHORTCUTS[name][0] for name in names), SHORTCUTS[names[0]][1], value)
        for value, names in at.items()
    ]


def _name_points(axis: Any, rows: pd.DataFrame, column: str) -> None:
    """Names of our models beside their points; the published ones are too many."""
    for _, row in rows[rows["by"] != "published"].iterrows():
        axis.annotate(
            _plain_text(row["model"]),
            (row[column], 100 * row["mean"]),
            (0, 8),
            textcoords="offset points",
            ha="center",
            fontsize=9,
        )


def _legend(figure: Picture, rows: pd.DataFrame, shortcuts: Mapping[str, float]) -> None:
    from matplotlib.lines import Line2D

    kinds = {_kind(row) for _, row in rows.iterrows()}
    handles: list[Any] = [
        Line2D([], [], marker=marker, linestyle="", label=label, **_marker(filled, colour))
        for kind, (label, marker, filled, colour) in STYLES.items()
        if kind in kinds
    ]
    handles += [
        Line2D([], [], color=GREY, linestyle=style, label=label)
        for label, style, _ in _merged(shortcuts)
    ]
    figure.legend(handles=handles, loc="outside lower left", ncols=3, frameon=False, fontsize=8)


def _listed(rows: pd.DataFrame) -> str:
    return ", ".join(
        f"{row['model']} {100 * row['mean']:.1f}% ({STYLES[_kind(row)][0]})"
        for _, row in rows.iloc[::-1].iterrows()
    )


def _lines_told(shortcuts: Mapping[str, float]) -> str:
    if not shortcuts:
        return ""
    told = ", ".join(f"{SHORTCUTS[k][0]} {100 * v:.1f}%" for k, v in shortcuts.items())
    return f" Without a model: {told}."


def _number(value: float) -> str:
    return f"{value:,.0f}" if np.isfinite(value) else "an unknown number of"


def _plain(value: float, _: Any = None) -> str:
    """A tick without an exponent."""
    return f"{value:,.0f}" if value >= 1 else f"{value:g}"


def _wrapped(text: str, width: int = _LETTERS) -> str:
    return "\n".join(textwrap.wrap(_plain_text(text), width))


def _plain_text(text: str) -> str:
    """As it is: matplotlib takes what stands between two dollar signs for mathematics."""
    return text.replace("$", r"\$")
