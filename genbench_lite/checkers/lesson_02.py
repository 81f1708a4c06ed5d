"""Checkers of lesson 02, Look at sequences."""

from __future__ import annotations

from collections import Counter
from typing import Any

from .compare import compare_function
from .registry import checker


def _number(letters: str, bases: str) -> int:
    return sum(letter in bases for letter in letters)


def _gc(letters: str) -> float:
    letters = letters.upper()
    return _number(letters, "GC") / _number(letters, "ACGT")


@checker(
    "gc_content",
    "A ratio from 0 to 1, of the letters that are known. N is no base, and a base in lower case "
    "is still a base.",
)
def gc_content(function: Any) -> str | None:
    """``gc_content(letters) -> float``: N is left out, lower case counts."""
    return (
        compare_function(
            function,
            _gc,
            [("GA",), ("AATG",), ("GATTCA",), ("CCGCGT",)],
            {
                "That is per cent. Return the ratio, from 0 to 1.": lambda s: 100 * _gc(s),
                "That is the number of G and C. Divide it by the number of letters.": (
                    lambda s: _number(s, "GC")
                ),
                "That is the share of A and T. GC content counts the other two letters.": (
                    lambda s: 1 - _gc(s)
                ),
                "You divide by the number of A and T. Divide by the number of all letters.": (
                    lambda s: _number(s, "GC") / _number(s, "AT")
                ),
                "You count G and leave C out.": lambda s: s.count("G") / len(s),
                "You count C and leave G out.": lambda s: s.count("C") / len(s),
                '`count("GC")` looks for the word GC, a G with a C behind it. Count each letter.': (
                    lambda s: s.count("GC") / len(s)
                ),
            },
            otherwise="Count the letters that are G or C, and divide by the number of letters.",
        )
        or compare_function(
            function,
            _gc,
            [("GN",), ("GATNCA",), ("NNACGTTN",)],
            {
                "You count N as a base. We do not know what stands there, so leave it out below "
                "the line too.": lambda s: _number(s, "GC") / len(s),
                "You count N as if it were G or C. It could be any base: leave it out.": (
                    lambda s: _number(s, "GCN") / len(s)
                ),
            },
            otherwise="N is an unknown base. Divide by the number of A, C, G and T.",
        )
        or compare_function(
            function,
            _gc,
            [("Ga",), ("GATtca",), ("ggCCaatT",)],
            {
                "You lose G and C in lower case, but still divide by all letters. Turn all into "
                "upper case first.": lambda s: _number(s, "GC") / len(s),
                "You leave letters in lower case out. They mark repeats (soft masking), and are "
                "bases all the same: `letters.upper()`.": (
                    lambda s: _number(s, "GC") / _number(s, "ACGT")
                ),
            },
            otherwise="A base in lower case is a base. `letters.upper()` makes them alike.",
        )
        or compare_function(
            function,
            _gc,
            [("gn",), ("gatNnca",)],
            {
                "An unknown base in a masked stretch is a small `n`, and you count it as a base.": (
                    lambda s: _number(s, "GCgc") / (len(s) - s.count("N"))
                ),
            },
            otherwise="A small `n` is unknown, too. Turn all letters into upper case first.",
        )
    )


def _cpg(letters: str) -> float:
    expected = letters.count("C") * letters.count("G") / len(letters)
    return letters.count("CG") / expected


@checker(
    "cpg_ratio",
    "At 1 there are as many CpG as chance would give. Below 1 something has removed them.",
)
def cpg_ratio(function: Any) -> str | None:
    """``cpg_ratio(letters) -> float``: CpG observed over expected; upper case, no N."""
    rule = "Divide the number of CG by this: number of C, times number of G, divided by the length."
    return compare_function(
        function,
        _cpg,
        [("ACGT",), ("CCGAGG",), ("ACGTACGT",), ("GCTGCAATCG",), ("TGCCATGCACATCG",)],
        {
            "You count GC. CpG is a C and then a G, in this order.": (
                lambda s: s.count("GC") * len(s) / s.count("C") / s.count("G")
            ),
            "That is the number of CpG. Divide it by the number that chance would give.": (
                lambda s: s.count("CG")
            ),
            "That is the number that chance would give. Divide the number of CpG by it.": (
                lambda s: s.count("C") * s.count("G") / len(s)
            ),
            "That is the number of CpG for each letter. Divide by what chance would give, not by "
            "the length.": lambda s: s.count("CG") / len(s),
            "The length is missing: chance gives the number of C, times that of G, divided by "
            "the length.": lambda s: s.count("CG") / (s.count("C") * s.count("G")),
            "Python divides by the number of C alone, and multiplies by the rest. Put brackets "
            "round what stands below the line.": lambda s: (
                s.count("CG") / s.count("C") * s.count("G") / len(s)
            ),
            "You add the number of C to that of G. Multiply them: a G must stand behind a C.": (
                lambda s: s.count("CG") * len(s) / (s.count("C") + s.count("G"))
            ),
            "The ratio is upside down: what you see goes above the line, what chance gives "
            "below.": lambda s: 1 / _cpg(s),
            "You take C and G as equally frequent, half of the GC content each. Count each by "
            "itself.": lambda s: s.count("CG") * len(s) / (_number(s, "CG") / 2) ** 2,
            "You divide by the number of pairs, one less than the number of letters. That is "
            "fair, but then your ratios differ from published ones: divide by the length.": (
                lambda s: _cpg(s) * len(s) / (len(s) - 1)
            ),
        },
        otherwise=rule,
    ) or compare_function(
        function,
        _cpg,
        [("CATG",), ("GGATTCAC",)],
        otherwise="Where there is C and G but no CpG, the ratio is 0.",
    )


