"""Packed sequence sets: what they refuse, how they are indexed, split, stored and opened."""

from __future__ import annotations

import copy
import json
import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genbench_lite import sequence
from genbench_lite.dataset import Dataset, open_folder
from genbench_lite.errors import DataError
from genbench_lite.sequence_set import LOCUS, SequenceSet, canonical_order

steady = settings(deadline=None, max_examples=50)  # a busy machine is no failure

TEXTS = ["ACGT", "GG", "TTTAN", "C", "AANGT"]
LABELS = [0, 1, 1, 0, 1]
COLUMNS = ("codes", "offsets", "labels", "ids", "loci")


def loci_of(texts, region="chr1") -> np.ndarray:
    rows = [(region, 10 * i, 10 * i + len(text), "+-"[i % 2]) for i, text in enumerate(texts)]
    return np.array(rows, LOCUS)


def make(texts=TEXTS, labels=LABELS, classes=("no", "yes"), loci=True) -> SequenceSet:
    ids = [f"s{i}" for i in range(len(texts))]
    return SequenceSet.from_strings(texts, labels, classes, ids, loci_of(texts) if loci else None)


def even(per_class, length=6) -> SequenceSet:
    """A set with so many sequences of each class, classes taking turns at random."""
    rng = np.random.default_rng(0)
    labels = rng.permutation(np.repeat(np.arange(len(per_class)), per_class))
    texts = [sequence.decode(row) for row in rng.integers(0, 4, (len(labels), length), np.uint8)]
    return make(texts, labels, [f"c{i}" for i in range(len(per_class))])


def rows_of(s: SequenceSet) -> list[tuple]:
    """Everything that belongs to each row, as plain Python."""
    loci = [None] * len(s) if s.loci is None else s.loci.tolist()
    return list(zip(s.sequences, s.labels.tolist(), s.ids.tolist(), loci, strict=True))


def assert_same(a: SequenceSet, b: SequenceSet) -> None:
    assert a.classes == b.classes
    for column in COLUMNS:
        one, other = getattr(a, column), getattr(b, column)
        assert (one is None) == (other is None), column
        if one is not None:
            assert one.dtype == other.dtype, column
            np.testing.assert_array_equal(one, other, err_msg=column)


# what is refused


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sequences": ["AC", "", "G"]}, ["'q' is empty"]),
        ({"sequences": ["AC", "GXT", "G"]}, ["'q'", "'X' at position 1"]),
        ({"sequences": ["AC", "GéT", "G"]}, ["'q'", "'é' at position 1"]),
        ({"sequences": [b"AC", b"G>", b"G"]}, ["'q'", "'>' at position 1"]),
        ({"sequences": ["AC", "GT"]}, ["2 sequences", "3 ids"]),
        ({"ids": ["p", "q"]}, ["3 sequences", "2 ids"]),
        ({"ids": ["p"], "sequences": ["AC", "", "X"]}, ["3 sequences", "1 ids"]),
        ({"labels": [0, 1]}, ["3 sequences", "2, 3"]),
        ({"labels": []}, ["3 sequences", "0, 3"]),
        ({"labels": [0, 1, 2]}, ["0 to 1", "no, yes"]),
        ({"labels": [0, -1, 1]}, ["0 to 1", "no, yes"]),
        ({"labels": [0.0, 0.5, 1.0]}, ["whole numbers"]),
        ({"labels": ["no", "yes", "no"]}, ["whole numbers", "no, yes"]),
        ({"labels": [[0], [1], [1]]}, ["whole numbers"]),
        ({"classes": ["yes", "no"]}, ["sorted order"]),
        ({"classes": ["no", "no"]}, ["each once"]),
        ({"loci": loci_of(["AC"])}, ["3 sequences", "3, 3, 1"]),
    ],
)
def test_from_strings_refuses(changes, words):
    good = {
        "sequences": ["AC", "GGT", "G"],
        "labels": [0, 1, 1],
        "classes": ["no", "yes"],
        "ids": ["p", "q", "r"],
    }
    assert len(SequenceSet.from_strings(**good)) == 3
    with pytest.raises(DataError) as error:
        SequenceSet.from_strings(**(good | changes))
    for word in words:
        assert word in str(error.value)


