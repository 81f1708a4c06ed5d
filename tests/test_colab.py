"""On Colab the set-up cell installs the bare package, and what Colab has stays as it is."""

from __future__ import annotations

import importlib.metadata
import os
import sys
import types

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager
from lessons import template
from packaging.requirements import Requirement
from test_repository import PROJECT, ROOT

from genbench_lite import lessons

PINS = [
    Requirement(line)
    for line in (ROOT / "tests" / "colab-constraints.txt").read_text().splitlines()
    if not line.startswith("#")
]


def run_set_up() -> list[tuple[str, str]]:
    """Run the set-up cell that all lessons share; return the magics that it called."""
    cells = nbformat.read(lessons.find_lesson("00"), as_version=4).cells
    (cell,) = (cell for cell in cells if "setup" in cell.metadata.get("tags", ()))
    called: list[tuple[str, str]] = []
    shell = types.SimpleNamespace(run_line_magic=lambda *magic: called.append(magic))
    exec(TransformerManager().transform_cell(cell.source), {"get_ipython": lambda: shell})
    return called


def test_on_colab_the_bare_package_is_installed_and_nothing_else(monkeypatch):
    monkeypatch.setitem(sys.modules, "google.colab", types.ModuleType("google.colab"))
    address = f"git+https://github.com/{template.repository()}"
    assert run_set_up() == [("pip", f'install -q "genbench-lite @ {address}"')]


def test_elsewhere_nothing_is_installed():
    assert run_set_up() == []


def test_colab_has_what_the_pins_promise_to_cover():
    named = {pin.name for pin in PINS}
    assert {"torch", "ipywidgets", "anywidget", "numpy", "pandas", "matplotlib"} == named


@pytest.mark.parametrize("pin", PINS, ids=lambda pin: pin.name)
def test_the_package_asks_for_no_other_version_than_colab_has(pin):
    (wanted,) = (r for r in map(Requirement, PROJECT["dependencies"]) if r.name == pin.name)
    (specifier,) = pin.specifier
    assert wanted.specifier.contains(specifier.version.replace("*", "0"))


@pytest.mark.skipif(
    os.environ.get("GENBENCH_LITE_COLAB") != "1", reason="for the environment of make test-colab"
)
@pytest.mark.parametrize("pin", PINS, ids=lambda pin: pin.name)
def test_installing_the_package_has_changed_no_version_that_colab_has(pin):
    assert pin.specifier.contains(importlib.metadata.version(pin.name).partition("+")[0])
