"""A sequence under the editor's hand: what it was, what it is, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from .edits import Answer, Question


class Asked(NamedTuple):
    """A sequence, what the model says of it, and its attribution, shape (4, length)."""

    letters: str
    answer: Answer
    values: np.ndarray


class Editor:
    """A sequence, and all changes since the start.

    Where the model fails, the exception passes through, and everything is as it was.

    Parameters
    ----------
    question : Question
    letters : str
    early : callable, optional
        Gets letters and answer, before the attribution is there.

    Attributes
    ----------
    start, now : Asked
    steps : list of tuple
        Letters at the start and letters before each change, oldest first.

    Examples
    --------
    >>> import torch
    >>> class CountA(torch.nn.Module):
    ...     def forward(self, x):
    ...         return torch.stack([torch.zeros(len(x)), x[:, 0].sum(1)], 1)
    >>> editor = Editor(Question(CountA(), "ACA"), "ACA")
    >>> editor.become("AAA")
    True
    >>> editor.now.answer.contrast, editor.undo(), editor.now.letters
    (3.0, 1, 'ACA')
    """

    def __init__(
        self,
        question: Question,
        letters: str,
        early: Callable[[str, Answer], None] | None = None,
    ):
        self.question = question
        self.early = early
        self.start = self.now = self.asked(letters)
        self.steps: list[tuple[str, str]] = []

    def asked(self, letters: str) -> Asked:
        """Ask about letters, and change nothing."""
        return Asked(letters, self.question.ask(letters), self.question.attribution(letters))

    def become(self, letters: str) -> bool:
        """Change the letters; whether they were others."""
        if letters == self.now.letters:
            return False
        answer = self.question.ask(letters)
        if self.early:
            self.early(letters, answer)
        now = Asked(letters, answer, self.question.attribution(letters))
        self._step()
        self.now = now
        return True

    def begin(self, letters: str) -> None:
        """Go on with another sequence, with which changes are then compared."""
        asked = self.asked(letters)
        self._step()
        self.start = self.now = asked

    def undo(self) -> int | None:
        """Take the last change back; the first position that differs, or None if there is none."""
        if not self.steps:
            return None
        start, letters = self.steps[-1]
        before = self.start if start == self.start.letters else self.asked(start)
        now = self.asked(letters)
        both = zip(letters, self.now.letters, strict=False)  # another sequence is as long as it is
        place = next((i for i, (a, b) in enumerate(both) if a != b), 0)
        self.steps.pop()
        self.start, self.now = before, now
        return place

    def ask_about(self, target: int) -> None:
        """Explain another class, by its number."""
        before, self.question.target = self.question.target, target
        try:
            self.start, self.now = (self.asked(one.letters) for one in (self.start, self.now))
        except Exception:
            self.question.target = before
            raise

    def _step(self) -> None:
        self.steps.append((self.start.letters, self.now.letters))
