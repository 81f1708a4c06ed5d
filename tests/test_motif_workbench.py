"""The motif workbench: its drawings, and the widget driven as the page drives it."""

from __future__ import annotations

import html
import re

import numpy as np
import pytest

from genbench_lite.errors import DataError
from genbench_lite.figures.matrix_plots import hit_tracks, logo_svg, matrix_html
from genbench_lite.interactive.motif_workbench import (
    LONGEST,
    SCANNED,
    SCANNED_BASES,
    SHOWN,
    MotifWorkbench,
)
from genbench_lite.motif import Motif
from genbench_lite.scanning import scan
from genbench_lite.sequence_set import SequenceSet
from genbench_lite.surveys import survey

SITES = ["AGATAA", "TGATAA", "AGATAG", "AGATAA", "CGATAA", "TGATAG", "AGATTA", "TGATAA", "AGACAA"]


@pytest.fixture
def motif():
    return Motif.from_sites("<toy>", SITES)


@pytest.fixture(scope="module")
def sequences():
    rng = np.random.default_rng(0)
    texts = ["".join(rng.choice(list("ACGT"), 100)) for _ in range(40)]
    texts[0] = "CC" + "AGATAA" + texts[0][8:]
    return SequenceSet.from_strings(texts, [0, 1] * 20, ["<a>", "b"])


@pytest.fixture
def bench(motif, sequences):
    return MotifWorkbench(motif, sequences)


def click(bench: MotifWorkbench, key: str) -> None:
    bench.picture.receive({"kind": "click", "key": key})


def press(bench: MotifWorkbench, key: str, *pressed: str) -> None:
    for one in pressed:
        bench.picture.receive({"kind": "key", "key": key, "pressed": one})


def status(bench: MotifWorkbench) -> str:
    inside = re.search(r'role="status"[^>]*>(.*?)</div></div>', bench.picture.value, re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", "\n", inside[1]))


def table(text: str) -> list[list[str]]:
    rows = re.findall(r"<tr.*?</tr>", text, re.DOTALL)
    cells = [re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL) for row in rows]
    return [[re.sub(r"<span.*?</span>|<[^>]+>", "", cell) for cell in row] for row in cells]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("GATA", "no table of numbers"),
        ([[1, 2, 3]] * 4, r"shape \(4, 3\)"),
        ([[1, 0, 0, 0], [0, 0, 0, 0]], "no count at position 1"),
        (np.ones((LONGEST + 1, 4)), "41 positions"),
    ],
)
def test_what_is_no_matrix_is_refused(given, said):
    with pytest.raises(DataError, match=said):
        MotifWorkbench(given)


@pytest.mark.parametrize(
    ("given", "said"),
    [([], "no sequence to scan"), (7, "int holds no sequences"), (["ACGX"], "'X' at position 3")],
)
def test_what_holds_no_sequences_is_refused(motif, given, said):
    with pytest.raises(DataError, match=said):
        MotifWorkbench(motif, given)


def test_a_p_that_is_not_offered_and_a_wrong_background_are_refused(motif, sequences):
    with pytest.raises(DataError, match=r"0\.5 is not offered.*0\.001"):
        MotifWorkbench(motif, sequences, p=0.5)
    with pytest.raises(DataError, match="background"):
        MotifWorkbench(motif, sequences, background=[1, 1, 1, 1])


def test_the_table_has_the_counts_position_by_position(motif):
    rows = table(matrix_html(motif))
    assert rows[0] == ["", *"123456"]
    for base, letter in enumerate("ACGT"):
        assert rows[base + 1] == [letter, *(f"{n:.0f}" for n in motif.counts[:, base])]
    assert rows[5] == ["bits", *(f"{bits:.2f}" for bits in motif.information)]
    assert table(matrix_html(motif, (0, 0)))[:6] == rows


def test_one_cell_is_reached_by_tab_and_the_others_by_arrows(motif):
    drawn = matrix_html(motif, (2, 3))
    assert re.findall(r'data-key="([^"]+)" [^>]*tabindex="0"', drawn) == ["2:3"]
    places = set(re.findall(r'data-row="(\d)" data-col="(\d)" tabindex', drawn))
    assert {(str(row), str(column)) for row in range(4) for column in range(6)} <= places


