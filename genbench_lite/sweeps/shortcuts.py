"""What can be answered without a model: the grey lines that a model has to beat."""

from __future__ import annotations

import numpy as np

from ..audits.findings import Finding
from ..audits.interval_checks import check_intervals
from ..audits.sequence_leaks import check_leaks
from ..dataset import SPLITS, Dataset
from ..errors import DataError
from ..interval_set import Intervals
from ..sequence_set import SequenceSet

MEANINGS = {
    "majority": "always the most common class",
    "length": "length alone",
    "lookup": "copying the class of a relative in training",
}


def shortcuts(dataset: Dataset, published: bool = False) -> dict[str, float]:
    """Test accuracy of three answers that read no DNA, as the audit measures them.

    Parameters
    ----------
    dataset : Dataset
        With training and test rows.
    published : bool
        All rows of one of the nine under the published split: relatives are found by the
        coordinates that ship with the package.

    Returns
    -------
    dict
        ``majority``, ``length`` and ``lookup``, each 0 to 1. Relatives are rows that overlap in
        the genome where coordinates are known, else near-duplicates. One that these data cannot
        answer is absent.

    Examples
    --------
    >>> s = SequenceSet.from_strings(["ACGTACGT", "GGCC"] * 50, [0, 1] * 50, ["no", "yes"])
    >>> shortcuts(Dataset("toy", s, s))
    {'majority': 0.5, 'length': 1.0, 'lookup': 1.0}
    """
    if published:
        return published_shortcuts(dataset.name)
    intervals = _coordinates(dataset)
    if intervals is not None:
        return _of_intervals(intervals)
    found = _of_intervals(_laid_out(dataset))
    return found | _named(lookup=_relatives(dataset).accuracy)


def published_shortcuts(name: str) -> dict[str, float]:
    """The same of one of the nine under the published split; the data need not be at hand.

    Examples
    --------
    >>> found = published_shortcuts("human_nontata_promoters")
    >>> {name: round(value, 3) for name, value in found.items()}
    {'majority': 0.544, 'length': 0.544, 'lookup': 0.997}
    """
    from ..reading.shipped_intervals import published_intervals

    return _of_intervals(published_intervals(name))


def _of_intervals(intervals: Intervals) -> dict[str, float]:
    found = {finding.check: finding for finding in check_intervals(intervals)}
    length, lookup = found["length"], found["lookup"]
    return _named(majority=length.majority, length=length.accuracy, lookup=lookup.accuracy)


def _named(**accuracies: float | None) -> dict[str, float]:
    return {name: float(value) for name, value in accuracies.items() if value is not None}


def _coordinates(dataset: Dataset) -> Intervals | None:
    if all(part.loci is not None for part in dataset.splits.values()):
        try:
            return Intervals.from_dataset(dataset)
        except DataError:  # such as rows that were not found in the genome
            return None
    return None


def _laid_out(dataset: Dataset) -> Intervals:
    """The rows one behind the other on a made-up region: they have lengths, and no overlap."""
    parts = dataset.splits
    end = np.cumsum(np.concatenate([part.lengths for part in parts.values()]))
    start = np.append(0, end[:-1])
    label = np.concatenate([part.labels for part in parts.values()])
    split = [name for name, part in parts.items() for _ in range(len(part))]
    region = ["rows"] * len(end)
    return Intervals.from_columns(dataset.name, dataset.classes, region, start, end, label, split)


def _relatives(dataset: Dataset) -> Finding:
    parts = dataset.splits
    rows = SequenceSet(
        codes=np.concatenate([part.codes for part in parts.values()]),
        offsets=np.append(0, np.cumsum(np.concatenate([p.lengths for p in parts.values()]))),
        labels=np.concatenate([part.labels for part in parts.values()]),
        ids=np.zeros(sum(map(len, parts.values())), "U1"),
        classes=dataset.classes,
    )
    split = [np.full(len(part), SPLITS.index(name), np.uint8) for name, part in parts.items()]
    found = check_leaks(rows, np.concatenate(split), lambda step: None)
    return next(finding for finding in found if finding.check == "relatives")
