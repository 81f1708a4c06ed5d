"""Datasets onto this disk, once, and from there ever after.

Each dataset has one folder in the cache. It is prepared under a temporary name and renamed
when complete, so that a reader never sees half of it; a lock lets many processes ask at once
while one of them fetches.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from .cards import Card, card, list_datasets
from .dataset import FORMAT, Dataset, open_folder
from .errors import DataError, FetchError, GenbenchError, UnknownNameError
from .paths import cache_folder


def load(name: str, split: str = "published") -> Dataset:
    """Open a dataset; the first time, fetch it.

    Parameters
    ----------
    name : str
        One of :func:`genbench_lite.list_datasets`; or the path of a folder that
        :func:`genbench_lite.write_dataset` or ``genbench-lite new`` made, which is read from there
        and keeps its split.
    split : {"published", "fair"}
        Train and test as published, or the split that ships with the package, without leaks as
        far as coordinates tell, and with a validation split;
        :func:`genbench_lite.audits.shipped_splits.fair_split_of` says how it was made. An embedded
        dataset keeps its split: by chromosome, where repeats lie on several, or drawn one by one.

    Returns
    -------
    Dataset
        Its splits are memory maps of the cache, or the data embedded in the package; those of a
        fair split are in memory.

    Raises
    ------
    UnknownNameError
        If there is no such dataset or split; the nearest name is suggested.
    FetchError
        If no source delivers it, or the cache cannot be used.
    DataError
        If a fair split is asked for, and the copy in the cache came without ids.

    Examples
    --------
    >>> load("demo_open_chromatin_cells").test[0][0][:10]
    'TCCCTCAGAC'
    """
    if split not in ("published", "fair"):
        raise UnknownNameError("split", split, ("published", "fair"))
    if str(name) not in list_datasets() and (Path(name) / "metadata.yaml").is_file():
        from .custom.opening import open_written

        return open_written(name)
    about = card(name)
    if about.embedded:
        return _embedded(about)
    dataset = _published(about)
    if split == "published":
        return dataset
    from .audits.shipped_splits import fair

    return fair(dataset)


def download(name: str) -> Path:
    """Fetch a dataset into the cache, unless it is there.

    The sources are tried in turn: the archive on Zenodo, the parquet copies on the Hugging
    Face hub, the interval lists with a reference genome.

    Returns
    -------
    pathlib.Path
        The dataset's folder in the cache; the package's data folder for an embedded one.

    Raises
    ------
    UnknownNameError, FetchError
        As :func:`load`.
    """
    about = card(name)
    if about.embedded:
        from .demo import OPEN_CHROMATIN

        return OPEN_CHROMATIN.parent
    with _disk_trouble_explained():
        if not _folder(name).exists():
            _fetch_once(about)
    return _folder(name)


def is_downloaded(name: str) -> bool:
    """Whether :func:`load` can open the dataset without a network."""
    about = card(name)
    with _disk_trouble_explained():
        return about.embedded or _folder(name).exists()


def remove(name: str, forget_checksum: bool = False) -> bool:
    """Delete a dataset from the cache.

    Parameters
    ----------
    name : str
        A dataset that is not embedded.
    forget_checksum : bool
        Also forget what its files looked like, so that a changed archive is accepted.

    Returns
    -------
    bool
        Whether there was anything to delete.
    """
    if card(name).embedded:
        raise GenbenchError(f"{name} ships inside the package and stays there.")
    folder = _folder(name)
    with _disk_trouble_explained():
        if forget_checksum:
            _checksums(name).unlink(missing_ok=True)
        if not folder.exists():
            return False
        with _locked(name), _workplace(name) as workplace:
            if folder.exists():
                folder.rename(workplace / name)  # at once: nobody opens what is half deleted
        return True


def check_rows(dataset: Dataset, about: Card) -> None:
    """Hold a dataset against its card.

    Raises
    ------
    DataError
        If classes or row counts differ.
    """
    if dataset.classes != about.classes:
        raise DataError(
            f"{about.name} should have the classes {', '.join(about.classes)}, but has "
            f"{', '.join(dataset.classes)}. Is it another dataset's archive?"
        )
    for split, rows in about.rows.items():
        found = getattr(dataset, split)
        counts = np.bincount([] if found is None else found.labels, minlength=len(rows))
        for cls, count in zip(about.classes, counts.tolist(), strict=True):
            if count != rows[cls]:
                raise DataError(
                    f"{about.name} should have {rows[cls]:,} rows of {cls} in {split}, but has "
                    f"{count:,}. It is incomplete or of another version: fetch it again."
                )


def check_labels(dataset: Dataset, about: Card) -> None:
    """Find sequences that are known, and see whether they carry the label they should.

    Row counts cannot tell two classes of equal size apart; a copy that numbers its classes in
    another order is caught here, where the card knows some of its sequences.

    Raises
    ------
    DataError
        If more known sequences have a wrong label than a right one.
    """
    known = {digest: cls for cls, digests in about.witness.items() for digest in digests}
    right = wrong = 0
    for split in dataset.splits.values() if known else ():
        for text, label in zip(split.sequences, split.labels.tolist(), strict=True):
            cls = known.get(hashlib.sha256(text.encode()).hexdigest()[:16])
            if cls is not None:
                right += cls == dataset.classes[label]
                wrong += cls != dataset.classes[label]
    if wrong > right:
        raise DataError(
            f"the classes of this copy of {about.name} are swapped: {wrong} of {right + wrong} "
            "sequences that are known carry another label. It was not used."
        )


def _embedded(about: Card) -> Dataset:
    if about.simulated:
        from . import simulate

        return simulate.load_planted_motifs()
    from . import demo

    return demo.load_open_chromatin()


def _published(about: Card) -> Dataset:
    download(about.name)
    with _disk_trouble_explained():
        try:
            return _open(about)
        except DataError as error:
            again = f"{about.name} is fetched again: {error.__cause__ or error}"
            warnings.warn(again, stacklevel=3)
            _fetch_once(about)
            return _open(about)


def _folder(name: str) -> Path:
    # the format is part of the path: two versions of the package can share a cache
    return cache_folder() / f"datasets-v{FORMAT}" / name


def _checksums(name: str) -> Path:
    return cache_folder() / "checksums" / f"{name}.json"


def _open(about: Card) -> Dataset:
    dataset = open_folder(_folder(about.name), about)
    check_rows(dataset, about)
    return dataset


def _fetch_once(about: Card) -> None:
    """Fetch a dataset that is missing or damaged, while others wait for this one to do it."""
    folder = _folder(about.name)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _locked(about.name):
        try:
            _open(about)  # another process may have fetched it meanwhile
        except DataError:
            _fetch_into(folder, about)


def _fetch_into(folder: Path, about: Card) -> None:
    """Try each source; the first good dataset takes the place of ``folder``."""
    from .reading.sources import SOURCES

    for leftover in folder.parent.glob(f".{about.name}-*"):  # of a process that was killed
        shutil.rmtree(leftover, ignore_errors=True)
    reasons = []
    for source, read in SOURCES.items():
        with _workplace(about.name) as workplace:
            try:
                with _recorded_checksums(about.name) as retrieve:
                    dataset = read(about, workplace, retrieve)
                    check_rows(dataset, about)
                    check_labels(dataset, about)
            except GenbenchError as error:
                reasons.append(f"  - {source}: {error}")
                continue
            packed = workplace / "packed"
            packed.mkdir()
            dataset.save(packed)
            if folder.exists():
                folder.rename(workplace / "damaged")
            packed.rename(folder)
            return
    advice = (
        "Check the internet connection (genbench-lite doctor says which sources answer), or read "
        f'a copy of the archive with gbl.from_archive("{about.name}_v0.zip"), or go on with '
        "demo_open_chromatin_cells, which needs none."
    )
    raise FetchError("\n".join([f"{about.name} could not be fetched.", *reasons, advice]))


@contextlib.contextmanager
def _recorded_checksums(name: str) -> Iterator:
    """A ``retrieve`` that holds files against their checksums, and records new ones.

    The published files come with no checksum. The first one seen is kept when the whole
    dataset proved right; a file that changes later is refused.
    """
    import pooch

    from .reading.sources import retrieve

    record = _checksums(name)
    try:
        known = json.loads(record.read_text()) if record.exists() else {}
    except ValueError as error:
        raise DataError(
            f"the recorded checksums in {record} cannot be read ({error}); delete them with: "
            f"genbench-lite remove {name} --forget-checksum"
        ) from error
    seen = {}

    def retrieve_checked(url: str, folder: Path) -> Path:
        path = retrieve(url, folder)
        seen[url] = pooch.file_hash(str(path))
        if known.get(url, seen[url]) != seen[url]:
            path.unlink()
            raise DataError(
                "the file is not the one that was fetched before; if its publisher changed it, "
                f"accept the new one with: genbench-lite remove {name} --forget-checksum"
            )
        return path

    yield retrieve_checked
    record.parent.mkdir(parents=True, exist_ok=True)
    draft = record.with_suffix(f".{os.getpid()}.tmp")
    draft.write_text(json.dumps(known | seen, indent=1))
    draft.replace(record)


@contextlib.contextmanager
def _locked(name: str) -> Iterator[None]:
    import filelock

    with filelock.FileLock(_folder(name).parent / f".{name}.lock"):
        yield


@contextlib.contextmanager
def _workplace(name: str) -> Iterator[Path]:
    """A folder on the cache's own disk, so that what is made there can be renamed into place."""
    folder = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=_folder(name).parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _disk_trouble_explained() -> Iterator[None]:
    try:
        yield
    except GenbenchError:
        raise
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise FetchError(
            f"The cache {cache_folder()} cannot be used: {error.strerror or error}. "
            + ("Make room there, or set" if full else "Set")
            + " GENBENCH_LITE_CACHE to a folder that you can write to and that has room."
        ) from error
