"""From classes of rows to a dataset: checked, split fairly, with a card that says how."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ..audits.kinship import LEFT_OUT
from ..audits.splitting import WAYS, apply_split, split_codes
from ..cards import Card, list_datasets
from ..dataset import SPLITS, Dataset
from ..errors import DataError, UnknownNameError
from ..sequence_set import LOCUS, SequenceSet, canonical_order

NOT_STATED = "not stated"
_NAME = re.compile(r"[A-Za-z0-9][\w-]*", re.ASCII)
_CLASS = re.compile(r"[A-Za-z0-9][\w +-]*", re.ASCII)
_FEWEST_CHROMOSOMES = 5
_MOST_LEFT_OUT = 0.05  # of the rows: with more, clusters keep more data
_LEAST_SHARE, _MOST_SHARE = 0.5, 1.5  # of the wished test rows, in each class


@dataclass(frozen=True)
class Part:
    """The rows of one class.

    Parameters
    ----------
    name : str
        The class.
    codes, offsets : numpy.ndarray
        As in :class:`~genbench_lite.SequenceSet`.
    ids : numpy.ndarray
        str, shape (n,), each once.
    meaning : str
        What the rows are, for the card.
    loci : numpy.ndarray or None
        ``sequence_set.LOCUS``, shape (n,), where the rows lie in a genome.
    kin : numpy.ndarray or None
        The same: places for the split alone, which say what belongs together, such as a shuffle
        and what was shuffled. They go before ``loci``, and are forgotten then.
    entry : dict
        What ``metadata.yaml`` is to say about the reference.
    """

    name: str
    codes: np.ndarray
    offsets: np.ndarray
    ids: np.ndarray
    meaning: str
    loci: np.ndarray | None = None
    kin: np.ndarray | None = None
    entry: dict[str, Any] | None = None


@dataclass(frozen=True)
class Wish:
    """How a dataset is to be split."""

    split: str
    test: float
    valid: float
    seed: int

    def __post_init__(self) -> None:
        if self.split not in ("auto", *WAYS):
            raise UnknownNameError("way to split", self.split, ("auto", *WAYS))


def name_of_file(path: str | Path) -> str:
    """A name for a dataset made from a file.

    Examples
    --------
    >>> name_of_file("data/my peaks.v2.narrowPeak.gz")
    'my_peaks'
    """
    return re.sub(r"[^\w-]+", "_", Path(path).name.partition(".")[0], flags=re.ASCII).strip("_-")


def require_name(name: str) -> str:
    """The name of a dataset, if it can be one.

    Raises
    ------
    DataError
        If it holds other than letters, digits, ``_`` and ``-``, or is that of a known dataset.

    Examples
    --------
    >>> require_name("my_peaks")
    'my_peaks'
    """
    if not _NAME.fullmatch(name):
        raise DataError(
            f"{name!r} cannot be the name of a dataset, which names a folder. Use letters, "
            "digits, _ and -, such as my_peaks."
        )
    if name in list_datasets():
        raise DataError(
            f"{name} is a published dataset. Give yours another name, so that nobody takes one "
            "for the other."
        )
    return name


def require_length(length: int | None) -> None:
    """Raise :class:`DataError` if sequences cannot be so long."""
    if length is not None and length < 1:
        raise DataError(f"A length of {length} bp cannot be. Take 1 or more.")


def assemble(
    name: str,
    parts: Sequence[Part],
    wish: Wish,
    notes: Sequence[str],
    negatives: str,
    source: str,
) -> Dataset:
    """Join the classes, split them, write the card.

    Parameters
    ----------
    name : str
    parts : sequence of Part
        One a class.
    wish : Wish
    notes : sequence of str
        What was done so far, a sentence or two each.
    negatives : str
        How they were made, for the card; empty where they are a class as any other.
    source : str
        The files, for the card.

    Returns
    -------
    Dataset
        Rows by class, then by id. ``card.description`` holds the notes, one a line.

    Raises
    ------
    DataError
        If there is one class only, if a class has fewer than two rows, or no fair split exists.
    """
    parts = sorted(parts, key=lambda part: part.name)
    _require_classes(name, parts)
    true, whole = _join(parts, with_kin=False), _join(parts, with_kin=True)
    side, said = _split(Dataset(name, whole, whole[:0]), wish, true.loci is not None)
    divided = apply_split(Dataset(name, true, true[:0]), side, "")
    splits = {k: s[canonical_order(s.labels, s.ids)] for k, s in divided.splits.items()}
    dataset = Dataset(name, **splits)
    return replace(dataset, card=_card(dataset, parts, [*notes, said], negatives, source))


def _card(
    dataset: Dataset, parts: Sequence[Part], notes: Sequence[str], negatives: str, source: str
) -> Card:
    lengths = np.concatenate([part.lengths for part in dataset.splits.values()])
    low, middle, high = lengths.min(), np.median(lengths), lengths.max()
    table = dataset.info()
    return Card(
        name=dataset.name,
        title=f"{dataset.name}: {' or '.join(dataset.classes)}",
        description="\n".join(notes),
        organism=NOT_STATED,
        assembly=NOT_STATED,
        class_meanings={part.name: part.meaning for part in parts},
        negatives=negatives or "Given, as the other classes.",
        caution="",
        faults=(),
        rows={str(k): dict(zip(dataset.classes, table[k].tolist(), strict=True)) for k in table},
        length={"min": int(low), "median": float(middle), "max": int(high)},
        source=source,
        licence=NOT_STATED,
        citation=NOT_STATED,
        metadata={
            "classes": {part.name: part.entry for part in parts if part.entry},
            "version": 0,
        },
        embedded=True,
        simulated=False,
        witness={},
    )


def _require_classes(name: str, parts: Sequence[Part]) -> None:
    names = [part.name.casefold() for part in parts]  # some systems tell no case apart
    for part in parts:
        if not _CLASS.fullmatch(part.name):
            raise DataError(
                f"{part.name!r} cannot be the name of a class, which names a folder. Use letters, "
                "digits, spaces, _, + and -."
            )
        if names.count(part.name.casefold()) > 1:
            raise DataError(
                f"Two classes are named {part.name!r}, or differ in case alone. Rename one."
            )
        n = len(part.ids)
        if n < 2:
            rows = "1 row" if n == 1 else "no row"
            raise DataError(
                f"Class {part.name!r} of {name} has {rows}, but needs one to train on and "
                "another to test on. Give more, or leave the class out."
            )
        if len(set(part.ids.tolist())) < n:
            ids, counts = np.unique(part.ids, return_counts=True)
            raise DataError(
                f"The id {str(ids[counts.argmax()])!r} comes {counts.max()} times in class "
                f"{part.name!r}. Give each row an id of its own."
            )
    if len(parts) < 2:
        raise DataError(
            f"{name} has the one class {parts[0].name!r}: there is nothing to tell apart. Give "
            "negatives, or a second class."
        )


def _join(parts: Sequence[Part], with_kin: bool) -> SequenceSet:
    lengths = np.concatenate([np.diff(part.offsets) for part in parts])
    loci = [part.kin if with_kin and part.kin is not None else part.loci for part in parts]
    there = [one is not None for one in loci]
    some = all(there) if with_kin else any(there)
    columns = [
        np.zeros(len(part.ids), LOCUS) if one is None else one
        for part, one in zip(parts, loci, strict=True)
    ]
    return SequenceSet(
        codes=np.concatenate([part.codes for part in parts]),
        offsets=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        labels=np.repeat(np.arange(len(parts)), [len(part.ids) for part in parts]),
        ids=np.concatenate([part.ids for part in parts]),
        classes=tuple(part.name for part in parts),
        loci=np.concatenate(columns) if some else None,
    )


def _split(dataset: Dataset, wish: Wish, placed: bool) -> tuple[np.ndarray, str]:
    """Where each row goes, and a sentence on it."""
    side: np.ndarray | None
    if wish.split != "auto":
        if wish.split == "chromosome" and not placed:
            raise DataError(
                f"{dataset.name} has no coordinates, so nobody knows its chromosomes. Split it "
                "by cluster."
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
