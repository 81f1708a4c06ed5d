from __future__ import annotations

import contextlib
import gzip
import os
import warnings

import numpy as np
import pandas as pd
import pytest
from custom_toys import spread_rows, write_bed, write_fasta, write_genome

import genbench_lite as gbl
from genbench_lite.errors import DataError, GenbenchError, UnknownNameError
from genbench_lite.interval_set import Intervals
from genbench_lite.kmers import kmer_counts


@pytest.fixture
def genome(tmp_path):
    return write_genome(tmp_path / "toy.fa")


@pytest.fixture
def peaks(tmp_path):
    return write_bed(tmp_path / "peaks.bed", spread_rows())


def columns(dataset) -> list:
    """All that a dataset holds, to compare."""
    return [
        getattr(part, name).tolist()
        for part in dataset.splits.values()
        for name in ("codes", "offsets", "labels", "ids", "loci")
        if getattr(part, name) is not None
    ]


# BED: what is refused


@pytest.mark.parametrize(
    ("names", "region", "advice"),
    [
        (("1", "2"), "CHR1", r"The genome calls it '1'.*sed 's/\^CHR1\\t/1\\t/'"),
        (("chr1", "chr2"), "Chr2", "The genome calls it 'chr2'"),
        (("1", "X"), "NC_000023.11", "The genome calls it 'X'"),
        (("chr1", "chr2"), "chromosome_2", "The genome calls it 'chr2'"),
        (("2L", "2R"), "chr2RHet", "Nearest there|There: 2L, 2R"),
        (("chr1", "chr2"), "scaffold_9", "There: chr1, chr2. Is it the FASTA of another"),
    ],
)
def test_a_chromosome_that_is_not_there_comes_with_the_cure(tmp_path, names, region, advice):
    genome = write_genome(tmp_path / "g.fa", names, 2000)
    bed = write_bed(tmp_path / "p.bed", [f"{region}\t1\t99"])
    with pytest.raises(DataError, match=r"which is not in g\.fa") as refused:
        gbl.from_bed(bed, genome)
    assert refused.match(advice)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["chr1\t59990\t60001"], "ends past the end of its chromosome, which has 60,000 bp"),
        (["chr1\t5\t5"], "not behind its start"),
        ([], "is empty"),
        (["chr1\t1\t90"], "'negative' of peaks has 1 row|'positive' of peaks has 1 row"),
    ],
)
def test_rows_that_cannot_be(tmp_path, genome, rows, said):
    with pytest.raises(DataError, match=said):
        gbl.from_bed(write_bed(tmp_path / "peaks.bed", rows), genome)


def test_nothing_left_says_what_took_it(tmp_path, genome, peaks):
    black = write_bed(tmp_path / "black.bed", ["chr1\t0\t60000"])
    with pytest.raises(DataError, match=r"No row is left. .*50 meet the blacklist"):
        gbl.from_bed(peaks, genome, blacklist=black)
    other = write_bed(tmp_path / "other.bed", spread_rows(5, "chr7"))
    with pytest.raises(DataError, match=r"No row is left. .*5 lie outside of toy.fa"):
        gbl.from_bed(other, genome, missing="drop")


