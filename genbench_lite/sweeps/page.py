"""A leaderboard as one web page that needs nothing else, and as tables for a notebook."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DataError
from .protocols import NOTES
from .wording import (
    FAIR,
    HEAD,
    INTRO,
    Section,
    accuracy_text,
    cells,
    drop_lines,
    failures,
    rows_of,
    sections,
    sources_told,
    state,
    told,
    used_notes,
)

if TYPE_CHECKING:
    from .board import Leaderboard

STYLE = """\
:root { color-scheme: light dark; --line: #8886; --bad: #a01c14; --badface: #fbe3e1 }
@media (prefers-color-scheme: dark) { :root { --bad: #ffb4ab; --badface: #5c1a15 } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; padding: 1rem; max-width: 75rem;
  overflow-wrap: break-word }
h1, h2 { line-height: 1.2 }
h2 { margin-top: 3rem }
h2 small { display: block; font-weight: normal; font-size: 1rem }
.scroll { overflow-x: auto }
table { border-collapse: collapse; font-size: .9rem }
th, td { padding: .3rem .7rem; text-align: left; vertical-align: top;
  border-bottom: 1px solid var(--line) }
td.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
td.by { white-space: nowrap }
tr.published td { font-style: italic }
.failed { background: var(--badface); color: var(--bad) }
.absent { opacity: .7 }
.few { font-size: .85rem }
.figures { display: flex; flex-wrap: wrap; gap: 1rem; margin-top: 1rem }
.figures img { width: 35rem; max-width: 100% !important; height: auto; align-self: flex-start;
  background: white; border-radius: 6px }
@media (max-width: 45rem) {
  .results thead { display: none }
  .results, .results tbody, .results tr, .results td { display: block; border: 0 }
  .results tr { border-top: 1px solid var(--line); padding: .5rem 0 }
  .results td { padding: .05rem .4rem; text-align: left }
  .results td:empty { display: none }
  .results td.model { font-weight: bold }
  .results td[data-label]::before { content: attr(data-label) ": "; opacity: .75 }
}"""


def tables_html(board: Leaderboard) -> str:
    """The tables alone, for a notebook."""
    body = "".join(_section_html(section, figures=False) for section in sections(board))
    return (
        f"<style>{_scoped(STYLE)}</style><div class=leaderboard><p>{state(board)}</p>{body}</div>"
    )


def html_page(board: Leaderboard) -> str:
    """The whole page."""
    listed = list(sections(board))
    body = "".join(_section_html(section, figures=True) for section in listed)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Leaderboard</title><style>{STYLE}</style></head><body><h1>Leaderboard</h1>"
        f"<p>{escape(state(board))}</p><p>{INTRO}</p>{_overview_html(board, listed)}{body}"
        f"{_drops_html(board)}"
        f"{_notes_html(board)}{_failures_html(board)}{_machines_html(board)}</body></html>\n"
    )


def _scoped(style: str) -> str:
    """Rules for tables only, within one element: a notebook has its own page."""
    rules = [line for line in style.splitlines() if line.startswith((".failed", "td.", "tr."))]
    rules.insert(0, "td { text-align: left; vertical-align: top; white-space: normal }")
    rules.insert(0, "th { text-align: left }")
    # twice the class: JupyterLab turns cells to the right with a selector that would win over once
    text = "\n".join(f"div.leaderboard.leaderboard {rule}" for rule in rules)
    return text.replace("var(--badface)", "#fbe3e1").replace("var(--bad)", "#a01c14")


def _section_html(section: Section, figures: bool) -> str:
    head = "".join(f'<th scope="col">{name}</th>' for name in HEAD)
    body = "".join(map(_row_html, rows_of(section.table)))
    below = ""
    if section.shortcuts:
        below = f"<p class=few>Without a model: {told(section.shortcuts)}.</p>"
    remark = f"<p>{section.remark}</p>" if section.remark else ""
    return (
        f"<h2 id={section.anchor}>{_breakable(section.dataset)} "
        f"<small>{section.measured_on}</small></h2>{remark}"
        f"<div class=scroll><table class=results><thead><tr>{head}</tr></thead><tbody>{body}"
        f"</tbody></table></div>{below}{_figures_html(section) if figures else ''}"
    )


def _row_html(row: Any) -> str:
    model, *texts = cells(row)
    by, accuracy, interval, parameters, minutes, words = map(escape, texts)
    kind = " class=published" if row["by"] == "published" else ""
    start = f"<tr{kind}><td class=model>{_breakable(model)}</td><td class=by>{by}</td>"
    state = "failed" if row["failed"] else ""
    if not np.isfinite(row["mean"]):
        return f'{start}<td colspan="5" class="{state or "absent"}">{accuracy}</td></tr>'
    columns = ((f"n {state}", accuracy), ("n", interval), ("n", parameters), ("n", minutes))
    middle = "".join(
        f'<td class="{kind}" data-label="{name}">{text}</td>' if text else "<td></td>"
        for name, (kind, text) in zip(HEAD[2:], columns, strict=False)
    )
    return f"{start}{middle}<td class=few>{words}</td></tr>"


def _overview_html(board: Leaderboard, listed: list[Section]) -> str:
    """All cells at a glance, with links to their tables."""
    ours = [section for section in listed if (section.table["by"] != "published").any()]
    head = "".join(
        f'<th scope="col"><a href="#{section.anchor}">{_breakable(section.dataset)}</a><br>'
        f"<span class=few>{section.measured_on}</span></th>"
        for section in ours
    )
    rows = ""
    for model in dict.fromkeys(run.model for run in board.plan.runs):
        columns = ""
        for section in ours:
            found = section.table[section.table["model"] == model]
            columns += _glance(found.iloc[0]) if len(found) else "<td></td>"
        rows += f'<tr><th scope="row">{_breakable(model)}</th>{columns}</tr>'
    return (
        f"<div class=scroll><table><thead><tr><td></td>{head}</tr></thead><tbody>{rows}</tbody>"
        "</table></div><p class=few>Accuracy in per cent, mean ± standard deviation over seeds. "
        "Red: a run failed. Pale: runs are still to do.</p>"
    )


def _glance(row: Any) -> str:
    state = "failed" if row["failed"] else "absent" if row["missing"] else ""
    text = accuracy_text(row).partition(":")[0]
    return f'<td class="n {state}">{escape(text)}</td>'


def _breakable(name: str) -> str:
    """A name that may be broken behind each _, : and dot."""
    return re.sub(r"([_:.])(?=\w)", r"\1<wbr>", escape(name))


def _figures_html(section: Section) -> str:
    from ..figures.leaderboard_plots import accuracy_plot, cost_plot

    drawn = []
    draws = [lambda: accuracy_plot(section.table, section.shortcuts, section.title)]
    if (section.table["by"] != "published").any():
        draws.append(lambda: cost_plot(section.table, section.title))
    for draw in draws:
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
    lines = "".join(f"<li>{escape(line)}</li>" for line in drop_lines(drops))
    figure = drop_plot(drops)._repr_html_()
    return (
        f"<h2>Under a fair split</h2><p>{FAIR}</p><ul>{lines}</ul><div class=figures>{figure}</div>"
    )


def _notes_html(board: Leaderboard) -> str:
    table = board.compared()
    used = used_notes(table)
    if not used:
        return ""
    rows = "".join(f"<tr><td>{name}</td><td>{NOTES[name]}</td></tr>" for name in used)
    listed = f"<p class=few>{escape(sources_told(table))}</p>"
    return f"<h2>Notes</h2><table class=few>{rows}</table>{listed}"


def _failures_html(board: Leaderboard) -> str:
    runs = failures(board)
    if not len(runs):
        return ""
    rows = "".join(
        f"<tr><td>{_breakable(r['model'])}</td><td>{escape(r['dataset'])}, "
        f"{r['split']}</td>"
        f"<td class=n>{r['seed']}</td><td class=failed>{escape(r['reason'])}</td></tr>"
        for r in rows_of(runs)
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
        f"<li>{escape(r['machine'])}; threads a run: {r['threads']:.0f}; Python {r['python']}, "
        f"torch {r['torch']}, numpy {r['numpy']}, genbench_lite {r['genbench_lite']}</li>"
        for r in rows_of(used.drop_duplicates())
    )
    return f"<h2>Measured with</h2><ul class=few>{lines}</ul>"
