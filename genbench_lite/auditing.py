"""Audit a dataset before you train: can it be solved by a shortcut, and does its test set leak?"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from .audits.audit_report import AuditReport
from .audits.findings import Finding, skipped
from .cards import card, list_datasets
from .dataset import SPLITS, Dataset
from .errors import DataError
from .interval_set import Intervals
from .sequence_set import SequenceSet

TEST_SHARE = 0.25  # of each class of rows that come without a split


def audit(dataset: Dataset | str, progress: bool = True) -> AuditReport:
    """Look for shortcuts, leaks and contradictions in a dataset.

    Each question is answered by a figure with a 95% interval, and judged by a rule that the
    report states. What sequences tell (length, composition, words, repeats, relatives) is always
    asked; what coordinates tell (strand, chromosome, overlaps) where they are known: the dataset
    has loci, or is one of the nine as published.

    Parameters
    ----------
    dataset : Dataset or str
        A dataset, or the name of one. Nothing is fetched: of a dataset that is not downloaded
        the coordinates alone are audited, which ship with the package.
    progress : bool, optional
        Show the present step, in a notebook or terminal.

    Returns
    -------
    AuditReport

    Raises
    ------
    UnknownNameError
        If there is no dataset of that name; the nearest is suggested.
    DataError
        If it is no dataset.

    Examples
    --------
    >>> from genbench_lite import SequenceSet
    >>> toy = SequenceSet.from_strings(["ACGT", "GGCC"], [0, 1], ["no", "yes"])
    >>> audit(Dataset("toy", train=toy, test=toy)).verdict != "fine"
    True
    """
    if isinstance(dataset, str):
        from . import fetch

        if not fetch.is_downloaded(dataset):
            report = audit_intervals(dataset, progress)
            advice = f'{dataset} is not downloaded. With gbl.download("{dataset}") '
            return replace(report, about=f"{report.about} {advice}its sequences are audited, too.")
        dataset = fetch.load(dataset)
    if not isinstance(dataset, Dataset):
        raise DataError(
            f"audit takes a Dataset or the name of one, not {type(dataset).__name__}. Wrap two "
            "SequenceSets as gbl.Dataset(name, train, test); for intervals, use audit_intervals."
        )
    return _audited(dataset, progress)


def audit_unsplit(name: str, rows: SequenceSet, progress: bool = True) -> AuditReport:
    """Audit rows that have no split yet, such as FASTA files of one class each.

    A quarter of each class is drawn at random as test, to ask for shortcuts. What lies across
    such a split is chance, so that copies and relatives are counted among all rows.

    Parameters
    ----------
    name : str
        What to call them.
    rows : SequenceSet
        Coordinates are left out of account.
    progress : bool, optional
        Show the present step, in a notebook or terminal.

    Returns
    -------
    AuditReport

    Raises
    ------
    DataError
        If there are too few rows to set some aside.
    """
    try:
        train, test = replace(rows, loci=None).split(TEST_SHARE)
    except DataError as error:
        raise DataError(
            f"{name} has {len(rows):,} rows, too few to set some aside as a test. Give 100 or more."
        ) from error
    report = _audited(Dataset(name, train, test), progress, drawn=True)
    note = (
        f"These rows have no split: {TEST_SHARE:.0%} of each class were drawn at random as test "
        "(seed 0). Copies and relatives are therefore counted among all rows."
    )
    return replace(report, about=f"{report.about} {note}")


def _audited(dataset: Dataset, progress: bool, drawn: bool = False) -> AuditReport:
    from .audits.interval_checks import check_intervals
    from .audits.sequence_checks import check_sequences

    with _steps(progress) as step:
        findings = check_sequences(dataset, step, drawn)
        intervals, source = coordinates_of(dataset)
        if intervals is None:
            findings.append(skipped("coordinates", "Strand, chromosome and overlaps", source))
        else:
            step("coordinates")
            findings = _together(findings, check_intervals(intervals))
    counts = {name: len(split) for name, split in dataset.splits.items()}
    what = "sequences alone" if intervals is None else f"sequences, and {source}"
    findings = _empty_sides(counts) + findings
    return AuditReport(dataset.name, findings, _about(counts, dataset.classes, what))


def audit_intervals(intervals: Intervals | str | Path, progress: bool = True) -> AuditReport:
    """Audit a dataset by its coordinates alone: no genome and no sequence is needed.

    Parameters
    ----------
    intervals : Intervals, path or str
        Interval lists in the published layout, as a folder or as read from one; or the name of
        one of the nine, whose coordinates ship with the package. A known name is never taken
        for a folder: write ``./name`` for that.
    progress : bool, optional
        Show the present step, in a notebook or terminal.

    Returns
    -------
    AuditReport

    Raises
    ------
    DataError
        If the folder does not hold such lists, or this is no interval list.
    UnknownNameError
        If there is neither a folder nor a dataset of that name; the nearest is suggested.

    Examples
    --------
    >>> toy = Intervals.from_columns(
    ...     "toy", ["a", "b"], ["chr1", "chr2"], [0, 5], [10, 15], [0, 1], ["train", "test"]
    ... )
    >>> audit_intervals(toy).to_frame().at["length", "verdict"]
    'too little data'
    """
    from .audits.interval_checks import check_intervals

    if not isinstance(intervals, (Intervals, str, Path)):
        raise DataError(
            "audit_intervals takes Intervals, a folder or a name, not "
            f"{type(intervals).__name__}. Audit a Dataset with gbl.audit."
        )
    with _steps(progress) as step:
        step("reading coordinates")
        if not isinstance(intervals, Intervals):
            from .reading.shipped_intervals import find_intervals

            intervals = find_intervals(intervals)
        step("coordinates")
        findings = list(check_intervals(intervals))
    why = "Only coordinates were given. Audit the dataset itself with gbl.audit."
    findings.append(skipped("sequences", "GC content, words and repeated sequences", why))
    counts = {split: len(intervals.rows(split)) for split in SPLITS}
    about = _about(counts, intervals.classes, "coordinates alone")
    return AuditReport(intervals.name, _empty_sides(counts) + findings, about)


def coordinates_of(dataset: Dataset) -> tuple[Intervals | None, str]:
    """Where the rows of a dataset lie, as far as that is known.

    Of one of the nine without loci these are the published coordinates, if they fit. They are
    then in another order than the sequences.

    Returns
    -------
    intervals : Intervals or None
    source : str
        Whence they are, or why there are none and what to do.
    """
    if all(split.loci is not None for split in dataset.splits.values()):
        try:
            return Intervals.from_dataset(dataset), "their coordinates"
        except DataError as error:  # such as rows that were not found in the genome
            return None, f"The coordinates cannot be used. {error}"
    none = "These data hold no coordinates"
    advice = "Find them with gbl.locate, or build the dataset with gbl.from_intervals."
    if dataset.name not in list_datasets() or card(dataset.name).embedded:
        return None, f"{none}. {advice}"
    from .reading.shipped_intervals import published_intervals

    intervals = published_intervals(dataset.name)
    if not _same_rows(dataset, intervals):
        unfit = "and the published ones do not fit: rows or lengths differ"
        return None, f"{none}, {unfit}. {advice}"
    return intervals, "the published coordinates, which ship with the package"


def _same_rows(dataset: Dataset, intervals: Intervals) -> bool:
    """Whether each class of each split has as many rows, of the same lengths."""
    if dataset.classes != intervals.classes:
        return False
    for name in SPLITS:
        listed, split = intervals.rows(name), dataset.splits.get(name)
        if len(listed) != (0 if split is None else len(split)):
            return False
        for label in range(len(dataset.classes) if split is not None else 0):
            assert split is not None
            lengths = np.sort(split.lengths[split.labels == label])
            if not np.array_equal(lengths, np.sort(listed.length[listed.label == label])):
                return False
    return True


def _together(sequences: list[Finding], intervals: list[Finding]) -> list[Finding]:
    """All findings; what coordinates and sequences tell alike, such as length, comes once."""
    asked = {f.check for f in sequences if f.verdict != "skipped"}
    added = [f for f in intervals if f.check not in asked]
    replaced = {f.check for f in added}
    return [f for f in sequences if f.check not in replaced] + added


def _empty_sides(counts: dict[str, int]) -> list[Finding]:
    """Without training or test rows next to nothing is asked, and the little may all be fine."""
    total = sum(counts.values())
    side = {0: "test", total: "training"}.get(counts["test"])
    if side is None:
        return []
    why = f"There are no {side} rows, so that most questions cannot be answered. Split the rows."
    title = "Rows on both sides of the split"
    return [Finding("split", title, total, "too little data", "none may be empty", why)]


def _about(counts: dict[str, int], classes: tuple[str, ...], what: str) -> str:
    rows = ", ".join(f"{n:,} {split}" for split, n in counts.items() if n)
    few = ", ".join(classes[:6]) + (", ..." if len(classes) > 6 else "")
    return f"Rows: {rows or 'none'}. Classes: {few}. Audited: {what}."


@contextmanager
def _steps(progress: bool) -> Iterator[Callable[[str], None]]:
    """A function that names the present step, on a bar where somebody looks on."""
    from tqdm.auto import tqdm

    watched = progress and (sys.stderr.isatty() or _in_notebook())
    form = "{desc} [{elapsed}]"
    with tqdm(disable=not watched, bar_format=form, leave=False) as bar:
        yield lambda step: bar.set_description_str(f"Audit: {step}")


def _in_notebook() -> bool:
    """Whether a kernel runs this; that one was imported, as by the lesson runner, is not enough."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return getattr(shell, "kernel", None) is not None
