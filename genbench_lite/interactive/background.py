"""Long work beside the cells of a notebook: it can be stopped, and ends with the kernel."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Callable
from typing import ClassVar

from ..errors import GenbenchError

_POLL_SECONDS = 0.2  # a wait without end would not hear Ctrl-C on Windows
_LAST_SECONDS = 10.0


class Job:
    """One piece of work at a time: in a thread, or where it was asked for.

    A notebook has one kernel, and torch one source of random numbers, so only one job of all
    runs at a time: whoever begins asks the one before it to stop, and waits.

    Attributes
    ----------
    stop_asked : threading.Event
        The work looks at it now and then, and ends when it is set.

    Examples
    --------
    >>> job = Job()
    >>> job.begin(lambda: job.stop_asked.wait(), beside=True)
    >>> job.running
    True
    >>> job.stop()
    >>> job.wait()
    >>> job.running
    False
    """

    _turn: ClassVar[threading.Lock] = threading.Lock()
    _latest: ClassVar[Job | None] = None

    def __init__(self) -> None:
        self.stop_asked = threading.Event()
        self._ended = threading.Event()
        self._ended.set()

    @property
    def running(self) -> bool:
        """Whether the work has begun and not ended."""
        return not self._ended.is_set()

    def begin(self, work: Callable[[], object], beside: bool) -> None:
        """Do the work.

        Parameters
        ----------
        work : callable
            What it raises is lost in a thread: let it guard itself.
        beside : bool
            In a thread of its own, while other cells run; or here, until it is done.

        Raises
        ------
        GenbenchError
            If this job is running.
        """
        with Job._turn:
            if self.running:
                raise GenbenchError("A training is going on here. Press Stop first, or wait.")
            if Job._latest is not None:
                Job._latest.stop()
                Job._latest.wait()
            Job._latest = self
            self.stop_asked.clear()
            self._ended.clear()
        if beside:
            # a daemon: the kernel must not wait for the last epoch when it is shut down
            threading.Thread(target=self._do, args=(work,), daemon=True).start()
        else:
            self._do(work)

    def stop(self) -> None:
        """Ask the work to end soon."""
        self.stop_asked.set()

    def wait(self, seconds: float = float("inf")) -> None:
        """Until it has ended, or so long."""
        while self.running and seconds > 0:
            self._ended.wait(min(_POLL_SECONDS, seconds))
            seconds -= _POLL_SECONDS

    def _do(self, work: Callable[[], object]) -> None:
        try:
            work()
        finally:
            self._ended.set()


def _end_latest() -> None:
    """When Python ends: torch may crash if a thread still computes while it is taken down."""
    if Job._latest is not None:
        Job._latest.stop()
        Job._latest.wait(_LAST_SECONDS)


atexit.register(_end_latest)
