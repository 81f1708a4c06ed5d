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
from genbench_lite.shuffling import dinucleotide_shuffle
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
        ({"motifs": 5}, "one motif or more"),
        ({"copies": 2.5}, "copies"),
        ({"copies": "2"}, "copies"),
        ({"copies": [1, 2, 3]}, "copies"),
        ({"copies": [1, [2]]}, "copies"),
        ({"gap": 3}, "gap"),
        ({"gap": (0, np.inf)}, "gap"),
        ({"gap": (1.5, 3.5)}, "gap"),
        ({"within": 20}, "within"),
        ({"within": (0, 50.5)}, "within"),
        ({"strand": 1}, "strand"),
        ({"strand": ["+", "-"]}, "for 1 motifs"),
        ({"strand": [["+"]]}, "strand"),
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
    "background",
    [
        np.zeros(5, np.uint8),
        np.zeros((0, 5), np.uint8),
        np.zeros((5, 5)),
        np.full((3, 50), ord("A"), np.uint8),
        np.full((3, 50), -1),
        ["ACGT"],
        ["ACGT", "AC"],
        None,
    ],
)
def test_a_background_that_is_no_rectangle_of_codes_is_refused(background):
    for use in (
        lambda: plant(background, Element(ONE)),
        lambda: markov_sequences(2, 3, background),
        lambda: real_sequences(1, 3, background),
        lambda: planted_dataset("toy", Element(ONE), {"train": background, "test": EMPTY}),
        lambda: planted_dataset(
            "toy",
            Element(ONE),
            {"train": EMPTY, "test": EMPTY},
            {"train": background, "test": EMPTY},
        ),
    ):
        with pytest.raises(DataError, match="rectangle"):
            use()


@pytest.mark.parametrize("seed", [-1, 1.5, "one", None])
def test_a_seed_that_is_no_whole_number_is_refused(seed):
    for use in (
        lambda: random_sequences(2, 9, seed=seed),
        lambda: markov_sequences(2, 9, random_sequences(5, 99), seed=seed),
        lambda: real_sequences(1, 100, EMPTY, seed=seed),
        lambda: plant(EMPTY, Element(ONE), seed=seed),
        lambda: planted_dataset("t", Element(ONE), {"train": EMPTY, "test": EMPTY}, seed=seed),
    ):
        with pytest.raises(DataError, match="seed"):
            use()


def test_what_is_no_element_is_refused():
    with pytest.raises(DataError, match="Element"):
        plant(EMPTY, [ONE])


def test_negatives_that_do_not_fit_are_refused():
    parts = {"train": EMPTY, "test": EMPTY}
    with pytest.raises(DataError, match="same splits"):
        planted_dataset("toy", Element(ONE), parts, {"train": EMPTY})
    with pytest.raises(DataError, match="90 bp and the backgrounds 100"):
        planted_dataset("toy", Element(ONE), parts, {"train": EMPTY, "test": EMPTY[:, :90]})


@pytest.mark.parametrize("gc", [-0.1, 1.1, 40, np.nan, [0.5, 0.5], "a", None])
def test_a_strange_gc_content_is_refused(gc):
    with pytest.raises(DataError, match="GC content"):
        random_sequences(3, 10, gc=gc)


@pytest.mark.parametrize(("n", "length"), [(0, 10), (10, 0), (-1, 10), (2.5, 10), ("a", 10)])
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


@pytest.mark.parametrize("made", ["random", "markov", "real"])
def test_letters_around_a_site_do_not_hang_on_where_it_lies(made):
    pool = random_sequences(2000, 200, seed=77)
    make = {
        "random": lambda seed: random_sequences(40, 200, seed=seed),
        "markov": lambda seed: markov_sequences(40, 200, pool, seed=seed),
        "real": lambda seed: real_sequences(40, 200, pool, seed=seed),
    }[made]
    around = np.full((25, 40, 400), 4, np.uint8)  # the site begins in the middle
    for seed in range(25):
        codes, truth = plant(make(seed), Element(ONE), seed=seed)
        for site in truth.sites.itertuples():
            around[seed, site.row, 200 - site.start : 400 - site.start] = codes[site.row]
    letters = np.delete(around.reshape(1000, 400), np.s_[200:206], axis=1)
    counts = np.stack([(letters == base).sum(0) for base in range(4)])
    known = counts.sum(0)
    # five standard deviations
    assert (abs(counts - known / 4) <= 5 * np.sqrt(known * 3 / 16) + 2).all()


def test_nothing_is_planted_into_padding_or_unknown_letters():
    background = np.full((200, 200), 4, np.uint8)
    background[:, :32] = random_sequences(200, 32)
    background[:, 10] = 4
    _, truth = plant(background, Element(ONE, copies=2))
    assert (truth.sites.end <= 32).all()
    assert not truth.mask[:, 10].any()
    with pytest.raises(DataError, match="free bp"):
        plant(background, Element(ONE, within=(5, 15)))


def test_every_matrix_has_its_own_mask_whatever_its_name():
    long = replace(ONE, name="the element " * 20)
    named = [replace(ONE, name="x", id="M1"), replace(TWO, name="x", id="M2")]
    again = [replace(TWO, name="y"), replace(ONE, name="y")]
    codes, truth = plant(EMPTY, [Element(one) for one in (long, *named, *again)])
    assert truth.motifs == (long.name, "x M1", "x M2", "y", "y (2)")
    words = dict(zip(truth.motifs, ["GATAAG", "GATAAG", "CCACC", "CCACC", "GATAAG"], strict=True))
    assert all(read(codes, site) == words[site.motif] for site in truth.sites.itertuples())
    for label, word in words.items():
        assert (truth.masks[label].sum(1) == len(word)).all()


