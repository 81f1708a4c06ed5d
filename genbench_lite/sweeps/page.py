"""A leaderboard for people: Markdown, and one web page that needs nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DataError
from .protocols import NOTES
from .shortcuts import MEANINGS

if TYPE_CHECKING:
    import pandas as pd

    from .board import Leaderboard

STYLE = """\
:root { color-scheme: light dark; --line: #8886; --bad: #b3261e; --badface: #fbe3e1 }
@media (prefers-color-scheme: dark) { :root { --bad: #ffb4ab; --badface: #5c1a15 } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; padding: 1rem; max-width: 75rem }
h1, h2 { line-height: 1.2; overflow-wrap: anywhere }
h2 { margin-top: 2.5rem }
h2 small { display: block; font-weight: normal; font-size: 1rem }
.scroll { overflow-x: auto }
table { border-collapse: collapse; font-size: .9rem }
th, td { padding: .3rem .7rem; text-align: left; vertical-align: top;
  border-bottom: 1px solid var(--line) }
td.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
td.model { overflow-wrap: anywhere; min-width: 7rem }
tr.published td { font-style: italic }
.failed { background: var(--badface); color: var(--bad) }
.absent { opacity: .65 }
.figures { display: flex; flex-wrap: wrap; gap: 1rem; margin-top: 1rem }
.figures img { width: 35rem; max-width: 100% !important; height: auto; align-self: flex-start;
  background: white; border-radius: 6px }
.notes td, .few { font-size: .85rem }"""
_HEAD = ("model", "by", "accuracy (%)", "95% interval", "parameters", "CPU min", "protocol, notes")
_INTRO = (
    "Each table holds figures that were measured on the same test rows; figures from different "
    "tables cannot be compared. What else sets one apart is noted beside it. ± is the standard "
    "deviation over seeds; the 95% interval says how far other test sequences would move it."
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


def sections(board: Leaderboard) -> Iterator[Section]:
    """The tables of a leaderboard, those of one dataset behind each other."""
    table = board.compared()
    lines = board.shortcuts()
    for dataset in table["dataset"].unique():
        of_dataset = table[table["dataset"] == dataset]
        for measured_on, rows in of_dataset.groupby("measured_on", sort=False):
            ours = rows[rows["by"] != "published"]
            remark = "" if len(ours) else _APART
            if not (of_dataset["by"] == "published").any():
                remark = "No figures were published for this dataset."
            known: dict[str, float] = {}
            if len(ours):
                data, split = ours.iloc[0][["data", "split"]]
                at = (lines["dataset"] == dataset) & (lines["data"] == data)
                line = lines[at & (lines["split"] == split)]
                known = line[list(MEANINGS)].iloc[0].dropna().to_dict() if len(line) else {}
            ordered = rows.sort_values("mean", ascending=False, kind="stable")
            yield Section(str(dataset), str(measured_on), ordered, known, remark)


def markdown(board: Leaderboard) -> str:
    """The tables as Markdown, with the notes that they use."""
    parts = ["# Leaderboard", _state(board), _INTRO]
    for section in sections(board):
        parts.append(f"## {section.title}")
        parts += [section.remark] if section.remark else []
        lines = [_HEAD, ["---"] * len(_HEAD), *map(_cells, _rows(section.table))]
        parts.append("\n".join(f"| {' | '.join(map(_in_a_cell, line))} |" for line in lines))
        parts += [f"Without a model: {_told(section.shortcuts)}."] if section.shortcuts else []
    drops = board.drops()
    if len(drops):
        parts += ["## Under a fair split", "\n".join(f"- {line}" for line in _drop_lines(drops))]
    used = _used_notes(board.compared())
    parts += ["## Notes", "\n".join(f"- *{name}*: {NOTES[name]}" for name in used)] if used else []
    return "\n\n".join(parts) + "\n"


def tables_html(board: Leaderboard) -> str:
    """The tables alone, for a notebook."""
    body = "".join(_section_html(section, figures=False) for section in sections(board))
    return (
        f"<style>{_scoped(STYLE)}</style><div class=leaderboard><p>{_state(board)}</p>{body}</div>"
    )


def html_page(board: Leaderboard) -> str:
    """The whole page."""
    body = "".join(_section_html(section, figures=True) for section in sections(board))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Leaderboard</title><style>{STYLE}</style></head><body><h1>Leaderboard</h1>"
        f"<p>{escape(_state(board))}</p><p>{_INTRO}</p>{body}{_drops_html(board)}"
        f"{_notes_html(board)}{_failures_html(board)}{_machines_html(board)}</body></html>\n"
    )


def _scoped(style: str) -> str:
    """Rules for tables only, within one element: a notebook has its own page."""
    wanted = (".failed", ".absent", "td.", "tr.", ".scroll", ".notes")
    rules = [line for line in style.splitlines() if line.startswith(wanted)]
    return "\n".join(f".leaderboard {rule}" for rule in rules).replace(
        "var(--badface); color: var(--bad)", "#fbe3e1; color: #8c1d18"
    )


def _rows(table: pd.DataFrame) -> list[Any]:
    return [row for _, row in table.iterrows()]


def _cells(row: Any) -> list[str]:
    parameters = row["parameters"]
    minutes = row["cpu_minutes"]
    return [
        row["model"],
        row["by"],
        _accuracy(row),
        f"{100 * row['low']:.1f} to {100 * row['high']:.1f}" if np.isfinite(row["low"]) else "",
        f"{parameters:,.0f}" if np.isfinite(parameters) else "",
        _minutes(minutes),
        f"{row['protocol']}. Notes: {row['notes']}" if row["notes"] else row["protocol"],
    ]


def _accuracy(row: Any) -> str:
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


def _section_html(section: Section, figures: bool) -> str:
    head = "".join(f'<th scope="col">{name}</th>' for name in _HEAD)
    body = "".join(map(_row_html, _rows(section.table)))
    told = f"<p class=few>Without a model: {_told(section.shortcuts)}.</p>" * bool(
        section.shortcuts
    )
    remark = f"<p>{section.remark}</p>" if section.remark else ""
    return (
        f"<h2>{escape(section.dataset)} <small>{section.measured_on}</small></h2>{remark}"
        f"<div class=scroll><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        f"</div>{told}{_figures_html(section) if figures else ''}"
    )


def _row_html(row: Any) -> str:
    model, by, accuracy, interval, *numbers, words = map(escape, _cells(row))
    empty = not np.isfinite(row["mean"])
    state = " failed" if row["failed"] else " absent" if empty else ""
    if empty:
        middle = f'<td colspan="4" class="{state.strip()}">{accuracy}</td>'
    else:
        middle = f'<td class="n{state}">{accuracy}</td><td class=n>{interval}</td>'
        middle += "".join(f"<td class=n>{number}</td>" for number in numbers)
    kind = " class=published" if row["by"] == "published" else ""
    return (
        f"<tr{kind}><td class=model>{model}</td><td>{by}</td>{middle}"
        f"<td class=few>{words}</td></tr>"
    )


def _figures_html(section: Section) -> str:
    from ..figures.leaderboard_plots import accuracy_plot, cost_plot

    drawn = []
    for draw in (
        lambda: accuracy_plot(section.table, section.shortcuts, section.title),
        lambda: cost_plot(section.table, section.title),
    ):
        try:
            drawn.append(draw()._repr_html_())
        except DataError:  # nothing to draw yet, which the table tells
            continue
    return f"<div class=figures>{''.join(drawn)}</div>" if drawn else ""


def _drops_html(board: Leaderboard) -> str:
    from ..figures.leaderboard_plots import drop_plot

    drops = board.drops()
    if not len(drops):
        return ""
    lines = "".join(f"<li>{escape(line)}</li>" for line in _drop_lines(drops))
    figure = drop_plot(drops)._repr_html_()
    return f"<h2>Under a fair split</h2><ul>{lines}</ul><div class=figures>{figure}</div>"


def _drop_lines(drops: pd.DataFrame) -> list[str]:
    lines = []
    for _, row in drops.iterrows():
        low, high = 100 * row["low"], 100 * row["high"]
        sure = "" if low > 0 or high < 0 else ": within what chance does"
        lines.append(
            f"{row['model']} on {row['dataset']}: {100 * row['before']:.1f}% to "
            f"{100 * row['fair']:.1f}%, a drop of {100 * row['drop']:.1f} points "
            f"(95% interval {low:.1f} to {high:.1f}){sure}"
        )
    return lines


def _notes_html(board: Leaderboard) -> str:
    used = _used_notes(board.compared())
    if not used:
        return ""
    rows = "".join(f"<tr><td>{name}</td><td>{NOTES[name]}</td></tr>" for name in used)
    sources = sorted(set(board.compared()["source"]) - {""})
    listed = f"<p class=few>Published figures: {escape('; '.join(sources))}.</p>" if sources else ""
    return f"<h2>Notes</h2><table class=notes>{rows}</table>{listed}"


def _failures_html(board: Leaderboard) -> str:
    runs = board.runs()
    runs = runs[runs["status"].isin(["failed", "unreadable"])]
    if not len(runs):
        return ""
    rows = "".join(
        f"<tr><td class=model>{escape(r['model'])}</td><td>{escape(r['dataset'])}, "
        f"{r['split']}</td>"
        f"<td class=n>{r['seed']}</td><td class=failed>{escape(r['reason'])}</td></tr>"
        for r in _rows(runs)
    )
    head = "".join(f'<th scope="col">{x}</th>' for x in ("model", "dataset", "seed", "reason"))
    return (
        f"<h2>Failed runs</h2><div class=scroll><table><thead><tr>{head}</tr></thead>{rows}</table>"
        "</div><p class=few>Run them again with --retry-failed.</p>"
    )


def _machines_html(board: Leaderboard) -> str:
    runs = board.runs()
    runs = runs[runs["status"] == "done"]
    if not len(runs):
        return ""
    used = runs[["machine", "threads", "python", "torch", "numpy", "genbench_lite"]]
    lines = "".join(
        f"<li>{escape(r['machine'])}; {r['threads']:.0f} threads a run; Python {r['python']}, "
        f"torch {r['torch']}, numpy {r['numpy']}, genbench_lite {r['genbench_lite']}</li>"
        for r in _rows(used.drop_duplicates())
    )
    return f"<h2>Measured with</h2><ul class=few>{lines}</ul>"


def _state(board: Leaderboard) -> str:
    counts = board.runs()["status"].value_counts()
    words = {
        "done": "done",
        "failed": "failed",
        "missing": "still to run",
        "unreadable": "unreadable",
    }
    told = [f"{counts[status]} {word}" for status, word in words.items() if status in counts]
    return f"{sum(counts)} runs: {', '.join(told)}."


def _told(shortcuts: dict[str, float]) -> str:
    return "; ".join(f"{MEANINGS[name]} {100 * value:.1f}%" for name, value in shortcuts.items())


def _used_notes(table: pd.DataFrame) -> list[str]:
    used = {note for notes in table["notes"] for note in notes.split("; ")}
    return [name for name in NOTES if name in used]


def _in_a_cell(text: str) -> str:
    return " ".join(text.replace("|", r"\|").split())