def test_fewer_negatives_raise_or_warn(tmp_path):
    genome = write_genome(tmp_path / "g.fa", size=3000)
    rows = [f"1\t{at}\t{at + 100}" for at in range(0, 2000, 200)]
    bed = write_bed(tmp_path / "p.bed", rows)
    with pytest.raises(
        DataError, match=r"Only [\d,]+ of 50 negatives could be placed.*--fewer warn"
    ):
        gbl.from_bed(bed, genome, ratio=5)
    with pytest.warns(UserWarning, match="of 50 negatives could be placed"):
        dataset = gbl.from_bed(bed, genome, ratio=5, fewer="warn")
    n = int(dataset.info().loc["negative"].sum())
    assert 0 < n < 50
    assert f"Only {n} of 50" in dataset.card.negatives


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"missing": "dorp"}, "Did you mean 'drop'"),
        ({"fewer": "warm"}, "Did you mean 'warn'"),
        ({"split": "chromosom"}, "Did you mean 'chromosome'"),
        ({"match": ("gcc",)}, "Did you mean 'gc'"),
        ({"name": "../x"}, "cannot be the name of a dataset"),
        ({"name": "my.peaks"}, "cannot be the name of a dataset"),
        ({"name": "human_enhancers_cohn"}, "is a published dataset"),
        ({"negatives": None}, "nothing to tell apart"),
        ({"negatives": "no_such.bed"}, "no_such.bed cannot be opened"),
        ({"length": 0}, "length of 0"),
        ({"test": 1.5}, "cannot be"),
    ],
)
def test_options_that_cannot_be(genome, peaks, wrong, said):
    with pytest.raises(GenbenchError, match=said):
        gbl.from_bed(peaks, genome, **wrong)


def test_a_fasta_file_in_the_place_of_the_bed_and_the_other_way_round(genome, peaks):
    with pytest.raises(DataError, match=r"is a FASTA file\. Give a BED file"):
        gbl.from_bed(genome, genome)
    with pytest.raises(DataError, match="is no FASTA file"):
        gbl.from_bed(peaks, peaks)


def test_the_positives_as_negatives(genome, peaks):
    with pytest.raises(DataError, match=r"No negative is left. .*share a base with a positive"):
        gbl.from_bed(peaks, genome, peaks)


# BED: what is mended, and said


def test_order_headers_line_ends_and_gzip_change_nothing(tmp_path, genome, peaks):
    rows = ["track name=p", *np.random.default_rng(0).permutation(spread_rows()).tolist()]
    messy = tmp_path / "peaks.bed.gz"
    messy.write_bytes(gzip.compress("\r\n".join(rows).encode()))
    assert columns(gbl.from_bed(peaks, genome)) == columns(gbl.from_bed(messy, genome))


def test_repeated_rows_go_and_overlapping_rows_stay_on_one_side(tmp_path, genome):
    rows = [
        f"1\t{at + step}\t{at + step + 90}" for at in range(0, 50_000, 1000) for step in (0, 40)
    ]
    bed = write_bed(tmp_path / "p.bed", [*rows, *rows[:7]])
    dataset = gbl.from_bed(bed, genome)
    assert "7 repeat another row" in dataset.card.description
    assert "p.bed: 50 of these rows overlap an earlier one" in dataset.card.description
    assert dataset.info().loc["positive"].sum() == 100
    report = gbl.audit(dataset, progress=False).to_frame()
    assert report.at["overlap_any", "count"] == 0


def test_unknown_letters_leave_no_trace(tmp_path):
    rng = np.random.default_rng(0)
    letters = rng.choice(list("ACGT"), 60_000)
    letters[3000:3050] = "N"
    genome = tmp_path / "g.fa"
    genome.write_text(">chr1\n" + "".join(letters) + "\n")
    dataset = gbl.from_bed(write_bed(tmp_path / "p.bed", spread_rows()), genome)
    assert "49 of 50 rows are used; left out: 1 hold unknown letters" in dataset.card.description
    assert all((part.codes < 4).all() for part in dataset.splits.values())


def test_an_index_older_than_its_fasta_is_made_anew(tmp_path, peaks):
    genome = write_genome(tmp_path / "g.fa", ("1",), 60_000, seed=1)
    gbl.from_bed(peaks, genome)
    write_genome(genome, ("first", "1"), 60_000, seed=2)
    os.utime(tmp_path / "g.fa.fai", (1, 1))
    dataset = gbl.from_bed(peaks, genome)
    fresh = gbl.from_bed(peaks, write_genome(tmp_path / "h.fa", ("first", "1"), 60_000, seed=2))
    assert dataset.train.sequences == fresh.train.sequences


