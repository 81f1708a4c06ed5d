from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import torch

import genbench_lite as gbl
from genbench_lite import sequence, training
from genbench_lite.errors import DataError
from genbench_lite.training import History


@pytest.fixture
def toy() -> gbl.SequenceSet:
    """Sequences of two classes; TTTTGGGGAAAACCCCAC or its reverse complement marks the second."""
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 4, (240, 60), dtype=np.uint8)
    labels = np.arange(240) % 2
    mark = sequence.encode("TTTTGGGGAAAACCCCAC")
    for row in range(1, 240, 2):
        start = rng.integers(0, 60 - len(mark))
        codes[row, start : start + len(mark)] = (
            mark if row % 4 == 1 else sequence.reverse_complement(mark)
        )
    return gbl.SequenceSet.from_strings([sequence.decode(r) for r in codes], labels, ["no", "yes"])


def model(n_classes: int = 2, seed: int = 0) -> gbl.models.LiteCNN:
    torch.manual_seed(seed)
    return gbl.models.LiteCNN(n_classes, n_filters=16)


def test_learns_a_motif_on_either_strand(toy):
    train, valid = toy.split(0.25, seed=1)
    net = model()
    history = gbl.fit(net, train, valid, epochs=15, batch_size=16, learning_rate=5e-3)
    assert history.train_loss[-1] < 0.5 * history.train_loss[0]
    assert gbl.evaluate(net, valid).accuracy > 0.9


def test_history_has_a_row_an_epoch(toy):
    history = gbl.fit(model(), toy, toy, epochs=2)
    frame = history.to_frame()
    assert frame.index.tolist() == [1, 2]
    assert set(frame) == {"train_loss", "valid_loss", "valid_accuracy", "seconds"}
    assert set(gbl.fit(model(), toy, epochs=1).to_frame()) == {"train_loss", "seconds"}


def test_same_seed_same_network(toy):
    nets = [model(), model(), model()]
    for net, seed in zip(nets, (3, 3, 4), strict=True):
        gbl.fit(net, toy, epochs=1, seed=seed)
    first, same, other = (net.motifs.weight for net in nets)
    assert torch.equal(first, same)
    assert not torch.equal(first, other)


def test_the_first_loss_is_that_of_the_untrained_network(toy):
    """One batch of everything, no step before it: the loss can be worked out by hand."""
    net = model()
    net.classifier[2].p = 0.0
    x, y = torch.from_numpy(toy.one_hot()), torch.from_numpy(np.array(toy.labels))
    net.train()
    expected = torch.nn.functional.cross_entropy(net(x), y).item()
    net = model()
    net.classifier[2].p = 0.0
    history = gbl.fit(net, toy, epochs=1, batch_size=len(toy))
    assert history.train_loss[0] == pytest.approx(expected, rel=1e-4)


def test_predict_gives_probabilities_whatever_the_batches(toy):
    net = model()
    probability = gbl.predict(net, toy)
    assert probability.shape == (240, 2)
    assert probability.dtype == np.float32
    np.testing.assert_allclose(probability.sum(1), 1, rtol=1e-5)
    np.testing.assert_allclose(probability, gbl.predict(net, toy, batch_size=7), atol=1e-6)


def test_scores_worked_out_by_hand():
    class Oracle(torch.nn.Module):
        """Answers the class of the first letter: A is 0, C is 1, G is 2."""

        def __init__(self):
            super().__init__()
            self.unused = torch.nn.Parameter(torch.zeros(1))

        def forward(self, x):
            return x[:, :3, 0] * 100

    s = gbl.SequenceSet.from_strings(["A", "A", "C", "G"], [0, 1, 1, 2], ["a", "b", "c"])
    scores = gbl.evaluate(Oracle(), s)
    assert scores.accuracy == 0.75
    assert scores.confusion.tolist() == [[1, 0, 0], [1, 1, 0], [0, 0, 1]]
    assert scores.f1 == pytest.approx((2 / 3 + 2 / 3 + 1) / 3)
    assert scores.auroc == pytest.approx((5 / 6 + 3 / 4 + 1) / 3)
    assert repr(scores).startswith("Scores(accuracy=0.750, f1=0.778")
    missing = gbl.evaluate(Oracle(), s[:3])
    assert np.isnan(missing.auroc)
    assert missing.accuracy == pytest.approx(2 / 3)