def test_equal_matrices_share_a_mask():
    _, truth = plant(EMPTY, [Element(ONE), Element(replace(ONE)), Element(TWO)])
    assert truth.motifs == ("one", "two")
    assert (truth.masks["one"].sum(1) == 12).all()


def test_motifs_keep_the_strands_given_for_each():
    for strand in ("+-", ("+", "-")):
        _, truth = plant(EMPTY, Element((ONE, TWO), strand=strand, order="any"))
        assert set(zip(truth.sites.motif, truth.sites.strand, strict=True)) == {
            ("one", "+"),
            ("two", "-"),
        }
    assert set(truth.sites.motif[::2]) == {"one", "two"}  # either comes first


def test_a_flipped_element_is_the_reverse_complement_of_the_whole():
    pair = Element((ONE, TWO), strand="+-", gap=(3, 3), flip=True)
    codes, truth = plant(np.tile(EMPTY, (5, 1)), pair)
    found = {}
    for row, sites in truth.sites.groupby("row"):
        letters = gbl.sequence.decode(codes[row, sites.start.min() : sites.end.max()])
        key = tuple(zip(sites.motif, sites.strand, strict=True))
        found.setdefault((key, letters), []).append(row)
    assert set(found) == {
        ((("one", "+"), ("two", "-")), "GATAAGTTTGGTGG"),
        ((("two", "+"), ("one", "-")), "CCACCTTTCTTATC"),  # the gap is background: T as it was
    }
    assert all(400 < len(rows) < 600 for rows in found.values())


def test_copies_are_drawn_between_their_limits():
    _, listed = plant(EMPTY, Element(ONE, copies=[1, 3]))
    _, truth = plant(EMPTY, Element(ONE, copies=(1, 3)))
    assert listed.sites.equals(truth.sites)
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


def words(codes, k):
    """How often each word of k letters occurs in each row."""
    windows = np.lib.stride_tricks.sliding_window_view(codes, k, axis=1)
    numbers = windows @ 4 ** np.arange(k)
    return np.stack([np.bincount(row, minlength=4**k) for row in numbers])


def told_apart(made, k):
    """Share of test sequences that a model of word counts puts into the right class."""
    from sklearn.linear_model import LogisticRegression

    train, test = (words(part.padded(), k) for part in (made.train, made.test))
    model = LogisticRegression(C=0.01, max_iter=2000).fit(train, made.train.labels)
    return model.score(test, made.test.labels)


@pytest.fixture(scope="module")
def real():
    """Four sets of real sequences, none in two of them: two to learn from, two to test on."""
    drawn = real_sequences(2000, 200, gbl.load("demo_open_chromatin_cells").train)
    return drawn[:800], drawn[800:1600], drawn[1600:1800], drawn[1800:]


def test_where_nothing_is_planted_real_backgrounds_tell_nothing(real):
    none = Element(ONE, copies=0)
    parts = {"train": real[0], "test": real[2]}
    shuffled = planted_dataset("toy", none, parts)
    given = planted_dataset("toy", none, parts, {"train": real[1], "test": real[3]})
    for made in (shuffled, given):
        for k in (1, 2, 3, 4):
            assert 0.4 < told_apart(made, k) < 0.6, k
    # the measure would have seen it: real sequences differ from shuffled ones of theirs
    shuffled_only = {split: dinucleotide_shuffle(codes, seed=5) for split, codes in parts.items()}
    assert told_apart(planted_dataset("toy", none, parts, shuffled_only), 4) > 0.65


def test_where_nothing_is_planted_a_markov_chain_tells_nothing(real):
    parts = {
        split: markov_sequences(n, 200, real[0], seed=n)
        for split, n in (("train", 800), ("test", 200))
    }
    made = planted_dataset("toy", Element(ONE, copies=0), parts)
    for k in (2, 3):
        assert 0.4 < told_apart(made, k) < 0.6, k


def test_given_negatives_and_backgrounds_stay_as_they_are(real):
    parts = {"train": real[0], "test": real[2]}
    absent = {"train": real[1], "test": real[3][:50]}
    made = planted_dataset("toy", Element(ONE), parts, absent)
    for split, set_ in made.splits.items():
        n = len(absent[split])
        codes, mask = set_.padded(), made.truth[split].mask
        np.testing.assert_array_equal(codes[:n], absent[split])
        assert not mask[:n].any()
        assert (mask[n:].sum(1) == 6).all()
        np.testing.assert_array_equal(codes[n:][~mask[n:]], parts[split][~mask[n:]])
        assert set_.labels.tolist() == [0] * n + [1] * len(parts[split])
        assert len(set(set_.ids)) == len(set_)


def test_planted_sequences_and_their_negatives_have_the_same_pairs_of_letters(real):
    made = planted_dataset("toy", Element(ONE), {"train": real[0], "test": real[2]})
    for set_ in made.splits.values():
        counts = words(set_.padded(), 2)
        n = len(set_) // 2
        np.testing.assert_array_equal(counts[:n], counts[n:])


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
