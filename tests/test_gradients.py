"""Attribution by gradients: answers by hand, completeness, and captum as the oracle."""

import sys
import warnings

import numpy as np
import pytest
import torch
from explained_models import (
    AnyA,
    BothStrands,
    CountA,
    Opaque,
    SmallCNN,
    Weighted,
    random_codes,
    text,
)
from torch import nn

from genbench_lite import SequenceSet, sequence
from genbench_lite.attribution import (
    completeness,
    deeplift,
    integrated_gradients,
    saliency,
)
from genbench_lite.errors import DataError, GenbenchError, UnknownNameError

METHODS = [saliency, integrated_gradients]


def zeros(n, length):
    return np.full((1, n, length), 4, np.uint8)


@pytest.fixture(scope="module")
def captum():
    return pytest.importorskip("captum.attr", reason="captum is not installed")


# what cannot be explained


@pytest.mark.parametrize("method", [*METHODS, deeplift])
def test_a_model_without_gradients_is_sent_to_mutagenesis(method):
    with pytest.raises(DataError, match="Opaque has no gradient"):
        method(Opaque(), ["ACGT"])


@pytest.mark.parametrize("model", ["LiteCNN", None, SmallCNN])
def test_what_is_no_model_is_refused(model):
    with pytest.raises(DataError, match="is no model"):
        saliency(model, ["ACGT"])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("nothing", [[], np.zeros((0, 9), np.uint8)])
def test_an_empty_selection_is_refused(method, nothing):
    with pytest.raises(DataError, match="no sequences to explain"):
        method(CountA(), nothing)


class LengthFirst(nn.Module):
    def __init__(self):
        super().__init__()
        self.read = nn.GRU(4, 3, batch_first=True)

    def forward(self, x):
        return self.read(x)[0][:, -1]


class OneNumber(nn.Module):
    def forward(self, x):
        return x.sum((1, 2))[:, None]


class Steps(nn.Module):
    def forward(self, x):
        return nn.functional.one_hot((x[:, 0].sum(1) > 1).long(), 2).float()


class Whole(nn.Module):
    def forward(self, x):
        return x


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("model", "message"),
    [
        (LengthFirst(), "does not take one-hot sequences"),
        (OneNumber(), "one number a sequence"),
        (Whole(), "must give logits of shape"),
        (Steps(), "no gradient with respect to its input"),
    ],
)
def test_models_of_another_surface_are_refused(method, model, message):
    with pytest.raises(DataError, match=message):
        method(model, ["ACGTACG"], 1)


@pytest.mark.parametrize(
    ("target", "against", "error", "message"),
    [
        (2, None, DataError, "no class 2"),
        (-1, None, DataError, "no class -1"),
        (0.5, None, DataError, "class of 0.5"),
        ([0, 1, 0], None, DataError, "for 2 sequences"),
        ("many", None, UnknownNameError, "no class 'many'"),
        (1, 1, DataError, "set against itself"),
    ],
)
def test_classes_that_are_not_there_are_refused(target, against, error, message):
    with pytest.raises(error, match=message):
        saliency(CountA(), ["ACGT", "AAAA"], target, against)


@pytest.mark.parametrize(
    ("references", "message"),
    [
        (0, "explain nothing"),
        (np.zeros((2, 5), np.uint8), "do not fit"),
        (np.zeros((1, 1, 4), np.uint8), "do not fit"),
        (np.zeros((1, 1, 5)), "do not fit"),
    ],
)
def test_references_that_do_not_fit_are_refused(references, message):
    with pytest.raises(DataError, match=message):
        integrated_gradients(CountA(), ["ACGTA"], references=references)


def test_without_a_step_there_is_no_way():
    with pytest.raises(DataError, match="0 steps"):
        integrated_gradients(CountA(), ["ACGTA"], steps=0)


# answers by hand


