"""The chromosome to practise on: real where it says so, and elsewhere like the real one."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from genbench_lite import demo, kmers, simulate
from genbench_lite.reading.references import Reference
from genbench_lite.sequence import UNKNOWN
from genbench_lite.simulation import stand_in

REAL = Path(__file__).resolve().parents[2] / "shared" / "real" / "reference"
REAL_CHR22 = REAL / "hg38.chr22.partial.fa.gz"
needs_real = pytest.mark.skipif(not REAL_CHR22.is_file(), reason=f"needs {REAL_CHR22}")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return simulate.write_stand_in(tmp_path_factory.mktemp("genome") / "chr22.fa", seed=1)


def letters_of(path):
    genome = Reference(path)
    return genome.read(np.array([0]), np.array([0]), genome.lengths[:1])[0]


@pytest.fixture(scope="module")
def letters(written):
    return letters_of(written)


def known_windows(letters, length=200):
    rows = letters[: len(letters) // length * length].reshape(-1, length)
    return rows[(rows < UNKNOWN).all(axis=1)]


def gc_of(rows):
    return np.isin(rows, (1, 2)).mean(axis=1)


def test_sites_stand_at_their_true_coordinates(written):
    genome = Reference(written)
    assert genome.names == ("22",)
    assert genome.lengths.tolist() == [50_818_468]
    for split in demo.load_open_chromatin().splits.values():
        here = split[split.loci["region"] == "chr22"]
        if len(here):
            rows = np.zeros(len(here), int)
            codes, _ = genome.read(rows, here.loci["start"], here.loci["end"])
            assert np.array_equal(codes, here.codes)


def test_both_ends_are_unknown_and_nothing_else(letters):
    unknown = np.flatnonzero(letters == UNKNOWN)
    assert len(unknown) == sum(end - start for start, end in stand_in.UNREAD)
    assert letters[10_509_999] == UNKNOWN != letters[10_510_000]
    assert letters[-10_001] != UNKNOWN == letters[-10_000]


def test_the_seed_alone_decides(written, tmp_path):
    def digest(path):
        return hashlib.sha256(path.read_bytes()).hexdigest()

    assert digest(simulate.write_stand_in(tmp_path / "same.fa", seed=1)) == digest(written)
    assert digest(simulate.write_stand_in(tmp_path / "other.fa", seed=2)) != digest(written)


def test_stretches_differ_in_gc(letters):
    gc = gc_of(known_windows(letters))
    assert gc.mean() == pytest.approx(0.47, abs=0.005)
    assert gc.std() == pytest.approx(0.08, abs=0.005)


@pytest.mark.skipif(
    not REAL_CHR22.is_file(), reason="needs the real chromosome beside the checkout"
)
def test_it_is_like_the_real_one(letters):
    real = letters_of(REAL_CHR22)
    ours, theirs = (known_windows(each) for each in (letters, real))
    assert gc_of(ours).mean() == pytest.approx(gc_of(theirs).mean(), abs=0.02)
    assert gc_of(ours).std() == pytest.approx(gc_of(theirs).std(), abs=0.02)
    pairs = [
        np.asarray(kmers.kmer_counts(rows[::20].copy(), 2).sum(axis=0)).ravel()
        for rows in (ours, theirs)
    ]
    shares = [each / each.sum() for each in pairs]
    assert np.abs(shares[0] - shares[1]).max() < 0.01


@needs_real
def test_unread_ends_agree_with_the_real_one():
    real = letters_of(REAL_CHR22)
    assert len(real) == stand_in.LENGTH
    for start, end in stand_in.UNREAD:
        assert (real[start:end] == UNKNOWN).all()
