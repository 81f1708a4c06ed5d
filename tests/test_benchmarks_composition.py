"""The benchmark of composition: its tasks on little data, and its rows."""

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))  # scripts, no package

import composition
import measure
import run

from genbench_lite import shuffling


def test_a_shuffle_that_loses_pairs_is_not_timed(monkeypatch):
    monkeypatch.setattr(shuffling, "dinucleotide_shuffle", lambda codes: np.sort(codes, axis=1))
    with pytest.raises(measure.BenchmarkError, match="dinucleotides"):
        composition.shuffle(5)


def test_tasks_time_what_they_name():
    assert set(composition.kmers(50)) == {"sparse", "dense"}
    assert composition.shuffle(50)["seconds"] > 0
    times = composition.logos()
    assert times["letters"] > 0
    assert times["their letters"] > 0
    assert composition.scan(50, 3)["seconds"] > 0


def test_rows_have_targets_and_pairs(monkeypatch):
    answers = {
        "kmers": {"sparse": 1.0, "dense": 3.0},
        "shuffle": {"seconds": 1.0},
        "scan": {"seconds": 1.0},
        "logos": {
            "letters": 1.0,
            "svg": 2.0,
            "figure": 10.0,
            "their letters": 150.0,
            "their figure": 160.0,
        },
    }
    monkeypatch.setattr(composition, "run_side", lambda python, script, task: answers[task])
    rows = run.GROUPS["composition"](SimpleNamespace(repeats=3))
    assert [row.reached for row in rows] == [True, False, None, True, True, False, None]
    assert rows[4].ratios == [150.0] * 3
    assert rows[6].ratios == [16.0] * 3
