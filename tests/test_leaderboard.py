"""The leaderboard: what is refused, how models join, and whole sweeps that are broken off."""

from __future__ import annotations

import builtins
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import nbformat
import numpy as np
import pytest

from genbench_lite import __version__, cards, cli, lessons
from genbench_lite.dataset import Dataset
from genbench_lite.errors import DataError, FetchError, GenbenchError, UnknownNameError
from genbench_lite.leaderboard import Leaderboard, run_sweep
from genbench_lite.networks.callbacks import StopTraining
from genbench_lite.sequence_set import SequenceSet
from genbench_lite.sweeps import (
    answers,
    contenders,
    plan,
    records,
    running,
    sources,
    steps,
    sweep,
)
from genbench_lite.sweeps.grid import Run, Settings, make_grid
from genbench_lite.training import evaluate

FLY = "drosophila_enhancers_stark"
DEMO = "demo_open_chromatin_cells"
HERE = Path(__file__).parent


def toy_set(n=24, length=40, seed=0):
    rng = np.random.default_rng(seed)
    letters = [np.array(list("ACGT")), np.array(list("AACCGGGT"))]
    texts = ["".join(rng.choice(letters[row % 2], length)) for row in range(n)]
    return SequenceSet.from_strings(texts, [row % 2 for row in range(n)], ["no", "yes"])


TOY = Dataset("toy", toy_set(), toy_set(seed=1))


def write_archive(path, dataset=TOY, name="toy"):
    with zipfile.ZipFile(path, "w") as file:
        for split, part in dataset.splits.items():
            for row, (letters, label) in enumerate(part):
                file.writestr(f"{name}/{split}/{part.classes[label]}/{row}.txt", letters)
    return path


@pytest.fixture
def archive(tmp_path):
    return write_archive(tmp_path / "toy_v0.zip")


@pytest.fixture
def no_runs(monkeypatch):
    """A run here would be a mistake."""
    monkeypatch.setattr(subprocess, "Popen", lambda *a, **k: pytest.fail("a run was started"))


@pytest.fixture
def instant(monkeypatch):
    """Runs that take no time; gives the list of their tasks, which grows."""
    asked = []

    def run_local(tasks, jobs):
        for task in tasks:
            asked.append(task)
            yield record_for(task)

    monkeypatch.setattr(running, "run_local", run_local)
    return asked


# What is refused, before anything is trained


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"datasets": "demo_open_chromatin_cell"}, "Did you mean 'demo_open_chromatin_cells'"),
        ({"datasets": "none_such.zip"}, "There is no file none_such.zip"),
        ({"datasets": "."}, "is a folder"),
        ({"datasets": []}, "There is no dataset to run"),
        ({"models": "LiteCN"}, "Did you mean 'LiteCNN'"),
        ({"models": []}, "There is no model to run"),
        ({"models": None}, "Name at least one model"),
        ({"datasets": None}, "Name at least one dataset"),
        ({"models": "no_such_package.x:build"}, "cannot be imported"),
        ({"models": "sweep_models:Tin"}, "Did you mean 'Tiny'"),
        ({"models": "sweep_models:NUMBER"}, "is a int, which cannot be called"),
        ({"models": "sweep_models:"}, "is no path"),
        ({"seeds": 0}, "seeds is 0"),
        ({"seeds": 1.5}, "seeds is 1.5"),
        ({"jobs": 0}, "jobs is 0"),
        ({"epochs": 0}, "epochs is 0"),
        ({"rows": -3}, "rows is -3"),
        ({"timeout": 0}, "timeout=0 leaves no time"),
        ({"split": "fare"}, "Did you mean 'fair'"),
        ({"split": []}, "There is no split"),
    ],
)
def test_bad_options_are_refused(options, message, tmp_path, no_runs, monkeypatch):
    monkeypatch.chdir(HERE)
    asked = {"datasets": DEMO, "models": "KmerBaseline", "output": tmp_path / "out"} | options
    with pytest.raises(GenbenchError, match=message):
        run_sweep(**asked, progress=False)
    assert not (tmp_path / "out").exists()


