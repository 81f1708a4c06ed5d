"""The files around the package: they say the same thing, and what they say is true."""

from __future__ import annotations

import doctest
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import genbench_lite as gbl
from genbench_lite import lessons

if sys.version_info >= (3, 11):
    import tomllib
else:
    tomllib = pytest.importorskip("tomli")

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
README = (ROOT / "README.md").read_text()


def bounds(requirements: list[str]) -> dict[str, str]:
    pairs = (re.fullmatch(r"([\w\-\[\],]+)(>=[\d.]+)?", r) for r in requirements)
    return {match[1]: match[2] for match in pairs}


def test_readme_examples_give_what_they_show():
    flags = doctest.NORMALIZE_WHITESPACE
    failed, attempted = doctest.testfile(str(ROOT / "README.md"), False, optionflags=flags)
    assert attempted > 5
    assert failed == 0


def test_readme_names_every_lesson_and_no_other():
    linked = set(re.findall(r"notebooks/(\d\d_\w+)\.ipynb", README))
    assert linked == {path.stem for path in lessons.list_lessons()}


def test_readme_and_lessons_tell_the_same_times():
    told = dict(re.findall(r"^\| (\d\d) \|.*\| (\d+) min \|$", README, re.MULTILINE))
    own = {}
    for path in lessons.list_lessons():
        opening = json.loads(path.read_text(encoding="utf-8"))["cells"][1]["source"]
        own[path.name[:2]] = re.search(r"\*\*Time:\*\* about (\d+) minutes", "".join(opening))[1]
    assert told == own


def test_readme_commands_exist():
    done = subprocess.run(
        [sys.executable, "-m", "genbench_lite.cli", "--help"], capture_output=True, text=True
    )
    for command in re.findall(r"genbench-lite (\w+)", README):
        assert re.search(rf"^ +{command}\b", done.stdout, re.MULTILINE), command
    targets = re.findall(r"^([\w\-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for target in re.findall(r"make (\w+)", README):
        assert target in targets or target in ("takes", "brings"), target


def test_readme_links_lead_somewhere():
    for target in re.findall(r"\]\(((?!https?://)[^)]+)\)", README):
        assert (ROOT / target).exists(), target


def test_badges_come_from_the_one_address():
    repository = PROJECT["urls"]["Repository"]
    found = re.findall(r"github/([\w\-]+/[\w\-]+)/blob|v2/gh/([\w\-]+/[\w\-]+)/", README)
    assert found
    assert {a or b for a, b in found} == {repository.removeprefix("https://github.com/")}


def test_dependencies_have_lower_bounds_only():
    extras = PROJECT["optional-dependencies"].values()
    for requirement in PROJECT["dependencies"] + [r for e in extras for r in e]:
        assert re.fullmatch(r"[\w\-]+(\[[\w,]+\])?(>=[\d.]+)?", requirement), requirement


def test_constraints_pin_every_requirement_exactly():
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [line.partition(";")[0].strip() for line in lines if line and line[0] != "#"]
    assert all(re.fullmatch(r"[\w.\-]+==[\w.+\-]+", pin) for pin in pins)
    pinned = {pin.partition("==")[0].lower() for pin in pins}
    wanted = bounds(PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"])
    assert {name.lower() for name in wanted if "genbench" not in name} <= pinned
    assert "torch==2.13.0" in pins


def test_versions_agree():
    assert PROJECT["version"] == gbl.__version__


def tracked() -> list[Path]:
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        pytest.skip("needs the git checkout")
    return [ROOT / name for name in done.stdout.splitlines() if (ROOT / name).is_file()]


def test_repository_stays_small_and_notebooks_empty():
    for path in tracked():
        assert path.stat().st_size < 3_000_000, path
        if path.suffix == ".ipynb":
            cells = json.loads(path.read_text())["cells"]
            assert not any(cell.get("outputs") or cell.get("execution_count") for cell in cells)


def test_nothing_holds_a_path_of_one_machine():
    home = re.compile(r"(?<![\w.])/(?:root|work|home/\w+|Users/\w+)/")
    for path in tracked():
        if path.suffix in (".py", ".md", ".toml", ".txt", ".yml", ".json", ".ipynb", ""):
            found = home.search(path.read_text(encoding="utf-8"))
            assert not found or path == Path(__file__), f"{path}: {found and found[0]}"
