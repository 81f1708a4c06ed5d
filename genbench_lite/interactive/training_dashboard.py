"""Watch a network learn, and stop it by hand."""

from __future__ import annotations

import copy
import dataclasses
import html
import inspect
import threading
import time
from collections.abc import Iterable
from typing import Any

import ipywidgets
import numpy as np
import pandas as pd
from torch import nn

from ..errors import DataError, UnknownNameError
from ..figures.svg_parts import counted
from ..figures.training_panels import flip_table, live_curves, progress_bar
from ..networks.callbacks import StopTraining
from ..networks.flips import Flip, find_flips
from ..networks.history import History
from ..networks.prediction import check_reads, place, predict
from ..networks.training_settings import Settings
from ..sequence_set import SequenceSet
from ..training import fit
from .background import Job
from .panel import Guide, Panel

WATCHED = 1000  # validation sequences that are asked about after each epoch: it takes time
BAR_SECONDS = 0.1  # a message a batch would flood the page


class TrainingDashboard(Panel):
    """A Start and a Stop button, live curves, and the answers that change from epoch to epoch.

    To build it trains nothing. Start trains beside the other cells, in a thread, and
    :meth:`run` in a cell. Each begins from the weights that the model had when the dashboard was
    built, so Start after Stop begins again, and the same seed gives the same curves.

    Parameters
    ----------
    model : torch.nn.Module
        A network as in :func:`~genbench_lite.fit`.
    train, valid : SequenceSet
        To learn from, and to look at after each epoch.
    **recipe
        Keywords of :func:`~genbench_lite.fit`: epochs, learning_rate, seed, ...

    Attributes
    ----------
    history : History or None
        Of the training that runs or ran last; None before the first batch.
    changes : list of list of Flip
        For each epoch, the watched validation sequences that got another answer than before.

    Raises
    ------
    DataError
        If the model is no network, cannot read the sequences or is built for another number of
        classes, if there is nothing to validate on, or a setting is none.
    UnknownNameError
        If ``fit`` has no such keyword.

    Notes
    -----
    While it trains, other cells can run. What is trained is a copy of the model: after each
    epoch, and at the end, its weights are copied into ``model``. So a cell that asks ``model``
    gets the answers of the last complete epoch, and slows the training down as long as it runs.
    Weights that a cell gives to ``model`` meanwhile are lost with the next epoch. Torch's random
    numbers belong to all threads: a cell that draws some, or trains, changes this training a
    little, and a ``torch.manual_seed`` is undone at its end. For a result to repeat, wait.
    Only one dashboard trains at a time: Start on another one stops it.

    Callbacks in the recipe are called in the thread, with the copy. What they print may land
    under another cell: a notebook does not know where words of a thread belong.

    Examples
    --------
    >>> from genbench_lite import models
    >>> toy = SequenceSet.from_strings(["ACGT" * 10, "GGGG" * 10] * 8, [0, 1] * 8, ["a", "b"])
    >>> board = TrainingDashboard(models.LiteCNN(2), toy, toy, epochs=2)
    >>> board.history is None
    True
    >>> len(board.run().seconds)
    2
    """

    title = "Watch it learn"
    guide = Guide(
        "Press Start and watch both losses. Press Stop as soon as you think that the validation "
        "loss will not fall any further. Then press Start again, and wait longer.",
        "What happens to the number of changed answers from epoch to epoch? What does the gap "
        "between the two losses do if you never stop?",
        "At first the network changes its mind about many sequences, later about those near the "
        "boundary: their probability was not far from a half. If the training loss falls and the "
        "validation loss rises, the network learns its training sequences by heart. Stop ends "
        "after the present batch, and the model keeps the weights it has then. Start begins "
        "again from the first weights. You may run other cells meanwhile: they see the weights "
        "of the last complete epoch.",
    )

    def __init__(self, model: Any, train: SequenceSet, valid: SequenceSet, **recipe: Any):
        _check(model, train, valid)
        settings = _settings(recipe)
        settings.check(train, valid)
        place(model, recipe.get("device"))
        check_reads(model, train, valid)
        self.model, self.train, self.valid, self.recipe = model, train, valid, recipe
        self._callbacks = list(recipe.get("callbacks", ()))  # an iterator would serve one Start
        self.epochs = settings.epochs
        self._first = copy.deepcopy(model)
        self.watched = valid.subset(min(WATCHED, len(valid)), seed=settings.seed)
        self.history: History | None = None
        self.changes: list[list[Flip]] = []
        self._answers = np.zeros(0)
        self._error: Exception | None = None
        self._bar_shown = 0.0
        self._job = Job()
        # pictures are drawn by the thread of the training and by that of the buttons
        self._drawing = threading.RLock()
        self.start = ipywidgets.Button(description="Start", button_style="primary")
        self.stop = ipywidgets.Button(description="Stop", disabled=True)
        self.status = ipywidgets.HTML()
        self.bar = ipywidgets.HTML()
        self.start.on_click(self._on_start)
        self.stop.on_click(self.answering(self._on_stop))
        super().__init__([ipywidgets.HBox([self.start, self.stop]), self.status, self.bar])
        self.picture.add_class("gbl-wide")
        self._say(f"Not trained yet. Start trains for {self.epochs} epochs at most.")

    def run(self) -> History:
        """Train in this cell, until it is done; for notebooks that nobody watches.

        If a training is going on, it is waited for. *Interrupt* ends both as it ends
        :func:`~genbench_lite.fit`.

        Returns
        -------
        History

        Raises
        ------
        Exception
            What the training raised.
        """
        if not self._job.running:
            self._job.begin(self._train, beside=False)
        try:
            self._job.wait()
        except KeyboardInterrupt:
            self._job.stop()
            self._job.wait()
        if self._error is not None:
            raise self._error
        assert self.history is not None
        return self.history

    def flips(self) -> pd.DataFrame:
        """The watched sequences whose answer changed in the last epoch, largest changes first.

        Returns
        -------
        pandas.DataFrame
            Columns id, truth, before, p_before, after, p_after: classes, and probabilities of
            the answers.
        """
        columns = [field.name for field in dataclasses.fields(Flip)]
        last = self.changes[-1] if self.changes else []
        return pd.DataFrame([dataclasses.asdict(flip) for flip in last], columns=columns)

    def draw(self) -> str:
        """The curves and the changed answers so far."""
        return self._picture(None)

    def refresh(self) -> None:
        """Draw the present state."""
        with self._drawing:
            super().refresh()

    def film(self) -> Iterable[tuple[str, str]]:
        """After the first, the best and the last epoch; before the training, what is to come."""
        if self.history is None or not self.changes:
            return [("Before Start: the curves grow when a kernel runs.", self.draw())]
        epochs = sorted({1, self.history.best_epoch or 1, len(self.changes)})
        return [(f"After epoch {epoch}", self._picture(epoch)) for epoch in epochs]

    def _picture(self, until: int | None) -> str:
        table = flip_table(self.changes, len(self.watched), until)
        return live_curves(self.history, self.epochs, until) + table

    def _on_start(self, button: Any) -> None:
        # what the thread shows must come after what this click shows
        with self._drawing:
            self.answering(self._begin)()

    def _begin(self) -> None:
        self._job.begin(self.answering(self._train), beside=True)
        self._reset()  # at once: whoever looks after the click sees nothing of the last training

    def _on_stop(self, button: Any) -> None:
        with self._drawing:
            if not self.stop.disabled:
                self._job.stop()
                self._say("Stopping after this batch.")

    def _train(self) -> None:
        """The training, in whichever thread."""
        with self._drawing:
            self._reset()
            self.refresh()
        learner = copy.deepcopy(self._first)
        recipe = self.recipe | {"callbacks": [_Watch(self), *self._callbacks]}
        ending = "Interrupted before the first batch."
        try:
            self._answers = predict(learner, self.watched)
            self.history = fit(learner, self.train, self.valid, **recipe)
            ending = _ending(self.history)
        except Exception as error:
            self._error, ending = error, "The training ended with an error."
            raise
        finally:
            with self._drawing:
                self._hand_over(learner)
                self.start.disabled, self.stop.disabled = False, True
                self.bar.value = ""
                self._say(ending)
                self.refresh()

    def _reset(self) -> None:
        self.start.disabled, self.stop.disabled = True, False
        self.history, self.changes, self._error = None, [], None
        self._say(f"Training: epoch 1 of {self.epochs}.")

    def _after_batch(self, history: History, done: float) -> None:
        self.history = history
        epoch = len(history.seconds) + 1
        if self._job.stop_asked.is_set():
            raise StopTraining(f"stopped by hand in epoch {epoch}")
        now = time.monotonic()
        if now - self._bar_shown >= BAR_SECONDS:
            self._bar_shown = now
            self.bar.value = progress_bar(epoch, self.epochs, done)

    def _after_epoch(self, history: History, learner: nn.Module) -> None:
        self.history = history
        answers = predict(learner, self.watched)
        self.changes.append(find_flips(self.watched, self._answers, answers))
        self._answers = answers
        self._hand_over(learner)
        done = len(history.seconds)
        if done < self.epochs:
            self._say(f"Training: epoch {done + 1} of {self.epochs}.")
        self.refresh()

    def _hand_over(self, learner: nn.Module) -> None:
        self.model.load_state_dict(learner.state_dict())
        self.model.eval()

    def _say(self, text: str) -> None:
        self.status.value = f'<div role="status">{html.escape(text)}</div>'


