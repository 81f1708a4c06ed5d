"""Pack JASPAR CORE matrices from the PyPI package that carries the whole database.

    pip download --no-deps pyjaspar
    python scripts/build_jaspar.py pyjaspar-*.whl

Writes ``genbench_lite/data/jaspar.npz``: the newest version of every CORE matrix of
vertebrates, insects and nematodes in the newest release. The same wheel always gives the same
bytes.
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
import zipfile
from pathlib import Path

import numpy as np

from genbench_lite.motifs import JASPAR, TAXA

MATRICES = """
    SELECT m.ID, m.BASE_ID, m.VERSION, m.NAME, taxon.VAL
    FROM MATRIX m JOIN MATRIX_ANNOTATION taxon ON taxon.ID = m.ID AND taxon.TAG = 'tax_group'
    WHERE m.COLLECTION = 'CORE' AND m.VERSION = (
        SELECT MAX(VERSION) FROM MATRIX WHERE BASE_ID = m.BASE_ID AND COLLECTION = 'CORE')
"""
FAMILIES = "SELECT VAL FROM MATRIX_ANNOTATION WHERE ID = ? AND TAG = 'family' ORDER BY LOCAL_ID"
COUNTS = "SELECT row, col, val FROM MATRIX_DATA WHERE ID = ?"


def open_newest(wheel: Path, folder: str) -> tuple[str, sqlite3.Connection]:
    with zipfile.ZipFile(wheel) as archive:
        newest = max(name for name in archive.namelist() if name.endswith(".sqlite"))
        return Path(newest).stem, sqlite3.connect(archive.extract(newest, folder))


def read_counts(database: sqlite3.Connection, number: int) -> np.ndarray:
    cells = database.execute(COUNTS, (number,)).fetchall()
    counts = np.full((max(column for _, column, _ in cells), 4), np.nan)
    for letter, column, value in cells:
        counts[column - 1, "ACGT".index(letter)] = value
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("wheel", type=Path, help="the downloaded pyjaspar wheel")
    parser.add_argument("--output", type=Path, default=JASPAR)
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        release, database = open_newest(arguments.wheel, folder)
        rows = [row for row in database.execute(MATRICES).fetchall() if row[4] in TAXA]
        rows.sort(key=lambda row: (TAXA.index(row[4]), row[1]))
        matrices = [read_counts(database, row[0]) for row in rows]
        families = [
            "::".join(family for (family,) in database.execute(FAMILIES, (row[0],))) for row in rows
        ]
        database.close()
    counts = np.concatenate(matrices)
    if not (counts.sum(1) > 0).all():  # false for NaN as well: a cell that the release lacks
        raise SystemExit("A matrix lacks a cell or has an empty position.")
    np.savez_compressed(
        arguments.output,
        release=np.array(release),
        counts=counts.astype(np.float32),
        lengths=np.array([len(matrix) for matrix in matrices], np.uint8),
        ids=np.array([f"{base}.{version}" for _, base, version, _, _ in rows]),
        names=np.array([row[3] for row in rows]),
        families=np.array(families),
        taxa=np.array([TAXA.index(row[4]) for row in rows], np.uint8),
    )
    size = arguments.output.stat().st_size
    print(f"{release}: {len(rows):,} matrices, {size:,} bytes: {arguments.output}")


if __name__ == "__main__":
    main()
