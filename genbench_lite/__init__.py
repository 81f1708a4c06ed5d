"""Genbench Lite: learn to classify DNA with neural networks on real benchmark data.

The public names load on first use (PEP 562), so that ``import genbench_lite`` costs
neither torch nor matplotlib.
"""

from __future__ import annotations

import importlib
import os
from typing import Any

# Torch's threads wait for each other by spinning. On a machine that others use too (a classroom
# hub, Binder, a second notebook) they then wait for cores that the spinning itself takes, and
# training becomes ten times slower. Torch reads this when it loads, which is later than here.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

__version__ = "0.1.0"

_HOME = {
    "Card": "cards",
    "card": "cards",
    "catalog": "cards",
    "info": "cards",
    "list_datasets": "cards",
    "Dataset": "dataset",
    "SequenceSet": "sequence_set",
    "GenbenchError": "errors",
    "AuditReport": "audits.audit_report",
    "audit": "auditing",
    "audit_intervals": "auditing",
    "Intervals": "interval_set",
    "published_intervals": "reading.shipped_intervals",
    "fair_split": "audits.splitting",
    "fair_split_of": "audits.shipped_splits",
    "download": "fetch",
    "is_downloaded": "fetch",
    "load": "fetch",
    "remove": "fetch",
    "from_archive": "reading.archive",
    "from_bed": "custom.from_regions",
    "from_fasta": "custom.from_letters",
    "from_frame": "custom.from_tables",
    "from_intervals": "intervals",
    "locate": "alignment",
    "write_dataset": "custom.writing",
    "evaluate": "training",
    "fit": "training",
    "predict": "training",
    "Quiz": "exercises",
    "check": "exercises",
    "Motif": "motif",
    "jaspar": "motifs",
    "search_jaspar": "motifs",
    "best_scores": "scanning",
    "scan": "scanning",
}
_MODULES = {
    "attribution": "attribution",
    "attribution_plots": "figures.attribution_plots",
    "audit_plots": "figures.audit_plots",
    "bench_plots": "figures.bench_plots",
    "callbacks": "networks.callbacks",
    "cards": "cards",
    "comparing": "comparing",
    "composition": "composition",
    "composition_plots": "figures.composition_plots",
    "coordinate_plots": "figures.coordinate_plots",
    "demo": "demo",
    "effect_plots": "figures.effect_plots",
    "enrichment_plots": "figures.enrichment_plots",
    "explanation_plots": "figures.explanation_plots",
    "filter_plots": "figures.filter_plots",
    "fitting_plots": "figures.fitting_plots",
    "kmer_plots": "figures.kmer_plots",
    "kmers": "kmers",
    "leaderboard": "leaderboard",
    "leaderboard_plots": "figures.leaderboard_plots",
    "leak_plots": "figures.leak_plots",
    "logos": "figures.logos",
    "models": "models",
    "motif_plots": "figures.motif_plots",
    "motifs": "motifs",
    "near_duplicates": "audits.near_duplicates",
    "network_plots": "figures.network_plots",
    "overlaps": "audits.overlaps",
    "plots": "plots",
    "scan_plots": "figures.scan_plots",
    "score_plots": "figures.score_plots",
    "scanning": "scanning",
    "seed_plots": "figures.seed_plots",
    "sequence": "sequence",
    "shuffling": "shuffling",
    "simulate": "simulate",
    "widgets": "widgets",
}

__all__ = ["__version__", *_HOME, *_MODULES]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        value = getattr(importlib.import_module(f".{_HOME[name]}", __name__), name)
    elif name in _MODULES:
        value = importlib.import_module(f".{_MODULES[name]}", __name__)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
