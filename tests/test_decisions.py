"""Decisions under a threshold, with scikit-learn as the oracle."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from genbench_lite.errors import DataError
from genbench_lite.networks.decisions import Counts, Ranking, probabilities

SHARED = st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.7, 0.9, 1.0])  # so that there are ties
rows = st.lists(st.tuples(st.booleans(), SHARED), min_size=2, max_size=40).filter(
    lambda drawn: len({truth for truth, _ in drawn}) == 2
)


def ranking_of(drawn, dtype=float) -> Ranking:
    truth, score = zip(*drawn, strict=True)
    return Ranking(np.array(truth), np.array(score, dtype))


@pytest.mark.parametrize(
    ("labels", "probability", "message"),
    [
        ([0, 1], [0.5], "do not fit"),
        ([[0], [1]], [0.5, 0.5], "do not fit"),
        ([], [], "no rows"),
        ([0, 2], [0.5, 0.5], "from 0 to 1"),
        ([0, -1], [0.5, 0.5], "from 0 to 1"),
        ([0.0, 1.0], [0.5, 0.5], "whole numbers"),
        (["no", "yes"], [0.5, 0.5], "whole numbers"),
        ([0, 1], [0.5, 1.5], "between 0 and 1"),
        ([0, 1], [0.5, float("nan")], "between 0 and 1"),
        ([0, 1], ["high", "low"], "must be numbers"),
        ([0, 1], [[0.5], [0.2, 0.8]], "must be numbers"),
    ],
)
def test_what_are_no_labels_and_probabilities(labels, probability, message):
    with pytest.raises(DataError, match=message):
        probabilities(labels, probability)


@pytest.mark.parametrize("truth", [[True, True], [False], []])
def test_one_class_only_cannot_be_ranked(truth):
    with pytest.raises(DataError, match="some of every class"):
        Ranking(np.array(truth, bool), np.zeros(len(truth)))


@given(rows, st.floats(0, 1))
def test_measures_agree_with_scikit_learn(drawn, threshold):
    ranking = ranking_of(drawn)
    counts, called = ranking.counts(threshold), ranking.score >= threshold
    tn, fp, fn, tp = metrics.confusion_matrix(ranking.truth, called, labels=[False, True]).ravel()
    assert counts == Counts(tp, fp, fn, tn)
    found = counts.measures()
    truth = ranking.truth
    assert found["sensitivity"] == pytest.approx(metrics.recall_score(truth, called))
    assert found["specificity"] == pytest.approx(metrics.recall_score(~truth, ~called))
    assert found["f1"] == pytest.approx(metrics.f1_score(truth, called, zero_division=0))
    assert found["accuracy"] == pytest.approx(metrics.accuracy_score(truth, called))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # one answer for all
        assert found["mcc"] == pytest.approx(metrics.matthews_corrcoef(truth, called))
    if called.any():
        assert found["precision"] == pytest.approx(metrics.precision_score(truth, called))
    else:
        assert np.isnan(found["precision"])


@given(rows)
def test_curves_agree_with_scikit_learn_where_scores_tie(drawn):
    ranking = ranking_of(drawn)
    truth, score = ranking.truth, ranking.score
    alarms, found, thresholds = metrics.roc_curve(truth, score, drop_intermediate=False)
    x, y, area = ranking.roc()
    assert np.allclose(x, alarms)
    assert np.allclose(y, found)
    assert np.array_equal(ranking.cumulative[0], thresholds)
    assert area == pytest.approx(metrics.roc_auc_score(truth, score))
    precision, recall, _ = metrics.precision_recall_curve(truth, score)
    mine = ranking.precision_recall()
    assert np.allclose(mine[0][::-1], recall[:-1])
    assert np.allclose(mine[1][::-1], precision[:-1])
    assert mine[2] == pytest.approx(metrics.average_precision_score(truth, score))


@given(rows, st.floats(0, 1))
def test_the_place_of_a_threshold_is_on_both_curves(drawn, threshold):
    ranking = ranking_of(drawn)
    found = ranking.counts(threshold).measures()
    points = np.stack(ranking.roc()[:2], axis=1)
    place = [1 - found["specificity"], found["sensitivity"]]
    assert np.isclose(points, place).all(axis=1).any()
    if not np.isnan(found["precision"]):
        points = np.stack(ranking.precision_recall()[:2], axis=1)
        place = [found["sensitivity"], found["precision"]]
        assert np.isclose(points, place).all(axis=1).any()


@pytest.mark.parametrize("value", [0.1, 0.3, 0.7, 0.9])
def test_a_float32_score_equal_to_the_threshold_is_called(value):
    ranking = ranking_of([(True, value), (False, 0.0)], np.float32)
    assert ranking.counts(value).found == 1
    assert ranking.counts(value + 0.001).found == 0


@given(rows, SHARED, st.sampled_from([0.5, 0.1, 0.001]))
def test_rare_positives_agree_with_weighted_rows(drawn, threshold, share):
    ranking = ranking_of(drawn)
    truth, called = ranking.truth, ranking.score >= threshold
    weights = np.where(truth, share / truth.sum(), (1 - share) / (~truth).sum())
    found = ranking.counts(threshold).with_positives(share).measures()
    assert found["accuracy"] == pytest.approx(
        metrics.accuracy_score(truth, called, sample_weight=weights)
    )
    assert found["f1"] == pytest.approx(
        metrics.f1_score(truth, called, sample_weight=weights, zero_division=0)
    )
    before = ranking.counts(threshold).measures()
    for same in ("sensitivity", "specificity"):
        assert found[same] == pytest.approx(before[same])
    if called.any():
        assert found["precision"] == pytest.approx(
            metrics.precision_score(truth, called, sample_weight=weights)
        )
    average = metrics.average_precision_score(truth, ranking.score, sample_weight=weights)
    assert ranking.precision_recall(share)[2] == pytest.approx(average)


def test_all_scores_alike_make_one_step():
    ranking = ranking_of([(True, 0.4), (False, 0.4), (False, 0.4)])
    assert ranking.roc()[2] == 0.5
    assert [column.tolist() for column in ranking.precision_recall()[:2]] == [
        [1],
        [pytest.approx(1 / 3)],
    ]
