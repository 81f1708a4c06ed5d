from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from genbench_lite import cli, lessons, paths

FLY = "drosophila_enhancers_stark"


def run(capsys, *arguments: str) -> tuple[int, str, str]:
    code = cli.main(arguments)
    said = capsys.readouterr()
    return code, said.out, said.err


def test_wrong_usage_is_2_and_names_the_commands(capsys):
    for wrong in ([], ["nonsense"], ["info"]):
        with pytest.raises(SystemExit) as stopped:
            cli.main(wrong)
        assert stopped.value.code == 2
    assert "usage: genbench-lite" in capsys.readouterr().err


def test_help_lists_every_command(capsys):
    with pytest.raises(SystemExit) as stopped:
        cli.main(["--help"])
    assert stopped.value.code == 0
    text = capsys.readouterr().out
    commands = "start run catalog info audit new download bundle remove doctor"
    for command in commands.split():
        assert f"\n    {command} " in text


def test_an_error_is_one_line_with_advice(capsys):
    code, out, err = run(capsys, "info", "human_enhancers_con")
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert "human_enhancers_cohn" in err
    assert "Traceback" not in err


def test_debug_shows_the_traceback(capsys):
    code, _, err = run(capsys, "info", "nope", "--debug")
    assert code == 1
    assert "Traceback" in err
    assert "UnknownNameError" in err


def test_an_unforeseen_error_is_one_line_too(capsys, tmp_path):
    (tmp_path / "file").write_text("")
    code, _, err = run(capsys, "run", "00", "--output", str(tmp_path / "file" / "out"))
    assert code == 1
    assert err.count("\n") == 1
    assert "--debug" in err
    code, _, err = run(capsys, "--debug", "run", "00", "--output", str(tmp_path / "file" / "out"))
    assert "Traceback" in err


def test_catalog_and_info_need_no_network(capsys, monkeypatch):
    monkeypatch.setenv("GENBENCH_LITE_MIRROR", "http://127.0.0.1:9")
    code, out, _ = run(capsys, "catalog")
    assert code == 0
    assert "human_ensembl_regulatory" in out
    assert "289061" in out
    code, out, _ = run(capsys, "info", "human_nontata_promoters")
    assert code == 0
    assert "12355" in out
    assert "4915" in out


def test_download_then_remove(capsys, served, cache):
    served(FLY)
    code, out, _ = run(capsys, "download", FLY)
    assert code == 0
    assert str(cache / "datasets-v1" / FLY) in out
    assert run(capsys, "remove", FLY)[:2] == (0, f"{FLY}: deleted\n")
    assert run(capsys, "remove", FLY)[:2] == (0, f"{FLY}: was not in the cache\n")


def test_download_goes_on_after_a_failure(capsys, served):
    served(FLY)
    code, out, err = run(capsys, "download", "human_ocr_ensembl", FLY)
    assert code == 1
    assert FLY in out
    assert "human_ocr_ensembl could not be fetched" in err


def test_download_checks_all_names_first(capsys, served, server):
    served(FLY)
    code, out, err = run(capsys, "download", FLY, "human_ocr_ensemble")
    assert (code, out) == (1, "")
    assert "human_ocr_ensembl" in err
    assert server.asked == []


@pytest.mark.parametrize("command", ["download", "run"])
def test_nothing_named(capsys, command):
    code, _, err = run(capsys, command)
    assert code == 1
    assert "--all" in err


def test_interrupted(capsys, monkeypatch):
    def interrupt(name):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli.cards, "card", interrupt)
    assert run(capsys, "info", FLY)[0] == 130


def test_doctor_names_versions_cache_and_sources(capsys, server, served, cache):
    served(FLY)
    run(capsys, "download", FLY)
    code, out, _ = run(capsys, "doctor")
    assert code == 0
    for word in ("torch", "Python", "free disk", str(cache), FLY, "Zenodo", "Hugging Face"):
        assert word in out
    assert "answers: no (answered 404)" in out
    assert "The lessons can run." in out


