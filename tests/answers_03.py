"""Right and wrong answers to the exercises of lesson 03: ``{name: (right, {word: wrong})}``."""

from __future__ import annotations

import math

import numpy as np

from genbench_lite.motif import Motif


def probabilities_by_motif(counts, pseudocount):
    return Motif("", counts, pseudocount=pseudocount).probabilities


def probabilities_in_a_loop(counts, pseudocount):
    rows = []
    for row in counts.tolist():
        total = sum(row) + pseudocount
        rows.append([(count + pseudocount / 4) / total for count in row])
    return rows


def information_in_a_loop(shares):
    bits = 2.0
    for share in shares:
        if share > 0:
            bits += share * math.log2(share)
    return bits


def entropy(shares, log=math.log2):
    return -sum(share * log(share) for share in shares if share > 0)


def scores_in_a_loop(one_hot, weights, before=0):
    letters = one_hot.argmax(0)
    scores = []
    for start in range(len(letters) - len(weights) + 1 - before):
        scores.append(sum(weights[i, letters[start + i]] for i in range(len(weights))))
    return scores


def scores_by_correlation(one_hot, weights):
    return sum(np.correlate(one_hot[i], weights[:, i], "valid") for i in range(4))


def scores_by_numpy_convolution(one_hot, weights):
    return sum(np.convolve(one_hot[i], weights[:, i], "valid") for i in range(4))


def turn_in_a_loop(weights):
    turned = np.zeros_like(weights)
    for i, row in enumerate(weights):
        turned[len(weights) - 1 - i] = row[[3, 2, 1, 0]]
    return turned


def adds_in_place(counts, pseudocount):
    counts += 1
    return counts / counts.sum(1, keepdims=True)


ANSWERS = {
    "motif_probabilities": (
        [probabilities_by_motif, probabilities_in_a_loop],
        {
            "pseudocount is missing": lambda c, p: c / c.sum(1, keepdims=True),
            "a quarter to each": lambda c, p: (c + p) / (c + p).sum(1, keepdims=True),
            "sum to more than 1": lambda c, p: (c + p / 4) / c.sum(1, keepdims=True),
            "counts still": lambda c, p: c + p / 4,
            "sum of a column": lambda c, p: (c + p / 4) / (c + p / 4).sum(0),
            "whole table": lambda c, p: (c + p / 4) / (c + p / 4).sum(),
            "by its new sum": lambda c, p: (c + 1) / (c + 1).sum(1, keepdims=True),
            "an array of shape": lambda c, p: c.sum(1) + p,
            "changes its input": adds_in_place,
        },
    ),
    "column_information": (
        [information_in_a_loop, lambda shares: 2 - entropy(shares)],
        {
            "natural logarithm, and": lambda shares: 2 - entropy(shares, math.log),
            "nats": lambda shares: math.log(4) - entropy(shares, math.log),
            "base 10": lambda shares: 2 - entropy(shares, math.log10),
            "the entropy": entropy,
            "sign is wrong": lambda shares: 2 + entropy(shares),
            "never negative": lambda shares: -entropy(shares),
            "probability of the best": max,
            "four numbers": lambda shares: shares * information_in_a_loop(shares),
            "rare letters": lambda shares: 2 + np.log2(np.maximum(shares, 1e-300)).sum(),
            "is not a number": lambda shares: (
                np.nan if not shares.all() else information_in_a_loop(shares)
            ),
            "share of 0": lambda shares: (
                information_in_a_loop(shares) if shares.all() else 2 - entropy(shares + 0.1)
            ),
            "add 2": lambda shares: 1.0,
        },
    ),
    "log_odds": (
        [
            lambda p, b: np.log2(p) - np.log2(b),
            lambda p, b: [[math.log2(x / y) for x, y in zip(row, b, strict=True)] for row in p],
        ],
        {
            "natural logarithm": lambda p, b: np.log(p) - np.log(b),
            "base 10": lambda p, b: np.log10(p / b),
            "ratio itself": lambda p, b: p / b,
            "difference": lambda p, b: p - b,
            "no difference yet": lambda p, b: np.log2(p),
            "upside down": lambda p, b: np.log2(b / p),
            "a quarter for each": lambda p, b: np.log2(4 * p),
            "information again": lambda p, b: p * np.log2(p / b),
            "then take `np.log2`": lambda p, b: np.log2(p * b),
            "an array of shape": lambda p, b: np.log2(p / b).sum(1),
        },
    ),
    "sliding_scores": (
        [scores_in_a_loop, scores_by_correlation],
        {
            "last window is missing": lambda o, w: scores_in_a_loop(o, w, before=1) or np.zeros(0),
            "Windows overlap": lambda o, w: np.array(scores_in_a_loop(o, w))[:: len(w)],
            "best score alone": lambda o, w: max(scores_in_a_loop(o, w)),
            "a score of its own": lambda o, w: sum(scores_in_a_loop(o, w)),
            "take the mean": lambda o, w: np.array(scores_in_a_loop(o, w)) / len(w),
            "nothing turns": scores_by_numpy_convolution,
            "other strand": lambda o, w: scores_in_a_loop(o, turn_in_a_loop(w)),
            "multiply, and sum": lambda o, w: np.array(scores_in_a_loop(o, w)) + 1,
            "ValueError": lambda o, w: np.array(
                [(o[:, s : s + len(w)] * w).sum() for s in range(o.shape[1] - len(w) + 1)]
            ),
        },
    ),
    "reverse_weights": (
        [turn_in_a_loop, lambda weights: np.flip(weights), lambda w: w[::-1, ::-1].tolist()],
        {
            "keep the letters": lambda weights: np.flipud(weights),
            "order of the positions": lambda weights: np.fliplr(weights),
            "as they were": lambda weights: weights.copy(),
            "changed places": lambda weights: weights.T,
            "a sign": lambda weights: -weights,
            "the last row": lambda weights: np.flip(weights) + 1,
        },
    ),
}
