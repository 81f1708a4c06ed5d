"""A dataset of one's own from what should not come, but does: odd names, wishes and mixtures."""

from __future__ import annotations

import gzip
import time

import numpy as np
import pandas as pd
import pytest
from custom_toys import spread_rows, write_bed, write_fasta, write_genome

import genbench_lite as gbl
from genbench_lite import cli
from genbench_lite.custom.negatives import match_regions
from genbench_lite.custom.regions import place
from genbench_lite.errors import DataError
from genbench_lite.reading.references import Reference
from genbench_lite.sequence_set import SequenceSet


@pytest.fixture
def genome(tmp_path):
    return write_genome(tmp_path / "toy.fa")


@pytest.fixture
def peaks(tmp_path):
    return write_bed(tmp_path / "peaks.bed", spread_rows())


def table() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    texts = ["".join(rng.choice(list("ACGT"), 60)) for _ in range(40)]
    return pd.DataFrame({"sequence": texts, "label": ["no", "yes"] * 20})


# wishes


@pytest.mark.parametrize("negatives", ["random", "shuffled"])
@pytest.mark.parametrize("ratio", [0, float("nan"), float("inf")])
def test_a_ratio_that_is_no_number_of_negatives(genome, peaks, negatives, ratio):
    with pytest.raises(DataError, match=f"ratio of {ratio}"):
        gbl.from_bed(peaks, genome, negatives, ratio=ratio)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"seed": -1}, "A seed of -1"),
        ({"seed": 1.5}, "A seed of 1.5"),
        ({"length": 10.5}, "A length of 10.5 bp"),
        ({"match": "gc"}, "match='gc' is no collection"),
        ({"match": None}, "match=None is no collection"),
    ],
)
def test_wishes_that_cannot_be(genome, peaks, wrong, said):
    with pytest.raises(DataError, match=said):
        gbl.from_bed(peaks, genome, **wrong)


def test_a_mapping_without_a_file(genome):
    with pytest.raises(DataError, match="mapping of positives is empty"):
        gbl.from_bed({}, genome)
    with pytest.raises(DataError, match="mapping of positives is empty"):
        gbl.from_fasta({})


def test_more_negatives_than_any_genome_could_hold_are_refused_soon(genome, peaks):
    reference = Reference(genome)
    positives, _ = place(peaks, reference)
    begin = time.monotonic()
    found = match_regions(positives, ratio=1e5, match=("length",))
    assert time.monotonic() - begin < 10  # minutes, when each wish is tried
    assert found.wanted == 5_000_000
    assert 200 < len(found.regions) < 600
    assert found.no_room > 4_000_000


