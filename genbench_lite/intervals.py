"""Coordinates to sequences: interval lists and reference genomes make a dataset.

The published lists name, for each sequence, a region, a start, an end and a strand.
Coordinates are 0-based and half-open: on ``ACGTTT``, 1 to 4 is ``CGT``.
"""

from __future__ import annotations

import difflib
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from . import sequence
from .dataset import Dataset
from .errors import DataError
from .reading.interval_lists import class_files, read_list, read_metadata, refuse
from .reading.references import Reference
from .sequence_set import SequenceSet, canonical_order

_NEAREST_OF = 5000  # comparing a misspelt name with every transcript would take seconds


def from_intervals(
    folder: str | Path,
    references: str | Path | Mapping[str, str | Path],
    missing: str = "raise",
) -> Dataset:
    """Build a dataset from interval lists and reference genomes.

    Parameters
    ----------
    folder : path
        In the published layout: ``metadata.yaml``, and in ``train/`` and ``test/`` (``valid/``
        where there is one) a list for each class, ``<class>.csv`` or ``<class>.csv.gz``, with the
        columns id, region, start, end, strand. Coordinates are 0-based, half-open, in bp; a
        missing strand reads as ``+``.
    references : path or mapping
        One FASTA file, plain or gzipped, for all classes; or a mapping from class name, or from
        the file name of the reference in ``metadata.yaml``, to such a file.
    missing : {"raise", "drop"}
        What to do with rows whose region is not in the reference, or which end behind the end of
        their region: refuse the list, or leave those rows out with a warning.

    Returns
    -------
    Dataset
        Rows ordered by class, then id. Classes are in sorted order, the same in every split.
        ``loci`` holds the coordinates as in the lists.

    Raises
    ------
    DataError
        If a list or ``metadata.yaml`` is missing or malformed, or a row cannot be read from the
        reference. The message names the file and the first such row.

    References
    ----------
    Gresova et al., Genomic benchmarks: a collection of datasets for genomic sequence
    classification, BMC Genomic Data 24:25 (2023), doi:10.1186/s12863-023-01123-8.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "toy.fa").write_text(">1\\nACGTTT\\n")
    >>> _ = (folder / "metadata.yaml").write_text("classes: {minus: {}, plus: {}}")
    >>> for split in ("train", "test"):
    ...     (folder / split).mkdir()
    ...     for name, row in (("plus", "0,chr1,1,4,+"), ("minus", "0,chr1,1,4,-")):
    ...         text = f"id,region,start,end,strand\\n{row}\\n"
    ...         _ = (folder / split / f"{name}.csv").write_text(text)
    >>> list(from_intervals(folder, folder / "toy.fa").train)
    [('ACG', 0), ('CGT', 1)]
    """
    if missing not in ("raise", "drop"):
        raise DataError(f'missing is "raise" or "drop", not {missing!r}.')
    folder = Path(folder)
    about = read_metadata(folder)
    files = class_files(folder, about)
    genomes = _open_references(about, references)
    splits, dropped, total = {}, 0, 0
    for split, paths in files.items():
        parts = [_read_class(paths[name], genomes[name], missing == "drop") for name in paths]
        kept = sum(len(part.ids) for part in parts)
        dropped += sum(part.dropped for part in parts)
        total += kept + sum(part.dropped for part in parts)
        if not kept:
            raise DataError(
                f"Not one row of {split}/ lies in the reference. Check that list and reference "
                f"are of one assembly; the reference begins with {_some_names(genomes)}."
            )
        splits[split] = _assemble(parts, tuple(about))
    if dropped:
        warnings.warn(
            f"Left out {dropped:,} of {total:,} rows of {folder.name}: their region is not in the "
            "reference, or they end behind its end.",
            stacklevel=2,
        )
    name = folder.resolve().name
    return Dataset(name, splits["train"], splits["test"], splits.get("valid"))


