"""What several figures share: styles told apart without colour, and labels that keep apart."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import DataError

# of the palette for colour-blind readers, the ones dark enough for lines (doi:10.1038/nmeth.1618)
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#E69F00", "#56B4E9")
BLUE, ORANGE = COLOURS[:2]
GREY = "#8c8c8c"
DASHES: tuple[Any, ...] = (
    "-",
    (0, (5, 2)),
    (0, (1.6, 0.9)),
    (0, (6, 2, 1, 2)),
    (0, (3, 1, 1, 1, 1, 1)),
    (0, (8, 3)),
    (0, (1, 4)),
)
REACHED = 0.25  # of the sequences: where fewer go on, a line shows noise


def tidy(axis: Any, grid: str | None = "both", hidden: tuple[str, ...] = ("top", "right")) -> None:
    """A pale grid across ``"x"``, ``"y"``, ``"both"`` or no axis, and no frame at hidden sides."""
    if grid:
        axis.grid(axis=grid, alpha=0.3)
        axis.set_axisbelow(True)
    axis.spines[list(hidden)].set_visible(False)


def line_style(number: int) -> dict[str, Any]:
    """Colour and dashes of the first, second, ... class; each pair is its own.

    Raises
    ------
    DataError
        From the eighth on, for nobody can tell more apart.

    Examples
    --------
    >>> line_style(0)
    {'color': '#0072B2', 'linestyle': '-'}
    """
    if number >= len(COLOURS):
        raise DataError(
            f"More than {len(COLOURS)} lines cannot be told apart in one figure. Draw fewer at "
            "a time."
        )
    return {"color": COLOURS[number], "linestyle": DASHES[number]}


def spread(values: np.ndarray, gap: float, low: float, high: float) -> np.ndarray:
    """Move sorted values as little as possible until they are ``gap`` apart, within bounds.

    Parameters
    ----------
    values : numpy.ndarray
        Shape (n,), ascending.
    gap, low, high : float
        With less room than n gaps from low to high, the gaps shrink.

    Returns
    -------
    numpy.ndarray
        float64, shape (n,), ascending.

    Examples
    --------
    >>> spread(np.array([0.5, 0.5, 0.9]), 0.2, 0, 1)
    array([0.4, 0.6, 0.9])
    """
    n = len(values)
    if not n:
        return np.zeros(0)
    steps = np.arange(n) * min(gap, (high - low) / n)
    # isotonic regression: less its step, each value may not be under the one before it
    sums = np.concatenate([[0], np.cumsum(values - steps)])
    count = np.arange(1, n + 1) - np.arange(n)[:, None]
    means = np.full((n, n), np.inf)  # from the value of the row to that of the column
    np.divide(sums[1:] - sums[:-1, None], count, out=means, where=count > 0)
    lowest = np.minimum.accumulate(means[:, ::-1], axis=1)[:, ::-1]
    apart = np.array([lowest[: i + 1, i].max() for i in range(n)])
    half = steps[1] / 2 if n > 1 else 0
    return np.clip(apart, low + half, high - half - steps[-1]) + steps


def reached(lengths: np.ndarray) -> int:
    """How many positions at least a quarter of the sequences have.

    Examples
    --------
    >>> reached(np.array([5] * 19 + [900]))
    5
    """
    longest_first = np.sort(lengths)[::-1]
    return int(longest_first[int(np.ceil(REACHED * len(lengths))) - 1])


def name_lines(axis: Any, lines: list[Any]) -> None:
    """Write each line's label at its right end, in its colour, none over another.

    Call it when the limits of the y axis are set.
    """
    drawn = {}
    for line in lines:
        points = line.get_xydata()
        if (known := np.isfinite(points).all(1)).any():
            drawn[line] = points[known]
    # a line may be jagged: its level near the end says better where its label belongs
    levels = np.array([xy[-max(len(xy) // 50, 1) :, 1].mean() for xy in drawn.values()])
    named = [list(drawn)[number] for number in np.argsort(levels, kind="stable")]
    low, high = axis.get_ylim()
    inches = axis.get_position().height * axis.figure.get_figheight()
    gap = 0.17 * (high - low) / inches  # a line of 10 points, and a little
    heights = spread(np.sort(levels), gap, low, high)
    for line, height in zip(named, heights, strict=True):
        axis.annotate(
            line.get_label(),
            (drawn[line][-1, 0], height),
            (5, 0),
            textcoords="offset points",
            va="center",
            color=line.get_color(),
            fontsize=10,
            fontweight="bold",
            annotation_clip=False,
        )
