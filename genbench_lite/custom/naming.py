"""Names that survive a file: ids, and chromosomes as the reference package reads them.

The reference package reads interval lists with pandas' defaults, so that a chromosome ``22``
becomes a number and is then not found in the FASTA file. Names like these get ``chr`` in front,
and ``extra_processing`` in ``metadata.yaml`` tells it to do the same with the FASTA file's.
"""

from __future__ import annotations

import re

import numpy as np

from ..reading.references import Reference
from ..sequence_set import LOCUS
from .regions import Regions

_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,49}")
_WHOLE = re.compile(r"0|[1-9][0-9]{0,17}")
# what pandas reads as a missing or a truth value
_NOT_TEXT = {"na", "nan", "null", "none", "true", "false"}
_PLAIN = "ENSEMBL_HUMAN_GENOME"  # puts chr before every name, and reads no further than MT
_WHOLE_FILE = "ENSEMBL_DROSOPHILA_GENOME"  # does so too, and reads on to mitochondrion_genome
_LAST = {_PLAIN: "MT", _WHOLE_FILE: "mitochondrion_genome"}


def is_portable(names: np.ndarray) -> bool:
    """Whether ids can name files on every system, each its own, and come back from a CSV file.

    Examples
    --------
    >>> [is_portable(np.array(ids)) for ids in (["1", "2"], ["p_1", "p_2"], ["01"], ["a", "A"])]
    [True, True, False, False]
    """
    return (
        len({name.casefold() for name in names.tolist()}) == len(names)
        and all(_ID.fullmatch(name) for name in names.tolist())
        and all(_WHOLE.fullmatch(name) or not _reads_as_value(name) for name in names.tolist())
    )


def numbers(n: int) -> np.ndarray:
    """Ids from 0: str, shape (n,)."""
    return np.arange(n).astype("U")


def loci_of(regions: Regions) -> np.ndarray:
    """Where regions lie, as the written lists name it: ``sequence_set.LOCUS``, shape (n,)."""
    loci = np.zeros(len(regions), LOCUS)
    names = list(regions.genome.names)
    if _has_numbers(regions.genome):
        names = ["chrM" if name == _LAST[_WHOLE_FILE] else f"chr{name}" for name in names]
    loci["region"] = np.array(names, dtype=LOCUS["region"])[regions.row]
    loci["start"], loci["end"] = regions.start, regions.end
    loci["strand"] = np.where(regions.minus, "-", "+")
    return loci


def metadata_of(regions: Regions) -> dict[str, str]:
    """What ``metadata.yaml`` says of the genome: its file, and how names differ from the lists'.

    The genome goes by its file name, with ``.gz``: the reference package reads no other.
    """
    genome = regions.genome
    file = genome.path.name
    entry = {"type": "fa.gz", "url": file if file.endswith(".gz") else f"{file}.gz"}
    if _has_numbers(genome):
        rows = {name: row for row, name in enumerate(genome.names)}
        last = rows.get(_LAST[_PLAIN], len(genome.names))
        beyond = regions.row.max(initial=0) > last or _LAST[_WHOLE_FILE] in rows
        entry["extra_processing"] = _WHOLE_FILE if beyond else _PLAIN
    return entry


def _has_numbers(genome: Reference) -> bool:
    return any(_reads_as_value(name) for name in genome.names)


def _reads_as_value(name: str) -> bool:
    """Whether pandas would not leave this a text."""
    try:
        float(name)
    except ValueError:
        return name.lower() in _NOT_TEXT
    return True
