"""Scores against scikit-learn and by hand; intervals against resampling in a loop; figures."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch
from sklearn import metrics
from training_toys import Bias, planted

import genbench_lite as gbl
from genbench_lite.errors import DataError
from genbench_lite.figures import score_plots
from genbench_lite.networks import resampling
from genbench_lite.networks.scoring import BINS, MEASURES, Scores, score
from genbench_lite.training import History


def answers(n: int, classes: int, seed: int = 0, digits: int | None = None):
    """Probabilities that are somewhat right, and labels."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, n)
    logits = rng.normal(size=(n, classes))
    logits[np.arange(n), labels] += 1
    probability = np.exp(logits)
    probability /= probability.sum(1, keepdims=True)
    if digits:
        probability = probability.round(digits)
    return probability.astype(np.float32), labels


def scored(n: int = 400, classes: int = 2, seed: int = 0, **settings) -> Scores:
    names = ("negative", "positive") if classes == 2 else tuple("abcdefgh"[:classes])
    return score(*answers(n, classes, seed), names, **settings)


class Oracle(torch.nn.Module):
    """Answers the class of the first letter: A is 0, C is 1, G is 2."""

    def forward(self, x):
        return x[:, :3, 0] * 100


@pytest.fixture
def four() -> gbl.SequenceSet:
    return gbl.SequenceSet.from_strings(["A", "A", "C", "G"], [0, 1, 1, 2], ["a", "b", "c"])


def test_scores_worked_out_by_hand(four):
    scores = gbl.evaluate(Oracle(), four)
    assert scores.accuracy == 0.75
    assert scores.confusion.tolist() == [[1, 0, 0], [1, 1, 0], [0, 0, 1]]
    assert scores.f1 == pytest.approx((2 / 3 + 2 / 3 + 1) / 3)
    assert scores.auroc == pytest.approx((5 / 6 + 3 / 4 + 1) / 3)
    assert scores.average_precision == pytest.approx((1 / 2 + (1 / 2 + 1 / 4) + 1) / 3)
    assert scores.calibration_error == pytest.approx(0.25)
    assert scores.classes == ("a", "b", "c")
    assert repr(scores).startswith("Scores(accuracy=0.750, f1=0.778")


@pytest.mark.parametrize("classes", [2, 3])
def test_scores_are_those_of_scikit_learn(classes):
    probability, labels = answers(300, classes)
    scores = scored(300, classes, bootstrap=0)
    answer = probability.argmax(1)
    assert scores.mcc == pytest.approx(metrics.matthews_corrcoef(labels, answer))
    assert scores.loss == pytest.approx(metrics.log_loss(labels, probability), rel=1e-5)
    if classes == 2:
        assert scores.auroc == pytest.approx(metrics.roc_auc_score(labels, probability[:, 1]))
        assert scores.average_precision == pytest.approx(
            metrics.average_precision_score(labels, probability[:, 1])
        )
    else:
        assert scores.auroc == pytest.approx(
            metrics.roc_auc_score(labels, probability, multi_class="ovr")
        )
    assert scores.intervals == {}


@pytest.mark.parametrize(("classes", "average"), [(2, "binary"), (3, "micro")])
def test_f1_as_the_reference_package_counts_it(classes, average):
    probability, labels = answers(300, classes)
    expected = metrics.f1_score(labels, probability.argmax(1), average=average)
    assert scored(300, classes, bootstrap=0).published_f1 == pytest.approx(expected)


