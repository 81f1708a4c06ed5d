"""Train a network, and keep account of it.

:func:`fit` goes through the epochs, and :func:`_train` through the batches of one: these two
are all there is to it, and can be read line by line.
"""

from __future__ import annotations

import contextlib
import math
import os
import time
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn
from tqdm.auto import tqdm

from .batching import Batches
from .callbacks import Callback, told_to_stop
from .checkpoints import Checkpoint, fingerprint, layout
from .errors import DataError, UnknownNameError
from .prediction import (
    check_reads,
    enough_memory,
    loss,
    outputs,
    place,
    predict,
    probability,
    require_method,
)
from .scoring import Scores, cross_entropy, evaluate
from .sequence_set import SequenceSet

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["History", "Scores", "evaluate", "fit", "predict"]


@dataclass
class History:
    """What happened in each epoch.

    Parameters
    ----------
    train_loss, valid_loss : list of float
        Mean loss: the model's own, which is cross-entropy in nats if it has none. The training
        loss is that before each step, with dropout and class weights.
    valid_accuracy : list of float
        Share of the validation sequences whose class was predicted, 0 to 1.
    seconds : list of float
        Wall time of the epoch.
    stopped : str
        Why the training ended before its last epoch; empty if it did not.
    """

    train_loss: list[float] = field(default_factory=list)
    valid_loss: list[float] = field(default_factory=list)
    valid_accuracy: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    stopped: str = ""

    @property
    def best_epoch(self) -> int | None:
        """The epoch of the lowest validation loss, counted from 1; None without validation."""
        return int(np.argmin(self.valid_loss)) + 1 if self.valid_loss else None

    def to_frame(self) -> pd.DataFrame:
        """One row an epoch, counted from 1."""
        import pandas as pd

        columns = {k: v for k, v in asdict(self).items() if isinstance(v, list) and v}
        return pd.DataFrame(columns, index=pd.RangeIndex(1, len(self.seconds) + 1, name="epoch"))


@dataclass(frozen=True)
class _Settings:
    """What ``fit`` was asked for, apart from the model and the data."""

    epochs: int
    batch_size: int
    learning_rate: float
    seed: int
    weight_decay: float
    schedule: str | None
    patience: int | None
    flip_strands: bool
    class_weights: bool
    clip_norm: float | None
    mixed_precision: bool


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
        Compute in bfloat16 where precision matters little. On CUDA only: elsewhere a warning
        says that it is left out.
    checkpoint : path-like, optional
        A file that is written after each epoch. If it is there already, training goes on where
        it ends, with the result that it would have had without the break.
    callbacks : iterable of callable
        Each is called with the history and the model after every epoch, and ends the training
        by returning True or raising :class:`~genbench_lite.callbacks.StopTraining`.

    Returns
    -------
    History
        Also after Ctrl-C (or *Interrupt* in a notebook), which ends the training with the model
        as it is then; ``stopped`` tells why.

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
    settings = _Settings(
        epochs, batch_size, learning_rate, seed, weight_decay, schedule, patience,
        flip_strands, class_weights, clip_norm, mixed_precision,
    )  # fmt: skip
    _check(settings, train, valid)
    place(model, device)
    for sequences in (train, valid) if valid is not None else (train,):
        check_reads(model, sequences)
    optimizer = _optimizer(model, settings)
    history = History()
    best = good = _copy(model)
    if checkpoint is not None:
        file = Checkpoint(checkpoint, model, optimizer, _about(model, train, valid, settings))
        best = file.load(history) or best
    history.stopped = _out_of_patience(history, patience)
    with _progress(history, train, epochs) as progress, _own_randomness():
        try:
            while len(history.seconds) < epochs and not history.stopped:
                started = time.perf_counter()
                epoch = len(history.seconds)
                good = _copy(model)
                history.train_loss.append(
                    _train(model, train, epoch, optimizer, settings, progress)
                )
                if valid is not None:
                    _validate(model, valid, history)
                _check_numbers(model, history, good, settings)
                history.seconds.append(time.perf_counter() - started)
                progress.set_description(_epoch_line(history))
                if history.best_epoch == len(history.seconds):
                    best = _copy(model)
                if checkpoint is not None:
                    file.save(history, best)
                history.stopped = told_to_stop(callbacks, history, model) or _out_of_patience(
                    history, patience
                )
        except KeyboardInterrupt:
            _drop_half_epoch(history)
            history.stopped = f"interrupted in epoch {len(history.seconds) + 1}"
    if patience is not None and history.valid_loss:
        model.load_state_dict(best)
    return history


