"""The arrows of the house point one way: no module imports, on loading, one that stands above it.

Imports inside functions are left out: they are how a method reaches a figure or an export that
is built on top of its own class.
"""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import genbench_lite

PACKAGE = Path(genbench_lite.__file__).parent
FLOORS = [
    {"errors", "paths", "sequence", "tables", "plot_styles"},
    {"sequence_set", "cards"},
    {"dataset", "fasta", "motif", "plots", "composition", "models"},
    {
        "archive",
        "intervals",
        "alignment",
        "motifs",
        "scanning",
        "kmers",
        "shuffling",
        "exports",
        "letters",
    },
    {"simulate", "demo", "comparing", "training", "sources", "exercises", "lessons"},
    {"fetch"},
    {"doctor", "cli"},
]


def imported(module: Path) -> set[str]:
    """Modules of the package that this one imports while it loads."""
    found = set()
    for node in ast.parse(module.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.level == 1:
            names = [node.module.split(".")[0]] if node.module else [a.name for a in node.names]
            found |= {name for name in names if (PACKAGE / f"{name}.py").exists()}
    return found


ARROWS = {path.stem: imported(path) for path in PACKAGE.glob("*.py") if path.stem != "__init__"}


def test_no_module_imports_itself_by_a_detour():
    assert len(list(TopologicalSorter(ARROWS).static_order())) == len(ARROWS)


def test_nothing_imports_from_a_floor_above():
    floor = {name: level for level, names in enumerate(FLOORS) for name in names}
    assert set(floor) <= set(ARROWS), "a module of the plan is gone: bring FLOORS up to date"
    upward = [
        f"{module} -> {other}"
        for module, others in ARROWS.items()
        for other in others
        if module in floor and floor.get(other, 0) > floor[module]
    ]
    assert not upward
