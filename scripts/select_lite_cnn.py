"""Which choices in ``LiteCNN`` were measured, and what they gave.

    python scripts/select_lite_cnn.py ARCHIVES [--only NAME ...]

``ARCHIVES`` is a folder with archives of published datasets (``*_v0.zip``). No test split is
looked at. Each training split is parted once more for every seed: whole families of
near-duplicates go to one side, four fifths to learn from and a fifth to choose by. The embedded
dataset has a validation split of its own. Finished trainings are kept in ``out/lite_cnn.jsonl``,
and a second call goes on from there; two at once may share the work with ``--only``.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean
from typing import Any
from unittest.mock import patch

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

import genbench_lite as gbl
from genbench_lite import SequenceSet, sequence
from genbench_lite.audits.near_duplicates import clusters
from genbench_lite.models import KmerBaseline, LiteCNN
from genbench_lite.networks import lite_cnn
from genbench_lite.reading.archive import from_archive
from genbench_lite.simulation.backgrounds import random_sequences

OUT = Path(__file__).resolve().parents[1] / "out" / "lite_cnn.jsonl"  # a line a training
SEEDS = (0, 1, 2)
DEMO = "demo_open_chromatin_cells"
DEMO_ROWS = 8000  # to learn from: no more than an archive has, to save time
LENGTH_ALONE = "length alone"  # random letters: 200 bp in one class, 400 bp in the other
SETS = (
    "human_nontata_promoters",
    "drosophila_enhancers_stark",
    "human_ensembl_regulatory",
    DEMO,
    LENGTH_ALONE,
)


class OneLayer(LiteCNN):
    """The second layer is there, and always gives zero."""

    def __init__(self, n_classes: int):
        super().__init__(n_classes)
        for weights in self.pairs.parameters():
            nn.init.zeros_(weights).requires_grad_(False)


class OneStrand(LiteCNN):
    """Reads the strand that it is given, in use as in training."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.read(x)


class WordsBeside(LiteCNN):
    """Reads the frequencies of all 6-mers too, and adds what they say to the logits."""

    def __init__(self, n_classes: int):
        super().__init__(n_classes)
        self.scale = nn.BatchNorm1d(4**6, affine=False, momentum=None)
        self.forget = nn.Dropout(0.5)
        self.words = nn.Linear(4**6, n_classes, bias=False)
        nn.init.zeros_(self.words.weight)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        seen = (frequencies(x) + frequencies(x.flip(1, 2))) / 2
        return super().forward(x) + self.words(self.forget(self.scale(seen)) / 16)


def frequencies(x: torch.Tensor) -> torch.Tensor:
    """How often each 6-mer stands on a strand, 1 where all are equally frequent, (n, 4,096)."""
    twos = (x[:, :, None, :-1] * x[:, None, :, 1:]).flatten(1, 2)
    threes = (twos[:, :, None, :-1] * x[:, None, :, 2:]).flatten(1, 2)
    # a 6-mer is a 3-mer, and another one three places on
    counts = (threes[:, :, :-3] @ threes[:, :, 3:].transpose(1, 2)).flatten(1)
    return 4**6 * counts / counts.sum(1, keepdim=True).clamp(min=1)


def best_of_first(h: torch.Tensor, counts: torch.Tensor) -> torch.Tensor:
    """What ``mean_of_first`` takes the mean of, and the highest of them instead."""
    counted = torch.arange(h.shape[3], device=h.device) < counts[:, None]
    return (h * counted[:, None, None]).amax((2, 3))  # nothing is below zero


@dataclass(frozen=True)
class Variant:
    """A model, with some functions of its module replaced, and changes to its recipe."""

    build: Callable[[int], Any] = LiteCNN
    replaced: dict[str, Any] = field(default_factory=dict)
    recipe: dict[str, Any] = field(default_factory=dict)


