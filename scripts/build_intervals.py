"""Pack the published interval lists of the nine datasets for ``published_intervals``.

    python scripts/build_intervals.py --intervals FOLDER [--check]

FOLDER holds one folder a dataset, as in the ``datasets`` folder of the publishers' repository.
Writes ``genbench_lite/data/published_intervals.npz``; the same lists always give the same bytes.
"""

from __future__ import annotations

import argparse
import io
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from genbench_lite.cards import card, list_datasets
from genbench_lite.interval_set import Intervals
from genbench_lite.reading.shipped_intervals import PUBLISHED, pack


def archive(arrays: Mapping[str, np.ndarray]) -> bytes:
    """An ``.npz`` whose members are compressed with LZMA, which NumPy reads but does not write."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_LZMA) as file:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, array, allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy")  # dated 1980: the clock leaves no trace
            file.writestr(info, member.getvalue(), zipfile.ZIP_LZMA)
    return content.getvalue()


def same_content(a: bytes, b: bytes) -> bool:
    """Whether two archives hold the same; compressors of other versions may write other bytes."""
    with zipfile.ZipFile(io.BytesIO(a)) as one, zipfile.ZipFile(io.BytesIO(b)) as other:
        names = one.namelist()
        return names == other.namelist() and all(one.read(n) == other.read(n) for n in names)


def build(folder: Path) -> bytes:
    """The packed lists of all nine datasets."""
    arrays = {}
    for name in list_datasets():
        if not card(name).embedded:
            columns = pack(Intervals.from_folder(folder / name))
            arrays |= {f"{name}.{column}": values for column, values in columns.items()}
    return archive(arrays)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--intervals", type=Path, required=True, help="one folder a dataset")
    parser.add_argument("--output", type=Path, default=PUBLISHED)
    parser.add_argument("--check", action="store_true", help="change nothing; 1 if out of date")
    options = parser.parse_args()
    built = build(options.intervals)
    if options.check:
        if same_content(built, options.output.read_bytes()):
            return 0
        print(f"{options.output.name} is out of date: run {Path(__file__).name} without --check.")
        return 1
    options.output.write_bytes(built)
    print(f"{len(built):,} bytes: {options.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
