"""JupyterLab on this machine, and a real browser that looks at it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

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
SCREENSHOTS = Path(os.environ.get("GENBENCH_LITE_SCREENSHOTS", "out/screenshots"))


@pytest.fixture(scope="session")
def lab(tmp_path_factory) -> Iterator[str]:
    """The address that ``genbench-lite start`` prints; settings and kernels are its own."""
    home = tmp_path_factory.mktemp("jupyter")
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
        process = subprocess.Popen(
            [sys.executable, "-m", "genbench_lite.cli", "start", "--no-browser"],
            stdout=out,
            stderr=subprocess.STDOUT,
            env=environment,
        )
    try:
        yield _address(process, log)
    finally:
        process.terminate()
        process.wait(30)


def _address(process: subprocess.Popen, log: Path) -> str:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and process.poll() is None:
        found = re.search(r"http://127\.0\.0\.1:\d+/lab/tree/\S*token=\w+", log.read_text())
        if found:
            return found[0]
        time.sleep(0.2)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


@pytest.fixture
def page(lab, tmp_path, request) -> Iterator:
    """A browser window on the first lesson; what it shows at the end is kept as a picture."""
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
        page = browser.pages[0]
        page.goto(lab)
        yield page
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{request.node.name}.png")
        browser.close()
