"""Batches of sequences of any length: complete, narrow, fair to the classes; and predictions."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from training_toys import Bias, Recorder, Small, planted, ragged, strings

import genbench_lite as gbl
from genbench_lite import sequence
from genbench_lite.networks import batching
from genbench_lite.networks.batching import Batches, other_strand

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def unequal() -> gbl.SequenceSet:
    return ragged(300)


@given(
    st.lists(st.text("ACGTN", min_size=1, max_size=12), min_size=1, max_size=8), st.integers(0, 5)
)
def test_the_other_strand_keeps_its_padding_at_the_end(texts, more):
    s = strings(texts, [0] * len(texts))
    width = s.max_length + more
    turned = other_strand(s.padded(width), s.lengths)
    for row, text in zip(turned, texts, strict=True):
        expected = sequence.decode(sequence.reverse_complement(sequence.encode(text)))
        assert sequence.decode(row) == expected.ljust(width, "N")
    np.testing.assert_array_equal(other_strand(turned, s.lengths), s.padded(width))


@pytest.mark.parametrize("variable", [False, True])
@pytest.mark.parametrize("n", [2, 3, 64, 65, 130])
def test_every_row_is_in_one_batch(unequal, n, variable):
    some = unequal[:n]
    batches = Batches(some, Recorder(variable_length=variable), CPU)
    rows = batches._shuffled_rows(64, np.random.default_rng(0))
    assert sorted(np.concatenate(rows).tolist()) == list(range(n))
    assert min(map(len, rows)) > 1
    assert len(rows) == batches.steps(64)


@pytest.mark.parametrize("variable", [False, True])
def test_order_depends_on_the_generator_alone(unequal, variable):
    batches = Batches(unequal, Recorder(variable_length=variable), CPU)
    orders = [
        np.concatenate(batches._shuffled_rows(32, np.random.default_rng(s))) for s in (0, 0, 1)
    ]
    assert (orders[0] == orders[1]).all()
    assert (orders[0] != orders[2]).any()


def test_a_batch_is_what_one_hot_gives(unequal):
    batches = Batches(unequal, Bias(), CPU)
    rows = np.array([5, 2, 9])
    x, y = batches.batch(rows)
    np.testing.assert_array_equal(x, unequal.one_hot()[rows])
    np.testing.assert_array_equal(y, unequal.labels[rows])
    assert (x.dtype, y.dtype) == (torch.float32, torch.int64)


def test_like_lengths_come_together_but_classes_mix():
    """Where length tells the class, no batch is of one class."""
    rng = np.random.default_rng(0)
    lengths = np.concatenate([rng.integers(50, 400, 300), rng.integers(400, 800, 100)])
    s = strings(["A" * n for n in lengths], [0] * 300 + [1] * 100)
    model = Recorder(variable_length=True)
    batches = Batches(s, model, CPU)._shuffled_rows(40, np.random.default_rng(0))
    shares = [s.labels[rows].mean() for rows in batches]
    assert 0.1 <= min(shares) <= max(shares) <= 0.4
    padded = sum(len(rows) * s.lengths[rows].max() for rows in batches)
    at_random = np.split(np.random.default_rng(0).permutation(400), 10)
    assert padded < 0.85 * sum(len(rows) * s.lengths[rows].max() for rows in at_random)


def test_widths_follow_what_the_model_says(unequal):
    longest = unequal.max_length
    for attributes, widths in (
        ({}, {longest}),
        ({"length": 200}, {200}),
        ({"length": None}, {longest}),
    ):
        net = Recorder(**attributes)
        gbl.fit(net, unequal, unequal, epochs=1, batch_size=32)
        assert {x.shape[2] for x in net.seen[True] + net.seen[False]} == widths
    net = Recorder(variable_length=True)
    gbl.fit(net, unequal, unequal, epochs=1, batch_size=32)
    widths = {x.shape[2] for x in net.seen[True]}
    assert len(widths) > 1
    assert all(width % 32 == 0 or width == longest for width in widths)


def test_predictions_are_in_order_whatever_the_batches(unequal):
    class Length(Bias):
        variable_length = True

        def forward(self, x):
            return torch.stack([x.sum((1, 2)), x[:, 0].sum(1)], 1) / 100

    expected = [
        torch.tensor([sum(map(t.count, "ACGT")), t.count("A")]).div(100).softmax(0).tolist()
        for t in unequal.sequences
    ]
    for size in (1, 7, 512):
        np.testing.assert_allclose(gbl.predict(Length(), unequal, size), expected, rtol=1e-5)


def test_long_sequences_are_predicted_in_smaller_batches(monkeypatch):
    monkeypatch.setattr(batching, "_BASES", 1000)
    net = Recorder(variable_length=True)
    gbl.predict(net, strings(["A" * 100] * 30 + ["C" * 3000] * 2, [0] * 32))
    shapes = [(len(x), x.shape[2]) for x in net.seen[False]]
    assert sum(n for n, _ in shapes) == 32
    assert all(n == 1 or n * width <= 1000 * 1.3 for n, width in shapes)


def test_every_layer_gets_its_own_mode_back():
    s = planted(20)
    net = Small()
    net.train()
    net.answer[0].eval()
    gbl.predict(net, s)
    assert (net.training, net.answer[0].training, net.answer[1].training) == (True, False, True)
    net.eval()
    gbl.evaluate(net, s, bootstrap=0)
    assert not net.training


def test_the_mode_comes_back_after_an_error():
    class Fails(Small):
        def forward(self, x):
            raise ValueError("no")

    net = Fails().train()
    with pytest.raises(ValueError, match="no"):
        gbl.predict(net, planted(4))
    assert net.training


def test_nothing_to_predict():
    with pytest.raises(gbl.GenbenchError, match="no sequences to predict"):
        gbl.predict(Small(), planted(4)[:0])
    with pytest.raises(gbl.GenbenchError, match="batch_size=1 or more"):
        gbl.predict(Small(), planted(4), batch_size=0)
