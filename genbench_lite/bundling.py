"""``genbench-lite bundle``: the whole course in a folder, for rooms without a network.

The folder holds ``wheels``, ``data`` (a cache that can be used in place), ``notebooks``, a
``README.md`` with the commands for each system, and ``SHA256SUMS``. A bundle grows under a
temporary name beside its place and is renamed when it is whole.
"""

from __future__ import annotations

import argparse
import errno
import hashlib
import os
import shutil
import string
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from . import __version__, cards, wheels
from .errors import DataError, GenbenchError
from .lessons import lessons_folder
from .paths import DATA

ROOM = 1_500_000_000  # bytes: the wheels of one system, twice while pip works
SUMS = "SHA256SUMS"
SYSTEMS = "systems.txt"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Give the command its options."""
    parser.add_argument("output", type=Path, metavar="OUT", help="the folder to make")
    parser.add_argument("--datasets", nargs="+", default=[], metavar="NAME", help="to take along")
    parser.add_argument("--all", action="store_true", help="take all nine datasets along")
    parser.add_argument(
        "--wheels", type=Path, metavar="FOLDER", help="where pip looks for wheels as well"
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument(
        "--add", action="store_true", help="add this system's wheels, and data, to a bundle"
    )
    how.add_argument(
        "--check", action="store_true", help="only see whether OUT is whole and fits this system"
    )


def run(options: argparse.Namespace) -> int:
    """Make a bundle, add to one, or check one, and say what it holds."""
    if options.check:
        print(check(options.output))
        return 0
    names = cards.list_datasets() if options.all else options.datasets
    print("Fetching and building wheels takes a minute or more ...", flush=True)
    bundle(options.output, names, add=options.add, more=options.wheels)
    print(f"{options.output}: {_megabytes(options.output):,.0f} MB. Read its README.md.")
    if any((options.output / "wheels").glob("nvidia_*")):
        print(
            "Among the wheels are gigabytes for GPUs. For a smaller bundle give pip the index of "
            "PyTorch's CPU builds in PIP_EXTRA_INDEX_URL, and start again."
        )
    return 0


def bundle(
    output: str | Path,
    datasets: Sequence[str] = (),
    add: bool = False,
    more: str | Path | None = None,
) -> Path:
    """Make a folder from which the course installs and runs with no network.

    Parameters
    ----------
    output : str or Path
        The folder to make; with ``add`` a bundle, made on another system or with less data.
    datasets : sequence of str
        Names of datasets to take along from the cache; one that is not there is fetched. The
        embedded ones are inside the package.
    add : bool
        Add this system's wheels, and the datasets, to a bundle that is there.
    more : str or Path, optional
        A folder of wheels for pip to look into as well.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    GenbenchError
        If the folder exists, has too little room, or cannot be written; if this is no clean
        checkout; or if pip cannot get a wheel.
    FetchError
        If a dataset is neither in the cache nor to be fetched.
    """
    output, more = Path(output).absolute(), None if more is None else Path(more)
    checkout = lessons_folder().parent
    _require_place(output, add)
    _require_folder(more)
    wheels.require_clean(checkout)
    try:
        _require_room(output.parent)
        sources = _at_hand(datasets)
        with tempfile.TemporaryDirectory(dir=output.parent, prefix=f".{output.name}-") as draft:
            folder = Path(draft, "bundle")
            _gather(folder, checkout, sources, more)
            if add:
                shutil.copytree(folder, output, dirs_exist_ok=True)
                _finish(output)
            else:
                _finish(folder)
                folder.rename(output)
    except GenbenchError:
        raise
    except OSError as error:
        # copytree collects its errors into one that has no number
        full = error.errno in (errno.ENOSPC, errno.EDQUOT) or "No space left" in str(error)
        advice = "Make room there." if full else "Name a folder that you can write to."
        reason = error.strerror or ("the disk is full" if full else str(error))
        raise GenbenchError(f"The bundle {output} cannot be written: {reason}. {advice}") from error
    return output


def check(folder: str | Path) -> str:
    """Hold a bundle against its checksums, and see whether pip can install from it here.

    Files that the sums do not name, such as an environment made in the folder, are left alone.

    Returns
    -------
    str
        What was found, in one line.

    Raises
    ------
    DataError
        If it is no bundle, a file is missing or changed, or wheels for this system are missing.
    """
    folder = Path(folder)
    sums = _read_sums(folder)
    missing = [name for name in sums if not (folder / name).is_file()]
    changed = [n for n in sums if n not in missing and _sha256(folder / n) != sums[n]]
    for names, what in ((missing, "missing"), (changed, "not as it was made")):
        if names:
            raise DataError(
                f"{len(names)} of {len(sums)} files in {folder} are {what}, such as {names[0]}. "
                "Copy the folder again."
            )
    wheels.require_complete(folder / "wheels")
    return f"{folder}: {len(sums)} files are whole, and pip can install from it here"


def _require_place(output: Path, add: bool) -> None:
    if add:
        _read_sums(output)
        if not any((output / "wheels").glob(f"genbench_lite-{__version__}-*.whl")):
            raise GenbenchError(
                f"{output} holds another version than {__version__}. Make a new bundle elsewhere."
            )
    elif output.exists() or output.is_symlink():
        raise GenbenchError(
            f"{output} exists already. Name a new folder, or use --add if it is a bundle."
        )
    elif not output.parent.is_dir():
        raise GenbenchError(
            f"There is no folder {output.parent}. Make it first, or check the path."
        )


def _require_folder(more: Path | None) -> None:
    if more is not None and not any(more.glob("*.whl")):
        raise GenbenchError(f"There is no wheel in {more}. Check the path after --wheels.")


def _require_room(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < ROOM:
        raise GenbenchError(
            f"{folder} has {free / 1e9:.1f} GB free, and a bundle needs {ROOM / 1e9:.1f} GB while "
            "it is made. Make room there, or name another disk."
        )


def _at_hand(datasets: Iterable[str]) -> list[Path]:
    """Folders of the datasets in the cache; what is missing is fetched."""
    from . import fetch  # with NumPy, which the command's other words need not wait for

    names = [name for name in dict.fromkeys(datasets) if not cards.card(name).embedded]
    return [fetch.download(name) for name in names]


def _kept(folder: Path) -> Path:
    """Where the datasets are: laid out as a cache, to be used as one."""
    from .dataset import FORMAT

    return folder / "data" / f"datasets-v{FORMAT}"


def _gather(folder: Path, checkout: Path, datasets: Iterable[Path], more: Path | None) -> None:
    (folder / "wheels").mkdir(parents=True, exist_ok=True)
    wheels.collect(checkout, folder / "wheels", more)
    kept = _kept(folder)
    kept.mkdir(parents=True, exist_ok=True)
    for dataset in datasets:
        shutil.copytree(dataset, kept / dataset.name, dirs_exist_ok=True)
    shutil.copytree(
        checkout / "notebooks",
        folder / "notebooks",
        ignore=shutil.ignore_patterns("__pycache__", ".*"),
        dirs_exist_ok=True,
    )


def _finish(folder: Path) -> None:
    """What is written about the rest: systems, commands, checksums."""
    _write(folder / SYSTEMS, "\n".join(sorted({*_systems(folder), wheels.this_system()})) + "\n")
    _write(folder / "README.md", _readme(folder))
    _write_sums(folder)


def _systems(folder: Path) -> list[str]:
    file = folder / SYSTEMS
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def _readme(folder: Path) -> str:
    text = (DATA / "bundle_readme.md").read_text(encoding="utf-8")
    names = sorted(path.name for path in _kept(folder).iterdir())
    return string.Template(text).substitute(
        version=__version__,
        wheels_mb=f"{_megabytes(folder / 'wheels'):,.0f}",
        systems="; ".join(_systems(folder)),
        datasets=", ".join(names) or "none",
        required=wheels.REQUIRED,
    )


def _write_sums(folder: Path) -> None:
    ours = [folder / name for name in ("README.md", SYSTEMS)]
    for part in ("wheels", "data", "notebooks"):
        ours += sorted(path for path in (folder / part).rglob("*") if path.is_file())
    lines = [f"{_sha256(path)}  {path.relative_to(folder).as_posix()}\n" for path in ours]
    _write(folder / SUMS, "".join(lines))


def _read_sums(folder: Path) -> dict[str, str]:
    """Path to checksum, of a bundle."""
    try:
        lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
        return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    except (OSError, ValueError) as error:
        raise DataError(
            f"{folder} is no bundle: its {SUMS} cannot be read. Name the folder that "
            "genbench-lite bundle made."
        ) from error


def _write(path: Path, text: str) -> None:
    """Whole or not at all, and with the line ends that sha256sum reads on every system."""
    draft = path.with_suffix(".tmp")
    draft.write_bytes(text.encode())
    os.replace(draft, path)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
