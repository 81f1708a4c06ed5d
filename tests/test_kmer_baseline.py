"""The k-mer baseline, on toys that a person can check and on the embedded real data."""

import time

import numpy as np
import pytest

from genbench_lite import sequence
from genbench_lite.demo import load_open_chromatin
from genbench_lite.errors import DataError
from genbench_lite.networks.kmer_baseline import KmerBaseline
from genbench_lite.sequence_set import SequenceSet
from genbench_lite.simulation.backgrounds import random_sequences

CLASSES = ("no", "yes")


def labelled(texts, labels, classes=CLASSES):
    return SequenceSet.from_strings(texts, labels, classes)


@pytest.fixture(scope="module")
def toy():
    return labelled(["GATAAGATTT", "CCGCGGCCCA"] * 30, [1, 0] * 30)


# Unhappy paths


@pytest.mark.parametrize("k", [0, 9, 2.5])
def test_a_word_length_that_cannot_be_counted_is_refused_at_once(k):
    with pytest.raises(DataError, match="whole number from 1 to 8"):
        KmerBaseline(k)


@pytest.mark.parametrize("strength", [0, -1, float("nan")])
def test_a_strength_that_leaves_no_weights_is_refused(strength):
    with pytest.raises(DataError, match="Give a number above 0"):
        KmerBaseline(strength=strength)


@pytest.mark.parametrize("ask", [lambda m: m.predict(["ACGT"]), lambda m: m.top_kmers()])
def test_before_fit_there_is_no_answer(ask):
    with pytest.raises(DataError, match=r"Call fit\(train\) first"):
        ask(KmerBaseline())


def test_nothing_can_be_learnt_from_no_rows(toy):
    with pytest.raises(DataError, match="empty set"):
        KmerBaseline().fit(toy[:0])


def test_with_one_class_in_training_it_is_always_the_answer(toy):
    model = KmerBaseline().fit(toy[toy.labels == 1])
    assert model.predict(["GATAAG", "CCGCGG", "N"]).tolist() == [[0, 1]] * 3
    with pytest.raises(DataError, match="at least two classes"):
        model.top_kmers()


def test_a_class_that_training_lacks_gets_no_probability():
    train = labelled(["GATAAGATT", "CCGCGGCCC"] * 9, [2, 0] * 9, ["a", "b", "c"])
    model = KmerBaseline(4).fit(train)
    probability = model.predict(train)
    assert probability.shape == (18, 3)
    assert not probability[:, 1].any()
    assert (probability.argmax(1) == train.labels).all()
    assert set(model.top_kmers(2)["class"]) == {"a", "c"}


def test_sequences_without_a_known_word_get_one_answer_whatever_their_length(toy):
    probability = KmerBaseline(6).fit(toy).predict(["GATA", "C", "N" * 50, "ACGTNACGTN"])
    assert np.isfinite(probability).all()
    assert (probability == probability[0]).all()


def test_training_on_nothing_but_unknown_letters_does_not_fail():
    model = KmerBaseline().fit(labelled(["NNNNNNNN"] * 9, [0] * 6 + [1] * 3))
    assert model.predict(["NNNNNNNN"])[0] == pytest.approx([2 / 3, 1 / 3], abs=0.01)


def test_no_rows_in_no_rows_out(toy):
    probability = KmerBaseline().fit(toy).predict(toy[:0])
    assert (probability.shape, probability.dtype) == ((0, 2), np.float32)


# What it learns


def test_probabilities_are_float32_and_sum_to_one(toy):
    probability = KmerBaseline(5).fit(toy).predict(toy)
    assert probability.dtype == np.float32
    np.testing.assert_allclose(probability.sum(1), 1, atol=1e-6)
    assert (probability.argmax(1) == toy.labels).all()


def test_strands_make_no_difference(toy):
    model = KmerBaseline(5).fit(toy)
    turned = [
        sequence.decode(sequence.reverse_complement(sequence.encode(text)))
        for text in toy.sequences
    ]
    np.testing.assert_allclose(model.predict(turned), model.predict(toy), atol=1e-6)


def test_the_word_planted_in_a_class_is_its_top_word():
    codes = random_sequences(400, 100, seed=3)
    codes[200:, 40:46] = sequence.encode("GATAAG")
    texts = [sequence.decode(row) for row in codes]
    model = KmerBaseline().fit(labelled(texts, [0] * 200 + [1] * 200))
    top = model.top_kmers(3)
    assert list(top.columns) == ["class", "kmer", "reverse_complement", "weight"]
    first = top[top["class"] == "yes"].iloc[0]
    assert (first["kmer"], first["reverse_complement"]) == ("CTTATC", "GATAAG")
    assert top.groupby("class").size().to_dict() == {"no": 3, "yes": 3}
    assert (top["weight"] > 0).all()


def test_two_fits_agree_whatever_the_seed(toy):
    one, other = KmerBaseline(4).fit(toy, seed=0), KmerBaseline(4).fit(toy, seed=7)
    assert (one.predict(toy) == other.predict(toy)).all()


def test_length_alone_is_hardly_seen():
    """Random letters, 200 bp in one class and 1,000 in the other: counts tell all of them."""

    def draw(seed):
        short, long = (
            random_sequences(1000, 200, seed=seed),
            random_sequences(1000, 1000, seed=seed),
        )
        codes = np.concatenate([short.reshape(-1), long.reshape(-1)])
        offsets = np.append(0, np.cumsum([200] * 1000 + [1000] * 1000)).astype(np.int64)
        labels = np.repeat([0, 1], 1000)
        return SequenceSet(codes, offsets, labels, np.arange(2000).astype(str), CLASSES)

    test = draw(2)
    answers = KmerBaseline().fit(draw(1)).predict(test).argmax(1)
    assert (answers == test.labels).mean() < 0.60


def test_real_open_chromatin():
    sites = load_open_chromatin()
    start = time.perf_counter()
    model = KmerBaseline().fit(sites.train)
    assert time.perf_counter() - start < 30  # 2 s on two idle cores
    assert (model.predict(sites.test).argmax(1) == sites.test.labels).mean() > 0.76
    top = model.top_kmers(3)
    assert "GATAAG" in set(top[top["class"] == "K562"]["reverse_complement"])
