"""FASTA files on disk, from the damaged to the exact."""

from __future__ import annotations

import gzip
import os
import resource
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genbench_lite import paths, sequence
from genbench_lite.errors import DataError, FetchError
from genbench_lite.reading import fasta
from genbench_lite.reading.references import Reference

TOY = b">22 a chromosome\nACG\nTTN\n>MT\nGG\n"


def write(folder: Path, content: bytes, name: str = "toy.fa") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def letters(reference: Reference, name: str, start: int, end: int) -> str:
    return sequence.decode(reference.read([reference.names.index(name)], [start], [end])[0])


def bgzf(content: bytes, block: int = 7) -> bytes:
    """What bgzip writes: gzip members that tell their size, and an empty one at the end."""
    out = b""
    pieces = [content[i : i + block] for i in range(0, len(content), block)]
    for piece in [*pieces, b""]:
        deflate = zlib.compressobj(wbits=-15)
        data = deflate.compress(piece) + deflate.flush()
        head = b"\x1f\x8b\x08\x04" + bytes(4) + b"\0\xff\x06\0BC\x02\0"
        out += head + struct.pack("<H", len(data) + 25) + data
        out += struct.pack("<II", zlib.crc32(piece), len(piece))
    return out


# What cannot be used


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "it is empty"),
        (b" \n\n", "it is empty"),
        (b"<!doctype html><title>Log in</title>", "it is a web page"),
        (b"PK\x03\x04\0\0\0", "does not begin with '>'"),
        (b"ACGT\n", "does not begin with '>'"),
    ],
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("read", [Reference, fasta.read_fasta])
def test_what_is_no_fasta_is_refused(tmp_path, cache, content, what, pack, read):
    path = write(tmp_path, pack(content))
    with pytest.raises(DataError, match=f"is no FASTA file: .*{what}.* Give a FASTA file"):
        read(path)
    assert not list(cache.glob("**/*.fa")), "nothing half made may stay in the cache"


@pytest.mark.parametrize("read", [Reference, fasta.read_fasta])
def test_a_missing_file_is_named(tmp_path, read):
    with pytest.raises(DataError, match=r"nowhere\.fa cannot be opened .* Check the path"):
        read(tmp_path / "nowhere.fa")


def scramble(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes(20) + content[middle + 20 :]


@pytest.mark.parametrize("damage", [lambda c: c[:-9], lambda c: c[:200], scramble])
@pytest.mark.parametrize("read", [Reference, fasta.read_fasta])
def test_a_damaged_gzip_file_is_refused_and_leaves_nothing(tmp_path, cache, damage, read):
    bases = np.random.default_rng(0).choice(list("ACGT"), 5000)
    whole = gzip.compress(f">1\n{''.join(bases)}\n".encode())
    path = write(tmp_path, damage(whole), "toy.fa.gz")
    with pytest.raises(DataError, match=r"is cut off or damaged .* Get the file again"):
        read(path)
    assert not [p for p in cache.glob("**/*") if p.suffix in (".fa", ".part")]


def test_a_full_disk_is_known_before_the_work(tmp_path, monkeypatch):
    path = write(tmp_path, gzip.compress(TOY), "toy.fa.gz")
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(100, 99, 1))
    with pytest.raises(FetchError, match=r"0 MB are free.*free some room, or set GENBENCH_LITE_CA"):
        Reference(path)


