"""BED files: what people call one, read as it comes, or refused with the line and the cure.

The first three columns count (chromosome, start, end; 0-based, half-open), the fourth where it
names the rows, the sixth where it holds strands. So narrowPeak and broadPeak files are BED, too.
"""

from __future__ import annotations

import gzip
import re
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import DataError
from ..sequence_set import LOCUS

_NOT_DATA = ("#", "track", "browser")
_HEADERS = ("chrom", "chr", "chromosome", "region", "seqname", "seqnames")
_WHOLE = re.compile(r"-?[0-9]{1,15}")
_STRANDS = ("+", "-", ".", "")
_REGION_WIDTH = LOCUS["region"].itemsize // 4
_HALF_OPEN = "BED is 0-based, half-open: 0 <= start < end."


@dataclass(frozen=True)
class Bed:
    """The rows of a BED file, in the order of the file.

    Parameters
    ----------
    path : Path
        The file.
    region : numpy.ndarray
        str, shape (n,): chromosomes as the file names them.
    start, end : numpy.ndarray
        int64, shape (n,): 0-based, half-open, in bp.
    minus : numpy.ndarray
        bool, shape (n,): True on the minus strand; a missing strand reads as ``+``.
    names : numpy.ndarray or None
        str, shape (n,): the fourth column, where the file has one.
    lines : numpy.ndarray
        int64, shape (n,): line numbers, from 1.
    notes : tuple of str
        What a reader should know, such as a header that was skipped.
    """

    path: Path
    region: np.ndarray
    start: np.ndarray
    end: np.ndarray
    minus: np.ndarray
    names: np.ndarray | None
    lines: np.ndarray
    notes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.start)

    def refuse(self, marked: np.ndarray, what: str, advice: str) -> None:
        """Raise :class:`DataError` about the first marked row, where there is one."""
        if marked.any():
            row = int(marked.argmax())
            more = f" ({marked.sum():,} such rows)" if marked.sum() > 1 else ""
            where = f"{self.region[row]}:{self.start[row]}-{self.end[row]}"
            raise DataError(
                f"Line {self.lines[row]} of {self.path.name}, {where}, {what}{more}. {advice}"
            )


def read_bed(path: str | Path) -> Bed:
    """Read a BED file, plain or gzipped.

    Comments, ``track`` and ``browser`` lines, blank lines and a line of column names are skipped.
    Columns are separated by tabs, or by spaces where the file has no tab. Any order of rows will
    do.

    Parameters
    ----------
    path : path
        BED with three columns or more, narrowPeak or broadPeak.

    Returns
    -------
    Bed

    Raises
    ------
    DataError
        If the file is missing, damaged, empty or no BED file, or a row cannot be. The message
        names the line.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "peaks.bed"
    >>> rows = ["track name=x", "chr2\\t5\\t9\\tfirst\\t0\\t-", "chr1\\t0\\t4\\tsecond\\t0\\t+"]
    >>> _ = path.write_text("\\n".join(rows))
    >>> bed = read_bed(path)
    >>> bed.region.tolist(), bed.start.tolist(), bed.minus.tolist(), bed.names.tolist()
    (['chr2', 'chr1'], [5, 0], [True, False], ['first', 'second'])
    """
    path = Path(path)
    lines, fields, notes = _fields(path)
    _require_columns(path, lines, fields)
    _require_numbers(path, lines, fields)
    strands, strand_notes = _strands(path, fields)
    bed = Bed(
        path,
        np.array([row[0] for row in fields], dtype="U"),
        np.array([int(row[1]) for row in fields], np.int64),
        np.array([int(row[2]) for row in fields], np.int64),
        strands,
        np.array([row[3] for row in fields]) if min(map(len, fields)) > 3 else None,
        np.array(lines, np.int64),
        (*notes, *strand_notes),
    )
    bed.refuse(bed.start < 0, "has a negative start", _HALF_OPEN)
    bed.refuse(bed.end <= bed.start, "has an end that is not behind its start", _HALF_OPEN)
    bed.refuse(bed.region == "", "names no chromosome", "Fill the first column.")
    wide = np.char.str_len(bed.region) > _REGION_WIDTH
    long = f"has a chromosome name of more than {_REGION_WIDTH} letters"
    bed.refuse(wide, long, "Shorten it, there and in the FASTA file.")
    return bed


