"""Right and wrong answers to the exercises of lesson 07: ``{name: (right, {word: wrong})}``."""

from __future__ import annotations

import numpy as np
import torch

from genbench_lite import sequence
from genbench_lite.explanations.attribution_scores import average_precision


def one_hot(letters):
    return sequence.one_hot(sequence.encode(letters))


def weights_in_a_loop(weights, letters):
    return [weights["ACGT".index(letter), i] for i, letter in enumerate(letters)]


def weights_by_torch(weights, letters):
    x = torch.from_numpy(one_hot(letters)).requires_grad_()
    (x * torch.from_numpy(weights)).sum().backward()
    return (x.grad * x).sum(0)


def effect_by_list(answer, letters, position, base):
    mutant = list(letters)
    mutant[position] = base
    return answer("".join(mutant)) - answer(letters)


def assigns_a_letter(answer, letters, position, base):
    letters[position] = base
    return answer(letters)


def contrast_in_a_loop(logits, target):
    others = [logit for number, logit in enumerate(logits) if number != target]
    return logits[target] - sum(others) / len(others)


def softmax(logits):
    return np.exp(logits) / np.exp(logits).sum()


def precision_in_a_loop(sizes, planted, order=lambda sizes: np.argsort(-sizes)):
    found, notes = 0, []
    for rank, place in enumerate(order(sizes), 1):
        if planted[place]:
            found += 1
            notes.append(found / rank)
    return sum(notes) / len(notes)


def precision_at_all_ranks(sizes, planted):
    return np.cumsum(planted[np.argsort(-sizes)]) / np.arange(1, len(sizes) + 1)


def ranks_from_zero(sizes, planted):
    return [1 / rank for rank, _ in enumerate(sizes)]


def ranks_from_zero_by_array(sizes, planted):
    here = planted[np.argsort(-sizes)]
    with np.errstate(all="ignore"):
        return (np.cumsum(here) / np.arange(len(here)))[here].mean()


def knock_out_in_a_loop(answer, letters, sites):
    mutant = list(letters)
    for start, end in sites:
        for place in range(start, end):
            mutant[place] = "N"
    return answer("".join(mutant)) - answer(letters)


def cuts_out(answer, letters, sites):
    shorter = letters
    for start, end in sorted(sites, reverse=True):
        shorter = shorter[:start] + shorter[end:]
    return answer(shorter) - answer(letters)


def single_ns(answer, letters, sites):
    shorter = letters
    for start, end in sites:
        shorter = shorter[:start] + "N" + shorter[end:]
    return answer(shorter) - answer(letters)


def replaces_words(answer, letters, sites):
    mutant = letters
    for start, end in sites:
        mutant = mutant.replace(letters[start:end], "N" * (end - start))
    return answer(mutant) - answer(letters)


def one_by_one(answer, letters, sites):
    return sum(knock_out_in_a_loop(answer, letters, [site]) for site in sites)


def one_too_many(answer, letters, sites):
    wider = [(start, min(end + 1, len(letters))) for start, end in sites]
    return knock_out_in_a_loop(answer, letters, wider)


def answer_without(answer, letters, sites):
    return knock_out_in_a_loop(answer, letters, sites) + answer(letters)


def sites_alone(answer, letters, sites):
    return answer("".join(letters[start:end] for start, end in sites)) - answer(letters)


def assigns_ns(answer, letters, sites):
    for start, end in sites:
        letters[start:end] = "N" * (end - start)
    return answer(letters)


