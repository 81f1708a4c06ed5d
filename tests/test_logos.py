"""Heights of a logo's letters, worked out by hand."""

import numpy as np
import pytest

from genbench_lite.figures.logos import letter_heights, motif_logo
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
