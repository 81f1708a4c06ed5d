"""Figures about luck: what is drawn, read back from their artists."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from genbench_lite.errors import DataError
from genbench_lite.figures.seed_plots import differences, draw_histogram, seed_scores, size_curves


@pytest.mark.parametrize(
    ("draw", "nothing"),
    [
        (seed_scores, {}),
        (seed_scores, {"a": [0.5], "b": []}),
        (differences, {}),
        (differences, {"a": np.zeros(0)}),
        (size_curves, pd.DataFrame(columns=["model", "sequences", "accuracy"])),
        (lambda draws: draw_histogram(draws, 0.5, "accuracy"), np.zeros(0)),
    ],
)
def test_without_values_there_is_no_figure(draw, nothing):
    with pytest.raises(DataError, match=r"[Gg]ive|Draw|Train"):
        draw(nothing)


def test_a_row_has_its_seeds_their_mean_and_one_deviation_to_both_sides():
    (axis,) = seed_scores({"net": [0.7, 0.8, 0.9], "words": [0.6]}).axes
    net, words = axis.lines
    assert list(net.get_xdata()) == [0.7, 0.8, 0.9]
    assert list(words.get_xdata()) == [0.6]
    (bar,) = axis.patches
    assert (bar.get_x(), bar.get_width()) == pytest.approx((0.7, 0.2))
    means = [collection.get_segments()[0][0, 0] for collection in axis.collections]
    assert means == pytest.approx([0.8, 0.6])
    low, high = axis.get_xlim()
    assert low < 0.6
    assert high > 0.9
    assert axis.get_ylim()[0] > axis.get_ylim()[1]  # the first model is on top


def test_a_bar_that_comes_first_is_not_cut():
    (axis,) = seed_scores({"net": [0.5, 0.7]}).axes
    (bar,) = axis.patches
    assert axis.get_xlim()[0] < bar.get_x()


def test_the_middle_of_the_draws_is_filled():
    draws = np.arange(1000) / 1000
    figure = draw_histogram(draws, 0.4, "accuracy")
    (axis,) = figure.axes
    half = len(axis.patches) // 2
    everything, middle = axis.patches[:half], axis.patches[half:]
    assert sum(bar.get_height() for bar in everything) == 1000
    assert sum(bar.get_height() for bar in middle) == 950
    assert axis.lines[0].get_xdata()[0] == 0.4
    assert "0.025 to 0.974" in figure.alt


def test_only_an_interval_with_zero_inside_gets_an_open_dot():
    pairs = {"clear": np.linspace(0.01, 0.05, 99), "noise": np.linspace(-0.02, 0.03, 99)}
    figure = differences(pairs)
    (axis,) = figure.axes
    faces = [line.get_markerfacecolor() for line in axis.lines if line.get_marker() == "o"]
    assert [face == "white" for face in faces] == [False, True]
    dots = [line.get_xdata()[0] for line in axis.lines if line.get_marker() == "o"]
    assert dots == pytest.approx([3, 0.5])  # percentage points
    assert figure.alt.count("without zero") == 1


def test_a_line_of_means_and_a_dot_for_each_training():
    rows = [("net", 100, 0.5), ("net", 100, 0.7), ("net", 1000, 0.8), ("words", 100, 0.65)]
    (axis,) = size_curves(pd.DataFrame(rows, columns=["model", "sequences", "accuracy"])).axes
    line, dots, *_ = axis.lines
    np.testing.assert_allclose(line.get_xydata(), [(100, 0.6), (1000, 0.8)])
    np.testing.assert_allclose(dots.get_xydata(), [(100, 0.5), (100, 0.7), (1000, 0.8)])
    assert [text.get_text() for text in axis.get_xticklabels()] == ["100", "1,000"]
    assert [text.get_text() for text in axis.get_legend().get_texts()] == ["net", "words"]
