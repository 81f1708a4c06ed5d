"""Recompute ``genbench_lite/data/paper_cnn.json``: the published size of the CNN for each dataset.

The longest training sequence is counted from the published interval lists. Whether training
sequences hold N decides on one more row of the embedding; it shows in the published number of
parameters, for the sequences themselves are larger than what is kept here.

    python scripts/build_paper_cnn.py --sizes FILE [--check]

FILE is a CSV with the columns ``dataset`` and ``parameters_of_the_published_pytorch_cnn``.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd

from genbench_lite.networks.paper_cnn import SIZES, VOCABULARY, PaperCNN
from genbench_lite.reading.shipped_intervals import published_intervals


def size(name: str, published: int) -> dict[str, Any]:
    """What ``PaperCNN.for_dataset`` builds from."""
    train = published_intervals(name).rows("train")
    shortest, longest = int(train.length.min()), int(train.length.max())
    pad = ["<pad>"] if shortest < longest else []
    for unknown in ([], ["N"]):
        vocabulary = [*VOCABULARY, *unknown, *pad]
        model = PaperCNN(len(train.classes), longest, vocabulary)
        if sum(parameter.numel() for parameter in model.parameters()) == published:
            return {"length": longest, "vocabulary": vocabulary}
    raise SystemExit(f"{name}: no vocabulary gives {published:,} parameters.")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", type=Path, required=True, help="published numbers of parameters")
    parser.add_argument("--check", action="store_true", help="change nothing; 1 if out of date")
    options = parser.parse_args()
    published = pd.read_csv(options.sizes).set_index("dataset")
    counts = published["parameters_of_the_published_pytorch_cnn"]
    lines = [f'"{name}": {json.dumps(size(name, count))}' for name, count in counts.items()]
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    if options.check:
        if SIZES.read_text() == text:
            return 0
        print(f"{SIZES.name} is out of date: run {Path(__file__).name} without --check.")
        return 1
    SIZES.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
