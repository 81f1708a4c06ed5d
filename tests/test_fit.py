"""What fit does with its settings, its model and bad input; a model small enough to check."""

from __future__ import annotations

import dataclasses
import signal
import warnings

import numpy as np
import pytest
import torch
from torch import nn
from training_toys import Bias, Recorder, Small, planted, ragged, same_weights, strings

import genbench_lite as gbl
from genbench_lite.errors import DataError, GenbenchError, UnknownNameError
from genbench_lite.networks.prediction import check_reads
from genbench_lite.networks.training_settings import one_cycle


@pytest.fixture(scope="module")
def toy() -> gbl.SequenceSet:
    return planted()


@pytest.fixture(scope="module")
def unequal() -> gbl.SequenceSet:
    return ragged()


@pytest.fixture
def steps(monkeypatch) -> list[dict]:
    """Learning rate and gradient length of every step of Adam."""
    taken = []
    step = torch.optim.Adam.step

    def listen(self, *args, **kwargs):
        group = self.param_groups[0]
        gradient = torch.cat([p.grad.flatten() for p in group["params"]])
        taken.append({"lr": group["lr"], "norm": float(gradient.norm())})
        return step(self, *args, **kwargs)

    monkeypatch.setattr(torch.optim.Adam, "step", listen)
    return taken


# --- bad input


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"schedule": "one-cycle"}, "Did you mean 'one_cycle'"),
        ({"patience": 2}, "give valid"),
        ({"learning_rate": 0.0}, "Try 0.001"),
        ({"learning_rate": float("nan")}, "Try 0.001"),
        ({"clip_norm": 0.0}, r"Try 1\.0, or None"),
        ({"weight_decay": -0.1}, "Take 0 or more"),
        ({"batch_size": 1}, "batches of two"),
        ({"epochs": 0}, "one epoch"),
    ],
)
def test_a_setting_that_makes_no_sense(toy, wrong, message):
    with pytest.raises(GenbenchError, match=message):
        gbl.fit(Small(), toy, **wrong)


def test_patience_of_less_than_an_epoch(toy):
    with pytest.raises(DataError, match="at least one epoch"):
        gbl.fit(Small(), toy, toy, patience=0)


def test_nothing_to_train_or_validate_on(toy):
    with pytest.raises(DataError, match="at least two sequences"):
        gbl.fit(Small(), toy[:0])
    with pytest.raises(DataError, match="leave valid out"):
        gbl.fit(Small(), toy, toy[:0])


def test_labels_outside_the_range(toy):
    with pytest.raises(DataError, match="Labels must"):
        gbl.SequenceSet.from_strings(["ACGT"], [2], ["no", "yes"])
    changed = dataclasses.replace(toy, labels=toy.labels.copy())
    changed.labels[3] = 2
    for train, valid in ((changed, None), (toy, changed)):
        with pytest.raises(DataError, match="0 to 1, one for each class"):
            gbl.fit(Small(), train, valid)


def test_validation_with_other_classes(toy):
    other = dataclasses.replace(toy, classes=("maybe", "no"))
    with pytest.raises(DataError, match="validation classes are maybe, no, the training classes"):
        gbl.fit(Small(), toy, other)


@pytest.mark.parametrize("use", [gbl.fit, gbl.predict, gbl.evaluate])
def test_a_model_for_another_number_of_classes(toy, use):
    for wrong in (Small(n_classes=3), Bias(1)):
        with pytest.raises(DataError, match="n_classes=2"):
            use(wrong, toy)


@pytest.mark.parametrize("use", [gbl.fit, gbl.predict, gbl.evaluate])
def test_a_model_of_another_input_length(toy, use):
    wrong = nn.Sequential(nn.Flatten(), nn.Linear(4 * 50, 2))
    with pytest.raises(DataError, match=r"padded to 40 bp \(mat1 and mat2.*Build it for this"):
        use(wrong, toy)
    with pytest.raises(DataError, match="reads 30 bp, and the longest sequence has 40 bp"):
        use(Recorder(length=30), toy)


def test_sequences_shorter_than_the_filters(unequal):
    class Wide(Small):
        def __init__(self):
            super().__init__()
            self.motifs = nn.Conv1d(4, 8, 70)

    long = unequal[unequal.lengths > 96]
    gbl.fit(Wide(), long, epochs=1)
    with pytest.raises(DataError, match="leave out what is shorter than its filters"):
        gbl.fit(Wide(), unequal)  # found before training, in whatever batch it would come
    for use in (gbl.predict, gbl.evaluate):
        with pytest.raises(DataError, match="leave out what is shorter than its filters"):
            use(Wide(), unequal[unequal.lengths < 60])


