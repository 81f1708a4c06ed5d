"""Every notebook keeps to the lesson template."""

from __future__ import annotations

import nbformat
import pytest

from genbench_lite import lessons
from genbench_lite.checkers.registry import CHECKERS
from genbench_lite.exercises import Quiz  # noqa: F401 - its module registers all checkers

from . import template

NOTEBOOKS = sorted(template.CHECKOUT.glob("notebooks/*.ipynb"))


def test_every_notebook_is_a_lesson_and_every_number_is_used_once():
    assert NOTEBOOKS
    assert lessons.list_lessons() == NOTEBOOKS
    numbers = [path.name[:2] for path in NOTEBOOKS]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_lesson_keeps_to_the_template(path):
    assert template.problems(path, template.repository(), CHECKERS) == []


def test_set_up_is_the_same_in_all_lessons():
    notebooks = {path.name: nbformat.read(path, as_version=4) for path in NOTEBOOKS}
    assert template.shared_setup_problems(notebooks) == []