def test_a_module_that_fails_while_it_is_imported(tmp_path, monkeypatch):
    (tmp_path / "sick.py").write_text("1 / 0")
    with pytest.raises(DataError, match="ZeroDivisionError"):
        contenders.check_model("sick:build", str(tmp_path))


def test_folders_that_are_taken(tmp_path, no_runs):
    (tmp_path / "file").write_text("")
    with pytest.raises(GenbenchError, match="is a file"):
        run_sweep(DEMO, "KmerBaseline", tmp_path / "file")
    with pytest.raises(GenbenchError, match="holds file, and no sweep"):
        run_sweep(DEMO, "KmerBaseline", tmp_path)
    with pytest.raises(DataError, match="holds no sweep"):
        run_sweep(output=tmp_path / "nothing")
    with pytest.raises(DataError, match="holds no sweep"):
        Leaderboard(tmp_path)


def test_what_a_sweep_that_was_cut_off_left_does_not_stand_in_the_way(tmp_path, archive, instant):
    out = tmp_path / "out"
    for left in (".sweep.json-x1", "runs/toy--own--KmerBaseline--seed0/.record.json-x2"):
        (out / left).parent.mkdir(parents=True, exist_ok=True)
        (out / left).write_text("{")
    (out / "leaderboard.html").write_text("of a plan that was deleted, as the message advises")
    run_sweep(str(archive), "KmerBaseline", out, progress=False)
    assert not list(out.rglob(".*.json-*"))


def test_seeds_and_splits_are_not_passed_over(tmp_path, archive, no_runs):
    planned(tmp_path / "out", archive)
    for more in ({"seeds": 3}, {"split": "fair"}):
        with pytest.raises(GenbenchError, match="Name these, too"):
            run_sweep(output=tmp_path / "out", **more)


def test_a_plan_that_grew_before_the_lock_was_free_is_kept(tmp_path, archive, monkeypatch, instant):
    out = tmp_path / "out"
    planned(out, archive)
    alone = sweep._alone

    def meanwhile(folder):
        planned(out, archive, models=("KmerBaseline", "LiteCNN"))
        return alone(folder)

    monkeypatch.setattr(sweep, "_alone", meanwhile)
    board = run_sweep(str(archive), "PaperCNN", out, progress=False)
    assert board.runs()["model"].tolist() == ["KmerBaseline", "LiteCNN", "PaperCNN"]


def test_results_outlive_data_that_are_out_of_reach(tmp_path, monkeypatch, instant):
    monkeypatch.setattr(sources, "read", lambda source: Dataset(FLY, TOY.train, TOY.test))
    out = tmp_path / "out"
    run_sweep(FLY, "KmerBaseline", out, progress=False)

    def unplugged(source):
        raise FetchError("There is no network.")

    monkeypatch.setattr(sources, "read", unplugged)
    runs = run_sweep(FLY, ["KmerBaseline", "LiteCNN"], out, progress=False).runs()
    assert runs["status"].tolist() == ["done", "failed"]
    assert runs["reason"].tolist() == ["", "There is no network."]
    assert runs["checksum"].str.len().tolist() == [32, 32]


def test_the_folder_of_another_sweep(tmp_path, archive, no_runs):
    planned(tmp_path / "out", archive, Settings(rows=10))
    with pytest.raises(DataError, match="sweep with rows=10, not 20"):
        run_sweep(str(archive), "KmerBaseline", tmp_path / "out", rows=20)
    other = write_archive(tmp_path / "other.zip", Dataset("toy", TOY.test, TOY.train))
    with pytest.raises(DataError, match="other data of toy"):
        run_sweep(str(other), "KmerBaseline", tmp_path / "out", rows=10, progress=False)
    (tmp_path / "out" / plan.PLAN).write_text('{"format": 1, "settings"')
    with pytest.raises(DataError, match="cannot be read"):
        run_sweep(output=tmp_path / "out")


