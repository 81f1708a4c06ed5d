"""Lessons: found, solved, run, and read, on small notebooks made here."""

from __future__ import annotations

import builtins
import json
import os
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from genbench_lite import headless, lessons
from genbench_lite.errors import DataError, GenbenchError, UnknownNameError


def code(source, *tags):
    return new_code_cell(source, metadata={"tags": list(tags)} if tags else {})


def solution(source):
    fold = f"<details>\n<summary>Solution</summary>\n\n```python\n{source}\n```\n\n</details>"
    return new_markdown_cell(fold, metadata={"tags": ["solution"]})


def save(folder, *cells, name="03_toy.ipynb"):
    path = folder / name
    nbformat.write(new_notebook(cells=list(cells)), path)
    return path


def feedback(name, passed):
    """Source of a cell that shows what a check shows; ``passed`` is an expression."""
    return (
        f"from IPython.display import HTML, display\npassed = {passed}\n"
        f"""display(HTML(f'<p data-check="{name}" data-passed="{{passed}}">a &amp; b</p>'))"""
    )


def run(path, tmp_path, **options):
    options = {"progress": False, "timeout": 60, **options}
    return nbformat.read(lessons.run_lesson(path, tmp_path / "out" / "done.ipynb", **options), 4)


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """Three lessons and two files that are none."""
    for name in (
        "09_own.ipynb",
        "00_start_here.ipynb",
        "01_fetch.ipynb",
        "draft.ipynb",
        "02_a.txt",
    ):
        (tmp_path / name).write_text("{}")
    monkeypatch.setattr(lessons, "lessons_folder", lambda: tmp_path)
    return tmp_path


# Finding


def test_folder_is_the_checkouts_or_the_installed_one(tmp_path, monkeypatch):
    (tmp_path / "genbench_lite").mkdir()
    monkeypatch.setattr(lessons, "__file__", str(tmp_path / "genbench_lite" / "lessons.py"))
    assert lessons.lessons_folder() == tmp_path / "notebooks"
    (tmp_path / "genbench_lite" / "notebooks").mkdir()
    assert lessons.lessons_folder() == tmp_path / "genbench_lite" / "notebooks"


def test_lessons_are_listed_in_order(shelf):
    names = [path.name for path in lessons.list_lessons()]
    assert names == ["00_start_here.ipynb", "01_fetch.ipynb", "09_own.ipynb"]


def test_a_solution_that_would_run_by_accident_is_refused():
    book = new_notebook(cells=[code("a = ...", "exercise"), code("a = 1", "solution")])
    with pytest.raises(DataError, match="not folded"):
        lessons.solve(book)


@pytest.mark.parametrize(
    "name", ["0", "00", "start_here", "00_start_here", "00_start_here.ipynb", "start_here.ipynb"]
)
def test_a_lesson_has_many_names(shelf, name):
    assert lessons.find_lesson(name) == shelf / "00_start_here.ipynb"


def test_any_notebook_can_be_named_by_its_path(shelf):
    assert lessons.find_lesson(shelf / "draft.ipynb") == shelf / "draft.ipynb"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("start_her", "Did you mean '00_start_here'"),
        ("5", "Known are: 00_start_here, 01_fetch, 09_own"),
        ("elsewhere/01_fetc.ipynb", "There is no lesson"),
        ("draft", "There is no lesson 'draft'"),
        ("", "There is no lesson ''"),
    ],
)
def test_an_unknown_lesson_is_an_error(shelf, name, message):
    with pytest.raises(UnknownNameError, match=message):
        lessons.find_lesson(name)


# Solving


