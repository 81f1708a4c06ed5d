"""The benchmarks of models: their tasks on tiny archives, their rows, and the accuracy table."""

from __future__ import annotations

import json
import os
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))  # they are scripts, not a package

import accuracy  # noqa: E402
import measure  # noqa: E402
import models  # noqa: E402
import run  # noqa: E402
from data import Setting  # noqa: E402

import genbench_lite as gbl  # noqa: E402
from genbench_lite.networks.paper_cnn import PaperCNN  # noqa: E402

REFERENCE = ROOT / ".venv-reference" / "bin" / "python"


def has_reference() -> bool:
    """Whether the reference's environment is there, with what its model needs."""
    found = ROOT.glob(".venv-reference/lib/python3*/site-packages")
    return any((site / "sklearn").exists() for site in found)


needs_reference = pytest.mark.skipif(
    not has_reference(), reason="needs the environment of `make bench`, with scikit-learn"
)


def archive(folder: Path, name: str, classes: list[str], letters: str, lengths: list[int]) -> Path:
    """A tiny archive; rows are long enough for the published CNN."""
    rng = np.random.default_rng(0)
    path = folder / f"{name}_v0.zip"
    with zipfile.ZipFile(path, "w") as z:
        for split, rows in (("train", 40), ("test", 32)):
            for i in range(rows):
                text = "".join(rng.choice(list(letters), lengths[i % len(lengths)] - 1)) + "A"
                z.writestr(f"{name}/{split}/{classes[i % len(classes)]}/{i}.txt", text)
    return path


@pytest.fixture
def toy(tmp_path) -> Path:
    return archive(tmp_path, "toy", ["negative", "positive"], "ACGT", [80])


# Unhappy paths


def test_a_gradient_that_differs_stops_the_table(tmp_path, toy, monkeypatch):
    setting = SimpleNamespace(archive=toy, theirs=lambda *a, home: {})
    monkeypatch.setattr(models, "ours", lambda *a: {"outputs": 1e-7, "gradients": 0.01})
    with pytest.raises(measure.BenchmarkError, match="not the same function"):
        models.comparison(setting, "toy", tmp_path, tmp_path)


def test_an_archive_that_is_missing(tmp_path, toy):
    with pytest.raises(measure.BenchmarkError, match=r"no human_x_v0.zip beside toy_v0.zip"):
        models.find_archive(SimpleNamespace(archive=toy), "human_x", tmp_path)


def test_cores_are_given_back_when_a_side_fails():
    before, during = os.sched_getaffinity(0), []

    def fail():
        with models.two_cores():
            during.extend(os.sched_getaffinity(0))
            raise measure.BenchmarkError("a side failed")

    with pytest.raises(measure.BenchmarkError, match="a side failed"):
        fail()
    assert len(during) == min(models.CORES, len(before))
    assert os.sched_getaffinity(0) == before


# The tasks


@pytest.mark.parametrize("form", models.FORMS)
def test_epochs_are_timed_and_their_arithmetic_counted(toy, form):
    result = models.epoch(str(toy), form, str(torch.get_num_threads()))
    assert result["seconds"] > 0
    assert result["operations"] > 1e6


def test_folding_saves_arithmetic(toy):
    n = str(torch.get_num_threads())
    folded, published = (models.epoch(str(toy), form, n)["operations"] for form in models.FORMS[:2])
    assert folded < published / 2


def test_an_epoch_by_fit_and_a_product(toy, monkeypatch):
    assert models.fit(str(toy))["seconds"] > 0
    monkeypatch.setattr(models, "SIZE", 32)
    assert models.product()["operations"] == 2 * 32**3


def test_our_model_has_the_size_that_the_reference_would_give_it(tmp_path):
    for letters, lengths, more in (
        ("ACGT", [80], ()),
        ("ACGTN", [80], ("N",)),
        ("ACGTN", [60, 80], ("N", "<pad>")),
    ):
        path = archive(tmp_path, "toy", ["a", "b", "c"], letters, lengths)
        model = models.paper_cnn(gbl.from_archive(path).train)
        assert model.vocabulary[7:] == more
        assert model.n_tokens == 80 + (3 if "<pad>" in more else 2)
        assert model.dense_model[1].out_features == 3


