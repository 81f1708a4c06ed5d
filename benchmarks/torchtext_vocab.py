"""A stand-in for ``torchtext.vocab``, which the reference imports and which no longer loads.

It does what the reference asks of it. Looking up a token is a bare dictionary access, which is
faster than the original's call into C++: the stand-in must not slow the reference down.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Mapping


class Vocab(dict):
    """Tokens to indices."""

    default: int | None = None

    def __missing__(self, token: str) -> int:
        if self.default is None:
            raise RuntimeError(f"Token {token} not found and default index is not set")
        return self.default

    def insert_token(self, token: str, index: int) -> None:
        """Put a token at an index; those behind it move on by one."""
        tokens = sorted(self, key=self.get)
        if token in self or not 0 <= index <= len(tokens):
            raise RuntimeError(f"Token {token} cannot be inserted at {index}")
        tokens.insert(index, token)
        self.update(zip(tokens, range(len(tokens)), strict=True))

    def append_token(self, token: str) -> None:
        """Put a token behind the last."""
        self.insert_token(token, len(self))

    def set_default_index(self, index: int) -> None:
        """What a token that is missing is looked up as."""
        self.default = index


def vocab(counts: Mapping[str, int]) -> Vocab:
    """All tokens counted, in the order of the mapping."""
    return Vocab(zip(counts, range(len(counts)), strict=True))


def install() -> None:
    """Let ``import torchtext.vocab`` find this."""
    module = types.ModuleType("torchtext.vocab")
    module.vocab = vocab
    module.build_vocab_from_iterator = None  # imported by the reference, never called
    sys.modules["torchtext"] = types.ModuleType("torchtext")
    sys.modules["torchtext.vocab"] = module
