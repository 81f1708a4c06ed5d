"""Splits that do not leak: what belongs together stays on one side.

A test set tells how a model does on what it has not seen. Rows that overlap, that are copies or
nearly so, must then lie on one side all together. Within that limit every side gets its share of
each class, and of short and long rows.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from numbers import Integral, Real
from pathlib import Path
from typing import TypeVar, overload

import numpy as np
import pandas as pd

from ..cards import card, list_datasets
from ..dataset import SPLITS, Dataset
from ..errors import DataError, UnknownNameError
from ..interval_set import Intervals
from ..reading.shipped_intervals import find_intervals
from ..sequence_set import SequenceSet
from .group_assignment import assign_groups, matched, stratify
from .kinship import LEFT_OUT, related, strays, without_relatives

WAYS = ("chromosome", "cluster", "length_matched")

_Data = TypeVar("_Data", Dataset, Intervals)


@dataclass(frozen=True, eq=False)
class _Rows:
    """All rows of what is to be split, whichever form it came in."""

    name: str
    classes: tuple[str, ...]
    label: np.ndarray
    length: np.ndarray
    loci: Intervals | None
    sequences: SequenceSet | None
    placed: bool = True  # every row, if any


@overload
def fair_split(
    data: _Data, by: str = ..., test: float = ..., valid: float = ..., seed: int = ...
) -> _Data: ...
@overload
def fair_split(
    data: str | Path, by: str = ..., test: float = ..., valid: float = ..., seed: int = ...
) -> Intervals: ...
def fair_split(
    data: Dataset | Intervals | str | Path,
    by: str = "chromosome",
    test: float = 0.2,
    valid: float = 0.1,
    seed: int = 0,
) -> Dataset | Intervals:
    """Split anew, so that no row has a relative on another side.

    Relatives are rows that share at least one base of the genome, on either strand, and, where
    the sequences are known, rows of one sequence, of one and its reverse complement, or of
    near-duplicates as :mod:`~genbench_lite.audits.near_duplicates` finds them. Coordinates alone
    cannot tell of repeats, of related genes, or of the transcripts of one gene.

    Parameters
    ----------
    data : Dataset, Intervals, path or str
        What to split, whatever split it has; a path or name is read by
        :func:`genbench_lite.reading.shipped_intervals.find_intervals`.
    by : {"chromosome", "cluster", "length_matched"}
        ``"chromosome"``: whole chromosomes go to one side; rows with relatives on another side
        are left out. Where regions are transcripts, a transcript is such a unit, and what two
        transcripts of one gene share remains unseen. ``"cluster"``: all relatives of a row,
        and theirs, go to one side. ``"length_matched"``: as ``"cluster"``, and rows are left
        out until in each split all classes have the same lengths, bp by bp. Nothing coarser
        will do: in ``human_ensembl_regulatory``, whose enhancers are multiples of 200 bp long,
        steps of 2 bp keep 4,860 rows instead of 3,243, of which length alone tells 49% apart.
    test, valid : float
        Shares of the rows. With ``valid=0`` there is no validation split.
    seed : int
        The same seed gives the same split, whatever the order of the rows of ``Intervals``.

    Returns
    -------
    Dataset or Intervals
        A Dataset for a Dataset, else Intervals; rows in the order they had. Ids that come twice
        in a class are told apart by the split they were in: ``train/7``, ``test/7``.

    Warns
    -----
    UserWarning
        If rows were left out; it says how many.

    Raises
    ------
    UnknownNameError
        If there is no such ``by``.
    DataError
        If shares are out of range, if the seed is no whole number from 0, if there is one class
        only, if ``by="chromosome"`` lacks coordinates, if too much belongs together, or if no
        length is common to all classes.

    Examples
    --------
    >>> toy = Intervals.from_columns(
    ...     "toy", ["a", "b"], ["chr1"] * 20, range(0, 200, 10), range(15, 200 + 15, 10),
    ...     [0, 1] * 10, ["train", "test"] * 10,
    ... ).take(np.arange(20) % 5 > 1)  # four stretches of three rows
    >>> fair_split(toy, by="cluster", test=0.25, valid=0)
    Intervals('toy': 9 train, 3 test; classes a, b)
    """
    if isinstance(data, (str, Path)):
        data = find_intervals(data)
    if not isinstance(data, (Dataset, Intervals)):
        raise DataError(
            f"fair_split takes a Dataset, Intervals or a folder, not {type(data).__name__}. Wrap "
            "a SequenceSet as gbl.Dataset(name, rows, rows[:0])."
        )
    side = split_codes(data, by, test, valid, seed)
    out = int((side == LEFT_OUT).sum())
    if out:
        why = "of some lengths the classes do not have as many rows"
        if by != "length_matched":
            why = "they have relatives in another split"
        warnings.warn(
            f"{out:,} of {len(side):,} rows of {data.name} are left out: {why}.", stacklevel=2
        )
    if isinstance(data, Intervals):
        kept = side != LEFT_OUT
        return replace(data, split=side).take(kept)
    return apply_split(data, side, f"Split anew by {by}, seed {seed}; {out:,} rows left out.")


def split_codes(
    data: Dataset | Intervals, by: str, test: float, valid: float, seed: int
) -> np.ndarray:
    """Where :func:`fair_split` puts each row.

    Returns
    -------
    numpy.ndarray
        uint8, shape (n,), for the rows as they are, those of a Dataset split by split: a position
        in ``SPLITS``, or :data:`genbench_lite.audits.kinship.LEFT_OUT`.
    """
    sides, shares = _wish(by, test, valid)
    if not isinstance(seed, Integral) or seed < 0:
        raise DataError(f"A seed of {seed!r} cannot be used. Give a whole number from 0.")
    order = _order(data)
    rows = _rows_of(data.take(order) if isinstance(data, Intervals) else data)
    _refuse_hopeless(rows, by, len(sides))
    divided = _divide(rows, by, sides, shares, seed)
    _refuse_lopsided(rows, by, sides, divided)
    side = np.empty_like(divided)
    side[order] = divided
    return side


def apply_split(dataset: Dataset, side: np.ndarray, remark: str) -> Dataset:
    """A dataset whose rows go to other splits.

    Parameters
    ----------
    dataset : Dataset
    side : numpy.ndarray
        int, shape (n,): for each row, in the order of the splits, a position in ``SPLITS``;
        :data:`genbench_lite.audits.kinship.LEFT_OUT` for none.
    remark : str
        What to add to the description on the card, which gets the new row counts too.

    Returns
    -------
    Dataset
    """
    whole = _joined(dataset)
    splits = {
        name: whole[side == number] for number, name in enumerate(SPLITS) if (side == number).any()
    }
    new = Dataset(dataset.name, splits["train"], splits["test"], splits.get("valid"))
    if dataset.card is None:
        return new
    table = new.info()
    counts = {name: dict(zip(new.classes, table[name].tolist(), strict=True)) for name in splits}
    about = replace(dataset.card, rows=counts, description=f"{dataset.card.description} {remark}")
    return replace(new, card=about)


def _wish(by: str, test: float, valid: float) -> tuple[np.ndarray, np.ndarray]:
    """The sides that are wanted, as positions in SPLITS, and the share of each."""
    if by not in WAYS:
        raise UnknownNameError("way to split", by, WAYS)
    numbers = isinstance(test, Real) and isinstance(valid, Real)
    if not numbers or not (0 < test < 1 and 0 <= valid < 1 and test + valid < 1):
        raise DataError(
            f"Shares of {test!r} for test and {valid!r} for valid cannot be. Take numbers: test "
            "over 0, valid 0 or more, and together under 1: the rest is for train."
        )
    shares = np.array([1 - test - valid, valid, test])
    sides = np.flatnonzero(shares > 0)
    return sides, shares[sides]


def _order(data: Dataset | Intervals) -> np.ndarray:
    """The order to work in: of intervals, one that does not depend on how they are listed."""
    if isinstance(data, Dataset):
        return np.arange(sum(len(part) for part in data.splits.values()))
    keys = (data.split, data.minus, data.end, data.start, data.region, data.label)
    return np.lexsort(keys)


def _rows_of(data: Dataset | Intervals) -> _Rows:
    if isinstance(data, Intervals):
        return _Rows(data.name, data.classes, data.label, data.length, data, None)
    whole = _joined(data)
    if whole.loci is None or not (placed := whole.loci["region"] != "").any():
        return _Rows(data.name, data.classes, whole.labels, whole.lengths, None, whole)
    # what lies nowhere, such as a shuffle, overlaps nothing: each row on a chromosome of its own
    alone = np.array([f"row {i}, nowhere" for i in range(len(whole))], object)
    loci = Intervals.from_columns(
        data.name,
        data.classes,
        np.where(placed, whole.loci["region"], alone),
        np.where(placed, whole.loci["start"], 0),
        np.where(placed, whole.loci["end"], np.maximum(whole.lengths, 1)),
        whole.labels,
        np.repeat("train", len(whole)),
        whole.loci["strand"] == "-",
    )
    return _Rows(
        data.name, data.classes, whole.labels, whole.lengths, loci, whole, bool(placed.all())
    )


def _joined(dataset: Dataset) -> SequenceSet:
    """All rows in one set; ids that come twice in a class get their split in front."""
    parts = list(dataset.splits.values())
    ids = np.concatenate([part.ids for part in parts])
    labels = np.concatenate([part.labels for part in parts])
    if pd.DataFrame({"id": ids, "label": labels}).duplicated().any():
        ids = np.array([f"{name}/{i}" for name, part in dataset.splits.items() for i in part.ids])
    loci = [part.loci for part in parts if part.loci is not None]
    lengths = np.concatenate([part.lengths for part in parts])
    return SequenceSet(
        codes=np.concatenate([part.codes for part in parts]),
        offsets=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        labels=labels,
        ids=ids,
        classes=dataset.classes,
        loci=np.concatenate(loci) if len(loci) == len(parts) else None,
    )


def _refuse_hopeless(rows: _Rows, by: str, sides: int) -> None:
    present = np.unique(rows.label)
    if len(present) < 2:
        raise DataError(
            f"{rows.name} has rows of one class only, so that there is nothing to tell apart. "
            "Give it two classes or more."
        )
    if len(rows.label) < sides * len(present):
        raise DataError(
            f"{rows.name} has {len(rows.label)} rows: too few to give each of {sides} splits a "
            f"row of each of {len(present)} classes. Give more rows, or fewer splits (valid=0)."
        )
    if by == "chromosome" and not (rows.loci is not None and rows.placed):
        published = rows.name in list_datasets() and not card(rows.name).embedded
        none, whose = ("no", "its") if rows.loci is None else ("rows without", "their")
        shipped = f", or take gbl.load({rows.name!r}, split='fair')" if published else ""
        raise DataError(
            f"{rows.name} has {none} coordinates, so nobody knows {whose} chromosomes. Split it "
            f"with by='cluster', or find the coordinates with gbl.locate{shipped}."
        )


def _refuse_lopsided(rows: _Rows, by: str, sides: np.ndarray, side: np.ndarray) -> None:
    present = np.unique(rows.label)
    for number in sides:
        absent = np.setdiff1d(present, rows.label[side == number])
        if len(absent):
            way = "by='cluster'" if by == "chromosome" else "valid=0"
            raise DataError(
                f"Split by {by}, {SPLITS[number]} would be without a row of "
                f"{rows.classes[absent[0]]}: too many rows of {rows.name} belong together. "
                f"Try {way}, other shares or another seed, or give more rows."
            )


def _divide(rows: _Rows, by: str, sides: np.ndarray, shares: np.ndarray, seed: int) -> np.ndarray:
    """uint8, shape (n,): the split of each row, or LEFT_OUT."""
    families = related(rows.loci, rows.sequences)
    kept = np.ones(len(families), bool)
    exact = by == "length_matched"
    if exact:
        kept = matched(rows.label, rows.length, np.random.default_rng(seed))
    groups = rows.loci.region if by == "chromosome" and rows.loci is not None else families
    _refuse_few(rows, by, len(np.unique(groups[kept])), len(sides))
    strata, wish = stratify(rows.label[kept], rows.length[kept], shares, exact)
    side = np.full(len(families), LEFT_OUT, np.uint8)
    side[kept] = sides[assign_groups(groups[kept], strata, wish, seed)]
    side[strays(families, side)] = LEFT_OUT
    if rows.sequences is not None:
        side = without_relatives(rows.sequences, side)
    if exact:
        inside = np.flatnonzero(side != LEFT_OUT)
        places = rows.length[inside] * len(SPLITS) + side[inside]
        again = matched(rows.label[inside], places, np.random.default_rng(seed))
        side[inside[~again]] = LEFT_OUT
    return side


def _refuse_few(rows: _Rows, by: str, groups: int, sides: int) -> None:
    if by == "length_matched" and not groups:
        raise DataError(
            f"No length is common to all classes of {rows.name}: no row is left when lengths are "
            "matched. Cut the sequences to one length first, or take by='cluster'."
        )
    if groups < sides:
        unit = "chromosomes" if by == "chromosome" else "groups of relatives"
        advice = "Split it with by='cluster'" if by == "chromosome" else "Give more rows"
        raise DataError(
            f"{rows.name} cannot be given to {sides} splits: the {unit}, which must stay whole, "
            f"number {groups}. {advice}, or take fewer splits (valid=0)."
        )
