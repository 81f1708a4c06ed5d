"""Groups that must stay whole onto the sides of a split, so that every side gets its share.

What each side should get is counted in strata, such as the classes. There are two ways, for two
sorts of groups. Large ones, such as chromosomes, are few and are tried in many ways. Of many
small ones, those that look alike are dealt out together, the largest first, so that the last,
single rows, fill what is still missing.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

_FEW = 64  # groups: so many can be tried out
_LARGE = 0.005  # share of the rows from which on a group is tried out, among many small ones
_TRIALS = 24
_ABSENT = 100.0


def spread(n: int, shares: np.ndarray) -> np.ndarray:
    """Deal ``n`` places to sides, as evenly as can be all along.

    Parameters
    ----------
    n : int
        Places.
    shares : numpy.ndarray
        float, shape (sides,), summing to 1.

    Returns
    -------
    numpy.ndarray
        uint8, shape (n,): a side for each place.

    Examples
    --------
    >>> spread(10, np.array([0.7, 0.1, 0.2])).tolist()
    [0, 0, 2, 0, 0, 1, 0, 2, 0, 0]
    """
    cuts = np.round(np.cumsum(np.concatenate([[0], shares])) * n)
    sizes = np.diff(cuts).astype(np.int64)
    turns = [(np.arange(size) + 0.5) / max(size, 1) for size in sizes]
    order = np.argsort(np.concatenate(turns), kind="stable")
    return np.repeat(np.arange(len(sizes)), sizes)[order].astype(np.uint8)


def assign_groups(
    groups: np.ndarray, strata: np.ndarray, wish: np.ndarray, seed: int = 0
) -> np.ndarray:
    """Give every group to one side, so that all strata come near the wished number of rows.

    Parameters
    ----------
    groups : numpy.ndarray
        int, shape (n,): rows with the same number stay together.
    strata : numpy.ndarray
        int, shape (n,): what is to be balanced, such as the class.
    wish : numpy.ndarray
        float, shape (sides, strata): how many rows of each stratum a side should get.
    seed : int
        The same seed gives the same sides.

    Returns
    -------
    numpy.ndarray
        uint8, shape (n,): the side of each row.

    Examples
    --------
    >>> wish = np.array([[4.0], [2.0]])
    >>> assign_groups(np.array([0, 0, 1, 1, 2, 2]), np.zeros(6, int), wish, seed=1).tolist()
    [0, 0, 1, 1, 0, 0]
    """
    _, groups = np.unique(groups, return_inverse=True)
    rng = np.random.default_rng(seed)
    sizes = np.bincount(groups)
    large = np.ones(len(sizes), bool)
    if len(sizes) > _FEW:
        large = sizes > max(np.sort(sizes)[-_FEW - 1], _LARGE * len(groups))
    side = np.zeros(len(sizes), np.int64)
    missing = wish.astype(float)
    if large.any():
        counts = _count(groups, strata, large, wish.shape[1])
        side[large] = _try_out(counts, wish * (counts.sum(axis=0) / wish.sum(axis=0)), rng)
        np.subtract.at(missing, side[large], counts)
    if not large.all():
        rest = ~large[groups]
        _, left = np.unique(groups[rest], return_inverse=True)
        side[~large] = _deal(left, strata[rest], missing, 1 / (wish + 1) ** 2, rng)
    return side[groups].astype(np.uint8)


def stratify(
    labels: np.ndarray, lengths: np.ndarray, shares: np.ndarray, exact: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Strata of class and length, and how many rows of each a side should get.

    Parameters
    ----------
    labels, lengths : numpy.ndarray
        int64, shape (n,).
    shares : numpy.ndarray
        float, shape (sides,), summing to 1.
    exact : bool
        Each length is a stratum, and the wish is in whole rows, the same for all classes; they
        must have the same lengths, as :func:`matched` leaves them. Else the quarters of the
        lengths are.

    Returns
    -------
    strata : numpy.ndarray
        int64, shape (n,).
    wish : numpy.ndarray
        float64, shape (sides, strata).
    """
    _, labels = np.unique(labels, return_inverse=True)
    if exact:
        kinds, bins = np.unique(lengths, return_inverse=True)
        one = np.sort(bins[labels == 0])
        wish = np.zeros((len(shares), len(kinds)))
        np.add.at(wish, (spread(len(one), shares), one), 1)
        return labels * len(kinds) + bins, np.tile(wish, int(labels.max()) + 1)
    quarters = np.unique(np.quantile(lengths, [0.25, 0.5, 0.75]))
    bins = np.searchsorted(quarters, lengths)
    _, strata = np.unique(labels * 4 + bins, return_inverse=True)
    return strata, shares[:, None] * np.bincount(strata)


