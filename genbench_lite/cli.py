"""The ``genbench-lite`` command.

Exit codes: 0 done, 1 it did not work (one line says why and what to do), 2 wrong usage, 130
interrupted. ``--debug`` shows the traceback behind the line.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from . import __version__, cards
from .errors import GenbenchError
from .paths import CACHE_VARIABLE, cache_folder
from .sweeps import sweep_options


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Parameters
    ----------
    arguments : sequence of str, optional
        What follows the command's name; the process's own when left out.

    Returns
    -------
    int
        The exit code.

    Examples
    --------
    >>> main(["info", "human_enhancers_con"])
    1
    """
    options = _parser().parse_args(arguments)
    try:
        if os.environ.get(CACHE_VARIABLE):  # some commands work in another folder
            os.environ[CACHE_VARIABLE] = str(cache_folder().absolute())
        return options.run(options) or 0
    except KeyboardInterrupt:
        print("genbench-lite: interrupted; what was complete is kept.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        sys.stderr.close()
        return 0
    except Exception as error:
        return _fail(error, options.debug)


def _fail(error: Exception, debug: bool) -> int:
    if debug:
        traceback.print_exception(error)
    elif isinstance(error, GenbenchError):
        print(f"genbench-lite: {' '.join(str(error).split())}", file=sys.stderr)
    else:
        what = f"{type(error).__name__}: {error}"
        print(f"genbench-lite: {what}. With --debug you see where.", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--debug", action="store_true", default=argparse.SUPPRESS, help="show tracebacks"
    )
    parser = argparse.ArgumentParser(
        prog="genbench-lite",
        description="Learn to classify DNA with neural networks, on real benchmark data.",
        epilog="First steps: genbench-lite start",
    )
    parser.add_argument("--debug", action="store_true", help="show tracebacks")
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(name: str, run: object, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text, parents=[common])
        added.set_defaults(run=run)
        return added

    command("start", _start, "Open JupyterLab on the first lesson.").add_argument(
        "--no-browser", action="store_true", help="print the address instead of opening it"
    )
    run = command("run", _run, "Run lessons from top to bottom and keep the executed copies.")
    run.add_argument("lessons", nargs="*", metavar="LESSON", help="such as 00 or 01_fetch_datasets")
    run.add_argument("--all", action="store_true", help="every lesson")
    run.add_argument("--output", type=Path, default=Path("out"), help="folder (default: out)")
    run.add_argument("--fast", action="store_true", help="with little data, to see that it runs")
    run.add_argument("--solved", action="store_true", help="with every exercise filled in")

    command("catalog", _catalog, "List the datasets.")
    command("info", _info, "Show the card and the row counts of a dataset.").add_argument("name")
    _add_audit_options(command("audit", _audit, "Look for shortcuts and leaks in a dataset."))
    text = "Train and test every model on every dataset; go on where it was interrupted."
    sweep_options.add_options(command("leaderboard", _leaderboard, text))
    from .custom import new_options

    text = "Make a dataset of your own from BED or FASTA: balanced, audited, ready to share."
    new_options.add_options(command("new", _new, text))
    download = command("download", _download, "Fetch datasets into the cache.")
    download.add_argument("names", nargs="*", metavar="NAME")
    download.add_argument("--all", action="store_true", help="all nine")
    from . import bundling

    text = "Make a folder with wheels, data and lessons, for a room without a network."
    bundling.add_options(command("bundle", _bundle, text))
    remove = command("remove", _remove, "Delete a dataset from the cache.")
    remove.add_argument("name")
    remove.add_argument(
        "--forget-checksum",
        action="store_true",
        help="also accept a changed archive the next time it is fetched",
    )
    command("doctor", _doctor, "Check versions, disk, cache and which sources answer.")
    return parser


def _add_audit_options(audit: argparse.ArgumentParser) -> None:
    audit.add_argument(
        "sources",
        nargs="+",
        metavar="NAME|FOLDER|FASTA",
        help="a dataset by name; a folder of interval lists; a folder or zip of sequences, laid "
        "out as <split>/<class>/<id>.txt; or two or more FASTA files, one for each class",
    )
    audit.add_argument("--json", type=Path, metavar="FILE", help="write the report as JSON")
    audit.add_argument("--html", type=Path, metavar="FILE", help="write it as a web page")
    audit.add_argument("--plot", type=Path, metavar="FILE.png", help="write the figure")
    audit.add_argument("--no-progress", action="store_true", help="do not name the present step")
    audit.add_argument("--strict", action="store_true", help="exit with 1 if the data are broken")


def _start(options: argparse.Namespace) -> int:
    from . import headless, lessons

    headless.require_lab()
    folder = _writable(lessons.lessons_folder())
    first = lessons.list_lessons()[0].name
    command = [sys.executable, "-m", "jupyterlab", "--ip=127.0.0.1"]
    command.append(f"--LabApp.default_url=/lab/tree/{first}")  # the printed address leads there too
    if options.no_browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # as in most containers
        command.append("--allow-root")
    print(f"The lessons are in {folder}. Stop with Ctrl-C.", flush=True)
    if os.name == "nt":
        return subprocess.run(command, cwd=folder).returncode
    os.chdir(folder)
    return os.execv(command[0], command)  # JupyterLab takes over this process, and its signals


def _writable(folder: Path) -> Path:
    """The lessons where a learner may change them: a checkout, or a copy in this folder."""
    if (folder.parent / "pyproject.toml").exists():
        return folder
    mine = Path("genbench-lite-lessons").resolve()
    mine.mkdir(exist_ok=True)
    for lesson in folder.glob("*.ipynb"):
        if not (mine / lesson.name).exists():  # never over a learner's work
            shutil.copyfile(lesson, mine / lesson.name)
    return mine


def _run(options: argparse.Namespace) -> int:
    from . import lessons

    chosen = lessons.list_lessons() if options.all else map(lessons.find_lesson, options.lessons)
    paths = list(chosen)
    if not paths:
        raise GenbenchError("Name a lesson, such as 00, or use --all.")
    parameters = {"FAST": True} if options.fast else {}
    failed = []
    for path in paths:
        try:
            done = lessons.run_lesson(path, options.output / path.name, parameters, options.solved)
        except GenbenchError as error:
            if len(paths) == 1:
                raise
            failed.append(path.stem)
            print(f"{path.stem}: {error}", file=sys.stderr)
        else:
            print(f"{path.stem}: {done}")
    if failed:
        raise GenbenchError(f"{len(failed)} of {len(paths)} lessons failed: {', '.join(failed)}.")
    return 0


def _catalog(options: argparse.Namespace) -> None:
    table = cards.catalog()
    print(table.drop(columns="caution").to_string())


def _info(options: argparse.Namespace) -> None:
    print(cards.card(options.name), cards.info(options.name).to_string(), sep="\n\n")


def _download(options: argparse.Namespace) -> int:
    from . import fetch

    published = [name for name in cards.list_datasets() if not cards.card(name).embedded]
    names = published if options.all else options.names
    if not names:
        raise GenbenchError("Name a dataset (genbench-lite catalog lists them), or use --all.")
    for name in names:
        cards.card(name)  # a typing error is better found before the first long download
    failed = 0
    for name in names:
        try:
            print(f"{name}: {fetch.download(name)}")
        except GenbenchError as error:
            failed = _fail(error, options.debug)
    return failed


def _remove(options: argparse.Namespace) -> None:
    from . import fetch

    gone = fetch.remove(options.name, forget_checksum=options.forget_checksum)
    print(f"{options.name}: {'deleted' if gone else 'was not in the cache'}")


def _audit(options: argparse.Namespace) -> int:
    from .audits import audit_command

    return audit_command.run(options)


def _leaderboard(options: argparse.Namespace) -> int:
    from .sweeps import sweep_command

    return sweep_command.run(options)


def _new(options: argparse.Namespace) -> int:
    from .custom import new_command

    return new_command.run(options)


def _bundle(options: argparse.Namespace) -> int:
    from . import bundling

    return bundling.run(options)


def _doctor(options: argparse.Namespace) -> int:
    from . import doctor

    return doctor.report()


if __name__ == "__main__":
    sys.exit(main())
