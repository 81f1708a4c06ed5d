"""The cards: their counts against the published lists, their prose against their facts."""

from __future__ import annotations

import csv
import dataclasses
import gzip
import hashlib
import importlib.util
import json
import re
import socket
import statistics
import string
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from genbench_lite import cards
from genbench_lite.cards import card, catalog, info, list_datasets
from genbench_lite.errors import UnknownNameError
from genbench_lite.interval_set import Intervals

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
INTERVALS = SHARED / "real" / "intervals"
EXPECTED = SHARED / "real" / "reference" / "expected_rows.tsv.gz"
SCRIPT = ROOT / "scripts" / "build_cards.py"

ALL = list_datasets()
EMBEDDED = ["demo_open_chromatin_cells", "demo_planted_motifs"]
NINE = [name for name in ALL if name not in EMBEDDED]

needs_intervals = pytest.mark.skipif(
    not INTERVALS.is_dir(), reason="the published interval lists are not beside the checkout"
)
needs_expected = pytest.mark.skipif(
    not EXPECTED.exists(), reason="the official sequences are not beside the checkout"
)
needs_facts = pytest.mark.skipif(
    not (SHARED / "facts").is_dir(), reason="the table of facts is not beside the checkout"
)


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("build_cards", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("a card asked for the network")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    cards._cards.cache_clear()


def stored() -> dict:
    return json.loads(cards.CARDS.read_text(encoding="utf-8"))


# Unknown names


@pytest.mark.parametrize("function", [card, info])
def test_misspelt_name_suggests_the_nearest(function):
    with pytest.raises(UnknownNameError, match="Did you mean 'human_enhancers_cohn'"):
        function("human_enhancer_cohen")


def test_foreign_name_lists_the_known():
    with pytest.raises(UnknownNameError) as caught:
        card("mnist")
    assert all(name in str(caught.value) for name in ALL)


# Counts


@needs_intervals
@pytest.mark.parametrize("name", NINE)
def test_rows_and_lengths_are_those_of_the_published_lists(name):
    lengths, rows = [], {}
    for path in sorted((INTERVALS / name).glob("*/*.csv.gz")):
        with gzip.open(path, "rt") as lines:
            own = [int(row["end"]) - int(row["start"]) for row in csv.DictReader(lines)]
        rows.setdefault(path.parent.name, {})[path.name.removesuffix(".csv.gz")] = len(own)
        lengths += own
    assert card(name).rows == rows
    assert card(name).length == {
        "min": min(lengths),
        "median": statistics.median(lengths),
        "max": max(lengths),
    }


@needs_intervals
@pytest.mark.parametrize("name", NINE)
def test_metadata_is_the_published_file(name):
    published = yaml.safe_load((INTERVALS / name / "metadata.yaml").read_text())
    assert card(name).metadata == published
    assert tuple(sorted(published["classes"])) == card(name).classes


@needs_facts
def test_rows_and_lengths_are_those_of_the_facts():
    with (SHARED / "facts" / "datasets.csv").open() as lines:
        table = {row["dataset"]: row for row in csv.DictReader(lines)}
    assert sorted(table) == sorted(NINE)
    for name, row in table.items():
        of = card(name)
        counts = "; ".join(
            f"{label} {of.rows['train'][label]}/{of.rows['test'][label]}" for label in of.classes
        )
        assert row["rows_per_class_train/test"] == counts
        low, median, high = of.length["min"], of.length["median"], of.length["max"]
        shown = f"{low} fixed" if low == high else f"{low}-{high}, median {median}"
        assert row["length_bp"] == shown


def test_the_embedded_card_counts_what_is_embedded():
    from genbench_lite.demo import load_open_chromatin

    dataset = load_open_chromatin()
    pd.testing.assert_frame_equal(info(dataset.name), dataset.info())
    lengths = {int(n) for split in dataset.splits.values() for n in np.unique(split.lengths)}
    assert set(card(dataset.name).length.values()) == lengths


def test_info_gives_published_counts_of_all_nine_without_network(no_network):
    totals = {}
    for name in NINE:
        frame = info(name)
        assert frame.index.name == "class"
        assert tuple(frame.index) == card(name).classes
        assert list(frame.columns) == ["train", "test"]
        totals[name] = int(frame.to_numpy().sum())
    assert totals["human_ensembl_regulatory"] == 289_061
    assert totals["dummy_mouse_enhancers_ensembl"] == 1_210
    assert info("human_nontata_promoters").loc["negative"].tolist() == [12_355, 4_119]


@pytest.mark.parametrize("name", EMBEDDED)
def test_info_has_a_column_for_validation_where_it_exists(name):
    assert list(info(name).columns) == ["train", "valid", "test"]


def test_changing_the_frame_leaves_the_card_alone():
    frame = info("human_ocr_ensembl")
    frame.loc["negative", "train"] = 0
    assert info("human_ocr_ensembl").loc["negative", "train"] == 69_902


# The list and the catalogue


def test_the_nine_come_first_then_the_embedded():
    assert len(NINE) == 9
    assert [*NINE, *EMBEDDED] == ALL
    ALL_again = list_datasets()
    ALL_again.clear()
    assert list_datasets() == ALL


def test_catalog_has_one_row_a_dataset(no_network):
    table = catalog()
    assert table.index.tolist() == ALL
    assert table["where"].eq("embedded").sum() == 2
    assert table.loc["human_ensembl_regulatory", "rows"] == 289_061
    assert table.loc["human_ensembl_regulatory", "length_bp"] == "71 to 802"
    assert table.loc["human_nontata_promoters", "balance"] == round(16_474 / 19_657, 2)
    assert table.loc["human_enhancers_cohn", "classes"] == "negative, positive"
    assert table["caution"].str.fullmatch(r"[A-Z].{30,120}\.").all()  # one short sentence


def test_reading_cards_loads_no_heavy_package():
    code = (
        "import sys, genbench_lite.cards as c; repr(c.card('human_ocr_ensembl')); "
        "sys.exit(bool({'pandas', 'numpy', 'torch', 'matplotlib'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# What a card says


@pytest.mark.parametrize("name", ALL)
def test_every_field_is_filled(name):
    of = card(name)
    may_be_empty = {"metadata", "embedded", "simulated", "witness"}
    for field in dataclasses.fields(of):
        value = getattr(of, field.name)
        assert value or field.name in may_be_empty, field.name
    assert all(of.class_meanings.values())
    assert all(len(fault) > 30 for fault in of.faults)
    assert all(set(counts) == set(of.classes) for counts in of.rows.values())
    assert "{" not in repr(of)
    assert re.search(r"doi:10\.\d{4,}/\S+$", of.citation, re.MULTILINE)
    assert (of.metadata is None) == of.embedded == (name in EMBEDDED)


@pytest.mark.parametrize("name", NINE)
def test_the_nine_cite_the_benchmark(name):
    assert "doi:10.1186/s12863-023-01123-8" in card(name).citation


@pytest.mark.parametrize("name", EMBEDDED)
def test_the_embedded_say_they_are_not_of_the_benchmark(name):
    assert "not a Genomic Benchmarks dataset" in card(name).description


def test_addresses_of_a_published_dataset():
    of = card("human_ocr_ensembl")
    assert of.archive_url == (
        "https://zenodo.org/records/16605299/files/human_ocr_ensembl_v0.zip?download=1"
    )
    assert of.hub_repository == "katarinagresova/Genomic_Benchmarks_human_ocr_ensembl"
    assert of.interval_url("test", "negative") == (
        "https://raw.githubusercontent.com/ML-Bioinfo-CEITEC/genomic_benchmarks/main/"
        "datasets/human_ocr_ensembl/test/negative.csv.gz"
    )


@pytest.mark.parametrize("name", EMBEDDED)
def test_an_embedded_dataset_has_no_address(name):
    of = card(name)
    assert (of.archive_url, of.hub_repository, of.interval_url("train", "K562")) == (None,) * 3


def test_text_and_html_say_the_same():
    for name in ALL:
        of = card(name)
        flat = " ".join(repr(of).split())
        html = of._repr_html_()
        for fault in of.faults:
            assert fault in flat
            assert fault.replace("'", "&#x27;") in html
        assert f"{of.rows['test'][of.classes[0]]:,} {of.classes[0]}" in flat
        assert html.count("<div") == html.count("</div>")


def test_html_escapes_what_it_is_given():
    evil = "<script>alert('&')</script>"
    strange = dataclasses.replace(
        card("human_ocr_ensembl"),
        **dict.fromkeys(
            ["name", "title", "description", "organism", "assembly", "negatives"], evil
        ),
        **dict.fromkeys(["source", "licence", "citation"], evil),
        faults=(evil,),
        class_meanings={evil: evil},
        rows={evil: {evil: 1}},
    )
    html = strange._repr_html_()
    assert "<script" not in html
    assert html.count("&lt;script&gt;alert(&#x27;&amp;&#x27;)") >= 12


@pytest.mark.parametrize("name", ALL)
def test_html_links_every_doi(name):
    dois = re.findall(r"doi:(10\.\S+)$", card(name).citation, re.MULTILINE)
    html = card(name)._repr_html_()
    assert dois
    assert all(f'<a href="https://doi.org/{doi}">doi:{doi}</a>' in html for doi in dois)
    assert html.count("<a ") == len(dois)


def test_a_link_holds_nothing_but_a_doi():
    strange = dataclasses.replace(
        card("human_ocr_ensembl"), citation='doi:10.1/x doi:10.1234/"><b>'
    )
    html = strange._repr_html_()
    assert "<b>" not in html
    assert 'href="https://doi.org/10.1234/"' not in html
    assert "10.1/x</a>" not in html


def test_the_assembly_has_a_row_and_both_its_names():
    assert re.search(
        r"^Assembly +GRCh38 \(hg38\)$", repr(card("human_enhancers_cohn")), re.MULTILINE
    )
    assert ">GRCh38 (hg38)<" in card("human_enhancers_cohn")._repr_html_()


def test_html_takes_its_colours_from_the_theme():
    html = card("human_ocr_ensembl")._repr_html_()
    assert set(re.findall(r"(?<![-\w])color: (\w+)", html)) == {"inherit"}
    assert set(re.findall(r"background: (\w+)", html)) == {"transparent"}


# Numbers in the prose

TYPED = re.compile(r"(?<![\w.-])\d[\d,.]*\b(?![-\w])|\d\s*%")


def prose(entry: dict) -> list[str]:
    texts = [entry[key] for key in ("title", "description", "negatives", "caution")]
    return [*texts, *entry["faults"], *entry["class_meanings"].values()]


def typed_numbers(text: str) -> list[str]:
    parts = [literal for literal, *_ in string.Formatter().parse(text)]
    return [number for part in parts for number in TYPED.findall(part)]


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("There are 650 islands.", 1),
        ("99.2% of 16,474 rows", 2),
        ("all of 200 bp", 1),
        ("GRCh38, dm6, K562, FANTOM5 and GM12878", 0),
        ("all of {length[max]} bp, {lookup_accuracy:.1%}", 0),
    ],
)
def test_the_finder_of_typed_numbers_finds_them(text, typed):
    assert len(typed_numbers(text)) == typed


