"""Is an explanation right? Where the truth is planted, an attribution gets a number.

And two controls that no explanation may pass: a network that has learned nothing, and one that
learned from shuffled labels (Adebayo et al. 2018, arXiv:1810.03292).
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import nn

from ..errors import DataError
from ..sequence_set import SequenceSet
from ..simulation.planting import Truth

_REPEATS = 1000  # of the bootstrap


@dataclass(frozen=True, eq=False)
class PlantedScore:
    """How well an attribution finds planted positions.

    Parameters
    ----------
    precision : float
        Average precision over all positions of all sequences with a site: 1 if every planted
        position stands out from every other.
    low, high : float
        Its 95% interval (bootstrap over sequences).
    mean, mean_low, mean_high : float
        Mean of the average precisions of the single sequences, with its interval: what one can
        expect of one picture.
    per_sequence : numpy.ndarray
        float64, shape (n,): of each sequence; NaN where nothing is planted.
    chance : float
        Share of planted positions: the average precision of guessing.
    """

    precision: float
    low: float
    high: float
    mean: float
    mean_low: float
    mean_high: float
    per_sequence: np.ndarray
    chance: float

    def __repr__(self) -> str:
        return (
            f"PlantedScore(precision={self.precision:.3f} ({self.low:.3f} to {self.high:.3f}), "
            f"mean={self.mean:.3f} ({self.mean_low:.3f} to {self.mean_high:.3f}), "
            f"chance={self.chance:.3f})"
        )


def score_attributions(
    attribution: np.ndarray, truth: Truth | np.ndarray, seed: int = 0
) -> PlantedScore:
    """Average precision of the size of attributions for planted positions.

    The size of a position is the sum of the absolute values of its four bases: for gradient times
    input the one value that is not zero, for mutagenesis the effects of three substitutions
    together. Positions are ranked by size. The average precision is the mean, over the planted
    positions, of the share of planted ones among those ranked as high or higher. Sequences
    without a site are left out.

    Parameters
    ----------
    attribution : numpy.ndarray
        Shape (n, 4, length), of all sequences of the truth.
    truth : Truth or numpy.ndarray
        Where the motifs are; or a bool mask, shape (n, length), such as
        ``truth.masks["SPI1"]``.
    seed : int
        Of the bootstrap.

    Returns
    -------
    PlantedScore

    Raises
    ------
    DataError
        If the shapes do not fit, a value is no number, or nothing is planted.

    Examples
    --------
    >>> mask = np.array([[True, True, False, False]] * 3)
    >>> right = np.zeros((3, 4, 4))
    >>> right[:, 0] = [0.9, -0.8, 0.1, 0.2]
    >>> score_attributions(right, mask)
    PlantedScore(precision=1.000 (1.000 to 1.000), mean=1.000 (1.000 to 1.000), chance=0.500)
    """
    mask = truth.mask if isinstance(truth, Truth) else np.asarray(truth)
    values = np.asarray(attribution, np.float64)
    if mask.dtype != bool or mask.ndim != 2 or values.shape != (len(mask), 4, mask.shape[1]):
        raise DataError(
            f"An attribution of shape {values.shape} does not fit a truth of shape {mask.shape}. "
            "Explain the split that the truth is of, all rows in their order: one row a sequence, "
            "four bases, one column a position."
        )
    if not np.isfinite(values).all():
        raise DataError(
            "The attribution holds values that are no finite numbers. Look for a division by zero "
            "where it was computed."
        )
    planted = np.flatnonzero(mask.any(1))
    if not len(planted):
        raise DataError("Nothing is planted in these sequences. Take a split with planted rows.")
    sizes, mask = np.abs(values[planted]).sum(1), mask[planted]
    each = np.array([average_precision(row, here) for row, here in zip(sizes, mask, strict=True)])
    drawn = np.random.default_rng(seed).integers(len(planted), size=(_REPEATS, len(planted)))
    means = each[drawn].mean(1)
    overall = _Ranking(sizes, mask)
    repeats = [overall.precision(np.bincount(row, minlength=len(planted))) for row in drawn[:200]]
    (low, high), (mean_low, mean_high) = (
        np.quantile(sample, [0.025, 0.975]).tolist() for sample in (repeats, means)
    )
    per_sequence = np.full(len(values), np.nan)
    per_sequence[planted] = each
    return PlantedScore(
        precision=overall.precision(np.ones(len(planted), int)),
        low=low,
        high=high,
        mean=float(each.mean()),
        mean_low=mean_low,
        mean_high=mean_high,
        per_sequence=per_sequence,
        chance=float(mask.mean()),
    )


def average_precision(sizes: np.ndarray, planted: np.ndarray) -> float:
    """Mean, over planted positions, of the precision at their rank; equal sizes share a rank.

    Parameters
    ----------
    sizes : numpy.ndarray
        float64, shape (positions,).
    planted : numpy.ndarray
        bool, shape (positions,), with at least one True.

    Examples
    --------
    >>> average_precision(np.array([3.0, 2.0, 1.0]), np.array([True, False, True])).__round__(3)
    0.833
    """
    return _Ranking(sizes[None], planted[None]).precision(np.ones(1, int))


class _Ranking:
    """Positions of all sequences from the largest to the smallest, sorted once for all draws."""

    def __init__(self, sizes: np.ndarray, planted: np.ndarray):
        order = np.argsort(-sizes.ravel(), kind="stable")
        ranked = sizes.ravel()[order]
        self.row = np.repeat(np.arange(len(sizes)), sizes.shape[1])[order]
        self.planted = planted.ravel()[order]
        self.last = np.append(np.flatnonzero(np.diff(ranked)), len(ranked) - 1)  # of equal sizes

    def precision(self, times: np.ndarray) -> float:
        """The average precision with each sequence counted so many times."""
        weight = times[self.row]
        taken = np.cumsum(weight)[self.last]
        found = np.cumsum(weight * self.planted)[self.last]
        gained = np.diff(found, prepend=0)
        return float((gained * found / np.maximum(taken, 1)).sum() / found[-1])


def random_network(model: nn.Module, seed: int = 0) -> nn.Module:
    """A copy of a network with fresh random weights, as before training.

    Parameters
    ----------
    model : torch.nn.Module
        Stays as it is. Its layers draw their weights anew; weights that belong to no layer with
        ``reset_parameters`` keep their values, in random order.
    seed : int
        The same seed gives the same network.

    Returns
    -------
    torch.nn.Module

    Raises
    ------
    DataError
        If the model is no network: without weights there is nothing to draw.

    Examples
    --------
    >>> layer = nn.Linear(3, 2)
    >>> bool((random_network(layer).weight == layer.weight).all())
    False
    """
    if not isinstance(model, nn.Module):
        raise DataError(
            f"{type(model).__name__} is no network, so it has no random weights. Fit it on "
            "shuffled labels instead (shuffle_labels)."
        )
    fresh = copy.deepcopy(model)
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(seed)
        for part in fresh.modules():
            reset = getattr(part, "reset_parameters", None)
            if callable(reset):
                reset()
                continue
            for weight in part.parameters(recurse=False):
                order = torch.randperm(weight.numel()).to(weight.device)
                weight.copy_(weight.flatten()[order].reshape(weight.shape))
    return fresh


def shuffle_labels(sequences: SequenceSet, seed: int = 0) -> SequenceSet:
    """The same sequences, with the labels of each other.

    A network trained on them has learned nothing about the classes, however low its training
    loss: what its explanations show is in the method, in the architecture, or in the letters.

    Parameters
    ----------
    sequences : SequenceSet
    seed : int
        The same seed gives the same order.

    Returns
    -------
    SequenceSet
        With as many sequences of each class.

    Raises
    ------
    DataError
        If there are fewer than two classes among the labels: then a shuffle changes nothing.

    Examples
    --------
    >>> s = SequenceSet.from_strings(["A", "C", "G", "T"], [0, 0, 1, 1], ["no", "yes"])
    >>> sorted(shuffle_labels(s).labels.tolist())
    [0, 0, 1, 1]
    """
    labels = np.array(sequences.labels)
    if len(np.unique(labels)) < 2:
        raise DataError("All labels are the same, so shuffling changes nothing. Take two classes.")
    return replace(sequences, labels=np.random.default_rng(seed).permutation(labels))
