"""The options of ``genbench-lite leaderboard``: apart, for every command reads them."""

from __future__ import annotations

import argparse
from pathlib import Path

from .grid import DAY, OURS, SPLITS, TRIAL


def add_options(parser: argparse.ArgumentParser) -> None:
    """Give a parser the options of the command."""
    add = parser.add_argument
    add("--datasets", nargs="+", metavar="NAME|ZIP", help="names, or archives of sequences")
    add(
        "--models",
        "--model",
        nargs="+",
        action="extend",
        metavar="MODEL",
        help=f"{', '.join(OURS)}, or module:name of your own, see genbench_lite.sweeps.contenders",
    )
    add(
        "--output",
        type=Path,
        default=Path("leaderboard"),
        metavar="DIR",
        help="folder of the sweep (default: leaderboard); without --datasets and --models, the "
        "sweep that it holds goes on",
    )
    add("--seeds", type=int, default=1, help="trainings of each model on each dataset (default: 1)")
    add(
        "--split",
        nargs="+",
        default=["published"],
        help=f"{', '.join(SPLITS)}, or both (default: published)",
    )
    add("--jobs", type=int, default=1, help="runs at a time on this machine (default: 1)")
    add("--dask", metavar="SCHEDULER", help="address of a Dask scheduler whose workers do the runs")
    add("--epochs", type=int, help="instead of what the recipes say: for trials")
    add("--rows", type=int, help="training rows at most: for trials")
    add(
        "--fast",
        action="store_true",
        help=f"a trial: --epochs {TRIAL.epochs} --rows {TRIAL.rows}",
    )
    add("--retry-failed", action="store_true", help="run again what failed")
    add(
        "--timeout",
        type=float,
        default=DAY,
        help="seconds a step of a run may take (default: a day)",
    )
    add("--no-progress", action="store_true", help="show no bar")
