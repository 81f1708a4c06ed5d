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

from .cards import card
from .dataset import SPLITS, Dataset
from .errors import DataError
from .motifs import jaspar
from .sequence_set import SequenceSet
from .shuffling import dinucleotide_shuffle
from .simulation.backgrounds import (
    check_codes,
    markov_sequences,
    random_sequences,
    real_sequences,
    stream,
)
from .simulation.elements import Element
from .simulation.planting import Truth, plant, sample_sites
from .simulation.stand_in import write_stand_in

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
    "write_stand_in",
]

CLASSES = ("background", "planted")
PLANTED = ("SPI1", "HNF4A")  # of GM12878 and of HepG2 in the embedded real data


@dataclass(frozen=True, eq=False, repr=False)
class SimulatedDataset(Dataset):
    """A :class:`~genbench_lite.Dataset` that knows the truth: ``truth["test"].mask``."""

    truth: Mapping[str, Truth] = field(default_factory=dict)


def planted_dataset(
    name: str,
    elements: Element | Sequence[Element],
    backgrounds: Mapping[str, np.ndarray],
    negatives: Mapping[str, np.ndarray] | None = None,
    seed: int = 0,
) -> SimulatedDataset:
    """Make a dataset of two classes: sequences with elements planted, and without.

    Without negatives of your own, each sequence of the class ``background`` is a planted one,
    shuffled so that every base follows each other as often as before
    (:func:`~genbench_lite.shuffling.dinucleotide_shuffle`). The backgrounds are shuffled in the
    same way before anything is planted: otherwise real ones would differ from their shuffled
    partners in words of three letters and more. So nothing but the elements tells the classes
    apart, and not by their bases or pairs of bases.

    To plant into real sequences as they are, give other real ones as negatives.

    Parameters
    ----------
    name : str
        Its name.
    elements : Element or sequence of Element
        What to plant.
    backgrounds : mapping of str to numpy.ndarray
        For ``train``, ``test`` and perhaps ``valid``: uint8 codes, shape (n, length), to plant
        into. The split gets n planted sequences.
    negatives : mapping of str to numpy.ndarray, optional
        For the same splits: uint8 codes of the same length, the class ``background`` as it is.
        Draw them and the backgrounds together, for example as the two halves of one
        :func:`real_sequences`, so that they differ by what is planted only.
    seed : int
        The same seed gives the same dataset.

    Returns
    -------
    SimulatedDataset
        Classes ``background`` and ``planted``; in each split, the planted rows come last.

    Raises
    ------
    DataError
        As :func:`plant`, if ``train`` or ``test`` is missing, or if the negatives have other
        splits or lengths.

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
    if negatives is not None and set(negatives) != set(backgrounds):
        raise DataError(
            f"Negatives were given for {', '.join(negatives) or 'no split'}, and backgrounds for "
            f"{', '.join(backgrounds)}. Give both for the same splits."
        )
    rng = stream(seed, "planted_dataset")
    splits: dict[str, Any] = {}
    truth = {}
    for split, background in backgrounds.items():
        given = None if negatives is None else check_codes(negatives[split], "What is negative")
        absent, planted, found = _two_classes(background, elements, given, rng)
        splits[split] = _labelled(split, absent, planted)
        sites = found.sites.assign(row=found.sites["row"] + len(absent))
        truth[split] = Truth(sites, found.motifs, (len(splits[split]), planted.shape[1]))
    return SimulatedDataset(name, truth=truth, **splits)


def _two_classes(
    background: np.ndarray,
    elements: Element | Sequence[Element],
    negatives: np.ndarray | None,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, Truth]:
    """Codes without elements, codes with them, and where they are."""
    background = check_codes(background, "A background")
    if negatives is None:
        planted, found = plant(_shuffle(background, rng), elements, rng)
        return _shuffle(planted, rng), planted, found
    if negatives.shape[1] != background.shape[1]:
        raise DataError(
            f"The negatives have {negatives.shape[1]} bp and the backgrounds "
            f"{background.shape[1]}. Give both the same length."
        )
    return negatives, *plant(background, elements, rng)


def _shuffle(codes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    shuffled: np.ndarray = dinucleotide_shuffle(codes, seed=int(rng.integers(2**63)))
    return shuffled


def _labelled(split: str, absent: np.ndarray, planted: np.ndarray) -> SequenceSet:
    """Both classes behind each other, with labels and ids."""
    codes = np.concatenate([absent, planted])
    n, length = codes.shape
    rows = zip(CLASSES, (len(absent), len(planted)), strict=True)
    return SequenceSet(
        codes=codes.ravel(),
        offsets=np.arange(n + 1, dtype=np.int64) * length,
        labels=np.repeat(np.arange(2), [len(absent), len(planted)]),
        ids=np.array([f"{split}_{label}_{row}" for label, many in rows for row in range(many)]),
        classes=CLASSES,
    )


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
