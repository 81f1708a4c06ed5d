"""FASTA files on disk: what is one, and how a gzipped one becomes plain."""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import shutil
import zlib
from pathlib import Path

import numpy as np
from filelock import FileLock
from tqdm.auto import tqdm

from ..errors import DataError, FetchError, GenbenchError
from ..paths import CACHE_VARIABLE, cache_folder
from ..sequence_set import SequenceSet

_CHUNK = 1 << 20  # bytes decompressed at a time
_LEAST_RATIO = 3  # gzip makes DNA 3.5 times smaller or more


def plain_fasta(path: Path) -> Path:
    """The same FASTA file, not gzipped: the file itself, or its copy in the cache.

    A gzipped file (BGZF is gzip too) is decompressed on first use, under a lock, so that two
    processes may ask at once.

    Parameters
    ----------
    path : Path
        FASTA, plain or gzipped; its first bytes count, not its name.

    Raises
    ------
    DataError
        If the file is missing, damaged, or no FASTA file.
    FetchError
        If there is no room for the copy.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_CHUNK)
    except OSError as error:
        raise DataError(
            f"The FASTA file {path} cannot be opened ({error.strerror}). Check the path."
        ) from error
    if not _is_gzip(head):
        _require_fasta(head, path)
        return path
    target = cached_copy(path, ".fa")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{target}.lock"):
            if not target.exists():
                _decompress(path, target)
    except GenbenchError:
        raise
    except OSError as error:
        raise _no_room(path, target.parent, str(error.strerror)) from error
    return target


def _decompress(path: Path, target: Path) -> None:
    size = path.stat().st_size
    free = shutil.disk_usage(target.parent).free
    if free < size * _LEAST_RATIO:
        raise _no_room(path, target.parent, f"{free / 1e6:,.0f} MB are free")
    part = target.with_suffix(".part")
    try:
        with (
            path.open("rb") as raw,
            gzip.open(raw) as letters,
            part.open("wb") as out,
            tqdm(total=size, unit="B", unit_scale=True, desc=f"Decompress {path.name}") as bar,
        ):
            chunk = letters.read(_CHUNK)
            _require_fasta(chunk, path)
            while chunk:
                out.write(chunk)
                bar.update(raw.tell() - bar.n)
                chunk = letters.read(_CHUNK)
        room = part.stat().st_size
        os.replace(part, target)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise _damaged(path, error) from error
    finally:
        part.unlink(missing_ok=True)
    print(f"{path.name} is decompressed once and takes {room / 1e6:,.1f} MB: {target}")


def read_fasta(path: Path) -> SequenceSet:
    """Read a whole FASTA file into memory; lines may be of any width.

    Parameters
    ----------
    path : Path
        FASTA, plain or gzipped.

    Returns
    -------
    SequenceSet
        In the order of the file; ids are the first words of the headers. There are no classes to
        tell: all labels are 0.

    Raises
    ------
    DataError
        If the file is missing, damaged, or no FASTA file, or if a sequence is empty.
    """
    try:
        raw = path.read_bytes()
        text = gzip.decompress(raw) if _is_gzip(raw) else raw
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise _damaged(path, error) from error
    except OSError as error:
        raise DataError(f"{path} cannot be opened ({error.strerror}). Check the path.") from error
    _require_fasta(text, path)
    records = (b"\n" + text).split(b"\n>")[1:]
    if not records:
        raise DataError(f"{path} holds comments but no sequence. Give a FASTA file with sequences.")
    heads, bodies = zip(*(record.partition(b"\n")[::2] for record in records), strict=True)
    ids = [(head.split() or [b""])[0].decode("utf-8", "replace") for head in heads]
    letters = [body.translate(None, b"\r\n") for body in bodies]
    return SequenceSet.from_strings(letters, np.zeros(len(ids), np.int64), ["query"], ids)


def cached_copy(path: Path, suffix: str) -> Path:
    """Where the cache keeps what was made from this file, as it is now."""
    path = path.resolve()
    about = path.stat()
    key = f"{path}|{about.st_size}|{about.st_mtime_ns}".encode()
    stem = re.sub(r"(\.(fa|fna|fasta))?(\.b?gz)?$", "", path.name)
    return cache_folder() / "references" / f"{stem}-{hashlib.sha256(key).hexdigest()[:12]}{suffix}"


def _is_gzip(head: bytes) -> bool:
    return head.startswith(b"\x1f\x8b")


def _require_fasta(head: bytes, path: Path) -> None:
    text = head.lstrip()
    if text.startswith((b">", b";")):  # a semicolon opens a comment in old FASTA files
        return
    what = "it is empty" if not text else "it does not begin with '>'"
    if text.startswith(b"<"):
        what = "it is a web page, perhaps of a server that asks for a login"
    raise DataError(f"{path} is no FASTA file: {what}. Give a FASTA file, plain or gzipped.")


def _damaged(path: Path, error: Exception) -> DataError:
    return DataError(f"{path} is cut off or damaged ({error}). Get the file again.")


def _no_room(path: Path, folder: Path, why: str) -> FetchError:
    least = path.stat().st_size * _LEAST_RATIO / 1e6
    return FetchError(
        f"{path.name} cannot be decompressed into {folder} ({why}). It takes {least:,.1f} MB or "
        f"more: free some room, or set {CACHE_VARIABLE} to a folder on another disk."
    )