def test_validation_that_cannot_be_read_is_found_before_training(toy, unequal):
    net = nn.Sequential(nn.Flatten(), nn.Linear(4 * 40, 2))
    before = net[1].weight.clone()
    with pytest.raises(DataError, match="cannot read"):
        gbl.fit(net, toy, unequal, epochs=1)
    assert torch.equal(before, net[1].weight)


def test_a_model_without_weights_to_learn(toy):
    net = Small()
    net.requires_grad_(False)
    with pytest.raises(DataError, match="no weights to learn"):
        gbl.fit(net, toy)


def test_one_class_is_trained_on_with_a_warning(toy):
    only = toy[toy.labels == 1]
    with pytest.warns(UserWarning, match="All validation sequences are of the class 'yes'"):
        history = gbl.fit(Small(), toy, only, epochs=1)
    assert 0 <= history.valid_accuracy[0] <= 1
    with pytest.warns(UserWarning, match="All training sequences are of the class 'yes'"):
        gbl.fit(Small(), only, toy, epochs=1)


@pytest.mark.parametrize("device", ["cuda", "cuda:1", "mps", "quantum"])
def test_a_device_that_is_not_there(toy, monkeypatch, device):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    for use in (gbl.fit, gbl.predict, gbl.evaluate):
        with pytest.raises(GenbenchError, match=f"'{device}' cannot be used here.*auto"):
            use(Small(), toy, device=device)


def test_the_best_device_there_is(toy, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    net = Small()
    gbl.fit(net, toy, epochs=1, device="auto")
    assert next(net.parameters()).device.type == "cpu"


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried"),
        RuntimeError("MPS backend out of memory (MPS allocated: 1 GB)"),
        MemoryError(),
    ],
    ids=["cuda", "cpu", "mps", "python"],
)
def test_out_of_memory_names_a_batch_size_that_works(toy, error):
    class Hungry(Small):
        def forward(self, x):
            if len(x) > 20:
                raise error
            return super().forward(x)

    with pytest.raises(GenbenchError, match=r"64 sequences of 40 bp.*Try batch_size=32\."):
        gbl.fit(Hungry(), toy, epochs=1)
    for use in (gbl.predict, gbl.evaluate):
        with pytest.raises(GenbenchError, match=r"160 sequences.*Try batch_size=80\."):
            use(Hungry(), toy)
        use(Hungry(), toy, batch_size=20)
    gbl.fit(Hungry(), toy, toy, epochs=1, batch_size=16)


def test_out_of_memory_for_a_single_sequence(toy):
    class Starved(Small):
        def forward(self, x):
            raise torch.OutOfMemoryError("CUDA out of memory")

    with pytest.raises(GenbenchError, match="a smaller model"):
        gbl.fit(Starved(), toy)


def test_another_error_of_the_model_is_not_explained_away(toy):
    class Broken(Bias):
        def forward(self, x):
            return super().forward(x) if not self.training else torch.zeros(2) + torch.zeros(3)

    with pytest.raises(RuntimeError, match="size of tensor"):
        gbl.fit(Broken(), toy)


def test_a_loss_that_is_no_number_leaves_the_weights_from_before(toy):
    net = Small()
    before = Small()
    with pytest.raises(DataError, match=r"epoch 1.*smaller learning_rate than 1e.30, clip"):
        gbl.fit(net, toy, learning_rate=1e30)
    assert same_weights(net, before)


def test_weights_that_are_no_number_are_found_though_the_loss_is_one(toy):
    class Cliff(Bias):
        def forward(self, x):
            return super().forward(x) + self.logits.sum().abs().sqrt()  # its slope at 0 is infinite

    net = Cliff()
    with pytest.raises(DataError, match="no longer a number in epoch 1"):
        gbl.fit(net, toy, epochs=1, batch_size=len(toy))
    assert net.logits.tolist() == [0, 0]


