from __future__ import annotations

import dataclasses
import io
import socket
import sys

import numpy as np
import pytest

from genbench_lite import auditing, cards, fetch
from genbench_lite.auditing import audit, audit_intervals
from genbench_lite.audits.findings import Finding, skipped
from genbench_lite.dataset import Dataset
from genbench_lite.errors import DataError, UnknownNameError
from genbench_lite.interval_set import Intervals
from genbench_lite.reading.archive import from_archive
from genbench_lite.sequence_set import LOCUS, SequenceSet

FLY = "drosophila_enhancers_stark"
LEAKS = {"overlap", "duplicates", "relatives"}


def made(n: int = 60, seed: int = 0, classes: int = 2, loci: bool = False) -> SequenceSet:
    rng = np.random.default_rng(seed)
    texts = ["".join(rng.choice(list("ACGT"), 60)) for _ in range(n)]
    places = None
    if loci:
        places = np.zeros(n, LOCUS)
        places["region"] = "chr1" if seed else "chr2"
        places["start"] = 1000 * np.arange(n)
        places["end"] = places["start"] + 60
        places["strand"] = "+"
    names = tuple("abcdefgh"[:classes])
    return SequenceSet.from_strings(texts, np.arange(n) % classes, names, loci=places)


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("an audit asked the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)


# what cannot be audited


@pytest.mark.parametrize("wrong", ["human_enhancers_con", "no such thing"])
@pytest.mark.parametrize("run", [audit, audit_intervals])
def test_an_unknown_name(run, wrong, no_network):
    with pytest.raises(UnknownNameError, match=r"Did you mean|Known are"):
        run(wrong)


@pytest.mark.parametrize("wrong", [None, 3, ["ACGT"], made(4)])
def test_what_is_no_dataset(wrong):
    with pytest.raises(DataError, match=r"not (NoneType|int|list|SequenceSet).*gbl.Dataset"):
        audit(wrong)


@pytest.mark.parametrize("wrong", [None, 3, made(4)])
def test_what_is_no_interval_list(wrong):
    with pytest.raises(DataError, match=rf"not {type(wrong).__name__}.*gbl\.audit"):
        audit_intervals(wrong)


def test_a_folder_without_lists(tmp_path):
    with pytest.raises(DataError, match=r"no metadata.yaml"):
        audit_intervals(tmp_path)


# what may never be called fine

EMPTY = made(0)
TINY = {
    "three rows": Dataset("x", made(2), made(1, 1)),
    "an empty test": Dataset("x", made(200), made(200)[[]]),
    "an empty training": Dataset("x", made(200)[[]], made(200)),
    "nothing": Dataset("x", EMPTY, EMPTY),
    "one class": Dataset("x", made(200, classes=1), made(200, 1, classes=1)),
    "all N": Dataset(
        "x",
        *(SequenceSet.from_strings(["N" * 20] * 50, [0, 1] * 25, ["a", "b"]) for _ in range(2)),
    ),
}


@pytest.mark.parametrize("name", TINY)
def test_too_little_is_never_fine_and_never_a_crash(name):
    report = audit(TINY[name])
    assert report.verdict != "fine"
    assert report.to_json()
    assert report._repr_html_()
    assert len(repr(report)) > 50


def test_intervals_of_one_row():
    one = Intervals.from_columns("x", ["a", "b"], ["chr1"], [0], [5], [1], ["train"])
    assert audit_intervals(one).verdict != "fine"


def test_rows_without_a_chromosome_are_named_and_the_rest_is_audited():
    train, test = made(300, loci=True), made(150, 1, loci=True)
    train.loci["region"][7] = ""
    report = audit(Dataset("x", train, test))
    found = report.to_frame().loc["coordinates"]
    assert found["verdict"] == "skipped"
    assert "has no region" in found["detail"]
    assert (report.to_frame()["verdict"] != "skipped").any()


# which questions are asked


def test_each_question_comes_once():
    report = audit(Dataset("x", made(300, loci=True), made(150, 1, loci=True)))
    checks = [f.check for f in report.findings]
    assert len(checks) == len(set(checks))
    titles = [f.title for f in report.findings]
    assert len(titles) == len(set(titles))
    assert "sequences, and their coordinates" in report.about


def test_without_coordinates_the_report_says_so():
    report = audit(Dataset("x", made(300), made(150, 1)))
    assert report.to_frame().at["coordinates", "verdict"] == "skipped"
    assert "gbl.locate" in repr(report)
    assert "Audited: sequences alone." in report.about
    assert "300 train, 150 test" in report.about


def test_coordinates_alone_say_so(no_network):
    report = audit_intervals("human_enhancers_cohn")
    assert "Audited: coordinates alone." in report.about
    assert report.to_frame().at["sequences", "verdict"] == "skipped"
    assert "20,843 train, 6,948 test" in report.about


def test_together_prefers_an_answer_to_a_skipped_question():
    length = Finding("length", "Length", 500, "look", "", "of sequences")
    again = dataclasses.replace(length, detail="of intervals")
    strand = Finding("strand", "Strand", 500, "fine", "", "")
    none = skipped("strand", "Strand", "no loci")
    assert auditing._together([length, none], [again, strand]) == [length, strand]


# names


def test_a_published_name_that_is_not_downloaded_is_audited_by_its_coordinates(no_network):
    report = audit(FLY)
    assert report.name == FLY
    assert f'gbl.download("{FLY}")' in report.about
    assert "coordinates alone" in report.about


def test_a_downloaded_dataset_is_audited_with_both(served):
    whole = served(FLY)
    fetch.download(FLY)
    report = audit(FLY)
    # the archive here holds but a part of the published rows, so their coordinates do not fit
    assert "Audited: sequences alone." in report.about
    assert f"{len(whole.train):,} train" in report.about
    assert "do not fit" in report.to_frame().at["coordinates", "detail"]


def published_lengths(name: str) -> Dataset:
    """Random letters in the rows and lengths of a published dataset."""
    from genbench_lite.reading.shipped_intervals import published_intervals

    rng = np.random.default_rng(0)
    splits = {}
    for split in ("train", "test"):
        listed = published_intervals(name).rows(split)
        offsets = np.concatenate([[0], np.cumsum(listed.length)])
        splits[split] = SequenceSet(
            rng.integers(0, 4, offsets[-1]).astype(np.uint8),
            offsets,
            listed.label,
            np.arange(len(listed)).astype("U"),
            listed.classes,
        )
    return Dataset(name, splits["train"], splits["test"])


def test_the_published_coordinates_join_the_published_rows():
    mouse = published_lengths("dummy_mouse_enhancers_ensembl")
    intervals, source = auditing.coordinates_of(mouse)
    assert len(intervals) == len(mouse.train) + len(mouse.test)
    assert "ship with the package" in source
    shorter = dataclasses.replace(mouse, train=mouse.train[1:])
    assert auditing.coordinates_of(shorter)[0] is None
    other = dataclasses.replace(mouse, name="my own")
    assert auditing.coordinates_of(other)[0] is None


def test_a_known_name_wins_over_a_folder_and_a_path_does_not(real, monkeypatch):
    monkeypatch.chdir(real / "intervals")
    assert audit_intervals(f"./{FLY}").name == FLY
    monkeypatch.setattr(Intervals, "from_folder", pytest.fail)
    assert audit_intervals(FLY).name == FLY


def test_the_embedded_sites_by_coordinates():
    report = audit_intervals("demo_open_chromatin_cells")
    frame = report.to_frame()
    assert report.name == "demo_open_chromatin_cells"
    assert frame.loc[frame["verdict"] != "skipped", "rows"].max() > 3000


def test_the_embedded_sites_in_part():
    whole = fetch.load("demo_open_chromatin_cells")
    parts = {name: split.subset(1200) for name, split in whole.splits.items()}
    report = audit(Dataset("part", **parts))
    assert "1,200 train, 1,200 valid, 1,200 test" in report.about
    assert "their coordinates" in report.about


def test_planted_motifs_have_no_coordinates():
    assert cards.card("demo_planted_motifs").simulated
    report = audit("demo_planted_motifs")
    assert report.to_frame().at["coordinates", "verdict"] == "skipped"


# real lists


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("human_nontata_promoters", "broken"),
        ("human_enhancers_ensembl", "broken"),
        ("human_ensembl_regulatory", "broken"),
        ("human_enhancers_cohn", {"fine", "look"}),
    ],
)
def test_real_lists(real, name, verdict):
    shipped, listed = audit_intervals(name), audit_intervals(real / "intervals" / name)
    assert listed.verdict in ({verdict} if isinstance(verdict, str) else verdict)
    assert shipped.to_json() == listed.to_json()


def test_a_real_archive(real):
    report = audit(from_archive(real / "archives" / f"{FLY}_v0.zip"))
    assert report.name == FLY
    assert report.plot().alt


# the bar


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_bar_names_steps_on_a_terminal_only(monkeypatch):
    small = Dataset("x", made(), made(20, 1))
    for stream, progress, said in (
        (_Terminal(), True, True),
        (_Terminal(), False, False),
        (io.StringIO(), True, False),
    ):
        monkeypatch.setattr(sys, "stderr", stream)
        audit(small, progress=progress)
        assert ("Audit: " in stream.getvalue()) == said
