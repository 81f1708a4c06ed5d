"""A table of what the lessons took, at the end of the test run."""

from __future__ import annotations

import os

# Two lessons run at a time on two cores. A second thread for each would wait for cores that the
# other lesson holds, and small networks then train several times slower. Kernels inherit this.
os.environ.setdefault("OMP_NUM_THREADS", "1")


def pytest_terminal_summary(terminalreporter):
    # Through the reports, because they come back from the workers of pytest-xdist too.
    reports = [
        report for group in ("passed", "failed") for report in terminalreporter.getreports(group)
    ]
    rows = sorted(
        tuple(value)
        for report in reports
        for name, value in report.user_properties
        if name == "lesson" and report.when == "call"
    )
    if not rows:
        return
    terminalreporter.section("lessons")
    terminalreporter.write_line(f"{'lesson':<28}{'run':<12}{'seconds':>9}{'peak MB':>9}")
    for lesson, test, measured in rows:
        run = test.removeprefix("test_")
        memory = measured["peak_memory_mb"] or float("nan")
        terminalreporter.write_line(
            f"{lesson:<28}{run:<12}{measured['seconds']:>9.1f}{memory:>9.0f}"
        )