@pytest.mark.parametrize(
    "offsets", [[1, 4, 6], [0, 4, 5], [0, 4, 7]], ids=["late start", "too short", "too long"]
)
def test_offsets_must_agree_with_the_letters(offsets):
    with pytest.raises(DataError, match="offsets"):
        SequenceSet(
            sequence.encode("ACGTGG"),
            np.array(offsets),
            np.array([0, 1]),
            np.array(["a", "b"]),
            ("no", "yes"),
        )


def test_splits_with_different_classes_are_refused():
    other = make(classes=("absent", "present"))
    with pytest.raises(DataError, match=r"test split of toy.*absent, present.*no, yes"):
        Dataset("toy", train=make(), test=other)
    with pytest.raises(DataError, match=r"valid split of toy"):
        Dataset("toy", train=make(), test=make(), valid=make(classes=("no", "unsure", "yes")))


# what is accepted


def test_from_strings_takes_text_bytes_and_table_columns():
    expected = make(loci=False)
    ids = expected.ids.tolist()
    as_bytes = [text.encode() for text in TEXTS]
    table = pd.DataFrame({"seq": TEXTS, "label": LABELS, "id": ids}, index=range(9, 4, -1))
    assert_same(SequenceSet.from_strings(as_bytes, LABELS, ["no", "yes"], ids), expected)
    assert_same(
        SequenceSet.from_strings(table["seq"], table["label"], ["no", "yes"], table["id"]), expected
    )


def test_rows_without_ids_are_numbered():
    assert SequenceSet.from_strings(["A", "C"], [0, 0], ["any"]).ids.tolist() == ["0", "1"]


def test_columns_have_the_promised_types():
    s = make()
    assert (s.codes.dtype, s.offsets.dtype, s.labels.dtype) == (np.uint8, np.int64, np.int64)
    assert s.ids.dtype.kind == "U"
    assert s.loci.dtype == LOCUS
    assert s.offsets.tolist() == [0, 4, 6, 11, 12, 17]
    assert s.lengths.tolist() == [4, 2, 5, 1, 5]
    assert s.sequences == TEXTS


# indexing

s_index = st.integers(-len(TEXTS), len(TEXTS) - 1)
some_rows = st.one_of(
    st.slices(len(TEXTS)),
    st.lists(s_index, max_size=8),
    st.lists(s_index, max_size=8).map(lambda rows: np.array(rows, np.int32)),
    st.lists(st.booleans(), min_size=len(TEXTS), max_size=len(TEXTS)),
    st.lists(st.booleans(), min_size=len(TEXTS), max_size=len(TEXTS)).map(np.array),
)


def pick(rows: list, wanted) -> list:
    """What indexing means, on a plain list."""
    if isinstance(wanted, slice):
        return rows[wanted]
    wanted = np.asarray(wanted)
    if wanted.dtype == bool:
        return [row for row, keep in zip(rows, wanted, strict=True) if keep]
    return [rows[int(i)] for i in wanted]


@steady
@given(some_rows, st.booleans())
def test_many_rows_at_once_equal_rows_picked_from_a_list(wanted, loci):
    s = make(loci=loci)
    chosen = s[wanted]
    assert isinstance(chosen, SequenceSet)
    assert rows_of(chosen) == pick(rows_of(s), wanted)
    assert chosen.classes == s.classes
    assert chosen.offsets[0] == 0
    assert chosen.offsets[-1] == len(chosen.codes)


@steady
@given(st.slices(len(TEXTS)), st.data())
def test_rows_of_rows(first, data):
    once = make()[first]
    second = data.draw(st.slices(len(once)))
    assert rows_of(once[second]) == rows_of(make())[first][second]
    order = data.draw(st.permutations(range(len(once))))
    assert rows_of(once[list(order)]) == [rows_of(once)[i] for i in order]


