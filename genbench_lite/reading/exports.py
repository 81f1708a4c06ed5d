"""Sequence sets for PyTorch, Hugging Face ``datasets`` and TensorFlow."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch.utils.data import Dataset as _TorchBase

from .. import sequence
from ..errors import GenbenchError
from ..sequence_set import SequenceSet


class TorchDataset(_TorchBase):
    """A map-style dataset for the standard ``DataLoader``.

    ``__getitems__`` makes a whole batch in one array operation; the loader asks for it by
    itself.

    Parameters
    ----------
    sequences : SequenceSet
    length : int
        Width in bp that every sequence is padded or cut to.
    """

    def __init__(self, sequences: SequenceSet, length: int):
        self.sequences = sequences
        self.length = length

    def __len__(self) -> int:
        return len(self.sequences)

    def __getitem__(self, row: int) -> tuple[torch.Tensor, int]:
        return self.__getitems__([row])[0]

    def __getitems__(self, rows: list[int]) -> list[tuple[torch.Tensor, int]]:
        x, y = self.batch(np.asarray(rows))
        return list(zip(x.unbind(), y.tolist(), strict=True))  # a loader stacks numbers faster

    def batch(self, rows: Any) -> tuple[torch.Tensor, torch.Tensor]:
        """One-hot float32 (n, 4, length) and int64 labels (n,) of the rows given."""
        x = sequence.one_hot(self.sequences.padded(self.length, rows))
        # a copy: a slice of labels on disk is read-only, which torch warns about
        return torch.from_numpy(x), torch.from_numpy(np.array(self.sequences.labels[rows]))


def to_hf(sequences: SequenceSet) -> Any:
    """Hugging Face ``datasets.Dataset`` with the columns of the published copies, and ids."""
    try:
        import datasets
    except ImportError as error:
        raise _missing("datasets") from error
    features = datasets.Features(
        id=datasets.Value("string"),
        seq=datasets.Value("string"),
        label=datasets.ClassLabel(names=list(sequences.classes)),
    )
    columns = {
        "id": sequences.ids.tolist(),
        "seq": sequences.sequences,
        "label": sequences.labels.tolist(),
    }
    return datasets.Dataset.from_dict(columns, features=features)


def to_tf(sequences: SequenceSet, length: int) -> Any:
    """``tf.data.Dataset`` of one-hot float32 (length, 4) and int64 labels."""
    try:
        import tensorflow as tf
    except ImportError as error:
        raise _missing("tensorflow") from error
    # depth 4: the code of unknown letters and padding, 4, falls outside and becomes zeros
    return tf.data.Dataset.from_tensor_slices(
        (sequences.padded(length), np.array(sequences.labels))
    ).map(lambda codes, label: (tf.one_hot(codes, 4), label), tf.data.AUTOTUNE)


def _missing(package: str) -> GenbenchError:
    return GenbenchError(f"This export needs {package}. Install it with: pip install {package}")
