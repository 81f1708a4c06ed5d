"""The published interval lists of the nine datasets, shipped in compact form: no network needed.

Rows are sorted, so that a start is a short step from the one before it; steps and lengths are
kept byte plane by byte plane and compressed. ``scripts/build_intervals.py`` packs them.
"""

from __future__ import annotations

import lzma
import zipfile
from pathlib import Path

import numpy as np

from ..cards import card, list_datasets
from ..dataset import SPLITS
from ..errors import DataError
from ..interval_set import Intervals
from ..paths import DATA

PUBLISHED = DATA / "published_intervals.npz"
COLUMNS = ("regions", "rows", "steps", "lengths", "minus", "test")
_TRAIN, _TEST = SPLITS.index("train"), SPLITS.index("test")


def published_intervals(name: str) -> Intervals:
    """Where the rows of a published dataset lie, with their class and their published split.

    Parameters
    ----------
    name : str
        One of the nine of Genomic Benchmarks (doi:10.1186/s12863-023-01123-8).

    Returns
    -------
    Intervals
        Every published row, sorted by class, region, start and end; 0-based, half-open, in bp.
        The publishers' ids are not kept, and a missing strand reads as ``+``.

    Raises
    ------
    UnknownNameError
        If there is no such dataset.
    DataError
        If the dataset is not one of the nine.

    Examples
    --------
    >>> cohn = published_intervals("human_enhancers_cohn")
    >>> cohn
    Intervals('human_enhancers_cohn': 20,843 train, 6,948 test; classes negative, positive)
    >>> cohn.regions[cohn.region[0]], cohn.start[:2].tolist()
    ('chr1', [48056, 93815])
    """
    about = card(name)
    if about.embedded:
        raise DataError(
            f"{name} is not one of the nine published lists. Take its coordinates with "
            "Intervals.from_dataset(gbl.load(...)), where it has any."
        )
    try:
        with np.load(PUBLISHED, allow_pickle=False) as stored:
            columns = {column: stored[f"{name}.{column}"] for column in COLUMNS}
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, lzma.LZMAError) as error:
        raise DataError(
            f"{PUBLISHED.name} in the package is damaged ({error}). Install the package again."
        ) from error
    return unpack(name, about.classes, columns)


def find_intervals(source: str | Path) -> Intervals:
    """The coordinates of a dataset by its name, or the interval lists in a folder.

    Parameters
    ----------
    source : path or str
        A known name is never taken for a folder: write ``./name`` for that.

    Raises
    ------
    UnknownNameError
        If there is neither a folder nor a dataset of that name; the nearest is suggested.
    DataError
        If the folder does not hold such lists, or the dataset has no coordinates.

    Examples
    --------
    >>> find_intervals("dummy_mouse_enhancers_ensembl")
    Intervals('dummy_mouse_enhancers_ensembl': 968 train, 242 test; classes negative, positive)
    """
    if isinstance(source, str) and source in list_datasets():
        if card(source).embedded:
            from .. import fetch

            return Intervals.from_dataset(fetch.load(source))
        return published_intervals(source)
    if isinstance(source, str) and not Path(source).exists():
        card(source)  # raises, and suggests the nearest name
    return Intervals.from_folder(source)


def pack(intervals: Intervals) -> dict[str, np.ndarray]:
    """The columns of the compact form.

    Parameters
    ----------
    intervals : Intervals
        Rows in train and test; starts and lengths under 2**32 bp.

    Returns
    -------
    dict
        ``regions``, bytes, shape (regions,): their names. ``rows``, uint32, shape (classes,
        regions): how many rows each holds. ``steps`` and ``lengths``, uint8, shape (4, n): the
        bytes, lowest first, of the way from the start before in the same class and region (the
        first goes from 0), and of the lengths. ``minus`` and ``test``, uint8: a bit a row.
    """
    one = intervals
    one = one.take(np.lexsort((one.split, one.minus, one.end, one.start, one.region, one.label)))
    shape = (len(one.classes), len(one.regions))
    place = one.label * shape[1] + one.region
    steps = np.diff(one.start, prepend=0)
    first = np.diff(place, prepend=-1) != 0
    steps[first] = one.start[first]
    return {
        "regions": np.array(one.regions, "S"),
        "rows": np.bincount(place, minlength=shape[0] * shape[1]).reshape(shape).astype("<u4"),
        "steps": _planes(steps),
        "lengths": _planes(one.length),
        "minus": np.packbits(one.minus),
        "test": np.packbits(one.split == _TEST),
    }


def unpack(name: str, classes: tuple[str, ...], columns: dict[str, np.ndarray]) -> Intervals:
    """What :func:`pack` packed, rows sorted.

    Examples
    --------
    >>> toy = Intervals.from_columns(
    ...     "toy", ["a", "b"], ["I", "I", "X"], [50, 10, 7], [60, 30, 9], [0, 0, 1],
    ...     ["test", "train", "train"], minus=[True, False, False],
    ... )
    >>> again = unpack("toy", ("a", "b"), pack(toy))
    >>> again.start.tolist(), again.end.tolist(), again.minus.tolist(), again.split.tolist()
    ([10, 50, 7], [30, 60, 9], [False, True, False], [0, 2, 0])
    """
    counts = columns["rows"].astype(np.int64)
    n = int(counts.sum())
    steps = _from_planes(columns["steps"])
    ends = np.cumsum(counts.ravel())
    # the sum runs on over all places: what it had reached before a place is taken off there
    reached = np.concatenate([[0], np.cumsum(steps)])[ends - counts.ravel()]
    start = np.cumsum(steps) - np.repeat(reached, counts.ravel())
    labels, regions = np.indices(counts.shape, np.int64)
    return Intervals(
        name,
        classes,
        tuple(region.decode() for region in columns["regions"].tolist()),
        np.repeat(regions.ravel(), counts.ravel()).astype(np.int32),
        start,
        start + _from_planes(columns["lengths"]),
        np.unpackbits(columns["minus"], count=n).astype(bool),
        np.repeat(labels.ravel(), counts.ravel()),
        np.where(np.unpackbits(columns["test"], count=n), _TEST, _TRAIN).astype(np.uint8),
    )


def _planes(values: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(values.astype("<u4").view(np.uint8).reshape(-1, 4).T)


def _from_planes(planes: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(planes.T).view("<u4").ravel().astype(np.int64)
