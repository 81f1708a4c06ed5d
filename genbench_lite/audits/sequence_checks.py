"""What sequences give away about classes: lengths, unknown letters, GC, composition, words.

:func:`check_sequences` asks all that sequences can answer, those of ``sequence_leaks`` included.
Balance and length are asked as ``interval_checks`` asks them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ..composition import gc_content, row_blocks, sum_rows, unknown_mask
from ..dataset import SPLITS, Dataset
from ..interval_set import Intervals
from ..networks.kmer_baseline import KmerBaseline
from ..sequence_set import SequenceSet
from .findings import ENOUGH, Finding, Rule, leak, shortcut, skipped
from .interval_checks import TITLES as OF_INTERVALS
from .interval_checks import check_intervals, length_answers
from .interval_leaks import advise, majority_accuracy
from .sequence_leaks import TEST, UNSPLIT, check_leaks
from .sequence_leaks import TITLES as LEAKS

# A row that is mostly unknown cannot be told from another such row. One in a hundred costs as much
# accuracy as published models differ by; one in ten is a fault in how the rows were made.
UNREAD = Rule("share", 0.01, 0.10)
# Where letters are unknown is a matter of the assembly and tells nothing of biology. Two points
# over majority are twice the standard error on 2,500 test rows.
UNKNOWN = Rule("gain", 0.02, 0.10)
# Elements do differ in GC from the rest of a genome, by a few points of accuracy or more: that is
# biology, or negatives that were not matched, and only the makers know. From 40 points on, 90% of
# two balanced classes, there is little left to be learnt from such a benchmark.
GC = Rule("gain", 0.05, 0.40)
# Pairs of letters know GC and CpG. The same holds for them.
COMPOSITION = Rule("gain", 0.05, 0.40)
# Words of 6 bp are what a network has to beat, no shortcut. Where they answer 95% rightly, look
# for the reason: classes that differ in where they were taken from rather than in what they do.
WORDS_ALONE = Rule("share", 0.95)
MOST = 50_000  # training rows of the two baselines: more change no verdict, and take minutes
_MATCH = "Match the classes in GC, or compare every model with this figure."

TITLES = {
    "balance": OF_INTERVALS["balance"],
    "length": OF_INTERVALS["length"],
    "unread": "Rows of which more than half is unknown (of all rows)",
    "unknown": "Unknown letters (N) alone",
    "gc": "GC content alone",
    "composition": "Pairs of letters alone",
    "kmers": "6-mer baseline (a reference)",
    **LEAKS,
}
_NEED_CLASSES = ("length", "unknown", "gc", "composition", "kmers", "contradictions")


def check_sequences(
    dataset: Dataset, progress: Callable[[str], None] | None = None, drawn: bool = False
) -> list[Finding]:
    """Ask of sequences whether a dataset has shortcuts, leaks or contradictions.

    Parameters
    ----------
    dataset : Dataset
        The rows of a validation split count as training rows.
    progress : callable, optional
        Told, in a few words, what is being measured.
    drawn : bool, optional
        The split was drawn for this audit: copies and relatives are counted among all rows, and
        nothing is said of those across the split.

    Returns
    -------
    list of Finding
        One a question, in the order of ``TITLES``. Where a split has no rows, or all rows are of
        one class, or no letter is known, the questions that need more are ``skipped``, with the
        reason. Nothing is called fine on fewer than 100 test rows, and no shortcut is ruled out
        on fewer than 100 training rows.

    Examples
    --------
    >>> toy = SequenceSet.from_strings(["ACGT", "GGCC"], [0, 1], ["no", "yes"])
    >>> found = {f.check: f for f in check_sequences(Dataset("toy", train=toy, test=toy))}
    >>> found["gc"].verdict, found["in_training"].count
    ('too little data', 2)
    """
    step = progress or (lambda _: None)
    step("balance and lengths")
    rows, split = _all_rows(dataset)
    laid = _as_intervals(dataset, rows, split, rows.offsets[:-1], rows.offsets[1:])
    found = [f for f in check_intervals(laid) if f.check in ("balance", "length")]
    n_train, n_test = int((split != TEST).sum()), int((split == TEST).sum())
    unknown = _unknown(rows)
    why = ""
    if len(rows):
        found.append(_unread(rows, unknown))
    if not n_train or not n_test:
        side = "test" if n_train else "training"
        why = f"There are no {side} rows to compare with. Give {dataset.name} both."
    else:
        if len(np.unique(rows.labels)) < 2:
            why = "All rows are of one class: there is nothing to tell apart."
        else:
            found += _shortcuts(dataset, rows, split, unknown, step)
            why = "No letter is known: there is nothing to read."
        found += check_leaks(rows, split, step, drawn)
    answers = {f.check: _enough(f, n_train) for f in found}
    titles = {k: v for k, v in TITLES.items() if k not in LEAKS} | UNSPLIT if drawn else TITLES
    return [answers.get(check) or skipped(check, titles[check], why) for check in titles]


def _all_rows(dataset: Dataset) -> tuple[SequenceSet, np.ndarray]:
    """All splits in one set, without names and places, and the split of each row (uint8)."""
    parts = dataset.splits
    lengths = np.concatenate([part.lengths for part in parts.values()])
    rows = SequenceSet(
        codes=np.concatenate([part.codes for part in parts.values()]),
        offsets=np.append(0, np.cumsum(lengths)).astype(np.int64),
        labels=np.concatenate([part.labels for part in parts.values()]),
        ids=np.zeros(len(lengths), "U1"),
        classes=dataset.classes,
    )
    split = [np.full(len(part), SPLITS.index(name), np.uint8) for name, part in parts.items()]
    return rows, np.concatenate(split)


def _as_intervals(
    dataset: Dataset, rows: SequenceSet, split: np.ndarray, start: np.ndarray, end: np.ndarray
) -> Intervals:
    """The rows with made-up places, for questions that ask for lengths and classes only."""
    n = len(rows)
    nowhere, plus = np.zeros(n, np.int32), np.zeros(n, bool)
    return Intervals(
        dataset.name, dataset.classes, ("",), nowhere, start, end, plus, rows.labels, split
    )


def _shortcuts(
    dataset: Dataset,
    rows: SequenceSet,
    split: np.ndarray,
    unknown: np.ndarray,
    step: Callable[[str], None],
) -> list[Finding]:
    """What one property alone tells; composition and words only where a letter is known."""

    def alone(check: str, values: np.ndarray, rule: Rule, detail: str, advice: str) -> Finding:
        # a whole number a row is voted on as a length is
        row = _as_intervals(dataset, rows, split, np.zeros(len(rows), np.int64), values)
        train, test = row.take(split != TEST), row.take(split == TEST)
        right = int((length_answers(train, test) == test.label).sum())
        majority = majority_accuracy(train, test)
        found = shortcut(check, TITLES[check], right, len(test), majority, rule, detail)
        return advise(found, advice)

    step("unknown letters and GC content")
    detail = "Every letter is known."
    if unknown.any():
        share = _by_class(unknown, rows, split)
        detail = f"{int((unknown > 0).sum()):,} rows hold unknown letters: {share}."
    per_mille = np.ceil(1000 * unknown).astype(np.int64)
    advice = "Drop rows that hold N, or draw all classes from places that are known."
    found = [alone("unknown", per_mille, UNKNOWN, detail, advice)]
    if (unknown == 1).all():
        return found
    gc = gc_content(rows)
    detail = f"Rows hold {_by_class(gc, rows, split)} of G and C."
    half_percent = np.where(np.isnan(gc), -1, np.round(200 * gc)).astype(np.int64)
    found.append(alone("gc", half_percent, GC, detail, _MATCH))
    train, test = rows[split != TEST], rows[split == TEST]
    train = train.subset(MOST) if len(train) > MOST else train
    step("pairs of letters")
    found.append(advise(_baseline("composition", 2, COMPOSITION, train, test), _MATCH))
    step("words of 6 bp")
    return [*found, _six_letter_words(train, test)]


def _six_letter_words(train: SequenceSet, test: SequenceSet) -> Finding:
    """The baseline that a network has to beat, judged by its accuracy rather than its gain."""
    words = _baseline("kmers", 6, Rule("gain", np.inf), train, test)
    assert words.accuracy is not None
    assert words.low is not None
    assert words.high is not None
    assert words.majority is not None
    # where one class is nearly all there is, as much is right without a word
    gain = words.low - words.majority
    verdict = WORDS_ALONE.judge(words.accuracy, gain, words.high, len(test))
    rule = (
        f"a reference; look from {WORDS_ALONE.look:.0%} of the test rows answered rightly, "
        "if that is more than the majority class"
    )
    words = replace(words, verdict=verdict, rule=rule)
    return advise(words, "Ask how each class was collected.")


def _unknown(rows: SequenceSet) -> np.ndarray:
    """float64, shape (n,): share of unknown letters in each sequence."""
    share = np.zeros(len(rows))
    for block in row_blocks(rows.offsets):
        part = rows[block]
        share[block] = sum_rows(unknown_mask(part), part.offsets) / part.lengths
    return share


def _unread(rows: SequenceSet, unknown: np.ndarray) -> Finding:
    count, empty = int((unknown > 0.5).sum()), int((unknown == 1).sum())
    detail = "There is none." if not count else f"{empty:,} rows have no known letter at all."
    found = leak("unread", TITLES["unread"], count, len(rows), UNREAD, detail)
    return advise(found, "Leave these rows out.")


def _baseline(check: str, k: int, rule: Rule, train: SequenceSet, test: SequenceSet) -> Finding:
    """What the frequencies of words of ``k`` bp tell, and which words tell most."""
    model = KmerBaseline(k).fit(train)
    right = int((model.predict(test).argmax(1) == test.labels).sum())
    largest = int(np.bincount(train.labels).argmax())
    majority = float((test.labels == largest).mean())
    detail = f"Words of {k} bp do no better than the majority class."
    if right > majority * len(test) and len(np.unique(train.labels)) > 1:
        best = model.top_kmers(1).head(6)
        words = ", ".join(f"{w} for {c}" for c, w in zip(best["class"], best["kmer"], strict=True))
        detail = f"What speaks most for a class, on either strand: {words}."
    return shortcut(check, TITLES[check], right, len(test), majority, rule, detail)


def _by_class(share: np.ndarray, rows: SequenceSet, split: np.ndarray) -> str:
    """The lowest and the highest mean of a share by class in training, in words."""
    means = {}
    for label in range(len(rows.classes)):
        of_class = share[(rows.labels == label) & (split != TEST) & ~np.isnan(share)]
        if len(of_class):
            means[rows.classes[label]] = of_class.mean()
    if not means:
        return "an unknown share"
    low, high = min(means, key=means.__getitem__), max(means, key=means.__getitem__)
    if f"{means[low]:.1%}" == f"{means[high]:.1%}":
        return f"on average {means[low]:.1%} in every class"
    return f"on average {means[low]:.1%} ({low}) to {means[high]:.1%} ({high})"


def _enough(finding: Finding, n_train: int) -> Finding:
    """A shortcut that few training rows did not teach is not ruled out."""
    if finding.verdict != "fine" or finding.check not in _NEED_CLASSES or n_train >= ENOUGH:
        return finding
    why = f"Nothing is ruled out on {n_train} training rows: collect more."
    return replace(finding, verdict="too little data", detail=f"{finding.detail} {why}")