@steady
@given(s_index, st.sampled_from([int, np.int64, np.uint8, np.array]))
def test_one_row_is_its_letters_and_its_label(row, kind):
    wanted = kind(row if kind is not np.uint8 else row % len(TEXTS))
    letters, label = make()[wanted]
    assert (letters, label) == (TEXTS[row], LABELS[row])
    assert type(letters) is str
    assert type(label) is int


def test_iteration_gives_every_row_once():
    assert list(make()) == list(zip(TEXTS, LABELS, strict=True))
    assert list(make()[:0]) == []


@pytest.mark.parametrize(
    "row",
    [5, -6, np.int64(5), [0, 5], [-6], np.array([1, 99]), [True, False], [True] * 6, [0.0, 1.0]],
    ids=str,
)
def test_rows_that_do_not_exist_raise_index_error(row):
    with pytest.raises(IndexError):
        make()[row]


def test_row_of_an_empty_set_raises_index_error():
    with pytest.raises(IndexError, match="Row 0 of 0"):
        make()[:0][0]


@pytest.mark.parametrize("row", ["s1", 1.0, None])
def test_an_index_of_another_kind_raises_type_error(row):
    with pytest.raises(TypeError):
        make()[row]


def test_an_index_array_copies_and_leaves_the_original_alone():
    s = make()
    before = rows_of(s)
    chosen = s[[4, 0, 0]]
    for column in COLUMNS:
        assert not np.shares_memory(getattr(chosen, column), getattr(s, column)), column
    chosen.codes[:] = sequence.UNKNOWN
    chosen.labels[:] = 0
    assert rows_of(s) == before


def test_a_slice_is_a_view():
    s = make()
    part = s[1:4]
    for column in ("codes", "labels", "ids", "loci"):
        assert np.shares_memory(getattr(part, column), getattr(s, column)), column
    assert s.offsets.tolist() == [0, 4, 6, 11, 12, 17]
    assert part.offsets.tolist() == [0, 2, 7, 8]


def test_lengths_of_a_part_are_its_own():
    s = make()
    assert s.lengths.tolist() == [4, 2, 5, 1, 5]  # cached from here on
    assert s[1:3].lengths.tolist() == [2, 5]
    assert s[[3, 0]].lengths.tolist() == [1, 4]
    assert (s.max_length, s[1:2].max_length, s[:0].max_length) == (5, 2, 0)


def test_a_set_survives_pickling_and_copying():
    s = make()
    assert_same(pickle.loads(pickle.dumps(s)), s)
    assert_same(copy.deepcopy(s), s)


# rectangles


@steady
@given(st.integers(1, 8), some_rows)
def test_padded_equals_a_loop_over_text(length, wanted):
    s = make()
    padded = s.padded(length, wanted)
    lines = [text[:length].ljust(length, "N") for text in pick(TEXTS, wanted)]
    assert [sequence.decode(row) for row in padded] == lines
    assert padded.shape == (len(lines), length)
    assert padded.dtype == np.uint8


def test_padded_and_one_hot_are_as_wide_as_the_longest_sequence_unless_told():
    s = make()
    assert s.padded().shape == (5, 5)
    assert s.one_hot().shape == (5, 4, 5)
    assert s.one_hot(3).shape == (5, 4, 3)
    hot = s.one_hot(7)
    assert hot.dtype == np.float32
    np.testing.assert_array_equal(hot, sequence.one_hot(s.padded(7)))
    np.testing.assert_array_equal(hot.sum(axis=(1, 2)), [4, 2, 4, 1, 4])  # N and padding: zero


@pytest.mark.parametrize("length", [0, -1])
def test_a_rectangle_of_no_width_is_refused(length):
    for s in (make(), even([3])):
        with pytest.raises(DataError, match=f"not {length}"):
            s.padded(length)
        with pytest.raises(DataError, match=f"not {length}"):
            s.one_hot(length)


