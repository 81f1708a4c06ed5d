"""Motifs into sequences: how they are planted, and where they went."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .. import sequence
from ..errors import DataError
from ..motif import Motif
from .backgrounds import check_codes, stream
from .elements import Element

_SITE = np.dtype([("row", "i8"), ("motif", "i8"), ("start", "i8"), ("end", "i8"), ("strand", "U1")])
_FORWARD = {"+": 1.0, "-": 0.0, "either": 0.5}  # the chance that a site lies on the + strand


@dataclass(frozen=True, eq=False, repr=False)
class Truth:
    """Where motifs were planted.

    Parameters
    ----------
    sites : pandas.DataFrame
        One row a planted motif: row of its sequence, name of the motif, start and end
        (0-based, half-open, in bp) and strand.
    motifs : tuple of str
        Names of the motifs; where two different matrices share a name, with their identifiers,
        and where they share those too, with a number.
    shape : (int, int)
        Number of sequences, and their length in bp.
    """

    sites: pd.DataFrame
    motifs: tuple[str, ...]
    shape: tuple[int, int]

    def __repr__(self) -> str:
        rows, length = self.shape
        return (
            f"Truth({len(self.sites):,} sites of {', '.join(self.motifs)} "
            f"in {rows:,} sequences of {length} bp)"
        )

    @functools.cached_property
    def masks(self) -> dict[str, np.ndarray]:
        """Motif to bool, shape (n, length): True for every base of its planted sites."""
        return {name: self._mask(self.sites[self.sites["motif"] == name]) for name in self.motifs}

    @functools.cached_property
    def mask(self) -> np.ndarray:
        """bool, shape (n, length): True for every base of a planted site of any motif."""
        return self._mask(self.sites)

    def _mask(self, sites: pd.DataFrame) -> np.ndarray:
        rows, length = self.shape
        edges = np.zeros((rows, length + 1), np.int8)  # sites never overlap: one starts at most
        np.add.at(edges, (sites["row"].to_numpy(), sites["start"].to_numpy()), 1)
        np.add.at(edges, (sites["row"].to_numpy(), sites["end"].to_numpy()), -1)
        return edges.cumsum(1)[:, :-1] > 0


def plant(
    background: np.ndarray,
    elements: Element | Sequence[Element],
    seed: int | np.random.Generator = 0,
) -> tuple[np.ndarray, Truth]:
    """Replace letters of a background by motifs; no two planted motifs overlap.

    Each site's letters are drawn from the motif's probabilities, and each element's place from
    those still free, all equally likely. Unknown letters, and so padding, are not free. Nothing
    else is planted between the motifs of one element.

    Parameters
    ----------
    background : numpy.ndarray
        uint8 codes, shape (n, length); it stays as it is.
    elements : Element or sequence of Element
        What to plant, in that order: give what needs most room first.
    seed : int or numpy.random.Generator
        The same seed plants the same.

    Returns
    -------
    codes : numpy.ndarray
        uint8, shape (n, length).
    truth : Truth
        Where the motifs are.

    Raises
    ------
    DataError
        If the background is not a rectangle of codes, what to plant is no element, the seed no
        whole number, or an element finds no room.

    Examples
    --------
    >>> from genbench_lite.motifs import jaspar
    >>> codes, truth = plant(np.zeros((3, 50), np.uint8), Element(jaspar("SPI1"), strand="+"))
    >>> truth.masks["Spi1"].sum(1)
    array([13, 13, 13])
    """
    codes = check_codes(background, "A background")
    elements = (elements,) if isinstance(elements, Element) else tuple(elements)
    if not all(isinstance(element, Element) for element in elements):
        raise DataError("What to plant is an Element or several, such as Element(jaspar('SPI1')).")
    rng = stream(seed, "plant")
    taken = codes >= sequence.UNKNOWN
    sites = [np.zeros(0, _SITE)]
    first = 0  # the number of the element's first motif among all
    for element in elements:
        low, high = element.copy_limits
        copies = rng.integers(low, high, len(codes), endpoint=True)
        for number in range(high):
            rows = np.flatnonzero(copies > number)
            for placed in _plant_one(codes, taken, element, rows, rng):
                placed["motif"] += first
                sites.append(placed)
        first += len(element.parts)
    labels = _labels([motif for element in elements for motif in element.parts])
    table = pd.DataFrame(np.sort(np.concatenate(sites), order=["row", "start"]))
    table["motif"] = np.array(labels, object)[table["motif"]]
    names = tuple(dict.fromkeys(labels))
    return codes, Truth(table, names, (codes.shape[0], codes.shape[1]))


def _labels(motifs: Sequence[Motif]) -> list[str]:
    """A name for each motif: equal matrices have the same, others never."""
    keys = [(one.name, one.id, one.pseudocount, one.counts.tobytes()) for one in motifs]
    kinds = list(dict.fromkeys(keys))
    names = [name for name, *_ in kinds]
    labels: dict[object, str] = {}
    for key in kinds:
        name, identifier, *_ = key
        wanted = f"{name} {identifier}".strip() if names.count(name) > 1 else name
        label = wanted
        for number in itertools.count(2):
            if label not in labels.values():
                break
            label = f"{wanted} ({number})"
        labels[key] = label
    return [labels[key] for key in keys]


def _plant_one(
    codes: np.ndarray,
    taken: np.ndarray,
    element: Element,
    rows: np.ndarray,
    rng: np.random.Generator,
) -> Iterator[np.ndarray]:
    """One copy of an element into each of some rows; yields the sites, a motif at a time.

    Motifs are numbered as in the element.
    """
    parts = element.parts
    order = np.tile(np.arange(len(parts)), (len(rows), 1))
    if element.order == "any":
        order = rng.permuted(order, axis=1)
    flipped = rng.random(len(rows)) < 0.5 * element.flip
    order[flipped] = order[flipped, ::-1]
    lengths = np.array([len(motif) for motif in parts])[order]
    gaps = rng.integers(*element.gap, lengths.shape, endpoint=True)
    gaps[:, :1] = 0  # no gap before the first
    ends = np.cumsum(lengths + gaps, axis=1)
    first = _choose_places(taken[rows], ends[:, -1], element, rng)
    starts = first[:, None] + ends - lengths
    for number, motif in enumerate(parts):
        begin = starts[order == number]  # one a row: in the order of the rows
        forward = rng.random(len(rows)) < _FORWARD[element.strands[number]]
        forward ^= flipped
        columns = begin[:, None] + np.arange(len(motif))
        codes[rows[:, None], columns] = np.where(
            forward[:, None],
            sample_sites(motif, len(rows), rng),
            sample_sites(motif.reverse_complement(), len(rows), rng),
        )
        placed = np.zeros(len(rows), _SITE)
        placed["row"], placed["motif"] = rows, number
        placed["start"], placed["end"] = begin, begin + len(motif)
        placed["strand"] = np.where(forward, "+", "-")
        yield placed
    span = np.arange(taken.shape[1]) - first[:, None]
    taken[rows] |= (span >= 0) & (span < ends[:, -1:])


def _choose_places(
    taken: np.ndarray, widths: np.ndarray, element: Element, rng: np.random.Generator
) -> np.ndarray:
    """A start for each row, from those where ``widths`` bp are free, all equally likely."""
    n, length = taken.shape
    used = np.zeros((n, length + 1), np.int64)
    np.cumsum(taken, axis=1, out=used[:, 1:])
    starts = np.arange(length)
    ends = starts + widths[:, None]
    low, high = element.room
    free = (starts >= low) & (ends <= min(high, length))
    free &= np.take_along_axis(used, np.minimum(ends, length), 1) == used[:, :-1]
    if not free.any(1).all():
        row = int(free.any(1).argmin())
        where = "" if element.within is None else f" between {low} and {high}"
        raise DataError(
            f"{', '.join(motif.name for motif in element.parts)} needs {widths[row]} free bp"
            f"{where}, and a sequence of {length} bp has no such place of known "
            "letters left. Plant less, give it more room, or take longer sequences."
        )
    return np.where(free, rng.random((n, length)), -1).argmax(1)


def sample_sites(motif: Motif, n: int, rng: np.random.Generator) -> np.ndarray:
    """Draw binding sites from a motif's probabilities, each position by itself.

    Parameters
    ----------
    motif : Motif
    n : int
        How many.
    rng : numpy.random.Generator

    Returns
    -------
    numpy.ndarray
        uint8 codes, shape (n, length of the motif).

    Examples
    --------
    >>> toy = Motif.from_sites("toy", ["GATA"], pseudocount=0)
    >>> sample_sites(toy, 1, np.random.default_rng(0))
    array([[2, 0, 3, 0]], dtype=uint8)
    """
    thresholds = np.cumsum(motif.probabilities, axis=1)[:, :3]  # the fourth would be 1, rounded
    return (rng.random((n, len(motif), 1)) >= thresholds).sum(2, dtype=np.uint8)
