"""The benchmark of networks beside words: what is kept, the interval, one small training."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

import genbench_lite as gbl

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))

import accuracy
import measure
import run
import words


def test_finished_trainings_are_kept_and_the_table_tells_the_difference(tmp_path, monkeypatch):
    asked = []

    def train(python, script, data, model, seed):
        if len(asked) == 3:
            raise measure.BenchmarkError("a power cut")
        asked.append((data, model, seed))
        return {"rows": 1000, "right": "1100" if model == words.WORDS else "1110"}

    monkeypatch.setattr(accuracy, "OUT", tmp_path)
    monkeypatch.setattr(words, "COMPARED", (words.DEMO,))
    monkeypatch.setattr(words, "run_side", train)
    with pytest.raises(measure.BenchmarkError, match="power cut"):
        words.run(None)
    kept = json.loads((tmp_path / "words.json").read_text())
    assert len(kept) == 3
    asked.clear()
    monkeypatch.setattr(words, "run_side", lambda *a: {"rows": 1000, "right": "1110"})
    shown = words.run(None)
    first, second = shown.splitlines()[2:]
    assert first.startswith(f"| {words.DEMO} | 1,000 | 4 | 50.0 | 75.0 | +25.0 (+0.0 to +75.0) |")
    assert "| 50.0 | 75.0 |" in second


def test_the_interval_is_that_of_pairs():
    same = np.zeros(100)
    assert words.interval(same) == (0, 0)
    differences = np.r_[np.ones(60), np.zeros(40)]
    low, high = words.interval(differences)
    spread = 1.96 * np.sqrt(0.6 * 0.4 / 100)
    assert low == pytest.approx(0.6 - spread, abs=0.02)
    assert high == pytest.approx(0.6 + spread, abs=0.02)


def test_one_training_of_two_cell_lines(monkeypatch):
    demo = gbl.load(words.DEMO)
    small = gbl.Dataset(demo.name, demo.train.subset(400), demo.test.subset(100))
    monkeypatch.setattr(gbl, "load", lambda name: small)
    monkeypatch.setattr(words, "PAIR_ROWS", 150)
    found = words.train(words.PAIR, words.WORDS, "0")
    pair = np.isin(small.test.labels, [1, 2])
    assert [demo.classes[i] for i in (1, 2)] == ["HepG2", "K562"]
    assert len(found["right"]) == pair.sum()
    assert found["rows"] == 150
    assert set(found["right"]) == {"0", "1"}


def test_it_runs_where_it_is_named():
    assert run.LONG["words"] is words.run
