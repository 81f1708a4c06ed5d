"""Change a sequence letter by letter: what a model predicts, and why, follows."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import ipywidgets

from ..errors import DataError
from ..explanations.editing import Editor
from ..explanations.edits import Answer, Question, Substitution, put_in, read_letters, site_of
from ..figures.mutation_plots import BLOCK, STYLE, editable_logo, motif_chips, prediction_bars
from ..motif import Motif
from ..sequence import LETTERS
from .clickable import ClickableHTML
from .panel import Guide, Panel

WINDOW = 300  # letters that are drawn at once
_STILL = 50  # letters in each picture of the still
_STEP = 50  # letters that the window moves by
_NEXT = {"A": "C", "C": "G", "G": "T", "T": "A", "N": "A"}
_WORDS = ("AGATAAG", "TGACTCA", "CCGGAAGT")  # what GATA, AP-1 and ETS proteins bind


class MutationBench(Panel):
    """A sequence to change by click, key or motif, with what a model says before and now.

    A click takes the next base, typing A, C, G, T or N takes that one, and the arrow keys walk.
    A motif can be dragged into the sequence, or chosen and then put in by Enter on a base. Of a
    sequence longer than 300 bp a window is shown.

    The logo shows the corrected gradient times the input
    (:func:`~genbench_lite.attribution.saliency`); for a model without gradients, what is lost by
    mutagenesis.

    Parameters
    ----------
    model : torch.nn.Module or model with ``predict``
        Takes one-hot float32 (n, 4, length), gives logits (n, classes); or a fitted
        ``KmerBaseline``.
    sequence : str
        Letters of ``ACGTN``.
    classes : sequence of str, optional
        Names of the classes; those that the model knows, or numbers, if left out.
    target : int or str, optional
        The class to ask about, against the mean of the others. Left out: of two the second, of
        more the one that is predicted.
    motifs : sequence of Motif or str
        To put in, by their most frequent letters.

    Raises
    ------
    DataError
        If the sequence is none, the model cannot read it, or the names do not fit.
    UnknownNameError
        If no class has that name.

    Examples
    --------
    >>> from genbench_lite.models import LiteCNN
    >>> bench = MutationBench(LiteCNN(2).eval(), "ACGT" * 25, ["no", "yes"])
    >>> bench.picture.receive({"kind": "key", "key": "3", "pressed": "g"})
    >>> bench.letters[:8]
    'ACGGACGT'
    """

    title = "Change a sequence: what does the model say?"
    guide = Guide(
        "Click a letter, or walk with the arrow keys and type A, C, G or T. Then find the most "
        "damaging change and make it, again and again.",
        "What happens to the logo where you have broken a word, and what to the numbers? How many "
        "changes does it take until another class leads?",
        "The logo is a gradient: how sensitive the answer is to each letter, with all others as "
        "they are now. So a change in one place alters the heights in others. Trying is exact, and "
        "one letter at a time. Where a motif is there twice, breaking one copy may do little.",
    )

    def __init__(
        self,
        model: Any,
        sequence: str,
        classes: Sequence[str] | None = None,
        target: int | str | None = None,
        motifs: Iterable[Motif | str] = _WORDS,
    ):
        letters = read_letters(sequence)
        self.question = Question(model, letters, classes, target)
        self.motifs = [site_of(one) for one in motifs]
        self.editor = Editor(self.question, letters, self._show_prediction)
        self._cursor = 0
        self._chosen: int | None = None
        self._found: Substitution | None = None
        self._said = ""
        picture = ClickableHTML()
        picture.on_event(self.answering(self.act))
        super().__init__(self._controls(), picture)

    def _controls(self) -> list[Any]:
        names = self.question.classes
        self.asked = ipywidgets.Dropdown(
            options=list(zip(names, range(len(names)), strict=True)),
            value=self.question.target,
            description="Explain class",
        )
        self.on(self.asked, lambda change: self.ask_about(change["new"]))
        self.undo_button = self._button("Undo", self.undo)
        self.reset_button = self._button("Reset", self.reset)
        self.find_button = self._button("Find the most damaging change", self.find)
        self.make_button = self._button("Make it", self.make)
        self.own = ipywidgets.Textarea(
            description="Own sequence",
            placeholder="type or paste letters",
            layout=ipywidgets.Layout(width="24em", max_width="96%", height="3.5em"),
        )
        self.use_button = self._button("Use it", lambda: self.use(self.own.value))
        self.first = ipywidgets.IntSlider(
            description="First position",
            max=0,
            step=_STEP,
            layout=ipywidgets.Layout(max_width="96%"),
        )
        self.prediction = ipywidgets.HTML()
        self._fit()
        self.on(self.first, lambda _: None)  # a window further on is drawn, nothing else changes
        return [
            ipywidgets.HTML(STYLE),
            ipywidgets.HBox([self.asked, self.undo_button, self.reset_button]),
            ipywidgets.HBox([self.find_button, self.make_button]),
            ipywidgets.HBox([self.own, self.use_button]),
            self.first,
            self.prediction,
        ]

    def _button(self, text: str, react: Callable[[], None]) -> Any:
        button = ipywidgets.Button(description=text, layout=ipywidgets.Layout(width="auto"))
        button.on_click(self.answering(lambda _: react()))
        return button

    @property
    def letters(self) -> str:
        """The sequence as it is now."""
        return self.editor.now.letters

    def act(self, kind: str, key: str, detail: str) -> None:
        """React to a click, a key or a drop in the picture."""
        motif = key.removeprefix("motif ")
        if motif != key:
            if kind == "click":
                self._choose(None if int(motif) == self._chosen else int(motif))
        elif kind == "drop":
            self.put(detail, int(key))
        elif kind == "click" and self._chosen is not None:
            self.put(self._chosen, int(key))
        elif kind == "click":
            self.change(int(key), _NEXT[self.letters[int(key)]])
        elif detail == "Escape":
            self._choose(None)
        elif len(detail) == 1:  # not Shift and the like
            if detail.upper() not in LETTERS:
                raise DataError(f"{detail!r} is not a DNA letter. Type A, C, G, T, or N.")
            self.change(int(key), detail)

    def change(self, position: int, letter: str) -> None:
        """Put another letter at a position, from 0."""
        self._become(put_in(self.letters, read_letters(letter), position), position)

    def put(self, motif: int | str, position: int) -> None:
        """Write a motif, by its number, over the letters from a position on."""
        if str(motif) not in map(str, range(len(self.motifs))):
            raise DataError("What was dropped is no motif. Drag one of those above the sequence.")
        name, site = self.motifs[int(motif)]
        self._become(put_in(self.letters, site, position), position)
        self._chosen = None
        self._said = f"{name} begins at position {position}."

    def use(self, text: str) -> None:
        """Go on with a sequence of the learner's own, which is then what *before* means."""
        self.editor.begin(read_letters(text))
        self._went_to(0)

    def undo(self) -> None:
        """Take the last change back."""
        place = self.editor.undo()
        if place is None:
            self._said = "There is nothing to undo."
        else:
            self._went_to(place)

    def reset(self) -> None:
        """Go back to the letters at the start."""
        self._become(self.editor.start.letters, self._cursor)

    def find(self) -> None:
        """Look for the substitution, among the letters shown, that lowers the contrast most."""
        self._found = found = self.question.most_harmful(self.letters, self._window())
        self._cursor = found.position
        self._said = f"{_told(found)} changes the contrast by {found.change:+.2f}."
        if found.change >= 0:
            self._said += " No other lowers it."

    def make(self) -> None:
        """Make the change that was found; find it, if that is still to do."""
        if self._found is None:
            self.find()
        found = self._found
        assert found is not None
        self.change(found.position, found.new)
        self._said = f"Made: {_told(found)}, {found.change:+.2f}."

    def ask_about(self, target: int) -> None:
        """Explain another class."""
        self.editor.ask_about(target)
        self._found, self._said = None, ""

    def refresh(self) -> None:
        """Draw the present state, the numbers first."""
        self._show_prediction(self.letters, self.editor.now.answer)
        super().refresh()

    def draw(self) -> str:
        """The motifs and the logo."""
        start, now = self.editor.start, self.editor.now
        found = self._found.position if self._found else None
        chips = motif_chips(self.motifs, self._chosen) if self.motifs else ""
        return chips + editable_logo(
            now.values,
            now.letters,
            start.letters,
            self._window(),
            start.values,
            self._cursor,
            found,
        )

    def film(self) -> Iterator[tuple[str, str]]:
        """As it is; with the most damaging change; with a motif in its place."""
        letters = self.letters
        try:
            worst = self.question.most_harmful(letters, self._window())
            place = worst.position
            yield self._frame("As it is now", letters, place)
            mutant = put_in(letters, worst.new, place)
            yield self._frame(f"The most damaging change: {_told(worst)}", mutant, place)
            for name, site in self.motifs[:1]:
                place = max(0, min(place, len(letters) - len(site)))
                text = f"{name} put in at position {place}"
                yield self._frame(text, put_in(letters, site, place), place)
        except Exception as error:  # where a kernel runs, the widget is there all the same
            yield f"The model gives no more answers: {error}", ""

    def _choose(self, motif: int | None) -> None:
        self._chosen = motif
        self._said = ""
        if motif is not None:
            name, _ = self.motifs[motif]
            self._said = f"{name} is chosen. Now choose the letter where it shall begin."

    def _become(self, letters: str, cursor: int) -> None:
        try:
            changed = self.editor.become(letters)
        except Exception:  # the prediction may be there already, and shall not stay
            self._show_prediction(self.letters, self.editor.now.answer)
            raise
        if changed:
            self._went_to(cursor)

    def _went_to(self, cursor: int) -> None:
        self._cursor = cursor
        self._found, self._said = None, ""
        self._fit()

    def _fit(self) -> None:
        """Offer the slider where a sequence is too long to draw; show the letter in question."""
        most = max(0, len(self.letters) - WINDOW)
        self.first.max = most
        self.first.layout.display = None if most else "none"
        first, end = self._window()
        if not first <= self._cursor < end:
            self.first.value = min(max(self._cursor - WINDOW // 2, 0), most)

    def _window(self) -> tuple[int, int]:
        first = self.first.value
        return first, min(first + WINDOW, len(self.letters))

    def _show_prediction(self, letters: str, answer: Answer) -> None:
        said = f" {html.escape(self._said)}"
        self.prediction.value = self._prediction(letters, answer, said)

    def _prediction(self, letters: str, answer: Answer, said: str = "") -> str:
        """Bars with numbers, and the news as a sentence."""
        before, target = self.editor.start, self.question.target
        bars = prediction_bars(
            self.question.classes, before.answer.probabilities, answer.probabilities, target
        )
        changed = sum(a != b for a, b in zip(letters, before.letters, strict=True))
        name = html.escape(self.question.classes[target])
        return (
            f'{bars}<div class="gbl-mut" role="status">{changed} of {len(letters)} letters '
            f"changed. Contrast of {name}, in logits: {before.answer.contrast:+.2f} before, "
            f"{answer.contrast:+.2f} now.{said}</div>"
        )

    def _frame(self, caption: str, letters: str, position: int) -> tuple[str, str]:
        asked, start = self.editor.asked(letters), self.editor.start
        first = max(0, min(position - _STILL // 2, len(letters) - _STILL)) // BLOCK * BLOCK
        window = first, min(first + _STILL, len(letters))
        logo = editable_logo(
            asked.values, letters, start.letters, window, start.values, found=position
        )
        return caption, STYLE + self._prediction(letters, asked.answer) + logo


def _told(change: Substitution) -> str:
    return f"{change.old} to {change.new} at position {change.position}"
