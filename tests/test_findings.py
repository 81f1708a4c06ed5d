"""Verdicts at their thresholds, worked out by hand."""

import math

import pytest

from genbench_lite.audits.findings import Rule, leak, shortcut, wilson

GAIN = Rule("gain", 0.02, 0.10)


@pytest.mark.parametrize(
    ("value", "low", "high", "rows", "verdict"),
    [
        (0.12, 0.10, 0.14, 5000, "broken"),
        (0.12, 0.09, 0.15, 500, "look"),  # not surely broken
        (0.03, 0.01, 0.05, 5000, "look"),
        (0.03, -0.01, 0.07, 500, "fine"),  # may be chance, and is surely not broken
        (0.03, -0.04, 0.10, 150, "too little data"),  # may be chance, or broken
        (0.0, -0.01, 0.01, 99, "too little data"),
        (0.0, -0.01, 0.01, 100, "fine"),
        (-0.3, -0.32, -0.28, 5000, "fine"),  # worse than the majority class is no shortcut
    ],
)
def test_verdicts(value, low, high, rows, verdict):
    assert GAIN.judge(value, low, high, rows) == verdict


def test_wilson_is_that_of_the_paper_and_stays_within_0_and_1():
    assert wilson(0, 10) == pytest.approx((0, 0.2775), abs=1e-4)
    assert wilson(10, 10) == pytest.approx((0.7225, 1), abs=1e-4)
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)


def test_no_rows_are_too_little_data():
    for found in (shortcut("a", "A", 0, 0, 0.5, GAIN, ""), leak("a", "A", 0, 0, GAIN, "")):
        assert found.verdict == "too little data"
        assert math.isnan(found.accuracy if found.share is None else found.share)
