"""The rows that concern auditing: all published interval lists, read and checked.

As a script, in a fresh process, its result as JSON on standard output:

    python benchmarks/audit.py FOLDER
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from measure import BenchmarkError, Row, run_side

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "real" / "intervals"
LISTS = 9
CORES = 2


def rows(setting: Any, folder: Path = FOLDER) -> list[Row]:
    """All rows of this group."""
    found = sorted(folder.glob("*/metadata.yaml"))
    if len(found) != LISTS:
        raise BenchmarkError(
            f"{folder} holds {len(found)} interval lists. It needs the {LISTS} published ones, a "
            "folder each: they are in datasets/ of the repository of genomic_benchmarks."
        )
    results = [run_side(sys.executable, "audit.py", folder) for _ in range(setting.repeats)]
    what = f"{LISTS} interval lists, {results[0]['rows']:,} rows, read and checked"
    return [
        Row(what, [result["seconds"] for result in results], [], target=30),
        Row("peak memory of that process", [result["peak"] for result in results], [], 1000, "MB"),
    ]


def audit(folder: str) -> dict[str, float]:
    """Seconds to read and check every list in a folder, and the peak memory of the process."""
    from genbench_lite.audits.interval_checks import check_intervals
    from genbench_lite.headless import peak_memory_mb
    from genbench_lite.interval_set import Intervals

    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    started = time.perf_counter()
    n = 0
    for path in sorted(Path(folder).glob("*/metadata.yaml")):
        intervals = Intervals.from_folder(path.parent)
        n += len(intervals)
        check_intervals(intervals)
    return {"seconds": time.perf_counter() - started, "peak": peak_memory_mb(), "rows": n}


if __name__ == "__main__":
    print(json.dumps(audit(sys.argv[1])))
