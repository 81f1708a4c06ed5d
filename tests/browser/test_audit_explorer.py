"""AuditExplorer in a real browser: arrow keys, a choice, two buttons; wide, and on a phone."""

from __future__ import annotations

SECONDS = 1000  # ms
CELL = """
import genbench_lite as gbl
explorer = gbl.widgets.AuditExplorer(gbl.published_intervals("human_ensembl_regulatory"))
explorer
"""
SMALL = """
import numpy as np
import genbench_lite as gbl
rows = gbl.published_intervals("human_ocr_ensembl")
rows = rows.take(np.random.default_rng(0).choice(len(rows), 300, replace=False))
gbl.widgets.AuditExplorer(rows)
"""


def test_arrow_keys_move_the_threshold_and_the_rule_follows(show):
    page = show(CELL)
    panel = page.locator(".gbl-panel")
    rule = panel.get_by_role("status").filter(has_text="Rule:")
    rule.wait_for(timeout=60 * SECONDS)
    before = rule.inner_text()
    handle = panel.locator(".noUi-handle")
    handle.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "before => ![...document.querySelectorAll('.gbl-panel [role=status]')]"
        ".some(one => one.innerText === before)",
        arg=before,
    )
    panel.locator(".widget-readout").fill("250")
    page.keyboard.press("Enter")
    panel.get_by_text("longer than 250 bp").wait_for()
    assert panel.get_by_role("img").count() == 2
    assert "250 bp" in panel.get_by_role("img").first.get_attribute("aria-label")
    panel.get_by_role("button", name="Choose on training rows").click()
    panel.get_by_text("so their figure is fair").wait_for()
    panel.get_by_label("Shortcut:").select_option("Overlap with a training row")
    panel.get_by_text("covered by one training row").wait_for()
    panel.get_by_label("Shortcut:").select_option("Length")
    panel.get_by_role("button", name="Choose on training rows").press("Enter")
    panel.get_by_text("so their figure is fair").wait_for()
    assert not page.get_by_role("alert").count()
    panel.scroll_into_view_if_needed()


def test_an_audit_on_a_dark_phone(show, browser):
    browser.set_viewport_size({"width": 390, "height": 844})
    page = show(SMALL)
    page.locator(".gbl-panel [role=img]").first.wait_for(timeout=60 * SECONDS)
    page.evaluate("jupyterapp.commands.execute('application:toggle-left-area')")
    page.evaluate(
        "jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})"
    )
    page.locator("body[data-jp-theme-light='false']").wait_for(state="attached")
    panel = page.locator(".gbl-panel")
    panel.get_by_role("button", name="Choose on test rows").click()
    panel.get_by_text("Chosen on the test rows, to please them").wait_for()
    assert panel.evaluate("one => one.scrollWidth - one.clientWidth") <= 1
    picture = panel.get_by_role("img").first
    assert picture.evaluate("one => getComputedStyle(one).backgroundColor") == "rgb(255, 255, 255)"
    picture.scroll_into_view_if_needed()
