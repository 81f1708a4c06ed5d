"""The rows that concern looking at sequences: k-mers, shuffles, motif scans, logos.

As a script, one task a process, its result as JSON on standard output:

    python benchmarks/composition.py kmers|shuffle|scan|logos
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

import numpy as np
from measure import BenchmarkError, Row, run_side

SEQUENCES, LENGTH, K = 100_000, 200, 6
SCANNED, MOTIFS = 10_000, 100
LOGO = 250  # bp
CORES = 2


def rows(setting: Any) -> list[Row]:
    """All rows of this group."""
    results = {
        task: [run_side(sys.executable, "composition.py", task) for _ in range(setting.repeats)]
        for task in TASKS
    }

    def column(task: str, key: str) -> list[float]:
        return [result[key] for result in results[task]]

    many = f"{SEQUENCES:,} sequences of {LENGTH} bp"
    logo = f"attribution logo of {LOGO} bp against logomaker"
    theirs, their_figure = column("logos", "their letters"), column("logos", "their figure")
    return [
        Row(f"{K}-mers of {many}, sparse", column("kmers", "sparse"), [], target=2),
        Row(f"{K}-mers of {many}, dense", column("kmers", "dense"), [], target=2),
        Row(f"dinucleotide shuffle of {many}", column("shuffle", "seconds"), [], target=None),
        Row(
            f"scan of {SCANNED:,} sequences of {LENGTH} bp for {MOTIFS} motifs, with p-values",
            column("scan", "seconds"),
            [],
            target=10,
        ),
        Row(f"{logo}: letters on an axis", column("logos", "letters"), theirs, target=100),
        Row(f"{logo}: SVG text", column("logos", "svg"), theirs, target=100),
        Row(f"{logo}: figure", column("logos", "figure"), their_figure, target=None),
    ]


def kmers(n: int = SEQUENCES) -> dict[str, float]:
    """Seconds to count k-mers, into a sparse matrix and into an array."""
    import scipy.sparse  # noqa: F401

    from genbench_lite.kmers import kmer_counts

    codes = _random_codes(n)
    seconds, thin = _timed(lambda: kmer_counts(codes, K, sparse=True))
    counted = {"sparse": seconds}
    counted["dense"], counts = _timed(lambda: kmer_counts(codes, K))
    if not int(thin.sum()) == int(counts.sum()) == n * (LENGTH - K + 1):
        raise BenchmarkError("The k-mers of random letters are not all counted.")
    return counted


def shuffle(n: int = SEQUENCES) -> dict[str, float]:
    """Seconds to shuffle, every dinucleotide kept."""
    from genbench_lite.kmers import kmer_counts
    from genbench_lite.shuffling import dinucleotide_shuffle

    codes = _random_codes(n)
    seconds, shuffled = _timed(lambda: dinucleotide_shuffle(codes))
    if not np.array_equal(kmer_counts(codes, 2), kmer_counts(shuffled, 2)):
        raise BenchmarkError("The shuffle does not keep the dinucleotides.")
    return {"seconds": seconds}


def scan(n: int = SCANNED, n_motifs: int = MOTIFS) -> dict[str, float]:
    """Seconds to scan both strands for the first motifs of JASPAR, p-values included."""
    from genbench_lite import scanning
    from genbench_lite.motifs import jaspar_motifs

    codes, motifs = _random_codes(n), jaspar_motifs()[:n_motifs]
    seconds, hits = _timed(lambda: scanning.scan(codes, motifs))
    if not (hits["p"] <= 1e-4).all():
        raise BenchmarkError("The scan reports hits above its threshold.")
    return {"seconds": seconds}


def logos() -> dict[str, float]:
    """Seconds for the letters and for the figure of one attribution, by us and by logomaker."""
    import logomaker
    import pandas as pd
    from matplotlib.figure import Figure

    from genbench_lite.figures.attribution_plots import attribution_logo, attribution_svg
    from genbench_lite.figures.letters import add_letters, stack

    rng = np.random.default_rng(0)
    codes = rng.integers(0, 4, LOGO)
    values = np.where(codes == np.arange(4)[:, None], rng.normal(size=(4, LOGO)), 0)
    table = pd.DataFrame(values.T, columns=list("ACGT"))

    def their_figure(table: pd.DataFrame) -> Any:
        return logomaker.Logo(table, ax=Figure(figsize=(12, 4)).subplots())

    attribution_logo(values[:, :9])  # fonts are read once, by either side
    attribution_svg(values[:, :9])
    theirs = their_figure(table[:9])
    ours_axis, their_axis = Figure().subplots(), Figure().subplots()
    result = {}
    result["letters"], _ = _timed(lambda: add_letters(ours_axis, stack(values), 0, 0, LOGO))
    result["their letters"], theirs = _timed(lambda: logomaker.Logo(table, ax=their_axis))
    result["svg"], _ = _timed(lambda: attribution_svg(values))
    result["figure"], _ = _timed(lambda: attribution_logo(values))
    result["their figure"], _ = _timed(lambda: their_figure(table))
    heights = sorted(g.ceiling - g.floor for g in theirs.glyph_list if g.ceiling > g.floor)
    if not np.allclose(heights, np.sort(np.abs(stack(values).heights))):
        raise BenchmarkError("The letters of the two logos differ in height.")
    return result


def _random_codes(n: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 4, (n, LENGTH), dtype=np.uint8)


def _timed(run: Any) -> tuple[float, Any]:
    started = time.perf_counter()
    result = run()
    return time.perf_counter() - started, result


TASKS = {"kmers": kmers, "shuffle": shuffle, "scan": scan, "logos": logos}

if __name__ == "__main__":
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    print(json.dumps(TASKS[sys.argv[1]]()))
