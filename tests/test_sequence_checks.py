"""The audit of sequences: faults planted on purpose, data without any, and real archives."""

import itertools
from pathlib import Path

import numpy as np
import pytest

from genbench_lite import sequence
from genbench_lite.audits.sequence_checks import TITLES, check_sequences
from genbench_lite.dataset import Dataset
from genbench_lite.demo import load_open_chromatin
from genbench_lite.reading.archive import from_archive
from genbench_lite.sequence_set import SequenceSet
from genbench_lite.simulation.backgrounds import random_sequences

ARCHIVES = Path(__file__).resolve().parents[2] / "shared" / "real" / "archives"


def labelled(texts, labels, classes=("no", "yes")):
    return SequenceSet.from_strings(list(texts), labels, classes)


def random_texts(n, length=200, gc=0.5, seed=0):
    return [sequence.decode(row) for row in random_sequences(n, length, gc, seed)]


def turned(text):
    return sequence.decode(sequence.reverse_complement(sequence.encode(text)))


def dataset(texts, labels, n_test, valid=0):
    """The last rows are the test split; classes alternate in what the tests give."""
    rows = labelled(texts, labels)
    n = len(rows) - n_test
    middle = rows[n - valid : n] if valid else None
    return Dataset("toy", train=rows[: n - valid], test=rows[n:], valid=middle)


def findings(data):
    found = check_sequences(data)
    assert [f.check for f in found] == list(TITLES)
    return {f.check: f for f in found}


def verdicts(data):
    return {check: f.verdict for check, f in findings(data).items()}


# Unhappy paths


def test_three_rows_are_too_few_for_any_fine():
    found = verdicts(dataset(random_texts(3), [0, 1, 0], n_test=1))
    assert "fine" not in found.values()
    assert found["length"] == found["gc"] == found["kmers"] == "too little data"


def test_words_are_not_blamed_for_what_the_majority_class_gets_right():
    found = findings(dataset(random_texts(400), [0] * 299 + [1] + [0] * 100, n_test=100))
    assert found["kmers"].accuracy == found["kmers"].majority == 1
    assert found["kmers"].verdict == "fine"


@pytest.mark.parametrize("empty", ["train", "test"])
def test_an_empty_split_is_said(empty):
    rows = labelled(random_texts(200), [0, 1] * 100)
    splits = {"train": rows, "test": rows} | {empty: rows[:0]}
    found = findings(Dataset("toy", **splits))
    side = "training" if empty == "train" else "test"
    for check in ("length", "gc", "composition", "kmers", "in_training", "relatives"):
        assert found[check].verdict == "skipped"
        assert f"There are no {side} rows" in found[check].detail
    assert found["balance"].verdict == "fine"


def test_a_dataset_without_any_row_is_said():
    none = labelled(["A"], [0])[:0]
    assert set(verdicts(Dataset("toy", train=none, test=none)).values()) == {"skipped"}


def test_one_class_only_leaves_nothing_to_tell_apart():
    found = findings(dataset(random_texts(400), [1] * 400, n_test=150))
    for check in ("length", "unknown", "gc", "composition", "kmers", "contradictions"):
        assert found[check].verdict == "skipped"
        assert "one class" in found[check].detail
    assert (found["balance"].verdict, found["balance"].share) == ("look", 1)
    assert found["relatives"].verdict == "fine"
    assert found["relatives"].accuracy is None


def test_one_class_in_training_and_another_in_test_does_not_fail():
    found = verdicts(dataset(random_texts(400), [1] * 250 + [0] * 150, n_test=150))
    assert found["balance"] == "look"
    assert found["kmers"] == "fine"


def test_all_unknown_is_broken_and_says_so():
    found = findings(dataset(["N" * 50] * 400, [0, 1] * 200, n_test=150))
    assert found["unread"].verdict == "broken"
    assert found["unread"].count == 400
    for check in ("gc", "composition", "kmers"):
        assert found[check].verdict == "skipped"
        assert "No letter is known" in found[check].detail


def test_few_training_rows_rule_no_shortcut_out():
    found = findings(dataset(random_texts(530), [0, 1] * 265, n_test=500))
    assert found["gc"].verdict == "too little data"
    assert "30 training rows" in found["gc"].detail


# Faults planted on purpose


def test_a_length_leak_is_found():
    texts = itertools.chain(
        *zip(random_texts(300, 200), random_texts(300, 190, seed=1), strict=True)
    )
    found = findings(dataset(texts, [0, 1] * 300, n_test=200))
    assert found["length"].verdict == "broken"
    assert found["length"].accuracy == 1
    assert found["kmers"].accuracy < 0.65  # words do not see it


def test_a_gc_leak_is_found_and_condemned_only_where_it_tells_nearly_all():
    for high, verdict in ((0.55, "look"), (0.70, "broken")):
        strong, plain = random_texts(600, gc=high), random_texts(600, seed=1)
        texts = itertools.chain(*zip(plain, strong, strict=True))
        found = findings(dataset(texts, [0, 1] * 600, n_test=400))
        assert found["gc"].verdict == found["composition"].verdict == verdict
        assert "(no) to" in found["gc"].detail
        assert found["length"].verdict == "fine"


def test_gc_alike_but_pairs_of_letters_not():
    """CG against GC: what GC content cannot see."""
    rng = np.random.default_rng(0)
    pieces = (["CG", "AT"], ["GC", "AT"])
    texts = ["".join(rng.choice(pieces[i % 2], 60)) for i in range(800)]
    found = verdicts(dataset(texts, [0, 1] * 400, n_test=300))
    assert found["gc"] == "fine"
    assert found["composition"] == "broken"


