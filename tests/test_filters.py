"""From first-layer filters to motifs, and their names."""

import numpy as np
import pytest
from explained_models import Opaque, SmallCNN, random_codes
from torch import nn

from genbench_lite import sequence
from genbench_lite.attribution import filter_motifs, name_motifs
from genbench_lite.comparing import adjust, compare
from genbench_lite.errors import DataError
from genbench_lite.motif import Motif
from genbench_lite.motifs import jaspar
from genbench_lite.simulation.planting import sample_sites


def reader(*words):
    """Filters that count the letters of words."""
    return np.stack([sequence.one_hot(sequence.encode(word)) for word in words])


@pytest.mark.parametrize(
    ("model", "options", "message"),
    [
        (nn.Linear(4, 2), {}, "no filters that read the four bases"),
        (Opaque(), {}, "no filters that read the four bases"),
        (nn.Conv1d(5, 3, 4), {}, "no filters that read the four bases"),
        (None, {"weights": np.ones((3, 5, 4))}, "do not read DNA"),
        (None, {"weights": np.ones((4, 8))}, "do not read DNA"),
        (nn.Conv1d(4, 3, 50), {}, "50 bp wide and the longest sequence has 20"),
        (SmallCNN(), {"threshold": 0}, "threshold of 0"),
        (SmallCNN(), {"threshold": 50}, "threshold of 50"),
    ],
)
def test_what_has_no_filters_is_refused(model, options, message):
    with pytest.raises(DataError, match=message):
        filter_motifs(model, random_codes(3, 20), **options)


def test_an_empty_selection_is_refused():
    with pytest.raises(DataError, match="no sequences"):
        filter_motifs(SmallCNN(), [])
    with pytest.raises(DataError, match="no motifs to name"):
        name_motifs([])
    with pytest.raises(DataError, match="Not all of these are motifs"):
        name_motifs(["GATA1"])


def test_sites_are_counted_on_both_strands_once_a_sequence():
    words = ["CCGATAAGCC", "GGCTTATCGG", "GATAAGATAAG", "CCCCCCCCCC"]
    (motif,) = filter_motifs(None, words, weights=reader("GATAAG"), threshold=1, least=1)
    assert motif.name == "filter 0"
    assert motif.consensus == "GATAAG"
    assert motif.counts.sum(1).tolist() == [3] * 6


def test_the_threshold_is_a_share_of_the_highest_score():
    # centred, a letter scores 3/4 and another one -1/4: 4.5 for all six, 3.5 for five of them
    words = ["GATAAG", "GATAAC", "GATACC", "GATCCC"]
    for threshold, sites in [(0.9, 1), (0.7, 2), (0.5, 3)]:
        (motif,) = filter_motifs(
            None, words, weights=reader("GATAAG"), threshold=threshold, least=1
        )
        assert motif.counts.sum(1)[0] == sites


def test_what_is_added_to_all_bases_of_a_position_changes_nothing():
    codes, filters = random_codes(50, 30), np.random.default_rng(0).normal(size=(4, 4, 6))
    plain = filter_motifs(None, codes, weights=filters)
    moved = filter_motifs(None, codes, weights=filters + np.arange(6) * 7)
    assert [m.name for m in plain] == [m.name for m in moved]
    for one, other in zip(plain, moved, strict=True):
        np.testing.assert_array_equal(one.counts, other.counts)


def test_windows_with_unknown_letters_or_padding_are_no_sites():
    words = ["GATNAG", "GATAAG", "GATA", "NNNNNN"]
    (motif,) = filter_motifs(None, words, weights=reader("GATAAG"), threshold=0.1, least=1)
    assert motif.counts.sum(1).tolist() == [1] * 6


def test_filters_with_few_sites_and_dead_ones_are_left_out():
    words = ["GATAAG"] * 9 + ["CCCCCC"] * 30
    filters = np.concatenate([reader("GATAAG", "CCCCCC"), np.zeros((1, 4, 6))])
    found = filter_motifs(None, words, weights=filters)
    assert [motif.name for motif in found] == ["filter 1"]


def test_the_layer_is_found_by_name_by_kind_or_by_method():
    codes = random_codes(60, 30)
    model = SmallCNN()
    expected = [m.counts for m in filter_motifs(model, codes)]

    class Adapted(nn.Module):
        def filters(self):
            return model.motifs.weight

    for same in (nn.Sequential(nn.BatchNorm1d(4), model.motifs), Adapted()):
        for one, counts in zip(filter_motifs(same, codes), expected, strict=True):
            np.testing.assert_array_equal(one.counts, counts)


def test_planted_motifs_are_read_back_and_named():
    pytest.importorskip("memelite", reason="memelite is not installed")
    rng = np.random.default_rng(0)
    codes = random_codes(400, 60)
    gata, hnf = jaspar("GATA2"), jaspar("HNF4A")
    codes[:200, 20 : 20 + len(gata)] = sample_sites(gata, 200, rng)
    codes[200:, 30 : 30 + len(hnf)] = sample_sites(hnf.reverse_complement(), 200, rng)
    faint = Motif("faint", np.full((8, 4), 25))
    filters = np.stack([np.pad(m.weights().T, ((0, 0), (0, 10 - len(m)))) for m in (gata, hnf)])
    motifs = filter_motifs(None, codes, weights=filters)
    table = name_motifs([faint, *motifs]).set_index("motif")
    assert "GATA" in table.loc["filter 0", "family"]
    assert table.loc["filter 1", "name"].upper().startswith("HNF4")
    assert (table.loc[["filter 0", "filter 1"], "q"] < 0.05).all()
    assert table.index[-1] == "faint"
    assert (table.loc["faint", "name"], table.loc["faint", "q"]) == ("", 1)
    assert (table["sites"].iloc[:2] > 150).all()


def test_a_match_takes_five_bits_that_both_have():
    """Two sharp positions at each end, against five in the middle: at most two meet."""
    pytest.importorskip("memelite", reason="memelite is not installed")
    sharp, flat = [197, 1, 1, 1], [50, 50, 50, 50]
    ends = Motif("ends", [sharp] * 2 + [flat] * 5 + [sharp] * 2)
    middle = Motif("middle", [flat] * 2 + [sharp] * 5 + [flat] * 2)
    assert compare(ends, [middle])["p"].item() < 1
    named = name_motifs([ends], [middle])
    assert (named["name"].item(), named["p"].item(), named["q"].item()) == ("", 1, 1)
    assert name_motifs([middle], [middle])["name"].item() == "middle"


def test_further_matches_come_one_a_row():
    pytest.importorskip("memelite", reason="memelite is not installed")
    table = name_motifs([jaspar("GATA2"), jaspar("CTCF")], matches=3)
    assert table["motif"].value_counts().to_dict() == {"GATA2": 3, "CTCF": 3}
    assert table["p"].is_monotonic_increasing
    assert table["name"][0] in ("GATA2", "CTCF")
    assert name_motifs([jaspar("GATA2")])["name"].tolist() == ["GATA2"]


def test_q_values_count_every_motif_that_was_tried():
    pytest.importorskip("memelite", reason="memelite is not installed")
    motifs, candidates = [jaspar("GATA2"), jaspar("CTCF")], [jaspar(n) for n in ("GATA1", "SPI1")]
    p = np.stack([compare(m, candidates).set_index("name")["p"].to_numpy() for m in motifs])
    found = name_motifs(motifs, candidates).set_index("motif").loc[["GATA2", "CTCF"], "q"]
    np.testing.assert_allclose(found, adjust(p.ravel()).reshape(2, 2).min(1))
