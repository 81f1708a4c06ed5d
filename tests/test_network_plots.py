"""Figures about networks: what is drawn, read back from their artists."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from matplotlib.colors import to_hex
from torch import nn

from genbench_lite.errors import DataError
from genbench_lite.models import PaperCNN
from genbench_lite.network_plots import (
    activation_track,
    layer_sizes,
    sigmoid_losses,
    sliding_filter,
)
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


def test_layer_sizes_are_those_of_torch():
    model = nn.Sequential(
        nn.Conv1d(4, 3, 5), nn.ReLU(), nn.MaxPool1d(2), nn.Flatten(), nn.Linear(24, 7)
    )
    figure = layer_sizes(model, 20)
    left, right = figure.axes
    assert [bar.get_width() for bar in left.patches] == [4 * 20, 3 * 16, 3 * 8, 7]
    assert [bar.get_width() for bar in right.patches] == [0, 4 * 3 * 5 + 3, 0, 24 * 7 + 7]
    assert [text.get_text() for text in left.texts] == ["4 × 20", "3 × 16", "3 × 8", "7"]
    assert [text.get_text() for text in right.texts] == ["none", "63", "none", "175"]
    assert [label.get_text() for label in left.get_yticklabels()] == [
        "letters",
        "convolution",
        "max pooling",
        "linear",
    ]
    assert all(axis.get_title() and axis.get_xlabel() for axis in figure.axes)


def test_layer_sizes_of_the_published_network():
    model = PaperCNN(2, 200, embed_first=True)
    weights = sum(p.numel() for p in model.parameters())
    figure = layer_sizes(model, 200)
    assert "convolution 16 x 195; max pooling 16 x 97; convolution 8 x 90" in figure.alt
    shown = sum(bar.get_width() for bar in figure.axes[1].patches)
    assert shown == weights - 7 * 100 - 2 * (16 + 8 + 4)  # without embedding and batch norm


def test_layer_sizes_leave_the_model_as_it_was():
    model = nn.Sequential(nn.Conv1d(4, 2, 3), nn.BatchNorm1d(2)).train()
    before = model[1].running_mean.clone()
    layer_sizes(model, 10)
    assert model.training
    assert torch.equal(model[1].running_mean, before)
    assert not any(module._forward_hooks for module in model.modules())


def test_a_length_that_the_model_cannot_read_leaves_no_hooks():
    model = nn.Sequential(nn.Conv1d(4, 2, 3), nn.Flatten(), nn.Linear(2, 1))
    with pytest.raises(RuntimeError):
        layer_sizes(model, 10)
    assert not any(module._forward_hooks for module in model.modules())


@pytest.mark.parametrize("reach", [0, -1, np.inf, np.nan])
def test_a_reach_without_logits(reach):
    with pytest.raises(DataError, match="above 0"):
        sigmoid_losses(reach)


def test_the_losses_are_those_of_torch():
    figure = sigmoid_losses(5)
    loss = torch.nn.functional.binary_cross_entropy_with_logits
    for axis, label in zip(figure.axes, (1.0, 0.0), strict=True):
        once, twice = axis.lines
        logits = torch.tensor(once.get_xdata())
        truth = torch.full_like(logits, label)
        for line, output in ((once, logits), (twice, logits.sigmoid())):
            expected = loss(output, truth, reduction="none")
            np.testing.assert_allclose(line.get_ydata(), expected, atol=1e-6)
        assert once.get_linestyle() != twice.get_linestyle()
        assert axis.get_title().endswith(f"{label:.0f}")
    assert "nats" in figure.axes[0].get_ylabel()
