"""What CONTRIBUTING.md sends people to is there."""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path

import pytest

import genbench_lite as gbl
from genbench_lite import cli

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
QUOTED = sorted(set(re.findall(r"`([^`\n]+)`", TEXT)))
PATHS = [q for q in QUOTED if re.fullmatch(r"[\w./]+/[\w./]+|\w+\.(?:md|toml|txt)", q)]
# where each name stands that is quoted alone
HOMES = {
    "Card": "genbench_lite.cards",
    "GenbenchError": "genbench_lite.errors",
    "Panel": "genbench_lite.widgets",
    "checker": "genbench_lite.checkers.registry",
    "compare_function": "genbench_lite.checkers.compare",
    "compare_value": "genbench_lite.checkers.compare",
    "Row": "measure",
    "GROUPS": "run",
}
TAGS = {"exercise", "solution", "parameters"}
PARAMETERS = {"DATASET", "FAST", "SEED"}
HANGING = {"Output", "interact"}  # what tests/lessons/template.py refuses


def test_something_is_quoted():
    assert len(PATHS) > 25
    assert len(QUOTED) > 50


@pytest.mark.parametrize("path", PATHS)
def test_a_path_exists(path):
    assert (ROOT / path).exists()


def test_commands_exist(capsys):
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    listed = capsys.readouterr().out
    for command in re.findall(r"genbench-lite (\w+)", TEXT):
        assert f"\n    {command} " in listed
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert set(re.findall(r"\bmake (lab|test|lint|bench|site)\b", TEXT)) <= set(targets)
    for path in re.findall(r"(?:pytest -n 2|--keep-id) ([\w./]+)", TEXT):
        assert (ROOT / path).exists()


def test_names_exist(monkeypatch):
    monkeypatch.setattr(sys, "path", [str(ROOT / "benchmarks"), *sys.path])
    for name in re.findall(r"gbl\.(\w+)", TEXT):
        assert hasattr(gbl, name), name
    rest = set(QUOTED) - set(PATHS) - TAGS - PARAMETERS - HANGING - {"..."}
    words = {q for q in rest if re.fullmatch(r"\w+", q)} - {"benchmarks"}
    assert words == set(HOMES)
    for name, home in HOMES.items():
        assert hasattr(importlib.import_module(home), name), name
    leftover = {q for q in rest - words if not re.match(r"gbl\.|make |genbench-lite |\.venv/", q)}
    assert leftover == {"import genbench_lite", "benchmarks"} & rest


def test_tags_and_parameters_are_those_of_the_template():
    template = (ROOT / "tests" / "lessons" / "template.py").read_text()
    for word in TAGS | PARAMETERS | HANGING:
        assert word in template
