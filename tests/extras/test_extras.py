"""The exports that need a large optional package; `make test-extras` installs both."""

from __future__ import annotations

import numpy as np
import pytest

from genbench_lite import sequence
from genbench_lite.dataset import Dataset, open_folder
from genbench_lite.errors import DataError
from genbench_lite.sequence_set import SequenceSet

pytestmark = pytest.mark.extras

N = 100


@pytest.fixture(params=["in memory", "on disk"])
def sequences(request, tmp_path) -> SequenceSet:
    """100 sequences of 3 to 12 bp, some letters unknown, in three classes out of four."""
    rng = np.random.default_rng(0)
    texts = [sequence.decode(rng.integers(0, 5, rng.integers(3, 13), np.uint8)) for _ in range(N)]
    ids = [f"s{i}" for i in range(N)]
    s = SequenceSet.from_strings(texts, rng.integers(0, 3, N), ["a", "b", "c", "none"], ids)
    if request.param == "in memory":
        return s
    Dataset("toy", train=s, test=s).save(tmp_path)
    return open_folder(tmp_path).train


@pytest.fixture
def hf():
    """Hugging Face ``datasets``."""
    return pytest.importorskip("datasets", reason="needs datasets: make test-extras")


@pytest.fixture
def tf():
    """TensorFlow."""
    return pytest.importorskip("tensorflow", reason="needs tensorflow: make test-extras")


def test_hugging_face_dataset_holds_the_same_rows(hf, sequences):
    exported = sequences.to_hf()
    assert isinstance(exported, hf.Dataset)
    assert exported.column_names == ["id", "seq", "label"]
    assert exported.features["label"].names == ["a", "b", "c", "none"]
    assert exported["id"][:] == sequences.ids.tolist()
    seq, label, ids = exported["seq"][:], exported["label"][:], exported["id"][:]
    back = SequenceSet.from_strings(seq, label, exported.features["label"].names, ids)
    for column in ("codes", "offsets", "labels", "ids"):
        np.testing.assert_array_equal(getattr(back, column), getattr(sequences, column))


def test_hugging_face_dataset_survives_its_own_disk_format(hf, sequences, tmp_path):
    sequences.to_hf().save_to_disk(str(tmp_path / "hf"))
    loaded = hf.load_from_disk(str(tmp_path / "hf"))
    assert loaded["seq"][:] == sequences.sequences
    names = [loaded.features["label"].int2str(label) for label in loaded["label"]]
    assert names == [sequences.classes[label] for label in sequences.labels]


def test_hugging_face_dataset_of_no_rows(hf, sequences):
    exported = sequences[:0].to_hf()
    assert len(exported) == 0
    assert exported.features["label"].names == ["a", "b", "c", "none"]


@pytest.mark.parametrize("length", [None, 5, 20])
def test_tensorflow_dataset_is_one_hot_with_channels_last(tf, sequences, length):
    width = length or 12
    exported = sequences.to_tf(length)
    assert exported.element_spec == (
        tf.TensorSpec((width, 4), tf.float32),
        tf.TensorSpec((), tf.int64),
    )
    x, y = zip(*exported.batch(32).as_numpy_iterator(), strict=True)
    x, y = np.concatenate(x), np.concatenate(y)
    np.testing.assert_array_equal(x, sequences.one_hot(length).transpose(0, 2, 1))
    np.testing.assert_array_equal(y, sequences.labels)
    unknown = sequences.padded(length) == sequence.UNKNOWN
    assert unknown.any()
    assert not x[unknown].any()


def test_tensorflow_dataset_refuses_no_width(tf, sequences):
    with pytest.raises(DataError, match="at least 1, not 0"):
        sequences.to_tf(0)
