"""A training beside the notebook: it starts, shows, stops, fails and ends as a learner expects."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import time
from xml.etree import ElementTree

import numpy as np
import pytest
import torch
from training_toys import Bias, Small, planted, same_weights

import genbench_lite as gbl
from genbench_lite.errors import DataError, GenbenchError, UnknownNameError
from genbench_lite.figures.training_panels import MOST, flip_table, live_curves, progress_bar
from genbench_lite.interactive.background import Job
from genbench_lite.interactive.training_dashboard import TrainingDashboard
from genbench_lite.networks.flips import Flip, find_flips
from genbench_lite.networks.history import History

LONG = 100_000  # epochs that no test waits for
SECONDS = 60  # after which something hangs


@pytest.fixture(scope="module")
def toy() -> gbl.SequenceSet:
    return planted(80)


@pytest.fixture
def board(toy):
    """A function that builds dashboards; what they train is stopped in the end."""
    built = []

    def build(model=None, **recipe) -> TrainingDashboard:
        recipe = {"batch_size": 20} | recipe
        built.append(TrainingDashboard(model or Small(), toy, toy[:40], **recipe))
        return built[-1]

    yield build
    for one in built:
        one._job.stop()
        one._job.wait(SECONDS)
        assert not one._job.running


def until(condition) -> None:
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)


def press(button) -> None:
    button.click()


def text(html: str) -> str:
    return re.sub("<[^>]+>", " ", html)


# which answers changed


def test_answers_for_other_sequences_are_refused(toy):
    with pytest.raises(DataError, match="Predict the same sequences twice"):
        find_flips(toy, np.zeros((3, 2)), np.zeros((80, 2)))


def test_only_other_answers_count_the_largest_changes_first():
    three = gbl.SequenceSet.from_strings(["A"] * 4, [0, 0, 1, 1], ["no", "yes"], list("abcd"))
    before = np.array([[0.4, 0.6], [0.9, 0.1], [0.3, 0.7], [0.8, 0.2]])
    after = np.array([[0.6, 0.4], [0.6, 0.4], [0.9, 0.1], [0.45, 0.55]])
    assert find_flips(three, before, after) == [
        Flip("c", "yes", "yes", 0.7, "no", 0.9),
        Flip("d", "yes", "no", 0.8, "yes", 0.55),
        Flip("a", "no", "yes", 0.6, "no", 0.6),
    ]
    assert [flip.verdict for flip in find_flips(three, before, after)] == [
        "now wrong", "now right", "now right",
    ]  # fmt: skip
    assert Flip("e", "maybe", "yes", 0.5, "no", 0.5).verdict == "still wrong"


# drawings


def history(epochs: int) -> History:
    losses = [0.7 - 0.1 * i for i in range(epochs)]
    return History(losses, [0.6, 0.5, 0.55][:epochs], [0.6, 0.8, 0.7][:epochs], [1.0] * epochs)


def panels(html: str) -> list[ElementTree.Element]:
    return [ElementTree.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", html)]


def test_curves_before_during_and_after():
    assert [p.get("aria-label") for p in panels(live_curves(None, 5))] == [
        "Loss (nats), empty.",
        "Accuracy (share right), empty.",
    ]
    loss, accuracy = panels(live_curves(history(3), 5))
    assert loss.get("aria-label") == (
        "Loss (nats), epoch 3 of 5: training 0.50; validation 0.55, lowest in epoch 2."
    )
    assert accuracy.get("aria-label") == "Accuracy (share right), epoch 3 of 5: validation 0.70."
    one, _ = panels(live_curves(history(3), 5, until=1))
    assert "epoch 1 of 5: training 0.70" in one.get("aria-label")


def test_of_an_epoch_that_is_not_complete_nothing_is_drawn():
    half = history(2)
    half.train_loss.append(0.1)
    assert live_curves(half, 5) == live_curves(history(2), 5)


@pytest.mark.parametrize("epochs", [1, 2, 3, 30, 1000])
def test_curves_stay_on_their_paper(epochs):
    wild = History([9.0], [50.0], [0.03], [1.0])
    for panel in panels(live_curves(wild, epochs)):
        width, height = float(panel.get("width")), float(panel.get("height"))
        for node in panel.iter():
            x, y = node.get("cx") or node.get("x"), node.get("cy") or node.get("y")
            if x and y:
                assert 0 <= float(x) <= width
                assert 0 <= float(y) <= height


def test_many_epochs_are_lines_without_dots_and_the_last_numbers():
    curve = [0.5] * 100
    many = History(curve, curve, curve, curve)
    assert live_curves(many, 100).count("<circle") == 1  # the ring around the lowest point
    assert text(flip_table([[]] * 100, watched=9)).count(" 0") == 1 + 20


def test_the_bar_refuses_more_than_everything():
    with pytest.raises(DataError, match="of an epoch cannot be done"):
        progress_bar(1, 2, 1.5)


def test_the_table_shows_the_largest_changes_and_escapes_names():
    flips = [Flip(f"<b>{i}", "yes", "no", 0.9, "yes", 0.8) for i in range(MOST + 3)]
    html = flip_table([flips[:1], flips], watched=1000)
    assert "<b>" not in html
    assert html.count("<tr>") == 1 + MOST
    words = text(html)
    assert f"Epoch 2: {MOST + 3} of 1,000 watched" in words
    assert f"({MOST + 3} now right)" in words
    assert f"epoch by epoch: 1, {MOST + 3}." in words
    assert "no (0.90)" in words
    assert "yes (0.80)" in words


def test_of_many_epochs_the_first_counts_are_kept_beside_the_last():
    flip = Flip("chr2:100", "yes", "no", 0.9, "yes", 0.8)
    words = text(flip_table([[flip] * (100 - i) for i in range(30)], watched=1000))
    assert "epoch by epoch: 100, 99, 98, …, 87, 86," in words
    assert ", 72, 71." in words


def test_no_epoch_and_no_change_need_no_table():
    assert flip_table([], watched=9) == ""
    assert "<table" not in flip_table([[]], watched=9)
    assert "Epoch 1: 0 of 9" in flip_table([[]], watched=9)


# one job at a time


def test_work_ends_when_it_is_asked_to_and_begins_again():
    job, rounds = Job(), []

    def work():
        rounds.append(threading.current_thread())
        job.stop_asked.wait(SECONDS)

    for _ in range(2):
        job.begin(work, beside=True)
        until(lambda: rounds)
        assert job.running
        with pytest.raises(GenbenchError, match="Press Stop first"):
            job.begin(work, beside=True)
        job.stop()
        job.wait(SECONDS)
        assert not job.running
    assert len(rounds) == 2
    assert threading.main_thread() not in rounds


def test_another_job_stops_the_one_before_it():
    first, second = Job(), Job()
    first.begin(lambda: first.stop_asked.wait(SECONDS), beside=True)
    second.begin(lambda: None, beside=False)
    assert not first.running
    assert not second.stop_asked.is_set()


def test_work_that_fails_has_ended():
    job = Job()
    with pytest.raises(ZeroDivisionError):
        job.begin(lambda: 1 / 0, beside=False)
    assert not job.running


@pytest.mark.timeout(120)
def test_a_training_does_not_keep_python_alive():
    code = f"""
