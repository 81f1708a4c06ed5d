"""Run the lessons as a learner would and write what they took into the README's table.

A lesson that is not named keeps its row. Time is that of the whole run on two threads, the start
of the kernel included; memory is the kernel's largest.

    python scripts/lesson_costs.py LESSON... | --all
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

import nbformat

from genbench_lite import lessons

README = Path(__file__).resolve().parents[1] / "README.md"
START, END = "<!-- lesson costs -->\n", "<!-- /lesson costs -->\n"
HEADER = "| lesson | the computer works for | memory |\n|---|---|---|\n"
NOT_YET = "not measured"
THREADS = "2"  # what Binder and Colab lend


def split(text: str) -> tuple[str, str, str]:
    """The README before, within and after the markers."""
    before, found_start, rest = text.partition(START)
    table, found_end, after = rest.partition(END)
    if not (found_start and found_end):
        raise SystemExit(f"{README.name} lacks the markers {START.strip()} and {END.strip()}.")
    return before + START, table, END + after


def read(table: str) -> dict[str, str]:
    """Rows by the number of their lesson."""
    rows = [line for line in table.splitlines() if line[:3].removeprefix("| ").isdigit()]
    return {line[2:4]: line for line in rows}


def row(number: str, seconds: float, megabytes: float | None) -> str:
    memory = NOT_YET if megabytes is None else f"{megabytes / 1000:.1f} GB"
    return f"| {number} | {max(round(seconds / 60), 1)} min | {memory} |"


def render(rows: dict[str, str]) -> str:
    """The table with a row for every lesson, measured or not."""
    numbers = [path.name[:2] for path in lessons.list_lessons()]
    lines = [rows.get(n, f"| {n} | {NOT_YET} | {NOT_YET} |") for n in numbers]
    return HEADER + "\n".join(lines) + "\n"


def measure(path: Path) -> tuple[float, float | None]:
    with tempfile.TemporaryDirectory() as folder:
        copy = lessons.run_lesson(path, Path(folder, path.name))
        measured = nbformat.read(copy, as_version=4).metadata.genbench_lite
    return measured["seconds"], measured["peak_memory_mb"]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("lessons", nargs="*", metavar="LESSON", help="such as 00")
    parser.add_argument("--all", action="store_true", help="every lesson")
    options = parser.parse_args()
    if bool(options.lessons) == options.all:
        parser.error("name lessons, or give --all")
    named = [lessons.find_lesson(name) for name in options.lessons] or lessons.list_lessons()
    os.environ["OMP_NUM_THREADS"] = THREADS
    split(README.read_text(encoding="utf-8"))  # before the long part
    for path in named:
        new = row(path.name[:2], *measure(path))
        # Read anew each time: a lesson takes minutes, and somebody may edit meanwhile.
        before, table, after = split(README.read_text(encoding="utf-8"))
        written = before + render({**read(table), path.name[:2]: new}) + after
        README.write_text(written, encoding="utf-8", newline="\n")
        print(new, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
