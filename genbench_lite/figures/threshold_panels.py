"""Panels in SVG that follow a threshold: distributions cut by it, and its place on curves.

They are small, stand beside each other where there is room, and come on white paper.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from html import escape

import numpy as np

from .paper import INK, WIDTH, short, svg, text, ticks

HEIGHT = 270  # px of a panel with curves
_LEFT, _RIGHT, _TOP, _BOTTOM = 54, 20, 50, 46
_MARGIN = 20  # px left of distributions, which have no numbers there
_STRIP = 64  # px a class takes
_PALE = "#d9d9d9"


@dataclass(frozen=True, eq=False)
class Strip:
    """The distribution of one class, cut by the threshold.

    Parameters
    ----------
    name : str
    heights : numpy.ndarray
        Shape (bins,): rows in each bin, in any unit.
    edges : numpy.ndarray
        Shape (bins + 1,): of the bins.
    right : tuple of bool
        Whether the rows below the threshold, and those above, are answered rightly.
    share : float
        Share of the class that is answered rightly, 0 to 1.
    colour : str
    """

    name: str
    heights: np.ndarray
    edges: np.ndarray
    right: tuple[bool, bool]
    share: float
    colour: str


@dataclass(frozen=True, eq=False)
class Line:
    """A line on axes from 0 or wherever; ``dash`` as in SVG, empty for a solid line."""

    name: str
    x: np.ndarray
    y: np.ndarray
    colour: str
    dash: str = ""


@dataclass(frozen=True)
class Mark:
    """A place on a line: a filled dot, or, if ``hollow``, a diamond."""

    x: float
    y: float
    colour: str
    hollow: bool = False


@dataclass(frozen=True)
class Axes:
    """Limits and labels of a panel; ``tick`` writes a number at the horizontal axis."""

    title: str
    x: tuple[float, float]
    y: tuple[float, float]
    x_label: str
    y_label: str
    tick: Callable[[float], str] = "{:,g}".format
    left: float = _LEFT

    def across(self, x: np.ndarray | float) -> np.ndarray:
        """Px from the left."""
        low, high = self.x
        return self.left + (np.asarray(x) - low) / (high - low) * (WIDTH - self.left - _RIGHT)

    def down(self, y: np.ndarray | float) -> np.ndarray:
        """Px from the top."""
        low, high = self.y
        return HEIGHT - _BOTTOM - (np.asarray(y) - low) / (high - low) * (HEIGHT - _TOP - _BOTTOM)


def curves_svg(
    axes: Axes, lines: Sequence[Line], marks: Sequence[Mark], alt: str, upright: float | None = None
) -> str:
    """Lines with marked places.

    Parameters
    ----------
    axes : Axes
    lines : sequence of Line
        Their names stand above, as many as fit beside each other.
    marks : sequence of Mark
    alt : str
        For those who cannot see it.
    upright : float, optional
        Where to draw a line from top to bottom, the threshold.

    Returns
    -------
    str
        One ``<svg>`` element.

    Examples
    --------
    >>> axes = Axes("Toy", (0, 1), (0, 1), "x", "y")
    >>> line = Line("one", np.array([0.0, 1]), np.array([0.0, 1]), "#0072B2")
    >>> svg = curves_svg(axes, [line], [Mark(0.5, 0.5, "#0072B2")], "A line with a dot.")
    >>> svg.count("<circle"), 'aria-label="A line with a dot."' in svg
    (1, True)
    """
    parts = [text(_LEFT, 17, axes.title, "start", "bold"), *_legend(lines), *_frame(axes)]
    if upright is not None:
        x = axes.across(upright)
        parts.append(f'<path d="M{x:.1f} {_TOP}V{HEIGHT - _BOTTOM}" stroke="{INK}"/>')
    for line in lines:
        parts.append(
            f'<path d="{_path(axes, line)}" fill="none" stroke="{line.colour}" stroke-width="2.2"'
            + (f' stroke-dasharray="{line.dash}"/>' if line.dash else "/>")
        )
    for mark in marks:
        x, y = axes.across(mark.x), axes.down(mark.y)
        if mark.hollow:
            parts.append(
                f'<path d="M{x:.1f} {y - 8:.1f}l8 8l-8 8l-8 -8z" fill="none" '
                f'stroke="{mark.colour}" stroke-width="2"/>'
            )
        else:
            parts.append(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="{mark.colour}" stroke="white" '
                'stroke-width="1.5"/>'
            )
    return svg(parts, alt, HEIGHT)


def strips_svg(
    axes: Axes, strips: Sequence[Strip], threshold: float, answers: tuple[str, str], alt: str
) -> str:
    """Distributions one below the other; what is answered rightly is dark.

    Parameters
    ----------
    axes : Axes
        Its ``y`` and ``y_label`` are not used.
    strips : sequence of Strip
        Each as high as its own highest bin.
    threshold : float
    answers : tuple of str
        What rows below and above it are called.
    alt : str

    Returns
    -------
    str
        One ``<svg>`` element.

    Examples
    --------
    >>> axes = Axes("Toy", (0, 10), (0, 1), "length (bp)", "")
    >>> strip = Strip("a", np.array([2, 4]), np.array([0, 5, 10]), (True, False), 0.3, "#0072B2")
    >>> strips_svg(axes, [strip], 5, ("a", "b"), "One class.").count("30% right")
    1
    """
    axes = replace(axes, left=_MARGIN)
    bottom = _TOP + _STRIP * len(strips)
    cut, end = float(axes.across(threshold)), WIDTH - _RIGHT
    parts = [text(_MARGIN, 17, axes.title, "start", "bold")]
    for number, strip in enumerate(strips):
        floor = _TOP + _STRIP * (number + 1)
        for side, limits in enumerate(((_MARGIN, cut), (cut, end))):
            look = 'fill-opacity="1"' if strip.right[side] else 'fill-opacity=".22"'
            bars = _bars(axes, strip, floor, limits)
            parts.append(f'<path d="{bars}" fill="{strip.colour}" {look}/>')
        parts.append(f'<path d="M{_MARGIN} {floor}H{end}" stroke="{INK}"/>')
    parts.append(f'<path d="M{cut:.1f} {_TOP - 6}V{bottom}" stroke="{INK}" stroke-width="2"/>')
    for number, strip in enumerate(strips):
        line = _TOP + _STRIP * number + 14
        parts += [
            text(_MARGIN, line, short(strip.name), "start"),
            text(end, line, f"{strip.share:.0%} right", "end"),
        ]
    parts += _sides(answers)
    parts += _ticks_below(axes, bottom)
    return svg(parts, alt, bottom + _BOTTOM)


def _path(axes: Axes, line: Line) -> str:
    """The line in px; points that would fall on the one before are left out."""
    points = np.round(np.stack([axes.across(line.x), axes.down(line.y)], axis=1) * 2) / 2
    moved = np.append(True, (np.diff(points, axis=0) != 0).any(axis=1))
    # of the points straight above one another the first and the last are enough
    kept = points[moved]
    straight = np.zeros(len(kept), bool)
    straight[1:-1] = (kept[1:-1, 0] == kept[:-2, 0]) & (kept[1:-1, 0] == kept[2:, 0])
    return "M" + "L".join(f"{a:g} {b:g}" for a, b in kept[~straight].tolist())


def _bars(axes: Axes, strip: Strip, floor: float, limits: tuple[float, float]) -> str:
    """One path for all bars, cut off at the limits; their tops leave room for the name."""
    edges = np.clip(axes.across(strip.edges), *limits).tolist()
    scale = (_STRIP - 22) / max(float(strip.heights.max(initial=0)), 1e-12)
    bars = (
        f"M{left:.1f} {floor}V{floor - h * scale:.1f}H{right:.1f}V{floor}z"
        for left, right, h in zip(edges, edges[1:], strip.heights.tolist(), strict=False)
        if h and right > left
    )
    return "".join(bars)


def _sides(answers: tuple[str, str]) -> list[str]:
    """What rows on either side are called, above the strips."""
    return [
        text(_MARGIN, _TOP - 12, f"← {short(answers[0], 17)}", "start"),
        text(WIDTH - _RIGHT, _TOP - 12, f"{short(answers[1], 17)} →", "end"),
    ]


def _legend(lines: Sequence[Line]) -> list[str]:
    parts, x = [], float(_LEFT)
    for line in lines:
        if not line.name:
            continue
        dash = f' stroke-dasharray="{line.dash}"' if line.dash else ""
        parts += [
            f'<path d="M{x:g} {_TOP - 14}h20" stroke="{line.colour}" stroke-width="2.2"{dash}/>',
            text(x + 24, _TOP - 10, line.name, "start"),
        ]
        x += 36 + 8 * len(line.name)
    return parts


def _frame(axes: Axes) -> list[str]:
    """Grid, numbers and labels."""
    end, bottom = WIDTH - _RIGHT, HEIGHT - _BOTTOM
    parts = _ticks_below(axes, bottom)
    for value in ticks(*axes.y):
        y = float(axes.down(value))
        parts += [
            f'<path d="M{_LEFT} {y:.1f}H{end}" stroke="{_PALE}"/>',
            text(_LEFT - 6, y + 5, f"{value:g}", "end"),
        ]
    middle = (_TOP + bottom) / 2
    parts.append(
        f'<text x="15" y="{middle}" text-anchor="middle" transform="rotate(-90 15 {middle})">'
        f"{escape(axes.y_label)}</text>"
    )
    parts.append(f'<path d="M{_LEFT} {_TOP}V{bottom}H{end}" fill="none" stroke="{INK}"/>')
    return parts


def _ticks_below(axes: Axes, bottom: float) -> list[str]:
    parts = [text((axes.left + WIDTH - _RIGHT) / 2, bottom + 39, axes.x_label)]
    for value in ticks(*axes.x):
        x = float(axes.across(value))
        parts += [
            f'<path d="M{x:.1f} {bottom}v4" stroke="{INK}"/>',
            text(x, bottom + 19, axes.tick(value)),
        ]
    return parts
