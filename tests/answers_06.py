"""Right and wrong answers to the exercises of lesson 06: ``{name: (right, {word: wrong})}``."""

from __future__ import annotations

import numpy as np
import torch

from genbench_lite.networks.history import History


def stop_by_history(valid_loss, patience):
    """By the rule of ``fit`` itself."""
    for epochs in range(1, len(valid_loss) + 1):
        if History(valid_loss=valid_loss[:epochs]).waited(patience):
            return epochs
    return len(valid_loss)


def stop_in_a_loop(valid_loss, patience, wait=0, first=1, end=None):
    lowest, best = float("inf"), 0
    for epoch, loss in enumerate(valid_loss, start=first):
        if loss < lowest:
            lowest, best = loss, epoch
        if epoch - best >= patience + wait:
            return epoch if end is None else end(best)
    return len(valid_loss) + first - 1 if end is None else end(best)


def stop_after_rises(valid_loss, patience, reset):
    rises = 0
    for epoch in range(2, len(valid_loss) + 1):
        if valid_loss[epoch - 1] > valid_loss[epoch - 2]:
            rises += 1
        elif reset:
            rises = 0
        if rises == patience:
            return epoch
    return len(valid_loss)


def waits_without_a_reset(valid_loss, patience):
    lowest, waited = float("inf"), 0
    for epoch, loss in enumerate(valid_loss, start=1):
        if loss < lowest:
            lowest = loss
        else:
            waited += 1
        if waited == patience:
            return epoch
    return len(valid_loss)


def never_ends(valid_loss, patience):
    """Right where it stops, and without an answer where it does not."""
    stopped = stop_in_a_loop(valid_loss, patience)
    lowest = valid_loss.index(min(valid_loss[:stopped]))
    return stopped if stopped - lowest > patience else None


def flipped_one_by_one(x):
    return np.stack([table[::-1, ::-1] for table in x])


def flipped_by_torch(x):
    return torch.from_numpy(x).flip(1, 2)


def differences_in_a_loop(right_a, right_b, rows):
    return [float(right_a[row].mean() - right_b[row].mean()) for row in rows]


def claim(probability):
    return probability.max(axis=1).mean()


def share_right(probability, labels):
    return (probability.argmax(axis=1) == labels).mean()


ANSWERS = {
    "best_epoch": (
        [
            lambda losses: int(np.argmin(losses)) + 1,
            lambda losses: losses.index(min(losses)) + 1,
            lambda losses: History(valid_loss=losses).best_epoch,
        ],
        {
            "counted from 0": lambda losses: losses.index(min(losses)),
            "lowest loss itself": lambda losses: min(losses),
            "highest loss": lambda losses: losses.index(max(losses)) + 1,
            "last epoch": lambda losses: len(losses),
            "first rise": lambda losses: next(
                i for i in range(1, len(losses)) if losses[i] > losses[i - 1]
            ),
            "one off": lambda losses: int(np.argmin(losses[1:])) + 3,
            "Find the place": lambda losses: 1,
        },
    ),
    "stop_epoch": (
        [stop_in_a_loop, stop_by_history],
        {
            "the best epoch, to which": lambda losses, n: stop_in_a_loop(losses, n, end=int),
            "too long": lambda losses, n: stop_in_a_loop(losses, n, wait=1),
            "too early": lambda losses, n: stop_in_a_loop(losses, max(n - 1, 1)),
            "first epoch that brings no lower": lambda losses, n: stop_in_a_loop(losses, 1),
            "rises in a row": lambda losses, n: stop_after_rises(losses, n, reset=True),
            "every rise": lambda losses, n: stop_after_rises(losses, n, reset=False),
            "back to nothing": waits_without_a_reset,
            "all losses at once": lambda losses, n: min(
                losses.index(min(losses)) + 1 + n, len(losses)
            ),
            "never stops early": lambda losses, n: len(losses),
            "counted from 0": lambda losses, n: stop_in_a_loop(losses, n, first=0),
            "on every way": never_ends,
            "Go through the losses": lambda losses, n: n,
        },
    ),
    "flip_batch": (
        [lambda x: np.flip(x, axis=(1, 2)), flipped_one_by_one, flipped_by_torch],
        {
            "reverse alone": lambda x: x[..., ::-1],
            "complement alone": lambda x: x[:, [3, 2, 1, 0]],
            "changed their places": lambda x: np.flip(x),
            "first two axes": lambda x: x[::-1, ::-1],
            "order of the sequences and the positions": lambda x: x[::-1, :, ::-1],
            "Only the order": lambda x: x[::-1],
            "Nothing has changed": lambda x: x,
            "swap ones and zeros": lambda x: 1 - x,
            "on its side": lambda x: np.swapaxes(x, 1, 2),
            "belongs to PyTorch": lambda x: x.flip(1, 2),
            "leave the first": lambda x: 0 * x,
        },
    ),
    "difference_by_draw": (
        [
            differences_in_a_loop,
            lambda a, b, rows: a[rows].mean(axis=1) - b[rows].mean(axis=1),
            lambda a, b, rows: (a - b)[rows].mean(1),
        ],
        {
            "as they are, once": lambda a, b, rows: np.mean(a - b),
            "mean of all draws": lambda a, b, rows: a[rows].mean() - b[rows].mean(),
            "over the draws": lambda a, b, rows: a[rows].mean(0) - b[rows].mean(0),
            "a less b": lambda a, b, rows: b[rows].mean(1) - a[rows].mean(1),
            "both sides of zero": lambda a, b, rows: abs(a[rows].mean(1) - b[rows].mean(1)),
            "sequence by sequence": lambda a, b, rows: (a[rows] != b[rows]).mean(1),
            "Only a is drawn": lambda a, b, rows: a[rows].mean(1) - b.mean(),
            "Only b is drawn": lambda a, b, rows: a.mean() - b[rows].mean(1),
            "accuracies of a": lambda a, b, rows: a[rows].mean(1),
            "different draws": lambda a, b, rows: a[rows].mean(1) - b[rows[::-1]].mean(1),
            "numbers of sequences": lambda a, b, rows: a[rows].sum(1) - b[rows].sum(1),
            "single sequences": lambda a, b, rows: a[rows] - b[rows],
            "per cent": lambda a, b, rows: 100 * (a[rows].mean(1) - b[rows].mean(1)),
            "one row a draw": lambda a, b, rows: a[rows].mean(1) + b[rows].mean(1),
        },
    ),
    "overconfidence": (
        [
            lambda p, labels: claim(p) - share_right(p, labels),
            lambda p, labels: np.mean(p.max(1) - (p.argmax(1) == labels)),
        ],
        {
            "The sign is turned": lambda p, labels: share_right(p, labels) - claim(p),
            "what the model claims. Take": lambda p, labels: claim(p),
            "What does the model claim": share_right,
            "probability of the true class": lambda p, labels: (
                np.take_along_axis(p, labels[:, None], 1).mean() - share_right(p, labels)
            ),
            "second class": lambda p, labels: p[:, 1].mean() - share_right(p, labels),
            "mean of all probabilities": lambda p, labels: p.mean() - share_right(p, labels),
            "single highest": lambda p, labels: p.max() - share_right(p, labels),
            "highest of the columns": lambda p, labels: (
                p.max(axis=0).mean() - share_right(p, labels)
            ),
            "Without its sign": lambda p, labels: abs(claim(p) - share_right(p, labels)),
            "per cent": lambda p, labels: 100 * (claim(p) - share_right(p, labels)),
            "The highest probability of each row": lambda p, labels: 0.25,
        },
    ),
}