# BED: what comes out


def test_sequences_are_those_of_the_genome_on_their_strand(tmp_path):
    genome = write_genome(tmp_path / "g.fa", size=20_000)
    text = "".join(genome.read_text().splitlines()[1:])
    rows = [f"1\t{at}\t{at + 57}\tr{at}\t0\t{'+-'[at % 2]}" for at in range(0, 5005, 91)]
    dataset = gbl.from_bed(write_bed(tmp_path / "p.bed", rows), genome, match=("length",))
    turned = str.maketrans("ACGT", "TGCA")
    for part in dataset.splits.values():
        for letters, (_, start, end, strand) in zip(
            part.sequences, part.loci.tolist(), strict=True
        ):
            there = text[start:end]
            assert letters == (there if strand == "+" else there.translate(turned)[::-1])
    positives = dataset.test[dataset.test.labels == 1]
    assert all(
        one == f"r{start}"
        for one, start in zip(positives.ids, positives.loci["start"], strict=True)
    )


def test_length_is_cut_and_extended_around_the_middle(tmp_path, genome):
    rows = ["1\t5\t9", "1\t1000\t1101", "1\t2000\t2001", "1\t59999\t60000", "1\t4000\t4004"]
    dataset = gbl.from_bed(write_bed(tmp_path / "p.bed", rows), genome, length=20, test=0.4)
    loci = np.concatenate([p.loci[p.labels == 1] for p in dataset.splits.values()])
    assert sorted(loci["start"].tolist()) == [1040, 1990, 3992]
    assert set((loci["end"] - loci["start"]).tolist()) == {20}
    assert "2 have no room for 20 bp" in dataset.card.description


def test_five_chromosomes_are_split_whole_and_fewer_by_cluster(tmp_path):
    names = [str(n) for n in range(1, 11)]
    genome = write_genome(tmp_path / "g.fa", names, 30_000)
    rows = [row for name in names for row in spread_rows(20, f"chr{name}")]
    dataset = gbl.from_bed(write_bed(tmp_path / "p.bed", rows), genome)
    assert "Split by chromosome, seed 0" in dataset.card.description
    sides = [set(part.loci["region"].tolist()) for part in dataset.splits.values()]
    assert not sides[0] & sides[1]
    assert dataset.info().loc["positive", "test"] == 40
    few = gbl.from_bed(write_bed(tmp_path / "q.bed", rows[:80]), genome)
    assert "by cluster, seed 0 (not by chromosome: there are 4" in few.card.description


def test_a_negative_stays_with_its_positive(tmp_path, genome, peaks):
    """Else its length says what it is not, for a model that has seen the other one."""
    dataset = gbl.from_bed(peaks, genome, valid=0.2)
    assert dataset.info().loc["negative"].tolist() == dataset.info().loc["positive"].tolist()
    for part in dataset.splits.values():
        lengths = [sorted(part.lengths[part.labels == label].tolist()) for label in (0, 1)]
        assert lengths[0] == lengths[1]


def test_shuffles_keep_neighbours_and_stay_with_their_positive(genome, peaks):
    dataset = gbl.from_bed(peaks, genome, "shuffled", seed=5)
    for part in dataset.splits.values():
        assert (part.loci["region"] == "").tolist() == (part.labels == 0).tolist()
        counts = [
            sorted(map(tuple, kmer_counts(part[part.labels == label], 2).tolist()))
            for label in (0, 1)
        ]
        assert counts[0] == counts[1]
        assert not set(part[part.labels == 0].sequences) & set(part[part.labels == 1].sequences)
    other = gbl.from_bed(peaks, genome, "shuffled", seed=6)
    assert columns(other) != columns(dataset)


