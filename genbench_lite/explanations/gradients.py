"""Attribution by gradients: how fast the answer changes with each input, at one point or on a path.

The inputs of a network that reads DNA are ones and zeros, but gradients do not know that.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import torch
from torch import nn

from .. import sequence
from ..composition import Sequences
from ..errors import DataError, GenbenchError
from ..networks.prediction import device_of
from .asking import at_rest, batches, is_network, logits, rectangle
from .baselines import at_letters, gaps_of, reference_codes, warn_of_gaps, with_references
from .contrasts import Target, contrast_weights


def saliency(
    model: nn.Module,
    sequences: Sequences,
    target: Target = None,
    against: Target = None,
    *,
    times_input: bool = False,
    corrected: bool = True,
) -> np.ndarray:
    """Gradient of the answer with respect to the one-hot input (arXiv:1312.6034).

    At each position exactly one of four inputs is 1, so only three directions out of four lead
    from one sequence to another. What the gradient says about the fourth is noise: nothing in
    training ever asked for it. Subtracting the mean of the four takes it away (Majdandzic et al.
    2023, doi:10.1186/s13059-023-02956-3).

    Parameters
    ----------
    model : torch.nn.Module
        Takes one-hot float32 (n, 4, length), gives logits (n, classes); or has a method
        ``logits(x)`` that does, or ``probability(output)``.
    sequences : SequenceSet, sequence of str, or numpy.ndarray
        An array holds uint8 codes, shape (n, length).
    target : int, str, or sequence of int, optional
        The class to explain, by number or name, or one number a sequence. Left out: of two
        classes the second; of more, for each sequence the one that the model predicts.
    against : int, str, or sequence of int, optional
        The class to set it against; the mean of all others if left out.
    times_input : bool
        Whether to keep the letter that is there only ("gradient x input").
    corrected : bool
        Whether to subtract the mean of the four bases.

    Returns
    -------
    numpy.ndarray
        float32, shape (n, 4, length), in units of the logit: padded to the longest sequence,
        and zero at padding and unknown letters.

    Raises
    ------
    DataError
        If there are no sequences or no such class, if the model takes another input, or if it
        has no gradient.

    Examples
    --------
    A model that counts A has the gradient 1 for A, everywhere; less the mean of (1, 0, 0, 0):

    >>> class CountA(nn.Module):
    ...     def forward(self, x):
    ...         return torch.stack([torch.zeros(len(x)), x[:, 0].sum(1)], 1)
    >>> saliency(CountA(), ["AC"])[0, :, 0]
    array([ 0.75, -0.25, -0.25, -0.25], dtype=float32)
    """
    codes = _codes_for_gradients(model, sequences)
    weights = contrast_weights(model, sequences, target, against)
    found = np.concatenate(
        [_gradient(model, sequence.one_hot(codes[rows]), weights[rows]) for rows in batches(codes)]
    )
    if corrected:
        found -= found.mean(1, keepdims=True)
    found[np.broadcast_to(codes[:, None] == sequence.UNKNOWN, found.shape)] = 0
    return found * sequence.one_hot(codes) if times_input else found


def integrated_gradients(
    model: nn.Module,
    sequences: Sequences,
    target: Target = None,
    against: Target = None,
    *,
    references: int | np.ndarray = 10,
    steps: int = 20,
    seed: int = 0,
) -> np.ndarray:
    """Mean gradient on the straight way from a reference to the sequence, times the way.

    The attributions of a sequence add up to the difference of the model's answers between it and
    its references (completeness; Sundararajan et al. 2017, arXiv:1703.01365). A sum over steps
    only comes near; where it misses the difference by more than a tenth on average, there is a
    warning, and
    :func:`~genbench_lite.attribution.completeness` gives the numbers.

    Parameters
    ----------
    model, sequences, target, against
        As :func:`saliency` takes them.
    references : int or numpy.ndarray
        How many shuffles of each sequence to start from; they keep its dinucleotides
        (:func:`~genbench_lite.shuffling.dinucleotide_shuffle`). Or uint8 codes of shape
        (references, n, length); codes of 4 throughout are the reference of zeros.
    steps : int
        Points on each way. The time grows with references times steps.
    seed : int
        Of the shuffles.

    Returns
    -------
    numpy.ndarray
        float32, shape (n, 4, length), in units of the logit, for the letter that is there: what
        its position adds. Zero for the other letters, at padding and at unknown letters. The
        mean over the references.

    Raises
    ------
    DataError
        As :func:`saliency`, or if there is no step or no reference of the right shape.

    Examples
    --------
    >>> class CountA(nn.Module):
    ...     def forward(self, x):
    ...         return torch.stack([torch.zeros(len(x)), x[:, 0].sum(1)], 1)
    >>> zeros = np.full((1, 1, 3), 4, np.uint8)
    >>> integrated_gradients(CountA(), ["ACA"], references=zeros)[0, 0]
    array([1., 0., 1.], dtype=float32)
    """
    codes = _codes_for_gradients(model, sequences)
    if steps < 1:
        raise DataError(f"A way of {steps} steps leads nowhere. Take at least one; 20 serve well.")
    weights = contrast_weights(model, sequences, target, against)
    starts = reference_codes(codes, references, seed)
    found = np.zeros((len(codes), 4, codes.shape[1]), np.float32)
    for rows, x, origin in with_references(codes, starts):
        factors = np.tile(weights[rows], (len(starts), 1))
        points = ((step + 0.5) / steps for step in range(steps))
        mean = sum(_gradient(model, origin + p * (x - origin), factors) for p in points) / steps
        found[rows] = (mean * (x - origin)).reshape(len(starts), -1, *x.shape[1:]).mean(0)
    found = at_letters(found, codes)
    warn_of_gaps("integrated_gradients", gaps_of(model, codes, found, weights, starts))
    return found


def deeplift(
    model: nn.Module,
    sequences: Sequences,
    target: Target = None,
    against: Target = None,
    *,
    references: int | np.ndarray = 10,
    seed: int = 0,
) -> np.ndarray:
    """Differences from a reference, handed back layer by layer, as captum computes them.

    DeepLIFT (Shrikumar et al. 2017, arXiv:1704.02685), rescale rule. It knows layers that are
    modules (``nn.ReLU``, ``nn.MaxPool1d``, ``nn.Sigmoid``); what a model does with functions, such
    as ``amax``, counts as linear there. Then the attributions do not add up, and there is a
    warning as for :func:`integrated_gradients`.

    Parameters
    ----------
    model, sequences, target, against, references, seed
        As :func:`integrated_gradients` takes them.

    Returns
    -------
    numpy.ndarray
        As :func:`integrated_gradients`.

    Raises
    ------
    DataError
        As :func:`integrated_gradients`.
    GenbenchError
        If captum is not installed, or cannot take this model, for it uses an activation module
        twice.
    """
    codes = _codes_for_gradients(model, sequences)
    explain = _captum_deeplift()
    weights = contrast_weights(model, sequences, target, against)
    starts = reference_codes(codes, references, seed)
    found = np.zeros((len(codes), 4, codes.shape[1]), np.float32)
    asked = _Answer(model)
    with at_rest(model), warnings.catch_warnings(), torch.enable_grad():
        warnings.simplefilter("ignore")  # captum tells that it sets hooks
        for rows, x, origin in with_references(codes, starts):
            factors = np.tile(weights[rows], (len(starts), 1))
            inputs = [torch.from_numpy(each).to(device_of(model)) for each in (x, origin, factors)]
            try:
                given = explain(asked).attribute(*inputs[:2], additional_forward_args=inputs[2])
            except (AssertionError, RuntimeError) as error:
                raise GenbenchError(
                    "captum's DeepLIFT cannot take this model. Take integrated_gradients, or use "
                    f"each activation module once. It said: {str(error).strip().splitlines()[0]}"
                ) from error
            values = given.detach().cpu().numpy()
            found[rows] = values.reshape(len(starts), -1, *x.shape[1:]).mean(0)
    found = at_letters(found, codes)
    warn_of_gaps("deeplift", gaps_of(model, codes, found, weights, starts))
    return found


class _Answer(nn.Module):
    """A model that gives the contrast only."""

    def __init__(self, model: nn.Module):
        super().__init__()
        self.model = model

    def forward(self, x: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
        return (logits(self.model, x) * weights).sum(1)


def _codes_for_gradients(model: Any, sequences: Sequences) -> np.ndarray:
    if not is_network(model):
        raise DataError(
            f"{type(model).__name__} has no gradient: it is no network. Use mutagenesis, which "
            "needs its answers only."
        )
    return rectangle(sequences)


def _gradient(model: nn.Module, x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """float32, shape (n, 4, length): of the contrast, with respect to each input."""
    with at_rest(model), torch.enable_grad():
        device = device_of(model)
        inputs = torch.from_numpy(x).to(device).requires_grad_()
        value = (logits(model, inputs) * torch.from_numpy(weights).to(device)).sum()
        # not value.backward(): that would leave gradients in the model's parameters
        found = (
            torch.autograd.grad(value, inputs, allow_unused=True)[0]
            if value.requires_grad
            else None
        )
    if found is None:
        raise DataError(
            "The model's answer has no gradient with respect to its input: a step in it, such as "
            "argmax or detach, cuts the way. Use mutagenesis, which needs answers only."
        )
    array: np.ndarray = found.cpu().numpy()
    return array


def _captum_deeplift() -> Any:
    try:
        from captum.attr import DeepLift
    except ImportError as error:
        raise GenbenchError(
            "DeepLIFT needs captum. Install it with: pip install captum, or take "
            "integrated_gradients."
        ) from error
    return DeepLift
