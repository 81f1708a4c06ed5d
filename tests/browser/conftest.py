"""JupyterLab on this machine, and a real browser that looks at it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from . import lab as tools

SCREENSHOTS = Path(os.environ.get("GENBENCH_LITE_SCREENSHOTS", "out/screenshots"))


@pytest.fixture(scope="session")
def lab(tmp_path_factory) -> Iterator[str]:
    """The address that ``genbench-lite start`` prints; settings and kernels are its own."""
    start = [sys.executable, "-m", "genbench_lite.cli", "start", "--no-browser"]
    with tools.serving(tmp_path_factory.mktemp("jupyter"), start) as address:
        yield address


@pytest.fixture(scope="session")
def bench(tmp_path_factory) -> Iterator[tuple[str, Path]]:
    """JupyterLab on an empty folder: the address to put the name of a notebook into, and it."""
    with tools.serving_notebooks(tmp_path_factory.mktemp("jupyter")) as served:
        yield served


@pytest.fixture
def browser(tmp_path) -> Iterator:
    """An empty browser window, 1280 by 900."""
    pytest.importorskip("playwright.sync_api", reason="needs playwright")
    if tools.CHROMIUM is None:
        pytest.skip("needs Debian's chromium")
    with tools.browsing(tmp_path / "profile") as page:
        yield page


@pytest.fixture
def page(lab, browser, request) -> Iterator:
    """A browser window on the first lesson; what it shows at the end is kept as a picture."""
    browser.goto(lab)
    yield browser
    keep(browser, request.node.name)


@pytest.fixture
def show(bench, browser, request) -> Iterator[Callable[..., Any]]:
    """Open a notebook with these cells in JupyterLab and run them: ``page = show("code", ...)``.

    What the page shows at the end of the test is kept as a picture.
    """

    def run(*cells: str) -> Any:
        tools.run_cells(browser, bench, re.sub(r"\W+", "_", request.node.name), cells)
        return browser

    yield run
    keep(browser, request.node.name)
    tools.shut_down(browser)


def keep(page: Any, name: str) -> None:
    """Keep a picture of the page as a test artefact."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")
