"""Sequence sets for PyTorch and pandas, and a clear word where a package is missing."""

from __future__ import annotations

import sys
import warnings

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader

from genbench_lite import sequence
from genbench_lite.dataset import Dataset, open_folder
from genbench_lite.errors import DataError, GenbenchError
from genbench_lite.reading import exports
from genbench_lite.sequence_set import LOCUS, SequenceSet

N = 150


@pytest.fixture(scope="module")
def sequences() -> SequenceSet:
    """150 sequences of 3 to 12 bp, some letters unknown, in three classes."""
    rng = np.random.default_rng(0)
    texts = [sequence.decode(rng.integers(0, 5, rng.integers(3, 13), np.uint8)) for _ in range(N)]
    return SequenceSet.from_strings(texts, rng.integers(0, 3, N), ["a", "b", "c"])


@pytest.fixture
def on_disk(sequences, tmp_path) -> SequenceSet:
    """The same, opened as read-only memory maps."""
    Dataset("toy", train=sequences, test=sequences).save(tmp_path)
    return open_folder(tmp_path).train


@pytest.fixture(autouse=True)
def _no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.mark.parametrize(("length", "width"), [(None, 12), (5, 5), (20, 20)])
def test_a_standard_loader_gives_one_hot_batches_in_order(sequences, length, width):
    examples = sequences.to_torch(length)
    assert len(examples) == N
    batches = list(DataLoader(examples, batch_size=64))
    assert [x.shape for x, _ in batches] == [(64, 4, width), (64, 4, width), (22, 4, width)]
    assert {x.dtype for x, _ in batches} == {torch.float32}
    assert {y.dtype for _, y in batches} == {torch.int64}
    np.testing.assert_array_equal(
        torch.cat([x for x, _ in batches]), sequences.one_hot(width if length else None)
    )
    np.testing.assert_array_equal(torch.cat([y for _, y in batches]), sequences.labels)


def test_the_loader_asks_for_whole_batches(sequences, monkeypatch):
    asked = []
    batch = exports.TorchDataset.batch

    def listen(self, rows):
        asked.append(len(rows))
        return batch(self, rows)

    monkeypatch.setattr(exports.TorchDataset, "batch", listen)
    for _ in DataLoader(sequences.to_torch(), batch_size=64, shuffle=True):
        pass
    assert asked == [64, 64, 22]


@pytest.mark.parametrize("source", ["sequences", "on_disk"])
def test_a_shuffled_pass_covers_every_row_once(source, request, sequences):
    examples = request.getfixturevalue(source).to_torch()
    shuffled = DataLoader(
        examples, batch_size=32, shuffle=True, generator=torch.Generator().manual_seed(0)
    )
    batches = list(shuffled)
    seen = [(a.numpy().tobytes(), int(b)) for x, y in batches for a, b in zip(x, y, strict=True)]
    hot = sequences.one_hot()
    there = [(a.tobytes(), int(b)) for a, b in zip(hot, sequences.labels, strict=True)]
    assert seen != there
    assert sorted(seen) == sorted(there)


@pytest.mark.parametrize("context", ["fork", "spawn"])
def test_worker_processes_give_the_same_batches(on_disk, context):
    x, y = zip(
        *DataLoader(
            on_disk.to_torch(), batch_size=64, num_workers=2, multiprocessing_context=context
        ),
        strict=True,
    )
    np.testing.assert_array_equal(torch.cat(x), on_disk.one_hot())
    np.testing.assert_array_equal(torch.cat(y), on_disk.labels)


def test_one_item_is_a_matrix_and_its_label(sequences):
    examples = sequences.to_torch(8)
    for row in (0, 7, -1):
        x, y = examples[row]
        assert x.shape == (4, 8)
        np.testing.assert_array_equal(x, sequences.one_hot(8)[row])
        assert (type(y), y) == (int, sequences.labels[row])
    with pytest.raises(IndexError):
        examples[N]
    assert len(list(examples)) == N  # iteration ends


@pytest.mark.parametrize("rows", [slice(10, 20), np.arange(10, 20), list(range(10, 20))], ids=type)
def test_a_batch_from_read_only_files_warns_of_nothing_and_can_be_written_to(on_disk, rows):
    x, y = on_disk.to_torch(6).batch(rows)
    x[:], y[:] = 7.0, 7
    assert on_disk.one_hot(6).max() == 1
    assert on_disk.labels.max() == 2


def test_no_row_and_no_width(sequences):
    assert len(list(DataLoader(sequences[:0].to_torch()))) == 0
    with pytest.raises(DataError, match="at least 1, not 0"):
        sequences.to_torch(0)[0]


def test_to_frame_has_a_row_for_each_sequence_and_its_locus():
    loci = np.array([("chr1", 5, 9, "+"), ("chr2", 1, 3, "-")], LOCUS)
    s = SequenceSet.from_strings(["ACGT", "gn"], [1, 0], ["no", "yes"], ["p", "q"], loci)
    frame = s.to_frame()
    assert frame.to_dict("list") == {
        "id": ["p", "q"],
        "sequence": ["ACGT", "GN"],
        "label": [1, 0],
        "class": ["yes", "no"],
        "region": ["chr1", "chr2"],
        "start": [5, 1],
        "end": [9, 3],
        "strand": ["+", "-"],
    }
    frame.loc[0, "label"] = 0
    assert s.labels.tolist() == [1, 0]


def test_to_frame_without_loci_has_no_columns_for_them(sequences):
    frame = sequences.to_frame()
    assert list(frame) == ["id", "sequence", "label", "class"]
    assert len(frame) == N
    assert frame["sequence"].tolist() == sequences.sequences


@pytest.mark.parametrize(("export", "package"), [("to_hf", "datasets"), ("to_tf", "tensorflow")])
def test_a_missing_package_is_named_with_how_to_install_it(sequences, monkeypatch, export, package):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(GenbenchError, match=rf"needs {package}\..*pip install {package}"):
        getattr(sequences, export)()