def test_the_fast_path_for_equal_lengths_equals_the_slow_one():
    s = even([4, 3], length=6)
    fast, slow = s.padded(6), s.padded(6, np.arange(len(s)))
    np.testing.assert_array_equal(fast, slow)
    np.testing.assert_array_equal(s[2:5].padded(), slow[2:5])
    fast[:] = sequence.UNKNOWN
    np.testing.assert_array_equal(s.padded(6), slow)  # the caller may write into the rectangle


def test_rows_whose_lengths_only_average_to_the_width_are_still_padded():
    assert make(["AAA", "C"], [0, 1]).padded(2).tolist() == [[0, 0], [1, 4]]


def test_an_empty_set_has_rectangles_and_no_rows():
    empty = SequenceSet.from_strings([], [], ["no", "yes"])
    assert empty.padded(3).shape == (0, 3)
    assert empty.one_hot(3).shape == (0, 4, 3)
    assert empty.sequences == []
    assert empty.to_frame().empty
    assert repr(empty) == "SequenceSet(empty)"
    assert len(empty[:]) == len(empty[[]]) == 0


# random parts


def test_split_is_stratified_disjoint_and_complete():
    s = even([100, 40, 10])
    rest, aside = s.split(0.2, seed=3)
    assert np.bincount(aside.labels).tolist() == [20, 8, 2]
    assert np.bincount(rest.labels).tolist() == [80, 32, 8]
    assert sorted(rows_of(rest) + rows_of(aside)) == sorted(rows_of(s))
    for part in (rest, aside):
        positions = [int(i[1:]) for i in part.ids]
        assert positions == sorted(positions)


def test_random_parts_repeat_with_their_seed_and_differ_between_seeds():
    s = even([50, 50])
    for draw in (lambda seed: s.split(0.3, seed)[1], lambda seed: s.subset(20, seed)):
        assert draw(1).ids.tolist() == draw(1).ids.tolist()
        assert draw(1).ids.tolist() != draw(2).ids.tolist()


@pytest.mark.parametrize("fraction", [0, 1, -0.1, 1.5, float("nan")])
def test_split_refuses_what_is_no_fraction(fraction):
    with pytest.raises(DataError, match="between 0 and 1"):
        even([10]).split(fraction)


@pytest.mark.parametrize(("per_class", "fraction"), [([4, 4], 0.01), ([4, 4], 0.99), ([1], 0.5)])
def test_split_refuses_to_leave_a_part_empty(per_class, fraction):
    with pytest.raises(DataError, match="part empty"):
        even(per_class).split(fraction)


def test_split_keeps_a_class_that_is_too_small_for_its_share():
    rest, aside = even([100, 1]).split(0.1)
    assert np.bincount(rest.labels).tolist() == [90, 1]
    assert np.bincount(aside.labels, minlength=2).tolist() == [10, 0]
    assert aside.classes == rest.classes == ("c0", "c1")


@steady
@given(st.lists(st.integers(0, 12), min_size=1, max_size=4), st.data())
def test_subset_has_exactly_n_rows_in_proportion(per_class, data):
    per_class[0] += 1
    s = even(per_class, length=2)
    n = data.draw(st.integers(1, len(s)))
    drawn = s.subset(n, seed=data.draw(st.integers(0, 99)))
    assert len(drawn) == len(set(drawn.ids.tolist())) == n
    assert set(rows_of(drawn)) <= set(rows_of(s))
    counts = np.bincount(drawn.labels, minlength=len(per_class))
    assert (np.abs(counts - np.array(per_class) * n / len(s)) < 1).all()


@pytest.mark.parametrize("n", [0, -1, 6])
def test_subset_refuses_a_number_it_cannot_draw(n):
    with pytest.raises(DataError, match=f"{n} from 5"):
        make().subset(n)


