"""Every widget under ipywidgets 7.7, which is what Colab has: construct, change, no error."""

from __future__ import annotations

import inspect
from importlib import metadata

import nbformat
import numpy as np
import pytest
import torch

import genbench_lite as gbl
from genbench_lite import models, widgets

pytestmark = [
    pytest.mark.extras,
    pytest.mark.skipif(
        not metadata.version("ipywidgets").startswith("7."),
        reason="needs ipywidgets 7.7: make test-extras",
    ),
    # what ipywidgets 8 alone knows
    pytest.mark.filterwarnings("error:Passing unrecognized arguments"),
]
LETTERS = "ACGTTGCATGATAAGCATTA"


def sequences():
    texts = [LETTERS[i:] + LETTERS[:i] for i in range(16)]
    return gbl.SequenceSet.from_strings(texts, [0, 1] * 8, ["no", "yes"])


def explore_sequences():
    widget = widgets.SequenceExplorer(sequences())
    yield widget
    widget.find.value = "GATA"


def work_on_motif():
    widget = widgets.MotifWorkbench(gbl.Motif.from_sites("toy", ["GATA", "GATT"]), sequences())
    yield widget
    widget.picture.receive({"kind": "click", "key": "2:1:+"})


def slide_filter():
    widget = widgets.ConvolutionSlider(LETTERS, gbl.Motif.from_sites("toy", ["GATA", "GATT"]))
    yield widget
    widget.place.value = 3


def explore_audit():
    texts = ["ACGT" * n for n in range(5, 45)]
    labels = [int(n > 25) for n in range(5, 45)]
    one = gbl.SequenceSet.from_strings(texts, labels, ["long", "short"])
    widget = widgets.AuditExplorer(gbl.Dataset("toy", train=one[::2], test=one[1::2]))
    yield widget
    widget.slider.value += 3


def watch_training():
    torch.manual_seed(0)
    one = sequences()
    widget = widgets.TrainingDashboard(models.LiteCNN(2), one, one, epochs=2, batch_size=8)
    yield widget
    widget.start.click()
    widget.run()


def mutate():
    torch.manual_seed(0)
    widget = widgets.MutationBench(models.LiteCNN(2), LETTERS * 5, ["no", "yes"])
    yield widget
    widget.picture.receive({"kind": "key", "key": "3", "pressed": "a"})
    widget.make_button.click()


def move_threshold():
    scores = np.linspace(0.01, 0.99, 40)
    widget = widgets.ThresholdExplorer(
        (np.arange(40) % 3 > 0, np.stack([1 - scores, scores], 1)), ["no", "yes"]
    )
    yield widget
    widget.threshold.value = 0.7


CHANGES = {
    "SequenceExplorer": explore_sequences,
    "MotifWorkbench": work_on_motif,
    "ConvolutionSlider": slide_filter,
    "AuditExplorer": explore_audit,
    "TrainingDashboard": watch_training,
    "MutationBench": mutate,
    "ThresholdExplorer": move_threshold,
}


def test_every_widget_is_here():
    exported = {
        name
        for name in widgets.__all__
        if issubclass(getattr(widgets, name), widgets.Panel) and name != "Panel"
    }
    assert set(CHANGES) == exported


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_answered(name):
    steps = CHANGES[name]()
    widget = next(steps)
    assert type(widget).__name__ == name
    before = widget.picture.value
    assert next(steps, None) is None
    assert widget.picture.value != before
    assert not widget.errors
    assert widget.message.value == ""


@pytest.mark.parametrize("name", CHANGES)
def test_it_is_shown_live_and_still(name):
    bundle = next(CHANGES[name]())._repr_mimebundle_()
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"]
    assert "<strong>" in bundle["text/html"]
    assert "Try this." in bundle["text/html"]
    assert bundle["text/plain"].startswith(name)


def test_all_of_it_in_a_kernel(tmp_path):
    """A kernel opens channels to the page, which this process does not have."""
    nbclient = pytest.importorskip("nbclient", reason="needs nbclient: make test-extras")
    file = inspect.getsourcefile(explore_sequences)
    cells = [
        f"source = open({str(file)!r}).read()\nexec(compile(source, 'widgets', 'exec'))",
        *(
            f"steps = {change.__name__}()\nwidget = next(steps)\nnext(steps, None)\n"
            "assert not widget.errors, widget.errors\nwidget"
            for change in CHANGES.values()
        ),
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute(cwd=tmp_path)
    for cell in notebook.cells[1:]:
        shown = cell.outputs[-1].data
        assert {"application/vnd.jupyter.widget-view+json", "text/html"} <= set(shown)
