"""Figures about filters: what is drawn, read back from their artists."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from matplotlib.colors import to_hex

from genbench_lite.errors import DataError
from genbench_lite.figures.filter_plots import activation_track, sliding_filter
from genbench_lite.plots import BASE_COLOURS

WEIGHTS = np.array([[1.0, -2.0, 0.5, 0.0], [-1.5, 2.5, -0.25, 3.0]])


@pytest.mark.parametrize("letters", ["", "A" * 17])
def test_too_few_or_too_many_letters(letters):
    with pytest.raises(DataError, match="Give 1 to 16"):
        sliding_filter(letters, WEIGHTS, [0])


@pytest.mark.parametrize("weights", [WEIGHTS.T, WEIGHTS[0], np.zeros((2, 5))])
def test_weights_that_are_no_filter(weights):
    with pytest.raises(DataError, match="four columns"):
        sliding_filter("GATTACA", weights, [0])


@pytest.mark.parametrize("starts", [[], [-1], [0, 6]])
def test_places_where_the_filter_does_not_fit(starts):
    with pytest.raises(DataError, match="Give places from 0 to 5"):
        sliding_filter("GATTACA", WEIGHTS, starts)


def test_a_sliding_filter_colours_what_it_adds_up():
    figure = sliding_filter("gatNA", WEIGHTS, [0, 2])
    first, second = figure.axes
    cells = [[text.get_text() for text in axis.texts] for axis in figure.axes]
    assert cells[0][:8] == ["1.0", "−2.0", "0.5", "0.0", "−1.5", "2.5", "−0.2", "3.0"]
    assert cells[0][-1] == "sum\n−1.0"  # 0.5 for G, -1.5 for A
    assert cells[1][-1] == "sum\n0.0"  # T, and an N that adds nothing
    coloured = {to_hex(p.get_facecolor()).upper() for p in first.patches} & {
        colour.upper() for colour in BASE_COLOURS.values()
    }
    assert coloured == {BASE_COLOURS["G"], BASE_COLOURS["A"]}
    bold = [text.get_text() for text in first.texts if text.get_fontweight() == "bold"]
    assert bold == ["0.5", "−1.5", "sum\n−1.0"]  # not by colour alone
    assert [label.get_text() for label in second.get_xticklabels()] == list("GATNA")
    assert "position 2" in second.get_title(loc="left")
    assert figure.alt == "A filter of 2 positions on GATNA. It adds up to -1.0 at 0, 0.0 at 2."


@pytest.mark.parametrize(
    ("scores", "pool"),
    [
        (np.zeros(3), 4),
        (np.zeros(3), 0),
        (np.zeros((2, 3)), 2),
        (np.zeros(0), 1),
        (np.array([1.0, np.nan]), 1),
    ],
)
def test_scores_that_cannot_be_pooled(scores, pool):
    with pytest.raises(DataError, match="cannot be pooled"):
        activation_track(scores, 0, pool)


def test_an_activation_track_shows_bias_relu_and_pooling():
    scores = np.array([-3.0, 5.0, 1.0, -2.0, 6.0, 9.0, 7.0])
    figure = activation_track(scores, threshold=4, pool=2, letters="CCCCCGATACC", width=4)
    raw, above, pooled = figure.axes
    np.testing.assert_array_equal(raw.lines[0].get_ydata(), scores)
    assert list(raw.lines[1].get_ydata()) == [4, 4]
    assert [text.get_text() for text in raw.texts] == ["GATA"]
    heights = [segment[1][1] for segment in above.collections[0].get_segments()]
    assert heights == torch.from_numpy(scores - 4).relu().tolist()
    (steps,) = pooled.patches
    expected = torch.nn.functional.max_pool1d(torch.tensor([heights]), 2)[0]
    assert steps.get_data().values.tolist() == expected.tolist() == [1, 0, 5]
    assert steps.get_data().edges.tolist() == [-0.5, 1.5, 3.5, 5.5]
    assert "7 places become 3" in pooled.get_title()
    assert "bp" in pooled.get_xlabel()
    assert all(axis.get_title() and axis.get_ylabel() for axis in figure.axes)
    assert figure.alt == (
        "Scores at 7 places; 4 are above 4. After pooling by 2, 2 of 3 places are above zero."
    )


def test_a_track_without_any_activation():
    figure = activation_track(np.full(4, -1.0), threshold=0, pool=4)
    assert figure.alt.endswith("0 are above 0. After pooling by 4, 0 of 1 places are above zero.")
