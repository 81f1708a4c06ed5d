"""Windows that stand out, and the motifs among them."""

import numpy as np
import pytest
from explained_models import random_codes

from genbench_lite import sequence
from genbench_lite.attribution import attribution_motifs, find_seqlets
from genbench_lite.errors import DataError
from genbench_lite.motifs import jaspar
from genbench_lite.simulation.planting import sample_sites


def track(values, codes):
    """Values of positions as an attribution."""
    return np.asarray(values)[:, None] * sequence.one_hot(codes)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"width": 41}, "cannot be found"),
        ({"width": 1}, "cannot be found"),
        ({"most": 0}, "cannot be found"),
    ],
)
def test_windows_that_cannot_be_are_refused(options, message):
    with pytest.raises(DataError, match=message):
        find_seqlets(np.ones((3, 4, 40)), random_codes(3, 40), **options)


def test_other_sequences_and_parameters_are_refused():
    codes = random_codes(3, 40)
    with pytest.raises(DataError, match="is not that of 3 sequences"):
        find_seqlets(np.ones((2, 4, 40)), codes)
    with pytest.raises(DataError, match="no sequences"):
        find_seqlets(np.ones((0, 4, 40)), [])
    with pytest.raises(DataError, match="Fewer than two windows"):
        attribution_motifs(np.zeros((3, 4, 40)), codes)
    with pytest.raises(DataError, match="similarity of 1"):
        attribution_motifs(np.ones((3, 4, 40)), codes, similarity=1)


def test_the_highest_windows_come_first_and_never_overlap():
    codes = random_codes(2, 30)
    values = np.zeros((2, 30))
    values[0, 3:7] = 1
    values[0, 20:24] = 2
    values[1, 9:13] = 1.5
    values[1, 25:29] = -9
    found = find_seqlets(track(values, codes), codes, width=4)
    assert found[["sequence", "start", "end", "sum"]].values[:3].tolist() == [
        [0, 20, 24, 8],
        [1, 9, 13, 6],
        [0, 3, 7, 4],
    ]
    assert (found["sum"] > 0).all()
    for _, mine in found.groupby("sequence"):
        starts = np.sort(mine["start"])
        assert (np.diff(starts) >= 4).all()
    assert len(find_seqlets(track(values, codes), codes, width=4, most=2)) == 2


def planted(n=150, length=60, seed=0):
    """GATA2 and HNF4A sites at random places and strands, and an attribution that knows them."""
    rng = np.random.default_rng(seed)
    codes = random_codes(2 * n, length, seed)
    values = np.abs(rng.normal(scale=0.03, size=codes.shape))
    for rows, motif in ((range(n), jaspar("GATA2")), (range(n, 2 * n), jaspar("HNF4A"))):
        for row in rows:
            turned = motif.reverse_complement() if rng.random() < 0.5 else motif
            start = rng.integers(0, length - len(motif))
            codes[row, start : start + len(motif)] = sample_sites(turned, 1, rng)[0]
            values[row, start : start + len(motif)] += turned.information / 2
    return track(values, codes), codes


def test_planted_motifs_are_found_aligned_and_turned():
    found = attribution_motifs(*planted(), most=300)
    assert 2 <= len(found) <= 4
    assert [motif.name for motif in found[:2]] == ["pattern 1", "pattern 2"]
    words = [motif.consensus for motif in found[:2]]
    turned = [motif.reverse_complement().consensus for motif in found[:2]]
    assert any("GATA" in word for word in words + turned)
    assert any("CAAAG" in word for word in words + turned)
    assert all(motif.counts.sum(1).max() > 100 for motif in found[:2])


def test_the_other_strand_gives_the_same_motifs():
    attribution, codes = planted()
    found = attribution_motifs(attribution, codes, most=300)
    turned = attribution_motifs(
        attribution[:, ::-1, ::-1], sequence.reverse_complement(codes), most=300
    )
    assert len(found) == len(turned)
    for one, other in zip(found, turned, strict=True):
        assert {one.consensus, one.reverse_complement().consensus} & {other.consensus}


def test_ends_that_say_nothing_and_small_clusters_are_left_out():
    attribution, codes = planted()
    found = attribution_motifs(attribution, codes, most=300)
    assert all(motif.information[[0, -1]].min() >= 0.25 for motif in found)
    assert attribution_motifs(attribution, codes, most=300, least=301) == []
