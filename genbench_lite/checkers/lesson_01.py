"""Checkers of lesson 01, Fetch a dataset."""

from __future__ import annotations

from typing import Any

import numpy as np

from .compare import compare_function
from .registry import checker

_PAIRS = str.maketrans("ACGTacgt", "TGCAtgca")


def _complement(letters: str) -> str:
    return letters.translate(_PAIRS)


def _reverse_complement(letters: str) -> str:
    return _complement(letters)[::-1]


def _complement_in_turn(letters: str) -> str:
    for base, partner in ("AT", "TA", "CG", "GC"):
        letters = letters.replace(base, partner)
    return letters


@checker(
    "reverse_complement",
    "This is the same piece of DNA, read on the other strand. Twice in a row gives back the start.",
)
def reverse_complement(function: Any) -> str | None:
    """``reverse_complement(letters) -> str``: N stays N, lower case stays lower case."""
    return (
        compare_function(
            function,
            _reverse_complement,
            [("A",), ("AAC",), ("GATTACA",), ("CCGTA",)],
            {
                "You reverse, but keep the letters. On the other strand A faces T and C faces G: "
                "complement them too.": lambda letters: letters[::-1],
                "You complement, but keep the order. The other strand runs the other way: reverse "
                "it too.": _complement,
                "The input comes back as it was.": lambda letters: letters,
                "Replacing one letter after the other undoes itself: A becomes T, then this T "
                "becomes A. Swap all at once, with `str.translate` or a dictionary.": (
                    lambda letters: _complement_in_turn(letters)[::-1]
                ),
            },
            otherwise="Swap A with T and C with G, then read the result backwards.",
            errors={
                "Yours gets letters (a `str`). `gbl.sequence.reverse_complement` works on codes: "
                "encode first, decode after.": "only integers, slices",
            },
        )
        or compare_function(
            function,
            _reverse_complement,
            [("N",), ("AANC",)],
            {
                "The N has gone, and every base behind it has moved. Keep it as N.": (
                    lambda letters: _reverse_complement(letters.replace("N", ""))
                )
            },
            otherwise="N is an unknown base, and its partner is unknown as well: N stays N.",
        )
        or compare_function(
            function,
            _reverse_complement,
            [("a",), ("acGT",), ("AAcg",)],
            {
                "You turn lower case into upper case. Lower case marks repeats (soft masking): "
                "keep it.": lambda letters: _reverse_complement(letters).upper(),
                "Lower-case letters are reversed, but not complemented: `a` faces `t`.": (
                    lambda letters: letters.translate(str.maketrans("ACGT", "TGCA"))[::-1]
                ),
            },
            otherwise="Lower-case letters are bases too: `a` faces `t`, `c` faces `g`.",
        )
    )


@checker(
    "sequence_length",
    "Neighbouring offsets are where a sequence begins and where the next one does. Their "
    "difference is its length.",
)
def sequence_length(function: Any) -> str | None:
    """``sequence_length(offsets, i) -> int``: letters of sequence number i of a packed set."""
    offsets = np.array([0, 3, 5, 12, 13])
    return compare_function(
        function,
        lambda offsets, i: int(offsets[i + 1] - offsets[i]),
        [(offsets, 1), (offsets, 0), (offsets, 2), (offsets, 3)],
        {
            "That is where the sequence begins. Where does the next one begin?": (
                lambda offsets, i: offsets[i]
            ),
            "That is where the sequence ends. Take off where it begins.": (
                lambda offsets, i: offsets[i + 1]
            ),
            "A length is not negative: take the offset at `i` from the one behind it.": (
                lambda offsets, i: offsets[i] - offsets[i + 1]
            ),
            "That is the sequence in front of it. Number `i` lies between `offsets[i]` and "
            "`offsets[i + 1]`.": lambda offsets, i: offsets[i] - offsets[i - 1],
            "Nothing has to be taken off: the letter at `offsets[i + 1]` is in the next sequence "
            "already.": lambda offsets, i: offsets[i + 1] - offsets[i] - 1,
            "Nothing has to be added: the letter at `offsets[i + 1]` is in the next sequence "
            "already.": lambda offsets, i: offsets[i + 1] - offsets[i] + 1,
        },
        otherwise="Sequence `i` begins at `offsets[i]` and ends in front of `offsets[i + 1]`.",
        errors={
            "The last sequence ends at the last offset, so there is nothing behind `offsets[i + "
            "1]`.": "IndexError",
        },
    )


@checker(
    "interval_length",
    "Half-open intervals need no correction: the length is `end - start`.",
)
def interval_length(function: Any) -> str | None:
    """``interval_length(start, end) -> int``: in bp, of a 0-based half-open interval."""
    return compare_function(
        function,
        lambda start, end: end - start,
        [(0, 1), (5, 5), (10, 20), (999, 1250)],
        {
            "The `+ 1` belongs to intervals that include their end. A half-open one stops in "
            "front of it.": lambda start, end: end - start + 1,
            "The start belongs to the interval, so nothing has to be taken off.": (
                lambda start, end: end - start - 1
            ),
            "A length is not negative: take the start from the end.": (
                lambda start, end: start - end
            ),
            "That is the end. It is the length only of an interval that starts at 0.": (
                lambda start, end: end
            ),
        },
        otherwise="Write down the positions of [2, 5), count them, and look for the rule.",
    )


