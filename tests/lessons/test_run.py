"""Every lesson runs: as the learner gets it, and solved."""

from __future__ import annotations

import os

import nbformat
import pytest

from genbench_lite import lessons

from . import template

NOWHERE = "http://127.0.0.1:9"  # the discard port: whatever wants to fetch fails at once
CELL_SECONDS = 300
MEMORY_MB = 1500
FAST = {"FAST": True}

pytestmark = [
    pytest.mark.lesson,
    pytest.mark.parametrize("path", lessons.list_lessons(), ids=lambda path: path.stem),
]


@pytest.fixture
def run(path, tmp_path, monkeypatch, record_property, request):
    """Run the lesson without network and hold it to what all runs share.

    The fixture that all tests share gives the kernel an empty cache.
    """
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, NOWHERE)
        monkeypatch.setenv(name.upper(), NOWHERE)
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)

    def run_lesson(parameters=None, solved=False):
        output = tmp_path / path.name
        lessons.run_lesson(path, output, parameters, solved, CELL_SECONDS, progress=False)
        executed = nbformat.read(output, as_version=4)
        measured = executed.metadata.genbench_lite
        record_property("lesson", (path.stem, request.function.__name__, dict(measured)))
        assert lessons.hidden_errors(executed) == []
        assert measured.peak_memory_mb is None or measured.peak_memory_mb < MEMORY_MB
        return executed

    return run_lesson


@pytest.fixture
def names(path):
    """Names of the lesson's checks, in its order."""
    return template.check_names(nbformat.read(path, as_version=4).cells)


def test_untouched(run, names):
    executed = run(FAST)
    assert lessons.failed_checks(executed) == names
    assert lessons.passed_checks(executed) == []


def test_solved(run, names):
    executed = run(FAST, solved=True)
    assert lessons.passed_checks(executed) == names
    assert lessons.failed_checks(executed) == []


@pytest.mark.skipif(
    os.environ.get("GENBENCH_LITE_FULL") != "1", reason="slow: set GENBENCH_LITE_FULL=1 to run it"
)
def test_full(run, names):
    assert lessons.failed_checks(run()) == names
