"""Figures about scanning: what is drawn, read back from their artists."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.text import Text

from genbench_lite.errors import DataError
from genbench_lite.figures.plot_styles import BLUE, GREY, ORANGE
from genbench_lite.figures.scan_plots import hit_bars, score_tail, score_track, wilson_interval
from genbench_lite.motif import Motif
from genbench_lite.motifs import jaspar
from genbench_lite.scanning import scan, score_distribution

TOY = Motif.from_sites("toy", ["GATA"] * 20)
LINES = ["blood", "liver"]
TOTALS = pd.Series([100, 50], index=LINES)
HITS = pd.DataFrame({"GATA2": [30, 5], "HNF4A": [0, 50]}, index=LINES)
CONTROL = pd.DataFrame({"GATA2": [4, 6], "HNF4A": [10, 1]}, index=LINES)
OWN = {"GATA2": "blood", "HNF4A": "liver"}


def named(axis):
    return axis.get_title() and axis.get_xlabel() and axis.get_ylabel()


@pytest.mark.parametrize(
    ("plus", "minus"),
    [
        (np.zeros(3), np.zeros(4)),
        (np.array([]), None),
        (np.array([]),) * 2,
        (np.zeros((2, 3)), None),
        ("GATA", None),
        (np.full(3, np.nan), None),
        (np.full(3, np.nan), np.full(3, -np.inf)),
    ],
)
def test_scores_that_do_not_belong_together(plus, minus):
    with pytest.raises(DataError, match="cannot be drawn"):
        score_track(plus, minus)


def test_a_score_track_shows_both_strands_and_marks_the_best():
    plus, minus = np.array([-3.0, 2.0, -8.0, 1.0]), np.array([0.0, -4.0, -2.0, 6.5])
    figure = score_track(plus, minus, threshold=5.0, title="A title")
    upper, lower = figure.axes
    np.testing.assert_array_equal(upper.lines[0].get_ydata(), plus)
    np.testing.assert_array_equal(lower.lines[0].get_ydata(), minus)
    assert [list(axis.lines[1].get_ydata()) for axis in figure.axes] == [[5.0, 5.0]] * 2
    assert len(upper.lines) == 2  # the mark is on the other strand alone
    assert lower.lines[2].get_xydata().tolist() == [[3.0, 6.5]]
    assert [text.get_text() for text in lower.texts] == ["6.5 bits at 3"]
    assert upper.get_title() == "A title"
    assert "bits" in upper.get_ylabel()
    assert "bp" in lower.get_xlabel()
    assert figure.alt == (
        "Scores at 4 places of the + and the - strand. The best is 6.5 bits, at position 3 of the "
        "- strand."
    )


@pytest.mark.parametrize("place", [0, 50, 99])
def test_no_line_crosses_the_note_of_the_best_score(place):
    scores = np.random.default_rng(0).normal(-5, 3, 100)
    scores[place] = 9
    figure = score_track(scores)
    (axis,) = figure.axes
    figure.draw_without_rendering()
    note = Text.get_window_extent(axis.texts[0])
    assert note.y0 > axis.transData.transform((place, 9))[1]
    assert axis.bbox.x0 <= note.x0 < note.x1 <= axis.bbox.x1
    assert note.y1 <= axis.bbox.y1


def test_windows_without_a_score_are_gaps():
    figure = score_track(np.array([1.0, np.nan, 3.0, 2.0]), np.array([np.nan, -np.inf, 0.0, 1.0]))
    drawn = [np.isnan(axis.lines[0].get_ydata()).tolist() for axis in figure.axes]
    assert drawn == [[False, True, False, False], [True, True, False, False]]
    assert "The best is 3.0 bits, at position 2 of the + strand." in figure.alt
    assert "of the - strand" in score_track(np.full(2, np.nan), np.array([1.0, 2.0])).alt


def test_a_score_track_of_one_strand_has_one_panel():
    figure = score_track(np.array([1.0, -1.0]))
    assert len(figure.axes) == 1
    assert [text.get_text() for text in figure.axes[0].texts] == ["1.0 bits at 0"]


def test_a_tail_that_nothing_reaches():
    with pytest.raises(DataError, match=r"p-value of 3.9e-03"):
        score_tail(TOY, 1e-4)


@pytest.mark.parametrize("p", [0, 2, np.nan, "0.01"])
def test_a_tail_of_what_is_no_p_value(p):
    with pytest.raises(DataError, match="p-value"):
        score_tail(TOY, p)


@pytest.mark.parametrize(("motif", "p"), [(TOY, 0.01), (TOY, 1), (jaspar("SPI1"), 1e-4)])
def test_the_note_of_a_tail_is_under_the_curve_and_inside(motif, p):
    figure = score_tail(motif, p)
    (axis,) = figure.axes
    figure.draw_without_rendering()
    note = Text.get_window_extent(axis.texts[0])
    assert axis.bbox.y0 <= note.y0
    (dot,) = axis.transData.transform(axis.lines[2].get_xydata())
    assert note.x1 < dot[0]
    assert note.y1 < dot[1]


def test_a_tail_marks_the_score_from_which_scan_reports_hits():
    motif, background = jaspar("SPI1"), [0.4, 0.1, 0.2, 0.3]
    needed = score_tail(motif, 1e-4, background).axes[0].lines[2].get_xdata()[0]
    letters = np.random.default_rng(0).integers(0, 4, (2000, 200), dtype=np.uint8)
    lowest = scan(letters, motif, 1e-4, background).score.min()
    assert needed == pytest.approx(lowest, abs=0.1)
    assert lowest > needed - 1e-9


def test_a_tail_shows_the_exact_distribution_and_the_score_of_p():
    figure = score_tail(TOY, 0.01)
    (axis,) = figure.axes
    scores, chances = score_distribution(TOY)
    np.testing.assert_array_equal(axis.lines[0].get_xydata(), np.stack([scores, chances], 1))
    assert list(axis.lines[1].get_ydata()) == [0.01, 0.01]
    ((needed, chance),) = axis.lines[2].get_xydata()
    assert chance == 4**-4 == chances[scores >= needed].max()  # on the curve
    assert axis.texts[0].get_text() == f"at most 0.01 from {needed:.1f} bits on"
    assert chances[scores >= needed].max() <= 0.01 < chances[scores < needed].min()
    assert axis.get_yscale() == "log"
    assert named(axis)
    assert figure.alt.endswith(f"From {needed:.1f} bits on, at most 0.01: 0.0039.")


def test_wilson_intervals_against_published_ones():
    # Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E, table I
    low, high = wilson_interval([81, 15, 0, 1], [263, 148, 20, 29])
    np.testing.assert_allclose(low, [0.2553, 0.0624, 0, 0.0061], atol=5e-5)
    np.testing.assert_allclose(high, [0.3662, 0.1605, 0.1611, 0.1718], atol=5e-5)
    low, high = wilson_interval([0, 7], [7, 7])
    assert low[0] == 0
    assert high[1] == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda h, c, t: (h, c, t * 0), "0 sequences of blood"),
        (lambda h, c, t: (h * 10, c, t), "of which 300 have a hit"),
        (lambda h, c, t: (h, c * 20, t), "Count the sequences"),
        (lambda h, c, t: (h, c, t[:1]), "one index"),
        (lambda h, c, t: (h, c[:1], t), "one index"),
        (lambda h, c, t: (h, c[["GATA2"]], t), "same motifs"),
        (lambda h, c, t: (h[[]], c[[]], t), "Hits of 0 motifs"),
        (lambda h, c, t: (h[:0], c, t), "in 0 classes"),
    ],
)
def test_bars_that_cannot_be_drawn(change, message):
    with pytest.raises(DataError, match=message):
        hit_bars(*change(HITS, CONTROL, TOTALS), OWN)


@pytest.mark.parametrize(
    ("n", "rows"), [(1, [1]), (3, [3]), (4, [2, 2]), (5, [3, 2]), (7, [3, 3, 1])]
)
def test_panels_of_bars_wrap_before_they_are_too_small(n, rows):
    names = [f"m{i}" for i in range(n)]
    hits = pd.DataFrame({name: [3, 5] for name in names}, index=LINES)
    figure = hit_bars(hits, hits, TOTALS, {"m0": "blood"})
    assert figure.get_figwidth() < 8
    heights = [round(axis.get_subplotspec().get_position(figure).y0, 3) for axis in figure.axes]
    assert [heights.count(y) for y in sorted(set(heights), reverse=True)] == rows
    assert [bool(axis.get_ylabel()) for axis in figure.axes].count(True) == len(rows)


def test_a_legend_says_what_colours_and_hatches_mean():
    (legend,) = hit_bars(HITS, CONTROL, TOTALS, OWN).legends
    meant = {
        text.get_text(): (to_hex(patch.get_facecolor()), patch.get_hatch() or "")
        for text, patch in zip(legend.get_texts(), legend.get_patches(), strict=True)
    }
    assert meant == {
        "real sequences": (BLUE.lower(), ""),
        "real, where the motif is expected": (ORANGE.lower(), "//"),
        "control": (GREY, ""),
    }


def test_hit_bars_show_shares_intervals_and_the_control_in_grey():
    figure = hit_bars(HITS, CONTROL, TOTALS, OWN)
    assert len(figure.axes) == 2
    for axis, motif in zip(figure.axes, HITS.columns, strict=True):
        heights = [bar.get_height() for bar in axis.patches]
        wanted = [*(HITS[motif] / TOTALS), *(CONTROL[motif] / TOTALS)]
        np.testing.assert_allclose(heights, wanted)
        colours = [to_hex(bar.get_facecolor()) for bar in axis.patches]
        own = [name == OWN[motif] for name in LINES]
        assert colours == [ORANGE.lower() if mine else BLUE.lower() for mine in own] + [GREY] * 2
        assert [bool(bar.get_hatch()) for bar in axis.patches] == [*own, False, False]
        segments = [s for lines in axis.collections for s in lines.get_segments()]
        ends = [(x[0][1], x[1][1]) for x in segments]
        low, high = wilson_interval([*HITS[motif], *CONTROL[motif]], [*TOTALS, *TOTALS])
        np.testing.assert_allclose(ends, np.stack([low, high], 1), atol=1e-12)
        assert motif in axis.get_title()
        assert [tick.get_text() for tick in axis.get_xticklabels()] == LINES
    assert "share" in figure.axes[0].get_ylabel()
    assert "HNF4A: blood 0% (10%), liver 100% (2%)." in figure.alt


def test_hit_bars_take_classes_by_name_not_by_place():
    turned = hit_bars(HITS, CONTROL.iloc[::-1], TOTALS.iloc[::-1], OWN)
    straight = hit_bars(HITS, CONTROL, TOTALS, OWN)
    for one, other in zip(turned.axes, straight.axes, strict=True):
        assert [b.get_height() for b in one.patches] == [b.get_height() for b in other.patches]
