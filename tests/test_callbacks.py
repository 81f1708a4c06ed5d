"""Callbacks end a training or watch it; the live curve shows one figure, or none."""

from __future__ import annotations

import sys
import types

import numpy as np
import pytest
from training_toys import Small, planted

import genbench_lite as gbl
from genbench_lite.networks import callbacks
from genbench_lite.networks.callbacks import LiveCurve, StopTraining
from genbench_lite.training import History


@pytest.fixture(scope="module")
def toy() -> gbl.SequenceSet:
    return planted(40)


def test_each_sees_every_epoch_when_it_is_complete(toy):
    seen = []

    def look(history, model):
        seen.append((len(history.train_loss), len(history.valid_loss), len(history.seconds)))
        assert isinstance(model, Small)

    gbl.fit(Small(), toy, toy, epochs=3, callbacks=[look])
    assert seen == [(1, 1, 1), (2, 2, 2), (3, 3, 3)]


def test_true_stops_and_other_answers_do_not(toy):
    history = gbl.fit(Small(), toy, epochs=5, callbacks=[lambda h, m: len(h.seconds) == 2])
    assert len(history.seconds) == 2
    assert history.stopped == "a callback said so"
    history = gbl.fit(Small(), toy, epochs=3, callbacks=[lambda h, m: h.train_loss])
    assert (len(history.seconds), history.stopped) == (3, "")


def test_true_of_numpy_stops_too(toy):
    history = gbl.fit(Small(), toy, epochs=5, callbacks=[lambda h, m: np.float64(1) > 0])
    assert len(history.seconds) == 1


def test_a_reason_is_kept_and_all_are_called(toy):
    calls = []

    def stop(history, model):
        raise StopTraining("good enough")

    def later(history, model):
        calls.append(len(history.seconds))

    history = gbl.fit(Small(), toy, epochs=5, callbacks=[stop, later])
    assert history.stopped == "good enough"
    assert calls == [1]


def test_an_error_in_a_callback_is_not_hidden(toy):
    def wrong(history, model):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        gbl.fit(Small(), toy, epochs=5, callbacks=[wrong])


def test_an_iterator_of_callbacks_serves_every_epoch(toy):
    calls = []
    gbl.fit(Small(), toy, epochs=3, callbacks=iter([lambda h, m: calls.append(1)]))
    assert len(calls) == 3


class BatchByBatch:
    """Notes the epoch and how much of it is done, and stops where it is told to."""

    def __init__(self, stop_at=None, reason="enough"):
        self.seen, self.stop_at, self.reason = [], stop_at, reason

    def __call__(self, history, model):
        self.seen.append((len(history.seconds), "end"))

    def after_batch(self, history, done):
        self.seen.append((len(history.seconds), done))
        if self.seen[-1] == self.stop_at:
            raise StopTraining(self.reason)


def test_each_batch_is_told_with_its_share_of_the_epoch(toy):
    watch = BatchByBatch()
    gbl.fit(Small(), toy, epochs=2, batch_size=20, callbacks=[watch])
    assert watch.seen == [(0, 0.5), (0, 1.0), (1, "end"), (1, 0.5), (1, 1.0), (2, "end")]


def test_stopped_between_batches_it_ends_as_if_interrupted(toy):
    model, watch = Small(), BatchByBatch(stop_at=(1, 0.5))
    before = {name: value.clone() for name, value in model.state_dict().items()}
    history = gbl.fit(model, toy, toy, epochs=5, batch_size=20, callbacks=[watch])
    assert history.stopped == "enough"
    assert [len(v) for v in (history.train_loss, history.valid_loss, history.seconds)] == [1, 1, 1]
    assert watch.seen[-1] == (1, 0.5)  # the batch after it was not begun
    assert not model.training
    assert not all(value.equal(before[name]) for name, value in model.state_dict().items())
    silent = BatchByBatch(stop_at=(0, 1.0), reason="")
    assert gbl.fit(Small(), toy, callbacks=[silent]).stopped == "interrupted in epoch 1"


def test_an_error_between_batches_is_not_hidden(toy):
    class Wrong(BatchByBatch):
        def after_batch(self, history, done):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        gbl.fit(Small(), toy, callbacks=[Wrong()])


def test_whoever_watches_the_batches_takes_the_place_of_the_bar(toy, capsys):
    gbl.fit(Small(), toy, epochs=1, callbacks=[lambda h, m: None])
    assert "sequences" in capsys.readouterr().err
    gbl.fit(Small(), toy, epochs=1, callbacks=[BatchByBatch()])
    assert capsys.readouterr().err == ""


def history(epochs: int) -> History:
    return History([0.7, 0.6, 0.5][:epochs], seconds=[1.0] * epochs)


def test_without_a_notebook_the_picture_is_kept_and_nothing_shown(capsys):
    curve = LiveCurve()
    assert curve.picture is None
    assert curve(history(2), None) is None
    assert curve.picture.axes[0].lines[0].get_ydata().tolist() == [0.7, 0.6]
    assert capsys.readouterr().out == ""


def test_without_ipython_too(monkeypatch):
    monkeypatch.setitem(sys.modules, "IPython", None)
    curve = LiveCurve()
    curve(history(1), None)
    assert curve.picture is not None


@pytest.fixture
def shown(monkeypatch) -> list[tuple[str, str]]:
    """What a notebook would be sent."""
    import IPython.display

    log = []

    class Handle:
        def update(self, shown):
            log.append(("update", shown.data))

    def display(shown, display_id=None):
        assert display_id
        log.append(("display", shown.data))
        return Handle()

    monkeypatch.setattr(callbacks, "_in_notebook", lambda: True)
    monkeypatch.setattr(IPython.display, "display", display)
    return log


def test_in_a_notebook_one_figure_is_replaced(toy, shown):
    curve = LiveCurve()
    gbl.fit(Small(), toy, toy, epochs=3, callbacks=[curve])
    assert [what for what, _ in shown] == ["display", "update", "update"]
    assert all(html.startswith("<img") and 'alt="Training loss' in html for _, html in shown)
    assert "after 3 epochs" in shown[-1][1]
    gbl.fit(Small(), toy, epochs=1, callbacks=[curve])  # another training: another figure
    assert shown[-1][0] == "display"


def test_a_notebook_is_told_by_its_kernel(monkeypatch):
    import IPython

    assert not callbacks._in_notebook()
    monkeypatch.setattr(IPython, "get_ipython", lambda: types.SimpleNamespace())
    assert not callbacks._in_notebook()  # a terminal
    monkeypatch.setattr(IPython, "get_ipython", lambda: types.SimpleNamespace(kernel=object()))
    assert callbacks._in_notebook()
