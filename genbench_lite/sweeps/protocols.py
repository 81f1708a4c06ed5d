"""What a figure means: on what it was measured, and how. Published figures, and the notes to all.

Two figures stand in one column only if they were measured on the same test rows: of one dataset,
all of it or the same part of it, under one split. What else differs (rows learned from, a choice
made on the test rows, one run for many) is told beside the figure, as a note.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..cards import list_datasets
from ..errors import UnknownNameError
from ..paths import DATA
from .sources import Ground

if TYPE_CHECKING:
    import pandas as pd

PUBLISHED = DATA / "published_results.csv"
ON_TEST = "chosen on the test set"
ASIDE = "a tenth set aside"
STOPPED = "stopped by the validation split"
PART = "part of the rows"
ONE_RUN = "one run"
UNTOLD = "seeds not told"
TRIAL = "trial"
NOTES = {
    ON_TEST: "The best epoch or setting was chosen by the test accuracy, which makes it too high.",
    PART: "Learned from a part of the training rows.",
    TRIAL: "Trained for another number of epochs than the model's recipe says.",
    ASIDE: "A tenth of the training rows was set aside to decide when to stop.",
    STOPPED: "A validation split, apart from training and test, decided when to stop.",
    ONE_RUN: "Another seed may move the figure; by how much is not known.",
    UNTOLD: "The source does not tell how many trainings the figure stands for.",
}
# whom the 20,000 rows of the 6-mer regression's source concern: the others were used whole
_SUBSAMPLED = (
    "human_enhancers_cohn",
    "human_ocr_ensembl",
    "demo_coding_vs_intergenomic_seqs",
    "demo_human_or_worm",
)
_DATA = {"published": "", "partial": ", part of the dataset", "own": ""}
_SPLIT = {"published": "published split", "fair": "fair split", "own": "its own split"}


def published_results(dataset: str | None = None) -> pd.DataFrame:
    """Test accuracies that others have published, with their sources.

    Parameters
    ----------
    dataset : str, optional
        Only those on one dataset; of most there are some, of embedded data none.

    Returns
    -------
    pandas.DataFrame
        One row a model and dataset: ``dataset``, ``model``, ``accuracy`` (0 to 1),
        ``parameters`` (missing where they are not known), ``protocol`` as its source describes
        it, ``notes`` (the keys of ``NOTES`` that apply, joined by "; ") and ``source``. All are
        on all rows of the published split.

    Raises
    ------
    UnknownNameError
        If there is no such dataset.

    Examples
    --------
    >>> found = published_results("human_nontata_promoters").set_index("model")
    >>> float(found.at["Genomic Benchmarks CNN (PyTorch)", "accuracy"])
    0.846
    >>> len(published_results("demo_open_chromatin_cells"))
    0
    """
    import pandas as pd

    if dataset is not None and dataset not in list_datasets():
        raise UnknownNameError("dataset", dataset, list_datasets())
    table = pd.read_csv(PUBLISHED).rename(columns={"test_accuracy": "accuracy"})
    if dataset is not None:
        table = table[table["dataset"] == dataset].reset_index(drop=True)
    table["notes"] = [
        "; ".join(_published_notes(protocol, name))
        for protocol, name in zip(table["protocol"], table["dataset"], strict=True)
    ]
    order = ["dataset", "model", "accuracy", "parameters", "protocol", "notes", "source"]
    return table[order]


def _published_notes(protocol: str, dataset: str) -> list[str]:
    signs = {
        ON_TEST: "selected on the test set" in protocol,
        PART: "subsample" in protocol and dataset in _SUBSAMPLED,
        ASIDE: "90/10" in protocol,
        ONE_RUN: "one run" in protocol,
        UNTOLD: "one run" not in protocol and "5 seeds" not in protocol,
    }
    return [note for note, holds in signs.items() if holds]


def measured_on(data: str, split: str) -> str:
    """The heading of a column of figures, behind the name of its dataset.

    Examples
    --------
    >>> measured_on("partial", "fair")
    'fair split, part of the dataset'
    """
    return _SPLIT[split] + _DATA[data]


def our_notes(record: dict[str, Any], ground: Ground, runs: int) -> list[str]:
    """What sets a figure of ours apart from one that learned from all rows, by recipe, often.

    Parameters
    ----------
    record : dict
        Of one of the runs.
    ground : Ground
        Its data.
    runs : int
        How many there are.
    """
    settings = record["identity"]["settings"]
    used = record["validation"]
    signs = {
        PART: settings["rows"] is not None and settings["rows"] < ground.rows["train"],
        TRIAL: settings["epochs"] is not None and record["epochs"] is not None,
        ASIDE: used == "set aside",
        STOPPED: used == "split",
        ONE_RUN: runs == 1,
    }
    return [note for note, holds in signs.items() if holds]


def our_protocol(record: dict[str, Any], ground: Ground, runs: int) -> str:
    """How a figure of ours came about, in words.

    Parameters
    ----------
    record : dict
        Of one of the runs.
    ground : Ground
        Its data.
    runs : int
        How many there are.
    """
    seeds = "one run" if runs == 1 else f"{runs} seeds"
    learned = f"{record['trained_rows']:,} training rows"
    if record["epochs"] is None:
        end = "trained by its own method"
    else:
        last = "last epoch" if record["validation"] == "unused" else "best epoch by validation"
        end = f"{record['epochs']} epochs, {last}"
    test = f"tested once on {record['rows']['test']:,} rows"
    return f"{ground.how}; {seeds}, {learned}, {end}, {test}"
