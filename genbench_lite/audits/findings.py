"""What an audit found: one :class:`Finding` a question, judged by a stated :class:`Rule`."""

from __future__ import annotations

import math
from dataclasses import dataclass

VERDICTS = ("fine", "look", "broken", "too little data")
ENOUGH = 100  # test rows: with fewer, no figure can be called fine


@dataclass(frozen=True)
class Rule:
    """From where on a figure is worth a look, and from where on it breaks a dataset.

    Parameters
    ----------
    figure : {"gain", "share"}
        What is judged: the accuracy above that of the majority class, or the share of rows.
    look, broken : float
        Thresholds, 0 to 1; ``broken`` is infinite where the figure alone never condemns.

    Examples
    --------
    >>> print(Rule("gain", 0.02, 0.10))
    look from +2 points over majority, broken from +10
    """

    figure: str
    look: float
    broken: float = math.inf

    def __str__(self) -> str:
        sign, unit = ("+", " points over majority") if self.figure == "gain" else ("", "% of rows")
        text = f"look from {sign}{100 * self.look:g}{unit}"
        if math.isinf(self.broken):
            return text + ", never broken by this alone"
        return text + f", broken from {sign}{100 * self.broken:g}" + unit[:1].strip()

    def judge(self, value: float, low: float, high: float, rows: int) -> str:
        """The verdict on a figure.

        A dataset is called broken when even the lower end of the 95% interval is over the
        threshold. It is worth a look when the figure is over it and the interval lies above
        zero. It is fine when neither holds, at least 100 rows were seen, and the upper end
        rules out that it is broken.

        Examples
        --------
        >>> rule = Rule("share", 0.01, 0.1)
        >>> rule.judge(0.4, low=0.38, high=0.42, rows=5000)
        'broken'
        >>> rule.judge(0.0, low=0.0, high=0.56, rows=3)
        'too little data'
        """
        if low >= self.broken:
            return "broken"
        if value >= self.look and low > 0:
            return "look"
        known = rows >= ENOUGH and high < self.broken
        return "fine" if known else "too little data"


@dataclass(frozen=True)
class Finding:
    """The answer to one question about a dataset.

    Intervals are those of independent rows. Where rows overlap or repeat there is less to learn
    from as many, and an honest interval would be wider; the leaks tell how far that is so.

    Parameters
    ----------
    check : str
        Short name, such as ``length``.
    title : str
        What was asked, for people: "Length alone".
    rows : int
        How many rows were looked at (test rows, unless the title says otherwise).
    verdict : str
        ``fine``, ``look``, ``broken``, ``too little data``, or ``skipped``.
    rule : str
        The thresholds of the verdict, in words; empty where there is none.
    detail : str
        One or two sentences: what was seen and, unless fine, what to do.
    share, share_low, share_high : float or None
        Share of the rows concerned, 0 to 1, with its 95% interval (Wilson).
    count : int or None
        The number of those rows.
    accuracy, low, high : float or None
        Test accuracy that knowing this alone allows, 0 to 1, with its 95% interval (Wilson).
    majority : float or None
        Test accuracy of always answering the most common class of the training rows.
    """

    check: str
    title: str
    rows: int
    verdict: str
    rule: str
    detail: str
    share: float | None = None
    share_low: float | None = None
    share_high: float | None = None
    count: int | None = None
    accuracy: float | None = None
    low: float | None = None
    high: float | None = None
    majority: float | None = None


def wilson(hits: float, n: int) -> tuple[float, float]:
    """95% interval of a share (Wilson 1927, doi:10.1080/01621459.1927.10502953).

    Examples
    --------
    >>> [round(float(end), 2) for end in wilson(50, 100)], wilson(0, 0)
    ([0.4, 0.6], (0.0, 1.0))
    """
    if n == 0:
        return 0.0, 1.0
    z, p = 1.959963984540054, hits / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    spread = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(0.0, middle - spread), min(1.0, middle + spread)


def shortcut(
    check: str, title: str, right: int, n: int, majority: float, rule: Rule, detail: str
) -> Finding:
    """A finding on what one property alone tells about the class.

    Parameters
    ----------
    right, n : int
        Test rows whose class the property told, and all test rows.
    majority : float
        Accuracy of always answering the majority class of the training rows.
    rule : Rule
        Judges the gain over ``majority``.
    """
    accuracy = right / n if n else math.nan
    low, high = wilson(right, n)
    verdict = rule.judge(accuracy - majority, low - majority, high - majority, n)
    return Finding(
        check, title, n, verdict, str(rule), detail,
        accuracy=accuracy, low=low, high=high, majority=majority,
    )  # fmt: skip


def leak(
    check: str,
    title: str,
    count: int,
    n: int,
    rule: Rule,
    detail: str,
    right: int | None = None,
    majority: float | None = None,
) -> Finding:
    """A finding on rows that stand on both sides of a split, or twice.

    Parameters
    ----------
    count, n : int
        Rows concerned, and all rows that were looked at.
    rule : Rule
        Judges the share ``count / n``.
    right : int, optional
        Test rows answered right by copying the class of the relative in training.
    majority : float, optional
        Accuracy of always answering the majority class of the training rows.
    """
    share = count / n if n else math.nan
    share_low, share_high = wilson(count, n)
    verdict = rule.judge(share, share_low if count else 0.0, share_high, n)
    low, high = (None, None) if right is None else wilson(right, n)
    return Finding(
        check, title, n, verdict, str(rule), detail,
        share=share, share_low=share_low, share_high=share_high, count=count,
        accuracy=None if right is None else right / n if n else math.nan,
        low=low, high=high, majority=majority,
    )  # fmt: skip


def skipped(check: str, title: str, why: str) -> Finding:
    """A question that these data cannot answer, and why."""
    return Finding(check, title, 0, "skipped", "", why)
