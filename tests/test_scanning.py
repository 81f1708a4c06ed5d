"""Scanning for motifs, against windows scored one by one and words counted one by one."""

import itertools
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genbench_lite import scanning, sequence
from genbench_lite.errors import DataError
from genbench_lite.motifs import Motif, jaspar, jaspar_motifs
from genbench_lite.scanning import STEP, best_scores, grid_weights, scan, score_distribution
from genbench_lite.sequence_set import SequenceSet
from genbench_lite.simulate import random_sequences

GATA = Motif.from_sites("gata", ["GATAAG"] * 20)
UNEVEN = np.array([0.4, 0.1, 0.2, 0.3])
SYMMETRIC = np.array([0.35, 0.15, 0.15, 0.35])  # the same on both strands
COLUMNS = ["sequence", "id", "motif", "matrix", "start", "end", "strand", "score", "p"]


@pytest.mark.parametrize("p", [0, -1e-4, 1.5, np.nan, "1e-4", None])
def test_a_p_value_out_of_range_is_refused(p):
    with pytest.raises(DataError, match="p-value"):
        scan(["ACGT"], GATA, p=p)


@pytest.mark.parametrize("background", ["ACGT", "even", [0.5, 0.5], [1, 0, 0, 0]])
def test_a_background_of_no_shares_is_refused(background):
    for function in (scan, best_scores):
        with pytest.raises(DataError, match="four positive shares"):
            function(["ACGT"], GATA, background=background)
    with pytest.raises(DataError, match="four positive shares"):
        score_distribution(GATA, background)


@pytest.mark.parametrize(
    ("sequences", "message"),
    [
        ([], "no sequence"),
        (["ACGT", ""], "empty"),
        (["AC?T"], "not a DNA letter"),
        (np.zeros(7, np.uint8), "holds no sequences"),
        (np.zeros((0, 7), np.uint8), "no sequence"),
        (np.zeros((3, 0), np.uint8), "no sequence"),
        (np.zeros((3, 7)), "holds no sequences"),
    ],
)
def test_what_cannot_be_scanned_is_refused(sequences, message):
    with pytest.raises(DataError, match=message):
        scan(sequences, GATA)
    with pytest.raises(DataError, match=message):
        best_scores(sequences, GATA)


@pytest.mark.parametrize("motifs", [[], ["GATA1"], "GATA1"])
def test_what_is_no_motif_is_refused(motifs):
    with pytest.raises(DataError, match="no motif"):
        scan(["ACGT"], motifs)


@pytest.mark.parametrize("text", ["GAT", "NNNNNNNN", "GATANG"])
def test_without_a_window_of_known_letters_nothing_is_found(text):
    found = scan([text], GATA, p=1)
    assert list(found) == COLUMNS
    assert found.empty
    assert np.isnan(best_scores([text], GATA)).all()


def test_codes_of_no_letter_are_unknown():
    codes = sequence.encode("GATAAGCC")[None].copy()
    codes[0, 3] = 9
    assert scan(codes, GATA, p=1)["start"].tolist() == []
    codes[0, 3] = 0
    assert scan(codes, GATA, p=0.001)["start"].tolist() == [0]


def test_a_motif_too_short_for_p_is_named():
    with pytest.warns(UserWarning, match=r"gata \(2\.4e-04\)"):
        assert scan(["GATAAG"], GATA, p=1e-4).empty
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(scan(["GATAAG"], GATA, p=4**-6)) == 1


@pytest.mark.parametrize("turn", [1, -1])
def test_of_motifs_of_one_name_the_one_that_is_too_short_is_named(turn):
    motifs = [
        Motif.from_sites("dup", ["GATAAG"] * 20, id="short"),
        Motif.from_sites("dup", ["GATAAGGATAAG"] * 20, id="long"),
    ]
    with pytest.warns(UserWarning, match=r"for dup short \(2\.4e-04\);"):
        scan(["GATAAG"], motifs[::turn], p=1e-4)


def test_hits_have_the_coordinates_of_the_plus_strand():
    set_ = SequenceSet.from_strings(["CCGATAAGC", "CTTATC"], [0, 0], ["x"], ids=["one", "two"])
    found = scan(set_, GATA, p=0.001)
    assert found[["sequence", "id", "start", "end", "strand"]].values.tolist() == [
        [0, "one", 2, 8, "+"],
        [1, "two", 0, 6, "-"],
    ]
    assert found.p.tolist() == [4**-6] * 2