def test_solve_moves_solutions_into_their_exercises():
    cells = [
        code("a = ...", "exercise"),
        code("check(a)"),
        solution("a = 1"),
        new_markdown_cell("Between"),
        code("b = ...", "exercise"),
        solution("b = 2"),
    ]
    notebook = new_notebook(cells=cells)
    solved = lessons.solve(notebook)
    assert [cell.source for cell in solved.cells] == ["a = 1", "check(a)", "Between", "b = 2"]
    assert [cell.id for cell in solved.cells] == [cells[i].id for i in (0, 1, 3, 4)]
    assert notebook.cells[0].source == "a = ..."
    assert len(notebook.cells) == 6


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([code("a = ...", "exercise")], "'a = ...' has no solution"),
        (
            [code("a = ...", "exercise"), code("b = ...", "exercise"), solution("b = 2")],
            "'a = ...' has no solution",
        ),
        ([code("1"), solution("a = 1")], "Cell 1 is a solution without an exercise"),
        (
            [code("a = ...", "exercise"), solution("a = 1"), solution("a = 2")],
            "Cell 2 is a solution without",
        ),
    ],
)
def test_solve_refuses_pairs_that_do_not_match(cells, message):
    with pytest.raises(DataError, match=message):
        lessons.solve(new_notebook(cells=cells))


# Running: what is refused before a kernel starts


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"SPEED": 1}, "no parameter 'SPEED'. It takes: FAST, SEED, STEP"),
        ({"fast": True}, "It takes: FAST, SEED, STEP"),
        ({"SEED": {1, 2}}, "'SEED' is a set"),
        ({"SEED": float("nan")}, "'SEED' is a float that JSON cannot"),
        ({"SEED": [object()]}, "'SEED' is a list"),
    ],
)
def test_bad_parameters_are_refused(tmp_path, parameters, message):
    path = save(tmp_path, code("FAST = False\nSEED: int = 0\nSTEP = SEED", "parameters"))
    with pytest.raises(GenbenchError, match=message):
        run(path, tmp_path, parameters=parameters)
    assert not (tmp_path / "out").exists()


def test_a_lesson_without_parameters_takes_none(tmp_path):
    with pytest.raises(GenbenchError, match="It takes: no parameters"):
        run(save(tmp_path, code("x = 1")), tmp_path, parameters={"x": 2})


@pytest.mark.parametrize("text", [None, "not a notebook", "[]", '{"nbformat": 4}'])
def test_a_file_that_is_no_notebook_is_an_error(tmp_path, text):
    path = tmp_path / "00_broken.ipynb"
    if text is not None:
        path.write_text(text)
    with pytest.raises(DataError, match="cannot be read as a notebook"):
        run(path, tmp_path)


@pytest.mark.parametrize("package", ["papermill", "ipykernel"])
def test_a_missing_package_is_named_with_the_way_to_get_it(tmp_path, monkeypatch, package):
    real = builtins.__import__

    def without(name, *rest):
        if name == package:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return real(name, *rest)

    path = save(tmp_path, code("1"))
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(GenbenchError, match=rf'{package}.*pip install "genbench-lite\[lab\]"'):
        run(path, tmp_path)


# Running


def test_a_run_leaves_an_executed_copy(tmp_path):
    path = save(
        tmp_path,
        new_markdown_cell("# A title"),
        code("FAST, SEED = False, 0", "parameters"),
        code("import os, sys\nopen('made.txt', 'w').close()"),
        code("print(FAST, SEED, sys.executable, os.getcwd())"),
        code("block = bytearray(200_000_000); block[::4096] = b'x' * len(block[::4096])"),
    )
    before = path.read_bytes()
    out = tmp_path / "a {folder}" / "done.ipynb"
    parameters = {"FAST": True, "SEED": [1, {"a": None}]}
    assert lessons.run_lesson(path, out, parameters, progress=False) == out
    done = nbformat.read(out, 4)
    nbformat.validate(done)

    assert path.read_bytes() == before
    assert sorted(p.name for p in out.parent.iterdir()) == ["done.ipynb", "made.txt"]
    assert done.cells[4].outputs[0].text.split(" ", 2)[0] == "True"
    assert f"[1, {{'a': None}}] {sys.executable} {out.parent}" in done.cells[4].outputs[0].text
    assert [cell.source for cell in done.cells][-1].startswith("block")
    assert str(tmp_path) not in json.dumps(done.metadata)
    measured = done.metadata.genbench_lite
    assert 0.2 < measured.seconds < 120
    assert 200 < measured.peak_memory_mb < 800


