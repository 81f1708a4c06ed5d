"""Which datasets exist, and what is known about each: one :class:`Card` a dataset.

The cards come from ``data/cards.json``. People wrote its prose; ``scripts/build_cards.py``
counted every number in it from the published interval lists. The prose names a number by its
place in the facts, so that no figure is typed by hand. Reading a card needs no network.
"""

from __future__ import annotations

import functools
import json
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from .errors import UnknownNameError
from .paths import DATA

if TYPE_CHECKING:
    import pandas as pd

CARDS = DATA / "cards.json"
ARCHIVES = "https://zenodo.org/records/16605299/files"
INTERVALS = "https://raw.githubusercontent.com/ML-Bioinfo-CEITEC/genomic_benchmarks/main/datasets"
HUB = "katarinagresova/Genomic_Benchmarks_"

PROSE = ("title", "description", "class_meanings", "negatives", "caution", "faults")

_CELL = "text-align: left; vertical-align: top; white-space: normal; padding: 0.2em 0.8em 0.2em 0"
_ENTRY = "margin-bottom: 0.3em"
_FRAME = (
    "border: 1px solid rgba(128, 128, 128, 0.5); border-radius: 6px; padding: 0.8em 1.2em; "
    "max-width: 46em; color: inherit; background: transparent"
)


@dataclass(frozen=True, eq=False, repr=False)
class Card:
    """What is known about one dataset.

    Parameters
    ----------
    name : str
        Name of the dataset, as published.
    title, description : str
        A heading and a paragraph for people.
    organism, assembly : str
        Whose genome, and which version of it, with its name at UCSC in brackets.
    class_meanings : dict
        Class name to what its sequences are.
    negatives : str
        Where the class without the feature comes from.
    caution : str
        The known faults in a sentence.
    faults : tuple of str
        The known faults, each with what was measured.
    rows : dict
        Split to class to number of sequences; splits in the order train, valid, test.
    length : dict
        ``min``, ``median`` and ``max`` over all sequences, in bp.
    source, licence, citation : str
        Where the data come from, under which terms, and whom to cite (one work a line).
    metadata : dict or None
        The publishers' ``metadata.yaml``: a version, and for each class the ``url`` and
        ``type`` of its reference and, where names need mending, ``extra_processing``.
    embedded : bool
        True if the dataset works with no network.
    simulated : bool
        True if no organism made the sequences.
    witness : dict
        Class name to the first 16 hexadecimal digits of the SHA-256 of some of its sequences
        (upper case, in either split). A copy whose classes are swapped has them under the
        wrong class. Empty where no sequence is known for certain.

    Examples
    --------
    >>> cohn = card("human_enhancers_cohn")
    >>> cohn.classes, cohn.rows["test"], cohn.length["max"]
    (('negative', 'positive'), {'negative': 3474, 'positive': 3474}, 500)
    """

    name: str
    title: str
    description: str
    organism: str
    assembly: str
    class_meanings: dict[str, str]
    negatives: str
    caution: str
    faults: tuple[str, ...]
    rows: dict[str, dict[str, int]]
    length: dict[str, float]
    source: str
    licence: str
    citation: str
    metadata: dict[str, Any] | None
    embedded: bool
    simulated: bool
    witness: dict[str, list[str]]

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names in sorted order; a label is a position in it."""
        return tuple(sorted(self.class_meanings))

    @property
    def archive_url(self) -> str | None:
        """Address of the published archive of sequences; None if the dataset is embedded."""
        return None if self.embedded else f"{ARCHIVES}/{self.name}_v0.zip?download=1"

    @property
    def hub_repository(self) -> str | None:
        """The publishers' copy on the Hugging Face hub; None if the dataset is embedded."""
        return None if self.embedded else HUB + self.name

    def interval_url(self, split: str, label: str) -> str | None:
        """Address of the published intervals of one class; None if the dataset is embedded.

        Examples
        --------
        >>> card("human_ocr_ensembl").interval_url("test", "positive").split("/main/")[1]
        'datasets/human_ocr_ensembl/test/positive.csv.gz'
        """
        return None if self.embedded else f"{INTERVALS}/{self.name}/{split}/{label}.csv.gz"

    def _entries(self) -> Iterator[tuple[str, list[str]]]:
        """The card as headings with one or more lines each, for text and for HTML."""
        yield "Organism", [self.organism]
        yield "Assembly", [self.assembly]
        yield "Classes", [f"{label}: {self.class_meanings[label]}" for label in self.classes]
        yield "Negatives", [self.negatives]
        yield (
            "Rows",
            [
                f"{split}: " + ", ".join(f"{counts[label]:,} {label}" for label in self.classes)
                for split, counts in self.rows.items()
            ],
        )
        fixed = self.length["min"] == self.length["max"]
        median = " each" if fixed else f", median {self.length['median']:,} bp"
        yield "Length", [f"{_span(self)} bp{median}"]
        yield "Known faults", list(self.faults)
        yield "Source", [self.source]
        yield "Licence", [self.licence]
        yield "Please cite", self.citation.splitlines()

    def __repr__(self) -> str:
        lines = [f"{self.name}: {self.title}", *textwrap.wrap(self.description, 88), ""]
        for heading, entries in self._entries():
            for entry in entries:
                lines += textwrap.wrap(
                    entry, 88, initial_indent=f"{heading:14}", subsequent_indent=" " * 14
                )
                heading = ""
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        rows = ""
        for heading, entries in self._entries():
            cell = "".join(
                f'<div style="{_ENTRY}">{_linked(escape(entry))}</div>' for entry in entries
            )
            rows += (
                '<tr style="background: transparent">'
                f'<th scope="row" style="{_CELL}">{heading}</th>'
                f'<td style="{_CELL}">{cell}</td></tr>'
            )
        return (
            f'<div style="{_FRAME}"><strong>{escape(self.title)}</strong> '
            f"<code>{escape(self.name)}</code><p>{escape(self.description)}</p>"
            f'<table style="color: inherit; border: none; font-size: inherit">{rows}</table></div>'
        )


