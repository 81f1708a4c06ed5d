"""Checkers of lesson 09, Your own dataset."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .compare import compare_function, show
from .registry import checker

_TEXTS = [
    ("GATTAC", "GATCAC"),
    ("ACGT", "ACGT"),
    ("AACCGGTTAA", "CCAAGGTTGG"),
    ("ACGTACGT", "TGCATGCA"),
    ("GGGACCAT", "GCGATTAC"),
]


def _equal(a: str, b: str) -> float:
    return sum(x == y for x, y in zip(a, b, strict=True)) / len(a)


def _equal_at_start(a: str, b: str) -> float:
    return next((i for i in range(len(a)) if a[i] != b[i]), len(a)) / len(a)


@checker(
    "share_equal",
    "About a fourth of the letters agree by chance alone. Only a share near one says that two "
    "texts are the same piece of DNA.",
)
def share_equal(function: Any) -> str | None:
    """``share_equal(a, b)``: share of the positions at which two texts have the same letter."""
    return compare_function(
        function,
        _equal,
        _TEXTS,
        {
            "That is how many letters agree. Divide by the length.": (
                lambda a, b: round(_equal(a, b) * len(a))
            ),
            "That is in per cent. Give the ratio, from 0 to 1.": lambda a, b: 100 * _equal(a, b),
            "That is the share of letters that differ.": lambda a, b: 1 - _equal(a, b),
            "You ask whether the texts agree as a whole. One letter may differ, by a variant or an "
            "error, and the place is still right.": lambda a, b: a == b,
            "You compare which letters there are, not where. Go through both texts side by side: "
            "`zip(a, b)`.": lambda a, b: (
                sum(min(a.count(base), b.count(base)) for base in "ACGT") / len(a)
            ),
            "You compare sets of letters. Go through both texts side by side: `zip(a, b)`.": (
                lambda a, b: len(set(a) & set(b)) / len(set(a) | set(b))
            ),
            "You stop at the first letter that differs. Those behind it count, too.": (
                _equal_at_start
            ),
            "That is one answer for each position. We ask for their mean.": (
                lambda a, b: [x == y for x, y in zip(a, b, strict=True)]
            ),
        },
        otherwise="Go through both texts side by side with `zip(a, b)`, and take the share of "
        "pairs that are equal.",
    )


_SITES = [(100, 200), (300, 400), (1000, 1100)]
_PLACES = [
    (start, end, _SITES)
    for start, end in (
        (0, 50),
        (50, 150),
        (120, 180),
        (150, 250),
        (90, 210),
        (200, 300),
        (210, 290),
        (350, 450),
        (400, 1000),
        (199, 299),
        (500, 1001),
        (1100, 1200),
        (0, 2000),
    )
] + [(5, 10, [])]
_Sites = Sequence[tuple[int, int]]


def _meets(start: int, end: int, sites: _Sites) -> bool:
    return any(start < b and a < end for a, b in sites)


def _bases(start: int, end: int, sites: _Sites) -> int:
    return sum(max(0, min(end, b) - max(start, a)) for a, b in sites)


@checker(
    "meets_a_site",
    "Two half-open intervals share a base when each begins before the other ends. No list of cases "
    "is needed.",
)
def meets_a_site(function: Any) -> str | None:
    """``meets_a_site(start, end, sites)``: whether it shares a base with one of (start, end)."""
    return compare_function(
        function,
        _meets,
        _PLACES,
        {
            "200 to 300 and 300 to 400 touch, and share no base: the end of a half-open interval "
            "is not part of it. Use `<`, not `<=`.": (
                lambda start, end, sites: any(start <= b and a <= end for a, b in sites)
            ),
            "You find a place that lies wholly inside a site. One base in common is enough.": (
                lambda start, end, sites: any(a <= start and end <= b for a, b in sites)
            ),
            "You find a site that lies wholly inside the place. One base in common is enough.": (
                lambda start, end, sites: any(start <= a and b <= end for a, b in sites)
            ),
            "You look whether the start of the place lies in a site. Its end may lie in one, or a "
            "site in its middle.": (
                lambda start, end, sites: any(a <= start < b for a, b in sites)
            ),
            "You look whether the end of the place lies in a site. Its start may lie in one, or a "
            "site in its middle.": lambda start, end, sites: any(a < end <= b for a, b in sites),
            "You look whether an end of the place lies in a site. A site can also lie in its "
            "middle, as 100 to 200 lies in 90 to 210.": (
                lambda start, end, sites: any(a <= start < b or a < end <= b for a, b in sites)
            ),
            "You look whether an end of the place lies in a site, touching included. A site can "
            "also lie in its middle, as 100 to 200 lies in 90 to 210.": (
                lambda start, end, sites: any(a <= start <= b or a <= end <= b for a, b in sites)
            ),
            "You look at the first site alone. Any of them will do.": (
                lambda start, end, sites: _meets(start, end, sites[:1])
            ),
            "You ask for a base in common with all sites. One of them is enough: `any`, not "
            "`all`.": lambda start, end, sites: all(start < b and a < end for a, b in sites),
            "That is turned round: it is True for the places that are free.": (
                lambda start, end, sites: not _meets(start, end, sites)
            ),
            "That is how many bases they share. We ask whether they share one: `> 0`.": _bases,
            "That is how many sites it meets. We ask whether it meets one.": (
                lambda start, end, sites: sum(start < b and a < end for a, b in sites)
            ),
            "You look for the very same interval. One base in common is enough.": (
                lambda start, end, sites: (start, end) in sites
            ),
        },
        otherwise="For each site (a, b) ask whether `start < b and a < end`, and take `any` of "
        "the answers.",
    )


def _as_list(function: Any) -> Any:
    """The same function, whose array or tuple comes back as a list: either answer is fine."""
    if not callable(function):
        return function

    def wrapped(*arguments: Any) -> Any:
        result = function(*arguments)
        if isinstance(result, tuple):
            return list(result)
        return result.tolist() if hasattr(result, "tolist") else result

    wrapped.__name__ = getattr(function, "__name__", "<object>")
    return wrapped


_WISHES = [
    ([0.5, 0.52], [0.3, 0.51, 0.58]),
    ([0.62, 0.41], [0.2, 0.4, 0.6, 0.8]),
    ([0.45, 0.47, 0.46], [0.7, 0.44, 0.3, 0.465, 0.5]),
    ([0.3, 0.7, 0.5, 0.55], [0.9, 0.52, 0.1, 0.35, 0.57, 0.66]),
]
_Numbers = Sequence[float]


def _matched(wanted: _Numbers, offered: _Numbers, taken_back: bool = False) -> list[int]:
    left = np.array(offered, float)
    found = []
    for share in wanted:
        found.append(int(np.abs(left - share).argmin()))
        if not taken_back:
            left[found[-1]] = np.inf
    return found


def _places_among_the_rest(wanted: _Numbers, offered: _Numbers) -> list[int]:
    left, found = list(offered), []
    for share in wanted:
        found.append(int(np.abs(np.array(left) - share).argmin()))
        del left[found[-1]]
    return found


@checker(
    "match_gc",
    "Each place is given away once, and each site gets one of its own. `gbl.from_bed` does the "
    "same, with fresh places until the gap is small.",
)
def match_gc(function: Any) -> str | None:
    """``match_gc(wanted, offered)``: for each wanted the position of an offered, each once."""
    return compare_function(
        _as_list(function),
        _matched,
        _WISHES,
        {
            "The same place is given away more than once. A negative that stands in the dataset "
            "twice may end in training and in test.": (
                lambda wanted, offered: _matched(wanted, offered, taken_back=True)
            ),
            "Those are GC contents. We need to know which places they belong to: give positions in "
            "`offered`.": lambda wanted, offered: [offered[i] for i in _matched(wanted, offered)],
            "Those are the gaps. Give the positions in `offered` that have them.": (
                lambda wanted, offered: [
                    abs(offered[i] - w)
                    for i, w in zip(_matched(wanted, offered), wanted, strict=True)
                ]
            ),
            "You remove what is taken, and so all positions behind it move by one. Keep the list "
            "as long as it is, and mark what is taken.": _places_among_the_rest,
            "You take the first places, whatever their GC.": (
                lambda wanted, offered: list(range(len(wanted)))
            ),
            "Those are the places that fit worst. Look for the smallest gap.": (
                lambda wanted, offered: [
                    int(np.abs(np.array(offered) - w).argmax()) for w in wanted
                ]
            ),
            "You forget the sign: 0.3 is further below 0.5 than 0.51 is above. Take the absolute "
            "value of the difference.": (
                lambda wanted, offered: [int((np.array(offered) - w).argmin()) for w in wanted]
            ),
            "You serve the sites by their GC. Serve them in the order in which they come.": (
                lambda wanted, offered: [
                    i
                    for _, i in sorted(
                        zip(
                            np.argsort(wanted).tolist(),
                            _matched(sorted(wanted), offered),
                            strict=True,
                        )
                    )
                ]
            ),
            "You go through the places and give each the nearest site. Go through the sites, and "
            "give each the nearest place.": (
                lambda wanted, offered: [
                    int(np.abs(np.array(wanted) - o).argmin()) for o in offered
                ]
            ),
        },
        otherwise="For each wanted share, in order, take the position with the smallest absolute "
        "difference among those that are not taken yet.",
        errors={
            "`del` and `.remove` belong to lists. Mark what is taken instead.": "AttributeError"
        },
    )


_FACTS = ("organism", "assembly", "licence", "citation")
# What a right fact holds, in lower case; plausible wrong ones and what they miss; a last hint.
_ASKED: dict[str, tuple[tuple[str, ...], dict[str, str], str]] = {
    "organism": (
        ("homo sapiens", "human"),
        {
            "k562": "A cell line is no organism. Whose cells are they?",
            "chr22": "A chromosome is no organism. Whose is it?",
        },
        "Whose genome is it? Its card says it.",
    ),
    "assembly": (
        ("hg38", "grch38"),
        {
            "hg19": "hg19 is the assembly before. The sites would be read from other places.",
            "grch37": "GRCh37 is another name of hg19, the assembly before.",
            "human": "Human genomes have been put together several times. Which one is it?",
            "homo": "That is the organism. Which version of its genome is it?",
            "chr22": "That is the chromosome. Which version of the genome is it?",
            "latest": "Latest when? Others read your card in years to come. Give its name.",
        },
        "Which version of the genome do the coordinates count in? We compared letters above.",
    ),
    "licence": (
        ("mit",),
        {
            "public": "What stands on the web is not free for all uses. Look at the card.",
            "apache": "That is the licence of the published interval lists. Look at the card of "
            "the sites.",
            "none": "Without a licence nobody may pass the data on. Look at the card.",
            "free": "Free to do what? Give the name of the licence.",
        },
        "Under which terms do the sites come? Their card says it.",
    ),
    "citation": (
        ("meuleman", "s41586-020-2559-3"),
        {
            "gresova": "They published the nine datasets, and our sites are not among them.",
            "grešová": "They published the nine datasets; our sites are not among them.",
            "dasilva": "They passed the sites on, and deserve to be named. Name those as well who "
            "made the index of sites.",
            "2024.02.01.578352": "That is the work that passed the sites on. Name those as well "
            "who made the index of sites.",
            "genbench": "We only hand the sites on. Who made the index of them?",
        },
        "Who made the index of sites? Both works are on the card.",
    ),
}


@checker(
    "card_facts",
    "Four lines, and no program could have written them for you. A dataset without them is a file.",
)
def card_facts(answer: Any) -> str | None:
    """A dict with the four facts of a card; each may be worded in any way."""
    if not isinstance(answer, dict) or set(answer) != set(_FACTS):
        names = ", ".join(f"`{name}`" for name in _FACTS)
        return f"We need a dictionary with an entry for each of {names}, and no other."
    for name, (right, wrong, otherwise) in _ASKED.items():
        fact = answer[name]
        if not isinstance(fact, str) or not fact.strip():
            return f"`{name}` is {show(fact)}. Write a few words, as text."
        words = fact.lower()
        if any(word in words for word in right) and not (name == "assembly" and "hg19" in words):
            continue
        hint = next((hint for word, hint in wrong.items() if word in words), otherwise)
        return f"`{name}`: {hint}"
    return None
