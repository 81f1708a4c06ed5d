"""Edit the counts of a motif; its logo, its information and its hits follow."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import ipywidgets
import numpy as np

from ..browsing import class_shares
from ..errors import DataError
from ..figures.matrix_plots import hit_tracks, logo_svg, matrix_html
from ..figures.sequence_plots import PAPER
from ..motif import SHORTEST, Motif, check_background
from ..sequence_set import SequenceSet
from ..surveys import Survey, survey
from .clickable import ClickableHTML
from .panel import Guide, Panel

SCANNED = 2000  # sequences: more would not be done within a tenth of a second
SCANNED_BASES = 600_000
SHOWN = 8  # sequences with a track of their own
LONGEST = 40  # positions
_DIGITS = 6  # of a count that is typed
_THRESHOLDS = {"0.01": 1e-2, "0.001": 1e-3, "0.0001": 1e-4, "0.00001": 1e-5}


class MotifWorkbench(Panel):
    """Edit a matrix of counts, and watch its logo, its information and its hits.

    Parameters
    ----------
    motif : Motif or array-like
        A motif, or counts of shape (length, 4), columns A, C, G, T.
    sequences : SequenceSet or sequence of str, optional
        Where to look for hits. Of many, a random part is taken, each class in its proportion.
    p : float
        The p-value of a hit to begin with: 0.01, 0.001, 0.0001 or 0.00001.
    background : array-like, optional
        Shares of A, C, G and T outside of sites; a quarter each if left out.

    Raises
    ------
    DataError
        If the counts are none, if the motif is too long, if there are no sequences among those
        given, or if p or the background cannot be used.

    Examples
    --------
    >>> bench = MotifWorkbench(Motif.from_sites("toy", ["GATA"] * 9 + ["CATA"]))
    >>> bench.picture.receive({"kind": "click", "key": "0:1:+"})
    >>> bench.motif.counts[0]
    array([0., 2., 9., 0.])
    """

    title = "Motif workbench"
    guide = Guide(
        "Click `+` and `\N{MINUS SIGN}` in the table. By keys: Tab into the table, walk with the "
        "arrows, press + or -, or type a number. Make one tall position even: the same count for "
        "all four bases. Then press Reset, and move the pseudocount.",
        "What happens to the logo, to the bits in all, and to the number of hits? Which of them "
        "does the pseudocount move?",
        "An even position tells nothing: its stack is gone, and with it its bits. The weights of "
        "its letters are near zero, so the best match scores less. But a hit is defined by its p, "
        "and random letters reach that p about as often as before: there are other hits, not "
        "none. The pseudocount moves the weights, and so the scores. It leaves the logo alone, for "
        "that is drawn from the plain counts, with a correction for few sites.",
    )

    def __init__(
        self,
        motif: Motif | Any,
        sequences: SequenceSet | Sequence[str] | None = None,
        p: float = 1e-3,
        background: Sequence[float] | np.ndarray | None = None,
    ):
        self._given = motif if isinstance(motif, Motif) else Motif("your counts", motif)
        if len(self._given) > LONGEST:
            raise DataError(
                f"{self._given.name} has {len(self._given)} positions. The workbench has room for "
                f"{LONGEST}: cut the motif, for example Motif(name, counts[:{LONGEST}])."
            )
        if p not in _THRESHOLDS.values():
            raise DataError(
                f"A p-value of {p} is not offered. Take one of {', '.join(_THRESHOLDS)}."
            )
        self._total, self.sequences = _taken(sequences)
        self.background = background
        check_background(background)
        self.counts = self._given.counts
        self.current = (0, 0)
        self._typed = ""
        self._make_controls(p)
        self.on(self.pseudocount, lambda _: None)
        self.on(self.p, lambda _: None)
        self.left.on_click(self.answering(lambda _: self._add(0)))
        self.right.on_click(self.answering(lambda _: self._add(len(self.counts))))
        self.reset.on_click(self.answering(lambda _: self._restore()))
        picture = ClickableHTML()
        picture.on_event(self.answering(self.act))
        sliders = [self.pseudocount] + ([] if self.sequences is None else [self.p])
        buttons = ipywidgets.HBox([self.left, self.right, self.reset])
        super().__init__([ipywidgets.HBox([*sliders, self.step]), buttons], picture)

    def _make_controls(self, p: float) -> None:
        self.pseudocount = ipywidgets.FloatSlider(
            description="Pseudocount:",
            value=self._given.pseudocount,
            min=0,
            max=max(10, self._given.pseudocount),
            step=0.2,
        )
        self.p = ipywidgets.Dropdown(
            description="p of a hit:", options=list(_THRESHOLDS.items()), value=p
        )
        largest = self.counts.sum(1).max()
        steps = [step for step in (1, 10, 100, 1000) if step == 1 or step <= largest / 10]
        self.step = ipywidgets.Dropdown(
            description="One click:", options=[(f"{n:,}", n) for n in steps], value=steps[-1]
        )
        self.left, self.right, self.reset = (
            ipywidgets.Button(description=name, layout={"width": "auto"})
            for name in ("Add a position on the left", "Add one on the right", "Reset")
        )

    @property
    def motif(self) -> Motif:
        """The motif as it is now."""
        return replace(self._given, counts=self.counts, pseudocount=self.pseudocount.value)

    def act(self, kind: str, key: str, detail: str) -> None:
        """Do what was clicked or typed in the table."""
        place, *rest = key.split(":")
        position = int(place)
        if rest == ["cut"]:
            if kind == "click":
                self._cut(position)
            return
        base = int(rest[0])
        typed = self._typed if (position, base) == self.current else ""
        self.current, self._typed = (position, base), ""
        count = self.counts[position, base]
        if kind == "click":
            change = {"+": self.step.value, "-": -self.step.value}.get("".join(rest[1:]), 0)
            self._set(max(count + change, 0))
        elif detail in ("+", "=", "-"):
            self._set(max(count + (-self.step.value if detail == "-" else self.step.value), 0))
        elif detail.isdecimal():
            self._typed = (typed + detail)[-_DIGITS:]
            self._set(int(self._typed))
        elif detail == "Backspace":
            self._typed = (typed or f"{count:.0f}")[:-1]
            self._set(int(self._typed or 0))
        elif len(detail) == 1:
            raise DataError(f"{detail!r} is no count. Press + or -, or type a number.")

    def draw(self) -> str:
        """The logo over its table, what they tell, and the hits."""
        return self._page(self.motif, self.current)

    def film(self) -> Iterable[tuple[str, str]]:
        """As it came; its strongest position made even; its weakest one made strict."""
        motif, information = self.motif, self.motif.information
        strong, weak = int(information.argmax()), int(information.argmin())
        even, strict = motif.counts.copy(), motif.counts.copy()
        even[strong] = even[strong].mean()
        strict[weak] = np.where(np.arange(4) == strict[weak].argmax(), strict[weak].sum(), 0)
        yield "The counts as they are", self._page(motif)
        yield f"Position {strong + 1} made even", self._page(replace(motif, counts=even))
        yield f"Position {weak + 1} made strict", self._page(replace(motif, counts=strict))

    def _page(self, motif: Motif, current: tuple[int, int] | None = None) -> str:
        lines, tracks = [_told(motif)], ""
        if self.sequences is not None:
            try:
                found = survey(motif, self.sequences, self.p.value, self.background)
            except DataError as error:  # a count of 0 without a pseudocount: the logo still stands
                lines.append(str(error))
            else:
                lines += self._hits_told(found, self.sequences)
                shown = slice(SHOWN)
                tracks = hit_tracks(
                    found.hits, self.sequences.lengths[shown], self.sequences.ids[shown]
                )
                tracks = f'<div style="{PAPER};margin-top:4px">{tracks}</div>'
        status = "".join(f"<div>{html.escape(line)}</div>" for line in lines)
        return (
            f'<div data-scroll="matrix" style="{PAPER};padding:8px 0;overflow-x:auto">'
            f"{logo_svg(motif)}{matrix_html(motif, current)}</div>"
            f'<div role="status" style="margin:.4em 0">{status}</div>{tracks}'
        )

    def _hits_told(self, found: Survey, sequences: SequenceSet) -> list[str]:
        n = len(sequences)
        some = f"{n:,} sequences" if n == self._total else f"{n:,} of {self._total:,} sequences"
        if np.isinf(found.needed):
            return [
                f"No hits in {some}: not even the best match, {found.best:.1f} bits, is rare "
                f"enough (p = {found.best_p:.1g}). Raise p, or make the motif stricter."
            ]
        rows = np.unique(found.hits["sequence"].to_numpy(np.int64))
        present = np.isin(np.arange(n), rows)
        shares = class_shares(sequences, present)
        lines = [
            f"The best match scores {found.best:.1f} bits, a hit needs {found.needed:.1f}.",
            f"{len(found.hits):,} hits in {some}; random letters would give about "
            f"{found.expected:,.0f}.",
        ]
        if len(shares) > 1:
            rates = " · ".join(f"{name} {share:.1%}" for name, share in shares.items())
            lines.append(f"Sequences with a hit: {rates}")
        return lines

    def _set(self, count: float) -> None:
        counts = self.counts.copy()
        counts[self.current] = count
        if not counts[self.current[0]].any():
            raise DataError(
                f"Position {self.current[0] + 1} would have no count left. Give another base a "
                "count first, or cut the position."
            )
        self.counts = counts

    def _cut(self, position: int) -> None:
        if len(self.counts) <= SHORTEST:
            raise DataError(f"A motif needs at least {SHORTEST} positions. Add one first.")
        self.counts = np.delete(self.counts, position, axis=0)
        self.current = (min(position, len(self.counts) - 1), 0)

    def _add(self, position: int) -> None:
        """Insert a position without preference."""
        if len(self.counts) >= LONGEST:
            raise DataError(f"There is room for {LONGEST} positions. Cut one first.")
        even = self.counts.sum(1).mean() / 4
        self.counts = np.insert(self.counts, position, even, axis=0)
        self.current = (position, 0)

    def _restore(self) -> None:
        self.counts = self._given.counts
        self.current, self._typed = (0, 0), ""
        self.pseudocount.value = self._given.pseudocount


def _told(motif: Motif) -> str:
    return (
        f"{motif.name}: {len(motif)} positions, {motif.information.sum():.1f} bits in all, "
        f"consensus {motif.consensus}."
    )


def _taken(sequences: Any) -> tuple[int, SequenceSet | None]:
    """How many sequences were given, and those to scan."""
    if sequences is None:
        return 0, None
    if not isinstance(sequences, SequenceSet):
        try:
            texts = [sequences] if isinstance(sequences, str) else list(sequences)
            sequences = SequenceSet.from_strings(texts, [0] * len(texts), ["sequences"])
        except TypeError:
            raise DataError(
                f"{type(sequences).__name__} holds no sequences. Give a SequenceSet, such as a "
                "split of a dataset: data.train."
            ) from None
    if not len(sequences.codes):
        raise DataError("There is no sequence to scan. Give at least one.")
    mean = len(sequences.codes) / len(sequences)
    most = max(min(SCANNED, int(SCANNED_BASES / mean)), 1)
    return len(sequences), sequences if len(sequences) <= most else sequences.subset(most)
