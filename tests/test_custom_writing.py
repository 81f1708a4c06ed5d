from __future__ import annotations

import gzip
import hashlib
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml
from custom_toys import spread_rows, write_bed, write_fasta, write_genome

import genbench_lite as gbl
from genbench_lite import cli
from genbench_lite.custom import writing
from genbench_lite.errors import DataError, GenbenchError, UnknownNameError
from genbench_lite.sequence_set import SequenceSet


@pytest.fixture
def genome(tmp_path):
    return write_genome(tmp_path / "toy.fa", ("1", "2"))


@pytest.fixture
def peaks(tmp_path):
    return write_bed(tmp_path / "peaks.bed", spread_rows())


@pytest.fixture
def out(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def same(a, b, loci: bool = True) -> bool:
    names = ("codes", "offsets", "labels", "ids", *(["loci"] if loci else []))
    return a.classes == b.classes and all(
        np.array_equal(getattr(one, name), getattr(other, name))
        for one, other in zip(a.splits.values(), b.splits.values(), strict=True)
        for name in names
    )


def run(capsys, *arguments) -> tuple[int, str, str]:
    code = cli.main(["new", *map(str, arguments)])
    said = capsys.readouterr()
    return code, said.out, said.err


# what is refused


@pytest.mark.parametrize("name", ["my.peaks", "a b", "", "human_enhancers_cohn"])
def test_a_folder_that_cannot_name_a_dataset(out, genome, peaks, name):
    with pytest.raises(DataError):
        gbl.write_dataset(gbl.from_bed(peaks, genome), out / f"{name}" if name else "/")


def test_nothing_is_written_over_without_force(out, genome, peaks):
    dataset = gbl.from_bed(peaks, genome)
    folder = gbl.write_dataset(dataset, out / "own")
    (folder / "mine.txt").write_text("notes")
    with pytest.raises(GenbenchError, match=r"is there already.*--force"):
        gbl.write_dataset(dataset, folder)
    assert (folder / "mine.txt").exists()
    gbl.write_dataset(dataset, folder, force=True)
    assert not (folder / "mine.txt").exists()
    assert os.listdir(out) == ["own"]


def test_force_does_not_delete_what_is_no_dataset(out, genome, peaks):
    (out / "own").mkdir()
    (out / "own" / "thesis.tex").write_text("years")
    with pytest.raises(GenbenchError, match="it was left alone"):
        gbl.write_dataset(gbl.from_bed(peaks, genome), out / "own", force=True)
    assert (out / "own" / "thesis.tex").read_text() == "years"


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("before", [False, True])
def test_an_interrupted_writing_leaves_what_was_there(
    out, genome, peaks, monkeypatch, error, before
):
    dataset = gbl.from_bed(peaks, genome)
    if before:
        gbl.write_dataset(dataset, out / "own")

    def fail(*args):
        raise error

    monkeypatch.setattr(writing, "_write_archive", fail)
    with pytest.raises((GenbenchError, KeyboardInterrupt)) as stopped:
        gbl.write_dataset(dataset, out / "own", force=True)
    if isinstance(error, OSError):
        assert stopped.match("No space left on device")
    assert os.listdir(out) == (["own"] if before else [])
    if before:
        assert same(gbl.load(out / "own"), dataset)


def test_the_old_dataset_comes_back_if_the_new_one_cannot_take_its_place(
    out, genome, peaks, monkeypatch
):
    dataset = gbl.from_bed(peaks, genome)
    folder = gbl.write_dataset(dataset, out / "own")
    rename = Path.rename

    def fail_once(self, target):
        if target == folder and self.name == "own":
            monkeypatch.setattr(Path, "rename", rename)
            raise OSError(16, "Device or resource busy")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail_once)
    with pytest.raises(GenbenchError, match=r"busy.*nothing was changed"):
        gbl.write_dataset(dataset, folder, force=True)
    assert same(gbl.load(folder), dataset)
    assert os.listdir(out) == ["own"]


def test_a_place_that_cannot_be_written_to(tmp_path, genome, peaks):
    (tmp_path / "file").write_text("")
    with pytest.raises(GenbenchError, match="cannot be made"):
        gbl.write_dataset(gbl.from_bed(peaks, genome), tmp_path / "file" / "own")


def test_a_split_without_a_class_is_refused(out):
    rows = SequenceSet.from_strings(["ACGT", "GG", "TT"], [0, 1, 1], ["no", "yes"])
    with pytest.raises(DataError, match="The test split of toy has no row of class 'no'"):
        gbl.write_dataset(gbl.Dataset("toy", rows, rows[1:]), out / "toy")


# what is written is read again