def test_own_negatives_as_bed_and_as_fasta(tmp_path, genome, peaks):
    rows = [f"1\t{at}\t{at + 80}" for at in range(500, 50_000, 1000)]
    own = write_bed(tmp_path / "own.bed", [*rows, "1\t90\t170"])
    dataset = gbl.from_bed(peaks, genome, own)
    assert (
        "own.bed: 1 of 51 rows share a base with a positive, and were left out"
        in dataset.card.description
    )
    assert dataset.info().loc["negative"].sum() == 50
    fasta = write_fasta(tmp_path / "own.fa", 40, 130)
    dataset = gbl.from_bed(peaks, genome, fasta, length=100)
    assert dataset.info().loc["negative"].sum() == 40
    assert {int(n) for part in dataset.splits.values() for n in part.lengths} == {100}


def test_rows_that_only_touch_share_no_base(tmp_path, genome):
    rows = [f"1\t{at}\t{at + 100}" for at in range(0, 50_000, 1000)]
    beside = [f"1\t{at + 100}\t{at + 200}" for at in range(0, 50_000, 1000)]
    touching = write_bed(tmp_path / "t.bed", [*rows[:25], *beside[:25]])
    other = write_bed(tmp_path / "o.bed", [f"1\t{at}\t{at + 50}" for at in range(500, 50_000, 999)])
    black = write_bed(tmp_path / "b.bed", ["1\t200\t300"])
    dataset = gbl.from_bed(touching, genome, other, blacklist=black)
    assert "t.bed: all 50 rows are used" in dataset.card.description
    assert "overlap" not in dataset.card.description
    own = write_bed(tmp_path / "own.bed", beside)
    dataset = gbl.from_bed(write_bed(tmp_path / "p.bed", rows), genome, own)
    assert dataset.info().loc["negative"].sum() == 50


def starts_of(dataset, label) -> np.ndarray:
    """Where the rows of one class begin."""
    rows = [part.loci[part.labels == label]["start"] for part in dataset.splits.values()]
    return np.sort(np.concatenate(rows))


def test_negatives_avoid_a_list_that_positives_may_lie_on(tmp_path, genome, peaks):
    busy = write_bed(tmp_path / "busy.bed", ["chr1\t0\t30000"])
    black = write_bed(tmp_path / "black.bed", ["chr1\t49000\t60000"])
    dataset = gbl.from_bed(peaks, genome, avoid=busy, blacklist=black, progress=False)
    assert starts_of(dataset, 1).tolist() == list(range(0, 49_000, 1000))
    negatives = starts_of(dataset, 0)
    assert len(negatives) == 49
    assert negatives.min() >= 30_000
    assert negatives.max() < 49_000
    assert "with a region of black.bed, with a region of busy.bed or with" in dataset.card.negatives
    assert "busy.bed" in dataset.card.source


def test_negatives_of_a_file_avoid_a_list_too(tmp_path, genome, peaks):
    own = write_bed(
        tmp_path / "own.bed", [f"1\t{at}\t{at + 99}" for at in range(500, 40_000, 1000)]
    )
    busy = write_bed(tmp_path / "busy.bed", ["chr1\t0\t10000"])
    dataset = gbl.from_bed(peaks, genome, own, avoid=busy)
    assert starts_of(dataset, 0).tolist() == list(range(10_500, 40_000, 1000))
    assert "own.bed: 10 rows meet the avoid list" in dataset.card.description
    everywhere = write_bed(tmp_path / "all.bed", ["chr1\t0\t60000"])
    with pytest.raises(DataError, match=r"No negative is left. own.bed: 40 rows meet the avoid"):
        gbl.from_bed(peaks, genome, own, avoid=everywhere)
    elsewhere = write_bed(tmp_path / "x.bed", ["chr9\t0\t60000"])
    with pytest.raises(DataError, match=r"No chromosome of the avoid list x.bed is in toy.fa"):
        gbl.from_bed(peaks, genome, avoid=elsewhere)


