"""What is kept of each run: a JSON record beside the executed notebook, whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .. import __version__
from ..errors import DataError, GenbenchError
from .grid import Run, Settings

FORMAT = 1
RECORD, NOTEBOOK, RESULT = "record.json", "run.ipynb", "result.json"
TRAINING = ".training-"  # how the files begin from which a training goes on
DONE, FAILED = "done", "failed"


def run_folder(output: Path, run: Run) -> Path:
    """Where the notebook and the record of a run are."""
    return output / "runs" / run.name


def identity(run: Run, settings: Settings, data: str, model: str, template: Path) -> dict[str, Any]:
    """All that a result depends on: a record with another identity is of another run.

    Parameters
    ----------
    run : Run
    settings : Settings
    data, model : str
        Checksums of the data and of the file in which the model is written.
    template : Path
        The notebook that is run.

    Returns
    -------
    dict
        Of what JSON holds.
    """
    about = asdict(run)
    about.pop("source")  # a dataset that was moved is the same, as its checksum tells
    return about | {
        "settings": asdict(settings),
        "genbench_lite": __version__,
        "data_checksum": data,
        "model_checksum": model,
        "template_checksum": hashlib.blake2b(template.read_bytes(), digest_size=8).hexdigest(),
    }


def digest(about: dict[str, Any]) -> str:
    """A short name of an identity.

    Examples
    --------
    >>> digest({"seed": 0}) == digest({"seed": 1})
    False
    """
    text = json.dumps(about, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


def read_record(folder: Path) -> dict[str, Any] | None:
    """The record of a run; None if there is none.

    Raises
    ------
    DataError
        If it cannot be read, or is incomplete.
    """
    path = folder / RECORD
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        complete = (
            record["format"] == FORMAT
            and record["status"] in (DONE, FAILED)
            and isinstance(record["identity"], dict)
            and (record["status"] == FAILED or "value" in record["scores"]["accuracy"])
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(_unreadable(path, f"{type(error).__name__}: {error}")) from error
    if not complete:
        raise DataError(_unreadable(path, "it is of another format, or lacks scores"))
    if record["status"] == DONE and not (folder / NOTEBOOK).is_file():
        raise DataError(_unreadable(path, f"{NOTEBOOK} is missing beside it"))
    return record


def write_json(path: Path, content: Any) -> None:
    """Write a file under another name, then rename it: nobody reads half of it.

    Raises
    ------
    GenbenchError
        If the system refuses.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(content, file, indent=1, allow_nan=False)
            os.chmod(draft, 0o644)  # mkstemp lets nobody else read
            os.replace(draft, path)
        finally:
            Path(draft).unlink(missing_ok=True)
    except OSError as error:
        raise GenbenchError(
            f"{path} cannot be written ({error.strerror}). Make room, or name another folder."
        ) from error


def write_failure(folder: Path, about: dict[str, Any], reason: str, **more: Any) -> dict[str, Any]:
    """Keep why a run failed, unless it was done meanwhile elsewhere.

    Returns
    -------
    dict
        The record that stands.
    """
    try:
        standing = read_record(folder)
    except DataError:
        standing = None
    if standing and standing["status"] == DONE and standing["identity"] == about:
        return standing
    record = {"format": FORMAT, "status": FAILED, "identity": about, "reason": reason, **more}
    write_json(folder / RECORD, record)
    return record


def _unreadable(path: Path, why: str) -> str:
    return f"The record {path} cannot be used ({why}). Run the sweep again: it makes a new one."
