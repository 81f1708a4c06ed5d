"""Words of k letters: which there are, how often they occur, which set two classes apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from . import sequence
from .composition import Sequences, packed, row_blocks, sum_rows
from .errors import DataError, UnknownNameError
from .sequence_set import SequenceSet

if TYPE_CHECKING:
    import pandas as pd

LONGEST = 8  # letters: 4**8 words are the most that 16 bits can number
OTHERS = "other classes"
# Expected sequences in the smallest cell of a table, under which the chi-square test fails. The
# usual 5 serves for p = 0.05: far out in the tail, where one word of thousands must stand to
# count, sets of 100 and 2,000 without any difference then had such a word in one case of four.
FEW = 20


def kmer_names(k: int, both_strands: bool = False) -> list[str]:
    """The k-mers in the order of the columns of :func:`kmer_counts`.

    Parameters
    ----------
    k : int
        Length of the words in bp, 1 to 8.
    both_strands : bool
        Of a word and its reverse complement, only the alphabetically first.

    Returns
    -------
    list of str
        In alphabetical order.

    Raises
    ------
    DataError
        If k is not a whole number from 1 to 8.

    Examples
    --------
    >>> kmer_names(1), kmer_names(2, both_strands=True)[:4]
    (['A', 'C', 'G', 'T'], ['AA', 'AC', 'AG', 'AT'])
    """
    _check_k(k)
    words = np.arange(4**k)
    kept = np.unique(_first_of_pair(k)) if both_strands else words
    digits = kept[:, None] >> 2 * np.arange(k)[::-1] & 3
    text = sequence.decode(digits.astype(np.uint8))
    return [text[first : first + k] for first in range(0, len(text), k)]


def kmer_counts(
    sequences: Sequences, k: int, both_strands: bool = False, sparse: bool = False
) -> Any:
    """How often each word of k letters occurs in each sequence.

    Words overlap: AAAA holds AA three times. A word with an unknown letter is not counted. A
    sequence shorter than k has none, and its row is zero.

    Parameters
    ----------
    sequences : SequenceSet, sequence of str, or numpy.ndarray
        An array holds uint8 codes, shape (n, length).
    k : int
        Length of the words in bp, 1 to 8.
    both_strands : bool
        Count a word and its reverse complement together, in the column of the alphabetically
        first: the strand that was written down no longer matters. A word at one place is still
        counted once, also if it is its own reverse complement.
    sparse : bool
        Return a SciPy CSR matrix, which does not store zeros. For k of 6 and more, a dense
        array of many sequences is large: 100,000 of them take 1.6 GB.

    Returns
    -------
    numpy.ndarray or scipy.sparse.csr_matrix
        int32, shape (n, columns): 4**k columns, or about half of them for both strands, as
        :func:`kmer_names` lists them.

    Raises
    ------
    DataError
        If k is not a whole number from 1 to 8, an array holds no codes, or a string no DNA.

    Examples
    --------
    >>> counts = kmer_counts(["AAAC", "GNT"], 2)
    >>> dict(zip(kmer_names(2), counts[0].tolist()))["AA"], int(counts[1].sum())
    (2, 0)
    """
    _check_k(k)
    codes, offsets = packed(sequences)
    folded = _columns(k) if both_strands else None
    columns = 4**k if folded is None else int(folded.max()) + 1
    make = _sparse_counts if sparse else _dense_counts
    return make(_words(codes, offsets, k, folded), len(offsets) - 1, columns)


def kmer_enrichment(
    sequences: SequenceSet,
    positive: str,
    negative: str | None = None,
    k: int = 6,
    both_strands: bool = True,
) -> pd.DataFrame:
    """Which k-mers more sequences of one class hold than of another.

    A sequence counts once for a word, however often it holds it, so that counts are
    independent and a repeat in one sequence proves nothing. The p-value is that of the two-sided
    chi-square test on the 2 x 2 table of sequences with and without the word (Pearson 1900,
    doi:10.1080/14786440009463897); where chance would put fewer than 20 sequences into a cell,
    that of Fisher's exact test (Fisher 1922, doi:10.2307/2340521). It is a word's own: of 2,080
    words, about 100 reach 0.05 by chance. Longer sequences hold more words: compare classes of
    the same length.

    Parameters
    ----------
    sequences : SequenceSet
    positive : str
        Name of a class.
    negative : str, optional
        The class to compare with; all others together if left out.
    k : int
        Length of the words in bp, 1 to 8.
    both_strands : bool
        Take a word and its reverse complement as one.

    Returns
    -------
    pandas.DataFrame
        Index ``kmer``, in alphabetical order. The first two columns are the shares of the
        sequences that hold it, named by class (``other classes`` if ``negative`` was left out);
        then ``log2_ratio`` of these shares, for which each class gets half a sequence with the
        word and half a sequence without, lest a share be 0; and ``minus_log10_p``, for p itself
        may be too small for a number.

    Raises
    ------
    UnknownNameError
        If there is no such class.
    DataError
        If this is no SequenceSet, a class has no sequences or is compared with itself, or k is
        not from 1 to 8.

    Examples
    --------
    >>> s = SequenceSet.from_strings(["GATA"] * 9 + ["CCCC"] * 9, [1] * 9 + [0] * 9, ["no", "yes"])
    >>> kmer_enrichment(s, "yes", k=4).loc["GATA"].round(2).tolist()
    [1.0, 0.0, 4.25, 4.39]
    """
    import pandas as pd
    from scipy import sparse

    chosen, against = _two_classes(sequences, positive, negative)
    counts = kmer_counts(sequences, k, both_strands, sparse=True)
    present = sparse.csr_matrix((np.ones_like(counts.data), counts.indices, counts.indptr))
    present.resize(counts.shape)
    with_it = np.stack([chosen, against]).astype(np.int32) @ present
    totals = np.array([[chosen.sum()], [against.sum()]])
    padded = (with_it + 0.5) / (totals + 1)
    return pd.DataFrame(
        {
            positive: with_it[0] / totals[0],
            negative or OTHERS: with_it[1] / totals[1],
            "log2_ratio": np.log2(padded[0] / padded[1]),
            "minus_log10_p": np.abs(_log_p(with_it, totals[:, 0])) / np.log(10),
        },
        index=pd.Index(kmer_names(k, both_strands), name="kmer"),
    )


def _log_p(with_it: np.ndarray, totals: np.ndarray) -> np.ndarray:
    """float64, shape (words,): natural logarithm of p, for sequences with it, shape (2, words)."""
    from scipy import stats

    pooled = with_it.sum(0) / totals.sum()
    spread = pooled * (1 - pooled) * (1 / totals).sum()
    difference = with_it[0] / totals[0] - with_it[1] / totals[1]
    z = np.zeros_like(pooled)  # words that all sequences hold, or none, tell nothing
    np.divide(difference, np.sqrt(spread), out=z, where=spread > 0)
    logs = stats.norm.logsf(np.abs(z)) + np.log(2)
    fewest = totals.min() * np.minimum(pooled, 1 - pooled)
    few = np.flatnonzero(fewest < FEW)
    tables, back = np.unique(with_it[:, few], axis=1, return_inverse=True)
    exact = np.array([_fisher(*table, *totals) for table in tables.T])
    logs[few] = exact[back.reshape(-1)]
    return logs


def _fisher(one: int, other: int, total: int, other_total: int) -> float:
    """Logarithm of p of the two-sided exact test: all tables no more likely than this one.

    SciPy's own gives p itself, which is 0 from 1e-308 on.
    """
    from scipy import special, stats

    holding = one + other
    possible = np.arange(max(0, holding - other_total), min(holding, total) + 1)
    logs = stats.hypergeom.logpmf(possible, total + other_total, holding, total)
    as_rare = logs <= logs[one - possible[0]] + 1e-7  # equals differ in their last digits
    return 0.0 if as_rare.all() else float(special.logsumexp(logs[as_rare]))


def _two_classes(
    sequences: SequenceSet, positive: str, negative: str | None
) -> tuple[np.ndarray, np.ndarray]:
    """bool, shape (n,): which sequences are of the one class, and of the other."""
    if not isinstance(sequences, SequenceSet):
        raise DataError(
            f"A {type(sequences).__name__} has no classes to compare. Give a SequenceSet; "
            "SequenceSet.from_strings makes one of strings and labels."
        )
    for name in (positive, negative):
        if name is not None and name not in sequences.classes:
            raise UnknownNameError("class", name, sequences.classes)
    if positive == negative:
        raise DataError(f"{positive} cannot be compared with itself. Name two classes.")
    chosen = sequences.labels == sequences.classes.index(positive)
    against = ~chosen if negative is None else sequences.labels == sequences.classes.index(negative)
    for name, rows in ((positive, chosen), (negative or OTHERS, against)):
        if not rows.any():
            raise DataError(f"There is no sequence of {name}. Give at least one to compare.")
    return chosen, against


def _check_k(k: int) -> None:
    if not isinstance(k, int | np.integer) or not 1 <= k <= LONGEST:
        raise DataError(
            f"k-mers of length {k} cannot be counted. Give a whole number from 1 to {LONGEST}."
        )


def _first_of_pair(k: int) -> np.ndarray:
    """int64, shape (4**k,): of each word and its reverse complement, the lower number."""
    words = np.arange(4**k)
    turned = np.zeros_like(words)
    for place in range(k):
        turned = turned << 2 | 3 - (words >> 2 * place & 3)
    return np.minimum(words, turned)


def _columns(k: int) -> np.ndarray:
    """uint16, shape (4**k,): the column of each word when both strands share one."""
    _, columns = np.unique(_first_of_pair(k), return_inverse=True)
    return columns.astype(np.uint16)


def _words(
    codes: np.ndarray, offsets: np.ndarray, k: int, folded: np.ndarray | None
) -> Iterator[tuple[slice, np.ndarray, np.ndarray]]:
    """Blocks of rows: which rows, the column of every countable word, and how many a row has."""
    for rows in row_blocks(offsets):
        bounds = offsets[rows.start : rows.stop + 1] - offsets[rows.start]
        letters = codes[offsets[rows.start] : offsets[rows.stop]]
        total = len(letters)
        letters = np.pad(letters, (0, k - 1), constant_values=sequence.UNKNOWN)
        words = np.zeros(total, np.uint16)
        good = np.ones(total, bool)
        for place in range(k):
            window = letters[place : place + total]
            words <<= 2
            words |= window & 3
            good &= window < sequence.UNKNOWN
        for overhang in range(1, k):  # words that would run into the next sequence
            starts = bounds[1:] - overhang
            good[starts[starts >= bounds[:-1]]] = False
        kept = words[good]
        yield rows, kept if folded is None else folded[kept], sum_rows(good, bounds)


def _dense_counts(blocks: Iterator[Any], n: int, columns: int) -> np.ndarray:
    counts = np.zeros((n, columns), np.int32)
    one = np.int32(1)  # of the type of the counts: with a plain 1, adding is ten times slower
    for rows, words, per_row in blocks:
        cells = np.repeat(np.arange(rows.stop - rows.start) * columns, per_row)
        cells += words
        np.add.at(counts[rows].reshape(-1), cells, one)
    return counts


def _sparse_counts(blocks: Iterator[Any], n: int, columns: int) -> Any:
    from scipy import sparse

    parts = []
    for rows, words, per_row in blocks:
        starts = np.concatenate([[0], np.cumsum(per_row)])
        ones = np.ones(len(words), np.int32)
        shape = (rows.stop - rows.start, columns)
        part = sparse.csr_matrix((ones, words.astype(np.int32), starts), shape=shape)
        # to columns and back sorts the words of each row, faster than sorting does
        part = part.tocsc().tocsr()
        part.sum_duplicates()
        parts.append(part)
    if not parts:
        return sparse.csr_matrix((n, columns), dtype=np.int32)
    return sparse.vstack(parts, format="csr")
