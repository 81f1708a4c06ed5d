"""What every benchmark needs: run a side in a fresh process, pair the timings, print the table.

Both environments import this module, so it needs the standard library only.
"""

from __future__ import annotations

import collections
import hashlib
import json
import math
import os
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).parent
HEADER = ("what", "ours", "reference", "ratio: median (min to max)", "target", "reached")


class BenchmarkError(Exception):
    """A benchmark that cannot run, or whose two sides do not do the same."""


@dataclass(frozen=True)
class Row:
    """One row of the table.

    Parameters
    ----------
    what : str
    ours : list of float
        One value a repeat, in ``unit``.
    reference : list of float
        The value that was taken right after each of ours; empty where there is no counterpart.
    target : float, optional
        With a reference: how many times faster we want to be. Without: the most ours may be.
    unit : str
        ``s``, ``ms`` or ``MB``.
    """

    what: str
    ours: list[float]
    reference: list[float]
    target: float | None
    unit: str = "s"

    @property
    def ratios(self) -> list[float]:
        """Reference over ours, pair by pair: noise that lasts hits both of a pair."""
        if not self.reference:
            return []
        return [theirs / ours for ours, theirs in zip(self.ours, self.reference, strict=True)]

    @property
    def reached(self) -> bool | None:
        if self.target is None:
            return None
        if self.reference:
            return median(self.ratios) >= self.target
        return median(self.ours) <= self.target

    def cells(self) -> list[str]:
        if self.reference:
            ratio = f"{median(self.ratios):.1f} ({_range(self.ratios, '.1f')})"
            ours, theirs = (_quantity(median(v), self.unit) for v in (self.ours, self.reference))
            target = "–" if self.target is None else f"{self.target:g} times faster"
        else:
            digits = f".{_digits(median(self.ours))}f"
            ours = f"{_quantity(median(self.ours), self.unit)} ({_range(self.ours, digits)})"
            ratio = theirs = "–"
            target = "–" if self.target is None else f"at most {self.target:g} {self.unit}"
        reached = {None: "–", True: "yes", False: "**no**"}[self.reached]
        return [self.what, ours, theirs, ratio, target, reached]

    def to_json(self) -> dict[str, Any]:
        ratio = median(self.ratios) if self.reference else None
        return self.__dict__ | {"median_ratio": ratio, "reached": self.reached}


def table(rows: Iterable[Row]) -> str:
    """A Markdown table."""
    lines = [HEADER, ["---"] * len(HEADER), *(row.cells() for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def alternate(
    ours: Callable[[], Any], reference: Callable[[], Any], repeats: int
) -> list[tuple[Any, Any]]:
    """Call both in turn, A B A B, so that each pair meets the same neighbours on the machine."""
    return [(ours(), reference()) for _ in range(repeats)]


def run_side(
    python: str | Path, script: str, *arguments: str | Path, home: Path | None = None
) -> Any:
    """Run one task of one side in a fresh process.

    Parameters
    ----------
    python : path
        The interpreter of that side's environment.
    script : str
        ``our_side.py`` or ``reference_side.py``.
    arguments : str
        The task and what it takes.
    home : pathlib.Path, optional
        Home directory to pretend; the reference keeps its data there.

    Returns
    -------
    object
        What the task printed as JSON on its last line.
    """
    environment = os.environ | ({"HOME": str(home)} if home else {})
    command = [str(python), str(HERE / script), *map(str, arguments)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise BenchmarkError(f"{script} {arguments[0]} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def fingerprint(sequences: Iterable[str], classes: Iterable[str]) -> dict[str, Any]:
    """Rows, rows a class and a hash of all (class, sequence) pairs, whatever their order."""
    pairs = sorted(zip(classes, sequences, strict=True))
    lines = "\n".join(f"{cls}\t{letters}" for cls, letters in pairs)
    return {
        "rows": len(pairs),
        "classes": dict(sorted(collections.Counter(cls for cls, _ in pairs).items())),
        "sha256": hashlib.sha256(lines.encode()).hexdigest(),
    }


def _digits(value: float) -> int:
    """Decimals that show three significant digits."""
    return max(0, 2 - math.floor(math.log10(abs(value)))) if value else 0


def _quantity(value: float, unit: str) -> str:
    return f"{value:.{_digits(value)}f} {unit}"


def _range(values: list[float], digits: str) -> str:
    return f"{min(values):{digits}} to {max(values):{digits}}"
