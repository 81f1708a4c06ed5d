"""The lesson template as checks. Each takes a notebook and returns a list of problems."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import warnings
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import nbformat
from IPython.core.inputtransformer2 import TransformerManager

from genbench_lite import lessons
from genbench_lite.errors import DataError

CHECKOUT = Path(__file__).resolve().parents[2]
PARAMETERS = {"DATASET", "FAST", "SEED"}
MAX_BYTES = 300_000
WORDS = re.compile(r"\b(simply|obviously|just|trivial|trivially)\b", re.IGNORECASE)
NUMBERS = re.compile(r"\d+(?:\.\d+)?\s?(?:%|per\s?cent\b)|(?<![\w.])0?\.\d+", re.IGNORECASE)
HANGING = re.compile(r"\b(?:Output|interact|interactive|interactive_output|interact_manual)\s*\(")
DECORATOR = re.compile(r"^\s*@\s*(?:\w+\.)*interact\b", re.MULTILINE)
DOI = re.compile(r"https://doi\.org/10\.\d{4,}/\S+")


def repository() -> str:
    """OWNER/NAME of the repository, from the project's metadata."""
    text = (CHECKOUT / "pyproject.toml").read_text(encoding="utf-8")
    return re.search(r'^Repository = "https://github\.com/([^"]+)"$', text, re.MULTILINE)[1]


def problems(path: Path, repo: str, checkers: Collection[str]) -> list[str]:
    """All that keeps one notebook file from being a lesson."""
    raw = json.loads(path.read_text(encoding="utf-8"))
    found = format_problems(raw) + size_problems(path)
    if found:
        return found
    notebook = nbformat.read(path, as_version=4)
    found = [
        *title_problems(notebook, path.name, repo),
        *opening_problems(notebook),
        *setup_problems(notebook),
        *parameter_problems(notebook),
        *exercise_problems(notebook, checkers),
        *ending_problems(notebook),
        *code_problems(notebook),
        *prose_problems(notebook),
        *output_problems(notebook),
    ]
    return found or stripped_problems(path)  # a process of its own, so only for the rest


def format_problems(raw: dict[str, Any]) -> list[str]:
    """Not version 4.5, cells without an id of their own, or a wrong kernel."""
    found = []
    if (raw.get("nbformat"), raw.get("nbformat_minor")) != (4, 5):
        found.append("the notebook format is not 4.5")
    ids = [cell.get("id") for cell in raw.get("cells", [])]
    if None in ids or len(set(ids)) < len(ids):
        found.append("cells lack an id, or share one")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a missing id is reported above
            nbformat.validate(nbformat.from_dict(raw))
    except nbformat.ValidationError as error:
        found.append(f"not a valid notebook: {str(error).splitlines()[0]}")
    kernel = raw.get("metadata", {}).get("kernelspec", {}).get("name")
    if kernel != "python3":
        found.append(f"the kernel is {kernel!r}, not 'python3'")
    return found


def size_problems(path: Path) -> list[str]:
    size = path.stat().st_size
    return [f"the file has {size:,} bytes"] if size >= MAX_BYTES else []


def stripped_problems(path: Path) -> list[str]:
    """Metadata that nbstripout would take away."""
    command = [sys.executable, "-m", "nbstripout", "--keep-id", "--verify", str(path)]
    clean = subprocess.run(command, capture_output=True).returncode == 0
    return [] if clean else ["nbstripout --keep-id would change the file"]


def output_problems(notebook: Any) -> list[str]:
    """Outputs or execution counts."""
    return [
        f"cell {index} has outputs or an execution count"
        for index, cell in enumerate(notebook.cells)
        if cell.get("outputs") or cell.get("execution_count") is not None
    ]


def title_problems(notebook: Any, name: str, repo: str) -> list[str]:
    """The first cell: ``# NN · Title``, a Colab and a Binder badge."""
    cell, found = notebook.cells[0], []
    title = re.search(r"^# (\d\d) · \S", cell.source, re.MULTILINE)
    if cell.cell_type != "markdown" or not title or title[1] != name[:2]:
        found.append(f"the first cell has no heading '# {name[:2]} · Title'")
    for label, url in {
        "Colab": f"https://colab.research.google.com/github/{repo}/blob/main/notebooks/{name}",
        "Binder": f"https://mybinder.org/v2/gh/{repo}/main?urlpath=lab/tree/notebooks/{name}",
    }.items():
        if not re.search(rf"\[!\[[^\]]+\]\([^)]+\)\]\({re.escape(url)}\)", cell.source):
            found.append(f"the first cell has no {label} badge that links to {url}")
    return found


def opening_problems(notebook: Any) -> list[str]:
    """The second cell: what you will learn, the time, the needs."""
    cell, found = notebook.cells[1], []
    source = cell.source if cell.cell_type == "markdown" else ""
    if "## What you will learn" not in source.splitlines():
        found.append("the second cell has no heading '## What you will learn'")
    points = re.findall(r"^\s*[-*] (?!\*\*(?:Time|Needs))", source, re.MULTILINE)
    if not 3 <= len(points) <= 5:
        found.append(f"'What you will learn' has {len(points)} points, not three to five")
    found += [
        f"the second cell has no **{w}**" for w in ("Time", "Needs") if f"**{w}" not in source
    ]
    return found


def setup_problems(notebook: Any) -> list[str]:
    """One set-up cell and one parameters cell, before all other code."""
    tags = [_tags(cell) for cell in notebook.cells if cell.cell_type == "code"]
    found = []
    for tag in ("setup", "parameters"):
        count = sum(tag in each for each in tags)
        if count != 1:
            found.append(f"{count} code cells are tagged {tag!r}, not one")
        elif not any(tag in each for each in tags[:2]):
            found.append(f"the {tag!r} cell is not one of the first two code cells")
    return found