def test_two_sweeps_in_one_folder(tmp_path, archive, no_runs):
    import filelock

    planned(tmp_path / "out", archive)
    with (
        filelock.FileLock(tmp_path / "out" / ".lock"),
        pytest.raises(GenbenchError, match="Another sweep is running"),
    ):
        run_sweep(output=tmp_path / "out", progress=False)


def test_two_datasets_of_one_name(tmp_path, archive, no_runs):
    twin = write_archive(tmp_path / "twin.zip", Dataset("toy", TOY.test, TOY.train))
    with pytest.raises(DataError, match="both hold toy"):
        run_sweep([str(archive), str(twin)], "KmerBaseline", tmp_path / "out", progress=False)


@pytest.mark.parametrize(
    ("package", "options", "extra"),
    [("papermill", {}, "lab"), ("distributed", {"dask": "tcp://127.0.0.1:9"}, "dask")],
)
def test_missing_packages_are_named(package, options, extra, tmp_path, archive, monkeypatch):
    real = builtins.__import__

    def without(name, *rest):
        if name.partition(".")[0] == package:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(GenbenchError, match=rf"{package}.*genbench-lite\[{extra}\]"):
        run_sweep(str(archive), "KmerBaseline", tmp_path / "out", **options)


def test_a_scheduler_that_does_not_answer(tmp_path, archive, monkeypatch, no_runs):
    monkeypatch.setattr(running, "_CONNECT_SECONDS", 1)
    with pytest.raises(GenbenchError, match=r"tcp://127\.0\.0\.1:9 does not answer"):
        run_sweep(str(archive), "KmerBaseline", tmp_path / "out", dask="tcp://127.0.0.1:9")


def test_a_dataset_that_cannot_be_fetched_fails_and_others_go_on(tmp_path, server, instant):
    board = run_sweep([FLY, DEMO], "KmerBaseline", tmp_path / "out", progress=False)
    runs = board.runs().set_index("dataset")
    assert runs.at[FLY, "status"] == "failed"
    assert "could not be fetched" in runs.at[FLY, "reason"]
    assert runs.at[DEMO, "status"] == "done"


# The grid, the data, the records


def test_the_grid_fills_evenly_and_names_are_file_names():
    runs = make_grid([("a", "a", "own"), ("b/c", "b", "fair")], ["LiteCNN", "my.x:y"], 2)
    assert [run.seed for run in runs] == [0] * 4 + [1] * 4
    assert len({run.name for run in runs}) == 8
    assert runs[3].name == "b-c--fair--my.x-y--seed0"


def test_archives_are_whole_partial_or_own(archive, real, expect_rows, monkeypatch):
    path = str(real / "archives" / f"{FLY}_v0.zip")
    assert [(g.data, g.split) for g in sources.survey(path, ["published", "fair"])] == [
        ("partial", "own"),
        ("partial", "fair"),
    ]
    own = sources.survey(str(archive), ["published"])[0]
    assert (own.dataset, own.data, own.split, own.rows["test"]) == ("toy", "own", "own", 24)
    dataset = sources.read(path)
    expect_rows(FLY, dataset)
    from genbench_lite import fetch

    monkeypatch.setattr(sources, "card", fetch.card)
    assert sources.data_of(dataset, path) == "published"


def test_embedded_data_have_one_split():
    (ground,) = sources.survey(DEMO, ["published", "fair"])
    assert (ground.data, ground.split) == ("own", "own")
    assert ground.shortcuts["majority"] == pytest.approx(958 / 4565, abs=0.1)
    assert (ground.rows["train"], ground.rows["test"]) == (
        sum(cards.card(DEMO).rows["train"].values()),
        4565,
    )


