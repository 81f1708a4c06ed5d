"""Sequences about which a model changes its mind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import DataError
from ..sequence_set import SequenceSet


@dataclass(frozen=True)
class Flip:
    """One sequence that got another answer than before.

    Parameters
    ----------
    id : str
        Of the sequence.
    truth : str
        The class it belongs to.
    before, after : str
        The class that was answered.
    p_before, p_after : float
        The probability that was given to that answer, 0 to 1.
    """

    id: str
    truth: str
    before: str
    p_before: float
    after: str
    p_after: float

    @property
    def verdict(self) -> str:
        """Whether the new answer is right, and whether the old one was."""
        if self.after == self.truth:
            return "now right"
        return "now wrong" if self.before == self.truth else "still wrong"


def find_flips(sequences: SequenceSet, before: np.ndarray, after: np.ndarray) -> list[Flip]:
    """Compare two answers for the same sequences.

    Parameters
    ----------
    sequences : SequenceSet
    before, after : numpy.ndarray
        Probabilities, shape (n, classes).

    Returns
    -------
    list of Flip
        Only those whose most probable class changed; the largest changes first.

    Raises
    ------
    DataError
        If the answers are not for all of these sequences.

    Examples
    --------
    >>> two = SequenceSet.from_strings(["ACGT", "GG"], [0, 1], ["no", "yes"])
    >>> before, after = np.array([[0.6, 0.4], [0.7, 0.3]]), np.array([[0.9, 0.1], [0.2, 0.8]])
    >>> [(flip.id, flip.after, flip.verdict) for flip in find_flips(two, before, after)]
    [('1', 'yes', 'now right')]
    """
    shape = (len(sequences), len(sequences.classes))
    if before.shape != shape or after.shape != shape:
        raise DataError(
            f"Answers of shape {before.shape} and {after.shape} do not belong to {shape[0]} "
            f"sequences of {shape[1]} classes. Predict the same sequences twice."
        )
    old, new = before.argmax(1), after.argmax(1)
    rows = np.flatnonzero(old != new)
    # how far the answer that won has risen, and the one that lost has fallen
    risen = after[rows, new[rows]] - before[rows, new[rows]]
    fallen = before[rows, old[rows]] - after[rows, old[rows]]
    names = sequences.classes
    return [
        Flip(
            id=str(sequences.ids[row]),
            truth=names[sequences.labels[row]],
            before=names[old[row]],
            p_before=float(before[row, old[row]]),
            after=names[new[row]],
            p_after=float(after[row, new[row]]),
        )
        for row in rows[np.argsort(-(risen + fallen), kind="stable")]
    ]