VARIANTS = {
    "LiteCNN": Variant(),
    "scores not squared": Variant(replaced={"squared": F.relu}),
    "the best in place of the mean": Variant(replaced={"mean_of_first": best_of_first}),
    "one layer": Variant(OneLayer),
    "one strand": Variant(OneStrand, recipe={"flip_strands": False}),
    "batches of 32": Variant(recipe={"batch_size": 32}),
    "constant learning rate of 0.001": Variant(recipe={"schedule": None, "learning_rate": 1e-3}),
    "6-mers beside the filters": Variant(WordsBeside),
    "6-mer logistic regression": Variant(lambda n_classes: KmerBaseline(6)),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("archives", type=Path)
    parser.add_argument("--only", nargs="+", choices=VARIANTS, default=list(VARIANTS))
    arguments = parser.parse_args()
    OUT.parent.mkdir(exist_ok=True)
    done = finished()
    for name in SETS:
        for seed in SEEDS:
            wanted = [v for v in arguments.only if f"{name}/{v}/{seed}" not in done]
            if not wanted:
                continue
            train, valid = parted(arguments.archives, name, seed)
            for variant in wanted:
                found = measured(VARIANTS[variant], train, valid, seed)
                print(f"{name}, {variant}, seed {seed}: {found}", file=sys.stderr, flush=True)
                with OUT.open("a") as file:
                    file.write(json.dumps([f"{name}/{variant}/{seed}", found]) + "\n")
    print(table(finished(), arguments.only))


def finished() -> dict[str, dict[str, float]]:
    """Results by ``set/variant/seed``."""
    return dict(map(json.loads, OUT.read_text().splitlines())) if OUT.exists() else {}


def parted(archives: Path, name: str, seed: int) -> tuple[SequenceSet, SequenceSet]:
    """Sequences to learn from, and to choose by."""
    if name == LENGTH_ALONE:
        both = letters(2500, seed)
        return both[:4000], both[4000:]
    if name == DEMO:
        demo = gbl.load(DEMO)
        return demo.train.subset(DEMO_ROWS, seed), demo.valid
    train = from_archive(archives / f"{name}_v0.zip").train
    family = clusters(train)
    order = np.random.default_rng(seed).permutation(family.max() + 1)
    share = np.cumsum(np.bincount(family)[order]) / len(train)
    aside = np.isin(family, order[share <= 0.2])
    return train[~aside], train[aside]


def letters(n: int, seed: int) -> SequenceSet:
    """``n`` random sequences of each length, in turn."""
    short = random_sequences(n, 200, seed=2 * seed)
    long = random_sequences(n, 400, seed=2 * seed + 1)
    texts = [sequence.decode(codes) for pair in zip(short, long, strict=True) for codes in pair]
    return SequenceSet.from_strings(texts, np.tile([0, 1], n), ["200 bp", "400 bp"])


def measured(
    variant: Variant, train: SequenceSet, valid: SequenceSet, seed: int
) -> dict[str, float]:
    """Validation accuracy after the last epoch, and seconds an epoch."""
    torch.manual_seed(seed)
    model = variant.build(len(train.classes))
    with contextlib.ExitStack() as replaced:
        for name, function in variant.replaced.items():
            replaced.enter_context(patch.object(lite_cnn, name, function))
        recipe = LiteCNN.RECIPE | variant.recipe
        history = gbl.fit(model, train, seed=seed, **recipe)
        accuracy = gbl.evaluate(model, valid).accuracy
    return {"accuracy": round(accuracy, 4), "seconds": round(mean(history.seconds), 2)}


def table(results: dict[str, dict[str, float]], variants: list[str]) -> str:
    """Markdown: mean validation accuracy over the seeds, in per cent."""
    lines = [f"| | {' | '.join(SETS)} |", "|---" * (len(SETS) + 1) + "|"]
    for variant in variants:
        means = [
            100 * mean(results[f"{name}/{variant}/{seed}"]["accuracy"] for seed in SEEDS)
            for name in SETS
        ]
        lines.append(f"| {variant} | {' | '.join(f'{value:.1f}' for value in means)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