@pytest.mark.parametrize("kind", ["shuffled", "a FASTA file"])
def test_negatives_that_lie_nowhere_can_avoid_nothing(tmp_path, genome, peaks, kind):
    negatives = kind if kind == "shuffled" else write_fasta(tmp_path / "n.fa")
    busy = write_bed(tmp_path / "busy.bed", ["chr1\t0\t30000"])
    with pytest.raises(DataError, match=r"busy.bed is to be avoided .* nowhere in the genome"):
        gbl.from_bed(peaks, genome, negatives, avoid=busy)


def test_the_bars_can_be_left_out(tmp_path, genome, peaks, monkeypatch):
    shown = []
    for module in ("negatives", "writing"):
        monkeypatch.setattr(
            f"genbench_lite.custom.{module}.tqdm",
            lambda **settings: shown.append(settings["disable"]) or contextlib.nullcontext(Bar()),
        )
    for progress in (True, False):
        dataset = gbl.from_bed(peaks, genome, progress=progress)
        gbl.write_dataset(dataset, tmp_path / f"shown_{progress}", progress=progress)
    assert shown == [None, None, True, True]


class Bar:
    def update(self, n):
        pass


def test_classes_of_their_own(tmp_path, genome, peaks):
    other = write_bed(
        tmp_path / "o.bed", [f"1\t{at}\t{at + 80}" for at in range(500, 50_000, 1000)]
    )
    dataset = gbl.from_bed({"peak": peaks, "gap": other}, genome, None, name="two")
    assert dataset.classes == ("gap", "peak")
    three = gbl.from_bed({"peak": peaks, "gap": other}, genome, "random", name="three")
    assert three.info().sum(axis=1).to_dict() == {"gap": 50, "negative": 100, "peak": 50}
    with pytest.raises(DataError, match="Say negatives=None"):
        gbl.from_bed({"peak": peaks, "negative": other}, genome, name="two")
    with pytest.raises(DataError, match="cannot be the name of a class"):
        gbl.from_bed({"a/b": peaks, "gap": other}, genome, None, name="two")


def test_a_split_can_be_asked_for(tmp_path, genome, peaks):
    dataset = gbl.from_bed(peaks, genome, split="length_matched")
    assert "Split by length_matched" in dataset.card.description
    with pytest.raises(DataError, match="by='cluster'"):
        gbl.from_bed(peaks, genome, split="chromosome")


def test_shuffled_rows_can_be_split_anew(genome, peaks):
    dataset = gbl.fair_split(gbl.from_bed(peaks, genome, "shuffled"), by="cluster", valid=0)
    assert set(dataset.splits) == {"train", "test"}


# FASTA


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is empty"),
        (">a\nACGT\n>b\nACXT\n", "In sequence 'b', 'X' at position 2"),
        (">a\nACGU\n>b\nACGT\n", "it is RNA.*sed"),
        (">a\nACGTACGT\n>a\nAAAA\n", "The id 'a' comes 2 times in class 'positive'"),
        (">a\n\n>b\nAC\n", "is empty"),
    ],
)
def test_fasta_that_cannot_be(tmp_path, text, said):
    (tmp_path / "p.fa").write_text(text)
    with pytest.raises(DataError, match=said):
        gbl.from_fasta(tmp_path / "p.fa", write_fasta(tmp_path / "n.fa"))


def test_two_fasta_files(tmp_path):
    a, b = write_fasta(tmp_path / "a.fa", 40), write_fasta(tmp_path / "b.fa", 60, seed=1)
    packed = tmp_path / "a.fa.gz"
    packed.write_bytes(gzip.compress(a.read_bytes()))
    dataset = gbl.from_fasta(packed, b)
    assert (dataset.name, dataset.classes) == ("a", ("negative", "positive"))
    assert dataset.info().sum(axis=1).tolist() == [60, 40]
    assert dataset.train.loci is None
    assert dataset.train[dataset.train.labels == 1].ids[0].startswith("s")
    with pytest.raises(DataError, match="nobody knows its chromosomes"):
        gbl.from_fasta(packed, b, split="chromosome")
    three = gbl.from_fasta({"x": a, "y": b}, name="xy", negatives=None)
    assert three.classes == ("x", "y")


