"""Drawings of coordinates and narrow tables: what a browser would find in them."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest

from genbench_lite.errors import DataError
from genbench_lite.figures.coordinate_plots import interval_svg, site_histogram, strands_svg
from genbench_lite.tables import narrow_html

SVG = "{http://www.w3.org/2000/svg}"


def texts(svg):
    return [element.text for element in ET.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (0, 7), (4, 3)])
def test_an_interval_that_is_not_there(start, end):
    with pytest.raises(DataError, match="Take 0 <= start <= end <= 6"):
        interval_svg("GATTCA", start, end)


def test_no_site_at_all():
    with pytest.raises(DataError, match="no site to draw"):
        site_histogram([], "chromosome 21", "hg38")


def test_an_interval_is_shaded_from_fence_to_fence():
    svg = ET.fromstring(interval_svg("GATTCA", 1, 4))
    fences = [float(re.match(r"M(\d+)", path.get("d"))[1]) for path in svg.iter(f"{SVG}path")]
    (shade,) = svg.iter(f"{SVG}rect")
    left = float(shade.get("x"))
    assert left == fences[1]
    assert left + float(shade.get("width")) == fences[4]
    at = {(t.text, t.get("y")): float(t.get("x")) for t in svg.iter(f"{SVG}text")}
    assert at["1", "56"] == fences[1]  # a fence
    assert fences[0] < at["1", "122"] == at["G", "91"] < fences[1]  # a base


def test_an_empty_interval_has_no_width():
    (shade,) = ET.fromstring(interval_svg("GATTCA", 2, 2)).iter(f"{SVG}rect")
    assert shade.get("width") == "0"


def test_strands_face_each_other():
    svg = ET.fromstring(strands_svg("GATN"))
    rows = {}
    for text in svg.iter(f"{SVG}text"):
        rows.setdefault(text.get("y"), []).append(text.text)
    plus, minus = rows.values()
    assert plus[:7] == ["+", "5'", "3'", "G", "A", "T", "N"]
    assert minus[:7] == ["-", "3'", "5'", "C", "T", "A", "N"]
    assert svg.get("aria-label") == "On + one reads GATN, on - NATC"


@pytest.mark.parametrize("svg", [interval_svg("GATTCA", 3, 6), strands_svg("GATTCA")])
def test_drawings_fit_the_page_and_its_theme(svg):
    root = ET.fromstring(svg)
    assert "max-width:100%" in root.get("style")
    assert "fill:currentColor" in root.get("style")
    width, height = map(float, root.get("viewBox").split()[2:])
    for text in root.iter(f"{SVG}text"):
        room = len(text.text) * float(text.get("font-size")) * 0.6
        left = float(text.get("x")) - (0 if text.get("text-anchor") == "start" else room / 2)
        assert left >= 0, text.text
        assert left + room <= width, text.text
        assert float(text.get("y")) <= height


def test_a_drawing_escapes_its_letters():
    assert "<b>" not in interval_svg("<b>", 0, 1)


def test_sites_are_counted_by_million_bases():
    figure = site_histogram(np.array([999_999, 1_000_000, 1_500_000, 3_000_000]), "one", "toy")
    (axis,) = figure.axes
    assert [bar.get_height() for bar in axis.patches] == [1, 2, 0, 1]
    assert axis.get_xlabel() == "position in toy (Mb)"
    assert axis.get_title() == "Sites on one"
    assert "4 sites" in figure.alt


def table():
    columns = {"rows": [1210, 3], "share": [0.5, 0.25], "site": ["a/b_c", None]}
    return pd.DataFrame(columns, index=["two_words", "x<y"])


def cells(html):
    return [["".join(cell.itertext()) for cell in row] for row in ET.fromstring(html)]


def test_a_narrow_table_says_what_the_table_says():
    html = narrow_html(table()).replace("<wbr>", "")
    assert cells(html) == [
        ["", "rows", "share", "site"],
        ["two_words", "1,210", "0.5", "a/b_c"],
        ["x<y", "3", "0.25", "missing"],
    ]


def test_names_may_break_and_numbers_may_not():
    html = narrow_html(table())
    assert "two_<wbr>words" in html
    assert "a/<wbr>b_<wbr>c" in html
    assert html.count("<wbr>") == 3


def test_numbers_stand_on_the_right():
    right = [cell for cell in narrow_html(table()).split("<t") if "text-align:right" in cell]
    assert len(right) == 6  # two headings, four numbers


def test_the_index_can_be_left_out():
    assert cells(narrow_html(table(), index=False).replace("<wbr>", ""))[1][0] == "1,210"
