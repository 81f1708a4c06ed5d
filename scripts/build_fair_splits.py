"""Split the nine datasets fairly by their published interval lists.

    python scripts/build_fair_splits.py --intervals FOLDER [--check]

FOLDER holds one folder a dataset, as in the ``datasets`` folder of the publishers' repository.
Writes ``genbench_lite/data/fair_splits.npz``, two bits a row, and ``fair_splits.json``, which
says how each was split; the same lists always give the same bytes.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd
from build_intervals import archive, same_content

from genbench_lite.audits.kinship import LEFT_OUT
from genbench_lite.audits.shipped_splits import CODES, FairSplit, digest, pack
from genbench_lite.audits.splitting import split_codes
from genbench_lite.dataset import SPLITS
from genbench_lite.interval_set import Intervals
from genbench_lite.reading.interval_lists import class_files, read_metadata
from genbench_lite.sequence_set import canonical_order

SEED, TEST, VALID = 0, 0.2, 0.1
BOTH_THERE = "Both classes lie on the same chromosomes, so that whole chromosomes can be set aside."
REPEATS = "Repeats, and genes with relatives elsewhere in the genome, are on several chromosomes."
CHOICES = {
    "demo_coding_vs_intergenomic_seqs": (
        "chromosome",
        "Whole chromosomes are set aside for one class, whole transcripts for the other, whose "
        "regions are transcripts.",
        "The lists do not say which transcripts are of one gene and share exons, nor on which "
        f"chromosome they lie. {REPEATS}",
    ),
    "demo_human_or_worm": (
        "chromosome",
        "Each organism has its own chromosomes, and some of each are set aside. Those of the worm "
        "are six and large, so that classes are less even than elsewhere.",
        REPEATS,
    ),
    "drosophila_enhancers_stark": (
        "length_matched",
        "Four chromosome arms and one chromosome hold nearly all rows: too few to set aside a "
        "tenth. Every negative has the length of a positive; set apart from it, it would be given "
        "away by a length that training knows as positive.",
        "Neighbours that do not overlap, and repeats, can be in several splits.",
    ),
    "dummy_mouse_enhancers_ensembl": (
        "length_matched",
        "Every negative has the length of a positive, hardly any other row has it; set apart "
        "from its partner, it would be given away by a length that training knows as positive.",
        "Neighbours that do not overlap, and repeats, can be in several splits.",
    ),
    "human_enhancers_cohn": (
        "chromosome",
        f"{BOTH_THERE} The exceptions, 9 and Y, hold positives only and are balanced by others.",
        REPEATS,
    ),
    "human_enhancers_ensembl": (
        "chromosome",
        f"{BOTH_THERE} Copies of a positive are at one place, and so in one split.",
        REPEATS,
    ),
    "human_ensembl_regulatory": (
        "length_matched",
        "The length gives the class away, even to a base: enhancers are multiples of 200 bp long. "
        "Only few rows have a length of which all three classes have rows, and those are kept.",
        "Neighbours that do not overlap, such as the pieces of one cut promoter, and repeats, can "
        "be in several splits.",
    ),
    "human_nontata_promoters": (
        "chromosome",
        f"{BOTH_THERE} The windows that overlap are at one place, and so in one split.",
        REPEATS,
    ),
    "human_ocr_ensembl": ("chromosome", BOTH_THERE, REPEATS),
}


def published_order(folder: Path) -> tuple[np.ndarray, list[str]]:
    """The rows of ``Intervals.from_folder`` in the order of the archives, and their ids."""
    rows: list[np.ndarray] = []
    names: list[str] = []
    at = 0
    for paths in class_files(folder, read_metadata(folder)).values():
        ids = [
            pd.read_csv(path, usecols=["id"], dtype=str)["id"].to_numpy("U")
            for path in paths.values()
        ]
        labels = np.repeat(np.arange(len(ids)), [len(one) for one in ids])
        joined = np.concatenate(ids)
        order = canonical_order(labels, joined)
        rows.append(at + order)
        names += joined[order].tolist()
        at += len(joined)
    return np.concatenate(rows), names


def build(folder: Path) -> tuple[bytes, str]:
    """The content of both files."""
    codes, about = {}, {}
    for name, (by, reason, unseen) in CHOICES.items():
        intervals = Intervals.from_folder(folder / name)
        order, ids = published_order(folder / name)
        side = split_codes(intervals, by, TEST, VALID, SEED)
        counts = {
            split: {
                label: int(((side == number) & (intervals.label == k)).sum())
                for k, label in enumerate(intervals.classes)
            }
            for number, split in enumerate(SPLITS)
        }
        out = int((side == LEFT_OUT).sum())
        made = FairSplit(name, by, SEED, reason, unseen, counts, out, digest(ids))
        codes[name] = pack(side[order])
        about[name] = {key: value for key, value in asdict(made).items() if key != "name"}
    return archive(codes), json.dumps(about, indent=1) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--intervals", type=Path, required=True, help="one folder a dataset")
    parser.add_argument("--output", type=Path, default=CODES, help="the .npz; .json lies beside")
    parser.add_argument("--check", action="store_true", help="change nothing; 1 if out of date")
    options = parser.parse_args()
    about = options.output.with_suffix(".json")
    codes, text = build(options.intervals)
    if options.check:
        if same_content(codes, options.output.read_bytes()) and text == about.read_text("utf-8"):
            return 0
        print(f"{options.output.name} is out of date: run {Path(__file__).name} without --check.")
        return 1
    options.output.write_bytes(codes)
    about.write_text(text, encoding="utf-8")
    print(f"{len(codes):,} bytes: {options.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