def test_the_kernel_is_this_interpreter_whatever_the_user_has_registered(tmp_path, monkeypatch):
    for name in ("python3", "other"):
        spec = tmp_path / "data" / "kernels" / name
        spec.mkdir(parents=True)
        argv = [str(tmp_path / "no-such-python"), "-f", "{connection_file}"]
        (spec / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "x"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "data"))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    path = save(tmp_path, code("import sys; print(sys.executable)"))
    notebook = nbformat.read(path, 4)
    notebook.metadata["kernelspec"] = {"name": "other", "display_name": "x", "language": "R"}
    nbformat.write(notebook, path)
    assert run(path, tmp_path).cells[0].outputs[0].text.strip() == sys.executable


def test_a_failing_cell_stops_the_run_and_the_copy_stays(tmp_path):
    path = save(
        tmp_path,
        code("print('first')"),
        new_markdown_cell("Text"),
        code("raise KeyError('no\\nsuch') from None"),
        code("print('third')"),
    )
    with pytest.raises(GenbenchError) as caught:
        run(path, tmp_path)
    out = tmp_path / "out" / "done.ipynb"
    assert str(caught.value) == (
        "Lesson 03_toy stopped at code cell 2: KeyError: 'no\\nsuch'. "
        f"Read the executed copy: {out}"
    )
    done = nbformat.read(out, 4)
    cells = [cell for cell in done.cells if cell.cell_type == "code"]
    assert cells[0].outputs[0].text == "first\n"
    assert cells[1].outputs[0].ename == "KeyError"
    assert [cell.outputs for cell in cells[2:]] == [[]]
    assert done.metadata.genbench_lite.peak_memory_mb is None
    assert os.listdir(out.parent) == ["done.ipynb"]


def test_only_the_first_line_of_a_long_message_is_reported(tmp_path):
    path = save(tmp_path, code("raise ValueError('one\\ntwo\\nthree')"))
    with pytest.raises(GenbenchError, match=r"code cell 1: ValueError: one\. Read"):
        run(path, tmp_path)


def test_a_cell_that_never_ends_is_stopped(tmp_path):
    path = save(tmp_path, code("print(1)"), code("import time; time.sleep(60)"), code("print(3)"))
    with pytest.raises(GenbenchError, match="code cell 2: TimeoutError: it took longer than 1 s"):
        run(path, tmp_path, timeout=1)
    assert nbformat.read(tmp_path / "out" / "done.ipynb", 4).cells[0].outputs[0].text == "1\n"


def test_a_kernel_that_dies_is_reported(tmp_path):
    path = save(tmp_path, code("import os; os._exit(1)"))
    with pytest.raises(GenbenchError, match="stopped at code cell 1: DeadKernelError"):
        run(path, tmp_path)
    assert (tmp_path / "out" / "done.ipynb").exists()


def test_the_second_run_replaces_the_copy_of_the_first(tmp_path):
    run(save(tmp_path, code("print('old')")), tmp_path)
    assert run(save(tmp_path, code("print('new')")), tmp_path).cells[0].outputs[0].text == "new\n"


@pytest.mark.parametrize("progress", [True, False])
def test_the_progress_bar_carries_the_name_of_the_lesson(tmp_path, capfd, progress):
    run(save(tmp_path, code("1")), tmp_path, progress=progress)
    shown = capfd.readouterr().err
    assert ("03_toy" in shown) is progress
    assert "WARNING" not in shown


def test_checks_fail_untouched_and_pass_solved(tmp_path):
    path = save(
        tmp_path,
        code("answer = ...", "exercise"),
        code(feedback("six", "str(answer == 6).lower()")),
        solution("answer = 6"),
        code(feedback("other", "'false'")),
    )
    untouched = run(path, tmp_path)
    assert lessons.failed_checks(untouched) == ["six", "other"]
    assert lessons.passed_checks(untouched) == []
    solved = run(path, tmp_path, solved=True)
    assert lessons.failed_checks(solved) == ["other"]
    assert lessons.passed_checks(solved) == ["six"]


