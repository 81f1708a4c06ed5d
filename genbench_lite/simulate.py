"""Sequences whose truth is known: backgrounds, and datasets with motifs planted in them.

Three steps: draw a background (:func:`random_sequences`, :func:`markov_sequences`,
:func:`real_sequences`), say what to plant (:class:`Element`), and :func:`plant` it. The
:class:`Truth` that comes back knows every planted base, so that whatever claims to find motifs
can be scored. :func:`planted_dataset` does it for all splits. The same seed gives the same
letters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from . import sequence
from .cards import card
from .dataset import SPLITS, Dataset
from .errors import DataError
from .motifs import jaspar
from .planting import Element, Truth, plant, sample_sites
from .sequence_set import SequenceSet

__all__ = [
    "Element",
    "SimulatedDataset",
    "Truth",
    "load_planted_motifs",
    "markov_sequences",
    "plant",
    "planted_dataset",
    "random_sequences",
    "real_sequences",
    "sample_sites",
]

CLASSES = ("background", "planted")
PLANTED = ("SPI1", "HNF4A")  # of GM12878 and of HepG2 in the embedded real data


@dataclass(frozen=True, eq=False, repr=False)
class SimulatedDataset(Dataset):
    """A :class:`~genbench_lite.Dataset` that knows the truth: ``truth["test"].mask``."""

    truth: Mapping[str, Truth] = field(default_factory=dict)


def random_sequences(
    n: int, length: int, gc: float | Sequence[float] | np.ndarray = 0.5, seed: int = 0
) -> np.ndarray:
    """Independent random letters.

    Parameters
    ----------
    n, length : int
        Number of sequences, and their length in bp.
    gc : float or array-like
        Share of G and C, from 0 to 1; an array of shape (n,) gives each sequence its own.
    seed : int
        The same seed gives the same letters.

    Returns
    -------
    numpy.ndarray
        uint8 codes, shape (n, length).

    Raises
    ------
    DataError
        If a size is under 1, or a share not from 0 to 1.

    Examples
    --------
    >>> set(sequence.decode(random_sequences(1, 100, gc=1)[0])) == {"C", "G"}
    True
    """
    _check_size(n, length)
    share = np.asarray(gc, np.float64)
    if share.shape not in ((), (n,)) or not ((share >= 0) & (share <= 1)).all():
        raise DataError(
            f"A GC content of {gc} cannot be used for {n} sequences. Give a share from 0 to 1 "
            "(0.4, not 40), or one for each sequence."
        )
    rng = np.random.default_rng(seed)
    strong = rng.random((n, length)) < share.reshape(-1, 1)
    second = rng.random((n, length)) < 0.5
    # A is 0 and T is 3, the weak pair; C is 1 and G is 2
    return np.where(strong, 1 + second, 3 * second).astype(np.uint8)


def markov_sequences(
    n: int, length: int, like: SequenceSet | np.ndarray, seed: int = 0
) -> np.ndarray:
    """Random letters, each drawn by the one before it, with the habits of other sequences.

    A Markov chain of first order: composition and dinucleotides (few CpG, say) are on average
    those of ``like``.

    Parameters
    ----------
    n, length : int
        Number of sequences, and their length in bp.
    like : SequenceSet or numpy.ndarray
        The sequences to learn from, or their codes of shape (rows, bp).
    seed : int
        The same seed gives the same letters.

    Returns
    -------
    numpy.ndarray
        uint8 codes, shape (n, length).

    Raises
    ------
    DataError
        If a size is under 1, or in ``like`` some base is followed by no other.

    Examples
    --------
    >>> like = SequenceSet.from_strings(["ACGTACGTA"], [0], ["like"])
    >>> sequence.decode(markov_sequences(1, 10, like)[0]) in "ACGTACGTACGTA"
    True
    """
    _check_size(n, length)
    pairs = _dinucleotides(_rectangle(like))
    totals = pairs.sum(1, keepdims=True)
    if not totals.all():
        raise DataError(
            f"In the sequences to learn from, no base follows {'ACGT'[totals.argmin()]}. Give "
            "more of them."
        )
    rng = np.random.default_rng(seed)
    first = np.searchsorted(np.cumsum(totals / totals.sum())[:3], rng.random((n, 1)), "right")
    chances = np.cumsum(pairs / totals, axis=1)[:, :3]
    draws = rng.random((n, length - 1))
    # a draw gives the next letter for each letter that may come before it: a map of four letters
    # to four; the letter at a position is all maps up to there, one after the other
    maps = np.stack([np.searchsorted(row, draws, "right") for row in chances], axis=-1)
    step = 1
    while step < length - 1:  # maps of 2, 4, 8, ... letters at once
        maps[:, step:] = np.take_along_axis(maps[:, step:], maps[:, :-step], -1)
        step *= 2
    rest = np.take_along_axis(maps, first[:, :, None], -1)[..., 0]
    return np.concatenate([first, rest], axis=1).astype(np.uint8)


def real_sequences(
    n: int, length: int, like: SequenceSet | np.ndarray, seed: int = 0
) -> np.ndarray:
    """The first letters of other sequences, drawn without replacement.

    Parameters
    ----------
    n, length : int
        Number of sequences, and their length in bp.
    like : SequenceSet or numpy.ndarray
        The sequences to draw from, or their codes of shape (rows, bp). Those that are shorter,
        or hold an unknown letter in their first ``length``, are left out.
    seed : int
        The same seed gives the same sequences.

    Returns
    -------
    numpy.ndarray
        uint8 codes, shape (n, length).

    Raises
    ------
    DataError
        If a size is under 1, or there are fewer than ``n`` such sequences.

    Examples
    --------
    >>> like = SequenceSet.from_strings(["ACGTT", "CC", "NNNNN"], [0, 0, 0], ["like"])
    >>> real_sequences(1, 4, like)
    array([[0, 1, 2, 3]], dtype=uint8)
    """
    _check_size(n, length)
    rows = _rectangle(like, length)
    usable = rows[(rows < sequence.UNKNOWN).all(1)]
    if len(usable) < n:
        raise DataError(
            f"{n} sequences were asked for, and {len(usable)} begin with {length} known letters. "
            "Take fewer, or shorter ones."
        )
    return usable[np.random.default_rng(seed).choice(len(usable), n, replace=False)]


def planted_dataset(
    name: str,
    elements: Element | Sequence[Element],
    backgrounds: Mapping[str, np.ndarray],
    seed: int = 0,
) -> SimulatedDataset:
    """Make a dataset of two classes: sequences with elements planted, and without.

    Each sequence of the class ``background`` holds the letters of a planted one, shuffled. So
    both classes have the same composition, and only the order of the letters tells them apart.

    Parameters
    ----------
    name : str
        Its name.
    elements : Element or sequence of Element
        What to plant.
    backgrounds : mapping of str to numpy.ndarray
        For ``train``, ``test`` and perhaps ``valid``: uint8 codes, shape (n, length), to plant
        into. The split gets n sequences of each class.
    seed : int
        The same seed gives the same dataset.

    Returns
    -------
    SimulatedDataset
        Classes ``background`` and ``planted``; in each split, the planted rows come last.

    Raises
    ------
    DataError
        As :func:`plant`, or if ``train`` or ``test`` is missing.

    Examples
    --------
    >>> parts = {"train": random_sequences(8, 60), "test": random_sequences(2, 60, seed=1)}
    >>> toy = planted_dataset("toy", Element(jaspar("CTCF")), parts)
    >>> toy.truth["test"].mask.sum(1)
    array([ 0,  0, 15, 15])
    """
    if not {"train", "test"} <= set(backgrounds) <= set(SPLITS):
        raise DataError(
            f"Backgrounds were given for {', '.join(backgrounds) or 'no split'}. Give one for "
            "train, one for test and, if you like, one for valid."
        )
    rng = np.random.default_rng(seed)
    splits: dict[str, Any] = {}
    truth = {}
    for split, background in backgrounds.items():
        planted, found = plant(background, elements, rng)
        n, length = planted.shape
        shuffled = rng.permuted(planted, axis=1)
        splits[split] = SequenceSet(
            codes=np.concatenate([shuffled, planted]).ravel(),
            offsets=np.arange(2 * n + 1, dtype=np.int64) * length,
            labels=np.repeat(np.arange(2), n),
            ids=np.array([f"{split}_{label}_{row}" for label in CLASSES for row in range(n)]),
            classes=CLASSES,
        )
        sites = found.sites.assign(row=found.sites["row"] + n)
        truth[split] = Truth(sites, found.motifs, (2 * n, length))
    return SimulatedDataset(name, truth=truth, **splits)


def load_planted_motifs() -> SimulatedDataset:
    """Make ``demo_planted_motifs``: in even random letters, one SPI1 and one HNF4A site each.

    Returns
    -------
    SimulatedDataset
        Rows and lengths as on its card; always the same.

    Examples
    --------
    >>> demo = load_planted_motifs()
    >>> demo.truth["test"]
    Truth(1,000 sites of SPI1, HNF4A in 1,000 sequences of 200 bp)
    """
    about = card("demo_planted_motifs")
    length = int(about.length["max"])
    backgrounds = {
        split: random_sequences(rows["planted"], length, seed=seed)
        for seed, (split, rows) in enumerate(about.rows.items())
    }
    # JASPAR writes Spi1, for the matrix was measured in mouse cells
    elements = [Element(replace(jaspar(name), name=name)) for name in PLANTED]
    made = planted_dataset(about.name, elements, backgrounds)
    return replace(made, card=about)


def _check_size(n: int, length: int) -> None:
    if n < 1 or length < 1:
        raise DataError(
            f"{n} sequences of {length} bp cannot be made. Ask for at least one of each."
        )


def _rectangle(like: SequenceSet | np.ndarray, length: int | None = None) -> np.ndarray:
    """uint8 codes, shape (rows, length), of a sequence set or codes; 4 where they are shorter."""
    if isinstance(like, SequenceSet):
        return like.padded(length)
    codes = np.asarray(like, np.uint8)
    n, width = codes.shape
    return sequence.pad(codes.ravel(), np.arange(n) * width, np.full(n, width), length or width)


def _dinucleotides(codes: np.ndarray) -> np.ndarray:
    """float64, shape (4, 4): how often each base (column) follows each other (row)."""
    known = (codes < sequence.UNKNOWN)[:, :-1] & (codes < sequence.UNKNOWN)[:, 1:]
    pairs = (codes[:, :-1] * 4 + codes[:, 1:])[known]
    return np.bincount(pairs, minlength=16).reshape(4, 4).astype(np.float64)
