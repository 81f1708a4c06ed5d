"""Small data and models whose training can be worked out by hand."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

import genbench_lite as gbl
from genbench_lite import sequence


def planted(n: int = 160, length: int = 40) -> gbl.SequenceSet:
    """Two classes; the second holds TTTTGGGGAAAA or its reverse complement."""
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 4, (n, length), dtype=np.uint8)
    mark = sequence.encode("TTTTGGGGAAAA")
    for row in range(1, n, 2):
        start = rng.integers(0, length - len(mark))
        turned = mark if row % 4 == 1 else sequence.reverse_complement(mark)
        codes[row, start : start + len(mark)] = turned
    return strings([sequence.decode(row) for row in codes], np.arange(n) % 2)


def ragged(n: int = 90, low: int = 9, high: int = 150) -> gbl.SequenceSet:
    """Random sequences of unequal lengths in two classes, the second rarer."""
    rng = np.random.default_rng(1)
    texts = [
        sequence.decode(rng.integers(0, 5, rng.integers(low, high), np.uint8)) for _ in range(n)
    ]
    return strings(texts, (np.arange(n) % 3 == 0).astype(int))


def strings(texts: list[str], labels: np.ndarray | list[int]) -> gbl.SequenceSet:
    return gbl.SequenceSet.from_strings(texts, labels, ["no", "yes"])


class Small(nn.Module):
    """Filters, batch statistics, dropout: all that makes training hard to repeat."""

    variable_length = True

    def __init__(self, n_classes: int = 2, seed: int = 0):
        super().__init__()
        torch.manual_seed(seed)
        self.motifs = nn.Conv1d(4, 8, 9, padding="same")
        self.answer = nn.Sequential(nn.BatchNorm1d(8), nn.Dropout(0.2), nn.Linear(8, n_classes))

    def forward(self, x):
        return self.answer(self.motifs(x).relu().amax(2))


class Bias(nn.Module):
    """Answers the same to everything; what it has learned is two numbers."""

    def __init__(self, n_outputs: int = 2):
        super().__init__()
        self.logits = nn.Parameter(torch.zeros(n_outputs))

    def forward(self, x):
        return self.logits.expand(len(x), -1)


class Recorder(Bias):
    """Keeps what it is shown, in training and in evaluation."""

    def __init__(self, **attributes):
        super().__init__()
        self.seen = {True: [], False: []}
        for name, value in attributes.items():
            setattr(self, name, value)

    def forward(self, x):
        self.seen[self.training].append(x)
        return super().forward(x)


def same_weights(one: nn.Module, other: nn.Module) -> bool:
    pairs = zip(one.state_dict().values(), other.state_dict().values(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)