def test_later_epochs_fall_back_to_the_one_before(toy):
    saved = {}

    def keep(history, model):
        saved.update({k: v.clone() for k, v in model.state_dict().items()})
        if len(history.seconds) == 2:
            model.poison = True

    class Poisoned(Small):
        poison = False

        def forward(self, x):
            return super().forward(x) * (float("nan") if self.poison else 1.0)

    net = Poisoned()
    with pytest.raises(DataError, match="in epoch 3"):
        gbl.fit(net, toy, callbacks=[keep])
    assert all(torch.equal(value, saved[name]) for name, value in net.state_dict().items())


def test_what_is_no_model(toy):
    with pytest.raises(DataError, match=r"str is no torch\.nn\.Module and has no method 'fit'"):
        gbl.fit("LiteCNN", toy)
    for use in (gbl.predict, gbl.evaluate):
        with pytest.raises(DataError, match="no method 'predict'"):
            use("LiteCNN", toy)


# --- settings


def test_same_seed_same_weights_bit_for_bit(unequal):
    settings = {
        "epochs": 3, "batch_size": 16, "schedule": "one_cycle", "flip_strands": True,
        "class_weights": True, "clip_norm": 1.0, "weight_decay": 0.01,
    }  # fmt: skip
    nets = [Small(), Small(), Small()]
    histories = [
        gbl.fit(net, unequal, unequal, seed=seed, **settings)
        for net, seed in zip(nets, (3, 3, 4), strict=True)
    ]
    assert same_weights(nets[0], nets[1])
    assert not same_weights(nets[0], nets[2])
    assert histories[0].train_loss == histories[1].train_loss
    assert histories[0].valid_loss == histories[1].valid_loss


def test_the_random_numbers_of_others_are_left_alone(toy):
    torch.manual_seed(5)
    np.random.seed(5)  # noqa: NPY002 - the old generator is the global one
    expected = torch.rand(3), np.random.rand(3)  # noqa: NPY002
    torch.manual_seed(5)
    np.random.seed(5)  # noqa: NPY002
    gbl.fit(Bias(), toy, epochs=1)
    assert torch.equal(torch.rand(3), expected[0])
    np.testing.assert_array_equal(np.random.rand(3), expected[1])  # noqa: NPY002


def test_the_schedule_is_that_of_torch():
    parameter = nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], 1.0)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1.0, total_steps=2000)
    expected = []
    for _ in range(2000):
        expected.append(schedule.get_last_lr()[0])
        optimizer.step()
        schedule.step()
    np.testing.assert_allclose([one_cycle(i / 1999) for i in range(2000)], expected, atol=2e-3)


def test_the_schedule_spans_all_steps_of_all_epochs(toy, steps):
    gbl.fit(Bias(), toy, epochs=5, batch_size=16, learning_rate=0.2, schedule="one_cycle")
    np.testing.assert_allclose(
        [step["lr"] for step in steps], [0.2 * one_cycle(i / 50) for i in range(50)]
    )
    steps.clear()
    gbl.fit(Bias(), toy, epochs=1, learning_rate=0.2)
    assert {step["lr"] for step in steps} == {0.2}


def test_gradients_are_shortened_only_if_asked(toy, steps):
    gbl.fit(Small(), toy, epochs=1)
    longest = max(step["norm"] for step in steps)
    steps.clear()
    gbl.fit(Small(), toy, epochs=1, clip_norm=longest / 4)
    assert max(step["norm"] for step in steps) <= longest / 4 * 1.001


def test_weights_decay_without_a_gradient(toy):
    class Idle(Bias):
        def __init__(self):
            super().__init__()
            self.idle = nn.Parameter(torch.ones(3))

        def forward(self, x):
            return super().forward(x) + 0 * self.idle.sum()

    net = Idle()
    gbl.fit(net, toy, epochs=2, batch_size=80, learning_rate=0.1, weight_decay=0.5)
    assert net.idle.tolist() == pytest.approx([0.95**4] * 3)
    gbl.fit(net := Idle(), toy, epochs=2)
    assert net.idle.tolist() == [1, 1, 1]


def test_class_weights_count_every_class_alike(unequal):
    """The best constant answer is the share of the class, or one half if classes count alike."""
    for class_weights, expected in ((False, 1 / 3), (True, 1 / 2)):
        net = Bias()
        settings = {"batch_size": 90, "epochs": 200, "learning_rate": 0.1}
        history = gbl.fit(net, unequal, class_weights=class_weights, **settings)
        assert net.logits.softmax(0)[1].item() == pytest.approx(expected, abs=1e-3)
        assert history.train_loss[0] == pytest.approx(np.log(2), rel=1e-5)