import sys
sys.path.insert(0, {str(sys.path[0])!r})
sys.path.insert(0, "tests")
from training_toys import Small, planted
from genbench_lite.interactive.training_dashboard import TrainingDashboard
board = TrainingDashboard(Small(), planted(), planted(), epochs={LONG})
board.start.click()
while board.history is None:
    pass
print("begun")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=100)
    assert (done.stdout, done.returncode) == ("begun\n", 0), done.stderr


# building it


def test_what_cannot_be_watched_is_refused(toy):
    with pytest.raises(DataError, match="KmerBaseline is no network"):
        TrainingDashboard(gbl.models.KmerBaseline(), toy, toy)
    with pytest.raises(DataError, match=r"valid is a NoneType.*data.valid"):
        TrainingDashboard(Small(), toy, None)
    with pytest.raises(DataError, match="no sequences to validate on"):
        TrainingDashboard(Small(), toy, toy[:0])
    with pytest.raises(DataError, match="0 training sequences"):
        TrainingDashboard(Small(), toy[:0], toy)
    with pytest.raises(DataError, match="Build it with n_classes=2"):
        TrainingDashboard(Small(n_classes=3), toy, toy)


def test_settings_are_checked_before_anything_is_shown(toy):
    with pytest.raises(UnknownNameError, match="Did you mean 'learning_rate'"):
        TrainingDashboard(Small(), toy, toy, learning_rat=1)
    with pytest.raises(DataError, match="leads nowhere"):
        TrainingDashboard(Small(), toy, toy, learning_rate=0)


