from __future__ import annotations

import itertools
import re
import time

import numpy as np
import pytest
from custom_toys import spread_rows, write_bed, write_genome

from genbench_lite import sequence
from genbench_lite.composition import gc_content
from genbench_lite.custom import gc_counts, negatives
from genbench_lite.custom.free_places import FreePlaces, merged
from genbench_lite.custom.gc_counts import GcCounts
from genbench_lite.custom.negatives import match_regions
from genbench_lite.custom.regions import Regions, place, read_blacklist
from genbench_lite.errors import DataError, UnknownNameError
from genbench_lite.reading.references import Reference


@pytest.fixture
def genome(tmp_path) -> Reference:
    return Reference(write_genome(tmp_path / "toy.fa", ("1", "2")))


def regions_at(genome: Reference, row: int, starts, length: int, minus=None) -> Regions:
    starts = np.asarray(starts, np.int64)
    n = len(starts)
    minus = np.zeros(n, bool) if minus is None else np.asarray(minus)
    return Regions(genome, np.full(n, row), starts, starts + length, minus)


def shares_a_base(a: Regions, b: Regions) -> bool:
    """By brute force, one pair at a time."""
    return any(
        ra == rb and sa < eb and sb < ea
        for ra, sa, ea in zip(a.row, a.start, a.end, strict=True)
        for rb, sb, eb in zip(b.row, b.start, b.end, strict=True)
    )


# what cannot be


@pytest.mark.parametrize("wrong", [{"ratio": 0}, {"ratio": -1}, {"ratio": 1e-9}, {"margin": -1}])
def test_impossible_wishes(genome, wrong):
    with pytest.raises(DataError, match="cannot be"):
        match_regions(regions_at(genome, 0, [10, 500], 50), **wrong)


def test_an_unknown_property_to_match(genome):
    with pytest.raises(UnknownNameError, match="Did you mean 'length'"):
        match_regions(regions_at(genome, 0, [10], 50), match=("lengths",))


def test_no_room_is_counted(genome):
    positives = regions_at(genome, 0, [20_000], 30_001)
    found = match_regions(positives)
    assert (len(found.regions), found.wanted, found.no_room) == (0, 1, 1)


def test_fewer_places_than_wanted(tmp_path):
    genome = Reference(write_genome(tmp_path / "small.fa", size=1200))
    positives = regions_at(genome, 0, np.arange(0, 500, 100), 100)
    found = match_regions(positives, ratio=4, match=("length",))
    assert found.wanted == 20
    assert 0 < len(found.regions) <= 7  # 700 free bases
    assert not shares_a_base(found.regions, positives)


# free places


def test_merged_stretches():
    starts, ends = merged(np.array([10, 0, 3, 20]), np.array([20, 5, 4, 21]))
    assert (starts.tolist(), ends.tolist()) == ([0, 10], [5, 21])
    assert [len(column) for column in merged(np.zeros(0, int), np.zeros(0, int))] == [0, 0]


@pytest.mark.parametrize("length", [1, 3, 4, 7])
def test_every_free_place_is_drawn_alike_and_no_other(length):
    taken = np.array([0, 5, 12, 29]), np.array([2, 8, 13, 40])
    free = FreePlaces.around(30, *taken)
    blocked = np.zeros(30, bool)
    for start, end in zip(*taken, strict=True):
        blocked[start:end] = True
    right = [at for at in range(31 - length) if not blocked[at : at + length].any()]
    assert free.count(np.array([length])).tolist() == [len(right)]
    drawn = free.draw(np.full(20_000, length), np.random.default_rng(0))
    counts = np.bincount(drawn, minlength=30)
    assert np.flatnonzero(counts).tolist() == right
    expected = 20_000 / len(right)
    assert np.abs(counts[right] - expected).max() < 6 * np.sqrt(expected)


@pytest.mark.parametrize("text", ["ACGT", "NNAC", "ACNN", "NANNAN", "NNNN", "A", "N"])
def test_stretches_of_unknown_letters(text):
    starts, ends = negatives._unknown(sequence.encode(text))
    stretches = [match.span() for match in re.finditer("N+", text)]
    assert list(zip(starts.tolist(), ends.tolist(), strict=True)) == stretches


def test_gc_counts_of_a_long_sequence_in_blocks(monkeypatch):
    codes = np.random.default_rng(0).integers(0, 5, 101).astype(np.uint8)
    starts, ends = np.triu_indices(102)
    once = GcCounts(codes).within(starts, ends)
    monkeypatch.setattr(gc_counts, "_BLOCK", 16)
    assert GcCounts(codes).within(starts, ends).tolist() == once.tolist()


def test_gc_counts_are_those_of_a_slow_count():
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 5, 203).astype(np.uint8)
    gc = GcCounts(codes)
    starts, ends = np.triu_indices(204)
    slow = [int(np.isin(codes[a:b], [1, 2]).sum()) for a, b in zip(starts, ends, strict=True)]
    assert gc.within(starts, ends).tolist() == slow


# matched regions


