"""A benchmark dataset: its splits, and the packed files it is kept in.

On disk a split is a few plain ``.npy`` files that are opened as memory maps: nothing is read
before it is used.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .errors import DataError
from .sequence_set import SequenceSet

if TYPE_CHECKING:
    import pandas as pd

    from .cards import Card

SPLITS = ("train", "valid", "test")
FORMAT = 1
_DESCRIPTION = "dataset.json"
_COLUMNS = ("codes", "offsets", "labels", "ids", "loci")
_BLOCK = 1 << 16  # bytes


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """A benchmark dataset: its splits, its classes and the card that describes it.

    ``valid`` is None where no validation split is published.
    """

    name: str
    train: SequenceSet
    test: SequenceSet
    valid: SequenceSet | None = None
    card: Card | None = None

    def __post_init__(self) -> None:
        for name, split in self.splits.items():
            if split.classes != self.classes:
                raise DataError(
                    f"The {name} split of {self.name} has the classes {', '.join(split.classes)}, "
                    f"its train split {', '.join(self.classes)}. Give all splits the same "
                    "classes, so that a label means the same in each."
                )

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names in sorted order, the same in every split."""
        return self.train.classes

    @property
    def splits(self) -> dict[str, SequenceSet]:
        """The splits that exist, by name."""
        return {name: s for name in SPLITS if (s := getattr(self, name)) is not None}

    def __repr__(self) -> str:
        lines = [f"  {name:5} = {split!r}" for name, split in self.splits.items()]
        return "\n".join([f"Dataset({self.name!r}", *lines]) + ")"

    def info(self) -> pd.DataFrame:
        """Rows per class and split: index is the class, one column a split."""
        import pandas as pd

        n = len(self.classes)
        counts = {k: np.bincount(s.labels, minlength=n) for k, s in self.splits.items()}
        return pd.DataFrame(counts, index=pd.Index(self.classes, name="class"))

    def save(self, folder: str | Path) -> None:
        """Write the packed files into an existing folder; :func:`open_folder` reads them."""
        folder = Path(folder)
        for name, split in self.splits.items():
            for column in _COLUMNS:
                values = getattr(split, column)
                path = folder / f"{name}.{column}.npy"
                if values is None:
                    path.unlink(missing_ok=True)  # loci that an earlier save left here
                else:
                    _write(path, values)
        about = {"format": FORMAT, "name": self.name, "classes": self.classes}
        (folder / _DESCRIPTION).write_text(json.dumps(about | {"splits": list(self.splits)}))


def open_folder(folder: str | Path, card: Card | None = None) -> Dataset:
    """Open packed files as memory maps.

    Parameters
    ----------
    folder : path
        What :meth:`Dataset.save` wrote.
    card : Card, optional
        Its description.

    Returns
    -------
    Dataset

    Raises
    ------
    DataError
        If a file is missing, cut off, inconsistent or of another format.
    OSError
        If the system refuses to open files that are there.
    """
    folder = Path(folder)
    try:
        about = json.loads((folder / _DESCRIPTION).read_text())
        if about["format"] != FORMAT:
            raise DataError(f"format {about['format']}, this version reads {FORMAT}")
        splits = {}
        for name in about["splits"]:
            columns = {
                column: np.load(path, mmap_mode="r", allow_pickle=False)
                for column in _COLUMNS
                if (path := folder / f"{name}.{column}.npy").exists() or column != "loci"
            }
            splits[name] = SequenceSet(classes=tuple(about["classes"]), **columns)
        return Dataset(about["name"], card=card, **splits)
    except (
        FileNotFoundError,
        IsADirectoryError,
        EOFError,
        ValueError,
        KeyError,
        TypeError,
    ) as error:
        raise DataError(
            f"The packed dataset in {folder} is damaged ({error}). "
            "Remove that folder and load the dataset again."
        ) from error


def _write(path: Path, values: np.ndarray) -> None:
    """As ``numpy.save``, but block by block.

    The system keeps a file in memory in the pieces it was written in, and touching one letter
    of a memory map counts the whole piece: written at once, a large file looks many times as
    heavy as what is read of it. And a full disk is reported as such.
    """
    header = np.lib.format.header_data_from_array_1_0(values)
    content = np.ascontiguousarray(values).view(np.uint8).data
    with path.open("wb", buffering=0) as file:
        np.lib.format.write_array_header_1_0(file, header)
        for start in range(0, len(content), _BLOCK):
            file.write(content[start : start + _BLOCK])
