"""Checkers of the exercises, one module a lesson.

Importing this package imports every ``lesson_NN`` in it, and that registers their checkers.
"""

from __future__ import annotations

import importlib
import pkgutil

for _module in pkgutil.iter_modules(__path__):
    if _module.name.startswith("lesson_"):
        importlib.import_module(f"{__name__}.{_module.name}")