_STRETCH = "AACGGTCATTGCAC"
_PLUS = [(_STRETCH, 0, 3, "+"), (_STRETCH, 2, 8, "+"), (_STRETCH, 5, 14, "+")]
_MINUS = [(_STRETCH, 0, 3, "-"), (_STRETCH, 2, 8, "-"), (_STRETCH, 5, 14, "-")]
_MISSING = [(*case[:3], strand) for case in _PLUS for strand in ("", None, float("nan"))]


def _slice(chromosome: str, start: int, end: int, strand: str | float | None) -> str:
    letters = chromosome[start:end]
    return _reverse_complement(letters) if strand == "-" else letters


@checker(
    "slice_interval",
    "Python slices are 0-based and half-open, just like these intervals. On `-` the slice is "
    "reverse-complemented, and a missing strand reads as `+`.",
)
def slice_interval(function: Any) -> str | None:
    """``slice_interval(chromosome, start, end, strand) -> str``; a missing strand is ``+``."""
    return (
        compare_function(
            function,
            _slice,
            _PLUS,
            {
                "You read the start as 1-based. Ours is 0-based: leave out the `- 1`.": (
                    lambda letters, start, end, _: letters[start - 1 : end]
                ),
                "Both coordinates have moved by one. They are 0-based already.": (
                    lambda letters, start, end, _: letters[start - 1 : end - 1]
                ),
                "You include the end. The interval is half-open: the base at `end` is the first "
                "one outside.": lambda letters, start, end, _: letters[start : end + 1],
                "You take `end` for a length. It is a position on the chromosome.": (
                    lambda letters, start, end, _: letters[start : start + end]
                ),
                "You have the strands the wrong way round: `+` is read as it stands.": (
                    lambda letters, start, end, _: _reverse_complement(letters[start:end])
                ),
            },
            otherwise="On `+` a slice of the chromosome is all it takes.",
        )
        or compare_function(
            function,
            _slice,
            _MINUS,
            {
                "The strand makes no difference yet. On `-` return the reverse complement.": (
                    lambda letters, start, end, _: letters[start:end]
                ),
                "On `-` you only reverse. Complement the letters too.": (
                    lambda letters, start, end, _: letters[start:end][::-1]
                ),
                "On `-` you only complement. The strand also runs the other way: reverse it.": (
                    lambda letters, start, end, _: _complement(letters[start:end])
                ),
                "You turn the whole chromosome round before you slice. Coordinates count from "
                "the start of `+` on both strands: slice first.": (
                    lambda letters, start, end, _: _reverse_complement(letters)[start:end]
                ),
            },
            otherwise="On `-` take the same slice, then its reverse complement.",
        )
        or compare_function(
            function,
            _slice,
            _MISSING,
            {
                "You read a missing strand as `-`. It counts as `+`: ask whether the strand is "
                "`-`, not whether it is `+`.": (
                    lambda letters, start, end, _: _reverse_complement(letters[start:end])
                ),
            },
            otherwise="Many tables have no strand: it may be empty, `None` or `nan`, and then it "
            "counts as `+`.",
        )
    )


@checker(
    "bed_to_ucsc",
    "Only the start moves. The end stays: the first base outside, counted from 0, has the same "
    "number as the last base inside, counted from 1.",
)
def bed_to_ucsc(function: Any) -> str | None:
    """``bed_to_ucsc(region, start, end) -> str``: ``chr1:11-20`` from the interval [10, 20)."""
    return compare_function(
        function,
        lambda region, start, end: f"{region}:{start + 1}-{end}",
        [("chr1", 10, 20), ("chrX", 0, 100), ("chr2L", 1500, 2700)],
        {
            "The start is still 0-based. The first base has number 1 in a browser: add 1.": (
                lambda region, start, end: f"{region}:{start}-{end}"
            ),
            "You have moved the end as well. It was one base outside, so it stays as it is.": (
                lambda region, start, end: f"{region}:{start + 1}-{end + 1}"
            ),
            "You have moved the end and not the start. It is the other way round.": (
                lambda region, start, end: f"{region}:{start}-{end + 1}"
            ),
            "The end is 0-based and half-open, and needs no change. It is the start that moves.": (
                lambda region, start, end: f"{region}:{start}-{end - 1}"
            ),
            "The start is right. You have taken 1 from the end, and so left out the last base.": (
                lambda region, start, end: f"{region}:{start + 1}-{end - 1}"
            ),
            "You have taken 1 from the start. From 0-based to 1-based it goes up.": (
                lambda region, start, end: f"{region}:{start - 1}-{end}"
            ),
            "Browsers show commas in long numbers; leave them out here.": (
                lambda region, start, end: f"{region}:{start + 1:,}-{end:,}"
            ),
        },
        otherwise="Region, colon, first base, hyphen, last base, both counted from 1: the "
        "interval [10, 20) is `chr1:11-20`.",
        errors={
            'A number cannot be added to text. Use an f-string, such as `f"{region}:{start}"`.': (
                "TypeError.*(concatenate|'int' and 'str')"
            ),
        },
    )