ANSWERS = {
    "gradient_times_input": (
        [
            weights_in_a_loop,
            weights_by_torch,
            lambda weights, letters: (weights * one_hot(letters)).sum(axis=0),
        ],
        {
            "the whole table": lambda w, letters: w * one_hot(letters),
            "the answer of the model": lambda w, letters: (w * one_hot(letters)).sum(),
            "one number a base": lambda w, letters: (w * one_hot(letters)).sum(axis=1),
            "gradient alone": lambda w, letters: w,
            "all four weights of a position": lambda w, letters: w.sum(axis=0),
            "highest weight": lambda w, letters: w.max(axis=0),
            "subtracted the mean": lambda w, letters: weights_in_a_loop(w - w.mean(0), letters),
            "in this order": lambda w, letters: weights_in_a_loop(w[[0, 3, 2, 1]], letters),
            "input alone": lambda w, letters: one_hot(letters),
            "sign is lost": lambda w, letters: np.abs(weights_in_a_loop(w, letters)),
            "number by number": lambda w, letters: np.zeros(len(letters)),
        },
    ),
    "mutation_effect": (
        [
            effect_by_list,
            lambda answer, s, i, base: answer(s[:i] + base + s[i + 1 :]) - answer(s),
        ],
        {
            "sign is turned": lambda *case: -effect_by_list(*case),
            "answer after the change": lambda answer, s, i, base: answer(s[:i] + base + s[i + 1 :]),
            "answer before the change": lambda answer, s, i, base: answer(s),
            "everywhere": lambda answer, s, i, base: answer(s.replace(s[i], base)) - answer(s),
            "counts from 1": lambda answer, s, i, base: effect_by_list(answer, s, i - 1, base),
            "kept the old one": lambda answer, s, i, base: answer(s[:i] + base + s[i:]) - answer(s),
            "before the position": lambda answer, s, i, b: answer(b + s[i + 1 :]) - answer(s),
            "behind the position": lambda answer, s, i, base: answer(s[:i] + base) - answer(s),
            "new letter alone": lambda answer, s, i, base: answer(base) - answer(s),
            "first letter of this kind": lambda answer, s, i, base: (
                answer(s.replace(s[i], base, 1)) - answer(s)
            ),
            "sign is lost": lambda *case: abs(effect_by_list(*case)),
            "cannot be changed in place": assigns_a_letter,
            "three pieces": lambda answer, s, i, base: 0.5,
        },
    ),
    "contrast": (
        [
            contrast_in_a_loop,
            lambda logits, target: logits[target] - np.delete(logits, target).mean(),
            lambda z, k: (len(z) * z[k] - z.sum()) / (len(z) - 1),
        ],
        {
            "logit alone": lambda z, k: z[k],
            "itself is among them": lambda z, k: z[k] - z.mean(),
            "sum of the others": lambda z, k: z[k] - np.delete(z, k).sum(),
            "highest of the others": lambda z, k: z[k] - np.delete(z, k).max(),
            "sign is turned": lambda z, k: np.delete(z, k).mean() - z[k],
            "That is the probability": lambda z, k: softmax(z)[k],
            "logarithm of the probability": lambda z, k: np.log(softmax(z)[k]),
            "compare probabilities": lambda z, k: contrast_in_a_loop(softmax(z), k),
            "one fewer": lambda z, k: z[k] - np.delete(z, k).sum() / len(z),
            "half of it": lambda z, k: np.delete(z, k).mean(),
            "each of the others": lambda z, k: z[k] - np.delete(z, k),
            "are the others": lambda z, k: 100.0,
        },
    ),
    "average_precision": (
        [precision_in_a_loop, average_precision],
        {
            "smallest to the largest": lambda s, p: precision_in_a_loop(s, p, np.argsort),
            "not sorted": lambda s, p: precision_in_a_loop(s, p, lambda s: range(len(s))),
            "mean over all ranks": lambda s, p: precision_at_all_ranks(s, p).mean(),
            "number of all positions": lambda s, p: precision_in_a_loop(s, p) * p.sum() / len(p),
            "precisions at each rank": precision_at_all_ranks,
            "Take their mean": lambda s, p: precision_at_all_ranks(s, p)[p[np.argsort(-s)]],
            "the highest alone": lambda s, p: p[np.argsort(-s)][: p.sum()].mean(),
            "what guessing scores": lambda s, p: p.mean(),
            "Divide by how many": lambda s, p: precision_in_a_loop(s, p) * p.sum(),
            "count from 1": ranks_from_zero,
            "sorted `planted`": lambda s, p: precision_at_all_ranks(s, p)[p].mean(),
            "one has been seen": ranks_from_zero_by_array,
            "down the ranking": lambda s, p: 2.0,
        },
    ),
    "knock_out": (
        [
            knock_out_in_a_loop,
            lambda answer, s, sites: (
                answer(
                    "".join(
                        "N" if any(a <= i < b for a, b in sites) else x for i, x in enumerate(s)
                    )
                )
                - answer(s)
            ),
        ],
        {
            "sign is turned": lambda *case: -knock_out_in_a_loop(*case),
            "one site at a time": one_by_one,
            "Only the last": lambda answer, s, sites: knock_out_in_a_loop(answer, s, sites[-1:]),
            "Only the first": lambda answer, s, sites: knock_out_in_a_loop(answer, s, sites[:1]),
            "cut the letters out": cuts_out,
            "One letter too many": one_too_many,
            "Subtract the answer with them": answer_without,
            "sites alone": sites_alone,
            "one change for each site": lambda answer, s, sites: [
                knock_out_in_a_loop(answer, s, [site]) for site in sites
            ],
            "a single N": single_ns,
            "same word everywhere": replaces_words,
            "cannot be changed in place": assigns_ns,
            "Loop over the sites": lambda answer, s, sites: 0.5,
        },
    ),
}
