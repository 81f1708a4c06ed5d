"""Attribution by trying: change one letter at a time and ask the model again."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import sequence
from ..composition import Sequences
from .asking import answers, rectangle
from .baselines import check_attribution
from .contrasts import Target, contrast_weights

_BLOCK = 1 << 23  # letters of mutants at a time


def mutagenesis(
    model: Any, sequences: Sequences, target: Target = None, against: Target = None
) -> np.ndarray:
    """Change of the answer by each single substitution; exact, for nothing is approximated.

    Parameters
    ----------
    model : torch.nn.Module or model with ``predict``
        A network that takes one-hot float32 (n, 4, length) and gives logits (n, classes), or a
        model without gradients, such as a fitted ``KmerBaseline``.
    sequences : SequenceSet, sequence of str, or numpy.ndarray
        An array holds uint8 codes, shape (n, length).
    target, against
        As :func:`~genbench_lite.attribution.saliency` takes them. What the model predicts for
        the sequence as it is stays the class for all its mutants.

    Returns
    -------
    numpy.ndarray
        float32, shape (n, 4, length), in units of the logit: the answer with this base at this
        position, less the answer as it is. So the letter that is there has zero. Zero at padding
        and unknown letters, too. :func:`letter_scores` makes one value a letter of it.

    Raises
    ------
    DataError
        If there are no sequences or no such class, or the model takes another input.

    Examples
    --------
    >>> import torch
    >>> class CountA(torch.nn.Module):
    ...     def forward(self, x):
    ...         return torch.stack([torch.zeros(len(x)), x[:, 0].sum(1)], 1)
    >>> mutagenesis(CountA(), ["AC"])[0]
    array([[ 0.,  1.],
           [-1.,  0.],
           [-1.,  0.],
           [-1.,  0.]], dtype=float32)
    """
    codes = rectangle(sequences)
    weights = contrast_weights(model, sequences, target, against)
    found = np.zeros((len(codes), 4, codes.shape[1]), np.float32)
    bases = np.arange(4, dtype=np.uint8)[:, None]
    for row, letters in enumerate(codes):
        base, position = np.nonzero((letters != bases) & (letters < sequence.UNKNOWN))
        change = substitution_changes(model, letters, base, position, weights[row])
        found[row, base, position] = change
    return found


def letter_scores(attribution: np.ndarray, sequences: Sequences) -> np.ndarray:
    """What the letter that is there does, from values for all four.

    At each position the mean of the four values is subtracted and the letter that is there is
    kept. So :func:`mutagenesis`, which is zero for that letter, becomes what is lost when it is
    replaced by a letter drawn from all four. A corrected gradient becomes gradient times input.

    Parameters
    ----------
    attribution : numpy.ndarray
        Shape (n, 4, length), with values for all four bases.
    sequences : SequenceSet, sequence of str, or numpy.ndarray
        The sequences that it is of.

    Returns
    -------
    numpy.ndarray
        float32, shape (n, 4, length); zero for letters that are not there.

    Raises
    ------
    DataError
        If the attribution is not that of these sequences.

    Examples
    --------
    >>> letter_scores(np.array([[[0.0], [-1.0], [-1.0], [-2.0]]]), ["A"])[0, :, 0]
    array([1., 0., 0., 0.], dtype=float32)
    """
    codes = rectangle(sequences)
    values = check_attribution(attribution, codes)
    kept = np.where(sequence.one_hot(codes) == 1, values - values.mean(1, keepdims=True), 0)
    return kept.astype(np.float32)


def substitution_changes(
    model: Any, letters: np.ndarray, base: np.ndarray, position: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """What chosen substitutions do, each alone.

    Parameters
    ----------
    model : torch.nn.Module or model with ``predict``
    letters : numpy.ndarray
        uint8 codes of one sequence, shape (length,).
    base, position : numpy.ndarray
        The new code and the place of each substitution, shape (mutants,).
    weights : numpy.ndarray
        Of the contrast, shape (classes,).

    Returns
    -------
    numpy.ndarray
        float32, shape (mutants,): the contrast of each mutant, less that of the sequence.
    """
    here = answers(model, letters[None])[0] @ weights
    parts = []
    size = max(1, _BLOCK // len(letters))
    for first in range(0, len(base), size):
        part = slice(first, first + size)
        mutants = np.repeat(letters[None], len(base[part]), axis=0)
        mutants[np.arange(len(mutants)), position[part]] = base[part]
        parts.append(answers(model, mutants) @ weights)
    return np.concatenate(parts) - here if parts else np.zeros(0, np.float32)
