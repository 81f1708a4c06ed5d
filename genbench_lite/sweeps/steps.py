"""What the notebook of a run calls: train, and keep what was measured."""

from __future__ import annotations

import json
import math
import os
import platform
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import __version__
from ..errors import GenbenchError
from ..headless import peak_memory_mb
from .contenders import count_parameters

if TYPE_CHECKING:
    from ..dataset import Dataset
    from ..networks.history import History
    from ..networks.scoring import Scores

VALID_SHARE = 0.1  # of the training rows, for a model that stops early where no split is given


@dataclass(frozen=True)
class Training:
    """What a training took, and how it was set.

    Parameters
    ----------
    history : History
    recipe : dict
        Keywords of :func:`genbench_lite.fit`; empty for a model that trains itself.
    seconds, cpu_seconds : float
        Wall time, and processor time over all threads and finished child processes.
    valid : str
        ``"unused"``, ``"split"`` or ``"set aside"``: which validation rows decided when to stop.
    rows : int
        Training rows that were learned from.
    """

    history: History
    recipe: dict[str, Any]
    seconds: float
    cpu_seconds: float
    valid: str
    rows: int


def train(
    model: Any,
    data: Dataset,
    seed: int,
    epochs: int | None = None,
    checkpoint: str | None = None,
) -> Training:
    """Train a model by its recipe. The test split is not touched.

    Parameters
    ----------
    model : torch.nn.Module or other
        What :func:`genbench_lite.fit` takes; its dict ``RECIPE`` has the keywords.
    data : Dataset
        A validation split is only looked at, unless the recipe has ``patience``.
    seed : int
    epochs : int, optional
        Instead of the recipe's.
    checkpoint : str, optional
        A file to go on from; its time counts, too. Only networks make use of it.

    Examples
    --------
    >>> from genbench_lite import Dataset, SequenceSet, models
    >>> s = SequenceSet.from_strings(["ACGT" * 10, "GGGG" * 10] * 8, [0, 1] * 8, ["a", "b"])
    >>> train(models.LiteCNN(2), Dataset("toy", s, s), seed=0, epochs=2).recipe["epochs"]
    2
    """
    import torch

    from ..training import fit

    network = isinstance(model, torch.nn.Module)
    recipe = dict(getattr(model, "RECIPE", {})) if network else {}
    if network:
        recipe["epochs"] = epochs or recipe.get("epochs", 10)
    learned, valid, used = data.train, data.valid, "unused"
    if recipe.get("patience") is not None:
        used = "split" if valid is not None else "set aside"
        if valid is None:
            learned, valid = learned.split(VALID_SHARE, seed=seed)
    clock = _Clock(checkpoint if network else None)
    keywords = dict(recipe)
    if network and checkpoint:
        keywords |= {"checkpoint": checkpoint, "callbacks": [clock]}
    history = fit(model, learned, valid, seed=seed, **keywords)
    if history.stopped.startswith("interrupted"):
        raise GenbenchError("The training was interrupted. Run the sweep again: it goes on.")
    return Training(history, recipe, *clock.read(), used, len(learned))


class _Clock:
    """Wall and processor seconds; those before a break are read from beside the checkpoint."""

    def __init__(self, checkpoint: str | None):
        self.file = Path(f"{checkpoint}.json") if checkpoint else None
        self.before = (0.0, 0.0)
        if self.file is not None and checkpoint and Path(checkpoint).exists():
            with suppress(OSError, ValueError):
                wall, cpu = json.loads(self.file.read_text())
                self.before = (float(wall), float(cpu))
        self.started = time.perf_counter(), _processor_seconds()

    def __call__(self, history: History, model: Any) -> None:
        if self.file is not None:
            self.file.write_text(json.dumps(self.read()))

    def read(self) -> tuple[float, float]:
        wall, cpu = self.started
        now = time.perf_counter() - wall, _processor_seconds() - cpu
        return self.before[0] + now[0], self.before[1] + now[1]


def keep(path: str, data: Dataset, model: Any, training: Training, scores: Scores) -> None:
    """Write what this kernel knows of its run as JSON.

    Parameters
    ----------
    path : str
        File to write.
    data : Dataset
    model, training, scores
        What was trained, how, and what the test gave.
    """
    import torch

    measures = {
        name: {key: _finite(value) for key, value in row.items()}
        for name, row in scores.to_frame().to_dict("index").items()
    }
    result = {
        "scores": measures | {"published_f1": {"value": scores.published_f1}},
        "classes": list(scores.classes),
        "confusion": scores.confusion.tolist(),
        "parameters": count_parameters(model),
        "recipe": {name: repr(value) for name, value in training.recipe.items()},
        "epochs": len(training.history.seconds) if training.recipe else None,
        "stopped": training.history.stopped,
        "validation": training.valid,
        "trained_rows": training.rows,
        "history": training.history.to_frame().round(6).to_dict("list"),
        "seconds": round(training.seconds, 3),
        "cpu_seconds": round(training.cpu_seconds, 3),
        "peak_memory_mb": _rounded(peak_memory_mb()),
        "threads": torch.get_num_threads(),
        "device": _device(model),
        "rows": {name: len(part) for name, part in data.splits.items()},
        "versions": versions(),
        "machine": machine(),
    }
    Path(path).write_text(json.dumps(_plain(result), allow_nan=False), encoding="utf-8")


def versions() -> dict[str, str]:
    """Of Python and of the packages that move the numbers."""
    from importlib import metadata

    packages = {name: metadata.version(name) for name in ("torch", "numpy", "scikit-learn")}
    return {"python": platform.python_version(), "genbench_lite": __version__, **packages}


def machine() -> dict[str, Any]:
    """What kind of machine this is; nothing that names it."""
    kind = platform.processor() or platform.machine()
    with suppress(OSError), open("/proc/cpuinfo") as file:
        kind = next((x.partition(":")[2].strip() for x in file if x.startswith("model name")), kind)
    return {
        "system": platform.system(),
        "architecture": platform.machine(),
        "processor": kind,
        "cores": os.cpu_count(),
    }


def _processor_seconds() -> float:
    return sum(os.times()[:4])  # user and system, of this process and of its children


def _device(model: Any) -> str:
    parameters = getattr(model, "parameters", None)
    first = next(iter(parameters()), None) if callable(parameters) else None
    return "cpu" if first is None else str(first.device.type)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _plain(content: Any) -> Any:
    """NaN and infinities as None, which JSON has."""
    if isinstance(content, dict):
        return {name: _plain(value) for name, value in content.items()}
    if isinstance(content, list):
        return [_plain(value) for value in content]
    return _finite(content) if isinstance(content, float) else content
