"""Where files that outlive a session are kept."""

from __future__ import annotations

import os
from pathlib import Path

from .errors import GenbenchError

DATA = Path(__file__).parent / "data"  # what ships inside the package

CACHE_VARIABLE = "GENBENCH_LITE_CACHE"


def cache_folder() -> Path:
    """The folder for downloaded datasets and converted references; it may not exist yet.

    Returns
    -------
    pathlib.Path
        What the environment variable ``GENBENCH_LITE_CACHE`` names, else the user's cache
        folder of this operating system.

    Examples
    --------
    >>> from unittest.mock import patch
    >>> with patch.dict(os.environ, GENBENCH_LITE_CACHE="course/cache"):
    ...     cache_folder().as_posix()
    'course/cache'
    """
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen:
        try:
            return Path(chosen).expanduser()
        except RuntimeError as error:  # no such user
            raise GenbenchError(f"{CACHE_VARIABLE} is {chosen!r}: {error}. Name a folder.") from (
                error
            )
    import platformdirs  # what pooch.os_cache asks, without the cost of importing pooch

    return Path(platformdirs.user_cache_dir("genbench-lite"))
