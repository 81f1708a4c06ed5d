"""ThresholdExplorer in a real browser: sliders by keys, a class to choose; wide, and on a phone."""

from __future__ import annotations

SECONDS = 1000  # ms
CELL = """
import numpy as np
import genbench_lite as gbl
rng = np.random.default_rng(0)
labels = rng.integers(0, 3, 3000)
scores = np.exp(rng.normal(size=(3000, 3)) + 1.5 * np.eye(3)[labels])
gbl.widgets.ThresholdExplorer(
    (labels, scores / scores.sum(1, keepdims=True)), ["GM12878", "HepG2", "K562"]
)
"""


def test_keys_move_the_threshold_and_rare_positives_cost_precision(show):
    page = show(CELL)
    panel = page.locator(".gbl-panel")
    panel.get_by_text("probability 0.500 or more").wait_for(timeout=60 * SECONDS)
    panel.locator(".noUi-handle").first.focus()
    page.keyboard.press("ArrowRight")
    panel.get_by_text("probability 0.505 or more").wait_for()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    panel.get_by_text("probability 0.495 or more").wait_for()
    roc = panel.get_by_role("img").nth(1)
    before = roc.get_attribute("aria-label")
    panel.locator(".noUi-handle").nth(1).focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    panel.get_by_text("If 1.0% of all rows were GM12878").wait_for()
    assert roc.get_attribute("aria-label") == before
    panel.get_by_label("Positives:").select_option("K562")
    panel.get_by_text("Called K562").wait_for()
    assert panel.get_by_role("img").count() == 3
    assert not page.get_by_role("alert").count()
    panel.scroll_into_view_if_needed()


def test_decisions_on_a_dark_phone(show, browser):
    browser.set_viewport_size({"width": 390, "height": 844})
    page = show(CELL)
    page.locator(".gbl-panel [role=img]").first.wait_for(timeout=60 * SECONDS)
    page.evaluate("jupyterapp.commands.execute('application:toggle-left-area')")
    page.evaluate(
        "jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})"
    )
    page.locator("body[data-jp-theme-light='false']").wait_for(state="attached")
    panel = page.locator(".gbl-panel")
    panel.locator(".widget-readout").first.fill("0.8")
    page.keyboard.press("Enter")
    panel.get_by_text("probability 0.800 or more").wait_for()
    assert panel.evaluate("one => one.scrollWidth - one.clientWidth") <= 1
    panel.get_by_role("img").first.scroll_into_view_if_needed()
