"""The site's own pages: the guide and the glossary say what the lessons say, and links lead on."""

from __future__ import annotations

import json
import pkgutil
import re
import shlex
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import nbformat
import pytest

import genbench_lite as gbl
from genbench_lite import cards, cli, lessons, widgets
from genbench_lite.checkers.registry import CHECKERS

if sys.version_info >= (3, 11):
    import tomllib
else:
    tomllib = pytest.importorskip("tomli")

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
REPOSITORY = PROJECT["urls"]["Repository"]
GUIDE = (DOCS / "instructor_guide.md").read_text(encoding="utf-8")
GLOSSARY = (DOCS / "glossary.md").read_text(encoding="utf-8")
LESSONS = {path.stem[:2]: nbformat.read(path, as_version=4) for path in lessons.list_lessons()}
PAGES = sorted(DOCS.glob("*.md"))
TERMS = re.findall(
    r"^(\S.*)\n: (.+) \[(\d\d)\]\(lessons/(\d\d)_\w+\.ipynb\)$", GLOSSARY, re.MULTILINE
)


def text(number: str, kind: str | None = None) -> str:
    cells = [c for c in LESSONS[number].cells if kind in (None, c.cell_type)]
    return "\n".join(cell.source for cell in cells)


# links


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_between_pages_lead_somewhere(page):
    for target in re.findall(r"\]\(((?!https?://|#)[^)#]+)\)", page.read_text(encoding="utf-8")):
        # the build copies the lessons into a folder of the site
        folder = ROOT / "notebooks" if target.startswith("lessons/") else DOCS
        assert (folder / target.removeprefix("lessons/")).exists(), target


def test_links_between_lessons_lead_somewhere():
    for number in LESSONS:
        for target in re.findall(r"\]\(((?!https?://|#)[^)#]+)\)", text(number, "markdown")):
            assert (ROOT / "notebooks" / target).exists(), f"{number}: {target}"


def test_every_page_is_in_a_table_of_contents():
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    for page in PAGES:
        assert page.stem == "index" or re.search(rf"^{page.stem}$", index, re.MULTILINE), page.stem


def test_the_reference_lists_every_public_name_and_widget():
    api = (DOCS / "api.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^   ([\w.]+)$", api, re.MULTILINE))
    for name in listed:
        pkgutil.resolve_name(f"genbench_lite.{name}")
    public = set(gbl._HOME) - {"Card", "GenbenchError"}
    assert public <= listed
    assert {f"widgets.{name}" for name in widgets.__all__} <= listed


# the instructor guide


def plans() -> list[list[tuple[str, int]]]:
    """Rows of the tables of times: what, minutes."""
    tables = re.findall(r"\| minutes \|\n\|[-|]+\n((?:\|.*\n)+)", GUIDE)
    return [
        [(what, int(minutes)) for what, minutes in re.findall(r"^\| (.*) \| (\d+) \|$", t, re.M)]
        for t in tables
    ]


def test_plans_take_the_time_that_the_lessons_give_and_no_more_than_they_promise():
    ninety, half, first, second = plans()
    assert sum(minutes for _, minutes in ninety) == 90
    assert 180 <= sum(minutes for _, minutes in half) <= 240
    for day in (first, second):
        assert sum(minutes for _, minutes in day) <= 8 * 60
    for what, minutes in ninety + half + first + second:
        whole = re.fullmatch(r"\[(\d\d) · [^\]]+\]\([^)]+\)", what)
        if whole:
            said = re.search(r"\*\*Time:\*\* about (\d+) minutes", text(whole[1]))
            assert int(said[1]) == minutes, what
    days = " ".join(what for what, _ in first + second)
    assert re.findall(r"\[(\d\d) ·", days) == sorted(LESSONS)


def test_titles_and_sections_in_the_guide_are_those_of_the_lessons():
    for number, title in re.findall(r"\[(\d\d) · ([^\]]+)\]", GUIDE):
        assert text(number).startswith(f"# {number} · {title}\n"), title
    for section in ("Who wins without reading?", *re.findall(r"\*(Case [^*]+)\*", GUIDE)):
        headings = re.findall(r"^## (.*)$", text("04", "markdown"), re.MULTILINE)
        assert any(heading.startswith(section) for heading in headings), section
    assert GUIDE.count("*Who wins without reading?*") == 1


