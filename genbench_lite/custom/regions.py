"""BED rows on a genome: which record is meant, where it ends, what has to be left out."""

from __future__ import annotations

import difflib
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ..errors import DataError
from ..intervals import turn
from ..reading.references import Reference
from ..sequence import UNKNOWN
from .bed_files import Bed, read_bed
from .free_places import merged

_NEAREST_OF = 5000  # comparing a misspelt name with every transcript would take seconds
_REFSEQ = re.compile(r"nc_0*(\d+)\.\d+")
_SEX = {"23": "X", "24": "Y"}  # RefSeq numbers the human chromosomes through


@dataclass(frozen=True)
class Regions:
    """Stretches of a genome, ordered by record, start, end and strand.

    Parameters
    ----------
    genome : Reference
    row : numpy.ndarray
        int64, shape (n,): positions in ``genome.names``.
    start, end : numpy.ndarray
        int64, shape (n,): 0-based, half-open, in bp.
    minus : numpy.ndarray
        bool, shape (n,): True on the minus strand.
    names : numpy.ndarray or None
        str, shape (n,): what the file calls them.
    """

    genome: Reference
    row: np.ndarray
    start: np.ndarray
    end: np.ndarray
    minus: np.ndarray
    names: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.row)

    @property
    def lengths(self) -> np.ndarray:
        """int64, shape (n,), in bp."""
        return self.end - self.start

    def take(self, rows: np.ndarray) -> Regions:
        """Some of them, by mask or index array, in that order."""
        names = None if self.names is None else self.names[rows]
        columns = (self.row[rows], self.start[rows], self.end[rows], self.minus[rows])
        return Regions(self.genome, *columns, names)

    def letters(self) -> tuple[np.ndarray, np.ndarray]:
        """Codes and offsets, as :class:`~genbench_lite.SequenceSet` holds them; minus turned."""
        codes, offsets = self.genome.read(self.row, self.start, self.end)
        turn(codes, offsets, self.minus)
        return codes, offsets

    def meet(self, others: Regions, margin: int = 0) -> np.ndarray:
        """bool, shape (n,): those with a base within ``margin`` bp of one of the others."""
        hit = np.zeros(len(self), bool)
        for row in np.unique(self.row):
            here, there = self.row == row, others.row == row
            starts, ends = merged(others.start[there] - margin, others.end[there] + margin)
            # of merged stretches, the first that ends behind a start is the one it may meet
            near = np.searchsorted(ends, self.start[here], "right")
            begins = np.append(starts, np.iinfo(np.int64).max)[near]
            hit[here] = begins < self.end[here]
        return hit


def join(parts: Sequence[Regions]) -> Regions:
    """All of them, one part behind the other, without their names."""
    names = ("row", "start", "end", "minus")
    columns = (np.concatenate([getattr(part, name) for part in parts]) for name in names)
    return Regions(parts[0].genome, *columns)


def place(
    path: str | Path,
    genome: Reference,
    length: int | None = None,
    missing: str = "raise",
    avoid: Regions | None = None,
) -> tuple[Regions, list[str]]:
    """Read a BED file onto a genome.

    Parameters
    ----------
    path : path
        BED, plain or gzipped.
    genome : Reference
    length : int, optional
        Cut or extend every row to so many bp around its middle.
    missing : {"raise", "drop"}
        What to do about rows whose chromosome is not in the genome, or that end behind its end.
    avoid : Regions, optional
        Rows that share a base with one of these are left out.

    Returns
    -------
    regions : Regions
        Each place once, without unknown letters.
    notes : list of str
        What was done, in sentences.

    Warns
    -----
    UserWarning
        If rows were left out; it says how many and why.

    Raises
    ------
    DataError
        If the file is no BED file, a row does not lie in the genome, or none is left.
    """
    bed = read_bed(path)
    notes = list(bed.notes)
    rows, inside, named = _find(bed, genome, missing == "drop")
    notes += named
    regions = Regions(genome, rows, bed.start, bed.end, bed.minus, bed.names)
    out = {f"lie outside of {genome.path.name}": int((~inside).sum())}
    regions = regions.take(inside)
    if length is not None:
        start = (regions.start + regions.end) // 2 - length // 2
        fits = (start >= 0) & (start + length <= genome.lengths[regions.row])
        out[f"have no room for {length:,} bp"] = int((~fits).sum())
        regions = replace(regions, start=start, end=start + length).take(fits)
    regions, repeated = _once(regions)
    out["repeat another row"] = repeated
    if avoid is not None:
        hit = regions.meet(avoid)
        out["meet the blacklist"] = int(hit.sum())
        regions = regions.take(~hit)
    known = _known(regions)
    out["hold unknown letters (N)"] = int((~known).sum())
    regions = regions.take(known)
    notes.append(_account(bed.path.name, len(bed), len(regions), out))
    if not len(regions):
        raise DataError(f"No row is left. {notes[-1]} {_cure(out)}")
    if len(regions) < len(bed):
        warnings.warn(notes[-1], stacklevel=3)
    return regions, notes + _crowding(bed.path.name, regions)


