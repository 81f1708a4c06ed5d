"""What a run learns from: a dataset by name or archive, under one split.

The published numbers were measured on whole datasets under their published split. What a run was
measured on is therefore told by two words: its ``data`` and its ``split``. Only where both are
``"published"`` do figures stand beside published ones.
"""

from __future__ import annotations

import hashlib
import os
import warnings
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from ..cards import card, list_datasets
from ..dataset import Dataset
from ..errors import DataError, FetchError
from ..sequence_set import SequenceSet

FAIR_BY = "cluster"  # for archives: they hold no coordinates


@dataclass(frozen=True)
class Ground:
    """What is known of one dataset under one split, before anything is trained.

    Parameters
    ----------
    dataset, source, split : str
        As in :class:`~genbench_lite.sweeps.grid.Run`.
    data : {"published", "partial", "own"}
        All rows of one of the nine; an archive with other rows under the name of one of them;
        anything else.
    how : str
        The split in words.
    checksum : str
        Of all sequences, labels and published splits; empty if they could not be read.
    rows : dict
        Split to number of rows.
    shortcuts : dict
        Accuracy of answers that need no model: ``majority``, ``length``, ``lookup``.
    error : str
        Why the data cannot be had; empty if they can.
    """

    dataset: str
    source: str
    split: str
    data: str
    how: str = ""
    checksum: str = ""
    rows: dict[str, int] = field(default_factory=dict)
    shortcuts: dict[str, float] = field(default_factory=dict)
    error: str = ""


def find_source(text: str) -> str:
    """A dataset's name as it is, or the absolute path of an archive.

    Raises
    ------
    UnknownNameError
        If there is no such dataset; the nearest is suggested.
    DataError
        If it is a path and no file is there.

    Examples
    --------
    >>> find_source("human_enhancers_cohn")
    'human_enhancers_cohn'
    """
    if text in list_datasets():
        return text
    path = Path(text).expanduser()
    if path.is_file():
        return str(path.resolve())
    if path.is_dir():
        raise DataError(f"{text} is a folder. Give the zip archive of a dataset, or a name.")
    if path.suffix or os.sep in text or "/" in text:
        raise DataError(f"There is no file {text}. Check the path of the archive.")
    card(text)  # raises, and suggests the nearest name
    return text


def survey(source: str, splits: list[str]) -> list[Ground]:
    """Look at a dataset under each of the splits that were asked for.

    An embedded dataset has one split, its own, whichever was asked for. What cannot be fetched
    is reported in ``error``: other datasets can go on.

    Raises
    ------
    DataError
        If an archive cannot be read.
    """
    named = source in list_datasets()
    if named and not card(source).embedded:
        try:
            read(source)
        except FetchError as error:
            reason = " ".join(str(error).split())
            return [Ground(source, source, s, "published", error=reason) for s in splits]
    dataset = read(source)
    data = data_of(dataset, source)
    wanted = list(dict.fromkeys(_effective(data, source, split) for split in splits))
    return [_ground(dataset, source, data, split) for split in wanted]


def _ground(dataset: Dataset, source: str, data: str, split: str) -> Ground:
    from .shortcuts import shortcuts

    ground = Ground(dataset.name, source, split, data, checksum=checksum(dataset))
    try:
        divided, how = _divided(dataset, source, split)
    except DataError as error:
        return replace(ground, error=" ".join(str(error).split()))
    rows = {name: len(part) for name, part in divided.splits.items()}
    found = shortcuts(divided, published=(data, split) == ("published", "published"))
    return replace(ground, how=how, rows=rows, shortcuts=found)


def open_data(
    source: str, split: str, rows: int | None = None, expected: str | None = None
) -> Dataset:
    """The data of one run.

    Parameters
    ----------
    source : str
        A dataset's name, or the path of an archive.
    split : {"published", "fair", "own"}
    rows : int, optional
        Training rows at most, and validation rows; the test rows are always all.
    expected : str, optional
        The checksum that the data must have.

    Raises
    ------
    DataError
        If the data are not those expected.

    Examples
    --------
    >>> open_data("demo_open_chromatin_cells", "own", rows=100).train
    SequenceSet(100 sequences of 200 bp: 25 GM12878, 25 HepG2, 25 K562, 25 hESCT0)
    """
    dataset = read(source)
    if expected not in (None, checksum(dataset)):
        raise DataError(
            f"The data of {dataset.name} are not those that the sweep began with. Start a new "
            "sweep in another folder."
        )
    divided, _ = _divided(dataset, source, split)
    if rows is None:
        return divided
    valid = None if divided.valid is None else _at_most(divided.valid, rows)
    return replace(divided, train=_at_most(divided.train, rows), valid=valid)


def read(source: str) -> Dataset:
    """A dataset with the split it comes with."""
    if source in list_datasets():
        from .. import fetch

        return fetch.load(source)
    from ..reading.archive import from_archive

    return from_archive(source)


def data_of(dataset: Dataset, source: str) -> str:
    """``"published"``, ``"partial"`` or ``"own"``; see :class:`Ground`."""
    from ..fetch import check_rows

    if dataset.name not in list_datasets() or card(dataset.name).embedded:
        return "own"
    if source in list_datasets():
        return "published"  # held against its card when it was fetched
    try:
        check_rows(dataset, card(dataset.name))
    except DataError:
        return "partial"
    return "published"


def checksum(dataset: Dataset) -> str:
    """Of all sequences and labels, split by split: 32 hexadecimal digits.

    Examples
    --------
    >>> s = SequenceSet.from_strings(["ACGT", "GG"], [0, 1], ["no", "yes"])
    >>> checksum(Dataset("a", s, s)) == checksum(Dataset("b", s, s[::-1]))
    False
    """
    digest = hashlib.blake2b(digest_size=16)
    for name, part in dataset.splits.items():
        digest.update(f"{name} {part.classes} {len(part)}".encode())
        for array in (part.codes, part.offsets, part.labels):
            digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _effective(data: str, source: str, split: str) -> str:
    """The split that a wish for a published or fair one comes to."""
    if split == "published":
        return "published" if data == "published" else "own"
    embedded = source in list_datasets() and card(source).embedded
    return "own" if embedded else "fair"


def _divided(dataset: Dataset, source: str, split: str) -> tuple[Dataset, str]:
    """The dataset under a split, and that split in words."""
    if split != "fair":
        return dataset, "published split" if split == "published" else "the split it came with"
    if data_of(dataset, source) == "published":
        from ..audits.shipped_splits import fair, fair_split_of

        with_ids = replace(dataset, card=card(dataset.name))
        return fair(with_ids), f"fair split that ships here, by {fair_split_of(dataset.name).by}"
    from ..audits.splitting import fair_split

    with warnings.catch_warnings():  # of the rows left out; their number is in the record
        warnings.simplefilter("ignore", UserWarning)
        return fair_split(dataset, by=FAIR_BY), f"fair split of these rows, by {FAIR_BY}, seed 0"


def _at_most(part: SequenceSet, rows: int) -> SequenceSet:
    return part.subset(rows) if len(part) > rows else part
