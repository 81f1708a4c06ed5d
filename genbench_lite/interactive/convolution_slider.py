"""Slide a filter along a sequence, and watch what a convolution computes."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable
from typing import Any

import ipywidgets
import numpy as np

from ..errors import DataError
from ..figures.filter_window import window_svg
from ..figures.svg_parts import signed
from ..figures.track_plots import track_svg
from ..motif import Motif
from ..networks.convolution import convolve, letter_products
from .panel import Guide, Panel

POOLS = (2, 4, 8)


class ConvolutionSlider(Panel):
    """Slide a filter along a sequence: letters, weights, products, sum, and the whole track.

    Parameters
    ----------
    sequence : str
        Letters A, C, G, T and N; at least as many as the filter is wide. The learner can type
        another one.
    filter : array-like or Motif
        Weights of shape (4, width), rows A, C, G, T, such as ``Conv1d.weight[0]`` of a first
        layer; of a motif, its log-odds in bits.
    bias : float
        Added to the sum at every place.

    Attributes
    ----------
    letters : str
        The sequence that is shown.
    activation : numpy.ndarray
        float64, shape (places,): sum and bias at each place of it.

    Raises
    ------
    DataError
        If the sequence has other letters or is too short, the weights have another shape or
        are no numbers, or the bias is none.

    Examples
    --------
    >>> slider = ConvolutionSlider("CCAGATAAGC", Motif.from_sites("toy", ["GATA", "GATT"]))
    >>> slider.place.value = 3
    >>> slider.describe()
    'Place 3, GATA: 1.65 + 1.65 + 1.65 + 0.78 = 5.73.'
    """

    title = "A filter slides along a sequence"
    guide = Guide(
        "Move the slider to the first place, then press the right arrow key again and again. Stop "
        "where the sum is highest. Then type a sequence of your own, and press Enter.",
        "What happens to the sum when one letter of the best word changes? What is left of the "
        "track when the ReLU is on, and then the pooling?",
        "Of each column one product counts: the weight of the letter that is there. All others "
        "are multiplied by 0. So the sum is a score of the word under the filter, and one other "
        "letter changes one product. The bias moves the whole track up or down, the ReLU makes "
        "0 of what is negative, and pooling keeps the highest of neighbours: that there is a "
        "match, and roughly where. An N has no 1 in its column, and adds nothing.",
    )

    def __init__(self, sequence: str, filter: Any, bias: float = 0.0):
        self.weights = as_weights(filter)
        self.bias = _as_number(bias)
        self._show_letters(sequence)
        wide = {"style": {"description_width": "initial"}}
        self.typed = ipywidgets.Text(
            value=self.letters,
            description="Sequence (Enter takes it):",
            continuous_update=False,
            layout={"width": "98%", "max_width": "60em"},
            **wide,
        )
        self.place = ipywidgets.IntSlider(
            value=0,
            max=len(self.activation) - 1,
            description="Place of the filter:",
            layout={"width": "98%", "max_width": "46em"},
            **wide,
        )
        self.relu = ipywidgets.Checkbox(description="ReLU", indent=False, layout={"width": "7em"})
        self.pool = ipywidgets.Dropdown(
            options=[("no", 0), *((f"by {size}", size) for size in POOLS)],  # None selects nothing
            description="Max pooling:",
            layout={"width": "13em"},
            **wide,
        )
        super().__init__([self.typed, self.place, ipywidgets.HBox([self.relu, self.pool])])
        self.picture.add_class("gbl-wide")  # the page keeps how far it is scrolled
        self.on(self.typed, lambda change: self._retype(change["new"]))
        for control in (self.place, self.relu, self.pool):
            self.on(control, lambda change: None)

    def describe(self) -> str:
        """The sum at the present place, in words."""
        place = self.place.value
        here = self.letters[place : place + self.weights.shape[1]]
        products = letter_products(here, self.weights)
        terms = " + ".join(
            signed(p) if p >= 0 or not i else f"({signed(p)})" for i, p in enumerate(products)
        )
        text = f"Place {place}, {here}: {terms} = {signed(products.sum())}"
        if self.bias:
            text += f"; with the bias of {signed(self.bias)}: {signed(self.activation[place])}"
        if self.relu.value:
            text += f"; after the ReLU: {signed(max(self.activation[place], 0))}"
        return f"{text}."

    def draw(self) -> str:
        """The filter at its place, the sum in words, and the track."""
        place = self.place.value
        window = window_svg(self.letters, self.weights, place)
        words = f'<p role="status" style="margin:.4em 0">{html.escape(self.describe())}</p>'
        track = track_svg(self.activation, place, self.relu.value, self.pool.value or None)
        return window + words + track

    def film(self) -> Iterable[tuple[str, str]]:
        """At the first place, at the best one, and there with ReLU and pooling."""
        best, places = int(self.activation.argmax()), len(self.activation)
        size = max((size for size in POOLS if size <= places), default=None)
        first, top = (window_svg(self.letters, self.weights, place) for place in (0, best))
        frames = {
            "At the first place": first,
            f"At place {best}, where the sum is highest": top,
            "At all places": track_svg(self.activation, best),
            "With ReLU and max pooling": track_svg(self.activation, best, True, size),
        }
        for caption, picture in frames.items():
            yield caption, f'<div style="overflow-x:auto">{picture}</div>'

    def _retype(self, text: str) -> None:
        before = self.letters
        self._show_letters(text)
        if self.letters != before:
            places = len(self.activation)
            if self.pool.value > places:  # the picture would stay that of the old sequence
                self.pool.value = 0
            self.place.max = places - 1

    def _show_letters(self, text: str) -> None:
        letters = as_letters(text)
        self.activation = convolve(letters, self.weights, self.bias)
        self.letters = letters


def as_letters(text: Any) -> str:
    """Capital letters without blanks.

    Raises
    ------
    DataError
        If it is no text, or one letter is none of A, C, G, T and N.

    Examples
    --------
    >>> as_letters(" gat tac\\n")
    'GATTAC'
    """
    if not isinstance(text, str):
        raise DataError(f"A sequence is a text, not a {type(text).__name__}. Give its letters.")
    letters = "".join(text.split()).upper()
    strange = next((letter for letter in letters if letter not in "ACGTN"), None)
    if strange is not None:
        raise DataError(
            f"{strange!r} at position {letters.index(strange)} is no base. Use A, C, G, T, and N "
            "for an unknown one."
        )
    return letters


def as_weights(filter: Any) -> np.ndarray:
    """Weights of a filter as float64, shape (4, width), rows A, C, G, T.

    Parameters
    ----------
    filter : array-like, torch.Tensor or Motif

    Raises
    ------
    DataError
        If they have another shape, or are no numbers.

    Examples
    --------
    >>> as_weights(Motif.from_sites("toy", ["GATA", "GATT"])).shape
    (4, 4)
    """
    if isinstance(filter, Motif):
        return filter.weights().T
    if hasattr(filter, "detach"):
        filter = filter.detach().cpu().numpy()
    try:
        weights = np.asarray(filter, np.float64)
    except (TypeError, ValueError):
        raise DataError(
            "The weights of the filter are no numbers. Give a table of four rows, A, C, G, T."
        ) from None
    if weights.ndim != 2 or weights.shape[0] != 4 or not weights.shape[1]:
        turned = " Turn them with .T." if weights.ndim == 2 and weights.shape[1] == 4 else ""
        raise DataError(
            f"The weights of the filter have shape {weights.shape}. Give four rows, A, C, G, T, "
            f"and one column a position.{turned}"
        )
    if not np.isfinite(weights).all():
        raise DataError("A weight of the filter is not finite. Give numbers, of a trained filter.")
    return weights


def _as_number(bias: Any) -> float:
    try:
        number = float(bias)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise DataError(f"A bias of {bias!r} cannot be added. Give one number, such as -4.")
    return number
