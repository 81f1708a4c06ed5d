from __future__ import annotations

import io
import itertools
import math

import numpy as np
import pytest

from genbench_lite.audits.audit_report import AuditReport
from genbench_lite.audits.findings import VERDICTS, Finding, Rule, leak, shortcut, skipped
from genbench_lite.errors import DataError
from genbench_lite.figures.audit_plots import STYLES, findings_plot

GAIN, SHARE = Rule("gain", 0.02, 0.10), Rule("share", 0.01, 0.10)


@pytest.mark.parametrize(
    "findings", [[], [skipped("a", "A", "No.")], [shortcut("a", "A", 0, 0, math.nan, GAIN, "")]]
)
def test_nothing_to_draw_says_so(findings):
    with pytest.raises(DataError, match="no figure to draw"):
        findings_plot(AuditReport("x", findings))


def test_every_verdict_has_a_marker_of_its_own():
    assert set(STYLES) == set(VERDICTS)
    assert len({marker for _, marker in STYLES.values()}) == len(STYLES)


def test_each_figure_is_a_row_of_its_panel():
    found = [
        shortcut("gc", "GC content alone", 520, 1000, 0.5, GAIN, ""),
        shortcut("length", "Length alone", 915, 1000, 0.37, GAIN, ""),
        leak("overlap", "Overlap", 400, 1000, SHARE, "", right=950, majority=0.5),
        leak("twice", "The same twice", 0, 1000, SHARE, ""),
        skipped("strand", "Strand alone", ""),
    ]
    figure = AuditReport("toy", found).plot()
    accuracies, shares = figure.axes
    names = [[text.get_text() for text in axis.get_yticklabels()] for axis in figure.axes]
    assert names == [["Length alone", "Overlap", "GC content alone"], ["Overlap", "The same twice"]]
    points = {
        (round(line.get_xdata()[0], 6), line.get_ydata()[0])
        for line in accuracies.lines
        if line.get_marker() in ("X", "o")
    }
    assert points == {(91.5, 0), (95.0, 1), (52.0, 2)}
    assert accuracies.get_xlim() == shares.get_xlim()
    assert accuracies.get_xlabel() == "test accuracy (%)"
    legend = [text.get_text() for text in figure.legends[0].get_texts()]
    assert legend == ["broken", "fine", "always the most common class"]
    assert "Length alone 91.5% against 37.0%, broken" in figure.alt
    assert "The same twice 0%, fine" in figure.alt
    assert "Strand" not in figure.alt


def test_shares_alone_need_one_panel_and_no_majority():
    figure = findings_plot(AuditReport("x", [leak("twice", "Twice", 200, 1000, SHARE, "")]))
    assert len(figure.axes) == 1
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["broken"]


def test_figures_without_interval_or_majority_and_odd_names_are_drawn():
    odd = Finding("a", "What of $x_1 and a title that goes on and on and on", 500, "look", "", "",
                  accuracy=np.float32(0.5), low=math.nan, high=math.nan)  # fmt: skip
    figure = AuditReport("with $ign_", [odd]).plot()
    figure.savefig(io.BytesIO(), format="png")
    assert "nan" not in figure.alt


@pytest.mark.parametrize("n", [1, 30])
def test_names_and_values_stay_apart_however_many(n):
    found = [
        shortcut(
            f"c{i}", f"Question {i} on a property with a long name", 60 + i, 200, 0.5, GAIN, ""
        )
        for i in range(n)
    ]
    figure = findings_plot(AuditReport("toy", found))
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in figure.axes[0].get_yticklabels()]
    for upper, lower in itertools.pairwise(boxes):
        assert not upper.overlaps(lower)
    assert min(box.x0 for box in boxes) >= 0
    values = [text.get_window_extent() for text in figure.axes[0].texts]
    assert max(box.x1 for box in values) <= figure.bbox.x1
