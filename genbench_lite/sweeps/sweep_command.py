"""``genbench-lite leaderboard``: a sweep from the command line, and its table as files."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .board import Leaderboard
from .grid import TRIAL
from .sweep import run_sweep

FILES = ("leaderboard.html", "leaderboard.md", "leaderboard.csv")


def run(options: argparse.Namespace) -> int:
    """Run what is missing, write the table, print it.

    Returns
    -------
    int
        0; 1 if a run failed, which the table tells.
    """
    board = run_sweep(
        options.datasets,
        options.models,
        options.output,
        options.seeds,
        options.split,
        epochs=TRIAL.epochs if options.fast and options.epochs is None else options.epochs,
        rows=TRIAL.rows if options.fast and options.rows is None else options.rows,
        jobs=options.jobs,
        dask=options.dask,
        retry_failed=options.retry_failed,
        timeout=options.timeout,
        progress=not options.no_progress,
    )
    paths = write_files(board)
    failed = int((board.runs()["status"] == "failed").sum())
    print(board.to_markdown())
    print("Written:", ", ".join(map(str, paths)))
    if failed:
        print(
            f"genbench-lite: {failed} of {len(board.plan.runs)} runs failed; the table says why. "
            "Run them again with --retry-failed.",
            file=sys.stderr,
        )
    return int(failed > 0)


def write_files(board: Leaderboard) -> list[Path]:
    """The table as a web page, as Markdown, and one row a run as CSV, in the sweep's folder."""
    from ..audits.audit_report import write_text

    page, text, runs = (board.folder / name for name in FILES)
    board.to_html(page)
    write_text(text, board.to_markdown())
    write_text(runs, board.runs().to_csv(index=False))
    return [page, text, runs]
