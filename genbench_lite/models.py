"""Networks small enough to read in one sitting.

Every model takes one-hot DNA, float32 (n, 4, length), and gives logits (n, classes).
"""

from __future__ import annotations

import torch
from torch import nn


class LiteCNN(nn.Module):
    """A network that looks for motifs on both strands.

    One layer of filters, each 19 bp wide, slides along the sequence and along its reverse
    complement. Of every filter only the best score counts, wherever it was: so the order of
    the strands, the position and any padding make no difference. A small classifier reads
    the best scores.

    Parameters
    ----------
    n_classes : int
        Number of classes.
    n_filters : int
        Number of filters in the first layer.

    Examples
    --------
    >>> model = LiteCNN(n_classes=4)
    >>> model(torch.zeros(2, 4, 200)).shape
    torch.Size([2, 4])
    """

    def __init__(self, n_classes: int, n_filters: int = 128):
        super().__init__()
        self.motifs = nn.Conv1d(4, n_filters, kernel_size=19, padding="same")
        self.classifier = nn.Sequential(
            nn.BatchNorm1d(n_filters),
            nn.ReLU(),
            nn.Dropout(0.2),
            nn.Linear(n_filters, 64),
            nn.ReLU(),
            nn.Linear(64, n_classes),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Logits (n, classes) of one-hot sequences (n, 4, length)."""
        reverse_complement = x.flip(1, 2)  # A, C, G, T backwards is T, G, C, A: the complement
        best = torch.maximum(self.best_scores(x), self.best_scores(reverse_complement))
        return self.classifier(best)

    def best_scores(self, x: torch.Tensor) -> torch.Tensor:
        """The highest score of each filter on one strand: (n, filters)."""
        unknown = x.sum(1, keepdim=True) == 0  # N and padding: a filter centred there is ignored
        best = self.motifs(x).masked_fill(unknown, -torch.inf).amax(2)
        return best.masked_fill(unknown.all(2), 0.0)  # nothing known, so nothing to say
