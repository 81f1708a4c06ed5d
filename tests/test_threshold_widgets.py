"""AuditExplorer and ThresholdExplorer: what they take, and how they answer."""

from __future__ import annotations

import numpy as np
import pytest

import genbench_lite as gbl
from genbench_lite.dataset import Dataset
from genbench_lite.errors import DataError, UnknownNameError
from genbench_lite.interval_set import Intervals
from genbench_lite.networks.scoring import score
from genbench_lite.sequence_set import SequenceSet
from genbench_lite.widgets import AuditExplorer, ThresholdExplorer

LETTERS = SequenceSet.from_strings(
    ["ACGT", "GGCCGG", "AATT", "GCGCGCGC"], [0, 1, 0, 1], ["no", "yes"]
)
TOY = Dataset("toy", train=LETTERS, test=LETTERS)


def lists(split=("train", "train", "test", "test"), label=(0, 1, 0, 1)):
    end = [10, 90, 12, 95]
    return Intervals.from_columns("toy", ["no", "<yes>"], ["chr1"] * 4, [0] * 4, end, label, split)


@pytest.mark.parametrize(
    ("dataset", "error", "message"),
    [
        (3, DataError, "AuditExplorer takes a Dataset"),
        (LETTERS, DataError, "AuditExplorer takes a Dataset"),
        ("human_enhancers_cone", UnknownNameError, "human_enhancers_cohn"),
        (lists(["train"] * 4), DataError, "no test rows"),
        (lists(["test"] * 4), DataError, "no training rows"),
        (lists(label=[1, 1, 0, 1]), DataError, "one class"),
        (Dataset("empty", train=LETTERS[:0], test=LETTERS), DataError, "no training rows"),
    ],
)
def test_audit_explorer_refuses(dataset, error, message):
    with pytest.raises(error, match=message):
        AuditExplorer(dataset)


@pytest.mark.parametrize(
    ("dataset", "shortcut", "error", "message"),
    [
        (lists(), "lenght", UnknownNameError, "'length'"),
        (lists(), "gc", DataError, "needs letters"),
        (TOY, "overlap", DataError, "needs coordinates"),
    ],
)
def test_a_shortcut_that_is_not_there(dataset, shortcut, error, message):
    with pytest.raises(error, match=message):
        AuditExplorer(dataset, shortcut)


def test_what_is_not_told_is_named():
    notes = [child.value for child in AuditExplorer(TOY).widget.children if hasattr(child, "value")]
    assert any("Overlap needs coordinates." in str(note) for note in notes)
    whole = AuditExplorer("demo_open_chromatin_cells", "gc")
    assert [name for _, name in whole.shortcut.options] == ["length", "gc", "overlap"]


def test_the_slider_moves_the_rule():
    explorer = AuditExplorer(lists())
    explorer.slider.value = 50
    assert "longer than 50 bp → &lt;yes&gt;; 50 bp or shorter → no" in explorer.picture.value
    assert "<yes>" not in explorer.picture.value
    explorer.slider.value = 90
    assert "too: the majority class" in explorer.picture.value
    assert explorer.errors == []


def test_choosing_and_moving_by_hand_tell_themselves():
    explorer = AuditExplorer("dummy_mouse_enhancers_ensembl", "overlap")
    explorer.on_test.click()
    assert "Chosen on the test rows, to please them" in explorer.picture.value
    explorer.on_train.click()
    assert "so their figure is fair" in explorer.picture.value
    best = explorer.stumps.thresholds[explorer.stumps.best()]
    assert explorer.slider.value == best
    explorer.slider.value = best + 1
    assert "Moved by hand" in explorer.picture.value


def test_each_shortcut_keeps_its_threshold():
    explorer = AuditExplorer(TOY)
    explorer.move(5)
    explorer.shortcut.value = "gc"
    assert explorer.slider.description == "Threshold (%):"
    explorer.move(55)
    assert "more than 55% G and C → yes" in explorer.picture.value
    explorer.shortcut.value = "length"
    assert explorer.slider.value == 5
    assert "longer than 5 bp" in explorer.picture.value
    shown = [child for box in explorer.widget.children for child in getattr(box, "children", ())]
    assert explorer.slider in shown


