"""The frame of all widgets in a real browser: clicks, keys, drops, errors, a kernel that goes."""

from __future__ import annotations

TOY = """
import time
from genbench_lite.interactive.clickable import ClickableHTML
from genbench_lite.interactive.panel import Guide, Panel

class Toy(Panel):
    title = "Toy"
    guide = Guide("Click a letter.", "What happens when you type?", "It changes.")

    def __init__(self):
        self.letters, self.said = "GATTACA", ""
        picture = ClickableHTML()
        picture.on_event(self.answering(self.act))
        super().__init__([], picture)

    def act(self, kind, key, detail):
        if detail == "x":
            raise ValueError("<script>no such base</script>")
        self.said = f"{kind} {key} {detail}".strip()
        if kind == "key":
            i = int(key)
            self.letters = self.letters[:i] + detail.upper() + self.letters[i + 1:]

    def draw(self):
        row = "".join(
            f'<span data-key="{i}" data-row="0" data-col="{i}" tabindex="0" role="button" '
            f'style="padding:4px">{b}</span>' for i, b in enumerate(self.letters)
        )
        return f'{row}<b data-drag="motif" draggable="true">motif</b><p id="said">{self.said}</p>'

Toy()
"""
SECONDS = 1000  # ms


def test_a_picture_answers_clicks_keys_and_drops(show):
    page = show(TOY)
    said = page.locator("#said")
    base = page.locator("[data-key='2']")
    base.click(timeout=60 * SECONDS)
    page.get_by_text("click 2").wait_for()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("g")
    page.get_by_text("key 3 g").wait_for()
    assert page.locator("[data-key]").all_inner_texts() == list("GATGACA")
    page.keyboard.press("ArrowLeft")  # the focus has survived the new picture
    page.keyboard.press("Enter")
    page.get_by_text("click 2").wait_for()
    page.locator("[data-drag]").drag_to(page.locator("[data-key='5']"))
    page.get_by_text("drop 5 motif").wait_for()
    assert said.count() == 1


def test_an_error_shows_and_goes_with_the_next_answer(show):
    page = show(TOY)
    page.locator("[data-key='2']").click(timeout=60 * SECONDS)
    page.keyboard.press("x")
    alert = page.get_by_role("alert")
    alert.wait_for()
    assert alert.inner_text() == "ValueError: <script>no such base</script>"
    page.keyboard.press("a")
    page.get_by_text("key 2 a").wait_for()
    assert not page.get_by_role("alert").count()


def test_a_note_says_that_the_kernel_has_gone(show):
    page = show(TOY)
    page.locator("[data-key='2']").wait_for(timeout=60 * SECONDS)
    note = page.get_by_text("The kernel that answered here has stopped.")
    assert not note.is_visible()
    page.evaluate("jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    note.wait_for(timeout=30 * SECONDS)
    assert page.locator("[data-key='2']").is_visible()
