"""What ``fit`` is asked for: checked before any time is spent, and turned into parts of torch."""

from __future__ import annotations

import math
import warnings
from dataclasses import asdict, dataclass

import numpy as np
import torch
from torch import nn

from ..errors import DataError, UnknownNameError
from ..sequence_set import SequenceSet


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


@dataclass(frozen=True)
class Settings:
    """The keywords of :func:`~genbench_lite.fit` that say how to learn; see there."""

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

    def check(self, train: SequenceSet, valid: SequenceSet | None) -> None:
        """Refuse what cannot be learned from, and warn of what misleads."""
        if len(train) < 2 or self.epochs < 1 or self.batch_size < 2:
            raise DataError(
                f"{len(train)} training sequences, {self.epochs} epochs, batches of "
                f"{self.batch_size}: it takes at least two sequences, one epoch and batches of two."
            )
        if self.schedule not in SCHEDULES:
            raise UnknownNameError("schedule", str(self.schedule), filter(None, SCHEDULES))
        if not self.learning_rate > 0:
            raise DataError(f"learning_rate={self.learning_rate} leads nowhere. Try 0.001.")
        if self.clip_norm is not None and not self.clip_norm > 0:
            raise DataError(f"clip_norm={self.clip_norm} leaves no gradient. Try 1.0, or None.")
        if self.weight_decay < 0:
            raise DataError(
                f"weight_decay={self.weight_decay} lets weights explode. Take 0 or more."
            )
        if self.patience is not None and (valid is None or self.patience < 1):
            raise DataError(
                f"patience={self.patience} waits for a lower validation loss: give valid, and a "
                "patience of at least one epoch."
            )
        _check_labels(train, train.classes)
        if valid is not None:
            _check_labels(valid, train.classes)
        for sequences, role in ((train, "training"), (valid, "validation")):
            if sequences is not None and len(np.unique(sequences.labels)) == 1:
                only = train.classes[sequences.labels[0]]
                warnings.warn(
                    f"All {role} sequences are of the class {only!r}: a model that always answers "
                    "it looks perfect. Take some of every class.",
                    stacklevel=3,
                )

    def check_precision(self, device: torch.device) -> None:
        """Warn where mixed precision is asked for and would only cost time."""
        if self.mixed_precision and not pays_in_bfloat16(device):
            warnings.warn(
                f"mixed_precision is left out: it would not make this {device.type} device faster. "
                "The training goes on in full precision.",
                stacklevel=3,
            )

    def optimizer(self, model: nn.Module) -> torch.optim.Optimizer:
        """AdamW where weights decay, else Adam."""
        learned = [parameter for parameter in model.parameters() if parameter.requires_grad]
        if not learned:
            raise DataError(
                "The model has no weights to learn. Give it layers, or set requires_grad on some."
            )
        if self.weight_decay > 0:
            return torch.optim.AdamW(learned, self.learning_rate, weight_decay=self.weight_decay)
        return torch.optim.Adam(learned, self.learning_rate)

    def rate(self, done: float) -> float:
        """The learning rate when this share of the training is done."""
        return self.learning_rate * SCHEDULES[self.schedule](done)

    def weights(self, train: SequenceSet, device: torch.device) -> torch.Tensor | None:
        """Shape (classes,): all rows of a class together count as much as those of any other."""
        if not self.class_weights:
            return None
        counts = np.bincount(train.labels, minlength=len(train.classes))
        weights = len(train) / np.maximum(counts, 1) / np.count_nonzero(counts)
        return torch.from_numpy(weights.astype(np.float32)).to(device)

    def as_text(self) -> dict[str, str]:
        """Every setting by its name."""
        return {name: repr(value) for name, value in asdict(self).items()}


def pays_in_bfloat16(device: torch.device) -> bool:
    """Whether the device is faster in bfloat16; what only emulates it is slower."""
    return device.type == "cuda" and torch.cuda.get_device_capability(device) >= (8, 0)


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
