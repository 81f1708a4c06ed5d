"""The rows that concern widgets: milliseconds from an event to the changed page, in a browser.

Each widget runs in JupyterLab on this machine, on two cores for the browser, the server and the
kernel together. The page itself dispatches the event and looks at its own clock.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from measure import BenchmarkError, Row
from models import two_cores

BROWSER = Path(__file__).resolve().parents[1] / "tests" / "browser"
LENGTH = 250  # bp
EVENTS, WARM = 20, 3
ANSWER, PREDICTION = 100, 50  # ms
START = 90_000  # ms, for a kernel

SET_UP = f"""
import numpy as np, torch
import genbench_lite as gbl
from genbench_lite import models, widgets

rng = np.random.default_rng(0)
texts = ["".join(rng.choice(list("ACGT"), {LENGTH})) for _ in range(400)]
labels = rng.integers(0, 2, len(texts))
sequences = gbl.SequenceSet.from_strings(texts, labels, ["no", "yes"])
letters = texts[0]
motif = gbl.jaspar("GATA2")
torch.manual_seed(0)
"""
PICTURE = """panel.querySelector(
    ".gbl-clickable:has([role=img]), .widget-html-content:has([role=img])"
)"""
ARROW = """panel.querySelector(".noUi-handle").dispatchEvent(new KeyboardEvent(
    "keydown", {key: i % 2 ? "ArrowLeft" : "ArrowRight", bubbles: true, cancelable: true}
))"""
LETTER = """panel.querySelector(`[data-key="${3 + 7 * i}"]`).click()"""


def button(name: str) -> str:
    """JavaScript that presses the button of this name."""
    return (
        f'[...panel.querySelectorAll("button")].find(b => b.innerText.trim() == "{name}").click()'
    )


@dataclass(frozen=True)
class Case:
    """A widget, and one thing to do with it.

    Parameters
    ----------
    what : str
    cell : str
        Python that ends with the widget, after ``SET_UP``.
    event : str
        JavaScript that does it the ``i``-th time to ``panel``.
    shown : dict of str to str
        Of each part of the answer, JavaScript that finds the element that changes.
    targets : dict of str to float
        Of some of these parts, milliseconds.
    before : str
        JavaScript to run before each event; then the page comes to rest.
    """

    what: str
    cell: str
    event: str
    shown: dict[str, str]
    targets: dict[str, float]
    before: str = ""


def picture_case(what: str, cell: str, event: str) -> Case:
    """A widget that answers with its picture."""
    return Case(what, cell, event, {"picture": PICTURE}, {"picture": ANSWER})


def bench_case(name: str, model: str) -> Case:
    return Case(
        f"`MutationBench` of `{name}`: a letter clicked",
        f"widgets.MutationBench({model}.eval(), letters, ['no', 'yes'])",
        LETTER,
        {
            "prediction": 'panel.querySelector("table").closest(".widget-html-content")',
            "picture": PICTURE,
        },
        {"prediction": PREDICTION, "picture": ANSWER},
    )


CASES = (
    picture_case(
        "`SequenceExplorer`: next sequence",
        "widgets.SequenceExplorer(sequences, 'GATA')",
        button("Next"),
    ),
    picture_case(
        f"`MotifWorkbench`: a count raised, 400 sequences of {LENGTH} bp",
        "widgets.MotifWorkbench(motif, sequences)",
        """panel.querySelector('[aria-label^="more T at position 2"]').click()""",
    ),
    picture_case(
        "`ConvolutionSlider`: arrow key",
        "widgets.ConvolutionSlider(letters, motif)",
        ARROW,
    ),
    picture_case(
        "`AuditExplorer`: arrow key, three classes of 289,061 rows",
        "widgets.AuditExplorer(gbl.published_intervals('human_ensembl_regulatory'))",
        ARROW,
    ),
    Case(
        "`TrainingDashboard`: Stop, while `LiteCNN` trains",
        "widgets.TrainingDashboard(models.LiteCNN(2), sequences, sequences[:100], epochs=500)",
        button("Stop"),
        {
            "note": """[...panel.querySelectorAll("[role=status]")].find(
                one => one.innerText.startsWith("Training")).closest(".widget-html-content")"""
        },
        {"note": ANSWER},
        before=button("Start"),
    ),
    bench_case("LiteCNN", "models.LiteCNN(2)"),
    bench_case("PaperCNN", f"models.PaperCNN(2, {LENGTH})"),
    picture_case(
        "`ThresholdExplorer`: arrow key, 3,000 rows",
        """scores = rng.uniform(size=3000)
