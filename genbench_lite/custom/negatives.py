"""Negatives for positives: random regions of the same genome that are matched to them.

What a negative shares with a positive cannot give the class away. So each is drawn for one
positive: on its chromosome, on its strand, as long, and with as much G and C.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
from tqdm.auto import tqdm

from ..errors import DataError, UnknownNameError
from ..sequence import UNKNOWN
from .free_places import FreePlaces
from .gc_counts import GcCounts
from .regions import Regions, join

MATCHES = ("gc", "length")
# How far the share of G and C may be off: most are found at once, and the last ones with more room.
_TOLERANCE = (0.01,) * 12 + (0.02,) * 4 + (0.03,) * 2 + (0.05,) * 2
_LOOKED_AT = 1 << 20  # windows in a round, over all positives that have no negative yet
_FEWEST, _MOST = 16, 4096  # of them for each


@dataclass(frozen=True)
class Matched:
    """Negatives, and how near they came to what was asked.

    Parameters
    ----------
    regions : Regions
    models : Regions
        For each of them the positive it was drawn for.
    wanted : int
        How many were asked for.
    gc_off : numpy.ndarray
        float64, shape (n,): how far each is off in its share of G and C, 0 to 1.
    no_room : int
        For how many the chromosome has no free place of their length.
    """

    regions: Regions
    models: Regions
    wanted: int
    gc_off: np.ndarray
    no_room: int


def match_regions(
    positives: Regions,
    ratio: float = 1.0,
    match: Collection[str] = MATCHES,
    margin: int = 0,
    avoid: Regions | None = None,
    seed: int = 0,
    progress: bool = True,
) -> Matched:
    """Draw random regions that are like the positives, but are none.

    Each lies on the chromosome and strand of the positive it is drawn for. None shares a base
    with a positive, with a region to avoid or with another negative, and none holds an unknown
    letter.

    Parameters
    ----------
    positives : Regions
    ratio : float
        Negatives for each positive.
    match : collection of {"length", "gc"}
        What they share with their positive. Without ``"length"`` all are as long as the middle
        positive (the median).
    margin : int
        Bases to keep free on either side of each positive, in bp.
    avoid : Regions, optional
        Such as a blacklist.
    seed : int
        The same seed gives the same regions.
    progress : bool
        Show a bar.

    Returns
    -------
    Matched
        As many as were found, which can be fewer than asked for.

    Raises
    ------
    UnknownNameError
        If something unknown is to be matched.
    DataError
        If ``ratio`` or ``margin`` cannot be, or ``match`` is no collection.
    """
    if match is None or isinstance(match, str):
        raise DataError(f'match={match!r} is no collection. Write it as ("gc",), or () for none.')
    for what in match:
        if what not in MATCHES:
            raise UnknownNameError("property to match", what, MATCHES)
    wanted = round(ratio * len(positives)) if 0 < ratio < np.inf else 0
    if wanted < 1 or margin < 0:
        raise DataError(
            f"A ratio of {ratio} and a margin of {margin} bp cannot be. Ask for one negative or "
            "more, such as ratio=1, and a margin of 0 or more."
        )
    rng = np.random.default_rng(seed)
    n = len(positives)
    # more than the genome could hold side by side are not worth a try
    tried = min(wanted, int(positives.genome.lengths.sum() // positives.lengths.min()) + 1)
    drawn = np.concatenate([rng.permutation(n) for _ in range(-(-tried // n))])[:tried]
    wishes = positives.take(np.sort(drawn))
    found, models, off, no_room = [], [], [], wanted - tried
    hidden = None if progress else True  # None: shown where somebody can watch
    with tqdm(total=tried, desc="Negatives", disable=hidden, leave=False) as bar:
        for row in np.unique(wishes.row):
            taken = _taken(positives, int(row), margin, avoid)
            mine = wishes.take(wishes.row == row)
            place, lengths, gc_off, cramped = _fill(mine, taken, match, positives, rng, bar)
            done = place >= 0
            models.append(mine.take(done))
            at = place[done]
            found.append(replace(models[-1], start=at, end=at + lengths[done], names=None))
            off.append(gc_off[done])
            no_room += cramped
    regions = join(found)
    order = np.lexsort((regions.start, regions.row))
    return Matched(
        regions.take(order), join(models).take(order), wanted, np.concatenate(off)[order], no_room
    )


def _fill(
    wishes: Regions,
    taken: tuple[np.ndarray, np.ndarray],
    match: Collection[str],
    positives: Regions,
    rng: np.random.Generator,
    bar: tqdm,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """On one chromosome: starts (-1 if none was found), lengths, how far they are off in G and C.

    And how many have no free place of their length at all.
    """
    genome, row = wishes.genome, int(wishes.row[0])
    size = int(genome.lengths[row])
    codes, _ = genome.read(np.array([row]), np.array([0]), np.array([size]))
    gc = GcCounts(codes)
    starts, ends = (np.concatenate(pair) for pair in zip(taken, _unknown(codes), strict=True))
    target = gc.within(wishes.start, wishes.end) / wishes.lengths
    lengths = wishes.lengths
    if "length" not in match:
        lengths = np.full(len(wishes), round(float(np.median(positives.lengths))))
    place = np.full(len(wishes), -1)
    off = np.full(len(wishes), np.nan)
    cramped = int((FreePlaces.around(size, starts, ends).count(lengths) == 0).sum())
    for tolerance in _TOLERANCE if "gc" in match else (1.0,) * len(_TOLERANCE):
        free = FreePlaces.around(size, starts, ends)
        left = np.flatnonzero((place < 0) & (free.count(lengths) > 0))
        if not len(left):
            break
        tries = 1 if tolerance == 1 else np.clip(_LOOKED_AT // len(left), _FEWEST, _MOST)
        at, gap = _nearest(free, gc, lengths[left], target[left], int(tries), rng)
        good = np.flatnonzero(gap <= tolerance)
        good = good[_apart(at[good], at[good] + lengths[left[good]])]
        place[left[good]], off[left[good]] = at[good], gap[good]
        starts = np.concatenate([starts, at[good]])
        ends = np.concatenate([ends, at[good] + lengths[left[good]]])
        bar.update(len(good))
    return place, lengths, off, cramped


def _nearest(
    free: FreePlaces,
    gc: GcCounts,
    lengths: np.ndarray,
    target: np.ndarray,
    tries: int,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Of so many random places for each, the one nearest in G and C, and how far it is off."""
    lengths = lengths[:, None]
    starts = free.draw(np.repeat(lengths, tries), rng).reshape(-1, tries)
    gap = np.abs(gc.within(starts, starts + lengths) / lengths - target[:, None])
    best = gap.argmin(axis=1)[:, None]
    return np.take_along_axis(starts, best, 1)[:, 0], np.take_along_axis(gap, best, 1)[:, 0]


def _apart(starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Positions of windows that share no base with one that starts before; others try again."""
    order = np.argsort(starts, kind="stable")
    keep = np.ones(len(order), bool)
    keep[1:] = starts[order][1:] >= np.maximum.accumulate(ends[order])[:-1]
    return order[keep]


def _taken(
    positives: Regions, row: int, margin: int, avoid: Regions | None
) -> tuple[np.ndarray, np.ndarray]:
    """Stretches of one chromosome where no negative may lie."""
    here = positives.row == row
    starts, ends = [positives.start[here] - margin], [positives.end[here] + margin]
    if avoid is not None:
        starts.append(avoid.start[avoid.row == row])
        ends.append(avoid.end[avoid.row == row])
    return np.concatenate(starts), np.concatenate(ends)


def _unknown(codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Stretches of unknown letters."""
    unknown = codes == UNKNOWN
    borders = np.flatnonzero(unknown[1:] != unknown[:-1]) + 1
    first = [0] if unknown[0] else []
    last = [len(codes)] if unknown[-1] else []
    borders = np.concatenate([first, borders, last]).astype(np.int64)
    return borders[::2], borders[1::2]
