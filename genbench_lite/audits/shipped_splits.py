"""The fair splits of the nine datasets that ship with the package, the same for everybody.

``scripts/build_fair_splits.py`` computes them from the published interval lists with
:func:`genbench_lite.audits.splitting.fair_split`, and writes for every row, in the order of the
published archives, where it goes. Coordinates are all they know: what each cannot see is told.
"""

from __future__ import annotations

import functools
import hashlib
import json
import textwrap
from dataclasses import dataclass

import numpy as np

from ..cards import card
from ..dataset import Dataset
from ..errors import DataError
from ..paths import DATA
from .splitting import apply_split

CODES = DATA / "fair_splits.npz"
ABOUT = CODES.with_suffix(".json")


@dataclass(frozen=True, repr=False)
class FairSplit:
    """How the fair split of one dataset was made.

    Parameters
    ----------
    name : str
        Name of the dataset.
    by : str
        The way of :func:`genbench_lite.audits.splitting.fair_split`.
    seed : int
        Its seed; the shares are its defaults, 70% train, 10% valid and 20% test.
    reason : str
        Why this way.
    unseen : str
        What may still be alike across the splits, since coordinates do not show it.
    rows : dict
        Split to class to number of rows.
    left_out : int
        Published rows that are in no split.
    ids : str
        First 16 hexadecimal digits of the SHA-256 of the ids, one a line, of the published
        train and then test rows, each by class and id.

    Examples
    --------
    >>> fair_split_of("human_enhancers_cohn").by
    'chromosome'
    """

    name: str
    by: str
    seed: int
    reason: str
    unseen: str
    rows: dict[str, dict[str, int]]
    left_out: int
    ids: str

    def __repr__(self) -> str:
        lines = [f"Fair split of {self.name}: by {self.by}, seed {self.seed}"]
        for split, counts in self.rows.items():
            lines.append(f"  {split:5} " + ", ".join(f"{n:,} {c}" for c, n in counts.items()))
        lines.append(f"  {self.left_out:,} published rows are left out")
        for text in (self.reason, f"Unseen: {self.unseen}"):
            lines += textwrap.wrap(text, 88, initial_indent="  ", subsequent_indent="  ")
        return "\n".join(lines)


def fair_split_of(name: str) -> FairSplit:
    """How the fair split was made that ``load(name, split="fair")`` gives.

    Raises
    ------
    UnknownNameError
        If there is no such dataset.
    DataError
        If the dataset is embedded: its own split stays.
    """
    if card(name).embedded:
        raise DataError(
            f"{name} needs no other split than its own, which is by chromosome, or of sequences "
            "drawn at random one by one. Load it as it is."
        )
    return _splits()[name]


def fair(dataset: Dataset) -> Dataset:
    """The fair split of a published dataset.

    Parameters
    ----------
    dataset : Dataset
        All rows of one of the nine, with the publishers' ids.

    Returns
    -------
    Dataset
        Train, valid and test, in memory; the card says how it was split. Ids that are in the
        published train and test split both are told apart: ``train/7``, ``test/7``.

    Raises
    ------
    DataError
        If the rows are not those that were split.
    """
    about = fair_split_of(dataset.name)
    if digest([i for split in dataset.splits.values() for i in split.ids.tolist()]) != about.ids:
        raise DataError(
            f"The fair split of {about.name} goes by the publishers' ids, and this copy has "
            "others or none (the one on Hugging Face has none). Remove it with "
            f'gbl.remove("{about.name}") and load it when Zenodo answers, or split it yourself '
            'with gbl.fair_split(dataset, by="cluster").'
        )
    remark = (
        f"This is the fair split (by {about.by}, seed {about.seed}; {about.left_out:,} published "
        f"rows left out), while the known faults are those of the published one. {about.unseen}"
    )
    n = sum(len(split) for split in dataset.splits.values())
    with np.load(CODES, allow_pickle=False) as stored:
        side = unpack(stored[about.name], n)
    return apply_split(dataset, side, remark)


def digest(ids: list[str]) -> str:
    """What :class:`FairSplit` keeps of the ids."""
    return hashlib.sha256("\n".join(ids).encode()).hexdigest()[:16]


def pack(side: np.ndarray) -> np.ndarray:
    """Codes of 0 to 3 as two bits each: uint8, shape (2, bytes), the low bits first."""
    return np.packbits(np.stack([side & 1, side >> 1]), axis=1)


def unpack(packed: np.ndarray, n: int) -> np.ndarray:
    """What :func:`pack` packed: uint8, shape (n,).

    Examples
    --------
    >>> unpack(pack(np.array([0, 1, 2, 3, 2], np.uint8)), 5)
    array([0, 1, 2, 3, 2], dtype=uint8)
    """
    low, high = np.unpackbits(packed, axis=1, count=n)
    return low | high << 1


@functools.cache
def _splits() -> dict[str, FairSplit]:
    stored = json.loads(ABOUT.read_text(encoding="utf-8"))
    return {name: FairSplit(name=name, **entry) for name, entry in stored.items()}
