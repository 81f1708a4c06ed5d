from __future__ import annotations

import dataclasses
import json
import math
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from genbench_lite import __version__
from genbench_lite.audits.audit_card import COLOURS, SYMBOLS
from genbench_lite.audits.audit_report import SEVERITY, AuditReport, percent
from genbench_lite.audits.findings import VERDICTS, Finding, Rule, leak, shortcut, skipped
from genbench_lite.errors import GenbenchError

GAIN, SHARE = Rule("gain", 0.02, 0.10), Rule("share", 0.01, 0.10)
EVIL = "<script>alert('&')</script>"


def finding(verdict: str, check: str = "made", **figures) -> Finding:
    return Finding(check, f"Is it {verdict}?", 500, verdict, "a rule", f"Seen: {check}.", **figures)


@pytest.fixture
def report() -> AuditReport:
    findings = [
        shortcut("gc", "GC content alone", 520, 1000, 0.5, GAIN, "Alike."),
        shortcut("length", "Length alone", 915, 1000, 0.37, GAIN, "Enhancers are longer."),
        leak("overlap", "Overlap", 400, 1000, SHARE, "Windows overlap.", right=950, majority=0.5),
        leak("twice", "The same twice", 0, 1000, SHARE, "None."),
        skipped("strand", "Strand alone", "No strand is known."),
    ]
    return AuditReport("toy", findings, "1,000 test rows.")


# what an audit may not claim


def test_nothing_asked_is_never_fine():
    report = AuditReport("empty", [])
    assert report.verdict == "too little data"
    assert "nothing was asked" in repr(report)
    assert "nothing was asked" in report._repr_html_()
    assert len(report.to_frame()) == 0
    assert json.loads(report.to_json())["findings"] == []


def test_all_skipped_is_never_fine():
    report = AuditReport("x", [skipped("a", "A?", "No a."), skipped("b", "B?", "No b.")])
    assert report.verdict == "too little data"
    assert "2 skipped" in repr(report)
    html = report._repr_html_()
    assert "No a." in html
    assert "No b." in html
    assert "<svg" not in html
    assert report.to_frame()["accuracy"].isna().all()


@pytest.mark.parametrize(
    ("verdicts", "worst"),
    [
        (["fine", "look", "broken", "too little data", "skipped"], "broken"),
        (["fine", "too little data", "look"], "look"),
        (["fine", "too little data", "fine"], "too little data"),
        (["skipped", "fine"], "fine"),
    ],
)
def test_the_worst_verdict_wins_and_stands_first(verdicts, worst):
    report = AuditReport("x", [finding(verdict) for verdict in verdicts])
    assert report.verdict == worst
    assert report.worst_first()[0].verdict == worst
    assert report.worst_first()[-1].verdict == ("skipped" if "skipped" in verdicts else "fine")


def test_every_verdict_of_a_rule_has_a_rank_a_colour_and_a_symbol():
    assert {*VERDICTS, "skipped"} == set(SEVERITY) == set(COLOURS) == set(SYMBOLS)
    shown = [v for v in SEVERITY if v != "skipped"]
    assert len({SYMBOLS[v] for v in shown}) == len({COLOURS[v] for v in shown}) == 4


@pytest.mark.parametrize("colour", sorted(set(COLOURS.values())))
@pytest.mark.parametrize("page", ["#ffffff", "#111111"])
def test_colours_stand_out_from_a_light_and_a_dark_page(colour, page):
    def luminance(code: str) -> float:
        parts = [int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
        return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))

    low, high = sorted([luminance(colour), luminance(page)])
    assert (high + 0.05) / (low + 0.05) >= 3


# the table


def test_frame_keeps_the_order_of_the_questions_and_the_figures(report):
    frame = report.to_frame()
    assert frame.index.name == "check"
    assert frame.index.tolist() == ["gc", "length", "overlap", "twice", "strand"]
    assert set(frame.columns) == {f.name for f in dataclasses.fields(Finding)} - {"check"}
    assert frame.columns[:4].tolist() == ["title", "verdict", "rows", "accuracy"]
    assert frame.at["length", "accuracy"] == 0.915
    assert frame.at["overlap", "count"] == 400
    assert math.isnan(frame.at["gc", "share"])
    assert frame["accuracy"].dtype == frame["share"].dtype == np.float64


# JSON