def test_a_disk_that_fills_up_midway_leaves_nothing(tmp_path, cache):
    path = write(tmp_path, gzip.compress(b">1\n" + b"A" * 4_000_000 + b"\n"), "toy.fa.gz")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, before[1]))
    try:
        with pytest.raises(FetchError, match=r"cannot be decompressed .* free some room"):
            Reference(path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not [p for p in cache.glob("**/*") if p.suffix in (".fa", ".part")]


def test_a_cache_that_cannot_be_made_is_reported(tmp_path, monkeypatch):
    occupied = write(tmp_path, b"a file where the folder should be", "cache-file")
    monkeypatch.setenv(paths.CACHE_VARIABLE, str(occupied))
    with pytest.raises(FetchError, match="set GENBENCH_LITE_CACHE to a folder"):
        Reference(write(tmp_path, gzip.compress(TOY), "toy.fa.gz"))


@pytest.mark.parametrize(
    "content",
    [
        b">1\nAC\nACGT\nAC\n",  # widths differ
        b">1\nAC\n\nAC\n",  # a blank line inside
        b">1\nACGT\n>1\nACGT\n",  # a name twice
        b">\nACGT\n",  # no name
        b"; a comment and nothing else\n",
        b">\xff\xfe\nACGT\n",  # no text
    ],
)
def test_what_has_no_index_is_refused(tmp_path, content):
    with pytest.raises(DataError, match=r"cannot be indexed .*unique names, lines of one width"):
        Reference(write(tmp_path, content))


def test_a_last_line_longer_than_the_others_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"lines of '1' in toy\.fa .* lines of one width"):
        Reference(write(tmp_path, b">1\nAC\nACGT\n"))


def test_text_that_is_named_gz_is_refused(tmp_path):
    with pytest.raises(DataError, match="a name that says what it is"):
        Reference(write(tmp_path, TOY, "toy.fa.gz"))


def test_an_index_of_another_file_is_noticed(tmp_path):
    path = write(tmp_path, b">1\nACGTAC\nGT\n")
    write(tmp_path, b"1\t9\t3\t4\t5\n", "toy.fa.fai")
    with pytest.raises(DataError, match=r"toy\.fa\.fai says. Remove that index"):
        Reference(path)


def test_a_malformed_index_is_refused(tmp_path):
    path = write(tmp_path, TOY)
    write(tmp_path, b"this is no index\n", "toy.fa.fai")
    with pytest.raises(DataError, match=r"an old toy\.fa\.fai can be removed"):
        Reference(path)


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (0, 7), (2, 2), (3, 2), (6, 7)])
def test_intervals_outside_are_refused(tmp_path, start, end):
    reference = Reference(write(tmp_path, TOY))
    with pytest.raises(DataError, match=rf"{start}-{end} does not lie in '22', which has 6 bp"):
        reference.read([1, 0], [0, start], [2, end])


def test_an_illegal_character_is_named_with_its_region(tmp_path):
    reference = Reference(write(tmp_path, b">a\nACGT\n>b\nAC*T\n"))
    assert letters(reference, "b", 0, 2) == "AC"
    message = r"toy\.fa, region 'b', 1-4: '\*' at position 1 is not a DNA letter"
    with pytest.raises(DataError, match=message):
        reference.read([0, 1], [0, 1], [4, 4])


# Six letters, by hand


def test_toy_by_hand(tmp_path):
    reference = Reference(write(tmp_path, TOY))
    assert reference.names == ("22", "MT")
    assert reference.lengths.tolist() == [6, 2]
    assert letters(reference, "22", 0, 6) == "ACGTTN"
    assert letters(reference, "22", 2, 4) == "GT"  # across the end of a line
    assert letters(reference, "22", 3, 6) == "TTN"  # from the beginning of a line
    codes, offsets = reference.read([1, 0, 0], [0, 5, 0], [1, 6, 1])
    assert sequence.decode(codes) == "GNA"
    assert offsets.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(
    "content",
    [
        b">1\r\nACG\r\nTT\r\n",
        b">1\nACG\nTT",
        b">1\nACGTT\n\n",
        b"; old comment\n>1\nACG\nTT\n",
        b">1\nacg\ntt\n",
    ],
)
def test_line_ends_comments_and_case(tmp_path, content):
    reference = Reference(write(tmp_path, content))
    assert letters(reference, "1", 0, 5) == "ACGTT"
    assert letters(reference, "1", 2, 5) == "GTT"


