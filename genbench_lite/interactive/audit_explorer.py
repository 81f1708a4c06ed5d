"""What does a classifier score that cheats with one number of each row?"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import ipywidgets

from ..auditing import coordinates_of
from ..audits.one_threshold import (
    CLUES,
    Clue,
    Stumps,
    gc_clue,
    length_clue,
    overlap_clue,
    stumps,
)
from ..cards import list_datasets
from ..dataset import Dataset
from ..errors import DataError, UnknownNameError
from ..figures.shortcut_plots import histograms, shortcut_html
from ..interval_set import Intervals
from ..reading.shipped_intervals import find_intervals
from .panel import Guide, Panel

_Sources = dict[str, Callable[[], Clue]]
_ROOM = {"width": "auto", "max_width": "640px"}


class AuditExplorer(Panel):
    """Move a threshold on length, GC content or overlap, and watch what a cheat scores.

    The cheat reads one number of each row. Rows over the threshold get one class, all others
    another: on each side the class that is most common among the training rows there. So with
    three classes or more it names two of them at most.

    Parameters
    ----------
    dataset : Dataset, Intervals, str or path
        Of coordinates alone (``Intervals``, a folder of interval lists, the name of one of the
        nine that is not downloaded) length and overlap are offered; of a Dataset its length and
        GC content, and the overlap if its coordinates are known. Training rows are all that are
        not test rows.
    shortcut : {"length", "gc", "overlap"}
        What to begin with.

    Raises
    ------
    UnknownNameError
        If there is no such dataset or shortcut.
    DataError
        If it is no dataset, has no training or test rows, or one class only; or if it does not
        tell the shortcut.

    Examples
    --------
    >>> explorer = AuditExplorer("dummy_mouse_enhancers_ensembl", "overlap")
    >>> explorer.move(50)
    >>> "more than 50% covered by one training row" in explorer.picture.value
    True
    """

    title = "Audit explorer: what one number of each row gives away"
    guide = Guide(
        "Move the threshold, and read the rule and the two accuracies. Then press "
        "`Choose on training rows`. Try another shortcut, if there is one.",
        "What happens to the test accuracy when you press `Choose on test rows` instead? Is what "
        "you gain worth anything?",
        "On either side of the threshold the cheat gives the class that is most common among the "
        "training rows there. Where the classes lie apart, one number answers for them, and a "
        "network will find it, too. Two sides have two answers, so of three classes at least one "
        "is never named; a table of every length can do better than one line. The threshold is "
        "something we choose, and whatever is chosen on rows fits their accidents as well. "
        "So we choose it on training rows and report it on test rows. Chosen on the test rows, the "
        "figure there can only rise. With few rows it may rise a lot, and new rows will not "
        "confirm it: that makes it a cheat of its own.",
    )

    def __init__(self, dataset: Dataset | Intervals | str | Path, shortcut: str = "length"):
        self._sources, self._missing = _clues(dataset)
        if shortcut not in CLUES:
            raise UnknownNameError("shortcut", shortcut, CLUES)
        if shortcut in self._missing:
            raise DataError(self._missing[shortcut])
        self._found: dict[str, Stumps] = {}
        self._heights: dict = {}
        self._sliders: dict[str, ipywidgets.IntSlider] = {}
        self._chosen = ""
        options = [(label, name) for name, label in CLUES.items() if name in self._sources]
        self.shortcut = ipywidgets.Dropdown(
            options=options, value=shortcut, description="Shortcut:", style=_whole(), layout=_ROOM
        )
        self._place = ipywidgets.VBox([self.slider])
        self.on_train = ipywidgets.Button(description="Choose on training rows", layout=_fit())
        self.on_test = ipywidgets.Button(description="Choose on test rows", layout=_fit())
        buttons = ipywidgets.HBox([self.on_train, self.on_test])
        notes = [ipywidgets.HTML(_said(self._missing))] if self._missing else []
        super().__init__([self.shortcut, *notes, self._place, buttons])
        self.on(self.shortcut, self._change_shortcut)
        self.on_train.on_click(self.answering(lambda _: self.choose("train")))
        self.on_test.on_click(self.answering(lambda _: self.choose("test")))

    @property
    def stumps(self) -> Stumps:
        """All thresholds of the present shortcut."""
        return self._stumps(self.shortcut.value)

    @property
    def slider(self) -> ipywidgets.IntSlider:
        """The threshold of the present shortcut; each has its own."""
        name = self.shortcut.value
        if name not in self._sliders:
            found = self._stumps(name)
            slider = _slider(found)
            self._sliders[name] = slider
            self.on(slider, self._by_hand)
        return self._sliders[name]

    def move(self, threshold: int) -> None:
        """Put the threshold somewhere, as by hand."""
        self.slider.value = threshold

    def choose(self, side: str) -> None:
        """Take the first of the best thresholds for ``"train"`` or for ``"test"`` rows."""
        self.slider.value = int(self.stumps.thresholds[self.stumps.best(side)])
        self._chosen = side
        self.refresh()

    def draw(self) -> str:
        """The present threshold as HTML text."""
        place = self.stumps.place(self.slider.value)
        return self._picture(self.shortcut.value, place, self._chosen)

    def film(self) -> Iterable[tuple[str, str]]:
        """The threshold chosen on training, chosen on test; and what other shortcuts score."""
        name = self.shortcut.value
        found = self._stumps(name)
        for side, rows in (("train", "training"), ("test", "test")):
            caption = f"{CLUES[name]}: chosen on the {rows} rows"
            yield caption, self._picture(name, found.best(side), side)
        for other in self._sources:
            if other != name:
                found = self._stumps(other)
                caption = f"{CLUES[other]}: chosen on the training rows"
                yield caption, self._picture(other, found.best(), "train")

    def _picture(self, name: str, place: int, chosen: str) -> str:
        found = self._stumps(name)
        return shortcut_html(found, place, chosen, self._heights[name])

    def _stumps(self, name: str) -> Stumps:
        if name not in self._found:
            clue = self._sources[name]()
            self._heights[name] = histograms(clue)
            self._found[name] = stumps(clue)
        return self._found[name]

    def _change_shortcut(self, _: dict) -> None:
        self._chosen = ""
        self._place.children = [self.slider]

    def _by_hand(self, _: dict) -> None:
        self._chosen = ""


def _clues(
    dataset: Dataset | Intervals | str | Path,
) -> tuple[_Sources, dict[str, str]]:
    """How to get each clue that the dataset tells; and of the others why not."""
    if isinstance(dataset, str) and dataset in list_datasets():
        from .. import fetch

        dataset = fetch.load(dataset) if fetch.is_downloaded(dataset) else find_intervals(dataset)
    elif isinstance(dataset, (str, Path)):
        dataset = find_intervals(dataset)
    if isinstance(dataset, Intervals):
        length_clue(dataset)  # raises where there is nothing to tell
        lists: _Sources = {
            "length": partial(length_clue, dataset),
            "overlap": partial(overlap_clue, dataset),
        }
        return lists, {"gc": "GC content needs letters: give a Dataset instead of coordinates."}
    if not isinstance(dataset, Dataset):
        raise DataError(
            f"AuditExplorer takes a Dataset, Intervals or the name of a dataset, not "
            f"{type(dataset).__name__}. Wrap two SequenceSets as gbl.Dataset(name, train, test)."
        )
    length_clue(dataset)
    found: _Sources = {"length": partial(length_clue, dataset), "gc": partial(gc_clue, dataset)}
    intervals, why = coordinates_of(dataset)
    if intervals is None:
        return found, {"overlap": f"Overlap needs coordinates. {why}"}
    return found | {"overlap": partial(overlap_clue, intervals)}, {}


def _slider(found: Stumps) -> ipywidgets.IntSlider:
    clue, thresholds = found.clue, found.thresholds
    return ipywidgets.IntSlider(
        value=int(thresholds[len(thresholds) // 4]),  # seldom the best: there is a way to go
        min=clue.low,
        max=max(int(thresholds[-1]), clue.low + 1),  # a slider needs room to slide
        step=int(thresholds[1] - thresholds[0]) if len(thresholds) > 1 else 1,
        description=f"Threshold ({clue.unit}):",
        style=_whole(),
        layout=_ROOM,
    )


def _said(missing: dict[str, str]) -> str:
    return f"<small>{html.escape(' '.join(missing.values()))}</small>"


def _whole() -> dict[str, str]:
    return {"description_width": "initial"}


def _fit() -> dict[str, str]:
    return {"width": "auto"}
