"""Page through sequences: letters, GC content, a pattern, and the odd ones first."""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import Any

import ipywidgets
import numpy as np

from ..browsing import class_shares, ranked, unknown_counts
from ..composition import gc_content
from ..errors import DataError
from ..figures.sequence_plots import (
    NO_MATCHES,
    PAPER,
    Matches,
    legend,
    overview_svg,
    sequence_html,
)
from ..patterns import pattern_counts, pattern_matches, read_pattern
from ..sequence_set import SequenceSet
from .panel import Guide, Panel

WINDOW = 300  # letters shown at a time
_STEP = 100  # letters that the scroller moves
_ALL = -1  # in the place of a label
_LIVE = 20_000_000  # bases; in more, a search at every key pressed would lag behind
_FILM = "CG"  # the pattern of the still picture: it is somewhere in every set

# what to sort by, and whether the highest comes first
ORDERS: dict[str, tuple[str, bool] | None] = {
    "as in the set": None,
    "highest GC first": ("GC content", True),
    "lowest GC first": ("GC content", False),
    "longest first": ("length", True),
    "shortest first": ("length", False),
    "most N first": ("number of N", True),
    "most matches first": ("number of matches", True),
}


class SequenceExplorer(Panel):
    """Page through sequences, one class or all, in any order; look for a pattern.

    Parameters
    ----------
    sequences : SequenceSet
        For example one split of a dataset: ``data.train``.
    pattern : str
        Letters of IUPAC to mark, on both strands; none if left out.

    Raises
    ------
    DataError
        If this is no SequenceSet, if it has no rows or an empty sequence, or if a character of
        the pattern stands for no base.

    Examples
    --------
    >>> s = SequenceSet.from_strings(["GATAAG", "CCCC"], [1, 0], ["no", "yes"])
    >>> explorer = SequenceExplorer(s, "GATA")
    >>> explorer.order.value = "highest GC first"
    >>> explorer.row
    1
    """

    title = "Sequence explorer"
    guide = Guide(
        "Press Next a few times. Then set the order to `highest GC first`, and to "
        "`lowest GC first`. Type `CG` into the field Find; then go on typing: `CGC`, `CGCG`.",
        "What happens to the grey track, and to the share of sequences with a match, as the "
        "pattern grows? Is it the same in every class?",
        "The grey track follows the blue and orange letters, for they are C and G. Each further "
        "letter makes a pattern rarer: random letters of equal shares would leave a quarter of its "
        "places. What falls more slowly than that, or in one class only, is worth a second look. "
        "The sequences at the ends of an order are the odd ones: repeats, runs of one letter, gaps "
        "of N. They are few, and a model sees them as well.",
    )

    def __init__(self, sequences: SequenceSet, pattern: str = ""):
        self.sequences = _checked(sequences)
        self.pattern = read_pattern(pattern)
        self.rows = np.arange(len(sequences))
        self._known_measures: dict[str, np.ndarray] = {}
        self._make_controls()
        self._fit_scroller()
        self.on(self.group, lambda _: self._arrange())
        self.on(self.order, lambda _: self._arrange())
        self.on(self.number, lambda _: self._fit_scroller())
        self.on(self.find, lambda change: self._look_for(change["new"]))
        self.on(self.start, lambda _: None)
        self.previous.on_click(self.answering(lambda _: self._turn(-1)))
        self.next.on_click(self.answering(lambda _: self._turn(1)))
        choice = ipywidgets.HBox([self.group, self.order])
        pages = ipywidgets.HBox([self.previous, self.next, self.number])
        super().__init__([choice, pages, self.find, self.start])

    def _make_controls(self) -> None:
        sequences = self.sequences
        names = [("all classes", _ALL), *((name, i) for i, name in enumerate(sequences.classes))]
        self.group = ipywidgets.Dropdown(description="Class:", options=names)
        self.order = ipywidgets.Dropdown(description="Order:", options=list(ORDERS))
        self.number = ipywidgets.BoundedIntText(
            description="Number:", value=1, min=1, max=len(sequences), layout={"width": "170px"}
        )
        self.previous, self.next = (
            ipywidgets.Button(description=name, layout={"width": "90px"})
            for name in ("Previous", "Next")
        )
        self.find = ipywidgets.Text(
            description="Find:",
            value=self.pattern,
            placeholder="GATAAG, or with R for A or G",
            layout={"max_width": "98%"},
            continuous_update=len(sequences.codes) <= _LIVE,
        )
        self.start = ipywidgets.IntSlider(
            description="From position:",
            step=_STEP,
            style={"description_width": "initial"},
            layout={"width": "98%", "max_width": "600px"},
        )

    @property
    def row(self) -> int:
        """The sequence shown: its row in the set, from 0."""
        return int(self.rows[self.number.value - 1])

    def draw(self) -> str:
        """Where we are, what this sequence is like, and its letters."""
        status = f'<div role="status" style="margin:.3em 0">{self._where()}{self._found()}</div>'
        return status + self._page(self.row, self.start.value, self.pattern)

    def film(self) -> Iterable[tuple[str, str]]:
        """The sequences with most and with least GC, and the one with most matches."""
        pattern = self.pattern or _FILM
        odd = {
            f"The highest GC content of {len(self.sequences):,} sequences": ("GC content", True),
            "The lowest GC content": ("GC content", False),
            f"The most places of {pattern}": ("number of matches", True),
        }
        everything = np.arange(len(self.sequences))
        for caption, (measure, highest) in odd.items():
            row = int(ranked(self._measure(measure, pattern), everything, highest)[0])
            sought = pattern if measure == "number of matches" else ""
            yield f"{caption}: {self._name(row)}", self._page(row, 0, sought)

    def _page(self, row: int, start: int, pattern: str) -> str:
        codes = self._codes(row)
        first = min(start, len(codes) - 1)
        window = (first, min(first + WINDOW, len(codes)))
        matches = Matches(*pattern_matches(codes, pattern), len(pattern)) if pattern else NO_MATCHES
        strip = overview_svg(codes, window, matches) if len(codes) > WINDOW else ""
        note = f'<div style="{PAPER};font-size:12px;line-height:1.4">{legend(pattern)}</div>'
        return strip + sequence_html(codes, window, matches) + note

    def _where(self) -> str:
        codes = self._codes(self.row)
        gc = float(gc_content(codes[None])[0])
        facts = [
            f"{self.number.value:,} of {len(self.rows):,}",
            f"sequence {self._name(self.row)}",
            f"class {self.sequences.classes[self.sequences.labels[self.row]]}",
            f"{len(codes):,} bp",
            f"GC content {'unknown' if np.isnan(gc) else f'{gc:.2f}'}",
            f"{int((codes > 3).sum()):,} N",
        ]
        return html.escape(" · ".join(facts)) + self._order_note()

    def _order_note(self) -> str:
        """Why an order shows nothing odd, where it does not."""
        order = ORDERS[self.order.value]
        if order is None:
            return ""
        if order[0] == "number of matches" and not self.pattern:
            return "<br>Type a pattern into the field Find to sort by its matches."
        values = self._measure(order[0], self.pattern)[self.rows]
        if len(np.unique(values[np.isfinite(values)])) < 2:
            return f"<br>All have the same {order[0]}: there is nothing to sort by."
        return ""

    def _found(self) -> str:
        if not self.pattern:
            return ""
        plus, minus = pattern_matches(self._codes(self.row), self.pattern)
        here = f"Places of {self.pattern} here: {int((plus | minus).sum()):,}"
        strands = f"{int(plus.sum()):,} on the + strand, {int(minus.sum()):,} on the - strand"
        present = self._measure("number of matches", self.pattern) > 0
        shares = class_shares(self.sequences, present)
        rates = " · ".join(f"{name} {share:.1%}" for name, share in shares.items())
        return "".join(
            f"<br>{html.escape(line)}"
            for line in (f"{here} ({strands})", f"Sequences with it: {rates}")
        )

    def _name(self, row: int) -> str:
        return str(self.sequences.ids[row])

    def _codes(self, row: int) -> np.ndarray:
        first, end = self.sequences.offsets[row : row + 2]
        return np.asarray(self.sequences.codes[first:end])

    def _measure(self, name: str, pattern: str) -> np.ndarray:
        """One number a sequence; those of the last pattern are kept."""
        if name == "length":
            return self.sequences.lengths
        known = self._known_measures
        if name == "number of matches":
            key = f"places of {pattern}"
            if key not in known:
                for old in [old for old in known if old.startswith("places of ")]:
                    del known[old]
                known[key] = pattern_counts(self.sequences, pattern)
            return known[key]
        if name not in known:
            measure = gc_content if name == "GC content" else unknown_counts
            known[name] = measure(self.sequences)
        return known[name]

    def _look_for(self, text: str) -> None:
        self.pattern = read_pattern(text)
        if self.order.value == "most matches first":
            self._arrange()

    def _arrange(self) -> None:
        """Choose the rows of the class, in the order chosen, and begin with the first."""
        label, order = self.group.value, ORDERS[self.order.value]
        labels = self.sequences.labels
        rows = np.arange(len(labels)) if label == _ALL else np.flatnonzero(labels == label)
        if not len(rows):
            raise DataError(
                f"There is no sequence of {self.sequences.classes[label]} here. Choose another "
                "class."
            )
        if order and (self.pattern or order[0] != "number of matches"):
            rows = ranked(self._measure(order[0], self.pattern), rows, order[1])
        self.number.value = 1
        self.rows = rows
        self.number.max = len(rows)
        self._fit_scroller()

    def _turn(self, step: int) -> None:
        self.number.value += step  # the control keeps it between 1 and the last

    def _fit_scroller(self) -> None:
        """Begin at the first letter; hide the scroller where all letters are shown."""
        beyond = int(self.sequences.lengths[self.row]) - WINDOW
        self.start.value = 0
        self.start.max = max(-(-beyond // _STEP) * _STEP, _STEP)
        self.start.layout.display = None if beyond > 0 else "none"


def _checked(sequences: Any) -> SequenceSet:
    if not isinstance(sequences, SequenceSet):
        raise DataError(
            f"{type(sequences).__name__} is no SequenceSet. Give one, such as a split of a "
            "dataset: data.train."
        )
    if not len(sequences) or not sequences.lengths.all():
        raise DataError(
            "There are no sequences to look at, or one of them is empty. Give at least one, and "
            "leave empty ones out."
        )
    return sequences