def test_the_gradient_of_a_linear_model_is_its_weights():
    weights = np.random.default_rng(0).normal(size=(2, 4, 7)).astype(np.float32)
    codes = random_codes(3, 7)
    difference = weights[1] - weights[0]
    found = saliency(Weighted(weights), codes, corrected=False)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, np.tile(difference, (3, 1, 1)), rtol=1e-5)
    corrected = saliency(Weighted(weights), codes)
    np.testing.assert_allclose(corrected[0], difference - difference.mean(0), atol=1e-6)
    np.testing.assert_allclose(corrected.sum(1), 0, atol=1e-6)
    kept = saliency(Weighted(weights), codes, times_input=True, corrected=False)
    np.testing.assert_allclose(kept, found * sequence.one_hot(codes), rtol=1e-6)


def test_a_class_is_set_against_the_mean_of_the_others_or_against_one():
    weights = np.random.default_rng(0).normal(size=(3, 4, 5)).astype(np.float32)
    model, codes = Weighted(weights), random_codes(2, 5)
    found = saliency(model, codes, 2, corrected=False)[0]
    np.testing.assert_allclose(found, weights[2] - weights[:2].mean(0), rtol=1e-5)
    found = saliency(model, codes, [2, 0], 1, corrected=False)
    np.testing.assert_allclose(found, [weights[2] - weights[1], weights[0] - weights[1]], rtol=1e-5)


def test_without_a_target_each_sequence_is_explained_for_its_predicted_class():
    weights = np.zeros((3, 4, 5), np.float32)
    weights[[0, 1, 2], [0, 1, 2]] = 1  # counts of A, C and G
    codes = np.array([sequence.encode("CCCAG"), sequence.encode("GGGAC")])
    found = saliency(Weighted(weights), codes, corrected=False)
    np.testing.assert_allclose(found[:, :, 0], [[-0.5, 1, -0.5, 0], [-0.5, -0.5, 1, 0]])


def test_classes_go_by_name_where_the_sequences_know_them():
    s = SequenceSet.from_strings(["ACGT", "AAAA"], [0, 1], ["few", "many"])
    np.testing.assert_array_equal(saliency(CountA(), s, "few"), -saliency(CountA(), s, "many"))
    np.testing.assert_array_equal(saliency(CountA(), s), saliency(CountA(), s, "many"))


def test_two_sites_that_are_each_enough_share_the_credit():
    """Redundancy: of two A, the gradient follows the one that wins; of equals, half of each."""
    found = saliency(AnyA(), ["ACA"], corrected=False)[0, 0]
    assert found.tolist() == [0.5, 0, 0.5]
    found = integrated_gradients(AnyA(), ["ACA"], references=zeros(1, 3))[0, 0]
    np.testing.assert_allclose(found, [0.5, 0, 0.5])


def test_where_a_sigmoid_is_saturated_the_gradient_vanishes_and_the_way_does_not():
    class Saturated(nn.Module):
        def forward(self, x):
            return torch.stack([torch.zeros(len(x)), (10 * x[:, 0].sum(1)).sigmoid()], 1)

    assert np.abs(saliency(Saturated(), ["AAA"])).max() < 1e-6
    found = integrated_gradients(Saturated(), ["AAA"], references=zeros(1, 3), steps=200)
    np.testing.assert_allclose(found[0, 0], 0.5 / 3, atol=1e-3)


def test_integrated_gradients_of_a_linear_model_are_exact_in_one_step():
    weights = np.random.default_rng(0).normal(size=(2, 4, 30)).astype(np.float32)
    model, codes = Weighted(weights), random_codes(5, 30)
    found = integrated_gradients(model, codes, steps=1)
    gaps = completeness(model, codes, found)
    np.testing.assert_allclose(gaps["gap"], 0, atol=1e-4)
    assert gaps["difference"].abs().min() > 0.01


# properties


def mixed():
    return ["ACGTNNACGGTACCATTG", "ACGNACGTACGTA", "ACGTACGTACGTACGTACGTAGCAAT"]


