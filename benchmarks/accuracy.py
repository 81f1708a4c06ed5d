"""Test accuracy and training time: the reference, its faults repaired one by one, and `LiteCNN`.

    python benchmarks/run.py accuracy

takes hours. What is finished is in ``out/benchmarks/accuracy.json``: a second call goes on from
there, and a call with everything finished prints the table. As a script, one training:

    python benchmarks/accuracy.py ARCHIVE MODEL SEED [EPOCHS]
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from measure import run_side
from models import COMPARED, DEMO, find_archive, paper_cnn, two_cores

OUT = Path(__file__).resolve().parents[1] / "out" / "benchmarks"
SEEDS = (0, 1, 2)
EPOCHS = 10  # of the reference, and of its model with faults repaired
REFERENCE = "reference"
FAULTS = ("sigmoid_twice", "missing_relu", "missing_dense_relu")
# what is switched off in each
REPAIRS: dict[str, tuple[str, ...]] = {
    "PaperCNN": (),
    **{f"PaperCNN without {fault}": (fault,) for fault in FAULTS},
    "PaperCNN without all three": FAULTS,
}
# LiteCNN by its recipe, and with fewer epochs: how soon is it as good as the reference?
SHORTENED = {f"LiteCNN, epochs: {epochs}": epochs for epochs in (1, 2, 4)}
MODELS = (REFERENCE, *REPAIRS, "LiteCNN", *SHORTENED)

Results = dict[str, dict[str, Any]]


def run(setting: Any) -> str:
    """Train whatever is not trained yet; the table of all."""
    OUT.mkdir(parents=True, exist_ok=True)
    file = OUT / "accuracy.json"
    results: Results = json.loads(file.read_text()) if file.exists() else {}
    wanted = [(name, model, seed) for seed in SEEDS for name in COMPARED for model in MODELS]
    with two_cores():
        for done, (name, model, seed) in enumerate(wanted, 1):
            key = f"{name}/{model}/{seed}"
            if key not in results:
                results[key] = train(setting, name, model, seed)
                save(file, results)
            found = results[key]
            print(
                f"{done}/{len(wanted)} {key}: accuracy {found['accuracy']:.4f}, "
                f"{found['seconds']:.0f} s",
                file=sys.stderr,
                flush=True,
            )
    return table(results)


def train(setting: Any, name: str, model: str, seed: int) -> dict[str, Any]:
    """One training in a fresh process."""
    archive = find_archive(setting, name, OUT)
    if model != REFERENCE:
        return dict(run_side(sys.executable, "accuracy.py", archive, model, str(seed)))
    home = OUT / "reference_home"
    home.mkdir(exist_ok=True)
    return dict(setting.theirs("train", archive, str(seed), str(EPOCHS), home=home))


def save(file: Path, results: Results) -> None:
    """All at once, so that an interrupted run leaves a whole file."""
    unfinished = file.with_suffix(".part")
    unfinished.write_text(json.dumps(results, indent=1) + "\n")
    unfinished.replace(file)


def table(results: Results) -> str:
    """Markdown, one block a dataset: mean and standard deviation over the seeds."""
    lines = []
    for name in COMPARED:
        theirs = column(results, name, REFERENCE, lambda found: found["accuracy"])
        lines += [
            f"\n**{name}**\n",
            "| model | test accuracy | against the reference | seconds | of them loading |",
            "|---|---|---|---|---|",
        ]
        for model in MODELS:
            accuracy = column(results, name, model, lambda found: found["accuracy"])
            if not accuracy:
                continue
            seconds = column(results, name, model, lambda found: found["seconds"])
            loading = column(results, name, model, lambda found: found.get("loading", 0.0))
            points = f"{100 * (mean(accuracy) - mean(theirs)):+.1f}" if theirs else "–"
            spread = f" ± {stdev(accuracy):.3f}" if len(accuracy) > 1 else ""
            lines.append(
                f"| {model} | {mean(accuracy):.3f}{spread} | {points} | {mean(seconds):.1f} | "
                f"{mean(loading):.1f} |"
            )
    return "\n".join(lines)


def column(
    results: Results, name: str, model: str, value: Callable[[dict[str, Any]], float]
) -> list[float]:
    keys = [f"{name}/{model}/{seed}" for seed in SEEDS]
    return [value(results[key]) for key in keys if key in results]


def train_ours(archive: str, model_name: str, seed: str, epochs: str = str(EPOCHS)) -> Any:
    """Test accuracy of one of our models; the seconds are those of all training."""
    import torch

    import genbench_lite as gbl

    name = Path(archive).name.removesuffix("_v0.zip")
    dataset = gbl.load(DEMO) if name == DEMO else gbl.from_archive(archive)
    torch.manual_seed(int(seed))
    started = time.perf_counter()
    if model_name.startswith("LiteCNN"):
        model: Any = gbl.models.LiteCNN(len(dataset.classes))
        recipe = model.RECIPE | {"epochs": SHORTENED.get(model_name, model.RECIPE["epochs"])}
        history = gbl.fit(model, dataset.train, seed=int(seed), **recipe)
    else:
        switches = dict.fromkeys(REPAIRS[model_name], False)
        model = paper_cnn(dataset.train, **switches)
        history = gbl.fit(model, dataset.train, epochs=int(epochs), seed=int(seed))
    seconds = time.perf_counter() - started
    scores = gbl.evaluate(model, dataset.test)
    return {
        "accuracy": scores.accuracy,
        "auroc": scores.auroc,
        "seconds": seconds,
        "epochs": len(history.seconds),
    }


if __name__ == "__main__":
    print(json.dumps(train_ours(*sys.argv[1:])))
