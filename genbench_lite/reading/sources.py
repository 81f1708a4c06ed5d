"""Where the nine datasets can be had, in the order they are tried.

Each source is a function that brings a dataset into memory, or says why it cannot. A
classroom with a slow line can serve a copy of the published paths itself: with
``GENBENCH_LITE_MIRROR=http://teacher.local:8000`` every address below keeps its path and is
asked from there.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import filelock
import numpy as np
import pooch
import requests

from ..cards import Card
from ..dataset import Dataset
from ..errors import DataError, FetchError
from ..intervals import from_intervals
from ..paths import cache_folder
from ..sequence_set import SequenceSet
from .archive import from_archive

TIMEOUT = 30  # seconds without a byte before a server counts as silent
HUB = "https://huggingface.co/api/datasets/{}/parquet"

Retrieve = Callable[[str, Path], Path]
"""Fetches an address into a folder and returns the file's path."""


def from_zenodo(card: Card, folder: Path, retrieve: Retrieve) -> Dataset:
    """The published archive."""
    return from_archive(retrieve(str(card.archive_url), folder), card.name)


def from_hub(card: Card, folder: Path, retrieve: Retrieve) -> Dataset:
    """The parquet copies on the Hugging Face hub; they carry no ids, so rows are numbered."""
    listing = retrieve(HUB.format(card.hub_repository), folder)
    try:
        (files,) = json.loads(listing.read_text()).values()
        splits = {}
        for split, addresses in files.items():
            # every split numbers its files from 0: a folder each keeps them apart
            tables = [_read_parquet(retrieve(url, folder / split)) for url in addresses]
            labels = np.concatenate([t["label"].to_numpy() for t in tables]).astype(np.int64)
            texts = [text for table in tables for text in table["seq"].to_pylist()]
            order = np.argsort(labels, kind="stable")
            splits[split] = SequenceSet.from_strings(
                [texts[row] for row in order], labels[order], card.classes
            )
        dataset = Dataset(card.name, splits["train"], splits["test"], splits.get("valid"))
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise DataError(f"the copy of {card.name} has another form than expected: {error}") from (
            error
        )
    if not card.witness:
        warnings.warn(
            f"{card.name} comes from its copy on the hub. Which of its labels means which class "
            "cannot be checked there: the numbers are taken in the order of the class names.",
            stacklevel=2,
        )
    return dataset


def _read_parquet(path: Path) -> Any:
    import pyarrow.parquet as parquet

    try:
        return parquet.read_table(path)
    except (OSError, ValueError) as error:  # pyarrow has no error of its own for a damaged page
        raise DataError(f"{path.name} is no whole parquet file ({error})") from error


def from_genome(card: Card, folder: Path, retrieve: Retrieve) -> Dataset:
    """The published interval lists, read from reference genomes that stay in the cache."""
    import yaml

    metadata = card.metadata or {}
    (folder / "metadata.yaml").write_text(yaml.safe_dump(metadata))
    for split in card.rows:
        (folder / split).mkdir()
        for cls in card.classes:
            retrieve(str(card.interval_url(split, cls)), folder / split)
    genomes = cache_folder() / "references"
    genomes.mkdir(parents=True, exist_ok=True)
    references: dict[str, Path] = {}
    fetched = []
    for cls, about in metadata["classes"].items():
        url = reference_url(about["url"])
        with filelock.FileLock(genomes / f".{Path(url).name}.lock"):
            if not (genomes / Path(url).name).exists():
                _announce(card, url)
                fetched.append(genomes / Path(url).name)
            references[cls] = retrieve(url, genomes)
    try:
        return from_intervals(folder, references)
    except DataError:
        for genome in fetched:  # a bad one must not be what the next try finds
            genome.unlink(missing_ok=True)
        raise


def _announce(card: Card, url: str) -> None:
    """Nobody expects a genome when asking for a dataset."""
    try:
        size = int(requests.head(mirrored(url), timeout=TIMEOUT).headers["Content-Length"])
    except (requests.RequestException, KeyError, ValueError):
        return  # fetching it will say what is wrong
    print(
        f"The copies of {card.name} do not answer. It is read from a reference genome instead: "
        f"{Path(url).name}, {size / 1e6:,.0f} MB, which stays in the cache. Ctrl-C stops it.",
        file=sys.stderr,
    )


SOURCES: dict[str, Callable[[Card, Path, Retrieve], Dataset]] = {
    "Zenodo": from_zenodo,
    "Hugging Face": from_hub,
    "interval lists and reference genome": from_genome,
}


def reference_url(url: str) -> str:
    """The address to read a genome from, given the published one.

    Ensembl's ``toplevel`` files of human and mouse repeat every chromosome once more for each
    patch and haplotype, filled with N; the lists use chromosomes only, which
    ``primary_assembly`` holds alone.
    """
    for organism in ("Homo_sapiens", "Mus_musculus"):
        if organism in url:
            url = url.replace(".dna.toplevel.", ".dna.primary_assembly.")
    return url.replace("ftp://", "https://").replace("http://", "https://")


def mirrored(url: str) -> str:
    """The address with the host of ``GENBENCH_LITE_MIRROR``, if one is set."""
    mirror = os.environ.get("GENBENCH_LITE_MIRROR")
    if not mirror:
        return url
    host = urlsplit(mirror)
    if host.scheme not in ("http", "https") or not host.netloc:
        raise FetchError(
            f"GENBENCH_LITE_MIRROR is {mirror!r}: give it the form http://host:port, or unset it."
        )
    asked = urlsplit(url)
    path = host.path.rstrip("/") + asked.path
    return urlunsplit(asked._replace(scheme=host.scheme, netloc=host.netloc, path=path))


def retrieve(url: str, folder: Path, known_hash: str | None = None) -> Path:
    """Fetch one file with a progress bar, under a temporary name until it is whole.

    Parameters
    ----------
    url : str
        Published address; a mirror takes its place if one is set.
    folder : pathlib.Path
        Where the file goes, named as in the address.
    known_hash : str, optional
        SHA-256 that the file must have.

    Raises
    ------
    FetchError
        If the server does not deliver; the message is short enough for a list of reasons.
    """
    pooch.get_logger().setLevel(logging.WARNING)
    address = mirrored(url)
    host = urlsplit(address).netloc
    try:
        return Path(
            pooch.retrieve(
                address,
                known_hash=known_hash,
                fname=Path(urlsplit(url).path).name,
                path=folder,
                downloader=pooch.HTTPDownloader(progressbar=True, timeout=TIMEOUT),
            )
        )
    except requests.HTTPError as error:
        answer: Any = error.response
        raise FetchError(f"{host} answered {answer.status_code} {answer.reason}") from error
    except requests.Timeout as error:
        raise FetchError(f"{host} was silent for {TIMEOUT} seconds") from error
    except requests.exceptions.ChunkedEncodingError as error:
        raise FetchError(f"{host} broke off half-way") from error
    except requests.ConnectionError as error:
        if "Read timed out" in str(error):  # how requests tells of a silence in mid-file
            raise FetchError(f"{host} fell silent half-way, for {TIMEOUT} seconds") from error
        raise FetchError(f"no connection to {host}") from error
    except requests.RequestException as error:
        raise FetchError(f"{host}: {error}") from error


def answers(url: str, timeout: float = 5) -> str:
    """What a server says to a question for its headers: ``"yes"``, or why not."""
    try:
        code = requests.head(mirrored(url), timeout=timeout, allow_redirects=True).status_code
    except requests.RequestException as error:
        return f"no ({type(error).__name__})"
    return "yes" if code < 400 else f"no (answered {code})"
