"""Interactive parts of the lessons: change something, and see at once what follows.

Each is a thin shell over pure functions. Where no kernel answers (a site, a PDF, a page on
GitHub), it shows a few of its states side by side instead.
"""

from .interactive.clickable import ClickableHTML
from .interactive.panel import Guide, Panel

__all__ = ["ClickableHTML", "Guide", "Panel"]
