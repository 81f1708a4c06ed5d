"""The figure of an audit: one row a finding."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from ..audits.audit_report import known, percent
from ..errors import DataError
from ..plots import Picture
from .plot_styles import GREY, tidy

if TYPE_CHECKING:
    from ..audits.audit_report import AuditReport
    from ..audits.findings import Finding

# of the palette for colour-blind readers; the marker says the same as the colour
STYLES = {
    "broken": ("#D55E00", "X"),
    "look": ("#C98A00", "^"),
    "fine": ("#009E73", "o"),
    "too little data": (GREY, "D"),
}
_ROW = 0.36  # inches a finding takes
_LABEL = 34  # letters a line of its name
_PANELS = {
    "accuracy": ("What knowing this alone tells about the class", "test accuracy (%)"),
    "share": ("What is repeated, shared or unusual", "share of the rows (%)"),
}


def findings_plot(report: AuditReport) -> Picture:
    """Draw an audit: accuracies against the majority class, and shares of rows below.

    Parameters
    ----------
    report : AuditReport

    Returns
    -------
    Picture
        One row a finding, the worst first, with its 95% interval; colour and marker are its
        verdict. A finding with an accuracy and a share is in both panels; one with neither is
        left out.

    Raises
    ------
    DataError
        If no finding has a figure.

    Examples
    --------
    >>> from genbench_lite.audits.audit_report import AuditReport
    >>> from genbench_lite.audits.findings import Rule, shortcut
    >>> rule = Rule("gain", 0.02, 0.10)
    >>> found = shortcut("length", "Length alone", 915, 1000, 0.37, rule, "Lengths differ.")
    >>> findings_plot(AuditReport("toy", [found])).alt
    'Audit of toy: broken. Test accuracy: Length alone 91.5% against 37.0%, broken.'
    """
    found = [f for f in report.worst_first() if f.verdict != "skipped"]
    rows = {kind: [f for f in found if known(getattr(f, kind))] for kind in _PANELS}
    panels = {kind: those for kind, those in rows.items() if those}
    if not panels:
        raise DataError(
            f"The audit of {report.name} has no figure to draw: {report.summary}. Print the "
            "report; it says what each question needs."
        )
    heights = [len(those) + 0.9 for those in panels.values()]
    figure = Picture(figsize=(8, 1.0 + _ROW * (sum(heights) + 1.2 * len(heights))))
    figure.set_layout_engine("constrained", hspace=0.03)
    axes = figure.subplots(len(panels), 1, squeeze=False, height_ratios=heights)[:, 0]
    for axis, (kind, those) in zip(axes, panels.items(), strict=True):
        _draw(axis, kind, those)
    figure.suptitle(f"{report.name}: {report.verdict}", fontweight="bold", wrap=True)
    _legend(figure, {f.verdict for those in panels.values() for f in those}, rows["accuracy"])
    figure.alt = _described(report, panels)
    return figure


def _draw(axis: Any, kind: str, found: list[Finding]) -> None:
    for y, f in enumerate(found):
        colour, marker = STYLES[f.verdict]
        value = 100 * getattr(f, kind)
        low, high = (f.low, f.high) if kind == "accuracy" else (f.share_low, f.share_high)
        base = 0.0
        if kind == "accuracy" and known(f.majority):
            base = 100 * (f.majority or 0)
            axis.barh(y, base, 0.62, color=GREY, alpha=0.16, linewidth=0)
            axis.plot([base, base], [y - 0.36, y + 0.36], color="#555555", linewidth=1.8)
        axis.plot([base, value], [y, y], color=colour, linewidth=3, alpha=0.4)
        if known(low) and known(high):
            assert low is not None
            assert high is not None
            axis.plot([100 * low, 100 * high], [y, y], color=colour, linewidth=1.4)
            for end in (100 * low, 100 * high):
                axis.plot([end, end], [y - 0.14, y + 0.14], color=colour, linewidth=1.4)
        axis.plot(
            value, y, marker, color=colour, markersize=9,
            markeredgecolor="white", markeredgewidth=0.8, clip_on=False,
        )  # fmt: skip
        axis.text(103.5, y, percent(value / 100), va="center_baseline", fontsize=9, clip_on=False)
    title, unit = _PANELS[kind]
    axis.set_title(title, loc="left", fontsize=10)
    axis.set_xlabel(unit, fontsize=9)
    axis.set_xlim(0, 102)
    axis.set_xticks(range(0, 101, 20))
    axis.set_ylim(len(found) - 0.4, -0.6)
    axis.set_yticks(range(len(found)), [_name(f.title) for f in found], fontsize=9)
    axis.tick_params(axis="y", length=0, pad=9)  # a marker at 0 reaches over the edge
    axis.tick_params(axis="x", labelsize=9)
    tidy(axis, "x", ("top", "right", "left"))


def _name(title: str) -> str:
    return "\n".join(textwrap.wrap(title.replace("$", r"\$"), _LABEL)[:2])


def _legend(figure: Picture, verdicts: set[str], accuracies: list[Finding]) -> None:
    from matplotlib.lines import Line2D

    marks = [
        Line2D([], [], color=colour, marker=marker, linestyle="", markersize=8, label=verdict)
        for verdict, (colour, marker) in STYLES.items()
        if verdict in verdicts
    ]
    if any(known(f.majority) for f in accuracies):
        style = {"color": "#555555", "marker": "|", "linestyle": "", "markeredgewidth": 1.8}
        label = "always the most common class"
        marks.append(Line2D([], [], markersize=11, label=label, **style))  # type: ignore[arg-type]
    figure.legend(
        handles=marks, loc="outside lower center", ncols=len(marks), frameon=False, fontsize=9
    )


def _described(report: AuditReport, panels: dict[str, list[Finding]]) -> str:
    sentences = [f"Audit of {report.name}: {report.verdict}."]
    for kind, found in panels.items():
        listed = []
        for f in found:
            against = (
                f" against {percent(f.majority)}"
                if kind == "accuracy" and known(f.majority)
                else ""
            )
            listed.append(f"{f.title} {percent(getattr(f, kind))}{against}, {f.verdict}")
        head = "Test accuracy" if kind == "accuracy" else "Share of rows"
        sentences.append(f"{head}: {'; '.join(listed)}.")
    return " ".join(sentences)
