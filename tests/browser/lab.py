"""JupyterLab on this machine and a real browser, for the browser tests and the benchmarks."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat

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


@contextmanager
def serving(home: Path, command: list[str]) -> Iterator[str]:
    """Start a JupyterLab with a home of its own, and end it; gives the address it prints."""
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


@contextmanager
def serving_notebooks(home: Path) -> Iterator[tuple[str, Path]]:
    """JupyterLab on an empty folder: the address to put the name of a notebook into, and it."""
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
def browsing(profile: Path) -> Iterator[Any]:
    """An empty browser window, 1280 by 900, with a profile of its own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as tool:
        browser = tool.chromium.launch_persistent_context(
            profile,
            executable_path=CHROMIUM,
            args=FLAGS,
            viewport={"width": 1280, "height": 900},
        )
        yield browser.pages[0]
        browser.close()


def run_cells(page: Any, bench: tuple[str, Path], name: str, cells: tuple[str, ...]) -> None:
    """Write a notebook of these cells, open it in JupyterLab and run it."""
    address, folder = bench
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    nbformat.write(notebook, folder / f"{name}.ipynb")
    page.goto(address.format(f"{name}.ipynb"))
    page.wait_for_function(
        "path => window.jupyterapp?.shell?.currentWidget?.context?.path === path",
        arg=f"{name}.ipynb",
    )
    page.evaluate(KERNEL_READY)
    page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")


def shut_down(page: Any) -> None:
    """End the kernel of the notebook that is open."""
    page.evaluate("jupyterapp.shell.currentWidget.sessionContext.shutdown()")


def _address(process: subprocess.Popen, log: Path) -> str:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and process.poll() is None:
        found = re.search(r"http://127\.0\.0\.1:\d+/lab\S*token=\S+", log.read_text())
        if found:
            return found[0]
        time.sleep(0.2)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")
