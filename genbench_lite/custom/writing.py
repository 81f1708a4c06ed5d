"""A dataset onto disk in the published format, complete or not at all.

A folder holds ``metadata.yaml``, interval lists for train and test, and the archive of sequences.
A class whose rows have no place in a genome gets a FASTA file of its own: its lists then name
records of that file, from the first base to the last, and every class can be read the same way.
"""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import yaml
from tqdm.auto import tqdm

from ..auditing import audit
from ..audits.audit_report import AuditReport, html_page
from ..dataset import SPLITS, Dataset
from ..errors import GenbenchError
from ..reading.interval_lists import COLUMNS
from .assembling import require_name
from .class_rows import ClassRows, collect, require_genome_url
from .dataset_card import dataset_card

METADATA = "metadata.yaml"
REFERENCES = "references"  # folder of the FASTA files that come along
_OLDEST = (1980, 1, 1, 0, 0, 0)  # one time for all files: the same dataset has the same checksum


def write_dataset(
    dataset: Dataset,
    folder: str | Path,
    *,
    report: AuditReport | None = None,
    genome_url: str | None = None,
    force: bool = False,
    progress: bool = True,
) -> Path:
    """Write a dataset in the published format, with its audit and a card, ready to share.

    Parameters
    ----------
    dataset : Dataset
        Such as of :func:`genbench_lite.from_bed`.
    folder : path
        Folder to make; the dataset gets its name. It appears when all is written, not before.
    report : AuditReport, optional
        Its audit; made here when left out.
    genome_url : str, optional
        Where others can download the genome. It must end in the name of a gzipped FASTA file.
    force : bool
        Replace the folder, if it holds a dataset.
    progress : bool
        Show a bar while the archive is written, and the steps of an audit that is made here.

    Returns
    -------
    pathlib.Path
        The folder, with

        - ``metadata.yaml``, and ``<split>/<class>.csv.gz``: id, region, start, end, strand;
        - ``<name>_v0.zip``: the sequences, ``<name>/<split>/<class>/<id>.txt``;
        - ``references/``: FASTA files of the classes that lie in no genome, if there are such;
        - ``audit.html`` and ``audit.txt``; ``README.md``, the card.

    Raises
    ------
    GenbenchError
        If the folder is there already, or cannot be written.
    DataError
        If the folder's name cannot be that of a dataset, or ``genome_url`` that of a genome.

    Examples
    --------
    >>> from genbench_lite import SequenceSet, from_archive
    >>> toy = SequenceSet.from_strings(["ACGT", "GGCC"], [0, 1], ["no", "yes"])
    >>> folder = Path(tempfile.mkdtemp()) / "toy"
    >>> written = write_dataset(Dataset("toy", train=toy, test=toy), folder)
    >>> sorted(path.name for path in written.iterdir())[:3]
    ['README.md', 'audit.html', 'audit.txt']
    >>> from_archive(written / "toy_v0.zip").train[1]
    ('GGCC', 1)
    """
    folder = Path(folder)
    name = require_name(folder.name)
    require_room(folder, force)
    require_genome_url(genome_url)
    dataset = replace(dataset, name=name)
    report = audit(dataset, progress) if report is None else report
    classes = collect(dataset, name, genome_url)
    with _appearing(folder) as draft:
        about = {"classes": {one.name: one.entry for one in classes}, "version": 0}
        text = yaml.safe_dump(about, allow_unicode=True)
        (draft / METADATA).write_text(text, encoding="utf-8")
        _write_lists(draft, classes)
        _write_references(draft, classes)
        _write_archive(draft / f"{name}_v0.zip", name, classes, progress)
        (draft / "audit.html").write_text(html_page(report), encoding="utf-8")
        (draft / "audit.txt").write_text(f"{report}\n", encoding="utf-8")
        card = dataset_card(name, dataset, classes, report, draft / f"{name}_v0.zip")
        (draft / "README.md").write_text(card, encoding="utf-8")
    return folder


def require_room(folder: Path, force: bool) -> None:
    """Refuse to write over anything but a dataset that may be replaced.

    Raises
    ------
    GenbenchError
        If the folder is there and must stay.
    """
    if not folder.exists():
        return
    if not force:
        raise GenbenchError(
            f"{folder} is there already. Take another name or place, or replace it with "
            "force=True (--force)."
        )
    if not (folder / METADATA).is_file() or folder.is_symlink():
        raise GenbenchError(
            f"{folder} holds no {METADATA}, so it is not a dataset, and it was left alone. Take "
            "another name or place."
        )


@contextlib.contextmanager
def _appearing(folder: Path) -> Iterator[Path]:
    """A draft that takes its name when all of it is written; an older folder goes only then."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        place = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise GenbenchError(
            f"{folder} cannot be made ({error.strerror}). Take a place that you may write to."
        ) from error
    try:
        draft = place / folder.name
        draft.mkdir()
        yield draft
        if folder.exists():
            folder.rename(place / "replaced")
        draft.rename(folder)
    except OSError as error:
        raise GenbenchError(
            f"{folder} could not be written ({error.strerror or error}). Make room, or take "
            "another place; nothing was changed."
        ) from error
    finally:
        if (place / "replaced").exists() and not folder.exists():
            (place / "replaced").rename(folder)
        shutil.rmtree(place, ignore_errors=True)


def _write_lists(draft: Path, classes: list[ClassRows]) -> None:
    for one in classes:
        for split, rows in one.rows.items():
            (draft / split).mkdir(exist_ok=True)
            text = io.StringIO(newline="")
            table = csv.writer(text, lineterminator="\n")
            table.writerow(COLUMNS)
            table.writerows((name, *place) for name, _, place in rows)
            _write_gzip(draft / split / f"{one.name}.csv.gz", text.getvalue())


def _write_references(draft: Path, classes: list[ClassRows]) -> None:
    for one in classes:
        if one.own_reference:
            (draft / REFERENCES).mkdir(exist_ok=True)
            text = "".join(f">{head}\n{letters}\n" for head, letters in one.records())
            _write_gzip(draft / REFERENCES / one.entry["url"], text)


def _write_gzip(path: Path, text: str) -> None:
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


def _write_archive(path: Path, name: str, classes: list[ClassRows], progress: bool) -> None:
    hidden = None if progress else True  # None: shown where somebody can watch
    total = sum(len(rows) for one in classes for rows in one.rows.values())
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        tqdm(total=total, desc="Archive", disable=hidden, leave=False) as bar,
    ):
        for split in SPLITS:
            for one in classes:
                rows = one.rows.get(split, [])
                for row, letters, _ in rows:
                    info = zipfile.ZipInfo(f"{name}/{split}/{one.name}/{row}.txt", _OLDEST)
                    info.compress_type = zipfile.ZIP_DEFLATED
                    info.external_attr = 0o644 << 16
                    archive.writestr(info, letters)
                bar.update(len(rows))
