"""Recompute every number in ``genbench_lite/data/cards.json`` from the published interval lists.

The prose stays as people wrote it. Where it needs a number it names one, as in
``{negative[islands]:,}``; this script measures all it knows to measure and keeps what the
prose names. A number named for the first time needs an entry in the card's ``facts``, 0 will
do, since the cards are read before they are rebuilt.

    python scripts/build_cards.py --intervals FOLDER [--expected-rows FILE] [--check]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import string
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from genbench_lite.audits.interval_checks import length_answers, name_answers
from genbench_lite.audits.interval_leaks import (
    distinct_intervals,
    in_training,
    lookup_answers,
    train_and_test,
)
from genbench_lite.audits.overlaps import best_overlap, islands, pairs
from genbench_lite.cards import CARDS, PROSE
from genbench_lite.dataset import SPLITS
from genbench_lite.demo import OPEN_CHROMATIN, load_open_chromatin
from genbench_lite.interval_set import Intervals

WITNESSES = 20
DIGITS = 16
LENGTH_STEP = 200  # bp: the grid on which the Ensembl Regulatory Build lays its enhancers
SHORT = 20  # bp: about the longest motif of one transcription factor


def without_strand(folder: Path) -> dict[str, int]:
    """Rows of each class that name no strand; an interval list read for use has them on +."""
    counts: dict[str, int] = {}
    for path in sorted(folder.glob("*/*.csv.gz")):
        strand = pd.read_csv(path, usecols=["strand"])["strand"]
        label = path.name.removesuffix(".csv.gz")
        counts[label] = counts.get(label, 0) + int((~strand.isin(["+", "-"])).sum())
    return counts


def in_words(regions: set[str]) -> str:
    """Names of chromosomes, sorted, without ``chr``: ``9 and Y``."""
    names = sorted(name.removeprefix("chr") for name in regions)
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def names(rows: Intervals) -> set[str]:
    """The regions that hold rows."""
    return {rows.regions[code] for code in np.unique(rows.region)}


def seams(own: Intervals) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of rows that follow one another in a region with one base between them."""
    order = np.lexsort((own.start, own.region))
    before, after = order[:-1], order[1:]
    cut = (own.region[before] == own.region[after]) & (own.start[after] - own.end[before] == 1)
    return before[cut], after[cut]


def measure_class(rows: Intervals, label: int, best: np.ndarray) -> dict[str, Any]:
    """What the coordinates say about one class; ``best`` holds its test rows' best overlaps."""
    own, other = rows.take(rows.label == label), rows.take(rows.label != label)
    elsewhere = [other.regions[code] for code in other.region[~np.isin(other.region, own.region)]]
    excess = own.length % LENGTH_STEP
    before, after = seams(own)
    return {
        "rows": len(own),
        "distinct": int(distinct_intervals(own)[label]),
        "islands": islands(own),
        "regions": len(names(own)),
        "among_others": len(np.unique(pairs(own, other)[0])),
        "absent_from": in_words(set(elsewhere)),
        "others_there": len(elsewhere),
        "test_seen": float(in_training(own).mean()),
        "test_half": float((best >= own.rows("test").length / 2).mean()),
        "test_touching": float((best > 0).mean()),
        "on_step": float((excess == 0).mean()),
        "over_step": int(excess.max()),
        "pieces": len(np.union1d(before, after)),
        "pieces_apart": int((own.split[before] != own.split[after]).sum()),
    }


def measure(rows: Intervals, no_strand: dict[str, int]) -> dict[str, Any]:
    """Everything the prose of a card may name, from the coordinates alone."""
    train, test = train_and_test(rows)
    best, partner = best_overlap(test, train)
    answers = {
        "length_accuracy": length_answers(train, test),
        "region_accuracy": name_answers(train, test, train.region, test.region),
        "lookup_accuracy": lookup_answers(train, test, partner),
    }
    classes = {
        label: measure_class(rows, k, best[test.label == k])
        | {"no_strand": no_strand.get(label, 0)}
        for k, label in enumerate(rows.classes)
    }
    return {
        "total": len(rows),
        "test_total": len(test),
        "standard_error": float(np.sqrt(0.25 / len(test))),
        "majority_accuracy": float(np.bincount(test.label).max() / len(test)),
        **{name: float((labels == test.label).mean()) for name, labels in answers.items()},
        "length_step": LENGTH_STEP,
        "short": SHORT,
        "short_rows": int((rows.length < SHORT).sum()),
        **{f"{split}_regions": in_words(names(rows.rows(split))) for split in SPLITS},
        **classes,
    }


