"""What ``genbench-lite doctor`` looks at when something does not work."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from . import __version__, cards
from .dataset import FORMAT
from .errors import FetchError
from .paths import cache_folder

PACKAGES = ("torch", "numpy", "pandas", "matplotlib", "ipywidgets", "pyfaidx", "scikit-learn")
LAB_PACKAGES = ("jupyterlab", "papermill", "ipykernel")
ROOM = 1_000_000_000  # bytes: all nine datasets fit into this much


def report() -> int:
    """Print what was found, a line each.

    Returns
    -------
    int
        0 if lessons can run, 1 if something they need is missing.
    """
    problems = 0
    for topic, state, fine in _findings():
        problems += not fine
        print(f"{'ok ' if fine else 'NO '} {topic:28} {state}")
    print("\nThe lessons can run." if not problems else f"\n{problems} to mend, marked NO above.")
    return 1 if problems else 0


def _findings() -> Iterator[tuple[str, str, bool]]:
    yield "genbench-lite", __version__, True
    yield (
        "Python",
        f"{platform.python_version()} on {platform.system()}",
        sys.version_info >= (3, 10),
    )
    for package in PACKAGES:
        yield package, *_version(package)
    for package in LAB_PACKAGES:
        version, present = _version(package)
        hint = "" if present else ' (only for JupyterLab here: pip install "genbench-lite[lab]")'
        yield package, version + hint, True
    yield "processors", f"{os.cpu_count()}, {_accelerator()}", True
    yield from _disk()
    yield from _network()


def _version(package: str) -> tuple[str, bool]:
    try:
        return metadata.version(package), True
    except metadata.PackageNotFoundError:
        return "missing", False


def _accelerator() -> str:
    try:
        import torch
    except ImportError:
        return "no torch to ask for a GPU"
    if torch.cuda.is_available():
        return f"GPU {torch.cuda.get_device_name()}"
    return "Apple GPU" if torch.backends.mps.is_available() else "no GPU; none is needed"


def _disk() -> Iterator[tuple[str, str, bool]]:
    cache = cache_folder()
    there = next(folder for folder in (cache, *cache.parents) if os.path.lexists(folder))
    free = shutil.disk_usage(there).free
    yield "cache", f"{cache} (set GENBENCH_LITE_CACHE to move it)", True
    yield "cache can be written", *_writable(there)
    yield "free disk", f"{free / 1e9:,.1f} GB", free > ROOM
    for name in cards.list_datasets():
        folder = cache / f"datasets-v{FORMAT}" / name
        if folder.exists():
            yield name, f"{_size(folder) / 1e6:,.0f} MB in the cache", True


def _writable(folder: Path) -> tuple[str, bool]:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return "yes", True
    except OSError as error:
        return f"no: {error.strerror} ({folder})", False


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _network() -> Iterator[tuple[str, str, bool]]:
    from .reading.sources import HUB, answers, mirrored

    some = cards.card(cards.list_datasets()[0])
    for source, url in {
        "Zenodo": some.archive_url,
        "Hugging Face": HUB.format(some.hub_repository),
        "published interval lists": some.interval_url("test", some.classes[0]),
    }.items():
        try:
            host = mirrored(str(url)).split("/")[2]
        except FetchError as error:  # the mirror is misspelt
            yield source, str(error), False
        else:  # no network is no fault: the embedded data carry the lessons
            yield source, f"answers: {answers(str(url))} ({host})", True