def test_shuffles_of_fasta_stay_with_their_positive(tmp_path):
    dataset = gbl.from_fasta(write_fasta(tmp_path / "a.fa", 40))
    for part in dataset.splits.values():
        assert part.loci is None
        counts = [
            sorted(map(tuple, kmer_counts(part[part.labels == label], 2).tolist()))
            for label in (0, 1)
        ]
        assert counts[0] == counts[1]


def test_what_no_shuffle_can_change_is_left_out(tmp_path):
    path = write_fasta(tmp_path / "a.fa", 20)
    path.write_text(path.read_text() + ">poly\n" + "A" * 80 + "\n")
    with pytest.warns(UserWarning, match="1 of 21 shuffles are no different"):
        dataset = gbl.from_fasta(path)
    assert dataset.info().sum(axis=1).tolist() == [20, 21]
    path.write_text(">a\nAAAA\n>b\nCCC\n")
    with (
        pytest.warns(UserWarning, match="2 of 2"),
        pytest.raises(DataError, match="No sequence can be shuffled"),
    ):
        gbl.from_fasta(path)


def test_length_of_sequences(tmp_path):
    path = tmp_path / "a.fa"
    texts = [f"AC{'G' * i}TT" for i in range(12)]
    path.write_text("".join(f">{i}\n{text}\n" for i, text in enumerate(texts)))
    dataset = gbl.from_fasta(path, write_fasta(tmp_path / "b.fa", 12), length=6)
    assert "10 of 12 sequences were cut to the 6 bp around their middle" in dataset.card.description
    of = {
        one: text
        for p in dataset.splits.values()
        for one, text in zip(p.ids[p.labels == 1], p[p.labels == 1].sequences, strict=True)
    }
    assert of["2"] == "ACGGTT"
    assert of["5"] == "CGGGGG"
    with pytest.raises(DataError, match=r"No sequence of a\.fa has 900 bp"):
        gbl.from_fasta(path, length=900)


def test_ambiguity_letters_are_kept_and_said(tmp_path):
    path = write_fasta(tmp_path / "a.fa", 20)
    path.write_text(path.read_text() + ">odd\n" + "ACGR" * 20 + "\n")
    dataset = gbl.from_fasta(path, write_fasta(tmp_path / "b.fa", 20, seed=1))
    assert "1 of 21 sequences of a.fa hold letters other than" in dataset.card.description


# tables


