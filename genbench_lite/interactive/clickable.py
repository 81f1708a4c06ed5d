"""A picture to click, type into and drop on; data/clickable.js is the page's side of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anywidget
import traitlets

from ..paths import DATA


class ClickableHTML(anywidget.AnyWidget):
    """HTML text that tells Python what was done to its elements.

    Elements with a ``data-key`` take part; ``tabindex="0"`` lets the keyboard reach them, and
    ``data-row`` and ``data-col`` let the arrow keys walk. The focus survives a new ``value``.
    What has ``data-scroll`` keeps its place where it is scrolled sideways.
    What has ``data-drag`` (and ``draggable="true"``) can be dropped on what has a ``data-key``.

    Attributes
    ----------
    value : str
        The HTML; escape whatever is not yours.

    Examples
    --------
    >>> picture = ClickableHTML(value='<b data-key="7" tabindex="0">A</b>')
    >>> picture.on_event(lambda kind, key, detail: print(kind, key, detail))
    >>> picture.receive({"kind": "key", "key": "7", "pressed": "C"})
    key 7 C
    """

    _esm = (DATA / "clickable.js").read_text(encoding="utf-8")
    value = traitlets.Unicode("").tag(sync=True)

    def __init__(self, **traits: Any):
        super().__init__(**traits)
        self._react: Callable[[str, str, str], None] | None = None
        self.on_msg(lambda _, content, __: self.receive(content))

    def on_event(self, react: Callable[[str, str, str], None]) -> None:
        """Call ``react(kind, key, detail)`` when something was done.

        ``kind`` is ``"click"`` (detail: empty), ``"key"`` (detail: the key pressed, as browsers
        name it) or ``"drop"`` (detail: the ``data-drag`` of what was dropped).
        """
        self._react = react

    def receive(self, content: dict[str, Any]) -> None:
        """Take a message as the page sends it."""
        if self._react and {"kind", "key"} <= set(content):
            detail = content.get("pressed", content.get("dragged", ""))
            self._react(str(content["kind"]), str(content["key"]), str(detail))
