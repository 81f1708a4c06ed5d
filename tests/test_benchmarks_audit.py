"""The benchmark of auditing: its task on small lists, and its rows."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))  # scripts, no package

import audit
import measure
import run

LIST = "id,region,start,end,strand\n0,chr1,0,10,+\n1,chr2,5,15,-\n"


@pytest.fixture
def lists(tmp_path):
    for name in ("one", "two"):
        for split in ("train", "test"):
            folder = tmp_path / name / split
            folder.mkdir(parents=True)
            for cls in ("a", "b"):
                (folder / f"{cls}.csv").write_text(LIST)
        (tmp_path / name / "metadata.yaml").write_text("classes: {a: {url: u}, b: {url: u}}\n")
    return tmp_path


def test_a_folder_without_the_nine_is_refused(lists):
    with pytest.raises(measure.BenchmarkError, match=r"holds 2 interval lists. It needs the 9"):
        audit.rows(SimpleNamespace(repeats=1), lists)


def test_every_list_is_read_in_a_process_of_its_own(lists):
    result = measure.run_side(sys.executable, "audit.py", lists)
    assert result["rows"] == 16
    assert result["seconds"] > 0
    assert 50 < result["peak"] < 1000


def test_rows_have_the_stated_limits(monkeypatch):
    answers = iter([{"seconds": 31.0, "peak": 400.0, "rows": 5}] * 3)
    monkeypatch.setattr(audit, "run_side", lambda *_: next(answers))
    monkeypatch.setattr(audit, "LISTS", 0)
    seconds, peak = audit.rows(SimpleNamespace(repeats=3), Path("nowhere"))
    assert (seconds.target, seconds.unit, seconds.reached) == (30, "s", False)
    assert (peak.target, peak.unit, peak.reached) == (1000, "MB", True)
    assert run.GROUPS["audit"] is audit.rows
