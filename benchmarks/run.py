"""Measure the package against the reference and print a Markdown table.

    python benchmarks/run.py [data] [composition] [audit] [models] [widgets]
                             [--repeats 5] [--json FILE]
    python benchmarks/run.py accuracy|words|explain

See README.md in this folder for what each row means.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from pathlib import Path

import accuracy
import audit
import composition
import data
import explain
import models
import widgets
import words
from measure import BenchmarkError, table

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / ".venv-reference" / "bin" / "python"
ARCHIVE = ROOT.parent / "shared" / "real" / "archives" / "human_nontata_promoters_v0.zip"
# a further group of rows is a module of its own, named here
GROUPS = {
    "data": data.rows,
    "composition": composition.rows,
    "audit": audit.rows,
    "models": models.rows,
    "widgets": widgets.rows,
}
# what takes minutes or hours has a table of its own, and runs only where it is named
LONG = {"accuracy": accuracy.run, "words": words.run, "explain": explain.run}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    known = [*GROUPS, *LONG]
    parser.add_argument("groups", nargs="*", metavar="group", help=f"of {', '.join(known)}")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every timing there, too")
    parser.add_argument(
        "--archive", type=Path, default=ARCHIVE, help="human_nontata_promoters_v0.zip"
    )
    parser.add_argument(
        "--reference", type=Path, default=REFERENCE, help="Python of the reference's environment"
    )
    chosen = parser.parse_args(arguments)
    for group in set(chosen.groups) - set(known):
        parser.error(f"there is no group {group!r}: choose from {', '.join(known)}")
    if chosen.repeats < 1:
        parser.error("--repeats takes at least 1")
    try:
        measure(chosen)
    except BenchmarkError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def measure(chosen: argparse.Namespace) -> None:
    if set(chosen.groups) != {"widgets"}:  # they have no counterpart
        require_reference(chosen)
    setting = data.Setting(chosen.reference, chosen.archive.resolve(), chosen.repeats)
    rows = [
        row for name in chosen.groups or GROUPS if name in GROUPS for row in GROUPS[name](setting)
    ]
    about = environment()
    print(f"{about['cores']} cores, load {about['load']}, Python {about['python']}\n")
    if rows:
        print(table(rows))
    for name in chosen.groups:
        if name in LONG:
            print(LONG[name](setting))
    if chosen.json:
        report = {"environment": about, "rows": [row.to_json() for row in rows]}
        chosen.json.write_text(json.dumps(report, indent=1) + "\n")


def require_reference(chosen: argparse.Namespace) -> None:
    if not chosen.reference.exists():
        raise BenchmarkError(
            f"There is no {chosen.reference}. Run `make bench`, which makes that environment."
        )
    if not chosen.archive.exists():
        raise BenchmarkError(
            f"There is no {chosen.archive}. Name a copy of human_nontata_promoters_v0.zip with "
            "--archive; Zenodo has it in record 16605299."
        )


def environment() -> dict[str, object]:
    """What one must know to compare two tables."""
    return {
        "cores": len(os.sched_getaffinity(0)),
        "load": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "platform": platform.platform(),
    }


if __name__ == "__main__":
    sys.exit(main())
