from __future__ import annotations

import struct
import zipfile
import zlib

import numpy as np
import pytest

from genbench_lite.errors import DataError
from genbench_lite.reading import archive

GOOD = {
    "toy/train/negative/1.txt": "ACGT",
    "toy/train/positive/10.txt": "GGN",
    "toy/train/positive/9.txt": "acgtn\n",
    "toy/test/negative/3.txt": "T",
}


@pytest.fixture
def make(tmp_path):
    def write(members, compression=zipfile.ZIP_DEFLATED):
        path = tmp_path / "toy_v0.zip"
        with zipfile.ZipFile(path, "w", compression) as z:
            for name, text in dict(members).items():
                z.writestr(name, text)
        return path

    return write


def refused(path, *words, name=None):
    with pytest.raises(DataError) as caught:
        archive.from_archive(path, name)
    for word in words:
        assert word in str(caught.value), str(caught.value)


@pytest.mark.parametrize("compression", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_letters_classes_and_order(make, compression):
    dataset = archive.from_archive(make(GOOD, compression), "toy")
    assert dataset.name == "toy"
    assert dataset.classes == ("negative", "positive")
    assert list(dataset.train) == [("ACGT", 0), ("ACGTN", 1), ("GGN", 1)]  # id 9 before id 10
    assert dataset.train.ids.tolist() == ["1", "9", "10"]
    assert list(dataset.test) == [("T", 0)]  # one class missing there: same numbers all the same


def test_folders_as_members_are_no_sequences(make):
    assert len(archive.from_archive(make({"toy/train/": "", **GOOD})).train) == 3


@pytest.mark.parametrize(
    "path",
    [
        "toy/train/../../evil.txt",
        "toy/../negative/1.txt",
        "/toy/train/negative/1.txt",
        "C:\\toy\\train\\negative\\1.txt",
        "toy/train/negative/deep/1.txt",
        "toy/train/negative/1.csv",
        "1.txt",
    ],
)
def test_unsafe_or_foreign_paths(make, path):
    refused(make({**GOOD, path: "ACGT"}), "path", "Nothing was unpacked")


def test_bomb_is_refused_before_it_is_inflated(make, monkeypatch):
    path = make({**GOOD, "toy/train/negative/2.txt": b"A" * 300_000_000})
    monkeypatch.setattr(archive, "_inflate", lambda *_: pytest.fail("inflated"))
    refused(path, "claims to hold", "not unpacked")


def test_a_claim_of_a_gigabyte_in_a_few_megabytes_is_refused(make, monkeypatch):
    rng = np.random.default_rng(0)
    noise = rng.choice(list("ACGT"), 8_000_000).tobytes()[::4]
    members = {f"toy/train/negative/{i}.txt": noise for i in range(2)}
    path = make({**GOOD, **members, "toy/train/positive/1.txt": b"A" * 150_000_000})
    assert path.stat().st_size > 1_000_000
    monkeypatch.setattr(archive, "_inflate", lambda *_: pytest.fail("inflated"))
    refused(path, "claims to hold", "not unpacked")


def test_member_that_inflates_to_more_than_it_says(make):
    path = make({"toy/train/negative/1.txt": "A" * 5000, "toy/test/negative/1.txt": "C" * 70})
    data = bytearray(path.read_bytes())
    first = data.index(b"PK\x01\x02")
    data[first + 24 : first + 28] = struct.pack("<I", 70)  # size in the table of contents
    path.write_bytes(data)
    refused(path, "damaged", "Download it again")


def test_web_page_instead_of_a_zip(tmp_path):
    path = tmp_path / "toy_v0.zip"
    path.write_text("<!DOCTYPE html><html><body>Please log in</body></html>")
    refused(path, "web page", "Try again later")


def test_empty_file(tmp_path):
    path = tmp_path / "toy_v0.zip"
    path.write_bytes(b"")
    refused(path, "not a whole zip archive", "Download it again")


def test_missing_file_keeps_pythons_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        archive.from_archive(tmp_path / "none.zip")


def test_every_truncation_is_noticed(make):
    path = make(GOOD)
    whole = path.read_bytes()
    for size in range(0, len(whole), 7):
        path.write_bytes(whole[:size])
        refused(path, "Download it again")


def test_no_flipped_byte_goes_unnoticed(make):
    """Whatever byte is damaged: either an error, or the very letters that were packed."""
    path = make({name: text.strip() * 40 for name, text in GOOD.items()})
    whole = path.read_bytes()
    right = list(archive.from_archive(path).train)
    errors = 0
    for position in range(len(whole)):
        broken = bytearray(whole)
        broken[position] ^= 0xFF
        path.write_bytes(broken)
        try:
            assert list(archive.from_archive(path, "toy").train) == right
        except DataError:
            errors += 1
    assert errors > len(whole) / 2


def test_encrypted_member(make):
    path = make(GOOD)
    data = bytearray(path.read_bytes())
    first = data.index(b"PK\x01\x02")
    data[first + 8] |= 1
    path.write_bytes(data)
    refused(path, "Download it again")


def test_empty_sequence(make):
    refused(make({**GOOD, "toy/train/negative/2.txt": ""}), "toy/train/negative/2.txt", "empty")
    refused(make({**GOOD, "toy/train/negative/2.txt": "\n"}), "2", "empty")


def test_letters_that_are_no_dna(make):
    refused(make({**GOOD, "toy/train/negative/2.txt": "AC7T"}), "'7'", "not a DNA letter")


def test_unknown_split(make):
    refused(make({**GOOD, "toy/holdout/negative/2.txt": "ACG"}), "holdout")


def test_missing_split(make):
    members = {name: text for name, text in GOOD.items() if "/test/" not in name}
    refused(make(members), "no train or no test split")


def test_two_datasets_in_one(make):
    refused(make({**GOOD, "other/train/negative/2.txt": "ACG"}), "one folder", "other")


def test_other_dataset_than_asked_for(make):
    refused(make(GOOD), "'another'", "toy", name="another")


def test_no_sequences(make):
    refused(make({}), "no sequences")


def test_same_file_twice(tmp_path):
    path = tmp_path / "toy_v0.zip"
    with zipfile.ZipFile(path, "w") as z:
        z.writestr("toy/train/negative/1.txt", "ACGT")
        with pytest.warns(UserWarning, match="Duplicate"):
            z.writestr("toy/train/negative/1.txt", "TTTT")
    refused(path, "twice")


def test_monstrous_id(make):
    refused(make({**GOOD, f"toy/train/negative/{'x' * 5000}.txt": "ACG"}), "id of 5000 letters")


def test_unsupported_compression(make):
    refused(make(GOOD, zipfile.ZIP_BZIP2), "compression method 12")


def test_checksum_is_really_compared(make):
    path = make(GOOD, zipfile.ZIP_STORED)
    data = path.read_bytes().replace(b"ACGT", b"ACGA", 1)
    assert zlib.crc32(b"ACGT") != zlib.crc32(b"ACGA")
    path.write_bytes(data)
    refused(path, "checksum")


@pytest.mark.parametrize(
    "name",
    ["human_nontata_promoters", "human_ensembl_regulatory", "drosophila_enhancers_stark"],
)
def test_real_archives_equal_what_zipfile_reads(real, name):
    path = real / "archives" / f"{name}_v0.zip"
    dataset = archive.from_archive(path, name)
    with zipfile.ZipFile(path) as z:
        slow = {
            (*member.split("/")[1:3], member.split("/")[3][:-4]): z.read(member).decode()
            for member in z.namelist()
            if member.endswith(".txt")
        }
    fast = {
        (split, dataset.classes[label], str(name)): text
        for split, s in dataset.splits.items()
        for (text, label), name in zip(s, s.ids, strict=True)
    }
    assert fast == slow
