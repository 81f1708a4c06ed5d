"""Sequences with labels, packed: all letters in one array, however long each sequence is."""

from __future__ import annotations

import functools
import itertools
import operator
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from . import sequence
from .errors import DataError

if TYPE_CHECKING:
    import pandas as pd

LOCUS = np.dtype([("region", "U64"), ("start", "i8"), ("end", "i8"), ("strand", "U1")])


@dataclass(frozen=True, eq=False, repr=False)
class SequenceSet:
    """DNA sequences with a label each, in packed form.

    Parameters
    ----------
    codes : numpy.ndarray
        uint8, shape (total bases,): A 0, C 1, G 2, T 3, other 4.
    offsets : numpy.ndarray
        int64, shape (n + 1,): sequence ``i`` is ``codes[offsets[i]:offsets[i + 1]]``.
    labels : numpy.ndarray
        int64, shape (n,): positions in ``classes``.
    ids : numpy.ndarray
        str, shape (n,).
    classes : tuple of str
        Class names in sorted order.
    loci : numpy.ndarray, optional
        Where each sequence lies in its genome: region, start, end (0-based, half-open,
        in bp) and strand, shape (n,); None where nobody knows.

    Examples
    --------
    >>> s = SequenceSet.from_strings(["ACGT", "GG"], [0, 1], ["no", "yes"])
    >>> len(s), s[0], s[1:].lengths
    (2, ('ACGT', 0), array([2]))
    """

    codes: np.ndarray
    offsets: np.ndarray
    labels: np.ndarray
    ids: np.ndarray
    classes: tuple[str, ...]
    loci: np.ndarray | None = None

    def __post_init__(self) -> None:
        n = len(self.offsets) - 1
        columns = [self.labels, self.ids] + ([] if self.loci is None else [self.loci])
        if any(len(column) != n for column in columns):
            sizes = ", ".join(str(len(column)) for column in columns)
            raise DataError(f"{n} sequences, but labels, ids and loci count {sizes}.")
        if self.offsets[0] != 0 or self.offsets[-1] != len(self.codes):
            raise DataError("The offsets must begin at 0 and end at the number of bases.")
        if n and self.lengths.min() < 0:
            raise DataError("The offsets must not fall.")
        if n and not 0 <= self.labels.min() <= self.labels.max() < len(self.classes):
            raise DataError(f"Labels must lie in 0 to {len(self.classes) - 1}, one for each class.")
        if list(self.classes) != sorted(set(self.classes)):
            raise DataError(
                f"The classes {', '.join(self.classes)} are not in sorted order, each once. "
                "Sort them, and number the labels in that order."
            )

    @classmethod
    def from_strings(
        cls,
        sequences: Sequence[str | bytes],
        labels: Sequence[int] | np.ndarray,
        classes: Sequence[str],
        ids: Sequence[str] | None = None,
        loci: np.ndarray | None = None,
    ) -> SequenceSet:
        """Pack sequences given as text.

        Raises
        ------
        DataError
            If a sequence is empty or holds a character that is no DNA letter, if a label
            has no class, or if the columns differ in length.
        """
        sequences = list(sequences)
        names = [str(i) for i in (range(len(sequences)) if ids is None else ids)]
        if len(names) != len(sequences):
            raise DataError(f"{len(sequences)} sequences, but {len(names)} ids. Give each one id.")
        lengths = np.fromiter((len(text) for text in sequences), np.int64, len(sequences))
        if not lengths.all():
            raise DataError(f"Sequence {names[lengths.argmin()]!r} is empty. Leave it out.")
        labels = np.asarray(labels)
        if labels.size and not (
            labels.ndim == 1
            and labels.dtype.kind in "biu"
            and 0 <= labels.min() <= labels.max() < len(classes)
        ):
            raise DataError(
                f"Labels must be whole numbers from 0 to {len(classes) - 1}: "
                f"positions in the classes {', '.join(classes)}."
            )
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        return cls(
            codes=_encode_all(sequences, names),
            offsets=offsets,
            labels=labels.astype(np.int64),
            ids=np.array(names, dtype="U"),
            classes=tuple(classes),
            loci=loci,
        )

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, rows: Any) -> Any:
        """One row as (letters, label); a slice, mask or index array as a SequenceSet."""
        if isinstance(rows, slice):
            first, last, step = rows.indices(len(self))
            if step == 1:
                return self._slice(first, max(first, last))
            return self._take(np.arange(len(self))[rows])
        if np.ndim(rows):
            rows = np.asarray(rows)
            return self._take(rows if rows.size else rows.astype(np.int64))  # [] reads as float
        row = operator.index(rows)
        if not -len(self) <= row < len(self):
            raise IndexError(f"Row {row} of {len(self)} sequences.")
        row %= len(self)
        letters = sequence.decode(self.codes[self.offsets[row] : self.offsets[row + 1]])
        return letters, int(self.labels[row])

    def __iter__(self) -> Iterator[tuple[str, int]]:
        return (self[row] for row in range(len(self)))

    def _slice(self, first: int, last: int) -> SequenceSet:
        rows = slice(first, last)
        offsets = self.offsets[first : last + 1]
        return replace(
            self,
            codes=self.codes[offsets[0] : offsets[-1]],
            offsets=offsets - offsets[0],
            labels=self.labels[rows],
            ids=self.ids[rows],
            loci=None if self.loci is None else self.loci[rows],
        )

    def _take(self, rows: np.ndarray) -> SequenceSet:
        rows = np.arange(len(self))[rows]  # counts negative rows from the end, refuses others
        codes, offsets = sequence.gather(self.codes, self.offsets[rows], self.lengths[rows])
        return replace(
            self,
            codes=codes,
            offsets=offsets,
            labels=self.labels[rows],
            ids=self.ids[rows],
            loci=None if self.loci is None else self.loci[rows],
        )

    def __repr__(self) -> str:
        if not len(self):
            return "SequenceSet(empty)"
        low, high = self.lengths.min(), self.lengths.max()
        length = f"{low} bp" if low == high else f"{low} to {high} bp"
        counts = np.bincount(self.labels, minlength=len(self.classes))
        classes = ", ".join(f"{n:,} {c}" for n, c in zip(counts, self.classes, strict=True))
        return f"SequenceSet({len(self):,} sequences of {length}: {classes})"

    @functools.cached_property
    def lengths(self) -> np.ndarray:
        """int64, shape (n,): the length of each sequence in bp."""
        return np.diff(self.offsets)

    @property
    def max_length(self) -> int:
        """The longest sequence in bp; 0 for an empty set."""
        return int(self.lengths.max(initial=0))

    @property
    def sequences(self) -> list[str]:
        """All sequences as text."""
        letters = sequence.decode(self.codes)
        ends = self.offsets.tolist()
        return [letters[a:b] for a, b in itertools.pairwise(ends)]

    def padded(self, length: int | None = None, rows: Any = slice(None)) -> np.ndarray:
        """Lay the sequences under each other.

        Parameters
        ----------
        length : int, optional
            Width in bp; the longest sequence's when left out. Shorter sequences are filled
            with 4 on the right, longer ones keep their first letters.
        rows : slice or array of int, optional
            Only these rows.

        Returns
        -------
        numpy.ndarray
            uint8, shape (n, length).
        """
        width = self.max_length if length is None else length
        if self._rectangle is not None and 0 < width <= self.max_length:
            return np.array(self._rectangle[rows][:, :width])
        return sequence.pad(self.codes, self.offsets[:-1][rows], self.lengths[rows], width)

    @functools.cached_property
    def _rectangle(self) -> np.ndarray | None:
        """The codes as (n, length), where all sequences have one length."""
        alike = len(self) > 0 and (self.lengths == self.max_length).all()
        return np.asarray(self.codes).reshape(len(self), -1) if alike else None

    def one_hot(self, length: int | None = None) -> np.ndarray:
        """One row a base: float32, shape (n, 4, length); unknown letters and padding are zero."""
        return sequence.one_hot(self.padded(length))

    def split(self, fraction: float, seed: int = 0) -> tuple[SequenceSet, SequenceSet]:
        """Set a random share of every class aside.

        Parameters
        ----------
        fraction : float
            Share of each class in the second part, between 0 and 1.
        seed : int
            The same seed gives the same parts.

        Returns
        -------
        tuple of SequenceSet
            The rest and the part set aside, each in the original order. A class too small for
            its share stays in the rest. Sequences that overlap in the genome may fall on both
            sides: a fair split takes more than chance.

        Raises
        ------
        DataError
            If the fraction is not between 0 and 1, or so extreme that a part would be empty.
        """
        if not 0 < fraction < 1:
            raise DataError(f"A split takes a fraction between 0 and 1, not {fraction}.")
        aside = self._draw(np.bincount(self.labels, minlength=len(self.classes)) * fraction, seed)
        rest = np.ones(len(self), bool)
        rest[aside] = False
        if not len(aside) or not rest.any():
            raise DataError(
                f"A fraction of {fraction} of {len(self)} sequences leaves a part empty. "
                "Take a more even fraction, or more sequences."
            )
        return self[rest], self[aside]

    def subset(self, n: int, seed: int = 0) -> SequenceSet:
        """Draw ``n`` random sequences, each class in its proportion, in the original order.

        Raises
        ------
        DataError
            If there are fewer than ``n``.
        """
        if not 0 < n <= len(self):
            raise DataError(f"A subset of {n} from {len(self)} sequences: take 1 to {len(self)}.")
        shares = np.bincount(self.labels, minlength=len(self.classes)) * (n / len(self))
        quota = np.floor(shares)
        missing = n - int(quota.sum())
        quota[np.argsort(quota - shares, kind="stable")[:missing]] += 1
        return self[self._draw(quota, seed)]

    def _draw(self, quota: np.ndarray, seed: int) -> np.ndarray:
        rng = np.random.default_rng(seed)
        drawn = [
            rng.choice(np.flatnonzero(self.labels == label), round(n), replace=False)
            for label, n in enumerate(quota)
        ]
        return np.sort(np.concatenate(drawn))

    def to_frame(self) -> pd.DataFrame:
        """A pandas table: id, sequence, label, class name, and the locus where it is known."""
        import pandas as pd

        frame = pd.DataFrame({"id": self.ids, "sequence": self.sequences, "label": self.labels})
        frame["class"] = np.array(self.classes)[self.labels]
        if self.loci is not None:
            frame = pd.concat([frame, pd.DataFrame(np.asarray(self.loci))], axis=1)
        return frame

    def to_torch(self, length: int | None = None) -> Any:
        """A ``torch.utils.data.Dataset`` of (one-hot float32 (4, length), label)."""
        from .reading.exports import TorchDataset

        return TorchDataset(self, self.max_length if length is None else length)

    def to_hf(self) -> Any:
        """A Hugging Face ``datasets.Dataset`` with the columns ``id``, ``seq`` and ``label``."""
        from .reading.exports import to_hf

        return to_hf(self)

    def to_tf(self, length: int | None = None) -> Any:
        """A ``tf.data.Dataset`` of (one-hot float32 (length, 4), label), channels last."""
        from .reading.exports import to_tf

        return to_tf(self, self.max_length if length is None else length)


def _encode_all(sequences: list[str | bytes], names: list[str]) -> np.ndarray:
    """All letters in one array; one that is illegal is reported with its sequence's name."""
    joined: Any = b"" if sequences and isinstance(sequences[0], bytes) else ""
    try:
        return sequence.encode(joined.join(sequences))
    except DataError:
        for name, text in zip(names, sequences, strict=True):
            try:
                sequence.encode(text)
            except DataError as error:
                raise DataError(f"In sequence {name!r}, {error}") from None
        raise


def canonical_order(labels: np.ndarray, ids: np.ndarray) -> np.ndarray:
    """The row order of a published dataset, whichever source it came from.

    Parameters
    ----------
    labels : numpy.ndarray
        int64, shape (n,).
    ids : numpy.ndarray
        str, shape (n,).

    Returns
    -------
    numpy.ndarray
        int64, shape (n,): the rows by class, then by id; shorter ids come first, so that 9
        stands before 10.

    Examples
    --------
    >>> canonical_order(np.array([1, 0, 0]), np.array(["1", "10", "9"]))
    array([2, 1, 0])
    """
    ids = np.asarray(ids, dtype="U")
    return np.lexsort((ids, np.char.str_len(ids), labels))
