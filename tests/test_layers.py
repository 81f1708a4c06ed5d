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
# A folder stands for all modules in it that are not named themselves.
FLOORS = [
    {"errors", "paths", "sequence", "tables", "wheels", "figures.plot_styles", "audits.findings"},
    {"sequence_set", "cards", "networks.batching"},
    {"dataset", "reading.fasta", "motif", "plots", "composition"},
    {
        "alignment",
        "browsing",
        "interval_set",
        "intervals",
        "kmers",
        "motifs",
        "networks",
        "patterns",
        "reading",
        "scanning",
        "shuffling",
        "figures.letters",
    },
    {"models", "simulation", "comparing", "demo", "exercises", "lessons", "explanations"},
    {"simulate", "surveys", "training", "audits", "attribution", "figures"},
    {"fetch", "auditing", "custom"},
    {"leaderboard", "sweeps"},
    {"interactive.panel", "interactive.clickable"},
    {"interactive"},
    {"widgets"},
    {"bundling", "doctor", "cli", "audits.audit_command", "sweeps.sweep_command"},
]


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


MODULES = {name_of(path): path for path in PACKAGE.rglob("*.py") if path.stem != "__init__"}


def imported(name: str) -> set[str]:
    """Modules of the package that this one imports while it loads."""
    found = set()
    for node in ast.parse(MODULES[name].read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.level:
            home = name.split(".")[: -node.level]
            base = [*home, *(node.module.split(".") if node.module else [])]
            found |= {".".join(base), *(".".join([*base, a.name]) for a in node.names)}
    return found & set(MODULES)


ARROWS = {name: imported(name) for name in MODULES}


def floor(name: str) -> int | None:
    for level, names in enumerate(FLOORS):
        if name in names:
            return level
    folder = name.partition(".")[0]
    return floor(folder) if folder != name else None


def test_no_module_imports_itself_by_a_detour():
    assert len(list(TopologicalSorter(ARROWS).static_order())) == len(ARROWS)


def test_the_plan_names_what_is_there():
    folders = {name.rpartition(".")[0] for name in MODULES}
    assert set().union(*FLOORS) <= set(MODULES) | folders


def test_every_module_has_its_floor():
    homeless = {name for name in MODULES if floor(name) is None}
    assert {name for name in homeless if not name.startswith(("checkers.", "headless"))} == set()


def test_nothing_imports_from_a_floor_above():
    upward = [
        f"{name} -> {other}"
        for name, others in ARROWS.items()
        for other in others
        if floor(name) is not None and (floor(other) or 0) > floor(name)
    ]
    assert not upward
