"""What can go wrong, in words a user can act on.

Every error the package raises on purpose is a :class:`GenbenchError`; its
message is one sentence about what is wrong and one about what to do.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_SHOWN = 12  # names in a message that has no better hint


class GenbenchError(Exception):
    """Base of all errors that the package raises on purpose."""


class DataError(GenbenchError, ValueError):
    """Input that cannot be used: a damaged archive, a wrong coordinate, a strange letter."""


class FetchError(GenbenchError, OSError):
    """Data that could not be brought onto this disk: no network, no room, no source left."""


class UnknownNameError(GenbenchError, LookupError):
    """A name that is not in the list it should come from; the nearest one is suggested."""

    def __init__(self, kind: str, name: str, known: Iterable[str]):
        by_lower = {one.lower(): one for one in known}
        near = difflib.get_close_matches(str(name).lower(), by_lower, n=1, cutoff=0.5)
        if near:
            hint = f"Did you mean {by_lower[near[0]]!r}?"
        else:
            some = list(by_lower.values())[:_SHOWN]
            hint = f"Known are: {', '.join(some)}{', ...' if len(by_lower) > _SHOWN else ''}."
        super().__init__(f"There is no {kind} {name!r}. {hint}")
