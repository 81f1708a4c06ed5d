"""Figures of scores and of several trainings: calibration, ROC, precision and recall, seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DataError
from ..plots import Picture
from .plot_styles import BLUE, GREY, line_style, tidy

if TYPE_CHECKING:
    from ..networks.history import History
    from ..networks.scoring import Scores

_LABELS = {
    "valid_accuracy": "validation accuracy (share of sequences)",
    "valid_loss": "validation loss (nats)",
    "train_loss": "training loss (nats)",
}


def reliability(scores: Scores) -> Picture:
    """Whether a model is as often right as it claims.

    Parameters
    ----------
    scores : Scores
        What ``evaluate`` returned.

    Returns
    -------
    Picture
        Above, the share of right answers against the probability of the answer, in 15 bins; on
        the diagonal the two agree. Bars are 95% intervals (Wilson 1927,
        doi:10.1080/01621459.1927.10502953).
        Below, how many answers are in each bin.
    """
    from ..audits.findings import wilson

    bins = scores.reliability()
    bins = bins[bins["n"] > 0]
    n, right = bins["n"].to_numpy(), bins["accuracy"].to_numpy()
    low, high = np.array([wilson(round(a * b), int(b)) for a, b in zip(right, n, strict=True)]).T
    figure = Picture(figsize=(4.6, 4.6), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1])
    above.plot([0, 1], [0, 1], ":", color=GREY, label="as right as it claims")
    errors = np.maximum([right - low, high - right], 0)  # rounding may leave -0.0
    above.errorbar(
        bins["confidence"], right, errors, fmt="o-", color=BLUE, capsize=3, label="this model"
    )
    above.set(ylim=(0, 1.03), ylabel="right answers (share)", title="Confidence and truth")
    above.legend(loc="upper left", frameon=False)
    below.bar(bins["low"], n, width=bins["high"] - bins["low"], align="edge", color=BLUE)
    below.set(xlabel="probability of the predicted class", ylabel="sequences", xlim=(0, 1))
    for axis in (above, below):
        tidy(axis)
    gap = float(np.average(bins["confidence"] - right, weights=n))
    verdict = "claims too much" if gap > 0 else "claims too little"
    figure.alt = (
        f"Reliability diagram. Answers are {abs(gap):.3f} off on average (the model {verdict}); "
        f"the expected calibration error is {scores.calibration_error:.3f}."
    )
    return figure


def roc_curves(scores: Scores | Mapping[str, Scores]) -> Picture:
    """How many of a class are found, for how many false alarms.

    Parameters
    ----------
    scores : Scores, or mapping of str to Scores
        One model, whose classes get a line each; or several by name, with a line each for the
        second of their two classes.

    Returns
    -------
    Picture
    """
    from sklearn.metrics import roc_auc_score, roc_curve

    figure, axis, lines = _curves(scores, "ROC curves", "AUROC", roc_curve, roc_auc_score)
    axis.plot([0, 1], [0, 1], ":", color=GREY, label="chance")
    axis.set(xlabel="false alarms (share of all others)", ylabel="found (share of the class)")
    return _finished(figure, axis, "ROC curves", "area under the curve", lines)


def precision_recall_curves(scores: Scores | Mapping[str, Scores]) -> Picture:
    """How pure a list of findings is, for how much of a class is on it.

    Parameters
    ----------
    scores : Scores, or mapping of str to Scores
        As in :func:`roc_curves`.

    Returns
    -------
    Picture
    """
    from sklearn.metrics import average_precision_score, precision_recall_curve

    def curve(truth: np.ndarray, score: np.ndarray) -> tuple[np.ndarray, np.ndarray, None]:
        precision, recall, _ = precision_recall_curve(truth, score)
        return recall, precision, None

    figure, axis, lines = _curves(
        scores, "Precision and recall", "AP", curve, average_precision_score
    )
    axis.set(xlabel="recall (share of the class found)", ylabel="precision (share that is right)")
    return _finished(figure, axis, "Precision-recall curves", "average precision", lines)


def training_curves(
    runs: Mapping[str, Sequence[History]], measure: str = "valid_accuracy"
) -> Picture:
    """Several trainings of each model, with their spread.

    Parameters
    ----------
    runs : mapping of str to list of History
        For each model, its trainings with different seeds.
    measure : {"valid_accuracy", "valid_loss", "train_loss"}
        What to draw.

    Returns
    -------
    Picture
        A line a model: the mean over its trainings, as long as the shortest of them. The band
        goes from the lowest to the highest.
    """
    if measure not in _LABELS:
        raise DataError(f"There is no measure {measure!r}. Take one of {', '.join(_LABELS)}.")
    figure = Picture(figsize=(5.6, 3.6), layout="constrained")
    axis: Any = figure.subplots()
    ends = []
    for number, (name, histories) in enumerate(runs.items()):
        epochs = min((len(getattr(h, measure)) for h in histories), default=0)
        if not epochs:
            raise DataError(
                f"{name} has a training without {measure}. Give valid to fit, and train for an "
                "epoch or more."
            )
        values = np.array([getattr(h, measure)[:epochs] for h in histories])
        x, mean = np.arange(1, epochs + 1), values.mean(0)
        style = line_style(number)
        axis.fill_between(x, values.min(0), values.max(0), color=style["color"], alpha=0.2, lw=0)
        axis.plot(
            x,
            mean,
            label=f"{name} ({len(histories)} seed{'s'[: len(histories) - 1]})",
            marker="o",
            ms=3,
            **style,
        )
        ends.append(
            f"{name} {mean[-1]:.3f}, from {values[:, -1].min():.3f} to {values[:, -1].max():.3f}"
        )
    if not ends:
        raise DataError("There are no trainings to draw. Give at least one name with a History.")
    axis.set(xlabel="epoch", ylabel=_LABELS[measure], title="Mean of the seeds, and their range")
    axis.xaxis.get_major_locator().set_params(integer=True)
    axis.legend(frameon=False)
    tidy(axis)
    figure.alt = (
        f"{_LABELS[measure].split(' (')[0].capitalize()} by epoch. At the end: {'; '.join(ends)}."
    )
    return figure


def _curves(
    scores: Scores | Mapping[str, Scores], title: str, short: str, curve: Any, area: Any
) -> tuple[Picture, Any, list[str]]:
    figure = Picture(figsize=(4.4, 4.4), layout="constrained")
    axis: Any = figure.subplots()
    lines = []
    for number, (name, truth, score) in enumerate(_rankings(scores)):
        x, y, _ = curve(truth, score)
        value = area(truth, score)
        axis.plot(x, y, label=f"{name}: {short} {value:.3f}", **line_style(number))
        lines.append(f"{name} {value:.3f}")
    axis.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.03), aspect="equal", title=title)
    return figure, axis, lines


def _finished(figure: Picture, axis: Any, what: str, area: str, lines: list[str]) -> Picture:
    axis.legend(loc="lower right" if "ROC" in what else "lower left", frameon=False)
    tidy(axis)
    figure.alt = f"{what}; {area}: {', '.join(lines)}."
    return figure


def _rankings(
    scores: Scores | Mapping[str, Scores],
) -> list[tuple[str, np.ndarray, np.ndarray]]:
    """The name of each line, which rows it should find, and how it ranks all rows."""
    if isinstance(scores, Mapping):
        if not scores or any(len(one.classes) != 2 for one in scores.values()):
            raise DataError("Several models are compared on two classes. Give one Scores instead.")
        wanted = [(name, one, 1) for name, one in scores.items()]
    else:
        chosen = [1] if len(scores.classes) == 2 else range(len(scores.classes))
        wanted = [(scores.classes[c], scores, c) for c in chosen]
    if any(not 0 < (one.labels == c).sum() < len(one.labels) for _, one, c in wanted):
        raise DataError(
            "A curve needs sequences of the class and others. Take some of every class."
        )
    return [(name, one.labels == c, one.probability[:, c]) for name, one, c in wanted]
