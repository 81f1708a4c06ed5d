"""Open what :func:`~genbench_lite.custom.writing.write_dataset` wrote; no genome is needed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from ..dataset import Dataset
from ..errors import DataError
from ..reading.archive import from_archive
from ..reading.interval_lists import class_files, read_list, read_metadata
from ..sequence_set import LOCUS, SequenceSet, canonical_order
from .class_rows import lie_nowhere


def open_written(folder: str | Path) -> Dataset:
    """Read a dataset from its archive, and where its rows lie from its lists.

    Parameters
    ----------
    folder : path
        What ``genbench-lite new`` or ``write_dataset`` made.

    Returns
    -------
    Dataset
        ``loci`` is None where no row lies in a genome; in a class without places, regions are
        empty.

    Raises
    ------
    DataError
        If there is no archive, if archive and lists do not hold the same rows, or one of them is
        damaged.
    """
    folder = Path(folder)
    if not _archive(folder).is_file():
        raise DataError(
            f"{folder} holds no archive {_archive(folder).name}. Read its lists with "
            "gbl.from_intervals, which takes the reference, too."
        )
    dataset = from_archive(_archive(folder), folder.resolve().name)
    classes = read_metadata(folder)
    if tuple(classes) != dataset.classes:
        raise _torn(folder, "classes")
    files = class_files(folder, classes)
    if list(files) != list(dataset.splits):
        raise _torn(folder, "splits")
    lists = {split: [read_list(path) for path in paths.values()] for split, paths in files.items()}
    # what lies in references/ does not tell: the genome may have been put there, too
    own = [
        all(lie_nowhere(*one[number]) for one in lists.values()) for number in range(len(classes))
    ]
    splits = {split: _placed(folder, dataset.splits[split], lists[split], own) for split in files}
    return Dataset(dataset.name, splits["train"], splits["test"], splits.get("valid"))


def _archive(folder: Path) -> Path:
    return folder / f"{folder.resolve().name}_v0.zip"


def _placed(
    folder: Path, rows: SequenceSet, lists: list[tuple[np.ndarray, np.ndarray]], own: list[bool]
) -> SequenceSet:
    """The rows of a split with their places; both are in canonical order."""
    labels = np.repeat(np.arange(len(lists)), [len(ids) for ids, _ in lists])
    ids = np.concatenate([ids for ids, _ in lists])
    order = canonical_order(labels, ids)
    if not (np.array_equal(labels[order], rows.labels) and np.array_equal(ids[order], rows.ids)):
        raise _torn(folder, "rows")
    if all(own):
        return rows
    loci = np.concatenate(
        [
            np.zeros(len(loci), LOCUS) if nowhere else loci
            for (_, loci), nowhere in zip(lists, own, strict=True)
        ]
    )[order]
    if (
        np.where(loci["region"] == "", rows.lengths, loci["end"] - loci["start"]) != rows.lengths
    ).any():
        raise _torn(folder, "lengths")
    return replace(rows, loci=loci)


def _torn(folder: Path, what: str) -> DataError:
    return DataError(
        f"The archive in {folder} and the lists beside it do not have the same {what}. Get the "
        "folder again, or read one of them: gbl.from_archive, gbl.from_intervals."
    )
