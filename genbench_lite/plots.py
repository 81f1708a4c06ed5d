"""Figures: pure functions that return one, with a text for those who cannot see it."""

from __future__ import annotations

import base64
import html
import io
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure

from .errors import DataError

if TYPE_CHECKING:
    from .training import History, Scores

BASE_COLOURS = {"A": "#009E73", "C": "#0072B2", "G": "#E69F00", "T": "#D55E00"}
"""Base colours that colour-blind readers can tell apart (Wong 2011, doi:10.1038/nmeth.1618)."""


class Picture(Figure):
    """A matplotlib figure that a notebook shows with alternative text.

    It is made without ``pyplot``, so that it is shown once, where it is returned.
    """

    alt: str = ""

    def _repr_html_(self) -> str:
        png = io.BytesIO()
        self.savefig(png, format="png", dpi=110, bbox_inches="tight", facecolor="white")
        data = base64.b64encode(png.getvalue()).decode("ascii")
        return (
            f'<img src="data:image/png;base64,{data}" alt="{html.escape(self.alt)}" '
            'style="max-width:100%">'
        )


def learning_curves(history: History) -> Picture:
    """Loss and validation accuracy by epoch.

    Parameters
    ----------
    history : History
        What ``fit`` returned.

    Returns
    -------
    Picture
        Two panels; the second only if there was a validation set.
    """
    if not history.train_loss:
        raise DataError("This history has no epochs yet. Train for at least one.")
    epochs = np.arange(1, len(history.train_loss) + 1)
    panels = 2 if history.valid_accuracy else 1
    figure = Picture(figsize=(4.2 * panels, 3.0), layout="constrained")
    axes = figure.subplots(1, panels, squeeze=False, gridspec_kw={"wspace": 0.1})[0]
    axes[0].plot(epochs, history.train_loss, "o-", color="#0072B2", label="training")
    if history.valid_loss:
        axes[0].plot(epochs, history.valid_loss, "s--", color="#D55E00", label="validation")
        axes[1].plot(epochs, history.valid_accuracy, "s--", color="#D55E00", label="validation")
        axes[1].set(title="Right answers", ylabel="accuracy (share of sequences)")
    axes[0].set(title="Loss", ylabel="cross-entropy (nats)")
    for axis in axes:
        axis.set_xlabel("epoch")
        axis.set_xticks(epochs[:: max(1, len(epochs) // 10)])
        axis.legend()
        axis.grid(alpha=0.3)
    figure.alt = (
        f"Training loss goes from {history.train_loss[0]:.2f} to {history.train_loss[-1]:.2f}"
    )
    if history.valid_accuracy:
        figure.alt += f"; validation accuracy ends at {history.valid_accuracy[-1]:.2f}"
    figure.alt += f" after {len(epochs)} epochs."
    return figure


def confusion(scores: Scores) -> Picture:
    """Which class is taken for which.

    Parameters
    ----------
    scores : Scores
        What ``evaluate`` returned.

    Returns
    -------
    Picture
        A matrix: one row a true class, one column a predicted class, with counts and the
        share of the row.
    """
    counts = scores.confusion
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    n = len(scores.classes)
    figure = Picture(figsize=(1.1 * n + 1.4, 0.65 * n + 1.2), layout="constrained")
    axis: Any = figure.subplots()
    image = axis.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for (row, column), share in np.ndenumerate(shares):
        axis.text(
            column,
            row,
            f"{counts[row, column]:,}\n{share:.0%}",
            ha="center",
            va="center",
            color="white" if share > 0.55 else "black",
        )
    axis.set_xticks(range(n), scores.classes)
    axis.set_yticks(range(n), scores.classes)
    axis.set(xlabel="predicted class", ylabel="true class")
    axis.set_title(f"{scores.accuracy:.1%} of {counts.sum():,} sequences are right")
    figure.colorbar(image, label="share of the true class")
    right = ", ".join(f"{c} {s:.0%}" for c, s in zip(scores.classes, np.diag(shares), strict=True))
    figure.alt = f"Confusion matrix; share of each class that is predicted right: {right}."
    return figure
