"""Every model on every dataset, measured alike, beside what others have published.

:func:`run_sweep` trains and tests, each run in a notebook of its own that is kept, and goes on
where it was interrupted. :class:`Leaderboard` is the table. The parts are in
``genbench_lite.sweeps``; how a model of your own joins is told in
:mod:`genbench_lite.sweeps.contenders`.
"""

from __future__ import annotations

from .sweeps.board import Leaderboard
from .sweeps.protocols import NOTES, published_results
from .sweeps.sweep import run_sweep

__all__ = ["NOTES", "Leaderboard", "published_results", "run_sweep"]