def shared_setup_problems(notebooks: Mapping[str, Any]) -> list[str]:
    """Set-up cells that differ between lessons; the first lesson has the right one."""
    sources = {
        name: [cell.source for cell in notebook.cells if "setup" in _tags(cell)]
        for name, notebook in notebooks.items()
    }
    first = next(iter(sources), None)
    return [
        f"the set-up cell of {name} differs from that of {first}"
        for name, source in sources.items()
        if source != sources[first]
    ]


def parameter_problems(notebook: Any) -> list[str]:
    """The parameters cell assigns constants to DATASET, FAST and SEED, and FAST is off."""
    source = "\n".join(c.source for c in notebook.cells if "parameters" in _tags(c))
    values = {}
    for line in ast.parse(source).body:
        try:
            (target,) = line.targets
            values[target.id] = ast.literal_eval(line.value)
        except (AttributeError, ValueError):
            return [f"the parameters cell holds more than assignments: {ast.unparse(line)}"]
    if set(values) != PARAMETERS:
        return [f"the parameters are {sorted(values)}, not {sorted(PARAMETERS)}"]
    return [] if values["FAST"] is False else ["FAST is not False by default"]


def exercise_problems(notebook: Any, checkers: Collection[str]) -> list[str]:
    """Exercises of three cells: a starter, a check, a folded solution. And a quiz."""
    cells, found, names = notebook.cells, [], []
    starters = [index for index, cell in enumerate(cells) if "exercise" in _tags(cell)]
    if len(starters) < 3:
        found.append(f"there are {len(starters)} exercises, not three or more")
    for index in starters:
        starter, check, solution = [*cells[index : index + 3], {}, {}][:3]
        found += [f"exercise in cell {index}: {p}" for p in _triple(starter, check, solution)]
        names += check_names([check])
    solutions = sum("solution" in _tags(cell) for cell in cells)
    if solutions != len(starters):
        found.append(f"there are {len(starters)} exercises and {solutions} solutions")
    found += [f"no checker {name!r} is registered" for name in names if name not in checkers]
    found += [f"the check {name!r} is used twice" for name in set(names) if names.count(name) > 1]
    if not any("gbl.Quiz(" in cell.source for cell in cells if cell.cell_type == "code"):
        found.append("there is no gbl.Quiz(")
    return found


def check_names(cells: list[Any]) -> list[str]:
    """Names of all ``gbl.check("name", ...)`` calls in the code of some cells."""
    calls = (
        node
        for cell in cells
        if cell.get("cell_type") == "code"
        for node in ast.walk(_tree(cell))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "gbl.check"
    )
    return [call.args[0].value for call in calls if isinstance(call.args[0], ast.Constant)]


def ending_problems(notebook: Any) -> list[str]:
    """What to remember, then Further reading with a DOI, then nothing."""
    cells, found = notebook.cells, []
    sections = [
        line
        for cell in cells
        if cell.cell_type == "markdown"
        for line in cell.source.splitlines()
        if line.startswith("## ")
    ]
    if sections[-2:] != ["## What to remember", "## Further reading"]:
        found.append("the last sections are not 'What to remember' and 'Further reading'")
    if cells[-1].cell_type != "markdown" or "## Further reading" not in cells[-1].source:
        found.append("the last cell is not 'Further reading'")
    if not DOI.search(cells[-1].source.rpartition("## Further reading")[2]):
        found.append("'Further reading' has no https://doi.org/ link")
    return found


def code_problems(notebook: Any) -> list[str]:
    """Widgets that hang without a browser."""
    return [
        f"cell {index} uses {match[0].strip()!r}, which hangs without a browser"
        for index, cell in enumerate(notebook.cells)
        if cell.cell_type == "code"
        for match in (HANGING.search(cell.source), DECORATOR.search(cell.source))
        if match
    ]


def prose_problems(notebook: Any) -> list[str]:
    """Filler words, and results typed by hand outside the cells tagged ``fact``."""
    found = []
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type != "markdown":
            continue
        prose = _prose(cell.source)
        found += [f"cell {index} says {word!r}" for word in WORDS.findall(prose)]
        if "fact" not in _tags(cell):
            found += [f"cell {index} has {n!r} typed by hand" for n in NUMBERS.findall(prose)]
    return found


def _triple(starter: Any, check: Any, solution: Any) -> list[str]:
    found = []
    nodes = ast.walk(_tree(starter)) if starter.cell_type == "code" else ()
    if not any(isinstance(node, ast.Constant) and node.value is ... for node in nodes):
        found.append("the starter is not code with a `...`")
    if len(check_names([check])) != 1:
        found.append('the next cell has not one gbl.check("name", ...)')
    if "solution" not in _tags(solution):
        found.append("the cell after the check is not tagged 'solution'")
    else:
        try:
            ast.parse(lessons.solution_code(solution))
        except (DataError, SyntaxError) as error:
            found.append(str(error))
    return found


def _tree(cell: Any) -> ast.Module:
    """The code of a cell; IPython first turns a magic such as ``%pip`` into Python."""
    return ast.parse(TransformerManager().transform_cell(cell.source))


def _tags(cell: Any) -> list[str]:
    return cell.get("metadata", {}).get("tags", [])


def _prose(markdown: str) -> str:
    """Markdown without code blocks, HTML tags, addresses, and code with a letter in it."""
    for hidden in (r"(?s)```.*?```", r"`[^`\n]*[A-Za-z][^`\n]*`", r"\]\([^)]*\)", r"<[^>]+>"):
        markdown = re.sub(hidden, " ", markdown)
    return re.sub(r"https?://\S+", " ", markdown)