def test_a_class_that_is_missing_has_no_curve(four):
    with pytest.warns(UserWarning, match="No sequence is of the class c: AUROC"):
        missing = gbl.evaluate(Oracle(), four[:3])
    assert np.isnan([missing.auroc, missing.average_precision]).all()
    assert missing.accuracy == pytest.approx(2 / 3)
    only = planted(20)
    with pytest.warns(UserWarning, match="of the class no:"):
        scores = gbl.evaluate(Bias(), only[only.labels == 1])
    assert scores.accuracy == 0
    assert scores.mcc == 0
    assert np.isnan(scores.intervals["auroc"]).all()
    assert "undefined" in scores._repr_html_()


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("digits", [None, 1])
def test_each_draw_is_scored_like_scikit_learn(classes, digits, monkeypatch):
    """The same draws, one by one; one digit makes many ties."""
    probability, labels = answers(60, classes, digits=digits)
    monkeypatch.setattr(resampling, "_AT_ONCE", 60 * 7)  # several blocks, the last one smaller
    drawn = np.concatenate(list(resampling._draws(60, 40, seed=3)))
    each: dict[str, list[float]] = {name: [] for name in MEASURES if name != "calibration_error"}
    for rows in drawn:
        y, p = labels[rows], probability[rows]
        answer = p.argmax(1)
        each["accuracy"].append(metrics.accuracy_score(y, answer))
        each["f1"].append(
            metrics.f1_score(y, answer, labels=range(classes), average="macro", zero_division=0)
        )
        each["mcc"].append(metrics.matthews_corrcoef(y, answer))
        true = np.maximum(p[np.arange(60), y].astype(float), np.finfo(np.float32).tiny)
        each["loss"].append(-np.log(true).mean())
        ranked = [1] if classes == 2 else range(classes)
        targets, p = np.eye(classes)[y][:, ranked], p[:, ranked]
        each["auroc"].append(metrics.roc_auc_score(targets, p))
        each["average_precision"].append(metrics.average_precision_score(targets, p))
    found = resampling.intervals(probability, labels, 40, seed=3)
    assert set(found) == set(each)
    for name, values in each.items():
        assert found[name] == pytest.approx(tuple(np.percentile(values, [2.5, 97.5]))), name


def test_many_scores_are_ranked_in_steps_that_change_little():
    probability, labels = answers(9000, 2)
    coarse = resampling.intervals(probability, labels, 50)
    steps, resampling._STEPS = resampling._STEPS, 10**9
    try:
        exact = resampling.intervals(probability, labels, 50)
    finally:
        resampling._STEPS = steps
    for name, ends in exact.items():
        assert coarse[name] == pytest.approx(ends, abs=2e-4), name


def test_an_interval_of_an_accuracy_has_the_width_that_theory_gives():
    scores = scored(2000)
    low, high = scores.intervals["accuracy"]
    p = scores.accuracy
    assert high - low == pytest.approx(2 * 1.96 * np.sqrt(p * (1 - p) / 2000), rel=0.1)
    assert low < p < high


def test_the_seed_decides_the_intervals():
    assert scored(seed=0).intervals == scored(seed=0).intervals
    probability, labels = answers(100, 2)
    one, other = (resampling.intervals(probability, labels, 50, seed) for seed in (0, 1))
    assert one != other


def test_a_negative_number_of_draws():
    with pytest.raises(DataError, match="bootstrap=-1"):
        gbl.evaluate(Bias(), planted(20), bootstrap=-1)


def test_reliability_by_hand():
    probability = np.array([[0.9, 0.1], [0.1, 0.9], [0.6, 0.4], [0.5, 0.5], [0, 1]], np.float32)
    scores = score(probability, np.array([0, 0, 0, 1, 1]), ("no", "yes"), bootstrap=0)
    bins = scores.reliability()
    assert len(bins) == BINS
    assert bins["n"].sum() == 5
    filled = bins[bins["n"] > 0]
    assert filled["n"].tolist() == [1, 1, 2, 1]
    assert filled["confidence"].tolist() == pytest.approx([0.5, 0.6, 0.9, 1.0])
    assert filled["accuracy"].tolist() == [0, 1, 0.5, 1]
    assert scores.calibration_error == pytest.approx((0.5 + 0.4 + 2 * 0.4 + 0) / 5)


def test_certain_and_right_is_calibrated():
    certain = np.eye(2, dtype=np.float32)[[0, 1, 1]]
    assert score(certain, np.array([0, 1, 1]), ("no", "yes")).calibration_error == 0


def test_tables_hold_value_and_interval():
    scores = scored()
    frame = scores.to_frame()
    assert frame.index.tolist() == list(MEASURES)
    assert frame.loc["f1"].tolist() == [scores.f1, *scores.intervals["f1"]]
    assert frame.loc["calibration_error", ["low", "high"]].isna().all()
    html = scores._repr_html_()
    low, high = scores.intervals["accuracy"]
    assert f"<td>{scores.accuracy:.3f}</td><td>{low:.3f} to {high:.3f}</td>" in html
    assert "400 sequences" in html
    assert "nan" not in html


