"""One sequence under change: put letters in, and ask a model what each change does."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import torch

from .. import sequence
from ..errors import DataError
from ..motif import Motif
from ..networks.prediction import predict
from ..sequence_set import SequenceSet
from .asking import answers, is_network
from .contrasts import class_names, class_numbers
from .gradients import saliency
from .mutations import letter_scores, mutagenesis, substitution_changes

LONGEST = 20_000  # bp: longer ones keep a learner waiting


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """Let torch work alone: for a single sequence, threads wait longer for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


class Answer(NamedTuple):
    """What a model says of one sequence.

    ``probabilities`` is float32, shape (classes,); ``contrast`` the logit of the class asked
    about less the mean of the others.
    """

    probabilities: np.ndarray
    contrast: float


class Substitution(NamedTuple):
    """One letter for another at a position, from 0, and the change of the contrast by it."""

    position: int
    old: str
    new: str
    change: float


class Question:
    """A model, and the class that is asked about, each time another sequence.

    Parameters
    ----------
    model : torch.nn.Module or model with ``predict``
        As :func:`genbench_lite.attribution.mutagenesis` takes it.
    letters : str
        A first sequence, by which the model is tried.
    classes : sequence of str, optional
        Their names; those that the model knows, or numbers, if left out.
    target : int or str, optional
        The class. Left out: of two the second, of more the one predicted for ``letters``.

    Attributes
    ----------
    classes : list of str
    target : int

    Raises
    ------
    DataError
        If the model cannot read the sequence, there is no such class, or the names do not fit.
    UnknownNameError
        If no class has that name.

    Examples
    --------
    >>> import torch
    >>> class CountA(torch.nn.Module):
    ...     def forward(self, x):
    ...         return torch.stack([torch.zeros(len(x)), x[:, 0].sum(1)], 1)
    >>> about = Question(CountA(), "ACA", ["few", "many"])
    >>> about.ask("ACA").contrast, about.attribution("ACA")[0].round(2)
    (2.0, array([0.75, 0.  , 0.75], dtype=float32))
    >>> about.most_harmful("CAC")
    Substitution(position=1, old='A', new='C', change=-1.0)
    """

    def __init__(self, model: Any, letters: str, classes: Any = None, target: Any = None):
        self.model = model
        first = answers(model, _codes(letters)[None])[0]
        names = class_names(model, letters, len(first)) if classes is None else list(classes)
        if len(names) != len(first):
            raise DataError(
                f"The model tells {len(first)} classes apart, and {len(names)} have a name: "
                f"{', '.join(map(str, names))}. Give one name for each, in the model's order."
            )
        self.classes = [str(name) for name in names]
        if target is None:
            target = 1 if len(first) == 2 else int(first.argmax())
        self.target = int(class_numbers(target, 1, self.classes)[0])

    @property
    def weights(self) -> np.ndarray:
        """float32, shape (classes,): what each logit counts in the contrast."""
        n = len(self.classes)
        weights = np.full(n, -1 / (n - 1), np.float32)
        weights[self.target] = 1
        return weights

    @_one_thread()
    def ask(self, letters: str) -> Answer:
        """What the model says of a sequence."""
        codes = _codes(letters)[None]
        logits = answers(self.model, codes)[0]
        if is_network(self.model):
            numbers = [f"{number:04}" for number in range(len(self.classes))]  # in sorted order
            row = SequenceSet.from_strings([letters], [0], numbers)
            probabilities = predict(self.model, row)[0]
        else:
            probabilities = np.asarray(self.model.predict(codes), np.float32)[0]
        return Answer(probabilities, float(logits @ self.weights))

    @_one_thread()
    def attribution(self, letters: str) -> np.ndarray:
        """What each letter does: the corrected gradient, or trying where there is none.

        Returns
        -------
        numpy.ndarray
            float32, shape (4, length), in units of the logit; zero for letters that are not there.
        """
        codes = _codes(letters)[None]
        if is_network(self.model):
            return saliency(self.model, codes, self.target, times_input=True)[0]
        return letter_scores(mutagenesis(self.model, codes, self.target), codes)[0]

    def most_harmful(self, letters: str, window: tuple[int, int] | None = None) -> Substitution:
        """Try every substitution in a window; the one that lowers the contrast most.

        Raises
        ------
        DataError
            If no letter in the window is known.
        """
        codes = _codes(letters)
        first, end = window or (0, len(codes))
        bases = np.arange(4, dtype=np.uint8)[:, None]
        part = codes[first:end]
        base, place = np.nonzero((part != bases) & (part < sequence.UNKNOWN))
        if not len(base):
            raise DataError("No letter here is known, so there is none to change. Type some first.")
        change = substitution_changes(self.model, codes, base, place + first, self.weights)
        worst = int(change.argmin())
        position = int(place[worst]) + first
        new = sequence.LETTERS[base[worst]]
        return Substitution(position, letters[position], new, float(change[worst]))


def _codes(letters: str) -> np.ndarray:
    return sequence.encode(letters).copy()  # torch wants arrays that it may write to


def read_letters(text: str) -> str:
    """The letters of what somebody typed or pasted: one sequence, with or without a FASTA header.

    Parameters
    ----------
    text : str
        Letters of ``ACGTN`` in any case; white space does not count.

    Returns
    -------
    str
        In upper case.

    Raises
    ------
    DataError
        If there are no letters, more than one sequence, other letters, or too many.

    Examples
    --------
    >>> read_letters(">my site\\nacg\\ntn")
    'ACGTN'
    """
    if not isinstance(text, str):
        raise DataError(f"{text!r} is no sequence. Give its letters as a str, such as 'ACGT'.")
    lines = text.strip().splitlines()
    if lines and lines[0].startswith(">"):
        lines = lines[1:]
    if any(line.startswith(">") for line in lines):
        raise DataError("There is more than one sequence. Paste one of them.")
    letters = "".join("".join(lines).split()).upper()
    if not letters:
        raise DataError("There are no letters. Type or paste a sequence of A, C, G and T.")
    for position, letter in enumerate(letters):
        if letter not in sequence.LETTERS:
            raise DataError(
                f"{letter!r} at position {position} is not a DNA letter. Use A, C, G, T, or N for "
                "an unknown one."
            )
    if len(letters) > LONGEST:
        raise DataError(
            f"{len(letters):,} letters are too many to follow. Take a part of {LONGEST:,} at most."
        )
    return letters


def put_in(letters: str, site: str, position: int) -> str:
    """Write a site over the letters from a position on.

    Raises
    ------
    DataError
        If it does not lie within.

    Examples
    --------
    >>> put_in("CCCCCC", "GATA", 1)
    'CGATAC'
    """
    if not 0 <= position <= len(letters) - len(site):
        raise DataError(
            f"{site} has {len(site)} letters and does not fit in from position {position} on: the "
            f"sequence ends at {len(letters) - 1}. Choose a place further left."
        )
    return letters[:position] + site + letters[position + len(site) :]


def site_of(motif: Motif | str) -> tuple[str, str]:
    """Name of a motif, and its most frequent letters; a word is its own name.

    Examples
    --------
    >>> site_of(Motif("toy", [[8, 0, 0, 0], [0, 4, 3, 0]])), site_of("gata")
    (('toy', 'AC'), ('GATA', 'GATA'))
    """
    if isinstance(motif, Motif):
        return motif.name, sequence.decode(motif.counts.argmax(1).astype(np.uint8))
    word = read_letters(motif)
    return word, word