def _train(
    model: nn.Module,
    train: SequenceSet,
    epoch: int,
    optimizer: torch.optim.Optimizer,
    settings: _Settings,
    progress: tqdm,
) -> float:
    """Every training sequence once, with a step after each batch; the mean loss."""
    rng = _seeded(settings.seed, epoch)
    device = next(model.parameters()).device
    batches = Batches(train, model, device)
    steps = batches.steps(settings.batch_size)
    weights = _class_weights(train, device) if settings.class_weights else None
    mixed = settings.mixed_precision and device.type == "cuda"
    total = torch.zeros((), device=device)
    model.train()
    shuffled = batches.shuffled(settings.batch_size, rng, flip=settings.flip_strands)
    for step, (x, y) in enumerate(shuffled):
        done = (epoch + step / steps) / settings.epochs
        for group in optimizer.param_groups:
            group["lr"] = settings.learning_rate * SCHEDULES[settings.schedule](done)
        with enough_memory(len(y), x.shape[2]):
            with torch.autocast(device.type, torch.bfloat16, enabled=mixed):
                output = model(x)
            mean_loss = loss(model, output.float(), y, weights)
            optimizer.zero_grad()
            mean_loss.backward()
            if settings.clip_norm is not None:
                nn.utils.clip_grad_norm_(model.parameters(), settings.clip_norm)
            optimizer.step()
        total += mean_loss.detach() * len(y)
        progress.update(len(y))
    return float(total) / len(train)


def _validate(model: nn.Module, valid: SequenceSet, history: History) -> None:
    output = outputs(model, valid)
    labels = torch.from_numpy(np.array(valid.labels)).to(output.device)
    with torch.inference_mode():
        history.valid_loss.append(float(loss(model, output, labels)))
    right = probability(model, output).argmax(1) == labels
    history.valid_accuracy.append(float(right.float().mean()))


def one_cycle(done: float) -> float:
    """The learning rate as a share of the highest: up over 30% of the training, then down.

    Parameters
    ----------
    done : float
        The share of all steps that has been taken, 0 to 1.

    Examples
    --------
    >>> [round(one_cycle(done), 2) for done in (0, 0.15, 0.3, 0.65, 1)]
    [0.04, 0.52, 1.0, 0.5, 0.0]
    """
    if done < 0.3:
        return 0.04 + 0.96 * (1 - math.cos(math.pi * done / 0.3)) / 2
    return (1 + math.cos(math.pi * (done - 0.3) / 0.7)) / 2


SCHEDULES = {None: lambda done: 1.0, "one_cycle": one_cycle}


def _optimizer(model: nn.Module, settings: _Settings) -> torch.optim.Optimizer:
    learned = [parameter for parameter in model.parameters() if parameter.requires_grad]
    if not learned:
        raise DataError(
            "The model has no weights to learn. Give it layers, or set requires_grad on some."
        )
    if settings.weight_decay > 0:
        return torch.optim.AdamW(
            learned, settings.learning_rate, weight_decay=settings.weight_decay
        )
    return torch.optim.Adam(learned, settings.learning_rate)


def _class_weights(train: SequenceSet, device: torch.device) -> torch.Tensor:
    """Shape (classes,): all rows of a class together count as much as those of any other."""
    counts = np.bincount(train.labels, minlength=len(train.classes))
    share = len(train) / np.maximum(counts, 1) / (counts > 0).sum()
    return torch.from_numpy(share.astype(np.float32)).to(device)


