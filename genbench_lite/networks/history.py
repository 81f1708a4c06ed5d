"""What happened in a training, epoch by epoch."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd


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

    def __str__(self) -> str:
        """The last epoch in a line."""
        if not self.seconds:
            return "no epoch yet"
        line = f"epoch {len(self.seconds)}: loss {self.train_loss[-1]:.3f}"
        if self.valid_accuracy:
            line += f", validation accuracy {self.valid_accuracy[-1]:.3f}"
        return line

    def drop_half_epoch(self) -> None:
        """Of an epoch that did not end, keep nothing."""
        for values in (self.train_loss, self.valid_loss, self.valid_accuracy):
            del values[len(self.seconds) :]

    def waited(self, patience: int | None) -> str:
        """Why there is no more patience; an empty text while there is."""
        best = self.best_epoch
        if patience is None or best is None or len(self.valid_loss) - best < patience:
            return ""
        return f"the validation loss has not fallen for {patience} epochs: back to epoch {best}"