def test_too_little_to_train_on_says_so(toy):
    for wrong in ({"train": toy[:0]}, {"train": toy[:1]}, {"epochs": 0}, {"batch_size": 1}):
        with pytest.raises(DataError, match="at least two sequences"):
            gbl.fit(model(), **({"train": toy} | wrong))
    with pytest.raises(DataError, match="no sequences to predict"):
        gbl.predict(model(), toy[:0])


@pytest.mark.parametrize("n", [2, 64, 65, 66, 129])
def test_any_number_of_sequences_makes_batches(toy, n):
    history = gbl.fit(model(), toy[:n], epochs=1)
    assert np.isfinite(history.train_loss[0])


def test_a_model_for_another_number_of_classes(toy):
    for use in (gbl.fit, gbl.predict, gbl.evaluate):
        with pytest.raises(DataError, match="n_classes=2"):
            use(model(n_classes=3), toy)


def test_a_loss_that_is_no_number_stops_with_advice(toy):
    net = model()
    with torch.no_grad():
        net.motifs.weight.fill_(float("nan"))
    with pytest.raises(DataError, match="smaller learning_rate"):
        gbl.fit(net, toy, epochs=1)


def test_lite_cnn_reads_both_strands_alike(toy):
    net = model().eval()
    x = torch.from_numpy(toy.one_hot())
    turned = torch.from_numpy(sequence.one_hot(sequence.reverse_complement(toy.padded())))
    torch.testing.assert_close(net(x), net(turned))


def test_lite_cnn_does_not_see_padding(toy):
    net = model().eval()
    short, long = torch.from_numpy(toy.one_hot()), torch.from_numpy(toy.one_hot(85))
    torch.testing.assert_close(net(short), net(long), atol=1e-5, rtol=1e-5)


def test_lite_cnn_does_not_see_padding_however_low_its_scores(toy):
    net = model().eval()
    with torch.no_grad():
        net.motifs.bias.fill_(-50.0)
    x = torch.from_numpy(toy.one_hot(85))
    assert (net.best_scores(x) < -40).all()
    torch.testing.assert_close(net(torch.from_numpy(toy.one_hot())), net(x))


def test_lite_cnn_has_an_answer_to_nothing_but_n(toy):
    assert torch.isfinite(model().eval()(torch.zeros(3, 4, 60))).all()


def test_curves_and_confusion_show_what_was_measured(toy):
    net = model()
    history = gbl.fit(net, toy, toy, epochs=2)
    figure = gbl.plots.learning_curves(history)
    loss, right = figure.axes
    assert loss.lines[0].get_ydata().tolist() == history.train_loss
    assert loss.lines[1].get_ydata().tolist() == history.valid_loss
    assert right.lines[0].get_ydata().tolist() == history.valid_accuracy
    assert "nats" in loss.get_ylabel()
    assert len(gbl.plots.learning_curves(History([1.0], seconds=[1.0])).axes) == 1
    with pytest.raises(DataError, match="no epochs"):
        gbl.plots.learning_curves(History())

    scores = gbl.evaluate(net, toy)
    figure = gbl.plots.confusion(scores)
    drawn = [text.get_text().split("\n")[0] for text in figure.axes[0].texts]
    assert drawn == [str(n) for n in scores.confusion.reshape(-1)]
    assert figure.axes[0].get_ylabel() == "true class"


def test_a_picture_is_shown_with_its_alternative_text(toy):
    figure = gbl.plots.confusion(gbl.evaluate(model(), toy))
    figure.alt = 'more than "half" <are> right'
    html = figure._repr_html_()
    assert html.startswith('<img src="data:image/png;base64,iVBOR')
    assert 'alt="more than &quot;half&quot; &lt;are&gt; right"' in html


def test_import_is_light():
    code = (
        "import sys, genbench_lite; "
        "heavy = {'torch', 'matplotlib', 'pandas', 'numpy', 'requests'} & set(sys.modules); "
        "assert not heavy, heavy; assert 'fit' in dir(genbench_lite)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_unknown_attribute():
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = gbl.nonsense


def test_every_public_name_is_there_and_no_module_hides_one():
    import importlib
    import pkgutil

    modules = {m.name for m in pkgutil.iter_modules(gbl.__path__)}
    for name in gbl.__all__:
        assert getattr(gbl, name) is not None
    functions = {name for name in gbl.__all__ if callable(getattr(gbl, name))}
    assert not modules & functions
    for module in modules:
        importlib.import_module(f"genbench_lite.{module}")
    assert all(callable(getattr(gbl, name)) for name in functions)
