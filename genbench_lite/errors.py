"""What can go wrong, in words a user can act on.

Every error the package raises on purpose is a :class:`GenbenchError`; its
message is one sentence about what is wrong and one about what to do.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class GenbenchError(Exception):
    """Base of all errors that the package raises on purpose."""


class DataError(GenbenchError, ValueError):
    """Input that cannot be used: a damaged archive, a wrong coordinate, a strange letter."""


class FetchError(GenbenchError, OSError):
    """Data that could not be brought onto this disk: no network, no room, no source left."""


class UnknownNameError(GenbenchError, LookupError):
    """A name that is not in the list it should come from; the nearest one is suggested."""

    def __init__(self, kind: str, name: str, known: Iterable[str]):
        known = list(known)
        near = difflib.get_close_matches(str(name).lower(), known, n=1, cutoff=0.5)
        hint = f"Did you mean {near[0]!r}?" if near else f"Known are: {', '.join(known)}."
        super().__init__(f"There is no {kind} {name!r}. {hint}")
