"""Figures about a network: what its layers pass on, and what its loss makes of a logit.

Pure functions that return a :class:`~genbench_lite.plots.Picture`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn

from ..errors import DataError
from ..networks.prediction import evaluating
from ..plots import Picture
from .plot_styles import BLUE, ORANGE, line_style, tidy

_KINDS: tuple[tuple[tuple[type[nn.Module], ...], str], ...] = (
    ((nn.Conv1d, nn.Conv2d), "convolution"),
    ((nn.MaxPool1d, nn.MaxPool2d), "max pooling"),
    ((nn.Linear,), "linear"),
)
_BESIDE: dict[str, Any] = {"xytext": (4, 0), "textcoords": "offset points", "va": "center"}


def layer_sizes(model: nn.Module, length: int) -> Picture:
    """How many numbers leave each layer of a network, and how many weights it has.

    Parameters
    ----------
    model : torch.nn.Module
        Takes one-hot (n, 4, length). Convolutions, max pooling and linear layers are shown, in
        the order in which it calls them. ``PaperCNN`` calls all of its own with ``embed_first``.
    length : int
        In bp.

    Returns
    -------
    Picture
        Two panels with one row a layer, the first layer on top.

    Examples
    --------
    >>> model = nn.Sequential(nn.Conv1d(4, 2, 3), nn.MaxPool1d(2), nn.Flatten(), nn.Linear(4, 1))
    >>> layer_sizes(model, 6).alt
    'Layers of a network: letters 4 x 6; convolution 2 x 4; max pooling 2 x 2; linear 1.'
    """
    rows = [("letters", (4, length), 0), *_layers(model, length)]
    figure = Picture(figsize=(8.2, 0.42 * len(rows) + 1.2), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=[3, 2])
    places = np.arange(len(rows))
    values = [int(np.prod(shape)) for _, shape, _ in rows]
    left.barh(places, values, color=BLUE)
    right.barh(places, [count for *_, count in rows], color=ORANGE)
    for place, (_, shape, count) in enumerate(rows):
        left.annotate(_shape_text(shape), (values[place], place), **_BESIDE)
        right.annotate(f"{count:,}" if count else "none", (count, place), **_BESIDE)
    left.set_yticks(places, [name for name, *_ in rows])
    left.invert_yaxis()
    left.set(title="What leaves the layer", xlabel="numbers (channels × positions)")
    right.set(title="What it has to learn", xlabel="weights and biases")
    for axis in (left, right):
        axis.set_xlim(0, 1.4 * axis.dataLim.x1)
        axis.xaxis.get_major_locator().set_params(nbins=4)
        axis.xaxis.set_major_formatter("{x:,.0f}")
        tidy(axis, grid="x")
    shown = "; ".join(f"{name} {' x '.join(map(str, shape))}" for name, shape, _ in rows)
    figure.alt = f"Layers of a network: {shown}."
    return figure


def sigmoid_losses(reach: float = 6.0) -> Picture:
    """The loss of one sequence against its logit, with the sigmoid taken once and taken twice.

    Parameters
    ----------
    reach : float
        The logits go from minus this to this.

    Returns
    -------
    Picture
        One panel for each of the two labels.

    Raises
    ------
    DataError
        If the reach is not above 0.

    Examples
    --------
    >>> sigmoid_losses().alt[-49:]
    'it stays between 0.31 and 0.69, or 0.69 and 1.31.'
    """
    if not 0 < reach < np.inf:
        raise DataError(f"A reach of {reach} shows no logits. Give a number above 0, such as 6.")
    logits = np.linspace(-reach, reach, 241)
    once = 1 / (1 + np.exp(-logits))
    figure = Picture(figsize=(8, 3.4), layout="constrained")
    axes = figure.subplots(1, 2, sharey=True)
    for axis, label in zip(axes, (1, 0), strict=True):
        sign = 1 if label else -1
        for number, (name, fed) in enumerate(
            {"sigmoid once": logits, "sigmoid twice": once}.items()
        ):
            axis.plot(
                logits, np.log1p(np.exp(-sign * fed)), label=name, linewidth=2, **line_style(number)
            )
        axis.set(title=f"The true class is {label}", xlabel="logit")
        axis.set_ylim(0, 4)
        tidy(axis)
    axes[0].set_ylabel("loss (nats)")
    axes[0].legend(loc="upper right", frameon=False)
    low, middle, high = np.log1p(np.exp([-1.0, 0.0, 1.0]))
    figure.alt = (
        "Loss against logit, for both labels. With the sigmoid once, the loss falls to 0 on the "
        "right side and climbs without end on the wrong one. With the sigmoid taken twice, it "
        f"stays between {low:.2f} and {middle:.2f}, or {middle:.2f} and {high:.2f}."
    )
    return figure


def _layers(model: nn.Module, length: int) -> list[tuple[str, tuple[int, ...], int]]:
    """Name, shape of the output and number of weights of each layer that is shown."""
    found: list[tuple[str, tuple[int, ...], int]] = []

    def note(module: nn.Module, _: Any, output: torch.Tensor) -> None:
        name = next(name for kinds, name in _KINDS if isinstance(module, kinds))
        shape = tuple(size for size in output.shape[1:] if size > 1) or (1,)
        found.append((name, shape, sum(p.numel() for p in module.parameters())))

    kinds = tuple(kind for group, _ in _KINDS for kind in group)
    handles = [m.register_forward_hook(note) for m in model.modules() if isinstance(m, kinds)]
    try:
        with evaluating(model):
            model(torch.zeros(1, 4, length))
    finally:
        for handle in handles:
            handle.remove()
    return found


def _shape_text(shape: tuple[int, ...]) -> str:
    return " × ".join(f"{size:,}" for size in shape)