def _seeded(seed: int, epoch: int) -> np.random.Generator:
    """Start all randomness of one epoch.

    Each epoch has a start of its own, so that one after a checkpoint is like any other.
    """
    rng = np.random.default_rng([seed, epoch])
    torch.manual_seed(int(rng.integers(2**63)))
    return rng


@contextlib.contextmanager
def _own_randomness() -> Iterator[None]:
    """Leave torch's generators as they were, and let cuDNN repeat itself exactly."""
    cudnn = torch.backends.cudnn
    before = cudnn.deterministic, cudnn.benchmark
    cudnn.deterministic, cudnn.benchmark = True, False
    try:
        with torch.random.fork_rng():
            yield
    finally:
        cudnn.deterministic, cudnn.benchmark = before


def _progress(history: History, train: SequenceSet, epochs: int) -> tqdm:
    """A bar over all epochs, which tells the time that is left."""
    done = len(history.seconds) * len(train)
    return tqdm(total=epochs * len(train), initial=done, unit=" sequences", leave=False)


def _epoch_line(history: History) -> str:
    line = f"epoch {len(history.seconds)}: loss {history.train_loss[-1]:.3f}"
    if history.valid_accuracy:
        line += f", validation accuracy {history.valid_accuracy[-1]:.3f}"
    return line


def _copy(model: nn.Module) -> dict[str, torch.Tensor]:
    return {name: value.detach().clone() for name, value in model.state_dict().items()}


def _out_of_patience(history: History, patience: int | None) -> str:
    best = history.best_epoch
    if patience is None or best is None or len(history.valid_loss) - best < patience:
        return ""
    return f"the validation loss has not fallen for {patience} epochs: back to epoch {best}"


def _check_numbers(
    model: nn.Module, history: History, good: dict[str, torch.Tensor], settings: _Settings
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


def _drop_half_epoch(history: History) -> None:
    """Of an epoch that was interrupted, nothing stays in the history."""
    for values in (history.train_loss, history.valid_loss, history.valid_accuracy):
        del values[len(history.seconds) :]


def _check(settings: _Settings, train: SequenceSet, valid: SequenceSet | None) -> None:
    if len(train) < 2 or settings.epochs < 1 or settings.batch_size < 2:
        raise DataError(
            f"{len(train)} training sequences, {settings.epochs} epochs, batches of "
            f"{settings.batch_size}: it takes at least two sequences, one epoch and batches of two."
        )
    if settings.schedule not in SCHEDULES:
        raise UnknownNameError("schedule", str(settings.schedule), filter(None, SCHEDULES))
    if settings.patience is not None and (valid is None or settings.patience < 1):
        raise DataError(
            f"patience={settings.patience} waits for a lower validation loss: give valid, and a "
            "patience of at least one epoch."
        )
    for sequences in (train, valid):
        if sequences is not None:
            _check_labels(sequences, train.classes)
    if valid is not None and len(np.unique(valid.labels)) == 1 < len(train.classes):
        only = valid.classes[valid.labels[0]]
        warnings.warn(
            f"All validation sequences are of the class {only!r}: a model that always answers it "
            "looks perfect. Take some of every class.",
            stacklevel=3,
        )


def _check_labels(sequences: SequenceSet, classes: tuple[str, ...]) -> None:
    if not len(sequences):
        raise DataError("There are no sequences to validate on. Give some, or leave valid out.")
    if sequences.classes != classes:
        raise DataError(
            f"The validation classes are {', '.join(sequences.classes)}, the training classes "
            f"{', '.join(classes)}. Give both the same ones."
        )
    if not 0 <= sequences.labels.min() <= sequences.labels.max() < len(classes):
        raise DataError(f"Labels must lie in 0 to {len(classes) - 1}, one for each class.")


def _about(
    model: nn.Module, train: SequenceSet, valid: SequenceSet | None, settings: _Settings
) -> dict[str, str]:
    return {
        "model": layout(model),
        "training data": fingerprint(train),
        "validation data": fingerprint(valid),
        **{name: repr(value) for name, value in asdict(settings).items()},
    }


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
