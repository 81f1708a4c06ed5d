"""The results of a sweep as tables: one row a run; means over seeds beside published figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DataError, UnknownNameError
from . import records
from .grid import Run
from .plan import load_plan
from .protocols import measured_on, our_notes, our_protocol, published_results

if TYPE_CHECKING:
    import pandas as pd

CELL = ["dataset", "data", "split", "model"]
SCORED = ("accuracy", "f1", "published_f1", "auroc", "average_precision", "mcc", "loss")
_SIMPLE = ("parameters", "epochs", "trained_rows", "seconds", "cpu_seconds", "total_seconds")
_MORE = ("peak_memory_mb", "threads", "device", "finished")
MISSING, UNREADABLE = "missing", "unreadable"


class Leaderboard:
    """The table of a sweep, read from its folder.

    Parameters
    ----------
    folder : path
        What :func:`~genbench_lite.sweeps.sweep.run_sweep` wrote, whether or not it is complete.

    Attributes
    ----------
    folder : pathlib.Path
    plan : Plan
        The runs, their settings and data.
    records : dict
        Name of a run to its record, of those that are done or failed.

    Raises
    ------
    DataError
        If the folder holds no sweep.
    """

    def __init__(self, folder: str | Path):
        self.folder = Path(folder).expanduser().absolute()
        self.plan = load_plan(self.folder)
        self.records: dict[str, dict[str, Any]] = {}
        self._unreadable: dict[str, str] = {}
        for run in self.plan.runs:
            try:
                record = records.read_record(records.run_folder(self.folder, run))
            except DataError as error:
                self._unreadable[run.name] = str(error)
                continue
            wanted = self.plan.digests.get(run.name)
            if record is not None and records.digest(record["identity"]) == wanted:
                self.records[run.name] = record

    def runs(self) -> pd.DataFrame:
        """One row a run.

        Returns
        -------
        pandas.DataFrame
            ``dataset``, ``data``, ``split``, ``model``, ``seed``; ``status`` (``done``,
            ``failed``, ``missing`` or ``unreadable``) and ``reason``; the scores, and the ends of
            the 95% interval of each as ``accuracy_low`` and so on; ``parameters``; what it took
            (seconds of training, processor seconds, peak memory of the kernel in MB) on which
            machine with which versions; ``checksum`` of the data; ``protocol`` and ``notes``;
            ``notebook``, its path in the folder.
        """
        import pandas as pd

        return pd.DataFrame([self._row(run) for run in self.plan.runs])

    def _row(self, run: Run) -> dict[str, Any]:
        ground, record = self.plan.ground(run), self.records.get(run.name)
        row: dict[str, Any] = {
            "dataset": run.dataset, "data": ground.data, "split": run.split, "model": run.model,
            "seed": run.seed, "status": self._status(run),
            "reason": self._unreadable.get(run.name, record["reason"] if record else ""),
        }  # fmt: skip
        done = record if record and record["status"] == records.DONE else {}
        scores = done.get("scores", {})
        for name in SCORED:
            for key in ("value", "low", "high"):
                value = scores.get(name, {}).get(key)
                column = name if key == "value" else f"{name}_{key}"
                row[column] = np.nan if value is None else value
        for name in (*_SIMPLE, *_MORE):
            value = done.get(name)
            row[name] = np.nan if value is None and name in _SIMPLE else value
        machine, versions = done.get("machine", {}), done.get("versions", {})
        form = "{system} {architecture}, {processor}, {cores} cores"
        row["machine"] = form.format(**machine) if machine else ""
        row |= {name: versions.get(name, "") for name in ("python", "torch", "numpy")}
        row["genbench_lite"] = versions.get("genbench_lite", "")
        row["checksum"] = ground.checksum
        row["protocol"] = our_protocol(done, ground, 1) if done else ""
        row["notes"] = "; ".join(our_notes(done, ground, 1)) if done else ""
        row["notebook"] = f"runs/{run.name}/{records.NOTEBOOK}" if record else ""
        return row

    def _status(self, run: Run) -> str:
        if run.name in self._unreadable:
            return UNREADABLE
        record = self.records.get(run.name)
        return record["status"] if record else MISSING

    def summary(self, measure: str = "accuracy") -> pd.DataFrame:
        """One row a model, dataset and split: the mean over seeds, and its spread.

        Parameters
        ----------
        measure : str
            One of the scores in :meth:`runs`.

        Returns
        -------
        pandas.DataFrame
            ``dataset``, ``data``, ``split``, ``model``; ``mean``; ``spread``, the standard
            deviation over seeds (NaN for one run); ``low`` and ``high``, the ends of the 95%
            interval for other test sequences, each the mean over the runs; ``done``, ``failed``
            and ``missing`` runs, with the ``reason`` of the first failure; ``parameters``;
            ``cpu_minutes`` of training, mean over the runs; ``protocol`` and ``notes``. Best
            first within each dataset and split.

        Raises
        ------
        UnknownNameError
            If there is no such measure.
        """
        import pandas as pd

        if measure not in SCORED:
            raise UnknownNameError("measure", measure, SCORED)
        rows = []
        for key, runs in self.runs().groupby(CELL, sort=False):
            done, failed = runs[runs["status"] == "done"], runs[runs["status"] == "failed"]
            rows.append(
                dict(zip(CELL, key, strict=True))
                | {
                    "mean": done[measure].mean(),
                    "spread": done[measure].std(),
                    "low": _mean(done, f"{measure}_low"),
                    "high": _mean(done, f"{measure}_high"),
                    "done": len(done),
                    "failed": len(failed),
                    "missing": len(runs) - len(done) - len(failed),
                    "reason": failed["reason"].iloc[0] if len(failed) else "",
                    "parameters": done["parameters"].mean(),
                    "cpu_minutes": done["cpu_seconds"].mean() / 60,
                }
                | self._described(runs, len(done))
            )
        table = pd.DataFrame(rows)
        table["_place"] = table.groupby(CELL[:3], sort=False).ngroup()
        ordered = table.sort_values(["_place", "mean"], ascending=[True, measure == "loss"])
        return ordered.drop(columns="_place").reset_index(drop=True)

    def _described(self, runs: pd.DataFrame, done: int) -> dict[str, str]:
        """Protocol and notes of a cell, from its first run that is done."""
        for place in runs.index[runs["status"] == "done"]:  # the rows are the runs of the plan
            run = self.plan.runs[place]
            record, ground = self.records[run.name], self.plan.ground(run)
            return {
                "protocol": our_protocol(record, ground, done),
                "notes": "; ".join(our_notes(record, ground, done)),
            }
        return {"protocol": "", "notes": ""}

    def compared(self) -> pd.DataFrame:
        """Accuracies of this sweep and published ones, as one table that keeps them apart.

        Returns
        -------
        pandas.DataFrame
            The rows of :meth:`summary`, then the published figures on the same datasets, with
            the columns ``by`` (``"this sweep"`` or ``"published"``), ``measured_on`` and
            ``source`` more. Compare only rows of equal ``dataset`` and ``measured_on``, and mind
            their ``notes``.
        """
        import pandas as pd

        ours = self.summary().assign(by="this sweep", source="")
        published = published_results().rename(columns={"accuracy": "mean"})
        published = published[published["dataset"].isin(ours["dataset"].unique())]
        published = published.assign(by="published", data="published", split="published")
        published = published.assign(done=np.nan, failed=0, missing=0, reason="")
        both = pd.concat([ours, published], ignore_index=True) if len(published) else ours
        pairs = zip(both["data"], both["split"], strict=True)
        return both.assign(measured_on=[measured_on(*pair) for pair in pairs])

    def drops(self) -> pd.DataFrame:
        """What is left of each accuracy under the fair split.

        Returns
        -------
        pandas.DataFrame
            One row a model and dataset that was run under both splits: accuracies ``before`` (the
            published split, or that of an archive) and ``fair``; ``drop`` from one to the other,
            with its 95% interval ``low`` to ``high`` (normal approximation: the test rows of
            both, and the seeds). An interval that holds 0 is no drop yet.
        """
        import pandas as pd

        table = self.summary()
        before = table[table["split"] != "fair"].rename(columns={"mean": "before"})
        fair = table[table["split"] == "fair"].rename(columns={"mean": "fair"})
        keys = ["dataset", "data", "model"]
        both = before.merge(fair, on=keys, suffixes=("", "_fair"))
        both = both[both["before"].notna() & both["fair"].notna()]
        drop = both["before"] - both["fair"]
        half = 1.96 * np.sqrt(_variance(both, "") + _variance(both, "_fair"))
        found = both[[*keys, "before", "fair"]].assign(drop=drop, low=drop - half, high=drop + half)
        return pd.DataFrame(found).reset_index(drop=True)

    def shortcuts(self) -> pd.DataFrame:
        """What needs no model: test accuracies of the shortcuts, one row a dataset and split."""
        import pandas as pd

        rows = [
            {"dataset": g.dataset, "data": g.data, "split": g.split} | g.shortcuts
            for g in self.plan.grounds.values()
        ]
        columns = ["dataset", "data", "split", "majority", "length", "lookup"]
        types = dict.fromkeys(columns[3:], "float64")
        return pd.DataFrame(rows, columns=columns).astype(types)

    def to_markdown(self) -> str:
        """The tables as Markdown, a heading for each dataset and split."""
        from .wording import markdown

        return markdown(self)

    def to_html(self, path: str | Path | None = None) -> str:
        """One web page with tables and figures that needs nothing else.

        Parameters
        ----------
        path : path, optional
            File to write as well.
        """
        from ..audits.audit_report import write_text
        from .page import html_page

        page = html_page(self)
        if path is not None:
            write_text(path, page)
        return page

    def _repr_html_(self) -> str:
        from .page import tables_html

        return tables_html(self)

    def __repr__(self) -> str:
        counts = self.runs()["status"].value_counts()
        listed = ", ".join(f"{n} {status}" for status, n in counts.items())
        return f"Leaderboard({self.folder.name!r}: {listed})"


def _mean(done: pd.DataFrame, column: str) -> float:
    return done[column].mean() if column in done else np.nan


def _variance(table: pd.DataFrame, suffix: str) -> pd.Series:
    """Of a mean over seeds: what the test rows leave open, and what the seeds do."""
    rows = ((table[f"high{suffix}"] - table[f"low{suffix}"]) / 3.92) ** 2
    seeds = table[f"spread{suffix}"].fillna(0) ** 2 / table[f"done{suffix}"].clip(lower=1)
    return rows + seeds
