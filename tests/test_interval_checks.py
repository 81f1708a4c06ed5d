"""What coordinates give away: too little data first, toys by hand, then the published lists."""

from __future__ import annotations

import csv
import functools
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genbench_lite.audits.interval_checks import (
    NEED_CLASSES,
    POOLED,
    TITLES,
    check_intervals,
    length_answers,
    name_answers,
)
from genbench_lite.audits.interval_leaks import (
    class_islands,
    distinct_intervals,
    in_training,
    lookup_answers,
    train_and_test,
)
from genbench_lite.errors import DataError
from genbench_lite.interval_set import Intervals

SHARED = Path(__file__).resolve().parents[2] / "shared"
LISTS = SHARED / "real" / "intervals"
AUDIT = SHARED / "facts" / "interval_audit.csv"
needs_lists = pytest.mark.skipif(
    not (LISTS.is_dir() and AUDIT.exists()),
    reason="the published interval lists and their audit are not beside the checkout",
)


def table(rows, classes=("a", "b"), minus=None):
    """Rows are (region, start, end, class, split)."""
    regions, start, end, label, split = zip(*rows, strict=True) if rows else [()] * 5
    label = [classes.index(name) for name in label]
    return Intervals.from_columns("toy", classes, regions, start, end, label, split, minus)