def test_strands_are_flipped_half_of_the_time_within_the_true_length(unequal):
    net = Recorder()
    gbl.fit(net, unequal, epochs=4, flip_strands=True)
    width = unequal.max_length
    forward = {row.tobytes() for row in unequal.one_hot()}
    texts = unequal.sequences
    pairs = str.maketrans("ACGTN", "TGCAN")
    turned = strings([t.translate(pairs)[::-1] for t in texts], unequal.labels)
    backward = {row.tobytes() for row in turned.one_hot(width)}
    seen = [row.numpy().tobytes() for x in net.seen[True] for row in x]
    assert len(seen) == 4 * len(unequal)
    assert set(seen) <= forward | backward
    flipped = np.mean([row in backward for row in seen])
    assert 0.4 < flipped < 0.6
    net = Recorder()
    gbl.fit(net, unequal, unequal, epochs=1)
    assert {row.numpy().tobytes() for x in net.seen[True] for row in x} == forward


def test_validation_is_never_flipped(unequal):
    net = Recorder()
    gbl.fit(net, unequal, unequal, epochs=1, flip_strands=True)
    shown = {row.numpy().tobytes() for x in net.seen[False] for row in x}
    assert shown == {row.tobytes() for row in unequal.one_hot()}


def test_mixed_precision_on_a_cpu_is_left_out_with_a_word(toy):
    plain, mixed = Small(), Small()
    gbl.fit(plain, toy, epochs=1)
    with pytest.warns(UserWarning, match="mixed_precision is left out"):
        gbl.fit(mixed, toy, epochs=1, mixed_precision=True)
    assert same_weights(plain, mixed)


def test_training_that_is_fine_warns_of_nothing(toy):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        gbl.fit(Small(), toy, toy, epochs=1, patience=1, schedule="one_cycle")


# --- the end of a training


def rising(best: int):
    """A callback that makes the model worse at everything after an epoch."""

    def spoil(history, model):
        if len(history.seconds) >= best:
            with torch.no_grad():
                model.answer[2].bias.copy_(torch.tensor([9.0, -9.0]))

    return spoil


def test_the_best_weights_come_back_when_patience_ends(toy):
    net = Small()
    kept = []

    def keep(history, model):
        kept.append({k: v.clone() for k, v in model.state_dict().items()})

    history = gbl.fit(
        net, toy, toy, epochs=30, batch_size=16, learning_rate=0.01, patience=2,
        callbacks=[keep, rising(3)],
    )  # fmt: skip
    assert history.best_epoch == 1 + int(np.argmin(history.valid_loss))
    assert len(history.seconds) == history.best_epoch + 2 < 30
    assert "not fallen for 2 epochs: back to epoch" in history.stopped
    best = kept[history.best_epoch - 1]
    assert all(torch.equal(value, best[name]) for name, value in net.state_dict().items())
    assert gbl.evaluate(net, toy, bootstrap=0).loss == pytest.approx(min(history.valid_loss), 1e-4)


def test_the_best_weights_come_back_after_the_last_epoch_too(toy):
    net = Small()
    history = gbl.fit(net, toy, toy, epochs=4, patience=9, callbacks=[rising(2)])
    assert history.stopped == ""
    assert history.best_epoch < 4
    assert gbl.evaluate(net, toy, bootstrap=0).loss == pytest.approx(min(history.valid_loss), 1e-4)


def test_without_patience_the_last_weights_stay(toy):
    net = Small()
    history = gbl.fit(net, toy, toy, epochs=4, callbacks=[])
    assert gbl.evaluate(net, toy, bootstrap=0).loss == pytest.approx(history.valid_loss[-1], 1e-4)


class Interrupted(Small):
    """Ctrl-C while it computes for the nth time in training."""

    def __init__(self, at: int):
        super().__init__()
        self.left = at

    def forward(self, x):
        if self.training:
            self.left -= 1
            if self.left == 0:
                signal.raise_signal(signal.SIGINT)
        return super().forward(x)


def test_ctrl_c_ends_with_the_model_so_far(toy):
    net = Interrupted(at=8)  # three batches an epoch: in the middle of the third
    before = Small()
    history = gbl.fit(net, toy, toy, epochs=10)
    assert history.stopped == "interrupted in epoch 3"
    assert len(history.to_frame()) == 2
    assert not same_weights(net, before)
    assert not net.training
    assert gbl.predict(net, toy).shape == (160, 2)


