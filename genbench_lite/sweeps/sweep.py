"""A sweep: plan it, run what is missing, hand back the table."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tqdm.auto import tqdm

from .. import headless
from ..errors import DataError, GenbenchError
from ..paths import cache_folder
from . import records, running
from .board import Leaderboard
from .contenders import check_model
from .grid import DAY, OURS, Run, Settings, make_grid, require_count, require_names, require_splits
from .plan import PLAN, Plan, extended, load_plan, require_output, template
from .sources import Ground, find_source, survey


def run_sweep(
    datasets: str | Iterable[str] | None = None,
    models: str | Iterable[str] | None = None,
    output: str | Path = "leaderboard",
    seeds: int = 1,
    split: str | Iterable[str] = "published",
    *,
    epochs: int | None = None,
    rows: int | None = None,
    jobs: int = 1,
    dask: str | None = None,
    retry_failed: bool = False,
    timeout: float = DAY,
    progress: bool = True,
) -> Leaderboard:
    """Train and test every model on every dataset, each in a notebook of its own.

    What is done stays done: called again with the same folder it runs what is missing, and a
    training that was cut off goes on behind its last epoch. More datasets, models, seeds or
    splits may be asked for then; ``epochs`` and ``rows`` must be the same.

    Parameters
    ----------
    datasets : str or iterable of str, optional
        Names, or paths of archives in the published layout. None, as for ``models``: what the
        folder's plan says, and nothing new.
    models : str or iterable of str, optional
        ``KmerBaseline``, ``LiteCNN``, ``PaperCNN``, or ``module:name`` of your own: see
        :mod:`genbench_lite.sweeps.contenders`.
    output : path
        Folder of the sweep. A run is kept in ``runs/``, as ``run.ipynb`` and ``record.json``.
    seeds : int
        Runs of each model on each dataset. A seed changes the training only.
    split : {"published", "fair"}, or both
        Embedded data, and archives that are not all of a published dataset, come with a split
        of their own, which stands for ``"published"``.
    epochs : int, optional
        Instead of what the recipes say: for trials.
    rows : int, optional
        Training rows at most: for trials. The test rows are always all.
    jobs : int
        Runs at a time on this machine; each gets its share of the cores.
    dask : str, optional
        Address of a Dask scheduler, whose workers do the runs. They must see ``output``, archives
        and the cache under the same paths; a run has one thread, or as many as
        ``OMP_NUM_THREADS`` says where its worker was started.
    retry_failed : bool
        Run again what failed.
    timeout : float
        Seconds that a cell of a notebook may take; after them the run has failed.
    progress : bool
        Show a bar, with the time that is left.

    Returns
    -------
    Leaderboard
        Also of runs that failed: they are told, and do not stop the others.

    Raises
    ------
    GenbenchError
        If a name is unknown, a number below 1, the folder of another sweep or in use by one, a
        package missing, or the scheduler does not answer.

    Examples
    --------
    >>> run_sweep("human_enhancers_con", "LiteCNN")
    Traceback (most recent call last):
    genbench_lite.errors.UnknownNameError: There is no dataset 'human_enhancers_con'. Did you \
