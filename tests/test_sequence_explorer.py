"""The sequence explorer: its drawings, and the widget driven without a browser."""

from __future__ import annotations

import re

import numpy as np
import pytest

from genbench_lite import sequence
from genbench_lite.errors import DataError
from genbench_lite.figures.sequence_plots import Matches, legend, overview_svg, sequence_html
from genbench_lite.interactive.sequence_explorer import ORDERS, WINDOW, SequenceExplorer
from genbench_lite.patterns import pattern_matches
from genbench_lite.sequence_set import SequenceSet

TEXTS = ["GATTACA", "GCGC", "CCGATAAGCC" * 2, "ANNNTA", "TTATCA", "NNN"]


def toy(**changes) -> SequenceSet:
    parts = {"sequences": TEXTS, "labels": [0, 0, 1, 1, 1, 0], "classes": ["<no>", "yes"]}
    return SequenceSet.from_strings(**(parts | changes))


@pytest.fixture
def explorer():
    return SequenceExplorer(toy())


def drawn_letters(drawing: str) -> str:
    """The letters of a drawing, from left to right."""
    placed = []
    for block, svg in enumerate(re.findall(r"<svg.*?</svg>", drawing)):
        for xs, letters in re.findall(r'<text x="([\d. ]+)" y="\d+" [^>]*>([ACGTN]+)</text>', svg):
            placed += zip([(block, float(x)) for x in xs.split()], letters, strict=True)
    return "".join(letter for _, letter in sorted(placed))


def status(widget: SequenceExplorer) -> str:
    return re.search(r'role="status"[^>]*>(.*?)</div>', widget.picture.value, re.DOTALL)[1]


@pytest.mark.parametrize("window", [(0, 0), (-1, 4), (3, 99), (4, 2)])
def test_a_window_outside_of_the_sequence_is_refused(window):
    for draw in (sequence_html, overview_svg):
        with pytest.raises(DataError, match="not within 7 letters"):
            draw(sequence.encode("GATTACA"), window)


def test_an_empty_sequence_is_refused():
    with pytest.raises(DataError, match="0 letters"):
        sequence_html(sequence.encode(""))


def test_every_letter_of_the_window_is_drawn_once_in_its_place():
    text = "GATTACANNGCGCATATTTACCAGTNA"
    codes = sequence.encode(text)
    assert drawn_letters(sequence_html(codes)) == text
    assert drawn_letters(sequence_html(codes, (7, 20))) == text[7:20]
    matches = Matches(*pattern_matches(codes, "CAG"), 3)
    assert drawn_letters(sequence_html(codes, matches=matches)) == text


def test_only_the_letters_of_matches_keep_their_colour():
    codes = sequence.encode("AAAGATAAGTTATCAAA")
    matches = Matches(*pattern_matches(codes, "GATAA"), 5)
    drawing = sequence_html(codes, matches=matches)
    bright = re.findall(r'fill-opacity="1" d="[^"]*"/><text [^>]*>([ACGTN]+)<', drawing)
    assert sorted("".join(bright)) == sorted("GATAA" + "TTATC")
    assert "1 on the + strand, 1 on the - strand" in drawing


def test_a_match_over_the_end_of_a_block_is_marked_in_both():
    codes = sequence.encode("CCCCCCCCGATAAGCCCC")  # eight letters, then the match
    drawing = sequence_html(codes, matches=Matches(*pattern_matches(codes, "GATAAG"), 6))
    body, head = re.findall(r'<path fill="#0072B2" d="([^"]*)"/>', drawing)
    assert ("L" in body, "L" in head) == (False, True)  # only the end is pointed


def test_the_strip_marks_matches_and_the_window():
    codes = sequence.encode("GATAAG" + "C" * 1000 + "CTTATC" + "N" * 50)
    strip = overview_svg(codes, (0, WINDOW), Matches(*pattern_matches(codes, "GATAAG"), 6))
    assert strip.count("v6") == 2
    assert "positions 0 to 299 are shown below. Matches: 1 on the + strand, 1 on" in strip


def test_the_legend_escapes_the_pattern():
    assert "&lt;b&gt;" in legend("<b>")


@pytest.mark.parametrize("given", [TEXTS, None, "ACGT"])
def test_what_is_no_sequence_set_is_refused(given):
    with pytest.raises(DataError, match=r"no SequenceSet.*data\.train"):
        SequenceExplorer(given)


def test_no_rows_are_refused():
    with pytest.raises(DataError, match="no sequences to look at"):
        SequenceExplorer(toy()[:0])


def test_a_wrong_pattern_is_refused_at_once():
    with pytest.raises(DataError, match="'X' at position 1"):
        SequenceExplorer(toy(), "GX")


def test_a_wrong_letter_typed_is_told_and_loses_nothing(explorer):
    explorer.find.value = "GAT"
    before = explorer.picture.value
    explorer.find.value = "GAT1<b>"
    assert "&#x27;1&#x27; at position 3 of the pattern" in explorer.message.value
    assert explorer.picture.value == before
    assert [type(error) for error in explorer.errors] == [DataError]
    explorer.find.value = "GATA"
    assert explorer.message.value == ""
    assert "Places of GATA here" in status(explorer)