@pytest.mark.parametrize(
    ("more", "advice"),
    [
        ({"length": 10**6}, "Take a smaller length"),
        ({"blacklist": "all.bed"}, "Check that it is the right blacklist"),
    ],
)
def test_where_no_row_is_left_the_advice_fits_what_took_them(
    tmp_path, genome, peaks, more, advice, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    write_bed(tmp_path / "all.bed", ["1\t0\t60000"])
    with pytest.raises(DataError, match=f"No row is left.*{advice}"):
        gbl.from_bed(peaks, genome, **more)


def test_one_row_is_missed_in_the_class_that_was_given(tmp_path, genome):
    bed = write_bed(tmp_path / "one.bed", ["1\t5\t100"])
    with pytest.raises(DataError, match="Class 'positive' of one has 1 row"):
        gbl.from_bed(bed, genome)


@pytest.mark.parametrize("kept", [30, 20])
def test_the_note_on_a_length_speaks_of_others_only_where_there_are_some(tmp_path, kept):
    text = write_fasta(tmp_path / "a.fa", 30).read_text().splitlines()
    text = [line[:50] if 2 * kept <= i and i % 2 else line for i, line in enumerate(text)]
    (tmp_path / "a.fa").write_text("\n".join(text))
    dataset = gbl.from_fasta(tmp_path / "a.fa", length=60)
    note = dataset.card.description.splitlines()[0]
    assert f"{kept} of 30 sequences were cut to the 60 bp" in note
    assert ("shorter" in note) == (kept < 30)


# mixtures


def test_rows_that_overlap_stay_on_one_side_beside_negatives_that_lie_nowhere(tmp_path, genome):
    starts = range(0, 50_000, 1000)
    rows = [f"1\t{at + step}\t{at + step + 100}" for at in starts for step in (0, 90)]
    bed = write_bed(tmp_path / "p.bed", rows)  # 10 shared bases are no near-duplicate
    dataset = gbl.from_bed(bed, genome, write_fasta(tmp_path / "n.fa", 100))
    there = [set(part.loci["start"][part.labels == 1].tolist()) for part in dataset.splits.values()]
    assert sum(map(len, there)) == 100
    assert not {start + 90 for start in there[0]} & there[1]
    assert not {start + 90 for start in there[1]} & there[0]
    assert "sequences alone do not tell theirs" in dataset.card.description


def test_whole_chromosomes_cannot_be_split_off_where_a_class_has_none(tmp_path, genome, peaks):
    fasta = write_fasta(tmp_path / "n.fa")
    with pytest.raises(DataError, match=r"rows without coordinates.*by cluster"):
        gbl.from_bed(peaks, genome, fasta, split="chromosome")


# tables


def test_two_columns_of_one_name():
    frame = pd.concat([table(), table()["sequence"]], axis=1)
    with pytest.raises(DataError, match="2 columns are named 'sequence'"):
        gbl.from_frame(frame)


def test_a_gzipped_table_with_damage_inside(tmp_path):
    path = tmp_path / "t.csv.gz"
    table().to_csv(path)
    raw = bytearray(path.read_bytes())
    raw[60:90] = b"\xff" * 30
    path.write_bytes(raw)
    with pytest.raises(DataError, match="cannot be read as a table"):
        gbl.from_frame(path)


# names in the files


def test_classes_whose_names_differ_in_signs_alone_have_fasta_files_of_their_own(tmp_path):
    files = {
        name: write_fasta(tmp_path / f"{i}.fa", 20, seed=i)
        for i, name in enumerate(["a b", "a+b", "a_b"])
    }
    dataset = gbl.from_fasta(files, None, name="signs")
    folder = gbl.write_dataset(dataset, tmp_path / "signs")
    assert len(list((folder / "references").iterdir())) == 3
    text = (folder / "README.md").read_text()
    names: dict = {}
    block = next(block for block in text.split("```python\n") if "from_intervals" in block)
    exec(
        "import genbench_lite as gbl\n" + block.split("```")[0].replace("path/to", str(tmp_path)),
        names,
    )
    for split, rows in dataset.splits.items():
        assert names["ds"].splits[split].sequences == rows.sequences


def test_an_id_with_a_line_break_makes_no_record(tmp_path):
    texts = ["ACGT", "CCAA", "GGTA", "TTTT"]
    ids = [f"x{i}\n>evil\nACGT" for i in range(4)]
    rows = SequenceSet.from_strings(texts, [0, 0, 1, 1], ["no", "yes"], ids)
    folder = gbl.write_dataset(gbl.Dataset("toy", rows, rows[[1, 3]]), tmp_path / "toy")
    fasta = gzip.decompress((folder / "references" / "toy.no.fa.gz").read_bytes()).decode()
    assert fasta.splitlines()[:2] == [">seq_0 x0 >evil ACGT", "ACGT"]
    assert fasta.count("\n>") == 2


def test_file_names_are_no_html_in_the_card(tmp_path, genome):
    bed = write_bed(tmp_path / "p<b>.bed", spread_rows())
    folder = gbl.write_dataset(gbl.from_bed(bed, genome, name="own"), tmp_path / "own")
    card = (folder / "README.md").read_text()
    assert "<b>" not in card
    assert "regions of p&lt;b&gt;.bed, on toy.fa" in card


def test_places_are_still_read_when_the_genome_lies_in_references(tmp_path, genome, peaks):
    dataset = gbl.from_bed(peaks, genome, "shuffled")
    folder = gbl.write_dataset(dataset, tmp_path / "own")
    (folder / "references" / "toy.fa.gz").write_bytes(gzip.compress(genome.read_bytes()))
    for split, rows in gbl.load(str(folder)).splits.items():
        np.testing.assert_array_equal(rows.loci, dataset.splits[split].loci)


@pytest.mark.parametrize("url", ["https://host/", "https://host/toy.fa", "https://host/.gz", ""])
def test_an_address_that_names_no_gzipped_genome(tmp_path, genome, peaks, url, capsys):
    with pytest.raises(DataError, match="does not end in the name of a gzipped FASTA file"):
        gbl.write_dataset(gbl.from_bed(peaks, genome), tmp_path / "own", genome_url=url)
    arguments = ["--positives", peaks, "--genome", genome, "--genome-url", url]
    code = cli.main(["new", "own", *map(str, arguments), "--output", str(tmp_path)])
    assert code == 1
    assert "Reading" not in capsys.readouterr().err  # said before the work
    assert not (tmp_path / "own").exists()


@pytest.mark.parametrize(
    "more",
    [
        ["--margin", "50"],
        ["--avoid", "a.bed"],
        ["--genome-url", "https://host/toy.fa.gz"],
        ["--genome", "toy.fa"],
    ],
)
def test_new_does_not_pass_over_what_a_fasta_file_has_no_use_for(tmp_path, capsys, more):
    fasta = write_fasta(tmp_path / "a.fa")
    code = cli.main(["new", "own", "--positives", str(fasta), "--output", str(tmp_path), *more])
    assert code == 1
    assert (
        "has no coordinates for a genome, a blacklist, an avoid list or a margin"
        in capsys.readouterr().err
    )
    assert not (tmp_path / "own").exists()
