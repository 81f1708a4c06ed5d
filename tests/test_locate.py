"""Sequences back to coordinates, against the published rows and against ``str.find``."""

from __future__ import annotations

import gzip
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from genbench_lite import SequenceSet, paths, sequence
from genbench_lite.alignment import locate
from genbench_lite.errors import DataError
from genbench_lite.reading import fasta

REAL = Path(__file__).resolve().parents[2] / "shared" / "real"
MESSY = "TTACGGATTACAGATTACCA"  # 20 letters without a repeat of 16


COMPLEMENT = str.maketrans("ACGT", "TGCA")


def turn(text: str) -> str:
    return sequence.decode(sequence.reverse_complement(sequence.encode(text)))


def queries(*texts: str) -> SequenceSet:
    return SequenceSet.from_strings(texts, np.zeros(len(texts), int), ["any"])


def write(folder: Path, *records: str, width: int = 7) -> Path:
    path = folder / "genome.fa"
    text = ""
    for i, record in enumerate(records):
        lines = [record[j : j + width] for j in range(0, len(record), width)]
        text += "\n".join([f">r{i} words", *lines, ""])
    path.write_text(text)
    return path


def tuples(frame: pd.DataFrame) -> list[tuple]:
    columns = ["region", "start", "end", "strand", "hits"]
    table = frame[columns].astype(object).where(frame[columns].notna(), None)
    return list(table.itertuples(index=False, name=None))


# What cannot be searched


def test_too_few_known_letters_are_left_out_with_a_warning(tmp_path):
    genome = write(tmp_path, MESSY)
    with_n = MESSY[:15] + "N" + MESSY[:15]
    with pytest.warns(UserWarning, match="2 of 3 sequences have no 16 known letters") as warned:
        found = locate(queries(MESSY[:15], MESSY[:16], with_n), genome)
    assert warned[0].filename == __file__, "the warning points at the caller"
    assert tuples(found)[0] == tuples(found)[2] == (None,) * 5
    assert tuples(found)[1] == ("r0", 0, 16, "+", 1)


def test_what_is_nowhere_has_no_hits(tmp_path):
    found = locate(queries("A" * 20), write(tmp_path, MESSY))
    assert tuples(found) == [(None, None, None, None, 0)]


def test_an_empty_query_is_refused(tmp_path):
    query = tmp_path / "query.fa"
    query.write_text(">a\nACGT\n>b\n>c\nACGT\n")
    with pytest.raises(DataError, match=r"Sequence 'b' is empty\. Leave it out"):
        locate(query, write(tmp_path, MESSY))


def test_no_query_gives_no_row(tmp_path):
    found = locate(queries(), write(tmp_path, MESSY))
    assert list(found) == ["id", "region", "start", "end", "strand", "hits"]
    assert len(found) == 0


def test_an_illegal_letter_in_the_genome_is_named(tmp_path):
    with pytest.raises(DataError, match=r"genome\.fa, region 'r0'.*'\*'"):
        locate(queries(MESSY), write(tmp_path, MESSY + "*"))


# By hand


def test_both_strands_and_all_records(tmp_path):
    genome = write(tmp_path, "CC" + MESSY, "GGG" + turn(MESSY))
    found = locate(queries(MESSY, turn(MESSY), MESSY[1:]), genome)
    assert tuples(found) == [
        ("r0", 2, 22, "+", 2),
        ("r0", 2, 22, "-", 2),
        ("r0", 3, 22, "+", 2),
    ]


def test_a_palindrome_is_found_once(tmp_path):
    palindrome = MESSY[:10] + turn(MESSY[:10])
    found = locate(queries(palindrome), write(tmp_path, "A" + palindrome + "C" + palindrome))
    assert tuples(found) == [("r0", 1, 21, "+", 2)]


def test_overlapping_hits_are_counted(tmp_path):
    found = locate(queries("A" * 17, "T" * 17), write(tmp_path, "A" * 20))
    assert tuples(found) == [("r0", 0, 17, "+", 4), ("r0", 0, 17, "-", 4)]


def test_the_first_hit_is_the_first_place_not_the_first_strand(tmp_path):
    genome = write(tmp_path, turn(MESSY) + MESSY)
    assert tuples(locate(queries(MESSY), genome)) == [("r0", 0, 20, "-", 2)]


def test_a_match_does_not_run_over_the_end_of_a_record(tmp_path):
    genome = write(tmp_path, MESSY[:17], MESSY[17:], "", MESSY)
    assert tuples(locate(queries(MESSY), genome)) == [("r3", 0, 20, "+", 1)]


def test_unknown_letters_match_unknown_letters(tmp_path):
    genome = write(tmp_path, "C" + MESSY + "NNC")
    found = locate(queries(MESSY + "N", MESSY + "NN", MESSY + "A", "N" + turn(MESSY)), genome)
    assert [hits for *_, hits in tuples(found)] == [1, 1, 0, 1]
    assert tuples(found)[3] == ("r0", 1, 22, "-", 1)


@pytest.mark.parametrize("text", ["NN" + MESSY[:16], MESSY[:9] + "N" + MESSY[:16], "N" * 9 + MESSY])
def test_the_anchor_is_any_16_known_letters(tmp_path, text):
    found = locate(queries(text), write(tmp_path, "C" + text + "G"))
    assert tuples(found) == [("r0", 1, 1 + len(text), "+", 1)]


def test_every_letter_counts(tmp_path):
    text = "".join(np.random.default_rng(0).choice(list("ACGT"), 300))
    changed = [text[:i] + text[i].translate(COMPLEMENT) + text[i + 1 :] for i in range(300)]
    found = locate(queries(text, *changed, *map(turn, changed)), write(tmp_path, text))
    assert found["hits"].tolist() == [1] + [0] * 600


