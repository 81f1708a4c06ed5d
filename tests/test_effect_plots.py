"""Figures of effects: of motifs, of substitutions, and by position."""

import numpy as np
import pandas as pd
import pytest
from explained_models import CountA, random_codes

from genbench_lite.attribution import marginalize, mutagenesis
from genbench_lite.errors import DataError
from genbench_lite.figures.effect_plots import motif_effects, position_profile, substitution_map
from genbench_lite.motif import Motif

AA = Motif.from_sites("AA", ["AA"])
CC = Motif.from_sites("CC", ["CC"])
EFFECTS = marginalize(CountA(), [AA, CC], random_codes(20, 30))
ROW = {"motif": "AA", "change": 1.0, "low": 0.5, "high": 1.5}


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (EFFECTS.drop(columns=["low", "high"]), "low, high"),
        (EFFECTS[:0], "rows"),
        (None, "motif, class"),
        (pd.DataFrame([ROW | {"class": str(i)} for i in range(8)]), "more than 7"),
    ],
)
def test_what_is_no_table_of_effects_is_refused(table, message):
    with pytest.raises(DataError, match=message):
        motif_effects(table)


def test_motifs_are_rows_in_their_order_with_their_intervals():
    (axis,) = motif_effects(EFFECTS).axes
    assert [text.get_text() for text in axis.get_yticklabels()] == ["AA", "CC"]
    assert axis.get_ylim()[0] > axis.get_ylim()[1]  # the first on top
    (marks,) = axis.containers
    x, y = marks.lines[0].get_data()
    assert np.allclose(x, EFFECTS["change"])
    assert np.allclose(y, [0, 1])
    (bars,) = marks.lines[2]
    ends = np.sort([segment[:, 0] for segment in bars.get_segments()])
    assert np.allclose(ends, EFFECTS[["low", "high"]])


def test_classes_have_marks_of_their_own_beside_each_other():
    table = pd.DataFrame([ROW | {"class": name} for name in ("one", "two", "three")])
    figure = motif_effects(table)
    marks = [each.lines[0] for each in figure.axes[0].containers]
    assert len({mark.get_marker() for mark in marks}) == 3
    assert len({float(mark.get_ydata()[0]) for mark in marks}) == 3
    assert "AA: one +1.0, two +1.0, three +1.0" in figure.alt


def test_what_is_no_table_of_substitutions_is_refused():
    effects = mutagenesis(CountA(), ["ACGT"])
    for bad in (effects, effects[0].T[:, :3], effects[0] * np.nan):
        with pytest.raises(DataError):
            substitution_map(bad, "ACGT")
    with pytest.raises(DataError, match="from 2 to 5"):
        substitution_map(effects[0], "ACGT", (2, 5))


def test_colours_are_symmetric_and_positions_stay():
    effects = mutagenesis(CountA(), ["CCACCCCC"])[0]
    figure = substitution_map(
        effects, "CCACCCCC", (1, 6), marks=[(2, "g", "loss"), (7, "A", "out")]
    )
    axis = figure.axes[0]
    (image,) = axis.images
    assert np.allclose(image.get_array(), effects[:, 1:6])
    assert image.get_clim() == (-1, 1)
    assert axis.get_xlim() == (0.5, 5.5)
    (dots,) = axis.lines
    assert dots.get_xdata().tolist() == [1, 2, 3, 4, 5]
    assert dots.get_ydata().tolist() == [1, 0, 1, 1, 1]
    (frame,) = axis.patches
    assert frame.get_xy() == (1.5, 1.5)  # position 2, row of G
    assert [text.get_text() for text in axis.texts] == ["loss"]
    assert "Lowest: -1, A to C at 2" in figure.alt
    assert "Framed: loss, g at 2" in figure.alt
    assert "out" not in figure.alt


def test_an_unknown_letter_has_no_dot_and_nothing_to_say():
    figure = substitution_map(np.zeros((4, 3)), "ANC")
    assert figure.axes[0].lines[0].get_xdata().tolist() == [0, 2]
    assert figure.axes[0].images[0].get_clim() == (-1, 1)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "0 lines"),
        ({str(i): np.zeros((1, 4, 5)) for i in range(8)}, "8 lines"),
        ({"flat": np.zeros((4, 5))}, "flat has shape"),
        ({"none": np.zeros((0, 4, 5))}, "none has shape"),
        ({"nan": np.full((1, 4, 5), np.nan)}, "no finite"),
    ],
)
def test_profiles_that_cannot_be_drawn_are_refused(given, message):
    with pytest.raises(DataError, match=message):
        position_profile(given)


def test_a_profile_is_the_mean_size_of_all_bases():
    values = np.zeros((2, 4, 6))
    values[0, 1, 3], values[1, 2, 3] = -3, 1
    values[1, :, 5] = 0.5
    figure = position_profile({"one": values, "none": np.zeros((1, 4, 6))})
    line, flat = figure.axes[0].lines
    assert line.get_ydata().tolist() == [0, 0, 0, 2, 0, 1]
    assert not flat.get_ydata().any()
    assert "one 2 at 3 (4.0 times its mean)" in figure.alt