def read_blacklist(path: str | Path, genome: Reference, what: str = "the blacklist") -> Regions:
    """Read the regions to stay away from; of other genomes' chromosomes nothing is asked.

    Parameters
    ----------
    path : path
        BED, plain or gzipped.
    genome : Reference
    what : str
        What messages call the file.

    Returns
    -------
    Regions
        Those that lie on the genome, cut at the ends of its chromosomes.

    Raises
    ------
    DataError
        If the file is no BED file, or none of its chromosomes is in the genome.
    """
    bed = read_bed(path)
    rows = genome.find(bed.region)
    if (rows < 0).all():
        region = str(bed.region[0])
        raise DataError(
            f"No chromosome of {what} {bed.path.name} is in {genome.path.name}: its first "
            f"is {region!r}. {_advice(region, genome)}"
        )
    end = np.minimum(bed.end, genome.lengths[rows])
    inside = (rows >= 0) & (bed.start < end)
    return Regions(genome, rows, bed.start, end, bed.minus).take(inside)


def _find(bed: Bed, genome: Reference, drop: bool) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """The record of each row, whether the row lies inside it, and what names were translated."""
    rows = genome.find(bed.region)
    unknown = rows < 0
    beyond = ~unknown & (bed.end > genome.lengths[rows])
    if not drop:
        region = str(bed.region[unknown.argmax()])
        bed.refuse(
            unknown,
            f"lies on {region!r}, which is not in {genome.path.name}",
            f'{_advice(region, genome)} Or leave such rows out with missing="drop" '
            "(--missing drop).",
        )
        size = genome.lengths[rows[beyond.argmax()]]
        bed.refuse(
            beyond,
            f"ends past the end of its chromosome, which has {size:,} bp in {genome.path.name}",
            "Check that BED and genome are of one assembly, or leave such rows out with "
            'missing="drop" (--missing drop).',
        )
    spelt = {
        str(name): genome.names[genome.find(np.array([name]))[0]]
        for name in np.unique(bed.region[~unknown])
    }
    other = [f"{name} as {record}" for name, record in spelt.items() if name != record]
    notes = []
    if other:
        few = ", ".join(other[:3]) + (", ..." if len(other) > 3 else "")
        notes.append(f"Chromosome names of {bed.path.name} were read as the genome's: {few}.")
    return rows, ~(unknown | beyond), notes


def _advice(region: str, genome: Reference) -> str:
    """How to mend a name that the genome does not have."""
    known = {name.lower(): name for name in reversed(genome.names)}
    bare = re.sub(r"^(chromosome|chrom|chr)[ _.-]*", "", region.lower())
    accession = _REFSEQ.fullmatch(region.lower())
    if accession:
        bare = _SEX.get(accession[1], accession[1]).lower()
    right = next((known[name] for name in (bare, f"chr{bare}") if name in known), None)
    if right is not None:
        return (
            f"The genome calls it {right!r}: write that in the first column, for example with "
            f"sed 's/^{re.escape(region)}\\t/{right}\\t/'."
        )
    near = difflib.get_close_matches(region, genome.names[:_NEAREST_OF], n=3, cutoff=0.6)
    some = ", ".join(near or genome.names[:5]) + (", ..." if len(genome.names) > 5 else "")
    return f"{'Nearest there' if near else 'There'}: {some}. Is it the FASTA of another assembly?"


def _once(regions: Regions) -> tuple[Regions, int]:
    """Each place once, in order, and how many rows repeated one; the + strand goes first."""
    order = np.lexsort((regions.minus, regions.end, regions.start, regions.row))
    regions = regions.take(order)
    columns = np.stack([regions.row, regions.start, regions.end])
    new = np.ones(len(regions), bool)
    new[1:] = (columns[:, 1:] != columns[:, :-1]).any(axis=0)
    return regions.take(new), int((~new).sum())


def _known(regions: Regions) -> np.ndarray:
    """bool, shape (n,): those without an unknown letter."""
    if not len(regions):
        return np.zeros(0, bool)
    codes, offsets = regions.letters()
    return ~np.logical_or.reduceat(codes == UNKNOWN, offsets[:-1])


def _cure(out: dict[str, int]) -> str:
    """What to do where every row was left out, by what took most."""
    most = max(out, key=lambda why: out[why])
    if most.startswith("have no room"):
        return "Take a smaller length."
    if most.startswith("meet"):
        return "Check that it is the right blacklist."
    return "Check that BED and genome are of one assembly."


def _account(name: str, rows: int, left: int, out: dict[str, int]) -> str:
    if left == rows:
        return f"{name}: all {rows:,} rows are used."
    reasons = ", ".join(f"{count:,} {why}" for why, count in out.items() if count)
    return f"{name}: {left:,} of {rows:,} rows are used; left out: {reasons}."


def _crowding(name: str, regions: Regions) -> list[str]:
    """A note on rows that overlap; they are in order."""
    shift = np.concatenate([[0], np.cumsum(regions.genome.lengths)])[regions.row]
    again = (regions.start + shift)[1:] < np.maximum.accumulate(regions.end + shift)[:-1]
    if not again.any():
        return []
    return [
        f"{name}: {again.sum():,} of these rows overlap an earlier one. They are kept as they "
        "are; a fair split puts rows that overlap on one side."
    ]