def test_a_palindrome_is_found_on_both_strands():
    found = scan(["CCCACGTGCCC"], Motif.from_sites("ebox", ["CACGTG"] * 20), p=0.001)
    assert found.strand.tolist() == ["+", "-"]
    assert found.start.tolist() == [2, 2]


def score_by_hand(codes, motif, background):
    """(start, strand) to the score of every window of known letters, one window at a time."""
    weights = grid_weights(motif, background)
    scores = {}
    for start in range(len(codes) - len(motif) + 1):
        window = codes[start : start + len(motif)]
        if (window < 4).all():
            scores[start, "+"] = sum(weights[i, base] for i, base in enumerate(window))
            scores[start, "-"] = sum(weights[i, 3 - base] for i, base in enumerate(window[::-1]))
    return scores


@settings(max_examples=40, deadline=None)
@given(st.text("ACGTN", min_size=1, max_size=30), st.integers(0, 1417))
def test_every_window_scores_as_by_hand(text, number):
    motif = jaspar_motifs()[number]
    found = scan([text], motif, p=1, background=UNEVEN)
    expected = score_by_hand(sequence.encode(text), motif, SYMMETRIC)
    got = {
        (start, strand): round(score / STEP)
        for start, strand, score in found[["start", "strand", "score"]].itertuples(index=False)
    }
    assert got == expected
    best = best_scores([text], motif, background=UNEVEN)[0, 0]
    assert np.isnan(best) if not expected else best == pytest.approx(max(expected.values()) * STEP)


@pytest.mark.parametrize("background", [np.full(4, 0.25), SYMMETRIC])
def test_p_values_are_those_of_all_words(background):
    motif = Motif("toy", [[9, 2, 1, 0], [0, 0, 5, 5], [3, 3, 3, 1], [0, 7, 0, 1], [2, 2, 2, 9]])
    weights = grid_weights(motif, background)
    words = np.array(list(itertools.product(range(4), repeat=5)))
    scores = weights[np.arange(5), words].sum(1)
    chances = background[words].prod(1)
    grid, p = score_distribution(motif, background)
    for score in np.unique(scores):
        at = round(score - grid[0] / STEP)
        assert p[at] == pytest.approx(chances[scores >= score].sum(), rel=1e-9)
    assert p[0] == pytest.approx(1)
    assert (np.diff(p) <= 0).all()
    assert grid[-1] == pytest.approx(scores.max() * STEP)


def test_a_distribution_is_that_of_the_p_values_of_hits():
    motif = jaspar("SPI1")
    found = scan(random_sequences(200, 200, seed=1), motif, p=1e-3, background=UNEVEN)
    grid, p = score_distribution(motif, UNEVEN)
    at = np.rint((found.score - grid[0]) / STEP).astype(int)
    assert len(found) > 20
    assert found.p.to_numpy() == pytest.approx(p[at])


def test_the_grid_of_scores_is_fine_enough():
    motif = jaspar("SPI1")
    error = grid_weights(motif, np.full(4, 0.25)) * STEP - motif.weights()
    assert np.abs(error).max() <= STEP / 2 + 1e-12


def test_random_letters_are_hit_as_often_as_p_says():
    motifs = [motif for motif in jaspar_motifs()[:60] if len(motif) > 9]
    n, length, p = 1000, 200, 1e-3
    letters = np.random.default_rng(5).integers(0, 4, (n, length), dtype=np.uint8)
    found = scan(letters, motifs, p=p)
    expected = sum(2 * n * (length - len(motif) + 1) * p for motif in motifs)
    assert 0.9 < len(found) / expected < 1.03  # scores are discrete: at most p
    assert found.p.max() <= p


def test_ragged_sequences_are_scanned_as_if_alone():
    texts = [sequence.decode(row) for row in random_sequences(6, 60, seed=2)]
    texts = [text[: 10 * (i + 1)] for i, text in enumerate(texts)]
    motifs = [GATA, jaspar("SPI1"), jaspar("HNF4A")]
    together = scan(texts, motifs, p=0.05)
    alone = [
        scan([text], motifs, p=0.05).assign(sequence=i, id=str(i)) for i, text in enumerate(texts)
    ]
    pd.testing.assert_frame_equal(together, pd.concat(alone, ignore_index=True), check_dtype=False)


