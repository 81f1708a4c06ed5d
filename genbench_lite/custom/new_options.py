"""The words after ``genbench-lite new``; apart from the command, so that help costs no imports."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_options(new: argparse.ArgumentParser) -> None:
    """The words after ``genbench-lite new``."""
    new.add_argument("name", metavar="NAME", help="of the dataset, and of the folder to make")
    new.add_argument(
        "--positives", type=Path, required=True, metavar="FILE", help="BED file, or FASTA file"
    )
    new.add_argument("--genome", type=Path, metavar="FASTA", help="what the BED file lies on")
    new.add_argument(
        "--negatives",
        metavar="random|shuffled|FILE",
        help="random regions with the length and GC of the positives (default with a genome), "
        "dinucleotide shuffles (default without), or your own BED or FASTA file",
    )
    new.add_argument("--blacklist", type=Path, metavar="BED", help="regions that no row may touch")
    new.add_argument("--avoid", type=Path, metavar="BED", help="regions that no negative may touch")
    new.add_argument("--length", type=int, metavar="BP", help="cut or extend around the middle")
    new.add_argument("--ratio", type=float, default=1.0, help="negatives for each positive (1)")
    new.add_argument(
        "--match",
        default="gc,length",
        metavar="LIST",
        help="what random negatives share with positives: gc,length (default), length, gc or none",
    )
    new.add_argument(
        "--margin", type=int, default=0, metavar="BP", help="to keep free around positives (0)"
    )
    _add_choices(new)
    new.add_argument("--test", type=float, default=0.2, help="share of the test rows (0.2)")
    new.add_argument("--seed", type=int, default=0, help="the same seed, the same dataset (0)")
    new.add_argument("--genome-url", metavar="URL", help="where others can download the genome")
    new.add_argument(
        "--output", type=Path, default=Path(), metavar="DIR", help="where to make the folder (.)"
    )
    new.add_argument("--force", action="store_true", help="replace a dataset of that name")


def _add_choices(new: argparse.ArgumentParser) -> None:
    new.add_argument(
        "--missing",
        choices=("raise", "drop"),
        default="raise",
        help="what to do about rows that do not lie in the genome (default: stop)",
    )
    new.add_argument(
        "--fewer",
        choices=("raise", "warn"),
        default="raise",
        help="what to do when there is no room for all negatives (default: stop)",
    )
    new.add_argument(
        "--split",
        choices=("auto", "chromosome", "cluster", "length_matched"),
        default="auto",
        help="auto takes chromosomes where there are enough, else clusters of relatives",
    )