def test_real_feedback_counts_and_the_options_of_a_quiz_do_not(tmp_path):
    path = save(
        tmp_path,
        code("import genbench_lite as gbl\ngbl.check('gc_of_gattaca', ...)"),
        code("gbl.Quiz('half_open')"),
        code("gbl.check('gc_of_gattaca', 2 / 7)"),
    )
    done = run(path, tmp_path)
    assert lessons.failed_checks(done) == ["gc_of_gattaca"]
    assert lessons.passed_checks(done) == ["gc_of_gattaca"]
    assert lessons.hidden_errors(done) == []


def test_a_failing_widget_callback_is_a_hidden_error(tmp_path):
    path = save(
        tmp_path,
        code(
            "import ipywidgets as w\nfrom IPython.display import display\n"
            "out, slider = w.Output(), w.IntSlider()\ndisplay(out)\n"
            "@out.capture()\ndef moved(change):\n    1 / 0\n"
            "slider.observe(moved, 'value'); slider.value = 3"
        ),
    )
    assert lessons.hidden_errors(run(path, tmp_path)) == [
        "widget: ZeroDivisionError: division by zero"
    ]


def test_a_failing_thread_is_a_hidden_error(tmp_path):
    path = save(
        tmp_path,
        code("import threading\nt = threading.Thread(target=lambda: 1 / 0)\nt.start(); t.join()"),
    )
    assert lessons.hidden_errors(run(path, tmp_path)) == [
        "cell 0: ZeroDivisionError: division by zero"
    ]


def test_error_outputs_are_found_and_clean_notebooks_have_none():
    cell = code("x")
    notebook = new_notebook(cells=[new_markdown_cell("Traceback (most recent call last)"), cell])
    cell.outputs = [new_output("stream", text="fine\n")]
    assert lessons.hidden_errors(notebook) == []
    cell.outputs = [new_output("error", ename="ValueError", evalue="bad")]
    assert lessons.hidden_errors(notebook) == ["cell 1: ValueError: bad"]


# The work-around for lost wake-ups


def test_messages_are_polled_only_while_a_lesson_runs():
    from jupyter_client.channels import AsyncZMQSocketChannel as Channel

    original = Channel.get_msg
    with headless.polled_messages():
        patched = Channel.get_msg
        assert patched is not original
        with headless.polled_messages():
            assert Channel.get_msg is patched
        assert Channel.get_msg is patched
    assert Channel.get_msg is original


def test_polling_keeps_the_meaning_of_the_timeout(monkeypatch):
    import asyncio
    from queue import Empty

    from jupyter_client.channels import AsyncZMQSocketChannel as Channel

    waits = []

    async def lost(self, timeout=None):
        waits.append(timeout)
        await asyncio.sleep(timeout)
        if len(waits) == 3:
            return "message"
        raise Empty

    monkeypatch.setattr(Channel, "get_msg", lost)
    with headless.polled_messages():
        assert asyncio.run(Channel.get_msg(None)) == "message"
        assert waits == [0.25, 0.25, 0.25]
        with pytest.raises(Empty):
            asyncio.run(Channel.get_msg(None, timeout=0.3))
    assert waits[3] == 0.25
    assert all(wait <= 0.051 for wait in waits[4:])


def test_peak_memory_is_that_of_the_process_alone():
    block = bytearray(300_000_000)
    block[::4096] = b"x" * len(block[::4096])
    assert headless.peak_memory_mb() > 300
    source = "from genbench_lite.headless import peak_memory_mb; print(peak_memory_mb())"
    child = subprocess.run([sys.executable, "-c", source], capture_output=True, check=True)
    assert 1 < float(child.stdout) < 200
