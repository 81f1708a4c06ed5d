"""The shipped coordinates of the nine: whole, the same as the lists, small and quick."""

from __future__ import annotations

import importlib.util
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest

from genbench_lite import cards
from genbench_lite.dataset import SPLITS
from genbench_lite.errors import DataError, UnknownNameError
from genbench_lite.interval_set import Intervals
from genbench_lite.reading import shipped_intervals
from genbench_lite.reading.shipped_intervals import pack, unpack

NINE = [name for name in cards.list_datasets() if not cards.card(name).embedded]


def read(name: str) -> Intervals:
    return shipped_intervals.published_intervals(name)


def script(name: str):
    path = Path(__file__).resolve().parents[1] / "scripts" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_unknown_name_is_told():
    with pytest.raises(UnknownNameError, match="human_enhancers_cohn"):
        read("human_enhancers_chon")


@pytest.mark.parametrize("name", ["demo_open_chromatin_cells", "demo_planted_motifs"])
def test_embedded_datasets_have_no_published_list(name):
    with pytest.raises(DataError, match="not one of the nine"):
        read(name)


@pytest.mark.parametrize("spoil", ["cut off", "no zip", "another zip", "spoilt", "gone"])
def test_damaged_data_file(tmp_path, monkeypatch, spoil):
    whole = shipped_intervals.PUBLISHED.read_bytes()
    path = tmp_path / "published_intervals.npz"
    if spoil == "another zip":
        np.savez(path, x=np.arange(3))
    elif spoil == "spoilt":
        with zipfile.ZipFile(shipped_intervals.PUBLISHED) as stored:
            at = stored.getinfo("human_enhancers_cohn.steps.npy").header_offset + 1000
        path.write_bytes(whole[:at] + bytes(2000) + whole[at + 2000 :])
    elif spoil != "gone":
        path.write_bytes(whole[:-5000] if spoil == "cut off" else b"nothing of the sort")
    monkeypatch.setattr(shipped_intervals, "PUBLISHED", path)
    with pytest.raises(DataError, match="Install the package again"):
        read("human_enhancers_cohn")


def rows_of(intervals: Intervals) -> list[tuple]:
    names = np.array(intervals.regions)[intervals.region]
    columns = (intervals.split, intervals.label, names, intervals.start, intervals.end)
    return sorted(zip(*(c.tolist() for c in columns), intervals.minus.tolist(), strict=True))


def test_any_rows_come_back_from_the_compact_form():
    rng = np.random.default_rng(4)
    n = 500
    start = rng.integers(0, 2**32 - 70_000, n)
    start[:3] = 0, 0, 2**32 - 70_001
    before = Intervals.from_columns(
        "random",
        ["a", "b", "empty"],
        rng.choice(["chr1", "chr2", "ENST00000371014"], n),
        start,
        start + rng.integers(1, 70_000, n),
        rng.integers(0, 2, n),
        rng.choice(["train", "test"], n),
        rng.random(n) < 0.5,
    )
    after = unpack("random", before.classes, pack(before))
    assert rows_of(after) == rows_of(before)
    assert after.regions == before.regions
    for column in ("region", "start", "end", "minus", "label", "split"):
        assert getattr(after, column).dtype == getattr(before, column).dtype, column


@pytest.mark.parametrize("name", NINE)
def test_rows_and_lengths_are_those_of_the_card(name):
    intervals, about = read(name), cards.card(name)
    for split, rows in about.rows.items():
        counts = np.bincount(intervals.rows(split).label, minlength=len(about.classes))
        assert dict(zip(about.classes, counts.tolist(), strict=True)) == rows
    assert intervals.length.min() == about.length["min"]
    assert np.median(intervals.length) == about.length["median"]
    assert intervals.length.max() == about.length["max"]


@pytest.mark.parametrize("name", NINE)
def test_every_row_is_the_published_one(real, name):
    shipped, published = read(name), Intervals.from_folder(real / "intervals" / name)
    assert shipped.classes == published.classes
    assert shipped.regions == published.regions
    assert rows_of(shipped) == rows_of(published)


def test_the_shipped_file_is_what_the_script_builds(real, tmp_path, monkeypatch, capsys):
    build = script("build_intervals")
    built = build.build(real / "intervals")
    assert build.same_content(built, shipped_intervals.PUBLISHED.read_bytes())
    monkeypatch.setattr(time, "time", lambda: 2e9)
    with np.load(shipped_intervals.PUBLISHED) as stored:
        assert built == build.archive(dict(stored)), "the same bytes on another day"
    stale = tmp_path / "stale.npz"
    stale.write_bytes(build.archive({"x": np.arange(3)}))
    monkeypatch.setattr(build, "build", lambda folder: built)
    options = ["--intervals", str(real / "intervals"), "--output", str(stale), "--check"]
    monkeypatch.setattr("sys.argv", ["build_intervals.py", *options])
    assert build.main() == 1
    assert "out of date" in capsys.readouterr().out


def test_the_shipped_file_is_small_and_quick():
    assert shipped_intervals.PUBLISHED.stat().st_size < 3_000_000
    begin = time.perf_counter()
    largest = read("human_ensembl_regulatory")
    assert time.perf_counter() - begin < 1
    assert len(largest) == 289_061
    assert set(largest.split.tolist()) == {SPLITS.index("train"), SPLITS.index("test")}
