"""From which probability on do we say yes, and what does that cost?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import ipywidgets
import numpy as np

from ..errors import DataError
from ..figures.decision_plots import decision_html
from ..networks.decisions import Ranking, probabilities
from ..networks.scoring import Scores
from .panel import Guide, Panel

_RARE = (0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.001)
_STYLE = {"description_width": "initial"}
_ROOM = {"width": "auto", "max_width": "640px"}


class ThresholdExplorer(Panel):
    """Move the threshold of a decision, and watch the confusion matrix and two curves.

    One class is asked for, the *positives*; all others are the negatives. A row is called
    positive when its probability is at least the threshold. A second slider makes positives as
    rare as they are outside of a benchmark: each class keeps its own shares, and counts less or
    more.

    Parameters
    ----------
    scores : Scores, or tuple
        What ``gbl.evaluate`` returned; or labels, shape (n,), and probabilities, shape
        (n, classes), or shape (n,) for those of class 1.
    classes : sequence of str, optional
        Names of the classes; with ``Scores`` they are known.

    Raises
    ------
    DataError
        If labels and probabilities do not fit, or all rows are of one class.

    Examples
    --------
    >>> explorer = ThresholdExplorer(([0, 0, 1, 1], [0.1, 0.6, 0.6, 0.9]), ["no", "yes"])
    >>> explorer.threshold.value = 0.6
    >>> "2 of 2 found, 1 false alarm." in explorer.picture.value
    True
    """

    title = "Threshold explorer: from which probability on do we say yes?"
    guide = Guide(
        "Move the threshold to both sides of 0.5. Find the place where nine of ten positives are "
        "found, and read what it costs.",
        "What happens to sensitivity and precision? And then make the positives rare: which of "
        "the two curves changes, and which does not?",
        "A higher threshold calls fewer rows positive, so the sensitivity can only fall and the "
        "specificity only rise. The precision mostly rises, with no guarantee. There is no right "
        "threshold as such: it depends on what a missed positive costs, and what a false alarm. "
        "The ROC curve looks at each class for itself, so it does not know how rare positives "
        "are. The precision mixes both: where negatives are many, a small share of them is more "
        "than all positives together. In a genome nearly every place is a negative, so a benchmark "
        "with as many of each makes precision look far better than it will be. Choose the "
        "threshold on validation rows; the test rows report it.",
    )

    def __init__(
        self,
        scores: Scores | tuple[Any, Any],
        classes: Sequence[str] | None = None,
    ):
        self.labels, self.probability, self.classes = _unpacked(scores, classes)
        asked = [
            (name, k)
            for k, name in enumerate(self.classes)
            if 0 < (self.labels == k).sum() < len(self.labels)
        ]
        if not asked:
            raise DataError("All rows are of one class. Take some of every class.")
        self._rankings: dict[int, Ranking] = {}
        self.positive = ipywidgets.Dropdown(
            options=asked,
            value=1 if len(self.classes) == 2 else asked[0][1],  # two are mostly no and yes
            description="Positives:",
            style=_STYLE,
            layout=_ROOM,
        )
        self.threshold = ipywidgets.FloatSlider(
            value=0.5, min=0, max=1, step=0.005, readout_format=".3f",
            description="Threshold:", style=_STYLE, layout=_ROOM,
        )  # fmt: skip
        self.share = ipywidgets.SelectionSlider(
            options=[("as here", 0.0), *((f"{100 * s:g}%", s) for s in _RARE)],
            value=0.0, description="Share of positives:", style=_STYLE, layout=_ROOM,
        )  # fmt: skip
        controls = [self.positive, self.threshold, self.share]
        super().__init__(controls)
        for control in controls:
            self.on(control, lambda _: None)

    @property
    def ranking(self) -> Ranking:
        """The rows by the probability of the present class."""
        k = self.positive.value
        if k not in self._rankings:
            self._rankings[k] = Ranking(self.labels == k, self.probability[:, k])
        return self._rankings[k]

    def draw(self) -> str:
        """The present threshold as HTML text."""
        return self._picture(self.threshold.value, self.share.value)

    def film(self) -> Iterable[tuple[str, str]]:
        """Three thresholds, and rare positives."""
        for threshold, share, caption in (
            (0.5, 0.0, "A threshold in the middle"),
            (0.2, 0.0, "A low one: more are found, with more false alarms"),
            (0.8, 0.0, "A high one: fewer false alarms, and more are missed"),
            (0.8, 0.01, "The same, if positives were rare"),
        ):
            yield caption, self._picture(threshold, share)

    def _picture(self, threshold: float, share: float) -> str:
        # a slider in a browser may say 0.7000000000000001
        name = self.classes[self.positive.value]
        return decision_html(self.ranking, name, round(threshold, 3), share or None)


def _unpacked(
    scores: Scores | tuple[Any, Any], classes: Sequence[str] | None
) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    if isinstance(scores, Scores):
        names: Sequence[str] | None = scores.classes
        labels, probability = probabilities(scores.labels, scores.probability)
    elif isinstance(scores, tuple) and len(scores) == 2:
        names, (labels, probability) = classes, probabilities(*scores)
    else:
        raise DataError(
            f"ThresholdExplorer takes Scores or (labels, probabilities), not "
            f"{type(scores).__name__}. Give what gbl.evaluate(model, rows) returns."
        )
    n = probability.shape[1]
    names = [f"class {k}" for k in range(n)] if names is None else list(names)
    if len(names) != n:
        raise DataError(
            f"{len(names)} names do not fit probabilities of {n} classes. Name each class, in the "
            "order of the columns."
        )
    return labels, probability, tuple(map(str, names))
