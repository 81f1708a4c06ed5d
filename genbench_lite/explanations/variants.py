"""The effect of a variant: the model's answer to two alleles in the same context."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from .. import sequence
from ..composition import Sequences, packed
from ..errors import DataError, UnknownNameError
from ..networks.batching import other_strand
from ..sequence_set import SequenceSet
from .asking import answers, rectangle
from .contrasts import Target, class_contrasts


def variant_effect(
    model: Any,
    sequences: Sequences,
    position: int | Sequence[int] | np.ndarray,
    alternative: str | Sequence[str],
    target: Target = None,
    against: Target = None,
) -> pd.DataFrame:
    """Change of the answer from the reference to the alternative allele, on both strands.

    Most models read one strand, and the strand that a sequence was written down on is often
    chance. So both are asked. Where their changes differ much, the model is unsure.

    Parameters
    ----------
    model : torch.nn.Module or model with ``predict``
    sequences : SequenceSet, sequence of str, or numpy.ndarray
        Context with the reference allele: one sequence for each variant, or one for all.
    position : int or sequence of int
        Of each variant in its sequence, in bp from 0 (:func:`find_locus` gives it for a
        position in a genome).
    alternative : str or sequence of str
        Of each variant the other letter, on the strand of the sequence.
    target, against : int or str, optional
        The class, and the one to set it against. Left out: of two classes the second, of more
        every one, each against the mean of the others.

    Returns
    -------
    pandas.DataFrame
        One row a variant and class: ``variant`` (from 0), ``position``, ``reference``,
        ``alternative``, ``class``, ``plus`` and ``minus`` (change on each strand, in units of the
        logit) and ``change``, the mean of the two.

    Raises
    ------
    DataError
        If there are no sequences or no such class, or if a variant lies outside of its sequence,
        changes nothing, or replaces an unknown letter.

    Examples
    --------
    >>> import torch
    >>> class CountA(torch.nn.Module):
    ...     def forward(self, x):
    ...         return torch.stack([torch.zeros(len(x)), x[:, 0].sum(1)], 1)
    >>> variant_effect(CountA(), ["CCTC"], 2, "A")[["reference", "plus", "minus", "change"]]
      reference  plus  minus  change
    0         T   1.0   -1.0     0.0
    """
    codes = rectangle(sequences)
    positions, letters = _variants(position, alternative)
    if len(codes) not in (1, len(positions)):
        raise DataError(
            f"{len(positions)} variants and {len(codes)} sequences do not pair up. Give one "
            "sequence for each variant, or one for all."
        )
    context = np.repeat(codes, len(positions) // len(codes), axis=0)
    original = _check_places(context, positions, letters)
    mutants = context.copy()
    mutants[np.arange(len(positions)), positions] = letters
    lengths = np.broadcast_to(np.diff(packed(sequences)[1]), len(positions))
    plus = answers(model, mutants) - answers(model, context)
    minus = answers(model, other_strand(mutants, lengths)) - answers(
        model, other_strand(context, lengths)
    )
    names, weights = class_contrasts(model, sequences, plus.shape[1], target, against)
    many = len(names)
    table = pd.DataFrame(
        {
            "variant": np.repeat(np.arange(len(positions)), many),
            "position": np.repeat(positions, many),
            "reference": np.repeat(list(sequence.decode(original)), many),
            "alternative": np.repeat(list(sequence.decode(letters)), many),
            "class": names * len(positions),
            "plus": (plus @ weights.T).ravel(),
            "minus": (minus @ weights.T).ravel(),
        }
    )
    return table.assign(change=(table["plus"] + table["minus"]) / 2)


def find_locus(sequences: SequenceSet, region: str, position: int) -> pd.DataFrame:
    """Which sequences cover a position of the genome, and where in them it is.

    Parameters
    ----------
    sequences : SequenceSet
        With loci.
    region : str
        Such as ``chr1``.
    position : int
        In bp from 0: one less than in a VCF file or a genome browser.

    Returns
    -------
    pandas.DataFrame
        One row a sequence: ``row`` in the set, ``position`` in the sequence (from 0), ``strand``
        and ``letter`` (on the strand of the sequence; on ``-``, an allele has to be complemented,
        too). Without rows if none covers it.

    Raises
    ------
    DataError
        If the sequences have no loci.
    UnknownNameError
        If none lies on that region.

    Examples
    --------
    >>> from genbench_lite.demo import load_open_chromatin
    >>> find_locus(load_open_chromatin().test, "chr1", 999_999_999)
    Empty DataFrame
    Columns: [row, position, strand, letter]
    Index: []
    """
    if sequences.loci is None:
        raise DataError(
            "These sequences have no loci, so nobody knows where they lie. Take a set with loci, "
            "or find them with locate."
        )
    loci = sequences.loci
    if region not in (known := sorted(set(loci["region"].tolist()))):
        raise UnknownNameError("region", region, known)
    rows = np.flatnonzero(
        (loci["region"] == region) & (loci["start"] <= position) & (position < loci["end"])
    )
    here = loci[rows]
    inside = np.where(here["strand"] == "-", here["end"] - 1 - position, position - here["start"])
    letters = [sequences[int(row)][0][int(at)] for row, at in zip(rows, inside, strict=True)]
    return pd.DataFrame(
        {
            "row": rows,
            "position": inside,
            "strand": here["strand"].astype(object),
            "letter": letters,
        }
    )


def _variants(position: Any, alternative: str | Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """int64 positions and uint8 codes, one a variant."""
    try:
        positions = [operator.index(one) for one in (position if np.ndim(position) else [position])]
    except TypeError:
        raise DataError(
            f"A position of {position!r} cannot be used. Give whole numbers from 0."
        ) from None
    letters = [alternative] if isinstance(alternative, str) else list(alternative)
    if len(letters) == 1:
        letters *= len(positions)
    if not positions or len(letters) != len(positions):
        raise DataError(
            f"{len(positions)} positions and {len(letters)} alternatives make no variants. Give "
            "one letter for each position."
        )
    if not all(letter.upper() in ("A", "C", "G", "T") for letter in letters):
        raise DataError(
            f"The alternatives {', '.join(letters)} are not all single letters of A, C, G and T. "
            "Insertions and deletions cannot be tried."
        )
    return np.array(positions, np.int64), sequence.encode("".join(letters))


def _check_places(context: np.ndarray, positions: np.ndarray, letters: np.ndarray) -> np.ndarray:
    """uint8, shape (variants,): the letters that are there now."""
    outside = (positions < 0) | (positions >= context.shape[1])
    if outside.any():
        raise DataError(
            f"Position {positions[outside][0]} lies outside of a sequence of {context.shape[1]} "
            "bp. Positions count from 0."
        )
    there = context[np.arange(len(positions)), positions]
    wrong = (there == sequence.UNKNOWN) | (there == letters)
    if wrong.any():
        first = int(wrong.argmax())
        raise DataError(
            f"The letter at position {positions[first]} is {sequence.LETTERS[there[first]]}, and "
            f"the alternative is {sequence.LETTERS[letters[first]]}. Give a known letter another "
            "one; check whether the position counts from 0."
        )
    return there
