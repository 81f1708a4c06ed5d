"""A leaderboard in words: which figures stand in one table, what is beside them; Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .protocols import NOTES
from .shortcuts import MEANINGS, published_shortcuts

if TYPE_CHECKING:
    import pandas as pd

    from .board import Leaderboard

HEAD = ("model", "by", "accuracy (%)", "95% interval", "parameters", "CPU min", "protocol, notes")
INTRO = (
    "Each table holds figures that were measured on the same test rows; figures from different "
    "tables cannot be compared. What else sets one apart is noted beside it. ± is the standard "
    "deviation over seeds; the 95% interval says how far other test sequences would move it."
)
FAIR = (
    "A fair split keeps relatives, sequences that overlap or are much alike, on one side: none is "
    "learned from and tested on. What an accuracy loses there was memory of relatives, or comes of "
    "the other rows that it learned from and was tested on."
)
_APART = (
    "Measured by others on all rows under the published split, and not comparable with this "
    "sweep's figures, which are of other rows."
)


@dataclass(frozen=True)
class Section:
    """Figures that were measured on the same test rows: one dataset, its data and its split."""

    dataset: str
    measured_on: str
    table: Any  # pandas.DataFrame: rows of compared()
    shortcuts: dict[str, float]
    remark: str

    @property
    def title(self) -> str:
        """Its heading."""
        return f"{self.dataset}, {self.measured_on}"

    @property
    def anchor(self) -> str:
        """Its place on the page."""
        return re.sub(r"\W+", "-", self.title)


def sections(board: Leaderboard) -> Iterator[Section]:
    """The tables of a leaderboard, those of one dataset behind each other."""
    table = board.compared()
    lines = board.shortcuts().set_index(["dataset", "split"])[list(MEANINGS)]
    for dataset in table["dataset"].unique():
        of_dataset = table[table["dataset"] == dataset]
        for measured_on, rows in of_dataset.groupby("measured_on", sort=False):
            ours = rows[rows["by"] != "published"]
            remark = "" if len(ours) else _APART
            if not (of_dataset["by"] == "published").any():
                remark = "No figures were published for this dataset."
            if len(ours):
                known = lines.loc[tuple(ours.iloc[0][["dataset", "split"]])].dropna().to_dict()
            else:
                known = published_shortcuts(str(dataset))
            ordered = rows.sort_values("mean", ascending=False, kind="stable")
            yield Section(str(dataset), str(measured_on), ordered, known, remark)


def markdown(board: Leaderboard) -> str:
    """The tables as Markdown, with the notes and the failures behind them."""
    parts = ["# Leaderboard", state(board), INTRO]
    for section in sections(board):
        parts += [f"## {_shown(section.title)}", section.remark]
        lines = [HEAD, ["---"] * len(HEAD), *map(cells, rows_of(section.table))]
        parts.append("\n".join(f"| {' | '.join(map(_in_a_cell, line))} |" for line in lines))
        parts.append(f"Without a model: {told(section.shortcuts)}." if section.shortcuts else "")
    drops, failed, table = board.drops(), failures(board), board.compared()
    if len(drops):
        parts += ["## Under a fair split", FAIR, _list(drop_lines(drops))]
    if used := used_notes(table):
        parts += ["## Notes", _list(f"*{name}*: {NOTES[name]}" for name in used)]
    parts.append(sources_told(table))
    if len(failed):
        parts += ["## Failed runs", _list(map(_failure, rows_of(failed)))]
    return "\n\n".join(filter(None, parts)) + "\n"


def _failure(row: Any) -> str:
    place = f"{row['model']} on {row['dataset']}, {row['split']}, seed {row['seed']}"
    return f"{place}: {row['reason']}"


def failures(board: Leaderboard) -> pd.DataFrame:
    """The runs without a result for which there is a reason."""
    runs = board.runs()
    return runs[runs["status"].isin(["failed", "unreadable"])]


def sources_told(table: pd.DataFrame) -> str:
    """Where the published figures of a table are from; empty if it has none."""
    sources = sorted(set(table["source"]) - {""})
    return f"Published figures: {'; '.join(sources)}." if sources else ""


def rows_of(table: pd.DataFrame) -> list[Any]:
    """Each row as a Series."""
    return [row for _, row in table.iterrows()]


def cells(row: Any) -> list[str]:
    """A row of a table, for the columns of ``HEAD``."""
    parameters = row["parameters"]
    minutes = row["cpu_minutes"]
    return [
        row["model"],
        row["by"],
        accuracy_text(row),
        f"{100 * row['low']:.1f} to {100 * row['high']:.1f}" if np.isfinite(row["low"]) else "",
        f"{parameters:,.0f}" if np.isfinite(parameters) else "",
        _minutes(minutes),
        f"{row['protocol']}. Notes: {row['notes']}" if row["notes"] else row["protocol"],
    ]


def accuracy_text(row: Any) -> str:
    """A mean, and what is missing of it."""
    gone = [f"{row['failed']:.0f} failed" if row["failed"] else ""]
    gone.append(f"{row['missing']:.0f} to run" if row["missing"] else "")
    absent = ", ".join(filter(None, gone))
    if not np.isfinite(row["mean"]):
        return f"{absent}: {row['reason']}" if row["reason"] else absent
    text = f"{100 * row['mean']:.1f}"
    if np.isfinite(row["spread"]):
        text += f" ± {100 * row['spread']:.1f}"
    return f"{text} ({absent})" if absent else text


def _minutes(value: float) -> str:
    if not np.isfinite(value):
        return ""
    return f"{value:,.1f}" if value >= 0.1 else f"{value:.2g}"


def drop_lines(drops: pd.DataFrame) -> list[str]:
    """What became of each accuracy under the fair split, a sentence each."""
    lines = []
    for _, row in drops.iterrows():
        change, low, high = (_points(-row[end]) for end in ("drop", "high", "low"))
        sure = "" if low > 0 or high < 0 else ": no more than chance may do"
        lines.append(
            f"{row['model']} on {row['dataset']}: {100 * row['before']:.1f}% to "
            f"{100 * row['fair']:.1f}%, {change:+.1f} points (95% interval {low:+.1f} to "
            f"{high:+.1f}){sure}"
        )
    return lines


def _points(share: float) -> float:
    return round(100 * share, 1) + 0.0  # + 0.0 makes -0.0 a plain 0


def state(board: Leaderboard) -> str:
    """How far the sweep is."""
    counts = board.runs()["status"].value_counts()
    words = {
        "done": "done",
        "failed": "failed",
        "missing": "still to run",
        "unreadable": "unreadable",
    }
    told = [f"{counts[status]} {word}" for status, word in words.items() if status in counts]
    return f"{sum(counts)} runs: {', '.join(told)}."


def told(shortcuts: dict[str, float]) -> str:
    """What is right without a model."""
    return "; ".join(f"{MEANINGS[name]} {100 * value:.1f}%" for name, value in shortcuts.items())


def used_notes(table: pd.DataFrame) -> list[str]:
    """The notes that stand in a table, in the order of ``NOTES``."""
    used = {note for notes in table["notes"] for note in notes.split("; ")}
    return [name for name in NOTES if name in used]


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {_shown(' '.join(line.split()))}" for line in lines)


def _in_a_cell(text: str) -> str:
    return " ".join(_shown(text).replace("|", r"\|").split())


def _shown(text: str) -> str:
    """Text in which no reader of Markdown sees a tag, and hides it."""
    return text.replace("<", r"\<")
