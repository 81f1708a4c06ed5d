"""The reference's side: its own code, in its own environment, on the same archive.

    python benchmarks/reference_side.py check|archive|batches|loaded_epoch ARCHIVE
    python benchmarks/reference_side.py epoch ARCHIVE THREADS
    python benchmarks/reference_side.py outputs ARCHIVE FILE
    python benchmarks/reference_side.py train ARCHIVE SEED

Its data folder is ``~/.genomic_benchmarks``: call it with HOME set to a temporary folder. The
imports stand before the clock starts.
"""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import torchtext_vocab
from measure import fingerprint

torchtext_vocab.install()

import torch  # noqa: E402
from genomic_benchmarks.data_check import is_downloaded  # noqa: E402
from genomic_benchmarks.dataset_getters.pytorch_datasets import GenomicClfDataset  # noqa: E402
from genomic_benchmarks.dataset_getters.utils import (  # noqa: E402
    VARIABLE_LENGTH_DATASETS,
    LetterTokenizer,
    build_vocab,
    check_seq_lengths,
    coll_factory,
)
from genomic_benchmarks.utils.paths import CACHE_PATH  # noqa: E402
from torch.utils.data import DataLoader  # noqa: E402
from torch.utils.flop_counter import FlopCounterMode  # noqa: E402

BATCH = 64
SPLITS = ("train", "test")


def unpack(archive: str) -> str:
    """Put the files where the reference looks for them, as its own download does."""
    name = Path(archive).name.removesuffix("_v0.zip")
    if not is_downloaded(name):
        CACHE_PATH.mkdir(parents=True, exist_ok=True)
        shutil.unpack_archive(archive, CACHE_PATH)
    return name


def prepare(name: str) -> tuple[dict[str, Any], Any, Any]:
    """The reference's datasets, and the vocabulary and collate function of its experiments."""
    splits = {split: GenomicClfDataset(name, split) for split in SPLITS}
    tokenizer = LetterTokenizer()
    vocabulary = build_vocab(splits["train"], tokenizer, use_padding=False)
    return splits, vocabulary, coll_factory(vocabulary, tokenizer)


def read_archive(archive: str) -> tuple[dict[str, Any], Any, dict[str, Any]]:
    """Splits, vocabulary, and tensors: int64 (n, length + 2) tokens and float32 (n, 1) labels."""
    splits, vocabulary, collate = prepare(unpack(archive))
    return splits, vocabulary, {name: collate(list(s)) for name, s in splits.items()}


def loader(train: Any, collate: Any) -> DataLoader:
    return DataLoader(train, batch_size=BATCH, shuffle=True, collate_fn=collate)


def check(archive: str) -> dict[str, Any]:
    """Fingerprints of what the timed tasks yield, back in letters."""
    splits, vocabulary, arrays = read_archive(archive)
    tokens = {index: token for token, index in vocabulary.items()}
    _, _, collate = prepare(unpack(archive))

    def describe(split: str, x: torch.Tensor, y: torch.Tensor) -> dict[str, Any]:
        # the label of a class depends on the split: directory order
        paths, labels = splits[split].all_paths, splits[split].all_labels
        names = {label: path.parent.name for path, label in zip(paths, labels, strict=True)}
        letters = ("".join(tokens[i] for i in row[1:-1]) for row in x.tolist())  # not bos and eos
        return fingerprint(letters, (names[int(label)] for label in y[:, 0].tolist()))

    batches = list(loader(splits["train"], collate))
    return {
        "arrays": {split: describe(split, *pair) for split, pair in arrays.items()},
        "batches": describe("train", *map(torch.cat, zip(*batches, strict=True))),
    }


def archive(path: str) -> dict[str, float]:
    """Seconds from the zip to tensors of every split."""
    started = time.perf_counter()
    read_archive(path)
    return {"seconds": time.perf_counter() - started}


def batches(path: str) -> dict[str, float]:
    """Seconds for the second of two shuffled passes over the training split."""
    splits, _, collate = prepare(unpack(path))
    seconds = 0.0
    for _ in range(2):
        started = time.perf_counter()
        for _ in loader(splits["train"], collate):
            pass
        seconds = time.perf_counter() - started
    return {"loader": seconds}


class Prepared(list):
    """Batches that are there already, as what ``train_loop`` asks of a loader."""

    def __init__(self, batches: list, rows: int):
        super().__init__(batches)
        self.dataset = range(rows)


class TimedLoader(DataLoader):
    """A loader that knows how long it has been waited for."""

    seconds = 0.0

    def __iter__(self) -> Iterator[Any]:
        batches = super().__iter__()
        while True:
            started = time.perf_counter()
            batch = next(batches, None)
            self.seconds += time.perf_counter() - started
            if batch is None:
                return
            yield batch


