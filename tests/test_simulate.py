"""Simulated sequences: what was asked for is what is there, and the truth says where."""

import time
from dataclasses import replace

import numpy as np
import pytest

import genbench_lite as gbl
from genbench_lite import simulate
from genbench_lite.cards import card
from genbench_lite.errors import DataError
from genbench_lite.motifs import Motif, jaspar
from genbench_lite.scanning import best_scores
from genbench_lite.sequence_set import SequenceSet
from genbench_lite.simulate import (
    Element,
    markov_sequences,
    plant,
    planted_dataset,
    random_sequences,
    real_sequences,
    sample_sites,
)

# exact words, so that a planted site can be read
ONE = Motif.from_sites("one", ["GATAAG"], pseudocount=0)
TWO = Motif.from_sites("two", ["CCACC"], pseudocount=0)
EMPTY = np.full((200, 100), 3, np.uint8)  # nothing but T


def read(codes, site):
    """The letters of a planted site, on its own strand."""
    letters = codes[site.row, site.start : site.end]
    if site.strand == "-":
        letters = gbl.sequence.reverse_complement(letters)
    return gbl.sequence.decode(letters)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"motifs": ()}, "one motif or more"),
        ({"motifs": ("GATA1",)}, "one motif or more"),
        ({"copies": -1}, "copies"),
        ({"copies": (3, 2)}, "copies"),
        ({"gap": (-1, 5)}, "gap"),
        ({"gap": (6, 5)}, "gap"),
        ({"within": (50, 20)}, "within"),
        ({"strand": "both"}, "strand"),
        ({"order": "random"}, "order"),
    ],
)
def test_an_element_that_makes_no_sense_is_refused(change, message):
    with pytest.raises(DataError, match=message):
        replace(Element(ONE), **change)


@pytest.mark.parametrize(
    "element",
    [
        Element(ONE, copies=17),
        Element(ONE, within=(0, 5)),
        Element(ONE, within=(98, 200)),
        Element((ONE, TWO), gap=(90, 90)),
    ],
)
def test_an_element_without_room_is_refused(element):
    with pytest.raises(DataError, match="free bp"):
        plant(EMPTY, element)


@pytest.mark.parametrize(
    "background", [np.zeros(5, np.uint8), np.zeros((0, 5), np.uint8), np.zeros((5, 5)), ["ACGT"]]
)
def test_a_background_that_is_no_rectangle_is_refused(background):
    with pytest.raises(DataError, match="rectangle"):
        plant(background, Element(ONE))


@pytest.mark.parametrize("gc", [-0.1, 1.1, 40, np.nan, [0.5, 0.5]])
def test_a_strange_gc_content_is_refused(gc):
    with pytest.raises(DataError, match="GC content"):
        random_sequences(3, 10, gc=gc)


@pytest.mark.parametrize(("n", "length"), [(0, 10), (10, 0), (-1, 10)])
def test_empty_backgrounds_are_refused(n, length):
    like = np.zeros((3, 9), np.uint8)
    for make in (
        lambda: random_sequences(n, length),
        lambda: markov_sequences(n, length, like),
        lambda: real_sequences(n, length, like),
    ):
        with pytest.raises(DataError, match="cannot be made"):
            make()


def test_sequences_that_teach_nothing_are_refused():
    with pytest.raises(DataError, match="no base follows C"):
        markov_sequences(2, 10, gbl.sequence.encode("AGTAGTAC")[None])
    with pytest.raises(DataError, match="1 begin with 4 known"):
        real_sequences(2, 4, SequenceSet.from_strings(["ACGT", "NACG", "AC"], [0] * 3, ["x"]))
    with pytest.raises(DataError, match="0 begin with 9 known"):
        real_sequences(1, 9, np.zeros((3, 8), np.uint8))


@pytest.mark.parametrize("splits", [(), ("train",), ("train", "test", "dev")])
def test_a_dataset_without_its_splits_is_refused(splits):
    with pytest.raises(DataError, match="for train"):
        planted_dataset("toy", Element(ONE), dict.fromkeys(splits, EMPTY))


def test_gc_content_is_as_asked():
    letters = random_sequences(3, 20_000, gc=[0.0, 0.3, 1.0], seed=1)
    gc = np.isin(letters, [1, 2]).mean(1)
    np.testing.assert_allclose(gc, [0, 0.3, 1], atol=0.015)
    np.testing.assert_allclose((letters[1] == 1).mean(), 0.15, atol=0.01)
    even = np.bincount(random_sequences(100, 1000).ravel(), minlength=5) / 1e5
    np.testing.assert_allclose(even, [0.25, 0.25, 0.25, 0.25, 0], atol=0.01)