class _Watch:
    """The callback: what ``fit`` does is told to the dashboard."""

    def __init__(self, board: TrainingDashboard):
        self.after_batch = board._after_batch
        self._after_epoch = board._after_epoch

    def __call__(self, history: History, model: nn.Module) -> None:
        self._after_epoch(history, model)


def _check(model: Any, train: Any, valid: Any) -> None:
    if not isinstance(model, nn.Module):
        raise DataError(
            f"A {type(model).__name__} is no network, and has no epochs to watch. Train it with "
            "gbl.fit."
        )
    for sequences, name in ((train, "train"), (valid, "valid")):
        if not isinstance(sequences, SequenceSet):
            raise DataError(
                f"{name} is a {type(sequences).__name__}, and should be sequences with labels. "
                f"Give a SequenceSet, such as data.{name}."
            )


def _settings(recipe: dict[str, Any]) -> Settings:
    """What ``fit`` will be asked for, with its own defaults."""
    parameters = inspect.signature(fit).parameters.values()
    known = {p.name: p.default for p in parameters if p.name not in ("model", "train", "valid")}
    for name in recipe:
        if name not in known:
            raise UnknownNameError("setting of gbl.fit", name, known)
    given = known | recipe
    return Settings(**{field.name: given[field.name] for field in dataclasses.fields(Settings)})


def _ending(history: History) -> str:
    epochs = counted(len(history.seconds), "epoch")
    reason = history.stopped
    text = f"Ended after {epochs}: {reason}." if reason else f"Done: {epochs}."
    if history.valid_accuracy:
        text += f" Validation accuracy {history.valid_accuracy[-1]:.3f} after the last of them."
    return f"{text} The model can be used. Start begins again from the first weights."
