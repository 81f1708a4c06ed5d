"""A filter at one place and at all of them: the numbers, the drawings, and the widget's answers."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest
import torch

import genbench_lite as gbl
from genbench_lite.errors import DataError
from genbench_lite.figures.filter_window import window_svg
from genbench_lite.figures.track_plots import PAGE, track_svg
from genbench_lite.interactive.convolution_slider import ConvolutionSlider, as_letters, as_weights
from genbench_lite.networks.convolution import convolve, letter_products, max_pool

# worth 1 for G, 2 for A, 3 for T, 4 for A; -1 for all others
WEIGHTS = np.full((4, 4), -1.0)
WEIGHTS[[2, 0, 3, 0], range(4)] = [1, 2, 3, 4]
LETTERS = "CCGATACCNN"


def shown(slider: ConvolutionSlider) -> str:
    return slider.picture.value


def alts(html: str) -> list[str]:
    return re.findall(r'role="img" aria-label="([^"]*)"', html)


def texts(svg: str) -> list[str]:
    return [node.text for node in ElementTree.fromstring(svg).iter() if node.tag.endswith("text")]


# the numbers


def test_a_filter_wider_than_the_sequence_is_refused():
    with pytest.raises(DataError, match="4 letters wide and the sequence has 3"):
        convolve("GAT", WEIGHTS)


def test_it_computes_what_a_network_computes():
    rng = np.random.default_rng(0)
    letters = gbl.sequence.decode(rng.integers(0, 5, 60).astype(np.uint8))
    layer = torch.nn.Conv1d(4, 1, 7)
    one_hot = torch.from_numpy(gbl.sequence.one_hot(gbl.sequence.encode(letters)))
    with torch.no_grad():
        expected = layer(one_hot[None])[0, 0].numpy()
        pooled = torch.nn.functional.max_pool1d(torch.from_numpy(expected)[None], 8)[0].numpy()
    values = convolve(letters, as_weights(layer.weight[0]), layer.bias.item())
    np.testing.assert_allclose(values, expected, atol=1e-5)
    np.testing.assert_allclose(max_pool(values, 8), pooled, atol=1e-5)


def test_of_each_column_the_weight_of_its_letter_counts_and_unknown_ones_nothing():
    assert letter_products("GANA", WEIGHTS).tolist() == [1, 2, 0, 4]


def test_an_incomplete_group_is_dropped():
    assert max_pool(np.array([1.0, 2, 3, 4, 99]), 2).tolist() == [2, 4]


# the drawings


@pytest.mark.parametrize("place", [-1, 7])
def test_a_window_over_the_end_is_refused(place):
    with pytest.raises(DataError, match="Take 0 to 6"):
        window_svg(LETTERS, WEIGHTS, place)


def test_a_place_that_is_none_and_a_pool_too_large_are_refused():
    with pytest.raises(DataError, match="no place 3 of 3"):
        track_svg(np.zeros(3), 3)
    with pytest.raises(DataError, match="cannot be pooled by 8"):
        track_svg(np.zeros(3), 0, pool=8)


def test_the_window_shows_letters_weights_products_and_the_running_sum():
    svg = window_svg(LETTERS, WEIGHTS, 2)
    words = texts(svg)
    assert words[-10:] == [
        "= products", "1.00", "2.00", "3.00", "4.00",
        "sum so far", "1.00", "3.00", "6.00", "10.00",
    ]  # fmt: skip
    ones = words[words.index("one-hot") + 1 : words.index("× weights")]
    assert "".join(w for w in ones if w in "01") == "0101000010000010"  # rows A, C, G, T
    assert LETTERS in words  # the whole sequence, as it is short


def test_of_a_long_sequence_the_letters_around_the_filter_are_shown():
    letters = "A" * 500 + "GATA" + "C" * 500
    words = texts(window_svg(letters, WEIGHTS, 500))
    around = max(words, key=len)
    assert len(around) == 41
    assert around.index("GATA") == 18
    at_the_end = max(texts(window_svg(letters, WEIGHTS, 1000)), key=len)
    assert at_the_end == "C" * 41


def test_the_track_has_a_row_for_each_step():
    values = convolve(LETTERS, WEIGHTS, -4)
    assert len([t for t in texts(track_svg(values, 0)) if "sum of" in t]) == 1
    words = texts(track_svg(values, 2, relu=True, pool=2))
    assert "after the ReLU" in words
    assert "after max pooling by 2: 7 places become 3" in words
    assert words.count("6.00") == 3  # 10 - 4, in all three rows


def test_of_many_places_those_around_the_present_one_are_drawn():
    values = np.arange(1000.0)
    for place, first, last in ((0, 0, PAGE - 1), (PAGE, PAGE, 2 * PAGE - 1), (999, 960, 999)):
        svg = track_svg(values, place, relu=True, pool=4)
        assert f"places {first} to {last} of 1,000" in svg
        box = re.search(r'<rect x="([\d.]+)"[^>]*fill="#ffe08a"', svg)
        assert 62 <= float(box[1]) <= 62 + 620
    assert "places 0 to" not in track_svg(values[:PAGE], 0)


def test_a_track_of_zeros_is_drawn():
    assert "nan" not in track_svg(np.zeros(5), 2, True, 2)


# the widget


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((["A"], WEIGHTS), "a text, not a list"),
        (("", WEIGHTS), "the sequence has 0"),
        (("GAT", WEIGHTS), "Give at least 4 letters"),
        (("GATXA", WEIGHTS), "'X' at position 3 is no base"),
        (("GATAN>", WEIGHTS), "'>' at position 5"),
        ((LETTERS, WEIGHTS[:3]), r"shape \(3, 4\).*Turn them with .T"),
        ((LETTERS, WEIGHTS[0]), r"shape \(4,\)"),
        ((LETTERS, np.zeros((4, 0))), r"shape \(4, 0\)"),
        ((LETTERS, "motif"), "no numbers"),
        ((LETTERS, np.where(WEIGHTS == 4, np.inf, WEIGHTS)), "not finite"),
        ((LETTERS, WEIGHTS, None), "bias of None"),
        ((LETTERS, WEIGHTS, float("inf")), "bias of inf"),
    ],
)
def test_what_it_cannot_show_it_refuses(arguments, message):
    with pytest.raises(DataError, match=message):
        ConvolutionSlider(*arguments)


def test_a_motif_gives_its_weights():
    motif = gbl.Motif.from_sites("toy", ["GATA", "GATT"])
    slider = ConvolutionSlider("CCGATACC", motif)
    assert slider.weights.tolist() == motif.weights().T.tolist()
    assert slider.activation.argmax() == 2


def test_it_goes_from_the_first_place_to_the_last():
    slider = ConvolutionSlider(LETTERS, WEIGHTS, bias=-4)
    assert (slider.place.min, slider.place.max, slider.place.value) == (0, 6, 0)
    assert "Place 0, CCGA: −1.00 + (−1.00) + (−1.00) + 4.00 = 1.00; with the bias" in shown(slider)
    slider.place.value = 2
    assert slider.describe() == (
        "Place 2, GATA: 1.00 + 2.00 + 3.00 + 4.00 = 10.00; with the bias of −4.00: 6.00."
    )
    assert slider.describe() in shown(slider)
    slider.place.value = 6
    assert "on CCNN" in shown(slider)


def test_relu_and_pooling_are_shown_on_demand():
    slider = ConvolutionSlider(LETTERS, WEIGHTS, bias=-4)
    assert "ReLU" not in shown(slider)
    assert "pooling" not in shown(slider)
    slider.relu.value = True
    assert "after the ReLU: 0.00" in slider.describe()
    slider.pool.value = 2
    assert "7 places become 3" in shown(slider)
    slider.relu.value = False
    assert "after the ReLU" not in shown(slider)


def test_a_typed_sequence_takes_the_place_of_the_old_one():
    slider = ConvolutionSlider(LETTERS, WEIGHTS)
    slider.place.value = 6
    slider.typed.value = " ttga ta "
    assert (slider.letters, slider.place.max, slider.place.value) == ("TTGATA", 2, 2)
    assert "on GATA" in alts(shown(slider))[0]
    slider.typed.value = LETTERS * 100
    assert slider.place.max == 996
    slider.place.value = 996
    assert "of 997" in shown(slider)
    assert slider.errors == []


@pytest.mark.parametrize("typed", ["GATUACA", "GAT", "", "<b>GATA"])
def test_what_cannot_be_read_is_told_and_nothing_is_lost(typed):
    slider = ConvolutionSlider(LETTERS, WEIGHTS)
    slider.place.value = 2
    before = shown(slider)
    slider.typed.value = typed
    assert 'data-widget-error="DataError"' in slider.message.value
    assert "<b>" not in slider.message.value
    assert (slider.letters, slider.typed.value, shown(slider)) == (LETTERS, typed, before)
    slider.place.value = 3
    assert slider.message.value == ""
    assert "at position 3" in shown(slider)


def test_too_few_places_to_pool_are_told_until_fewer_are_pooled():
    slider = ConvolutionSlider(LETTERS, WEIGHTS)
    slider.pool.value = 8
    assert "7 places cannot be pooled by 8" in slider.message.value
    slider.pool.value = 4
    assert slider.message.value == ""


def test_no_pooling_is_what_the_menu_shows_at_first():
    assert ConvolutionSlider(LETTERS, WEIGHTS).pool.label == "no"


def test_a_sequence_too_short_for_the_pooling_is_shown_without():
    slider = ConvolutionSlider(LETTERS * 3, WEIGHTS)
    slider.pool.value = 8
    slider.typed.value = LETTERS
    assert (slider.errors, slider.pool.label, slider.letters) == ([], "no", LETTERS)
    slider.typed.value = LETTERS * 3
    assert "pooling" not in shown(slider)


def test_the_still_shows_first_and_best_place_and_the_track():
    still = ConvolutionSlider(LETTERS, WEIGHTS, bias=-4).still()
    for caption in (
        "At the first place",
        "At place 2, where the sum",
        "At all places",
        "With ReLU",
    ):
        assert caption in still
    assert len(alts(still)) == 4
    assert len(alts(ConvolutionSlider("GATA", WEIGHTS).still())) == 4  # a single place: no pooling


def test_blanks_and_small_letters_are_read():
    assert as_letters("gat\n tac N") == "GATTACN"
