"""Comparing motifs: Tomtom through memelite, and the correction for many candidates."""

import sys
from dataclasses import replace

import numpy as np
import pytest

from genbench_lite.comparing import adjust, compare
from genbench_lite.errors import DataError, GenbenchError
from genbench_lite.motifs import jaspar, jaspar_motifs


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
