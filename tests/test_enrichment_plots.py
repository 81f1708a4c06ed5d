"""Real against shuffled enrichment: what is drawn, read back from its artists."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from genbench_lite.errors import DataError, UnknownNameError
from genbench_lite.figures.enrichment_plots import MOST, real_against_shuffled
from genbench_lite.kmers import kmer_names

WORDS = kmer_names(3, both_strands=True)


def table(ratios, classes=("blood", "liver")):
    """An enrichment table of all words of three letters with these log2 ratios, else 0."""
    columns = [*classes, "log2_ratio", "minus_log10_p"]
    result = pd.DataFrame(0.0, index=pd.Index(WORDS, name="kmer"), columns=columns)
    result["log2_ratio"] = pd.Series(ratios, dtype=float).reindex(WORDS, fill_value=0.0)
    return result


REAL = table({"ATA": 2.0, "CAA": -1.5, "AAA": -0.4, "CGA": 0.6})
SHUFFLED = table({"ATA": 0.1, "CAA": -0.2, "AAA": -0.9, "CGA": 0.6})


@pytest.mark.parametrize(
    ("real", "shuffled", "reason"),
    [
        (REAL.iloc[:, :3], SHUFFLED, "Take what kmer_enrichment returns"),
        (REAL.iloc[:0], SHUFFLED, "A table of 0 rows"),
        (REAL, SHUFFLED.iloc[1:], "the same k for both"),
        (REAL, table({}, ("blood", "skin")), "the same classes"),
    ],
)
def test_tables_that_do_not_belong_together(real, shuffled, reason):
    with pytest.raises(DataError, match=reason):
        real_against_shuffled(real, shuffled)


def test_more_names_than_fit():
    with pytest.raises(DataError, match=f"up to {MOST} words"):
        real_against_shuffled(REAL, SHUFFLED, WORDS[: MOST + 1])


def test_a_word_that_is_not_in_the_tables():
    with pytest.raises(UnknownNameError, match="'GATAAG'"):
        real_against_shuffled(REAL, SHUFFLED, ["GATAAG"])


def test_every_word_is_a_point_and_the_diagonal_is_at_45_degrees():
    figure = real_against_shuffled(REAL, SHUFFLED)
    (axis,) = figure.axes
    points = next(line for line in axis.lines if line.get_gid() == "all")
    expected = np.stack([SHUFFLED["log2_ratio"], REAL["log2_ratio"]], axis=1)
    np.testing.assert_array_equal(points.get_xydata(), expected)
    assert axis.get_aspect() == 1
    assert axis.get_xlim() == axis.get_ylim()
    assert axis.get_xlim()[1] > 2.0
    assert not axis.texts
    assert "shuffled" in axis.get_xlabel()
    assert "real" in axis.get_ylabel()


def test_named_words_stand_on_their_side_of_the_diagonal():
    figure = real_against_shuffled(REAL, SHUFFLED, ["ATA", "CAA", "AAA", "CGA"])
    (axis,) = figure.axes
    marked = {line.get_gid(): line.get_xydata().tolist() for line in axis.lines}
    assert marked["above"] == [[0.1, 2.0], [-0.9, -0.4]]
    assert marked["below"] == [[-0.2, -1.5], [0.6, 0.6]]
    places = {text.get_text(): text.get_position() for text in axis.texts}
    assert {word for word, (x, _) in places.items() if x < 0} == {"ATA", "AAA"}
    assert {text.get_text(): text.xy for text in axis.texts}["CAA"] == (-0.2, -1.5)
    assert figure.alt.endswith(
        "Above the diagonal: ATA, AAA. Below the diagonal: CAA. On the diagonal: CGA."
    )


def test_no_name_lies_over_another():
    real = table(dict.fromkeys(WORDS, 1.0))
    figure = real_against_shuffled(real, table({}), WORDS[:MOST])
    figure.canvas.draw()
    (axis,) = figure.axes
    heights = sorted(axis.transData.transform(text.get_position())[1] for text in axis.texts)
    assert len(heights) == MOST
    assert min(np.diff(heights)) * 72 / figure.dpi > axis.texts[0].get_fontsize()
