"""Small genomes and BED files for the tests of a dataset of one's own."""

from __future__ import annotations

from pathlib import Path

import numpy as np


def write_genome(path: Path, names=("1",), size: int = 60_000, seed: int = 0) -> Path:
    """A FASTA file of random letters, lines of 60."""
    rng = np.random.default_rng(seed)
    with path.open("w") as file:
        for name in names:
            letters = "".join(rng.choice(list("ACGT"), size))
            file.write(f">{name} toy\n")
            file.writelines(letters[at : at + 60] + "\n" for at in range(0, size, 60))
    return path


def spread_rows(n: int = 50, chromosome: str = "chr1", length: int = 100) -> list[str]:
    """BED rows, 1,000 bp from one start to the next; the lengths differ a little."""
    return [f"{chromosome}\t{1000 * i}\t{1000 * i + length + i % 7}" for i in range(n)]


def write_bed(path: Path, rows: list[str]) -> Path:
    path.write_text("".join(f"{row}\n" for row in rows))
    return path


def write_fasta(path: Path, n: int = 50, length: int = 80, letters="ACGT", seed: int = 0) -> Path:
    rng = np.random.default_rng(seed)
    rows = (f">s{i}\n{''.join(rng.choice(list(letters), length))}\n" for i in range(n))
    path.write_text("".join(rows))
    return path
