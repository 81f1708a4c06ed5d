"""A dataset as coordinates alone: where each row lies, its class and its split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from .dataset import SPLITS
from .errors import DataError
from .reading.interval_lists import class_files, read_list, read_metadata

if TYPE_CHECKING:
    from .dataset import Dataset


@dataclass(frozen=True, eq=False, repr=False)
class Intervals:
    """The rows of a dataset as intervals, all splits in one table.

    Parameters
    ----------
    name : str
        Name of the dataset.
    classes : tuple of str
        Class names in sorted order.
    regions : tuple of str
        Names of the chromosomes (or transcripts) in sorted order.
    region, label, split : numpy.ndarray
        int32, int64 and uint8, shape (n,): positions in ``regions``, ``classes`` and
        :data:`genbench_lite.dataset.SPLITS` (train, valid, test).
    start, end : numpy.ndarray
        int64, shape (n,): 0-based, half-open, in bp.
    minus : numpy.ndarray
        bool, shape (n,): True on the minus strand; a missing strand reads as ``+``.

    Examples
    --------
    >>> toy = Intervals.from_columns(
    ...     "toy", ["a", "b"], ["chr1", "chr2"], [0, 5], [10, 15], [0, 1], ["train", "test"]
    ... )
    >>> len(toy), toy.rows("test").regions[toy.rows("test").region[0]]
    (2, 'chr2')
    """

    name: str
    classes: tuple[str, ...]
    regions: tuple[str, ...]
    region: np.ndarray
    start: np.ndarray
    end: np.ndarray
    minus: np.ndarray
    label: np.ndarray
    split: np.ndarray

    @classmethod
    def from_columns(
        cls,
        name: str,
        classes: Sequence[str],
        regions: Any,
        start: Any,
        end: Any,
        label: Any,
        split: Any,
        minus: Any = None,
    ) -> Intervals:
        """Build from columns; ``regions`` and ``split`` hold one name a row.

        Raises
        ------
        DataError
            If a row has no region, no base (end <= start), an unknown class or an unknown split.
        """
        codes, names = pd.factorize(np.asarray(regions, dtype=object), sort=True)
        start, end = np.asarray(start, np.int64), np.asarray(end, np.int64)
        label = np.asarray(label, np.int64)
        splits = pd.Index(SPLITS).get_indexer(pd.Index(split, dtype=object))
        half_open = "Coordinates are 0-based, half-open: 0 <= start < end."
        odd_label = (label < 0) | (label >= len(classes))
        for odd, what, advice in (
            (np.isin(codes, [-1, *np.flatnonzero(names == "")]), "no region", "Name a chromosome."),
            ((start < 0) | (end <= start), "a start or an end that cannot be", half_open),
            (odd_label, "an unknown class", "Labels are positions in `classes`."),
            (splits < 0, "an unknown split", f"Splits are {', '.join(SPLITS)}."),
        ):
            if odd.any():
                raise DataError(f"Row {odd.argmax() + 1} of {name} has {what}. {advice}")
        return cls(
            name,
            tuple(classes),
            tuple(str(region) for region in names),
            codes.astype(np.int32),
            start,
            end,
            np.zeros(len(start), bool) if minus is None else np.asarray(minus, bool),
            label,
            splits.astype(np.uint8),
        )

    @classmethod
    def from_folder(cls, folder: str | Path) -> Intervals:
        """Read interval lists in the published layout.

        Raises
        ------
        DataError
            If a list or ``metadata.yaml`` is missing or malformed.
        """
        folder = Path(folder)
        classes = tuple(read_metadata(folder))
        loci, labels, splits = [], [], []
        for split, paths in class_files(folder, classes).items():
            for label, path in enumerate(paths.values()):
                loci.append(read_list(path)[1])
                labels.append(np.full(len(loci[-1]), label))
                splits += [split] * len(loci[-1])
        return cls._from_loci(folder.resolve().name, classes, loci, labels, splits)

    @classmethod
    def from_dataset(cls, dataset: Dataset) -> Intervals:
        """The coordinates of a dataset, rows in the order of its splits.

        Raises
        ------
        DataError
            If the dataset does not know where its sequences lie.
        """
        if any(split.loci is None for split in dataset.splits.values()):
            raise DataError(
                f"{dataset.name} has no coordinates: an archive holds sequences alone. Build it "
                "with gbl.from_intervals, or find them with gbl.locate."
            )
        parts = list(dataset.splits.items())
        return cls._from_loci(
            dataset.name,
            dataset.classes,
            [np.asarray(part.loci) for _, part in parts],
            [part.labels for _, part in parts],
            [name for name, part in parts for _ in range(len(part))],
        )

    @classmethod
    def _from_loci(
        cls, name: str, classes: tuple[str, ...], loci: list, labels: list, splits: list[str]
    ) -> Intervals:
        rows = np.concatenate(loci)
        return cls.from_columns(
            name,
            classes,
            rows["region"],
            rows["start"],
            rows["end"],
            np.concatenate(labels),
            splits,
            rows["strand"] == "-",
        )

    def __len__(self) -> int:
        return len(self.start)

    @property
    def length(self) -> np.ndarray:
        """int64, shape (n,), in bp."""
        return self.end - self.start

    def take(self, rows: np.ndarray) -> Intervals:
        """Some rows, by mask or index array, in that order; names stay as they are."""
        columns = ("region", "start", "end", "minus", "label", "split")
        return replace(self, **{column: getattr(self, column)[rows] for column in columns})

    def rows(self, split: str) -> Intervals:
        """The rows of one split."""
        return self.take(self.split == SPLITS.index(split))

    def __repr__(self) -> str:
        counts = np.bincount(self.split, minlength=len(SPLITS))
        parts = ", ".join(f"{n:,} {s}" for n, s in zip(counts, SPLITS, strict=True) if n)
        return f"Intervals({self.name!r}: {parts}; classes {', '.join(self.classes)})"
