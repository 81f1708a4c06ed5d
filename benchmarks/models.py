"""The rows that concern models: the published CNN against the published class.

As a script, one task a process, its result as JSON on standard output:

    python benchmarks/models.py compare FILE
    python benchmarks/models.py epoch ARCHIVE folded|published|lite THREADS
    python benchmarks/models.py fit ARCHIVE
    python benchmarks/models.py product
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from measure import BenchmarkError, Row, alternate, run_side

CORES = 2
BATCH = 64
SIZE = 2048  # of the matrices whose product shows what the machine gives
SAME = 1e-3  # of the largest gradient; rounding alone moves those of the published class by 1e-4
DEMO = "demo_open_chromatin_cells"
# two, three, two and four classes; equal, unequal, unequal and equal lengths
COMPARED = (
    "human_nontata_promoters",
    "human_ensembl_regulatory",
    "drosophila_enhancers_stark",
    DEMO,
)


def rows(setting: Any) -> list[Row]:
    """All rows of this group."""
    with tempfile.TemporaryDirectory() as scratch, two_cores():
        home = Path(scratch) / "home"
        home.mkdir()
        compared = [comparison(setting, name, Path(scratch), home) for name in COMPARED]
        return [*compared, *epoch_rows(setting, home)]


def comparison(setting: Any, name: str, scratch: Path, home: Path) -> Row:
    """Outputs of `PaperCNN` less those of the published class, weights and sequences equal."""
    archive, file = find_archive(setting, name, scratch), scratch / f"{name}.pt"
    setting.theirs("outputs", archive, file, home=home)
    differences = ours("compare", file)
    if differences["gradients"] > SAME:
        raise BenchmarkError(
            f"On {name}, a gradient differs from the published class by a share of "
            f"{differences['gradients']:.1g} of the largest one. It is not the same function."
        )
    what = f"outputs of `PaperCNN` less those of the published class, {name}"
    return Row(what, [1e6 * differences["outputs"]], [], target=10, unit="millionths")


def epoch_rows(setting: Any, home: Path) -> list[Row]:
    threads = {n: epoch_pairs(setting, home, n) for n in (CORES, 1)}
    loaded = alternate(
        lambda: ours("fit", setting.archive),
        lambda: setting.theirs("loaded_epoch", setting.archive, home=home),
        setting.repeats,
    )
    product = [ours("product") for _ in range(setting.repeats)]
    pairs = threads[CORES]

    def epoch_row(what: str, form: str, pairs: list, target: float | None) -> Row:
        mine = [mine[form]["seconds"] for mine, _ in pairs]
        return Row(what, mine, [theirs["seconds"] for _, theirs in pairs], target)

    def speed(what: str, results: list[dict[str, float]]) -> Row:
        found = [result["operations"] / result["seconds"] / 1e9 for result in results]
        return Row(f"arithmetic: {what}", found, [], target=None, unit="GFLOP/s")

    return [
        epoch_row(f"epoch of `PaperCNN`, {CORES} threads", "folded", pairs, 3),
        epoch_row(f"the same with `embed_first`, {CORES} threads", "published", pairs, None),
        epoch_row("epoch of `PaperCNN`, 1 thread", "folded", threads[1], 3),
        Row(
            "epoch of `PaperCNN` by `fit`, from packed sequences",
            [mine["seconds"] for mine, _ in loaded],
            [theirs["seconds"] for _, theirs in loaded],
            target=None,
        ),
        speed("the published class", [theirs for _, theirs in pairs]),
        speed("`PaperCNN`", [mine["folded"] for mine, _ in pairs]),
        speed("`LiteCNN`", [mine["lite"] for mine, _ in pairs]),
        speed(f"a matrix product of {SIZE:,} by {SIZE:,}", product),
    ]


def epoch_pairs(setting: Any, home: Path, threads: int) -> list[tuple[Any, Any]]:
    """Every form of ours, and theirs, in turn."""
    n = str(threads)
    return alternate(
        lambda: {form: ours("epoch", setting.archive, form, n) for form in FORMS},
        lambda: setting.theirs("epoch", setting.archive, n, home=home),
        setting.repeats,
    )


def ours(*arguments: str | Path) -> Any:
    return run_side(sys.executable, "models.py", *arguments)


@contextlib.contextmanager
def two_cores() -> Iterator[None]:
    """Two cores for both sides: processes that are started here inherit them."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(before)[:CORES])
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def find_archive(setting: Any, name: str, folder: Path) -> Path:
    """The archive of a dataset beside the one of the setting; that of the demo is made."""
    if name == DEMO:
        return demo_archive(folder)
    archive: Path = setting.archive.parent / f"{name}_v0.zip"
    if not archive.exists():
        raise BenchmarkError(
            f"There is no {archive.name} beside {setting.archive.name}. Put one there; Zenodo has "
            "it in record 16605299."
        )
    return archive