def test_chosen_on_test_is_never_worse_there():
    few = gbl.published_intervals("human_ocr_ensembl")
    few = few.take(np.random.default_rng(0).choice(len(few), 300, replace=False))
    found = AuditExplorer(few).stumps
    assert found.test[found.best("test")] > found.test[found.best()] + 0.01


def test_one_length_has_a_slider_that_can_be_drawn():
    explorer = AuditExplorer("human_nontata_promoters")
    assert explorer.slider.max > explorer.slider.min
    explorer.move(explorer.slider.max)
    assert "All rows are 251 bp long" in explorer.picture.value
    assert explorer.errors == []


def test_the_still_of_an_audit():
    explorer = AuditExplorer(lists())
    still = explorer.still()
    for caption in ("Length: chosen on the training rows", "Length: chosen on the test rows"):
        assert caption in still
    assert "Overlap with a training row: chosen on the training rows" in still
    assert still.count('role="img"') == 6
    assert len(AuditExplorer("human_ensembl_regulatory").still()) < 150_000


SCORES = ([0, 0, 1, 1, 2, 2], np.eye(3)[[0, 1, 1, 1, 2, 0]] * 0.7 + 0.1)


@pytest.mark.parametrize(
    ("scores", "classes", "message"),
    [
        (5, None, "takes Scores or"),
        ([0.1, 0.9], None, "takes Scores or"),
        (([0, 1], [0.1, 0.9]), ["a"], "1 names do not fit"),
        (([0, 0], [0.1, 0.9]), None, "one class"),
        (([0, 1], [0.1, 9]), None, "between 0 and 1"),
    ],
)
def test_threshold_explorer_refuses(scores, classes, message):
    with pytest.raises(DataError, match=message):
        ThresholdExplorer(scores, classes)


def test_the_threshold_moves_the_matrix_and_ties_fall_together():
    explorer = ThresholdExplorer(([0, 0, 1, 1], np.array([0.1, 0.7, 0.7, 0.9], np.float32)))
    explorer.threshold.value = 0.7
    assert "2 of 2 found, 1 false alarm." in explorer.picture.value
    explorer.threshold.value = 0.7000000000000001  # as a browser may add up its steps
    assert "2 of 2 found, 1 false alarm." in explorer.picture.value
    explorer.threshold.value = 0.705
    assert "1 of 2 found, 0 false alarms." in explorer.picture.value
    assert explorer.errors == []


def test_two_classes_ask_for_the_second_and_more_for_any():
    assert ThresholdExplorer(([0, 1], [0.1, 0.9]), ["no", "yes"]).positive.label == "yes"
    explorer = ThresholdExplorer(SCORES, ["a", "<b>", "c"])
    assert [name for name, _ in explorer.positive.options] == ["a", "<b>", "c"]
    explorer.positive.value = 1
    assert "2 of 2 found, 1 false alarm." in explorer.picture.value
    assert "Called &lt;b&gt;" in explorer.picture.value
    assert "<b>" not in explorer.picture.value


def test_a_class_that_does_not_occur_is_not_asked_for():
    labels, probability = SCORES
    explorer = ThresholdExplorer((np.minimum(labels, 1), probability), ["a", "b", "c"])
    assert [name for name, _ in explorer.positive.options] == ["a", "b"]


def test_rare_positives_change_precision_and_nothing_about_one_class():
    explorer = ThresholdExplorer(([0, 0, 1, 1], [0.1, 0.6, 0.6, 0.9]))
    roc = explorer.picture.value.split('aria-label="ROC')[1].split('"')[0]
    assert "0.667" in explorer.picture.value
    explorer.share.value = 0.01
    assert "the precision would be 2.0%" in explorer.picture.value
    assert explorer.picture.value.split('aria-label="ROC')[1].split('"')[0] == roc


def test_scores_are_taken_as_evaluate_gives_them():
    labels, probability = SCORES
    names = ("x", "y", "z")
    explorer = ThresholdExplorer(score(probability.astype(np.float32), np.array(labels), names, 0))
    assert explorer.classes == names
    still = explorer.still()
    for caption in ("A threshold in the middle", "The same, if positives were rare"):
        assert caption in still
    assert still.count('role="img"') == 12
