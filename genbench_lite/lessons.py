"""Find the lessons, solve their exercises, run them, and read what came out.

A lesson is a notebook ``NN_title.ipynb``. Running one needs the packages of the ``lab``
extra; they are imported only then.
"""

from __future__ import annotations

import ast
import copy
import json
import os
import re
import tempfile
import time
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from . import headless
from .errors import DataError, GenbenchError, UnknownNameError

_WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
_WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
_MEMORY_TAG = "peak-memory"
_MEMORY_SOURCE = """\
import json, genbench_lite.headless
print(json.dumps(genbench_lite.headless.peak_memory_mb()))"""


_SOLUTION = re.compile(
    r"<details>\s*<summary>Solution</summary>\s*```python\n(.*?)\n```\s*</details>\s*", re.DOTALL
)


def lessons_folder() -> Path:
    """Folder of the lessons: inside an installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent
    installed = package / "notebooks"
    return installed if installed.is_dir() else package.parent / "notebooks"


def list_lessons() -> list[Path]:
    """Paths of all lessons, in the order in which they are taught."""
    return sorted(lessons_folder().glob("[0-9][0-9]_*.ipynb"))


def find_lesson(name: str | Path) -> Path:
    """Path of one lesson.

    Parameters
    ----------
    name : str or Path
        A number (``"0"`` or ``"00"``), a title (``"start_here"``), a file name with or
        without its ending, or the path of any notebook.

    Returns
    -------
    Path

    Raises
    ------
    UnknownNameError
        If there is no such lesson; the nearest one is suggested.
    """
    if Path(name).suffix == ".ipynb" and Path(name).is_file():
        return Path(name)
    wanted = str(name).removesuffix(".ipynb")
    lessons = list_lessons()
    for path in lessons:
        number, _, title = path.stem.partition("_")
        if wanted in (path.stem, title) or (wanted.isdecimal() and int(wanted) == int(number)):
            return path
    raise UnknownNameError("lesson", str(name), [path.stem for path in lessons])


def solve(notebook: Any) -> Any:
    """Fill in every exercise of a notebook.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Left as it is.

    Returns
    -------
    nbformat.NotebookNode
        A copy: each cell tagged ``exercise`` has the code of the next cell tagged
        ``solution``, and the solution cells are gone.

    Raises
    ------
    DataError
        If an exercise has no solution before the next exercise, a solution no exercise, or
        a solution is not folded Markdown (see :func:`solution_code`).
    """
    solved = copy.deepcopy(notebook)
    exercise = None
    for place, cell in enumerate(solved.cells):
        tags = _tags(cell)
        if "exercise" in tags:
            if exercise is not None:
                break
            exercise = cell
        elif "solution" in tags:
            if exercise is None:
                raise DataError(
                    f"Cell {place} is a solution without an exercise. Tag its exercise 'exercise'."
                )
            exercise.source, exercise = solution_code(cell), None
    if exercise is not None:
        raise DataError(
            f"The exercise {exercise.source.strip()[:60]!r} has no solution. "
            "Put a cell tagged 'solution' between it and the next exercise."
        )
    solved.cells = [cell for cell in solved.cells if "solution" not in _tags(cell)]
    return solved


def solution_code(cell: Any) -> str:
    """The Python code of a solution.

    A solution is Markdown with a fold in it, not code: a learner who runs a lesson cell by cell
    must neither see it nor run it by accident.
    """
    match = _SOLUTION.fullmatch(cell.source) if cell.cell_type == "markdown" else None
    if match is None:
        raise DataError(
            f"The solution {cell.source.strip()[:40]!r} is not folded. Write it as Markdown: "
            "<details>, <summary>Solution</summary>, a ```python block, </details>."
        )
    return match[1]


def run_lesson(
    path: str | Path,
    output: str | Path,
    parameters: dict[str, Any] | None = None,
    solved: bool = False,
    timeout: float = 600,
    progress: bool = True,
) -> Path:
    """Run a lesson from top to bottom and keep the executed copy.

    The copy is written whether or not a cell fails. Its metadata holds, under
    ``genbench_lite``, the wall time ``seconds`` and the ``peak_memory_mb`` of the kernel
    (None if the run stopped early). Files that the lesson writes land beside the copy.

    Parameters
    ----------
    path : str or Path
        The notebook.
    output : str or Path
        Where the executed copy goes.
    parameters : dict, optional
        New values for names that the cell tagged ``parameters`` defines: None, bool, int,
        float, str, or lists and dicts of them.
    solved : bool
        Run it with every exercise filled in (see :func:`solve`).
    timeout : float
        Seconds that a single cell may take.
    progress : bool
        Show a progress bar over the cells.

    Returns
    -------
    Path
        The executed copy, as an absolute path.

    Raises
    ------
    GenbenchError
        If a cell fails or takes too long, a parameter is unknown, or a package is missing.
    """
    path, output = Path(path), Path(output).resolve()
    headless.require_lab()
    notebook = _read(path)
    _check_parameters(path.stem, notebook, parameters or {})
    if solved:
        notebook = solve(notebook)
    output.parent.mkdir(parents=True, exist_ok=True)
    # A file can be renamed only within one disk, so the copy grows in the folder it goes to.
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=".run-") as folder:
        copied = Path(folder, "copy.ipynb")
        _prepare(notebook, copied)
        title, start = path.stem if progress else "", time.perf_counter()
        try:
            headless.execute(copied, parameters, timeout, title, output.parent)
        except GenbenchError as error:
            raise GenbenchError(
                f"Lesson {path.stem} stopped at {_last_cell(copied)}: {error}. "
                f"Read the executed copy: {output}"
            ) from error
        finally:
            _finish(copied, output, path.name, time.perf_counter() - start)
    return output


def hidden_errors(notebook: Any) -> list[str]:
    """Errors in an executed notebook that did not stop it.

    A failing widget callback, for one, leaves its error in the widget's state, and a failing
    thread prints a traceback and no more.

    Parameters
    ----------
    notebook : nbformat.NotebookNode

    Returns
    -------
    list of str
        One line an error; empty when all went well.
    """
    found = []
    for place, cell in enumerate(notebook.cells):
        found += [f"cell {place}: {error}" for error in _errors(cell.get("outputs", []))]
    widgets = notebook.metadata.get("widgets", {}).get(_WIDGET_STATE, {}).get("state", {})
    for model in widgets.values():
        found += [f"widget: {error}" for error in _errors(model["state"].get("outputs", []))]
    return found


def passed_checks(notebook: Any) -> list[str]:
    """Names of the exercises whose check said "right", in the order of the notebook."""
    return [name for name, passed in _checks(notebook) if passed]


def failed_checks(notebook: Any) -> list[str]:
    """Names of the exercises whose check gave a hint, in the order of the notebook."""
    return [name for name, passed in _checks(notebook) if not passed]


def _tags(cell: Any) -> list[str]:
    return cell.metadata.get("tags", [])


def _read(path: Path) -> Any:
    import nbformat

    try:
        return nbformat.read(path, as_version=4)
    except (OSError, ValueError, AttributeError, nbformat.ValidationError) as error:
        raise DataError(f"{path} cannot be read as a notebook. Check the path.") from error


def _check_parameters(lesson: str, notebook: Any, parameters: dict[str, Any]) -> None:
    source = "\n".join(cell.source for cell in notebook.cells if "parameters" in _tags(cell))
    names = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)]
    known = sorted({name.id for name in names if isinstance(name.ctx, ast.Store)})
    for name, value in parameters.items():
        if name not in known:
            raise GenbenchError(
                f"Lesson {lesson} has no parameter {name!r}. "
                f"It takes: {', '.join(known) or 'no parameters'}."
            )
        try:
            json.dumps(value, allow_nan=False)
        except (TypeError, ValueError) as error:
            raise GenbenchError(
                f"The value of parameter {name!r} is a {type(value).__name__} that JSON cannot "
                "hold. Use None, a bool, a finite number, a string, or lists and dicts of them."
            ) from error


def _prepare(notebook: Any, path: Path) -> None:
    import nbformat

    cell = nbformat.v4.new_code_cell(_MEMORY_SOURCE, metadata={"tags": [_MEMORY_TAG]})
    notebook.cells.append(cell)
    nbformat.write(notebook, path)


def _finish(copied: Path, output: Path, name: str, seconds: float) -> None:
    import nbformat

    notebook = _read(copied)
    (last,) = (cell for cell in notebook.cells if _MEMORY_TAG in _tags(cell))
    memory = json.loads(last.outputs[0].text) if last.outputs else None
    notebook.cells.remove(last)
    notebook.metadata["genbench_lite"] = {"seconds": round(seconds, 2), "peak_memory_mb": memory}
    # papermill has put this machine's paths here
    notebook.metadata.setdefault("papermill", {}).update(input_path=name, output_path=output.name)
    nbformat.write(notebook, copied)
    os.replace(copied, output)


def _last_cell(copied: Path) -> str:
    code = [cell for cell in _read(copied).cells if cell.cell_type == "code"]
    started = [cell for cell in code if cell.metadata.get("papermill", {}).get("start_time")]
    return f"code cell {len(started)}" if started else "the start of the kernel"


def _errors(outputs: list[Any]) -> list[str]:
    found = []
    for output in outputs:
        text = output.get("text", "")
        if output["output_type"] == "error":
            found.append(f"{output['ename']}: {output['evalue']}")
        elif "Traceback (most recent call last)" in text:
            found.append(text.strip().splitlines()[-1])
    return found


class _CheckParser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.checks: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if name := values.get("data-check"):
            self.checks.append((name, values.get("data-passed") == "true"))


def _checks(notebook: Any) -> list[tuple[str, bool]]:
    parser = _CheckParser()
    for output in (output for cell in notebook.cells for output in cell.get("outputs", [])):
        data = output.get("data", {})
        if _WIDGET_VIEW not in data:  # a quiz lists the feedback to all of its options
            parser.feed(data.get("text/html", ""))
    return parser.checks
