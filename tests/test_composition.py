"""What sequences are made of, against counts by hand and by plain string methods."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genbench_lite import composition
from genbench_lite.composition import (
    base_composition,
    cpg_ratio,
    gc_content,
    packed,
    row_blocks,
    unknown_mask,
)
from genbench_lite.errors import DataError
from genbench_lite.sequence_set import SequenceSet

texts = st.lists(st.text("ACGTN", min_size=1, max_size=12), min_size=1, max_size=6)
FUNCTIONS = [gc_content, cpg_ratio, base_composition, unknown_mask]


def as_set(sequences):
    return SequenceSet.from_strings(sequences, [0] * len(sequences), ["x"])


@pytest.fixture(params=[1, 5, 1 << 21])
def blocks(request, monkeypatch):
    """Whatever the size of the blocks, so the results."""
    monkeypatch.setattr(row_blocks, "__defaults__", (request.param,))


# Unhappy paths


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(
    "array", [np.zeros(7, np.uint8), np.zeros((3, 7)), np.zeros((3, 4, 7), np.uint8)]
)
def test_an_array_that_holds_no_codes_is_refused(function, array):
    with pytest.raises(DataError, match="holds no sequences"):
        function(array)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_strings_that_are_no_dna_are_refused(function):
    with pytest.raises(DataError, match="not a DNA letter"):
        function(["AC", "A?"])


@pytest.mark.parametrize("empty", [as_set(["A"])[:0], [], np.zeros((0, 5), np.uint8)])
def test_without_sequences_there_is_nothing_to_count(empty):
    assert gc_content(empty).shape == cpg_ratio(empty).shape == (0,)
    assert gc_content(empty).dtype == np.float32
    assert np.isnan(base_composition(empty)).all()
    assert unknown_mask(empty).size == 0


def test_positions_of_an_array_without_rows_are_those_it_would_have():
    shares = base_composition(np.zeros((0, 5), np.uint8), by_position=True)
    assert shares.shape == (5, 4)
    assert np.isnan(shares).all()
    assert base_composition([], by_position=True).shape == (0, 4)


def test_unknown_letters_have_no_composition():
    assert np.isnan(gc_content(["NNN"])).all()
    assert np.isnan(cpg_ratio(["NNN"])).all()
    assert np.isnan(base_composition(["NNN"])).all()
    assert np.isnan(base_composition(["AN"], by_position=True)).tolist() == [
        [False] * 4,
        [True] * 4,
    ]


def test_padding_is_no_base():
    padded = as_set(["GC", "ACGT"]).padded()
    assert gc_content(padded).tolist() == [1, 0.5]
    assert base_composition(padded).tolist() == [1 / 6, 2 / 6, 2 / 6, 1 / 6]
    assert unknown_mask(padded).tolist() == [[False, False, True, True], [False] * 4]


def test_any_code_from_four_up_is_unknown():
    assert base_composition(np.array([[0, 9, 255, 4]], np.uint8)).tolist() == [1, 0, 0, 0]


# Results


def test_cpg_across_two_sequences_or_an_unknown_letter_is_none(blocks):
    assert cpg_ratio(["GC", "GC", "CNG"]).tolist() == [0, 0, 0]
    assert cpg_ratio(["CG", "GC"]).tolist() == [2, 0]


def test_an_empty_sequence_between_others_changes_nothing(blocks):
    letters = np.array([1, 2, 1, 2], np.uint8)
    gapped = SequenceSet(
        letters, np.array([0, 0, 2, 2, 4, 4]), np.zeros(5, int), np.array(list("abcde")), ("x",)
    )
    for function in (gc_content, cpg_ratio):
        values = function(gapped)
        assert np.isnan(values[[0, 2, 4]]).all()
        assert values[[1, 3]].tolist() == function(["CG", "CG"]).tolist()


@given(texts)
def test_ratios_are_those_of_plain_strings(sequences):
    for text, gc, cpg in zip(sequences, gc_content(sequences), cpg_ratio(sequences), strict=True):
        known = len(text) - text.count("N")
        c, g = text.count("C"), text.count("G")
        assert np.isnan(gc) if not known else gc == pytest.approx((c + g) / known)
        expected = text.count("CG") * known / (c * g) if c * g else np.nan
        assert cpg == pytest.approx(expected, nan_ok=True)


@given(texts)
def test_composition_is_that_of_plain_strings(sequences):
    joined = "".join(sequences).replace("N", "")
    if joined:
        shares = [joined.count(base) / len(joined) for base in "ACGT"]
        assert base_composition(sequences) == pytest.approx(shares)
    by_position = base_composition(sequences, by_position=True)
    assert len(by_position) == max(map(len, sequences))
    for position, shares in enumerate(by_position):
        column = [s[position] for s in sequences if s[position : position + 1] not in ("", "N")]
        expected = [column.count(base) / len(column) if column else np.nan for base in "ACGT"]
        assert shares == pytest.approx(expected, nan_ok=True)


def test_the_size_of_a_block_does_not_matter(blocks):
    sequences = ["ACGTN", "CCGG", "A", "TTTTTTTTCG"]
    assert gc_content(sequences) == pytest.approx([0.5, 1, 0, 0.2])
    assert cpg_ratio(sequences) == pytest.approx([4, 1, np.nan, 10], nan_ok=True)
    assert base_composition(sequences) == pytest.approx(np.array([2, 4, 4, 9]) / 19)
    assert base_composition(sequences, True)[:2] == pytest.approx(
        np.array([[2, 1, 0, 1], [0, 2, 0, 1]]) / [[4], [3]]
    )


def test_a_set_strings_and_codes_give_the_same():
    sequences = ["ACGTN", "CCGGA"]
    for function in (gc_content, cpg_ratio, base_composition):
        forms = [function(form) for form in (sequences, as_set(sequences), np.array(sequences))]
        forms.append(function(as_set(sequences).padded()))
        assert all(np.array_equal(form, forms[0], equal_nan=True) for form in forms)


def test_the_mask_of_a_set_has_no_padding():
    assert unknown_mask(as_set(["AN", "TTTT"])).tolist() == [False, True] + [False] * 4


def test_a_slice_of_a_set_is_its_own():
    assert gc_content(as_set(["AA", "GG", "AG"])[1:]).tolist() == [1, 0.5]


@given(st.lists(st.integers(0, 9), max_size=20), st.integers(1, 30))
def test_blocks_cover_all_rows_in_order_and_stay_small(lengths, bases):
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    rows = [row for block in row_blocks(offsets, bases) for row in range(block.start, block.stop)]
    assert rows == list(range(len(lengths)))
    for block in row_blocks(offsets, bases):
        assert block.stop - block.start == 1 or sum(lengths[block]) <= bases


def test_codes_are_not_copied():
    set_ = as_set(["ACGT"])
    assert packed(set_)[0] is set_.codes
    padded = set_.padded()
    assert np.shares_memory(packed(padded)[0], padded)


def test_promoters_have_more_gc_and_cpg_than_their_negatives(real):
    from genbench_lite.reading.archive import from_archive

    train = from_archive(real / "archives" / "human_nontata_promoters_v0.zip").train
    negative, positive = (train[train.labels == label] for label in (0, 1))
    assert gc_content(positive).mean() > gc_content(negative).mean() + 0.1
    assert np.nanmedian(cpg_ratio(positive)) > 2 * np.nanmedian(cpg_ratio(negative))
    some = train[:50]
    expected = [(s.count("G") + s.count("C")) / len(s.replace("N", "")) for s in some.sequences]
    assert gc_content(some) == pytest.approx(expected)
    assert composition.base_composition(train).sum() == pytest.approx(1)
