from __future__ import annotations

import gzip

import pytest

from genbench_lite.custom.bed_files import read_bed
from genbench_lite.errors import DataError


def bed_of(tmp_path, text: str | bytes, name: str = "peaks.bed"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_bed(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("track name=x\n# comment\n", "holds headers and comments, but no row"),
        ("chrom\tstart\tend\n", "holds headers and comments, but no row"),
        ("chr1\t10\n", "Line 1 of peaks.bed has 2 of the 3 columns"),
        ("chr1\t1\t9\n\nchr1\t5\n", "Line 3 of peaks.bed has 2 of the 3 columns"),
        ("chr1,10,20\n", "separated by commas"),
        ("chr1\tten\t20\n", "Line 1 of peaks.bed has 'ten' as its start"),
        ("chr1\t10\t20.0\n", "has '20.0' as its end"),
        ("chr1\thavana\tgene\t11869\t14409\t.\t+\n", "looks like GFF"),
        ("chr1\t-5\t20\n", "chr1:-5-20, has a negative start"),
        ("chr1\t20\t20\n", "has an end that is not behind its start"),
        (
            "chr1\t1\t2\nchr1\t30\t20\nchr1\t9\t8\n",
            r"Line 2 .*not behind its start \(2 such rows\)",
        ),
        ("\t1\t2\n", "names no chromosome"),
        ("c" * 65 + "\t1\t2\n", "more than 64 letters"),
        (">chr1\nACGT\n", "is a FASTA file"),
        (b"\xff\xfe\x00", "is no text file"),
        (gzip.compress(b"chr1\t1\t2\n" * 99, mtime=0)[:-12], "cut off or damaged"),
    ],
)
def test_what_is_no_bed_file_is_refused_with_the_line(tmp_path, text, said):
    with pytest.raises(DataError, match=said):
        bed_of(tmp_path, text)


def test_missing_file_and_folder(tmp_path):
    with pytest.raises(DataError, match="cannot be opened"):
        read_bed(tmp_path / "none.bed")
    with pytest.raises(DataError, match="cannot be opened"):
        read_bed(tmp_path)


MESSY = (
    "\ufeffbrowser position chr1:1-9\r\ntrack name=peaks\r\n#chrom\tstart\tend\r\n"
    "chr2\t5\t9\tb\t0\t-\r\n\r\nchr1\t0\t4\ta\t0\t+\r\n"
)


@pytest.mark.parametrize("packed", [False, True])
def test_headers_crlf_order_gzip_and_a_byte_order_mark_do_no_harm(tmp_path, packed):
    raw = MESSY.encode()
    bed = bed_of(tmp_path, gzip.compress(raw) if packed else raw)
    assert bed.region.tolist() == ["chr2", "chr1"]
    assert (bed.start.tolist(), bed.end.tolist()) == ([5, 0], [9, 4])
    assert bed.minus.tolist() == [True, False]
    assert bed.names.tolist() == ["b", "a"]
    assert bed.lines.tolist() == [4, 6]
    assert bed.notes == ()


def test_a_line_of_column_names_is_skipped_and_said(tmp_path):
    bed = bed_of(tmp_path, "chrom\tstart\tend\nchr1\t1\t2\n")
    assert len(bed) == 1
    assert bed.notes == ("Line 1 of peaks.bed holds column names and was skipped.",)
    assert bed.names is None


def test_spaces_separate_where_there_is_no_tab(tmp_path):
    assert bed_of(tmp_path, "chr1   10 20\n").end.tolist() == [20]


def test_narrow_peaks_are_bed_and_other_columns_are_not_strands(tmp_path):
    row = "chr1\t1\t9\tp1\t500\t.\t7.1\t-1\t-1\t4\n"
    assert bed_of(tmp_path, row).minus.tolist() == [False]
    bed = bed_of(tmp_path, "chr1\t1\t9\tp1\t500\t0.37\n")
    assert bed.minus.tolist() == [False]
    assert "Column 6 of peaks.bed holds no strands (such as '0.37')" in bed.notes[0]
