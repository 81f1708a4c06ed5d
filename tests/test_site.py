"""The site builds without a warning, and every link inside it leads somewhere."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

pytest.importorskip("myst_nb", reason="needs the docs extra (make site)")
pytest.importorskip("sphinx_book_theme", reason="needs the docs extra (make site)")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """The site with lessons as they are stored: running them has tests of its own."""
    folder = tmp_path_factory.mktemp("site")
    ignored = shutil.ignore_patterns("_build", "lessons", "reference")
    shutil.copytree(ROOT / "docs", folder / "docs", ignore=ignored)
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html"]
    more = ["-D", "nb_execution_mode=off", str(folder / "docs"), str(folder / "html")]
    done = subprocess.run([*command, *more], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return folder / "html"


class Page(HTMLParser):
    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.names: set[str] = set()
        self.loaded: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.names.update(filter(None, (values.get("id"), values.get("name"))))
        if tag in ("a", "link", "script", "img"):
            self.links += filter(None, (values.get("href"), values.get("src")))
        if tag in ("script", "img") or values.get("rel") == "stylesheet":
            self.loaded += filter(None, (values.get("href"), values.get("src")))


@pytest.fixture(scope="module")
def pages(site) -> dict[Path, Page]:
    return {path: Page(path) for path in site.rglob("*.html") if "_static" not in path.parts}


def test_no_link_inside_is_broken(site, pages):
    broken = set()
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc or not (parts.path or parts.fragment):
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not target.exists():
                broken.add(f"{path.relative_to(site)}: {link}")
            elif target in pages and target != path and parts.fragment:
                named = unquote(parts.fragment) in pages[target].names
                broken |= set() if named else {f"{path.relative_to(site)}: {link}"}
    assert not broken


def test_nothing_is_loaded_from_elsewhere(site, pages):
    badges = ("https://colab.research.google.com/assets/", "https://mybinder.org/badge")
    for path, page in pages.items():
        for link in page.loaded:
            local = not urlsplit(link).netloc
            assert local or link.startswith(badges), f"{path.relative_to(site)}: {link}"


def test_search_knows_the_words_of_guide_and_lessons(site):
    index = (site / "searchindex.js").read_text(encoding="utf-8")
    for word in ("misconcept", "pseudocount", "softmax"):
        assert re.search(rf'"?{word}"?:', index), word


def test_every_word_of_the_command_is_on_the_site(site):
    text = (site / "command.html").read_text(encoding="utf-8")
    for word in ("start", "run", "bundle", "leaderboard", "new", "doctor"):
        assert f"usage: genbench-lite {word}" in text


def test_lessons_lead_to_the_glossary_of_the_site(site):
    text = (site / "lessons" / "00_start_here.html").read_text(encoding="utf-8")
    assert 'href="../glossary.html"' in text
