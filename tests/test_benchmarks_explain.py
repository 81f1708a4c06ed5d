"""The benchmark of explanations: what counts as found, and its tables."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))  # scripts, no package

import explain
import run

from genbench_lite.demo import load_open_chromatin
from genbench_lite.motifs import jaspar_motifs


def result(filters=(), patterns=(), shown=10, accuracy=0.8):
    return {
        "accuracy": accuracy,
        "filters": {"shown": shown, "hits": list(filters)},
        "patterns": {"shown": shown, "hits": list(patterns)},
    }


def scores():
    numbers = {"motif": "Spi1", "low": 0.7, "high": 0.9, "chance": 0.11, "accuracy": 0.95}
    about = [("A", "trained", "gradient", 0.8), ("A", "random weights", "gradient", 0.12)]
    about.append(("B", "trained", "mutagenesis", 0.6))
    keys = ("model", "state", "method", "precision")
    return [dict(zip(keys, one, strict=True)) | numbers for one in about]


def test_every_expected_motif_is_in_jaspar_and_every_cell_line_in_the_data():
    names = [
        one.name.upper()
        for one in jaspar_motifs()
        if one.taxon == "vertebrates" and len(one) < explain.LONG
    ]
    classes = load_open_chromatin().classes
    for protein, cell, begins in explain.EXPECTED:
        assert any(name.startswith(begins) for name in names), protein
        assert cell is None or cell in classes


def test_a_motif_counts_only_in_its_cell_line():
    wrong = result(filters=[["GATA2", 1e-6, "HepG2", "filter 3"]])
    assert explain.expected_in(wrong) == {}
    right = result(
        filters=[["GATA2", 1e-3, "K562", "filter 3"], ["Runx1", 0.01, "GM12878", "filter 4"]],
        patterns=[["GATA1::TAL1", 1e-6, "K562", "K562 pattern 1"]],
    )
    found = explain.expected_in(right)
    assert set(found) == {"GATA", "RUNX"}
    assert found["GATA"].startswith("GATA1::TAL1, 1e-06, K562 pattern 1")


def test_where_no_cell_line_is_expected_any_will_do():
    assert set(explain.expected_in(result(filters=[["FOSL1::JUND", 1e-3, "K562", "f"]]))) == {
        "AP-1"
    }


def test_the_tables_say_what_was_not_found():
    table = explain.jaspar_table(
        result(filters=[["GATA2", 1e-3, "K562", "filter 3"]]), result(accuracy=0.25)
    )
    assert table.count("**not found**") == len(explain.EXPECTED) - 1
    assert "Found: 1 of 13" in table
    assert "filters with any match: 1 of 10 (real labels)" in table
    assert "80.0% and, with shuffled labels, 25.0%" in table


def test_the_planted_table_has_a_column_a_model_and_state():
    lines = explain.planted_table(scores()).splitlines()
    assert lines[0].count("|") == 6
    assert lines[2] == "| gradient | Spi1 | 0.80 (0.70 to 0.90) | 0.12 (0.70 to 0.90) | – |"
    assert lines[3] == "| mutagenesis | Spi1 | – | – | 0.60 (0.70 to 0.90) |"
    assert "Guessing scores 0.11 (Spi1)" in lines[-1]


def test_oracles_agree_within_rounding():
    pytest.importorskip("captum", reason="captum is not installed")
    assert max(explain.agreement().values()) < 1e-5


def test_the_tables_come_together(monkeypatch):
    answers = {
        ("mutagenesis",): {"seconds": 0.08},
        ("agreement",): {"gradients, captum": 1e-7},
        ("planted",): scores(),
        ("jaspar", "real"): result(),
        ("jaspar", "shuffled"): result(),
    }
    monkeypatch.setattr(explain, "task", lambda *arguments: answers[arguments])
    told = explain.run(SimpleNamespace(repeats=3))
    assert "| 80.0 ms (80.0 to 80.0) | – | – | at most 100 ms | yes |" in told
    assert "largest difference, gradients, captum" in told
    assert "Guessing scores" in told
    assert "Found: 0 of 13" in told


def test_it_runs_where_it_is_named():
    assert run.LONG["explain"] is explain.run
