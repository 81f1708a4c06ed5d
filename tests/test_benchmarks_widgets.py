"""The benchmark of widgets: every widget has its rows, and one is measured in a real browser."""

import inspect
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))  # scripts, no package

import run
import widgets
from measure import BenchmarkError, Row

import genbench_lite.widgets
from genbench_lite.widgets import Panel

TOY = widgets.picture_case("toy", "1", "panel.click()")


class Page:
    """A page whose timings are known."""

    def __init__(self, times, alerts=()):
        self.times, self.alerts, self.asked = times, list(alerts), []

    def evaluate(self, script, argument):
        self.asked.append(argument[3:])
        if self.times is None:
            raise RuntimeError("nothing changed")
        return self.times

    def wait_for_timeout(self, milliseconds):
        pass

    def locator(self, selector):
        return self

    def wait_for(self, timeout):
        pass

    def get_by_role(self, role):
        return self

    def count(self):
        return len(self.alerts)

    @property
    def first(self):
        return self

    def inner_text(self):
        return self.alerts[0]


# Unhappy paths


def test_without_a_browser_the_rows_are_left_out_with_a_reason(monkeypatch, capsys):
    monkeypatch.setattr(widgets.browser_tools(), "CHROMIUM", None)
    assert widgets.rows(None) == []
    assert "left out, for Debian's chromium is missing" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    assert widgets.rows(None) == []
    assert "pip install playwright" in capsys.readouterr().err


def test_a_page_that_does_not_change_or_shows_an_error_gives_no_row():
    with pytest.raises(BenchmarkError, match="toy could not be measured: nothing changed"):
        widgets.case_rows(Page(None), TOY)
    with pytest.raises(BenchmarkError, match="toy showed an error: DataError"):
        widgets.case_rows(Page([[1.0]], ["DataError"]), TOY)


# What it measures


def test_every_widget_is_measured():
    known = {
        name
        for name, one in vars(genbench_lite.widgets).items()
        if inspect.isclass(one) and issubclass(one, Panel) and one is not Panel
    }
    assert {case.what.split("`")[1] for case in widgets.CASES} == known


def test_each_part_of_an_answer_is_a_row_with_its_target():
    page = Page([[10.0, 60.0], [20.0, 70.0]])
    found = widgets.case_rows(page, widgets.bench_case("LiteCNN", "model"))
    assert page.asked == [[0, widgets.WARM], [widgets.WARM, widgets.WARM + widgets.EVENTS]]
    assert [(row.ours, row.target, row.unit) for row in found] == [
        ([10.0, 20.0], 50, "ms"),
        ([60.0, 70.0], 100, "ms"),
    ]
    assert [row.what.split(", ")[-1] for row in found] == ["prediction", "picture"]


def test_it_runs_without_a_reference(monkeypatch, capsys, tmp_path):
    monkeypatch.setitem(run.GROUPS, "widgets", lambda _: [Row("toy", [30.0], [], 100, "ms")])
    nowhere = ["--reference", str(tmp_path / "nowhere")]
    assert run.main(["widgets", *nowhere]) == 0
    assert "| toy | 30.0 ms (30.0 to 30.0) | – | – | at most 100 ms | yes |" in (
        capsys.readouterr().out
    )
    assert run.main(["widgets", "data", *nowhere]) == 1


@pytest.mark.skipif(widgets.missing() is not None, reason=f"left out, {widgets.missing()}")
def test_a_click_is_timed_in_a_real_browser(monkeypatch):
    monkeypatch.setattr(widgets, "EVENTS", 2)
    monkeypatch.setattr(widgets, "WARM", 1)
    case = widgets.bench_case("LiteCNN", "models.LiteCNN(2)")
    prediction, picture = widgets.measured([case])
    assert len(prediction.ours) == len(picture.ours) == 2
    assert all(0 < time < 10_000 for time in prediction.ours + picture.ours)