def test_comparison_finds_a_weight_that_differs(tmp_path):
    torch.manual_seed(0)
    model = PaperCNN(2, 80)
    letters = ["".join(row) for row in np.random.default_rng(0).choice(list("ACGT"), (8, 80))]
    s = gbl.SequenceSet.from_strings(letters, [0, 1] * 4, ["a", "b"])
    x, labels = torch.from_numpy(s.one_hot()), torch.from_numpy(s.labels)
    weights = {name: value.clone() for name, value in model.state_dict().items()}
    output = model(x)
    loss = model.loss(output, labels)
    loss.backward()
    written = {
        "vocabulary": list(model.vocabulary),
        "longest": 80,
        "weights": weights,
        "sequences": letters,
        "labels": labels,
        "train": output.detach(),
        "loss": loss.detach(),
        "gradients": {name: p.grad for name, p in model.named_parameters()},
        "eval": model.eval()(x).detach(),
    }
    torch.save(written, tmp_path / "same.pt")
    same = models.compare(str(tmp_path / "same.pt"))
    assert same["outputs"] < 1e-6
    assert same["gradients"] < 1e-4
    weights["embeddings.weight"][2] += 0.1
    torch.save(written, tmp_path / "other.pt")
    other = models.compare(str(tmp_path / "other.pt"))
    assert other["outputs"] > 1e-4
    assert other["gradients"] > 1e-3


def test_the_demo_becomes_an_archive_like_the_others(tmp_path):
    path = models.demo_archive(tmp_path)
    written = gbl.from_archive(path)
    demo = gbl.load(models.DEMO)
    assert written.info().to_dict() == demo.info()[["train", "test"]].to_dict()
    assert sorted(written.test.sequences) == sorted(demo.test.sequences)
    before = path.stat().st_mtime_ns
    assert models.demo_archive(tmp_path).stat().st_mtime_ns == before


def test_rows_have_targets_and_pairs(monkeypatch):
    results = {
        "compare": {"outputs": 2e-6, "gradients": 1e-5},
        "epoch": {"seconds": 1.0, "operations": 3e9},
        "fit": {"seconds": 2.0},
        "product": {"seconds": 0.5, "operations": 50e9},
    }
    theirs = {
        "outputs": {},
        "epoch": {"seconds": 4.0, "operations": 80e9},
        "loaded_epoch": {"seconds": 8.0},
    }
    monkeypatch.setattr(models, "ours", lambda task, *more: results[task])
    monkeypatch.setattr(models, "find_archive", lambda setting, name, folder: folder)
    setting = SimpleNamespace(
        repeats=2, archive=Path(), theirs=lambda task, *more, home: theirs[task]
    )
    rows = run.GROUPS["models"](setting)
    assert [row.reached for row in rows] == [True] * 5 + [None, True] + [None] * 5
    assert [row.ours[0] for row in rows[:4]] == pytest.approx([2.0] * 4)
    assert [row.ratios for row in rows[4:8]] == [[4.0, 4.0]] * 4
    assert [row.ours[0] for row in rows[8:]] == [20.0, 3.0, 3.0, 100.0]


# Accuracy


def test_every_training_is_kept_and_none_is_done_twice(tmp_path, monkeypatch, capsys):
    asked = []

    def train(setting, name, model, seed):
        if len(asked) == 5:
            raise measure.BenchmarkError("a power cut")
        asked.append((name, model, seed))
        return {"accuracy": 0.5 + 0.01 * len(asked), "seconds": 10.0}

    monkeypatch.setattr(accuracy, "OUT", tmp_path)
    monkeypatch.setattr(accuracy, "COMPARED", ("toy",))
    monkeypatch.setattr(accuracy, "SEEDS", (0, 1))
    monkeypatch.setattr(accuracy, "train", train)
    with pytest.raises(measure.BenchmarkError, match="power cut"):
        accuracy.run(None)
    assert len(json.loads((tmp_path / "accuracy.json").read_text())) == 5
    monkeypatch.setattr(accuracy, "train", lambda *a: {"accuracy": 0.9, "seconds": 1.0})
    shown = accuracy.run(None)
    results = json.loads((tmp_path / "accuracy.json").read_text())
    assert len(results) == 2 * len(accuracy.MODELS)
    assert [results["/".join(map(str, key))]["accuracy"] for key in asked] == pytest.approx(
        [0.51, 0.52, 0.53, 0.54, 0.55]
    )
    assert "| reference | 0.705 ± 0.276 | +0.0 | 5.5 | 0.0 |" in shown
    last = f"{len(results)}/{len(results)} toy/{accuracy.MODELS[-1]}/1"
    assert last in capsys.readouterr().err


