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

from genbench_lite.cards import CARDS, PROSE
from genbench_lite.dataset import SPLITS, Dataset
from genbench_lite.demo import OPEN_CHROMATIN, load_open_chromatin

WITNESSES = 20
DIGITS = 16
LENGTH_STEP = 200  # bp: the grid on which the Ensembl Regulatory Build lays its enhancers
SHORT = 20  # bp: about the longest motif of one transcription factor


def read_intervals(folder: Path) -> pd.DataFrame:
    """All rows of a dataset: region, start, end, strand, split and label."""
    parts = []
    for split in SPLITS:
        for path in sorted(folder.glob(f"{split}/*.csv.gz")):
            part = pd.read_csv(path, dtype={"id": str, "region": str})
            parts.append(part.assign(split=split, label=path.name.removesuffix(".csv.gz")))
    return pd.concat(parts, ignore_index=True)


def intervals_of(dataset: Dataset) -> pd.DataFrame:
    """The rows of a packed dataset, in the same form."""
    parts = []
    for name, split in dataset.splits.items():
        labels = np.array(dataset.classes)[split.labels]
        parts.append(pd.DataFrame(np.asarray(split.loci)).assign(split=name, label=labels))
    return pd.concat(parts, ignore_index=True)


def overlaps(a: pd.DataFrame, b: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Every pair of a row of ``a`` and a row of ``b`` that share bases: both positions, and bp."""
    b_order = np.argsort(b["at"].to_numpy(), kind="stable")
    starts, ends = b["at"].to_numpy()[b_order], b["to"].to_numpy()[b_order]
    reach = (ends - starts).max(initial=0)
    first = np.searchsorted(starts, a["at"].to_numpy() - reach, "right")
    count = np.maximum(np.searchsorted(starts, a["to"].to_numpy()) - first, 0)
    i = np.repeat(np.arange(len(a)), count)
    within = np.arange(len(i)) - np.repeat(np.cumsum(count) - count, count)
    j = first[i] + within
    shared = np.minimum(a["to"].to_numpy()[i], ends[j]) - np.maximum(
        a["at"].to_numpy()[i], starts[j]
    )
    real = shared > 0
    return i[real], b_order[j[real]], shared[real]


def islands(rows: pd.DataFrame) -> int:
    """How many stretches are left after overlapping rows are merged."""
    rows = rows.sort_values("at")
    reached = np.maximum.accumulate(rows["to"].to_numpy())
    return 1 + int((rows["at"].to_numpy()[1:] >= reached[:-1]).sum())


def guess(train: pd.DataFrame, test: pd.DataFrame, column: str) -> float:
    """Accuracy of the class most common in training among rows of the same ``column``."""
    usual = train.groupby(column)["label"].agg(lambda labels: labels.value_counts().index[0])
    fallback = train["label"].value_counts().index[0]
    return float((test[column].map(usual).fillna(fallback) == test["label"]).mean())


def look_up(train: pd.DataFrame, test: pd.DataFrame) -> tuple[np.ndarray, float]:
    """Best overlap with a training row in bp, and the accuracy of copying that row's class.

    A test row that overlaps none gets the class that covers the most separate places.
    """
    i, j, shared = overlaps(test, train)
    order = np.argsort(shared, kind="stable")  # the best is written last
    best = np.zeros(len(test), np.int64)
    best[i[order]] = shared[order]
    places = {label: islands(rows) for label, rows in train.groupby("label")}
    guessed = np.full(len(test), max(places, key=lambda label: places[label]), object)
    guessed[i[order]] = train["label"].to_numpy()[j[order]]
    return best, float((guessed == test["label"].to_numpy()).mean())


def in_words(regions: set[str]) -> str:
    """Names of chromosomes, sorted, without ``chr``: ``9 and Y``."""
    names = sorted(name.removeprefix("chr") for name in regions)
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def measure_class(rows: pd.DataFrame, label: str) -> dict[str, Any]:
    """What the coordinates say about one class."""
    own, other = rows[rows["label"] == label], rows[rows["label"] != label]
    place = ["region", "start", "end"]
    train, test = (own[own["split"] == split] for split in ("train", "test"))
    elsewhere = other[~other["region"].isin(own["region"])]
    excess = own["length"] % LENGTH_STEP
    by_start = own.sort_values("at")
    gap = by_start["at"].to_numpy()[1:] - by_start["to"].to_numpy()[:-1]
    cut = np.flatnonzero(gap == 1)
    splits = by_start["split"].to_numpy()
    return {
        "rows": len(own),
        "distinct": len(own.drop_duplicates(place)),
        "islands": islands(own),
        "regions": own["region"].nunique(),
        "no_strand": int((~own["strand"].isin(["+", "-"])).sum()),
        "among_others": len(np.unique(overlaps(own, other)[0])),
        "absent_from": in_words(set(elsewhere["region"])),
        "others_there": len(elsewhere),
        "test_seen": float(test.set_index(place).index.isin(train.set_index(place).index).mean()),
        "test_half": float((test["best"] >= test["length"] / 2).mean()),
        "test_touching": float((test["best"] > 0).mean()),
        "on_step": float((excess == 0).mean()),
        "over_step": int(excess.max()),
        "pieces": len(np.union1d(cut, cut + 1)),
        "pieces_apart": int((splits[cut] != splits[cut + 1]).sum()),
    }


def measure(rows: pd.DataFrame) -> dict[str, Any]:
    """Everything the prose of a card may name, from the coordinates alone."""
    region = pd.factorize(rows["region"])[0].astype(np.int64) << 40  # one axis for all regions
    rows = rows.assign(
        at=region + rows["start"], to=region + rows["end"], length=rows["end"] - rows["start"]
    )
    train, test = (rows[rows["split"] == split] for split in ("train", "test"))
    best, looked_up = look_up(train, test)
    rows["best"] = pd.Series(best, index=test.index).reindex(rows.index, fill_value=0)
    regions = {
        f"{split}_regions": in_words(set(part["region"])) for split, part in rows.groupby("split")
    }
    return {
        "total": len(rows),
        "test_total": len(test),
        "standard_error": float(np.sqrt(0.25 / len(test))),
        "majority_accuracy": float(test["label"].value_counts(normalize=True).max()),
        "length_accuracy": guess(train, test, "length"),
        "region_accuracy": guess(train, test, "region"),
        "lookup_accuracy": looked_up,
        "length_step": LENGTH_STEP,
        "short": SHORT,
        "short_rows": int((rows["length"] < SHORT).sum()),
        **regions,
        **{label: measure_class(rows, label) for label in sorted(rows["label"].unique())},
    }


def count(rows: pd.DataFrame) -> dict[str, Any]:
    """Rows per split and class, and lengths in bp."""
    length = rows["end"] - rows["start"]
    median = float(length.median())
    return {
        "rows": {
            split: {str(label): int(n) for label, n in sorted(part["label"].value_counts().items())}
            for split in SPLITS
            if len(part := rows[rows["split"] == split])
        },
        "length": {
            "min": int(length.min()),
            "median": int(median) if median.is_integer() else median,
            "max": int(length.max()),
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
        packed = name == OPEN_CHROMATIN.stem
        rows = intervals_of(load_open_chromatin()) if packed else read_intervals(intervals / name)
        metadata = (
            None if packed else yaml.safe_load((intervals / name / "metadata.yaml").read_text())
        )
        built[name] = card | count(rows)
        built[name] |= {"facts": named(card, measure(rows)), "metadata": metadata}
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
