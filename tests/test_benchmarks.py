"""Benchmarks: their arithmetic on made-up timings, and our side on a tiny archive."""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))  # they are scripts, not a package

import data  # noqa: E402
import measure  # noqa: E402
import run  # noqa: E402
import torchtext_vocab  # noqa: E402

from genbench_lite.dataset import open_folder  # noqa: E402

TRAIN = [("negative", "ACGT"), ("positive", "GGNA"), ("positive", "TTTT")]
TEST = [("negative", "CCCC"), ("positive", "NNNN")]


@pytest.fixture
def archive(tmp_path):
    path = tmp_path / "toy_v0.zip"
    with zipfile.ZipFile(path, "w") as z:
        for split, rows in (("train", TRAIN), ("test", TEST)):
            for i, (cls, letters) in enumerate(rows):
                z.writestr(f"toy/{split}/{cls}/{i}.txt", letters)
    return path


def ours(task, path):
    return measure.run_side(sys.executable, "our_side.py", task, path)


def expected(rows):
    return measure.fingerprint([letters for _, letters in rows], [cls for cls, _ in rows])


# Unhappy paths


@pytest.mark.parametrize("part", ["arrays", "batches"])
def test_sides_that_differ_are_not_timed(part):
    same = {"arrays": {"train": {"rows": 3}}, "batches": {"rows": 3}}
    data.compare(same, dict(same))
    with pytest.raises(measure.BenchmarkError, match=f"{part} of the two sides differ"):
        data.compare(same, same | {part: {"rows": 2}})


def test_a_side_that_fails_says_why(tmp_path):
    with pytest.raises(measure.BenchmarkError, match=r"our_side.py archive failed(.|\n)*missing"):
        ours("archive", tmp_path / "missing.zip")


def test_missing_reference_or_archive_is_one_sentence_and_a_remedy(tmp_path, archive, capsys):
    nowhere = str(tmp_path / "nowhere")
    assert run.main(["--reference", nowhere]) == 1
    assert "make bench" in capsys.readouterr().err
    assert run.main(["--reference", sys.executable, "--archive", nowhere]) == 1
    assert "--archive" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["nonsense"], ["--repeats", "0"]])
def test_wrong_arguments_are_refused(arguments, capsys):
    with pytest.raises(SystemExit):
        run.main(arguments)
    assert "usage" in capsys.readouterr().err


# Arithmetic


def test_ratio_is_taken_in_each_pair():
    row = measure.Row("toy", [1.0, 2.0, 4.0], [10.0, 60.0, 80.0], target=20)
    assert row.ratios == [10.0, 30.0, 20.0]
    assert row.cells() == [
        "toy",
        "2.00 s",
        "60.0 s",
        "20.0 (10.0 to 30.0)",
        "20 times faster",
        "yes",
    ]


def test_pairs_must_be_whole():
    with pytest.raises(ValueError, match="zip"):
        _ = measure.Row("toy", [1.0, 2.0], [10.0], target=None).ratios


@pytest.mark.parametrize(
    ("row", "reached"),
    [
        (measure.Row("slow", [1.0], [14.9], target=15), False),
        (measure.Row("no target", [1.0], [9.0], target=None), None),
        (measure.Row("small", [40.0, 70.0, 50.0], [], target=50, unit="ms"), True),
        (measure.Row("large", [50.1], [], target=50, unit="ms"), False),
    ],
)
def test_target_is_a_ratio_at_least_or_a_value_at_most(row, reached):
    assert row.reached is reached
    assert row.to_json()["reached"] is reached


def test_table_is_markdown_of_equal_width():
    rows = [
        measure.Row("toy", [0.5], [10.0], target=None),
        measure.Row("open", [0.0123, 0.0123], [], target=60, unit="MB"),
    ]
    lines = measure.table(rows).splitlines()
    assert {line.count("|") for line in lines} == {7}
    assert lines[2:] == [
        "| toy | 0.500 s | 10.0 s | 20.0 (20.0 to 20.0) | – | – |",
        "| open | 0.0123 MB (0.0123 to 0.0123) | – | – | at most 60 MB | yes |",
    ]