@pytest.mark.parametrize("name", ALL)
def test_no_number_in_the_prose_is_typed_by_hand(name):
    assert [found for text in prose(stored()[name]) for found in typed_numbers(text)] == []


@pytest.mark.parametrize("name", ALL)
def test_facts_are_those_the_prose_names(name):
    entry = stored()[name]
    fields = {
        field
        for text in prose(entry)
        for _, field, _, _ in string.Formatter().parse(text)
        if field and field.partition("[")[0] not in ("rows", "length")
    }
    facts = {
        path
        for key, value in entry["facts"].items()
        for path in ([f"{key}[{k}]" for k in value] if isinstance(value, dict) else [key])
    }
    assert fields == facts


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("human_nontata_promoters", ["16,474 negatives", "650 islands", "99.2%", "99.7%"]),
        ("human_enhancers_ensembl", ["77,421", "40,934 distinct", "75.5%", "start at 2 bp"]),
        ("human_ensembl_regulatory", ["91.5%", "multiple of 200 bp", "No row has a strand"]),
        ("human_enhancers_cohn", ["chromosomes 9 and Y,"]),
        ("drosophila_enhancers_stark", ["42.2%", "extra_processing"]),
    ],
)
def test_known_faults_are_named(name, said):
    faults = " ".join(card(name).faults)
    assert [words for words in said if words not in faults] == []


