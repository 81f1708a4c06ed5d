"""Pack the embedded dataset from the PyPI package that publishes it.

    pip download --no-deps dnadiffusion
    python scripts/build_demo.py dnadiffusion-*.whl

Writes ``genbench_lite/data/demo_open_chromatin_cells.npz``: bases at 2 bits each, cell
line, split and locus of every row. The same wheel always gives the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import io
import zipfile
from pathlib import Path

import numpy as np

from genbench_lite import sequence
from genbench_lite.demo import OPEN_CHROMATIN, SITE_LENGTH, SPLIT_OF_PUBLISHED

MEMBER = "dnadiffusion/data/K562_hESCT0_HepG2_GM12878_12k_sequences_per_group.txt"


def site_start(summit: int, start: int, end: int) -> int:
    """First base of the 200 bp that were published for a site.

    The window is centred on the summit, and where the site ends nearer than 100 bp to its
    summit, it is moved to begin, or to end, with the site.
    """
    half = SITE_LENGTH // 2
    if summit - start < half:
        return start
    if end - summit < half:
        return end - SITE_LENGTH
    return summit - half


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("wheel", type=Path, help="the downloaded dnadiffusion wheel")
    parser.add_argument("--output", type=Path, default=OPEN_CHROMATIN)
    arguments = parser.parse_args()

    with zipfile.ZipFile(arguments.wheel) as wheel:
        text = io.TextIOWrapper(wheel.open(MEMBER), "utf-8")
        rows = list(csv.DictReader(text, delimiter="\t"))
    regions = sorted({row["chr"] for row in rows}, key=lambda name: (len(name), name))
    cells = sorted({row["TAG"].split("_")[0] for row in rows})
    for row in rows:
        row["start"] = site_start(int(row["summit"]), int(row["start"]), int(row["end"]))
        row["cell"] = cells.index(row["TAG"].split("_")[0])
    rows.sort(key=lambda row: (row["cell"], regions.index(row["chr"]), row["start"]))

    packed, unknown = sequence.pack(sequence.encode("".join(row["sequence"] for row in rows)))
    if len(unknown) or {len(row["sequence"]) for row in rows} != {SITE_LENGTH}:
        raise SystemExit(f"Expected {SITE_LENGTH} known bases in every row.")
    splits = list(SPLIT_OF_PUBLISHED)
    np.savez_compressed(
        arguments.output,
        bases=packed,
        labels=np.array([row["cell"] for row in rows], np.uint8),
        splits=np.array([splits.index(row["data_label"]) for row in rows], np.uint8),
        regions=np.array([regions.index(row["chr"]) for row in rows], np.uint8),
        starts=np.array([row["start"] for row in rows], np.int32),
        cells=np.array(cells),
        chromosomes=np.array(regions),
    )
    print(f"{len(rows):,} sites, {arguments.output.stat().st_size:,} bytes: {arguments.output}")


if __name__ == "__main__":
    main()