def experiment(name: str) -> tuple[dict[str, Any], Any, Any, Any, int]:
    """Datasets, vocabulary, collate, model and longest training sequence.

    All as in the notebook of the reference's experiments, ``torch_cnn_classifier.ipynb``.
    """
    from genomic_benchmarks.models.torch import CNN

    splits = {split: GenomicClfDataset(name, split) for split in SPLITS}
    padding = name in VARIABLE_LENGTH_DATASETS
    tokenizer = LetterTokenizer()
    vocabulary = build_vocab(splits["train"], tokenizer, use_padding=padding)
    longest, n_tokens = check_seq_lengths(splits["train"], use_padding=padding)
    collate = coll_factory(vocabulary, tokenizer, "cpu", n_tokens if padding else None)
    classes = len(set(splits["train"].all_labels))
    model = CNN(classes, len(vocabulary), embedding_dim=100, input_len=n_tokens, device="cpu")
    return splits, vocabulary, collate, model, longest


def outputs(archive: str, file: str) -> dict[str, int]:
    """Write what a new model gives for test sequences, and what it takes to build its equal."""
    torch.manual_seed(0)
    splits, vocabulary, collate, model, longest = experiment(unpack(archive))
    rows = [splits["test"][i] for i in range(0, len(splits["test"]), 16)]
    x, y = collate(rows)
    written: dict[str, Any] = {
        "vocabulary": sorted(vocabulary, key=vocabulary.get),
        "longest": longest,
        "weights": {name: value.clone() for name, value in model.state_dict().items()},
        "sequences": [letters for letters, _ in rows],
        "labels": y[:, 0].long(),
    }
    model.train()
    output = model(x)
    loss = model.loss(output, y[:, 0].long() if model.is_multiclass else y)
    loss.backward()
    written |= {"train": output.detach(), "loss": loss.detach()}
    written["gradients"] = {name: p.grad for name, p in model.named_parameters()}
    model.eval()
    with torch.no_grad():
        written["eval"] = model(x)
    torch.save(written, file)
    return {"sequences": len(rows)}


def epoch(archive: str, threads: str) -> dict[str, float]:
    """Seconds that ``train_loop`` takes for batches that are prepared, and its arithmetic."""
    torch.set_num_threads(int(threads))
    torch.manual_seed(0)
    splits, _, collate, model, _ = experiment(unpack(archive))
    batches = Prepared(list(loader(splits["train"], collate)), len(splits["train"]))
    return timed_epochs(model, batches)


def loaded_epoch(archive: str) -> dict[str, float]:
    """The same with the reference's own loader, which reads its files anew."""
    torch.manual_seed(0)
    splits, _, collate, model, _ = experiment(unpack(archive))
    return timed_epochs(model, loader(splits["train"], collate))


def timed_epochs(model: Any, batches: Any) -> dict[str, float]:
    optimizer = torch.optim.Adam(model.parameters())
    with FlopCounterMode(display=False) as counted:
        model.train_loop(batches, optimizer)
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        model.train_loop(batches, optimizer)
        seconds.append(time.perf_counter() - started)
    return {"seconds": median(seconds), "operations": counted.get_total_flops()}


def train(archive: str, seed: str, epochs: str = "10") -> dict[str, Any]:
    """Test accuracy after the reference's training, and what that took.

    ``loading`` is the part of ``seconds`` that its loader took.
    """
    torch.manual_seed(int(seed))
    splits, _, collate, model, _ = experiment(unpack(archive))
    agree(splits)
    batches = TimedLoader(splits["train"], batch_size=BATCH, shuffle=True, collate_fn=collate)
    started = time.perf_counter()
    model.fit(batches, epochs=int(epochs))
    seconds = time.perf_counter() - started
    accuracy, _ = model.test(loader(splits["test"], collate))
    return {"accuracy": float(accuracy), "seconds": seconds, "loading": batches.seconds}


def agree(splits: dict[str, Any]) -> None:
    """Number the test classes as the training classes are, which directory order need not do."""
    numbers = {
        path.parent.name: label
        for path, label in zip(splits["train"].all_paths, splits["train"].all_labels, strict=True)
    }
    splits["test"].all_labels = [numbers[path.parent.name] for path in splits["test"].all_paths]


TASKS = {
    "check": check,
    "archive": archive,
    "batches": batches,
    "outputs": outputs,
    "epoch": epoch,
    "loaded_epoch": loaded_epoch,
    "train": train,
}

if __name__ == "__main__":
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):  # it prints
        warnings.simplefilter("ignore")
        result = TASKS[sys.argv[1]](*sys.argv[2:])
    print(json.dumps(result))
