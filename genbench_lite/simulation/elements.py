"""What to plant: a motif or several, how often, where, and how they stand to each other."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import DataError
from ..motif import Motif

STRANDS = ("+", "-", "either")


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
    strand : str or sequence of str
        ``"+"``, ``"-"`` or ``"either"``, drawn for each motif by itself; or one of them for each
        motif, which keeps the motifs turned to each other as they are given.
    gap : (int, int)
        Fewest and most bp between neighbouring motifs.
    order : str
        ``"fixed"``: as given, from left to right; ``"any"``: drawn for each sequence.
    flip : bool
        Whether half of the copies, drawn at random, lie as the reverse complement of the whole
        element: order and strands both turned.

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

    Two motifs that face each other, 4 bp apart, the pair on either strand:

    >>> pair = Element((jaspar("GATA1"), jaspar("SPI1")), strand="+-", gap=(4, 4), flip=True)
    >>> pair.strands
    ('+', '-')
    """

    motifs: Motif | Sequence[Motif]
    copies: int | tuple[int, int] = 1
    within: tuple[int, int] | None = None
    strand: str | Sequence[str] = "either"
    gap: tuple[int, int] = (0, 30)
    order: str = "fixed"
    flip: bool = False

    def __post_init__(self) -> None:
        if not self.parts or not all(isinstance(part, Motif) for part in self.parts):
            raise DataError("An element has one motif or more, such as jaspar('GATA1').")
        several = isinstance(self.copies, Sequence)
        _check_limits("copies", self.copies if several else (self.copies, self.copies))
        _check_limits("gap", self.gap)
        if self.within is not None:
            _check_limits("within", self.within)
        if len(self.strands) != len(self.parts) or not set(self.strands) <= set(STRANDS):
            raise DataError(
                f"There is no strand {self.strand!r} for {len(self.parts)} motifs. Give '+', '-' "
                "or 'either', or one of them for each motif."
            )
        if self.order not in ("fixed", "any"):
            raise DataError(f"There is no order {self.order!r}. Give 'fixed' or 'any'.")

    @property
    def parts(self) -> tuple[Motif, ...]:
        """The motifs, also if there is one only."""
        return (self.motifs,) if isinstance(self.motifs, Motif) else _listed(self.motifs)

    @property
    def strands(self) -> tuple[str, ...]:
        """The strand of each motif."""
        if isinstance(self.strand, str) and self.strand in STRANDS:
            return (self.strand,) * len(self.parts)
        return tuple(map(str, _listed(self.strand)))

    @property
    def copy_limits(self) -> tuple[int, int]:
        """Fewest and most copies in a sequence."""
        fewest, most = np.broadcast_to(self.copies, 2).tolist()
        return fewest, most

    @property
    def room(self) -> tuple[float, float]:
        """Where it may lie, in bp; infinite on the right if anywhere."""
        return (0, np.inf) if self.within is None else self.within

    @property
    def longest(self) -> int:
        """Most bp that it takes, gaps included."""
        return sum(map(len, self.parts)) + (len(self.parts) - 1) * self.gap[1]


def _listed(values: Any) -> tuple[Any, ...]:
    """As a tuple; an empty one if that cannot be."""
    return tuple(values) if isinstance(values, Sequence) else ()


def _check_limits(what: str, limits: Any) -> None:
    try:
        low, high = map(operator.index, limits)
        possible = 0 <= low <= high
    except (TypeError, ValueError):
        possible = False
    if not possible:
        raise DataError(
            f"An element cannot have {what} {limits}. Give whole numbers: the lower limit, from 0, "
            "and then the upper."
        )