def checked(rows, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        findings = check_intervals(table(rows, **options))
    assert [finding.check for finding in findings] == list(TITLES)
    return {finding.check: finding for finding in findings}


def clean(n, split, region="chr1", at=0, step=1000):
    """Rows of both classes in turn that share nothing."""
    return [(region, at + step * i, at + step * i + 100, "ab"[i % 2], split) for i in range(n)]


# Too little to say


def test_three_rows_are_never_fine():
    for finding in checked(clean(2, "train") + clean(1, "test", at=10**6)).values():
        assert finding.verdict in ("too little data", "look", "skipped")


def test_with_few_test_rows_no_question_about_them_is_fine():
    few = checked(clean(400, "train") + clean(99, "test", at=10**6))
    on_test = set(TITLES) - {"balance", "repeats", "contradictions", "chromosome"}
    assert {few[check].verdict for check in on_test} == {"too little data"}
    assert "fewer than 100 rows" in few["length"].detail
    enough = checked(clean(400, "train") + clean(100, "test", at=10**6))
    assert {enough[check].verdict for check in on_test} == {"fine"}


@pytest.mark.parametrize("split", ["train", "test"])
def test_an_empty_split_is_said_to_be_empty(split):
    found = checked(clean(300, split))
    other = "test" if split == "train" else "training"
    assert found.pop("balance").verdict == "fine"
    assert {finding.verdict for finding in found.values()} == {"skipped"}
    assert all(f"no {other} rows" in finding.detail for finding in found.values())


def test_no_rows_at_all():
    assert {finding.verdict for finding in checked([]).values()} == {"skipped"}


def test_one_class_only():
    one = [(*row[:3], "a", row[4]) for row in clean(600, "train") + clean(200, "test", at=10**6)]
    for classes in (("a",), ("a", "b")):  # a class may be declared and have no rows
        found = checked(one, classes=classes)
        assert found["balance"].verdict == "broken"
        assert found["balance"].detail.startswith("All 600 train rows are of class a.")
        assert {found[check].verdict for check in NEED_CLASSES} == {"skipped"}
        assert "one class" in found["lookup"].detail
        assert found["overlap_any"].verdict == "fine"


def test_a_class_that_only_the_test_rows_have():
    rows = [(*row[:3], "a", row[4]) for row in clean(300, "train")] + clean(200, "test", at=10**6)
    found = checked(rows)
    assert found["balance"].detail.startswith("All 300 train rows are of class a.")
    assert found["length"].accuracy == 0.5


def test_one_chromosome_says_nothing():
    chromosome = checked(clean(300, "train") + clean(200, "test", at=10**6))["chromosome"]
    assert chromosome.verdict == "skipped"
    assert "chr1" in chromosome.detail


def test_transcripts_are_no_chromosomes():
    rows = [(f"ENST{i}", *row[1:]) for i, row in enumerate(clean(300, "train"))]
    chromosome = checked(rows + clean(200, "test", at=10**6))["chromosome"]
    assert chromosome.verdict == "skipped"
    assert "301 regions are too many" in chromosome.detail


def test_rows_without_a_chromosome_are_refused():
    with pytest.raises(DataError, match="has no region"):
        table([("", 0, 10, "a", "train")])


# Balance


def test_balance_is_judged_in_the_most_lopsided_split():
    rows = clean(400, "train") + [("chr2", 200 * i, 200 * i + 100, "a", "test") for i in range(170)]
    rows += [("chr3", 200 * i, 200 * i + 100, "b", "test") for i in range(30)]
    balance = checked(rows)["balance"]
    assert (balance.count, balance.rows, balance.verdict) == (170, 200, "look")
    assert balance.detail.startswith("170 of 200 test rows are of class a, 30 of class b.")


def test_balance_of_many_classes():
    classes = tuple(f"class {i:03}" for i in range(200))
    rows = [("chr1", 10 * i, 10 * i + 5, classes[i % 200], "train") for i in range(2000)]
    rows += [("chr2", 10 * i, 10 * i + 5, classes[i % 200], "test") for i in range(400)]
    assert checked(rows, classes=classes)["balance"].detail == "Each class has 10 train rows."


# Length


def lengths(train, test):
    """Rows are (length, class)."""
    rows = [("chr1", 0, n, cls, "train") for n, cls in train]
    rows += [("chr1", 0, n, cls, "test") for n, cls in test]
    return train_and_test(table(rows))


def test_length_is_answered_by_its_usual_class():
    train = [(200, "a")] * 30 + [(200, "b")] * 10 + [(300, "b")] * 30
    sides = lengths(train, [(200, "b"), (300, "b")])
    assert length_answers(*sides).tolist() == [0, 1]


def test_a_length_seen_once_is_outvoted_by_its_neighbours():
    train = [(n, "a") for n in range(100, 150)] + [(125, "b")] + [(n, "b") for n in range(150, 200)]
    sides = lengths(train, [(125, "a"), (175, "b"), (5, "a"), (5000, "b")])
    assert length_answers(*sides).tolist() == [0, 1, 0, 1]


def test_a_tie_goes_to_the_class_that_is_more_common():
    train = [(100, "a")] * 20 + [(100, "b")] * 20 + [(900, "b")] * 20
    assert length_answers(*lengths(train, [(100, "a")])).tolist() == [1]


@given(
    train=st.lists(st.tuples(st.integers(1, 30), st.sampled_from("ab")), min_size=1, max_size=90),
    test=st.lists(st.tuples(st.integers(1, 40), st.sampled_from("ab")), min_size=1, max_size=5),
)
def test_length_answers_are_those_of_counting(train, test):
    ordered = sorted(n for n, _ in train)
    common = Counter(cls for _, cls in train)
    answers = []
    for n, _ in test:
        shorter = [m for m in ordered if m < n]
        longer = [m for m in ordered if m > n]
        more = max(POOLED - ordered.count(n) + 1, 0) // 2
        low, high = len(shorter) - more, len(train) - len(longer) + more
        low = max(min(low, len(train) - POOLED), 0)
        high = min(max(high, POOLED), len(train))
        asked = set(ordered[low:high])
        votes = Counter(cls for m, cls in train if m in asked)
        answers.append(max("ab", key=lambda cls: (votes[cls], common[cls], cls == "a")))
    got = length_answers(*lengths(train, test))
    assert ["ab"[label] for label in got] == answers


def test_length_that_tells_the_class_is_broken():
    rows = clean(400, "train") + clean(400, "test", at=10**6)
    rows = [(*row[:2], row[1] + {"a": 100, "b": 50}[row[3]], *row[3:]) for row in rows]
    found = checked(rows)["length"]
    assert (found.accuracy, found.majority, found.verdict) == (1.0, 0.5, "broken")
    assert "median 50 bp (b) to 100 bp (a)" in found.detail
    assert "length_matched" in found.detail


# Strand and chromosome


def test_a_name_never_seen_gets_the_majority_class():
    rows = [("chr1", 0, 9, "b", "train")] * 3 + [("chr2", 0, 9, "a", "train")] * 2
    rows += [("chr2", 0, 9, "a", "test"), ("chr3", 0, 9, "a", "test")]
    train, test = train_and_test(table(rows))
    assert name_answers(train, test, train.region, test.region).tolist() == [0, 1]


def test_strand_and_chromosome_call_for_a_look_and_never_condemn():
    rows = clean(400, "train") + clean(400, "test", at=10**6)
    rows = [(f"chr{'ab'.index(cls) + 1}", s, e, cls, split) for _, s, e, cls, split in rows]
    found = checked(rows, minus=[cls == "b" for *_, cls, _ in rows])
    for check in ("strand", "chromosome"):
        assert (found[check].accuracy, found[check].verdict) == (1.0, "look")
        assert "never broken" in found[check].rule
    assert "0.0% (a) to 100.0% (b)" in found["strand"].detail
    assert "200 training rows lie on chromosomes that have none of class" in (
        found["chromosome"].detail
    )


# Leaks

LEAKY = [
    ("chr1", 0, 100, "a", "train"),
    ("chr1", 0, 100, "a", "train"),  # repeats the first
    ("chr1", 90, 190, "a", "valid"),  # merges with them, counts as training
    ("chr1", 1000, 1100, "b", "train"),
    ("chr1", 3000, 3100, "b", "train"),
    ("chr1", 0, 100, "a", "test"),  # a training row
    ("chr1", 100, 200, "a", "test"),  # 90% of the valid row
    ("chr1", 1050, 1150, "b", "test"),  # half
    ("chr1", 1099, 1199, "a", "test"),  # one base, of the wrong class
    ("chr1", 5000, 5100, "b", "test"),  # nowhere: the class of most islands, b
]


def test_leaks_of_a_toy_can_be_worked_out_by_hand():
    found = checked(LEAKY)
    counts = {check: found[check].count for check in TITLES if found[check].count is not None}
    counts.pop("balance")
    assert counts == {
        "repeats": 1,
        "in_training": 1,
        "overlap_any": 4,
        "overlap_half": 3,
        "overlap_90": 2,
        "contradictions": 0,
    }
    assert found["repeats"].rows == found["contradictions"].rows == 10
    assert found["lookup"].accuracy == 0.8
    assert found["lookup"].majority == 0.6
    assert "The 6 rows of class a, all splits, are 4 distinct intervals." in found["repeats"].detail
    assert "The 6 rows of class a, all splits, merge into 2 islands." in found["overlap_any"].detail
    assert "class a: 2 of its 3 test rows, 66.7%." in found["overlap_half"].detail
    toy = table(LEAKY)
    train, test = train_and_test(toy)
    assert lookup_answers(train, test).tolist() == [0, 0, 1, 1, 1]
    assert in_training(toy).tolist() == [True, False, False, False, False]
    assert class_islands(train).tolist() == [1, 2]
    assert distinct_intervals(toy).tolist() == [4, 4]


def test_the_other_strand_leaks_as_well():
    rows = [("chr1", 0, 100, "a", "train"), ("chr1", 0, 100, "a", "test")]
    assert in_training(table(rows, minus=[True, False])).tolist() == [True]


def test_an_interval_of_two_classes_caps_what_can_be_reached():
    rows = [("chr1", 0, 100, "a", "test")] * 3 + [("chr1", 0, 100, "b", "test")]
    rows += [("chr1", 500, 600, "b", "train"), ("chr1", 500, 600, "a", "test")]
    rows += [("chr1", 800, 900, "a", "train"), ("chr1", 700, 800, "b", "test")]
    found = checked(rows)["contradictions"]
    assert (found.count, found.rows) == (6, 8)
    assert "more than 83.33% of the test rows" in found.detail


def test_strands_tell_contradictions_apart():
    rows = [("chr1", 0, 100, "a", "train"), ("chr1", 0, 100, "b", "test")]
    assert checked(rows, minus=[True, False])["contradictions"].count == 0
    assert checked(rows)["contradictions"].count == 2


def test_leaks_are_condemned_from_a_tenth_of_the_test_rows():
    train = clean(2000, "train")
    for leaked, verdict in ((5, "fine"), (40, "look"), (150, "broken")):
        test = [(*row[:4], "test") for row in train[:leaked]]
        found = checked(train + test + clean(1000 - leaked, "test", at=10**7))
        for check in ("in_training", "overlap_half", "overlap_90"):
            assert (found[check].count, found[check].verdict) == (leaked, verdict)
            assert ("fair_split" in found[check].detail) == (verdict != "fine")


# The published lists


@functools.cache
def published(name):
    return Intervals.from_folder(LISTS / name)


@functools.cache
def findings_of(name):
    return {finding.check: finding for finding in check_intervals(published(name))}


def audit_rows():
    if not AUDIT.exists():
        return []
    with AUDIT.open() as lines:
        return list(csv.DictReader(lines))


BROKEN = {
    "drosophila_enhancers_stark": {"lookup"},
    "human_enhancers_ensembl": {"in_training", "overlap_half", "overlap_90", "lookup"},
    "human_ensembl_regulatory": {"length"},
    "human_nontata_promoters": {"overlap_half", "overlap_90", "lookup"},
}


@needs_lists
@pytest.mark.parametrize("row", audit_rows(), ids=lambda row: row["dataset"])
def test_figures_are_those_of_the_separate_audit(row):
    found = findings_of(row["dataset"])
    near = functools.partial(pytest.approx, abs=0.002)
    assert found["length"].majority == near(float(row["majority_accuracy"]))
    assert found["length"].accuracy == near(float(row["length_only_accuracy"]))
    assert found["in_training"].count == int(row["test_rows_exactly_in_train"])
    half = float(row["test_share_overlapping_train_over_half"])
    assert found["overlap_half"].share == near(half)
    # theirs is the upper figure of several rules, ours what one rule reaches
    assert found["lookup"].accuracy == near(float(row["interval_lookup_accuracy_upper"]))


@needs_lists
@pytest.mark.parametrize("row", audit_rows(), ids=lambda row: row["dataset"])
def test_verdicts_on_the_published_lists(row):
    found = findings_of(row["dataset"])
    broken = {check for check, finding in found.items() if finding.verdict == "broken"}
    assert broken == BROKEN.get(row["dataset"], set())
    assert "too little data" not in {finding.verdict for finding in found.values()}


@needs_lists
@pytest.mark.parametrize(
    ("name", "worth_a_look"),
    [("human_enhancers_cohn", {"chromosome"}), ("human_ocr_ensembl", set())],
)
def test_the_two_to_teach_on_are_clean(name, worth_a_look):
    found = findings_of(name)
    assert {check for check, f in found.items() if f.verdict != "fine"} == worth_a_look


@needs_lists
@pytest.mark.parametrize(
    ("name", "check", "words"),
    [
        ("human_nontata_promoters", "overlap_any", "16,474 rows of class negative"),
        ("human_nontata_promoters", "overlap_any", "merge into 650 islands"),
        ("human_nontata_promoters", "overlap_half", "class negative: 4,086 of its 4,119"),
        ("human_nontata_promoters", "overlap_half", "99.2%"),
        ("human_enhancers_ensembl", "repeats", "77,421 rows of class positive"),
        ("human_enhancers_ensembl", "repeats", "40,934 distinct"),
        ("human_enhancers_ensembl", "in_training", "class positive: 11,694 of its 15,485"),
        ("human_enhancers_ensembl", "in_training", "75.5%"),
        ("human_enhancers_ensembl", "length", "2 to 573 bp"),
        ("demo_coding_vs_intergenomic_seqs", "chromosome", "50,024 regions"),
    ],
)
def test_known_faults_are_told(name, check, words):
    assert words in findings_of(name)[check].detail


@needs_lists
def test_known_accuracies_are_reached():
    assert round(findings_of("human_nontata_promoters")["lookup"].accuracy, 3) == 0.997
    assert round(findings_of("human_enhancers_ensembl")["lookup"].accuracy, 3) == 0.876
    assert round(findings_of("human_ensembl_regulatory")["length"].accuracy, 3) == 0.915


@needs_lists
def test_nontata_test_negatives_overlap_negatives_not_promoters():
    rows = published("human_nontata_promoters")
    negatives = rows.take(rows.label == rows.classes.index("negative"))
    found = {finding.check: finding for finding in check_intervals(negatives)}
    assert round(found["overlap_half"].share, 3) == 0.992


@needs_lists
def test_the_order_of_rows_makes_no_difference():
    rows = published("human_enhancers_ensembl")
    again = rows.take(np.random.default_rng(0).permutation(len(rows)))
    for before, after in zip(check_intervals(rows), check_intervals(again), strict=True):
        assert before == after
