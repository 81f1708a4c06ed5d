"""Motifs put into backgrounds, alone and in pairs."""

import numpy as np
import pytest
import torch
from explained_models import CountA, Opaque, SmallCNN, random_codes
from scipy import stats
from torch import nn

from genbench_lite.attribution import marginalize, spacing
from genbench_lite.errors import DataError
from genbench_lite.motif import Motif
from genbench_lite.motifs import jaspar

AAAA = Motif.from_sites("AAAA", ["AAAA"] * 5)
GTGT = Motif.from_sites("GTGT", ["GTGT"] * 5)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"motifs": []}, "no motif to put in"),
        ({"motifs": "GATA1"}, "no motif to put in"),
        ({"background": ["ACGTACGT"]}, "One background"),
        ({"background": []}, "no sequences"),
        ({"background": ["ACG", "ACT"]}, "do not fit into backgrounds of 3 bp"),
        ({"position": 7}, "4 bp from position 7 do not fit"),
        ({"position": -1}, "do not fit"),
        ({"strand": "both"}, "strand 'both'"),
        ({"sites": "best"}, "Sites 'best'"),
        ({"target": 4}, "no class 4"),
        ({"target": 1, "against": 1}, "against itself"),
    ],
)
def test_what_cannot_be_put_in_is_refused(options, message):
    given = {"motifs": AAAA, "background": random_codes(4, 10)} | options
    with pytest.raises(DataError, match=message):
        marginalize(CountA(), given.pop("motifs"), given.pop("background"), **given)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"gaps": [-1]}, "overlap"),
        ({"gaps": [40]}, "do not fit"),
        ({"strands": "+"}, "two strands"),
        ({"strands": "+x"}, "strand 'x'"),
    ],
)
def test_pairs_that_do_not_fit_are_refused(options, message):
    with pytest.raises(DataError, match=message):
        spacing(CountA(), AAAA, GTGT, random_codes(3, 30), **options)


def test_the_change_is_what_the_motif_adds_to_what_it_replaces():
    codes = random_codes(50, 12)
    (row,) = marginalize(CountA(), AAAA, codes, position=3).to_dict("records")
    changes = 4 - (codes[:, 3:7] == 0).sum(1)
    assert (row["motif"], row["class"], row["n"]) == ("AAAA", "1", 50)
    assert row["change"] == pytest.approx(changes.mean())
    low, high = stats.t.interval(0.95, 49, changes.mean(), stats.sem(changes))
    assert (row["low"], row["high"]) == pytest.approx((low, high))


def test_it_lies_in_the_middle_and_on_the_strand_asked_for():
    class Place(nn.Module):
        def forward(self, x):
            return torch.stack([0 * x[:, 0, 0], x[:, 3, 4:8].sum(1)], 1)

    codes = np.full((2, 12), 1, np.uint8)
    assert marginalize(Place(), AAAA, codes)["change"].item() == 0
    assert marginalize(Place(), AAAA, codes, strand="-")["change"].item() == 4
    assert marginalize(Place(), AAAA, codes, strand="-", position=0)["change"].item() == 0


def test_of_more_classes_all_are_asked():
    codes, several = random_codes(20, 30), [AAAA, GTGT]
    table = marginalize(SmallCNN(3), several, codes)
    assert table["motif"].tolist() == ["AAAA"] * 3 + ["GTGT"] * 3
    assert table["class"].tolist() == ["0", "1", "2"] * 2
    np.testing.assert_allclose(table["change"][:3].sum(), 0, atol=1e-5)
    one = marginalize(SmallCNN(3), AAAA, codes, 0, against=2)
    assert one["class"].tolist() == ["0"]


def test_sampled_sites_differ_and_the_seed_repeats_them():
    motif, codes = jaspar("CTCF"), random_codes(60, 80)
    first, again, other = (
        marginalize(CountA(), motif, codes, sites="sampled", seed=seed)["change"].item()
        for seed in (0, 0, 1)
    )
    assert first == again
    assert first != other
    expected = 80 * 0  # letters that are replaced: a quarter of them is A
    expected = motif.probabilities[:, 0].sum() - len(motif) / 4
    assert first == pytest.approx(expected, abs=0.7)


def test_models_without_gradients_take_part():
    table = marginalize(Opaque(), AAAA, np.full((3, 8), 1, np.uint8))
    assert table["class"].tolist() == ["many"]
    assert table["change"].item() == pytest.approx(4, abs=1e-3)


def test_a_model_that_adds_sees_nothing_in_a_pair():
    table = spacing(CountA(), AAAA, GTGT, random_codes(9, 40), gaps=[0, 7])
    assert table["gap"].tolist() == [0, 7]
    np.testing.assert_allclose(table["change"], 0, atol=1e-6)
    np.testing.assert_allclose(table["both"], table["first"] + table["second"], atol=1e-6)


def test_a_model_that_wants_both_close_by_is_found_out():
    """The logit is 1 only where AAAA is followed by GTGT after exactly 3 bp."""

    class Pair(nn.Module):
        def forward(self, x):
            word = x.new_zeros(1, 4, 11)
            word[0, 0, :4] = 1
            word[0, [2, 3, 2, 3], range(7, 11)] = 1
            found = torch.conv1d(x, word)[:, 0].amax(1) >= 8
            return torch.stack([0 * found.float(), found.float()], 1)

    codes = np.full((4, 40), 1, np.uint8)
    table = spacing(Pair(), AAAA, GTGT, codes, gaps=[2, 3, 4]).set_index("gap")
    assert table["change"].to_dict() == {2: 0, 3: 1, 4: 0}
    turned = spacing(Pair(), AAAA.reverse_complement(), GTGT, codes, gaps=[3], strands="-+")
    assert turned["change"].item() == 1
