"""Feedback for learners: exercises that check themselves, and quizzes.

:func:`check` hands an answer to the checker of that name (in :mod:`genbench_lite.checkers`)
and never raises because of the answer. :class:`Quiz` asks a question from
``data/quizzes.json`` and answers every choice.
"""

from __future__ import annotations

import functools
import html
import json
import re
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np

from . import checkers as _checkers  # noqa: F401 - registers the checkers of all lessons
from .checkers.compare import is_unfinished, show_error
from .checkers.registry import CHECKERS
from .errors import DataError, UnknownNameError

# Own background and own letters, so that they are readable on any theme's page.
_GREEN = "background:#1a7f37;color:#ffffff"
_AMBER = "background:#f2b13c;color:#1f1300"


@dataclass(frozen=True, repr=False)
class Feedback:
    """What a learner reads about an answer.

    Parameters
    ----------
    passed : bool
        Whether the answer is right.
    message : str
        Plain text; backticks mark inline code.
    name : str
        The exercise or quiz.

    Examples
    --------
    >>> Feedback(True, "Two of seven letters.", "gc")
    ✓ Right. Two of seven letters.
    """

    passed: bool
    message: str
    name: str = ""

    @property
    def _verdict(self) -> str:
        return "✓ Right." if self.passed else "→ Not yet."

    def __repr__(self) -> str:
        return f"{self._verdict} {self.message}"

    def _repr_html_(self) -> str:
        # the attributes let a test find the verdict in an executed notebook
        return (
            f'<div role="status" data-check="{html.escape(self.name)}" '
            f'data-passed="{str(self.passed).lower()}" style="margin:.4em 0">{self._body}</div>'
        )

    @property
    def _body(self) -> str:
        colours = _GREEN if self.passed else _AMBER
        return (
            f'<strong style="{colours};padding:.15em .5em;border-radius:.3em;margin-right:.4em">'
            f'{self._verdict}</strong><span style="line-height:1.6">{inline(self.message)}</span>'
        )


def check(name: str, answer: Any) -> Feedback:
    """Check the answer to an exercise.

    Parameters
    ----------
    name : str
        The exercise.
    answer : object
        The value or the function that the exercise asks for.

    Returns
    -------
    Feedback
        Shown by Jupyter when it is the last line of a cell. A wrong answer, one that raises
        and one that is not there yet all get a hint.

    Raises
    ------
    UnknownNameError
        If there is no such exercise.

    Examples
    --------
    >>> check("gc_of_gattaca", 2 / 7).passed
    True
    >>> check("gc_of_gattaca", 2)
    → Not yet. That is the count of G and C. Divide it by the number of letters.
    >>> check("gc_of_gattaca", ...)
    → Not yet. Replace the `...` with your own code, run the cell, then run this one again.
    """
    if name not in CHECKERS:
        raise UnknownNameError("exercise", name, CHECKERS)
    checker = CHECKERS[name]
    try:
        # the logarithm of 0 gets a hint, and needs no warning of NumPy above it
        with np.errstate(all="ignore"):
            hint = _missing(answer) or checker.find_mistake(answer)
    except (Exception, SystemExit) as error:  # whatever a learner's own object may do
        hint = f"Your answer raises {show_error(error)}. Look at its type: is it what we ask for?"
    return Feedback(hint is None, checker.takeaway if hint is None else hint, name)


def _missing(answer: Any) -> str | None:
    if answer is None:
        return (
            "Your answer is `None`, which stands for nothing. Did you print a value and not keep "
            "it? Did you forget a `return`?"
        )
    if is_unfinished(answer):
        return "Replace the `...` with your own code, run the cell, then run this one again."
    return None


@dataclass(frozen=True)
class Option:
    """One answer that a quiz offers: its text, what to say about it, whether it is right."""

    text: str
    explanation: str
    right: bool = False


