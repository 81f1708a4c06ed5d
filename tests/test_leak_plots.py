"""Figures of shortcuts and leaks: what is drawn, read back from the artists."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from genbench_lite.audits.audit_report import AuditReport
from genbench_lite.audits.findings import Rule, leak, shortcut, skipped
from genbench_lite.errors import DataError
from genbench_lite.figures.audit_plots import STYLES
from genbench_lite.figures.bench_plots import bench
from genbench_lite.figures.leak_plots import accuracy_bars, length_histograms, rows_on_map
from genbench_lite.figures.plot_styles import BLUE, ORANGE
from genbench_lite.interval_set import Intervals

GAIN, SHARE = Rule("gain", 0.02, 0.10), Rule("share", 0.01, 0.10)


def rows(start, end, label, split, regions=None):
    classes = ["a", "b", "none"]
    regions = regions or ["chr1"] * len(start)
    return Intervals.from_columns("toy", classes, regions, start, end, label, split)


@pytest.fixture
def four():
    """Three rows on chr1, of which a test row overlaps a training row; one on chr2."""
    splits = ["train", "test", "valid", "test"]
    return rows([0, 20, 90, 0], [50, 70, 130, 30], [0, 0, 1, 1], splits, ["chr1"] * 3 + ["chr2"])


@pytest.fixture
def reports():
    good = [
        shortcut("length", "Length alone", 500, 1000, 0.5, GAIN, ""),
        leak("in_training", "Test rows that are training rows", 0, 1000, SHARE, ""),
    ]
    bad = [
        leak("in_training", "Test rows that are training rows", 700, 1000, SHARE, ""),
        skipped("chromosome", "Chromosome alone", "One region."),
    ]
    return [AuditReport("good", good), AuditReport("bad", bad)]


def texts(axis):
    return [text.get_text() for text in axis.texts]


@pytest.mark.parametrize(
    "draw",
    [
        lambda none: length_histograms(none),
        lambda none: rows_on_map(none, "chr1", 0, 100),
    ],
)
def test_without_rows_there_is_no_figure(four, draw):
    with pytest.raises(DataError, match="row"):
        draw(four.take(np.zeros(0, int)))


def test_a_place_without_rows_is_named(four):
    with pytest.raises(DataError, match="on chr3 from 1,000 to 2,000 bp"):
        rows_on_map(four, "chr3", 1000, 2000)


def test_rows_that_only_touch_a_place_are_not_on_it(four):
    with pytest.raises(DataError):
        rows_on_map(four, "chr1", 70, 90)


def test_no_report_gives_no_bench(reports):
    with pytest.raises(DataError):
        bench([])
    with pytest.raises(DataError):
        bench(reports, ["chromosome"])  # which nobody could answer


@pytest.mark.parametrize("right", [{}, {"m": {}}, {"m": {"x": (1, 2)}, "n": {"y": (1, 2)}}])
def test_models_tested_on_different_sets_are_refused(right):
    with pytest.raises(DataError, match="each test set"):
        accuracy_bars(right, 0.5, "t")


def test_histograms_hold_the_share_of_each_class_and_no_empty_class():
    some = rows([0, 0, 0, 0], [200, 201, 315, 400], [0, 0, 0, 1], ["train"] * 4)
    figure = length_histograms(some, grid=200)
    titles = [axis.get_title(loc="left") for axis in figure.axes]
    assert titles == ["a (3 rows)", "b (1 rows)"]
    for axis, expected in zip(
        figure.axes, [{200: 200 / 3, 310: 100 / 3}, {400: 100.0}], strict=True
    ):
        drawn = {bar.get_x(): bar.get_height() for bar in axis.patches if bar.get_height()}
        assert drawn == pytest.approx(expected)
        assert [line.get_xdata()[0] for line in axis.lines] == [200, 400]
    assert not length_histograms(some).axes[0].lines
    assert figure.alt.endswith("a from 200 bp, b from 400 bp.")


def test_the_map_shows_training_and_test_in_their_colours(four):
    figure = rows_on_map(four, "chr1", 0, 1000)
    training, test = figure.axes[0].collections
    assert [training.get_segments()[i][:, 0].tolist() for i in (0, 1)] == [[0, 50], [90, 130]]
    assert test.get_segments()[0].tolist() == [[20, 1], [70, 1]]
    assert [to_hex(one.get_color()[0]).upper() for one in (training, test)] == [BLUE, ORANGE]
    assert "2 training, 1 test. 1 of 1 test rows overlaps" in figure.alt


def test_the_bench_says_what_was_found_and_what_was_not_asked(reports):
    figure = bench(reports)
    axis = figure.axes[0]
    assert texts(axis) == ["50.0\n(50)", "0", "not\nasked", "70.0"]
    assert [label.get_text() for label in axis.get_yticklabels()] == ["good", "bad"]
    assert [line.get_marker() for line in axis.lines] == [
        STYLES[verdict][1] for verdict in ("fine", "fine", "broken")
    ]
    assert figure.alt.endswith("good: all fine. bad: in_training broken (70.0% of rows).")


def test_the_bench_keeps_to_the_questions_it_is_given(reports):
    labels = bench(reports, ["in_training", "no such question"]).axes[0].get_xticklabels()
    assert [label.get_text() for label in labels] == ["copies\nin train"]


def test_bars_hold_accuracies_their_intervals_and_the_majority():
    figure = accuracy_bars({"m": {"one": (9, 10), "two": (0.5, 1)}}, 0.4, "Toy")
    axis = figure.axes[0]
    assert [bar.get_height() for bar in axis.patches] == [90, 50]
    *spans, majority = axis.lines
    assert majority.get_ydata()[0] == 40
    low, high = spans[0].get_ydata()
    assert (low, high) == pytest.approx((59.6, 98.2), abs=0.1)  # Wilson, 9 of 10
    assert texts(axis) == ["90.0", "50.0"]
    assert len({bar.get_hatch() for bar in axis.patches}) == 2
    assert axis.get_ylabel() == "test accuracy (%)"