@needs_facts
@pytest.mark.parametrize("name", NINE)
def test_facts_agree_with_the_separate_audit(name):
    with (SHARED / "facts" / "interval_audit.csv").open() as lines:
        audit = next(row for row in csv.DictReader(lines) if row["dataset"] == name)
    facts = stored()[name]["facts"]
    assert facts["majority_accuracy"] == pytest.approx(float(audit["majority_accuracy"]), abs=6e-4)
    if "length_accuracy" in facts:
        assert facts["length_accuracy"] == pytest.approx(
            float(audit["length_only_accuracy"]), abs=6e-4
        )
    if "lookup_accuracy" in facts:  # the audit gives a bound, the card what a rule reaches
        bound = float(audit["interval_lookup_accuracy_upper"])
        assert bound - 0.003 < facts["lookup_accuracy"] < bound + 6e-4


# Witnesses


@needs_expected
def test_witnesses_are_official_sequences_of_their_class_alone():
    classes_of: dict[tuple[str, str], set[str]] = {}
    with gzip.open(EXPECTED, "rt") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            digest = hashlib.sha256(row["sequence"].upper().encode()).hexdigest()[:16]
            classes_of.setdefault((row["dataset"], digest), set()).add(row["class"])
    with_sequences = {dataset for dataset, _ in classes_of}
    assert len(with_sequences) == 6
    for name in ALL:
        witness = card(name).witness
        assert set(witness) == (set(card(name).classes) if name in with_sequences else set())
        for label, digests in witness.items():
            assert len(set(digests)) == 20
            assert all(classes_of[name, digest] == {label} for digest in digests)


