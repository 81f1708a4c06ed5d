"""Explanations: their time, oracles, scores against planted truth, and motifs of JASPAR.

    python benchmarks/run.py explain

takes about ten minutes. Rows for captum and tangermeme are there where those are installed. As a
script, one task a process, its result as JSON on standard output:

    python benchmarks/explain.py mutagenesis|agreement|planted
    python benchmarks/explain.py jaspar real|shuffled
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from measure import Row, run_side, table

CORES = 2
LENGTH = 250  # bp
EXPLAINED = 300  # planted sequences
SITES, EACH = 8000, 3000  # sequences to find filters' sites in, and to explain of each class
BACKGROUNDS = 100
SURE = 0.05  # false discovery rate
# protein, the cell line that biology puts it in (any if None), and how its matrices' names begin
EXPECTED = (
    ("GATA", "K562", ("GATA",)),
    ("HNF4", "HepG2", ("HNF4",)),
    ("HNF1", "HepG2", ("HNF1",)),
    ("FOXA", "HepG2", ("FOXA",)),
    ("CEBP", "HepG2", ("CEBP",)),
    ("POU5F1/SOX2", "hESCT0", ("POU5F1", "SOX2")),
    ("ZIC or OTX", "hESCT0", ("ZIC", "OTX")),
    ("SPI1", "GM12878", ("SPI1",)),
    ("RUNX", "GM12878", ("RUNX",)),
    ("IRF", "GM12878", ("IRF",)),
    ("NF-kB", "GM12878", ("NFKB", "REL")),
    ("AP-1", None, ("FOS", "JUN")),
    ("CTCF", None, ("CTCF",)),
)
LONG = 30  # bp: the two extended matrices of CTCF, faint for most of their length, are left out


def run(setting: Any) -> str:
    """All tables of this group."""
    timed = [task("mutagenesis") for _ in range(setting.repeats)]
    what = f"mutagenesis of one {LENGTH} bp sequence ({3 * LENGTH} mutants), `LiteCNN`"
    rows = [Row(what, [1000 * one["seconds"] for one in timed], [], target=100, unit="ms")]
    for what, gap in task("agreement").items():
        rows.append(Row(f"largest difference, {what}", [gap], [], target=1e-4, unit="logits"))
    motifs = jaspar_table(task("jaspar", "real"), task("jaspar", "shuffled"))
    return "\n\n".join([table(rows), planted_table(task("planted")), motifs])


def task(*arguments: str) -> Any:
    return run_side(sys.executable, "explain.py", *arguments)


def mutagenesis() -> dict[str, float]:
    """Seconds for all mutants of one sequence, after one that warms up."""
    from genbench_lite import attribution, models

    model, codes = models.LiteCNN(2), _random_codes(2)
    attribution.mutagenesis(model, codes[:1], 1)
    started = time.perf_counter()
    attribution.mutagenesis(model, codes[1:], 1)
    return {"seconds": time.perf_counter() - started}


def agreement() -> dict[str, float]:
    """Largest differences between our attributions and those of captum and tangermeme."""
    import torch

    from genbench_lite import attribution, models, sequence

    torch.manual_seed(0)
    codes, gaps = _random_codes(8), {}
    origin = np.roll(codes, 7, axis=1)
    x, start = (torch.from_numpy(sequence.one_hot(each)) for each in (codes, origin))
    for name, model in (
        ("`LiteCNN`", models.LiteCNN(2).eval()),
        ("`PaperCNN`", models.PaperCNN(2, LENGTH, sigmoid_twice=False).eval()),
    ):
        odds = _log_odds(model)
        if importlib.util.find_spec("captum"):
            from captum.attr import InputXGradient, IntegratedGradients

            ours = attribution.saliency(model, codes, 1, times_input=True, corrected=False)
            theirs = InputXGradient(odds).attribute(x.clone().requires_grad_())
            gaps[f"gradient x input of {name}, captum"] = _gap(ours, theirs)
            ours = attribution.integrated_gradients(
                model, codes, 1, references=origin[None], steps=50
            )
            theirs = IntegratedGradients(odds).attribute(
                x, start, n_steps=50, method="riemann_middle"
            )
            gaps[f"integrated gradients of {name}, captum"] = _gap(ours.sum(1), theirs.sum(1))
        if importlib.util.find_spec("tangermeme"):
            gaps[f"mutagenesis of {name}, tangermeme"] = _tangermeme_gap(model, codes, x)
    return gaps


def _log_odds(model: Any) -> Callable[[Any], Any]:
    def odds(x: Any) -> Any:
        output = model(x)
        return output[:, 0] if output.shape[1] == 1 else output[:, 1] - output[:, 0]

    return odds


def _tangermeme_gap(model: Any, codes: np.ndarray, x: Any) -> float:
    import torch
    from tangermeme.saturation_mutagenesis import saturation_mutagenesis

    from genbench_lite import attribution

    class Odds(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, x: Any) -> Any:
            return _log_odds(self.model)(x)[:, None]

    raw = saturation_mutagenesis(Odds().eval(), x, raw_outputs=True, device="cpu", fast=False)
    theirs = (raw[1][..., 0] - raw[0][:, 0, None, None]).detach().numpy()
    ours = attribution.mutagenesis(model, codes, 1)
    return _gap(ours, theirs if theirs.shape == ours.shape else theirs.transpose(0, 2, 1))


def _gap(ours: np.ndarray, theirs: Any) -> float:
    theirs = theirs if isinstance(theirs, np.ndarray) else theirs.detach().numpy()
    return float(np.abs(ours - theirs).max())


def planted() -> list[dict[str, Any]]:
    """Average precision for planted positions: of each model, trained and not, and method."""
    import torch

    import genbench_lite as gbl
    from genbench_lite import attribution, models

    demo = gbl.load("demo_planted_motifs")
    rows = np.flatnonzero(demo.truth["test"].mask.any(1))[:EXPLAINED]
    truth = demo.truth["test"]
    explained, whole = demo.test[rows], truth.mask[rows]
    masks = {"both": whole, **{name: mask[rows] for name, mask in truth.masks.items()}}
    torch.manual_seed(0)
    baseline = models.KmerBaseline(6)
    lite, paper = models.LiteCNN(2), models.PaperCNN(2, demo.train.max_length)
    gbl.fit(lite, demo.train, demo.valid, **models.LiteCNN.RECIPE)
    gbl.fit(paper, demo.train, demo.valid)
    gbl.fit(baseline, demo.train)
    scores = []
    for name, model in (("`LiteCNN`", lite), ("`PaperCNN`", paper), ("`KmerBaseline`", baseline)):
        accuracy = gbl.evaluate(model, demo.test).accuracy
        states = [("trained", model)]
        if isinstance(model, torch.nn.Module):
            states.append(("random weights", attribution.random_network(model)))
        for state, one in states:
            for method, values in _explanations(one, explained):
                for motif, mask in masks.items():
                    # the other motif is right as well: it must not count against this one
                    score = attribution.score_attributions(
                        np.where((whole & ~mask)[:, None], 0, values), mask
                    )
                    numbers = {key: getattr(score, key) for key in ("precision", "low", "high")}
                    about = {"model": name, "state": state, "method": method, "motif": motif}
                    scores.append(about | numbers | {"accuracy": accuracy, "chance": score.chance})
    return scores


def _explanations(model: Any, sequences: Any) -> Iterator[tuple[str, np.ndarray]]:
    import torch

    from genbench_lite import attribution

    if isinstance(model, torch.nn.Module):
        yield "gradient, corrected", attribution.saliency(model, sequences, 1)
        for name, corrected in (("", False), (", corrected", True)):
            yield (
                f"gradient x input{name}",
                attribution.saliency(model, sequences, 1, times_input=True, corrected=corrected),
            )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of gaps: the score shows what they cost
            yield "integrated gradients", attribution.integrated_gradients(model, sequences, 1)
            if importlib.util.find_spec("captum"):
                yield "DeepLIFT (captum)", attribution.deeplift(model, sequences, 1)
    yield "mutagenesis", attribution.mutagenesis(model, sequences, 1)


def planted_table(scores: list[dict[str, Any]]) -> str:
    """Markdown: one row a method and motif, one column a model and state."""
    models = list(dict.fromkeys((one["model"], one["state"]) for one in scores))
    rows = list(dict.fromkeys((one["method"], one["motif"]) for one in scores))
    accuracies = {one["model"]: one["accuracy"] for one in scores}
    lines = [
        [
            "average precision (95% interval)",
            "motif",
            *(f"{model}, {state}" for model, state in models),
        ],
        ["---"] * (len(models) + 2),
    ]
    by_key = {(one["method"], one["motif"], one["model"], one["state"]): one for one in scores}
    for row in rows:
        cells = [by_key.get((*row, *each)) for each in models]
        lines.append(
            [*row]
            + [
                "–" if one is None else "{precision:.2f} ({low:.2f} to {high:.2f})".format(**one)
                for one in cells
            ]
        )
    told = ", ".join(f"{name} {100 * share:.1f}%" for name, share in accuracies.items())
    chances = {one["motif"]: one["chance"] for one in scores}
    guess = ", ".join(f"{chance:.2f} ({motif})" for motif, chance in chances.items())
    note = f"Guessing scores {guess}. Test accuracy: {told}."
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + f"\n\n{note}"


def jaspar(labels: str) -> dict[str, Any]:
    """Which of the expected motifs a network shows, trained on real or on shuffled labels."""
    import torch

    import genbench_lite as gbl
    from genbench_lite import attribution, models
    from genbench_lite.motifs import jaspar_motifs

    demo = gbl.load("demo_open_chromatin_cells")
    train = demo.train if labels == "real" else attribution.shuffle_labels(demo.train)
    torch.manual_seed(0)
    model = models.LiteCNN(len(demo.classes))
    gbl.fit(model, train, demo.valid, **models.LiteCNN.RECIPE)
    known = [one for one in jaspar_motifs() if one.taxon == "vertebrates" and len(one) < LONG]
    shown = {
        "filters": _filters_of(model, demo),
        "patterns": [pair for c in range(len(demo.classes)) for pair in _patterns(model, demo, c)],
    }
    result: dict[str, Any] = {"accuracy": gbl.evaluate(model, demo.test).accuracy}
    for kind, pairs in shown.items():
        hits = []
        if pairs:
            motifs, cells = zip(*pairs, strict=True)
            named = attribution.name_motifs(motifs, known, matches=len(known))
            cell = dict(zip((motif.name for motif in motifs), cells, strict=True))
            sure = named[named["q"] < SURE]
            hits = [
                [one.name, float(one.q), cell[one.motif], one.motif]
                for one in sure.itertuples(index=False)
            ]
        result[kind] = {"shown": len(pairs), "hits": hits}
    return result


def _filters_of(model: Any, demo: Any) -> list[tuple[Any, str]]:
    """Motifs of filters, each with the class whose logit it raises most in shuffled letters."""
    from genbench_lite import attribution
    from genbench_lite.shuffling import dinucleotide_shuffle

    motifs = attribution.filter_motifs(model, demo.train.subset(SITES))
    background = dinucleotide_shuffle(demo.valid.subset(BACKGROUNDS))
    effects = attribution.marginalize(model, motifs, background)
    best = effects.loc[effects.groupby("motif")["change"].idxmax()].set_index("motif")["class"]
    return [(motif, best[motif.name]) for motif in motifs]


def _patterns(model: Any, demo: Any, label: int) -> list[tuple[Any, str]]:
    """Motifs among the seqlets of sequences of one class, explained for it."""
    from dataclasses import replace

    from genbench_lite import attribution

    name = demo.classes[label]
    mine = demo.train[demo.train.labels == label].subset(EACH)
    values = attribution.saliency(model, mine, label, times_input=True)
    motifs = attribution.attribution_motifs(values, mine, most=EACH)
    return [(replace(motif, name=f"{name} {motif.name}"), name) for motif in motifs]


def expected_in(result: dict[str, Any]) -> dict[str, str]:
    """Each expected motif that was found in the right cell line, and the surest match."""
    found = {}
    for protein, cell, names in EXPECTED:
        hits = [
            (q, f"{name}, {q:.0e}, {motif} ({where})")
            for kind in ("filters", "patterns")
            for name, q, where, motif in result[kind]["hits"]
            if name.upper().startswith(names) and where == (cell or where)
        ]
        if hits:
            found[protein] = min(hits)[1]
    return found


def jaspar_table(real: dict[str, Any], shuffled: dict[str, Any]) -> str:
    """Markdown: what was found where biology puts it, and what of it in the control."""
    ours, control = expected_in(real), expected_in(shuffled)
    lines = [
        ["motif", "cell line", "surest match: JASPAR, q, where", "with shuffled labels"],
        ["---"] * 4,
        *(
            [protein, cell or "any", ours.get(protein, "**not found**"), control.get(protein, "–")]
            for protein, cell, _ in EXPECTED
        ),
    ]
    counts = [
        f"{kind} with any match: {len({hit[3] for hit in one[kind]['hits']})} of "
        f"{one[kind]['shown']} ({name})"
        for kind in ("filters", "patterns")
        for name, one in (("real labels", real), ("shuffled", shuffled))
    ]
    right, chance = (f"{100 * one['accuracy']:.1f}%" for one in (real, shuffled))
    told = f"{right} and, with shuffled labels, {chance}"
    note = f"Found: {len(ours)} of {len(EXPECTED)}. {'; '.join(counts)}. Test accuracy {told}."
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + f"\n\n{note}"


def _random_codes(n: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 4, (n, LENGTH), dtype=np.uint8)


TASKS = {
    "mutagenesis": mutagenesis,
    "agreement": agreement,
    "planted": planted,
    "jaspar": jaspar,
}

if __name__ == "__main__":
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    print(json.dumps(TASKS[sys.argv[1]](*sys.argv[2:])))
