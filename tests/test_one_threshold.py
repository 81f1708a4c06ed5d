"""A cheat with one number: all thresholds against trying them one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import genbench_lite as gbl
from genbench_lite.audits import overlaps
from genbench_lite.audits.one_threshold import (
    Clue,
    gc_clue,
    length_clue,
    overlap_clue,
    stumps,
)
from genbench_lite.dataset import Dataset
from genbench_lite.errors import DataError
from genbench_lite.interval_set import Intervals
from genbench_lite.sequence_set import SequenceSet


def clue_of(train, labels, test=None, test_labels=None, classes=("a", "b"), low=0, high=9):
    test, test_labels = (train, labels) if test is None else (test, test_labels)
    numbers = (np.asarray(values, float) for values in (train, test))
    classes_of = (np.asarray(values, np.int64) for values in (labels, test_labels))
    return Clue("length", classes, *numbers, *classes_of, low=low, high=high)


def by_hand(clue, threshold):
    """Answers below and above, and both accuracies, row by row."""
    totals = [list(clue.train_labels).count(k) for k in range(len(clue.classes))]

    def favourite(side):
        votes = [sum(clue.train_labels[side] == k) for k in range(len(clue.classes))]
        return max(range(len(votes)), key=lambda k: (votes[k], totals[k], -k))

    below, above = favourite(clue.train <= threshold), favourite(clue.train > threshold)
    answers = (
        np.where(values > threshold, above, below) == labels
        for values, labels in ((clue.train, clue.train_labels), (clue.test, clue.test_labels))
    )
    return below, above, *(right.mean() for right in answers)


@pytest.mark.parametrize(
    ("train", "labels", "test", "message"),
    [
        ([], [], [1.0], "no training rows"),
        ([1, 2], [0, 1], [], "no test rows"),
        ([1, 2], [1, 1], [1.0], "one class"),
    ],
)
def test_what_cannot_be_cheated_on_says_so(train, labels, test, message):
    with pytest.raises(DataError, match=message):
        clue_of(train, labels, test, [0] * len(test))


rows = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2)), min_size=1, max_size=25)


@given(train=rows, test=rows)
def test_all_thresholds_as_one_by_one(train, test):
    values, labels = zip(*train, strict=True)
    if len(set(labels)) < 2:
        return
    clue = clue_of(values, labels, *zip(*test, strict=True), classes=("a", "b", "c"))
    found = stumps(clue)
    assert found.thresholds.tolist() == list(range(10))
    for place, threshold in enumerate(found.thresholds):
        below, above, right, tested = by_hand(clue, threshold)
        assert (found.below[place], found.above[place]) == (below, above)
        assert found.train[place] == pytest.approx(right)
        assert found.test[place] == pytest.approx(tested)
    best = found.best()
    assert found.train[best] == found.train.max()
    assert (found.train[:best] < found.train[best]).all()
    assert found.test[found.best("test")] == found.test.max()


def test_rows_at_the_threshold_are_on_its_lower_side():
    found = stumps(clue_of([3, 3, 5, 5], [0, 0, 1, 1], low=3, high=5))
    assert found.train[found.place(3)] == found.train[found.place(4)] == 1
    assert found.train[found.place(5)] == 0.5


def test_a_threshold_beyond_all_rows_is_the_majority_class():
    found = stumps(clue_of([1, 2, 3], [1, 1, 0], test=[1], test_labels=[0]))
    last = found.place(99)
    assert found.below[last] == found.above[last] == found.majority == 1
    assert (found.train[last], found.test[last]) == found.majorities == (2 / 3, 0)


def test_many_thresholds_are_thinned():
    found = stumps(clue_of([0, 1_000_000], [0, 1], high=1_000_000))
    assert len(found.thresholds) <= 2001
    assert found.train[found.best()] == 1


def test_one_length_leaves_one_threshold():
    found = stumps(clue_of([7, 7, 7], [0, 1, 1], low=7, high=7))
    assert found.thresholds.tolist() == [7]
    assert found.train.tolist() == [found.majorities[0]]


def intervals(start, length, label, split):
    start = np.array(start)
    end = start + length
    return Intervals.from_columns(
        "toy", ["a", "b"], ["chr1"] * len(start), start, end, label, split
    )


def test_training_rows_do_not_overlap_themselves():
    toy = intervals(
        [0, 5, 50, 90, 92], 10, [0, 0, 1, 1, 0], ["train", "valid", "train", "train", "test"]
    )
    clue = overlap_clue(toy)
    assert clue.train.tolist() == [50, 50, 0, 0]
    assert clue.test.tolist() == [80]


@given(
    st.lists(
        st.tuples(st.sampled_from(["x", "y"]), st.integers(0, 20), st.integers(1, 9)), max_size=12
    )
)
def test_overlap_with_others_as_comparing_all_with_all(places):
    start = np.array([s for _, s, _ in places], np.int64)
    end = start + np.array([n for *_, n in places], np.int64)
    n = len(places)
    toy = Intervals.from_columns(
        "toy", ["x"], [r for r, *_ in places], start, end, [0] * n, ["train"] * n
    )
    expected = [
        max(
            [min(end[i], end[j]) - max(start[i], start[j]) for j in range(n)
             if j != i and places[i][0] == places[j][0]] + [0]
        )
        for i in range(n)
    ]  # fmt: skip
    assert overlaps.overlap_with_others(toy).tolist() == [max(e, 0) for e in expected]


def test_gc_in_per_cent_and_rows_without_a_letter():
    s = SequenceSet.from_strings(
        ["ACGT", "GGCC", "NNNN", "G" * 14 + "A" * 11], [0, 1, 0, 1], ["a", "b"]
    )
    clue = gc_clue(Dataset("toy", train=s, test=s))
    assert clue.train.tolist() == [50, 100, -1, 56]  # 56 as float32 is more than 56


def test_a_few_long_rows_do_not_stretch_the_thresholds():
    lengths = np.append(np.arange(100, 300), np.full(1, 90_000))
    toy = intervals(
        [0] * 201, lengths, [0, 0, 1, 1] * 50 + [0], ["train", "test"] * 100 + ["train"]
    )
    clue = length_clue(toy)
    assert (clue.low, clue.train.max()) == (100, 90_000)
    assert clue.high < 400


@pytest.mark.parametrize(
    ("name", "make", "over"),
    [
        ("human_nontata_promoters", overlap_clue, 0.4),
        ("human_enhancers_ensembl", overlap_clue, 0.3),
        ("human_ensembl_regulatory", length_clue, 0.15),
        ("human_enhancers_cohn", overlap_clue, -0.01),
    ],
)
def test_the_published_lists_fall_as_the_audit_says(name, make, over):
    found = stumps(make(gbl.published_intervals(name)))
    gain = found.test[found.best()] - found.majorities[1]
    assert gain > over
    if name == "human_enhancers_cohn":
        assert gain < 0.02
