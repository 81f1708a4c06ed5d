"""``make lab`` as a learner meets it: the first lesson opens, runs and answers."""

from __future__ import annotations

import re

KERNEL_READY = """async () => {
    const context = jupyterapp.shell.currentWidget.sessionContext;
    await context.ready;
    await context.session.kernel.info;
}"""


def run_cells(page, count: int) -> None:
    """Shift+Enter, as a learner presses it."""
    page.wait_for_function("window.jupyterapp?.shell?.currentWidget?.sessionContext")
    page.evaluate(KERNEL_READY)
    page.evaluate("jupyterapp.commands.execute('notebook:move-cursor-up')")
    page.evaluate("jupyterapp.shell.currentWidget.content.activeCellIndex = 0")
    for _ in range(count):
        page.evaluate("jupyterapp.commands.execute('notebook:run-cell-and-select-next')")


def test_the_first_lesson_opens_runs_and_its_quiz_answers(page):
    page.get_by_role("heading", name="00 · Start here").wait_for(timeout=60_000)
    run_cells(page, 11)
    page.get_by_text("train = SequenceSet(39,254 sequences of 200 bp").wait_for(timeout=60_000)

    quiz = page.locator(".jp-OutputArea-output", has_text="Why do we measure the accuracy")
    quiz.wait_for(timeout=60_000)
    quiz.scroll_into_view_if_needed()
    wrong, right = (
        quiz.get_by_label(re.compile(text)) for text in ("the test split is smaller", "not seen")
    )
    wrong.check()
    quiz.get_by_text("Not quite").or_(quiz.get_by_text("Not yet")).wait_for(timeout=10_000)
    right.check()
    quiz.get_by_text("Right").first.wait_for(timeout=10_000)