def test_json_tells_all_and_reads_back(report, tmp_path):
    path = tmp_path / "report.json"
    text = report.to_json(path)
    assert path.read_text(encoding="utf-8") == text
    back = json.loads(text)
    assert back["format"] == 1
    assert back["package_version"] == __version__
    assert (back["name"], back["about"], back["verdict"]) == ("toy", report.about, "broken")
    assert [Finding(**each) for each in back["findings"]] == report.findings


def test_json_has_no_nan_and_takes_numbers_of_numpy():
    empty = shortcut("gc", "GC", 0, 0, math.nan, GAIN, "")
    numbers = finding("look", count=np.int64(3), share=np.float32(0.5), accuracy=np.float64("nan"))
    text = AuditReport("x", [empty, numbers]).to_json()
    first, second = json.loads(text, parse_constant=pytest.fail)["findings"]
    assert first["accuracy"] is None
    assert first["majority"] is None
    assert (second["count"], second["share"], second["accuracy"]) == (3, 0.5, None)


def test_json_into_no_folder_says_what_to_do(report, tmp_path):
    with pytest.raises(GenbenchError, match=r"cannot be written.*folder that exists"):
        report.to_json(tmp_path / "none" / "report.json")


# text and card


def test_figures_that_are_nan_are_left_out():
    report = AuditReport("x", [shortcut("gc", "GC", 0, 0, math.nan, GAIN, "No row.")])
    assert report.verdict == "too little data"
    assert "nan" not in repr(report).lower()
    assert "nan" not in report._repr_html_().lower()


def test_a_missing_majority_or_interval_is_not_drawn():
    whole = AuditReport("x", [finding("fine", accuracy=0.7, low=0.6, high=0.8, majority=0.5)])
    bare = AuditReport("x", [finding("fine", accuracy=0.7)])
    assert whole._repr_html_().count("<line") == 6
    assert bare._repr_html_().count("<line") == 2
    assert "majority" not in bare._repr_html_()


def test_text_says_figures_reasons_and_rules(report):
    text = repr(report)
    assert text.startswith("toy: broken (2 broken, 2 fine, 1 skipped)\n1,000 test rows.\n")
    assert re.search(r"^broken +Length alone +1,000 +91.5% +37.0%$", text, re.M)
    assert re.search(r"^broken +Overlap +1,000 +95.0% +50.0% +40.0%$", text, re.M)
    assert "broken: Length alone. Enhancers are longer." in text
    assert f"Rule: {GAIN}." in text
    assert "skipped: Strand alone. No strand is known." in text
    assert max(map(len, text.splitlines())) <= 100


class _Balanced(HTMLParser):
    """Fails where a tag is closed that is not the open one."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.seen.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_card_is_well_formed_and_says_verdict_rule_and_reason(report):
    html = report._repr_html_()
    parser = _Balanced()
    parser.feed(html)
    parser.close()
    assert parser.open == []
    assert html.startswith("<div")
    for f in report.findings:
        assert f.title in html
        assert f.detail in html
        assert f.rule in html
    assert "400 of 1,000 rows" in html
    assert "91.5%" in html
    for verdict in ("broken", "fine", "skipped"):
        assert SYMBOLS[verdict] in html
        assert f"<strong>{verdict}</strong>" in html
    assert html.count("<svg") == 5  # one of the four answered findings has two figures


def test_the_worst_finding_is_the_first_row(report):
    html = report._repr_html_()
    assert html.index("Length alone") < html.index("Overlap") < html.index("GC content")


def test_card_escapes_all_text():
    evil = Finding(EVIL, EVIL, 500, "look", EVIL, EVIL, accuracy=0.7, majority=0.5)
    html = AuditReport(EVIL, [evil, skipped(EVIL, EVIL, EVIL)], EVIL)._repr_html_()
    assert "<script" not in html
    assert html.count("&lt;script&gt;alert(&#x27;&amp;&#x27;)") == 7


def test_card_takes_its_colours_from_the_theme(report):
    html = report._repr_html_()
    named = set(re.findall(r"(?<![-\w])color:\s*([^;\"]+)", html))
    assert named <= {"inherit", *COLOURS.values()}
    assert set(re.findall(r"stroke=\"([^\"]+)", html)) <= {"currentColor", *COLOURS.values()}
    assert not re.search(r"#fff|#000|black|white(?!-space)", html)


def test_percent_of_what_is_no_number():
    assert percent(math.nan) == percent(None) == ""
