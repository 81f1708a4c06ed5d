"""The embedded data: what was published, complete, where it says it lies."""

from __future__ import annotations

import gzip
import itertools
import os
import runpy
import sys
from pathlib import Path

import numpy as np
import pytest

from genbench_lite import demo, sequence
from genbench_lite.cards import card
from genbench_lite.dataset import Dataset
from genbench_lite.errors import UnknownNameError
from genbench_lite.sequence_set import LOCUS

WHEEL = "GENBENCH_LITE_DEMO_WHEEL"
BUILD = Path(__file__).resolve().parents[1] / "scripts" / "build_demo.py"


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return demo.load_open_chromatin()


@pytest.fixture(scope="module")
def loci(dataset) -> np.ndarray:
    """The loci of all splits."""
    return np.concatenate([split.loci for split in dataset.splits.values()])


@pytest.fixture(scope="module")
def letters(dataset) -> list[str]:
    """The sequences of all splits, in the same order."""
    return [text for split in dataset.splits.values() for text in split.sequences]


def test_rows_classes_and_lengths_are_those_of_the_card(dataset):
    about = card("demo_open_chromatin_cells")
    assert dataset.name == about.name
    assert dataset.card == about
    assert dataset.classes == about.classes == ("GM12878", "HepG2", "K562", "hESCT0")
    assert dataset.info().to_dict() == about.rows
    assert dataset.info().to_numpy().sum() == 47_872
    for split in dataset.splits.values():
        assert set(split.lengths.tolist()) == {200}
        assert split.codes.max() == 3  # every base is known
        assert split.labels.dtype == np.int64


def test_splits_are_made_of_whole_chromosomes_and_share_none(dataset):
    regions = {name: set(s.loci["region"].tolist()) for name, s in dataset.splits.items()}
    assert regions["valid"] == {"chr2"}
    assert regions["test"] == {"chr1"}
    assert regions["train"] == {f"chr{i}" for i in [*range(3, 23), "X", "Y"]}


def test_every_locus_is_200_bp_on_the_forward_strand_and_gives_the_id(dataset, loci):
    assert loci.dtype == LOCUS
    assert (loci["end"] - loci["start"] == 200).all()
    assert loci["start"].min() >= 0
    assert set(loci["strand"].tolist()) == {"+"}
    ids = np.concatenate([split.ids for split in dataset.splits.values()]).tolist()
    assert ids == [f"{region}:{start}-{end}" for region, start, end, _ in loci.tolist()]


def test_no_site_and_no_sequence_comes_twice(dataset, letters):
    assert len(set(letters)) == len(letters) == 47_872
    ids = [i for split in dataset.splits.values() for i in split.ids.tolist()]
    assert len(set(ids)) == len(ids)


def test_overlapping_sites_agree_on_the_letters_they_share(loci, letters):
    order = np.lexsort((loci["start"], loci["region"]))
    pairs = 0
    for a, b in itertools.pairwise(order):
        shift = int(loci["start"][b] - loci["start"][a])
        if loci["region"][a] == loci["region"][b] and shift < demo.SITE_LENGTH:
            pairs += 1
            assert letters[a][shift:] == letters[b][: demo.SITE_LENGTH - shift]
    assert pairs > 0


def test_the_letters_are_those_of_the_genome(real, loci, letters):
    with gzip.open(real / "reference" / "hg38.chr22.partial.fa.gz", "rt") as fasta:
        header, _, text = fasta.read().partition("\n")
    assert header.startswith(">22")
    genome = sequence.encode(text.replace("\n", ""))
    here = np.flatnonzero(loci["region"] == "chr22")
    windows = genome[loci["start"][here, None] + np.arange(demo.SITE_LENGTH)]
    known = (windows < sequence.UNKNOWN).all(axis=1)
    sites = np.array([sequence.encode(letters[row]) for row in here])
    differences = (sites != windows).sum(axis=1)[known]
    assert len(differences) > 600
    assert (differences == 0).mean() >= 0.99
    assert differences.max() <= 1


def read_fasta(path: Path) -> tuple[str, str]:
    header, _, text = path.read_text().partition("\n")
    lines = text.splitlines()
    assert {len(line) for line in lines[:-1]} == {60}
    assert 0 < len(lines[-1]) <= 60
    return header, "".join(lines)


@pytest.mark.parametrize("region", ["chr21", "chrY"])
def test_a_written_reference_has_every_site_in_its_place_and_n_elsewhere(
    tmp_path, loci, letters, region
):
    path = tmp_path / "reference.fa"
    assert demo.write_reference(path, region) == path
    header, text = read_fasta(path)
    assert header.split()[0] == f">{region.removeprefix('chr')}"
    here = np.flatnonzero(loci["region"] == region)
    covered = np.zeros(len(text), bool)
    for row in here:
        start, end = loci["start"][row], loci["end"][row]
        assert text[start:end] == letters[row]
        covered[start:end] = True
    assert len(here) > 0
    assert len(text) == loci["end"][here].max()
    known = sequence.encode(text) < sequence.UNKNOWN
    np.testing.assert_array_equal(known, covered)


@pytest.mark.parametrize(("region", "words"), [("chr22x", "'chr22'"), ("mitochondrion", "chr1")])
def test_an_unknown_chromosome_suggests_a_known_one_and_writes_nothing(tmp_path, region, words):
    path = tmp_path / "reference.fa"
    with pytest.raises(UnknownNameError, match=words):
        demo.write_reference(path, region)
    assert not path.exists()


def test_the_build_script_gives_the_embedded_file_byte_for_byte(tmp_path, monkeypatch, capsys):
    wheel = os.environ.get(WHEEL)
    if not wheel:
        pytest.skip(f"needs the dnadiffusion wheel: set {WHEEL} to its path")
    built = tmp_path / "built.npz"
    monkeypatch.setattr(sys, "argv", [BUILD.name, wheel, "--output", str(built)])
    runpy.run_path(str(BUILD), run_name="__main__")
    assert "47,872 sites" in capsys.readouterr().out
    with np.load(built) as ours, np.load(demo.OPEN_CHROMATIN) as embedded:
        assert ours.files == embedded.files
        for column in ours.files:
            np.testing.assert_array_equal(ours[column], embedded[column], err_msg=column)
    assert built.read_bytes() == demo.OPEN_CHROMATIN.read_bytes()


@pytest.mark.parametrize(
    ("summit", "start", "end", "first"),
    [
        (500, 300, 700, 400),  # room on both sides: centred
        (500, 400, 600, 400),  # exactly enough
        (500, 450, 900, 450),  # too near the beginning
        (500, 100, 560, 360),  # too near the end
    ],
)
def test_where_the_window_of_a_site_begins(summit, start, end, first):
    site_start = runpy.run_path(str(BUILD))["site_start"]
    assert site_start(summit, start, end) == first
