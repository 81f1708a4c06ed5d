"""A motif as a table of counts under its logo, column under column; and its hits as tracks."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import numpy as np

from ..motif import Motif
from ..plots import BASE_COLOURS
from .letters import WIDTH, stack, svg_outline
from .logos import letter_heights
from .motif_plots import STRANDS

if TYPE_CHECKING:
    import pandas as pd

COLUMN = 56  # px: room for a minus and a plus that a finger can hit
LEFT = 46  # px: room for the names of the rows
_LOGO = {"top": 8, "bits": 55, "bottom": 4}
_TINT = "rgba(0,114,178,{:.2f})"  # the share of a cell as the depth of its blue
_CELL = "padding:2px 0;border:1px solid #d8d8d8;text-align:center;font-weight:normal"
_BUTTON = (
    "display:inline-block;width:24px;height:24px;line-height:22px;border:1px solid #888;"
    "border-radius:4px;background:#fff;cursor:pointer;box-sizing:border-box;user-select:none"
)


def logo_svg(motif: Motif) -> str:
    """Draw a motif's logo as SVG text, in columns as wide as those of :func:`matrix_html`.

    Parameters
    ----------
    motif : Motif

    Returns
    -------
    str
        One ``<svg>`` element; heights are in bits.

    Examples
    --------
    >>> logo_svg(Motif.from_sites("toy", ["GATA"] * 20)).count("matrix(")
    4
    """
    px = _LOGO
    floor = px["top"] + 2 * px["bits"]
    across, down = LEFT + COLUMN * len(motif), floor + px["bottom"]
    letters = stack(letter_heights(motif).T)
    outlines = "".join(
        f'<path fill="{BASE_COLOURS["ACGT"[base]]}" d="{svg_outline("ACGT"[base])}" '
        f'transform="matrix({COLUMN * WIDTH:g} 0 0 {-height * px["bits"]:.2f} '
        f'{LEFT + COLUMN * (position + (1 - WIDTH) / 2):.2f} {floor - start * px["bits"]:.2f})"/>'
        for base, position, start, height in zip(*letters, strict=True)
    )
    ticks = "".join(
        f'<path stroke="black" d="M{LEFT - 5} {floor - bits * px["bits"]}h5"/>'
        f'<text x="{LEFT - 8}" y="{floor - bits * px["bits"] + 4}" text-anchor="end">{bits}</text>'
        for bits in range(3)
    )
    alt = (
        f"Sequence logo of {motif.name}, {len(motif)} bp, {motif.information.sum():.1f} bits in "
        f"all. Consensus: {motif.consensus}."
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{html.escape(alt)}" '
        f'width="{across}" height="{down}" style="max-width:none;display:block" '
        f'font-family="sans-serif" font-size="12"><rect width="{across}" height="{down}" '
        f'fill="white"/><path stroke="black" d="M{LEFT} {px["top"]}V{floor}H{across}" '
        f'fill="none"/>{ticks}<text transform="translate(12 {px["top"] + px["bits"]}) rotate(-90)" '
        f'text-anchor="middle">bits</text>{outlines}</svg>'
    )


def matrix_html(motif: Motif, current: tuple[int, int] | None = None) -> str:
    """Write a motif's counts as a table: a column a position, a row a base.

    Parameters
    ----------
    motif : Motif
    current : tuple of int, optional
        Makes the table one to edit, for :class:`genbench_lite.interactive.clickable
        .ClickableHTML`, and is the cell that the Tab key reaches: position and base, from 0.
        Keys of the cells are ``position:base``, of their buttons ``position:base:+`` and
        ``position:base:-``, of the button that cuts a position ``position:cut``.

    Returns
    -------
    str
        One ``<table>`` element; the darker a cell, the larger its share of the position.

    Examples
    --------
    >>> motif = Motif.from_sites("toy", ["GATA", "GATT"])
    >>> matrix_html(motif).count("<td"), 'data-key="3:0:+"' in matrix_html(motif, (0, 0))
    (20, True)
    """
    positions = range(len(motif))
    shares = motif.frequencies
    heads = "".join(f'<th scope="col" style="{_CELL}">{i + 1}</th>' for i in positions)
    rows = [f'<tr role="row">{_side("")}{heads}</tr>']
    for base, letter in enumerate("ACGT"):
        cells = "".join(
            _cell(motif.counts[i, base], shares[i, base], (i, base), current) for i in positions
        )
        rows.append(f'<tr role="row">{_side(letter)}{cells}</tr>')
    bits = "".join(f'<td style="{_CELL}">{bits:.2f}</td>' for bits in motif.information)
    rows.append(f'<tr role="row">{_side("bits")}{bits}</tr>')
    if current is not None:
        cuts = "".join(f'<td role="gridcell" style="{_CELL}">{_cut(i)}</td>' for i in positions)
        rows.append(f'<tr role="row">{_side("cut")}{cuts}</tr>')
    return (
        f'<table role="{"table" if current is None else "grid"}" '
        f'aria-label="Counts of {html.escape(motif.name)}" style="border-collapse:collapse;'
        f"table-layout:fixed;width:{LEFT + COLUMN * len(motif)}px;font-size:13px;margin:0;"
        f'background:#fff;color:#000">{"".join(rows)}</table>'
    )


def hit_tracks(hits: pd.DataFrame, lengths: np.ndarray, names: np.ndarray) -> str:
    """Draw where a motif's hits are: one line a sequence, as HTML that fits its container.

    Parameters
    ----------
    hits : pandas.DataFrame
        What :func:`genbench_lite.scanning.scan` found; hits in rows that are not shown are left
        out.
    lengths : numpy.ndarray
        int64, shape (m,): the lengths of the first m sequences scanned, in bp.
    names : numpy.ndarray
        str, shape (m,).

    Returns
    -------
    str
        One element. A mark above the line is a hit on the + strand, one below on the - strand.

    Examples
    --------
    >>> from genbench_lite.scanning import scan
    >>> text = "CCCAGATAAGGCCCCC"
    >>> hits = scan([text], Motif.from_sites("toy", ["AGATAA"] * 9), p=0.001)
    >>> hit_tracks(hits, np.array([16]), np.array(["one"])).count("<rect")
    1
    """
    longest = int(lengths.max())
    lines, told = [], []
    for row, (length, name) in enumerate(zip(lengths, names, strict=True)):
        mine = hits[hits["sequence"] == row]
        marks = "".join(
            _mark(start, end, strand, longest)
            for start, end, strand in zip(mine["start"], mine["end"], mine["strand"], strict=True)
        )
        lines.append(
            '<div style="display:flex;flex-flow:row wrap;align-items:center;column-gap:8px">'
            '<span style="flex:0 1 13em;font-size:12px;overflow-wrap:anywhere">'
            f"{html.escape(str(name))}</span>"
            '<svg viewBox="0 0 1000 20" preserveAspectRatio="none" '
            'style="flex:1 1 220px;height:20px;max-width:none">'
            f'<path stroke="#8c8c8c" d="M0 10H{1000 * length / longest:.1f}" '
            f'vector-effect="non-scaling-stroke"/>{marks}</svg></div>'
        )
        told.append(f"{name}: {len(mine)}")
    alt = html.escape(f"Hits by sequence. {'; '.join(told)}.")
    plus, minus = (f'<b style="color:{ink}">' for ink in ("#0072B2", "#B34700"))
    return (
        f'<div role="img" aria-label="{alt}">{"".join(lines)}</div>'
        f'<div style="font-size:12px;margin-top:6px">{plus}above the line</b>: '
        f"+ strand; {minus}below</b>: - strand. The longest line is {longest:,} bp.</div>"
    )


def count_text(count: float) -> str:
    """A count as a learner reads it: whole numbers where it is one, or large.

    Examples
    --------
    >>> count_text(12), count_text(2.5), count_text(62419.2)
    ('12', '2.5', '62,419')
    """
    whole = count >= 100 or count == round(count)
    return f"{count:,.0f}" if whole else f"{count:.1f}"


def _side(name: str) -> str:
    tile = f"background:{BASE_COLOURS.get(name, '#fff')};"
    ink = "color:#fff;" if name == "C" else ""
    weight = "bold" if name in BASE_COLOURS else "normal"
    return (
        f'<th scope="row" style="{_CELL};{tile}{ink}width:{LEFT}px;box-sizing:border-box;'
        f'position:sticky;left:0;font-weight:{weight}">{name}</th>'
    )


def _cell(
    count: float, share: float, place: tuple[int, int], current: tuple[int, int] | None
) -> str:
    style = f"{_CELL};outline-offset:-3px;background:{_TINT.format(0.45 * share)}"
    number = count_text(count)
    if current is None:
        return f'<td style="{style}">{number}</td>'
    position, base = place
    key = f"{position}:{base}"
    walk = f'data-row="{base}" data-col="{position}"'
    said = f"{'ACGT'[base]} at position {position + 1}"
    buttons = "".join(
        f'<span role="button" aria-label="{word} {said}" data-key="{key}:{sign}" {walk} '
        f'tabindex="-1" style="{_BUTTON}">{shown}</span>'
        for sign, shown, word in (("-", "\N{MINUS SIGN}", "less"), ("+", "+", "more"))
    )
    return (
        f'<td role="gridcell" data-key="{key}" {walk} tabindex="{0 if place == current else -1}" '
        f'aria-label="{said}: {number}" style="{style}"><div style="line-height:20px">{number}'
        f"</div>{buttons}</td>"
    )


def _cut(position: int) -> str:
    return (
        f'<span role="button" aria-label="cut position {position + 1}" data-row="4" '
        f'data-key="{position}:cut" data-col="{position}" tabindex="-1" style="{_BUTTON}">'
        "\N{MULTIPLICATION SIGN}</span>"
    )


def _mark(start: int, end: int, strand: str, longest: int) -> str:
    width = max(1000 * (end - start) / longest, 4)  # of a long sequence still to be seen
    top = 0 if strand == "+" else 11
    return (
        f'<rect x="{1000 * start / longest:.1f}" y="{top}" width="{width:.1f}" height="9" '
        f'fill="{STRANDS[strand]}"/>'
    )
