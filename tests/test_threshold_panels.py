"""Panels that follow a threshold: what is drawn where, and that nobody's text becomes markup."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from genbench_lite.audits.one_threshold import Clue, stumps
from genbench_lite.figures.decision_plots import decision_html
from genbench_lite.figures.paper import WIDTH, table, ticks
from genbench_lite.figures.shortcut_plots import histograms, rule_in_words, shortcut_html
from genbench_lite.figures.threshold_panels import (
    Axes,
    Line,
    Mark,
    Strip,
    curves_svg,
    strips_svg,
)
from genbench_lite.networks.decisions import Ranking

NASTY = "<b>&\"'"
UNIT = Axes("T", (0, 1), (0, 1), "x", "y")


def toy(classes=("a", "b"), name="length", low=3, high=9, train=(3, 4, 8, 9), labels=(0, 0, 1, 1)):
    values, of = np.array(train, float), np.array(labels)
    return stumps(Clue(name, classes, values, values, of, of, low=low, high=high))


def test_a_path_keeps_its_ends_and_drops_what_cannot_be_seen():
    x = np.linspace(0, 1, 50_000)
    svg = curves_svg(UNIT, [Line("", x, x**2, "red")], [], "alt")
    path = re.search(r'd="(M[\d.L ]+)" fill="none"', svg)[1]
    points = [tuple(map(float, p.split())) for p in path[1:].split("L")]
    assert len(points) < 1200
    assert np.allclose(points[0], (UNIT.across(0), UNIT.down(0)), atol=0.5)
    assert np.allclose(points[-1], (UNIT.across(1), UNIT.down(1)), atol=0.5)


def test_a_mark_is_where_it_should_be():
    svg = curves_svg(UNIT, [], [Mark(0.25, 0.5, "red")], "alt")
    x, y = re.search(r'<circle cx="([\d.]+)" cy="([\d.]+)"', svg).groups()
    assert float(x) == pytest.approx(float(UNIT.across(0.25)), abs=0.1)
    assert float(y) == pytest.approx(float(UNIT.down(0.5)), abs=0.1)


@pytest.mark.parametrize("threshold", [0, 0.5, 1])
def test_strips_are_cut_at_the_threshold(threshold):
    strip = Strip(NASTY, np.array([1, 1]), np.array([0, 0.5, 1]), (True, False), 0.5, "red")
    svg = strips_svg(UNIT, [strip], threshold, ("low", "high"), NASTY)
    root = ET.fromstring(svg)
    bars = {
        path.get("fill-opacity"): sum(
            float(right) - float(left)
            for left, right in re.findall(r"M([\d.]+) [\d.]+V[\d.]+H([\d.]+)", path.get("d"))
        )
        for path in root.iter("{http://www.w3.org/2000/svg}path")
        if path.get("fill-opacity")
    }
    assert bars["1"] == pytest.approx(threshold * (WIDTH - 40), abs=0.3)
    assert bars[".22"] == pytest.approx((1 - threshold) * (WIDTH - 40), abs=0.3)
    assert root.get("aria-label") == NASTY
    assert "<b>" not in svg


@pytest.mark.parametrize(("low", "high"), [(0, 1), (0, 100), (71, 802), (2, 90_000), (0.4, 0.41)])
def test_ticks_are_few_round_and_inside(low, high):
    found = ticks(low, high)
    assert 2 <= len(found) <= 7
    assert low <= found[0] < found[-1] <= high


def test_a_table_escapes():
    assert NASTY not in table([NASTY], [[NASTY, NASTY]], NASTY)


def test_bins_hold_their_upper_edge():
    counts = histograms(toy().clue)
    assert counts.tolist() == [[1, 1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 1, 1]]
    far = toy(train=(3, 4, 8, 500)).clue
    assert histograms(far)[1].tolist() == [0, 0, 0, 0, 0, 1, 1]


def test_rows_of_one_length_are_said_to_tell_nothing():
    found = toy(low=7, high=7, train=(7, 7, 7, 7))
    text = shortcut_html(found, 0)
    assert "All rows are 7 bp long: length tells nothing here." in text
    assert "as many as the majority class" in text
    assert "too: the majority class" in rule_in_words(found, 0)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("length", "longer than 5 bp → b; 5 bp or shorter → a"),
        ("gc", "more than 5% G and C → b; 5% or less → a"),
        ("overlap", "more than 5% covered by one training row → b; 5% or less → a"),
    ],
)
def test_the_rule_in_words(name, words):
    assert rule_in_words(toy(name=name), 2) == words


def test_what_is_right_is_dark():
    text = shortcut_html(toy(), 2)
    assert text.count("100% right") == 2
    assert text.count('fill-opacity="1"') == text.count('fill-opacity=".22"') == 2
    assert "On the test rows it is right for 100.0%" in text
    assert "50.0 points over the majority class" in text


def test_how_it_was_chosen_is_said():
    values, labels = np.array([3.0, 4, 8, 9]), np.array([0, 0, 1, 1])
    test = np.array([7.0, 7, 8, 8])
    found = stumps(Clue("length", ("a", "b"), values, test, labels, labels, low=3, high=9))
    place = found.best("test")
    assert found.thresholds[place] == 7 and found.thresholds[found.best()] == 4  # noqa: PT018
    text = shortcut_html(found, place, "test")
    assert "Chosen on the training rows it is 4 bp, right for 50.0% of the test rows." in text
    assert "The difference, 50.0 points" in text
    assert "their figure is fair" in shortcut_html(found, found.best(), "train")
    assert "Moved by hand" in shortcut_html(found, 0)
    assert "as good" in shortcut_html(toy(), toy().best("test"), "test")


def test_class_names_are_escaped_and_many_classes_are_counted():
    classes = tuple(f"{NASTY}{k}" for k in range(7))
    found = toy(classes, train=np.arange(3, 10), labels=np.arange(7))
    text = shortcut_html(found, 1)
    assert "<b>" not in text
    assert "(2 more classes)" in text


def test_decisions_in_words():
    ranking = Ranking(np.array([True, True, False, False]), np.array([0.9, 0.4, 0.6, 0.1]))
    text = decision_html(ranking, NASTY, 0.5)
    assert "1 of 2 found, 1 false alarm." in text
    assert "<b>" not in text
    assert "nothing would be called so" in decision_html(ranking, "K562", 1, share=0.01)
    assert "the precision would be 1.0%" in decision_html(ranking, "K562", 0.5, share=0.01)
    assert "to expect in 10,000 rows" in decision_html(ranking, "K562", 0.5, share=0.01)
    assert text.count('role="img"') == 3
    assert text.count('role="status"') == 1


def test_a_threshold_that_calls_nothing_has_no_precision():
    ranking = Ranking(np.array([True, False]), np.array([0.5, 0.2]))
    text = decision_html(ranking, "K562", 0.9)
    assert "undefined" in text
    assert text.count("<circle") == 1  # on the ROC curve alone
