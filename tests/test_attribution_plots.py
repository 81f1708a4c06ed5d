"""Attribution logos: every letter where logomaker puts it, and the same in SVG."""

import itertools
import re
import time
import xml.etree.ElementTree as ET

import logomaker
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from genbench_lite import sequence
from genbench_lite.errors import DataError
from genbench_lite.figures.attribution_plots import attribution_logo, attribution_svg
from genbench_lite.figures.letters import add_letters, glyph, stack
from genbench_lite.plots import BASE_COLOURS

SVG = "{http://www.w3.org/2000/svg}"
BOTH = [attribution_logo, attribution_svg]


def example(length, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(4, length)), rng.integers(0, 4, length).astype(np.uint8)


def drawn(axis):
    """What is drawn: base and position to the letter's left, right, lowest and highest point."""
    found = {}
    for patch in axis.patches:
        assert isinstance(patch, PathPatch)
        base = patch.get_gid()
        points = patch.get_path().vertices.reshape(-1, len(glyph(base).codes), 2)
        for outline in points:
            box = Path(outline, glyph(base).codes).get_extents()
            found[base, round(box.x0 + 0.475)] = (box.x0, box.x1, box.y0, box.y1)
    return found


def drawn_in_all(figure):
    return {key: span for axis in figure.axes for key, span in drawn(axis).items()}


# Unhappy paths


@pytest.mark.parametrize("function", BOTH)
@pytest.mark.parametrize("shape", [(4,), (7, 4), (4, 0), (1, 4, 7)])
def test_another_shape_is_refused(function, shape):
    with pytest.raises(DataError, match="one column a base"):
        function(np.ones(shape))


@pytest.mark.parametrize("function", BOTH)
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_no_number_is_refused(function, value):
    values = np.ones((4, 9))
    values[2, 5] = value
    with pytest.raises(DataError, match="position 5"):
        function(values)


@pytest.mark.parametrize("function", BOTH)
@pytest.mark.parametrize("letters", ["ACGT", "ACGTA?", np.zeros((1, 5), np.uint8)])
def test_a_sequence_that_does_not_fit_is_refused(function, letters):
    with pytest.raises(DataError):
        function(np.ones((4, 5)), letters)


@pytest.mark.parametrize("function", BOTH)
@pytest.mark.parametrize("window", [(-1, 3), (3, 3), (4, 2), (0, 6)])
def test_a_window_that_does_not_fit_is_refused(function, window):
    with pytest.raises(DataError, match="window"):
        function(np.ones((4, 5)), window=window)


@pytest.mark.parametrize("function", BOTH)
def test_a_row_without_letters_is_refused(function):
    with pytest.raises(DataError, match="row of 0"):
        function(np.ones((4, 5)), row_length=0)


def test_an_attribution_of_zero_is_drawn_without_letters():
    figure = attribution_logo(np.zeros((4, 30)))
    assert drawn_in_all(figure) == {}
    assert "zero everywhere" in figure.alt
    assert "matrix(" not in attribution_svg(np.zeros((4, 30)))
    assert attribution_logo(np.ones((4, 3)), "NNN").alt.endswith("zero everywhere.")


# What is drawn


@pytest.mark.parametrize("one_letter", [True, False])
def test_letters_are_as_high_and_where_logomaker_has_them(one_letter):
    values, codes = example(250)
    letters = codes if one_letter else None
    ours = drawn_in_all(attribution_logo(values, letters))
    shown = np.where(codes == np.arange(4)[:, None], values, 0) if one_letter else values
    table = pd.DataFrame(shown.T, columns=list("ACGT"))
    theirs = logomaker.Logo(table, ax=Figure().subplots())
    expected = {}
    for letter in theirs.glyph_list:
        if letter.patch is not None:
            box = letter.patch.get_path().get_extents()
            expected[letter.c, letter.p] = (box.x0, box.x1, box.y0, box.y1)
    assert len(expected) == (250 if one_letter else 1000)
    assert set(ours) == set(expected)
    for key, span in expected.items():
        assert ours[key] == pytest.approx(span, abs=1e-6)


