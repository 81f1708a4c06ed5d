"""Letters of a logo: how they stack, and their outlines, for matplotlib and for SVG.

All letters of one base become one shape, which is drawn at once.
"""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

import numpy as np
from matplotlib.font_manager import FontProperties
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.textpath import TextPath

from ..plots import BASE_COLOURS

WIDTH = 0.95  # of a position: neighbours do not touch


class Letters(NamedTuple):
    """Letters of a logo: which base, at which position, from where, and how far up or down."""

    bases: np.ndarray
    positions: np.ndarray
    starts: np.ndarray
    heights: np.ndarray


def stack(values: np.ndarray) -> Letters:
    """Stack the letters of each position outwards from zero, the largest last.

    Parameters
    ----------
    values : numpy.ndarray
        Shape (4, length), rows A, C, G, T. Zeros give no letter.

    Returns
    -------
    Letters
        Arrays of one value a letter: base (0 to 3), position (from 0), where it starts, on the
        side of the zero line, and its height, negative if it hangs.

    Examples
    --------
    One position: A adds 3 and stands on G, which adds 1; T takes 2 away.

    >>> letters = stack(np.array([[3.0], [0.0], [1.0], [-2.0]]))
    >>> letters.bases, letters.starts, letters.heights
    (array([2, 3, 0]), array([0., 0., 1.]), array([ 1., -2.,  3.]))
    """
    order = np.argsort(np.abs(values), axis=0, kind="stable")
    heights = np.take_along_axis(values, order, 0)
    up, down = np.maximum(heights, 0), np.minimum(heights, 0)
    starts = np.where(heights > 0, np.cumsum(up, 0) - up, np.cumsum(down, 0) - down)
    kept = heights != 0
    positions = np.broadcast_to(np.arange(values.shape[1]), values.shape)
    return Letters(order[kept], positions[kept], starts[kept], heights[kept])


def add_letters(axis: Any, letters: Letters, first: int, start: int, end: int) -> None:
    """Add the letters from position ``start`` to before ``end`` to a matplotlib axis.

    All letters of one base are one ``PathPatch``. ``first`` is the position to call 0.
    """
    inside = (letters.positions >= start) & (letters.positions < end)
    for base, (name, colour) in enumerate(BASE_COLOURS.items()):
        mine = inside & (letters.bases == base)
        if not mine.any():
            continue
        outline = glyph(name)
        size = np.stack([np.full(mine.sum(), WIDTH), letters.heights[mine]], axis=-1)
        left = letters.positions[mine] + first - WIDTH / 2
        corner = np.stack([left, letters.starts[mine]], axis=-1)
        vertices = outline.vertices * size[:, None] + corner[:, None]
        path = Path(vertices.reshape(-1, 2), np.tile(np.asarray(outline.codes), len(size)))
        # add_patch would measure every curve to fit the axis, which takes ten times longer
        axis.add_artist(PathPatch(path, facecolor=colour, linewidth=0, gid=name))


@functools.cache
def glyph(letter: str) -> Path:
    """The letter's outline, stretched to the square from 0 to 1."""
    outline = TextPath((0, 0), letter, prop=FontProperties(family="DejaVu Sans", weight="bold"))
    box = outline.get_extents()
    return Path((outline.vertices - box.min) / box.size, outline.codes)


@functools.cache
def svg_outline(letter: str) -> str:
    """The same outline as the ``d`` of an SVG path; up is positive."""
    names = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE3: "Q", Path.CLOSEPOLY: "Z"}
    parts = []
    for points, code in glyph(letter).iter_segments(simplify=False):
        numbers = [] if code == Path.CLOSEPOLY else [f"{round(float(x), 3):g}" for x in points]
        parts.append(names[code] + " ".join(numbers))
    return "".join(parts)