def _linked(text: str) -> str:
    """Turn each DOI in escaped text into a link."""
    return re.sub(r"\bdoi:(10\.\d{4,}/[^\s<>&]+)", r'<a href="https://doi.org/\1">doi:\1</a>', text)


def _span(of: Card) -> str:
    low, high = of.length["min"], of.length["max"]
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def _from_json(name: str, stored: dict[str, Any]) -> Card:
    known = stored.pop("facts") | {"rows": stored["rows"], "length": stored["length"]}

    def fill(prose: Any) -> Any:
        if isinstance(prose, str):
            return prose.format(**known)
        if isinstance(prose, dict):
            return {label: fill(text) for label, text in prose.items()}
        return tuple(fill(text) for text in prose)

    filled = {key: fill(stored[key]) for key in PROSE}
    return Card(name=name, **(stored | filled))


@functools.cache
def _cards() -> dict[str, Card]:
    stored = json.loads(CARDS.read_text(encoding="utf-8"))
    return {name: _from_json(name, entry) for name, entry in stored.items()}


def card(name: str) -> Card:
    """What is known about a dataset.

    Raises
    ------
    UnknownNameError
        If there is no such dataset; the message suggests the nearest name.

    Examples
    --------
    >>> card("dummy_mouse_enhancers_ensembl").organism
    'Mus musculus'
    """
    if name not in _cards():
        raise UnknownNameError("dataset", name, _cards())
    return _cards()[name]


def list_datasets() -> list[str]:
    """Names of all datasets: the nine of Genomic Benchmarks, then the embedded ones.

    Examples
    --------
    >>> len(list_datasets()), list_datasets()[-1]
    (11, 'demo_planted_motifs')
    """
    return list(_cards())


def info(name: str) -> pd.DataFrame:
    """Rows per class and split, as published.

    Parameters
    ----------
    name : str
        Name of a dataset.

    Returns
    -------
    pandas.DataFrame
        One row a class, index ``class``; one column a split.

    Raises
    ------
    UnknownNameError
        If there is no such dataset.

    Examples
    --------
    >>> info("human_nontata_promoters").loc["negative"].to_dict()
    {'train': 12355, 'test': 4119}
    """
    import pandas as pd

    of = card(name)
    return pd.DataFrame(of.rows, index=pd.Index(of.classes, name="class"))


def catalog() -> pd.DataFrame:
    """All datasets at a glance.

    Returns
    -------
    pandas.DataFrame
        One row a dataset, index ``dataset``. ``balance`` is the size of the smallest class
        over that of the largest; 1 is balanced. ``where`` is ``embedded`` (works with no
        network) or ``download``.

    Examples
    --------
    >>> catalog().at["human_nontata_promoters", "length_bp"]
    '251'
    """
    import pandas as pd

    records = []
    for of in _cards().values():
        sizes = [sum(counts[label] for counts in of.rows.values()) for label in of.classes]
        records.append(
            {
                "dataset": of.name,
                "organism": of.organism,
                "classes": ", ".join(of.classes),
                "rows": sum(sizes),
                "length_bp": _span(of),
                "balance": round(min(sizes) / max(sizes), 2),
                "where": "embedded" if of.embedded else "download",
                "caution": of.caution,
            }
        )
    return pd.DataFrame(records).set_index("dataset")