def test_ambiguity_letters_are_unknown(tmp_path):
    assert letters(Reference(write(tmp_path, b">1\nARYn-U\n")), "1", 0, 6) == "ANNNNN"


def test_empty_records_are_skipped_over(tmp_path):
    reference = Reference(write(tmp_path, b">empty\n>1\nAC\n"))
    assert letters(reference, "1", 0, 2) == "AC"


# Names


@pytest.mark.parametrize(
    ("names", "region", "expected"),
    [
        (["22"], "22", "22"),
        (["22"], "chr22", "22"),
        (["chr22"], "22", "chr22"),
        (["22", "chr22"], "chr22", "chr22"),
        (["2R"], "chr2R", "2R"),
        (["MT"], "chrM", "MT"),
        (["chrM"], "MT", "chrM"),
        (["mitochondrion_genome"], "chrM", "mitochondrion_genome"),
        (["MtDNA"], "M", "MtDNA"),
        (["ENST00000371014.5"], "ENST00000371014", "ENST00000371014.5"),
        (["ENST00000371014"], "ENST00000371014.5", "ENST00000371014"),
        (["ENST00000371014.5"], "ENST00000371014.4", None),
        (["T.1", "T.2"], "T", None),  # which of the two nobody knows
        (["T.1", "T.2"], "T.2", "T.2"),
        (["22"], "chr2", None),
        (["22"], "", None),
    ],
)
def test_region_names(tmp_path, names, region, expected):
    content = "".join(f">{name}\nACGT\n" for name in names)
    reference = Reference(write(tmp_path, content.encode()))
    assert reference.resolve(region) == expected
    row = -1 if expected is None else names.index(expected)
    assert reference.find(np.array([region, names[0]])).tolist() == [row, 0]


# Gzip and the index


@pytest.mark.parametrize("pack", [gzip.compress, bgzf])
def test_gzip_is_decompressed_once(tmp_path, cache, capsys, pack):
    path = write(tmp_path, pack(TOY), "toy.fa.gz")
    assert letters(Reference(path), "22", 2, 6) == "GTTN"
    captured = capsys.readouterr()
    assert "is decompressed once and takes 0.0 MB" in captured.out
    assert "Decompress toy.fa.gz" in captured.err, "there is a progress bar"
    assert letters(Reference(path), "22", 2, 6) == "GTTN"
    assert capsys.readouterr() == ("", "")
    assert [p.read_bytes() for p in cache.glob("references/*.fa")] == [TOY]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["cache", "toy.fa.gz"]


def test_gzip_is_known_by_content_not_by_name(tmp_path):
    assert letters(Reference(write(tmp_path, gzip.compress(TOY), "toy.fa")), "MT", 0, 2) == "GG"


def test_a_changed_gzip_file_is_decompressed_again(tmp_path):
    path = write(tmp_path, gzip.compress(TOY), "toy.fa.gz")
    assert letters(Reference(path), "MT", 0, 2) == "GG"
    write(tmp_path, gzip.compress(TOY.replace(b"GG", b"CC")), "toy.fa.gz")
    os.utime(path, ns=(1, 1))  # the sizes are equal and the clock may be coarse
    assert letters(Reference(path), "MT", 0, 2) == "CC"