def test_sides_take_turns():
    calls = []
    pairs = measure.alternate(
        lambda: calls.append("ours") or len(calls), lambda: calls.append("theirs") or len(calls), 2
    )
    assert calls == ["ours", "theirs"] * 2
    assert pairs == [(1, 2), (3, 4)]


def test_fingerprint_ignores_order_and_nothing_else():
    assert expected(TRAIN) == expected(TRAIN[::-1])
    assert expected(TRAIN)["classes"] == {"negative": 1, "positive": 2}
    swapped = [("positive", "ACGT"), ("negative", "GGNA"), ("positive", "TTTT")]
    assert expected(TRAIN)["sha256"] != expected(swapped)["sha256"]
    assert expected(TRAIN)["sha256"] != expected([*TRAIN[:2], ("positive", "TTTA")])["sha256"]


# The two sides


def test_our_side_yields_what_the_archive_holds(archive):
    assert ours("check", archive) == {
        "arrays": {"train": expected(TRAIN), "test": expected(TEST)},
        "batches": expected(TRAIN),
    }


@pytest.mark.parametrize(
    ("task", "keys"), [("archive", {"seconds"}), ("batches", {"loader", "loop"})]
)
def test_our_side_times_an_archive(archive, task, keys):
    result = ours(task, archive)
    assert set(result) == keys
    assert all(seconds > 0 for seconds in result.values())


def test_our_side_measures_an_opened_folder(tmp_path):
    data.random_dataset({"train": 100, "test": 10}).save(tmp_path)
    result = ours("open", tmp_path)
    assert set(result) == {"milliseconds", "resident", "private", "peak"}
    assert result["peak"] > result["resident"] > 0


def test_random_dataset_has_the_published_lengths(tmp_path):
    data.random_dataset({"train": 2001, "test": 10}).save(tmp_path)
    train = open_folder(tmp_path).train
    assert (train.lengths.min(), train.lengths.max()) == (data.SHORTEST, data.LONGEST)
    assert abs(np.median(train.lengths) - data.MEDIAN) < 20
    assert set(train.labels) == {0, 1, 2}


def test_import_row_measures_a_light_import(monkeypatch):
    assert len(data.import_row(2).ours) == 2
    monkeypatch.setattr(data, "HEAVY", {"json"})
    with pytest.raises(measure.BenchmarkError, match="loads json"):
        data.import_row(1)


def test_vocabulary_stand_in_does_what_the_original_does():
    vocabulary = torchtext_vocab.vocab({"A": 5, "C": 2})
    vocabulary.append_token("<pad>")
    vocabulary.insert_token("<unk>", 0)
    assert dict(vocabulary) == {"<unk>": 0, "A": 1, "C": 2, "<pad>": 3}
    with pytest.raises(RuntimeError, match="not found"):
        vocabulary["G"]
    vocabulary.set_default_index(0)
    assert (vocabulary["G"], vocabulary["C"]) == (0, 2)
    assert "G" not in vocabulary
    for token, index in (("A", 0), ("T", 9)):
        with pytest.raises(RuntimeError, match="cannot be inserted"):
            vocabulary.insert_token(token, index)


def test_report_holds_every_timing(tmp_path, archive, monkeypatch, capsys):
    row = measure.Row("toy", [1.0, 2.0], [4.0, 4.0], target=2)
    monkeypatch.setitem(run.GROUPS, "data", lambda setting: [row] * setting.repeats)
    report = tmp_path / "report.json"
    arguments = ["data", "--repeats", "2", "--json", str(report)]
    assert run.main([*arguments, "--reference", sys.executable, "--archive", str(archive)]) == 0
    assert capsys.readouterr().out.count("| toy |") == 2
    first, _ = json.loads(report.read_text())["rows"]
    assert (first["ours"], first["median_ratio"], first["reached"]) == ([1.0, 2.0], 3.0, True)