def test_to_build_it_trains_nothing(board):
    model = Small()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    threads = threading.active_count()
    one = board(model, epochs=LONG)
    assert one.history is None
    assert one.changes == []
    assert all(value.equal(before[name]) for name, value in model.state_dict().items())
    assert threading.active_count() == threads
    assert (one.start.disabled, one.stop.disabled) == (False, True)
    assert "Not trained yet" in one.status.value
    assert "Before Start" in one.still()


# training in a cell


def test_run_is_fit_with_a_picture(board, toy, capsys):
    one = board(Small(), epochs=3, flip_strands=True, patience=2)
    result = one.run()
    twin = Small()
    expected = gbl.fit(
        twin, toy, toy[:40], epochs=3, flip_strands=True, patience=2, batch_size=20,
        callbacks=[lambda h, m: None],
    )  # fmt: skip
    assert result is one.history
    assert result.valid_loss == expected.valid_loss
    assert same_weights(one.model, twin)
    assert not one.model.training
    assert len(one.changes) == 3
    assert "epoch 3 of 3" in one.picture.value
    assert "Done: 3 epochs." in one.status.value
    assert (one.start.disabled, one.stop.disabled) == (False, True)
    assert one.errors == []


def test_the_same_seed_gives_the_same_curves_again(board):
    one = board(epochs=2)
    first = one.run().train_loss
    assert one.run().train_loss == first
    assert len(one.changes) == 2


def test_changes_are_those_of_the_model(board, toy):
    one = board(epochs=2)
    answers = [gbl.predict(one.model, toy[:40])]
    one._callbacks.append(lambda h, m: answers.append(gbl.predict(m, toy[:40])))
    one.run()
    for epoch in (1, 2):
        expected = find_flips(toy[:40], answers[epoch - 1], answers[epoch])
        assert one.changes[epoch - 1] == expected
    assert one.flips()["id"].tolist() == [flip.id for flip in one.changes[1]]
    assert list(one.flips()) == ["id", "truth", "before", "p_before", "after", "p_after"]


def test_an_error_in_a_cell_is_raised_there_and_the_buttons_are_back(board):
    def wrong(history, model):
        raise ZeroDivisionError("no good")

    one = board(epochs=3, callbacks=[wrong])
    with pytest.raises(ZeroDivisionError):
        one.run()
    assert "ended with an error" in one.status.value
    assert (one.start.disabled, one.stop.disabled) == (False, True)


def test_interrupt_ends_run_as_it_ends_fit(board):
    def interrupt(history, model):
        if len(history.seconds) == 2:
            raise KeyboardInterrupt

    one = board(epochs=LONG, callbacks=[interrupt])
    assert one.run().stopped == "interrupted in epoch 3"
    assert "Ended after 2 epochs: interrupted in epoch 3." in one.status.value


# training beside the cells


def test_start_shows_curves_and_stop_ends_with_the_model_so_far(board, toy):
    model = Small()
    one = board(model, epochs=LONG)
    first = {name: value.clone() for name, value in model.state_dict().items()}
    press(one.start)
    until(lambda: len(one.changes) >= 2)
    assert (one.start.disabled, one.stop.disabled) == (True, False)
    assert re.search(r"epoch \d+ of", one.picture.value)
    assert "Training: epoch" in one.status.value
    press(one.stop)
    until(lambda: not one._job.running)
    assert re.fullmatch(r"stopped by hand in epoch \d+", one.history.stopped)
    assert 2 <= len(one.history.seconds) < LONG
    assert len(one.history.train_loss) == len(one.history.seconds)
    assert "stopped by hand" in one.status.value
    assert (one.start.disabled, one.stop.disabled, one.bar.value) == (False, True, "")
    assert not model.training
    assert not all(value.equal(first[name]) for name, value in model.state_dict().items())
    assert gbl.predict(model, toy).shape == (80, 2)
    assert one.errors == []