def test_two_processes_may_convert_at_once(tmp_path, cache):
    body = "\n".join(["ACGTACGTAC" * 6] * 200_000)
    path = write(tmp_path, gzip.compress(f">1\n{body}\n".encode(), 1), "toy.fa.gz")
    code = (
        "import sys; from genbench_lite.reading.references import Reference;"
        "print(Reference(sys.argv[1]).lengths[0])"
    )
    runs = [
        subprocess.Popen([sys.executable, "-c", code, path], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    outputs = [run.communicate(timeout=120)[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0, 0]
    assert all(output.endswith("12000000\n") for output in outputs)
    assert "".join(outputs).count("is decompressed once") == 1
    assert not list(cache.glob("**/*.part"))


def test_the_index_lies_beside_and_follows_the_file(tmp_path):
    path = write(tmp_path, TOY)
    Reference(path)
    index = tmp_path / "toy.fa.fai"
    assert index.read_text() == "22\t6\t17\t3\t4\nMT\t2\t29\t2\t3\n"  # what samtools writes
    write(tmp_path, b">22\nTTTTTT\n")
    os.utime(index, (1, 1))
    assert letters(Reference(path), "22", 0, 6) == "TTTTTT"
    assert index.read_text() == "22\t6\t4\t6\t7\n"


def test_a_folder_that_cannot_be_written_has_its_index_in_the_cache(tmp_path, cache, monkeypatch):
    folder = tmp_path / "read-only"
    folder.mkdir()
    path = write(folder, TOY)
    monkeypatch.setattr(os, "access", lambda place, mode: False)  # root may write anywhere
    assert letters(Reference(path), "22", 2, 4) == "GT"
    assert [p.name for p in folder.iterdir()] == ["toy.fa"]
    (index,) = cache.glob("references/toy-*.fai")
    made = index.stat().st_mtime_ns
    assert letters(Reference(path), "22", 2, 4) == "GT"
    assert index.stat().st_mtime_ns == made, "the index is built once"


def test_an_index_that_cannot_be_written_anywhere_is_reported(tmp_path, monkeypatch):
    occupied = write(tmp_path, b"a file where the folder should be", "cache-file")
    monkeypatch.setenv(paths.CACHE_VARIABLE, str(occupied))
    monkeypatch.setattr(os, "access", lambda place, mode: False)
    with pytest.raises(FetchError, match=r"index .* cannot be written .* Free some room"):
        Reference(write(tmp_path, TOY))


def test_the_cache_folder_follows_the_variable(monkeypatch, cache):
    assert paths.cache_folder() == cache
    monkeypatch.delenv(paths.CACHE_VARIABLE)
    import pooch

    assert paths.cache_folder() == Path(pooch.os_cache("genbench-lite"))


def test_reading_fasta_whole(tmp_path):
    path = write(tmp_path, b">a one\r\nACG\r\nTTGGCC\r\n>b\nnn\n\n", "q.fa")
    queries = fasta.read_fasta(path)
    assert queries.ids.tolist() == ["a", "b"]
    assert queries.sequences == ["ACGTTGGCC", "NN"]


def test_reading_fasta_whole_refuses_comments_alone(tmp_path):
    with pytest.raises(DataError, match=r"no sequence\. Give a FASTA file with sequences"):
        fasta.read_fasta(write(tmp_path, b"; nothing\n"))


# Any file, any interval

genomes = st.lists(st.text("ACGTNacgtnRy", min_size=1, max_size=60), min_size=1, max_size=4)


@given(genomes, st.integers(1, 12), st.sampled_from(["\n", "\r\n"]), st.booleans(), st.data())
def test_reading_equals_slicing(records, width, newline, blocks_of_one, data):
    text = ""
    for name, record in enumerate(records):
        lines = [record[i : i + width] for i in range(0, len(record), width)]
        text += newline.join([f">r{name}", *lines, ""])
    rows = data.draw(st.lists(st.integers(0, len(records) - 1), max_size=8))
    bounds = [
        sorted(data.draw(st.sets(st.integers(0, len(records[row])), min_size=2, max_size=2)))
        for row in rows
    ]
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        if blocks_of_one:
            patch.setattr("genbench_lite.reading.references._BLOCK", 1)
        reference = Reference(write(Path(folder), text.encode()))
        codes, offsets = reference.read(rows, [a for a, _ in bounds], [b for _, b in bounds])
    plain = str.maketrans("RY", "NN")
    expected = [
        records[row][a:b].upper().translate(plain) for row, (a, b) in zip(rows, bounds, strict=True)
    ]
    assert sequence.decode(codes) == "".join(expected)
    assert np.diff(offsets).tolist() == [len(piece) for piece in expected]