def test_ctrl_c_in_the_first_epoch_leaves_an_empty_history(toy):
    history = gbl.fit(Interrupted(at=1), toy, toy)
    assert (history.train_loss, history.valid_loss) == ([], [])
    assert history.best_epoch is None
    assert str(history) == "no epoch yet"


def test_ctrl_c_with_patience_gives_the_best_epoch(toy):
    net = Interrupted(at=14)
    history = gbl.fit(net, toy, toy, epochs=10, patience=10, callbacks=[rising(2)])
    assert history.stopped == "interrupted in epoch 5"
    assert gbl.evaluate(net, toy, bootstrap=0).loss == pytest.approx(min(history.valid_loss), 1e-4)


def test_ctrl_c_while_validating_keeps_no_half_epoch(toy):
    class Late(Small):
        def forward(self, x):
            if not self.training and len(x) > 1:  # not the look at the first sequence
                signal.raise_signal(signal.SIGINT)
            return super().forward(x)

    history = gbl.fit(Late(), toy, toy)
    assert history.stopped == "interrupted in epoch 1"
    assert history.train_loss == history.valid_loss == []


def test_a_trained_network_answers_without_dropout(toy):
    net = Small()
    gbl.fit(net, toy, epochs=1)
    x = torch.from_numpy(toy.one_hot())
    assert torch.equal(net(x), net(x))


# --- other models


class Sigmoid(Bias):
    """One output for two classes, with a loss of its own."""

    def __init__(self):
        super().__init__(1)

    def loss(self, output, labels):
        return nn.functional.binary_cross_entropy_with_logits(output[:, 0], labels.float()) + 7

    def probability(self, output):
        return torch.cat([1 - output.sigmoid(), output.sigmoid()], 1)


@pytest.mark.parametrize(("class_weights", "expected"), [(False, 1 / 3), (True, 1 / 2)])
def test_a_model_with_a_loss_of_its_own(unequal, class_weights, expected):
    net = Sigmoid()
    history = gbl.fit(
        net, unequal, unequal, epochs=200, batch_size=90, learning_rate=0.1,
        class_weights=class_weights,
    )  # fmt: skip
    assert history.train_loss[0] == pytest.approx(7 + np.log(2), rel=1e-5)
    p = net.logits.sigmoid().item()
    assert p == pytest.approx(expected, abs=1e-3)
    own = 7 - (2 * np.log(1 - p) + np.log(p)) / 3
    assert history.valid_loss[-1] == pytest.approx(own, rel=1e-4)
    np.testing.assert_allclose(gbl.predict(net, unequal), [[1 - p, p]] * 90, rtol=1e-5)
    assert gbl.evaluate(net, unequal, bootstrap=0).loss == pytest.approx(own - 7, rel=1e-3)


class Majority:
    """No network: answers how often each class was seen."""

    def fit(self, train, seed=0):
        self.share = np.bincount(train.labels, minlength=len(train.classes)) / len(train)
        self.seed = seed
        return self

    def predict(self, sequences):
        return np.tile(self.share, (len(sequences), 1))


def test_what_trains_itself_passes_through(unequal):
    baseline = Majority()
    history = gbl.fit(baseline, unequal, unequal, seed=7, epochs=3, schedule="one_cycle")
    expected = -(2 * np.log(2 / 3) + np.log(1 / 3)) / 3
    assert baseline.seed == 7
    assert history.train_loss == history.valid_loss == [pytest.approx(expected)]
    assert history.valid_accuracy == [pytest.approx(2 / 3)]
    assert len(history.to_frame()) == 1
    assert gbl.predict(baseline, unequal).dtype == np.float32
    assert gbl.evaluate(baseline, unequal).accuracy == pytest.approx(2 / 3)
    three = dataclasses.replace(unequal, classes=("a", "b", "c"))
    with pytest.raises(DataError, match="n_classes=3"):
        gbl.predict(baseline, three)


def test_check_reads_looks_at_both_ends_of_the_lengths(unequal):
    net = Recorder(variable_length=True)
    check_reads(net, unequal)
    assert [x.shape[2] for x in net.seen[False]] == [32, unequal.max_length]


def test_unknown_schedule_is_a_lookup_error(toy):
    with pytest.raises(UnknownNameError):
        gbl.fit(Small(), toy, schedule="cosine")
