"""Train a network, and keep account of it.

:func:`fit` goes through the epochs, and :func:`_train_epoch` through the batches of one: these two
are all there is to it, and can be read line by line.
"""

from __future__ import annotations

import contextlib
import math
import os
import time
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import torch
from torch import nn
from tqdm.auto import tqdm

from .errors import DataError
from .networks.batching import Batches
from .networks.callbacks import Callback, StopTraining, Watcher, batch_watchers, told_to_stop
from .networks.checkpoints import Checkpoint, fingerprint, layout
from .networks.history import History
from .networks.prediction import (
    check_reads,
    device_of,
    enough_memory,
    loss,
    outputs,
    place,
    predict,
    probability,
    require_method,
)
from .networks.scoring import Scores, cross_entropy, evaluate
from .networks.training_settings import Settings, pays_in_bfloat16
from .sequence_set import SequenceSet

__all__ = ["History", "Scores", "evaluate", "fit", "predict"]


def fit(
    model: Any,
    train: SequenceSet,
    valid: SequenceSet | None = None,
    epochs: int = 10,
    batch_size: int = 64,
    learning_rate: float = 1e-3,
    seed: int = 0,
    *,
    weight_decay: float = 0.0,
    schedule: str | None = None,
    patience: int | None = None,
    flip_strands: bool = False,
    class_weights: bool = False,
    clip_norm: float | None = None,
    device: str | None = None,
    mixed_precision: bool = False,
    checkpoint: str | os.PathLike | None = None,
    callbacks: Iterable[Callback] = (),
) -> History:
    """Train a model in place.

    Parameters
    ----------
    model : torch.nn.Module or other
        A network that takes one-hot float32 (n, 4, length) and gives logits (n, classes). One
        with other outputs has two methods: ``loss(output, labels)``, the mean over the rows,
        and ``probability(output)``, shape (n, classes). One that reads any length has a true
        attribute ``variable_length``; one that reads a single length says it, in bp, as ``length``.
        What is no network, like :class:`~genbench_lite.models.KmerBaseline`, is trained by its
        own method ``fit(train, seed=seed)``, and the other settings mean nothing to it.
    train, valid : SequenceSet
        ``valid`` is only looked at, never learned from.
    epochs : int
        How often the model sees every training sequence, at most.
    batch_size : int
        Sequences a step.
    learning_rate : float
        Step size of Adam (Kingma and Ba 2015, arXiv:1412.6980); with a schedule, the highest.
    seed : int
        Order of the sequences, strands and dropout. The same seed gives the same weights on the
        same machine, bit for bit, if the model began with the same weights: call
        ``torch.manual_seed`` before you build it. Torch's own generators stay as they were.
    weight_decay : float
        Above 0: pull the weights towards zero (AdamW; Loshchilov and Hutter, arXiv:1711.05101).
    schedule : {None, "one_cycle"}
        ``"one_cycle"``: the learning rate rises over the first 30% of the steps and then falls to
        nothing (Smith and Topin, arXiv:1708.07120). None: it stays.
    patience : int, optional
        Stop when the validation loss has not fallen for so many epochs, and end with the weights
        of the best one. Needs ``valid``. None: all epochs, and the weights of the last.
    flip_strands : bool
        Give each training sequence as its reverse complement half of the time.
    class_weights : bool
        Count rare classes more, so that each has the same weight in the training loss.
    clip_norm : float, optional
        Longest gradient, over all weights together; a longer one is shortened to it.
    device : str, optional
        ``"cpu"``, ``"cuda"``, ``"mps"`` or ``"auto"``; the model is moved there, and stays.
        Left out, it is trained where it is.
    mixed_precision : bool
        Compute in bfloat16 where precision matters little: on NVIDIA's GPUs from Ampere on.
        Elsewhere a warning says that it is left out: on a CPU it saves these models no time, even
        on one with instructions for it (measured; within 5%).
    checkpoint : path-like, optional
        A file that is written after each epoch. If it is there already, training goes on where
        it ends, with the result that it would have had without the break.
    callbacks : iterable of callable
        Each is called with the history and the model after every epoch, and ends the training
        by returning True or raising :class:`~genbench_lite.networks.callbacks.StopTraining`. One
        that has a method ``after_batch(history, done)`` is also told after every batch which
        share of the epoch is done, in place of the progress bar; raising ``StopTraining`` there
        is as good as Ctrl-C.

    Returns
    -------
    History
        Also after Ctrl-C (or *Interrupt* in a notebook), which ends the training with the model
        as it is then; ``stopped`` tells why. A network is left in evaluation mode.

    Raises
    ------
    DataError
        If there are fewer than two sequences, no epoch or batches of one; if the model cannot
        read the sequences or is built for another number of classes; if the training and
        validation classes differ; if the loss is no longer a number, after which the model has
        the weights from before that epoch; or if the checkpoint is of another training.
    GenbenchError
        If the device is missing, its memory too small, or the checkpoint cannot be written.

    Examples
    --------
    >>> from genbench_lite import SequenceSet, models
    >>> toy = SequenceSet.from_strings(["ACGT" * 10, "GGGG" * 10] * 8, [0, 1] * 8, ["a", "b"])
    >>> history = fit(models.LiteCNN(2), toy, epochs=2)
    >>> len(history.train_loss)
    2
    """
    if not isinstance(model, nn.Module):
        return _fit_by_itself(model, train, valid, seed)
    settings = Settings(
        epochs, batch_size, learning_rate, seed, weight_decay, schedule, patience,
        flip_strands, class_weights, clip_norm, mixed_precision,
    )  # fmt: skip
    settings.check(train, valid)
    settings.check_precision(place(model, device))
    check_reads(model, train, valid)
    optimizer = settings.optimizer(model)
    callbacks = list(callbacks)  # an iterator would serve one epoch
    history = History()
    best = _copy(model)
    if checkpoint is not None:
        file = Checkpoint(checkpoint, model, optimizer, _about(model, train, valid, settings))
        best = file.load(history) or best
    history.stopped = history.waited(patience)
    watchers = batch_watchers(callbacks)
    with (
        _progress(history, train, epochs, hidden=bool(watchers)) as progress,
        _own_randomness(model),
    ):
        try:
            while len(history.seconds) < epochs and not history.stopped:
                started = time.perf_counter()
                good = _copy(model)
                history.train_loss.append(
                    _train_epoch(model, train, history, optimizer, settings, progress, watchers)
                )
                if valid is not None:
                    _validate(model, valid, history, batch_size)
                _check_numbers(model, history, good, settings)
                history.seconds.append(time.perf_counter() - started)
                progress.set_description(str(history))
                if history.best_epoch == len(history.seconds):
                    best = _copy(model)
                if checkpoint is not None:
                    file.save(history, best)
                told = told_to_stop(callbacks, history, model)
                history.stopped = told or history.waited(patience)
        except (KeyboardInterrupt, StopTraining) as stop:
            history.drop_half_epoch()
            history.stopped = str(stop) or f"interrupted in epoch {len(history.seconds) + 1}"
    if patience is not None and history.valid_loss:
        model.load_state_dict(best)
    model.eval()
    return history


