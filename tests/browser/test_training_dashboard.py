"""Start, watch and Stop a training in a real browser, while other cells run."""

from __future__ import annotations

import re

SET_UP = """
import torch
import genbench_lite as gbl

data = gbl.load("demo_open_chromatin_cells")
few, valid = data.train.subset(1500, seed=0), data.valid.subset(300, seed=0)
torch.manual_seed(0)
model = gbl.models.LiteCNN(n_classes=4)
untrained = gbl.predict(model, valid)
"""
BOARD = "board = gbl.widgets.TrainingDashboard(model, few, valid, epochs={}, {})\nboard"
SECONDS = 1000  # ms
LOSS = re.compile(r"^Loss \(nats\), epoch (\d+) of")


def epoch_shown(page) -> int:
    return int(LOSS.match(page.get_by_role("img", name=LOSS).get_attribute("aria-label"))[1])


def until(page, condition) -> None:
    for _ in range(300):
        if condition():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it never came")


def run_cell(page, number: int, code: str) -> None:
    """Type code into a cell and run it, while whatever runs goes on."""
    page.evaluate(
        """([number, code]) => {
            const notebook = jupyterapp.shell.currentWidget.content;
            notebook.activeCellIndex = number;
            notebook.activeCell.model.sharedModel.setSource(code);
            jupyterapp.commands.execute('notebook:run-cell');
        }""",
        [number, code],
    )


def test_curves_move_other_cells_run_and_stop_ends_it_early(show):
    page = show(SET_UP, BOARD.format(500, "seed=0"), "'a cell beside it'")
    status = page.get_by_role("status")
    status.get_by_text("Not trained yet").wait_for(timeout=90 * SECONDS)
    start, stop = (page.get_by_role("button", name=n, exact=True) for n in ("Start", "Stop"))
    assert stop.is_disabled()
    start.focus()
    page.keyboard.press("Space")
    page.get_by_role("progressbar").wait_for(timeout=30 * SECONDS)
    curve = page.get_by_role("img", name=LOSS)
    curve.wait_for()
    early = epoch_shown(page)
    page.get_by_text("watched validation sequences got another answer").wait_for()

    beside = "print('like the untrained one:', (gbl.predict(model, valid) == untrained).all())"
    run_cell(page, 2, beside)
    outputs = page.locator(".jp-Cell").nth(2).locator(".jp-OutputArea-output")
    outputs.get_by_text("like the untrained one: False").wait_for(timeout=30 * SECONDS)
    assert outputs.count() == 1  # nothing of the training went astray
    assert stop.is_enabled()
    until(page, lambda: epoch_shown(page) > early)

    stop.click()
    status.get_by_text("stopped by hand in epoch").wait_for(timeout=30 * SECONDS)
    assert start.is_enabled()
    ended = epoch_shown(page)
    assert early < ended < 500
    run_cell(page, 2, "print(board.history.stopped, gbl.predict(model, valid).shape)")
    outputs.get_by_text(re.compile(r"stopped by hand in epoch \d+ \(300, 4\)")).wait_for()

    start.click()  # it begins again
    until(page, lambda: curve.count() == 0 or epoch_shown(page) < ended)
    status.get_by_text("Training: epoch").wait_for()
    curve.wait_for()
    stop.click()
    status.get_by_text("stopped by hand").wait_for(timeout=30 * SECONDS)
    assert page.locator(".jp-Cell").nth(1).locator(".jp-OutputArea-output").count() == 1
    page.locator(".gbl-title").scroll_into_view_if_needed()


def test_an_error_in_the_thread_shows_in_the_widget(show):
    wrong = "def wrong(history, model):\n    raise ValueError('the callback is wrong')"
    page = show(SET_UP + wrong, BOARD.format(5, "callbacks=[wrong]"))
    start = page.get_by_role("button", name="Start", exact=True)
    start.click(timeout=90 * SECONDS)
    alert = page.get_by_role("alert")
    alert.wait_for(timeout=60 * SECONDS)
    assert alert.inner_text() == "ValueError: the callback is wrong"
    assert start.is_enabled()


def test_on_a_narrow_dark_page_a_training_can_be_watched(show, browser):
    browser.set_viewport_size({"width": 390, "height": 844})
    page = show(SET_UP, BOARD.format(2, "seed=0"))
    page.evaluate("jupyterapp.commands.execute('application:toggle-left-area')")
    page.evaluate(
        "jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})"
    )
    page.get_by_role("button", name="Start", exact=True).click(timeout=90 * SECONDS)
    page.get_by_role("status").get_by_text("Done: 2 epochs.").wait_for(timeout=60 * SECONDS)
    page.wait_for_selector("body[data-jp-theme-light='false']", state="attached")
    assert page.locator(".gbl-panel").first.evaluate("e => e.scrollWidth - e.clientWidth") <= 1
    page.get_by_role("button", name="Stop", exact=True).scroll_into_view_if_needed()