def test_one_long_sequence_does_not_pad_the_short_ones(monkeypatch):
    texts = ["A" * 20] * 3000 + ["A" * 2000]
    areas = []
    pad = sequence.pad

    def measured(*arguments):
        padded = pad(*arguments)
        areas.append(padded.size)
        return padded

    monkeypatch.setattr(sequence, "pad", measured)
    scan(texts, GATA, p=1e-3)
    assert sum(areas) < 2 * sum(map(len, texts))


def test_blocks_do_not_show(monkeypatch):
    letters = random_sequences(30, 100, seed=1)
    motifs = [jaspar("SPI1"), jaspar("HNF4A")]
    whole, best = scan(letters, motifs, p=0.01), best_scores(letters, motifs)
    monkeypatch.setattr(scanning, "_BLOCK", 1000)
    pd.testing.assert_frame_equal(scan(letters, motifs, p=0.01), whole)
    np.testing.assert_array_equal(best_scores(letters, motifs), best)
    assert whole.equals(whole.sort_values(["sequence", "start"], kind="stable"))


def test_motifs_of_the_same_name_are_told_apart():
    two = [jaspar("MA0071"), jaspar("MA0072")]
    assert {motif.name for motif in two} == {"RORA"}
    found = scan(random_sequences(50, 100), two, p=0.01)
    assert set(found.matrix) == {motif.id for motif in two}


def test_motifs_are_enriched_in_the_cells_they_belong_to():
    from genbench_lite.demo import load_open_chromatin

    sites = load_open_chromatin().test
    homes = {"SPI1": "GM12878", "HNF4A": "HepG2", "GATA2": "K562", "POU5F1::SOX2": "hESCT0"}
    for name, home in homes.items():
        rows = scan(sites, jaspar(name))["sequence"].unique()
        hit = np.isin(np.arange(len(sites)), rows)
        shares = {cell: hit[sites.labels == i].mean() for i, cell in enumerate(sites.classes)}
        others = max(share for cell, share in shares.items() if cell != home)
        assert shares[home] > 2 * others, name


def beside_fimo(probabilities):
    """Hits of 100 motifs in random letters, ours and memelite's FIMO's, row by row."""
    memelite = pytest.importorskip("memelite", reason="memelite is not installed")
    letters = random_sequences(1000, 200, seed=3)
    # not the shortest: where no window reaches p, memelite's rounding may find some, with p = 0
    motifs = [motif for motif in jaspar_motifs() if score_distribution(motif)[1][-1] < 5e-5][:100]
    mine = scan(letters, motifs)
    hits = memelite.fimo(
        {motif.id: np.ascontiguousarray(probabilities(motif).T) for motif in motifs},
        sequence.one_hot(letters),
        bin_size=STEP,
        eps=0,
        threshold=1e-4,
    )
    theirs = pd.concat(hits).rename(
        columns={"motif_name": "matrix", "sequence_name": "sequence", "p-value": "p"}
    )
    theirs["p"] = theirs["p"].astype(float)
    keys = ["sequence", "matrix", "start", "end", "strand"]
    return mine.merge(theirs, on=keys, how="outer", suffixes=("", "_fimo"), indicator="found")


def test_on_the_same_grid_hits_and_p_values_are_those_of_fimo():
    even = np.full(4, 0.25)
    # weights in whole steps, and a hair more, for it cuts their sum to whole steps
    both = beside_fimo(lambda motif: 0.25 * 2 ** (grid_weights(motif, even) * STEP + 1e-5))
    assert len(both) > 2000
    assert (both["found"] == "both").all()
    # it cuts toward zero: a score under 0 gets the p-value of the next higher one
    over = both[both["score"] > 0]
    assert len(over) > 0.98 * len(both)
    np.testing.assert_allclose(over["p"], over["p_fimo"], rtol=1e-9)
    np.testing.assert_allclose(both["score"], both["score_fimo"], atol=1e-3)


def test_off_the_grid_hits_differ_from_those_of_fimo_at_the_threshold_only():
    both = beside_fimo(lambda motif: motif.probabilities)
    agreed = both[both["found"] == "both"]
    assert len(agreed) > 0.98 * len(both)
    alone = both[both["found"] != "both"]
    assert alone[["p", "p_fimo"]].min(axis=1).min() > 0.85e-4
    # FIMO rounds a window's sum, we round its parts: a p-value may be that of the next score
    assert (agreed["score"] - agreed["score_fimo"]).abs().max() < 0.1
    ratio = agreed["p"] / agreed["p_fimo"].clip(lower=1e-12)
    assert ratio.median() == pytest.approx(1, abs=1e-6)
    assert ratio.between(0.8, 1.25).mean() > 0.97