def test_doctor_finds_a_cache_that_is_a_file_and_a_misspelt_mirror(capsys, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GENBENCH_LITE_CACHE", str(tmp_path / "file"))
    monkeypatch.setenv("GENBENCH_LITE_MIRROR", "teacher.local")
    code, out, _ = run(capsys, "doctor")
    assert code == 1
    assert "NO  cache can be written" in out
    assert "http://host:port" in out


def test_doctor_without_a_package(capsys, monkeypatch):
    from genbench_lite import doctor

    monkeypatch.setenv("GENBENCH_LITE_MIRROR", "http://127.0.0.1:9")
    monkeypatch.setattr(doctor, "PACKAGES", ("torch", "no-such-package"))
    code, out, _ = run(capsys, "doctor")
    assert code == 1
    assert "NO  no-such-package" in out
    assert "ConnectionError" in out


@pytest.fixture
def toy_lessons(tmp_path, monkeypatch):
    folder = tmp_path / "notebooks"
    folder.mkdir()
    for number, source in (("00_good", "print(FAST)"), ("01_bad", "1 / 0")):
        cells = [
            nbformat.v4.new_code_cell("FAST = False", metadata={"tags": ["parameters"]}),
            nbformat.v4.new_code_cell(source),
        ]
        book = nbformat.v4.new_notebook(cells=cells)
        book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
        nbformat.write(book, folder / f"{number}.ipynb")
    monkeypatch.setattr(lessons, "lessons_folder", lambda: folder)
    return folder


def test_run_keeps_executed_copies_and_goes_on(capsys, toy_lessons, tmp_path):
    out = tmp_path / "out"
    code, said, err = run(capsys, "run", "--all", "--fast", "--output", str(out))
    assert code == 1
    assert str(out / "00_good.ipynb") in said
    assert "ZeroDivisionError" in err
    assert "1 of 2 lessons failed: 01_bad" in err
    executed = nbformat.read(out / "00_good.ipynb", as_version=4)
    assert "True" in str(executed.cells)
    assert (out / "01_bad.ipynb").exists()


def test_run_unknown_lesson(capsys, toy_lessons):
    code, _, err = run(capsys, "run", "77_nothing")
    assert code == 1
    assert "77_nothing" in err


def test_start_becomes_jupyterlab_on_the_first_lesson(capsys, monkeypatch, tmp_path):
    started = {}

    def fake(program, command):
        started.update(program=program, command=command, folder=Path.cwd())
        return 0

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GENBENCH_LITE_CACHE", "mine")
    monkeypatch.setattr(cli.os, "execv", fake)
    assert run(capsys, "start", "--no-browser")[0] == 0
    assert started["program"] == started["command"][0] == sys.executable
    assert "--ip=127.0.0.1" in started["command"]
    assert "--LabApp.default_url=/lab/tree/00_start_here.ipynb" in started["command"]
    assert (started["folder"] / "00_start_here.ipynb").exists()
    assert paths.cache_folder() == tmp_path / "mine"  # from there, too


def test_installed_lessons_are_copied_once_and_never_over_work(tmp_path, monkeypatch):
    installed = tmp_path / "site" / "notebooks"
    installed.mkdir(parents=True)
    for name in ("00_start_here.ipynb", "01_fetch_datasets.ipynb"):
        (installed / name).write_text("as shipped")
    monkeypatch.chdir(tmp_path)
    mine = cli._writable(installed)
    (mine / "00_start_here.ipynb").write_text("my answers")
    (mine / "01_fetch_datasets.ipynb").unlink()
    assert cli._writable(installed) == mine
    assert (mine / "00_start_here.ipynb").read_text() == "my answers"
    assert (mine / "01_fetch_datasets.ipynb").read_text() == "as shipped"


def test_the_module_runs_as_a_command():
    done = subprocess.run(
        [sys.executable, "-m", "genbench_lite.cli", "--version"], capture_output=True, text=True
    )
    assert done.returncode == 0
    assert done.stdout.startswith("genbench-lite ")