def demo_archive(folder: Path) -> Path:
    """The embedded dataset in the layout of the published archives, without its validation split.

    Rows are in the order of the dataset: the reference makes its vocabulary from the first ones.
    """
    from genbench_lite.demo import load_open_chromatin

    path = folder / f"{DEMO}_v0.zip"
    if not path.exists():
        dataset = load_open_chromatin()
        unfinished = path.with_suffix(".part")
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
            for split in ("train", "test"):
                for i, (letters, label) in enumerate(getattr(dataset, split)):
                    file.writestr(f"{DEMO}/{split}/{dataset.classes[label]}/{i}.txt", letters)
        unfinished.replace(path)
    return path


def paper_cnn(train: Any, **switches: Any) -> Any:
    """The published model for a training set, as the reference would size it."""
    from genbench_lite import sequence
    from genbench_lite.networks.paper_cnn import VOCABULARY, PaperCNN

    unknown = ["N"] * bool((train.codes == sequence.UNKNOWN).any())
    padding = ["<pad>"] * bool(train.lengths.min() < train.max_length)
    vocabulary = [*VOCABULARY, *unknown, *padding]
    return PaperCNN(len(train.classes), train.max_length, vocabulary, **switches)


def compare(file: str) -> dict[str, float]:
    """Largest differences of outputs and of gradients; the latter as a share of the largest one."""
    import torch

    from genbench_lite import SequenceSet
    from genbench_lite.networks.paper_cnn import PaperCNN

    theirs = torch.load(file)
    labels = theirs["labels"]
    n_classes = max(2, theirs["eval"].shape[1])
    classes = [str(i) for i in range(n_classes)]
    x = torch.from_numpy(
        SequenceSet.from_strings(theirs["sequences"], labels.numpy(), classes).one_hot()
    )
    worst = {"outputs": 0.0, "gradients": 0.0}
    for embed_first in (False, True):
        model = PaperCNN(
            n_classes, theirs["longest"], theirs["vocabulary"], embed_first=embed_first
        )
        model.load_state_dict(theirs["weights"])
        output = model.train()(x)
        loss = model.loss(output, labels)
        loss.backward()
        found = {"train": output, "loss": loss, "eval": model.eval()(x)}
        for key, value in found.items():
            difference = float((value - theirs[key]).detach().abs().max())
            worst["outputs"] = max(worst["outputs"], difference)
        largest = max(gradient.abs().max() for gradient in theirs["gradients"].values())
        for name, parameter in model.named_parameters():
            difference = (parameter.grad - theirs["gradients"][name]).abs().max()
            worst["gradients"] = max(worst["gradients"], float(difference / largest))
    return worst


FORMS = ("folded", "published", "lite")


def epoch(path: str, form: str, threads: str) -> dict[str, float]:
    """Seconds for an epoch over batches that are prepared, and its arithmetic."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    from genbench_lite import models
    from genbench_lite.networks import prediction
    from genbench_lite.reading.archive import from_archive

    torch.set_num_threads(int(threads))
    train = from_archive(path).train
    examples = train.to_torch()
    torch.manual_seed(0)
    batches = [examples.batch(rows.numpy()) for rows in torch.randperm(len(train)).split(BATCH)]
    if form == "lite":
        model = models.LiteCNN(len(train.classes))
    else:
        model = paper_cnn(train, embed_first=form == "published")
    optimizer = torch.optim.Adam(model.parameters())
    model.train()

    def run() -> None:
        for x, y in batches:
            loss = prediction.loss(model, model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    with FlopCounterMode(display=False) as counted:
        run()
    return {"seconds": _typical(run), "operations": counted.get_total_flops()}


def fit(path: str) -> dict[str, float]:
    """Seconds for an epoch by ``fit``, which makes its batches from packed sequences."""
    import genbench_lite as gbl

    train = gbl.from_archive(path).train
    model = paper_cnn(train)
    history = gbl.fit(model, train, epochs=4)
    return {"seconds": median(history.seconds[1:])}


def product() -> dict[str, float]:
    """Seconds for a large matrix product, and its arithmetic."""
    import torch

    a, b = torch.rand(2, SIZE, SIZE)
    torch.mm(a, b)
    return {"seconds": _typical(lambda: torch.mm(a, b)), "operations": 2 * SIZE**3}


def _typical(run: Any) -> float:
    """The middle one of three times."""
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - started)
    return median(seconds)


TASKS = {"compare": compare, "epoch": epoch, "fit": fit, "product": product}

if __name__ == "__main__":
    print(json.dumps(TASKS[sys.argv[1]](*sys.argv[2:])))