def _train_epoch(
    model: nn.Module,
    train: SequenceSet,
    history: History,
    optimizer: torch.optim.Optimizer,
    settings: Settings,
    progress: tqdm,
    watchers: list[Watcher],
) -> float:
    """Every training sequence once, with a step after each batch; the mean loss."""
    epoch, device = len(history.seconds), device_of(model)
    rng = _seeded(settings.seed, epoch)
    batches = Batches(train, model, device)
    steps = batches.steps(settings.batch_size)
    weights = settings.weights(train, device)
    mixed = settings.mixed_precision and pays_in_bfloat16(device)
    total = torch.zeros((), device=device)
    model.train()
    shuffled = batches.shuffled(settings.batch_size, rng, flip=settings.flip_strands)
    for step, (x, y) in enumerate(shuffled):
        for group in optimizer.param_groups:
            group["lr"] = settings.rate((epoch + step / steps) / settings.epochs)
        with enough_memory(len(y), x.shape[2]):
            with torch.autocast("cuda", torch.bfloat16) if mixed else contextlib.nullcontext():
                output = model(x)
            mean_loss = loss(model, output.float(), y, weights)
            optimizer.zero_grad()
            mean_loss.backward()
            if settings.clip_norm is not None:
                nn.utils.clip_grad_norm_(model.parameters(), settings.clip_norm)
            optimizer.step()
        total += mean_loss.detach() * len(y)
        progress.update(len(y))
        for after_batch in watchers:
            after_batch(history, (step + 1) / steps)
    return float(total) / len(train)


