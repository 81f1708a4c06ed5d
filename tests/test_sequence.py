"""Letters as numbers, held against plain Python loops and against PyTorch."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from genbench_lite import sequence
from genbench_lite.errors import DataError

steady = settings(deadline=None)  # a busy machine is no failure

IUPAC = "ACGTURYSWKMBDHVN-"
COMPLEMENT = {"A": "T", "C": "G", "G": "C", "T": "A", "N": "N"}

texts = st.text(IUPAC + IUPAC.lower(), max_size=60)
codes = st.lists(st.integers(0, 4), max_size=60).map(lambda c: np.array(c, np.uint8))
rectangles = st.tuples(st.integers(0, 5), st.integers(0, 9), st.integers(0, 2**32 - 1)).map(
    lambda d: np.random.default_rng(d[2]).integers(0, 5, d[:2], np.uint8)
)


@st.composite
def chosen_sequences(draw):
    """A packed array, and pieces of it in any order: overlapping, repeated, empty."""
    packed = draw(codes)
    n = draw(st.integers(0, 8))
    starts = [draw(st.integers(0, len(packed))) for _ in range(n)]
    lengths = [draw(st.integers(0, len(packed) - start)) for start in starts]
    return packed, np.array(starts, np.int64), np.array(lengths, np.int64)


@pytest.mark.parametrize(
    ("text", "character", "position"),
    [
        ("ACG1", "1", 3),
        (">chr1", ">", 0),
        ("<html>", "<", 0),
        ("AC\nGT", "\n", 2),
        ("ACGT\r\n", "\r", 4),
        ("AC GT", " ", 2),
        ("ACGX", "X", 3),
        ("ACE", "E", 2),
        ("AC\0", "\0", 2),
        ("ACGé", "é", 3),
        ("ACé1", "é", 2),
        ("AС", "С", 1),  # a Cyrillic letter that looks like a base
        ("AC🧬", "🧬", 2),
        ("AC\ud800", "\ud800", 2),
        (b"AC7T", "7", 2),
        ("ACGé".encode(), "é", 3),
        (b"AC\xff\xff", "\ufffd", 2),
    ],
)
def test_an_illegal_character_is_named_with_its_position(text, character, position):
    with pytest.raises(DataError) as error:
        sequence.encode(text)
    assert f"{character!r} at position {position} is not a DNA letter" in str(error.value)


@steady
@given(texts, st.characters(exclude_characters=IUPAC + IUPAC.lower()), texts)
def test_the_first_illegal_character_is_found_wherever_it_stands(before, illegal, after):
    with pytest.raises(DataError) as error:
        sequence.encode(before + illegal + after)
    assert f"{illegal!r} at position {len(before)} " in str(error.value)


@steady
@given(texts)
def test_decode_reads_what_encode_wrote_with_all_ambiguity_as_n(text):
    expected = "".join(c if c in "ACGT" else "N" for c in text.upper())
    encoded = sequence.encode(text)
    assert sequence.decode(encoded) == expected
    assert encoded.dtype == np.uint8
    assert encoded.shape == (len(text),)
    np.testing.assert_array_equal(sequence.encode(text.encode("ascii")), encoded)


@steady
@given(codes)
def test_encode_reads_what_decode_wrote(c):
    np.testing.assert_array_equal(sequence.encode(sequence.decode(c)), c)


def test_decode_reads_arrays_that_do_not_lie_in_one_piece():
    encoded = sequence.encode("ACGTN")
    assert sequence.decode(encoded[::-1]) == "NTGCA"
    assert sequence.decode(encoded[::2].astype(np.int64)) == "AGN"


@steady
@given(codes)
def test_reverse_complement_is_the_other_strand(c):
    other = sequence.reverse_complement(c)
    assert sequence.decode(other) == "".join(COMPLEMENT[x] for x in reversed(sequence.decode(c)))
    np.testing.assert_array_equal(sequence.reverse_complement(other), c)


@steady
@given(rectangles)
def test_reverse_complement_of_a_rectangle_turns_each_row(padded):
    other = sequence.reverse_complement(padded)
    assert other.shape == padded.shape
    for row, turned in zip(padded, other, strict=True):
        np.testing.assert_array_equal(turned, sequence.reverse_complement(row))
    np.testing.assert_array_equal(sequence.reverse_complement(other), padded)


def test_reverse_complement_moves_padding_to_the_left():
    padded = sequence.pad(sequence.encode("AAC"), np.array([0]), np.array([3]), 5)
    assert sequence.decode(sequence.reverse_complement(padded)[0]) == "NNGTT"


@steady
@given(chosen_sequences(), st.integers(1, 20), st.sampled_from([1, 3, 7, 1 << 22]))
def test_pad_equals_a_loop_over_rows_whatever_the_block(chosen, length, block):
    packed, starts, lengths = chosen
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sequence, "_GATHER_BASES", block)
        padded = sequence.pad(packed, starts, lengths, length)
    expected = [
        [*packed[start : start + min(n, length)], *[sequence.UNKNOWN] * (length - n)]
        for start, n in zip(starts, lengths, strict=True)
    ]
    assert padded.dtype == np.uint8
    np.testing.assert_array_equal(padded, np.array(expected).reshape(len(starts), length))


@pytest.mark.parametrize("length", [0, -1])
def test_pad_refuses_a_width_of_nothing(length):
    with pytest.raises(DataError, match=f"at least 1, not {length}"):
        sequence.pad(sequence.encode("AC"), np.array([0]), np.array([2]), length)


@steady
@given(chosen_sequences(), st.sampled_from([1, 3, 7, 1 << 22]))
def test_gather_equals_a_loop_over_rows_whatever_the_block(chosen, block):
    packed, starts, lengths = chosen
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sequence, "_GATHER_BASES", block)
        gathered, offsets = sequence.gather(packed, starts, lengths)
    pieces = [packed[a : a + n].tolist() for a, n in zip(starts, lengths, strict=True)]
    assert gathered.tolist() == [code for piece in pieces for code in piece]
    assert offsets.tolist() == [sum(map(len, pieces[:i])) for i in range(len(pieces) + 1)]
    assert (gathered.dtype, offsets.dtype) == (np.uint8, np.int64)


def test_gather_and_pad_leave_what_they_read_untouched():
    packed = sequence.encode("AACCC").copy()
    starts, lengths = np.array([2, 0]), np.array([3, 2])
    gathered, _ = sequence.gather(packed, starts, lengths)
    padded = sequence.pad(packed, starts, lengths, 4)
    gathered[:] = padded[:] = sequence.UNKNOWN
    assert sequence.decode(packed) == "AACCC"


@steady
@given(rectangles)
def test_one_hot_equals_torch(padded):
    five = torch.nn.functional.one_hot(torch.from_numpy(padded).long(), 5)
    expected = five[..., :4].movedim(-1, -2).float().numpy()  # unknown is the fifth, left out
    hot = sequence.one_hot(padded)
    assert hot.dtype == np.float32
    np.testing.assert_array_equal(hot, expected)


def test_one_hot_of_the_other_strand_is_one_hot_turned_on_both_axes_and_torch_reads_it():
    padded = sequence.encode("ACGTNACC").reshape(2, 4)
    hot = sequence.one_hot(sequence.reverse_complement(padded))
    turned = torch.from_numpy(sequence.one_hot(padded)).flip(-1, -2)
    assert torch.equal(torch.from_numpy(hot), turned)


@steady
@given(codes)
def test_unpack_reads_what_pack_wrote(c):
    packed, unknown = sequence.pack(c)
    assert packed.dtype == np.uint8
    assert len(packed) == -(-len(c) // 4)
    np.testing.assert_array_equal(unknown, np.flatnonzero(c == sequence.UNKNOWN))
    back = sequence.unpack(packed, unknown, len(c))
    assert back.dtype == np.uint8
    np.testing.assert_array_equal(back, c)


def test_nothing_comes_out_of_nothing():
    nothing = sequence.encode("")
    none = np.array([], np.int64)
    assert sequence.decode(nothing) == ""
    assert sequence.reverse_complement(nothing).shape == (0,)
    assert sequence.one_hot(nothing).shape == (4, 0)
    assert sequence.pad(nothing, none, none, 3).shape == (0, 3)
    gathered, offsets = sequence.gather(nothing, none, none)
    assert gathered.shape == (0,)
    assert offsets.tolist() == [0]
