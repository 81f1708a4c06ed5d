"""``make lab`` as a learner meets it: the first lesson opens, runs and answers."""

from __future__ import annotations

import nbformat

import genbench_lite as gbl
from genbench_lite import lessons

from .lab import KERNEL_READY

MINUTE = 60_000  # ms


def run_cells(page, count: int) -> None:
    """Run the first cells one by one, as Shift+Enter does."""
    page.wait_for_function("window.jupyterapp?.shell?.currentWidget?.sessionContext")
    page.evaluate(KERNEL_READY)
    page.evaluate("jupyterapp.shell.currentWidget.content.activeCellIndex = 0")
    for _ in range(count):
        page.evaluate("jupyterapp.commands.execute('notebook:run-cell-and-select-next')")


def test_the_first_lesson_opens_trains_and_its_quiz_answers(page):
    page.get_by_role("heading", name="00 · Start here").wait_for(timeout=MINUTE)
    cells = nbformat.read(lessons.find_lesson("00"), as_version=4).cells
    first_quiz = next(i for i, cell in enumerate(cells) if cell.source.startswith("gbl.Quiz("))
    run_cells(page, first_quiz + 1)
    page.get_by_text("never trained on.", exact=False).last.wait_for(timeout=3 * MINUTE)

    quiz = gbl.Quiz(cells[first_quiz].source.split('"')[1])
    shown = page.locator(".jp-OutputArea-output", has_text=quiz.question[:40])
    shown.wait_for(timeout=MINUTE)
    shown.scroll_into_view_if_needed()
    right = next(option for option in quiz.options if option.right)
    wrong = next(option for option in quiz.options if not option.right)
    for option, verdict in ((wrong, "Not yet."), (right, "Right.")):
        shown.get_by_label(option.text).check()
        shown.get_by_text(verdict).wait_for(timeout=10_000)
        shown.get_by_text(option.explanation[:30]).wait_for(timeout=10_000)
    assert not page.locator(".jp-RenderedText[data-mime-type*='error']").count()


def test_a_solution_stays_folded_until_it_is_asked_for(page):
    page.get_by_role("heading", name="00 · Start here").wait_for(timeout=MINUTE)
    fold = page.locator("details", has_text="Solution").first
    fold.scroll_into_view_if_needed()
    code = fold.locator("pre")
    assert not code.is_visible()
    fold.locator("summary").click()
    code.wait_for(timeout=10_000)
