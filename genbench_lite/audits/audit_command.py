"""``genbench-lite audit``: from what a user names to a report on screen and in files."""

from __future__ import annotations

import argparse
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..auditing import audit, audit_intervals, audit_unsplit
from ..cards import list_datasets
from ..dataset import SPLITS, Dataset
from ..errors import DataError, GenbenchError
from ..reading.archive import from_archive
from ..reading.fasta import read_fasta
from ..sequence_set import SequenceSet, canonical_order
from .audit_report import AuditReport, html_page, write_text

_FIGURES = (".png", ".svg", ".pdf")


def run(options: argparse.Namespace) -> int:
    """Audit, write the files that were asked for, print the report.

    Returns
    -------
    int
        0; with ``--strict``, 1 if the verdict is broken.

    Raises
    ------
    GenbenchError
        If the source cannot be audited, or a file not be written.
    """
    _require_places(options)
    report = audit_sources(options.sources, progress=not options.no_progress)
    if options.json:
        report.to_json(options.json)
    if options.html:
        write_text(options.html, html_page(report))
    if options.plot:
        report.plot().savefig(options.plot, dpi=150, bbox_inches="tight", facecolor="white")
    print(report)  # last: a reader such as `head` may close the pipe
    return int(options.strict and report.verdict == "broken")


def audit_sources(sources: Sequence[str], progress: bool = False) -> AuditReport:
    """Audit what the words after ``genbench-lite audit`` name.

    Parameters
    ----------
    sources : sequence of str
        The name of a dataset, a path to a folder or zip, or paths to two or more FASTA files.
    progress : bool, optional
        As for :func:`genbench_lite.auditing.audit`.

    Raises
    ------
    UnknownNameError
        If there is neither a dataset nor a file of that name.
    DataError
        If the files cannot be read, or are not what an audit takes.
    """
    first, path = sources[0], Path(sources[0])
    if len(sources) > 1:
        return _audit_fastas([Path(source) for source in sources], progress)
    if first in list_datasets():
        return audit(first, progress)
    if path.is_dir():
        if (path / "metadata.yaml").exists():
            return audit_intervals(path, progress)
        return audit(read_folder(path), progress)
    if path.is_file():
        if zipfile.is_zipfile(path):
            return audit(from_archive(path), progress)
        raise DataError(
            f"{path} is one file, and an audit compares classes. Give two or more FASTA files, "
            "one for each class; a zip in the published layout; or a folder."
        )
    if path.name != first or path.suffix:
        raise DataError(f"There is no file or folder {first}. Check the path.")
    return audit(first, progress)  # raises, and suggests the nearest name


def read_folder(folder: Path) -> Dataset:
    """Read a folder in the layout of a published archive, unpacked.

    Parameters
    ----------
    folder : Path
        Holds ``<split>/<class>/<id>.txt``, one sequence a file.

    Returns
    -------
    Dataset
        As of :func:`genbench_lite.from_archive`.

    Raises
    ------
    DataError
        If train/ or test/ is missing or empty, or a sequence cannot be used.
    """
    files = {split: sorted(folder.glob(f"{split}/*/*.txt")) for split in SPLITS}
    if absent := [split for split in ("train", "test") if not files[split]]:
        raise DataError(
            f"{folder} holds neither interval lists (metadata.yaml, train/, test/) nor sequences: "
            f"there is no {absent[0]}/<class>/<id>.txt. Give the folder of one dataset."
        )
    classes = sorted({path.parent.name for paths in files.values() for path in paths})
    splits = {}
    for split, paths in files.items():
        if paths:
            labels = np.searchsorted(classes, [path.parent.name for path in paths])
            ids = np.array([path.stem for path in paths])
            order = canonical_order(labels, ids)
            texts = [paths[row].read_bytes().rstrip(b"\r\n") for row in order]
            splits[split] = SequenceSet.from_strings(texts, labels[order], classes, ids[order])
    return Dataset(folder.resolve().name, splits["train"], splits["test"], splits.get("valid"))


def _audit_fastas(paths: list[Path], progress: bool) -> AuditReport:
    names = [re.sub(r"(\.(fa|fna|fasta))?(\.b?gz)?$", "", path.name) for path in paths]
    for name, path in zip(names, paths, strict=True):
        if not path.exists() or path.is_dir():
            what = "is a folder" if path.is_dir() else "does not exist"
            raise DataError(f"{path} {what}. Give one folder, or one FASTA file for each class.")
        if names.count(name) > 1:
            raise DataError(f"Two FASTA files are named {name!r}. Each is a class: rename one.")
    classes = sorted(names)
    files = [read_fasta(paths[names.index(name)]) for name in classes]
    labels = np.repeat(np.arange(len(classes)), [len(file) for file in files])
    whole = SequenceSet(
        codes=np.concatenate([file.codes for file in files]),
        offsets=np.concatenate([[0], *(file.lengths for file in files)]).cumsum(),
        labels=labels,
        ids=np.concatenate([file.ids for file in files]),
        classes=tuple(classes),
    )
    return audit_unsplit(" and ".join(classes), whole, progress)


def _require_places(options: argparse.Namespace) -> None:
    """Better no audit than one whose result cannot be kept."""
    for path in filter(None, (options.json, options.html, options.plot)):
        if not path.absolute().parent.is_dir():
            raise GenbenchError(f"There is no folder {path.parent} for {path.name}. Make it first.")
    if options.plot and options.plot.suffix.lower() not in _FIGURES:
        raise GenbenchError(
            f"A figure is written as {', '.join(_FIGURES)}, not as {options.plot.name}. "
            "Change the ending."
        )