widgets.ThresholdExplorer(
    (rng.integers(0, 2, 3000), np.stack([1 - scores, scores], 1)), ["no", "yes"]
)""",
        ARROW,
    ),
)

# A mutation of the element, then the next frame: the page that a person sees has changed.
TIME = """async ([event, shown, before, first, end]) => {
    const panel = document.querySelector(".gbl-panel");
    const rest = ms => new Promise(done => setTimeout(done, ms));
    const act = new Function("panel", "i", event), ready = new Function("panel", "i", before);
    const found = [];
    for (let i = first; i < end; i++) {
        ready(panel, i);
        await rest(before ? 700 : 150);
        const parts = shown.map(find => new Function("panel", `return ${find}`)(panel));
        const begun = performance.now();
        const changed = parts.map(part => new Promise((done, failed) => {
            new MutationObserver((_, observer) => {
                observer.disconnect();
                requestAnimationFrame(() => done(performance.now() - begun));
            }).observe(part, {childList: true, subtree: true, characterData: true});
            setTimeout(() => failed(new Error("nothing changed within 10 s")), 10000);
        }));
        act(panel, i);
        found.push(await Promise.all(changed));
        await rest(before ? 1500 : 150);
    }
    return found;
}"""


def rows(setting: Any) -> list[Row]:
    """All rows of this group; none where there is no browser."""
    reason = missing()
    if reason:
        print(f"widgets: left out, {reason}", file=sys.stderr)
        return []
    return measured(CASES)


def missing() -> str | None:
    """What is not there that this group needs."""
    try:
        import playwright.sync_api  # noqa: F401
    except ImportError:
        return "for playwright is missing: pip install playwright"
    return None if browser_tools().CHROMIUM else "for Debian's chromium is missing"


def browser_tools() -> Any:
    """What the browser tests use, too."""
    if str(BROWSER) not in sys.path:
        sys.path.append(str(BROWSER))
    import lab

    return lab


def measured(cases: Sequence[Case]) -> list[Row]:
    """The rows of these cases."""
    lab = browser_tools()
    found = []
    with two_cores(), tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        with lab.serving_notebooks(home) as served, lab.browsing(home / "profile") as page:
            for number, case in enumerate(cases):
                lab.run_cells(page, served, f"case_{number}", (SET_UP, case.cell))
                found += case_rows(page, case)
                lab.shut_down(page)
    return found


def case_rows(page: Any, case: Case) -> list[Row]:
    """One row a part of the answer, once the notebook runs."""
    try:
        page.locator(".gbl-panel").wait_for(timeout=START)
        page.wait_for_timeout(1500)  # its first picture
        order = [case.event, list(case.shown.values()), case.before]
        page.evaluate(TIME, [*order, 0, WARM])
        times = page.evaluate(TIME, [*order, WARM, WARM + EVENTS])
    except Exception as error:
        raise BenchmarkError(f"{case.what} could not be measured: {error}") from error
    alert = page.get_by_role("alert")
    if alert.count():
        raise BenchmarkError(f"{case.what} showed an error: {alert.first.inner_text()}")
    return [
        Row(f"{case.what}, {part}", list(each), [], case.targets.get(part), unit="ms")
        for part, each in zip(case.shown, zip(*times, strict=True), strict=True)
    ]
