"""Overlaps: hand-worked rows, then every small world against comparing all with all."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genbench_lite.audits import overlaps
from genbench_lite.audits.overlaps import best_overlap, clusters, islands, pairs, places
from genbench_lite.errors import DataError
from genbench_lite.interval_set import Intervals


def world(rows, minus=None):
    """Rows are (region, start, length)."""
    regions = [region for region, _, _ in rows]
    start = np.array([start for _, start, _ in rows], np.int64)
    end = start + np.array([length for *_, length in rows], np.int64)
    n = len(rows)
    return Intervals.from_columns("toy", ["x"], regions, start, end, [0] * n, ["train"] * n, minus)


def found(a, b):
    i, j, shared = (column.tolist() for column in pairs(a, b))
    return list(zip(i, j, shared, strict=True))


# Columns that are no intervals


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"regions": ["chr1", None]}, "Row 2 of toy has no region"),
        ({"regions": ["", "chr1"]}, "Row 1 of toy has no region"),
        ({"end": [10, 5]}, "Row 2 of toy has a start or an end that cannot be"),
        ({"start": [-1, 5]}, "Row 1 of toy has a start or an end that cannot be"),
        ({"label": [0, 2]}, "Row 2 of toy has an unknown class"),
        ({"label": [-1, 0]}, "Row 1 of toy has an unknown class"),
        ({"split": ["train", "dev"]}, "Row 2 of toy has an unknown split"),
    ],
)
def test_a_row_that_is_no_interval_is_refused(change, message):
    columns = {
        "regions": ["chr1", "chr1"],
        "start": [0, 5],
        "end": [10, 15],
        "label": [0, 1],
        "split": ["train", "test"],
    }
    with pytest.raises(DataError, match=message):
        Intervals.from_columns("toy", ["a", "b"], **(columns | change))


def test_coordinates_too_large_for_one_axis_are_refused():
    far = world([(f"chr{i}", 10**18 - 10, 10) for i in range(12)])
    with pytest.raises(DataError, match="no chromosome is that long"):
        clusters(far)


def test_no_rows_overlap_nothing():
    none, some = world([]), world([("chr1", 0, 10)])
    assert found(none, some) == found(some, none) == found(none, none) == []
    assert [column.tolist() for column in best_overlap(none, some)] == [[], []]
    assert [column.tolist() for column in best_overlap(some, none)] == [[0], [-1]]
    assert clusters(none).tolist() == places(none).tolist() == []
    assert islands(none) == 0


# By hand


def test_touching_rows_share_no_base():
    a, b = world([("chr1", 0, 10)]), world([("chr1", 10, 10), ("chr1", 9, 1)])
    assert found(a, b) == [(0, 1, 1)]
    assert clusters(world([("chr1", 0, 10), ("chr1", 10, 10)])).tolist() == [0, 1]


def test_one_region_ends_where_no_other_begins():
    a, b = world([("chr1", 0, 10)]), world([("chr2", 0, 10), ("chr10", 5, 10)])
    assert found(a, b) == []
    assert islands(world([("chr1", 90, 10), ("chr2", 0, 10)])) == 2


def test_regions_are_matched_by_name_and_not_by_number():
    a, b = world([("chr2", 0, 10)]), world([("chr1", 0, 10), ("chr2", 5, 10), ("chr3", 0, 10)])
    assert found(a, b) == [(0, 1, 5)]


def test_strands_make_no_difference():
    one, other = world([("chr1", 0, 10)], [True]), world([("chr1", 4, 10)], [False])
    assert found(one, other) == [(0, 0, 6)]


def test_of_partners_that_share_as_much_the_shortest_is_best_then_the_first():
    test = world([("chr1", 100, 10)])
    train = world([("chr1", 0, 200), ("chr1", 100, 10), ("chr1", 98, 12), ("chr1", 100, 10)])
    assert [column.tolist() for column in best_overlap(test, train)] == [[10], [1]]


def test_rows_join_through_others():
    rows = [("chr1", 40, 5), ("chr1", 0, 10), ("chr1", 8, 20), ("chr1", 25, 10), ("chr2", 8, 2)]
    assert clusters(world(rows)).tolist() == [1, 0, 0, 0, 2]
    assert islands(world(rows)) == 3


def test_a_long_row_joins_all_that_lie_in_it():
    rows = [("chr1", 0, 100), ("chr1", 2, 3), ("chr1", 50, 3), ("chr1", 99, 3), ("chr1", 102, 1)]
    assert clusters(world(rows)).tolist() == [0, 0, 0, 0, 1]


def test_places_tell_rows_apart_that_differ_in_one_coordinate():
    rows = [("chr1", 0, 10), ("chr1", 0, 11), ("chr1", 1, 9), ("chr2", 0, 10), ("chr1", 0, 10)]
    assert places(world(rows)).tolist() == [0, 1, 2, 3, 0]


# Against all pairs

lists = st.lists(
    st.tuples(st.sampled_from(["chr1", "chr2", "chrX"]), st.integers(0, 60), st.integers(1, 40)),
    max_size=25,
)


def shared_bp(p, q):
    return min(p[1] + p[2], q[1] + q[2]) - max(p[1], q[1]) if p[0] == q[0] else 0


@given(a=lists, b=lists, chunk=st.sampled_from([1, 7, overlaps._CHUNK]))
def test_pairs_are_those_of_comparing_all_with_all(a, b, chunk):
    oracle = [
        (i, j, bp) for i, p in enumerate(a) for j, q in enumerate(b) if (bp := shared_bp(p, q)) > 0
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(overlaps, "_CHUNK", chunk)
        assert found(world(a), world(b)) == oracle


@given(a=lists, b=lists, chunk=st.sampled_from([1, 7, overlaps._CHUNK]))
def test_best_partners_are_those_of_comparing_all_with_all(a, b, chunk):
    oracle = []
    for p in a:
        ranked = sorted((-shared_bp(p, q), q[2], j) for j, q in enumerate(b) if shared_bp(p, q) > 0)
        oracle.append((-ranked[0][0], ranked[0][2]) if ranked else (0, -1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(overlaps, "_CHUNK", chunk)
        shared, row = best_overlap(world(a), world(b))
    assert list(zip(shared.tolist(), row.tolist(), strict=True)) == oracle


@given(rows=lists)
def test_clusters_are_the_connected_components(rows):
    parts = [{i} for i in range(len(rows))]
    for i, p in enumerate(rows):
        for j, q in enumerate(rows[:i]):
            if shared_bp(p, q) > 0:
                one, other = (next(part for part in parts if k in part) for k in (i, j))
                if one is not other:
                    parts.remove(other)
                    one |= other
    number = clusters(world(rows))
    assert islands(world(rows)) == len(parts)
    assert {frozenset(np.flatnonzero(number == k).tolist()) for k in number} == set(
        map(frozenset, parts)
    )


@given(rows=lists)
def test_places_are_the_distinct_rows(rows):
    number = places(world(rows))
    assert sorted(Counter(number.tolist()).values()) == sorted(Counter(rows).values())
    assert len(set(zip(number.tolist(), rows, strict=True))) == len(set(rows))


# Where it could grow out of hand


def test_a_long_row_costs_no_more_than_its_own_pairs(monkeypatch):
    rng = np.random.default_rng(0)
    many = [("chr1", int(start), 10) for start in rng.integers(0, 10**9, 3000)]
    with_outlier = world([*many, ("chr1", 0, 10**9)])
    looked_at = []
    within = overlaps._starts_within

    def count(*sides):
        for part in within(*sides):
            looked_at.append(len(part[0]))
            yield part

    monkeypatch.setattr(overlaps, "_starts_within", count)
    best_overlap(world(many), with_outlier)
    assert sum(looked_at) < 2 * 3000 + 100  # each meets itself and the long one


def test_a_heap_of_equal_rows_is_looked_at_in_bounded_parts():
    import tracemalloc

    heap = world([("chr1", 5, 10)] * 4000)  # 16 million pairs
    tracemalloc.start()
    shared, row = best_overlap(heap, heap)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (shared == 10).all()
    assert (row == 0).all()
    assert peak < 250e6
