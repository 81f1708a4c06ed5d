"""Figures about networks: what is drawn, read back from their artists."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from genbench_lite.errors import DataError
from genbench_lite.figures.network_plots import layer_sizes, sigmoid_losses
from genbench_lite.models import PaperCNN


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