def test_the_test_rows_are_all_there_whatever_the_trial(archive):
    small = sources.open_data(str(archive), "own", rows=8)
    assert (len(small.train), len(small.test)) == (8, 24)
    with pytest.raises(DataError, match="not those that the sweep began with"):
        sources.open_data(str(archive), "own", expected="0" * 32)


def test_records_are_whole_or_refused(tmp_path):
    assert records.read_record(tmp_path) is None
    for text in ("", "[]", '{"format": 1}', '{"format": 2, "status": "failed", "identity": {}}'):
        (tmp_path / records.RECORD).write_text(text)
        with pytest.raises(DataError, match="cannot be used"):
            records.read_record(tmp_path)
    done = {"format": 1, "status": "done", "identity": {"seed": 1}, "reason": ""}
    records.write_json(tmp_path / records.RECORD, done | {"scores": {"accuracy": {"value": 1.0}}})
    with pytest.raises(DataError, match=r"run\.ipynb is missing"):
        records.read_record(tmp_path)
    (tmp_path / records.NOTEBOOK).write_text("{}")
    assert records.write_failure(tmp_path, {"seed": 1}, "late")["status"] == "done"
    assert records.write_failure(tmp_path, {"seed": 2}, "other")["status"] == "failed"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["record.json", "run.ipynb"]


def test_a_record_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(GenbenchError, match="cannot be written"):
        records.write_json(tmp_path / "file" / "record.json", {})


# Models that are not ours


@pytest.fixture
def build(monkeypatch):
    monkeypatch.chdir(HERE)
    return lambda name, data=TOY, seed=0: contenders.build(f"sweep_models:{name}", data, seed)


def test_scikit_learn_reads_strings(build):
    model = build("words")
    steps.train(model, TOY, seed=0)
    answer = model.predict(TOY.test)
    assert answer.shape == (24, 2)
    assert answer.dtype == np.float32
    assert contenders.count_parameters(model) == 17
    assert model.model[-1].random_state == 0


class Says:
    """Answers what it was told to, however it is asked."""

    def __init__(self, answer, **more):
        self.answer = answer
        vars(self).update(more)

    def predict_proba(self, X):
        return self.answer

    predict = predict_proba


@pytest.mark.parametrize("kind", [lambda m: answers.TextClassifier(m, 2), answers.SelfTrained])
@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (np.ones(24), "gave the shape"),
        (np.ones((3, 2)), "gave the shape"),
        (np.ones((24, 2)), "are no probabilities"),
        (np.tile([1.5, -0.5], (24, 1)), "are no probabilities"),
        (np.full((24, 2), np.nan), "are no probabilities"),
    ],
)
def test_answers_of_models_are_checked(kind, answer, message):
    with pytest.raises(DataError, match=message):
        kind(Says(answer)).predict(TOY.test)


def test_a_classifier_with_labels_of_its_own():
    for labels in ([-1, 1], [1, 2], ["no", "yes"]):
        model = Says(np.full((24, 2), 0.5), classes_=labels)
        with pytest.raises(DataError, match="Leave the labels as fit gets them: 0 to 1"):
            answers.TextClassifier(model, 2).predict(TOY.test)


def test_no_model_sees_the_test_labels(build):
    assert evaluate(build("Peeks"), TOY.test).accuracy == 0.5


def test_a_class_that_training_lacks_gets_nothing(build):
    model = build("words")
    three = SequenceSet.from_strings(["ACGT", "GGGG"] * 4, [0, 2] * 4, ["a", "b", "c"])
    wide = answers.TextClassifier(model.model, 3).fit(three)
    assert wide.predict(three)[:, 1].tolist() == [0] * 8


