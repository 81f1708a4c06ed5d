"""Which runs a sweep is made of: every dataset, split, model and seed, and what they share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import DataError, GenbenchError, UnknownNameError

OURS = ("KmerBaseline", "LiteCNN", "PaperCNN")
SPLITS = ("published", "fair")
DAY = 24 * 3600.0  # seconds


def require_count(name: str, value: Any) -> int:
    """A whole number of at least 1.

    Raises
    ------
    DataError
        If it is anything else.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise DataError(f"{name} is {value!r}. Give a whole number, 1 or more.")
    return value


@dataclass(frozen=True)
class Settings:
    """What all runs of a sweep share.

    Parameters
    ----------
    epochs : int, optional
        Instead of what the recipe of each model says.
    rows : int, optional
        Training rows at most, drawn at random (seed 0), each class in its proportion. The test
        rows are always all of them.

    Raises
    ------
    DataError
        If a number is below 1.
    """

    epochs: int | None = None
    rows: int | None = None

    def __post_init__(self) -> None:
        for name in ("epochs", "rows"):
            if getattr(self, name) is not None:
                require_count(name, getattr(self, name))


TRIAL = Settings(epochs=2, rows=500)  # minutes for hours: to see that it runs


@dataclass(frozen=True)
class Run:
    """One cell of the table, once: one training with one seed, and its test.

    Parameters
    ----------
    dataset : str
        Name of the dataset; of an archive, the one that it holds.
    source : str
        A name known to :func:`genbench_lite.load`, or the path of an archive.
    split : {"published", "fair", "own"}
        ``"own"`` is the split of data that are not, or not all, as published.
    model : str
        One of ours by name, or ``module:name``.
    seed : int

    Examples
    --------
    >>> Run("toy", "data/toy_v0.zip", "own", "my.models:build", 2).name
    'toy--own--my.models-build--seed2'
    """

    dataset: str
    source: str
    split: str
    model: str
    seed: int

    @property
    def name(self) -> str:
        """Name of its folder in the sweep, and of itself in messages."""
        parts = (self.dataset, self.split, self.model)
        return "--".join(re.sub(r"[^\w.]+", "-", part) for part in parts) + f"--seed{self.seed}"


def make_grid(places: Iterable[tuple[str, str, str]], models: Sequence[str], seeds: int) -> list:
    """All runs, one seed of every cell before the next seed: the table fills evenly.

    Parameters
    ----------
    places : iterable of (dataset, source, split)
    models : sequence of str
    seeds : int
        How many; they are 0, 1, 2 and so on.

    Returns
    -------
    list of Run

    Raises
    ------
    DataError
        If two datasets have one name.

    Examples
    --------
    >>> len(make_grid([("toy", "toy", "own")], ["LiteCNN", "KmerBaseline"], seeds=3))
    6
    """
    places = list(dict.fromkeys(places))
    models = list(dict.fromkeys(models))
    runs = [
        Run(*place, model, seed) for seed in range(seeds) for place in places for model in models
    ]
    sources: dict[str, str] = {}
    for run in runs:
        if sources.setdefault(run.name, run.source) != run.source:
            raise DataError(
                f"{sources[run.name]} and {run.source} both hold {run.dataset}. Put them into "
                "sweeps of their own, or rename the folder inside one archive."
            )
    return runs


def require_splits(splits: str | Sequence[str]) -> list[str]:
    """One or several splits as a list, each known."""
    chosen = [splits] if isinstance(splits, str) else list(splits)
    if not chosen:
        raise GenbenchError("There is no split to run. Name published, fair, or both.")
    for split in chosen:
        if split not in SPLITS:
            raise UnknownNameError("split", str(split), SPLITS)
    return chosen


def require_names(kind: str, names: str | Iterable[Any], example: str) -> list[str]:
    """One or several names as a list, which may not be empty."""
    listed = [names] if isinstance(names, str) or not isinstance(names, Iterable) else list(names)
    if not listed:
        raise GenbenchError(f"There is no {kind} to run. Name at least one, such as {example}.")
    return [str(name) for name in listed]
