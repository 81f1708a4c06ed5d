"""Many runs at once: joblib tasks on this machine, or handed to a Dask cluster.

A task starts the run in a process of its own (see ``execution.py``) and waits for it. So a run
that crashes takes no other with it, and each has its own number of threads.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import uuid
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

from .. import __version__
from ..errors import DataError, GenbenchError
from ..paths import CACHE_VARIABLE
from . import records

_CONNECT_SECONDS = 10
_THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
_stopping = threading.Event()


def run_task(task: dict[str, Any], threads: int | None = None) -> dict[str, Any] | None:
    """Run one task in a process of its own, to its end.

    Parameters
    ----------
    task : dict
        As for :func:`genbench_lite.sweeps.execution.execute`, and ``cache``, the folder of
        fetched datasets.
    threads : int, optional
        Of the run; what ``OMP_NUM_THREADS`` says here when left out, or 1.

    Returns
    -------
    dict or None
        The record; None if the sweep was stopped meanwhile.
    """
    if _stopping.is_set():
        return None
    number = str(threads or os.environ.get("OMP_NUM_THREADS") or 1)
    environment = os.environ | dict.fromkeys(_THREADS, number) | {CACHE_VARIABLE: task["cache"]}
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, "-m", f"{__package__}.execution"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=log,
            env=environment,
            start_new_session=True,  # Ctrl-C is for the sweep, which then ends its runs
        )
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # it is gone already; its log says why
            process.stdin.write(json.dumps(task).encode() + b"\n")
            process.stdin.flush()
        while process.poll() is None and not _stopping.is_set():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.2)
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()  # ends it, if it still runs
        process.wait()
        if _stopping.is_set():
            return None
        log.seek(0)
        return _outcome(task, process.returncode, log.read().decode(errors="replace"))


def run_local(tasks: list[dict], jobs: int) -> Generator[dict[str, Any] | None, None, None]:
    """The records of all tasks, as they come.

    Parameters
    ----------
    tasks : list of dict
    jobs : int
        How many at a time; each has its share of the cores.
    """
    import joblib

    threads = max(1, (os.cpu_count() or 1) // jobs)
    _stopping.clear()
    # threads, which only wait: the work is done by the processes that they start
    parallel = joblib.Parallel(
        jobs, backend="threading", batch_size=1, return_as="generator_unordered"
    )
    try:
        yield from parallel(joblib.delayed(run_task)(task, threads) for task in tasks)
    except BaseException:
        _stopping.set()
        raise


@contextlib.contextmanager
def connected(address: str, output: Path) -> Iterator[Callable[[list[dict]], Generator]]:
    """A Dask cluster that can take the tasks; gives the function that hands them over.

    Parameters
    ----------
    address : str
        Of the scheduler, such as ``tcp://10.0.0.1:8786``.
    output : Path
        Folder of the sweep, which the workers must see under the same path.

    Raises
    ------
    GenbenchError
        If ``distributed`` is missing, the scheduler does not answer, there is no worker, or one
        lacks the package, has another version of it, or does not see the folder.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise GenbenchError(
            f'A Dask cluster needs {error.name}. Install it with: pip install "genbench-lite[dask]"'
        ) from error
    try:
        client = Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise GenbenchError(
            f"The Dask scheduler {address} does not answer ({type(error).__name__}). Start one "
            "with `dask scheduler`, and give the address that it prints, such as "
            "tcp://10.0.0.1:8786."
        ) from error
    with client:
        _require_workers(client, address, output)
        yield lambda tasks: run_on_cluster(client, tasks)


def run_on_cluster(client: Any, tasks: list[dict]) -> Generator[dict[str, Any], None, None]:
    """The records of all tasks, as they come.

    The tasks are submitted one by one, and not by joblib's own Dask backend: that one waits for
    ever for a task which was given up, as after the fourth of its workers has died.
    """
    import joblib
    from distributed import as_completed

    waiting = {}
    for task in tasks:
        function, arguments, _ = joblib.delayed(run_task)(task)
        waiting[client.submit(function, *arguments, pure=False)] = task
    try:
        for future in as_completed(list(waiting), loop=client.loop):
            if future.status in ("cancelled", "lost"):
                raise GenbenchError(
                    "The Dask scheduler is gone. What was complete is kept: start it and its "
                    "workers, and run the same command again."
                )
            task = waiting.pop(future)
            if future.status == "finished":
                yield future.result()
            else:
                reason = f"The cluster gave it up ({type(future.exception()).__name__})."
                yield records.write_failure(Path(task["folder"]), task["identity"], reason)
    finally:
        client.cancel(list(waiting))


def _outcome(task: dict[str, Any], code: int, log: str) -> dict[str, Any]:
    """The record that the process wrote; one of its failure if it wrote none."""
    folder, about = Path(task["folder"]), task["identity"]
    with contextlib.suppress(DataError):
        record = records.read_record(folder)
        if code == 0 and record and record["identity"] == about:
            return record
    last = (log.strip().splitlines() or ["it said nothing"])[-1]
    reason = f"Its process ended with code {code}: {last[:300]}"
    return records.write_failure(folder, about, reason)


def _require_workers(client: Any, address: str, output: Path) -> None:
    with contextlib.suppress(TimeoutError):
        client.wait_for_workers(1, timeout=_CONNECT_SECONDS)
    output.mkdir(parents=True, exist_ok=True)
    mark = output / f".seen-{uuid.uuid4().hex[:8]}"
    mark.touch()
    try:
        answers = client.run(_sees, str(mark), on_error="return")
    finally:
        mark.unlink(missing_ok=True)
    if not answers:
        raise GenbenchError(
            f"The Dask scheduler {address} has no worker. Start some: dask worker {address}"
        )
    for worker, answer in answers.items():
        if isinstance(answer, Exception):
            raise GenbenchError(
                f"The Dask worker {worker} cannot run genbench_lite ({answer}). Install the "
                "same version there."
            ) from answer
        version, sees = answer
        if version != __version__:
            raise GenbenchError(
                f"The Dask worker {worker} has genbench_lite {version}, and this is {__version__}. "
                "Install the same version there."
            )
        if not sees:
            raise GenbenchError(
                f"The Dask worker {worker} does not see {output}. Name a folder on a file system "
                "that all machines share, under the same path."
            )


def _sees(path: str) -> tuple[str, bool]:
    """Asked on a worker, which must have this module to be asked: its version, and the file."""
    return __version__, Path(path).exists()
