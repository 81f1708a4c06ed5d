"""The README's table of what lessons take is the script's, with a row for every lesson."""

from __future__ import annotations

import importlib.util
import re

import pytest
from test_repository import ROOT

from genbench_lite import lessons


@pytest.fixture
def costs(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("costs", ROOT / "scripts" / "lesson_costs.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    monkeypatch.setattr(script, "measure", lambda path: (5940.0, 9120.0))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # the script sets its own; this is put back
    readme = tmp_path / "README.md"
    readme.write_bytes((ROOT / "README.md").read_bytes())
    monkeypatch.setattr(script, "README", readme)
    return script


def run(costs, monkeypatch, *arguments):
    monkeypatch.setattr("sys.argv", ["lesson_costs.py", *arguments])
    return costs.main()


def test_readme_holds_the_table_as_the_script_writes_it(costs):
    _, table, _ = costs.split(costs.README.read_text(encoding="utf-8"))
    rows = costs.read(table)
    assert list(rows) == [path.name[:2] for path in lessons.list_lessons()]
    assert table == costs.render(rows)
    for row in rows.values():
        assert re.fullmatch(
            r"\| \d\d \| (\d+ min|not measured) \| (\d\.\d GB|not measured) \|", row
        )


def test_every_lesson_keeps_to_five_minutes_and_a_small_memory(costs):
    _, table, _ = costs.split(costs.README.read_text(encoding="utf-8"))
    assert all(int(minutes) <= 5 for minutes in re.findall(r"(\d+) min", table))
    assert all(float(memory) <= 1.5 for memory in re.findall(r"([\d.]+) GB", table))


def test_one_lesson_changes_its_row_only(costs, monkeypatch, capsys):
    before = costs.README.read_text(encoding="utf-8").splitlines()
    assert run(costs, monkeypatch, "01") == 0
    after = costs.README.read_text(encoding="utf-8").splitlines()
    changed = [new for old, new in zip(before, after, strict=True) if old != new]
    assert changed == ["| 01 | 99 min | 9.1 GB |"] == capsys.readouterr().out.splitlines()


def test_a_system_that_tells_no_memory_says_so(costs):
    assert costs.row("03", 20, None) == "| 03 | 1 min | not measured |"


def test_a_new_lesson_gets_a_row_and_one_that_is_gone_loses_its(costs):
    table = costs.render({"00": "| 00 | 1 min | 0.5 GB |", "77": "| 77 | 9 min | 9.9 GB |"})
    assert "| 00 | 1 min | 0.5 GB |" in table
    assert "| 01 | not measured | not measured |" in table
    assert "77" not in table


@pytest.mark.parametrize("arguments", [(), ("00", "--all")])
def test_neither_or_both_are_refused(costs, monkeypatch, arguments, capsys):
    with pytest.raises(SystemExit):
        run(costs, monkeypatch, *arguments)
    assert "name lessons, or give --all" in capsys.readouterr().err


def test_lost_markers_are_told_before_lessons_run(costs, monkeypatch):
    costs.README.write_text("# no table\n", encoding="utf-8")
    monkeypatch.setattr(costs, "measure", lambda path: pytest.fail("ran"))
    with pytest.raises(SystemExit, match="lacks the markers"):
        run(costs, monkeypatch, "00")
