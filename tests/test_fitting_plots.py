"""Figures about training: what is drawn, read back from their artists."""

from __future__ import annotations

import numpy as np
import pytest

from genbench_lite.errors import DataError
from genbench_lite.figures.fitting_plots import (
    descent,
    loss_curves,
    rate_schedules,
    strand_agreement,
)
from genbench_lite.networks.training_settings import one_cycle


@pytest.mark.parametrize("curves", [{}, {"a": []}, {"a": [0.5], "b": []}])
def test_no_curve_without_an_epoch(curves):
    with pytest.raises(DataError, match="no epoch"):
        loss_curves(curves)


@pytest.mark.parametrize("rate", [0, -0.1, np.nan])
def test_a_schedule_needs_a_rate(rate):
    with pytest.raises(DataError, match="leads nowhere"):
        rate_schedules(rate)


@pytest.mark.parametrize(("rates", "steps"), [([], 3), ([0.1], 0)])
def test_no_way_down_without_rates_and_steps(rates, steps):
    with pytest.raises(DataError, match="at least one"):
        descent(rates, steps=steps)


@pytest.mark.parametrize("answers", [{}, {"a": (np.zeros(3), np.zeros(2))}])
def test_strands_come_in_pairs(answers):
    with pytest.raises(DataError, match="both strands"):
        strand_agreement(answers, "a")


def test_the_lowest_point_is_marked_unless_it_is_the_last():
    (axis,) = loss_curves({"falls": [0.7, 0.6, 0.5], "turns": [0.7, 0.4, 0.9]}).axes
    lines = {line.get_label(): line for line in axis.lines}
    np.testing.assert_array_equal(lines["turns"].get_xdata(), [1, 2, 3])
    np.testing.assert_array_equal(lines["falls"].get_ydata(), [0.7, 0.6, 0.5])
    dots = [line for line in axis.lines if line.get_marker() == "o"]
    assert [(*dot.get_xdata(), *dot.get_ydata()) for dot in dots] == [(2, 0.4)]
    assert dots[0].get_color() == lines["turns"].get_color()
    assert len({line.get_linestyle() for name, line in lines.items() if name in "falls turns"}) == 2
    assert "nats" in axis.get_ylabel()


def test_a_curve_that_runs_away_can_be_cut():
    (axis,) = loss_curves({"wild": [1, 90, 1]}, top=2).axes
    assert axis.get_ylim() == (0, 2)


def test_the_descent_takes_gradient_steps():
    figure = descent([0.1, 0.5], start=3, steps=2)
    for axis, rate in zip(figure.axes, (0.1, 0.5), strict=True):
        w, path = 3.0, []
        for _ in range(3):
            path.append(w)
            w -= rate * 2 * w
        np.testing.assert_allclose(axis.lines[1].get_xdata(), path)
        np.testing.assert_allclose(axis.lines[1].get_ydata(), np.square(path))
        assert str(rate) in axis.get_title()


def test_the_schedules_are_those_of_fit():
    (axis,) = rate_schedules(0.02).axes
    constant, cycle = axis.lines
    assert set(constant.get_ydata()) == {0.02}
    expected = [0.02 * one_cycle(done / 100) for done in cycle.get_xdata()]
    np.testing.assert_allclose(cycle.get_ydata(), expected)


def test_each_sequence_is_a_dot_and_the_title_counts_different_answers():
    one, other = np.array([0.1, 0.9, 0.4, 0.8]), np.array([0.2, 0.3, 0.3, 0.9])
    figure = strand_agreement({"x": (one, other), "y": (one, one)}, "liver")
    left, right = figure.axes
    dots = left.collections[-1].get_offsets()
    np.testing.assert_allclose(dots, np.stack([one, other], 1))
    assert "25.0% differ" in left.get_title()
    assert "0.0% differ" in right.get_title()
    assert "liver" in figure.alt
