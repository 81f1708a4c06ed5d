"""Motifs and the matrices of JASPAR."""

import numpy as np
import pytest

from genbench_lite.errors import DataError, UnknownNameError
from genbench_lite.figures.logos import alignment_logo, letter_heights, motif_logo
from genbench_lite.motifs import JASPAR, TAXA, Motif, jaspar, jaspar_motifs, search_jaspar

GOOD = [[8.0, 0, 0, 0], [0, 4, 4, 0]]


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ([1, 2, 3, 4], "shape"),
        ("GATA", "no table of numbers"),
        ([[1, 2, 3, 4], [1, 2, 3]], "no table of numbers"),
        ([["A", "C", "G", "T"]] * 2, "no table of numbers"),
        ([[1, 2, 3], [1, 2, 3]], "four columns"),
        (np.ones((4, 8)), "four columns"),
        (np.zeros((0, 4)), "at least 2"),
        ([[1, 2, 3, 4]], "at least 2"),
        ([[1, 2, 3, 4], [1, -2, 3, 4]], "-2.0 for C at position 1"),
        ([[1, 2, 3, 4], [1, 2, np.nan, 4]], "nan for G at position 1"),
        ([[1, 2, 3, 4], [1, 2, 3, np.inf]], "inf for T"),
        ([[0, 0, 0, 0], [1, 2, 3, 4]], "no count at position 0"),
        ([[0.7, 0.1, 0.1, 0.1], [0.25, 0.25, 0.25, 0.25]], "as probabilities do"),
        ([[0.333, 0.333, 0.333, 0], [0.25, 0.25, 0.25, 0.25]], "as probabilities do"),
        ([[0.67, 0.33, 0.01, 0], [0.33, 0.33, 0.33, 0]], "as probabilities do"),
    ],
)
def test_counts_that_cannot_be_used_are_refused(counts, message):
    with pytest.raises(DataError, match=message):
        Motif("toy", counts)


@pytest.mark.parametrize("pseudocount", [-1, np.nan, np.inf, "a", None, [1]])
def test_a_strange_pseudocount_is_refused(pseudocount):
    with pytest.raises(DataError, match="pseudocount"):
        Motif("toy", GOOD, pseudocount=pseudocount)


@pytest.mark.parametrize(
    ("sites", "message"),
    [([], "there are none"), (["GATA", "GA"], "2 to 4 bp"), (["NNN", "NNN"], "no count")],
)
def test_sites_that_cannot_be_counted_are_refused(sites, message):
    with pytest.raises(DataError, match=message):
        Motif.from_sites("toy", sites)


@pytest.mark.parametrize(
    "background",
    [
        [0.25] * 3,
        [0.5, 0.5, 0, 0],
        [0.4] * 4,
        [-0.25, 0.5, 0.5, 0.25],
        [np.nan] * 4,
        "even",
        [[1], 2],
    ],
)
def test_a_background_that_cannot_be_used_is_refused(background):
    with pytest.raises(DataError, match="background"):
        Motif("toy", GOOD).weights(background)


def test_without_a_pseudocount_a_base_never_seen_has_no_weight():
    with pytest.raises(DataError, match="pseudocount"):
        Motif("toy", GOOD, pseudocount=0).weights()
    seen = Motif("toy", [[1, 1, 1, 1], [3, 1, 2, 2]], pseudocount=0)
    assert seen.weights()[0].tolist() == [0, 0, 0, 0]


def test_the_counts_of_a_motif_stay_as_they_are():
    mine = np.array(GOOD)
    motif = Motif("toy", mine)
    mine[0] = 7
    assert motif.counts.tolist() == GOOD
    with pytest.raises(ValueError, match="read-only"):
        motif.counts[0, 0] = 1


def test_probabilities_by_hand():
    motif = Motif("toy", [[3, 1, 0, 0], [4, 0, 0, 0]], pseudocount=4)
    np.testing.assert_allclose(
        motif.probabilities, [[0.5, 0.25, 0.125, 0.125], [0.625] + 3 * [0.125]]
    )
    np.testing.assert_allclose(motif.weights()[0], [1, 0, -1, -1])
    np.testing.assert_allclose(motif.weights([0.5, 0.25, 0.125, 0.125])[0], [0, 0, 0, 0])