def test_torch_with_a_recipe_sets_rows_aside_where_no_split_is_given(build):
    training = steps.train(build("Tiny"), TOY, seed=0)
    assert (training.valid, training.rows, training.recipe["epochs"]) == ("set aside", 22, 3)
    with_valid = Dataset("toy", TOY.train, TOY.test, TOY.test)
    assert steps.train(build("Tiny"), with_valid, 0, epochs=1).valid == "split"


def test_what_trains_itself(build):
    model = build("Own")
    assert steps.train(model, TOY, seed=0).recipe == {}
    assert contenders.count_parameters(model) is None


@pytest.mark.parametrize(
    ("name", "message"), [("margins", "no predict_proba"), ("nothing", "gave a NoneType")]
)
def test_what_is_no_model(build, name, message):
    with pytest.raises(DataError, match=message):
        build(name)


def test_the_seed_starts_all_randomness(build):
    import torch

    first, again, other = (build("Tiny", seed=seed).out.weight for seed in (0, 0, 1))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_a_training_goes_on_behind_its_last_epoch(tmp_path, build, monkeypatch):
    file = str(tmp_path / "training.pt")
    whole = steps.train(build("Tiny"), TOY, 0, epochs=3)

    class CutOff(steps._Clock):
        def __call__(self, history, model):
            super().__call__(history, model)
            raise StopTraining("cut off")

    monkeypatch.setattr(steps, "_Clock", CutOff)
    steps.train(build("Tiny"), TOY, 0, 3, file)
    monkeypatch.undo()
    Path(f"{file}.json").write_text("[100.0, 50.0]")
    monkeypatch.chdir(HERE)
    rest = steps.train(build("Tiny"), TOY, 0, 3, file)
    assert rest.history.train_loss == pytest.approx(whole.history.train_loss)
    assert rest.seconds > 100
    assert rest.cpu_seconds > 50


def test_a_model_that_was_written_after_its_module_was_imported(tmp_path):
    (tmp_path / "grows.py").write_text("def one(): ...")
    before = contenders.check_model("grows:one", str(tmp_path))
    (tmp_path / "grows.py").write_text("def one(): ...\ndef two(): ...")
    assert contenders.check_model("grows:two", str(tmp_path)) != before
    with pytest.raises(DataError, match=r"file of grows:one is not the one .* Run the sweep again"):
        contenders.build("grows:one", TOY, 0, str(tmp_path), before)


def test_a_model_that_is_only_named_in_the_module_counts_by_its_own_file(tmp_path):
    (tmp_path / "names.py").write_text("from defines import build")
    (tmp_path / "defines.py").write_text("def build(): ...")
    before = contenders.check_model("names:build", str(tmp_path))
    (tmp_path / "defines.py").write_text("def build(): return 1")
    assert contenders.check_model("names:build", str(tmp_path)) != before


def test_a_model_of_this_very_process():
    with pytest.raises(DataError, match="Write it into a file"):
        contenders.check_model("__main__:build")


def test_the_template_is_no_lesson_and_takes_the_parameters_it_gets(tmp_path, archive):
    assert plan.template() not in lessons.list_lessons()
    book = nbformat.read(plan.template(), 4)
    (cell,) = (c for c in book.cells if "parameters" in c.metadata.get("tags", []))
    names: dict = {}
    exec(cell.source, names)
    made = planned(tmp_path / "out", archive)
    task = sweep._task(tmp_path, made, made.runs[0], {"model_checksum": ""}, 60)
    assert set(task["parameters"]) | {"RESULT", "__builtins__"} == set(names)


# Whole sweeps. A toy archive, so that a run costs little more than its start.


def planned(output, archive, settings=Settings(), models=("KmerBaseline",)):  # noqa: B008
    """The plan of a sweep, written as by one that was cut off before its first run."""
    (ground,) = sources.survey(str(archive), ["published"])
    runs = make_grid([(ground.dataset, ground.source, ground.split)], models, 1)
    made, _ = plan.extended(None, settings, runs, [ground], str(HERE))
    output.mkdir(exist_ok=True)
    made.save(output)
    return made


