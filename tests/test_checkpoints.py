"""Training that is cut off and goes on: the same to the last bit, or a clear no."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import textwrap

import numpy as np
import pytest
import torch
from training_toys import Small, planted, ragged, same_weights

import genbench_lite as gbl
from genbench_lite.errors import DataError, GenbenchError
from genbench_lite.networks.checkpoints import fingerprint, layout

SETTINGS = {
    "epochs": 6, "batch_size": 16, "learning_rate": 0.01, "schedule": "one_cycle", "patience": 4,
    "flip_strands": True, "class_weights": True, "weight_decay": 0.01, "clip_norm": 1.0,
}  # fmt: skip


class CutOffError(Exception):
    pass


def cut_off(after: int):
    def stop(history, model):
        if len(history.seconds) == after:
            raise CutOffError

    return stop


@pytest.fixture(scope="module")
def toy() -> gbl.SequenceSet:
    return ragged()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "runs" / "training.pt"


@pytest.mark.parametrize("cuts", [[1], [3, 5], [6]])
def test_going_on_is_like_never_stopping(toy, path, cuts):
    whole = Small()
    expected = gbl.fit(whole, toy, toy, **SETTINGS)
    for cut in cuts:
        with pytest.raises(CutOffError):
            gbl.fit(
                Small(seed=cut), toy, toy, checkpoint=path, callbacks=[cut_off(cut)], **SETTINGS
            )
    # the first start decides: a network with other weights takes over those of the file
    net = Small(seed=9)
    history = gbl.fit(net, toy, toy, checkpoint=path, **SETTINGS)
    again = Small(seed=cuts[0])
    expected = gbl.fit(again, toy, toy, **SETTINGS)
    assert same_weights(net, again)
    assert history.train_loss == expected.train_loss
    assert history.valid_loss == expected.valid_loss
    assert history.stopped == expected.stopped


def test_the_file_changes_nothing(toy, path):
    plain, kept = Small(), Small()
    gbl.fit(plain, toy, toy, **SETTINGS)
    gbl.fit(kept, toy, toy, checkpoint=path, **SETTINGS)
    assert same_weights(plain, kept)
    assert [p.name for p in path.parent.iterdir()] == ["training.pt"]


def test_a_finished_training_is_only_read(toy, path):
    first = Small()
    history = gbl.fit(first, toy, toy, checkpoint=path, **SETTINGS)
    written = path.stat().st_mtime_ns
    second = Small(seed=5)
    again = gbl.fit(second, toy, toy, checkpoint=path, **SETTINGS)
    assert again == history
    assert same_weights(first, second)
    assert path.stat().st_mtime_ns == written


def test_patience_goes_on_where_it_was(toy, path):
    settings = {"epochs": 30, "batch_size": 16, "learning_rate": 0.1, "patience": 3}
    whole = Small()
    expected = gbl.fit(whole, toy, toy, **settings)
    assert len(expected.seconds) < 30
    cut = cut_off(len(expected.seconds) - 1)
    with pytest.raises(CutOffError):
        gbl.fit(Small(), toy, toy, checkpoint=path, callbacks=[cut], **settings)
    net = Small()
    history = gbl.fit(net, toy, toy, checkpoint=path, **settings)
    assert history.valid_loss == expected.valid_loss
    assert history.stopped == expected.stopped
    assert same_weights(net, whole)


def test_ctrl_c_in_an_epoch_loses_that_epoch_only(toy, path):
    class Interrupted(Small):
        left = 9

        def forward(self, x):
            self.left -= self.training
            if self.left == 0:
                signal.raise_signal(signal.SIGINT)
            return super().forward(x)

    net = Interrupted()
    history = gbl.fit(net, toy, toy, checkpoint=path, **SETTINGS)
    assert history.stopped == "interrupted in epoch 2"
    net.left = -1
    history = gbl.fit(net, toy, toy, checkpoint=path, **SETTINGS)
    whole = Interrupted()
    whole.left = -1
    expected = gbl.fit(whole, toy, toy, **SETTINGS)
    assert same_weights(net, whole)
    assert history.valid_loss == expected.valid_loss


def test_a_killed_process_goes_on(path, tmp_path):
    code = """
        import os, signal, sys
        import genbench_lite as gbl
        from training_toys import Small, planted

        def kill(history, model):
            if len(history.seconds) == 2:
                os.kill(os.getpid(), signal.SIGKILL)

        toy = planted(40)
        gbl.fit(Small(), toy, toy, epochs=4, checkpoint=sys.argv[1], callbacks=[kill])
    """
    here = os.path.dirname(__file__)
    ended = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), path],
        env=os.environ | {"PYTHONPATH": here, "TQDM_DISABLE": "1"},
        stderr=subprocess.DEVNULL,
    )
    assert ended.returncode == -signal.SIGKILL
    toy = planted(40)
    net, whole = Small(seed=3), Small()
    history = gbl.fit(net, toy, toy, epochs=4, checkpoint=path)
    expected = gbl.fit(whole, toy, toy, epochs=4)
    np.testing.assert_allclose(history.train_loss, expected.train_loss, rtol=1e-4)
    assert len(history.seconds) == 4


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"model": Small(n_classes=2)}, None),
        ({"learning_rate": 0.02}, r"learning_rate is 0\.01, not 0\.02"),
        ({"seed": 1}, "seed is 0, not 1"),
        ({"epochs": 7}, "epochs is 6, not 7"),
        ({"train": ragged()[:80]}, "training data is 90 sequences .*, not 80"),
        ({"valid": ragged()[:80]}, "validation data is 90 sequences .*, not 80"),
    ],
)
def test_another_training_is_refused_by_what_differs(toy, path, change, named):
    with pytest.raises(CutOffError):
        gbl.fit(Small(), toy, toy, checkpoint=path, callbacks=[cut_off(1)], **SETTINGS)
    asked = {"model": Small(), "train": toy, "valid": toy} | SETTINGS | change
    if named is None:
        assert len(gbl.fit(**asked, checkpoint=path).seconds) > 1
        return
    before = path.read_bytes()
    with pytest.raises(DataError, match=f"of another training: its {named}.*Delete it"):
        gbl.fit(**asked, checkpoint=path)
    assert path.read_bytes() == before


def test_another_model_is_refused(toy, path):
    class Wider(Small):
        def __init__(self):
            super().__init__()
            self.motifs = torch.nn.Conv1d(4, 8, 11, padding="same")

    with pytest.raises(CutOffError):
        gbl.fit(Small(), toy, checkpoint=path, callbacks=[cut_off(1)], epochs=2)
    with pytest.raises(DataError, match=r"its model is Small of .* parameters .*, not Wider of"):
        gbl.fit(Wider(), toy, checkpoint=path, epochs=2)


class Harmful:
    def __reduce__(self):
        return os.mkdir, ("harm",)


@pytest.mark.parametrize(
    "content",
    [b"", b"no checkpoint", pickle.dumps({"about": 1}, 2), pickle.dumps(Harmful(), 2)],
    ids=["empty", "text", "pickle", "code"],
)
def test_what_is_no_checkpoint_is_refused_and_runs_nothing(toy, tmp_path, monkeypatch, content):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "training.pt"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"no checkpoint of a training, or a damaged one\. Delete"):
        gbl.fit(Small(), toy, checkpoint=path)
    assert path.read_bytes() == content
    assert [p.name for p in tmp_path.iterdir() if p.name == "harm"] == []


def test_half_a_file_is_refused(toy, path):
    gbl.fit(Small(), toy, epochs=1, checkpoint=path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(DataError, match="damaged"):
        gbl.fit(Small(), toy, epochs=1, checkpoint=path)


def test_other_torch_files_are_refused(toy, tmp_path):
    torch.save(Small().state_dict(), tmp_path / "weights.pt")
    with pytest.raises(DataError, match="no checkpoint of a training"):
        gbl.fit(Small(), toy, checkpoint=tmp_path / "weights.pt")


def test_a_place_that_cannot_be_written_is_told_before_training(toy, tmp_path):
    (tmp_path / "file").write_text("")
    for wrong in (tmp_path, tmp_path / "file" / "training.pt"):
        net = Small()
        with pytest.raises(GenbenchError, match="cannot be written"):
            gbl.fit(net, toy, checkpoint=wrong)
        assert same_weights(net, Small())


def test_a_disk_that_fills_up_leaves_the_file_before(toy, path, monkeypatch):
    save = torch.save
    saved = []

    def full(state, draft):
        saved.append(draft)
        if len(saved) == 3:
            draft.write_bytes(b"half")
            raise OSError(28, "No space left on device")
        save(state, draft)

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(GenbenchError, match=r"No space left.*one before is still there"):
        gbl.fit(Small(), toy, toy, checkpoint=path, **SETTINGS)
    monkeypatch.undo()
    assert [p.name for p in path.parent.iterdir()] == ["training.pt"]
    net, whole = Small(), Small()
    gbl.fit(net, toy, toy, checkpoint=path, **SETTINGS)
    gbl.fit(whole, toy, toy, **SETTINGS)
    assert same_weights(net, whole)


def test_fingerprints_tell_data_apart(toy):
    assert fingerprint(toy) == fingerprint(ragged())
    changed = toy[np.arange(len(toy))]
    changed.labels[0] ^= 1
    assert len({fingerprint(s) for s in (toy, toy[:50], changed, None)}) == 4


def test_layouts_tell_models_apart():
    other = Small()
    other.answer[1].p = 0.5
    assert layout(Small()) == layout(Small(seed=4)) != layout(other)