def test_matched_in_chromosome_strand_length_and_gc_and_never_a_positive(genome):
    rng = np.random.default_rng(1)
    first = regions_at(genome, 0, np.arange(0, 40_000, 800), 120, rng.random(50) < 0.5)
    second = regions_at(genome, 1, np.arange(100, 10_000, 500), 333)
    columns = (
        np.concatenate([getattr(a, k) for a in (first, second)])
        for k in ("row", "start", "end", "minus")
    )
    positives = Regions(genome, *columns)
    found = match_regions(positives, margin=50)
    assert len(found.regions) == len(positives)
    for column in ("row", "minus", "lengths"):
        a, b = getattr(found.regions, column), getattr(found.models, column)
        assert a.tolist() == b.tolist()
        assert sorted(b.tolist()) == sorted(getattr(positives, column).tolist())
    wide = Regions(genome, positives.row, positives.start - 50, positives.end + 50, positives.minus)
    assert not shares_a_base(found.regions, wide)
    order = np.lexsort((found.regions.start, found.regions.row))
    ordered = found.regions.take(order)
    together = ordered.row[1:] == ordered.row[:-1]
    assert (ordered.start[1:] >= ordered.end[:-1])[together].all()
    off = np.abs(gc_of(found.regions) - gc_of(found.models))
    np.testing.assert_allclose(off, found.gc_off, atol=1e-6)
    assert off.max() <= 0.01


def gc_of(regions: Regions) -> np.ndarray:
    codes, offsets = regions.letters()
    return gc_content([sequence.decode(codes[a:b]) for a, b in itertools.pairwise(offsets)])


def test_the_same_seed_gives_the_same_regions_and_another_does_not(genome):
    positives = regions_at(genome, 0, np.arange(0, 30_000, 1000), 100)
    once, again, other = (match_regions(positives, seed=seed).regions for seed in (3, 3, 4))
    assert once.start.tolist() == again.start.tolist()
    assert once.start.tolist() != other.start.tolist()


@pytest.mark.parametrize(("ratio", "n"), [(0.5, 15), (1, 30), (2.5, 75)])
def test_ratio(genome, ratio, n):
    positives = regions_at(genome, 0, np.arange(0, 30_000, 1000), 100)
    assert len(match_regions(positives, ratio=ratio).regions) == n


def test_nothing_matched_is_as_long_as_the_median_positive(genome):
    rows = Regions(
        genome,
        np.zeros(3, int),
        np.array([0, 500, 900]),
        np.array([50, 600, 1300]),
        np.zeros(3, bool),
    )
    assert match_regions(rows, match=()).regions.lengths.tolist() == [100, 100, 100]


def test_unknown_letters_and_the_blacklist_are_left_out(tmp_path):
    rng = np.random.default_rng(0)
    letters = rng.choice(list("ACGT"), 20_000)
    letters[5000:15_000] = "N"
    letters[::2000] = "n"
    (tmp_path / "g.fa").write_text(">1\n" + "".join(letters) + "\n")
    genome = Reference(tmp_path / "g.fa")
    black = write_bed(tmp_path / "b.bed", ["chr1\t15000\t99999", "chrUn\t1\t2"])
    avoid = read_blacklist(black, genome)
    found = match_regions(regions_at(genome, 0, [10, 200, 300, 500], 60), avoid=avoid, ratio=5)
    assert len(found.regions) == 20
    assert found.regions.end.max() <= 5000
    codes, _ = found.regions.letters()
    assert (codes < sequence.UNKNOWN).all()


def test_a_blacklist_of_another_genome_is_refused(tmp_path, genome):
    black = write_bed(tmp_path / "b.bed", ["CHR1\t1\t2"])
    with pytest.raises(DataError, match="The genome calls it '1'"):
        read_blacklist(black, genome)


def test_real_open_chromatin_is_matched_in_gc_and_quickly(real, tmp_path):
    genome = Reference(real / "reference" / "hg38.chr22.partial.fa.gz")
    codes, _ = genome.read(np.array([0]), np.array([0]), genome.lengths[:1])
    known = np.flatnonzero(np.convolve(codes == 4, np.ones(300, int))[299:-299] == 0)
    starts = np.sort(np.random.default_rng(0).choice(known, 10_000, replace=False))
    positives = regions_at(genome, 0, starts, 300)
    began = time.perf_counter()
    found = match_regions(positives)
    seconds = time.perf_counter() - began
    assert len(found.regions) == 10_000
    assert found.gc_off.mean() < 0.002
    assert found.gc_off.max() <= 0.02
    assert seconds < 20  # about one where nothing else runs


def test_rows_on_a_genome_are_counted_by_what_became_of_them(tmp_path, genome):
    rows = [*spread_rows(3), spread_rows(3)[1], "chr3\t1\t9", "chr1\t59990\t60010"]
    with pytest.warns(UserWarning, match=r"3 of 6 rows are used; left out"):
        regions, notes = place(write_bed(tmp_path / "p.bed", rows), genome, missing="drop")
    assert len(regions) == 3
    assert notes[0] == "Chromosome names of p.bed were read as the genome's: chr1 as 1."
    assert notes[1] == (
        "p.bed: 3 of 6 rows are used; left out: 2 lie outside of toy.fa, 1 repeat another row."
    )
