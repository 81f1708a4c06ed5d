"""Figures of composition, k-mers and motif hits: what is drawn, read back from the artists."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_hex
from matplotlib.text import Text

from genbench_lite.composition import base_composition, cpg_ratio, gc_content
from genbench_lite.errors import DataError
from genbench_lite.figures.composition_plots import (
    composition_by_position,
    cpg_distribution,
    gc_distribution,
    length_distribution,
)
from genbench_lite.figures.kmer_plots import kmer_volcano
from genbench_lite.figures.motif_plots import STRANDS, motif_density, motif_hits
from genbench_lite.figures.plot_styles import COLOURS, DASHES, line_style, reached, spread
from genbench_lite.kmers import OTHERS, kmer_enrichment, kmer_names
from genbench_lite.motif import Motif
from genbench_lite.plots import BASE_COLOURS
from genbench_lite.scanning import scan
from genbench_lite.sequence_set import SequenceSet

BY_CLASS = [composition_by_position, gc_distribution, cpg_distribution, length_distribution]
GATA = Motif.from_sites("GATA", ["GATAAG"] * 20, id="one")
EBOX = Motif.from_sites("EBOX", ["CAGCTG"] * 20, id="two")


@pytest.fixture(scope="module")
def two():
    """Class a is poor in GC and shorter, b is rich in GC, c has no sequence."""
    rng = np.random.default_rng(0)
    poor = ["".join(rng.choice([*"ACGT"], 60, p=[0.4, 0.1, 0.1, 0.4])) for _ in range(40)]
    rich = ["".join(rng.choice([*"ACGT"], 80, p=[0.1, 0.4, 0.4, 0.1])) for _ in range(60)]
    return SequenceSet.from_strings(poor + rich, [0] * 40 + [1] * 60, ["a", "b", "c"])


def texts_of(figure):
    """Every text that is shown, with its box."""
    figure.draw_without_rendering()
    found = [*figure.texts]
    for axis in figure.axes:
        found += [*axis.texts, axis.title, axis.xaxis.label, axis.yaxis.label]
        found += axis.get_legend().get_texts() if axis.get_legend() else []
        for one, (low, high), side in (
            (axis.xaxis, axis.get_xlim(), "labelbottom"),
            (axis.yaxis, axis.get_ylim(), "labelleft"),
        ):
            if one.get_tick_params()[side]:
                ticks = zip(one.get_ticklocs(), one.get_ticklabels(), strict=True)
                found += [label for place, label in ticks if low <= place <= high]
    found = [text for text in found if text.get_text() and text.get_visible()]
    # an annotation's own method would add the line to its point
    return {text: Text.get_window_extent(text) for text in found}


def assert_texts_apart(figure):
    boxes = [box.padded(-0.5) for text, box in texts_of(figure).items() if box.width and box.height]
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))


def assert_described(figure, *words):
    for axis in figure.axes:
        assert axis.get_ylabel()
    assert figure.axes[-1].get_xlabel()
    assert all(word in figure.alt for word in words)


def stairs(figure):
    (axis,) = figure.axes
    return {patch.get_label().split(" (")[0]: patch for patch in axis.patches}


# Unhappy paths


@pytest.mark.parametrize("function", BY_CLASS)
@pytest.mark.parametrize("empty", [[], np.zeros((0, 9), np.uint8), None])
def test_without_sequences_there_is_no_figure(function, empty, two):
    with pytest.raises(DataError, match="no sequence to draw"):
        function(two[:0] if empty is None else empty)


def test_a_class_of_unknown_letters_has_no_composition_but_the_others_have():
    s = SequenceSet.from_strings(["NNN", "AAA", "CCC"], [0, 1, 2], [*"abc"])
    titles = [axis.get_title() for axis in composition_by_position(s).axes]
    assert titles == ["b (1 sequences)", "c (1 sequences)"]
    with pytest.raises(DataError, match="No letter of a is known"):
        composition_by_position(s[:1])


def test_without_known_letters_there_is_no_composition():
    with pytest.raises(DataError, match="No letter of all sequences is known"):
        composition_by_position(["NNN", "NN"])
    for function in (gc_distribution, cpg_distribution):
        with pytest.raises(DataError, match="no sequence has one"):
            function(["NNN", "NN"])
    assert stairs(length_distribution(["NNN", "NN"]))


@pytest.mark.parametrize("function", BY_CLASS)
def test_a_class_without_sequences_is_left_out(function, two):
    figure = function(two)
    labels = [axis.get_title().split(" (")[0] for axis in figure.axes]
    if function is not composition_by_position:
        labels = list(stairs(figure))
    assert labels == ["a", "b"]
    assert "c " not in figure.alt


@pytest.mark.parametrize("function", [gc_distribution, cpg_distribution])
def test_a_class_of_unknown_letters_is_left_out(function):
    s = SequenceSet.from_strings(["NNNN", "ACGT"], [0, 1], ["a", "b"])
    assert list(stairs(function(s))) == ["b"]


def test_more_classes_than_can_be_told_apart_are_refused():
    names = [*"abcdefgh"]
    s = SequenceSet.from_strings(["ACGT"] * 8, range(8), names)
    with pytest.raises(DataError, match="told apart"):
        gc_distribution(s)
    assert len(stairs(gc_distribution(s[:7]))) == 7


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: ("x", {}), "A str cannot be drawn"),
        (lambda t: ([1, 2], {}), "A list cannot be drawn"),
        (lambda t: (t[:0], {}), "0 rows"),
        (lambda t: (t.drop(columns="log2_ratio"), {}), "kmer_enrichment"),
        (lambda t: (t, {"top": -1}), "top is -1"),
        (lambda t: (t, {"top": 13}), "0 to 12 words"),
        (lambda t: (t, {"level": 0}), "level is 0"),
        (lambda t: (t, {"level": 1}), "level is 1"),
    ],
)
def test_what_is_no_enrichment_is_refused(two, change, message):
    table, options = change(kmer_enrichment(two, "a", k=2))
    with pytest.raises(DataError, match=message):
        kmer_volcano(table, **options)


def test_what_are_no_hits_is_refused(two):
    for function in (motif_hits, motif_density):
        with pytest.raises(DataError, match="without sequence, motif"):
            function(pd.DataFrame({"x": [1]}), two)
        with pytest.raises(DataError, match="no table of hits"):
            function("hits", two)
        with pytest.raises(DataError, match="hits in row 1, and 1 sequences"):
            function(scan(["CCCCCC", "GATAAG"], GATA, p=0.001), ["CCCCCC"])
    hits = scan(["GATAAG"], GATA, p=0.001)
    for row in (-1, 1):
        with pytest.raises(DataError, match=f"no row {row}"):
            motif_hits(hits, ["GATAAG"], row)
    with pytest.raises(DataError, match="bins of 0 bp"):
        motif_density(hits, ["GATAAG"], width=0)
    with pytest.raises(DataError, match="0 hits"):
        motif_density(hits[:0], ["GATAAG"])


# Composition by position


def test_lines_are_the_shares_of_each_base(two):
    figure = composition_by_position(two)
    assert all(axis.get_xlabel() for axis in figure.axes)
    assert figure.axes[0].get_ylabel()
    assert all(words in figure.alt for words in ("a: A ", "b: A "))
    for axis, label in zip(figure.axes, (0, 1), strict=True):
        shares = base_composition(two[two.labels == label], by_position=True)
        lines = {line.get_label(): line for line in axis.lines}
        assert list(lines) == [*"ACGT"]
        for base, column in zip("ACGT", shares.T, strict=True):
            assert lines[base].get_ydata() == pytest.approx(column)
            assert lines[base].get_xdata().tolist() == list(range(len(column)))
            assert to_hex(lines[base].get_color()).upper() == BASE_COLOURS[base]
        assert len({line.get_linestyle() for line in lines.values()}) == 4
        assert {text.get_text() for text in axis.texts} == {*"ACGT"}
        assert axis.get_ylim()[1] > shares.max()


def test_the_panels_share_a_scale_that_holds_them_all():
    s = SequenceSet.from_strings(["AAAA", "ACGT"], [0, 1], ["a", "b"])
    assert [axis.get_ylim()[1] > 1 for axis in composition_by_position(s).axes] == [True, True]


def test_the_panels_are_two_abreast_and_as_high_as_the_shares_need():
    s = SequenceSet.from_strings(["ACGT", "CGTA", "GTAC", "TACG"] * 12, [0, 1, 2] * 16, [*"abc"])
    figure = composition_by_position(s)
    assert len(figure.axes) == 3
    figure.draw_without_rendering()
    places = [axis.get_position() for axis in figure.axes]
    assert places[0].y0 == pytest.approx(places[1].y0)
    assert places[0].x0 == pytest.approx(places[2].x0)
    assert [bool(axis.get_xlabel()) for axis in figure.axes] == [False, True, True]
    for axis in figure.axes:
        assert axis.get_ylim() == pytest.approx((0.2, 0.3))


def test_of_long_sequences_means_are_shown():
    codes = np.random.default_rng(0).integers(0, 4, (20, 1000), dtype=np.uint8)
    (axis,) = composition_by_position(codes).axes
    shares = base_composition(codes, by_position=True)
    line = axis.lines[0]
    assert line.get_ydata() == pytest.approx(shares[:, 0].reshape(100, 10).mean(1))
    assert line.get_xdata()[:2].tolist() == [4.5, 14.5]


def test_positions_that_few_reach_are_left_out():
    (axis,) = composition_by_position(["ACGT"] * 9 + ["ACGTACGTA"]).axes
    assert len(axis.lines[0].get_xdata()) == 4


def test_a_position_of_unknown_letters_leaves_a_gap():
    (axis,) = composition_by_position(["ANA", "CNN"]).axes
    assert np.isnan(axis.lines[0].get_ydata()).tolist() == [False, True, False]
    assert len(axis.texts) == 4
    (axis,) = composition_by_position(["NN", "NN", "NN", "NN", "NNNA"]).axes
    assert not axis.texts


# Distributions


@pytest.mark.parametrize(
    ("function", "values"),
    [
        (gc_distribution, gc_content),
        (cpg_distribution, cpg_ratio),
        (length_distribution, lambda s: s.lengths),
    ],
)
def test_outlines_are_shares_of_a_class_in_shared_bins(two, function, values):
    figure = function(two)
    patches = stairs(figure)
    edges = patches["a"].get_data().edges
    assert np.array_equal(edges, patches["b"].get_data().edges)
    for label, name in enumerate("ab"):
        column = values(two[two.labels == label])
        column = np.minimum(column[~np.isnan(column)], edges[-1])
        expected = 100 * np.histogram(column, edges)[0] / len(column)
        drawn = patches[name].get_data().values
        assert drawn == pytest.approx(expected)
        assert drawn.sum() == pytest.approx(100)  # nothing falls outside
    assert patches["a"].get_linestyle() != patches["b"].get_linestyle()
    assert_described(figure, "Median of a ", ", b ")
    legend = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert legend == [f"{name} ({n})" for name, n in zip("ab", (40, 60), strict=True)]


@pytest.mark.parametrize("count", range(11))
def test_a_share_on_a_bound_falls_into_the_bin_above(count):
    figure = gc_distribution(["G" * count + "A" * (10 - count)])
    data = stairs(figure)["all sequences"].get_data()
    (bin_,) = np.flatnonzero(data.values)
    assert data.edges[bin_] == pytest.approx(min(count / 10, 0.975), abs=1e-5)


def test_the_axis_of_gc_is_as_long_as_the_values_need():
    edges = stairs(gc_distribution(["G" * 4 + "A" * 6, "G" * 6 + "A" * 4]))["all sequences"]
    edges = edges.get_data().edges
    assert (edges[0], edges[-1]) == pytest.approx((0.375, 0.65), abs=1e-5)


def test_sequences_without_a_value_are_counted_in_the_legend():
    s = SequenceSet.from_strings(["ACGT", "AAAA", "NN", "ACGT", "CC"], [0, 0, 0, 1, 2], [*"abc"])
    figure = cpg_distribution(s)
    note = "Left out, without C or without G: 2 of a, 1 of c"
    assert figure.axes[0].get_legend().get_title().get_text().replace("\n", " ") == note
    assert note in figure.alt
    assert "1 of a" in gc_distribution(s).alt
    assert "Left out" not in gc_distribution(s[3:]).alt


def test_equal_lengths_have_a_bin_of_their_own():
    data = stairs(length_distribution(["ACGT"] * 3))["all sequences"].get_data()
    (bin_,) = np.flatnonzero(data.values)
    assert (data.edges[bin_], data.edges[bin_ + 1]) == (3.5, 4.5)
    assert len(data.values) > 5


@given(st.lists(st.integers(1, 3000), min_size=1, max_size=20))
def test_all_lengths_fall_into_few_bins_of_whole_numbers(lengths):
    s = SequenceSet.from_strings(["A" * length for length in lengths], [0] * len(lengths), ["x"])
    data = stairs(length_distribution(s))["x"].get_data()
    assert data.values.sum() == pytest.approx(100)
    assert len(data.values) <= 50
    assert ((data.edges - 0.5) % 1 == 0).all()


# Volcano


def test_points_are_the_table_and_the_top_words_are_named(two):
    table = kmer_enrichment(two, "b", k=3)
    figure = kmer_volcano(table, top=4)
    (axis,) = figure.axes
    points = {line.get_gid(): line for line in axis.lines if line.get_gid()}
    bound = -np.log10(0.05 / 32)
    sure = table.minus_log10_p > bound
    for gid, rows in (
        ("up", sure & (table.log2_ratio > 0)),
        ("down", sure & (table.log2_ratio < 0)),
        ("rest", ~sure),
    ):
        expected = table[rows][["log2_ratio", "minus_log10_p"]].to_numpy()
        assert points[gid].get_xydata() == pytest.approx(expected)
    assert len({line.get_marker() for line in points.values()}) == 3
    up = table[sure & (table.log2_ratio > 0)].nlargest(4, "minus_log10_p")
    down = table[sure & (table.log2_ratio < 0)].nlargest(4, "minus_log10_p")
    assert len(up) == len(down) == 4
    named = {text.get_text(): text for text in axis.texts}
    assert set(named) == {*up.index, *down.index, "p = 0.05 / 32"}
    for word, row in pd.concat([up, down]).iterrows():
        assert named[word].xy == pytest.approx((row.log2_ratio, row.minus_log10_p))
    assert_described(figure, up.index[0], down.index[0], f"in b against {OTHERS}")
    assert "b against other classes" in axis.get_title()


def test_the_bound_is_the_level_shared_among_all_words():
    table = pd.DataFrame(
        {"x": 0.5, "y": 0.1, "log2_ratio": 2.0, "minus_log10_p": [2.7, 2.9, *[0.1] * 30]},
        index=pd.Index(kmer_names(3, both_strands=True), name="kmer"),
    )
    figure = kmer_volcano(table)
    (axis,) = figure.axes
    (line,) = (line for line in axis.lines if not line.get_gid())
    assert line.get_ydata() == pytest.approx([2.80618] * 2)  # 0.05 / 32 is 0.0015625
    assert "1 of 32 are enriched in x (AAC)" in figure.alt


@pytest.mark.parametrize("p", [2.6, 4, 50, 2000])
def test_labels_do_not_overlap_though_their_points_do(p):
    words = [f"{a}{b}" for a, b in itertools.product("ACGT", repeat=2)]
    table = pd.DataFrame(
        {
            "x": 0.5,
            "y": 0.1,
            "log2_ratio": np.repeat([2.0, -2.0], 8),
            "minus_log10_p": p + np.arange(16) / 1000,
        },
        index=pd.Index(words, name="kmer"),
    )
    figure = kmer_volcano(table)
    (axis,) = figure.axes
    assert len(axis.texts) == 17
    assert_texts_apart(figure)
    for text in axis.texts:
        box = Text.get_window_extent(text)
        assert axis.bbox.containsy(box.y0)
        assert axis.bbox.containsy(box.y1)


def test_without_enriched_words_none_is_named(two):
    same = two[two.labels == 0]
    labels = np.arange(len(same)) % 2
    s = SequenceSet(same.codes, same.offsets, labels, same.ids, same.classes)
    figure = kmer_volcano(kmer_enrichment(s, "a", "b", k=1, both_strands=False))
    assert "(none)" in figure.alt
    assert [text.get_text() for text in figure.axes[0].texts] == ["p = 0.05 / 4"]


# Motif hits


def test_arrows_are_where_the_hits_are_and_point_along_their_strand():
    texts = ["CCCCC", "CCGATAAGCCCCTTATCCCCAGCTGCC"]
    hits = scan(texts, [GATA, EBOX], p=0.001)
    figure = motif_hits(hits, texts, row=1)
    (axis,) = figure.axes
    lanes = [label.get_text() for label in axis.get_yticklabels()]
    assert lanes == ["EBOX", "GATA"]  # from below
    mine = hits[hits["sequence"] == 1]
    assert len(axis.patches) == len(mine) == 4
    for patch, (_, hit) in zip(axis.patches, mine.iterrows(), strict=True):
        box = patch.get_path().get_extents()
        assert (box.x0, box.x1) == (hit.start - 0.5, hit.end - 0.5)
        lane = lanes.index(hit.motif)
        assert (box.y0, box.y1) == pytest.approx(
            (lane, lane + 0.4) if hit.strand == "+" else (lane - 0.4, lane)
        )
        corners = patch.get_xy()
        tip = corners[np.isclose(corners[:, 1], (box.y0 + box.y1) / 2), 0]
        assert tip.tolist() == [box.x1 if hit.strand == "+" else box.x0]
        assert to_hex(patch.get_facecolor()).upper() == STRANDS[hit.strand]
    assert axis.get_xlim() == (-0.5, len(texts[1]) - 0.5)
    assert_described(figure, "GATA at 2 to 8 (+)", "GATA at 11 to 17 (-)", "EBOX at 19 to 25 (+)")


def test_without_hits_the_figure_says_so():
    hits = scan(["CCCCCCCC", "GATAAG"], GATA, p=0.001)
    figure = motif_hits(hits, ["CCCCCCCC", "GATAAG"], row=0)
    assert not figure.axes[0].patches
    assert figure.axes[0].texts[0].get_text() == "no hits"
    assert figure.alt.endswith(": none.")


def test_a_sequence_of_a_set_is_called_by_its_id():
    s = SequenceSet.from_strings(["GATAAG"], [0], ["x"], ids=["chr1:5-11"])
    assert "chr1:5-11" in motif_hits(scan(s, GATA, p=0.001), s).axes[0].get_title()


def test_two_matrices_of_one_name_have_lanes_of_their_own():
    other = Motif.from_sites("GATA", ["GATAAC"] * 20, id="three")
    texts = ["CCGATAAGCCCCGATAACCC"]
    hits = scan(texts, [GATA, other], p=0.0003)
    lanes = motif_hits(hits, texts).axes[0].get_yticklabels()
    assert {lane.get_text() for lane in lanes} == {"GATA one", "GATA three"}


def test_density_counts_hits_for_sequences_that_reach_the_bin():
    texts = ["GATAAG" + "C" * 14] * 3 + ["GATAAG" + "C" * 4] + ["C" * 12 + "GATAAG" + "C" * 2]
    hits = scan(texts, GATA, p=0.001)
    figure = motif_density(hits, texts)
    line = figure.axes[0].lines[0]
    assert line.get_xdata().tolist() == [5, 15]
    assert line.get_ydata() == pytest.approx([1000 * 4 / 5, 1000 * 1 / 4])
    assert figure.axes[0].texts[0].get_text() == "GATA"
    assert_described(figure, "GATA at 0 to 10 bp")


def test_a_hit_counts_for_the_bin_of_its_middle_base():
    texts = ["C" * 7 + "GATAAG" + "C" * 7]  # bases 7 to 12: between 9 and 10
    line = motif_density(scan(texts, GATA, p=0.001), texts).axes[0].lines[0]
    assert line.get_ydata().tolist() == [1000, 0]


def test_hits_in_sequences_that_end_within_the_bin_do_not_count():
    texts = ["C" * 9 + "GATAAG"] * 3 + ["C" * 20]
    figure = motif_density(scan(texts, GATA, p=0.001), texts)
    assert figure.axes[0].lines[0].get_ydata().tolist() == [0, 0]
    assert figure.alt.endswith("GATA in no whole bin.")


def test_a_place_that_is_hit_on_both_strands_counts_once():
    texts = ["CC" + "CAGCTG" + "CC"] * 2
    hits = scan(texts, EBOX, p=0.001)
    assert len(hits) == 4
    assert motif_density(hits, texts).axes[0].lines[0].get_ydata().tolist() == [1000]


def test_a_sequence_shorter_than_a_bin_is_one_bin():
    line = motif_density(scan(["GATAAG"], GATA, p=0.001), ["GATAAG"]).axes[0].lines[0]
    assert line.get_xydata().tolist() == [[5, 1000]]


def test_more_motifs_than_can_be_told_apart_are_refused():
    motifs = [Motif.from_sites(f"m{i}", ["GATAAG"] * 20, id=str(i)) for i in range(8)]
    hits = scan(["GATAAG"], motifs, p=0.001)
    with pytest.raises(DataError, match="told apart"):
        motif_density(hits, ["GATAAG"])


# What they share


def test_styles_differ_in_dashes_not_in_colour_alone():
    assert len(set(COLOURS)) == len(set(DASHES)) == len(COLOURS) == 7
    assert line_style(6)["linestyle"] == DASHES[6]


@given(
    st.lists(st.floats(0, 1), max_size=12).map(sorted),
    st.floats(0.001, 0.5),
)
def test_spread_values_keep_their_order_apart_and_within_bounds(values, gap):
    moved = spread(np.array(values), gap, 0, 1)
    gap = min(gap, 1 / max(len(values), 1))
    assert (np.diff(moved) > gap - 1e-9).all()
    if values:
        assert moved[0] > -1e-9
        assert moved[-1] < 1 + 1e-9


def test_spread_values_move_only_if_they_must():
    assert spread(np.array([0.2, 0.5, 0.8]), 0.1, 0, 1) == pytest.approx([0.2, 0.5, 0.8])
    assert spread(np.array([0.5, 0.5]), 0.1, 0, 1) == pytest.approx([0.45, 0.55])


def test_reached_is_where_a_quarter_of_the_sequences_still_goes_on():
    assert reached(np.array([10, 20, 30, 40])) == 40
    assert reached(np.array([10, 20, 30, 40, 50])) == 40
    assert reached(np.array([7])) == 7


# Real data


@pytest.mark.parametrize(
    "name",
    ["human_nontata_promoters", "human_ensembl_regulatory", "drosophila_enhancers_stark"],
)
@pytest.mark.parametrize("function", BY_CLASS)
def test_texts_are_apart_on_real_data(real, name, function):
    from genbench_lite.reading.archive import from_archive

    train = from_archive(real / "archives" / f"{name}_v0.zip").train
    figure = function(train)
    assert_texts_apart(figure)
    assert all(name in figure.alt for name in train.classes)


def test_figures_of_the_embedded_cells_are_readable():
    from genbench_lite import load
    from genbench_lite.motifs import jaspar

    train = load("demo_open_chromatin_cells").train.subset(2000)
    hits = scan(train, [jaspar(name) for name in ("GATA1", "HNF4A", "Spi1", "CTCF")], p=3e-4)
    for figure in (
        kmer_volcano(kmer_enrichment(train, "K562")),
        composition_by_position(train),
        motif_hits(hits, train, int(hits["sequence"].mode()[0])),
        motif_density(hits, train),
    ):
        assert_texts_apart(figure)
        assert all(text.get_fontsize() >= 8 for text in texts_of(figure))
        html = figure._repr_html_()
        assert f'alt="{figure.alt[:20]}' in html
