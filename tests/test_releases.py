"""CITATION.cff and CHANGELOG.md speak of the version, the paper and the modules there are."""

from __future__ import annotations

import re

import pytest
import yaml
from test_repository import PROJECT, README, ROOT

import genbench_lite as gbl
from genbench_lite import cli, lessons

CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
NEWEST = re.split(r"^## ", CHANGELOG, flags=re.MULTILINE)[1]


@pytest.mark.parametrize("key", ["cff-version", "message", "title", "authors"])
def test_citation_has_the_keys_that_the_format_requires(key):
    assert CITATION[key]


def test_citation_agrees_with_the_project():
    assert CITATION["cff-version"] == "1.2.0"
    assert str(CITATION["version"]) == PROJECT["version"]
    assert CITATION["license"] == PROJECT["license"]
    assert CITATION["repository-code"] == PROJECT["urls"]["Repository"]
    assert CITATION["keywords"] == PROJECT["keywords"]


def test_citation_and_readme_cite_the_same_paper():
    paper = CITATION["preferred-citation"]
    assert paper["type"] == "article"
    cited = README.partition("\n## Cite\n")[2]
    assert cited
    assert f"https://doi.org/{paper['doi']}" in cited
    assert f"*{paper['journal']}* {paper['volume']}:{paper['start']}" in cited
    assert f"({paper['year']})" in cited
    assert paper["title"].lower() in " ".join(cited.split()).lower()
    for author in paper["authors"]:
        assert f"{author['family-names']} {author['given-names'][0]}." in cited


def test_newest_entry_is_of_this_version():
    assert re.match(rf"{re.escape(PROJECT['version'])} · \S", NEWEST)


def test_changelog_names_every_lesson_in_its_words():
    listed = re.findall(r"^- \*\*(\d\d) ([^*]+)\*\*", NEWEST, re.MULTILINE)
    readme = re.findall(r"^\| (\d\d) \| \[([^\]]+)\]", README, re.MULTILINE)
    assert listed == readme
    assert [number for number, _ in listed] == [p.name[:2] for p in lessons.list_lessons()]


def test_changelog_names_modules_and_names_that_exist():
    package = NEWEST.partition("### The package")[2]
    code = re.findall(r"`(\w+)`", package)
    assert len(code) > 40
    modules = {path.stem for path in (ROOT / "genbench_lite").glob("*.py")}
    public = modules | set(dir(gbl)) | set(dir(gbl.models))
    commands = package.partition("**The command**")[2].partition("\n- ")[0]
    listed = set(re.findall(r"`(\w+)`", commands))
    assert not set(code) - public - listed


def test_changelog_leaves_no_part_of_the_package_out():
    unseen = {
        "__init__", "bundling", "browsing", "cli", "doctor", "errors", "headless", "lessons",
        "paths", "tables", "wheels",
    }  # fmt: skip
    modules = {path.stem for path in (ROOT / "genbench_lite").glob("*.py")}
    assert modules - unseen <= set(re.findall(r"`(\w+)`", NEWEST))


def test_changelog_lists_all_commands():
    commands = CHANGELOG.partition("**The command**")[2].partition("\n- ")[0]
    listed = set(re.findall(r"`(\w+)`", commands))
    (choices,) = (a.choices for a in cli._parser()._actions if a.metavar == "COMMAND")
    assert listed == set(choices)