@pytest.mark.parametrize("method", METHODS)
def test_padding_and_unknown_letters_are_exactly_zero(method):
    codes = SequenceSet.from_strings(mixed(), [0] * 3, ["one"]).padded()
    found = method(SmallCNN(), mixed(), 1)
    assert found.shape == (3, 4, 26)
    assert found.dtype == np.float32
    unknown = np.broadcast_to(codes[:, None] == 4, found.shape)
    assert (found[unknown] == 0).all()
    assert (found.any(1) == (codes < 4)).mean() > 0.6


@pytest.mark.parametrize("method", METHODS)
def test_order_and_neighbours_change_nothing(method):
    codes = random_codes(400, 100)  # more than a batch
    options = {} if method is saliency else {"references": np.roll(codes, 1, axis=1)[None]}
    whole = method(SmallCNN(), codes, 1, **options)
    order = np.random.default_rng(1).permutation(len(codes))[:7]
    if options:
        options = {"references": options["references"][:, order]}
    np.testing.assert_allclose(
        method(SmallCNN(), codes[order], 1, **options), whole[order], atol=1e-6
    )


def test_the_same_letters_in_every_form_are_explained_alike():
    codes = random_codes(3, 20)
    s = SequenceSet.from_strings(text(codes), [0, 1, 0], ["a", "b"])
    expected = saliency(SmallCNN(), codes)
    for same in (s, text(codes)):
        np.testing.assert_array_equal(saliency(SmallCNN(), same), expected)


def test_a_model_of_both_strands_explains_both_alike():
    codes = random_codes(4, 30)
    model = BothStrands(SmallCNN())
    found = saliency(model, codes)
    turned = saliency(model, sequence.reverse_complement(codes))
    np.testing.assert_allclose(turned[:, ::-1, ::-1], found, atol=1e-5)


@pytest.mark.parametrize("method", METHODS)
def test_the_model_is_left_as_it_was(method):
    model = SmallCNN()
    model.train()
    model.read[1].eval()
    model.last.weight.requires_grad_(False)
    model.motifs.weight.grad = torch.ones_like(model.motifs.weight)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    with torch.no_grad():
        first = method(model, random_codes(3, 20))
    second = method(model, random_codes(3, 20))
    np.testing.assert_array_equal(first, second)  # no dropout
    assert model.training
    assert model.pool.training
    assert not model.read[1].training
    assert not model.last.weight.requires_grad
    assert (model.motifs.weight.grad == 1).all()
    assert model.last.bias.grad is None
    assert all((before[name] == value).all() for name, value in model.state_dict().items())


class WithProbability(nn.Module):
    """Two classes share one output that is a sigmoid already, and 20 bp are read, no fewer."""

    length = 20

    def __init__(self):
        super().__init__()
        self.read = nn.Sequential(nn.Flatten(), nn.Linear(80, 1), nn.Sigmoid())

    def forward(self, x):
        return self.read(x)

    def probability(self, output):
        return torch.cat([1 - output, output], 1)


def test_a_model_with_probabilities_is_explained_by_its_log_odds():
    model = WithProbability()
    codes = random_codes(3, 16)
    found = saliency(model, codes, corrected=False)
    weights = model.read[1].weight.detach().reshape(4, 20)[:, :16]
    np.testing.assert_allclose(found, np.tile(weights, (3, 1, 1)), atol=1e-5)


def test_logits_of_its_own_come_first_and_never_saturate():
    class WithLogits(WithProbability):
        def logits(self, x):
            odds = self.read[:2](x)
            return torch.cat([0 * odds, odds], 1)

    model, sure = WithLogits(), WithProbability()
    sure.load_state_dict(model.state_dict())
    for one in (model, sure):
        one.read[1].bias.data += 40
    codes = random_codes(3, 20)
    found = saliency(model, codes, corrected=False)
    weights = model.read[1].weight.detach().reshape(4, 20)
    np.testing.assert_allclose(found, np.tile(weights, (3, 1, 1)), atol=1e-5)
    assert not saliency(sure, codes).any()  # a probability of 1 cannot tell