# tables and words


def test_repr_counts_rows_lengths_and_classes():
    assert repr(make()) == "SequenceSet(5 sequences of 1 to 5 bp: 2 no, 3 yes)"
    assert repr(even([1200, 0])) == "SequenceSet(1,200 sequences of 6 bp: 1,200 c0, 0 c1)"
    dataset = Dataset("toy", train=make(), test=make()[:2])
    lines = repr(dataset).splitlines()
    assert lines[0] == "Dataset('toy'"
    assert lines[1] == f"  train = {make()!r}"
    assert lines[2] == f"  test  = {make()[:2]!r})"
    assert len(lines) == 3


def test_info_counts_every_class_in_every_split_even_where_there_is_none():
    table = Dataset("toy", train=make(), valid=make()[:1], test=make()[1:3]).info()
    assert table.to_dict() == {
        "train": {"no": 2, "yes": 3},
        "valid": {"no": 1, "yes": 0},
        "test": {"no": 0, "yes": 2},
    }
    assert list(table.columns) == ["train", "valid", "test"]
    assert table.index.name == "class"
    assert list(Dataset("toy", train=make(), test=make()).info()) == ["train", "test"]


# on disk


@pytest.fixture
def saved(tmp_path):
    """A small dataset with and without loci, and the folder it was saved in."""
    dataset = Dataset("toy", train=make(), valid=make()[:2], test=make(loci=False))
    folder = tmp_path / "toy"
    folder.mkdir()
    dataset.save(folder)
    return dataset, folder


def test_a_saved_dataset_opens_as_it_was(saved):
    dataset, folder = saved
    opened = open_folder(folder)
    assert opened.name == "toy"
    assert opened.classes == ("no", "yes")
    assert list(opened.splits) == ["train", "valid", "test"]
    for name, split in dataset.splits.items():
        assert_same(opened.splits[name], split)
        assert rows_of(opened.splits[name]) == rows_of(split)
    assert opened.train[-1] == ("AANGT", 1)
    np.testing.assert_array_equal(opened.train.one_hot(7), dataset.train.one_hot(7))


def test_opening_maps_the_files_and_reads_none(saved):
    _, folder = saved
    train = open_folder(folder).train
    for column in COLUMNS:
        values = getattr(train, column)
        assert isinstance(values, np.memmap), column
        assert not values.flags.writeable, column
    assert isinstance(train[1:3].codes, np.memmap)


def test_parts_and_tables_of_mapped_files_work(saved):
    dataset, folder = saved
    opened, train = open_folder(folder).train, dataset.train
    assert_same(opened[[3, 0]], train[[3, 0]])
    assert_same(opened[1:][1:], train[2:])
    assert_same(opened.split(0.5)[1], train.split(0.5)[1])
    pd.testing.assert_frame_equal(opened.to_frame(), train.to_frame())
    assert_same(pickle.loads(pickle.dumps(opened)), train)


def test_an_empty_split_is_stored_too(tmp_path):
    Dataset("toy", train=make(), test=make()[:0]).save(tmp_path)
    test = open_folder(tmp_path).test
    assert len(test) == 0
    assert_same(test, make()[:0])


def test_saving_without_loci_over_a_dataset_with_loci_leaves_none_behind(saved):
    _, folder = saved
    Dataset("toy", train=make(loci=False), test=make()).save(folder)
    opened = open_folder(folder)
    assert opened.train.loci is None
    assert opened.test.loci is not None
    assert opened.valid is None


def _cut(name, keep):
    def damage(folder):
        path = folder / name
        path.write_bytes(path.read_bytes()[:keep])

    return damage


def _replace(name, values, **options):
    return lambda folder: np.save(folder / name, values, **options)


def _describe(change):
    def damage(folder):
        path = folder / "dataset.json"
        path.write_text(change(json.loads(path.read_text())))

    return damage


