"""Which checkers exist.

A checker is a function that takes the learner's answer and returns None when it is right,
or a hint when it is not. A checker may raise: the learner then reads the exception.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

FindMistake = Callable[[Any], str | None]


@dataclass(frozen=True)
class Checker:
    """One exercise's checker.

    Parameters
    ----------
    find_mistake : callable
        Takes the answer, returns a hint (str) or None.
    takeaway : str
        What the learner reads when the answer is right.
    """

    find_mistake: FindMistake
    takeaway: str


CHECKERS: dict[str, Checker] = {}


def checker(name: str, takeaway: str) -> Callable[[FindMistake], FindMistake]:
    """Register the decorated function as the checker of an exercise.

    Parameters
    ----------
    name : str
        What the lesson passes to ``check``.
    takeaway : str
        What the learner reads when the answer is right; inline code in backticks.

    Returns
    -------
    callable
        The decorator, which returns the function unchanged.

    Raises
    ------
    ValueError
        If the name is taken.

    Examples
    --------
    >>> @checker("number_of_bases", "DNA has four bases.")
    ... def number_of_bases(answer):
    ...     return None if answer == 4 else "Count the letters: A, C, G, T."
    >>> CHECKERS.pop("number_of_bases").find_mistake(5)
    'Count the letters: A, C, G, T.'
    """

    def register(find_mistake: FindMistake) -> FindMistake:
        if name in CHECKERS:
            raise ValueError(f"There are two checkers {name!r}. Rename one of them.")
        CHECKERS[name] = Checker(find_mistake, takeaway)
        return find_mistake

    return register
