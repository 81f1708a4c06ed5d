"""Our side of the benchmarks: one task a process, its result as JSON on standard output.

    python benchmarks/our_side.py check|archive|batches ARCHIVE
    python benchmarks/our_side.py open FOLDER

Each task imports what it measures with before its clock starts.
"""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path
from typing import Any

from measure import fingerprint

BATCH = 64


def read_archive(path: str) -> tuple[Any, dict[str, Any]]:
    """A dataset, and its arrays ready for batches: uint8 (n, length) codes and int64 labels."""
    from genbench_lite.reading.archive import from_archive

    dataset = from_archive(path)
    return dataset, {name: (s.padded(), s.labels) for name, s in dataset.splits.items()}


def loader(dataset: Any) -> Any:
    from torch.utils.data import DataLoader

    return DataLoader(dataset.train.to_torch(), batch_size=BATCH, shuffle=True)


def check(path: str) -> dict[str, Any]:
    """Fingerprints of what the timed tasks yield, back in letters."""
    import numpy as np

    from genbench_lite import sequence

    dataset, arrays = read_archive(path)

    def describe(codes: np.ndarray, labels: np.ndarray) -> dict[str, Any]:
        return fingerprint(map(sequence.decode, codes), (dataset.classes[i] for i in labels))

    batches = [(x.numpy(), y.numpy()) for x, y in loader(dataset)]
    codes = [np.where(x.any(1), x.argmax(1), sequence.UNKNOWN) for x, _ in batches]
    return {
        "arrays": {split: describe(*pair) for split, pair in arrays.items()},
        "batches": describe(np.concatenate(codes), np.concatenate([y for _, y in batches])),
    }


def archive(path: str) -> dict[str, float]:
    """Seconds from the zip to arrays of every split."""
    import genbench_lite.reading.archive  # noqa: F401

    started = time.perf_counter()
    read_archive(path)
    return {"seconds": time.perf_counter() - started}


def batches(path: str) -> dict[str, float]:
    """Seconds for a shuffled pass over the training split, by loader and in a loop of one's own."""
    import torch

    dataset, _ = read_archive(path)
    examples = dataset.train.to_torch()

    def by_loader() -> None:
        for _ in loader(dataset):
            pass

    def in_loop() -> None:
        for rows in torch.randperm(len(examples)).split(BATCH):
            examples.batch(rows.numpy())

    return {"loader": _second_pass(by_loader), "loop": _second_pass(in_loop)}


def _second_pass(run: Any) -> float:
    run()
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def open_(folder: str) -> dict[str, float]:
    """Milliseconds to open a dataset, and the memory that it and its first batch take, in MB."""
    import genbench_lite.reading.exports  # noqa: F401
    from genbench_lite.dataset import open_folder

    resident, private = _memory("VmRSS"), _memory("RssAnon")
    started = time.perf_counter()
    dataset = open_folder(folder)
    seconds = time.perf_counter() - started
    batches = iter(loader(dataset))
    first = next(batches)  # both stay alive until the memory is read
    result = {
        "milliseconds": 1000 * seconds,
        "resident": _memory("VmRSS") - resident,
        "private": _memory("RssAnon") - private,
        "peak": _memory("VmHWM"),
    }
    del first, batches
    return result


def _memory(field: str) -> float:
    """A field of Linux's account of this process, in MB (10**6 bytes)."""
    # not getrusage: its peak starts from that of the process that started this one
    status = Path("/proc/self/status").read_text()
    return int(re.search(rf"{field}:\s+(\d+) kB", status)[1]) * 1024 / 1e6


TASKS = {"check": check, "archive": archive, "batches": batches, "open": open_}

if __name__ == "__main__":
    print(json.dumps(TASKS[sys.argv[1]](*sys.argv[2:])))
