"""The repository's address stands once; scripts/badges.py writes it everywhere else."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys

import pytest
from lessons import template
from test_repository import ROOT, tracked

SCRIPT = ROOT / "scripts" / "badges.py"


@pytest.fixture
def badges():
    spec = importlib.util.spec_from_file_location("badges", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return script


@pytest.fixture
def moved(badges, tmp_path, monkeypatch):
    """A copy of all that holds the address, after the repository has moved."""
    for path in [ROOT / "pyproject.toml", *badges.places()]:
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    project = tmp_path / "pyproject.toml"
    text = project.read_text(encoding="utf-8")
    project.write_text(text.replace(template.repository(), "else.where/new_name"), encoding="utf-8")
    monkeypatch.setattr(badges, "ROOT", tmp_path)
    return badges


def run(script, monkeypatch, *flags):
    monkeypatch.setattr("sys.argv", ["badges.py", *flags])
    return script.main()


def test_all_badges_are_up_to_date():
    done = subprocess.run([sys.executable, SCRIPT, "--check"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


def test_script_and_template_agree_on_the_address(badges):
    assert badges.repository() == template.repository()


def test_check_names_every_stale_file_and_changes_none(moved, monkeypatch, capsys):
    before = {path: path.read_bytes() for path in moved.places()}
    assert run(moved, monkeypatch, "--check") == 1
    said = capsys.readouterr().out
    assert all(path.name in said for path in before)
    assert {path: path.read_bytes() for path in before} == before


def test_after_a_move_the_old_address_is_nowhere(moved, monkeypatch):
    assert run(moved, monkeypatch) == 0
    assert run(moved, monkeypatch, "--check") == 0
    for path in moved.places():
        text = path.read_text(encoding="utf-8")
        assert template.repository() not in text, path
        assert text.count("else.where/new_name") >= 1


def test_a_move_changes_nothing_else(moved, monkeypatch):
    run(moved, monkeypatch)
    for path in moved.places():
        back = path.read_bytes().replace(b"else.where/new_name", template.repository().encode())
        assert back == (ROOT / path.relative_to(moved.ROOT)).read_bytes()


def test_badges_of_a_copied_lesson_open_the_copy(badges):
    text = (ROOT / "notebooks" / badges.FIRST_LESSON).read_text(encoding="utf-8")
    written = badges.rewrite(text, "a/b", "11_new.ipynb")
    assert written.count("/notebooks/11_new.ipynb)") == 2
    assert badges.FIRST_LESSON not in re.findall(r"\[!\[Open in .*", written)[0]


def test_an_address_elsewhere_is_told(moved):
    project = moved.ROOT / "pyproject.toml"
    project.write_text(project.read_text(encoding="utf-8").replace("github.com", "example.org"))
    with pytest.raises(SystemExit, match="has no line 'Repository = "):
        moved.repository()


def test_the_address_is_in_no_other_file(badges):
    allowed = {ROOT / "pyproject.toml", *badges.places()}
    for path in tracked():
        if path.suffix in (".py", ".md", ".toml", ".yml", ".cff", ".ipynb", ".txt", ""):
            assert path in allowed or template.repository() not in path.read_text("utf-8"), path
