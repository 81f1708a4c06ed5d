"""k-mers, against a window slid over plain strings, and against SciPy's own tests."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse, stats

from genbench_lite import sequence
from genbench_lite.composition import row_blocks
from genbench_lite.errors import DataError, UnknownNameError
from genbench_lite.kmers import OTHERS, kmer_counts, kmer_enrichment, kmer_names
from genbench_lite.sequence_set import SequenceSet

texts = st.lists(st.text("ACGTN", min_size=1, max_size=15), min_size=1, max_size=5)


def turned(word):
    return sequence.decode(sequence.reverse_complement(sequence.encode(word)))


def labelled(*classes):
    """A set of classes a, b, c, ... with the sequences given for each."""
    names = "abcdefgh"[: len(classes)]
    labels = [label for label, sequences in enumerate(classes) for _ in sequences]
    return SequenceSet.from_strings(list(itertools.chain(*classes)), labels, list(names))


# Unhappy paths


@pytest.mark.parametrize("k", [0, -1, 9, 2.0, "3", None])
def test_k_out_of_range_is_refused(k):
    for function in (kmer_names, lambda k: kmer_counts(["ACGT"], k)):
        with pytest.raises(DataError, match="whole number from 1 to 8"):
            function(k)


@pytest.mark.parametrize("as_sparse", [False, True])
@pytest.mark.parametrize("text", ["A", "ACGTA", "NNNNNNNNN", "ACGTANACGTA"])
def test_without_a_word_of_known_letters_the_row_is_zero(text, as_sparse):
    counts = kmer_counts([text, "ACGTAC"], 6, sparse=as_sparse)
    assert counts.shape == (2, 4**6)
    assert counts.sum(1).ravel().tolist() in ([0, 1], [[0, 1]])


@pytest.mark.parametrize("both_strands", [False, True])
@pytest.mark.parametrize("empty", [[], np.zeros((0, 9), np.uint8)])
def test_without_sequences_there_are_no_rows(empty, both_strands):
    columns = len(kmer_names(3, both_strands))
    for as_sparse in (False, True):
        counts = kmer_counts(empty, 3, both_strands, as_sparse)
        assert counts.shape == (0, columns)
        assert counts.dtype == np.int32


@pytest.mark.parametrize("unlabelled", [["ACGT", "AC"], "ACGT", np.zeros((2, 4), np.uint8), None])
def test_sequences_without_classes_are_refused(unlabelled):
    with pytest.raises(DataError, match="has no classes"):
        kmer_enrichment(unlabelled, "a")


def test_classes_that_cannot_be_compared_are_refused():
    s = labelled(["ACGT"], ["ACGG"], [])
    with pytest.raises(UnknownNameError, match="no class 'd'"):
        kmer_enrichment(s, "d", k=2)
    with pytest.raises(UnknownNameError, match="no class 'd'"):
        kmer_enrichment(s, "a", "d", k=2)
    with pytest.raises(DataError, match="with itself"):
        kmer_enrichment(s, "a", "a", k=2)
    with pytest.raises(DataError, match="no sequence of c"):
        kmer_enrichment(s, "c", k=2)
    with pytest.raises(DataError, match="no sequence of c"):
        kmer_enrichment(s, "a", "c", k=2)
    with pytest.raises(DataError, match="no sequence of other classes"):
        kmer_enrichment(s[s.labels == 0], "a", k=2)


# Counting


def test_names_are_all_words_in_order():
    assert kmer_names(3) == ["".join(word) for word in itertools.product("ACGT", repeat=3)]


@pytest.mark.parametrize("k", range(1, 9))
def test_names_for_both_strands_hold_one_of_each_pair(k):
    names = kmer_names(k, both_strands=True)
    palindromes = 4 ** (k // 2) if k % 2 == 0 else 0
    assert len(names) == (4**k + palindromes) // 2
    assert names == sorted(set(names))
    assert all(name <= turned(name) for name in names)


@given(texts, st.integers(1, 8), st.booleans(), st.sampled_from([1, 7, 1 << 21]))
def test_counts_are_those_of_a_sliding_window(sequences, k, both_strands, bases):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(row_blocks, "__defaults__", (bases,))
        counts = kmer_counts(sequences, k, both_strands)
        thin = kmer_counts(sequences, k, both_strands, sparse=True)
    expected = np.zeros_like(counts)
    column = {name: i for i, name in enumerate(kmer_names(k, both_strands))}
    for row, text in enumerate(sequences):
        for start in range(len(text) - k + 1):
            word = text[start : start + k]
            if "N" not in word:
                expected[row, column[min(word, turned(word)) if both_strands else word]] += 1
    assert counts.dtype == thin.dtype == np.int32
    assert np.array_equal(counts, expected)
    assert sparse.isspmatrix_csr(thin)
    assert np.array_equal(thin.toarray(), expected)
    assert thin.nnz == np.count_nonzero(expected)  # neither zeros nor a cell twice


@given(texts, st.integers(1, 4))
def test_both_strands_give_the_same_for_either(sequences, k):
    other = [turned(text) for text in sequences]
    assert np.array_equal(kmer_counts(sequences, k, True), kmer_counts(other, k, True))


def test_padding_and_form_do_not_matter():
    s = labelled(["ACGTAC", "GG"], ["NTTTA"])
    for form in (s.sequences, s.padded(), s.padded(20)):
        assert np.array_equal(kmer_counts(form, 2), kmer_counts(s, 2))


def test_a_palindrome_is_counted_once():
    names = kmer_names(4, both_strands=True)
    counts = kmer_counts(["GATC"], 4, both_strands=True)[0]
    assert counts.sum() == counts[names.index("GATC")] == 1


# Enrichment


def test_enrichment_is_the_chi_square_test_or_with_few_sequences_that_of_fisher():
    rng = np.random.default_rng(0)
    s = labelled(
        [sequence.decode(codes) for codes in rng.choice(4, (60, 20), p=[0.4, 0.1, 0.2, 0.3])],
        [sequence.decode(codes) for codes in rng.choice(4, (90, 20)).astype(np.uint8)],
    )
    fisher = 0
    table = kmer_enrichment(s, "a", "b", k=3, both_strands=False)
    assert list(table) == ["a", "b", "log2_ratio", "minus_log10_p"]
    assert table.index.tolist() == kmer_names(3)
    for word, row in table.iterrows():
        held = [[word in text for text in s[s.labels == label].sequences] for label in (0, 1)]
        assert row[["a", "b"]].tolist() == pytest.approx([np.mean(held[0]), np.mean(held[1])])
        crosses = [[sum(h), len(h) - sum(h)] for h in held]
        p = stats.chi2_contingency(crosses, correction=False).pvalue
        if stats.contingency.expected_freq(crosses).min() < 20:
            p = stats.fisher_exact(crosses).pvalue
            fisher += 1
        assert row.minus_log10_p == pytest.approx(-np.log10(p))
        ratio = (sum(held[0]) + 0.5) / 61 / ((sum(held[1]) + 0.5) / 91)
        assert row.log2_ratio == pytest.approx(np.log2(ratio))
    assert 0 < fisher < len(table)


def test_a_word_of_one_sequence_proves_little():
    s = labelled(["GATA"], ["CCCC"] * 1000)
    table = kmer_enrichment(s, "a", "b", k=4)
    assert table.loc["GATA", "minus_log10_p"] == pytest.approx(np.log10(1001))


@pytest.mark.parametrize("sizes", [(20, 2000), (100, 2000)])
def test_without_a_difference_hardly_any_set_has_a_word_past_the_bound(sizes):
    rng = np.random.default_rng(3)
    past = 0
    for _ in range(15):
        codes = rng.integers(0, 4, (sum(sizes), 200), dtype=np.uint8)
        s = SequenceSet(
            codes.reshape(-1),
            np.arange(len(codes) + 1) * 200,
            np.repeat([0, 1], sizes),
            np.arange(len(codes)).astype(str),
            ("a", "b"),
        )
        past += (kmer_enrichment(s, "a", "b").minus_log10_p > -np.log10(0.05 / 2080)).any()
    assert past <= 2


def test_a_p_value_of_few_sequences_too_small_for_a_number_stays_finite():
    s = labelled(["GATA"] * 400, ["CCCC"] * 30000)
    assert 900 < kmer_enrichment(s, "a", "b", k=4).loc["GATA", "minus_log10_p"] < np.inf


def test_a_repeat_in_one_sequence_counts_once():
    table = kmer_enrichment(labelled(["AAAAAAAA", "CC"], ["AACC", "CC"]), "a", "b", k=2)
    assert table.loc["AA", ["a", "b"]].tolist() == [0.5, 0.5]
    assert table.loc["AA", "minus_log10_p"] == 0


def test_words_that_all_hold_or_none_tell_nothing():
    table = kmer_enrichment(labelled(["AC"] * 3, ["AC"] * 5), "a", "b", k=2)
    assert (table.minus_log10_p == 0).all()
    assert np.isfinite(table.log2_ratio).all()


def test_swapped_classes_turn_the_sign():
    s = labelled(["GATAAG"] * 5 + ["ACCACC"], ["ACCACC"] * 9)
    one, two = kmer_enrichment(s, "a", "b", k=4), kmer_enrichment(s, "b", "a", k=4)
    assert one.log2_ratio.to_numpy() == pytest.approx(-two.log2_ratio.to_numpy())
    assert one.minus_log10_p.to_numpy() == pytest.approx(two.minus_log10_p.to_numpy())


def test_without_a_second_class_all_others_are_compared():
    s = labelled(["GATA"] * 2, ["GATA"], ["CCCC"] * 3)
    table = kmer_enrichment(s, "a", k=4)
    assert table.loc["GATA", ["a", OTHERS]].tolist() == [1, 0.25]


def test_a_p_value_too_small_for_a_number_stays_finite():
    table = kmer_enrichment(labelled(["GATA"] * 2000, ["CCCC"] * 2000), "a", "b", k=4)
    assert 320 < table.loc["GATA", "minus_log10_p"] < np.inf


def test_gata_stands_out_in_k562_and_ttgcat_in_stem_cells():
    from genbench_lite import load

    train = load("demo_open_chromatin_cells").train
    top = kmer_enrichment(train, "K562").query("log2_ratio > 0").nlargest(10, "minus_log10_p")
    assert top.index.str.contains("GATAA|TTATC").sum() >= 3
    top = kmer_enrichment(train, "hESCT0").query("log2_ratio > 0").nlargest(20, "minus_log10_p")
    assert top.index.str.contains("TTGCAT|ATGCAA|TGCAAA|ATTTGC|ACAAT|ATTGT").any()
