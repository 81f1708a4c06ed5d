"""``genbench-lite new``: from a BED or FASTA file to a folder that is ready to share."""

from __future__ import annotations

import argparse
import sys
import textwrap
import warnings
from typing import Any

from ..auditing import audit
from ..dataset import Dataset
from ..errors import GenbenchError
from .assembling import require_name
from .class_rows import require_genome_url
from .from_letters import from_fasta, is_fasta
from .from_regions import from_bed
from .writing import require_room, write_dataset

_WIDTH = 92


def run(options: argparse.Namespace) -> int:
    """Make the dataset, audit it, write it, say what was done.

    Returns
    -------
    int
        0, whatever the audit says: its verdict is on the card.

    Raises
    ------
    GenbenchError
        If a file cannot be used, or the folder not be written. Then nothing is left behind.
    """
    folder = options.output / require_name(options.name)
    require_room(folder, options.force)  # better now than after the work
    require_genome_url(options.genome_url)
    _step("Reading and matching")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the same is said below, in whole sentences
        dataset = make(options)
    assert dataset.card is not None
    for line in [*dataset.card.description.splitlines(), f"Negatives: {dataset.card.negatives}"]:
        print(textwrap.fill(line, _WIDTH, initial_indent="- ", subsequent_indent="  "))
    _step("Auditing")
    report = audit(dataset)
    _step("Writing")
    write_dataset(
        dataset, folder, report=report, genome_url=options.genome_url, force=options.force
    )
    print(f"\n{report}\n")
    print(f"{folder}: written. Read its README.md, then audit.html.")
    return 0


def make(options: argparse.Namespace) -> Dataset:
    """The dataset that the options ask for.

    Raises
    ------
    GenbenchError
        If the options contradict each other, or a file cannot be used.
    """
    common: dict[str, Any] = {
        name: getattr(options, name)
        for name in ("name", "length", "ratio", "split", "test", "seed")
    }
    if is_fasta(options.positives):
        if options.genome or options.genome_url or _regions_asked(options):
            raise GenbenchError(
                f"{options.positives} is a FASTA file: it has no coordinates for a genome, a "
                "blacklist, an avoid list or a margin. Leave these out, or give a BED file."
            )
        return from_fasta(options.positives, options.negatives or "shuffled", **common)
    if options.genome is None:
        raise GenbenchError(
            f"{options.positives} is a BED file: its letters are in a genome. Add "
            "--genome genome.fa."
        )
    match = () if options.match == "none" else tuple(options.match.split(","))
    return from_bed(
        options.positives,
        options.genome,
        options.negatives or "random",
        match=match,
        margin=options.margin,
        blacklist=options.blacklist,
        avoid=options.avoid,
        missing=options.missing,
        fewer=options.fewer,
        **common,
    )


def _regions_asked(options: argparse.Namespace) -> bool:
    return bool(options.blacklist or options.avoid or options.margin)


def _step(what: str) -> None:
    print(f"{what} ...", file=sys.stderr, flush=True)
