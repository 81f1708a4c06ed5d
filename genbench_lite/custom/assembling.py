"""From classes of rows to a dataset: checked, split fairly, with a card that says how."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from numbers import Integral
from pathlib import Path
from typing import Any

import numpy as np

from ..audits.splitting import apply_split
from ..cards import Card, list_datasets
from ..dataset import Dataset
from ..errors import DataError
from ..sequence_set import LOCUS, SequenceSet, canonical_order
from .dividing import Wish, divide

NOT_STATED = "not stated"
_NAME = re.compile(r"[A-Za-z0-9][\w-]*", re.ASCII)
_CLASS = re.compile(r"[A-Za-z0-9][\w +-]*", re.ASCII)
_REGION_WIDTH = LOCUS["region"].itemsize // 4


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
    if length is not None and (not isinstance(length, Integral) or length < 1):
        raise DataError(f"A length of {length} bp cannot be. Take a whole number, 1 or more.")


def kin_of(parts: Sequence[Part]) -> list[np.ndarray | None]:
    """The places to split by, one array a class; None for all where no class has places.

    Beside classes that lie in a genome, the rows of one that does not lie each on a chromosome of
    its own: what is known of the others still counts.
    """
    places = [part.loci if part.kin is None else part.kin for part in parts]
    if all(one is None for one in places):
        return places
    return [
        own_places(part) if one is None else one for part, one in zip(parts, places, strict=True)
    ]


def own_places(part: Part) -> np.ndarray:
    """``sequence_set.LOCUS``, shape (n,): each row on a chromosome of its own."""
    places = np.zeros(len(part.ids), LOCUS)
    places["region"] = [f"row {i} of {part.name}"[:_REGION_WIDTH] for i in range(len(part.ids))]
    places["end"] = np.diff(part.offsets)
    places["strand"] = "+"
    return places


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
    _require_classes(name, parts)  # the user's first
    parts = sorted(parts, key=lambda part: part.name)
    true, whole = _join([part.loci for part in parts], parts), _join(kin_of(parts), parts)
    placed = all(part.loci is not None or part.kin is not None for part in parts)
    placed = placed and true.loci is not None
    side, said = divide(Dataset(name, whole, whole[:0]), wish, placed)
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


def _join(loci: Sequence[np.ndarray | None], parts: Sequence[Part]) -> SequenceSet:
    """All rows, with these places; a class without any gets empty ones beside others."""
    lengths = np.concatenate([np.diff(part.offsets) for part in parts])
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
        loci=np.concatenate(columns) if any(one is not None for one in loci) else None,
    )
