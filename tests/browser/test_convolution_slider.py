"""The filter slides by arrow keys, on a sequence that is typed, also on a narrow dark page."""

from __future__ import annotations

SLIDER = """
import numpy as np
import genbench_lite as gbl
sites = ["AGATAA", "TGATAA", "AGATAG", "CGATAA", "TGATAG", "AGATTA"]
weights = gbl.Motif.from_sites("sites", sites).weights().round(2).T
letters = "".join(np.random.default_rng(0).choice(list("ACGT"), 200))
gbl.widgets.ConvolutionSlider(letters[:60] + "AGATAA" + letters[66:], weights, bias=-4)
"""
SECONDS = 1000  # ms


def test_arrow_keys_slide_and_relu_and_pooling_come_on_demand(show):
    page = show(SLIDER)
    words = page.get_by_role("status").filter(has_text="Place ")
    words.get_by_text("Place 0, ").wait_for(timeout=60 * SECONDS)
    page.locator(".widget-slider .noUi-handle").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.get_by_text("Place 3, ").wait_for()
    assert page.get_by_role("img", name="The filter at position 3, on ").is_visible()
    page.keyboard.press("End")
    page.get_by_text("Place 194, ").wait_for()
    page.get_by_role("checkbox", name="ReLU").check()
    page.get_by_text("after the ReLU: 0.00").wait_for()
    page.get_by_label("Max pooling:").select_option("by 8")
    track = page.get_by_role("img", name="Pooling leaves 24 numbers")
    track.wait_for()
    track.scroll_into_view_if_needed()
    assert not page.get_by_role("alert").count()


def test_a_typed_sequence_is_taken_and_a_wrong_letter_told(show):
    page = show(SLIDER)
    field = page.get_by_label("Sequence (Enter takes it):")
    field.wait_for(timeout=60 * SECONDS)
    before = page.get_by_role("status").filter(has_text="Place ").inner_text()
    field.fill("CCAGAXAACC")
    field.press("Enter")
    page.get_by_text("'X' at position 5 is no base").wait_for()
    assert page.get_by_text(before).is_visible()
    assert field.input_value() == "CCAGAXAACC"
    field.fill("ccagataacc")
    field.press("Enter")
    page.get_by_text("Place 0, CCAGAT").wait_for()
    assert not page.get_by_role("alert").count()
    page.locator(".widget-slider .noUi-handle").focus()
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    page.get_by_text("Place 2, AGATAA").wait_for()


def test_on_a_narrow_dark_page_the_pictures_scroll(show, browser):
    browser.set_viewport_size({"width": 390, "height": 844})
    page = show(SLIDER)
    page.evaluate("jupyterapp.commands.execute('application:toggle-left-area')")
    page.evaluate(
        "jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})"
    )
    picture = page.get_by_role("img", name="The filter at position 0")
    picture.wait_for(timeout=60 * SECONDS)
    page.wait_for_selector("body[data-jp-theme-light='false']", state="attached")
    page.locator(".gbl-title").scroll_into_view_if_needed()
    frame = page.locator(".gbl-wide .widget-html-content")
    assert frame.evaluate("e => e.scrollWidth - e.clientWidth") > 100
    frame.evaluate("e => {e.scrollLeft = 90}")
    panel = page.locator(".gbl-panel").first.evaluate("e => e.scrollWidth - e.clientWidth")
    assert panel <= 1  # and nothing else sticks out
    page.locator(".widget-slider .noUi-handle").focus()
    page.keyboard.press("ArrowRight")
    page.get_by_text("Place 1, ").wait_for()
    assert frame.evaluate("e => e.scrollLeft") == 90  # it stays where one looks