@pytest.mark.parametrize("negatives", ["random", "shuffled"])
@pytest.mark.parametrize("valid", [0, 0.2])
def test_all_three_ways_back(out, genome, peaks, negatives, valid):
    dataset = gbl.from_bed(peaks, genome, negatives, valid=valid)
    folder = gbl.write_dataset(dataset, out / "own")
    assert same(gbl.load(folder), dataset)
    assert same(gbl.load(str(folder), split="published"), dataset)
    assert same(gbl.from_archive(folder / "own_v0.zip"), dataset, loci=False)
    references = {"positive": genome, "negative": genome}
    if negatives == "shuffled":
        references["negative"] = folder / "references" / "own.negative.fa.gz"
    back = gbl.from_intervals(folder, references)
    assert same(back, dataset, loci=negatives == "random")


def test_metadata_and_lists_are_as_published(out, real, genome, peaks):
    folder = gbl.write_dataset(gbl.from_bed(peaks, genome), out / "own")
    mine = yaml.safe_load((folder / "metadata.yaml").read_text())
    entry = {"type": "fa.gz", "url": "toy.fa.gz", "extra_processing": "ENSEMBL_HUMAN_GENOME"}
    assert mine == {"classes": {"negative": entry, "positive": entry}, "version": 0}
    published = real / "intervals" / "human_enhancers_cohn"
    theirs = yaml.safe_load((published / "metadata.yaml").read_text())
    assert set(mine) == set(theirs)
    assert set(entry) == set(theirs["classes"]["positive"])
    names = [
        sorted(str(path.relative_to(root)) for path in root.glob("*/*.csv.gz"))
        for root in (folder, published)
    ]
    assert names[0] == names[1]
    first = gzip.decompress((folder / "test" / "positive.csv.gz").read_bytes()).splitlines()
    assert first[0] == b"id,region,start,end,strand"
    assert re.fullmatch(rb"\d+,chr1,\d+,\d+,\+", first[1])


def test_the_same_seed_gives_the_same_files(out, genome, peaks):
    archives = [
        gbl.write_dataset(gbl.from_bed(peaks, genome, seed=seed), out / place / "own")
        for place, seed in (("a", 0), ("b", 0), ("c", 1))
    ]
    sums = [hashlib.sha256((one / "own_v0.zip").read_bytes()).hexdigest() for one in archives]
    assert sums[0] == sums[1] != sums[2]
    with zipfile.ZipFile(archives[0] / "own_v0.zip") as archive:
        assert {info.date_time[0] for info in archive.infolist()} == {
            1980
        }  # not the hour of writing
    assert sums[0] in (archives[0] / "README.md").read_text()
    for name in ("README.md", "metadata.yaml", "train/negative.csv.gz", "audit.txt"):
        assert (archives[0] / name).read_bytes() == (archives[1] / name).read_bytes()


def test_ids_that_cannot_name_files_are_numbered_and_kept_in_the_fasta(out):
    texts = ["ACGT", "CCAA", "GGTA", "TTTT"]
    rows = SequenceSet.from_strings(texts, [0, 0, 1, 1], ["no", "yes"], ["a/1", "a/2", "x", "y"])
    dataset = gbl.Dataset("toy", rows, rows)
    dataset = replace(dataset, test=replace(rows, ids=np.array(["b/1", "b/2", "z", "w"])))
    folder = gbl.write_dataset(dataset, out / "toy")
    with zipfile.ZipFile(folder / "toy_v0.zip") as archive:
        names = archive.namelist()
    assert "toy/train/no/0.txt" in names
    assert "toy/test/no/3.txt" in names
    assert "toy/train/yes/x.txt" in names
    fasta = gzip.decompress((folder / "references" / "toy.no.fa.gz").read_bytes()).decode()
    assert fasta.startswith(">seq_0 a/1\nACGT\n")
    assert "The ids of no could not name files" in (folder / "README.md").read_text()


def test_a_torn_folder_is_noticed(out, genome, peaks):
    folder = gbl.write_dataset(gbl.from_bed(peaks, genome), out / "own")
    path = folder / "train" / "positive.csv.gz"
    whole = path.read_bytes()
    lines = gzip.decompress(whole).splitlines(keepends=True)
    path.write_bytes(gzip.compress(b"".join(lines[:-1])))
    with pytest.raises(DataError, match="do not have the same rows"):
        gbl.load(folder)
    words = lines[1].split(b",")
    words[3] = str(int(words[3]) + 1).encode()
    path.write_bytes(gzip.compress(b"".join([lines[0], b",".join(words), *lines[2:]])))
    with pytest.raises(DataError, match="do not have the same lengths"):
        gbl.load(folder)
    with pytest.raises(UnknownNameError):
        gbl.load(out / "nothing")


def test_lists_without_their_archive_are_not_loaded(real):
    with pytest.raises(DataError, match=r"no archive.*from_intervals"):
        gbl.load(str(real / "intervals" / "human_enhancers_cohn"))


