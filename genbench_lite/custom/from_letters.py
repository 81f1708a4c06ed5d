"""From sequences without coordinates to a dataset: FASTA files, tables, shuffles."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from .. import sequence
from ..dataset import Dataset
from ..errors import DataError
from ..reading.fasta import read_fasta
from ..sequence_set import SequenceSet
from ..shuffling import dinucleotide_shuffle
from .assembling import (
    Part,
    assemble,
    name_of_file,
    own_places,
    require_length,
    require_name,
)
from .bed_files import read_text
from .dividing import Wish
from .naming import numbers

NEGATIVE, POSITIVE = "negative", "positive"


def from_fasta(
    positives: str | Path | Mapping[str, str | Path],
    negatives: str | Path | None = "shuffled",
    *,
    name: str | None = None,
    length: int | None = None,
    ratio: float = 1.0,
    split: str = "auto",
    test: float = 0.2,
    valid: float = 0.0,
    seed: int = 0,
) -> Dataset:
    """Make a dataset from FASTA files, one a class.

    Parameters
    ----------
    positives : path or mapping
        FASTA, plain or gzipped; the class is ``"positive"``. Or a mapping from class name to such
        a file.
    negatives : path, {"shuffled"} or None
        FASTA of the class ``"negative"``; or dinucleotide shuffles of the positives; or None,
        where the mapping has two classes or more.
    name : str, optional
        Name of the dataset; that of the first file when left out.
    length : int, optional
        Keep so many bp around the middle of every sequence; shorter ones are left out.
    ratio : float
        Shuffles for each positive.
    split : {"auto", "cluster", "length_matched"}
        As of :func:`genbench_lite.fair_split`; ``"auto"`` is ``"cluster"``, since sequences alone
        do not tell their chromosome. A shuffle stays with its positive.
    test, valid : float
        Shares of the rows. The published format has no validation split, hence 0.
    seed : int
        The same seed gives the same dataset.

    Returns
    -------
    Dataset
        Ids are the first words of the headers. The card says what was done.

    Raises
    ------
    DataError
        If a file cannot be used, an id comes twice in a class, or there is one class only.

    Examples
    --------
    >>> import tempfile
    >>> rng, path = np.random.default_rng(0), Path(tempfile.mkdtemp()) / "sites.fa"
    >>> records = [f">s{i}\\n{''.join(rng.choice(list('ACGT'), 80))}\\n" for i in range(50)]
    >>> _ = path.write_text("".join(records))
    >>> from_fasta(path)
    Dataset('sites'
      train = SequenceSet(80 sequences of 80 bp: 40 negative, 40 positive)
      test  = SequenceSet(20 sequences of 80 bp: 10 negative, 10 positive))
    """
    wish = Wish(split, test, valid, seed)
    require_length(length)
    files = files_by_class(positives, negatives)
    if negatives is not None and str(negatives) != "shuffled":
        files[NEGATIVE] = Path(negatives)
    name = require_name(name_of_file(next(iter(files.values()))) if name is None else name)
    read = [letters_part(cls, path, length) for cls, path in files.items()]
    parts, notes = [part for part, _ in read], [note for _, said in read for note in said]
    about = ""
    if str(negatives) == "shuffled":
        parts, about = shuffled_part(parts, NEGATIVE, ratio, seed)
    source = ", ".join(path.name for path in files.values())
    return assemble(name, parts, wish, notes, about, source)


def files_by_class(
    positives: str | Path | Mapping[str, str | Path], negatives: str | Path | None
) -> dict[str, Path]:
    """By class, the files of positives.

    Raises
    ------
    DataError
        If there is none, if they cannot make two classes, or make ``"negative"`` twice.
    """
    files = positives if isinstance(positives, Mapping) else {POSITIVE: positives}
    if not files:
        raise DataError("The mapping of positives is empty. Give a file for each class.")
    if negatives is None and len(files) < 2:
        raise DataError(
            "One file of positives is one class: there is nothing to tell apart. Say what the "
            "negatives are, or give a mapping of two classes or more."
        )
    if negatives is not None and NEGATIVE in files:
        raise DataError(
            f"The class {NEGATIVE!r} is given as a file, and negatives={str(negatives)!r} would "
            "make it again. Say negatives=None."
        )
    return {str(cls): Path(path) for cls, path in files.items()}


def is_fasta(path: Path) -> bool:
    """Whether a file begins as FASTA files do."""
    return read_text(path).lstrip().startswith((">", ";"))


def letters_part(cls: str, path: Path, length: int | None) -> tuple[Part, list[str]]:
    """The sequences of a FASTA file as a class, and what was done to them.

    Raises
    ------
    DataError
        If the file is no FASTA file of DNA, or no sequence is long enough.
    """
    rows = read_fasta(path)
    if (rows.codes == sequence.UNKNOWN).any():
        _refuse_rna(path)
    if not all(rows.ids.tolist()):
        rows = replace(rows, ids=numbers(len(rows)))
    return part_of(cls, rows, path.name, length)


def part_of(cls: str, rows: SequenceSet, whence: str, length: int | None) -> tuple[Part, list[str]]:
    """Sequences as a class, cut to length, and what is to be said of them."""
    notes, n = [], len(rows)
    if length is not None:
        rows = rows[rows.lengths >= length]
        if not len(rows):
            raise DataError(f"No sequence of {whence} has {length:,} bp. Take a smaller length.")
        starts = rows.offsets[:-1] + (rows.lengths - length) // 2
        codes, offsets = sequence.gather(rows.codes, starts, np.full(len(rows), length))
        rows = replace(rows, codes=codes, offsets=offsets)
        note = f"{whence}: {len(rows):,} of {n:,} sequences were cut to the {length:,} bp around "
        note += "their middle"
        notes.append(
            f"{note}; the others are shorter and were left out." if len(rows) < n else f"{note}."
        )
    torn = np.logical_or.reduceat(rows.codes == sequence.UNKNOWN, rows.offsets[:-1]).sum()
    if torn:
        notes.append(
            f"{torn:,} of {len(rows):,} sequences of {whence} hold letters other than A, C, G and "
            "T. Each such letter counts as unknown (N)."
        )
    return Part(cls, rows.codes, rows.offsets, rows.ids, f"sequences of {whence}"), notes


def shuffled_part(
    parts: Sequence[Part], cls: str, ratio: float, seed: int
) -> tuple[list[Part], str]:
    """Add dinucleotide shuffles of all rows as a class.

    Parameters
    ----------
    parts : sequence of Part
        The positives.
    cls : str
        Name of the new class.
    ratio : float
        Shuffles for each row.
    seed : int

    Returns
    -------
    parts : list of Part
        The new one last. Each shuffle is of kin with what was shuffled.
    about : str
        How they were made.

    Raises
    ------
    DataError
        If no sequence can be shuffled into another, or ``ratio`` asks for none.
    """
    parts = [
        part if part.loci is not None else replace(part, kin=own_places(part)) for part in parts
    ]
    lengths = np.concatenate([np.diff(part.offsets) for part in parts])
    codes = np.concatenate([part.codes for part in parts])
    places = np.concatenate([part.kin if part.loci is None else part.loci for part in parts])
    n, wanted = len(lengths), round(ratio * len(lengths)) if 0 < ratio < np.inf else 0
    if not wanted:
        raise DataError(f"A ratio of {ratio} asks for no number of negatives. Take 1 or so.")
    rng = np.random.default_rng(seed)
    rows = np.sort(np.concatenate([rng.permutation(n) for _ in range(-(-wanted // n))])[:wanted])
    starts = np.cumsum(lengths) - lengths
    codes, offsets = sequence.gather(codes, starts[rows], lengths[rows])
    before = SequenceSet(codes, offsets, np.zeros(wanted, np.int64), numbers(wanted), ("any",))
    after = dinucleotide_shuffle(before, seed)
    changed = np.logical_or.reduceat(before.codes != after.codes, offsets[:-1])
    after = after[changed]
    about = (
        "Each is a positive with its letters shuffled so that every pair of neighbours comes as "
        f"often as before (dinucleotide shuffle, seed {seed})."
    )
    if not changed.all():
        same = int((~changed).sum())
        about += f" {same:,} that came out as they went in were left out."
        warnings.warn(f"{same:,} of {wanted:,} shuffles are no different: left out.", stacklevel=3)
    if not len(after):
        raise DataError("No sequence can be shuffled into another. Give longer ones.")
    meaning = "dinucleotide shuffles of the positives"
    kin = places[rows[changed]]
    added = Part(cls, after.codes, after.offsets, numbers(len(after)), meaning, kin=kin)
    return [*parts, added], about


def _refuse_rna(path: Path) -> None:
    lines = read_text(path).splitlines()
    if any("U" in line.upper() for line in lines if not line.startswith((">", ";"))):
        raise DataError(
            f"{path} holds the letter U: it is RNA. Write it as DNA, for example with "
            "sed '/^>/!y/Uu/Tt/'."
        )
