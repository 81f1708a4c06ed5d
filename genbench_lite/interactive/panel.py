"""What all widgets share: their frame, how they answer, how they fail, and their still picture."""

from __future__ import annotations

import html
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

import ipywidgets

from ..errors import GenbenchError
from ..exercises import inline


@dataclass(frozen=True)
class Guide:
    """What a learner reads under a widget; backticks mark code.

    Parameters
    ----------
    try_this : str
        What to do first.
    question : str
        What to watch then: "What happens when ...?"
    explanation : str
        The answer, folded away.

    Examples
    --------
    >>> Guide("Move it.", "What happens?", "It moves.").html().count("<summary>")
    1
    """

    try_this: str
    question: str
    explanation: str

    def html(self) -> str:
        """As HTML text."""
        return (
            f'<p class="gbl-guide"><strong>Try this.</strong> {inline(self.try_this)}<br>'
            f"{inline(self.question)}</p><details><summary>Why?</summary>"
            f"<p>{inline(self.explanation)}</p></details>"
        )


class Panel(ABC):
    """The frame of a widget: title, controls, a picture, a message and the learner's guide.

    A subclass makes its controls, calls ``super().__init__``, and says how to :meth:`draw` its
    present state and which states its still picture shows. It reacts to a control through
    :meth:`on`, so that an error is seen.

    Parameters
    ----------
    controls : iterable of ipywidgets.Widget
        Shown between title and picture.
    picture : ipywidgets.Widget, optional
        Anything with a ``value`` that takes HTML; an ``ipywidgets.HTML`` if not given.

    Attributes
    ----------
    widget : ipywidgets.VBox
        What Jupyter shows.
    errors : list of Exception
        What went wrong in callbacks so far, oldest first.
    """

    title: ClassVar[str]
    guide: ClassVar[Guide]

    def __init__(self, controls: Iterable[Any], picture: Any = None):
        self.picture = ipywidgets.HTML() if picture is None else picture
        self.message = ipywidgets.HTML()
        self.errors: list[Exception] = []
        head = f'{_STYLE}<strong class="gbl-title">{html.escape(self.title)}</strong>{_GONE}'
        self.widget = ipywidgets.VBox(
            [
                ipywidgets.HTML(head),
                *controls,
                self.message,  # below a tall picture nobody would see it
                self.picture,
                ipywidgets.HTML(self.guide.html()),
            ]
        )
        self.widget.add_class("gbl-panel")
        self.refresh()

    @abstractmethod
    def draw(self) -> str:
        """The present state as HTML or SVG text."""

    def film(self) -> Iterable[tuple[str, str]]:
        """A few states for the still: caption, and the picture as HTML or SVG text."""
        return [("", self.draw())]

    def refresh(self) -> None:
        """Draw the present state."""
        self.picture.value = self.draw()

    def on(
        self, control: Any, react: Callable[[dict[str, Any]], None], names: str = "value"
    ) -> None:
        """Call ``react`` with the change and draw anew, whenever a control's trait changes."""
        control.observe(self.answering(react), names=names)

    def answering(self, react: Callable[..., None]) -> Callable[..., None]:
        """Guard a callback: what it raises is shown, the picture stays as it was."""

        def answer(*arguments: Any) -> None:
            try:
                react(*arguments)
                self.refresh()
            except Exception as error:
                self.errors.append(error)
                self.message.value = _failure(error)
            else:
                self.message.value = ""

        return answer

    def still(self) -> str:
        """The filmstrip and the guide as HTML, for where no kernel answers."""
        frames = "".join(
            # a theme's own colour of captions may be that of the paper
            '<figure style="margin:.5em 0"><figcaption style="color:inherit;text-align:left">'
            f"{html.escape(caption)}</figcaption>"
            f"{picture}</figure>"
            for caption, picture in self.film()
        )
        return f"<div><strong>{html.escape(self.title)}</strong>{frames}{self.guide.html()}</div>"

    def __repr__(self) -> str:
        return f"{type(self).__name__}: {self.title}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        view = {"version_major": 2, "version_minor": 0, "model_id": self.widget.model_id}
        return {
            "application/vnd.jupyter.widget-view+json": view,
            "text/html": self.still(),
            "text/plain": repr(self),
        }


def _failure(error: Exception) -> str:
    """What a learner reads: our own errors say what to do, of others the kind is news."""
    known = isinstance(error, GenbenchError)
    text = str(error) if known else f"{type(error).__name__}: {error}"
    return (
        f'<div role="alert" data-widget-error="{type(error).__name__}" class="gbl-error">'
        f"{html.escape(text)}</div>"
    )


_GONE = (
    '<div role="status" class="gbl-gone">The kernel that answered here has stopped. Run this cell '
    "again.</div>"
)
# JupyterLab marks a widget whose kernel has gone; the note is hidden until then. The colours of
# texts follow the theme, pictures bring their own white paper.
_STYLE = """<style>
.gbl-panel .widget-html, .gbl-panel .widget-html-content, .gbl-panel .gbl-clickable {
  height: auto; white-space: normal; line-height: 1.5;
  font-size: var(--jp-content-font-size1, 14px)}
.gbl-panel {max-width: 100%; overflow: hidden}
.gbl-panel .widget-html-content {min-width: 0; flex: 1 1 auto}
.gbl-wide .widget-html-content {overflow-x: auto}
.gbl-panel .widget-hbox {flex-flow: row wrap}
.gbl-panel .widget-label {width: auto; overflow: visible; text-overflow: clip}
.gbl-panel svg {max-width: 100%; height: auto}
.gbl-panel .gbl-guide {margin: .3em 0; max-width: 46em}
.gbl-panel details {max-width: 46em}
.gbl-panel summary {cursor: pointer}
.gbl-panel .gbl-error {background: #f2b13c; color: #1f1300; padding: .3em .6em; max-width: 46em}
.gbl-panel .gbl-gone {display: none; background: #f2b13c; color: #1f1300; padding: .3em .6em}
.jupyter-widgets-disconnected .gbl-gone {display: block}
.gbl-panel [data-key]:focus {outline: 3px solid #0072B2; outline-offset: 1px}
</style>"""