def test_a_hanging_letter_is_turned_upside_down_as_by_logomaker():
    axis = Figure().subplots()
    add_letters(axis, stack(np.array([[-2.0], [0], [0], [0]])), 0, 0, 1)
    (one,) = axis.patches
    theirs = logomaker.Logo(pd.DataFrame([[-2.0, 0, 0, 0]], columns=list("ACGT")), ax=axis)
    (other,) = (letter.patch for letter in theirs.glyph_list if letter.patch is not None)
    end = one.get_path().codes != Path.CLOSEPOLY
    assert one.get_path().vertices[end] == pytest.approx(other.get_path().vertices[end], abs=1e-6)


def test_only_letters_of_the_sequence_are_drawn_and_none_where_it_is_unknown():
    values = np.arange(1.0, 17).reshape(4, 4)
    expected = {("A", 0): 1, ("C", 1): 6, ("T", 3): 16}
    for letters in ("ACNT", "acnt", sequence.encode("ACNT")):
        found = drawn_in_all(attribution_logo(values, letters))
        assert set(found) == set(expected)
        for key, height in expected.items():
            assert found[key][2:] == pytest.approx((0, height), abs=1e-6)


def test_a_stack_grows_outwards_from_zero():
    letters = stack(np.array([[3.0], [1.0], [-2.0], [-0.5]]))
    spans = dict(zip(letters.bases.tolist(), zip(*letters[2:], strict=True), strict=True))
    assert spans == {1: (0, 1), 0: (1, 3), 3: (0, -0.5), 2: (-0.5, -2)}


def test_a_base_has_one_patch_a_row_in_its_colour():
    values, codes = example(60)
    (axis,) = attribution_logo(values, codes).axes
    patches = {patch.get_gid(): patch for patch in axis.patches}
    assert set(patches) == set("ACGT")
    assert len(axis.patches) == 4
    for base, patch in patches.items():
        assert patch.get_facecolor()[:3] == pytest.approx(
            [int(BASE_COLOURS[base][i : i + 2], 16) / 255 for i in (1, 3, 5)]
        )


@pytest.mark.parametrize(
    ("length", "row_length", "rows", "width"),
    [(250, 100, 3, 90), (250, 300, 1, 250), (100, 100, 1, 100), (101, 100, 2, 60), (7, 3, 3, 3)],
)
def test_long_sequences_wrap_into_rows_of_one_scale(length, row_length, rows, width):
    values, codes = example(length)
    figure = attribution_logo(values, codes, row_length=row_length)
    assert len(figure.axes) == rows
    assert len({axis.get_ylim() for axis in figure.axes}) == 1
    for row, axis in enumerate(figure.axes):
        assert axis.get_xlim() == (row * width - 0.5, (row + 1) * width - 0.5)
        positions = [position for _, position in drawn(axis)]
        assert sorted(positions) == list(range(row * width, min((row + 1) * width, length)))
        low, high = axis.get_ylim()
        assert all(low < a and b < high for _, _, a, b in drawn(axis).values())
        assert all(0 <= tick < length for tick in axis.get_xticks())


def test_letters_are_wide_enough_to_read():
    figure = attribution_logo(*example(250))
    for axis in figure.axes:
        inches = axis.get_position().width * figure.get_figwidth()
        assert inches / np.ptp(axis.get_xlim()) > 0.11  # 8 points


def test_a_window_keeps_its_positions():
    values, codes = example(250)
    whole = drawn_in_all(attribution_logo(values, codes))
    part = drawn_in_all(attribution_logo(values, codes, window=(95, 130)))
    assert part == {key: span for key, span in whole.items() if 95 <= key[1] < 130}
    assert attribution_logo(values, codes, window=(95, 130)).axes[0].get_xlim() == (94.5, 129.5)


