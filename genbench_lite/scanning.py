"""Where motifs occur: scores on both strands, with exact p-values.

A window's score is the sum of the weights of its letters. A motif slides along a sequence as a
filter of a convolution does, so torch's convolution computes it, for all motifs at once.
Weights are rounded to a grid of 1/100 bit; then a score is a whole number of grid steps, the
convolution adds without rounding, and the distribution of scores can be computed exactly.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from numbers import Real

import numpy as np
import pandas as pd
import torch

from . import sequence
from .composition import Sequences, packed
from .errors import DataError
from .motif import Motif, check_background
from .sequence_set import SequenceSet

STEP = 0.01  # bits
_FORBIDDEN = -1e6  # weight of an unknown letter: no known one can make up for it
_BLOCK = 1 << 24  # scores at a time, 64 MB of float32


def scan(
    sequences: Sequences,
    motifs: Motif | Sequence[Motif],
    p: float = 1e-4,
    background: Sequence[float] | np.ndarray | None = None,
) -> pd.DataFrame:
    """Find the occurrences of motifs on both strands.

    The p-value is the chance that a window of random letters scores as high or higher, as in
    FIMO (Grant et al. 2011, doi:10.1093/bioinformatics/btr064). It is a window's own: among a
    million windows, a hundred reach 1e-4 by chance.

    Parameters
    ----------
    sequences : SequenceSet, sequence of str, or numpy.ndarray
        What to scan; an array holds uint8 codes, shape (n, length). A window with an unknown
        letter is no hit.
    motifs : Motif or sequence of Motif
        What to look for.
    p : float
        Highest p-value of a hit, over 0 and up to 1.
    background : array-like, optional
        Shares of A, C, G and T in random letters; a quarter each if left out. As both strands
        are scanned, A and T are set to their mean, C and G too.

    Returns
    -------
    pandas.DataFrame
        One row a hit, by sequence, start and motif: ``sequence`` (row, from 0), ``id`` (of the
        sequence), ``motif`` (name), ``matrix`` (id of the motif, for names repeat), ``start``
        and ``end`` (0-based, half-open, on the + strand, in bp), ``strand``, ``score`` (bits)
        and ``p``. Without rows if nothing is found: so it is for sequences shorter than a
        motif. A motif that is its own reverse complement matches both strands at once: each of
        its places gives two rows.

    Raises
    ------
    DataError
        If there is nothing to scan or to look for, ``p`` is out of range, or the background is
        not four positive shares that sum to 1.

    Warns
    -----
    UserWarning
        If a motif is so short or weak that not even its best match reaches ``p``.

    Examples
    --------
    >>> motif = Motif.from_sites("toy", ["GATAAG"] * 20)
    >>> scan(["CCCCTTATCCC"], motif, p=0.001)[["start", "end", "strand"]].values.tolist()
    [[3, 9, '-']]
    """
    check_p(p)
    motifs = _several(motifs)
    letters = _letters(sequences)
    shares = _both_strands(background)
    tails = [_Tail(motif, shares) for motif in motifs]
    _warn_of_the_unreachable(motifs, tails, p)
    rows, numbers, starts, minus, steps = _hits(letters, motifs, shares, tails, p)
    p_values = np.empty(len(rows))
    for number, tail in enumerate(tails):
        mine = numbers == number
        p_values[mine] = tail.p_values(steps[mine])
    lengths = np.array([len(motif) for motif in motifs])
    ids = sequences.ids[rows] if isinstance(sequences, SequenceSet) else rows.astype("U")
    return pd.DataFrame(
        {
            "sequence": rows,
            "id": ids,
            "motif": np.array([motif.name for motif in motifs], object)[numbers],
            "matrix": np.array([motif.id for motif in motifs], object)[numbers],
            "start": starts,
            "end": starts + lengths[numbers],
            "strand": np.where(minus, "-", "+"),
            "score": steps * STEP,
            "p": p_values,
        }
    )


def best_scores(
    sequences: Sequences,
    motifs: Motif | Sequence[Motif],
    background: Sequence[float] | np.ndarray | None = None,
) -> np.ndarray:
    """How well each sequence matches each motif at its best place, on either strand.

    Parameters
    ----------
    sequences, motifs, background
        As :func:`scan` takes them.

    Returns
    -------
    numpy.ndarray
        float64, shape (n, motifs), in bits; NaN where no window of known letters is as long as
        the motif.

    Raises
    ------
    DataError
        If there is nothing to scan or to look for, or the background is not four positive
        shares that sum to 1.

    Examples
    --------
    >>> motif = Motif.from_sites("toy", ["GATAAG"] * 20)
    >>> best_scores(["CCCCTTATCCC", "CCNCC"], motif).round(1)
    array([[11.8],
           [ nan]])
    """
    motifs = _several(motifs)
    letters = _letters(sequences)
    steps = np.empty((len(letters[1]) - 1, len(motifs)))
    for rows, scores in _scores(*letters, motifs, _both_strands(background)):
        steps[rows] = scores.amax(2).reshape(len(rows), 2, len(motifs)).amax(1).numpy()
    return np.where(steps < _FORBIDDEN / 2, np.nan, steps * STEP)


def score_distribution(
    motif: Motif, background: Sequence[float] | np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """How likely random letters are to score as high as this, or higher.

    Parameters
    ----------
    motif : Motif
    background : array-like, optional
        Shares of A, C, G and T in random letters; a quarter each if left out. As :func:`scan`
        does, A and T are set to their mean, C and G too.

    Returns
    -------
    scores : numpy.ndarray
        float64, shape (m,): every score on the grid from the lowest to the highest, in bits.
    p : numpy.ndarray
        float64, shape (m,): the chance of that score or a higher one.

    Raises
    ------
    DataError
        If the background is not four positive shares that sum to 1.

    Examples
    --------
    Only one of 4 x 4 words scores best:

    >>> scores, p = score_distribution(Motif.from_sites("toy", ["GA"] * 9))
    >>> float(p[-1]) * 16
    1.0
    """
    tail = _Tail(motif, _both_strands(background))
    return (tail.lowest + np.arange(len(tail.chances))) * STEP, tail.chances


def check_p(p: float) -> None:
    """Refuse what is no p-value.

    Raises
    ------
    DataError
        If p is no number over 0 and up to 1.

    Examples
    --------
    >>> check_p(1e-4)
    """
    if not isinstance(p, Real) or not 0 < p <= 1:
        raise DataError(f"A p-value of {p!r} cannot be used. Give one over 0 and up to 1: 1e-4.")


class _Tail:
    """The chance of each score, or a higher one, in grid steps from the lowest."""

    def __init__(self, motif: Motif, background: np.ndarray):
        steps = grid_weights(motif, background)
        lows = steps.min(1)
        self.lowest = int(lows.sum())
        density = np.ones(1)
        # add one position at a time: the distribution of a sum is that of its parts, shifted
        # by each base's weight and weighted by its share
        for shifts in steps - lows[:, None]:
            wider = np.zeros(len(density) + shifts.max())
            for shift, share in zip(shifts, background, strict=True):
                wider[shift : shift + len(density)] += share * density
            density = wider
        self.chances = np.minimum(np.cumsum(density[::-1])[::-1], 1)

    def p_values(self, steps: np.ndarray) -> np.ndarray:
        return self.chances[steps - self.lowest]

    def threshold(self, p: float) -> float:
        """The lowest score that is as unlikely as ``p``, in grid steps; infinite if none is."""
        reached = int(np.searchsorted(-self.chances, -p))
        return self.lowest + reached if reached < len(self.chances) else np.inf


def grid_weights(motif: Motif, background: np.ndarray) -> np.ndarray:
    """int64, shape (length, 4): the weights in whole steps of 1/100 bit."""
    return np.rint(motif.weights(background) / STEP).astype(np.int64)


def _hits(
    letters: tuple[np.ndarray, np.ndarray],
    motifs: list[Motif],
    background: np.ndarray,
    tails: list[_Tail],
    p: float,
) -> tuple[np.ndarray, ...]:
    """Row, number of the motif, start, minus strand, score in steps: of each hit, in order."""
    thresholds = torch.tensor([tail.threshold(p) for tail in tails], dtype=torch.float32)
    found = []
    for block, scores in _scores(*letters, motifs, background):
        places = torch.nonzero(scores >= thresholds.repeat(2)[:, None]).T
        steps = scores[tuple(places)].numpy().astype(np.int64)
        rows, filters, starts = places.numpy()
        found.append(np.stack([block[rows], filters, starts, steps]))
    rows, filters, starts, steps = np.concatenate(found, axis=1)
    minus, numbers = np.divmod(filters, len(motifs))
    order = np.lexsort((minus, numbers, starts, rows))
    return rows[order], numbers[order], starts[order], minus[order] == 1, steps[order]


def _scores(
    codes: np.ndarray, offsets: np.ndarray, motifs: list[Motif], background: np.ndarray
) -> Iterator[tuple[np.ndarray, torch.Tensor]]:
    """Blocks: which rows, and their scores, shape (rows, 2 motifs, starts), in steps.

    The filters of the + strand come first. Windows that hang over the end hold unknown letters.
    """
    longest = max(len(motif) for motif in motifs)
    filters = np.zeros((2 * len(motifs), 5, longest), np.float32)
    for number, motif in enumerate(motifs):
        steps = grid_weights(motif, background).T
        for strand, weights in enumerate((steps, steps[::-1, ::-1])):
            mine = filters[number + strand * len(motifs)]
            mine[:4, : len(motif)] = weights
            mine[4, : len(motif)] = _FORBIDDEN
    weight = torch.from_numpy(filters)
    lengths = np.diff(offsets)
    for rows in _alike(lengths, _BLOCK // len(filters)):
        width = int(lengths[rows].max()) + longest - 1
        padded = sequence.pad(codes, offsets[rows], lengths[rows], width)
        # a code that stands for no letter is unknown, too
        padded = np.minimum(padded, sequence.UNKNOWN)
        letters = padded[:, None, :] == np.arange(5, dtype=np.uint8)[:, None]
        with torch.no_grad():
            yield rows, torch.conv1d(torch.from_numpy(letters.astype(np.float32)), weight)


def _alike(lengths: np.ndarray, bases: int) -> Iterator[np.ndarray]:
    """Rows in blocks: the longest at most twice the shortest, so many bases or one row.

    Padded to the longest of all, one chromosome among enhancers would cost thousands of times
    its own letters.
    """
    order = np.argsort(lengths, kind="stable")
    ascending = lengths[order]
    first = 0
    while first < len(order):
        last = int(np.searchsorted(ascending, 2 * ascending[first], "right"))
        last = min(last, first + max(1, bases // int(ascending[last - 1])))
        yield order[first:last]
        first = last


def _several(motifs: Motif | Sequence[Motif]) -> list[Motif]:
    several = [motifs] if isinstance(motifs, Motif) else list(motifs)
    if not several or not all(isinstance(motif, Motif) for motif in several):
        raise DataError(
            "There is no motif to look for. Give one, such as jaspar('GATA1'), or more."
        )
    return several


def _letters(sequences: Sequences) -> tuple[np.ndarray, np.ndarray]:
    """Codes and offsets of at least one sequence with at least one letter each."""
    codes, offsets = packed(sequences)
    if not len(codes):
        raise DataError("There is no sequence to scan. Give at least one.")
    return codes, offsets


def _both_strands(background: Sequence[float] | np.ndarray | None) -> np.ndarray:
    shares = check_background(background)
    return (shares + shares[::-1]) / 2


def _warn_of_the_unreachable(motifs: list[Motif], tails: list[_Tail], p: float) -> None:
    best = [
        (" ".join(filter(None, [motif.name, motif.id])), tail.chances[-1])
        for motif, tail in zip(motifs, tails, strict=True)
    ]
    out = [f"{name} ({chance:.1e})" for name, chance in best if chance > p]
    if out:
        more = f" and {len(out) - 5} more" if len(out) > 5 else ""
        warnings.warn(
            f"No window can reach p = {p:g} for {', '.join(out[:5])}{more}; in brackets is the "
            "p-value of the best match there is. Raise p to find it.",
            stacklevel=3,
        )
