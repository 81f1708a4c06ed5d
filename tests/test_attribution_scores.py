"""Attributions scored against what was planted, and the controls."""

import numpy as np
import pytest
import torch
from explained_models import Opaque, SmallCNN
from sklearn.metrics import average_precision_score
from torch import nn

from genbench_lite import SequenceSet
from genbench_lite.attribution import random_network, score_attributions, shuffle_labels
from genbench_lite.errors import DataError
from genbench_lite.explanations.attribution_scores import average_precision
from genbench_lite.simulate import load_planted_motifs


def example(n=30, length=50, seed=0):
    rng = np.random.default_rng(seed)
    mask = np.zeros((n, length), bool)
    mask[: n - 5, 10:18] = True
    sizes = rng.normal(size=(n, 4, length)) + mask[:, None] * 0.8
    return sizes, mask


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda a, m: (a[:-1], m), "does not fit"),
        (lambda a, m: (a[..., :-1], m), "does not fit"),
        (lambda a, m: (a.transpose(0, 2, 1), m), "does not fit"),
        (lambda a, m: (a, m.astype(int)), "does not fit"),
        (lambda a, m: (a * np.nan, m), "no finite numbers"),
        (lambda a, m: (a, m & False), "Nothing is planted"),
        (lambda a, m: (a[:0], m[:0]), "Nothing is planted"),
    ],
)
def test_what_cannot_be_scored_is_refused(change, message):
    with pytest.raises(DataError, match=message):
        score_attributions(*change(*example()))


def test_average_precision_is_that_of_scikit_learn():
    rng = np.random.default_rng(0)
    for _ in range(20):
        sizes, planted = rng.integers(0, 6, 40) / 3, rng.random(40) < 0.3  # many of one size
        planted[0] = True
        expected = average_precision_score(planted, sizes)
        assert average_precision(sizes, planted) == pytest.approx(expected)


def test_overall_and_single_scores_leave_out_sequences_without_sites():
    values, mask = example()
    found = score_attributions(values, mask)
    sizes = np.abs(values).sum(1)
    expected = average_precision_score(mask[:25].ravel(), sizes[:25].ravel())
    assert found.precision == pytest.approx(expected)
    each = [average_precision_score(m, s) for m, s in zip(mask[:25], sizes[:25], strict=True)]
    np.testing.assert_allclose(found.per_sequence[:25], each)
    assert np.isnan(found.per_sequence[25:]).all()
    assert found.mean == pytest.approx(np.mean(each))
    assert found.low < found.precision < found.high
    assert found.mean_low < found.mean < found.mean_high
    assert found.chance == pytest.approx(8 / 50)


def test_the_sign_makes_no_difference_and_the_seed_repeats():
    values, mask = example()
    first, second = score_attributions(values, mask), score_attributions(-values, mask)
    assert repr(first) == repr(second)
    assert first.low != score_attributions(values, mask, seed=1).low


def test_more_sequences_make_narrower_intervals():
    few, many = (score_attributions(*example(n)) for n in (20, 400))
    assert many.high - many.low < (few.high - few.low) / 2


def test_guessing_scores_chance_and_a_constant_exactly_so():
    demo = load_planted_motifs()
    truth = demo.truth["test"]
    n, length = truth.shape
    guess = score_attributions(np.random.default_rng(0).normal(size=(n, 4, length)), truth)
    assert guess.precision == pytest.approx(guess.chance, abs=0.01)
    flat = score_attributions(np.ones((n, 4, length)), truth)
    assert flat.precision == pytest.approx(flat.chance)


def test_a_random_network_is_new_and_the_model_stays():
    model = SmallCNN(seed=5)
    model.read.append(nn.BatchNorm1d(8))
    model.read[-1].running_mean += 3
    model.eval()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    state = torch.random.get_rng_state()
    first, again, other = (random_network(model, seed) for seed in (0, 0, 1))
    assert (torch.random.get_rng_state() == state).all()
    assert all((before[name] == value).all() for name, value in model.state_dict().items())
    for name, value in first.state_dict().items():
        assert (value == again.state_dict()[name]).all()
    assert not (first.motifs.weight == model.motifs.weight).any()
    assert not (first.motifs.weight == other.motifs.weight).any()
    assert (first.read[-1].running_mean == 0).all()
    assert not first.training


def test_weights_of_no_layer_are_put_in_random_order():
    class Free(nn.Module):
        def __init__(self):
            super().__init__()
            self.values = nn.Parameter(torch.arange(60.0).reshape(3, 20))

    found = random_network(Free()).values.detach()
    assert sorted(found.ravel().tolist()) == list(range(60))
    assert (found != Free().values).float().mean() > 0.8


def test_controls_refuse_what_they_cannot_randomise():
    with pytest.raises(DataError, match="is no network"):
        random_network(Opaque())
    with pytest.raises(DataError, match="All labels are the same"):
        shuffle_labels(SequenceSet.from_strings(["A", "C"], [0, 0], ["a", "b"]))


def test_shuffled_labels_keep_the_sequences_and_the_counts():
    s = SequenceSet.from_strings(
        ["ACGT"] * 100, np.repeat([0, 1, 2], [50, 30, 20]), ["a", "b", "c"]
    )
    shuffled = shuffle_labels(s)
    assert shuffled.codes is s.codes
    assert np.bincount(shuffled.labels).tolist() == [50, 30, 20]
    assert (shuffled.labels != s.labels).mean() > 0.4
    assert (shuffle_labels(s).labels == shuffled.labels).all()
    assert (s.labels == np.repeat([0, 1, 2], [50, 30, 20])).all()