def _words(letters: str, k: int, step: int = 1, more: int = 1) -> list[str]:
    return [letters[i : i + k] for i in range(0, len(letters) - k + more, step)]


def _count(letters: str, k: int) -> dict[str, int]:
    return dict(Counter(w for w in _words(letters.upper(), k) if not set(w) - set("ACGT")))


def _count_without_overlap(letters: str, k: int) -> dict[str, int]:
    return {word: letters.count(word) for word in _words(letters, k)}


def _without_zeros(function: Any) -> Any:
    """The same function; words that it counts 0 times are as good as left out."""
    if not callable(function):
        return function

    def wrapped(letters: str, k: int) -> Any:
        result = function(letters, k)
        if isinstance(result, dict):
            return {word: n for word, n in result.items() if not (isinstance(n, int) and n == 0)}
        return result

    wrapped.__name__ = getattr(function, "__name__", "<object>")
    return wrapped


@checker(
    "count_kmers",
    "Each letter starts a word, as long as the word fits in: `len(letters) - k + 1` words. Words "
    "overlap, and one with an N is no word.",
)
def count_kmers(function: Any) -> str | None:
    """``count_kmers(letters, k) -> dict``: word to number; words with N are left out."""
    function = _without_zeros(function)
    return (
        compare_function(
            function,
            _count,
            [("ACGT", 2), ("AAAA", 2), ("AAAAA", 3), ("GATTACA", 3), ("GATA", 4), ("AC", 1)],
            {
                "Your words do not overlap. Move on by one letter, not by k.": (
                    lambda s, k: dict(Counter(_words(s, k, step=k)))
                ),
                "Your words do not overlap, and the last may be too short. Move on by one "
                "letter, not by k: `range(len(letters) - k + 1)`.": (
                    lambda s, k: dict(Counter(_words(s, k, step=k, more=k)))
                ),
                "`str.count` skips words that overlap: AAAA holds AA three times. Count the "
                "windows instead.": _count_without_overlap,
                "The last word is missing. Seven letters hold five words of three: "
                "`range(len(letters) - k + 1)`.": lambda s, k: dict(Counter(_words(s, k, more=0))),
                "The last words are too short: they run over the end. Stop at "
                "`range(len(letters) - k + 1)`.": lambda s, k: dict(Counter(_words(s, k, more=k))),
                "You note which words there are, and not how often.": (
                    lambda s, k: dict.fromkeys(_words(s, k), 1)
                ),
                "That is the list of words. Count how often each is in it: `Counter` does.": (
                    _words
                ),
                "That is the number of words in all. We want the number of each.": (
                    lambda s, k: len(s) - k + 1
                ),
            },
            otherwise="Cut `letters[i : i + k]` at each start i, and count how often each word "
            "comes.",
        )
        or compare_function(
            function,
            _count,
            [("AC", 3)],
            otherwise="Letters that are fewer than k hold no word: return an empty dictionary.",
        )
        or compare_function(
            function,
            _count,
            [("ANC", 1), ("GATNACA", 2), ("NNN", 2)],
            {
                "A word with an N is counted. Nobody knows which word that is: leave it out.": (
                    lambda s, k: dict(Counter(_words(s, k)))
                ),
                "You take N away before you cut, and letters become neighbours that are none. "
                "Cut first, then leave out words with N.": (
                    lambda s, k: _count(s.replace("N", ""), k)
                ),
            },
            otherwise="Leave out words that hold an N, and only those.",
        )
        or compare_function(
            function,
            _count,
            [("acA", 1), ("acgT", 2), ("GATtaca", 3)],
            {
                "The same word in lower case gets an entry of its own. Turn all into upper case "
                "first.": lambda s, k: dict(Counter(_words(s, k))),
                "Words in lower case are lost. They are masked, not missing: `letters.upper()`.": (
                    lambda s, k: {
                        w: n for w, n in Counter(_words(s, k)).items() if not set(w) - set("ACGT")
                    }
                ),
            },
            otherwise="Lower case marks repeats. Count its words with those in upper case.",
        )
    )


_PAIRS = str.maketrans("ACGT", "TGCA")


def _other_strand(word: str) -> str:
    return word.translate(_PAIRS)[::-1]


@checker(
    "canonical_kmer",
    "A word and its reverse complement are one and the same place on the DNA, so they share one "
    "name.",
)
def canonical_kmer(function: Any) -> str | None:
    """``canonical_kmer(word) -> str``: of word and reverse complement the first in a dictionary."""
    return compare_function(
        function,
        lambda word: min(word, _other_strand(word)),
        [("GG",), ("ACGT",), ("GATA",), ("TTATCT",), ("AGATAA",), ("CTTATC",), ("TGTTTA",)],
        {
            "The word comes back as it was. Is its reverse complement earlier in a dictionary?": (
                lambda word: word
            ),
            "You always return the other strand. Return it only if it is the earlier one.": (
                _other_strand
            ),
            "That is the later one. Take the one that comes first in a dictionary: `min`.": (
                lambda word: max(word, _other_strand(word))
            ),
            "You compare with the reversed word. The other strand is reversed and complemented.": (
                lambda word: min(word, word[::-1])
            ),
            "You compare with the complement. The other strand is complemented and reversed.": (
                lambda word: min(word, word.translate(_PAIRS))
            ),
            "You sort the letters within the word. Keep the word, and choose between two words.": (
                lambda word: "".join(sorted(word))
            ),
            "Those are both words. Choose the one that comes first in a dictionary.": (
                lambda word: [word, _other_strand(word)]
            ),
        },
        otherwise="Make the reverse complement, and return the earlier of the two: `min`.",
    )