def dinucleotides(codes):
    pairs = np.bincount((codes[:, :-1] * 4 + codes[:, 1:]).ravel(), minlength=16)
    return pairs / pairs.sum()


def test_a_markov_chain_has_the_dinucleotides_it_learned():
    sites = gbl.load("demo_open_chromatin_cells").test
    learned, made = sites.padded(), markov_sequences(2000, 200, sites, seed=4)
    np.testing.assert_allclose(dinucleotides(made), dinucleotides(learned), atol=0.003)
    # at every position, not only after a while
    first = np.bincount(made[:, 0], minlength=4) / len(made)
    np.testing.assert_allclose(first, np.bincount(learned.ravel()) / learned.size, atol=0.03)
    np.testing.assert_allclose(dinucleotides(made[:, 60:65]), dinucleotides(learned), atol=0.01)


def test_a_markov_chain_never_makes_a_pair_it_has_not_seen():
    made = markov_sequences(50, 70, gbl.sequence.encode("ACGTTACGGTACANCT")[None], seed=0)
    # after C came G and A, and T; never C
    assert dinucleotides(made)[5] == 0
    assert made.max() < 4
    assert markov_sequences(3, 1, made).shape == (3, 1)


def test_real_sequences_are_rows_of_the_set():
    sites = gbl.load("demo_open_chromatin_cells").test
    drawn = real_sequences(20, 150, sites, seed=2)
    known = {row.tobytes() for row in sites.padded()[:, :150]}
    assert all(row.tobytes() in known for row in drawn)
    assert len({row.tobytes() for row in drawn}) == 20


@pytest.mark.parametrize("strand", ["+", "-", "either"])
def test_each_site_holds_its_motif_on_its_strand(strand):
    codes, truth = plant(EMPTY, [Element(ONE, strand=strand), Element(TWO, copies=2)])
    assert len(truth.sites) == 600
    words = {"one": "GATAAG", "two": "CCACC"}
    assert all(read(codes, site) == words[site.motif] for site in truth.sites.itertuples())
    strands = truth.sites[truth.sites.motif == "one"].strand
    assert set(strands) == ({"+", "-"} if strand == "either" else {strand})
    if strand == "either":
        assert 70 < (strands == "+").sum() < 130


def test_masks_are_the_sites_and_the_rest_is_untouched():
    background = random_sequences(100, 60, seed=8)
    before = background.copy()
    codes, truth = plant(background, [Element(ONE, copies=(0, 3)), Element(TWO)])
    np.testing.assert_array_equal(background, before)
    np.testing.assert_array_equal(codes[~truth.mask], background[~truth.mask])
    assert list(truth.masks) == ["one", "two"]
    for name, length in (("one", 6), ("two", 5)):
        expected = np.zeros(codes.shape, bool)
        for site in truth.sites[truth.sites.motif == name].itertuples():
            assert site.end - site.start == length
            assert not expected[site.row, site.start : site.end].any()
            expected[site.row, site.start : site.end] = True
        np.testing.assert_array_equal(truth.masks[name], expected)
    assert not (truth.masks["one"] & truth.masks["two"]).any()
    np.testing.assert_array_equal(truth.mask, truth.masks["one"] | truth.masks["two"])


def test_copies_are_drawn_between_their_limits():
    _, truth = plant(EMPTY, Element(ONE, copies=(1, 3)))
    counts = truth.sites.row.value_counts()
    assert set(counts) == {1, 2, 3}
    assert len(counts) == len(EMPTY)
    assert plant(EMPTY, Element(ONE, copies=0))[1].sites.empty
    assert len(plant(EMPTY, Element(ONE, copies=np.int64(2)))[1].sites) == 2 * len(EMPTY)


def test_places_fill_the_room_evenly():
    _, truth = plant(np.tile(EMPTY, (10, 1)), Element(ONE, within=(20, 35)))
    starts = truth.sites.start
    assert (starts.min(), truth.sites.end.max()) == (20, 35)
    counts = np.bincount(starts - 20, minlength=10)
    assert len(counts) == 10
    assert (abs(counts - 200) < 60).all()