def test_unknown_letters_of_one_class_are_found():
    texts = random_texts(600)
    texts = [text[:-3] + "NNN" if i % 2 else text for i, text in enumerate(texts)]
    found = findings(dataset(texts, [0, 1] * 300, n_test=200))
    assert found["unknown"].verdict == "broken"
    assert found["unread"].verdict == "fine"
    assert "300 rows hold unknown letters" in found["unknown"].detail


def test_words_that_tell_nearly_all_are_worth_a_look_only():
    texts = random_texts(800)
    texts = [t[:150] + "GATAAG" * 3 + t[168:] if i % 2 else t for i, t in enumerate(texts)]
    found = findings(dataset(texts, [0, 1] * 400, n_test=300))
    assert found["kmers"].verdict == "look"
    assert found["kmers"].accuracy > 0.95
    assert "for yes" in found["kmers"].detail


@pytest.mark.parametrize("turn", [str, turned], ids=["same strand", "reverse complement"])
def test_copies_across_splits_are_found_on_either_strand(turn):
    texts = random_texts(600)
    texts[400:480] = [turn(text) for text in texts[:80]]  # 80 of 200 test rows
    found = findings(dataset(texts, [0, 1] * 300, n_test=200))
    for check in ("in_training", "relatives"):
        assert found[check].verdict == "broken"
        assert (found[check].count, found[check].rows) == (80, 200)
        assert found[check].accuracy == pytest.approx((80 + 60) / 200)  # the rest by majority
    assert found["repeats"].verdict == "fine"
    assert found["contradictions"].count == 0


def test_a_validation_split_counts_as_training():
    texts = random_texts(600)
    texts[400:480] = texts[320:400]
    data = dataset(texts, [0, 1] * 300, n_test=200, valid=100)
    assert findings(data)["in_training"].count == 80


def test_copies_within_a_split_are_found():
    texts = random_texts(600)
    texts[100:150] = [turned(text) for text in texts[:50]]
    found = findings(dataset(texts, [0, 1] * 300, n_test=200))
    assert (found["repeats"].verdict, found["repeats"].count) == ("look", 50)
    assert "550 distinct sequences" in found["repeats"].detail
    assert found["in_training"].count == 0


def test_near_duplicates_across_splits_are_found_where_copies_are_not():
    genome = random_texts(200, 280)
    fresh = random_texts(200, seed=5)
    train = [text[:200] for text in genome] + fresh
    texts = [*train, *[turned(text[80:]) for text in genome]]
    found = findings(dataset(texts, [0, 1] * 300, n_test=200))
    assert found["in_training"].count == 0
    assert (found["relatives"].verdict, found["relatives"].count) == ("broken", 200)
    assert found["relatives"].accuracy == 1


def test_contradictions_put_a_ceiling_on_accuracy():
    texts = random_texts(600)
    texts[400:480] = [turned(text) for text in texts[:80]]
    labels = [0, 1] * 300
    labels[400:480] = [1, 0] * 40  # each the other class than in training
    texts[500:520] = texts[521:541]  # ten pairs of one test sequence in both classes
    found = findings(dataset(texts, labels, n_test=200))["contradictions"]
    # the 80 in test and the 80 in training, and the 2 x 20 in test
    assert (found.verdict, found.count) == ("broken", 80 + 80 + 40)
    assert "more than 90.00% of the test rows" in found.detail  # 20 of 200 must be wrong
    assert "drop the other" in found.detail


# Data without faults


@pytest.mark.parametrize("n_classes", [2, 3])
def test_clean_data_come_out_fine(n_classes):
    names = ("a", "b", "c")[:n_classes]
    rows = labelled(random_texts(3000), np.arange(3000) % n_classes, names)
    found = findings(Dataset("toy", train=rows[:2000], test=rows[2000:]))
    assert {f.verdict for f in found.values()} == {"fine"}


def test_progress_is_told():
    heard = []
    check_sequences(dataset(random_texts(30), [0, 1] * 15, n_test=10), progress=heard.append)
    assert heard[0] == "balance and lengths"
    assert heard[-1] == "near-duplicates"


# Real data


def archive(name):
    path = ARCHIVES / f"{name}_v0.zip"
    if not path.exists():
        pytest.skip(f"the real archive {path.name} is not beside this checkout")
    return findings(from_archive(path))


def test_the_promoters_are_solved_by_their_relatives():
    found = archive("human_nontata_promoters")
    assert found["relatives"].verdict == "broken"
    assert found["relatives"].share == pytest.approx(0.356, abs=0.01)
    assert found["relatives"].accuracy > 0.88 > found["kmers"].accuracy > 0.82
    assert "Most concerned is class negative" in found["relatives"].detail
    assert found["gc"].accuracy == pytest.approx(0.733, abs=0.01)


def test_the_regulatory_elements_are_solved_by_their_lengths():
    found = archive("human_ensembl_regulatory")
    assert found["length"].verdict == "broken"
    assert found["length"].accuracy > 0.84
    assert found["in_training"].count == 0


def test_the_fly_enhancers_have_a_few_relatives_and_no_copies():
    found = archive("drosophila_enhancers_stark")
    assert found["length"].verdict != "broken"
    assert found["in_training"].count == found["repeats"].count == 0
    assert found["relatives"].count == 11


def test_open_chromatin():
    sites = load_open_chromatin()
    few = Dataset("sites", train=sites.train.subset(4000), test=sites.test.subset(1500))
    found = findings(few)
    assert {check for check, f in found.items() if f.verdict == "broken"} == set()
    assert found["kmers"].verdict == "fine"
    assert found["kmers"].accuracy > 0.6
    assert found["repeats"].count == found["in_training"].count == 0
