"""The pictures of MutationBench, as HTML."""

import re
from html.parser import HTMLParser

import numpy as np
import pytest

from genbench_lite.figures.mutation_plots import editable_logo, motif_chips, prediction_bars

LETTERS = "ACGTACGTACGTACGTACGTACGTA"


def values_of(letters, heights):
    table = np.zeros((4, len(letters)), np.float32)
    for i, (letter, height) in enumerate(zip(letters, heights, strict=True)):
        if letter != "N":
            table["ACGT".index(letter), i] = height
    return table


class Tags(HTMLParser):
    def __init__(self, shown):
        super().__init__()
        self.open, self.seen = [], []
        self.feed(shown)
        assert not self.open

    def handle_starttag(self, tag, attributes):
        self.seen.append((tag, dict(attributes)))
        self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.seen.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def elements(shown, tag):
    return [attributes for name, attributes in Tags(shown).seen if name == tag]


def test_class_names_and_motif_names_are_escaped():
    bars = prediction_bars(["<i>a", "b"], np.array([0.5, 0.5]), np.array([1.0, 0.0]), 0)
    assert "&lt;i&gt;a" in bars
    assert "<i>" not in bars
    assert "<i>" not in motif_chips([("<i>", "ACGT")], None)


def test_bars_are_as_long_as_the_numbers_say():
    bars = prediction_bars(["a", "b"], np.array([0.25, 0.75]), np.array([0.9, 0.1]), 1)
    widths = re.findall(r"width:([\d.]+)%", bars)
    assert widths == ["25.0", "90.0", "75.0", "10.0"]
    assert re.findall(r">([\d.]+%)<", bars) == [
        "25.0%",
        "90.0%",
        "75.0%",
        "10.0%",
    ]
    asked = [row for row in bars.split("<tr")[1:] if 'class="asked"' in row]
    assert len(asked) == 1
    assert ">b<" in asked[0]


def test_every_letter_can_be_clicked_and_one_is_reached_by_tab():
    shown = editable_logo(values_of(LETTERS, [1.0] * 25), LETTERS, LETTERS, cursor=7)
    spans = elements(shown, "span")
    assert [one["data-key"] for one in spans] == [str(i) for i in range(25)]
    assert [one["data-col"] for one in spans if one["tabindex"] == "0"] == ["7"]
    assert spans[3]["aria-label"] == "position 3, T"


def test_a_picture_alone_has_nothing_to_click():
    shown = editable_logo(values_of(LETTERS, [1.0] * 25), LETTERS, LETTERS)
    assert "data-key" not in shown
    assert "tabindex" not in shown


def test_changed_letters_show_what_they_were():
    now = "C" + LETTERS[1:]
    shown = editable_logo(values_of(now, [1.0] * 25), now, LETTERS, cursor=0, found=4)
    first, *rest = elements(shown, "span")
    assert first["class"] == "changed"
    assert first["aria-label"] == "position 0, C, was A"
    assert "<small>A</small>" in shown
    assert [one.get("class") for one in rest].count("found") == 1
    assert rest[3]["class"] == "found"


def test_a_window_begins_and_ends_where_it_says():
    shown = editable_logo(
        values_of(LETTERS, range(25)), LETTERS, LETTERS, window=(5, 17), cursor=None
    )
    assert len(elements(shown, "span")) == 12
    labels = [one["aria-label"] for one in elements(shown, "svg")]
    assert labels == [
        "Attribution of positions 5 to 14; largest: G at 14, +14",
        "Attribution of positions 15 to 16; largest: A at 16, +16",
    ]


def test_letters_stand_up_or_hang_and_share_a_scale():
    def heights(shown):
        return [float(n) for n in re.findall(r"matrix\([\d.]+ 0 0 (\S+) ", shown)]

    one = values_of("ACG", [2.0, -1.0, 0.5])
    up, down, low = heights(editable_logo(one, "ACG", "ACG"))
    assert up < 0 < down  # down is positive in SVG
    assert up == pytest.approx(-2 * down, abs=0.02)
    assert low == pytest.approx(up / 4, abs=0.02)
    smaller = heights(editable_logo(one / 2, "ACG", "ACG", scale_of=one))
    assert smaller == pytest.approx([up / 2, down / 2, low / 2], abs=0.02)


def test_nothing_to_say_draws_no_letters():
    shown = editable_logo(np.zeros((4, 3)), "ANC", "ANC", cursor=0)
    assert "matrix(" not in shown
    assert len(elements(shown, "span")) == 3


def test_unknown_letters_have_no_height():
    assert editable_logo(values_of("ANC", [1, 1, 1]), "ANC", "ANC").count("matrix(") == 2


def test_the_chosen_motif_is_told_apart_for_everybody():
    chips = elements(motif_chips([("GATA2", "AGATAA"), ("TGAC", "TGAC")], 1), "span")
    assert [one["aria-pressed"] for one in chips] == ["false", "true"]
    assert [one["data-drag"] for one in chips] == ["0", "1"]
    assert motif_chips([("TGAC", "TGAC")], None).count("TGAC") == 1
