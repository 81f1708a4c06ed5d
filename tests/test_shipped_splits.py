"""The fair splits that ship: the same for everybody, and what they say they are."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest

from genbench_lite import cards
from genbench_lite.audits import shipped_splits
from genbench_lite.audits.kinship import LEFT_OUT
from genbench_lite.audits.shipped_splits import fair, fair_split_of, pack, unpack
from genbench_lite.audits.splitting import split_codes
from genbench_lite.dataset import SPLITS, Dataset
from genbench_lite.errors import DataError, UnknownNameError
from genbench_lite.reading.shipped_intervals import published_intervals
from genbench_lite.sequence_set import SequenceSet

NINE = [name for name in cards.list_datasets() if not cards.card(name).embedded]
SCRIPTS = Path(__file__).resolve().parents[1] / "scripts"


@pytest.fixture
def build(monkeypatch):
    monkeypatch.syspath_prepend(str(SCRIPTS))
    yield importlib.import_module("build_fair_splits")
    for name in ("build_fair_splits", "build_intervals"):
        sys.modules.pop(name, None)


def test_unknown_name_is_told():
    with pytest.raises(UnknownNameError, match="human_enhancers_cohn"):
        fair_split_of("human_enhancers_chon")


def test_embedded_datasets_are_fair_as_they_are():
    with pytest.raises(DataError, match="needs no other split"):
        fair_split_of("demo_open_chromatin_cells")


def test_rows_with_other_ids_are_refused():
    s = SequenceSet.from_strings(["ACGT", "GGGG"], [0, 1], ["negative", "positive"])
    with pytest.raises(DataError, match=r"goes by the publishers' ids.*gbl\.fair_split"):
        fair(Dataset("dummy_mouse_enhancers_ensembl", train=s, test=s))


@pytest.mark.parametrize("n", [0, 1, 7, 8, 9, 1000])
def test_two_bits_a_row(n):
    side = np.random.default_rng(n).integers(0, 4, n).astype(np.uint8)
    packed = pack(side)
    assert packed.nbytes == 2 * ((n + 7) // 8)
    assert (unpack(packed, n) == side).all()


@pytest.mark.parametrize("name", NINE)
def test_counts_fit_the_card_and_the_codes(name):
    about, published = fair_split_of(name), cards.card(name).rows
    n = sum(sum(counts.values()) for counts in published.values())
    with np.load(shipped_splits.CODES) as stored:
        codes = np.bincount(unpack(stored[name], n), minlength=4)
    sizes = [sum(about.rows[split].values()) for split in SPLITS]
    assert codes.tolist() == [*sizes, about.left_out]
    assert sum(sizes) + about.left_out == n
    assert about.unseen
    assert f"by {about.by}, seed {about.seed}" in repr(about)
    assert all(tuple(counts) == cards.card(name).classes for counts in about.rows.values())


@pytest.mark.parametrize("name", NINE)
def test_everybody_can_compute_the_same(name):
    """From the shipped coordinates, with the way and the seed that are stated."""
    about, rows = fair_split_of(name), published_intervals(name)
    side = split_codes(rows, about.by, 0.2, 0.1, about.seed)
    for number, split in enumerate(SPLITS):
        counts = np.bincount(rows.label[side == number], minlength=len(rows.classes))
        assert dict(zip(rows.classes, counts.tolist(), strict=True)) == about.rows[split]
    assert (side == LEFT_OUT).sum() == about.left_out


def test_the_shipped_files_are_what_the_script_builds(real, build, tmp_path, monkeypatch, capsys):
    from build_intervals import archive, same_content

    codes, text = build.build(real / "intervals")
    assert same_content(codes, shipped_splits.CODES.read_bytes())
    assert text == shipped_splits.ABOUT.read_text("utf-8")
    stale = tmp_path / "stale.npz"
    stale.write_bytes(archive({"x": np.arange(3)}))
    stale.with_suffix(".json").write_text(text)
    monkeypatch.setattr(build, "build", lambda folder: (codes, text))
    options = ["--intervals", str(real / "intervals"), "--output", str(stale), "--check"]
    monkeypatch.setattr("sys.argv", ["build_fair_splits.py", *options])
    assert build.main() == 1
    assert "out of date" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["human_ensembl_regulatory", "drosophila_enhancers_stark"])
def test_codes_lie_on_the_rows_of_the_archive(real, build, name):
    """Rows of real archives, found by class and id, go where their coordinates say."""
    from genbench_lite.audits.near_duplicates import RELATED, relatives
    from genbench_lite.interval_set import Intervals
    from genbench_lite.reading.archive import from_archive

    order, ids = build.published_order(real / "intervals" / name)
    rows = Intervals.from_folder(real / "intervals" / name).take(order)
    with np.load(shipped_splits.CODES) as stored:
        side = unpack(stored[name], len(rows))
    place = {
        (SPLITS[split], label, i): row
        for row, (split, label, i) in enumerate(
            zip(rows.split.tolist(), rows.label.tolist(), ids, strict=True)
        )
    }
    dataset = from_archive(real / "archives" / f"{name}_v0.zip")
    parts = []
    for split, part in dataset.splits.items():
        found = [place[split, k, i] for k, i in zip(part.labels, part.ids, strict=True)]
        assert (rows.length[found] == part.lengths).all()
        parts.append((part, side[found]))
    test, train = (
        [part[np.isin(codes, wanted)] for part, codes in parts] for wanted in ([2], [0, 1])
    )
    assert sum(map(len, test)) > 0
    for here in test:
        for there in train:
            assert relatives(here, there)[0].max(initial=0) < RELATED
