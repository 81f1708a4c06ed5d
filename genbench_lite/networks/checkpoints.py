"""Training that can be cut off: all it takes to go on, in one file after every epoch."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import pickle
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ..errors import DataError, GenbenchError
from ..sequence_set import SequenceSet


class Checkpoint:
    """One file with the state of a training.

    It is written under another name and then renamed, so that a reader never sees half of it.

    Parameters
    ----------
    path : path-like
    model : torch.nn.Module
    optimizer : torch.optim.Optimizer
    about : dict
        What the training is, as text: it goes on only where all of this is the same.

    Raises
    ------
    GenbenchError
        If no file can be written there.
    """

    def __init__(
        self,
        path: str | os.PathLike,
        model: torch.nn.Module,
        optimizer: torch.optim.Optimizer,
        about: dict[str, str],
    ):
        self.path = Path(path)
        self.model = model
        self.optimizer = optimizer
        self.about = about
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.path.parent):
                pass  # now, and not after an hour of training
            if self.path.is_dir():
                raise IsADirectoryError("it is a folder")
        except OSError as error:
            raise GenbenchError(
                f"The checkpoint {self.path} cannot be written ({error}). Give the path of a file "
                "in a folder of yours."
            ) from error

    def load(self, history: Any) -> dict[str, torch.Tensor] | None:
        """Bring model, optimizer and history to where the file is; the best weights so far.

        Raises
        ------
        DataError
            If the file is damaged, or of another training.
        """
        if not self.path.exists():
            return None
        try:
            device = next(self.model.parameters()).device
            state = torch.load(self.path, map_location=device, weights_only=True)
            about = state["about"]
        except (OSError, RuntimeError, KeyError, TypeError, EOFError, pickle.PickleError) as error:
            raise DataError(
                f"{self.path} is no checkpoint of a training, or a damaged one. Delete it, or give "
                "another path."
            ) from error
        other = [name for name, value in self.about.items() if about.get(name) != value]
        if other:
            name = other[0]
            raise DataError(
                f"The checkpoint {self.path} is of another training: its {name} is "
                f"{about.get(name)}, not {self.about[name]}. Delete it, or give another path."
            )
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        for name, values in state["history"].items():
            setattr(history, name, values)
        return state["best"]

    def save(self, history: Any, best: dict[str, torch.Tensor]) -> None:
        """Replace the file by the state after this epoch."""
        state = {
            "about": self.about,
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "history": dataclasses.asdict(history),
            "best": best,
        }
        draft = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        try:
            torch.save(state, draft)
            draft.replace(self.path)
        except (OSError, RuntimeError) as error:
            raise GenbenchError(
                f"The checkpoint {self.path} cannot be written ({error}). The one before is still "
                "there; make room and fit again."
            ) from error
        finally:
            draft.unlink(missing_ok=True)


def fingerprint(sequences: SequenceSet | None) -> str:
    """A short text that differs for different sequences, labels or classes.

    Examples
    --------
    >>> s = SequenceSet.from_strings(["ACGT", "GG"], [0, 1], ["no", "yes"])
    >>> fingerprint(s)[:12], fingerprint(s) == fingerprint(s[::-1])
    ('2 sequences ', False)
    """
    if sequences is None:
        return "nothing"
    digest = hashlib.blake2b(repr(sequences.classes).encode(), digest_size=6)
    for array in (sequences.codes, sequences.offsets, sequences.labels):
        digest.update(np.ascontiguousarray(array).data)
    return f"{len(sequences)} sequences ({digest.hexdigest()})"


def layout(model: torch.nn.Module) -> str:
    """A model's layers, and its weights by name and shape, in short."""
    shapes = {name: tuple(value.shape) for name, value in model.state_dict().items()}
    digest = hashlib.blake2b(f"{model} {shapes}".encode(), digest_size=6).hexdigest()
    numbers = sum(parameter.numel() for parameter in model.parameters())
    return f"{type(model).__name__} of {numbers} parameters ({digest})"
