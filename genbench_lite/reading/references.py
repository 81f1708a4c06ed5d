"""Reference genomes: any stretch of a FASTA file as codes, without reading the rest.

A FASTA file breaks its sequences into lines of one width. Base ``p`` therefore lies at byte
``offset + p // bases_per_line * bytes_per_line + p % bases_per_line``; the three numbers come
from the index (``.fai``) that pyfaidx builds. A gzipped file has no such arithmetic, so it is
decompressed once into the cache.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from pyfaidx import Faidx, FastaIndexingError, UnsupportedCompressionFormat

from .. import sequence
from ..errors import DataError, FetchError
from ..paths import CACHE_VARIABLE
from .fasta import cached_copy, plain_fasta

_MITOCHONDRION = ("M", "MT", "MtDNA", "mitochondrion_genome")  # UCSC, human, worm, fly
_VERSION = re.compile(r"\.\d+$")
# What pyfaidx raises for malformed files; text named .gz makes it look for Biopython.
_UNINDEXABLE = (
    FastaIndexingError,
    ImportError,
    RuntimeError,
    UnsupportedCompressionFormat,
    ValueError,
)
_BLOCK = 1 << 22  # bases read at a time


class Reference:
    """A FASTA file with random access.

    Parameters
    ----------
    path : str or Path
        FASTA, plain or gzipped (BGZF is gzip too). The index lies beside a plain file, or in the
        cache where that folder cannot be written. A gzipped file is decompressed into the cache
        on first use.

    Attributes
    ----------
    names : tuple of str
        The record names, in the order of the file.
    lengths : numpy.ndarray
        int64, shape (n,): the length of each record in bp.

    Raises
    ------
    DataError
        If the file is missing, damaged, or no FASTA file.
    FetchError
        If there is no room for the decompressed file or the index.

    Examples
    --------
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "toy.fa").write_text(">22\\nACG\\nTTN\\n>MT\\nGG\\n")
    >>> toy = Reference(folder / "toy.fa")
    >>> toy.names, toy.lengths, toy.resolve("chr22"), toy.resolve("chrM")
    (('22', 'MT'), array([6, 2]), '22', 'MT')
    >>> codes, offsets = toy.read([0, 1], [2, 0], [4, 2])
    >>> sequence.decode(codes), offsets
    ('GTGG', array([0, 2, 4]))
    """

    def __init__(self, path: str | Path):
        self.path = Path(path)
        fasta = plain_fasta(self.path)
        index = _read_index(fasta)
        index.close()
        records = [(r.rlen, r.offset, r.lenc, r.lenb) for r in index.index.values()]
        self.names = tuple(index.index)
        columns = np.array(records, np.int64).reshape(-1, 4).T
        self.lengths, self._offsets, self._line_bases, self._line_bytes = columns
        self._bytes = np.asarray(np.memmap(fasta, np.uint8, "r"))
        self._check_index(Path(index.indexname))
        self._rows = {name: row for row, name in enumerate(self.names)}
        self._unversioned: dict[str, str | None] = {}
        for name in self.names:
            bare = _VERSION.sub("", name)
            self._unversioned[bare] = None if bare in self._unversioned else name

    def __repr__(self) -> str:
        return f"Reference({self.path.name!r}: {len(self.names):,} records)"

    def resolve(self, region: str) -> str | None:
        """The record that a region name means, or None.

        In this order: the name itself; with and without ``chr``; the other names of the
        mitochondrial genome; the transcript without, or with, its version. That covers the rules
        in the published ``metadata.yaml`` files, and the lists that lack theirs.

        Examples
        --------
        See :class:`Reference`.
        """
        for spelling in _spellings(region):
            if spelling in self._rows:
                return spelling
        # two different versions of a transcript are two different sequences
        return self._unversioned.get(region)

    def find(self, regions: np.ndarray) -> np.ndarray:
        """Positions in :attr:`names`: int64, shape (n,); -1 where :meth:`resolve` knows none."""
        distinct, inverse = np.unique(regions, return_inverse=True)
        known = [self.resolve(str(region)) for region in distinct]
        rows = [-1 if name is None else self._rows[name] for name in known]
        return np.array(rows, np.int64)[inverse]

    def read(
        self, rows: np.ndarray, starts: np.ndarray, ends: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Read many intervals at once, from the forward strand.

        Parameters
        ----------
        rows : array of int
            Positions in :attr:`names`, shape (n,).
        starts, ends : array of int
            0-based, half-open, in bp, shape (n,).

        Returns
        -------
        codes : numpy.ndarray
            uint8, shape (sum of lengths,). Lower case reads as upper case, ambiguity letters as 4.
        offsets : numpy.ndarray
            int64, shape (n + 1,).

        Raises
        ------
        DataError
            If an interval is empty or leaves its record, or holds a character that is no DNA
            letter.
        """
        rows, starts, ends = (np.asarray(column, np.int64) for column in (rows, starts, ends))
        outside = (starts < 0) | (ends <= starts) | (ends > self.lengths[rows])
        if outside.any():
            i = int(outside.argmax())
            name, length = self.names[rows[i]], self.lengths[rows[i]]
            raise DataError(
                f"The interval {starts[i]}-{ends[i]} does not lie in {name!r}, which has {length} "
                "bp. Intervals are 0-based and half-open: 0 <= start < end <= length."
            )
        offsets = np.concatenate([[0], np.cumsum(ends - starts)]).astype(np.int64)
        codes = np.empty(offsets[-1], np.uint8)
        first = 0
        while first < len(rows):
            last = int(np.searchsorted(offsets, offsets[first] + _BLOCK, "right")) - 1
            block = slice(first, min(max(last, first + 1), len(rows)))
            first, begin = block.stop, offsets[first]
            codes[begin : offsets[first]] = self._block(rows[block], starts[block], ends[block])
        return codes, offsets

    def _block(self, rows: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
        begin = self._byte(rows, starts)
        stop = self._byte(rows, ends - 1) + 1
        if len(rows) == 1:
            raw = self._bytes[begin[0] : stop[0]]
        else:
            raw, _ = sequence.gather(self._bytes, begin, stop - begin)
        letters = raw.tobytes().translate(None, b"\r\n")
        try:
            return sequence.encode(letters)
        except DataError:
            self._name_illegal(letters, rows, starts, ends)
            raise

    def _byte(self, rows: np.ndarray, positions: np.ndarray) -> np.ndarray:
        lines, column = np.divmod(positions, self._line_bases[rows])
        return self._offsets[rows] + lines * self._line_bytes[rows] + column

    def _name_illegal(
        self, letters: bytes, rows: np.ndarray, starts: np.ndarray, ends: np.ndarray
    ) -> None:
        at = 0
        for row, start, end in zip(rows, starts, ends, strict=True):
            try:
                sequence.encode(letters[at : at + end - start])
            except DataError as error:
                place = f"{self.path.name}, region {self.names[row]!r}, {start}-{end}"
                raise DataError(f"{place}: {error}") from None
            at += end - start

    def _check_index(self, index: Path) -> None:
        """Refuse records whose last line is not where the arithmetic expects it."""
        filled = np.flatnonzero(self.lengths)
        last = self.lengths[filled] - 1
        line = self._byte(filled, last - last % self._line_bases[filled])
        after = self._byte(filled, last) + 1
        size = len(self._bytes)
        inside = (line > 0) & (after <= size)
        fits = inside & (self._bytes[np.where(inside, line - 1, 0)] == ord("\n"))
        fits &= (after == size) | np.isin(self._bytes[np.minimum(after, size - 1)], list(b"\r\n"))
        if not fits.all():
            name = self.names[filled[fits.argmin()]]
            raise DataError(
                f"The lines of {name!r} in {self.path.name} are not where the index {index} says. "
                "Remove that index; if the error stays, write the FASTA with lines of one width."
            )


def _spellings(region: str) -> Iterator[str]:
    bare = region.removeprefix("chr")
    yield from (region, bare, f"chr{bare}")
    if bare in _MITOCHONDRION:
        for name in _MITOCHONDRION:
            yield from (name, f"chr{name}")
    yield _VERSION.sub("", region)


def _read_index(fasta: Path) -> Faidx:
    beside = fasta.with_name(f"{fasta.name}.fai")
    try:
        if beside.exists() and os.path.getmtime(beside) >= os.path.getmtime(fasta):
            return Faidx(fasta, indexname=beside, build_index=False)
        place = beside if os.access(fasta.parent, os.W_OK) else cached_copy(fasta, ".fai")
        if place != beside and place.exists():  # its name holds the time of the FASTA
            return Faidx(fasta, indexname=place, build_index=False, rebuild=False)
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent) as folder:
            index = Faidx(fasta, indexname=Path(folder) / "fai")
            os.replace(index.indexname, place)
        index.indexname = str(place)
        return index
    except _UNINDEXABLE as error:
        raise DataError(
            f"{fasta} cannot be indexed ({error}). It needs unique names, lines of one width and "
            f"a name that says what it is (.fa or .fa.gz); an old {beside.name} can be removed."
        ) from error
    except OSError as error:
        raise FetchError(
            f"The index of {fasta} cannot be written ({error}). "
            f"Free some room, or set {CACHE_VARIABLE} to a folder on another disk."
        ) from error