def count(rows: Intervals) -> dict[str, Any]:
    """Rows per split and class, and lengths in bp."""
    median = float(np.median(rows.length))
    parts = {split: part for split in SPLITS if len(part := rows.rows(split))}
    return {
        "rows": {
            split: {label: int((part.label == k).sum()) for k, label in enumerate(rows.classes)}
            for split, part in parts.items()
        },
        "length": {
            "min": int(rows.length.min()),
            "median": int(median) if median.is_integer() else median,
            "max": int(rows.length.max()),
        },
    }


def texts(prose: Any) -> Iterator[str]:
    """All strings in a piece of prose."""
    if isinstance(prose, str):
        yield prose
    else:
        for part in prose.values() if isinstance(prose, dict) else prose:
            yield from texts(part)


def named(card: dict[str, Any], facts: dict[str, Any]) -> dict[str, Any]:
    """The facts that the prose of a card names."""
    kept: dict[str, Any] = {}
    for text in texts([card[key] for key in PROSE]):
        for _, field, _, _ in string.Formatter().parse(text):
            first, _, key = (field or "").rstrip("]").partition("[")
            if not first or first in ("rows", "length"):
                continue
            if key:
                kept.setdefault(first, {})[key] = facts[first][key]
            else:
                kept[first] = facts[first]
    return kept


def witnesses(path: Path) -> dict[str, dict[str, list[str]]]:
    """Digests of some sequences of every class: dataset to class to digests."""
    expected = pd.read_csv(path, sep="\t", usecols=["dataset", "class", "sequence"])
    expected["digest"] = [
        hashlib.sha256(sequence.upper().encode()).hexdigest()[:DIGITS]
        for sequence in expected["sequence"]
    ]
    known = expected.groupby(["dataset", "digest"])["class"].agg(["nunique", "first"])
    certain = known[known["nunique"] == 1].reset_index()
    found: dict[str, dict[str, list[str]]] = {}
    for (dataset, label), part in certain.groupby(["dataset", "first"]):
        found.setdefault(dataset, {})[label] = sorted(part["digest"])[:WITNESSES]
    return found


def build(cards: dict[str, Any], intervals: Path, expected: Path | None) -> dict[str, Any]:
    """The cards with all that is computed computed anew."""
    known = witnesses(expected) if expected else {}
    built = {}
    for name, card in cards.items():
        if card["simulated"]:
            built[name] = card
            continue
        if name == OPEN_CHROMATIN.stem:
            rows = Intervals.from_dataset(load_open_chromatin())
            no_strand, metadata = {}, None
        else:
            folder = intervals / name
            rows, no_strand = Intervals.from_folder(folder), without_strand(folder)
            metadata = yaml.safe_load((folder / "metadata.yaml").read_text())
        built[name] = card | count(rows)
        built[name] |= {"facts": named(card, measure(rows, no_strand)), "metadata": metadata}
        built[name]["witness"] = known.get(name, card["witness"])
    return built


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--intervals", type=Path, required=True, help="one folder a dataset")
    parser.add_argument("--expected-rows", type=Path, help="sequences known for certain (TSV)")
    parser.add_argument("--cards", type=Path, default=CARDS, help="file to bring up to date")
    parser.add_argument("--check", action="store_true", help="change nothing; 1 if out of date")
    options = parser.parse_args()
    before = options.cards.read_text(encoding="utf-8")
    built = build(json.loads(before), options.intervals, options.expected_rows)
    after = json.dumps(built, indent=1, ensure_ascii=False) + "\n"
    if before == after:
        return 0
    if options.check:
        print(f"{options.cards.name} is out of date: run {Path(__file__).name} without --check.")
        return 1
    options.cards.write_text(after, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
