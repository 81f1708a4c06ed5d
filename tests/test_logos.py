"""Heights of a logo's letters, worked out by hand."""

import numpy as np
import pytest

from genbench_lite.errors import DataError
from genbench_lite.figures.logos import letter_heights, logo_gallery, motif_logo
from genbench_lite.motif import Motif


def test_letters_are_as_high_as_their_share_of_the_counts():
    motif = Motif("toy", [[8, 0, 0, 0], [0, 6, 2, 0]], pseudocount=4)
    # two bits less the entropy, less 3 / (2 ln 2 * 8) = 0.270506 for eight sites
    high, low = 2 - 0.270506, 2 - 0.811278 - 0.270506
    expected = [[high, 0, 0, 0], [0, 0.75 * low, 0.25 * low, 0]]
    assert letter_heights(motif) == pytest.approx(np.array(expected), abs=1e-6)
    (axis,) = motif_logo(motif).axes
    tops = sorted(patch.get_path().get_extents().y1 for patch in axis.patches)
    assert tops == pytest.approx([0.25 * low, low, high], abs=1e-3)


def test_a_gallery_has_a_panel_for_each_motif_on_one_scale():
    motifs = {
        f"filter {n}": Motif.from_sites("toy", [site] * 20)
        for n, site in enumerate(["GATA", "GATTACA", "TT", "ACGTA"])
    }
    figure = logo_gallery(motifs, columns=3, title="Filters")
    shown = [axis for axis in figure.axes if axis.get_visible()]
    assert [axis.get_title() for axis in shown] == list(motifs)
    assert {axis.get_xlim() for axis in shown} == {(0.5, 7.5)}
    assert {axis.get_ylim() for axis in shown} == {(0, 2)}
    assert figure.alt.startswith("Filters: filter 0 (GATA, ")
    letters = [part for part in shown[2].get_children() if part.get_gid() == "T"]
    corners = letters[0].get_path().vertices
    assert 0.5 < corners[:, 0].min() < 0.6  # counted from 1
    assert corners[:, 1].max() == pytest.approx(motifs["filter 2"].information[0])


@pytest.mark.parametrize(("motifs", "columns"), [({}, 3), ({"one": None}, 0)])
def test_a_gallery_of_nothing_is_refused(motifs, columns):
    with pytest.raises(DataError, match="make no picture"):
        logo_gallery(motifs, columns)