def test_the_words_are_there_and_inside_the_figure():
    values = np.zeros((4, 40))
    values[2, 21], values[0, 33] = 0.75, -0.5
    figure = attribution_logo(values, title="K562, chr1:100-140")
    axis = figure.axes[0]
    assert axis.get_title() == "K562, chr1:100-140"
    assert axis.get_xlabel() == "position (bp, from 0)"
    assert figure.get_supylabel() == "attribution\n(units of output)"
    assert figure.alt == (
        "Attribution logo of 40 bp. It is highest, 0.75, at position 21 (G), "
        "and lowest, -0.5, at 33 (A)."
    )
    figure.draw_without_rendering()
    inside = figure.bbox.padded(0.5)
    texts = [axis.title, axis.xaxis.label, *figure.texts, *axis.get_yticklabels()]
    boxes = [text.get_window_extent() for text in texts]
    assert all(inside.containsx(b.x0) and inside.containsx(b.x1) for b in boxes)
    assert all(inside.containsy(b.y0) and inside.containsy(b.y1) for b in boxes)
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))


# SVG


def svg_letters(text):
    """Colour of each letter, and its transform: width, height, x and y, in pixels."""
    root = ET.fromstring(text)
    found = []
    for group in root.iter(f"{SVG}g"):
        for path in group:
            numbers = re.fullmatch(r"matrix\((.*)\)", path.get("transform"))[1].split()
            found.append((group.get("fill"), *map(float, numbers)))
    return found


def test_svg_has_the_same_letters():
    values, codes = example(250)
    found = svg_letters(attribution_svg(values, codes))
    assert len(found) == 250
    names = {colour: base for base, colour in BASE_COLOURS.items()}
    heights = {base: [] for base in "ACGT"}
    zeros = set()
    for colour, width, zero_1, zero_2, height, x, y in found:
        assert (width, zero_1, zero_2) == (8.55, 0, 0)
        row = round((y - 28) // 102)
        position = round((x - 80) / 9) + 90 * row
        heights[names[colour]].append((position, -height))
        zeros.add(y)
    assert len(zeros) == 3  # a single letter each, so all start on the zero line of their row
    pixels = 78 / np.ptp(attribution_logo(values, codes).axes[0].get_ylim())
    for number, base in enumerate("ACGT"):
        positions = np.flatnonzero(codes == number)
        assert [position for position, _ in sorted(heights[base])] == positions.tolist()
        expected = values[number, positions] * pixels
        assert [h for _, h in sorted(heights[base])] == pytest.approx(expected, abs=0.01)


def test_svg_outlines_are_those_of_the_font():
    """The outline's own numbers span the square from 0 to 1, curves' control points aside."""
    text = attribution_svg(np.eye(4), "ACGT")
    for path in ET.fromstring(text).iter(f"{SVG}path"):
        if path.get("transform"):
            numbers = [float(n) for n in re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", path.get("d"))]
            assert min(numbers) == pytest.approx(0, abs=0.02)
            assert max(numbers) == pytest.approx(1, abs=0.02)


def test_svg_is_well_formed_and_says_what_it_shows():
    values, codes = example(120)
    text = attribution_svg(values, codes, title="A & B <i>")
    root = ET.fromstring(text)
    assert root.get("role") == "img"
    assert root.get("aria-label") == attribution_logo(values, codes).alt
    words = [element.text for element in root.iter(f"{SVG}text")]
    assert {"A & B <i>", "position (bp, from 0)", "attribution", "0", "110"} <= set(words)
    assert "id=" not in text  # two logos on a page must not share names


def test_letters_take_a_hundredth_of_the_time_of_logomaker():
    values, codes = example(250)
    table = pd.DataFrame(np.where(codes == np.arange(4)[:, None], values, 0).T, columns=[*"ACGT"])
    axis = Figure().subplots()
    attribution_svg(values, codes)  # reads the font once

    def seconds(draw):
        started = time.perf_counter()
        draw()
        return time.perf_counter() - started

    ours = min(seconds(lambda: attribution_svg(values, codes)) for _ in range(9))
    assert 100 * ours < seconds(lambda: logomaker.Logo(table, ax=axis))
