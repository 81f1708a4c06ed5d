"""Motifs into sequences: what to plant, how it is planted, and where it went."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .errors import DataError
from .motif import Motif

_SITE = np.dtype(
    [("row", "i8"), ("motif", "U64"), ("start", "i8"), ("end", "i8"), ("strand", "U1")]
)
_FORWARD = {"+": 1.0, "-": 0.0, "either": 0.5}  # the chance that a site lies on the + strand


@dataclass(frozen=True)
class Element:
    """What to plant: a motif, or several that keep together.

    Parameters
    ----------
    motifs : Motif or sequence of Motif
        One motif, or those that stand next to each other.
    copies : int or (int, int)
        How often in each sequence; or the fewest and the most, all numbers equally likely.
    within : (int, int), optional
        Where the whole element must lie, in bp: 0-based, half-open. Anywhere if left out.
    strand : str
        ``"+"``, ``"-"`` or ``"either"``, for each motif by itself.
    gap : (int, int)
        Fewest and most bp between neighbouring motifs.
    order : str
        ``"fixed"``: as given, from left to right; ``"any"``: drawn for each sequence.

    Raises
    ------
    DataError
        If a value makes no sense.

    Examples
    --------
    "HNF4A within 30 bp of SPI1, whichever comes first", nine and 13 bp long:

    >>> from genbench_lite.motifs import jaspar
    >>> Element((jaspar("HNF4A"), jaspar("SPI1")), gap=(0, 30), order="any").longest
    52
    """

    motifs: Motif | Sequence[Motif]
    copies: int | tuple[int, int] = 1
    within: tuple[int, int] | None = None
    strand: str = "either"
    gap: tuple[int, int] = (0, 30)
    order: str = "fixed"

    def __post_init__(self) -> None:
        if not self.parts or not all(isinstance(part, Motif) for part in self.parts):
            raise DataError("An element has one motif or more, such as jaspar('GATA1').")
        for what, limits in (
            ("copies", self.copy_limits),
            ("gap", self.gap),
            ("within", self.room),
        ):
            if len(limits) != 2 or not 0 <= limits[0] <= limits[1]:
                raise DataError(
                    f"An element cannot have {what} {limits}. Give the lower limit, from 0, and "
                    "then the upper."
                )
        if self.strand not in _FORWARD:
            raise DataError(f"There is no strand {self.strand!r}. Give '+', '-' or 'either'.")
        if self.order not in ("fixed", "any"):
            raise DataError(f"There is no order {self.order!r}. Give 'fixed' or 'any'.")

    @property
    def parts(self) -> tuple[Motif, ...]:
        """The motifs, also if there is one only."""
        return (self.motifs,) if isinstance(self.motifs, Motif) else tuple(self.motifs)

    @property
    def copy_limits(self) -> tuple[int, int]:
        """Fewest and most copies in a sequence."""
        return self.copies if isinstance(self.copies, tuple) else (self.copies, self.copies)

    @property
    def room(self) -> tuple[float, float]:
        """Where it may lie, in bp; infinite on the right if anywhere."""
        return (0, np.inf) if self.within is None else self.within

    @property
    def longest(self) -> int:
        """Most bp that it takes, gaps included."""
        return sum(map(len, self.parts)) + (len(self.parts) - 1) * self.gap[1]


@dataclass(frozen=True, eq=False, repr=False)
class Truth:
    """Where motifs were planted.

    Parameters
    ----------
    sites : pandas.DataFrame
        One row a planted motif: row of its sequence, name of the motif, start and end
        (0-based, half-open, in bp) and strand.
    motifs : tuple of str
        Names of the motifs.
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
    those still free, all equally likely. Nothing else is planted between the motifs of one
    element.

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
        If the background is not a rectangle of codes, or an element finds no room.

    Examples
    --------
    >>> from genbench_lite.motifs import jaspar
    >>> codes, truth = plant(np.zeros((3, 50), np.uint8), Element(jaspar("SPI1"), strand="+"))
    >>> truth.masks["Spi1"].sum(1)
    array([13, 13, 13])
    """
    codes = np.array(background)
    if codes.ndim != 2 or codes.dtype != np.uint8 or not codes.size:
        raise DataError(
            "A background is a rectangle of uint8 codes, one row a sequence. Make one with "
            "random_sequences, or take padded() of a sequence set."
        )
    elements = (elements,) if isinstance(elements, Element) else tuple(elements)
    rng = np.random.default_rng(seed)
    taken = np.zeros(codes.shape, bool)
    sites = [np.zeros(0, _SITE)]
    for element in elements:
        low, high = element.copy_limits
        copies = rng.integers(low, high, len(codes), endpoint=True)
        for number in range(high):
            sites += _plant_one(codes, taken, element, np.flatnonzero(copies > number), rng)
    table = np.sort(np.concatenate(sites), order=["row", "start"])
    names = tuple(dict.fromkeys(motif.name for element in elements for motif in element.parts))
    return codes, Truth(pd.DataFrame(table), names, (codes.shape[0], codes.shape[1]))


def _plant_one(
    codes: np.ndarray,
    taken: np.ndarray,
    element: Element,
    rows: np.ndarray,
    rng: np.random.Generator,
) -> Iterator[np.ndarray]:
    """One copy of an element into each of some rows; yields the sites, a motif at a time."""
    parts = element.parts
    order = np.tile(np.arange(len(parts)), (len(rows), 1))
    if element.order == "any":
        order = rng.permuted(order, axis=1)
    lengths = np.array([len(motif) for motif in parts])[order]
    gaps = rng.integers(*element.gap, lengths.shape, endpoint=True)
    gaps[:, :1] = 0  # no gap before the first
    ends = np.cumsum(lengths + gaps, axis=1)
    first = _choose_places(taken[rows], ends[:, -1], element, rng)
    starts = first[:, None] + ends - lengths
    for number, motif in enumerate(parts):
        begin = starts[order == number]  # one a row: in the order of the rows
        forward = rng.random(len(rows)) < _FORWARD[element.strand]
        columns = begin[:, None] + np.arange(len(motif))
        codes[rows[:, None], columns] = np.where(
            forward[:, None],
            sample_sites(motif, len(rows), rng),
            sample_sites(motif.reverse_complement(), len(rows), rng),
        )
        placed = np.zeros(len(rows), _SITE)
        placed["row"], placed["motif"] = rows, motif.name
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
            f"{where}, and a sequence of {length} bp has no such place left. Plant less, give it "
            "more room, or take longer sequences."
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
