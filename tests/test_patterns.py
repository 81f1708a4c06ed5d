"""Patterns of IUPAC letters, against regular expressions on both strands."""

from __future__ import annotations

import re

import numpy as np
import pytest

from genbench_lite import sequence
from genbench_lite.browsing import class_shares, ranked, unknown_counts, windowed_gc
from genbench_lite.errors import DataError
from genbench_lite.patterns import IUPAC, pattern_counts, pattern_matches, read_pattern
from genbench_lite.sequence_set import SequenceSet

PATTERNS = ["A", "CG", "GATAAG", "WGATAR", "NNN", "BDHV", "SWSKM", "TATA", "YR"]


def starts_by_regex(text: str, pattern: str) -> list[int]:
    expression = "".join(f"[{IUPAC[letter]}]" for letter in pattern)
    return [match.start() for match in re.finditer(f"(?={expression})", text)]


@pytest.fixture(scope="module")
def texts():
    rng = np.random.default_rng(0)
    sizes = (1, 2, 3, 5, 1, 40, 300, 2)
    return ["".join(rng.choice(list("ACGTN"), n, p=[0.3, 0.2, 0.2, 0.28, 0.02])) for n in sizes]


@pytest.mark.parametrize("pattern", ["GATX", "GA-A", "G1"])
def test_a_character_that_stands_for_no_base_is_named_with_its_place(pattern):
    place = next(i for i, letter in enumerate(pattern) if letter not in IUPAC)
    with pytest.raises(DataError, match=f"'{pattern[place]}' at position {place} of the pattern"):
        pattern_counts(["ACGT"], pattern)


@pytest.mark.parametrize("pattern", ["", "  "])
def test_an_empty_pattern_is_refused(pattern):
    with pytest.raises(DataError, match="empty"):
        pattern_matches(sequence.encode("ACGT"), pattern)


def test_a_pasted_pattern_may_have_blanks_lower_case_and_u():
    assert read_pattern(" gau\taag\n") == "GAUAAG"
    assert pattern_counts(["CGATAAGC"], "gau aag").tolist() == [1]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_matches_are_those_of_a_regular_expression_on_either_strand(texts, pattern):
    for text in texts:
        codes = sequence.encode(text)
        plus, minus = pattern_matches(codes, pattern)
        assert np.flatnonzero(plus).tolist() == starts_by_regex(text, pattern)
        turned = sequence.decode(sequence.reverse_complement(codes))
        ends = [len(text) - start - len(pattern) for start in starts_by_regex(turned, pattern)]
        assert np.flatnonzero(minus).tolist() == sorted(ends)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_counts_do_not_reach_into_the_next_sequence(texts, pattern, monkeypatch):
    monkeypatch.setattr("genbench_lite.patterns.row_blocks", lambda o: _blocks(len(o) - 1, 3))
    alone = [np.bitwise_or(*pattern_matches(sequence.encode(t), pattern)).sum() for t in texts]
    assert pattern_counts(texts, pattern).tolist() == alone


def _blocks(n: int, size: int) -> list[slice]:
    return [slice(first, min(first + size, n)) for first in range(0, n, size)]


def test_nothing_matches_an_unknown_letter_and_no_rows_have_no_counts():
    assert pattern_counts(["ANA"], "N").tolist() == [2]
    assert pattern_counts(np.zeros((0, 5), np.uint8), "A").shape == (0,)


@pytest.mark.parametrize("width", [0, -1, 20])
def test_a_window_without_a_middle_is_refused(width):
    with pytest.raises(DataError, match="no middle"):
        windowed_gc(sequence.encode("ACGT"), width)


@pytest.mark.parametrize("width", [1, 3, 21, 999])
def test_gc_around_each_letter_is_that_of_its_window(texts, width):
    for text in texts:
        shares = windowed_gc(sequence.encode(text), width)
        for i, share in enumerate(shares):
            window = text[max(i - width // 2, 0) : i + width // 2 + 1].replace("N", "")
            if window:
                assert share == pytest.approx(sum(window.count(b) for b in "GC") / len(window))
            else:
                assert np.isnan(share)


def test_unknown_letters_are_counted_by_sequence(texts, monkeypatch):
    monkeypatch.setattr("genbench_lite.browsing.row_blocks", lambda o: _blocks(len(o) - 1, 2))
    assert unknown_counts(texts).tolist() == [text.count("N") for text in texts]
    assert unknown_counts([]).shape == (0,)


def test_ranks_put_nan_last_and_keep_the_order_of_equals():
    values = np.array([1, 3, np.nan, 3, 2, 9.0])
    rows = np.array([0, 1, 2, 3, 4])
    assert ranked(values, rows, highest_first=True).tolist() == [1, 3, 4, 0, 2]
    assert ranked(values, rows, highest_first=False).tolist() == [0, 4, 1, 3, 2]


def test_shares_leave_out_classes_without_a_sequence():
    s = SequenceSet.from_strings(["A", "C"], [1, 1], ["none", "some"])
    assert class_shares(s, np.array([True, False])) == {"some": 0.5}