class Quiz:
    """A question with several answers, one of them right.

    In a notebook with a kernel it is a widget that answers each choice at once; anywhere
    else it is the question with the answers folded away.

    Parameters
    ----------
    name : str
        The quiz.

    Raises
    ------
    UnknownNameError
        If there is no such quiz.

    Examples
    --------
    >>> quiz = Quiz("half_open")
    >>> quiz.question
    'How many bases does the interval [10, 20) hold, and which are they, counted from 1?'
    >>> [quiz.feedback(index).passed for index in range(len(quiz.options))].count(True)
    1
    """

    def __init__(self, name: str):
        quizzes = _quizzes()
        if name not in quizzes:
            raise UnknownNameError("quiz", name, quizzes)
        self.name = name
        self.question: str = quizzes[name]["question"]
        self.options = tuple(Option(**option) for option in quizzes[name]["options"])

    def feedback(self, index: int) -> Feedback:
        """Say whether an option is right, and why.

        Parameters
        ----------
        index : int
            Its place in ``options``, counted from 0.

        Returns
        -------
        Feedback

        Raises
        ------
        DataError
            If there is no such option.
        """
        if not 0 <= index < len(self.options):
            raise DataError(
                f"Quiz {self.name!r} has no option {index}. Take 0 to {len(self.options) - 1}."
            )
        option = self.options[index]
        return Feedback(option.right, option.explanation, self.name)

    @functools.cached_property
    def widget(self) -> Any:
        """The quiz as an ``ipywidgets.VBox`` of question, choice and feedback."""
        import ipywidgets

        question = ipywidgets.HTML(f"{_STYLE}<strong>{inline(self.question)}</strong>")
        choice = ipywidgets.RadioButtons(
            options=[option.text for option in self.options],
            index=None,
            # JupyterLab takes the arrow keys for itself
            description="Your answer (by keys: Tab to a circle, then Space):",
            style={"description_width": "initial"},
            layout={"width": "auto"},
        )
        answer = ipywidgets.HTML()

        def respond(change: dict[str, Any]) -> None:
            index = change["new"]
            answer.value = "" if index is None else self.feedback(index)._repr_html_()

        choice.observe(respond, names="index")
        box = ipywidgets.VBox([question, choice, answer])
        box.add_class("genbench-quiz")
        return box

    def __repr__(self) -> str:
        return "\n".join([self.question, *(f"- {option.text}" for option in self.options)])

    def _repr_html_(self) -> str:
        options = "".join(f"<li>{inline(option.text)}</li>" for option in self.options)
        answers = "".join(
            f"<li>{self.feedback(i)._body if option.right else inline(option.explanation)}</li>"
            for i, option in enumerate(self.options)
        )
        return (
            f"<div><strong>{inline(self.question)}</strong><ol>{options}</ol>"
            f"<details><summary>Show the answers</summary><ol>{answers}</ol></details></div>"
        )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        view = {"version_major": 2, "version_minor": 0, "model_id": self.widget.model_id}
        return {
            "application/vnd.jupyter.widget-view+json": view,
            "text/html": self._repr_html_(),
            "text/plain": repr(self),
        }


# ipywidgets gives each radio button one line of fixed height and lets the button float:
# a longer text would be cut, and its first line would stand above the button. It also cuts
# off what stands out on the left: the ring around the button that has the focus.
_STYLE = """<style>
.genbench-quiz .widget-radio, .genbench-quiz .widget-radio-box {height: auto; width: auto}
.genbench-quiz .widget-radio {flex-flow: row wrap}
.genbench-quiz .widget-radio > .widget-label {
  height: auto; max-width: 100%; white-space: normal; line-height: 1.4; text-align: left}
.genbench-quiz .widget-radio-box {min-width: 0; flex: 1 1 auto; padding-left: 4px}
.genbench-quiz .widget-label, .genbench-quiz .widget-radio-box label,
.genbench-quiz .widget-html-content {font-size: var(--jp-content-font-size1, 14px)}
.genbench-quiz .widget-radio-box label {
  display: flex; align-items: flex-start; height: auto; width: auto;
  white-space: normal; line-height: 1.4; margin: .2em 0}
.genbench-quiz .widget-radio-box input {
  order: -1; flex: none; float: none; position: static;
  height: 1.4em; font-size: inherit; margin: 0 .6em 0 0}
.genbench-quiz .widget-html-content {white-space: normal; height: auto; line-height: 1.4}
</style>"""


@functools.cache
def _quizzes() -> dict[str, Any]:
    source = resources.files(__package__) / "data" / "quizzes.json"
    return json.loads(source.read_text(encoding="utf-8"))


def inline(text: str) -> str:
    """Escape text for HTML; backticks mark code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))