def test_unknown_letters_are_no_a(tmp_path):
    genome = write(tmp_path, "N" * 40 + "A" * 16)
    assert tuples(locate(queries("A" * 16), genome)) == [("r0", 40, 56, "+", 1)]


def test_lower_case_is_found(tmp_path):
    genome = write(tmp_path, "c" + MESSY.lower())
    assert tuples(locate(queries(MESSY), genome)) == [("r0", 1, 21, "+", 1)]


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_queries_from_a_file_keep_their_order_and_ids(tmp_path, pack):
    query = tmp_path / "query.fa"
    query.write_bytes(pack(f">b long name\n{MESSY[:9]}\n{MESSY[9:]}\n>a\n{turn(MESSY)}\n".encode()))
    found = locate(query, write(tmp_path, MESSY))
    assert found["id"].tolist() == ["b", "a"]
    assert tuples(found) == [("r0", 0, 20, "+", 1), ("r0", 0, 20, "-", 1)]


def test_equal_queries_are_all_found(tmp_path):
    found = locate(queries(*[MESSY] * 5), write(tmp_path, "C" + MESSY))
    assert tuples(found) == [("r0", 1, 21, "+", 1)] * 5


def test_column_types(tmp_path):
    with pytest.warns(UserWarning, match="1 of 2"):
        found = locate(queries(MESSY, "ACGT"), write(tmp_path, MESSY))
    assert [str(found[c].dtype) for c in ("start", "end", "hits")] == ["Int64"] * 3


# The published rows


@pytest.fixture(scope="module")
def sample() -> pd.DataFrame:
    if not REAL.exists():
        pytest.skip("needs the real data beside the checkout (../shared/real)")
    path = REAL / "reference" / "expected_rows.tsv.gz"
    rows = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
    return rows[rows["sequence"].str.fullmatch("[ACGT]{16,}")].sample(500, random_state=0)


@pytest.fixture(scope="module")
def genomes(tmp_path_factory, sample) -> dict[str, Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(paths.CACHE_VARIABLE, str(tmp_path_factory.mktemp("genomes")))
        files = {"chr22": "hg38.chr22.partial.fa.gz", "chr2R": "dm6.chr2R.partial.fa.gz"}
        return {k: fasta.plain_fasta(REAL / "reference" / name) for k, name in files.items()}


def count(text: str, word: str) -> int:
    """Occurrences, overlapping ones too."""
    n, at = 0, text.find(word)
    while at >= 0:
        n, at = n + 1, text.find(word, at + 1)
    return n


@pytest.mark.parametrize("chromosome", ["chr22", "chr2R"])
def test_published_rows_are_found_where_they_come_from(sample, genomes, chromosome):
    rows = sample[sample["locus"].str.startswith(f"{chromosome}:")]
    assert len(rows) > 50
    found = locate(queries(*rows["sequence"]), genomes[chromosome])
    assert (found["hits"] > 0).all()
    assert set(found["region"]) == {chromosome.removeprefix("chr")}
    genome = fasta.read_fasta(genomes[chromosome])[0][0]
    several = 0
    for (_, start, end, strand, hits), locus, text in zip(
        tuples(found), rows["locus"], rows["sequence"], strict=True
    ):
        _, span, official_strand = locus.split(":")
        official = (*map(int, span.split("-")), official_strand or "+")
        if hits == 1:
            assert (start, end, strand) == official
            continue
        several += 1
        there = genome[start:end]
        assert text == (there if strand == "+" else turn(there)), "another exact copy"
        assert (start, "+-".index(strand)) <= (official[0], "+-".index(official[2])), "the first"
        assert hits == sum(count(genome, word) for word in {text, turn(text)})
    assert several < 10


# Any genome, any query


def naive(records: list[str], text: str) -> tuple:
    hits = []
    for row, record in enumerate(records):
        for start in range(len(record) - len(text) + 1):
            piece = record[start : start + len(text)]
            if piece == text:
                hits.append((f"r{row}", start, start + len(text), "+"))
            elif piece == turn(text):
                hits.append((f"r{row}", start, start + len(text), "-"))
    return (*(hits[0] if hits else (None,) * 4), len(hits))


@st.composite
def genome_and_queries(draw):
    # built from few words, so that repeats and reverse complements are common
    word = st.sampled_from(["ACCTG", "CAGGT", "A", "T", "N", "ACGT", "GATTACA"])
    records = draw(st.lists(st.lists(word, max_size=25).map("".join), min_size=1, max_size=3))
    texts = []
    for _ in range(draw(st.integers(1, 4))):
        record = draw(st.sampled_from(records))
        start = draw(st.integers(0, max(0, len(record) - 16)))
        piece = record[start : start + draw(st.integers(16, 70))]
        piece = piece if any(len(part) >= 16 for part in piece.split("N")) else "ACCTG" * 4
        texts.append(turn(piece) if draw(st.booleans()) else piece)
    return records, texts


@settings(max_examples=150, deadline=None)
@given(genome_and_queries(), st.sampled_from([1, 20, 1 << 20]), st.integers(1, 9))
@example((["A" * 40], ["A" * 20]), 1, 7)
def test_locate_equals_string_search(case, size, width):
    records, texts = case
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        for limit in ("_BLOCK", "_CANDIDATES", "_COMPARED"):
            patch.setattr(f"genbench_lite.alignment.{limit}", size)
        found = locate(queries(*texts), write(Path(folder), *records, width=width))
    assert tuples(found) == [naive(records, text) for text in texts]
