"""Models whose explanation is worked out by hand: what tests of attribution share."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from genbench_lite import sequence


class CountA(nn.Module):
    """The second logit is the number of A."""

    def forward(self, x):
        return torch.stack([torch.zeros(len(x)), x[:, 0].sum(1)], 1)


class AnyA(nn.Module):
    """The second logit is 1 if there is an A, anywhere; the maximum of the A's inputs."""

    def forward(self, x):
        return torch.stack([torch.zeros(len(x)), x[:, 0].amax(1)], 1)


class Weighted(nn.Module):
    """Linear: logits are sums of weights, float32 (classes, 4, length)."""

    def __init__(self, weights):
        super().__init__()
        self.weights = nn.Parameter(torch.as_tensor(weights, dtype=torch.float32))

    def forward(self, x):
        return torch.einsum("ncl,kcl->nk", x, self.weights)


class SmallCNN(nn.Module):
    """Convolution, ReLU, pooling, dropout, linear, as modules; from 12 bp on, of any length."""

    def __init__(self, n_classes=2, seed=0):
        super().__init__()
        torch.manual_seed(seed)
        self.motifs = nn.Conv1d(4, 6, 5)
        self.relu = nn.ReLU()
        self.pool = nn.AdaptiveAvgPool1d(2)
        self.read = nn.Sequential(nn.Flatten(), nn.Linear(12, 8), nn.ReLU(), nn.Dropout(0.5))
        self.last = nn.Linear(8, n_classes)

    def forward(self, x):
        return self.last(self.read(self.pool(self.relu(self.motifs(x)))))


class BothStrands(nn.Module):
    """Another model, asked for both strands."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, x):
        return self.model(x) + self.model(x.flip(1, 2))


class Opaque:
    """No network: the probability of the second class is that of a logit, the number of A."""

    classes = ("few", "many")

    def predict(self, codes):
        second = 1 / (1 + np.exp(-(codes == 0).sum(1)))
        return np.stack([1 - second, second], 1).astype(np.float32)


def random_codes(n, length, seed=0):
    return np.random.default_rng(seed).integers(0, 4, (n, length)).astype(np.uint8)


def text(codes):
    return [sequence.decode(row).rstrip("N") for row in codes]