@pytest.mark.parametrize("order", ["fixed", "any"])
def test_a_grammar_keeps_gap_and_order(order):
    element = Element((ONE, TWO, ONE), gap=(3, 12), order=order, within=(5, 95))
    codes, truth = plant(EMPTY, element, seed=3)
    orders = set()
    gaps = []
    for _, sites in truth.sites.groupby("row"):
        orders.add(tuple(sites.motif))
        gaps += (sites.start.to_numpy()[1:] - sites.end.to_numpy()[:-1]).tolist()
    assert set(gaps) == set(range(3, 13))
    assert (truth.sites.start.min() >= 5) & (truth.sites.end.max() <= 95)
    fixed = ("one", "two", "one")
    assert orders == (
        {fixed} if order == "fixed" else {fixed, ("two", "one", "one"), ("one", "one", "two")}
    )
    assert all(read(codes, site) in ("GATAAG", "CCACC") for site in truth.sites.itertuples())


def test_nothing_is_planted_inside_an_element():
    pair = Element((ONE, TWO), gap=(40, 40))
    _, truth = plant(EMPTY, [pair, Element(ONE, copies=3, strand="-")])
    for _, sites in truth.sites.groupby("row"):
        second = int(np.flatnonzero(sites.motif == "two")[0])
        assert sites.motif.iloc[second - 1] == "one"
        assert sites.start.iloc[second] - sites.end.iloc[second - 1] == 40


def test_sites_follow_the_probabilities_of_their_motif():
    motif = jaspar("SPI1")
    sites = sample_sites(motif, 20_000, np.random.default_rng(0))
    shares = (sites[..., None] == np.arange(4)).mean(0)
    np.testing.assert_allclose(shares, motif.probabilities, atol=0.015)
    assert sites.max() < 4


def test_the_seed_decides_everything():
    element = Element(jaspar("SPI1"), copies=(0, 2))
    for make in (
        lambda seed: random_sequences(5, 80, seed=seed),
        lambda seed: markov_sequences(5, 80, random_sequences(5, 80), seed=seed),
        lambda seed: real_sequences(5, 80, random_sequences(50, 80), seed=seed),
        lambda seed: plant(random_sequences(5, 80), element, seed=seed)[0],
    ):
        np.testing.assert_array_equal(make(1), make(1))
        assert (make(1) != make(2)).any()


def test_the_classes_have_the_same_composition_letter_by_letter():
    parts = {"train": random_sequences(50, 80), "test": random_sequences(9, 40, seed=1)}
    made = planted_dataset("toy", [Element(ONE), Element(TWO)], parts)
    assert made.valid is None
    assert made.classes == ("background", "planted")
    for split, n in (("train", 50), ("test", 9)):
        codes = made.splits[split].padded()
        assert made.splits[split].labels.tolist() == [0] * n + [1] * n
        np.testing.assert_array_equal(np.sort(codes[:n], 1), np.sort(codes[n:], 1))
        assert (codes[:n] != codes[n:]).any()
        truth = made.truth[split]
        assert truth.mask.shape == codes.shape
        assert not truth.mask[:n].any()
        assert (truth.mask[n:].sum(1) == 11).all()
        assert all(read(codes, site) in ("GATAAG", "CCACC") for site in truth.sites.itertuples())


def test_the_demo_is_as_its_card_says_and_made_at_once():
    simulate.load_planted_motifs()
    begin = time.perf_counter()
    demo = gbl.load("demo_planted_motifs")
    assert time.perf_counter() - begin < 1
    about = card("demo_planted_motifs")
    assert demo.card is about
    assert demo.name == about.name
    assert demo.classes == about.classes
    assert demo.info().to_dict() == about.rows
    for split, set_ in demo.splits.items():
        assert set(set_.lengths) == {200}
        assert len(set(set_.ids)) == len(set_)
        assert list(demo.truth[split].masks) == ["SPI1", "HNF4A"]
    again = simulate.load_planted_motifs()
    np.testing.assert_array_equal(again.test.codes, demo.test.codes)
    assert not {s for s, _ in demo.train} & {s for s, _ in demo.test}


def test_the_demo_can_be_learned_by_scanning_but_not_by_composition():
    from sklearn.linear_model import LogisticRegression

    demo = simulate.load_planted_motifs()
    motifs = [jaspar("SPI1"), jaspar("HNF4A")]

    def composition(set_):
        return np.stack([(set_.padded() == base).mean(1) for base in range(3)], axis=1)

    def accuracy(features):
        model = LogisticRegression().fit(features(demo.train), demo.train.labels)
        return model.score(features(demo.test), demo.test.labels)

    assert accuracy(lambda set_: best_scores(set_, motifs)) > 0.92
    assert accuracy(composition) < 0.55