def measured():
    """What the notebook of a run that did nothing says it measured."""
    return {
        "scores": {"accuracy": {"value": 0.75, "low": 0.65, "high": 0.85}},
        "parameters": 10, "epochs": 3, "validation": "unused", "trained_rows": 100,
        "seconds": 2.0, "cpu_seconds": 6.0, "total_seconds": 9.0, "peak_memory_mb": 300.0,
        "threads": 1, "device": "cpu", "finished": "", "rows": {"train": 100, "test": 50},
        "versions": {"python": "3"}, "machine": {"system": "Linux", "architecture": "x",
        "processor": "fast", "cores": 4},
    }  # fmt: skip


def record_for(task):
    """A run that did nothing, and says that all went well."""
    folder = Path(task["folder"])
    record = {"format": 1, "status": "done", "identity": task["identity"], "reason": ""}
    records.write_json(folder / records.RECORD, record | measured())
    (folder / records.NOTEBOOK).write_text("{}")
    return record


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """One real sweep of four models, two of which fail."""
    folder = tmp_path_factory.mktemp("swept")
    shutil.copy(HERE / "sweep_models.py", folder)
    archive = write_archive(folder / "toy_v0.zip")
    names = [f"sweep_models:{name}" for name in ("words", "Tiny", "too_many", "dies")]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("GENBENCH_LITE_CACHE", str(folder / "cache"))
        run_sweep(str(archive), names, folder / "out", epochs=2, jobs=2, progress=False)
    return folder


def test_each_run_leaves_a_notebook_and_a_record(swept):
    board = Leaderboard(swept / "out")
    runs = board.runs().set_index("model")
    assert runs["status"].tolist() == ["done", "done", "failed", "failed"]
    assert "n_classes=2" in runs.at["sweep_models:too_many", "reason"]
    assert "DeadKernelError" in runs.at["sweep_models:dies", "reason"]
    tiny = runs.loc["sweep_models:Tiny"]
    assert 0 <= tiny["accuracy_low"] <= tiny["accuracy"] <= tiny["accuracy_high"] <= 1
    assert (tiny["parameters"], tiny["epochs"], tiny["threads"]) == (
        94,
        2,
        os.cpu_count() // 2 or 1,
    )
    assert 0 < tiny["seconds"] < tiny["total_seconds"]
    assert tiny["cpu_seconds"] > 0
    assert tiny["peak_memory_mb"] > 100
    assert "Linux" in tiny["machine"] or sys.platform != "linux"
    assert tiny["python"].startswith("3.")
    assert "a tenth set aside" in tiny["notes"]
    for model, notebook in runs["notebook"].items():
        executed = nbformat.read(swept / "out" / notebook, 4)
        assert f'MODEL = "{model}"' in "".join(cell.source for cell in executed.cells)
        ends = [o.output_type for cell in executed.cells for o in cell.get("outputs", [])]
        assert ("error" in ends) is (model == "sweep_models:too_many")
    left = [path.name for path in (swept / "out" / "runs").glob("*/*")]
    assert set(left) == {"record.json", "run.ipynb"}


def test_what_is_done_stays_done_and_failures_are_retried_when_asked(swept, monkeypatch):
    monkeypatch.chdir(swept)
    asked = []
    monkeypatch.setattr(running, "run_local", lambda tasks, jobs: (asked.append(t) for t in tasks))
    again = {"output": swept / "out", "progress": False}
    run_sweep(**again)
    assert asked == []
    run_sweep(**again, retry_failed=True)
    assert [task["identity"]["model"] for task in asked] == [
        "sweep_models:too_many",
        "sweep_models:dies",
    ]
    asked.clear()
    (swept / "out/runs/toy--own--sweep_models-Tiny--seed0/record.json").rename(swept / "kept")
    run_sweep(**again)
    assert [task["identity"]["model"] for task in asked] == ["sweep_models:Tiny"]
    (swept / "out/runs/toy--own--sweep_models-Tiny--seed0/record.json").write_text("{half")
    assert "unreadable" in Leaderboard(swept / "out").runs()["status"].tolist()
    asked.clear()
    run_sweep(**again)
    assert [task["identity"]["model"] for task in asked] == ["sweep_models:Tiny"]
    (swept / "kept").replace(swept / "out/runs/toy--own--sweep_models-Tiny--seed0/record.json")


