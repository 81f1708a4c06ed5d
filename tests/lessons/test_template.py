"""The template's checks find what they are there to find."""

from __future__ import annotations

import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from . import template

REPO = "owner/repo"
NAME = "03_toy.ipynb"
NAMES = ("one", "two", "three")
TITLE = f"""# 03 · A toy lesson

[![Open in Colab](badge.svg)](https://colab.research.google.com/github/{REPO}/blob/main/notebooks/{NAME})
[![Open in Binder](badge.svg)](https://mybinder.org/v2/gh/{REPO}/main?urlpath=lab/tree/notebooks/{NAME})"""
OPENING = """## What you will learn

- This
- That
- More

**Time**: 10 minutes. **Needs**: nothing."""
READING = """## Further reading

- A paper. https://doi.org/10.1186/s12863-023-01123-8"""


def code(source, *tags):
    return new_code_cell(source, metadata={"tags": list(tags)} if tags else {})


def solution(source):
    fold = f"<details>\n<summary>Solution</summary>\n\n```python\n{source}\n```\n\n</details>"
    return new_markdown_cell(fold, metadata={"tags": ["solution"]})


def toy():
    """A notebook that keeps to the template; cells 5 to 7 are its first exercise."""
    cells = [
        new_markdown_cell(TITLE),
        new_markdown_cell(OPENING),
        code("import genbench_lite as gbl", "setup"),
        code('DATASET = "demo"  # which\nFAST = False\nSEED = 0', "parameters"),
        new_markdown_cell("## A section\n\nWith `rate=0.25` and [a link](https://a.org/0.5%20x)."),
    ]
    for name in NAMES:
        cells += [
            code(f"{name} = ...", "exercise"),
            code(f'gbl.check("{name}", {name})'),
            solution(f"{name} = 1"),
        ]
    cells += [
        code('gbl.Quiz("half_open")'),
        new_markdown_cell("## What to remember\n\n- This."),
        new_markdown_cell(READING),
    ]
    for index, cell in enumerate(cells):
        cell["id"] = f"cell-{index}"
    kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernelspec})


def found(notebook, folder, name=NAME):
    path = folder / name
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return template.problems(path, REPO, NAMES)


def replace(index, old, new):
    def mutate(notebook):
        assert old in notebook.cells[index].source
        notebook.cells[index].source = notebook.cells[index].source.replace(old, new)

    return mutate


def put(index, cell):
    return lambda notebook: notebook.cells.insert(index, cell)


def drop(*indices):
    def mutate(notebook):
        notebook.cells = [c for i, c in enumerate(notebook.cells) if i not in indices]

    return mutate


def tag(index, *tags):
    return lambda notebook: notebook.cells[index].metadata.update(tags=list(tags))


def update(where, **values):
    return lambda notebook: where(notebook).update(values)


def text(source, *tags):
    cell = new_markdown_cell(source, id="extra")
    cell.metadata.update({"tags": list(tags)} if tags else {})
    return cell


