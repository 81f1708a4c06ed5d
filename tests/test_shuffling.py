"""The dinucleotide shuffle: what it keeps, exactly, and that nothing else is kept."""

import collections
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from genbench_lite import sequence, shuffling
from genbench_lite.errors import DataError
from genbench_lite.kmers import kmer_counts
from genbench_lite.sequence_set import LOCUS, SequenceSet
from genbench_lite.shuffling import dinucleotide_shuffle

texts = st.lists(st.text("ACGTN", min_size=1, max_size=30), min_size=1, max_size=5)


def pairs(text):
    return collections.Counter(itertools.pairwise(text))


def all_shuffles(text):
    """Every other order of the letters with the same pairs and the same first and last letter."""
    inner = set(itertools.permutations(text[1:-1]))
    found = {text[0] + "".join(letters) + text[-1] for letters in inner}
    return sorted(one for one in found if pairs(one) == pairs(text))


# Unhappy paths


@pytest.mark.parametrize("array", [np.zeros(7, np.uint8), np.zeros((3, 7))])
def test_an_array_that_holds_no_codes_is_refused(array):
    with pytest.raises(DataError, match="holds no sequences"):
        dinucleotide_shuffle(array)


def test_without_sequences_nothing_is_shuffled():
    assert dinucleotide_shuffle([]) == []
    assert dinucleotide_shuffle(np.zeros((0, 9), np.uint8)).shape == (0, 9)
    empty = SequenceSet.from_strings([], [], ["x"])
    assert len(dinucleotide_shuffle(empty)) == 0


@pytest.mark.parametrize("text", ["A", "AC", "ACG", "NNNN", "AAAAAA", "ACACAC", "ANCNGNT"])
def test_what_has_no_other_order_stays(text):
    assert all(dinucleotide_shuffle([text], seed) == [text] for seed in range(5))


# What it keeps


@given(texts, st.integers(0, 2**32), st.sampled_from([1, 20, 1 << 18]))
def test_pairs_ends_and_unknown_letters_are_kept_in_every_run(sequences, seed, bases):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shuffling, "_BLOCK", bases)
        shuffled = dinucleotide_shuffle(sequences, seed)
    for before, after in zip(sequences, shuffled, strict=True):
        assert [letter == "N" for letter in before] == [letter == "N" for letter in after]
        for run, other in zip(before.split("N"), after.split("N"), strict=True):
            assert pairs(run) == pairs(other)
            assert (run[:1], run[-1:]) == (other[:1], other[-1:])
    assert np.array_equal(kmer_counts(sequences, 2), kmer_counts(shuffled, 2))


def test_a_single_way_out_is_found():
    """Of a thousand steps from A, only one leads on to the end: it must be the last."""
    text = "A" * 1000 + "C"
    assert dinucleotide_shuffle([text] * 50) == [text] * 50
    text = "ACAGATA" * 300 + "C" * 500 + "G"
    (shuffled,) = dinucleotide_shuffle([text])
    assert shuffled != text
    assert pairs(shuffled) == pairs(text)


@pytest.mark.parametrize(
    "text",
    ["AACAGATCA", "ACGTAGCTAC", "AATTATACGT", "GATTACAGAT", "CCACGCTTC", "ACCAGGACTA", "TGTCTATG"],
)
def test_all_shuffles_are_equally_likely(text):
    expected = all_shuffles(text)
    assert len(expected) > 5
    n = 400 * len(expected)
    seen = collections.Counter(dinucleotide_shuffle([text] * n, seed=1))
    assert sorted(seen) == expected
    assert stats.chisquare([seen[one] for one in expected]).pvalue > 1e-3


def test_trees_are_all_there_are():
    """Cayley: on four labelled points there are sixteen trees, and each can lead to any."""
    assert shuffling._TREES.shape == (4, 16, 4)
    for root, trees in enumerate(shuffling._TREES):
        assert len({tuple(tree) for tree in trees.tolist()}) == 16
        for tree in trees:
            assert all(tree[tree[tree[base]]] == root for base in range(4))


# Forms


def test_the_form_is_that_given():
    texts = ["GATTACAGATTACA", "CCGTNACGTTGCATTT"]
    s = SequenceSet.from_strings(texts, [0, 1], ["x", "y"], ids=["one", "two"])
    shuffled = dinucleotide_shuffle(s, seed=5)
    assert shuffled.sequences == dinucleotide_shuffle(texts, seed=5)
    assert shuffled.ids.tolist() == ["one", "two"]
    assert shuffled.labels.tolist() == [0, 1]
    padded = dinucleotide_shuffle(s.padded(20), seed=5)
    assert [sequence.decode(row).rstrip("N") for row in padded] == shuffled.sequences
    assert padded.dtype == np.uint8


def test_shuffled_letters_have_no_locus():
    loci = np.array([("chr1", 0, 8, "+")], LOCUS)
    s = SequenceSet.from_strings(["GATTACAT"], [0], ["x"], loci=loci)
    assert dinucleotide_shuffle(s).loci is None


def test_what_was_given_stays_as_it_was():
    s = SequenceSet.from_strings(["GATTACAGATTACA"] * 20, [0] * 20, ["x"])
    assert not s.codes.flags.writeable
    padded = s.padded()
    before = padded.copy()
    assert not np.array_equal(dinucleotide_shuffle(padded), before)
    assert np.array_equal(padded, before)


def test_the_seed_decides():
    codes = np.random.default_rng(0).integers(0, 4, (50, 100), dtype=np.uint8)
    assert np.array_equal(dinucleotide_shuffle(codes, 7), dinucleotide_shuffle(codes, 7))
    assert not np.array_equal(dinucleotide_shuffle(codes, 7), dinucleotide_shuffle(codes, 8))


def test_long_words_of_real_sequences_are_destroyed():
    """Real sites of K562 hold GATAAG far more often than their shuffled copies do."""
    from genbench_lite import load

    train = load("demo_open_chromatin_cells").train
    sites = train[train.labels == train.classes.index("K562")]
    shuffled = dinucleotide_shuffle(sites)
    assert np.array_equal(kmer_counts(sites, 2), kmer_counts(shuffled, 2))
    held = [sum("GATAAG" in text for text in s.sequences) for s in (sites, shuffled)]
    assert held[0] > 2 * held[1] > 0