def test_pages_turn_and_stop_at_the_ends(explorer):
    seen = [explorer.row]
    for _ in range(7):
        explorer.next.click()
        seen.append(explorer.row)
    assert seen == [0, 1, 2, 3, 4, 5, 5, 5]
    explorer.previous.click()
    assert explorer.row == 4
    explorer.number.value = 3
    assert drawn_letters(explorer.picture.value) == TEXTS[2]
    assert status(explorer).startswith(
        "3 of 6 · sequence 2 · class yes · 20 bp · GC content 0.60 · 0 N"
    )


def test_a_class_is_paged_through_alone(explorer):
    explorer.number.value = 6
    explorer.group.value = 1
    assert (explorer.row, explorer.number.value, explorer.number.max) == (2, 1, 3)
    explorer.next.click()
    assert explorer.row == 3
    explorer.group.value = -1
    assert (explorer.row, explorer.number.max) == (0, 6)
    assert not explorer.errors


def test_a_class_without_sequences_is_told():
    explorer = SequenceExplorer(toy(labels=[0] * 6))
    explorer.group.value = 1
    assert "no sequence of yes" in explorer.message.value
    assert explorer.row == 0


def test_class_names_are_escaped(explorer):
    assert "class &lt;no&gt;" in status(explorer)
    explorer.find.value = "A"
    assert "<no>" not in explorer.picture.value + explorer.still()


@pytest.mark.parametrize(
    ("order", "rows"),
    [
        ("as in the set", [0, 1, 2, 3, 4, 5]),
        ("highest GC first", [1, 2, 0, 4, 3, 5]),
        ("lowest GC first", [3, 4, 0, 2, 1, 5]),
        ("longest first", [2, 0, 3, 4, 1, 5]),
        ("shortest first", [5, 1, 3, 4, 0, 2]),
        ("most N first", [3, 5, 0, 1, 2, 4]),
        ("most matches first", [2, 0, 4, 1, 3, 5]),
    ],
)
def test_the_odd_ones_come_first(explorer, order, rows):
    explorer.find.value = "GAT"
    explorer.order.value = order
    assert explorer.rows.tolist() == rows


def test_every_order_is_offered(explorer):
    assert list(explorer.order.options) == list(ORDERS)


def test_the_order_follows_the_pattern(explorer):
    explorer.order.value = "most matches first"
    assert "Type a pattern" in status(explorer)
    explorer.find.value = "GCG"
    assert explorer.row == 1
    explorer.find.value = "GATAAG"
    assert explorer.row == 2
    assert "Places of GATAAG here: 2 (2 on the + strand, 0 on the - strand)" in status(explorer)
    assert "&lt;no&gt; 0.0% · yes 33.3%" in status(explorer)


def test_an_order_that_sorts_nothing_says_so():
    explorer = SequenceExplorer(toy(sequences=["ACGT"] * 6))
    explorer.order.value = "longest first"
    assert "All have the same length" in status(explorer)
    explorer.order.value = "most N first"
    assert "All have the same number of N" in status(explorer)


def test_a_sequence_without_a_known_letter_is_shown(explorer):
    explorer.number.value = 6
    assert "GC content unknown · 3 N" in status(explorer)
    assert drawn_letters(explorer.picture.value) == "NNN"


def test_a_long_sequence_is_shown_in_windows():
    rng = np.random.default_rng(1)
    long = "".join(rng.choice(list("ACGT"), 1234))
    explorer = SequenceExplorer(toy(sequences=[long, *TEXTS[1:]]))
    assert explorer.start.layout.display is None
    assert drawn_letters(explorer.picture.value) == long[:WINDOW]
    explorer.start.value = explorer.start.max
    assert drawn_letters(explorer.picture.value) == long[1000:]
    explorer.next.click()
    assert explorer.start.layout.display == "none"
    assert drawn_letters(explorer.picture.value) == TEXTS[1]
    explorer.previous.click()
    assert drawn_letters(explorer.picture.value) == long[:WINDOW]
    assert not explorer.errors


def test_the_still_shows_the_odd_ones_and_leaves_the_widget_alone(explorer):
    before = explorer.picture.value
    still = explorer.still()
    for caption in ("The highest GC content of 6 sequences: 1", "The lowest GC content: 3"):
        assert f">{caption}</figcaption>" in still
    assert "The most places of CG: 2" in still
    assert "Try this." in still
    assert (explorer.draw(), explorer.row) == (before, 0)


def test_a_pattern_given_is_marked_from_the_start():
    explorer = SequenceExplorer(toy(), "gata")
    assert explorer.find.value == "GATA"
    assert "Places of GATA here" in status(explorer)
    assert "The most places of GATA: 2" in explorer.still()
