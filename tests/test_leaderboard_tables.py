"""What a leaderboard tells: means, spreads, drops, and protocols that are never mixed unmarked."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import numpy as np
import pytest

from genbench_lite import cards, leaderboard_plots
from genbench_lite.errors import DataError, UnknownNameError
from genbench_lite.leaderboard import NOTES, Leaderboard, published_results
from genbench_lite.models import PaperCNN
from genbench_lite.sweeps import plan, protocols, records, shortcuts
from genbench_lite.sweeps.grid import Settings, make_grid
from genbench_lite.sweeps.sources import Ground

SHARED = Path(__file__).resolve().parents[2] / "shared" / "facts"
NONTATA, COHN = "human_nontata_promoters", "human_enhancers_cohn"
LINES = {"majority": 0.54, "length": 0.54, "lookup": 0.99}


def ground(dataset=NONTATA, data="published", split="published", **changes):
    rows = {"train": 1000, "test": 400}
    words = f"{split} split"
    return Ground(dataset, dataset, split, data, words, "c0ffee", rows, LINES, **changes)


def record(identity, accuracy, **changes):
    half = 0.02
    score = {"value": accuracy, "low": accuracy - half, "high": accuracy + half}
    return {
        "format": 1, "status": "done", "identity": identity, "reason": "",
        "scores": {"accuracy": score, "auroc": {"value": None}, "loss": {"value": 1 - accuracy}},
        "parameters": 67089, "epochs": 10, "validation": "unused", "trained_rows": 1000,
        "seconds": 60.0, "cpu_seconds": 120.0, "total_seconds": 70.0, "peak_memory_mb": 300.0,
        "threads": 2, "device": "cpu", "finished": "2026-01-01", "versions": {"python": "3.11"},
        "rows": {"train": 1000, "test": 400},
        "machine": {"system": "Linux", "architecture": "x", "processor": "fast", "cores": 4},
    } | changes  # fmt: skip


@pytest.fixture
def sweep(tmp_path, monkeypatch):
    """Write a sweep whose runs never ran; accuracies by model, or None where there is none."""

    def write(grounds, accuracies, seeds=1, settings=Settings(), **changes):  # noqa: B008
        places = [(g.dataset, g.source, g.split) for g in grounds]
        runs = make_grid(places, list(accuracies), seeds)
        monkeypatch.setattr(plan, "check_model", lambda model, folder: "")
        made, identities = plan.extended(None, settings, runs, grounds, "")
        made.save(tmp_path)
        for run in runs:
            folder, found = records.run_folder(tmp_path, run), accuracies[run.model]
            if callable(found):
                found = found(run)
            if isinstance(found, str):
                records.write_failure(folder, identities[run.name], found)
            elif found is not None:
                whole = record(identities[run.name], found, **changes)
                records.write_json(folder / records.RECORD, whole)
                (folder / records.NOTEBOOK).write_text("{}")
        return Leaderboard(tmp_path)

    return write


# Published figures


def test_published_figures_are_those_of_their_sources():
    if not SHARED.exists():
        pytest.skip("needs the collected figures beside the checkout (../shared/facts)")
    with (SHARED / "published_results.csv").open() as file:
        collected = {
            (r["model"], r["dataset"]): (r["test_accuracy"], r["protocol"], r["source"])
            for r in csv.DictReader(file)
        }
    with protocols.PUBLISHED.open() as file:
        ours = {
            (r["model"], r["dataset"]): (r["test_accuracy"], r["protocol"], r["source"])
            for r in csv.DictReader(file)
        }
    assert ours == collected


def test_published_figures_have_sources_and_known_notes():
    table = published_results()
    assert len(table) == 81
    assert set(table["dataset"]) == {n for n in cards.list_datasets() if not cards.card(n).embedded}
    assert table["source"].str.len().min() > 10
    assert table["accuracy"].between(0.4, 1).all()
    assert {note for notes in table["notes"] for note in notes.split("; ")} <= {*NOTES, ""}
    hyena = table[table["model"] == "HyenaDNA, pretrained"]
    assert hyena["notes"].str.contains(protocols.ON_TEST).all()
    words = table[table["model"] == "6-mer logistic regression"].set_index("dataset")["notes"]
    assert protocols.PART in words[COHN]
    assert protocols.PART not in words[NONTATA]


@pytest.mark.parametrize("name", [NONTATA, "human_ensembl_regulatory", COHN])
def test_the_size_of_the_published_network_is_that_of_the_dataset(name):
    table = published_results(name).set_index("model")
    size = sum(p.numel() for p in PaperCNN.for_dataset(name).parameters())
    assert table.at["Genomic Benchmarks CNN (PyTorch)", "parameters"] == size


def test_datasets_without_published_figures():
    assert not len(published_results("demo_planted_motifs"))
    with pytest.raises(UnknownNameError, match=COHN):
        published_results("human_enhancers_con")


# Means and what is missing of them


def test_means_and_spreads_over_seeds(sweep):
    board = sweep([ground()], {"LiteCNN": lambda run: 0.8 + 0.02 * run.seed}, seeds=3)
    (row,) = board.summary().to_dict("records")
    assert row["mean"] == pytest.approx(0.82)
    assert row["spread"] == pytest.approx(0.02)
    assert (row["low"], row["high"]) == pytest.approx((0.80, 0.84))
    assert row["cpu_minutes"] == pytest.approx(2)
    assert (row["done"], row["failed"], row["missing"]) == (3, 0, 0)
    assert "3 seeds, 1,000 training rows, 10 epochs, last epoch" in row["protocol"]
    assert row["notes"] == ""
    assert np.isnan(board.summary("auroc")["mean"].iloc[0])
    assert board.summary("loss")["mean"].iloc[0] == pytest.approx(0.18)


def test_one_run_has_no_spread_and_says_so(sweep):
    (row,) = sweep([ground()], {"LiteCNN": 0.8}).summary().to_dict("records")
    assert np.isnan(row["spread"])
    assert row["notes"] == protocols.ONE_RUN


def test_failed_and_missing_runs_are_told(sweep):
    some = {0: 0.8, 1: "DataError: too | short", 2: None}
    board = sweep([ground()], {"LiteCNN": lambda run: some[run.seed], "PaperCNN": None}, seeds=3)
    table = board.summary().set_index("model")
    assert table.loc["LiteCNN", ["done", "failed", "missing"]].tolist() == [1, 1, 1]
    assert table.at["LiteCNN", "reason"] == "DataError: too | short"
    assert table.loc["PaperCNN", ["done", "missing"]].tolist() == [0, 3]
    assert repr(board).endswith("4 missing, 1 done, 1 failed)")
    page = board.to_html()
    assert "6 runs: 1 done, 1 failed, 4 still to run." in page
    assert '<td class="n failed" data-label="accuracy (%)">80.0 (1 failed, 1 to run)' in page
    assert "<td class=failed>DataError: too | short" in page
    assert '<td colspan="5" class="absent">3 to run</td>' in page
    text = board.to_markdown()
    assert "- LiteCNN on human_nontata_promoters, published, seed 1: DataError: too | short" in text
    assert "Published figures: Caduceus" in text
    assert "| LiteCNN | this sweep | 80.0 (1 failed, 1 to run) |" in text
    assert "| PaperCNN | this sweep | 3 to run |" in text


def test_a_sweep_without_any_result(sweep):
    board = sweep([ground()], {"LiteCNN": "It | <broke>."})
    assert "1 failed: It | &lt;broke&gt;." in board.to_html()
    assert r"1 failed: It \| \<broke>." in board.to_markdown()
    assert not len(board.drops())
    with pytest.raises(DataError, match="no accuracy to draw"):
        leaderboard_plots.accuracy_plot(board.compared().query("by != 'published'"))
    assert len(sweep([ground()], {"LiteCNN": None}).runs()) == 1


def test_records_of_another_making_do_not_count(sweep, tmp_path, monkeypatch):
    board = sweep([ground()], {"LiteCNN": 0.8})
    (file,) = tmp_path.glob("runs/*/record.json")
    file.write_text(file.read_text().replace("c0ffee", "c0ffed"))
    assert Leaderboard(board.folder).runs()["status"].tolist() == ["missing"]
    file.write_text("{half")
    row = Leaderboard(board.folder).runs().iloc[0]
    assert row["status"] == "unreadable"
    assert "Run the sweep again" in row["reason"]
    assert "unreadable" in Leaderboard(board.folder).to_html()


def test_what_another_version_made_is_to_be_run_again(sweep, monkeypatch):
    board = sweep([ground()], {"LiteCNN": 0.8, "PaperCNN": 0.7})
    monkeypatch.setattr(plan, "__version__", "99")
    one = [run for run in board.plan.runs if run.model == "LiteCNN"]
    changed, _ = plan.extended(board.plan, Settings(), one, [ground()], "")
    changed.save(board.folder)
    assert len(changed.runs) == 2
    assert "--PaperCNN--" not in str(changed.digests)


# Protocols


def test_published_figures_stand_only_beside_those_of_the_same_rows(sweep):
    grounds = [
        ground(),
        ground(split="fair"),
        ground("human_ensembl_regulatory", "partial", "own"),
        ground("mine", "own", "own"),
    ]
    table = sweep(grounds, {"LiteCNN": 0.8}, seeds=2).compared()
    beside = {key: set(rows["by"]) for key, rows in table.groupby(["dataset", "measured_on"])}
    assert beside == {
        (NONTATA, "published split"): {"this sweep", "published"},
        (NONTATA, "fair split"): {"this sweep"},
        ("human_ensembl_regulatory", "its own split, part of the dataset"): {"this sweep"},
        ("human_ensembl_regulatory", "published split"): {"published"},
        ("mine", "its own split"): {"this sweep"},
    }


def test_the_page_says_what_is_not_comparable(sweep):
    grounds = [ground("human_ensembl_regulatory", "partial", "own"), ground("mine", "own", "own")]
    board = sweep(grounds, {"LiteCNN": 0.8}, seeds=2)
    for text in (board.to_markdown(), board.to_html(), board._repr_html_()):
        assert "not comparable with this sweep" in text
        assert "No figures were published for this dataset." in text
        assert "Notes: chosen on the test set; seeds not told" in text
        assert "its own split, part of the dataset" in text
    assert NOTES[protocols.ON_TEST] in board.to_html()


@pytest.mark.parametrize(
    ("settings", "changes", "note"),
    [
        (Settings(rows=500), {"trained_rows": 500}, protocols.PART),
        (Settings(rows=5000), {}, ""),
        (Settings(epochs=2), {"epochs": 2}, protocols.TRIAL),
        (Settings(epochs=2), {"epochs": None}, ""),
        (Settings(), {"validation": "set aside"}, protocols.ASIDE),
        (Settings(), {"validation": "split"}, protocols.STOPPED),
    ],
)
def test_what_sets_a_figure_apart_is_noted(sweep, settings, changes, note):
    board = sweep([ground()], {"LiteCNN": 0.8}, seeds=2, settings=settings, **changes)
    assert board.summary()["notes"].tolist() == [note]


def test_drops_have_intervals(sweep):
    def accuracy(run):
        return 0.9 if run.split == "published" else 0.7

    grounds = [ground(), ground(split="fair"), ground("mine", "own", "own")]
    board = sweep(grounds, {"LiteCNN": accuracy, "PaperCNN": None}, seeds=2)
    (row,) = board.drops().to_dict("records")
    assert (row["model"], row["dataset"]) == ("LiteCNN", NONTATA)
    assert row["drop"] == pytest.approx(0.2)
    assert row["high"] - row["drop"] == pytest.approx(1.96 * np.sqrt(2) * 0.04 / 3.92)
    assert "-20.0 points (95% interval -22.8 to -17.2)" in board.to_markdown()
    for text in (board.to_markdown(), board.to_html()):
        assert "A fair split keeps relatives" in text
    figure = leaderboard_plots.drop_plot(board.drops())
    assert "LiteCNN on human_nontata_promoters from 90.0% to 70.0%" in figure.alt
    with pytest.raises(DataError, match="both splits"):
        leaderboard_plots.drop_plot(board.drops()[:0])


def test_no_drop_at_all_has_no_sign_of_one(sweep):
    board = sweep([ground(), ground(split="fair")], {"LiteCNN": 0.8}, seeds=2)
    assert "80.0% to 80.0%, +0.0 points (95% interval -2.8 to +2.8)" in board.to_markdown()


def test_shortcuts_are_those_of_the_audit(sweep):
    found = shortcuts.published_shortcuts("human_ensembl_regulatory")
    assert found["length"] == pytest.approx(0.915, abs=0.001)
    board = sweep([ground()], {"LiteCNN": 0.8})
    assert board.shortcuts().iloc[0].to_dict() == {
        "dataset": NONTATA, "data": "published", "split": "published", **LINES
    }  # fmt: skip


# The page and the figures


def test_the_page_needs_nothing_else_and_escapes_names(sweep):
    odd = ground("<script>mine", "own", "own")
    page = sweep([odd], {"LiteCNN": 0.8}, seeds=2).to_html()
    assert "<script" not in page
    assert not re.findall(r'(?:src|href)="(?!data:|#)', page)
    assert page.count("<img") == page.count('alt="') == 2
    anchors = set(re.findall(r'href="#([^"]+)"', page))
    assert anchors == set(re.findall(r"<h2 id=(\S+?)>", page))


def test_dollar_signs_are_no_mathematics(sweep):
    odd = [ground("a$x^$", "own", "own"), ground("a$x^$", "own", "fair")]
    assert "a$x^$" in sweep(odd, {"m:$y_$": 0.8, "LiteCNN": 0.7}, seeds=2).to_html()


def test_figures_tell_what_they_show_and_refuse_to_mix(sweep):
    board = sweep([ground(), ground(split="fair")], {"LiteCNN": 0.8, "PaperCNN": 0.7}, seeds=2)
    table = board.compared()
    with pytest.raises(DataError, match="same test rows"):
        leaderboard_plots.accuracy_plot(table)
    rows = table[table["measured_on"] == "published split"]
    figure = leaderboard_plots.accuracy_plot(rows, LINES, "Non-TATA")
    assert figure.alt.startswith("Non-TATA. Test accuracy: HyenaDNA, pretrained 96.6% (published, ")
    assert "LiteCNN 80.0% (this sweep)" in figure.alt
    assert "copying a relative 99.0%" in figure.alt
    grey = [x for x in figure.axes[0].lines if x.get_color() == leaderboard_plots.GREY]
    places = {tuple(line.get_xdata()) for line in grey if len(set(line.get_ydata())) == 2}
    assert places == {(54.0, 54.0), (99.0, 99.0)}
    cost = leaderboard_plots.cost_plot(rows)
    assert [axis.get_xscale() for axis in cost.axes] == ["log", "log"]
    assert "LiteCNN 80.0% with 67,089 parameters in 2 min" in cost.alt
    assert len(leaderboard_plots.cost_plot(rows[rows["by"] == "published"]).axes) == 1
    with pytest.raises(DataError, match="known cost"):
        leaderboard_plots.cost_plot(rows.assign(parameters=np.nan, cpu_minutes=np.nan))


def test_a_page_that_cannot_be_written(sweep, tmp_path):
    with pytest.raises(Exception, match="cannot be written"):
        sweep([ground()], {"LiteCNN": 0.8}).to_html(tmp_path / "no" / "page.html")