def test_letters_of_the_logo_stand_over_their_column_as_high_as_they_inform(motif):
    drawn = logo_svg(motif)
    heights = motif.frequencies * motif.information[:, None]
    found = re.findall(r"matrix\([\d.]+ 0 0 (-[\d.]+) ([\d.]+) ", drawn)
    tallest = {}
    for height, x in found:
        column = int((float(x) - 46) // 56)
        tallest[column] = max(tallest.get(column, 0), -float(height) / 55)
    assert [tallest[i] for i in range(6)] == pytest.approx(heights.max(1).tolist(), abs=0.01)
    assert "&lt;toy&gt;" in drawn


def test_tracks_mark_each_hit_on_its_sequence_and_strand(motif):
    texts = ["AGATAACCCC", "CCCCCCCC", "CCTTATCTAGATAA"]
    hits = scan(texts, motif, p=0.001)
    drawn = hit_tracks(hits, np.array([10, 8, 14]), np.array(["<1>", "2", "3"]))
    lines = re.findall(r"<svg.*?</svg>", drawn)
    assert [line.count("<rect") for line in lines] == [1, 0, 2]
    assert re.findall(r'y="(\d+)"', lines[2]) == ["11", "0"]
    assert "Hits by sequence. &lt;1&gt;: 1; 2: 0; 3: 2." in drawn


def test_a_survey_finds_what_a_scan_finds_and_tells_what_chance_would(motif, sequences):
    found = survey(motif, sequences, 0.001)
    assert len(found.hits) == len(scan(sequences, motif, 0.001)) > 0
    assert found.needed <= found.hits["score"].min() <= found.best
    assert 0 < found.expected <= 0.001 * 2 * 40 * 95


def test_a_survey_without_a_possible_hit_says_so(motif, sequences):
    found = survey(motif, sequences, 1e-5)
    assert (len(found.hits), found.needed, found.expected) == (0, np.inf, 0)
    assert found.best_p == pytest.approx(4.0**-6)


def test_plus_and_minus_change_a_count_and_all_that_follows(bench, motif):
    before = status(bench)
    click(bench, "1:2:+")
    assert bench.counts[1].tolist() == [0, 0, 10, 0]
    click(bench, "1:0:+")
    assert bench.counts[1].tolist() == [1, 0, 10, 0]
    assert status(bench) != before
    assert f"{bench.motif.information.sum():.1f} bits in all" in status(bench)
    assert table(bench.picture.value)[1][2] == "1"
    for _ in range(3):
        click(bench, "1:0:-")
    assert bench.counts.tolist() == (motif.counts + np.eye(6)[1][:, None] * [0, 0, 1, 0]).tolist()
    assert not bench.errors


def test_keys_change_the_cell_they_are_pressed_on(bench):
    press(bench, "0:1", "+", "=", "Shift", "+")
    assert bench.counts[0, 1] == 4
    press(bench, "0:1", "-")
    assert bench.counts[0, 1] == 3
    press(bench, "3:0", "1", "2")
    assert bench.counts[3, 0] == 12
    assert bench.counts[0, 1] == 3
    press(bench, "3:0", "Backspace")
    assert bench.counts[3, 0] == 1
    press(bench, "0:1", "4")
    press(bench, "3:0", "5")  # a new number, not 15
    assert bench.counts[3, 0] == 5
    press(bench, "3:0:+", "+")  # the focus may be on a button
    assert bench.counts[3, 0] == 6
    press(bench, "3:0", *"1234567")
    assert bench.counts[3, 0] == 234567
    assert not bench.errors


def test_a_click_on_a_cell_only_chooses_it(bench, motif):
    click(bench, "4:2")
    assert bench.counts.tolist() == motif.counts.tolist()
    assert re.findall(r'data-key="([^"]+)" [^>]*tabindex="0"', bench.picture.value) == ["4:2"]


def test_another_letter_typed_is_told_and_loses_nothing(bench, motif):
    press(bench, "0:1", "N")
    assert "&#x27;N&#x27; is no count" in bench.message.value
    assert bench.motif.counts.tolist() == motif.counts.tolist()
    press(bench, "0:1", "2")
    assert bench.message.value == ""


def test_the_last_count_of_a_position_stays(bench):
    press(bench, "1:2", "0")
    assert "Position 2 would have no count left" in bench.message.value
    assert bench.counts[1].tolist() == [0, 0, 9, 0]


def test_positions_are_cut_down_to_two(bench, motif):
    click(bench, "0:cut")
    assert bench.counts.tolist() == motif.counts[1:].tolist()
    for _ in range(3):
        click(bench, "0:cut")
    assert bench.counts.tolist() == motif.counts[4:].tolist()
    press(bench, "0:cut", "x")
    assert not bench.errors
    click(bench, "1:cut")
    assert "at least 2 positions" in bench.message.value
    assert len(bench.counts) == 2


def test_added_positions_tell_nothing(bench, motif):
    bench.left.click()
    bench.right.click()
    assert bench.counts[1:-1].tolist() == motif.counts.tolist()
    assert bench.motif.information[[0, -1]].tolist() == [0, 0]
    for _ in range(LONGEST - len(bench.counts) + 1):
        bench.right.click()
    assert f"room for {LONGEST} positions" in bench.message.value
    assert len(bench.counts) == LONGEST


def test_reset_brings_back_what_was_given(bench, motif):
    before = bench.picture.value
    press(bench, "0:1", "7")
    click(bench, "3:cut")
    bench.pseudocount.value = 4
    bench.reset.click()
    assert bench.picture.value == before
    assert bench.pseudocount.value == motif.pseudocount


def test_the_pseudocount_moves_the_scores_and_not_the_logo(bench):
    logo = re.search(r"<svg.*?</svg>", bench.picture.value)[0]
    before = status(bench)
    bench.pseudocount.value = 5
    assert re.search(r"<svg.*?</svg>", bench.picture.value)[0] == logo
    assert status(bench) != before


def test_without_a_pseudocount_the_logo_stands_and_a_line_says_why_no_hits(bench):
    bench.pseudocount.value = 0
    assert "a weight would be minus infinity" in status(bench)
    assert bench.picture.value.startswith("<div data-scroll")
    assert "Hits by sequence" not in bench.picture.value
    assert not bench.errors


def test_the_hits_told_are_those_of_a_scan(bench, sequences):
    hits = scan(sequences, bench.motif, 0.001)
    assert f"{len(hits)} hits in 40 sequences" in status(bench)
    with_hit = np.isin(np.arange(40), hits["sequence"])
    assert f"<a> {with_hit[::2].mean():.1%} · b {with_hit[1::2].mean():.1%}" in status(bench)
    bench.p.value = 1e-2
    more = scan(sequences, bench.motif, 0.01)
    assert f"{len(more)} hits in 40 sequences" in status(bench)
    assert bench.picture.value.count("<svg") == 1 + SHOWN


def test_a_motif_too_weak_for_p_says_so(bench):
    bench.p.value = 1e-5
    assert "No hits in 40 sequences" in status(bench)
    assert "Raise p" in status(bench)


def test_sequences_shorter_than_the_motif_have_no_hits(motif):
    assert "0 hits in 2 sequences" in status(MotifWorkbench(motif, ["ACG", "TT"]))


def test_of_many_sequences_a_part_is_scanned(motif):
    many = ["ACGTACGT"] * (SCANNED + 5)
    assert f"{SCANNED:,} of {SCANNED + 5:,} sequences" in status(MotifWorkbench(motif, many))
    long = ["ACGT" * 50_000] * 9
    bench = MotifWorkbench(motif, long)
    assert len(bench.sequences.codes) <= SCANNED_BASES
    assert "of 9 sequences" in status(bench)


def test_without_sequences_there_are_no_hits_to_tell(motif):
    bench = MotifWorkbench(motif)
    assert "hits" not in status(bench)
    assert bench.p not in bench.widget.children[1].children


def test_bare_counts_and_many_sites_are_taken():
    bench = MotifWorkbench([[4000, 0, 0, 0.5], [0, 3000, 0, 0]])
    assert bench.step.value == 100
    click(bench, "0:0:-")
    assert bench.counts[0].tolist() == [3900, 0, 0, 0.5]
    assert "your counts: 2 positions" in status(bench)


def test_the_still_has_three_states_and_nothing_to_click(bench):
    before = bench.picture.value
    still = bench.still()
    for caption in ("The counts as they are", "Position 2 made even", "Position 1 made strict"):
        assert f">{caption}</figcaption>" in still
    assert "data-key" not in still
    assert still.count("Hits by sequence") == 3
    assert bench.draw() == before
