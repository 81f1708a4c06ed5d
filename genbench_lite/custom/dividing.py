"""How a dataset of one's own is divided: by chromosome where that works, else by cluster."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from numbers import Integral

import numpy as np

from ..audits.kinship import LEFT_OUT
from ..audits.splitting import WAYS, split_codes
from ..dataset import SPLITS, Dataset
from ..errors import DataError, UnknownNameError

_FEWEST_CHROMOSOMES = 5
_MOST_LEFT_OUT = 0.05  # of the rows: with more, clusters keep more data
_LEAST_SHARE, _MOST_SHARE = 0.5, 1.5  # of the wished test rows, in each class


@dataclass(frozen=True)
class Wish:
    """How a dataset is to be split.

    Raises
    ------
    UnknownNameError
        If there is no such way.
    DataError
        If ``seed`` is no whole number from 0: better before the work than after.
    """

    split: str
    test: float
    valid: float
    seed: int

    def __post_init__(self) -> None:
        if self.split not in ("auto", *WAYS):
            raise UnknownNameError("way to split", self.split, ("auto", *WAYS))
        if not isinstance(self.seed, Integral) or self.seed < 0:
            raise DataError(f"A seed of {self.seed!r} cannot be used. Give a whole number from 0.")


def divide(dataset: Dataset, wish: Wish, placed: bool) -> tuple[np.ndarray, str]:
    """Where each row goes, and a sentence on it.

    Parameters
    ----------
    dataset : Dataset
        All rows in ``train``; its ``loci`` say what belongs together.
    wish : Wish
    placed : bool
        Whether these are places in a genome.

    Returns
    -------
    side : numpy.ndarray
        As of :func:`genbench_lite.audits.splitting.split_codes`.
    said : str

    Warns
    -----
    UserWarning
        If rows are left out.

    Raises
    ------
    DataError
        If the dataset cannot be split in this way.
    """
    side: np.ndarray | None
    if wish.split != "auto":
        if wish.split == "chromosome" and not placed:
            raise DataError(
                f"{dataset.name} has rows without coordinates, so nobody knows its chromosomes. "
                "Split it by cluster."
            )
        side, why = _by(dataset, wish.split, wish), ""
    else:
        side, why = _by_chromosome_or_why_not(dataset, wish, placed)
        if side is None:
            side = _by(dataset, "cluster", wish)
            why = f" (not by chromosome: {why})"
    by = wish.split if wish.split != "auto" else "cluster" if why else "chromosome"
    out = int((side == LEFT_OUT).sum())
    kept = ", ".join(
        f"{int((side == number).sum()):,} {name}"
        for number, name in enumerate(SPLITS)
        if (side == number).any()
    )
    said = f"Split by {by}, seed {wish.seed}{why}: {kept}."
    if by == "chromosome":
        assert dataset.train.loci is not None
        there = np.unique(dataset.train.loci["region"][side == SPLITS.index("test")])
        said += f" Test: {', '.join(there.tolist()[:12])}{', ...' if len(there) > 12 else ''}."
    if out:
        why = "so that all classes have the same lengths"
        if by != "length_matched":
            why = "since they have relatives on another side"
        said += f" Left out, {why}: {out:,}."
        warnings.warn(
            f"{dataset.name}: {out:,} of {len(side):,} rows are left out of the split.",
            stacklevel=4,
        )
    return side, said


def _by(dataset: Dataset, by: str, wish: Wish) -> np.ndarray:
    return split_codes(dataset, by, wish.test, wish.valid, wish.seed)


def _by_chromosome_or_why_not(
    dataset: Dataset, wish: Wish, placed: bool
) -> tuple[np.ndarray | None, str]:
    rows = dataset.train
    if rows.loci is None or not placed:
        return None, "sequences alone do not tell theirs"
    n = len(np.unique(rows.loci["region"]))
    if n < _FEWEST_CHROMOSOMES:
        return None, f"there {'is 1' if n == 1 else f'are {n}'}, and 5 or more are needed"
    try:
        side = _by(dataset, "chromosome", wish)
    except DataError:
        return None, "no choice of chromosomes gives every split all classes"
    if (side == LEFT_OUT).mean() > _MOST_LEFT_OUT:
        return None, "too many rows have relatives on other chromosomes"
    of_class = np.bincount(rows.labels)
    in_test = np.bincount(rows.labels[side == SPLITS.index("test")], minlength=len(of_class))
    share = in_test / (of_class * wish.test)
    if share.min() < _LEAST_SHARE or share.max() > _MOST_SHARE:
        return None, "no choice of chromosomes comes near the share of test rows"
    return side, ""
