from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import torch
from training_toys import Small, planted

import genbench_lite as gbl
from genbench_lite.errors import DataError
from genbench_lite.training import History


@pytest.fixture(scope="module")
def toy() -> gbl.SequenceSet:
    return planted(600)


def test_learns_a_motif_on_either_strand(toy):
    train, valid = toy.split(0.25, seed=1)
    net = Small()
    history = gbl.fit(net, train, valid, epochs=25, batch_size=16, learning_rate=1e-2)
    assert history.train_loss[-1] < 0.5 * history.train_loss[0]
    assert gbl.evaluate(net, valid).accuracy > 0.9


def test_history_has_a_row_an_epoch(toy):
    history = gbl.fit(Small(), toy, toy, epochs=2)
    frame = history.to_frame()
    assert frame.index.tolist() == [1, 2]
    assert set(frame) == {"train_loss", "valid_loss", "valid_accuracy", "seconds"}
    assert set(gbl.fit(Small(), toy, epochs=1).to_frame()) == {"train_loss", "seconds"}


def test_the_first_loss_is_that_of_the_untrained_network(toy):
    """One batch of everything, no step before it: the loss can be worked out by hand."""
    net = Small()
    net.answer[1].p = 0.0
    x, y = torch.from_numpy(toy.one_hot()), torch.from_numpy(np.array(toy.labels))
    expected = torch.nn.functional.cross_entropy(net(x), y).item()
    net = Small()
    net.answer[1].p = 0.0
    history = gbl.fit(net, toy, epochs=1, batch_size=len(toy))
    assert history.train_loss[0] == pytest.approx(expected, rel=1e-4)


def test_predict_gives_probabilities_whatever_the_batches(toy):
    net = Small()
    probability = gbl.predict(net, toy)
    assert probability.shape == (600, 2)
    assert probability.dtype == np.float32
    np.testing.assert_allclose(probability.sum(1), 1, rtol=1e-5)
    np.testing.assert_allclose(probability, gbl.predict(net, toy, batch_size=7), atol=1e-6)


def test_too_little_to_train_on_says_so(toy):
    for wrong in ({"train": toy[:0]}, {"train": toy[:1]}, {"epochs": 0}, {"batch_size": 1}):
        with pytest.raises(DataError, match="at least two sequences"):
            gbl.fit(Small(), **({"train": toy} | wrong))
    with pytest.raises(DataError, match="no sequences to predict"):
        gbl.predict(Small(), toy[:0])


@pytest.mark.parametrize("n", [2, 64, 65, 66, 129])
def test_any_number_of_sequences_makes_batches(toy, n):
    history = gbl.fit(Small(), toy[:n], epochs=1)
    assert np.isfinite(history.train_loss[0])


def test_curves_and_confusion_show_what_was_measured(toy):
    net = Small()
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
    figure = gbl.plots.confusion(gbl.evaluate(Small(), toy))
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