def read_text(path: Path) -> str:
    """The text of a file, plain or gzipped.

    Raises
    ------
    DataError
        If it is missing, damaged or no text.
    """
    try:
        raw = path.read_bytes()
        if raw.startswith(b"\x1f\x8b"):
            raw = gzip.decompress(raw)
        return raw.decode("utf-8-sig")
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{path} is cut off or damaged ({error}). Get the file again.") from error
    except OSError as error:
        raise DataError(f"{path} cannot be opened ({error.strerror}). Check the path.") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is no text file. Give a BED file, plain or gzipped.") from error


def _fields(path: Path) -> tuple[list[int], list[list[str]], list[str]]:
    """Line numbers and columns of the rows, and what is to be said about the rest."""
    text = read_text(path)
    if text.lstrip().startswith(">"):
        raise DataError(f"{path} is a FASTA file. Give a BED file here: coordinates, no letters.")
    rows = [
        (number, line)
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip() and not line.startswith(_NOT_DATA)
    ]
    separator = "\t" if any("\t" in line for _, line in rows[:100]) else None
    fields = [[word.strip() for word in line.split(separator)] for _, line in rows]
    notes = []
    if (
        fields
        and fields[0][0].lower() in _HEADERS
        and not _WHOLE.fullmatch("".join(fields[0][1:2]))
    ):
        notes.append(f"Line {rows[0][0]} of {path.name} holds column names and was skipped.")
        rows, fields = rows[1:], fields[1:]
    if not rows:
        what = "is empty" if not text.strip() else "holds headers and comments, but no row"
        raise DataError(f"{path} {what}. Give a BED file with at least one region.")
    return [number for number, _ in rows], fields, notes


def _require_columns(path: Path, lines: list[int], fields: list[list[str]]) -> None:
    for number, row in zip(lines, fields, strict=True):
        if len(row) < 3:
            commas = " Its columns seem to be separated by commas." if "," in row[0] else ""
            raise DataError(
                f"Line {number} of {path.name} has {len(row)} of the 3 columns that BED needs: "
                f"chromosome, start, end.{commas} Separate the columns by tabs."
            )


def _require_numbers(path: Path, lines: list[int], fields: list[list[str]]) -> None:
    for number, row in zip(lines, fields, strict=True):
        for column, name in ((1, "start"), (2, "end")):
            if not _WHOLE.fullmatch(row[column]):
                gff = len(row) > 4 and _WHOLE.fullmatch(row[3]) and _WHOLE.fullmatch(row[4])
                advice = "The second and third column of BED are whole numbers of bp."
                if gff:
                    advice = (
                        "This looks like GFF: make it BED (start one less), for example "
                        "with gff2bed."
                    )
                raise DataError(
                    f"Line {number} of {path.name} has {row[column]!r} as its {name}. {advice}"
                )


def _strands(path: Path, fields: list[list[str]]) -> tuple[np.ndarray, list[str]]:
    """bool, shape (n,): True for ``-``; and a note, where the sixth column holds no strands."""
    sixth = [row[5] if len(row) > 5 else "" for row in fields]
    if set(sixth) <= set(_STRANDS):
        return np.array([strand == "-" for strand in sixth]), []
    odd = next(strand for strand in sixth if strand not in _STRANDS)
    note = (
        f"Column 6 of {path.name} holds no strands (such as {odd!r}): all its rows are read "
        "from the + strand."
    )
    return np.zeros(len(sixth), bool), [note]