def test_information_by_hand_with_the_correction_for_few_sites():
    missed = 3 / (2 * np.log(2))
    motif = Motif("toy", [[10, 0, 0, 0], [5, 5, 0, 0], [4, 4, 1, 1]])
    entropy = -2 * 0.4 * np.log2(0.4) - 2 * 0.1 * np.log2(0.1)
    np.testing.assert_allclose(
        motif.information, [2 - missed / 10, 1 - missed / 10, 2 - entropy - missed / 10]
    )


def test_information_of_a_position_without_preference_is_zero_not_negative():
    assert Motif("toy", [[1, 1, 1, 1], [2, 0, 0, 0]]).information.tolist()[0] == 0
    assert Motif("toy", [[1, 0, 0, 0], [1, 0, 0, 0]]).information.tolist() == [0, 0]


@pytest.mark.parametrize(
    ("counts", "letter"),
    [
        ([9, 1, 0, 0], "A"),
        ([6, 4, 0, 0], "M"),
        ([4, 4, 1, 1], "M"),
        ([0, 5, 0, 5], "Y"),
        ([5, 2, 2, 1], "N"),
        ([1, 1, 1, 1], "N"),
    ],
)
def test_the_consensus_of_a_position(counts, letter):
    assert Motif("toy", [counts, counts]).consensus == letter * 2


def test_the_reverse_complement_is_the_same_motif_on_the_other_strand():
    motif = jaspar("SPI1")
    other = motif.reverse_complement()
    assert other.consensus == "CCACTTCCTCTTT"
    np.testing.assert_array_equal(other.counts[0], motif.counts[-1][::-1])
    np.testing.assert_array_equal(other.reverse_complement().counts, motif.counts)
    assert (other.name, other.id, other.taxon) == (motif.name, motif.id, motif.taxon)


def test_sites_are_counted_letter_by_letter():
    motif = Motif.from_sites("toy", ["gAT", "GCN", "GAT"], id="T1", pseudocount=2)
    assert motif.counts.tolist() == [[0, 0, 3, 0], [2, 1, 0, 0], [0, 0, 0, 2]]
    assert (motif.id, motif.pseudocount) == ("T1", 2)


def test_an_unknown_name_is_answered_with_a_near_one():
    with pytest.raises(UnknownNameError, match=r"(?i)did you mean 'hnf4a'"):
        jaspar("HNF4AA")
    with pytest.raises(UnknownNameError, match="no JASPAR motif") as caught:
        jaspar("zzzzqqqqqwww")
    assert len(str(caught.value)) < 200  # not all 1,400 names
    with pytest.raises(UnknownNameError):
        jaspar("")
    with pytest.raises(UnknownNameError, match="insects"):
        search_jaspar(taxon="insect")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("MA0035.4", "MA0035.5"),  # another version of the same matrix
        ("ma0035.1", "MA0035.5"),
        ("GATA", "GATA1"),  # not a fly's
        ("hnf4aa", "HNF4A"),
        ("Sp1l", "SP1"),
        ("brkk", "brk"),  # no vertebrate is near
    ],
)
def test_a_suggestion_is_the_same_protein_a_vertebrate_and_spelled_as_it_is(name, meant):
    with pytest.raises(UnknownNameError, match=f"Did you mean '{meant}'"):
        jaspar(name)


@pytest.mark.parametrize("name", ["OCT4", "PU.1", "MA9999.1", ""])
def test_where_no_name_is_near_none_is_suggested(name):
    with pytest.raises(UnknownNameError, match="search_jaspar"):
        jaspar(name)


def test_the_shipped_matrices_are_whole_and_small():
    motifs = jaspar_motifs()
    assert JASPAR.stat().st_size < 1e6
    assert len({motif.id for motif in motifs}) == len(motifs) > 1000
    assert [taxon for taxon in TAXA if any(m.taxon == taxon for m in motifs)] == list(TAXA)
    stems = [motif.id.split(".")[0] for motif in motifs]
    assert len(set(stems)) == len(stems)  # one version of each: not redundant
    notice = (JASPAR.parent / "NOTICE.md").read_text(encoding="utf-8")
    assert "jaspar.npz" in notice
    assert "CC BY 4.0" in notice
    assert "doi:10.1093/nar/gkaf1209" in notice  # the paper of this release


def test_a_known_matrix_has_its_published_counts():
    arnt = jaspar("MA0004.1")  # 20 sites of SELEX, unchanged since the first release
    assert arnt.name == "Arnt"
    assert arnt.counts.T.astype(int).tolist() == [
        [4, 19, 0, 0, 0, 0],
        [16, 0, 20, 0, 0, 0],
        [0, 1, 0, 20, 0, 20],
        [0, 0, 0, 0, 20, 0],
    ]


