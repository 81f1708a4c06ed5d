"""The card that a notebook shows of an audit: HTML that follows the theme and fits a phone."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from .audit_report import known, percent

if TYPE_CHECKING:
    from .audit_report import AuditReport
    from .findings import Finding

# Each colour stands out from a white page and from a dark one by 3 to 1 or more (WCAG 1.4.11),
# and is never alone: a symbol and a word say the same.
COLOURS = {
    "broken": "#D0402F",
    "look": "#B07A10",
    "fine": "#12876F",
    "too little data": "#808080",
    "skipped": "#808080",
}
SYMBOLS = {"broken": "✗", "look": "▲", "fine": "✓", "too little data": "?", "skipped": "–"}

_FRAME = (
    "border:1px solid rgba(128,128,128,.5);border-radius:6px;padding:.8em 1em;max-width:56em;"
    "color:inherit;background:transparent;line-height:1.4"
)
# the three cells of a row stand beside each other where there is room, and below where not
_ROW = (
    "display:flex;flex-wrap:wrap;gap:.2em 1em;padding:.55em 0 .55em .7em;"
    "border-top:1px solid rgba(128,128,128,.3)"
)
_SMALL = "font-size:.85em;opacity:.8"
_WIDE, _HIGH = 200, 18  # px of a bar


def card_html(report: AuditReport) -> str:
    """The report as one ``<div>``, the worst findings first.

    Parameters
    ----------
    report : AuditReport

    Returns
    -------
    str
        HTML; every text of the report is escaped.
    """
    found = report.worst_first()
    answered = [f for f in found if f.verdict != "skipped"]
    parts = [
        f'<div style="font-size:1.15em;overflow-wrap:anywhere">Audit of '
        f"<strong>{escape(report.name)}</strong>: {_badge(report.verdict)}</div>",
        f'<div style="margin:.3em 0">{escape(report.summary)}</div>',
        f'<div style="margin:.3em 0 .7em;{_SMALL}">{escape(report.about)}</div>',
    ]
    if answered:
        rows = "".join(map(_row, answered))
        parts += [f'<div role="table" aria-label="Findings">{_HEAD}{rows}</div>', _LEGEND]
    if len(answered) < len(found):
        listed = "".join(
            f"<li><strong>{escape(f.title)}</strong>: {escape(f.detail)}</li>"
            for f in found[len(answered) :]
        )
        parts.append(
            f'<div style="margin-top:.8em;{_SMALL}">{_badge("skipped")}: these data cannot tell'
            f'<ul style="margin:.2em 0;padding-left:1.4em">{listed}</ul></div>'
        )
    return f'<div style="{_FRAME}">{"".join(parts)}</div>'


_HEAD = (
    '<div role="row" style="position:absolute;width:1px;height:1px;overflow:hidden;'
    'clip-path:inset(50%)">'  # for screen readers: the eye needs no heading over these
    + "".join(
        f'<span role="columnheader">{name}</span>' for name in ("verdict", "question", "figure")
    )
    + "</div>"
)
_LEGEND = (
    f'<div style="margin-top:.6em;padding-top:.5em;border-top:1px solid rgba(128,128,128,.3);'
    f'{_SMALL}">Bars run from 0 to 100%. The upright line is the accuracy of always answering '
    "the most common class; the whisker is the 95% interval, if rows are independent: where they "
    "overlap or repeat it is wider.</div>"
)


def _row(finding: Finding) -> str:
    colour = COLOURS[finding.verdict]
    rule = f'<div style="{_SMALL}">Rule: {escape(finding.rule)}</div>' if finding.rule else ""
    return (
        f'<div role="row" style="{_ROW};border-left:4px solid {colour}">'
        '<div role="cell" style="flex:0 0 8.3em;white-space:nowrap">'
        f"{_badge(finding.verdict)}</div>"
        f'<div role="cell" style="flex:1 1 17em;min-width:0;overflow-wrap:anywhere">'
        f"<strong>{escape(finding.title)}</strong><div>{escape(finding.detail)}</div>{rule}</div>"
        f'<div role="cell" style="flex:0 1 {_WIDE}px;min-width:9em">{_figures(finding)}</div></div>'
    )


def _badge(verdict: str) -> str:
    return (
        f'<span style="color:{COLOURS[verdict]};font-weight:bold" aria-hidden="true">'
        f"{SYMBOLS[verdict]}</span>&nbsp;<strong>{verdict}</strong>"
    )


def _figures(f: Finding) -> str:
    """The figures as words, each over its bar."""
    lines = []
    if known(f.share):
        of = f"{f.count:,} of {f.rows:,} rows" if f.count is not None else f"of {f.rows:,} rows"
        lines.append(
            _figure(percent(f.share), of, _bar(f.verdict, f.share, f.share_low, f.share_high))
        )
    if known(f.accuracy):
        against = f"right, majority {percent(f.majority)}" if known(f.majority) else "right"
        bar = _bar(f.verdict, f.accuracy, f.low, f.high, f.majority)
        lines.append(_figure(percent(f.accuracy), against, bar))
    return "".join(lines) or f"{f.rows:,} rows"


def _figure(value: str, words: str, bar: str) -> str:
    return f"<div><strong>{escape(value)}</strong> <small>{words}</small>{bar}</div>"


def _bar(
    verdict: str,
    value: float | None,
    low: float | None,
    high: float | None,
    majority: float | None = None,
) -> str:
    """A bar from 0 to 1 with a whisker, and an upright line at the majority; words say it too."""
    assert value is not None
    colour, middle = COLOURS[verdict], _HIGH / 2

    def line(x1: float, x2: float, y1: float, y2: float, style: str) -> str:
        return (
            f'<line x1="{1 + (_WIDE - 2) * x1:.1f}" x2="{1 + (_WIDE - 2) * x2:.1f}" y1="{y1:g}" '
            f'y2="{y2:g}" {style}/>'
        )

    parts = [
        line(0, 1, middle, middle, 'stroke="currentColor" stroke-width="8" opacity=".13"'),
        line(0, value, middle, middle, f'stroke="{colour}" stroke-width="8"'),
    ]
    if known(low) and known(high):
        assert low is not None
        assert high is not None
        style = 'stroke="currentColor" stroke-width="1.4"'
        parts.append(line(low, high, middle, middle, style))
        parts += [line(end, end, middle - 3, middle + 3, style) for end in (low, high)]
    if known(majority):
        assert majority is not None
        parts.append(line(majority, majority, 0, _HIGH, 'stroke="currentColor" stroke-width="2"'))
    return (
        f'<svg viewBox="0 0 {_WIDE} {_HIGH}" aria-hidden="true" '
        f'style="display:block;width:100%;max-width:{_WIDE}px;height:auto">{"".join(parts)}</svg>'
    )