DAMAGE = {
    "no description": lambda folder: (folder / "dataset.json").unlink(),
    "description cut off": _cut("dataset.json", 20),
    "description empty": _cut("dataset.json", 0),
    "description not text": lambda folder: (folder / "dataset.json").write_bytes(b"\xff\xfe\0"),
    "foreign JSON list": _describe(lambda about: "[1, 2]"),
    "foreign JSON number": _describe(lambda about: "7"),
    "foreign JSON object": _describe(lambda about: '{"kernelspec": {}}'),
    "other format": _describe(lambda about: json.dumps(about | {"format": 2})),
    "split unknown": _describe(lambda about: json.dumps(about | {"splits": ["train", "dev"]})),
    "test split not listed": _describe(lambda about: json.dumps(about | {"splits": ["train"]})),
    "classes out of order": _describe(lambda about: json.dumps(about | {"classes": ["b", "a"]})),
    "codes missing": lambda folder: (folder / "train.codes.npy").unlink(),
    "codes of a split missing": lambda folder: (folder / "valid.codes.npy").unlink(),
    "ids missing": lambda folder: (folder / "test.ids.npy").unlink(),
    "codes cut off": _cut("train.codes.npy", -3),
    "labels cut off in the header": _cut("train.labels.npy", 40),
    "labels empty": _cut("train.labels.npy", 0),
    "ids of another length": _replace("train.ids.npy", np.array(["a"])),
    "loci of another length": _replace("train.loci.npy", np.zeros(2, LOCUS)),
    "offsets beyond the letters": _replace("train.offsets.npy", np.array([0, 4, 6, 11, 12, 99])),
    "offsets of another length": _replace("train.offsets.npy", np.array([0, 4, 17])),
    "no offsets at all": _replace("train.offsets.npy", np.array([], np.int64)),
    "offsets a single number": _replace("train.offsets.npy", np.array(17)),
    "pickled ids": _replace("train.ids.npy", np.array(list("abcde"), object), allow_pickle=True),
    "a zip under the name": lambda folder: np.savez((folder / "train.codes.npy").open("wb"), x=1),
    "a folder under the name": lambda folder: (
        (folder / "train.codes.npy").unlink(),
        (folder / "train.codes.npy").mkdir(),
    ),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_folder_is_named_with_what_to_do(saved, damage):
    _, folder = saved
    damage(folder)
    with pytest.raises(DataError) as error:
        open_folder(folder)
    assert str(folder) in str(error.value)
    assert "Remove that folder and load the dataset again" in str(error.value)


def test_a_pickle_is_never_loaded(saved, tmp_path):
    class Trap:
        def __reduce__(self):
            return (tmp_path.joinpath("sprung").touch, ())

    _, folder = saved
    np.save(folder / "train.ids.npy", np.array([Trap()] * 5, object), allow_pickle=True)
    with pytest.raises(DataError, match="Python objects"):
        open_folder(folder)
    assert not (tmp_path / "sprung").exists()


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(DataError, match="nowhere"):
        open_folder(tmp_path / "nowhere")


# the order of rows


def test_canonical_order_is_by_class_then_by_id_with_numbers_counted():
    labels = np.array([1, 0, 0, 1, 0])
    ids = np.array(["2", "10", "9", "1", "a"])
    assert canonical_order(labels, ids).tolist() == [2, 4, 1, 3, 0]
    assert canonical_order(np.array([], np.int64), np.array([], "U1")).tolist() == []


@steady
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 999)), unique=True, max_size=30))
def test_canonical_order_is_the_same_whatever_order_rows_come_in(rows):
    def ordered(rows):
        labels, ids = np.array([a for a, _ in rows], int), np.array([str(b) for _, b in rows], "U")
        order = canonical_order(labels, ids)
        return list(zip(labels[order].tolist(), ids[order].tolist(), strict=True))

    expected = [(label, str(number)) for label, number in sorted(rows)]
    assert ordered(rows) == ordered(rows[::-1]) == expected
