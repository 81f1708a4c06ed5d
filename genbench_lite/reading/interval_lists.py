"""Interval lists: the published form of a dataset, coordinates without sequences.

A folder holds ``metadata.yaml``, and for each split a folder with one CSV file a class.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from ..dataset import SPLITS
from ..errors import DataError
from ..sequence_set import LOCUS

COLUMNS = ("id", "region", "start", "end", "strand")
# All of these say how region names differ from the reference's; Reference.resolve knows them all.
EXTRA_PROCESSING = (
    "ENSEMBL_DROSOPHILA_GENOME",
    "ENSEMBL_HUMAN_GENOME",
    "ENSEMBL_HUMAN_TRANSCRIPTOME",
    "ENSEMBL_MOUSE_GENOME",
)
_MISSING_STRAND = ("", ".", "nan", "NaN", "NA")
_REGION_WIDTH = LOCUS["region"].itemsize // 4


def read_metadata(folder: Path) -> dict[str, dict[str, Any]]:
    """What ``metadata.yaml`` says about each class.

    Returns
    -------
    dict
        Class names in sorted order; their entries hold ``url`` (of the reference) and, in some,
        ``extra_processing`` (how region names differ from it).

    Raises
    ------
    DataError
        If the file is missing or malformed, or names an unknown ``extra_processing``.
    """
    path = folder / "metadata.yaml"
    try:
        about = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise DataError(
            f"There is no metadata.yaml in {folder}. Give the folder of one dataset; it holds "
            "metadata.yaml, train/ and test/."
        ) from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DataError(f"{path} cannot be read ({error}). Get the file again.") from error
    classes = about.get("classes") if isinstance(about, dict) else None
    if not isinstance(classes, dict) or not classes:
        raise DataError(f"{path} names no classes. It needs a mapping `classes:` with one or more.")
    if spoilt := [name for name in classes if isinstance(name, bool)]:
        raise DataError(
            f"{path} has a class that YAML reads as {spoilt[0]}. Put yes, no, on, off in quotes."
        )
    classes = dict(sorted((str(name), entry or {}) for name, entry in classes.items()))
    for name, entry in classes.items():
        if not isinstance(entry, dict):
            raise DataError(f"Class {name!r} in {path} is no mapping. Write `url: ...` under it.")
        rule = entry.get("extra_processing")
        if rule is not None and rule not in EXTRA_PROCESSING:
            raise DataError(
                f"Class {name!r} in {path} asks for the unknown extra_processing {rule!r}. "
                f"Known are: {', '.join(EXTRA_PROCESSING)}."
            )
    return classes


def class_files(folder: Path, classes: Collection[str]) -> dict[str, dict[str, Path]]:
    """Find the lists.

    Returns
    -------
    dict
        For each split that exists, by class: the path of its list.

    Raises
    ------
    DataError
        If train/ or test/ is missing, or a split does not hold one list for each class.
    """
    files = {}
    for split in SPLITS:
        place = folder / split
        if not place.is_dir():
            if split == "valid":
                continue
            raise DataError(f"{folder} has no folder {split}/. It needs train/ and test/.")
        found: dict[str, Path] = {}
        for path in sorted(place.iterdir()):
            match = re.fullmatch(r"([^.].*?)\.csv(\.gz)?", path.name)
            if match is None:
                continue
            if match[1] in found:
                raise DataError(
                    f"{split}/ holds {found[match[1]].name} and {path.name}. Remove one of them."
                )
            found[match[1]] = path
        if absent := sorted(set(classes) - set(found)):
            raise DataError(
                f"{split}/ has no list of class {absent[0]!r}, which metadata.yaml names. "
                f"Every split needs every class: add {split}/{absent[0]}.csv."
            )
        if extra := sorted(set(found) - set(classes)):
            raise DataError(
                f"{split}/{found[extra[0]].name} is the list of a class that metadata.yaml does "
                f"not name. Add {extra[0]!r} there, or remove the file."
            )
        files[split] = {name: found[name] for name in classes}
    return files


def read_list(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Read one list, checked as far as that goes without the reference.

    Parameters
    ----------
    path : Path
        CSV, plain or gzipped, with the columns id, region, start, end, strand.

    Returns
    -------
    ids : numpy.ndarray
        str, shape (n,).
    loci : numpy.ndarray
        ``sequence_set.LOCUS``, shape (n,): 0-based, half-open, in bp; a missing strand is ``+``.

    Raises
    ------
    DataError
        If the file is malformed; the message names it, the first such row and how many there are.
    """
    table = _read_csv(path)
    ids = np.array(table["id"].tolist(), dtype="U")
    region, strand = table["region"], table["strand"]
    refuse(path, ids, table["id"] == "", "has no id", "Give each row one.")
    again = table["id"].duplicated()
    refuse(path, ids, again, "has the id of an earlier row", "Make the ids unique.")
    refuse(path, ids, region == "", "has no region", "Give the name of a record in the reference.")
    long = f"has a region name of more than {_REGION_WIDTH} letters"
    refuse(path, ids, region.str.len() > _REGION_WIDTH, long, "Shorten it, there and in the FASTA.")
    known = strand.isin(("+", "-", *_MISSING_STRAND))
    refuse(path, ids, ~known, "has an unknown strand", "Write + or -, or leave it empty for +.")
    loci = np.empty(len(table), LOCUS)
    for column in ("start", "end"):
        odd = ~table[column].str.fullmatch("-?[0-9]{1,18}").astype(bool)
        refuse(path, ids, odd, f"has no whole number as its {column}", "Write digits only.")
        loci[column] = table[column].astype("int64")
    loci["region"] = region.tolist()
    loci["strand"] = np.where(strand == "-", "-", "+")
    half_open = "Coordinates are 0-based, half-open: 0 <= start < end."
    refuse(path, ids, loci["start"] < 0, "has a negative start", half_open)
    reverse = loci["end"] <= loci["start"]
    refuse(path, ids, reverse, "has an end that is not behind its start", half_open)
    return ids, loci


def _read_csv(path: Path) -> pd.DataFrame:
    where = f"{path.parent.name}/{path.name}"
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{path} is cut off or damaged ({error}). Get the file again.") from error
    except (ValueError, OSError) as error:  # pandas' parser and Unicode errors are ValueErrors
        raise DataError(
            f"{path} cannot be read as CSV ({str(error).strip()}). "
            f"It needs the columns {', '.join(COLUMNS)}."
        ) from error
    table.columns = table.columns.str.strip()
    if absent := [column for column in COLUMNS if column not in table]:
        raise DataError(
            f"{where} has no column {absent[0]!r}. It needs the columns {', '.join(COLUMNS)}."
        )
    if not isinstance(table.index, pd.RangeIndex):
        raise DataError(f"The rows of {where} have more fields than its header. Remove the excess.")
    if table.empty:
        raise DataError(f"{where} lists no interval. Add rows, or take the class out.")
    return table[list(COLUMNS)].fillna("").apply(lambda column: column.str.strip())


def refuse(path: Path, ids: np.ndarray, marked: Any, what: str, advice: str) -> None:
    """Raise :class:`DataError` about the first marked row, where there is one."""
    marked = np.asarray(marked, bool)
    if marked.any():
        row = int(marked.argmax())
        more = f" ({marked.sum():,} such rows)" if marked.sum() > 1 else ""
        place = f"Row {row + 1} of {path.parent.name}/{path.name}, id {str(ids[row])!r},"
        raise DataError(f"{place} {what}{more}. {advice}")