def test_the_card_tells_all(out, genome, peaks):
    dataset = gbl.from_bed(peaks, genome, margin=20, seed=7)
    folder = gbl.write_dataset(dataset, out / "own", genome_url="http://host/dir/toy.fa.gz")
    card = (folder / "README.md").read_text()
    for line in dataset.card.description.splitlines():
        assert f"- {line}\n" in card
    assert "| positive | 40 | 10 | regions of peaks.bed, on toy.fa |" in card
    assert "seed 7" in card
    assert "20 bp around a positive" in card
    report = gbl.audit(replace(dataset, name="own"), progress=False)
    assert f"**{report.verdict}** ({report.summary})" in card
    assert all(f"| {finding.title} | {finding.verdict} |" in card for finding in report.findings)
    assert (folder / "audit.txt").read_text() == f"{report}\n"
    assert "<title>Audit of own</title>" in (folder / "audit.html").read_text()
    about = yaml.safe_load((folder / "metadata.yaml").read_text())
    assert about["classes"]["negative"]["url"] == "http://host/dir/toy.fa.gz"
    assert "Where to download the genome" not in card


def test_the_python_of_the_card_runs(out, genome, peaks, monkeypatch):
    dataset = gbl.from_bed(peaks, genome, "shuffled")
    folder = gbl.write_dataset(dataset, out / "own")
    blocks = re.findall(r"```python\n(.*?)```", (folder / "README.md").read_text(), re.S)
    assert len(blocks) == 4
    monkeypatch.chdir(folder)
    (folder / "toy.fa.gz").write_bytes(gzip.compress(genome.read_bytes()))
    names: dict = {}
    for block in blocks[:2]:
        exec(block.replace("path/to/own", str(folder)), names)
        assert same(names["ds"], dataset, loci=False)
    for block in blocks[2:]:
        compile(block, "card", "exec")


# the command


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["own", "--positives", "none.bed"], "none.bed cannot be opened"),
        (["own", "--positives", "peaks.bed"], "Add --genome genome.fa"),
        (["own", "--positives", "toy.fa", "--genome", "toy.fa"], "is a FASTA file"),
        (["o.wn", "--positives", "peaks.bed", "--genome", "toy.fa"], "cannot be the name"),
        (["own", "--positives", "peaks.bed", "--genome", "none.fa"], "none.fa cannot be opened"),
        (["own", "--positives", "peaks.bed", "--genome", "toy.fa", "--match", "gcc"], "'gc'"),
    ],
)
def test_new_fails_in_one_line_and_leaves_nothing(
    capsys, tmp_path, genome, peaks, monkeypatch, arguments, said
):
    monkeypatch.chdir(tmp_path)
    before = sorted(path.name for path in tmp_path.iterdir())
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (1, "")
    line = err.splitlines()[-1]
    assert line.startswith("genbench-lite: ")
    assert said in line
    assert "Traceback" not in err
    after = sorted(path.name for path in tmp_path.iterdir())
    assert [name for name in after if not name.endswith(".fai")] == before


def test_new_from_bed(capsys, genome, peaks, out):
    black = write_bed(out.parent / "black.bed", ["chr1\t0\t150"])
    arguments = ["own", "--positives", peaks, "--genome", genome, "--output", out]
    code, said, err = run(capsys, *arguments, "--blacklist", black, "--length", 120, "--seed", 3)
    assert code == 0
    assert err.splitlines() == ["Reading and matching ...", "Auditing ...", "Writing ..."]
    assert "49 of 50 rows are used; left out: 1" in said
    assert "own: too little data (" in said
    assert said.splitlines()[-1] == f"{out / 'own'}: written. Read its README.md, then audit.html."
    dataset = gbl.load(out / "own")
    assert dataset.info().sum(axis=1).to_dict() == {"negative": 49, "positive": 49}
    assert {int(n) for part in dataset.splits.values() for n in part.lengths} == {120}
    code, _, err = run(capsys, *arguments)
    assert code == 1
    assert "is there already" in err
    assert "Reading" not in err  # said before the work
    assert run(capsys, *arguments, "--force", "--match", "none")[0] == 0
    assert gbl.load(out / "own").info().sum(axis=1).to_dict() == {"negative": 50, "positive": 50}


def test_new_from_fasta(capsys, out, tmp_path):
    a, b = write_fasta(tmp_path / "a.fa"), write_fasta(tmp_path / "b.fa", seed=1)
    code, said, _ = run(capsys, "own", "--positives", a, "--negatives", b, "--output", out)
    assert code == 0
    assert (
        "Split by cluster, seed 0 (not by chromosome: sequences alone do not tell theirs)" in said
    )
    assert len(gbl.load(out / "own").train) == 80
    assert run(capsys, "two", "--positives", a, "--output", out)[0] == 0
    assert "dinucleotide shuffle" in (out / "two" / "README.md").read_text()


def test_help_of_the_command_waits_for_neither_pandas_nor_torch():
    code = (
        "import sys, genbench_lite.cli as cli\n"
        "try: cli.main(['new', '--help'])\n"
        "except SystemExit: print('pandas' in sys.modules, 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "--blacklist" in done.stdout
    assert done.stdout.splitlines()[-1] == "False False"
