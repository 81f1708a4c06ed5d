"""From a table of sequences and labels to a dataset."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..dataset import Dataset
from ..errors import DataError, UnknownNameError
from ..sequence_set import SequenceSet
from .assembling import assemble, name_of_file, require_length, require_name
from .dividing import Wish
from .from_letters import part_of
from .naming import numbers

if TYPE_CHECKING:
    import pandas as pd

_MISSING = ("", "NA", "N/A", "NaN", "nan", "None", "null")
_SHOWN = 3


def from_frame(
    frame: pd.DataFrame | str | Path,
    sequence: str = "sequence",
    label: str = "label",
    ids: str | None = None,
    *,
    name: str | None = None,
    length: int | None = None,
    split: str = "auto",
    test: float = 0.2,
    valid: float = 0.0,
    seed: int = 0,
) -> Dataset:
    """Make a dataset from a table with a sequence and a label in each row.

    Parameters
    ----------
    frame : pandas.DataFrame or path
        A table, or a CSV file of one (with tabs if its name ends in ``.tsv``), plain or gzipped.
    sequence, label : str
        Names of the columns. A label is a class name, or any value that has one name: 0 is the
        class ``"0"``.
    ids : str, optional
        Column of ids, unique in each class; rows are numbered in each class when left out.
    name : str, optional
        Name of the dataset; that of the file, or ``my_dataset``, when left out.
    length : int, optional
        Keep so many bp around the middle of every sequence; shorter ones are left out.
    split : {"auto", "cluster", "length_matched"}
        As of :func:`genbench_lite.fair_split`; ``"auto"`` is ``"cluster"``.
    test, valid : float
        Shares of the rows. The published format has no validation split, hence 0.
    seed : int
        The same seed gives the same dataset.

    Returns
    -------
    Dataset

    Raises
    ------
    UnknownNameError
        If there is no such column; the nearest is suggested.
    DataError
        If a sequence or label is missing, a sequence holds a letter that is none of DNA's, an id
        comes twice in a class, or there is one class only.

    Examples
    --------
    >>> import pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> texts = ["".join(rng.choice(list("ACGT"), 60)) for _ in range(40)]
    >>> from_frame(pd.DataFrame({"sequence": texts, "label": ["exon", "intron"] * 20}), name="toy")
    Dataset('toy'
      train = SequenceSet(32 sequences of 60 bp: 16 exon, 16 intron)
      test  = SequenceSet(8 sequences of 60 bp: 4 exon, 4 intron))
    """
    wish = Wish(split, test, valid, seed)
    require_length(length)
    source = "a table"
    if isinstance(frame, (str, Path)):
        source = Path(frame).name
        name = name_of_file(frame) if name is None else name
        frame = _read_table(Path(frame))
    name = require_name("my_dataset" if name is None else name)
    for column in (sequence, label, *([ids] if ids else [])):
        _require_column(frame, column)
    if not len(frame):
        raise DataError(f"{source} has no rows. Give some.")
    texts = _column(frame[sequence], "sequence", source).str.strip()
    labels = _column(_as_names(frame[label]), "label", source)
    names = _column(frame[ids].astype(str), "id", source) if ids else None
    _refuse_rna(texts, source)
    parts, notes = [], []
    for cls in sorted(set(labels)):
        here = (labels == cls).to_numpy()
        own = (numbers(int(here.sum())) if names is None else names[here]).tolist()
        rows = SequenceSet.from_strings(texts[here].tolist(), np.zeros(len(own), int), ["x"], own)
        part, said = part_of(cls, rows, f"{source}, class {cls}", length)
        parts.append(part)
        notes += said
    return assemble(name, parts, wish, notes, "", source)


def _read_table(path: Path) -> pd.DataFrame:
    import pandas as pd

    tabs = path.name.removesuffix(".gz").endswith((".tsv", ".txt"))
    try:
        frame = pd.read_csv(
            path,
            sep="\t" if tabs else ",",
            dtype=str,
            keep_default_na=False,
            encoding="utf-8-sig",
        )
    except (
        ValueError,
        OSError,
        EOFError,
        zlib.error,
    ) as error:  # pandas' parser and Unicode errors included
        raise DataError(
            f"{path} cannot be read as a table ({str(error).strip()}). Give a CSV file with a "
            "line of column names."
        ) from error
    frame.columns = frame.columns.str.strip()
    return frame.mask(frame.isin(_MISSING))


def _require_column(frame: pd.DataFrame, column: str) -> None:
    n = list(frame.columns).count(column)
    if not n:
        raise UnknownNameError("column", column, map(str, frame.columns))
    if n > 1:
        raise DataError(f"{n} columns are named {column!r}. Rename or drop all but one.")


def _column(values: pd.Series, what: str, source: str) -> pd.Series:
    """A column of text without gaps, numbered from 0."""
    missing = values.isna().to_numpy()
    odd = missing | ~np.array([isinstance(value, str) and value != "" for value in values])
    if odd.any():
        rows = np.flatnonzero(odd)
        few = ", ".join(str(row + 1) for row in rows[:_SHOWN]) + (", ..." * (len(rows) > _SHOWN))
        kind = "no" if missing[rows[0]] or values.iloc[rows[0]] == "" else "no text as its"
        raise DataError(
            f"{len(rows):,} of {len(odd):,} rows of {source} have {kind} {what} (row {few}, "
            "from 1). Fill them, or leave them out with frame.dropna()."
        )
    return values.astype(object).reset_index(drop=True)


def _as_names(values: pd.Series) -> pd.Series:
    """Labels as class names; a whole number is written as one, also where pandas made it 1.0."""

    def named(value: Any) -> Any:
        if isinstance(value, str):
            return value.strip()
        if isinstance(value, (float, np.floating)) and float(value).is_integer():
            return str(int(value))
        return str(value)

    return values.astype(object).map(named, na_action="ignore")


def _refuse_rna(texts: pd.Series, source: str) -> None:
    rna = texts.str.upper().str.contains("U", regex=False)
    if rna.any():
        raise DataError(
            f"{rna.sum():,} of {len(rna):,} sequences of {source} hold the letter U: they are RNA. "
            'Write them as DNA, for example with frame["sequence"].str.replace("U", "T").'
        )
