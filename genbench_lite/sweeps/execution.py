"""One run in a process of its own: papermill on the template, then the record.

The process ends with the one that started it, however that one ends: it holds the other end of
this one's standard input, and sees it close. The kernel then sees its own parent gone.
"""

from __future__ import annotations

import datetime
import json
import os
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from .. import headless
from ..errors import GenbenchError
from . import records


def execute(task: dict[str, Any]) -> dict[str, Any]:
    """Run the notebook of one run in a folder of its own, then move it into place.

    Parameters
    ----------
    task : dict
        ``folder`` of the run, ``template``, ``parameters`` of the notebook, ``identity``,
        ``timeout`` of a notebook cell in seconds.

    Returns
    -------
    dict
        The record, which is written, too.
    """
    folder, about = Path(task["folder"]), task["identity"]
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".attempt-", dir=folder) as attempt:
        notebook, result = Path(attempt, records.NOTEBOOK), Path(attempt, records.RESULT)
        shutil.copyfile(task["template"], notebook)
        parameters = task["parameters"] | {"RESULT": str(result)}
        started, reason = time.perf_counter(), ""
        try:
            headless.execute(notebook, parameters, task["timeout"], "", Path(attempt))
        except GenbenchError as error:
            reason = _explained(str(error))
        more = {"total_seconds": round(time.perf_counter() - started, 2), "finished": _now()}
        _tidy(notebook)
        os.replace(notebook, folder / records.NOTEBOOK)
        if not reason and not result.exists():
            reason = "The notebook ended without a result."
        if reason:
            record = records.write_failure(folder, about, reason, **more)
        else:
            found = json.loads(result.read_text(encoding="utf-8"))
            head = {"format": records.FORMAT, "status": records.DONE, "identity": about}
            record = head | {"reason": ""} | found | more
            records.write_json(folder / records.RECORD, record)
    for left in folder.glob(f"*{records.TRAINING}*"):  # of other settings or versions, too
        left.unlink(missing_ok=True)
    return record


def main() -> None:
    """Read a task, a line of JSON, from standard input, and run it."""
    task = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_the_other, daemon=True).start()
    execute(task)


def _end_with_the_other() -> None:
    while os.read(0, 1024):
        pass
    os._exit(1)


def _explained(reason: str) -> str:
    if reason.startswith("DeadKernelError"):
        return f"{reason} Was the memory too small?"
    return reason


def _tidy(notebook: Path) -> None:
    """Leave out where the notebook lay while it ran."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    about = content["metadata"].setdefault("papermill", {})
    about |= {"input_path": "leaderboard_run.ipynb", "output_path": records.NOTEBOOK}
    notebook.write_text(json.dumps(content, indent=1), encoding="utf-8")


def _now() -> str:
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")


if __name__ == "__main__":
    main()
