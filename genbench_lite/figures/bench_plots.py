"""Several audits in one figure: one row a dataset, one column a question."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..audits.audit_report import known, percent
from ..errors import DataError
from ..plots import Picture
from .audit_plots import STYLES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..audits.audit_report import AuditReport
    from ..audits.findings import Finding

# what stands over a column of the bench; the titles of findings are longer than a column is wide
_HEADS = {
    "balance": "largest\nclass",
    "length": "length\nalone",
    "strand": "strand\nalone",
    "chromosome": "chromo-\nsome",
    "repeats": "repeats",
    "in_training": "copies\nin train",
    "overlap_any": "shares\na base",
    "overlap_half": "shares\nhalf",
    "overlap_90": "shares\n90%",
    "lookup": "look-up",
    "contradictions": "two\nclasses",
}


def bench(reports: Sequence[AuditReport], checks: Sequence[str] | None = None) -> Picture:
    """Several audits in one picture: one row a dataset, one column a question.

    Parameters
    ----------
    reports : sequence of AuditReport
    checks : sequence of str, optional
        The questions, such as ``length``; all that have a figure in some report, if not given.

    Returns
    -------
    Picture
        Colour and marker are the verdict. The number is the accuracy that knowing this alone
        allows where the finding has one, with the majority class below; else the share of rows.

    Raises
    ------
    DataError
        If there is no report, or none answers one of the questions.

    Examples
    --------
    >>> from genbench_lite.audits.audit_report import AuditReport
    >>> from genbench_lite.audits.findings import Rule, shortcut
    >>> rule = Rule("gain", 0.02, 0.10)
    >>> found = shortcut("length", "Length alone", 915, 1000, 0.37, rule, "Lengths differ.")
    >>> bench([AuditReport("toy", [found])]).alt
    'Audits of 1 datasets. toy: length broken (91.5% against 37.0%).'
    """
    answers = {r.name: {f.check: f for f in r.findings if _figure(f)} for r in reports}
    asked = list(dict.fromkeys(check for found in answers.values() for check in found))
    columns = asked if checks is None else [check for check in checks if check in asked]
    if not columns:
        raise DataError("There is no finding to draw. Give reports of gbl.audit, and their checks.")
    size = (2.3 + 0.78 * len(columns), 1.2 + 0.5 * len(answers))
    figure = Picture(figsize=size, layout="constrained")
    axis: Any = figure.subplots()
    for y, found in enumerate(answers.values()):
        for x, check in enumerate(columns):
            _draw_cell(axis, x, y, found.get(check))
    axis.set_xlim(-0.5, len(columns) - 0.5)
    axis.set_ylim(len(answers) - 0.5, -0.5)
    heads = [_HEADS.get(check, textwrap.fill(check, 9)) for check in columns]
    axis.set_xticks(range(len(columns)), heads, fontsize=9)
    axis.set_yticks(range(len(answers)), list(answers), fontsize=9)
    axis.tick_params(length=0, labeltop=True, labelbottom=False)
    axis.spines[:].set_visible(False)
    _verdict_legend(figure, {f.verdict for found in answers.values() for f in found.values()})
    figure.suptitle("Accuracy by one property alone (majority below), or share of rows (%)")
    figure.alt = f"Audits of {len(answers)} datasets. {_told(answers, columns)}"
    return figure


def _figure(f: Finding) -> bool:
    return f.verdict != "skipped" and (known(f.accuracy) or known(f.share))


def _draw_cell(axis: Axes, x: int, y: int, f: Finding | None) -> None:
    if f is None:
        axis.text(x, y, "not\nasked", ha="center", va="center", fontsize=7.5, color="#666666")
        return
    colour, marker = STYLES[f.verdict]
    axis.fill_between([x - 0.47, x + 0.47], y - 0.45, y + 0.45, color=colour, alpha=0.22, lw=0)
    axis.plot(x - 0.33, y, marker, color=colour, markersize=6)
    if known(f.accuracy):
        below = f"\n({100 * (f.majority or 0):.0f})" if known(f.majority) else ""
        words = percent(f.accuracy).rstrip("%") + below
    else:
        words = percent(f.share).rstrip("%")
    axis.text(x + 0.1, y, words, ha="center", va="center", fontsize=8.5)


def _verdict_legend(figure: Picture, verdicts: set[str]) -> None:
    from matplotlib.lines import Line2D

    marks = [
        Line2D([], [], color=colour, marker=marker, linestyle="", label=verdict)
        for verdict, (colour, marker) in STYLES.items()
        if verdict in verdicts
    ]
    figure.legend(handles=marks, loc="outside lower center", ncols=len(marks), frameon=False)


def _told(answers: Mapping[str, Mapping[str, Finding]], columns: Sequence[str]) -> str:
    """What is not fine, dataset by dataset."""
    parts = []
    for name, found in answers.items():
        odd = []
        for f in (found[check] for check in columns if check in found):
            if f.verdict == "fine":
                continue
            value = f"{percent(f.share)} of rows"
            if known(f.accuracy):
                value = f"{percent(f.accuracy)} against {percent(f.majority)}"
            odd.append(f"{f.check} {f.verdict} ({value})")
        parts.append(f"{name}: {', '.join(odd) or 'all fine'}.")
    return " ".join(parts)
