"""Figures about how a network is trained: when it should stop, how large its steps are, strands.

Pure functions that return a :class:`~genbench_lite.plots.Picture`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import DataError
from ..networks.training_settings import one_cycle
from ..plots import Picture
from .plot_styles import BLUE, GREY, ORANGE, line_style, tidy

_FAR = 8.0  # where a descent that runs away leaves the picture


def loss_curves(
    curves: Mapping[str, Sequence[float]], title: str = "Loss by epoch", top: float | None = None
) -> Picture:
    """Losses by epoch, with the lowest point of each marked.

    Parameters
    ----------
    curves : mapping of str to sequence of float
        Losses in nats, one an epoch, by the name of the line.
    title : str
    top : float, optional
        The highest loss that is drawn; for curves that run away.

    Returns
    -------
    Picture
        A line a curve. A large dot is its lowest point, if that is not its last one.

    Raises
    ------
    DataError
        If there is no curve, or one without an epoch.

    Examples
    --------
    >>> loss_curves({"validation": [0.7, 0.5, 0.6]}).alt
    'Loss by epoch. validation: lowest in epoch 2, at 0.50; 0.60 in the last epoch.'
    """
    if not curves or not all(len(curve) for curve in curves.values()):
        raise DataError("There is no epoch to draw. Train for at least one, with valid if need be.")
    figure = Picture(figsize=(6.2, 3.6), layout="constrained")
    axis: Any = figure.subplots()
    told = []
    for number, (name, losses) in enumerate(curves.items()):
        style, best = line_style(number), int(np.argmin(losses))
        axis.plot(np.arange(1, len(losses) + 1), losses, label=name, linewidth=2, **style)
        if best < len(losses) - 1:
            axis.plot([best + 1], [losses[best]], "o", ms=9, color=style["color"], zorder=3)
        told.append(
            f"{name}: lowest in epoch {best + 1}, at {losses[best]:.2f}; {losses[-1]:.2f} in the "
            "last epoch"
        )
    axis.set(xlabel="epoch", ylabel="loss (nats)", title=title)
    axis.set_ylim(0, top)
    axis.xaxis.get_major_locator().set_params(integer=True)
    axis.legend(frameon=False)
    tidy(axis)
    figure.alt = f"{title}. {'. '.join(told)}."
    return figure


def descent(rates: Sequence[float], start: float = 4.0, steps: int = 8) -> Picture:
    """Go down the loss w² of a single weight w, with several learning rates.

    Parameters
    ----------
    rates : sequence of float
        The learning rates: each step is minus the rate times the gradient, 2w.
    start : float
        The weight at the beginning.
    steps : int

    Returns
    -------
    Picture
        One panel a rate. A path that runs away is drawn as far as the panel reaches.

    Raises
    ------
    DataError
        If there is no rate, or no step.

    Examples
    --------
    >>> descent([0.5, 1.5], start=1, steps=2).alt
    'Steps down the loss w² from w = 1. After 2 steps: rate 0.5 at 0, rate 1.5 at 4.'
    """
    if not len(rates) or steps < 1:
        raise DataError("Without a rate and a step there is no way down. Give at least one each.")
    figure = Picture(figsize=(2.9 * len(rates), 3.0), layout="constrained")
    axes = figure.subplots(1, len(rates), sharey=True, squeeze=False)[0]
    curve = np.linspace(-_FAR, _FAR, 201)
    ends = []
    for axis, rate in zip(axes, rates, strict=True):
        path = start * (1 - 2 * rate) ** np.arange(steps + 1)
        axis.plot(curve, curve**2, color=GREY, linewidth=1)
        axis.plot(path, path**2, "o-", color=BLUE, ms=4, linewidth=1)
        axis.plot(path[:1], path[:1] ** 2, "o", color=ORANGE, ms=8, label="start")
        axis.set(xlim=(-_FAR, _FAR), ylim=(-2, _FAR**2), xlabel="weight w")
        axis.set_title(f"learning rate {rate:g}", fontsize=11)
        tidy(axis)
        ends.append(f"rate {rate:g} at {round(float(path[-1]), 2) + 0:g}")
    axes[0].set_ylabel("loss w² (no unit)")
    axes[0].legend(loc="upper center", frameon=False)
    figure.alt = (
        f"Steps down the loss w² from w = {start:g}. After {steps} steps: {', '.join(ends)}."
    )
    return figure


def rate_schedules(highest: float) -> Picture:
    """The learning rate from the first step to the last: constant, and in one cycle.

    Parameters
    ----------
    highest : float
        The learning rate that ``fit`` is given.

    Returns
    -------
    Picture

    Raises
    ------
    DataError
        If the rate is not above 0.

    Examples
    --------
    >>> rate_schedules(0.01).alt
    'Learning rate by share of the training: constant at 0.01; one cycle from 0.0004 to 0.01 to 0.'
    """
    if not highest > 0:
        raise DataError(f"A learning rate of {highest} leads nowhere. Give one above 0.")
    done = np.linspace(0, 1, 201)
    cycle = highest * np.array([one_cycle(share) for share in done])
    figure = Picture(figsize=(5.6, 2.9), layout="constrained")
    axis: Any = figure.subplots()
    lines = {"constant": np.full_like(done, highest), "one cycle": cycle}
    for number, (name, values) in enumerate(lines.items()):
        axis.plot(100 * done, values, label=name, linewidth=2, **line_style(number))
    axis.set(xlabel="steps done (%)", ylabel="learning rate", title="The size of the steps")
    axis.set_ylim(0, 1.15 * highest)
    axis.legend(frameon=False, loc="lower center")
    tidy(axis)
    figure.alt = (
        f"Learning rate by share of the training: constant at {highest:g}; one cycle from "
        f"{cycle[0]:g} to {cycle.max():g} to 0."
    )
    return figure


def strand_agreement(answers: Mapping[str, tuple[np.ndarray, np.ndarray]], what: str) -> Picture:
    """What models say about the two strands of the same sequences.

    Parameters
    ----------
    answers : mapping of str to tuple of numpy.ndarray
        For each model, the probability of one class, shape (n,), of the sequences and of their
        reverse complements.
    what : str
        The class.

    Returns
    -------
    Picture
        One panel a model, one dot a sequence. On the diagonal the strands get the same answer;
        in the shaded quarters they get different classes.

    Raises
    ------
    DataError
        If there is no model, or the strands differ in number.

    Examples
    --------
    >>> strand_agreement({"toy": (np.array([0.9, 0.2]), np.array([0.9, 0.7]))}, "a").alt
    'Probability of a on two strands. Different answers: toy 50.0%.'
    """
    if not answers or any(len(one) != len(other) for one, other in answers.values()):
        raise DataError("Each model needs the answers for both strands of the same sequences.")
    figure = Picture(figsize=(2.8 * len(answers) + 0.3, 3.2), layout="constrained")
    axes = figure.subplots(1, len(answers), sharey=True, squeeze=False)[0]
    told = []
    for axis, (name, (one, other)) in zip(axes, answers.items(), strict=True):
        differ = float(((one > 0.5) != (other > 0.5)).mean())
        for corner in ((0, 0.5), (0.5, 0)):
            axis.fill_between(
                [corner[0], corner[0] + 0.5], corner[1], corner[1] + 0.5,
                color=ORANGE, alpha=0.12, linewidth=0,
            )  # fmt: skip
        axis.scatter(one, other, s=4, color=BLUE, alpha=0.5, linewidths=0, rasterized=True)
        axis.set(xlim=(0, 1), ylim=(0, 1), aspect="equal", xlabel="as given")
        axis.set_title(f"{name}\n{differ:.1%} differ", fontsize=10)
        axis.set_xticks([0, 0.5, 1])
        axis.set_yticks([0, 0.5, 1])
        tidy(axis)
        told.append(f"{name} {differ:.1%}")
    axes[0].set_ylabel("other strand")
    figure.suptitle(f"Probability of {what} (0 to 1)", fontsize=11)
    figure.alt = f"Probability of {what} on two strands. Different answers: {', '.join(told)}."
    return figure
