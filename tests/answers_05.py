"""Right and wrong answers to the exercises of lesson 05: ``{name: (right, {word: wrong})}``."""

from __future__ import annotations

import math

import numpy as np
import torch

from genbench_lite import sequence


def one_hot_in_a_loop(letters):
    table = np.zeros((4, len(letters)))
    for place, letter in enumerate(letters):
        if letter in "ACGT":
            table["ACGT".index(letter), place] = 1
    return table


def n_as(value):
    def encode(letters):
        table = one_hot_in_a_loop(letters)
        table[:, [letter == "N" for letter in letters]] = np.reshape(value, (-1, 1))
        return table

    return encode


def with_a_row_for_n(letters):
    n = np.array([[letter == "N" for letter in letters]])
    return np.vstack([one_hot_in_a_loop(letters), n])


def looks_up_every_letter(letters):
    table = np.zeros((4, len(letters)))
    for place, letter in enumerate(letters):
        table["ACGT".index(letter), place] = 1
    return table


def count_places(length, width, pool):
    places = [start for start in range(length) if start + width <= length]
    return len([places[i : i + pool] for i in range(0, len(places) - pool + 1, pool)])


def size_by_torch(length, width, pool):
    x = torch.zeros(1, 1, length)
    filters = torch.nn.Conv1d(1, 1, width)
    return torch.nn.MaxPool1d(pool)(filters(x)).shape[2]


def loss_by_torch(logits, label):
    return torch.nn.functional.cross_entropy(torch.from_numpy(logits), torch.tensor(label)).item()


def stable_loss(logits, label):
    highest = max(logits)
    return highest + math.log(sum(math.exp(x - highest) for x in logits)) - logits[label]


def softmax(logits):
    return np.exp(logits) / np.exp(logits).sum()


def merge_by_probing(w1, b1, w2, b2):
    def both(x):
        return w2 @ (w1 @ x + b1) + b2

    bias = both(np.zeros(w1.shape[1]))
    return np.transpose([both(unit) - bias for unit in np.eye(w1.shape[1])]).tolist(), bias


ANSWERS = {
    "one_hot_letters": (
        [
            one_hot_in_a_loop,
            lambda letters: sequence.one_hot(sequence.encode(letters)),
            lambda letters: [[int(letter == base) for letter in letters] for base in "ACGT"],
            lambda letters: torch.from_numpy(one_hot_in_a_loop(letters)),
        ],
        {
            "one row a letter": lambda letters: one_hot_in_a_loop(letters).T,
            "wrong order": lambda letters: one_hot_in_a_loop(letters).T.reshape(4, len(letters)),
            "a quarter": n_as([0.25] * 4),
            "every base at once": n_as([1] * 4),
            "become an A": n_as([1, 0, 0, 0]),
            "become a T": n_as([0, 0, 0, 1]),
            "row of its own": with_a_row_for_n,
            "Take the alphabet": lambda letters: one_hot_in_a_loop(letters)[[0, 3, 2, 1]],
            "numbers of the letters": lambda letters: ["ACGTN".index(letter) for letter in letters],
            "its column stays zero": looks_up_every_letter,
            "Begin with": lambda letters: one_hot_in_a_loop(letters) + 1,
        },
    ),
    "size_after_layer": (
        [count_places, size_by_torch, lambda n, w, p: int((n - w + 1) / p)],
        {
            "One place is missing": lambda n, w, p: (n - w) // p,
            "after the convolution": lambda n, w, p: n - w + 1,
            "fits at fewer places": lambda n, w, p: n // p,
            "pool first": lambda n, w, p: n // p - w + 1,
            "Half a position": lambda n, w, p: (n - w + 1) / p,
            "round up": lambda n, w, p: math.ceil((n - w + 1) / p),
            "brackets": lambda n, w, p: n - w + 1 // p,
            "take a slice off": lambda n, w, p: n - w + 1 - p,
            "do not overlap": lambda n, w, p: n - w + 1 - p + 1,
            "not by its own width": lambda n, w, p: n // w // p,
            "drop the rest": lambda n, w, p: n,
        },
    ),
    "cross_entropy": (
        [loss_by_torch, stable_loss, lambda logits, label: -np.log(softmax(logits))[label]],
        {
            "sign turned": lambda logits, label: -logits[label],
            "logarithm of a logit": lambda logits, label: -np.log(logits[label]),
            "looks at one logit alone": lambda logits, label: np.log1p(np.exp(-logits[label])),
            "taken twice": lambda logits, label: -np.log(softmax(softmax(logits)))[label],
            "probability itself": lambda logits, label: softmax(logits)[label],
            "missing to 1": lambda logits, label: 1 - softmax(logits)[label],
            "minus is missing": lambda logits, label: np.log(softmax(logits))[label],
            "base 2": lambda logits, label: -np.log2(softmax(logits))[label],
            "base 10": lambda logits, label: -np.log10(softmax(logits))[label],
            "not of their exponentials": lambda logits, label: (
                -np.log(np.exp(logits[label]) / logits.sum())
            ),
            "add up all classes": lambda logits, label: -np.log(softmax(logits)).sum(),
            "each class would have": lambda logits, label: -np.log(softmax(logits)),
            "most probable class": lambda logits, label: -np.log(softmax(logits).max()),
            "Three steps": lambda logits, label: 5.0,
        },
    ),
    "lowest_loss": (
        [
            0.5032,
            (math.log(1 + math.exp(-1)) + math.log(2)) / 2,
            -math.log(1 / (1 + math.exp(-1))) / 2 - math.log(0.5) / 2,
            torch.nn.functional.binary_cross_entropy_with_logits(
                torch.tensor([1.0, 0.0]), torch.tensor([1.0, 0.0])
            ),
        ],
        {
            "class 1 alone": 0.3133,
            "class 0 alone": math.log(2),
            "the sum of the two": 1.0064,
            "could be perfect": 0,
            "do not round": 0.5,
            "an output of one half": 0.4741,
            "both classes an output of 1": 0.8133,
            "in bits": 0.7260,
            "sign is wrong": 1.0032,
            "Take the better end": 0.6,
            "not a comma": (0, 5032),
            "text": "0.5032",
        },
    ),
    "merge_layers": (
        [
            lambda w1, b1, w2, b2: (w2 @ w1, w2 @ b1 + b2),
            lambda w1, b1, w2, b2: [np.dot(w2, w1), np.dot(w2, b1) + b2],
            merge_by_probing,
        ],
        {
            "wrong order": lambda w1, b1, w2, b2: (w1 @ w2, w2 @ b1 + b2),
            "also multiplies the first bias": lambda w1, b1, w2, b2: (w2 @ w1, b1 + b2),
            "first bias is lost": lambda w1, b1, w2, b2: (w2 @ w1, b2),
            "second bias is missing": lambda w1, b1, w2, b2: (w2 @ w1, w2 @ b1),
            "A matrix product": lambda w1, b1, w2, b2: (w2 * w1, w2 * b1 + b2),
            "You add the weights": lambda w1, b1, w2, b2: (w2 + w1, b1 + b2),
            "order and the bias": lambda w1, b1, w2, b2: (w1 @ w2, w1 @ b2 + b1),
            "take the brackets apart": lambda w1, b1, w2, b2: (w2 @ w1, w2 @ b1 - b2),
            "weights alone": lambda w1, b1, w2, b2: w2 @ w1,
        },
    ),
}
