"""Two alleles in the same context."""

import numpy as np
import pytest
import torch
from explained_models import BothStrands, CountA, SmallCNN, random_codes

from genbench_lite import SequenceSet, sequence
from genbench_lite.attribution import find_locus, mutagenesis, variant_effect
from genbench_lite.demo import load_open_chromatin
from genbench_lite.errors import DataError, UnknownNameError
from genbench_lite.sequence_set import LOCUS


@pytest.mark.parametrize(
    ("position", "alternative", "message"),
    [
        (4, "A", "lies outside"),
        (-1, "A", "lies outside"),
        (0, "A", "is A, and the alternative is A"),
        (2, "A", "is N, and"),
        (1, "N", "single letters"),
        (1, "AC", "single letters"),
        (1, "", "single letters"),
        (1.5, "A", "position of 1.5"),
        ([1, 3], ["A", "C", "G"], "2 positions and 3 alternatives"),
        ([], [], "no variants"),
    ],
)
def test_what_is_no_variant_is_refused(position, alternative, message):
    with pytest.raises(DataError, match=message):
        variant_effect(CountA(), ["ACNG"], position, alternative)


def test_sequences_and_variants_that_do_not_pair_up_are_refused():
    with pytest.raises(DataError, match="do not pair up"):
        variant_effect(CountA(), ["ACGT", "ACGT"], [1, 2, 3], "A")
    with pytest.raises(DataError, match="no sequences"):
        variant_effect(CountA(), [], 0, "A")


def test_the_strand_as_written_is_that_of_mutagenesis():
    model, codes = SmallCNN(), random_codes(1, 40)
    table = variant_effect(model, codes, range(40), list(sequence.decode((codes[0] + 1) % 4)))
    expected = mutagenesis(model, codes, 1)[0, (codes[0] + 1) % 4, np.arange(40)]
    np.testing.assert_allclose(table["plus"], expected, atol=1e-6)
    turned = sequence.reverse_complement(codes)
    expected = mutagenesis(model, turned, 1)[0][3 - (codes[0] + 1) % 4, 39 - np.arange(40)]
    np.testing.assert_allclose(table["minus"], expected, atol=1e-6)
    np.testing.assert_allclose(table["change"], (table["plus"] + table["minus"]) / 2, atol=1e-6)
    assert table["reference"].tolist() == list(sequence.decode(codes[0]))


def test_a_model_of_both_strands_says_the_same_on_both():
    table = variant_effect(BothStrands(SmallCNN()), "ACGTACGTAACCGGTT", [3, 8], ["A", "C"])
    np.testing.assert_allclose(table["plus"], table["minus"], atol=1e-6)


def test_padding_stays_on_the_right_on_both_strands():
    class Last(torch.nn.Module):
        def forward(self, x):
            return torch.stack([0 * x[:, 0, 0], x[:, 0, 0]], 1)  # an A comes first

    table = variant_effect(Last(), ["ACGC", "ACGCCCCCCC"], [3, 3], "T")
    assert table["minus"].tolist() == [1, 0]


def test_of_more_classes_all_are_asked():
    table = variant_effect(SmallCNN(3), "ACGTACGTAACC", [0, 1], "T")
    assert table["variant"].tolist() == [0, 0, 0, 1, 1, 1]
    assert table["class"].tolist() == ["0", "1", "2"] * 2
    np.testing.assert_allclose(table["plus"][:3].sum(), 0, atol=1e-5)
    assert len(variant_effect(SmallCNN(3), "ACGTACGTAACC", [0, 1], "T", 2, against=0)) == 2


def test_loci_lead_to_positions_on_either_strand():
    loci = np.array(
        [("chr1", 100, 104, "+"), ("chr1", 101, 105, "-"), ("chr2", 100, 104, "+")], LOCUS
    )
    s = SequenceSet.from_strings(["ACGT", "AACG", "TTTT"], [0] * 3, ["one"], loci=loci)
    found = find_locus(s, "chr1", 102)
    assert found["row"].tolist() == [0, 1]
    assert found["position"].tolist() == [2, 2]
    assert found["letter"].tolist() == ["G", "C"]
    assert find_locus(s, "chr1", 104)["position"].tolist() == [0]
    assert not len(find_locus(s, "chr1", 99))


def test_loci_that_nobody_knows_are_refused():
    with pytest.raises(DataError, match="no loci"):
        find_locus(SequenceSet.from_strings(["A"], [0], ["one"]), "chr1", 0)
    with pytest.raises(UnknownNameError, match="chr1"):
        find_locus(load_open_chromatin().test, "1", 0)
