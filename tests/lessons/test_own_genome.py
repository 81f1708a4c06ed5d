"""Lesson 09 on a real chromosome: what a learner with a genome does in place of the stand-in."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from genbench_lite import lessons

from . import template

REAL = Path(__file__).resolve().parents[3] / "shared" / "real" / "reference"
GENOME = REAL / "hg38.chr22.partial.fa.gz"


@pytest.mark.lesson
@pytest.mark.skipif(not GENOME.is_file(), reason=f"needs {GENOME}")
def test_lesson_09_runs_on_a_real_chromosome(tmp_path):
    path = lessons.find_lesson("09")
    notebook = nbformat.read(path, as_version=4)
    (cell,) = [cell for cell in notebook.cells if cell.source.startswith("GENOME = None")]
    cell.source = cell.source.replace("GENOME = None", f"GENOME = {str(GENOME)!r}", 1)
    own = tmp_path / path.name
    nbformat.write(notebook, own)

    output = tmp_path / "executed.ipynb"
    lessons.run_lesson(own, output, {"FAST": True}, True, 300, progress=False)
    executed = nbformat.read(output, as_version=4)
    assert lessons.hidden_errors(executed) == []
    assert lessons.passed_checks(executed) == template.check_names(executed.cells)
    text = str([cell.get("outputs") for cell in executed.cells])
    assert "FOR PRACTICE ONLY" not in text  # that is for the stand-in
    assert "chr22_stand_in" not in text
    assert "hold unknown letters (N)" in text  # gaps of the assembly cost sites, and it is told
    assert "the same letters:\\nTrue" in text
