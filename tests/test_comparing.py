"""Comparing motifs: Tomtom through memelite, and the correction for many candidates."""

import sys
from dataclasses import replace

import numpy as np
import pytest

from genbench_lite.comparing import _informative, adjust, compare
from genbench_lite.errors import DataError, GenbenchError
from genbench_lite.motifs import Motif, jaspar, jaspar_motifs


@pytest.fixture(scope="module")
def memelite():
    return pytest.importorskip("memelite", reason="memelite is not installed")


def test_without_memelite_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "memelite", None)
    with pytest.raises(GenbenchError, match="pip install memelite"):
        compare(jaspar("GATA2"))


def test_without_candidates_there_is_nothing_to_compare():
    with pytest.raises(DataError, match="no motif to compare"):
        compare(jaspar("GATA2"), [])


@pytest.mark.parametrize("motif", ["GATA1", None, [[1, 2, 3, 4]] * 5])
def test_what_is_no_motif_is_refused(motif):
    with pytest.raises(DataError, match="is no motif"):
        compare(motif)
    with pytest.raises(DataError, match="is no motif"):
        compare(jaspar("GATA2"), [jaspar("GATA1"), motif])
    with pytest.raises(DataError, match="is no motif"):
        compare(jaspar("GATA2"), 5)


@pytest.mark.parametrize(
    "counts",
    [
        np.full((8, 4), 25),
        np.tile([30, 20, 30, 20], (8, 1)),  # nearly flat
        np.tile([100, 0, 0, 0], (2, 1)),  # 4 bits
    ],
)
def test_a_motif_with_too_little_information_is_refused(counts):
    with pytest.raises(DataError, match="bits of information"):
        compare(Motif("faint", counts))


@pytest.mark.parametrize(("before", "after"), [(0, 8), (8, 0), (3, 5)])
def test_positions_without_preference_at_the_ends_change_nothing(memelite, before, after):
    motif = jaspar("GATA2")
    flat = [np.full((many, 4), 25.0) for many in (before, after)]
    longer = replace(motif, counts=np.concatenate([flat[0], motif.counts, flat[1]]))
    bare, found = compare(motif), compare(longer)
    assert found["id"].tolist() == bare["id"].tolist()
    np.testing.assert_allclose(found["q"], bare["q"])
    assert (found["offset"] == bare["offset"] - before).all()
    assert (found["overlap"] == bare["overlap"]).all()


def test_every_matrix_of_jaspar_can_be_looked_up():
    for one in jaspar_motifs():
        kept = _informative(one)
        assert kept.stop - kept.start >= len(one) - 2, one


def test_one_candidate_needs_no_list(memelite):
    motif, other = jaspar("GATA2"), jaspar("GATA1")
    assert compare(motif, other).equals(compare(motif, [other]))


def test_q_values_by_hand():
    p = np.array([0.03, 0.01, 0.9, 0.02])
    np.testing.assert_allclose(adjust(p), [0.04, 0.04, 0.9, 0.04])
    np.testing.assert_allclose(adjust(np.array([0.5])), [0.5])
    assert adjust(np.ones(5)).tolist() == [1] * 5


def test_q_values_rise_with_p_and_are_never_lower():
    p = np.random.default_rng(0).random(200) ** 3
    q = adjust(p)
    assert (q >= p).all()
    assert (q <= 1).all()
    assert (np.diff(q[np.argsort(p)]) >= 0).all()


def test_a_motif_is_most_like_itself_and_then_its_family(memelite):
    table = compare(jaspar("GATA2"))
    assert len(table) == len(jaspar_motifs())
    best = table.iloc[0]
    assert (best["name"], best["offset"], best["overlap"], best["strand"]) == ("GATA2", 0, 7, "+")
    assert best["q"] < 1e-6
    assert table["p"].is_monotonic_increasing
    assert (table["q"] >= table["p"]).all()
    families = [jaspar(identifier).family for identifier in table["id"].head(5)]
    assert sum("GATA" in family for family in families) >= 4


def test_offset_and_strand_say_where_a_piece_lies(memelite):
    whole = jaspar("CTCF")
    piece = replace(whole, name="piece", id="", counts=whole.counts[4:12])
    row = compare(piece, [whole]).iloc[0]
    assert (row["offset"], row["overlap"], row["strand"]) == (4, 8, "+")
    row = compare(piece.reverse_complement(), [whole]).iloc[0]
    assert (row["offset"], row["overlap"], row["strand"]) == (len(whole) - 12, 8, "-")
    row = compare(whole, [piece]).iloc[0]
    assert (row["offset"], row["overlap"], row["strand"]) == (-4, 8, "+")


def test_the_p_value_of_one_candidate_does_not_hang_on_the_others(memelite):
    motif = jaspar("GATA2")
    alone = compare(motif, [jaspar("CTCF")]).iloc[0]
    among = compare(motif).set_index("id").loc[jaspar("CTCF").id]
    assert alone["p"] == pytest.approx(among["p"], rel=0.1)
    assert alone["q"] == alone["p"]
