"""Intervals for scores: draw the test sequences anew, many times at once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

_AT_ONCE = 1 << 20  # drawn rows in memory at a time: 8 MB
_STEPS = 4096


def intervals(
    probability: np.ndarray, labels: np.ndarray, draws: int = 1000, seed: int = 0
) -> dict[str, tuple[float, float]]:
    """Percentile bootstrap intervals, 95% (Efron 1979, doi:10.1214/aos/1176344552).

    Each draw takes n of the n sequences, with replacement. Many draws are scored at once, by the
    same few array operations.

    Parameters
    ----------
    probability : numpy.ndarray
        float32, shape (n, classes).
    labels : numpy.ndarray
        int64, shape (n,).
    draws, seed : int

    Returns
    -------
    dict
        Low and high end for accuracy, f1, mcc, loss, auroc and average_precision. Draws that
        lack a class do not count for the last two, which are NaN if no draw is left.

    Examples
    --------
    >>> certain = np.eye(2)[[0, 1] * 50]
    >>> intervals(certain, np.array([0, 1] * 50), draws=100)["accuracy"]
    (1.0, 1.0)
    """
    n, k = probability.shape
    true = np.maximum(probability[np.arange(n), labels], np.finfo(np.float32).tiny)
    surprise = -np.log(true.astype(float))
    decision = labels * k + probability.argmax(1)
    # of two classes, one ranks as the other, backwards
    ranks = [_steps(probability[:, c]) * 2 + (labels == c) for c in ([1] if k == 2 else range(k))]
    blocks = []
    for rows in _draws(n, draws, seed):
        values = _decisions(_count(decision, rows, k * k).reshape(-1, k, k))
        values["loss"] = surprise[rows].mean(1)
        curves = [_areas(_count(rank, rows, rank.max() // 2 * 2 + 2)) for rank in ranks]
        values["auroc"], values["average_precision"] = np.mean(curves, axis=0)
        blocks.append(values)
    return {
        name: _middle(np.concatenate([values[name] for values in blocks])) for name in blocks[0]
    }


def _steps(score: np.ndarray) -> np.ndarray:
    """The rank of each score from the highest, equal ones together, in 4,096 steps at most.

    Within a step order does not count. On 30,000 sequences that moved no end of an interval by
    more than 0.0002.
    """
    rank = np.unique(-score, return_inverse=True)[1].reshape(-1)
    if rank.max() < _STEPS:
        return rank
    return (np.argsort(np.argsort(rank, kind="stable"), kind="stable") * _STEPS) // len(rank)


def _draws(n: int, draws: int, seed: int) -> Iterator[np.ndarray]:
    """Blocks of drawn rows, int64, shape (draws in the block, n)."""
    rng = np.random.default_rng(seed)
    size = max(1, _AT_ONCE // n)
    for first in range(0, draws, size):
        yield rng.integers(0, n, (min(size, draws - first), n))


def _count(values: np.ndarray, rows: np.ndarray, kinds: int) -> np.ndarray:
    """How often each of the values 0 to kinds - 1 was drawn: float64, shape (draws, kinds)."""
    drawn = values[rows]
    drawn += np.arange(len(rows))[:, None] * kinds
    counts = np.bincount(drawn.reshape(-1), minlength=len(rows) * kinds)
    return counts.reshape(len(rows), kinds).astype(float)


def _decisions(confusion: np.ndarray) -> dict[str, np.ndarray]:
    """What follows from confusion matrices, shape (draws, classes, classes)."""
    n = confusion.sum((1, 2))
    right = np.trace(confusion, axis1=1, axis2=2)
    true, answered = confusion.sum(2), confusion.sum(1)
    hits = np.diagonal(confusion, axis1=1, axis2=2)
    # the correlation of the true with the predicted classes (Gorodkin 2004)
    spread = (n**2 - (true**2).sum(1)) * (n**2 - (answered**2).sum(1))
    shared = right * n - (true * answered).sum(1)
    return {
        "accuracy": right / n,
        "f1": (2 * hits / np.maximum(true + answered, 1)).mean(1),
        "mcc": np.divide(shared, np.sqrt(spread), out=np.zeros_like(n), where=spread > 0),
    }


def _areas(counts: np.ndarray) -> np.ndarray:
    """Areas under the ROC and the precision-recall curve of each draw: shape (2, draws).

    The columns of the counts are: false and true of the highest step, of the next, and so on.
    """
    false, hits = np.cumsum(counts[:, ::2], axis=1), np.cumsum(counts[:, 1::2], axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        recall, fallout = hits / hits[:, -1:], false / false[:, -1:]
        precision = np.nan_to_num(hits / (hits + false))
    gained = np.diff(recall, prepend=0)
    roc = (np.diff(fallout, prepend=0) * (recall - gained / 2)).sum(1)
    return np.stack([roc, np.where(np.isnan(roc), np.nan, (gained * precision).sum(1))])


def _middle(values: np.ndarray) -> tuple[float, float]:
    known = values[~np.isnan(values)]
    if not len(known):
        return np.nan, np.nan
    low, high = np.percentile(known, [2.5, 97.5])
    return float(low), float(high)