def test_a_table_of_what_is_there_so_far():
    name = accuracy.COMPARED[0]
    shown = accuracy.table({f"{name}/LiteCNN/0": {"accuracy": 0.9, "seconds": 3.0}})
    assert "| LiteCNN | 0.900 | – | 3.0 | 0.0 |" in shown


@pytest.mark.parametrize("model", ["PaperCNN", "PaperCNN without sigmoid_twice", "LiteCNN"])
def test_our_trainings(toy, model):
    found = accuracy.train_ours(str(toy), model, "0", "2")
    assert found["epochs"] == (gbl.models.LiteCNN.RECIPE["epochs"] if model == "LiteCNN" else 2)
    assert 0 <= found["accuracy"] <= 1
    assert found["seconds"] > 0


def test_accuracy_runs_only_where_it_is_named(monkeypatch, toy, capsys):
    for group in run.GROUPS:
        monkeypatch.setitem(run.GROUPS, group, lambda setting: [])
    monkeypatch.setitem(run.LONG, "accuracy", lambda setting: "the long table")
    arguments = ["--reference", sys.executable, "--archive", str(toy)]
    assert run.main(arguments) == 0
    assert "the long table" not in capsys.readouterr().out
    assert run.main(["accuracy", *arguments]) == 0
    assert "the long table" in capsys.readouterr().out


# With the published class itself


@needs_reference
@pytest.mark.parametrize(
    ("name", "classes", "letters", "lengths"),
    [
        ("human_nontata_promoters", ["negative", "positive"], "ACGT", [80]),
        ("demo_human_or_worm", ["human", "worm"], "ACGTN", [80]),
        ("toy", ["a", "b", "c"], "ACGT", [80]),
        ("drosophila_enhancers_stark", ["negative", "positive"], "ACGT", [60, 75, 90]),
        ("human_ensembl_regulatory", ["enhancer", "ocr", "promoter"], "ACGTN", [60, 75, 90]),
    ],
)
def test_outputs_are_those_of_the_published_class(tmp_path, name, classes, letters, lengths):
    path = archive(tmp_path, name, classes, letters, lengths)
    setting = Setting(REFERENCE, path, 1)
    row = models.comparison(setting, name, tmp_path, tmp_path)
    assert row.reached


@needs_reference
def test_the_published_class_starts_from_the_same_weights(tmp_path, toy):
    Setting(REFERENCE, toy, 1).theirs("outputs", toy, tmp_path / "toy.pt", home=tmp_path)
    theirs = torch.load(tmp_path / "toy.pt")
    torch.manual_seed(0)
    model = PaperCNN(2, 80, theirs["vocabulary"])
    assert theirs["longest"] == 80
    for name, parameter in model.named_parameters():
        assert torch.equal(parameter, theirs["weights"][name])


@needs_reference
def test_the_reference_is_trained_and_timed(tmp_path, toy):
    setting = Setting(REFERENCE, toy, 1)
    found = setting.theirs("train", toy, "0", "1", home=tmp_path)
    assert 0 <= found["accuracy"] <= 1
    assert found["seconds"] > found["loading"] > 0
    for task, *more in (("epoch", toy, "1"), ("loaded_epoch", toy)):
        found = setting.theirs(task, *more, home=tmp_path)
        assert found["seconds"] > 0
        assert found["operations"] > 1e7
