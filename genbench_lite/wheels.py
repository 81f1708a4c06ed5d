"""A folder of wheels from which pip installs the package and all it needs, with no network."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from importlib import metadata, util
from pathlib import Path

from .errors import DataError, GenbenchError

REQUIRED = "genbench-lite[lab]"  # what `make lab` installs
SOURCES = ("pyproject.toml", "README.md", "LICENSE", "genbench_lite", "notebooks")


def this_system() -> str:
    """What wheels are made for: Python's version, the system and the processor.

    Examples
    --------
    >>> this_system().startswith(f"Python {sys.version_info.major}.")
    True
    """
    major, minor, *_ = platform.python_version_tuple()
    return f"Python {major}.{minor}, {sysconfig.get_platform()}"


def require_clean(checkout: Path) -> None:
    """Refuse a folder that is no checkout, or one whose lessons hold somebody's work.

    Raises
    ------
    GenbenchError
        If the sources are not all there, or a lesson has been run in place.
    """
    missing = [name for name in SOURCES if not (checkout / name).exists()]
    if missing:
        raise GenbenchError(
            f"A bundle is made from a checkout, and {checkout} has no {missing[0]}. Clone "
            f"{repository()} and run genbench-lite from an environment made there (make lab)."
        )
    used = [path.name for path in sorted(checkout.glob("notebooks/*.ipynb")) if _was_run(path)]
    if used:
        raise GenbenchError(
            f"Learners would get your answers: {', '.join(used)} in {checkout / 'notebooks'} "
            "hold outputs. Keep a copy elsewhere, and restore them with: git checkout notebooks"
        )


def repository() -> str:
    """Address of the project's repository, from the package's metadata."""
    urls = metadata.metadata("genbench-lite").get_all("Project-URL") or []
    return dict(url.split(", ", 1) for url in urls)["Repository"]


def collect(checkout: Path, folder: Path, more: Path | None = None) -> None:
    """Put the package's wheel, and those of all it needs on this system, into a folder.

    Parameters
    ----------
    checkout : pathlib.Path
        Where the package's sources are; the versions are those of its ``constraints.txt``.
    folder : pathlib.Path
        Exists; wheels that are there already stay.
    more : pathlib.Path, optional
        A folder of wheels for pip to look into as well.

    Raises
    ------
    GenbenchError
        If pip is missing, finds no wheel of a package, or runs out of room.
    """
    own = _build_own(checkout, folder)
    command = ["wheel", "--wheel-dir", str(folder), "--constraint", "constraints.txt"]
    if more is not None:
        command += ["--find-links", str(more.absolute())]
    pip([*command, f"{own}{REQUIRED.removeprefix('genbench-lite')}"], checkout)


def require_complete(folder: Path) -> None:
    """Let pip say whether it could install from a folder alone, on this system.

    Raises
    ------
    DataError
        If a wheel is missing or damaged, or is one of another system.
    """
    command = ["install", "--dry-run", "--ignore-installed", "--no-index"]
    try:
        pip([*command, "--find-links", str(folder.absolute()), REQUIRED], alone=True)
    except PipError as error:
        raise DataError(
            f"{folder} is not enough for {this_system()}: {error.what}. Add this system's wheels, "
            f"where there is a network, with: genbench-lite bundle {folder.parent} --add"
        ) from error


class PipError(GenbenchError):
    """What kept pip from its work, and what to do."""

    def __init__(self, what: str, advice: str):
        super().__init__(f"{what}. {advice}")
        self.what = what


def pip(arguments: list[str], folder: Path | None = None, alone: bool = False) -> None:
    """Run this interpreter's pip; its complaint becomes one sentence and an advice.

    With ``alone`` it does not look at its settings, which may name more places for wheels.
    """
    if util.find_spec("pip") is None:
        raise GenbenchError(
            "This Python has no pip, which fetches the wheels. Get it with: python -m ensurepip"
        )
    command = [sys.executable, "-m", "pip", *arguments, "--disable-pip-version-check", "--no-input"]
    settings = dict(os.environ)
    if alone:
        settings = {k: v for k, v in settings.items() if not k.startswith("PIP_")}
        settings["PIP_CONFIG_FILE"] = os.devnull
    done = subprocess.run(command, cwd=folder, env=settings, capture_output=True, text=True)
    if done.returncode:
        raise PipError(*explain(done.stdout + done.stderr))


def explain(complaint: str) -> tuple[str, str]:
    """What pip's last words mean for somebody who makes a bundle, and what to do.

    Examples
    --------
    >>> what, advice = explain("ERROR: No matching distribution found for torch==2.13.0")
    >>> what == f"pip found no wheel of torch==2.13.0 for {this_system()}"
    True
    """
    if re.search(r"No space left on device|not enough space on the disk", complaint):
        return "The disk is full", "Make room where the bundle goes, and in the temporary folder."
    wanted = re.findall(
        r"(?:No matching distribution found for|satisfies the requirement|\(constraint\)) (\S+)",
        complaint,
    )
    if wanted:
        return (
            f"pip found no wheel of {wanted[0]} for {this_system()}",
            "Connect to a network, or put that wheel into a folder, and name it with --wheels.",
        )
    errors = [line for line in complaint.splitlines() if "error" in line.lower()]
    last = (errors or complaint.strip().splitlines() or ["no reason given"])[-1].strip()
    return f"pip did not succeed ({last})", "Mend that, and start again."


def _build_own(checkout: Path, folder: Path) -> Path:
    """The package's wheel, from a copy: a build leaves files behind, and takes old ones in."""
    with tempfile.TemporaryDirectory() as place:
        for name in SOURCES:
            source, target = checkout / name, Path(place, name)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", ".*"))
            else:
                shutil.copyfile(source, target)
        command = ["wheel", "--no-deps", "--wheel-dir", str(folder), place]
        if _can_build():  # otherwise pip fetches what can
            command.insert(1, "--no-build-isolation")
        pip(command)
    (own,) = folder.glob(f"genbench_lite-{metadata.version('genbench-lite')}-*.whl")
    return own


def _can_build() -> bool:
    """Whether a setuptools is here that understands ``pyproject.toml``, licence included."""
    try:
        return int(metadata.version("setuptools").partition(".")[0]) >= 77
    except metadata.PackageNotFoundError:
        return False


def _was_run(notebook: Path) -> bool:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return any(cell.get("outputs") or cell.get("execution_count") for cell in cells)
