"""What an audit hands back: its findings as a table, text, JSON, a card and a figure."""

from __future__ import annotations

import json
import math
import textwrap
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from html import escape
from numbers import Integral, Real
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import __version__
from ..errors import GenbenchError
from .findings import Finding

if TYPE_CHECKING:
    import pandas as pd

    from ..plots import Picture

FORMAT = 1
# "fine" stands behind "too little data": what was hardly looked at is not fine
SEVERITY = ("broken", "look", "too little data", "fine", "skipped")
_WIDTH = 92  # letters a line of text
_PAGE = (
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="color-scheme" content="light dark"><title>Audit of {title}</title></head>'
    '<body style="font-family:system-ui,sans-serif;margin:1em">{card}</body></html>\n'
)
_FRONT = ("title", "verdict", "rows", "accuracy", "majority", "low", "high")


@dataclass(frozen=True, eq=False, repr=False)
class AuditReport:
    """The findings of an audit, in the order in which they were asked.

    Parameters
    ----------
    name : str
        Name of the dataset.
    findings : sequence of Finding
        One a question.
    about : str
        What was audited, in a sentence or two for people.

    Examples
    --------
    >>> from genbench_lite.audits.findings import Rule, shortcut
    >>> rule = Rule("gain", 0.02, 0.10)
    >>> found = shortcut("length", "Length alone", 915, 1000, 0.37, rule, "Lengths differ.")
    >>> report = AuditReport("toy", [found], "1,000 test rows.")
    >>> report.verdict, float(report.to_frame().at["length", "accuracy"])
    ('broken', 0.915)
    """

    name: str
    findings: Sequence[Finding]
    about: str = ""

    @property
    def verdict(self) -> str:
        """The worst verdict of the findings.

        ``too little data`` where no question could be answered, and where one that is not
        ``look`` or ``broken`` lacked data.
        """
        answered = [f.verdict for f in self.findings if f.verdict != "skipped"]
        return min(answered, key=SEVERITY.index, default="too little data")

    @property
    def summary(self) -> str:
        """How many findings have which verdict, the worst first."""
        counts = Counter(f.verdict for f in self.findings)
        listed = ", ".join(
            f"{counts[verdict]} {verdict}" for verdict in SEVERITY if counts[verdict]
        )
        return listed or "nothing was asked"

    def worst_first(self) -> list[Finding]:
        """The findings by verdict; those of one verdict in the order in which they were asked."""
        return sorted(self.findings, key=lambda f: SEVERITY.index(f.verdict))

    def to_frame(self) -> pd.DataFrame:
        """One row a finding, in the order in which they were asked.

        Returns
        -------
        pandas.DataFrame
            Index ``check``; the other columns are those of
            :class:`~genbench_lite.audits.findings.Finding`, shares and accuracies from 0 to 1. A
            figure that a finding does not have is missing.
        """
        import pandas as pd

        names = [field.name for field in fields(Finding)]
        back = [name for name in names if name not in (*_FRONT, "check", "rule", "detail")]
        columns = ["check", *_FRONT, *back, "rule", "detail"]
        frame = pd.DataFrame([_plain(f) for f in self.findings], columns=columns)
        numbers = dict.fromkeys(("accuracy", "majority", "low", "high"), "float64")
        numbers |= {name: "float64" for name in back if name.startswith("share")}
        return frame.astype(numbers | {"rows": "int64", "count": "Int64"}).set_index("check")

    def to_json(self, path: str | Path | None = None) -> str:
        """The report as JSON; a figure that a finding does not have is null.

        Parameters
        ----------
        path : path, optional
            File to write as well.

        Returns
        -------
        str
            An object with ``format`` (of this layout, 1), ``package_version``, ``name``,
            ``about``, ``verdict`` and ``findings``.

        Raises
        ------
        GenbenchError
            If the file cannot be written.
        """
        content = {
            "format": FORMAT,
            "package_version": __version__,
            "name": self.name,
            "about": self.about,
            "verdict": self.verdict,
            "findings": [_plain(f) for f in self.findings],
        }
        text = json.dumps(content, indent=2, allow_nan=False, ensure_ascii=False) + "\n"
        if path is not None:
            write_text(path, text)
        return text

    def plot(self) -> Picture:
        """Draw the findings, one row each."""
        from ..figures.audit_plots import findings_plot

        return findings_plot(self)

    def _repr_html_(self) -> str:
        from .audit_card import card_html

        return card_html(self)

    def __repr__(self) -> str:
        lines = [
            f"{self.name}: {self.verdict} ({self.summary})",
            *textwrap.wrap(self.about, _WIDTH),
        ]
        found = self.worst_first()
        if found:
            lines += ["", *_table(found)]
        for f in found:
            if f.verdict in ("broken", "look", "skipped"):
                lines += ["", *_wrapped(f"{f.verdict}: {f.title}. {f.detail}")]
                lines += _wrapped(f"Rule: {f.rule}.", "  ") if f.rule else []
        return "\n".join(lines)


def known(value: float | None) -> bool:
    """Whether a finding has this figure: neither None nor NaN."""
    return value is not None and not math.isnan(value)


def percent(value: float | None) -> str:
    """A share as per cent, never rounded to nothing or to all.

    Examples
    --------
    >>> percent(0.915), percent(0.0001), percent(0.99999), percent(1.0), percent(None)
    ('91.5%', '<0.1%', '>99.9%', '100%', '')
    """
    if value is None or math.isnan(value):
        return ""
    if value in (0, 1):
        return f"{value:.0%}"
    if value < 0.0005:
        return "<0.1%"
    return ">99.9%" if value > 0.9995 else f"{value:.1%}"


def html_page(report: AuditReport) -> str:
    """The card of a report as a web page of its own."""
    return _PAGE.format(title=escape(report.name), card=report._repr_html_())


def write_text(path: str | Path, text: str) -> None:
    """Write a file.

    Raises
    ------
    GenbenchError
        If the system refuses.
    """
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise GenbenchError(
            f"{path} cannot be written ({error.strerror}). Name a file in a folder that exists "
            "and that you may write to."
        ) from error


def _plain(finding: Finding) -> dict[str, Any]:
    """A finding as a dict of what JSON has: figures of NumPy as Python's, NaN as None."""
    return {name: _plain_value(value) for name, value in asdict(finding).items()}


def _plain_value(value: Any) -> Any:
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value) if math.isfinite(value) else None
    return value


def _table(found: list[Finding]) -> list[str]:
    head = ("verdict", "question", "rows", "accuracy", "majority", "share")
    rows = [
        (f.verdict, f.title, f"{f.rows:,}" if f.rows else "", percent(f.accuracy),
         percent(f.majority), percent(f.share))
        for f in found
    ]  # fmt: skip
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if place < 2 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in (head, *rows)
    ]


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=indent, subsequent_indent="  ")
