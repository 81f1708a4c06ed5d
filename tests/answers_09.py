"""Right and wrong answers to the exercises of lesson 09: ``{name: (right, {word: wrong})}``."""

from __future__ import annotations

import numpy as np


def equal_in_a_loop(a, b):
    equal = 0
    for place in range(len(a)):
        if a[place] == b[place]:
            equal += 1
    return equal / len(a)


def same_until(a, b):
    for place in range(len(a)):
        if a[place] != b[place]:
            return place / len(a)
    return 1.0


def in_common(a, b):
    return sum(min(a.count(base), b.count(base)) for base in "ACGT") / len(a)


def meets_by_sets(start, end, sites):
    return any(set(range(start, end)) & set(range(*site)) for site in sites)


def meets_by_arrays(start, end, sites):
    starts, ends = np.array(sites, int).reshape(-1, 2).T
    return ((starts < end) & (ends > start)).any()


def meets_in_a_loop(start, end, sites):
    found = False
    for a, b in sites:
        found = found or (end > a and b > start)
    return found


def shared(start, end, sites):
    return sum(len(set(range(start, end)) & set(range(*site))) for site in sites)


def greedy(wanted, offered):
    taken = []
    for share in wanted:
        free = [place for place in range(len(offered)) if place not in taken]
        taken.append(min(free, key=lambda place: abs(offered[place] - share)))
    return taken


def greedy_by_arrays(wanted, offered):
    left = np.array(offered)
    found = np.zeros(len(wanted), int)
    for place, share in enumerate(wanted):
        found[place] = np.abs(left - share).argmin()
        left[found[place]] = 9
    return found


def with_returns(wanted, offered):
    return [int(np.abs(np.array(offered) - share).argmin()) for share in wanted]


def removes(wanted, offered):
    left, found = list(offered), []
    for share in wanted:
        best = min(range(len(left)), key=lambda place: abs(left[place] - share))
        found.append(best)
        left.pop(best)
    return found


def by_gc(wanted, offered):
    order = sorted(range(len(wanted)), key=lambda place: wanted[place])
    found = greedy([wanted[place] for place in order], offered)
    return [found[order.index(place)] for place in range(len(wanted))]


MEULEMAN = "Meuleman et al. (2020), doi:10.1038/s41586-020-2559-3"


def facts(organism="Homo sapiens", assembly="GRCh38 (hg38)", licence="MIT", citation=MEULEMAN):
    return {
        "organism": organism,
        "assembly": assembly,
        "licence": licence,
        "citation": citation,
    }


ANSWERS = {
    "share_equal": (
        [
            equal_in_a_loop,
            lambda a, b: np.mean([x == y for x, y in zip(a, b, strict=True)]),
            lambda a, b: (np.array(list(a)) == np.array(list(b))).mean(),
        ],
        {
            "Divide by the length": lambda a, b: round(equal_in_a_loop(a, b) * len(a)),
            "per cent": lambda a, b: 100 * equal_in_a_loop(a, b),
            "letters that differ": lambda a, b: 1 - equal_in_a_loop(a, b),
            "as a whole": lambda a, b: a == b,
            "not where": in_common,
            "sets of letters": lambda a, b: len(set(a) & set(b)) / len(set(a) | set(b)),
            "stop at the first": same_until,
            "their mean": lambda a, b: [x == y for x, y in zip(a, b, strict=True)],
            "share of pairs": lambda a, b: 0.4321,
        },
    ),
    "meets_a_site": (
        [meets_by_sets, meets_by_arrays, meets_in_a_loop],
        {
            "touch": lambda start, end, sites: any(a <= end and start <= b for a, b in sites),
            "wholly inside a site": lambda start, end, sites: any(
                a <= start and end <= b for a, b in sites
            ),
            "wholly inside the place": lambda start, end, sites: any(
                start <= a and b <= end for a, b in sites
            ),
            "start of the place": lambda start, end, sites: any(
                start in range(*site) for site in sites
            ),
            "end of the place": lambda start, end, sites: any(
                end - 1 in range(*site) for site in sites
            ),
            "in its middle, as": lambda start, end, sites: any(
                start in range(*site) or end - 1 in range(*site) for site in sites
            ),
            "touching included": lambda start, end, sites: any(
                a <= start <= b or a <= end <= b for a, b in sites
            ),
            "first site": lambda start, end, sites: meets_by_sets(start, end, sites[:1]),
            "with all sites": lambda start, end, sites: all(
                shared(start, end, [site]) for site in sites
            ),
            "turned round": lambda start, end, sites: not meets_by_sets(start, end, sites),
            "how many bases": shared,
            "how many sites": lambda start, end, sites: sum(
                shared(start, end, [site]) > 0 for site in sites
            ),
            "very same interval": lambda start, end, sites: (start, end) in sites,
            "of the answers": lambda start, end, sites: start % 3 == 0,
        },
    ),
    "match_gc": (
        [
            greedy,
            greedy_by_arrays,
            lambda wanted, offered: tuple(greedy(wanted, offered)),
        ],
        {
            "more than once": with_returns,
            "which places they belong to": lambda wanted, offered: [
                offered[place] for place in greedy(wanted, offered)
            ],
            "the gaps": lambda wanted, offered: [
                abs(offered[place] - share)
                for place, share in zip(greedy(wanted, offered), wanted, strict=True)
            ],
            "move by one": removes,
            "first places": lambda wanted, offered: list(range(len(wanted))),
            "fit worst": lambda wanted, offered: [
                int(np.abs(np.array(offered) - share).argmax()) for share in wanted
            ],
            "forget the sign": lambda wanted, offered: [
                int((np.array(offered) - share).argmin()) for share in wanted
            ],
            "order in which they come": by_gc,
            "Go through the sites": lambda wanted, offered: with_returns(offered, wanted),
            "Mark what is taken": lambda wanted, offered: np.array(offered).remove(wanted),
            "smallest absolute": lambda wanted, offered: [9 for _ in wanted],
        },
    ),
    "card_facts": (
        [
            facts(),
            facts("human (four cell lines)", "hg38", "MIT licence", "Meuleman 2020, DaSilva 2024"),
            facts(citation="https://doi.org/10.1038/s41586-020-2559-3", assembly="GRCh38.p14"),
        ],
        {
            "a dictionary with an entry": {"organism": "human"},
            "as text": facts(organism=9606),
            "no organism. Whose cells": facts(organism="K562"),
            "no organism. Whose is it": facts(organism="chr22"),
            "Whose genome": facts(organism="mouse"),
            "the assembly before. The sites": facts(assembly="hg19"),
            "another name of hg19": facts(assembly="GRCh37"),
            "several times": facts(assembly="human genome"),
            "That is the organism": facts(assembly="Homo sapiens"),
            "That is the chromosome": facts(assembly="chr22"),
            "Latest when": facts(assembly="the latest"),
            "do the coordinates count in": facts(assembly="mm10"),
            "on the web": facts(licence="public"),
            "published interval lists": facts(licence="Apache-2.0"),
            "nobody may pass": facts(licence="none"),
            "Free to do what": facts(licence="free"),
            "Under which terms": facts(licence="GPL"),
            "and our sites are not among them": facts(citation="Gresova 2023"),
            "deserve to be named": facts(citation="DaSilva et al. 2024"),
            "hand the sites on": facts(citation="Genbench Lite"),
            "Both works": facts(citation="Watson and Crick 1953"),
        },
    ),
}