def _open_references(
    about: dict[str, dict[str, Any]], references: str | Path | Mapping[str, str | Path]
) -> dict[str, Reference]:
    opened: dict[Path, Reference] = {}
    genomes = {}
    for name, entry in about.items():
        url = str(entry.get("url", ""))
        if isinstance(references, Mapping):
            path = references.get(name, references.get(url.rpartition("/")[2]))
        else:
            path = references
        if path is None:
            source = f"Download {url}" if url else "Get its FASTA file"
            raise DataError(
                f"Class {name!r} has no reference. {source}; add {name!r}: <path> to the mapping."
            )
        path = Path(path)
        if path not in opened:
            opened[path] = Reference(path)
        genomes[name] = opened[path]
    return genomes


@dataclass(frozen=True)
class _Part:
    """The rows of one class in one split, in canonical order."""

    codes: np.ndarray
    lengths: np.ndarray
    ids: np.ndarray
    loci: np.ndarray
    dropped: int


def _read_class(path: Path, genome: Reference, drop: bool) -> _Part:
    ids, loci = read_list(path)
    rows = genome.find(loci["region"])
    unknown = rows < 0
    beyond = ~unknown & (loci["end"] > genome.lengths[rows])
    if not drop:
        _refuse_unreadable(path, genome, ids, loci, unknown, beyond)
    keep = np.flatnonzero(~(unknown | beyond))
    keep = keep[canonical_order(np.zeros(len(keep), np.int64), ids[keep])]
    rows, ids, loci = rows[keep], ids[keep], loci[keep]
    codes, offsets = genome.read(rows, loci["start"], loci["end"])
    turn(codes, offsets, loci["strand"] == "-")
    return _Part(codes, np.diff(offsets), ids, loci, len(unknown) - len(keep))


def turn(codes: np.ndarray, offsets: np.ndarray, minus: np.ndarray) -> None:
    """Replace the marked sequences by their reverse complement, in place."""
    lengths = np.diff(offsets)
    # gathered from the last to the first, then reversed as a whole: each turned, order kept
    last_to_first = np.flatnonzero(minus)[::-1]
    turned, _ = sequence.gather(codes, offsets[last_to_first], lengths[last_to_first])
    codes[np.repeat(minus, lengths)] = sequence.reverse_complement(turned)


def _assemble(parts: list[_Part], classes: tuple[str, ...]) -> SequenceSet:
    lengths = np.concatenate([part.lengths for part in parts])
    return SequenceSet(
        codes=np.concatenate([part.codes for part in parts]),
        offsets=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        labels=np.repeat(np.arange(len(parts)), [len(part.ids) for part in parts]),
        ids=np.concatenate([part.ids for part in parts]),
        classes=classes,
        loci=np.concatenate([part.loci for part in parts]),
    )


def _refuse_unreadable(
    path: Path,
    genome: Reference,
    ids: np.ndarray,
    loci: np.ndarray,
    unknown: np.ndarray,
    beyond: np.ndarray,
) -> None:
    aside = 'or leave such rows out with missing="drop".'
    fasta = genome.path.name
    region = str(loci["region"][unknown.argmax()])
    if unknown.any():
        near = difflib.get_close_matches(region, genome.names[:_NEAREST_OF], n=3, cutoff=0.5)
        has = f"Nearest there: {', '.join(near)}." if near else f"There: {_few(genome.names)}."
        what = f"has the region {region!r}, which is not in {fasta}"
        refuse(path, ids, unknown, what, f"{has} Check the name and the assembly, {aside}")
    what = f"ends at {loci['end'][beyond.argmax()]}, past the end of its region in {fasta}"
    refuse(path, ids, beyond, what, f"Check the assembly, {aside}")


def _some_names(genomes: dict[str, Reference]) -> str:
    return _few(next(iter(genomes.values())).names)


def _few(names: tuple[str, ...]) -> str:
    return ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
