"""The reference's side: its own code, in its own environment, on the same archive.

    python benchmarks/reference_side.py check|archive|batches ARCHIVE

Its data folder is ``~/.genomic_benchmarks``: call it with HOME set to a temporary folder. The
imports stand before the clock starts.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from pathlib import Path
from typing import Any

import torchtext_vocab
from measure import fingerprint

torchtext_vocab.install()

import torch  # noqa: E402
from genomic_benchmarks.data_check import is_downloaded  # noqa: E402
from genomic_benchmarks.dataset_getters.pytorch_datasets import GenomicClfDataset  # noqa: E402
from genomic_benchmarks.dataset_getters.utils import (  # noqa: E402
    LetterTokenizer,
    build_vocab,
    coll_factory,
)
from genomic_benchmarks.utils.paths import CACHE_PATH  # noqa: E402
from torch.utils.data import DataLoader  # noqa: E402

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


TASKS = {"check": check, "archive": archive, "batches": batches}

if __name__ == "__main__":
    print(json.dumps(TASKS[sys.argv[1]](*sys.argv[2:])))