def test_a_sequence_of_two_classes_is_no_witness(script, tmp_path):
    path = tmp_path / "expected.tsv"
    path.write_text(
        "dataset\tclass\tsequence\nd\ta\tACGT\nd\tb\tacgt\nd\ta\tGG\nd\ta\tgg\nd\tb\tT\n"
    )
    digest = {text: hashlib.sha256(text.encode()).hexdigest()[:16] for text in ("GG", "T")}
    assert script.witnesses(path) == {"d": {"a": [digest["GG"]], "b": [digest["T"]]}}


# The script


def toy(script, rows):
    regions, start, end, split, labels = zip(*rows, strict=True)
    classes = sorted(set(labels))
    label = [classes.index(name) for name in labels]
    table = Intervals.from_columns("toy", classes, regions, start, end, label, split)
    return script.measure(table, {"no": 0, "yes": 3})


TOY = [
    ("chr1", 0, 10, "train", "no"),
    ("chr1", 8, 20, "train", "no"),  # merges with the first
    ("chr1", 20, 30, "train", "no"),  # touches only: an island of its own
    ("chr2", 0, 10, "train", "yes"),
    ("chr2", 11, 20, "train", "yes"),  # one base further: a piece
    ("chr3", 5, 15, "train", "yes"),
    ("chr1", 0, 10, "test", "no"),  # a training row
    ("chr1", 27, 37, "test", "yes"),  # overlaps a "no" by 3 of 10
    ("chr3", 5, 14, "test", "yes"),
    ("chr4", 5, 15, "test", "yes"),  # nothing there: the class of most islands, "yes"
]


def test_facts_of_a_toy_can_be_worked_out_by_hand(script):
    facts = toy(script, TOY)
    assert facts["total"] == 10
    assert facts["test_total"] == 4
    assert facts["majority_accuracy"] == 0.75
    assert facts["lookup_accuracy"] == 0.75  # misled by the overlap of 3
    assert facts["train_regions"] == "1, 2 and 3"
    no, yes = facts["no"], facts["yes"]
    assert (no["rows"], no["distinct"], no["islands"]) == (4, 3, 2)
    assert (yes["rows"], yes["distinct"], yes["islands"]) == (6, 6, 5)
    assert (no["test_seen"], yes["test_seen"]) == (1.0, 0.0)
    assert (no["test_half"], yes["test_half"]) == (1.0, pytest.approx(1 / 3))
    assert yes["test_touching"] == pytest.approx(2 / 3)
    assert (no["among_others"], yes["among_others"]) == (1, 1)
    assert (no["absent_from"], no["others_there"]) == ("2, 3 and 4", 5)
    assert (yes["pieces"], yes["pieces_apart"]) == (2, 0)
    assert (no["no_strand"], yes["no_strand"]) == (0, 3)


