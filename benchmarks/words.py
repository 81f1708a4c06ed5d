"""Does a network see more than words? `LiteCNN` beside logistic regression on 6-mers, by test rows.

    python benchmarks/run.py words

takes about 20 minutes. Finished trainings are in ``out/benchmarks/words.json``, and a second call
goes on from there. As a script, one training:

    python benchmarks/words.py ARCHIVE_OR_NAME MODEL SEED
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from statistics import mean
from typing import Any

import accuracy
import numpy as np
from measure import run_side
from models import COMPARED, DEMO, find_archive, two_cores

SEEDS = (0, 1, 2)
PAIR = "K562 against HepG2"
PAIR_ROWS = 8000
WORDS, NETWORK = "KmerBaseline", "LiteCNN"
DRAWS = 2000


def run(setting: Any) -> str:
    """Train whatever is not trained yet; the table of all."""
    accuracy.OUT.mkdir(parents=True, exist_ok=True)
    file = accuracy.OUT / "words.json"
    results = json.loads(file.read_text()) if file.exists() else {}
    # nothing in the regression is left to chance: one seed tells all
    wanted = [(name, WORDS, 0) for name in (*COMPARED, PAIR)]
    wanted += [(name, NETWORK, seed) for name in (*COMPARED, PAIR) for seed in SEEDS]
    with two_cores():
        for name, model, seed in wanted:
            key = f"{name}/{model}/{seed}"
            if key not in results:
                inside = name in (DEMO, PAIR)
                data = name if inside else find_archive(setting, name, accuracy.OUT)
                results[key] = run_side(sys.executable, "words.py", data, model, str(seed))
                accuracy.save(file, results)
            share = results[key]["right"].count("1") / len(results[key]["right"])
            print(f"{key}: accuracy {share:.4f}", file=sys.stderr, flush=True)
    return table(results)


def table(results: dict[str, Any]) -> str:
    """Markdown: test accuracy of both, and the difference with its interval over test rows."""
    lines = [
        "| dataset | training rows | test rows | 6-mers | `LiteCNN`, mean of 3 seeds | points "
        "(95% interval over test rows) |",
        "|---|---|---|---|---|---|",
    ]
    for name in (*COMPARED, PAIR):
        words = flags(results[f"{name}/{WORDS}/0"])
        network = np.mean([flags(results[f"{name}/{NETWORK}/{seed}"]) for seed in SEEDS], axis=0)
        low, high = interval(network - words)
        lines.append(
            f"| {name} | {results[f'{name}/{WORDS}/0']['rows']:,} | {len(words):,} | "
            f"{100 * mean(words):.1f} | {100 * mean(network):.1f} | "
            f"{100 * mean(network - words):+.1f} ({100 * low:+.1f} to {100 * high:+.1f}) |"
        )
    return "\n".join(lines)


def flags(result: dict[str, Any]) -> np.ndarray:
    """1 where a test row was classified right, shape (rows,)."""
    return np.array([mark == "1" for mark in result["right"]], float)


def interval(differences: np.ndarray) -> tuple[float, float]:
    """Of the mean: both models answer the same rows, so rows are drawn in pairs."""
    rng = np.random.default_rng(0)
    means = [rng.choice(differences, len(differences)).mean() for _ in range(DRAWS)]
    low, high = np.quantile(means, (0.025, 0.975))
    return float(low), float(high)


def train(data: str, model_name: str, seed: str) -> dict[str, Any]:
    """Which test rows one model gets right, as a string of 0 and 1; and how many it learned from.

    The cell lines have a validation split of their own; it is left out of training.
    """
    import torch

    import genbench_lite as gbl

    dataset: Any = gbl.load(DEMO) if data in (DEMO, PAIR) else gbl.from_archive(Path(data))
    train, test = dataset.train, dataset.test
    if data == PAIR:
        labels = [dataset.classes.index(name) for name in ("HepG2", "K562")]
        train, test = (rows[np.isin(rows.labels, labels)] for rows in (train, test))
        train = train.subset(PAIR_ROWS, seed=0)
    torch.manual_seed(int(seed))
    if model_name == WORDS:
        model: Any = gbl.models.KmerBaseline(6)
        gbl.fit(model, train)
    else:
        model = gbl.models.LiteCNN(len(dataset.classes))
        gbl.fit(model, train, seed=int(seed), **model.RECIPE)
    right = gbl.predict(model, test).argmax(1) == test.labels
    return {"rows": len(train), "right": "".join(map(str, right.astype(int)))}


if __name__ == "__main__":
    print(json.dumps(train(*sys.argv[1:])))