def test_start_after_stop_begins_again(board):
    one = board(epochs=LONG)
    losses = []
    for _ in range(2):
        press(one.start)
        until(lambda: one.history and len(one.changes) >= 1)
        losses.append(one.history.train_loss[0])
        press(one.stop)
        until(lambda: not one._job.running)
    assert losses[0] == losses[1]


def test_start_is_told_off_while_it_trains(board):
    one = board(epochs=LONG)
    press(one.start)
    press(one.start)
    assert "Press Stop first" in one.message.value
    assert one._job.running


def test_the_bar_moves_between_epochs_and_not_with_every_batch(board):
    one = board(epochs=4, batch_size=2)  # 40 batches an epoch
    shown = []
    one.bar.observe(lambda change: shown.append(change["new"]), names="value")
    one.run()
    assert shown[-1] == ""
    bars = [bar for bar in shown if bar]
    assert bars
    assert all(re.search(r"Epoch [1-4] of 4 <progress", bar) for bar in bars)
    seconds = sum(one.history.seconds)
    assert len(bars) <= 2 + seconds / 0.1


def test_other_cells_see_the_last_complete_epoch_and_do_not_disturb(board, toy):
    """What is asked between the batches is the model after the epoch, in evaluation mode."""
    model, seen = Small(), []

    class Ask:
        def __call__(self, history, learner):
            seen.append([value.clone() for value in learner.state_dict().values()])

        def after_batch(self, history, done):
            gbl.predict(model, toy)
            if seen:
                now = model.state_dict().values()
                assert all(a.equal(b) for a, b in zip(seen[-1], now, strict=True))

    one = board(model, epochs=3, callbacks=[Ask()])
    one.run()
    alone = board(Small(), epochs=3)
    alone.run()
    assert same_weights(one.model, alone.model)


def test_an_error_in_the_thread_shows_in_the_widget(board):
    def wrong(history, model):
        raise ValueError("<i>no</i> good")

    one = board(epochs=3, callbacks=[wrong])
    press(one.start)
    until(lambda: one.message.value)
    assert 'role="alert"' in one.message.value
    assert "ValueError: &lt;i&gt;no&lt;/i&gt; good" in one.message.value
    assert "ended with an error" in one.status.value
    assert [type(error) for error in one.errors] == [ValueError]
    until(lambda: not one._job.running)
    press(one.start)
    with pytest.raises(ValueError, match="good"):  # whoever waits for it hears of it too
        one.run()


def test_a_model_that_raises_shows_in_the_widget(board):
    class Moody(Bias):
        def forward(self, x):
            if self.training:
                raise RuntimeError("not today")
            return super().forward(x)

    one = board(Moody())
    press(one.start)
    until(lambda: one.message.value)
    assert "RuntimeError: not today" in one.message.value


def test_a_loss_that_explodes_is_told_and_leaves_usable_weights(board, toy):
    one = board(epochs=50, learning_rate=1e30)
    press(one.start)
    until(lambda: one.message.value)
    assert "The loss is no longer a number" in one.message.value
    assert np.isfinite(gbl.predict(one.model, toy)).all()


def test_run_waits_for_a_training_that_goes_on(board):
    one = board(epochs=3)
    press(one.start)
    assert len(one.run().seconds) == 3
    assert not one._job.running


def test_another_dashboard_takes_the_place(board):
    one, other = board(epochs=LONG), board(epochs=2)
    press(one.start)
    until(lambda: one.changes)
    assert len(other.run().seconds) == 2
    assert not one._job.running
    assert "stopped by hand" in one.history.stopped


def test_the_still_shows_first_best_and_last_epoch(board):
    one = board(epochs=4)
    result = one.run()
    still = one.still()
    for epoch in {1, result.best_epoch, 4}:
        assert f"After epoch {epoch}<" in still
        assert f"epoch {epoch} of 4" in still


def test_generators_are_left_alone(board):
    torch.manual_seed(7)
    expected = torch.rand(1)
    one = board(epochs=1)
    torch.manual_seed(7)
    one.run()
    assert torch.rand(1) == expected
