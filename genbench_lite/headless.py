"""Execute a notebook without a browser: in this interpreter, without hanging."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

from .errors import GenbenchError

_POLL_SECONDS = 0.25


def require_lab() -> None:
    """Raise a GenbenchError if the packages of the ``lab`` extra are missing."""
    try:
        import ipykernel  # noqa: F401
        import papermill  # noqa: F401
    except ImportError as error:
        raise GenbenchError(
            f"Running a lesson needs {error.name}. "
            'Install it with: pip install "genbench-lite[lab]"'
        ) from error


def execute(
    path: Path,
    parameters: dict[str, Any] | None,
    timeout: float,
    title: str,
    folder: Path,
) -> None:
    """Run a notebook in place with papermill; the file is up to date after every cell.

    Parameters
    ----------
    path : Path
        The notebook, which receives the outputs.
    parameters : dict or None
        Injected behind the cell tagged ``parameters``.
    timeout : float
        Seconds that a single cell may take.
    title : str
        Shown beside the progress bar; without a title there is no bar.
    folder : Path
        Working directory of the kernel.

    Raises
    ------
    GenbenchError
        If a cell fails or takes too long, or the kernel dies. The message is one line.
    """
    import papermill
    from papermill.exceptions import PapermillExecutionError

    # papermill takes a path for a format string, so braces in a folder's name are doubled
    escaped = str(path).replace("{", "{{").replace("}", "}}")
    try:
        with polled_messages():
            papermill.execute_notebook(
                escaped,
                escaped,
                parameters=parameters,
                kernel_name="python3",
                language="python",
                kernel_manager_class=_kernel_manager(),
                progress_bar={"desc": title} if title else False,
                execution_timeout=timeout,
                extra_arguments=["--log-level=ERROR"],  # the kernel's warnings are no lesson's
                cwd=folder,
            )
    except PapermillExecutionError as error:
        raise GenbenchError(_one_line(error.ename, error.evalue)) from error
    except TimeoutError as error:
        raise GenbenchError(f"TimeoutError: it took longer than {timeout:g} s") from error
    except RuntimeError as error:  # the kernel died, or never came up
        raise GenbenchError(_one_line(type(error).__name__, str(error))) from error


@contextlib.contextmanager
def polled_messages() -> Iterator[None]:
    """Wait for kernel messages in short slices while the block runs.

    A comm message can eat the wake-up of the execute reply; a single long wait then never
    ends (nbclient issue 312). Entering it twice changes nothing.
    """
    from jupyter_client.channels import AsyncZMQSocketChannel as Channel

    original = Channel.get_msg
    if getattr(original, "in_slices", False):
        yield
        return

    async def get_msg(self: Any, timeout: float | None = None) -> Any:
        end = float("inf") if timeout is None else time.monotonic() + timeout
        while True:
            try:
                return await original(self, max(0, min(_POLL_SECONDS, end - time.monotonic())))
            except Empty:
                if time.monotonic() >= end:
                    raise

    get_msg.in_slices = True  # type: ignore[attr-defined]
    Channel.get_msg = get_msg  # type: ignore[method-assign]
    try:
        yield
    finally:
        Channel.get_msg = original  # type: ignore[method-assign]


def peak_memory_mb() -> float | None:
    """Largest resident memory of this process so far, in MB; None where it is not known."""
    with contextlib.suppress(OSError), open("/proc/self/status") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    try:
        import resource
    except ImportError:  # Windows
        return None
    # Only the second choice: on Linux a new process starts with the peak of its parent.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 1024


def _kernel_manager() -> type:
    """Kernels in this interpreter, whatever "python3" means to the Jupyter of this user."""
    from jupyter_client import AsyncKernelManager
    from jupyter_client.kernelspec import KernelSpecManager
    from traitlets import default

    class ThisInterpreter(AsyncKernelManager):
        @default("kernel_spec_manager")
        def _kernel_spec_manager_default(self) -> KernelSpecManager:
            # With no folder to look in, only ipykernel's own spec is left.
            return KernelSpecManager(kernel_dirs=[])

    return ThisInterpreter


def _one_line(name: str, message: str) -> str:
    lines = message.strip().splitlines()
    return f"{name}: {lines[0]}" if lines else name
