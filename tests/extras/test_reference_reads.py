"""What we write, the reference package reads: with its own functions, letter by letter."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pandas as pd
import pytest
from custom_toys import spread_rows, write_bed, write_fasta, write_genome

import genbench_lite as gbl

pytestmark = pytest.mark.extras


@pytest.fixture
def reference(monkeypatch, tmp_path):
    """The reference package's ``loc2seq``, and no way to the network."""
    loc2seq = pytest.importorskip(
        "genomic_benchmarks.loc2seq.loc2seq", reason="needs genomic-benchmarks: make test-extras"
    )
    monkeypatch.setattr(loc2seq, "_download_url", lambda url, dest: pytest.fail(f"asks for {url}"))
    return loc2seq


def dataset_of(kind: str, folder: Path, names=("1", "2", "MT", "scaffold9")):
    """A dataset, and the gzipped genome that it needs, if it does."""
    genome = write_genome(folder / "toy.fa", names, 30_000)
    bed = write_bed(folder / "peaks.bed", [
        f"{row}\tsite {i}\t0\t{'+-.'[i % 3]}"
        for name in (names[0], names[-1]) for i, row in enumerate(spread_rows(20, name))
    ])  # fmt: skip
    if kind == "table":
        rows = write_fasta(folder / "t.fa", 40).read_text().split()[1::2]
        ids = [f"00{i}" for i in range(40)]  # as numbers they would lose their zeros
        frame = pd.DataFrame({"sequence": rows, "label": ["yes", "no 2"] * 20, "key": ids})
        return gbl.from_frame(frame, ids="key"), None
    if kind == "two fasta files":
        a, b = write_fasta(folder / "a.fa", 30), write_fasta(folder / "b.fa", 30, seed=1)
        return gbl.from_fasta(a, b), None
    return gbl.from_bed(bed, genome, kind, valid=0.1), genome


def rows_of(dataset, split: str) -> dict[str, list[str]]:
    part = dataset.splits[split]
    return {cls: sorted(part[part.labels == i].sequences) for i, cls in enumerate(dataset.classes)}


def rows_in(folder: Path) -> dict[str, list[str]]:
    """What the reference package's dataset classes read: a folder a class, a file a sequence."""
    return {
        place.name: sorted(path.read_text() for path in place.iterdir())
        for place in sorted(folder.iterdir())
    }


@pytest.mark.parametrize("kind", ["random", "shuffled", "two fasta files", "table"])
def test_interval_lists_and_archive_give_the_same_sequences_and_labels(reference, tmp_path, kind):
    dataset, genome = dataset_of(kind, tmp_path)
    folder = gbl.write_dataset(dataset, tmp_path / "made" / "my_own")
    cache = folder / "references"
    cache.mkdir(exist_ok=True)
    if genome is not None:
        (cache / f"{genome.name}.gz").write_bytes(gzip.compress(genome.read_bytes()))
    made = reference.download_dataset(
        folder, 0, tmp_path / "read", cache, use_cloud_cache=False, local_repo=True
    )
    shutil.unpack_archive(folder / "my_own_v0.zip", tmp_path / "unpacked")
    for split in ("train", "test"):
        expected = rows_of(dataset, split)
        assert set(expected) == set(dataset.classes)
        assert rows_in(made / split) == expected
        assert rows_in(tmp_path / "unpacked" / "my_own" / split) == expected
        for cls in dataset.classes:
            files = [
                {path.name: path.read_text() for path in (root / split / cls).iterdir()}
                for root in (made, tmp_path / "unpacked" / "my_own")
            ]
            assert files[0] == files[1]


@pytest.mark.parametrize(
    "names",
    [
        ("1", "X", "MT"),  # Ensembl, human and mouse: the last record that is read
        ("1", "MT", "2"),  # a record behind it
        ("2L", "4", "mitochondrion_genome"),  # Ensembl, fly
        ("chr1", "chrM"),  # UCSC
        ("I", "II"),  # worm
    ],
)
def test_chromosome_names_of_all_sorts(reference, tmp_path, names):
    dataset, genome = dataset_of("random", tmp_path, names)
    folder = gbl.write_dataset(dataset, tmp_path / "my_own")
    (tmp_path / "toy.fa.gz").write_bytes(gzip.compress(genome.read_bytes()))
    made = reference.download_dataset(
        folder, 0, tmp_path / "read", tmp_path, use_cloud_cache=False, local_repo=True
    )
    for split in ("train", "test"):
        assert rows_in(made / split) == rows_of(dataset, split)


def test_info_counts_the_rows(reference, tmp_path):
    from genomic_benchmarks.data_check import info, is_downloaded

    dataset, _ = dataset_of("two fasta files", tmp_path)
    folder = gbl.write_dataset(dataset, tmp_path / "my_own")
    counts = info(folder, 0, local_repo=True)
    assert counts.to_dict() == dataset.info().to_dict()
    shutil.unpack_archive(folder / "my_own_v0.zip", tmp_path / "cache")
    assert is_downloaded("my_own", tmp_path / "cache")
