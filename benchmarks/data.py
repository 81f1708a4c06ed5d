"""The rows that concern data: archive to arrays, a pass of batches, opening, importing."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from measure import BenchmarkError, Row, alternate, run_side

from genbench_lite.dataset import Dataset
from genbench_lite.sequence_set import SequenceSet

HEAVY = {"torch", "matplotlib", "pandas"}
LARGE = {"train": 231_348, "test": 57_713}  # human_ensembl_regulatory
LARGE_CLASSES = ("enhancer", "ocr", "promoter")
SHORTEST, MEDIAN, LONGEST = 71, 401, 802  # bp


@dataclass(frozen=True)
class Setting:
    """Where to measure: the reference's interpreter, the archive, and how often."""

    reference: Path
    archive: Path
    repeats: int

    def ours(self, *arguments: str | Path) -> Any:
        return run_side(sys.executable, "our_side.py", *arguments)

    def theirs(self, *arguments: str | Path, home: Path) -> Any:
        return run_side(self.reference, "reference_side.py", *arguments, home=home)


def rows(setting: Setting) -> list[Row]:
    """All rows of this group, after a check that both sides do the same."""
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch) / "home"
        home.mkdir()
        compare(
            setting.ours("check", setting.archive),
            setting.theirs("check", setting.archive, home=home),
        )
        folder = Path(scratch) / "large"
        folder.mkdir()
        random_dataset(LARGE).save(folder)
        return [
            archive_row(setting),
            *batch_rows(setting, home),
            *open_rows(setting, folder),
            import_row(setting.repeats),
        ]


def compare(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    """Refuse to time two sides that yield other sequences, classes or counts."""
    for part in ("arrays", "batches"):
        if ours[part] != theirs[part]:
            raise BenchmarkError(
                f"The {part} of the two sides differ. Ours: {ours[part]}. Theirs: {theirs[part]}."
            )


def archive_row(setting: Setting) -> Row:
    def theirs() -> Any:
        with tempfile.TemporaryDirectory() as home:  # empty, so that it unpacks every time
            return setting.theirs("archive", setting.archive, home=Path(home))

    pairs = alternate(lambda: setting.ours("archive", setting.archive), theirs, setting.repeats)
    return Row(
        "archive to arrays ready for training",
        [ours["seconds"] for ours, _ in pairs],
        [theirs["seconds"] for _, theirs in pairs],
        target=20,
    )


def batch_rows(setting: Setting, home: Path) -> list[Row]:
    pairs = alternate(
        lambda: setting.ours("batches", setting.archive),
        lambda: setting.theirs("batches", setting.archive, home=home),
        setting.repeats,
    )
    theirs = [theirs["loader"] for _, theirs in pairs]
    what = "shuffled pass of one-hot batches of 64"
    return [
        Row(f"{what}, `DataLoader`", [ours["loader"] for ours, _ in pairs], theirs, target=15),
        Row(f"{what}, `batch` in a loop", [ours["loop"] for ours, _ in pairs], theirs, target=None),
    ]


def open_rows(setting: Setting, folder: Path) -> list[Row]:
    results = [setting.ours("open", folder) for _ in range(setting.repeats)]
    what = f"open {sum(LARGE.values()):,} cached sequences"
    columns = (
        (what, "milliseconds", 50, "ms"),
        (f"{what} and make a batch: memory", "resident", 60, "MB"),
        ("of it private, without pages of the files", "private", None, "MB"),
        ("peak of that whole process, torch included", "peak", None, "MB"),
    )
    return [
        Row(name, [result[key] for result in results], [], target, unit)
        for name, key, target, unit in columns
    ]


def import_row(repeats: int) -> Row:
    """Wall time of an interpreter that imports the package, less that of a bare one."""
    code = f"import genbench_lite, json, sys; print(json.dumps([*({HEAVY} & sys.modules.keys())]))"
    if loaded := json.loads(subprocess.check_output([sys.executable, "-c", code])):
        raise BenchmarkError(f"`import genbench_lite` loads {', '.join(loaded)}. It must not.")
    pairs = alternate(lambda: _wall("import genbench_lite"), lambda: _wall("pass"), repeats)
    return Row(
        "`import genbench_lite`", [with_it - bare for with_it, bare in pairs], [], target=0.3
    )


def random_dataset(rows: dict[str, int], seed: int = 0) -> Dataset:
    """Random letters in lengths like those of ``human_ensembl_regulatory``."""
    rng = np.random.default_rng(seed)

    def draw(n: int) -> SequenceSet:
        short = rng.integers(SHORTEST, MEDIAN + 1, n)
        long = rng.integers(MEDIAN, LONGEST + 1, n)
        lengths = np.where(np.arange(n) % 2, long, short)
        lengths[:3] = SHORTEST, MEDIAN, LONGEST
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        codes = rng.integers(0, 4, offsets[-1], dtype=np.uint8)
        labels = np.sort(rng.integers(0, len(LARGE_CLASSES), n))
        return SequenceSet(codes, offsets, labels, np.arange(n).astype("U"), LARGE_CLASSES)

    return Dataset("random", **{split: draw(n) for split, n in rows.items()})


def _wall(code: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - started
