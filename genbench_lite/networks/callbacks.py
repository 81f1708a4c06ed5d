"""What ``fit`` can call after each epoch: anything that takes the history and the model.

A callback that returns True ends the training, and so does one that raises
:class:`StopTraining` with the reason. One with a method ``after_batch`` is called between the
batches as well.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from ..plots import Picture
    from ..training import History

Callback = Callable[["History", Any], Any]
Watcher = Callable[["History", float], Any]


class StopTraining(Exception):  # noqa: N818 - no error: like StopIteration, it says enough
    """Raised by a callback to end the training; its text becomes ``History.stopped``."""


class LiveCurve:
    """Learning curves that grow while the network learns.

    In a notebook one figure is shown and replaced after every epoch. Elsewhere nothing is shown;
    the last figure is in ``picture`` all the same.

    Examples
    --------
    >>> from genbench_lite import SequenceSet, fit, models
    >>> toy = SequenceSet.from_strings(["ACGT" * 10, "GGGG" * 10] * 8, [0, 1] * 8, ["a", "b"])
    >>> curve = LiveCurve()
    >>> history = fit(models.LiteCNN(2), toy, epochs=2, callbacks=[curve])
    >>> curve.picture.alt.endswith("after 2 epochs.")
    True
    """

    def __init__(self) -> None:
        self.picture: Picture | None = None
        self._shown: Any = None

    def __call__(self, history: History, model: Any) -> None:
        """Draw the history."""
        from ..plots import learning_curves

        self.picture = learning_curves(history)
        if not _in_notebook():
            return
        from IPython.display import HTML, display

        # HTML, for a figure has other forms too, of which a notebook may show both
        shown = HTML(self.picture._repr_html_())
        if len(history.seconds) == 1 or self._shown is None:
            self._shown = display(shown, display_id=True)
        else:
            self._shown.update(shown)


def told_to_stop(callbacks: Any, history: History, model: Any) -> str:
    """Call every callback; the reason to stop, or an empty text.

    All of them see the epoch, also after one has said to stop.
    """
    reasons = []
    for callback in callbacks:
        try:
            answer = callback(history, model)
        except StopTraining as stop:
            reasons.append(str(stop) or "a callback said so")
        else:
            # not any true answer: a callback may return what it measured
            if isinstance(answer, (bool, np.bool_)) and answer:
                reasons.append("a callback said so")
    return reasons[0] if reasons else ""


def batch_watchers(callbacks: Any) -> list[Watcher]:
    """The methods ``after_batch(history, done)`` of the callbacks that have one."""
    return [callback.after_batch for callback in callbacks if hasattr(callback, "after_batch")]


def _in_notebook() -> bool:
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    return getattr(get_ipython(), "kernel", None) is not None