def test_completeness_is_reported_and_a_miss_is_warned_of():
    codes, model = random_codes(6, 40), SmallCNN(3)
    exact = integrated_gradients(model, codes, 1, steps=100)
    gaps = completeness(model, codes, exact, 1)
    np.testing.assert_allclose(gaps["sum"] - gaps["difference"], gaps["gap"], atol=1e-6)
    assert gaps["gap"].abs().max() < 0.02 * gaps["difference"].abs().max()

    class Jump(nn.Module):
        def forward(self, x):
            high = (x[:, 0].sum(1) > 4).float() * 9
            return torch.stack([torch.zeros(len(x)), x[:, 0].sum(1) + high], 1)

    with pytest.warns(UserWarning, match="misses the difference"):
        integrated_gradients(Jump(), ["A" * 12], references=zeros(1, 12))
    with pytest.raises(DataError, match="is not that of 6 sequences"):
        completeness(model, codes, exact[:2])


def test_the_same_seed_gives_the_same_references():
    codes, model = random_codes(3, 60), SmallCNN()
    first, again, other = (integrated_gradients(model, codes, seed=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)


# captum as the oracle


def test_integrated_gradients_agree_with_captum(captum):
    model, codes = SmallCNN().eval(), random_codes(5, 30)
    origin = np.roll(codes, 3, axis=1)
    ours = integrated_gradients(model, codes, references=origin[None], steps=50)
    x, baseline = (torch.from_numpy(sequence.one_hot(each)) for each in (codes, origin))
    theirs = captum.IntegratedGradients(lambda x: model(x)[:, 1] - model(x)[:, 0]).attribute(
        x, baseline, n_steps=50, method="riemann_middle"
    )
    np.testing.assert_allclose(ours.sum(1), theirs.sum(1).detach().numpy(), atol=1e-6)


def test_gradients_agree_with_captum(captum):
    model, codes = SmallCNN(3).eval(), random_codes(5, 30)
    x = torch.from_numpy(sequence.one_hot(codes)).requires_grad_()

    def contrast(x):
        return model(x)[:, 2] - model(x)[:, :2].mean(1)

    theirs = captum.Saliency(contrast).attribute(x, abs=False).detach().numpy()
    np.testing.assert_allclose(saliency(model, codes, 2, corrected=False), theirs, atol=1e-6)
    theirs = captum.InputXGradient(contrast).attribute(x).detach().numpy()
    ours = saliency(model, codes, 2, corrected=False, times_input=True)
    np.testing.assert_allclose(ours, theirs, atol=1e-6)


def test_deeplift_adds_up_where_layers_are_modules(captum):
    model, codes = SmallCNN(), random_codes(5, 30)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = deeplift(model, codes)
    np.testing.assert_allclose(completeness(model, codes, found)["gap"], 0, atol=1e-4)
    assert (found[sequence.one_hot(codes) == 0] == 0).all()
    assert not any(part._forward_hooks for part in model.modules())
    assert model.training


def test_deeplift_warns_where_functions_hide_from_it(captum):
    class Hidden(nn.Module):
        def __init__(self):
            super().__init__()
            self.motifs = SmallCNN().motifs
            self.last = nn.Linear(6, 2)

        def forward(self, x):
            return self.last(self.motifs(x).amax(2) * 30)

    with pytest.warns(UserWarning, match="deeplift attributes misses"):
        deeplift(Hidden(), random_codes(5, 60))


def test_deeplift_refuses_an_activation_that_is_used_twice(captum):
    class Twice(SmallCNN):
        def forward(self, x):
            return self.relu(super().forward(x))

    with pytest.raises(GenbenchError, match="integrated_gradients"):
        deeplift(Twice(), random_codes(2, 30))


def test_without_captum_deeplift_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "captum", None)
    monkeypatch.setitem(sys.modules, "captum.attr", None)
    with pytest.raises(GenbenchError, match="pip install captum"):
        deeplift(SmallCNN(), random_codes(2, 30))