def test_length_alone_is_measured_on_test(script):
    rows = [("chr1", 100 * i, 100 * i + 10, "train", "short") for i in range(30)]
    rows += [("chr2", 100 * i, 100 * i + 30, "train", "long") for i in range(20)]
    rows += [("chr5", 0, 10, "test", "short"), ("chr5", 50, 80, "test", "long")]
    rows += [("chr6", 0, 10, "test", "long"), ("chr6", 50, 70, "test", "short")]
    facts = toy(script, rows)  # 20 bp is new: of its neighbours on both sides more are short
    assert facts["length_accuracy"] == 0.75
    assert facts["region_accuracy"] == 0.5


def test_a_row_without_a_strand_is_counted(script, tmp_path):
    for split, strands in (("train", ["+", "", "."]), ("test", ["-", ""])):
        (tmp_path / split).mkdir()
        lines = "".join(f"{i},chr1,0,9,{strand}\n" for i, strand in enumerate(strands))
        with gzip.open(tmp_path / split / "a.csv.gz", "wt") as out:
            out.write("id,region,start,end,strand\n" + lines)
    assert script.without_strand(tmp_path) == {"a": 3}


@pytest.fixture
def small_world(tmp_path):
    """One dataset of four rows, and a card for it whose numbers are all wrong."""
    folder = tmp_path / "intervals" / "toy"
    for split, start in (("train", 0), ("test", 500)):
        (folder / split).mkdir(parents=True)
        for label, region in (("negative", "chr1"), ("positive", "chr2")):
            with gzip.open(folder / split / f"{label}.csv.gz", "wt") as out:
                out.write(f"id,region,start,end,strand\n0,{region},{start},{start + 100},+\n")
    classes = {label: {"type": "fa.gz", "url": "u"} for label in ("negative", "positive")}
    metadata = {"version": 0, "classes": classes}
    (folder / "metadata.yaml").write_text(yaml.safe_dump(metadata))
    entry = stored()["human_ocr_ensembl"] | {
        "faults": ["{negative[islands]} islands, {lookup_accuracy:.0%} by overlap."],
        "facts": {"negative": {"islands": 77}, "lookup_accuracy": 0, "stale": 1},
        "rows": {},
        "negatives": "Written by a person – kept as it is.",
        "description": "Of {length[max]} bp.",
    }
    path = tmp_path / "cards.json"
    path.write_text(json.dumps({"toy": entry}), encoding="utf-8")
    return path, tmp_path / "intervals"


def run(path, intervals, *options):
    command = [sys.executable, str(SCRIPT), "--cards", str(path), "--intervals", str(intervals)]
    return subprocess.run([*command, *options], capture_output=True, text=True, check=False)


def test_check_names_a_card_out_of_date_and_changes_nothing(small_world):
    path, folder = small_world
    before = path.read_bytes()
    outcome = run(path, folder, "--check")
    assert outcome.returncode == 1
    assert "out of date" in outcome.stdout
    assert path.read_bytes() == before


def test_building_mends_the_numbers_and_keeps_the_prose(small_world):
    path, folder = small_world
    outcome = run(path, folder)
    assert outcome.returncode == 0, outcome.stderr
    built = json.loads(path.read_text(encoding="utf-8"))["toy"]
    assert built["rows"] == {split: {"negative": 1, "positive": 1} for split in ("train", "test")}
    assert built["length"] == {"min": 100, "median": 100, "max": 100}
    assert built["facts"] == {"negative": {"islands": 2}, "lookup_accuracy": 0.5}
    assert built["metadata"]["classes"]["positive"] == {"type": "fa.gz", "url": "u"}
    assert built["negatives"] == "Written by a person – kept as it is."
    assert run(path, folder, "--check").returncode == 0


@needs_intervals
@needs_expected
def test_the_cards_are_up_to_date_with_the_published_lists():
    outcome = run(cards.CARDS, INTERVALS, "--check", "--expected-rows", str(EXPECTED))
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
