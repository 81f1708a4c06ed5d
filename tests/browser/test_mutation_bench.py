"""MutationBench in a real browser: letters clicked and typed, motifs dragged, a phone."""

from __future__ import annotations

import pytest

TOY = """
import torch
from torch.nn import functional as F
import genbench_lite as gbl

class Gata(torch.nn.Module):
    '''The second logit is 3 for each letter of GATA at the best place, less 8.'''

    def __init__(self):
        super().__init__()
        self.word = torch.from_numpy(gbl.sequence.one_hot(gbl.sequence.encode("GATA").copy()[None]))

    def forward(self, x):
        best = F.conv1d(x, self.word).amax(2)
        return torch.cat([torch.zeros_like(best), 3 * best - 8], 1)

random = gbl.sequence.decode(torch.randint(1, 4, (250,), generator=torch.manual_seed(0)).numpy())
letters = random[:62] + "CCGATACC" + random[70:]
bench = gbl.widgets.MutationBench(Gata(), letters, ["other", "open"], motifs=["GATA", "TGACTCA"])
"""
DARK = "jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})"
SECONDS = 1000  # ms


def letter(page, position):
    return page.locator(f"[data-key='{position}']")


def in_view(page):
    """Scroll the notebook, so that the picture kept of the page shows the widget."""
    page.locator(".gbl-panel").evaluate("one => one.scrollIntoView()")


def narrow(page, width, height):
    """Make the window small and fold the list of files; nothing of the widget is cut off."""
    page.set_viewport_size({"width": width, "height": height})
    if page.locator("#jp-left-stack").is_visible():
        page.evaluate("jupyterapp.commands.execute('application:toggle-left-area')")
    page.wait_for_timeout(500)  # JupyterLab lays its panels out anew
    assert page.locator(".gbl-panel").evaluate("one => one.scrollWidth <= one.clientWidth")


@pytest.fixture
def opened(show):
    """The widget, ready."""
    page = show(TOY + "bench")
    letter(page, 64).wait_for(timeout=60 * SECONDS)
    yield page
    assert not page.get_by_role("alert").count()
    in_view(page)


def test_letters_are_clicked_typed_and_walked_to(opened):
    page = opened
    letter(page, 0).click()
    page.get_by_text("1 of 250 letters changed").wait_for()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("a")
    page.get_by_text("2 of 250 letters changed").wait_for()
    assert letter(page, 1).inner_text().splitlines()[0] == "A"
    page.keyboard.press("ArrowRight")  # the focus has survived two new pictures
    assert letter(page, 2).evaluate("one => one === document.activeElement")

    letter(page, 64).focus()  # the G of GATA
    page.keyboard.press("c")
    page.get_by_text("+4.00 before, +1.00 now").wait_for()
    page.get_by_role("cell", name="73.1%").wait_for()
    assert letter(page, 64).get_attribute("aria-label") == "position 64, C, was G"


def test_the_most_damaging_change_is_found_made_and_undone(opened):
    page = opened
    page.get_by_role("button", name="Find the most damaging change").click()
    page.get_by_text("changes the contrast by -3.00.").wait_for()
    found = page.locator(".gbl-panel .found")
    assert 64 <= int(found.get_attribute("data-key")) < 68
    assert found.get_attribute("tabindex") == "0"
    page.get_by_role("button", name="Make it").click()
    page.get_by_text("+4.00 before, +1.00 now").wait_for()
    page.get_by_role("button", name="Undo", exact=True).click()
    page.get_by_text("0 of 250 letters changed").wait_for()
    page.get_by_role("button", name="Find the most damaging change").press("Enter")
    page.get_by_text("changes the contrast by -3.00.").wait_for()
    narrow(page, 640, 450)  # as a window of 1280 by 900 at 200% zoom


def test_a_motif_is_dragged_or_put_in_by_keys(opened):
    page = opened
    in_view(page)
    page.locator("[data-drag='1']").drag_to(letter(page, 63))
    page.get_by_text("TGACTCA begins at position 63.").wait_for()
    page.get_by_text("now. TGACTCA").wait_for()
    assert "".join(letter(page, i).inner_text()[0] for i in range(63, 70)) == "TGACTCA"
    page.locator("[data-drag='0']").focus()
    page.keyboard.press("Enter")
    page.get_by_text("GATA is chosen.").wait_for()
    letter(page, 10).focus()
    page.keyboard.press("Enter")
    page.get_by_text("GATA begins at position 10.").wait_for()
    page.get_by_text("+4.00 before, +4.00 now").wait_for()


def test_a_phone_in_the_dark_with_a_sequence_too_long_to_draw(show):
    page = show(TOY + "gbl.widgets.MutationBench(Gata(), letters * 4, ['GM12878', 'hESCT0'])")
    page.evaluate(
        "jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})"
    )
    letter(page, 0).wait_for(timeout=60 * SECONDS)
    narrow(page, 390, 844)
    own = page.get_by_label("Own sequence")
    own.fill("ACGX")
    page.get_by_role("button", name="Use it").click()
    alert = page.get_by_role("alert")
    alert.wait_for()
    assert alert.inner_text().startswith("'X' at position 3 is not a DNA letter.")
    assert own.input_value() == "ACGX"

    handle = page.locator(".noUi-handle")
    handle.focus()
    page.keyboard.press("ArrowRight")
    letter(page, 349).wait_for()
    assert not letter(page, 0).count()
    assert not page.get_by_role("alert").count()
    in_view(page)