def table(n: int = 40, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    texts = ["".join(rng.choice(list("ACGT"), 60)) for _ in range(n)]
    return pd.DataFrame({"sequence": texts, "label": ["no", "yes"] * (n // 2)})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"label": None}, "1 of 40 rows of a table have no label .row 4, from 1."),
        ({"label": np.nan}, "have no label"),
        ({"label": pd.NA}, "have no label"),
        ({"sequence": None}, "have no sequence"),
        ({"sequence": ""}, "have no sequence"),
        ({"sequence": 7}, "have no text as its sequence"),
        ({"sequence": "ACGU"}, "they are RNA"),
        ({"sequence": "AC GT"}, "' ' at position 2"),
        ({"label": "maybe"}, "Class 'maybe' of my_dataset has 1 row"),
        ({"label": "a/b"}, "cannot be the name of a class"),
        ({"label": "Yes"}, "differ in case alone"),
    ],
)
def test_rows_of_a_table_that_cannot_be(change, said):
    frame = table().astype(object)
    for column, value in change.items():
        frame.loc[3, column] = value
    with pytest.raises(DataError, match=said):
        gbl.from_frame(frame)


def test_tables_that_cannot_be(tmp_path):
    with pytest.raises(UnknownNameError, match=r"no column 'sequence'\. Did you mean 'seqence'"):
        gbl.from_frame(table().rename(columns={"sequence": "seqence"}))
    with pytest.raises(DataError, match="has no rows"):
        gbl.from_frame(table()[:0])
    with pytest.raises(DataError, match="has the one class 'no'"):
        gbl.from_frame(table()[::2])
    with pytest.raises(DataError, match="cannot be read as a table"):
        gbl.from_frame(tmp_path / "none.csv")
    frame = table().assign(key=[str(i // 4) for i in range(40)])
    with pytest.raises(DataError, match="The id '0' comes 2 times in class 'no'"):
        gbl.from_frame(frame, ids="key")


def test_a_csv_file_is_read_like_its_frame(tmp_path):
    frame = table()
    frame.to_csv(tmp_path / "sites.csv.gz", index=False)
    frame.to_csv(tmp_path / "sites.tsv", index=False, sep="\t")
    once = gbl.from_frame(frame, name="sites")
    for file in ("sites.csv.gz", "sites.tsv"):
        again = gbl.from_frame(tmp_path / file)
        assert again.name == "sites"
        assert columns(again) == columns(once)
    lines = frame.to_csv(index=False).splitlines()
    lines[3] = lines[3].split(",")[0] + ",NA"
    (tmp_path / "gap.csv").write_text("\n".join(lines))
    with pytest.raises(DataError, match=r"1 of 40 rows of gap.csv have no label .row 3"):
        gbl.from_frame(tmp_path / "gap.csv")


@pytest.mark.parametrize("labels", [[0, 1], [0.0, 1.0], ["0", "1"]])
def test_numbers_as_labels(labels):
    frame = table().assign(label=labels * 20)
    assert gbl.from_frame(frame).classes == ("0", "1")


def test_ids_and_other_columns(tmp_path):
    frame = table().rename(columns={"sequence": "seq", "label": "kind"})
    frame.insert(0, "key", [f"k{i}" for i in range(40)])
    dataset = gbl.from_frame(frame, "seq", "kind", "key", valid=0.2)
    assert sorted(i for p in dataset.splits.values() for i in p.ids) == sorted(frame["key"])
    back = dict(zip(frame["key"], frame["seq"], strict=True))
    assert all(
        back[i] == text
        for p in dataset.splits.values()
        for i, text in zip(p.ids, p.sequences, strict=True)
    )


# real data


def test_naive_negatives_fail_the_audit_and_matched_ones_pass(real, tmp_path):
    lists = sorted((real / "intervals" / "human_ensembl_regulatory").glob("*/enhancer.csv.gz"))
    rows = pd.concat([pd.read_csv(path) for path in lists])
    rows = rows[rows["region"] == "chr22"]
    bed = tmp_path / "peaks.bed"
    rows[["region", "start", "end"]].to_csv(bed, sep="\t", header=False, index=False)
    genome = real / "reference" / "hg38.chr22.partial.fa.gz"
    naive = gbl.audit(gbl.from_bed(bed, genome, match=()), progress=False)
    matched = gbl.from_bed(bed, genome)
    report = gbl.audit(matched, progress=False)
    assert (naive.verdict, report.verdict) == ("broken", "fine")
    assert naive.to_frame().at["length", "accuracy"] > 0.8
    assert report.to_frame().at["length", "accuracy"] == 0.5
    assert matched.info().loc["positive"].sum() == 687
    known = pd.read_csv(real / "reference" / "expected_rows.tsv.gz", sep="\t")
    right = known[known["dataset"].eq("human_ensembl_regulatory") & known["class"].eq("enhancer")]
    mine = [s for p in matched.splits.values() for s in p[p.labels == 1].sequences]
    assert sorted(mine) == sorted(right["sequence"].str.upper())
    assert len(Intervals.from_dataset(matched)) == 1374


def test_nothing_is_warned_of_where_nothing_is_lost(genome, peaks):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        gbl.from_bed(peaks, genome)
