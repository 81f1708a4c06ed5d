"""The sequence explorer in a real browser: choose, turn pages, type, scroll."""

from __future__ import annotations

import re

CELL = """
import numpy as np
import genbench_lite as gbl
gbl.widgets.SequenceExplorer(gbl.load("demo_open_chromatin_cells").train)
"""
LONG = """
import numpy as np
import genbench_lite as gbl
rng = np.random.default_rng(0)
texts = ["".join(rng.choice(list("ACGT"), n)) for n in (100, 5000)]
texts[1] = texts[1][:4000] + "GATTACAGATTACA" + texts[1][4014:]
gbl.widgets.SequenceExplorer(gbl.SequenceSet.from_strings(texts, [1, 0], ["long", "short"]))
"""
START = 60_000  # ms, for the kernel


def test_pages_orders_and_patterns_answer(show):
    page = show(CELL)
    panel = page.locator(".gbl-panel")
    status = panel.get_by_role("status").last
    panel.get_by_text("1 of 39,254").wait_for(timeout=START)
    panel.get_by_role("button", name="Next").click()
    panel.get_by_text("2 of 39,254").wait_for()
    panel.get_by_label("Class:").select_option("K562")
    panel.get_by_text("1 of 9,769").wait_for()
    panel.get_by_label("Find:").press_sequentially("GATAAG")
    panel.get_by_text("Places of GATAAG here").wait_for()
    panel.get_by_label("Order:").select_option("most matches first")
    panel.get_by_text(re.compile(r"Places of GATAAG here: [2-9]")).wait_for()
    assert "class K562" in status.inner_text()
    marked = panel.locator("svg path[fill='#0072B2']:not([fill-opacity])")
    other = panel.locator("svg path[fill='#D55E00']:not([fill-opacity])")
    assert marked.count() + other.count() >= 2
    panel.get_by_label("Number:").fill("9769")
    panel.get_by_label("Number:").press("Enter")
    panel.get_by_text("9,769 of 9,769").wait_for()
    panel.get_by_label("Find:").fill("GATX")
    panel.get_by_role("alert").get_by_text("'X' at position 3 of the pattern").wait_for()
    panel.get_by_label("Find:").fill("WGATAR")
    panel.get_by_text("Places of WGATAR here").wait_for()
    assert not panel.get_by_role("alert").count()
    panel.get_by_text("Sequence explorer").scroll_into_view_if_needed()


def test_a_long_sequence_scrolls_on_a_phone_in_the_dark(show):
    page = show(LONG)
    panel = page.locator(".gbl-panel")
    panel.get_by_text("1 of 2").wait_for(timeout=START)
    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate("jupyterapp.commands.execute('application:toggle-left-area')")
    theme = "jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})"
    page.evaluate(theme)
    assert not panel.locator(".widget-slider").is_visible()
    panel.get_by_label("Class:").select_option("long")
    panel.get_by_text("5,000 bp").wait_for()
    panel.get_by_label("Find:").fill("GATTACAGATTACA")
    panel.get_by_text("Places of GATTACAGATTACA here: 1").wait_for()
    handle = panel.locator(".widget-slider .noUi-handle")
    handle.focus()
    page.keyboard.press("ArrowRight")
    panel.get_by_label(re.compile(r"^Positions 100 to 399 of 5,000 bp")).wait_for()
    for _ in range(10):
        page.keyboard.press("PageUp")
    last = panel.get_by_label(re.compile(r"^Positions 4,700 to 4,999 of 5,000 bp"))
    last.wait_for()
    blocks = last.locator("svg")
    assert blocks.count() == 30
    # the lines break instead of letters shrinking or the page growing
    tops = blocks.evaluate_all("found => found.map((svg) => svg.getBoundingClientRect().top)")
    assert len(set(tops)) >= 10
    assert panel.evaluate("found => found.scrollWidth <= found.clientWidth + 1")
    panel.get_by_label("Find:").scroll_into_view_if_needed()
