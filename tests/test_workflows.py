"""The workflows name commands, files, extras, datasets and Python versions that exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import yaml
from test_repository import PROJECT, ROOT

from genbench_lite import cards, cli, lessons

FOLDER = ROOT / ".github" / "workflows"
WORKFLOWS = {path.stem: yaml.safe_load(path.read_text()) for path in sorted(FOLDER.glob("*.yml"))}
MAKEFILE = (ROOT / "Makefile").read_text()
SYSTEMS = ["ubuntu-latest", "macos-latest", "windows-latest"]

each = pytest.mark.parametrize("name", WORKFLOWS)


def steps(name: str) -> list[dict]:
    return [step for job in WORKFLOWS[name]["jobs"].values() for step in job["steps"]]


def commands(name: str) -> list[list[str]]:
    """Every command that a workflow runs, in words, loops and lines taken apart."""
    script = "\n".join(step["run"] for step in steps(name) if "run" in step)
    lines = (line.strip() for line in re.split(r"[\n;]", script))
    lines = (re.sub(r"^do\b", "", line).strip() for line in lines)
    return [shlex.split(line) for line in lines if line and not re.match(r"(for|done)\b", line)]


def test_there_are_three():
    assert set(WORKFLOWS) == {"tests", "site", "weekly"}


@each
def test_every_command_is_of_a_known_kind(name):
    assert {words[0] for words in commands(name)} <= {"make", "python", "genbench-lite", "mkdir"}


@each
def test_make_targets_exist(name):
    for words in commands(name):
        if words[0] == "make":
            assert re.search(rf"^{re.escape(words[1])}:", MAKEFILE, re.MULTILINE), words


@each
def test_genbench_lite_understands_every_command(name):
    for words in commands(name):
        if words[0] == "genbench-lite":
            cli._parser().parse_args(words[1:])  # leaves with SystemExit where it does not


@each
def test_installs_go_through_the_constraints_and_name_real_extras(name):
    for words in commands(name):
        if words[1:4] == ["-m", "pip", "install"]:
            assert words[4:6] == ["-c", "constraints.txt"], words
            for extra in re.findall(r"\[(\w+)\]", words[-1]):
                assert extra in PROJECT["optional-dependencies"]


@each
def test_no_command_and_no_setting_names_a_web_address(name):
    assert "://" not in (FOLDER / f"{name}.yml").read_text()


@each
def test_every_job_has_a_limit_of_time_and_reads_only(name):
    assert WORKFLOWS[name]["permissions"] == {"contents": "read"}
    for job in WORKFLOWS[name]["jobs"].values():
        assert 0 < job["timeout-minutes"] <= 180


@each
def test_actions_stand_at_a_version(name):
    for step in steps(name):
        assert ("run" in step) != ("uses" in step)
        assert re.fullmatch(r"actions/[\w-]+@v\d+", step.get("uses", "actions/none@v1"))


@each
def test_paths_that_are_named_exist(name):
    for step in steps(name):
        named = step.get("with", {}).get("cache-dependency-path")
        assert named is None or (ROOT / named).is_file()


def test_all_supported_pythons_on_all_systems():
    job = WORKFLOWS["tests"]["jobs"]["tests"]
    assert job["strategy"]["matrix"]["os"] == SYSTEMS
    label = "Programming Language :: Python :: "
    listed = [c.removeprefix(label) for c in PROJECT["classifiers"] if c.startswith(label)]
    assert job["strategy"]["matrix"]["python"] == listed
    assert PROJECT["requires-python"] == f">={listed[0]}"


def test_the_matrix_needs_no_make():
    runs = [step.get("run", "") for step in WORKFLOWS["tests"]["jobs"]["tests"]["steps"]]
    assert runs[-1] == "python -m pytest -n 2 --dist worksteal"
    assert runs[-1].removeprefix("python ") in MAKEFILE  # what make test runs after make lint
    assert not any(re.search(r"\bmake\b", run) for run in runs)


def test_the_site_that_is_built_is_the_one_published():
    (upload,) = (s for s in steps("site") if "upload-pages" in s.get("uses", ""))
    assert re.search(rf"sphinx .*-b html docs {re.escape(upload['with']['path'])}\n", MAKEFILE)


def test_the_weekly_run_fetches_exactly_the_nine():
    named = WORKFLOWS["weekly"]["jobs"]["datasets"]["env"]["DATASETS"].split()
    assert named == [n for n in cards.list_datasets() if not cards.card(n).embedded]
    assert ["genbench-lite", "download", "--all"] in commands("weekly")


def test_the_weekly_run_names_real_lessons():
    (run,) = (words for words in commands("weekly") if words[:2] == ["genbench-lite", "run"])
    for number in run[2 : run.index("--output")]:
        assert lessons.find_lesson(number).is_file()


def test_the_weekly_colab_run_has_the_python_of_the_pins():
    job = WORKFLOWS["weekly"]["jobs"]["colab"]
    (python,) = (s["with"]["python-version"] for s in job["steps"] if "with" in s)
    assert f"Python {python}" in Path(ROOT, "tests", "colab-constraints.txt").read_text()