def test_a_model_that_was_rewritten_is_run_again(tmp_path, archive, monkeypatch, instant):
    made = tmp_path / "rewritten.py"
    monkeypatch.chdir(tmp_path)
    for text, runs in (("def build(): ...", 1), ("def build(): ...", 1), ("def build(): 1", 2)):
        made.write_text(text)
        run_sweep(str(archive), "rewritten:build", tmp_path / "out", progress=False)
        assert len(instant) == runs


@pytest.fixture
def command(tmp_path):
    """Start the command; its runs are real notebooks, which sleep instead of training."""
    book = nbformat.read(plan.template(), 4)
    book.cells = [cell for cell in book.cells if cell.id == "parameters"]
    lines = ["import json, os, time", "time.sleep(1)", f"found = {measured()!r}"]
    lines += ["found['threads'] = int(os.environ['OMP_NUM_THREADS'])"]
    lines += ["open(RESULT, 'w').write(json.dumps(found))"]
    book.cells.append(nbformat.v4.new_code_cell("\n".join(lines)))
    nbformat.write(book, tmp_path / "sleeps.ipynb")
    script = f"""
import pathlib, sys
from genbench_lite import cli
from genbench_lite.sweeps import plan, sweep
plan.template = sweep.template = lambda: pathlib.Path({str(tmp_path / "sleeps.ipynb")!r})
sys.exit(cli.main(["leaderboard", *sys.argv[1:]]))
"""

    def start(*arguments):
        return subprocess.Popen(
            [sys.executable, "-c", script, *map(str, arguments)],
            cwd=tmp_path,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )

    return start


def wait_for(found, seconds=60):
    end = time.monotonic() + seconds
    while not (result := found()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)
    return result


def kernel_under(process):
    """Asks for all that the process has started, once a kernel is among it."""
    import psutil

    def found():
        below = psutil.Process(process.pid).children(recursive=True)
        with contextlib.suppress(psutil.Error):
            return below if any("ipykernel" in " ".join(x.cmdline()) for x in below) else None

    return found


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
def test_a_sweep_that_is_broken_off_goes_on(tmp_path, archive, command):
    import psutil

    out = tmp_path / "out"
    words = ("--datasets", archive, "--models", "KmerBaseline", "--seeds", 2, "--output", out)
    for how, code in ((signal.SIGKILL, -signal.SIGKILL), (signal.SIGINT, 130)):
        broken = command(*words)
        (kept,) = wait_for(lambda: list(out.glob("runs/*/record.json")))
        before = kept.stat().st_mtime_ns
        started = wait_for(kernel_under(broken))
        assert list(out.glob("runs/*seed1/.attempt-*"))
        broken.send_signal(how)
        said = broken.communicate(timeout=30)[1]
        assert broken.returncode == code
        assert "Traceback" not in said
        assert not psutil.wait_procs(started, timeout=15)[1]
        assert Leaderboard(out).runs()["status"].tolist() == ["done", "missing"]
        words = ("--output", out)
    again = command(*words)
    said = again.communicate(timeout=100)[1]
    assert again.returncode == 0, said
    assert "1/2" in said
    assert Leaderboard(out).runs()["status"].tolist() == ["done", "done"]
    assert kept.stat().st_mtime_ns == before
    assert not list(out.glob("runs/*/.*"))
    assert (out / "leaderboard.html").read_text().startswith("<!doctype html>")


