"""Explanations side by side, and their scores."""

import numpy as np
import pytest
from explained_models import random_codes

from genbench_lite import sequence
from genbench_lite.attribution import score_attributions
from genbench_lite.errors import DataError
from genbench_lite.figures.explanation_plots import explanations, scoreboard

CODES = random_codes(1, 60)[0]
VALUES = np.random.default_rng(0).normal(size=(4, 60)) * sequence.one_hot(CODES)


def score(strength, seed=0):
    mask = np.zeros((20, 30), bool)
    mask[:, 5:12] = True
    noise = np.random.default_rng(seed).normal(size=(20, 4, 30))
    return score_attributions(noise + strength * mask[:, None], mask)


@pytest.mark.parametrize(
    ("given", "options", "message"),
    [
        ({}, {}, "0 methods"),
        ({"a": VALUES}, {"window": (10, 10)}, "from 10 to 10"),
        ({"a": VALUES}, {"window": (10, 61)}, "from 10 to 61"),
        ({"a": VALUES[:, :-1]}, {}, "shape"),
        ({"a": VALUES.T}, {}, "shape"),
        ({"a": VALUES * np.nan}, {}, "no finite"),
        ({"a": 1 - sequence.one_hot(CODES)}, {}, "letter_scores"),
    ],
)
def test_what_cannot_be_drawn_is_refused(given, options, message):
    with pytest.raises(DataError, match=message):
        explanations(given, CODES, **options)


def test_scores_that_cannot_be_drawn_are_refused():
    with pytest.raises(DataError, match="0 methods"):
        scoreboard({})
    with pytest.raises(DataError, match="8 models"):
        scoreboard({str(i): {"gradient": score(1)} for i in range(8)})


def test_each_method_has_a_panel_on_its_own_scale():
    figure = explanations({"small": VALUES, "large": 100 * VALUES}, sequence.decode(CODES))
    small, large = figure.axes
    assert small.get_title(loc="left") == "small"
    assert np.allclose(100 * np.array(small.get_ylim()), large.get_ylim())
    assert small.get_xlim() == (-0.5, 59.5)


def test_panels_of_one_scale_hold_the_largest():
    figure = explanations({"small": VALUES, "large": -3 * VALUES}, CODES, same_scale=True)
    small, large = (axis.get_ylim() for axis in figure.axes)
    assert small == large
    assert small[1] > max(VALUES.max(), -3 * VALUES.min())
    assert small[0] < min(VALUES.min(), -3 * VALUES.max())


def test_only_letters_in_the_window_are_drawn_and_positions_stay():
    figure = explanations({"one": VALUES}, CODES, window=(20, 40))
    (axis,) = figure.axes
    corners = (
        np.concatenate([p.get_path().vertices for p in axis.artists]) if axis.artists else None
    )
    letters = [part for part in axis.get_children() if part.get_gid() in tuple("ACGT")]
    corners = np.concatenate([letter.get_path().vertices for letter in letters])
    assert 19.4 < corners[:, 0].min() < 20
    assert 39 < corners[:, 0].max() < 39.6
    top = int(VALUES[:, 20:40].sum(0).argmax()) + 20
    assert f"one {top} ({'ACGT'[CODES[top]]})" in figure.alt


def test_sites_are_shaded_in_each_panel_and_named_once():
    figure = explanations(
        {"a": VALUES, "b": VALUES}, CODES, window=(10, 60), sites=[(5, 15, "SPI1"), (0, 4, "out")]
    )
    for axis in figure.axes:
        assert sum(patch.get_gid() == "site" for patch in axis.patches) == 2
    names = [text for text in figure.axes[0].texts if text.get_text() == "SPI1"]
    assert names[0].xy[0] == 12
    assert not any(text.get_text() == "out" for axis in figure.axes for text in axis.texts)
    assert "Shaded: SPI1 at 5 to 15" in figure.alt


def test_a_method_that_says_nothing_is_an_empty_panel():
    figure = explanations({"nothing": np.zeros((4, 60))}, CODES)
    assert figure.axes[0].get_ylim()[0] < 0 < figure.axes[0].get_ylim()[1]


def test_the_scoreboard_orders_methods_and_marks_models():
    scores = {
        "trained": {"weak": score(0.3), "strong": score(3)},
        "random weights": {"weak": score(0, 1), "strong": score(0, 2)},
    }
    figure = scoreboard(scores)
    (axis,) = figure.axes
    assert [text.get_text() for text in axis.get_yticklabels()] == ["weak", "strong"]
    marks = {each.get_label(): each for each in axis.containers}
    x, y = marks["trained"].lines[0].get_data()
    assert x.tolist() == [scores["trained"][name].precision for name in ("weak", "strong")]
    assert np.round(np.array(y, float)).tolist() == [0, 1]
    shapes = {each.lines[0].get_marker() for each in axis.containers}
    assert len(shapes) == 2
    assert f"strong {scores['trained']['strong'].precision:.2f}" in figure.alt
    assert "guessing scores 0.23" in figure.alt