mean 'human_enhancers_cohn'?
    """
    settings, folder = Settings(epochs, rows), require_output(output)
    require_count("jobs", jobs)
    if not timeout > 0:
        raise DataError(f"timeout={timeout} leaves no time. Give seconds, such as 3600.")
    if datasets is None and models is None:
        _refuse_more(seeds, split)
        settings, wished = _same_or(load_plan(folder).settings, settings), None
    else:
        wished = _wishes(datasets, models, seeds, split)
    extended(_plan_of(folder), settings, [], [], "")  # refuses other settings before it reads data
    headless.require_lab()
    with _alone(folder), contextlib.ExitStack() as stack:
        start = stack.enter_context(running.connected(dask, folder)) if dask else None
        old = _plan_of(folder)  # only now: until here another sweep may have added to it
        runs, grounds = _planned(old, wished, progress)
        plan, identities = extended(old, settings, runs, grounds, os.getcwd())
        plan.save(folder)
        tasks = [
            _task(folder, plan, run, identities[run.name], timeout)
            for run in runs
            if not _settled(folder, plan.ground(run), run, identities[run.name], retry_failed)
        ]
        if not dask:
            _clear(folder)
        outcomes = start(tasks) if start else running.run_local(tasks, jobs)
        _watch(outcomes, len(runs), len(tasks), progress)
        _clear(folder)
    return Leaderboard(folder)


def _wishes(datasets: Any, models: Any, seeds: int, split: Any) -> tuple:
    """What was asked for, each name known."""
    if datasets is None or models is None:
        missing = "dataset" if datasets is None else "model"
        raise GenbenchError(f"Name at least one {missing}, or leave out datasets and models both.")
    places = [find_source(name) for name in require_names("dataset", datasets, "a name")]
    names = require_names("model", models, OURS[0])
    for name in names:
        check_model(name, os.getcwd())
    return places, names, require_count("seeds", seeds), require_splits(split)


def _refuse_more(seeds: int, split: Any) -> None:
    if require_count("seeds", seeds) > 1 or require_splits(split) != ["published"]:
        raise GenbenchError(
            "seeds and split say which runs there are of the datasets and models that you name. "
            "Name these, too; or leave all four out, to go on with what the folder's plan says."
        )


def _plan_of(folder: Path) -> Plan | None:
    return load_plan(folder) if (folder / PLAN).exists() else None


def _same_or(before: Settings, asked: Settings) -> Settings:
    return before if asked == Settings() else asked


def _planned(
    old: Plan | None, wished: tuple | None, progress: bool
) -> tuple[list[Run], list[Ground]]:
    """The runs that are wanted now, and their data, which are read and looked at."""
    if wished is None:
        assert old is not None
        runs = list(old.runs)
        asked: dict[str, list[str]] = {}
        for run in runs:
            split = "fair" if run.split == "fair" else "published"
            asked.setdefault(find_source(run.source), []).append(split)
        looked = _surveyed({s: list(dict.fromkeys(each)) for s, each in asked.items()}, progress)
        keys = {(run.dataset, run.split) for run in runs}
        return runs, [ground for ground in looked if (ground.dataset, ground.split) in keys]
    sources, models, seeds, splits = wished
    grounds = _surveyed(dict.fromkeys(sources, splits), progress)
    places = [(ground.dataset, ground.source, ground.split) for ground in grounds]
    return make_grid(places, models, seeds), grounds


def _surveyed(asked: dict[str, list[str]], progress: bool) -> list[Ground]:
    bar = tqdm(asked.items(), "Reading datasets", disable=not progress, leave=False)
    return [ground for source, splits in bar for ground in survey(source, splits)]


def _settled(
    folder: Path, ground: Ground, run: Run, identity: dict[str, Any], retry_failed: bool
) -> bool:
    """Whether there is nothing to do for a run."""
    place = records.run_folder(folder, run)
    try:
        record = records.read_record(place)
    except DataError:  # damaged: made anew
        record = None
    fits = record is not None and record["identity"] == identity
    if record and fits and (record["status"] == records.DONE or not retry_failed):
        return True
    if ground.error:
        records.write_failure(place, identity, ground.error)
        return True
    return False


def _task(
    folder: Path, plan: Plan, run: Run, identity: dict[str, Any], timeout: float
) -> dict[str, Any]:
    """All that another process needs to know, as JSON has it."""
    place = records.run_folder(folder, run)
    # named by what it is of, so that another training never goes on from it
    checkpoint = str(place / f"{records.TRAINING}{records.digest(identity)}.pt")
    parameters = {
        "SOURCE": run.source,
        "SPLIT": run.split,
        "MODEL": run.model,
        "SEED": run.seed,
        "EPOCHS": plan.settings.epochs,
        "ROWS": plan.settings.rows,
        "FOLDER": "" if run.model in OURS else os.getcwd(),
        "EXPECTED": plan.ground(run).checksum,
        "EXPECTED_MODEL": identity["model_checksum"],
        "CHECKPOINT": checkpoint,
    }
    return {
        "folder": str(place),
        "template": str(template()),
        "parameters": parameters,
        "identity": identity,
        "timeout": timeout,
        "cache": str(cache_folder().absolute()),
    }


def _watch(outcomes: Generator, runs: int, tasks: int, progress: bool) -> None:
    """Count the runs as they end."""
    failed = 0
    bar = tqdm(total=runs, initial=runs - tasks, unit="run", disable=not progress)
    with contextlib.closing(outcomes), bar:
        for record in outcomes:
            failed += record is not None and record["status"] == records.FAILED
            bar.set_postfix_str(f"{failed} failed" if failed else "")
            bar.update()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One sweep at a time in a folder; the lock of one that was killed is free."""
    import filelock

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(folder / ".lock", timeout=0):
            yield
    except filelock.Timeout as error:
        raise GenbenchError(
            f"Another sweep is running in {folder}. Wait for it, or name another folder."
        ) from error
    except PermissionError as error:
        raise GenbenchError(f"{folder} cannot be written to. Name a folder of yours.") from error


def _clear(folder: Path) -> None:
    """What was left behind by those that were killed."""
    for attempt in folder.glob("runs/*/.attempt-*"):
        shutil.rmtree(attempt, ignore_errors=True)
    for pattern in (f".{PLAN}-*", f"runs/*/.{records.RECORD}-*"):
        for draft in folder.glob(pattern):
            draft.unlink(missing_ok=True)
