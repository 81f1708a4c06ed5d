"""Published archives, read straight into packed form.

An archive is a zip of one text file per sequence, ``<name>/<split>/<class>/<id>.txt``. The
files are never written out: each is inflated in memory, and all letters are encoded at once.
What an archive claims about itself is not believed: sizes, checksums, paths and letters are
checked, and one that could fill the memory is refused before it is unpacked.
"""

from __future__ import annotations

import mmap
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from ..dataset import SPLITS, Dataset
from ..errors import DataError
from ..sequence_set import SequenceSet, canonical_order

MAX_BASES = 1_000_000_000  # eight times the largest published archive
MAX_RATIO = 20  # letters of DNA deflate to a quarter; runs of N to less, but not all of it is N
SMALL = 16_000_000  # bases that do no harm, whatever the ratio
_MAX_ID = 200
_LOCAL_HEADER = struct.Struct("<4s22xHH")  # signature, then lengths of name and extra field
_ENCRYPTED, _UTF8 = 0x1, 0x800  # flag bits of a member
_MEMBER = re.compile(r"(?P<name>[^/]+)/(?P<split>[^/]+)/(?P<cls>[^/]+)/(?P<id>[^/]+)\.txt")


def from_archive(path: str | Path, name: str | None = None) -> Dataset:
    """Read a zip archive in the published layout.

    Parameters
    ----------
    path : path
        A zip of ``<name>/<split>/<class>/<id>.txt``, one sequence a file.
    name : str, optional
        Name that the archive must hold; the folder's name inside when left out.

    Returns
    -------
    Dataset
        Classes in sorted order, the same in every split; rows ordered by class, then by id.

    Raises
    ------
    DataError
        If the file is no zip, is damaged, holds unexpected or unsafe paths, an empty
        sequence, a letter that is none of DNA's, or would grow beyond all measure.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "toy_v0.zip"
    >>> with zipfile.ZipFile(path, "w") as z:
    ...     z.writestr("toy/train/negative/1.txt", "ACGT")
    ...     z.writestr("toy/train/positive/1.txt", "GG")
    ...     z.writestr("toy/test/positive/2.txt", "TT")
    >>> from_archive(path).train
    SequenceSet(2 sequences of 2 to 4 bp: 1 negative, 1 positive)
    """
    path = Path(path)
    members = _members(path)
    inside = sorted({member["name"] for _, member in members})
    if inside != [name or inside[0]]:
        raise DataError(
            f"{path.name} should hold the one folder {name or inside[0]!r}, but holds "
            f"{', '.join(inside[:5])}. Is it the archive of another dataset?"
        )
    texts = dict(zip((info.filename for info, _ in members), _inflate(path, members), strict=True))
    classes = sorted({member["cls"] for _, member in members})
    splits = {}
    for split in SPLITS:
        rows = [(info.filename, m["cls"], m["id"]) for info, m in members if m["split"] == split]
        if not rows:
            continue
        filenames, names, ids = zip(*rows, strict=True)
        labels = np.searchsorted(classes, names)
        order = canonical_order(labels, np.array(ids))
        splits[split] = SequenceSet.from_strings(
            [texts[filenames[i]] for i in order], labels[order], classes, [ids[i] for i in order]
        )
    if not {"train", "test"} <= set(splits):
        raise DataError(f"{path.name} has no train or no test split. Download it again.")
    return Dataset(inside[0], splits["train"], splits["test"], splits.get("valid"))


def _members(path: Path) -> list[tuple[zipfile.ZipInfo, re.Match[str]]]:
    """The sequence files of an archive, after all that can be checked without inflating."""
    try:
        with zipfile.ZipFile(path) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error) as error:
        raise DataError(_no_zip(path, error)) from error
    bases = sum(info.file_size for info in infos)
    if bases > min(MAX_BASES, max(MAX_RATIO * path.stat().st_size, SMALL)):
        raise DataError(
            f"{path.name} claims to hold {bases:,} letters in {path.stat().st_size:,} bytes: "
            "that is no archive of DNA, and it was not unpacked."
        )
    members = [(info, _parse(path, info)) for info in infos]
    if not members:
        raise DataError(f"{path.name} holds no sequences. Download it again.")
    names = [info.filename for info in infos]
    if len(set(names)) < len(names):
        raise DataError(f"{path.name} holds the same file twice. Download it again.")
    return members


def _parse(path: Path, info: zipfile.ZipInfo) -> re.Match[str]:
    member = _MEMBER.fullmatch(info.filename)
    if member is None or {".", ".."} & set(info.filename.split("/")) or "\\" in info.filename:
        raise DataError(
            f"{path.name} holds the path {info.filename[:100]!r}, but only "
            "<name>/<split>/<class>/<id>.txt is allowed. Nothing was unpacked."
        )
    if member["split"] not in SPLITS:
        raise DataError(f"{path.name} has the split {member['split']!r}: expected {SPLITS}.")
    if len(member["id"]) > _MAX_ID:
        raise DataError(f"{path.name} has an id of {len(member['id'])} letters. It is damaged.")
    if not info.file_size:
        raise DataError(f"The sequence file {info.filename} in {path.name} is empty.")
    return member


def _inflate(
    path: Path, members: Iterable[tuple[zipfile.ZipInfo, re.Match[str]]]
) -> Iterator[bytes]:
    """The bytes of each member.

    ``zipfile`` builds a stack of objects for every file it opens, which for small files
    costs ten times the inflating itself; this goes to the bytes directly and keeps its checks.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for info, _ in members:
            try:
                yield _inflate_one(data, info).rstrip(b"\r\n")
            except (zlib.error, struct.error, ValueError) as error:
                raise DataError(
                    f"{info.filename} in {path.name} is damaged ({error}). Download it again."
                ) from error


def _inflate_one(data: mmap.mmap, info: zipfile.ZipInfo) -> bytes:
    signature, name_length, extra_length = _LOCAL_HEADER.unpack_from(data, info.header_offset)
    name_start = info.header_offset + _LOCAL_HEADER.size
    name_end = name_start + name_length
    name = info.orig_filename.encode("utf-8" if info.flag_bits & _UTF8 else "cp437")
    if signature != b"PK\x03\x04" or data[name_start:name_end] != name:
        raise ValueError("another file lies where the table of contents puts it")
    if info.flag_bits & _ENCRYPTED:
        raise ValueError("it is encrypted")
    start = name_end + extra_length
    text = data[start : start + info.compress_size]
    if info.compress_type == zipfile.ZIP_DEFLATED:
        # one byte more than promised is enough to know that a member lies about its size
        text = zlib.decompressobj(-zlib.MAX_WBITS).decompress(text, info.file_size + 1)
    elif info.compress_type != zipfile.ZIP_STORED:
        raise ValueError(f"compression method {info.compress_type}, expected deflate")
    if len(text) != info.file_size or zlib.crc32(text) != info.CRC:
        raise ValueError("its letters do not match its checksum")
    return text


def _no_zip(path: Path, error: Exception) -> str:
    with path.open("rb") as file:
        head = file.read(512).lstrip().lower()
    if head.startswith((b"<!doctype", b"<html", b"<?xml")):
        return (
            f"{path.name} is a web page, not a zip archive: the server answered with an error "
            "or a login page. Try again later, or from another network."
        )
    return f"{path.name} is not a whole zip archive ({error}). Download it again."
