"""A convolution of one filter in plain NumPy: what a first layer computes, number by number."""

from __future__ import annotations

import numpy as np

from .. import sequence
from ..errors import DataError


def convolve(letters: str, weights: np.ndarray, bias: float = 0.0) -> np.ndarray:
    """What a filter gives at each place of a sequence, as a network computes it.

    Parameters
    ----------
    letters : str
        A, C, G and T; any other letter adds nothing.
    weights : numpy.ndarray
        float, shape (4, width), rows A, C, G, T.
    bias : float
        Added at every place.

    Returns
    -------
    numpy.ndarray
        float64, shape (len(letters) - width + 1,).

    Raises
    ------
    DataError
        If the filter is wider than the sequence.

    Examples
    --------
    >>> convolve("GATA", np.eye(4)[:, :2], bias=-1)
    array([-1.,  0., -1.])
    """
    width = weights.shape[1]
    if len(letters) < width:
        raise DataError(
            f"The filter is {width} letters wide and the sequence has {len(letters)}. Give at "
            f"least {width} letters."
        )
    one_hot = sequence.one_hot(sequence.encode(letters)).astype(np.float64)
    windows = np.lib.stride_tricks.sliding_window_view(one_hot, width, axis=1)
    return np.einsum("bpw,bw->p", windows, weights) + bias


def letter_products(letters: str, weights: np.ndarray) -> np.ndarray:
    """float64, shape (width,): of each column the weight of its letter; 0 for unknown ones."""
    one_hot = sequence.one_hot(sequence.encode(letters))
    return (one_hot * weights).sum(0)


def max_pool(values: np.ndarray, size: int) -> np.ndarray:
    """The highest of every ``size`` neighbours; a last group that is not full is dropped.

    Examples
    --------
    >>> max_pool(np.array([1.0, 5.0, 2.0, 0.0, 9.0]), 2)
    array([5., 2.])
    """
    groups = len(values) // size
    return values[: groups * size].reshape(groups, size).max(1)
