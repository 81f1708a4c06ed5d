"""Copies and relatives, against sets of words compared one by one in plain Python."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genbench_lite import sequence
from genbench_lite.audits.near_duplicates import RELATED, clusters, duplicates, relatives
from genbench_lite.audits.shared_words import LEAST, WORD, Words
from genbench_lite.errors import DataError
from genbench_lite.sequence_set import SequenceSet


def of(rows):
    texts = [row if isinstance(row, str) else sequence.decode(row) for row in rows]
    return SequenceSet.from_strings(texts, [0] * len(texts), ["a"])


def turned(text):
    return sequence.decode(sequence.reverse_complement(sequence.encode(text)))


def letters(n, length, seed=0):
    return np.random.default_rng(seed).integers(0, 4, (n, length)).astype(np.uint8)


def mutated(codes, rate, seed=1):
    rng = np.random.default_rng(seed)
    hit = rng.random(codes.shape) < rate
    return np.where(hit, (codes + rng.integers(1, 4, codes.shape)) % 4, codes).astype(np.uint8)


def first_places(text):
    """Word (the lower of its two strands) to the place where it first occurs."""
    found = {}
    for i in range(len(text) - WORD + 1):
        word = text[i : i + WORD]
        if "N" not in word:
            found.setdefault(min(word, turned(word)), i)
    return found


def covered(places):
    return len({letter for i in places for letter in range(i, i + WORD)})


def share_by_hand(one, other):
    a, b = first_places(one), first_places(other)
    if covered(a.values()) > covered(b.values()):
        a, b = b, a
    shared = covered(i for word, i in a.items() if word in b)
    return shared / covered(a.values()) if shared >= LEAST else 0


def all_shares(test, train):
    """Brute force: every test row against every training row; float64, (n test, n train)."""
    both = of([*test.sequences, *train.sequences])
    words = Words.of(both, np.arange(len(both)))
    first, second = np.divmod(np.arange(len(test) * len(train)), len(train))
    return words.shares(first, second + len(test)).reshape(len(test), len(train))


# Unhappy paths


def test_no_rows_have_no_relatives():
    some, none = of(letters(3, 100)), of(letters(3, 100))[:0]
    share, row = relatives(some, none)
    assert (share.tolist(), row.tolist()) == ([0, 0, 0], [-1, -1, -1])
    assert relatives(none, some)[1].shape == (0,)
    assert relatives(none, some)[1].dtype == np.int64
    assert clusters(none).shape == duplicates(none).shape == (0,)


def test_unknown_letters_relate_nothing_but_copies():
    test = of(["N" * 100, "N" * 90, "ACGTN" * 20])
    share, row = relatives(test, of(["N" * 100, "ACGTN" * 19]))
    assert (share.tolist(), row.tolist()) == ([1, 0, 0], [0, -1, -1])
    assert clusters(of(["N" * 100, "N" * 90, "ACGTN" * 20, "N" * 100])).tolist() == [0, 1, 2, 0]


def test_sequences_shorter_than_a_word_are_related_to_copies_alone():
    test = of(["ACGTT", "ACG", "A"])
    share, row = relatives(test, of(["AACGT", "ACGT"]))  # the first is the reverse complement
    assert (share.tolist(), row.tolist()) == ([1, 0, 0], [0, -1, -1])
    assert clusters(of(["ACGTT", "ACG", "AACGT"])).tolist() == [0, 1, 0]


def test_a_run_of_one_letter_relates_nothing():
    random = letters(2, 80)
    rows = of([sequence.decode(row) + "A" * 120 for row in random])
    assert relatives(rows[:1], rows[1:])[0][0] < RELATED
    assert clusters(rows).tolist() == [0, 1]


@pytest.mark.parametrize("unit", ["A", "CA", "CAG", "AAAT"])
def test_a_sequence_of_one_short_unit_relates_nothing_but_copies(unit):
    random = [sequence.decode(row) for row in letters(20, 180)]
    one = (unit * 200)[:200]
    rows = of([one, *(text[:90] + unit * 10 + text[90:] for text in random), one])
    assert relatives(rows[:1], rows[1:21])[0][0] == 0
    assert clusters(rows).tolist() == [*range(21), 0]


def test_few_letters_in_common_are_chance():
    """A sequence hardly longer than a word would find itself in a large dataset."""
    (genome,) = letters(1, 300)
    for length, share in ((24, 0), (25, 1)):
        assert relatives(of([genome[100 : 100 + length]]), of([genome]))[0][0] == share


# Copies


@given(st.lists(st.text("ACGTN", min_size=1, max_size=4), min_size=1, max_size=20))
@settings(deadline=None)
def test_copies_are_equal_on_either_strand(texts):
    canonical = [min(text, turned(text), key=sequence_order) for text in texts]
    expected = [sorted(set(canonical), key=canonical.index).index(text) for text in canonical]
    assert duplicates(of(texts)).tolist() == expected


def sequence_order(text):
    return sequence.encode(text).tobytes()


# Shares


@given(
    st.text("AC", min_size=15, max_size=60),
    st.text("ACGTN", max_size=30),
    st.text("AG", min_size=15, max_size=60),
)
@settings(deadline=None, max_examples=60)
def test_the_share_is_that_of_sets_of_words(one, link, other):
    first, second = one + link + other, turned(link + one) + other
    words = Words.of(of([first, second]), np.arange(2))
    got = words.shares(np.array([0]), np.array([1]))[0]
    assert got == pytest.approx(share_by_hand(first, second))


def test_half_of_a_window_is_half_on_either_strand():
    (genome,) = letters(1, 300)
    window = genome[100:300]
    for test in (window, sequence.reverse_complement(window)):
        share, row = relatives(of([test]), of([letters(1, 200, 5)[0], genome[:200]]))
        assert (share[0], row[0]) == (0.5, 1)


def test_a_short_sequence_inside_a_long_one_is_found_in_full():
    (genome,) = letters(1, 2000)
    share, row = relatives(of([genome[700:760]]), of([genome]))
    assert (share[0], row[0]) == (1, 0)
    assert relatives(of([genome]), of([genome[700:760]]))[0][0] == 1


def test_the_closest_relative_wins():
    (genome,) = letters(1, 400)
    train = of([genome[:200], genome[40:240], genome[150:350]])
    assert relatives(of([genome[50:250]]), train)[1].tolist() == [1]


def test_distant_relatives_are_reported_with_their_share():
    (genome,) = letters(1, 400)
    share, row = relatives(of([genome[140:340]]), of([genome[:200]]))
    assert (share[0], row[0]) == (0.3, 0)


# Found, against brute force


@pytest.mark.parametrize(
    ("change", "least"),
    [
        (lambda g: g[:, 100:300], 1.0),  # overlap by half
        (lambda g: mutated(g[:, :200], 0.05), 0.999),
        (lambda g: sequence.reverse_complement(mutated(g[:, :200], 0.05)), 0.999),
        (lambda g: mutated(g[:, :200], 0.10), 0.98),
    ],
    ids=["half", "5% changed", "5% changed, other strand", "10% changed"],
)
def test_relatives_are_found(change, least):
    genome = letters(1500, 300)
    test, train = of(change(genome)), of(genome[:, :200])
    words = Words.of(of([*test.sequences, *train.sequences]), np.arange(3000))
    true = words.shares(np.arange(1500), np.arange(1500) + 1500) >= RELATED
    assert true.sum() > 400
    share, row = relatives(test, train)
    found = share >= RELATED
    assert found[true].mean() >= least
    assert (row[found] == np.flatnonzero(found)).all()
    assert not found[~true].any()


def test_old_copies_of_a_repeat_that_share_one_mark():
    """Two sites of the embedded data: 103 letters in common, in pieces."""
    one = (
        "AAATGCAGGCCATTAGAAACTGGGCCCACCCAAACATGGAGATGCCCCGGGCCTTCTTGCCCTTTCCCCACAGGTTCCTGGCAACATGG"
        "CCACCCCCACATATCCCCACGTGTGTAGACCATCATGGCACCCTACATTTGCATATTAAAAGGCTAGAGTGGGAGGGCCAGCTTTTTCC"
        "ATGGGCCATGTGAATGAAATGC"
    )
    other = (
        "GCCAGCCATTAGAAACTGGGTCCACCCAAACATGGAGATTCCCGCTGCCTTCTTGCCCTTTTCCCCACATGTTCCTGGCAACATGGCTG"
        "CTCCCACATATCACCACGGGTGTAGAACATCACGGTGTCCTGCATTTGCATATTAAAAGGCTAGGGTGGGAGGGCCAGCTATTTTGAAG"
        "GCTAAGTAAATGACATACCTAG"
    )
    assert share_by_hand(one, other) == 103 / 200
    assert relatives(of([one]), of([other]))[0].tolist() == [103 / 200]
    assert clusters(of([one, other])).tolist() == [0, 0]


def test_strangers_are_not_related():
    share, _ = relatives(of(letters(2000, 200, 1)), of(letters(2000, 200, 2)))
    assert share.max() < 0.2


@pytest.mark.parametrize(("rate", "least"), [(0.05, 0.99), (0.08, 0.85)])
def test_in_a_family_of_repeats_most_relatives_are_found(rate, least):
    """Windows of one repeat, each changed on its own: every mark stands in hundreds of rows."""
    rng = np.random.default_rng(4)
    (repeat,) = letters(1, 300)
    windows = np.stack([repeat[o : o + 200] for o in rng.integers(0, 101, 2000)])
    rows = of(mutated(windows, rate))
    test, train = rows[:300], rows[300:]
    brute = all_shares(test, train)
    true = brute.max(1) >= RELATED
    share, row = relatives(test, train)
    met = row >= 0
    np.testing.assert_allclose(share[met], brute[np.flatnonzero(met), row[met]])  # never made up
    assert (share[true] >= RELATED).mean() >= least


# Families


def test_families_reach_over_several_steps():
    (genome,) = letters(1, 500)
    tiles = [genome[start : start + 200] for start in (0, 80, 160, 240)]
    tiles[2] = sequence.reverse_complement(tiles[2])
    rows = of([tiles[3], letters(1, 200, 9)[0], *tiles[:3], tiles[3]])
    assert clusters(rows).tolist() == [0, 1, 0, 0, 0, 0]


def test_families_are_those_of_brute_force():
    rng = np.random.default_rng(6)
    genome = letters(40, 600)
    starts = rng.integers(0, 400, (40, 8))
    rows = np.stack([g[o : o + 200] for g, row in zip(genome, starts, strict=True) for o in row])
    mixed = of(mutated(rows, 0.03)[rng.permutation(len(rows))])
    near = all_shares(mixed, mixed) >= RELATED
    expected = np.arange(len(mixed))
    while True:  # everyone takes the lowest number among the relatives, until nothing changes
        lowest = np.where(near, expected, len(mixed)).min(1)
        if (lowest == expected).all():
            break
        expected = lowest
    got = clusters(mixed)
    assert len(np.unique(got)) == len(np.unique(expected))
    assert len(np.unique(got * len(mixed) + expected)) == len(np.unique(expected))


def test_a_crowd_of_copies_is_one_family_and_takes_no_time():
    (one,) = letters(1, 200)
    rows = np.concatenate([mutated(np.tile(one, (20_000, 1)), 0.01), letters(20_000, 200, 3)])
    start = time.perf_counter()
    family = clusters(of(rows))
    assert time.perf_counter() - start < 60  # 4 s on two idle cores
    assert (family[:20_000] == 0).all()
    assert len(np.unique(family[20_000:])) == 20_000


def test_words_read_in_two_turns_are_the_same():
    rows = of(letters(6, 100))
    at_once = Words.of(rows, np.arange(6))
    later = Words.of(rows, np.array([4, 1])).more(rows, np.array([0, 1, 5]))
    assert later.more(rows, np.array([5])) is later
    for row in (0, 1, 4, 5):
        one, other = at_once.places[row], later.places[later.index[row]]
        assert (one != other).nnz == 0


def test_letters_that_are_no_dna_never_come_so_far():
    with pytest.raises(DataError):
        of(["ACGX"])
