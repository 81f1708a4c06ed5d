"""What the files of a dataset will hold, class by class: ids, letters, places, reference."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..dataset import Dataset
from ..errors import DataError
from .naming import is_portable, numbers

_RECORD = "seq_"  # in front of the id, which could be a number

Row = tuple[str, str, tuple[str, int, int, str]]


@dataclass(frozen=True)
class ClassRows:
    """One class, ready to be written.

    Parameters
    ----------
    name : str
        The class.
    entry : dict
        Its entry in ``metadata.yaml``.
    own_reference : bool
        True if its rows lie in no genome, so that they need a FASTA file of their own.
    renumbered : bool
        True if its ids could not name files, so that they are now numbers.
    old_ids : dict of str to list
        By split, the ids of the dataset.
    rows : dict of str to list
        By split, for each row its id, its letters, and its region, start, end and strand.
    """

    name: str
    entry: dict[str, Any]
    own_reference: bool
    renumbered: bool
    old_ids: dict[str, list[str]]
    rows: dict[str, list[Row]]

    def records(self) -> Iterator[tuple[str, str]]:
        """Header and letters of each row, for a FASTA file; an id that is gone is in the header."""
        for split, rows in self.rows.items():
            for (_, letters, (region, *_)), old in zip(rows, self.old_ids[split], strict=True):
                words = old.split()  # a line break would begin another record
                yield (" ".join([region, *words]) if self.renumbered else region), letters


def lie_nowhere(ids: np.ndarray, loci: np.ndarray) -> bool:
    """Whether the rows of a list are records of a FASTA file of their own, not of a genome."""
    records = np.char.add(_RECORD, ids.astype("U"))
    return bool((loci["region"] == records).all() and (loci["start"] == 0).all())


def require_genome_url(url: str | None) -> None:
    """Raise :class:`DataError` if an address does not end in the name of a gzipped file."""
    if url is not None and not re.search(r"[^/]\.gz$", url):
        raise DataError(
            f"The address {url} of the genome does not end in the name of a gzipped FASTA file, "
            "such as .../genome.fa.gz, and the reference package reads no other."
        )


def collect(dataset: Dataset, name: str, genome_url: str | None) -> list[ClassRows]:
    """Lay a dataset out for writing.

    Parameters
    ----------
    dataset : Dataset
    name : str
        Its name in the files.
    genome_url : str, optional
        Where the genome can be downloaded.

    Raises
    ------
    DataError
        If a split has no row of some class: the format knows no empty lists.
    """
    for split, part in dataset.splits.items():
        absent = np.setdiff1d(np.arange(len(dataset.classes)), part.labels)
        if len(absent):
            raise DataError(
                f"The {split} split of {dataset.name} has no row of class "
                f"{dataset.classes[absent[0]]!r}, and every list needs one. Split it anew, for "
                "example with gbl.fair_split."
            )
    stems = [re.sub("[^A-Za-z0-9_-]", "_", cls) for cls in dataset.classes]
    if len({stem.casefold() for stem in stems}) < len(stems):  # such as "a b" and "a+b"
        stems = [f"{number}_{stem}" for number, stem in enumerate(stems)]
    return [
        _collect(dataset, number, f"{name}.{stem}.fa.gz", genome_url)
        for number, stem in enumerate(stems)
    ]


def _collect(dataset: Dataset, number: int, fasta: str, genome_url: str | None) -> ClassRows:
    cls = dataset.classes[number]
    parts = {split: s[s.labels == number] for split, s in dataset.splits.items()}
    old = {split: part.ids.tolist() for split, part in parts.items()}
    ids = _portable(old)
    entry = _genome_entry(dataset, cls)
    placed = [p.loci is not None and bool((p.loci["region"] != "").all()) for p in parts.values()]
    own = entry is None or not all(placed)
    if own:
        entry = {"type": "fa.gz", "url": fasta}
    assert entry is not None
    rows: dict[str, list[Row]] = {}
    for split, part in parts.items():
        if own:
            ends = part.lengths.tolist()
            places = [(_RECORD + i, 0, n, "+") for i, n in zip(ids[split], ends, strict=True)]
        else:
            assert part.loci is not None
            places = part.loci.tolist()
        rows[split] = list(zip(ids[split], part.sequences, places, strict=True))
    if not own and genome_url:
        entry = {**entry, "url": genome_url}
    return ClassRows(cls, entry, own, ids != old, old, rows)


def _genome_entry(dataset: Dataset, cls: str) -> dict[str, Any] | None:
    about = dataset.card.metadata if dataset.card is not None else None
    return (about or {}).get("classes", {}).get(cls)


def _portable(ids: dict[str, list[str]]) -> dict[str, list[str]]:
    """The ids by split, or numbers, where they cannot name files."""
    everything = [one for some in ids.values() for one in some]
    if is_portable(np.array(everything)):
        return ids
    anew = iter(numbers(len(everything)).tolist())
    return {split: [next(anew) for _ in some] for split, some in ids.items()}