def test_a_thousand_draws_take_no_patience():
    import time

    probability, labels = answers(9000, 2)
    started = time.process_time()
    resampling.intervals(probability, labels)
    assert time.process_time() - started < 3  # 0.4 s on an idle core


# --- figures


def test_reliability_diagram_draws_the_bins():
    scores = scored(3000, 4)
    figure = score_plots.reliability(scores)
    above, below = figure.axes
    bins = scores.reliability().query("n > 0")
    x, y = above.containers[0].lines[0].get_data()
    np.testing.assert_allclose(np.asarray(x, float), bins["confidence"])
    np.testing.assert_allclose(np.asarray(y, float), bins["accuracy"])
    assert [bar.get_height() for bar in below.patches] == bins["n"].tolist()
    assert f"{scores.calibration_error:.3f}" in figure.alt


def test_the_text_of_the_diagram_tells_the_direction():
    p = np.tile(np.array([0.9, 0.1], np.float32), (100, 1))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        proud = score(p, np.arange(100) % 2, ("no", "yes"), 0)
        shy = score(p, np.zeros(100, int), ("no", "yes"), 0)
    assert "0.400 off on average (the model claims too much)" in score_plots.reliability(proud).alt
    assert "0.100 off on average (the model claims too little)" in score_plots.reliability(shy).alt


@pytest.mark.parametrize(
    ("plot", "measure"),
    [
        (score_plots.roc_curves, "auroc"),
        (score_plots.precision_recall_curves, "average_precision"),
    ],
)
def test_curves_have_the_area_that_they_say(plot, measure):
    two, other, many = scored(), scored(seed=1), scored(classes=3)
    figure = plot(two)
    assert f"positive {getattr(two, measure):.3f}" in figure.alt
    line = figure.axes[0].lines[0]
    x, y = line.get_data()
    if measure == "auroc":
        assert metrics.auc(x, y) == pytest.approx(two.auroc)
    else:
        assert -np.sum(np.diff(x) * y[:-1]) == pytest.approx(two.average_precision)
    several = plot({"one": two, "other": other})
    assert f"other {getattr(other, measure):.3f}" in several.alt
    mean = np.mean([float(part.split()[-1].rstrip(".")) for part in plot(many).alt.split(", ")])
    assert mean == pytest.approx(getattr(many, measure), abs=1e-3)


def test_curves_that_cannot_be_drawn():
    p = np.tile(np.array([0.9, 0.1], np.float32), (10, 1))
    with pytest.warns(UserWarning, match="undefined"):
        only = score(p, np.zeros(10, int), ("no", "yes"), 0)
    for plot in (score_plots.roc_curves, score_plots.precision_recall_curves):
        with pytest.raises(DataError, match="some of every class"):
            plot(only)
        for several in ({}, {"many": scored(classes=3)}):
            with pytest.raises(DataError, match="two classes"):
                plot(several)


def run(*accuracies: float) -> History:
    n = len(accuracies)
    return History([0.5] * n, [0.4] * n, list(accuracies), [1.0] * n)


def test_several_trainings_have_a_mean_and_a_band():
    runs = {"LiteCNN": [run(0.6, 0.8, 0.9), run(0.7, 0.8)], "published": [run(0.5)]}
    figure = score_plots.training_curves(runs)
    axis = figure.axes[0]
    assert axis.lines[0].get_ydata().tolist() == pytest.approx([0.65, 0.8])
    band = axis.collections[0].get_paths()[0].vertices[:, 1]
    assert (band.min(), band.max()) == (0.6, 0.8)
    assert "LiteCNN 0.800, from 0.800 to 0.800; published 0.500" in figure.alt
    assert "loss" in score_plots.training_curves(runs, "valid_loss").axes[0].get_ylabel()


def test_trainings_that_cannot_be_drawn():
    for runs, message in (
        ({}, "at least one name"),
        ({"x": []}, "x has a training without valid_accuracy"),
        ({"x": [History([1.0], seconds=[1.0])]}, "Give valid to fit"),
    ):
        with pytest.raises(DataError, match=message):
            score_plots.training_curves(runs)
    with pytest.raises(DataError, match="no measure 'accuracy'"):
        score_plots.training_curves({"x": [run(1.0)]}, "accuracy")
