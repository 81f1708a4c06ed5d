"""Mutagenesis: every single substitution, exactly."""

import numpy as np
import pytest
import torch
from explained_models import AnyA, BothStrands, CountA, Opaque, SmallCNN, random_codes

from genbench_lite import SequenceSet, sequence
from genbench_lite.attribution import letter_scores, mutagenesis, saliency
from genbench_lite.errors import DataError
from genbench_lite.networks.kmer_baseline import KmerBaseline


def test_an_empty_selection_is_refused():
    with pytest.raises(DataError, match="no sequences to explain"):
        mutagenesis(CountA(), [])


def test_a_model_that_is_not_fitted_is_refused():
    with pytest.raises(DataError, match="fit"):
        mutagenesis(KmerBaseline(3), ["ACGT"])


def test_scores_of_other_sequences_are_refused():
    with pytest.raises(DataError, match="is not that of 1 sequences"):
        letter_scores(np.zeros((1, 4, 5)), ["ACGT"])
    with pytest.raises(DataError, match="no finite numbers"):
        letter_scores(np.full((1, 4, 4), np.nan), ["ACGT"])


def test_each_value_is_the_answer_to_that_mutant():
    model, codes = SmallCNN(3).eval(), random_codes(3, 40)
    found = mutagenesis(model, codes, 2)
    assert found.dtype == np.float32

    def contrast(codes):
        with torch.no_grad():
            logits = model(torch.from_numpy(sequence.one_hot(codes))).numpy()
        return logits[:, 2] - logits[:, :2].mean(1)

    here = contrast(codes)
    for base, position in [(0, 0), (1, 17), (2, 39), (3, 5)]:
        mutant = codes.copy()
        mutant[:, position] = base
        np.testing.assert_allclose(found[:, base, position], contrast(mutant) - here, atol=1e-6)
    assert (found[sequence.one_hot(codes) == 1] == 0).all()


def test_of_two_sites_that_are_each_enough_none_is_missed():
    """Redundancy: what mutagenesis cannot see, and gradients can."""
    assert (mutagenesis(AnyA(), ["ACA"]) == 0).all()
    assert mutagenesis(AnyA(), ["ACC"])[0, 1:, 0].tolist() == [-1, -1, -1]


def test_padding_and_unknown_letters_are_exactly_zero():
    found = mutagenesis(SmallCNN(), ["ACGTNNACGGTACCATTG", "ACGTACGTACGTACGTACGTAG"], 1)
    assert found.shape == (2, 4, 22)
    assert (found[0, :, 18:] == 0).all()
    assert (found[0, :, 4:6] == 0).all()
    assert found[0, :, :4].any(0).all()


def test_a_sequence_of_unknown_letters_only_has_nothing_to_change():
    assert (mutagenesis(CountA(), ["NNNN"]) == 0).all()


def test_the_class_that_is_predicted_stays_the_class():
    """A mutant that tips the balance is compared for the class of the sequence as it is."""
    found = mutagenesis(Opaque3(), ["AAC"])[0]
    assert found[1, 0] < 0
    assert found[1, 1] < 0


class Opaque3(torch.nn.Module):
    def forward(self, x):
        return 5 * x[:, :3].sum(2)


def test_a_linear_model_is_explained_as_by_its_gradient():
    codes = random_codes(2, 9)
    np.testing.assert_allclose(
        letter_scores(mutagenesis(CountA(), codes), codes),
        saliency(CountA(), codes, times_input=True),
        atol=1e-6,
    )


def test_models_without_gradients_are_asked_for_predictions():
    found = mutagenesis(Opaque(), ["ACCT"], "many")
    np.testing.assert_allclose(found[0, 1:, 0], [-1, -1, -1], atol=1e-4)
    np.testing.assert_allclose(found[0, 0], [0, 1, 1, 1], atol=1e-4)
    np.testing.assert_allclose(mutagenesis(Opaque(), ["ACCT"], "few"), -found, atol=1e-6)


def test_the_words_of_the_baseline_stand_out():
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 4, (200, 40)).astype(np.uint8)
    codes[100:, 20:26] = sequence.encode("GATAAG")
    letters = [sequence.decode(row) for row in codes]
    train = SequenceSet.from_strings(letters, [0] * 100 + [1] * 100, ["no", "yes"])
    found = mutagenesis(KmerBaseline(4).fit(train), train[150:153], "yes")
    assert (found[:, :, 20:26].min(1).mean(0) < -0.1).all()
    assert np.abs(found[:, :, 20:26]).mean() > 4 * np.abs(found[:, :, :14]).mean()


def test_a_model_of_both_strands_explains_both_alike():
    codes, model = random_codes(2, 30), BothStrands(SmallCNN())
    found = mutagenesis(model, codes, 1)
    turned = mutagenesis(model, sequence.reverse_complement(codes), 1)
    np.testing.assert_allclose(turned[:, ::-1, ::-1], found, atol=1e-5)


def test_the_model_is_left_as_it_was():
    model = SmallCNN()
    model.train()
    first, second = (mutagenesis(model, random_codes(1, 20)) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert model.training
    assert all(weight.grad is None for weight in model.parameters())