@pytest.mark.parametrize("name", ["HNF4A", "hnf4a", " HNF4A ", "MA0114.5", "ma0114"])
def test_names_and_identifiers_find_the_same_matrix(name):
    assert jaspar(name) is jaspar("MA0114.5")


def test_a_name_of_several_taxa_is_the_vertebrate_first():
    taxa = set(search_jaspar("CTCF").taxon)
    assert taxa == {"vertebrates", "insects"}
    assert jaspar("CTCF").taxon == "vertebrates"
    assert jaspar("GATA1").taxon == "vertebrates"
    assert jaspar("Max").name == "MAX"  # the fly's is written Max


def test_among_vertebrates_the_same_spelling_comes_first():
    assert jaspar("Hnf1A").id == "MA1991.2"
    assert jaspar("HNF1A").id == "MA0046.3"


def test_search_by_text_family_and_taxon():
    everything = search_jaspar()
    assert len(everything) == len(jaspar_motifs())
    gata = search_jaspar("gata", taxon="vertebrates")
    assert {"GATA1", "GATA2", "Gata3"} <= set(gata.name)
    assert set(gata.taxon) == {"vertebrates"}
    assert gata.loc["MA0036.4", "length"] == 7
    assert gata.loc["MA0036.4", "consensus"] == "CTTATCT"
    assert search_jaspar("MA0036").index.tolist() == ["MA0036.4"]
    assert search_jaspar(family="C4-GATA").name.isin(["GATA1"]).any()
    assert search_jaspar("no such motif").empty


def letters_drawn(axis):
    """Position to the heights in bits of the letters drawn there, in rising order."""
    drawn: dict[int, list[float]] = {}
    for patch in axis.patches:
        box = patch.get_path().transformed(patch.get_patch_transform()).get_extents()
        if box.height > 1e-6:
            drawn.setdefault(round((box.x0 + box.x1) / 2), []).append(box.height)
    return {position: sorted(heights) for position, heights in sorted(drawn.items())}


def test_a_logo_draws_each_letter_as_high_as_it_informs():
    motif = jaspar("SPI1")
    figure = motif.logo()
    (axis,) = figure.axes
    drawn = letters_drawn(axis)
    assert list(drawn) == list(range(1, 14))
    for position, heights in zip(range(13), drawn.values(), strict=True):
        expected = np.sort(letter_heights(motif)[position])
        np.testing.assert_allclose(heights, expected[expected > 1e-6], atol=1e-6)
    np.testing.assert_allclose(letter_heights(motif).sum(1), motif.information)
    assert axis.get_ylim() == (0, 2)
    assert "bits" in axis.get_ylabel()
    assert "bp" in axis.get_xlabel()
    assert axis.get_title() == "Spi1 MA0080.7"
    assert motif.consensus in figure.alt
    assert 'alt="Sequence logo of Spi1' in figure._repr_html_()


def test_a_motif_without_information_has_an_empty_logo():
    figure = motif_logo(Motif("flat", np.full((3, 4), 5)))
    assert letters_drawn(figure.axes[0]) == {}
    assert "0.0 bits" in figure.alt


def test_an_alignment_puts_position_over_position():
    one = Motif.from_sites("one", ["CTTATCT"] * 50)
    two = Motif.from_sites("two", ["AGATAAGG"] * 50)  # on - : CCTTATCT
    figure = alignment_logo(one, two, 1, "-")
    upper, lower = (list(letters_drawn(axis)) for axis in figure.axes)
    assert upper == list(range(1, 8))
    assert lower == list(range(8))
    assert figure.axes[0].get_xlim() == figure.axes[1].get_xlim() == (-0.5, 7.5)
    assert "reverse complement" in figure.axes[1].get_title()
    assert "CCTTATCT" in figure.alt
    assert "7 bp" in figure.alt


def test_an_alignment_that_cannot_be_is_refused():
    one, two = (Motif.from_sites("toy", ["GATA"] * 9) for _ in range(2))
    with pytest.raises(DataError, match="strand"):
        alignment_logo(one, two, 0, "x")
    for offset in (4, -4):
        with pytest.raises(DataError, match="do not overlap"):
            alignment_logo(one, two, offset)
