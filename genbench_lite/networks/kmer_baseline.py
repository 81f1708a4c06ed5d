"""What words alone can tell: k-mer frequencies and logistic regression, no network."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import sequence
from ..composition import Sequences
from ..errors import DataError
from ..kmers import kmer_counts, kmer_names
from ..sequence_set import SequenceSet

if TYPE_CHECKING:
    import pandas as pd

_STEPS = 200  # of the optimiser; on the embedded data it arrives after 30 to 80


class KmerBaseline:
    """Logistic regression on the frequencies of k-mers, both strands taken as one.

    The first model to try, and the one that a network has to beat. That frequencies of short
    words alone tell enhancers apart was shown with support vector machines (Lee et al. 2011,
    doi:10.1101/gr.121905.111; Ghandi et al. 2014, doi:10.1371/journal.pcbi.1003711).

    A frequency is the share of one word among all words of a sequence. Counts would grow with
    the length, and a model that reads counts learns the length instead of the words. A trace
    remains, for frequencies of short sequences scatter more: on random letters, 200 bp in one
    class and 1,000 in the other, frequencies told 55% apart, counts all.

    Parameters
    ----------
    k : int
        Length of the words in bp, 1 to 8.
    strength : float
        How far the weights are trusted: the inverse of the L2 penalty, divided by the number
        of words, so that one value serves for all ``k``.

    Attributes
    ----------
    k : int
        Length of the words in bp.
    kmers : list of str
        The words, of a word and its reverse complement the alphabetically first.
    classes : tuple of str
        Class names in sorted order; empty before :meth:`fit`.

    Raises
    ------
    DataError
        If k is not a whole number from 1 to 8, or ``strength`` is not above 0.

    Notes
    -----
    Each frequency is divided by its standard deviation over the training rows, so that rare
    words count as much as common ones. This and ``strength`` were chosen on the validation
    split of ``demo_open_chromatin_cells``: its accuracy was 77.4, 77.0, 76.5 and 76.1% at
    strengths of 0.3, 1, 3 and 10; 72.9% with words of 5 bp, and 79.5% with 7 bp, which need
    four times the columns and three times as long.

    Examples
    --------
    >>> toy = SequenceSet.from_strings(["GATAAG", "CCGCGG"] * 20, [0, 1] * 20, ["no", "yes"])
    >>> model = KmerBaseline(k=4).fit(toy)
    >>> model.predict(["GATAAG", "CCGCGG"]).argmax(1)
    array([0, 1])
    """

    def __init__(self, k: int = 6, strength: float = 1.0):
        self.k = k
        self.kmers = kmer_names(k, both_strands=True)
        if not strength > 0:
            raise DataError(f"A strength of {strength} leaves no weights. Give a number above 0.")
        self.strength = strength
        self.classes: tuple[str, ...] = ()
        self._seen = np.zeros(0, np.int64)  # labels in the training set
        self._pipeline: Any = None

    def __repr__(self) -> str:
        state = f"classes {', '.join(self.classes)}" if self.classes else "not fitted"
        return f"KmerBaseline(k={self.k}, strength={self.strength:g}; {state})"

    def fit(self, train: SequenceSet, seed: int = 0) -> KmerBaseline:
        """Learn from labelled sequences.

        Parameters
        ----------
        train : SequenceSet
            A class without a row here will get the probability 0.
        seed : int
            Makes no difference, for nothing here is left to chance: all models take one.

        Returns
        -------
        KmerBaseline
            Itself.

        Raises
        ------
        DataError
            If there is no sequence to learn from.
        """
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        if not len(train):
            raise DataError("There is nothing to learn from an empty set. Give training rows.")
        self.classes, self._seen = train.classes, np.unique(train.labels)
        self._pipeline = None
        if len(self._seen) > 1:
            self._pipeline = make_pipeline(
                StandardScaler(with_mean=False, copy=False),  # zeros stay zero, and unstored
                LogisticRegression(
                    C=self.strength / len(self.kmers), max_iter=_STEPS, tol=1e-3, random_state=seed
                ),
            )
            with warnings.catch_warnings():  # steps beyond the last change no decision
                warnings.simplefilter("ignore", ConvergenceWarning)
                self._pipeline.fit(self._frequencies(train), train.labels)
        return self

    def predict(self, sequences: Sequences) -> np.ndarray:
        """The probability of every class.

        Parameters
        ----------
        sequences : SequenceSet, sequence of str, or numpy.ndarray
            An array holds uint8 codes, shape (n, length). One without a single known word gets
            what the model says when it has read nothing.

        Returns
        -------
        numpy.ndarray
            float32, shape (n, n_classes), rows sum to 1.

        Raises
        ------
        DataError
            If the model has not been fitted, or this is no DNA.
        """
        self._check_fitted()
        found = self._frequencies(sequences)
        probabilities = np.zeros((found.shape[0], len(self.classes)), np.float32)
        if self._pipeline is None:
            probabilities[:, self._seen] = 1
        elif len(probabilities):
            probabilities[:, self._seen] = self._pipeline.predict_proba(found)
        return probabilities

    def top_kmers(self, n: int = 10) -> pd.DataFrame:
        """The words that speak most for each class.

        Parameters
        ----------
        n : int
            Words a class.

        Returns
        -------
        pandas.DataFrame
            One row a word, best first within each class: ``class``, ``kmer``,
            ``reverse_complement``, and ``weight``: by how much a frequency one standard
            deviation higher raises the score of the class (a log odds, natural logarithm).

        Raises
        ------
        DataError
            If the model has not been fitted, or knows one class only.

        Examples
        --------
        >>> toy = SequenceSet.from_strings(["TTAT", "CCGC"] * 20, [0, 1] * 20, ["no", "yes"])
        >>> KmerBaseline(k=4).fit(toy).top_kmers(1)[["class", "kmer", "reverse_complement"]]
          class  kmer reverse_complement
        0    no  ATAA               TTAT
        1   yes  CCGC               GCGG
        """
        import pandas as pd

        self._check_fitted()
        if self._pipeline is None:
            raise DataError(
                "With one class in training, no word has a weight. Fit on at least two classes."
            )
        weights = self._pipeline[-1].coef_
        if len(weights) == 1:  # two classes: what speaks for one speaks against the other
            weights = np.concatenate([-weights, weights])
        parts = []
        for label, row in zip(self._seen, weights, strict=True):
            best = np.argsort(-row, kind="stable")[:n]
            words = [self.kmers[i] for i in best]
            turned = [
                sequence.decode(sequence.reverse_complement(sequence.encode(w))) for w in words
            ]
            columns = {"class": self.classes[label], "kmer": words, "reverse_complement": turned}
            parts.append(pd.DataFrame(columns | {"weight": row[best]}))
        return pd.concat(parts, ignore_index=True)

    def _frequencies(self, sequences: Sequences) -> Any:
        """Float32 CSR matrix, shape (n, words): each row sums to 1, or is zero without a word."""
        counts = kmer_counts(sequences, self.k, both_strands=True, sparse=True)
        frequencies = counts.astype(np.float32)
        totals = np.asarray(counts.sum(1)).reshape(-1).astype(np.float32)
        frequencies.data /= np.repeat(totals, np.diff(frequencies.indptr))
        return frequencies

    def _check_fitted(self) -> None:
        if not self.classes:
            raise DataError("This model has learned nothing yet. Call fit(train) first.")