def matched(labels: np.ndarray, places: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Leave rows out until every class has as many in each place, such as of each length.

    Returns
    -------
    numpy.ndarray
        bool, shape (n,): the rows that stay, in each place drawn at random.

    Examples
    --------
    >>> matched(np.array([0, 0, 1, 1]), np.array([5, 5, 5, 6]), np.random.default_rng(1)).tolist()
    [True, False, True, False]
    """
    _, labels = np.unique(labels, return_inverse=True)
    _, places = np.unique(places, return_inverse=True)
    counts = np.zeros((int(places.max(initial=-1)) + 1, int(labels.max(initial=0)) + 1), np.int64)
    np.add.at(counts, (places, labels), 1)
    order = np.lexsort((rng.random(len(labels)), labels, places))
    begins = (np.cumsum(counts.ravel()) - counts.ravel()).reshape(counts.shape)
    rank = np.empty(len(labels), np.int64)
    rank[order] = np.arange(len(labels)) - begins[places[order], labels[order]]
    return rank < counts.min(axis=1)[places]


def _count(groups: np.ndarray, strata: np.ndarray, large: np.ndarray, n: int) -> np.ndarray:
    """Rows of each stratum in each of the large groups: float64, shape (large groups, n)."""
    place = np.cumsum(large) - 1
    counts = np.zeros((int(large.sum()), n))
    inside = large[groups]
    np.add.at(counts, (place[groups[inside]], strata[inside]), 1)
    return counts


def _off(have: np.ndarray, wish: np.ndarray) -> np.ndarray:
    """How far from the wish, in shares of it, squared; the last two axes are (sides, strata)."""
    absent = (have == 0) & (wish > 0)  # costs more than any excess elsewhere
    return (((have - wish) / (wish + 1)) ** 2 + _ABSENT * absent).sum(axis=(-2, -1))


def _try_out(counts: np.ndarray, wish: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The best of several random starts, each made better as long as one step helps."""
    share = wish.sum(axis=1) / wish.sum()
    best, best_off = np.zeros(len(counts), np.int64), np.inf
    for _ in range(_TRIALS):
        side = rng.choice(len(share), len(counts), p=share)
        off = _improve(side, counts, wish)
        if off < best_off - 1e-9:
            best, best_off = side, off
    return best


def _improve(side: np.ndarray, counts: np.ndarray, wish: np.ndarray) -> float:
    """Move one group, or swap two, whichever helps most, until nothing does; changes ``side``."""
    n, sides = len(counts), len(wish)
    i, j = np.triu_indices(n, 1)
    moves = np.repeat(np.arange(n), sides), np.tile(np.arange(sides), n)
    while True:
        have = np.zeros_like(wish)
        np.add.at(have, side, counts)
        now = _off(have, wish)
        moved = _after(have, counts[moves[0]], side[moves[0]], moves[1], wish)
        swapped = _after(have, counts[i] - counts[j], side[i], side[j], wish)
        if min(moved.min(), swapped.min(initial=np.inf)) >= now - 1e-9:
            return float(now)
        if moved.min() <= swapped.min(initial=np.inf):
            side[moves[0][moved.argmin()]] = moves[1][moved.argmin()]
        else:
            a, b = i[swapped.argmin()], j[swapped.argmin()]
            side[a], side[b] = side[b], side[a]


def _after(
    have: np.ndarray, load: np.ndarray, source: np.ndarray, target: np.ndarray, wish: np.ndarray
) -> np.ndarray:
    """How far from the wish all is when each ``load`` alone has gone from source to target."""
    state = np.repeat(have[None], len(load), axis=0)
    every = np.arange(len(load))
    state[every, source] -= load
    state[every, target] += load
    return _off(state, wish)


def _deal(
    groups: np.ndarray,
    strata: np.ndarray,
    missing: np.ndarray,
    weight: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """Deal groups of the same composition together, the largest first; changes ``missing``."""
    side = np.zeros(int(groups.max()) + 1, np.int64)
    for members, composition in _alike(groups, strata):
        held, count = np.unique(composition, return_counts=True)
        here, w = missing[:, held], weight[:, held]
        share = (np.maximum(here, 0) * count).sum(axis=1)
        copies = (share * len(members) / share.sum()).astype(np.int64)  # sides lack at least that
        here -= copies[:, None] * count
        for _ in range(len(members) - int(copies.sum())):
            to = int((count * (count - 2 * here) * w).sum(axis=1).argmin())
            here[to] -= count
            copies[to] += 1
        missing[:, held] = here
        side[rng.permutation(members)] = np.repeat(np.arange(len(copies)), copies)
    return side


def _alike(groups: np.ndarray, strata: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Groups that hold the same numbers of rows of the same strata, the largest first."""
    sizes = np.bincount(groups)
    rows = strata[np.lexsort((strata, groups))]
    begins = np.cumsum(sizes) - sizes
    for size in np.unique(sizes)[::-1]:
        members = np.flatnonzero(sizes == size)
        content = rows[begins[members][:, None] + np.arange(size)]
        kinds, which = np.unique(content, axis=0, return_inverse=True)
        order = np.argsort(which.ravel(), kind="stable")
        cuts = np.cumsum(np.bincount(which.ravel()))[:-1]
        yield from zip(np.split(members[order], cuts), kinds, strict=True)
