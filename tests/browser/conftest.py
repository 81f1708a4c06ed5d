"""JupyterLab on this machine, and a real browser that looks at it."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
KERNEL_READY = """async () => {
    const context = jupyterapp.shell.currentWidget.sessionContext;
    await context.ready;
    await context.session.kernel.info;
}"""
SCREENSHOTS = Path(os.environ.get("GENBENCH_LITE_SCREENSHOTS", "out/screenshots"))


@pytest.fixture(scope="session")
def lab(tmp_path_factory) -> Iterator[str]:
    """The address that ``genbench-lite start`` prints; settings and kernels are its own."""
    start = [sys.executable, "-m", "genbench_lite.cli", "start", "--no-browser"]
    with serving(tmp_path_factory.mktemp("jupyter"), start) as address:
        yield address


@pytest.fixture(scope="session")
def bench(tmp_path_factory) -> Iterator[tuple[str, Path]]:
    """JupyterLab on an empty folder: the address to put the name of a notebook into, and it."""
    home = tmp_path_factory.mktemp("jupyter")
    folder = home / "notebooks"
    folder.mkdir()
    start = [sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1"]
    if os.getuid() == 0:
        start.append("--allow-root")
    token = secrets.token_hex(8)
    start += [f"--ServerApp.root_dir={folder}", f"--IdentityProvider.token={token}"]
    with serving(home, start) as address:
        yield f"{address.split('/lab')[0]}/lab/tree/{{}}?reset&token={token}", folder


@contextmanager
def serving(home: Path, command: list[str]) -> Iterator[str]:
    """Start a JupyterLab with a home of its own, and end it."""
    settings = home / "settings" / "@jupyterlab"
    for name, content in {
        # a pop-up about news would cover the page, and saving would write into the checkout
        "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
        "docmanager-extension/plugin": {"autosave": False},
    }.items():
        path = settings / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(content))
    (home / "jupyter_server_config.json").write_text(
        json.dumps({"LabApp": {"expose_app_in_browser": True}, "ServerApp": {"port_retries": 200}})
    )
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(home),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "GENBENCH_LITE_CACHE": str(home / "cache"),
    }
    log = home / "log"
    with log.open("w") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=environment)
    try:
        yield _address(process, log)
    finally:
        process.terminate()
        process.wait(30)


def _address(process: subprocess.Popen, log: Path) -> str:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and process.poll() is None:
        found = re.search(r"http://127\.0\.0\.1:\d+/lab\S*token=\S+", log.read_text())
        if found:
            return found[0]
        time.sleep(0.2)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


@pytest.fixture
def browser(tmp_path) -> Iterator:
    """An empty browser window, 1280 by 900."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    if CHROMIUM is None:
        pytest.skip("needs Debian's chromium")
    with playwright.sync_playwright() as tool:
        browser = tool.chromium.launch_persistent_context(
            tmp_path / "profile",
            executable_path=CHROMIUM,
            args=FLAGS,
            viewport={"width": 1280, "height": 900},
        )
        yield browser.pages[0]
        browser.close()


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
    address, folder = bench
    name = re.sub(r"\W+", "_", request.node.name)

    def run(*cells: str) -> Any:
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        )
        nbformat.write(notebook, folder / f"{name}.ipynb")
        browser.goto(address.format(f"{name}.ipynb"))
        browser.wait_for_function(
            "path => window.jupyterapp?.shell?.currentWidget?.context?.path === path",
            arg=f"{name}.ipynb",
        )
        browser.evaluate(KERNEL_READY)
        browser.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
        return browser

    yield run
    keep(browser, request.node.name)
    browser.evaluate("jupyterapp.shell.currentWidget.sessionContext.shutdown()")


def keep(page: Any, name: str) -> None:
    """Keep a picture of the page as a test artefact."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")
