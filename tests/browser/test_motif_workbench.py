"""The motif workbench in a real browser: mouse, keyboard, a narrow screen."""

from __future__ import annotations

import re

CELL = """
import genbench_lite as gbl
data = gbl.load("demo_open_chromatin_cells")
sites = ["AGATAA", "TGATAA", "AGATAG", "AGATAA", "CGATAA"] * 2
gbl.widgets.MotifWorkbench(gbl.Motif.from_sites("ten sites", sites), data.train.subset(400))
"""
START = 60_000  # ms, for the kernel


def test_mouse_and_keys_move_counts_logo_and_hits(show):
    page = show(CELL)
    panel = page.locator(".gbl-panel")
    status = panel.get_by_role("status").last
    table = panel.get_by_role("grid")
    table.wait_for(timeout=START)
    before = status.inner_text()
    logo = panel.get_by_label(re.compile("^Sequence logo of ten sites")).get_attribute("aria-label")
    table.get_by_label("more T at position 2").click()
    table.get_by_label("T at position 2: 1", exact=True).wait_for()
    assert status.inner_text() != before
    drawn = panel.get_by_label(re.compile("^Sequence logo of ten sites"))
    assert drawn.get_attribute("aria-label") != logo
    # the focus is on the button; the arrow leads to the next cell, and a number is typed there
    page.keyboard.press("ArrowRight")
    page.keyboard.press("1")
    page.keyboard.press("2")
    table.get_by_label("T at position 3: 12", exact=True).wait_for()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("+")
    table.get_by_label("G at position 3: 1", exact=True).wait_for()
    page.keyboard.press("z")
    panel.get_by_role("alert").get_by_text("'z' is no count").wait_for()
    page.keyboard.press("-")
    table.get_by_label("G at position 3: 0", exact=True).wait_for()
    table.get_by_label("cut position 6").click()
    panel.get_by_text("5 positions").wait_for()
    panel.get_by_role("button", name="Reset").click()
    panel.get_by_text("6 positions").wait_for()
    assert status.inner_text() == before
    page.keyboard.press("Tab")  # from the last button to the one cell that Tab reaches
    assert page.evaluate("document.activeElement.dataset.key") == "0:0"
    panel.get_by_text("Motif workbench").scroll_into_view_if_needed()


def test_a_wide_table_stays_where_it_is_on_a_phone_in_the_dark(show):
    page = show(CELL)
    panel = page.locator(".gbl-panel")
    panel.get_by_role("grid").wait_for(timeout=START)
    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate("jupyterapp.commands.execute('application:toggle-left-area')")
    theme = "jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})"
    page.evaluate(theme)
    panel.get_by_label("p of a hit:").select_option("0.01")
    panel.get_by_text("random letters would give about").wait_for()
    last = panel.get_by_role("grid").get_by_label("more C at position 6")
    last.click()
    panel.get_by_role("grid").get_by_label("C at position 6: 1", exact=True).wait_for()
    box = panel.locator("[data-scroll]")
    assert box.evaluate("found => found.scrollLeft") > 50
    assert page.evaluate("document.activeElement.dataset.key") == "5:1:+"
    assert panel.evaluate("found => found.scrollWidth <= found.clientWidth + 1")
    handle = panel.locator(".widget-slider .noUi-handle")
    handle.focus()
    page.keyboard.press("Home")
    panel.get_by_text("a weight would be minus infinity").wait_for()
    page.keyboard.press("ArrowRight")
    panel.get_by_text("random letters would give about").wait_for()
    panel.get_by_role("grid").scroll_into_view_if_needed()
