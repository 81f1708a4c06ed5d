"""The card that travels with a dataset: what it holds, how it was made, what the audit said."""

from __future__ import annotations

import hashlib
import html
from collections.abc import Sequence
from pathlib import Path

from .. import __version__
from ..audits.audit_report import AuditReport, percent
from ..dataset import Dataset
from .assembling import NOT_STATED
from .class_rows import ClassRows

_LOAD = """\
With [Genbench Lite](https://github.com/genbench-lite/genbench-lite), no genome is needed:

```python
import genbench_lite as gbl

ds = gbl.load("path/to/{name}")  # this folder: sequences, and coordinates where there are such
ds = gbl.from_archive("{name}_v0.zip")  # or the sequences alone
```

From the coordinates and the reference, letter by letter:

```python
ds = gbl.from_intervals("path/to/{name}", {references})
```

With the reference package, `genomic-benchmarks`:

```python
from pathlib import Path
import shutil

# from then on its dataset classes know "{name}" by its name
shutil.unpack_archive("{name}_v0.zip", Path.home() / ".genomic_benchmarks")
```

or from the coordinates, with the references{among} in `references/`:

```python
from genomic_benchmarks.loc2seq import download_dataset

download_dataset(
    Path("path/to/{name}"), version=0, cache_path="path/to/{name}/references",
    use_cloud_cache=False, local_repo=True,
)
```
"""


def dataset_card(
    name: str,
    dataset: Dataset,
    classes: Sequence[ClassRows],
    report: AuditReport,
    archive: Path,
) -> str:
    """The card of a dataset as Markdown.

    Parameters
    ----------
    name : str
        Its name in the files.
    dataset : Dataset
    classes : sequence of ClassRows
        What was written.
    report : AuditReport
    archive : Path
        The zip that was written; its checksum goes into the card.
    """
    parts = [
        f"# {name}",
        f"{_counted(dataset)} Made with Genbench Lite {__version__}.",
        _rows(dataset),
        "## How it was made",
        _making(dataset, classes),
        "## What the audit says",
        _audit(report),
        "## Files",
        _files(name, dataset, classes, archive),
        "## How to load it",
        _loading(name, classes),
        "## Before you share it",
        _unstated(dataset, classes),
    ]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _counted(dataset: Dataset) -> str:
    n = sum(len(part) for part in dataset.splits.values())
    low = min(int(part.lengths.min()) for part in dataset.splits.values())
    high = max(int(part.lengths.max()) for part in dataset.splits.values())
    length = f"{low:,} bp" if low == high else f"{low:,} to {high:,} bp"
    return f"{n:,} DNA sequences of {length} in {len(dataset.classes)} classes."


def _rows(dataset: Dataset) -> str:
    table = dataset.info()
    splits = list(table.columns)
    meanings = dict(dataset.card.class_meanings) if dataset.card is not None else {}
    lines = [_line("class", *splits, "what it is"), _line("---", *["---:"] * len(splits), "---")]
    for cls in dataset.classes:
        counts = (f"{int(table[split][cls]):,}" for split in splits)
        lines.append(_line(cls, *counts, _plain(meanings.get(cls, NOT_STATED))))
    return "\n".join(lines)


def _making(dataset: Dataset, classes: Sequence[ClassRows]) -> str:
    card = dataset.card
    lines = ["Nothing is known of how it was made: it came without a card."]
    if card is not None:
        lines = [f"Made from: {card.source}.", *card.description.splitlines()]
        lines.insert(-1, f"Negatives: {card.negatives}")
    renumbered = [one.name for one in classes if one.renumbered]
    if renumbered:
        lines.append(
            f"The ids of {', '.join(renumbered)} could not name files on every system: rows are "
            "numbered."
        )
    return "\n".join(f"- {_plain(line)}" for line in lines)


def _plain(text: str) -> str:
    """Text with file names in it, which Markdown could take for HTML."""
    return html.escape(text, quote=False)


def _audit(report: AuditReport) -> str:
    lines = [
        f"**{report.verdict}** ({report.summary}). The whole report: `audit.html`, `audit.txt`.",
        "",
        _line("question", "verdict", "accuracy", "majority", "share of rows"),
        _line("---", "---", "---:", "---:", "---:"),
    ]
    lines += [
        _line(f.title, f.verdict, percent(f.accuracy), percent(f.majority), percent(f.share))
        for f in report.worst_first()
    ]
    return "\n".join(lines)


def _files(name: str, dataset: Dataset, classes: Sequence[ClassRows], archive: Path) -> str:
    splits = ", ".join(f"`{split}/`" for split in dataset.splits)
    lines = [
        f"- `{name}_v0.zip`: the sequences, `{name}/<split>/<class>/<id>.txt`, upper case. "
        f"SHA-256 `{hashlib.sha256(archive.read_bytes()).hexdigest()}`",
        f"- {splits}: for each class the coordinates, `id,region,start,end,strand`; 0-based, "
        "half-open",
        "- `metadata.yaml`: the reference of each class"
        + (_RULE if any("extra_processing" in one.entry for one in classes) else ""),
    ]
    own = [one.name for one in classes if one.own_reference]
    if own:
        lines.append(
            f"- `references/`: the sequences of {', '.join(own)}, which lie in no genome; their "
            "coordinates are those in these files"
        )
    if "valid" in dataset.splits:
        lines.append("- The reference package reads `train` and `test`, and passes `valid` over")
    return "\n".join(lines)


_RULE = (
    ". `extra_processing` is the rule by which names are read: `chr` in front of those in the "
    "FASTA file. It is called after the genome it was made for, whatever genome this is"
)


def _loading(name: str, classes: Sequence[ClassRows]) -> str:
    lists = [
        f'"{one.name}": '
        + (f'"path/to/{name}/references/{_file(one)}"' if one.own_reference else f'"{_file(one)}"')
        for one in classes
    ]
    genomes = sorted({_file(one) for one in classes if not one.own_reference})
    same = len({_file(one) for one in classes}) == 1
    references = f'"{_file(classes[0])}"' if same else f"{{{', '.join(lists)}}}"
    among = f" ({', '.join(genomes)}, gzipped, among them)" if genomes else ""
    return _LOAD.format(name=name, references=references, among=among)


def _file(one: ClassRows) -> str:
    return str(one.entry["url"]).rpartition("/")[2]


def _unstated(dataset: Dataset, classes: Sequence[ClassRows]) -> str:
    lines = ["Fill in what no program can know:", ""]
    for what, field in (
        ("Organism and assembly", "organism"),
        ("Where the data come from, and whom to cite", "citation"),
        ("Licence", "licence"),
    ):
        lines.append(f"- {what}: {getattr(dataset.card, field, NOT_STATED)}")
    if any(not one.own_reference and "/" not in one.entry["url"] for one in classes):
        lines.append(
            "- Where to download the genome: not stated. Put its address in place of the bare file "
            "name after `url:` in `metadata.yaml`"
        )
    return "\n".join(lines)


def _line(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