@pytest.fixture
def cluster(tmp_path):
    """A Dask scheduler and two workers, in processes of their own."""
    pytest.importorskip("distributed")
    file = tmp_path / "scheduler.json"
    shared = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": tmp_path}
    start = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1"]
    start += ["--port", "0", "--no-dashboard", "--scheduler-file", str(file)]
    processes = [subprocess.Popen(start, **shared)]
    try:
        address = wait_for(lambda: file.exists() and json.loads(file.read_text() or "{}"))[
            "address"
        ]
        for _ in range(2):
            work = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--no-nanny"]
            work += ["--nthreads", "1", "--no-dashboard", "--local-directory", str(tmp_path)]
            processes.append(subprocess.Popen(work, **shared))
        yield address, processes[1:]
    finally:
        for process in processes:
            process.kill()
            process.wait()


def test_a_cluster_loses_a_worker_and_no_run(tmp_path, archive, cluster, command):
    import psutil

    address, workers = cluster
    out = tmp_path / "out"
    words = ("--datasets", archive, "--models", "KmerBaseline", "--seeds", 2, "--output", out)
    started = command(*words, "--dask", address)
    busy = wait_for(lambda: [w for w in workers if kernel_under(w)()])[0]
    lost = psutil.Process(busy.pid).children(recursive=True)
    busy.send_signal(signal.SIGKILL)
    said = started.communicate(timeout=120)[1]
    assert started.returncode == 0, said
    assert Leaderboard(out).runs()["status"].tolist() == ["done"] * 2
    assert Leaderboard(out).runs()["threads"].tolist() == [1] * 2
    assert not psutil.wait_procs(lost, timeout=10)[1]


def test_workers_must_see_the_folder(tmp_path, monkeypatch):
    class Client:
        def wait_for_workers(self, n, timeout):
            pass

        def run(self, function, path, on_error):
            return self.answers

    client = Client()
    for said, message in (
        ({}, "has no worker"),
        ({"tcp://a": (__version__, False)}, "does not see"),
        ({"tcp://a": ("0.0", True)}, r"has genbench_lite 0\.0, and this is"),
        ({"tcp://a": ModuleNotFoundError("No module named 'genbench_lite'")}, "cannot run"),
    ):
        client.answers = said
        with pytest.raises(GenbenchError, match=message):
            running._require_workers(client, "tcp://x", tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_run_whose_process_breaks_is_a_failure(tmp_path, monkeypatch):
    (tmp_path / "genbench_lite").mkdir()
    task = {"folder": str(tmp_path / "run"), "identity": {"seed": 0}, "cache": "", "no": "template"}
    running._stopping.clear()
    record = running.run_task(task, 1)
    assert record["status"] == "failed"
    assert "KeyError" in record["reason"]


def test_the_command_tells_of_failures(tmp_path, archive, monkeypatch, capsys):
    monkeypatch.setattr(
        running,
        "run_local",
        lambda tasks, jobs: (
            records.write_failure(Path(t["folder"]), t["identity"], "It broke.") for t in tasks
        ),
    )
    words = ["leaderboard", "--datasets", str(archive), "--model", "LiteCNN", "--fast"]
    assert cli.main([*words, "--output", str(tmp_path / "out"), "--no-progress"]) == 1
    said = capsys.readouterr()
    assert "1 failed: It broke." in said.out
    assert "--retry-failed" in said.err
    assert plan.load_plan(tmp_path / "out").settings == Settings(epochs=2, rows=500)
    assert isinstance(Leaderboard(tmp_path / "out").plan.runs[0], Run)
    assert "LiteCNN" in (tmp_path / "out" / "leaderboard.csv").read_text()
    assert cli.main([*words, "--output", str(tmp_path / "out"), "--epochs", "0"]) == 1
    with pytest.raises(UnknownNameError):
        Leaderboard(tmp_path / "out").summary("speed")