MUTATIONS = [
    # the file
    (update(lambda n: n, nbformat_minor=4), "format is not 4.5"),
    (lambda n: n.cells[4].pop("id"), "cells lack an id"),
    (update(lambda n: n.cells[4], id="cell-3"), "share one"),
    (update(lambda n: n.cells[4], id="not an id"), "not a valid notebook"),
    (update(lambda n: n.cells[4], cell_type="poem"), "not a valid notebook"),
    (update(lambda n: n.metadata.kernelspec, name="conda-env"), "'conda-env', not 'python3'"),
    (lambda n: n.metadata.clear(), "the kernel is None"),
    (put(5, text("x" * 300_000)), "the file has 30"),
    (update(lambda n: n.cells[2], execution_count=1), "cell 2 has outputs or an execution"),
    (
        lambda n: n.cells[2].outputs.append(
            {"output_type": "stream", "name": "stdout", "text": "x"}
        ),
        "cell 2 has outputs",
    ),
    (update(lambda n: n.cells[2].metadata, collapsed=True), "nbstripout"),
    # title and opening
    (replace(0, "# 03 · A toy", "# 3 - A toy"), "no heading '# 03 · Title'"),
    (replace(0, "# 03", "# 04"), "no heading '# 03 · Title'"),
    (replace(0, "/blob/main", "/blob/master"), "no Colab badge"),
    (replace(0, "github/owner", "github/other"), "no Colab badge"),
    (replace(0, "urlpath=lab/tree", "filepath="), "no Binder badge"),
    (replace(0, "[![Open in Binder](badge.svg)]", "[Binder]"), "no Binder badge"),
    (put(0, text("Hello")), "no heading '# 03"),
    (replace(1, "## What you", "### What you"), "no heading '## What you will learn'"),
    (replace(1, "- More", ""), "has 2 points"),
    (replace(1, "- More", "- b\n- c\n- d\n- e"), "has 6 points"),
    (replace(1, "- More", "- **Time**: long"), "has 2 points"),
    (replace(1, "**Time**", "Time"), "no **Time**"),
    (replace(1, "**Needs**", "Needs"), "no **Needs**"),
    # set-up and parameters
    (drop(2), "0 code cells are tagged 'setup'"),
    (tag(14, "setup"), "2 code cells are tagged 'setup'"),
    (put(2, code("x = 1")), "'parameters' cell is not one of the first two"),
    (drop(3), "0 code cells are tagged 'parameters'"),
    (replace(3, "SEED = 0", ""), "the parameters are ['DATASET', 'FAST']"),
    (replace(3, "SEED = 0", "SEED = 0\nRATE = 1"), "'RATE'"),
    (replace(3, "SEED = 0", "import os\nSEED = 0"), "more than assignments: import os"),
    (replace(3, "SEED = 0", "SEED = len('a')"), "more than assignments"),
    (replace(3, "FAST = False", "FAST = True"), "FAST is not False"),
    # exercises
    (drop(5, 6, 7), "there are 2 exercises"),
    (replace(5, "...", "None"), "cell 5: the starter is not code with a `...`"),
    (replace(5, "...", "None  # ..."), "the starter is not code with a `...`"),
    (replace(6, "gbl.check", "check"), 'cell 5: the next cell has not one gbl.check("name"'),
    (replace(6, ")", "); gbl.check('two', 2)"), "has not one gbl.check"),
    (put(6, text("Between")), "has not one gbl.check"),
    (put(7, text("Between")), "is not tagged 'solution'"),
    (tag(7), "is not tagged 'solution'"),
    (replace(7, "</details>", ""), "is not folded"),
    (replace(7, "= 1", "="), "invalid syntax"),
    (replace(6, '"one"', '"zero"'), "no checker 'zero' is registered"),
    (replace(6, '"one"', '"two"'), "the check 'two' is used twice"),
    (tag(14, "solution"), "3 exercises and 4 solutions"),
    (drop(14), "no gbl.Quiz("),
    # code and prose
    (put(14, code("out = widgets.Output()")), "'Output('"),
    (put(14, code("interact(f, x=3)")), "'interact('"),
    (put(14, code("@widgets.interact\ndef f(x): ...")), "'@widgets.interact'"),
    (put(5, text("You simply run it.")), "says 'simply'"),
    (put(5, text("Obviously so.")), "says 'Obviously'"),
    (put(5, text("It is just a number.")), "says 'just'"),
    (put(5, text("A trivial step.", "fact")), "says 'trivial'"),
    (put(5, text("It scores 0.87 here.")), "'0.87' typed by hand"),
    (put(5, text("It scores `.87` here.")), "'.87' typed by hand"),
    (put(5, text("About 85% of them.")), "'85%' typed by hand"),
    (put(5, text("About 84.6 % of them.")), "'84.6 %' typed by hand"),
    (put(5, text("About 85 per cent.")), "'85 per cent' typed by hand"),
    # the end
    (drop(15), "last sections are not"),
    (replace(15, "## What to remember", "## Summary"), "last sections are not"),
    (put(17, text("## And then")), "last sections are not"),
    (put(17, code("1")), "the last cell is not 'Further reading'"),
    (replace(16, "https://doi.org/", "https://example.org/"), "no https://doi.org/ link"),
]

ALLOWED = [
    put(5, text("We call it a hit below 0.05, or 5%.", "fact")),
    put(5, text("Call `fit(rate=0.01)`, or see https://doi.org/10.1186/0.25 and **version 1.5**.")),
    put(5, text("```\n0.5 is just code\n```\n\nAdjust it. Three of 10 sequences; 1.5 GB.")),
    put(5, text('<img src="just-0.5.png" alt="A plot">')),
    put(14, code("output = run(x)\nshow_output(output)\ninteractions(2)")),
    replace(1, "- More", "- More\n- And\n- This"),
    replace(2, "import", "%pip install -q genbench-lite\nimport"),
    lambda n: n.cells.insert(2, n.cells.pop(3)),
    replace(15, "- This.", "- This.\n\n### More"),
]


def test_a_lesson_that_keeps_to_the_template_has_no_problems(tmp_path):
    assert found(toy(), tmp_path) == []


@pytest.mark.parametrize(("mutate", "message"), MUTATIONS, ids=[m for _, m in MUTATIONS])
def test_each_violation_is_reported(tmp_path, mutate, message):
    notebook = toy()
    mutate(notebook)
    assert [problem for problem in found(notebook, tmp_path) if message in problem]


@pytest.mark.parametrize("mutate", ALLOWED)
def test_what_only_looks_like_a_violation_is_allowed(tmp_path, mutate):
    notebook = toy()
    mutate(notebook)
    assert found(notebook, tmp_path) == []


def test_set_up_cells_that_differ_are_reported():
    one, two = toy(), toy()
    assert template.shared_setup_problems({"a": one, "b": two}) == []
    two.cells[2].source += " "
    assert template.shared_setup_problems({"a": one, "b": two}) == [
        "the set-up cell of b differs from that of a"
    ]


def test_names_of_checks_are_read_from_the_code():
    cells = [
        code('x = 1\nfeedback = gbl.check("one", x)'),
        code("# gbl.check('none')\nother.check('no')"),
        nbformat.v4.new_markdown_cell('gbl.check("text", 1)'),
        code("gbl.check('two', x); gbl.check('three', x)"),
    ]
    assert template.check_names(cells) == ["one", "two", "three"]


def test_the_repository_comes_from_the_projects_metadata():
    owner, name = template.repository().split("/")
    assert owner
    assert name == "genbench-lite"
