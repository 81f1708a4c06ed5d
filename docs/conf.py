"""How Sphinx builds the site: the lessons, executed, and the reference from the docstrings."""

from __future__ import annotations

import argparse
import os
import re
import shutil
from importlib import metadata
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx

from genbench_lite.cli import _parser

HERE = Path(__file__).parent
LESSONS = HERE / "lessons"  # Sphinx reads only below its own folder, so the lessons are copied

shutil.rmtree(LESSONS, ignore_errors=True)
shutil.rmtree(HERE / "reference", ignore_errors=True)  # names that are gone leave pages behind
LESSONS.mkdir()
for notebook in (HERE.parent / "notebooks").glob("*.ipynb"):
    text = notebook.read_text(encoding="utf-8")
    # wherever else a lesson is opened, pages of the site are found in the repository only
    text = re.sub(r"\]\(https://github\.com/[\w./-]+/docs/(\w+\.md)\)", r"](../\1)", text)
    (LESSONS / notebook.name).write_text(text, encoding="utf-8")

project = "Genbench Lite"
release = version = metadata.version("genbench-lite")
copyright = "the Genbench Lite authors, Apache-2.0"
extensions = ["myst_nb", "numpydoc", "sphinx.ext.autodoc", "sphinx.ext.autosummary"]
exclude_patterns = ["_build"]
autosummary_generate = True
numpydoc_show_class_members = False
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

nb_execution_mode = "force"
nb_execution_timeout = 600
nb_execution_raise_on_error = True
nb_merge_streams = True
nb_ipywidgets_js = {}  # nothing is fetched from elsewhere: quizzes and widgets show their still
nb_mime_priority_overrides = [
    ("html", "application/vnd.jupyter.widget-view+json", None),
    ("html", "text/html", 0),
]

html_theme = "sphinx_book_theme"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_title = "Genbench Lite"
html_theme_options = {
    "show_toc_level": 2,
    "use_download_button": True,
    "navbar_persistent": [],  # search stands in the side bar already
}


class CommandHelp(Directive):
    """Prints the help of every word of the command, so that no page can lag behind it."""

    def run(self) -> list[nodes.Node]:
        os.environ["COLUMNS"] = "78"
        (words,) = (a for a in _parser()._actions if isinstance(a, argparse._SubParsersAction))
        found = []
        for name, parser in words.choices.items():
            section = nodes.section(ids=[name], names=[name])
            section += nodes.title(name, f"genbench-lite {name}")
            section += nodes.literal_block(text=parser.format_help(), language="text")
            found.append(section)
        return found


def setup(app: Sphinx) -> None:
    app.add_directive("command-help", CommandHelp)
