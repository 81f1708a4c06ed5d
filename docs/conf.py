"""How Sphinx builds the site: the lessons, executed, and the reference from the docstrings."""

from __future__ import annotations

import shutil
from importlib import metadata
from pathlib import Path

HERE = Path(__file__).parent
LESSONS = HERE / "lessons"  # Sphinx reads only below its own folder, so the lessons are copied

shutil.rmtree(LESSONS, ignore_errors=True)
LESSONS.mkdir()
for notebook in (HERE.parent / "notebooks").glob("*.ipynb"):
    shutil.copyfile(notebook, LESSONS / notebook.name)

project = "Genbench Lite"
release = version = metadata.version("genbench-lite")
copyright = "the Genbench Lite authors, Apache-2.0"
extensions = ["myst_nb", "numpydoc", "sphinx.ext.autodoc", "sphinx.ext.autosummary"]
exclude_patterns = ["_build"]
autosummary_generate = True
numpydoc_show_class_members = False
myst_enable_extensions = ["colon_fence"]
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
html_title = "Genbench Lite"
html_theme_options = {"show_toc_level": 2, "use_download_button": True}