def test_misconceptions_name_exercises_and_quizzes_of_their_lesson():
    rows = re.findall(r"^\| (\d\d) \| ([^|]+) \| ([^|]*) ?\| ([^|]*) ?\|$", GUIDE, re.MULTILINE)
    asked = {number: set() for number in LESSONS}
    for number, misconception, exercises, quizzes in rows:
        source = text(number, "code")
        names = re.findall(r"`(\w+)`", exercises), re.findall(r"`(\w+)`", quizzes)
        assert names[0] or names[1], misconception
        for name in names[0]:
            assert f'gbl.check("{name}"' in source, f"{number}: {name}"
            assert name in CHECKERS
        for name in names[1]:
            assert f'gbl.Quiz("{name}"' in source, f"{number}: {name}"
        asked[number] |= set(names[1])
    for number, named in asked.items():
        assert named == set(re.findall(r'gbl\.Quiz\("(\w+)"', text(number, "code"))), number


def test_the_nbgitpuller_link_is_made_from_the_one_address():
    (link,) = re.findall(r"https://HUB\S+", GUIDE)
    asked = parse_qs(urlsplit(link).query, strict_parsing=True)
    assert asked == {
        "repo": [REPOSITORY],
        "branch": ["main"],
        "urlpath": [f"lab/tree/{REPOSITORY.rpartition('/')[2]}/notebooks/00_start_here.ipynb"],
    }
    assert f"git+{REPOSITORY}" in GUIDE


def test_the_mirror_has_the_published_path():
    path = urlsplit(cards.card("human_enhancers_cohn").archive_url).path
    folder, _, file = path.rpartition("/")
    assert f"mkdir -p mirror{folder}\n" in GUIDE
    assert f"put {file} there" in GUIDE


def test_commands_of_the_guide_are_understood():
    commands = re.findall(r"`genbench-lite ([^`]+)`", GUIDE)
    commands += re.findall(r"^    genbench-lite (.*)$", GUIDE, re.MULTILINE)
    assert len(commands) > 8
    for command in commands:
        words = shlex.split(command)
        if len(words) == 1 and words != ["doctor"]:  # a mention, not something to type
            words.append("--help")
            with pytest.raises(SystemExit) as stopped:
                cli._parser().parse_args(words)
            assert stopped.value.code == 0, command
        else:
            cli._parser().parse_args(words)
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert set(re.findall(r"`make (\w+)`", GUIDE)) <= set(targets)


def test_the_code_for_marks_reads_what_was_handed_in(tmp_path, monkeypatch, capsys):
    (code,) = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    answers = {"majority_accuracy": True, "gc_of_gattaca": False}
    cells = []
    for name, passed in answers.items():
        html = f'<div data-check="{name}" data-passed="{str(passed).lower()}"></div>'
        output = nbformat.v4.new_output("display_data", {"text/html": html})
        cells.append(nbformat.v4.new_code_cell("", outputs=[output]))
    (tmp_path / "handed-in").mkdir()
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "handed-in" / "ada.ipynb")
    monkeypatch.chdir(tmp_path)
    exec(code, {})
    assert capsys.readouterr().out == "ada ['majority_accuracy'] ['gc_of_gattaca']\n"


# the glossary


def test_the_glossary_has_terms_in_order_each_with_one_link():
    assert len(TERMS) >= 40
    assert len(TERMS) == GLOSSARY.count("\n: ")
    names = [term.lower() for term, *_ in TERMS]
    assert names == sorted(set(names))
    assert all(shown == linked for _, _, shown, linked in TERMS)


@pytest.mark.parametrize(("term", "number"), [(t[0], t[2]) for t in TERMS], ids=lambda x: x)
def test_a_term_is_introduced_in_its_lesson(term, number):
    said = re.sub(r"\s+", " ", text(number, "markdown"))
    assert re.search(rf"\b{re.escape(term)}", said, re.IGNORECASE)
    for earlier in (n for n in LESSONS if n < number):
        bold = re.findall(r"\*\*([^*]+)\*\*", text(earlier, "markdown"))
        assert term.lower() not in [re.sub(r"\s+", " ", b).lower() for b in bold], earlier


@pytest.mark.parametrize(("term", "says"), [t[:2] for t in TERMS], ids=lambda x: x[:20])
def test_a_term_is_explained_in_a_sentence_or_two(term, says):
    assert len(re.findall(r"[.?](?= |$)", says)) <= 3
    assert len(says) < 260
    assert not re.search(r"\b(simply|obviously|just)\b", says)


def test_the_first_lesson_links_to_the_glossary():
    raw = json.loads((ROOT / "notebooks" / "00_start_here.ipynb").read_text())
    (cell,) = [c for c in raw["cells"] if "## The map" in "".join(c["source"])]
    assert f"[glossary]({REPOSITORY}/blob/main/docs/glossary.md)" in "".join(cell["source"])