def _validate(model: nn.Module, valid: SequenceSet, history: History, batch_size: int) -> None:
    output = outputs(model, valid, batch_size)
    labels = torch.from_numpy(np.array(valid.labels)).to(output.device)
    with torch.inference_mode():
        history.valid_loss.append(float(loss(model, output, labels)))
    right = probability(model, output).argmax(1) == labels
    history.valid_accuracy.append(float(right.float().mean()))


def _seeded(seed: int, epoch: int) -> np.random.Generator:
    """Start all randomness of one epoch.

    Each epoch has a start of its own, so that one after a checkpoint is like any other.
    """
    rng = np.random.default_rng([seed, epoch])
    torch.manual_seed(int(rng.integers(2**63)))
    return rng


@contextlib.contextmanager
def _own_randomness(model: nn.Module) -> Iterator[None]:
    """Leave torch's generators as they were, and let cuDNN repeat itself exactly."""
    device, cudnn = device_of(model), torch.backends.cudnn
    before = cudnn.deterministic, cudnn.benchmark
    cudnn.deterministic, cudnn.benchmark = True, False
    try:
        with torch.random.fork_rng([device] if device.type == "cuda" else []):
            yield
    finally:
        cudnn.deterministic, cudnn.benchmark = before


def _progress(history: History, train: SequenceSet, epochs: int, hidden: bool) -> tqdm:
    """A bar over all epochs, which tells the time that is left."""
    done, total = len(history.seconds) * len(train), epochs * len(train)
    return tqdm(total=total, initial=done, unit=" sequences", leave=False, disable=hidden)


def _copy(model: nn.Module) -> dict[str, torch.Tensor]:
    return {name: value.detach().clone() for name, value in model.state_dict().items()}


def _check_numbers(
    model: nn.Module, history: History, good: dict[str, torch.Tensor], settings: Settings
) -> None:
    """Stop where the loss or a weight is no number; the weights from before the epoch are back."""
    losses = history.train_loss[-1:] + history.valid_loss[-1:]
    if all(map(math.isfinite, losses)) and all(
        bool(p.isfinite().all()) for p in model.parameters()
    ):
        return
    model.load_state_dict(good)
    clip = ", clip_norm=1.0" if settings.clip_norm is None else ""
    raise DataError(
        f"The loss is no longer a number in epoch {len(history.train_loss)}. Try a smaller "
        f"learning_rate than {settings.learning_rate:g}{clip}. The model has the weights from "
        "before this epoch."
    )


def _about(
    model: nn.Module, train: SequenceSet, valid: SequenceSet | None, settings: Settings
) -> dict[str, str]:
    data = {"training data": fingerprint(train), "validation data": fingerprint(valid)}
    return {"model": layout(model)} | data | settings.as_text()


def _fit_by_itself(model: Any, train: SequenceSet, valid: SequenceSet | None, seed: int) -> History:
    """Let a model that is no network train itself: a history of one epoch."""
    require_method(model, "fit")
    started = time.perf_counter()
    model.fit(train, seed=seed)
    history = History(seconds=[time.perf_counter() - started])
    history.train_loss.append(cross_entropy(predict(model, train), train.labels))
    if valid is not None:
        answer = predict(model, valid)
        history.valid_loss.append(cross_entropy(answer, valid.labels))
        history.valid_accuracy.append(float((answer.argmax(1) == valid.labels).mean()))
    return history
