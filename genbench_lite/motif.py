"""One motif: what a protein likes to bind, as a table of counts.

A :class:`Motif` holds how often each base was seen at each position of the sites a protein
binds. Everything else follows from the counts: probabilities, information in bits, weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from . import sequence
from .errors import DataError

if TYPE_CHECKING:
    from .plots import Picture

SHORTEST = 2  # positions
# the letters that a consensus uses when two or more bases share a position
_IUPAC = dict(
    zip(["A", "C", "G", "T", "AC", "AG", "AT", "CG", "CT", "GT"], "ACGTMRWSYK", strict=True)
)


@dataclass(frozen=True, eq=False, repr=False)
class Motif:
    """How often each base was seen at each position of a protein's binding sites.

    Parameters
    ----------
    name : str
        Name of the protein, or any other.
    counts : array-like
        Shape (length, 4), columns A, C, G, T: how many sites had which base. Fractions are
        allowed; probabilities are not, for they do not tell how many sites were seen.
    id : str
        Its identifier, such as ``MA0035.5``; empty if it has none.
    family, taxon : str
        The protein's structural family, and the group of species it belongs to; empty if
        unknown.
    pseudocount : float
        Sites of no preference added at each position, a quarter to each base, before counts
        become probabilities. 0.8 serves well (Nishida et al. 2009, doi:10.1093/nar/gkn1019).

    Raises
    ------
    DataError
        If the counts have another shape, fewer than two positions, negative or infinite
        values or a position without any count, if they are probabilities, or if the
        pseudocount is negative.

    Examples
    --------
    >>> motif = Motif("toy", [[8, 0, 0, 0], [0, 4, 4, 0]])
    >>> motif.consensus, len(motif)
    ('AS', 2)
    """

    name: str
    counts: np.ndarray
    id: str = ""
    family: str = ""
    taxon: str = ""
    pseudocount: float = 0.8

    def __post_init__(self) -> None:
        try:
            counts = np.array(self.counts, np.float64)  # a copy, so that nobody changes it later
        except (TypeError, ValueError):
            raise DataError(
                f"The counts of {self.name} are no table of numbers. Give one row a position and "
                "four columns: A, C, G, T."
            ) from None
        _check_counts(self.name, counts)
        if not isinstance(self.pseudocount, Real) or not 0 <= self.pseudocount < np.inf:
            raise DataError(
                f"The pseudocount of {self.name} is {self.pseudocount}. Give 0 or more; "
                "0.8 serves well."
            )
        counts.setflags(write=False)
        object.__setattr__(self, "counts", counts)

    @classmethod
    def from_sites(cls, name: str, sites: Sequence[str], **about: Any) -> Motif:
        """Count the bases of aligned sites; unknown letters are not counted.

        Parameters
        ----------
        name : str
            Name of the motif.
        sites : sequence of str
            Sites of the same length and orientation.
        **about
            ``id``, ``family``, ``taxon`` and ``pseudocount``, as :class:`Motif` takes them.

        Raises
        ------
        DataError
            If there is no site, or their lengths differ.

        Examples
        --------
        >>> Motif.from_sites("toy", ["GATA", "GATT"]).counts[3]
        array([1., 0., 0., 1.])
        """
        lengths = {len(site) for site in sites}
        if len(lengths) != 1:
            found = "there are none" if not lengths else f"they have {_spread(lengths)} bp"
            raise DataError(f"Sites must be of one length, and {found}. Align and trim them first.")
        codes = sequence.encode("".join(sites)).reshape(len(sites), -1)
        return cls(name, (codes[..., None] == np.arange(4)).sum(0), **about)

    def __len__(self) -> int:
        return len(self.counts)

    def __repr__(self) -> str:
        about = ", ".join(filter(None, [repr(self.name), self.id, self.taxon]))
        return f"Motif({about}, {len(self)} bp: {self.consensus})"

    @property
    def frequencies(self) -> np.ndarray:
        """float64, shape (length, 4): the counts as shares of their position."""
        return self.counts / self.counts.sum(1, keepdims=True)

    @property
    def probabilities(self) -> np.ndarray:
        """float64, shape (length, 4): shares after the pseudocount was added; rows sum to 1.

        Examples
        --------
        >>> Motif("toy", [[9, 1, 0, 0], [5, 5, 0, 0]], pseudocount=2).probabilities[0]
        array([0.79166667, 0.125     , 0.04166667, 0.04166667])
        """
        padded = self.counts + self.pseudocount / 4
        return padded / padded.sum(1, keepdims=True)

    @property
    def information(self) -> np.ndarray:
        """float64, shape (length,): information at each position, in bits, from 0 to 2.

        Two bits less the entropy of the counts, less the entropy that a small sample is bound
        to miss, 3 / (2 ln 2 n) for n sites; never under 0 (Schneider et al. 1986,
        doi:10.1016/0022-2836(86)90165-8). The pseudocount plays no part: it would correct for
        the same thing again.

        Examples
        --------
        >>> Motif("toy", [[1e6, 0, 0, 0], [5e5, 5e5, 0, 0]]).information.round(2)
        array([2., 1.])
        """
        shares = self.frequencies
        logs = np.log2(shares, out=np.zeros_like(shares), where=shares > 0)
        missed = 3 / (2 * np.log(2) * self.counts.sum(1))
        return np.maximum(2 + (shares * logs).sum(1) - missed, 0)

    @property
    def consensus(self) -> str:
        """The most frequent base of each position; letters of IUPAC where two bases share it.

        A base alone has more than half of the counts and twice those of the second; two
        together have more than three quarters; otherwise N (Cavener 1987,
        doi:10.1093/nar/15.4.1353).
        """
        letters = []
        for shares in self.frequencies:
            order = np.argsort(-shares, kind="stable")
            first, second = shares[order[:2]]
            if first > 0.5 and first > 2 * second:
                letters.append("ACGT"[order[0]])
            elif first + second > 0.75:
                letters.append(_IUPAC["".join("ACGT"[i] for i in sorted(order[:2]))])
            else:
                letters.append("N")
        return "".join(letters)

    def weights(self, background: Sequence[float] | np.ndarray | None = None) -> np.ndarray:
        """Log-odds: how much more likely a base is in a site than anywhere else.

        Parameters
        ----------
        background : array-like, optional
            Shares of A, C, G and T outside of sites; a quarter each if left out.

        Returns
        -------
        numpy.ndarray
            float64, shape (length, 4), in bits. The weights of a site's letters add up to its
            score.

        Raises
        ------
        DataError
            If the background is not four positive shares that sum to 1, or if without a
            pseudocount a weight would be minus infinity.

        Examples
        --------
        >>> Motif("toy", [[4, 0, 0, 0], [1, 1, 1, 1]], pseudocount=4).weights()[0]
        array([ 1.32192809, -1.        , -1.        , -1.        ])
        """
        shares = self.probabilities
        if not shares.all():
            raise DataError(
                f"{self.name} has a count of 0 and no pseudocount, so a weight would be minus "
                "infinity. Give it a pseudocount, for example 0.8."
            )
        return np.log2(shares / check_background(background))

    def reverse_complement(self) -> Motif:
        """The same motif, read on the other strand.

        Examples
        --------
        >>> Motif.from_sites("toy", ["GATA"]).reverse_complement().consensus
        'TATC'
        """
        return replace(self, counts=self.counts[::-1, ::-1])

    def logo(self) -> Picture:
        """Its sequence logo: a stack a position, as high as its information in bits."""
        from .figures.logos import motif_logo

        return motif_logo(self)


def check_background(background: Sequence[float] | np.ndarray | None) -> np.ndarray:
    """Four positive shares that sum to 1; a quarter each for None.

    Raises
    ------
    DataError
        If they are not.

    Examples
    --------
    >>> check_background(None)
    array([0.25, 0.25, 0.25, 0.25])
    """
    if background is None:
        return np.full(4, 0.25)
    try:
        shares = np.asarray(background, np.float64)
    except (TypeError, ValueError):
        shares = np.zeros(0)
    if shares.shape != (4,) or not (shares > 0).all() or not np.isclose(shares.sum(), 1):
        raise DataError(
            f"A background of {background} cannot be used. Give four positive shares, "
            "A, C, G and T, that sum to 1."
        )
    return shares / shares.sum()


def _spread(lengths: set[int]) -> str:
    return f"{min(lengths)} to {max(lengths)}"


def _check_counts(name: str, counts: np.ndarray) -> None:
    if counts.ndim != 2 or counts.shape[1] != 4:
        raise DataError(
            f"The counts of {name} have shape {counts.shape}. Give one row a position and four "
            "columns: A, C, G, T."
        )
    if len(counts) < SHORTEST:
        raise DataError(
            f"{name} has {len(counts)} positions. A motif needs at least {SHORTEST}: check that "
            "rows are positions and columns are bases."
        )
    if not np.isfinite(counts).all() or (counts < 0).any():
        position, base = np.argwhere(~(np.isfinite(counts) & (counts >= 0)))[0]
        raise DataError(
            f"{name} has a count of {counts[position, base]} for {'ACGT'[base]} at position "
            f"{position}. Counts are numbers from 0; weights in bits are not counts."
        )
    totals = counts.sum(1)
    if not totals.all():
        raise DataError(
            f"{name} has no count at position {totals.argmin()}. Cut that position off, or give "
            "every base there the same count."
        )
    # probabilities written with two or three decimals do not sum to 1 exactly
    if np.allclose(totals, 1, rtol=0, atol=0.02) and (counts % 1).any():
        raise DataError(
            f"The counts of {name} sum to 1 at every position, as probabilities do. Multiply them "
            "by the number of sites they come from."
        )
