"""Interval lists to sequences: the published rows letter by letter, and what is refused."""

from __future__ import annotations

import gzip
import shutil
import tempfile
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genbench_lite import from_intervals, paths
from genbench_lite.errors import DataError
from genbench_lite.reading import fasta
from genbench_lite.reading.interval_lists import EXTRA_PROCESSING, read_list, read_metadata

HEADER = "id,region,start,end,strand\n"
REAL = Path(__file__).resolve().parents[2] / "shared" / "real"
FILES = {
    "hg38.chr22.partial.fa.gz": (
        "human_enhancers_cohn",
        "human_enhancers_ensembl",
        "human_ensembl_regulatory",
        "human_nontata_promoters",
        "human_ocr_ensembl",
    ),
    "dm6.chr2R.partial.fa.gz": ("drosophila_enhancers_stark",),
}


def write_lists(folder: Path, rows: dict[str, str] | None = None, metadata: str = "") -> Path:
    """A folder in the published layout; ``rows`` holds the body of a file by its path."""
    bodies = {
        "train/neg.csv": "0,chr1,0,3,+\n",
        "train/pos.csv": "0,chr1,3,6,+\n",
        "test/neg.csv": "0,chr1,0,2,+\n",
        "test/pos.csv": "0,chr1,4,6,-\n",
    } | (rows or {})
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "metadata.yaml").write_text(metadata or "classes: {neg: {}, pos: {}}")
    for name, body in bodies.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(body if body.startswith("id") or not body else HEADER + body)
    return folder


@pytest.fixture
def genome(tmp_path) -> Path:
    path = tmp_path / "toy.fa"
    path.write_text(">1\nACG\nTTN\n>MT\nCCCC\n")
    return path


@pytest.fixture
def lists(tmp_path):
    return lambda rows=None, metadata="": write_lists(tmp_path / "toy", rows, metadata)


# Rows that cannot be used: the message names file and row, and says what to do


@pytest.mark.parametrize(
    ("body", "what", "advice"),
    [
        ("id,region,start,end\n0,1,0,3\n", "has no column 'strand'", "needs the columns id, re"),
        ("", "cannot be read as CSV", "needs the columns id, region"),
        (HEADER, "lists no interval", "take the class out"),
        (HEADER + "9,0,1,0,3,+\n9,0,1,0,3,+\n", "more fields than its header", "Remove the excess"),
        (HEADER + "0,1,0,3,+\n1,1,0,3,+,x\n", "cannot be read as CSV", "needs the columns id, re"),
        ("0,1,0,3,+\n7,1,-1,3,+\n", "Row 2 of train/pos.csv, id '7', has a negative start", "0-ba"),
        ("0,1,3,3,+\n", "an end that is not behind its start", "0 <= start < end"),
        ("0,1,3,1,+\n1,1,3,2,+\n", r"behind its start \(2 such rows\)", "half-open"),
        ("0,1,1.5,3,+\n", "has no whole number as its start", "Write digits"),
        ("0,1,0,many,+\n", "has no whole number as its end", "Write digits"),
        ("0,1,0\n", "has no whole number as its end", "Write digits"),
        ("0,1,0,99999999999999999999,+\n", "has no whole number as its end", "Write digits"),
        ("0,1,0,3,*\n", "has an unknown strand", "leave it empty for +"),
        ("0,1,0,3,1\n", "has an unknown strand", "leave it empty for +"),
        ("0,,0,3,+\n", "has no region", "Give the name of a record"),
        (",1,0,3,+\n", "has no id", "Give each row one"),
        ("4,1,0,3,+\n4,1,1,3,+\n", "Row 2 .* has the id of an earlier row", "Make the ids unique"),
        (f"0,{'x' * 65},0,3,+\n", "more than 64 letters", "Shorten it"),
        ("0,1,0,7,+\n", "ends at 7, past the end of its region in toy.fa", 'missing="drop"'),
        ("0,chrMt2,0,7,+\n", "region 'chrMt2', which is not in toy.fa", "There: 1, MT"),
        ("0,1,0,3,+\n1,MTX,0,7,+\n", "Row 2 .* region 'MTX'", "Nearest there: MT.*assembly"),
    ],
)
def test_bad_rows_are_refused(lists, genome, body, what, advice):
    with pytest.raises(DataError, match=rf"train/pos\.csv.*{advice}") as refused:
        from_intervals(lists({"train/pos.csv": body}), genome)
    assert refused.match(what)


def test_number_of_rows_in_unknown_regions_is_told(lists, genome):
    rows = lists({"train/pos.csv": "0,7,0,3,+\n1,1,0,3,+\n2,8,0,3,+\n"})
    with pytest.raises(DataError, match=r"region '7'.* \(2 such rows\)"):
        from_intervals(rows, genome)


def test_lists_that_are_no_text_are_refused(lists, genome):
    folder = lists()
    (folder / "test" / "pos.csv").write_bytes(b"\xff\xfe\x00\x01,\n")
    with pytest.raises(DataError, match=r"pos\.csv cannot be read as CSV .* needs the columns"):
        from_intervals(folder, genome)


def test_a_damaged_gzip_list_is_refused(lists, genome):
    folder = lists()
    (folder / "test" / "pos.csv").unlink()
    whole = gzip.compress((HEADER + "".join(f"{i},1,0,3,+\n" for i in range(999))).encode())
    (folder / "test" / "pos.csv.gz").write_bytes(whole[:-20])
    with pytest.raises(DataError, match=r"pos\.csv\.gz is cut off or damaged.*Get the file again"):
        from_intervals(folder, genome)


# Folders that cannot be used


def test_a_folder_without_metadata_is_refused(tmp_path, genome):
    with pytest.raises(DataError, match=r"no metadata\.yaml in .*Give the folder of one dataset"):
        from_intervals(tmp_path, genome)


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ("classes: [", "cannot be read"),
        ("- neg\n- pos", "names no classes"),
        ("version: 0", "names no classes"),
        ("classes: {neg: hello, pos: {}}", "'neg' .* is no mapping"),
        ("classes: {no: {}, yes: {}}", "reads as False. Put yes, no, on, off in quotes"),
        ("classes: !!python/object:os.system {}", "cannot be read"),
    ],
)
def test_malformed_metadata_is_refused(lists, genome, metadata, message):
    with pytest.raises(DataError, match=message):
        from_intervals(lists(metadata=metadata), genome)


def test_unknown_extra_processing_lists_the_known(lists, genome):
    metadata = "classes: {neg: {}, pos: {extra_processing: ENSEMBL_YETI_GENOME}}"
    with pytest.raises(DataError, match=r"'pos'.*ENSEMBL_YETI_GENOME") as refused:
        from_intervals(lists(metadata=metadata), genome)
    assert all(rule in str(refused.value) for rule in EXTRA_PROCESSING)


@pytest.mark.parametrize("split", ["train", "test"])
def test_a_missing_split_is_refused(lists, genome, split):
    folder = lists()
    shutil.rmtree(folder / split)
    with pytest.raises(DataError, match=f"no folder {split}/. It needs train/ and test/"):
        from_intervals(folder, genome)


def test_a_class_must_be_in_every_split(lists, genome):
    folder = lists()
    (folder / "test" / "pos.csv").unlink()
    with pytest.raises(DataError, match=r"test/ has no list of class 'pos'.*add test/pos\.csv"):
        from_intervals(folder, genome)


def test_a_class_must_be_in_the_metadata(lists, genome):
    folder = lists({"test/extra.csv": "0,1,0,3,+\n"})
    with pytest.raises(DataError, match=r"test/extra\.csv .*Add 'extra' there, or remove"):
        from_intervals(folder, genome)


def test_two_lists_of_one_class_are_refused(lists, genome):
    folder = lists()
    (folder / "test" / "pos.csv.gz").write_bytes(gzip.compress(HEADER.encode()))
    with pytest.raises(DataError, match=r"pos\.csv and pos\.csv\.gz. Remove one"):
        from_intervals(folder, genome)


def test_a_class_without_reference_is_named_with_its_source(lists, genome):
    metadata = "classes: {neg: {}, pos: {url: 'ftp://example.org/a/Yeti.fa.gz'}}"
    message = r"'pos' has no reference. Download ftp://example\.org/a/Yeti\.fa\.gz; add 'pos'"
    with pytest.raises(DataError, match=message):
        from_intervals(lists(metadata=metadata), {"neg": genome})
    with pytest.raises(DataError, match=r"'neg' has no reference\. Get its FASTA file; add 'neg'"):
        from_intervals(lists(metadata=metadata), {"pos": genome})


def test_missing_must_be_known(lists, genome):
    with pytest.raises(DataError, match=r"missing is .*, not 'ignore'"):
        from_intervals(lists(), genome, missing="ignore")


def test_drop_leaves_rows_out_and_says_so(lists, genome):
    folder = lists(
        {
            "train/neg.csv": "0,1,0,3,+\n1,X,0,3,+\n2,1,0,7,+\n",
            "test/pos.csv": "0,1,4,6,-\n1,X,0,3,+\n",
        }
    )
    with pytest.warns(UserWarning, match="Left out 3 of 7 rows of toy:") as warned:
        dataset = from_intervals(folder, genome, missing="drop")
    assert warned[0].filename == __file__, "the warning points at the caller"
    assert dataset.train.ids.tolist() == ["0", "0"]
    assert len(dataset.test) == 2


def test_drop_does_not_hide_a_malformed_row(lists, genome):
    with pytest.raises(DataError, match="negative start"):
        from_intervals(lists({"train/neg.csv": "0,1,-1,3,+\n"}), genome, missing="drop")


def test_drop_refuses_to_drop_everything(lists, genome):
    folder = lists({"test/neg.csv": "0,X,0,3,+\n", "test/pos.csv": "0,X,0,3,+\n"})
    with pytest.raises(DataError, match=r"Not one row of test/ .* begins with 1, MT"):
        from_intervals(folder, genome, missing="drop")


# Six letters, by hand: the region is ACGTTN


def test_toy_by_hand(lists, genome):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        dataset = from_intervals(lists(), genome)
    assert dataset.name == "toy"
    assert dataset.classes == ("neg", "pos")
    assert list(dataset.train) == [("ACG", 0), ("TTN", 1)]
    assert list(dataset.test) == [("AC", 0), ("NA", 1)]  # TN on the other strand
    assert dataset.valid is None
    assert dataset.test.loci.tolist() == [("chr1", 0, 2, "+"), ("chr1", 4, 6, "-")]


def test_minus_strand_is_turned_and_neighbours_are_not(lists, genome):
    rows = "0,1,0,4,-\n1,1,0,1,+\n2,1,0,3,-\n3,1,2,3,-\n4,1,1,4,+\n"
    dataset = from_intervals(lists({"train/neg.csv": rows}), genome)
    assert dataset.train.sequences[:5] == ["ACGT", "A", "CGT", "C", "CGT"]


@pytest.mark.parametrize("strand", ["", ".", "NaN", "nan", "NA", " + "])
def test_a_missing_strand_is_plus(lists, genome, strand):
    dataset = from_intervals(lists({"train/neg.csv": f"0,1,0,3,{strand}\n"}), genome)
    assert dataset.train[0] == ("ACG", 0)
    assert dataset.train.loci["strand"][0] == "+"


def test_rows_are_ordered_by_class_then_id(lists, genome):
    rows = {"train/neg.csv": "10,1,0,1,+\n9,1,1,2,+\nb,1,2,3,+\n"}
    dataset = from_intervals(lists(rows), genome)
    assert dataset.train.ids.tolist() == ["9", "b", "10", "0"]
    assert dataset.train.sequences[:3] == ["C", "G", "A"]
    assert dataset.train.loci["start"].tolist()[:3] == [1, 2, 0]


def test_classes_are_sorted_whatever_the_metadata_says(lists, genome):
    dataset = from_intervals(lists(metadata="classes: {pos: {}, neg: {}}"), genome)
    assert list(dataset.train) == [("ACG", 0), ("TTN", 1)]


def test_valid_is_read_where_it_is(lists, genome):
    rows = {"valid/neg.csv": "0,1,0,1,+\n", "valid/pos.csv": "0,1,1,2,+\n"}
    assert from_intervals(lists(rows), genome).valid.sequences == ["A", "C"]


def test_columns_are_found_by_name(lists, genome):
    body = "id,strand,end, start,region,note\n0,-,3,0,1,hello\n\n"
    assert from_intervals(lists({"train/neg.csv": body}), genome).train[0] == ("CGT", 0)


def test_each_class_has_its_reference(lists, genome, tmp_path):
    other = tmp_path / "other.fa"
    other.write_text(">chr1\nGGGGGG\n")
    metadata = "classes: {neg: {url: 'ftp://example.org/a/Yeti.fa.gz'}, pos: {}}"
    folder = lists(metadata=metadata)
    dataset = from_intervals(folder, {"Yeti.fa.gz": other, "pos": str(genome)})
    assert list(dataset.train) == [("GGG", 0), ("TTN", 1)]


# The published rows


@pytest.fixture(scope="session")
def expected() -> pd.DataFrame:
    if not REAL.exists():
        pytest.skip("needs the real data beside the checkout (../shared/real)")
    path = REAL / "reference" / "expected_rows.tsv.gz"
    rows = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
    assert len(rows) == 7072
    return rows


@pytest.fixture(scope="session")
def genomes(tmp_path_factory, expected) -> dict[str, Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(paths.CACHE_VARIABLE, str(tmp_path_factory.mktemp("genomes")))
        return {name: fasta.plain_fasta(REAL / "reference" / name) for name in FILES}


def published_lists(folder: Path, rows: pd.DataFrame) -> Path:
    """The published lists of one dataset, cut to some of their rows."""
    (name,) = rows["dataset"].unique()
    source = REAL / "intervals" / name
    folder = folder / name
    for path in source.glob("*/*.csv.gz"):
        split, label = path.parent.name, path.name.removesuffix(".csv.gz")
        listed = pd.read_csv(path, dtype=str, keep_default_na=False)
        wanted = rows["id"][(rows["split"] == split) & (rows["class"] == label)]
        (folder / split).mkdir(parents=True, exist_ok=True)
        listed[listed["id"].isin(wanted)].to_csv(folder / split / path.name, index=False)
    shutil.copy(source / "metadata.yaml", folder)
    return folder


@pytest.mark.parametrize(
    ("file", "name"), [(file, name) for file, names in FILES.items() for name in names]
)
def test_published_rows_letter_by_letter(tmp_path, expected, genomes, file, name):
    rows = expected[expected["dataset"] == name]
    folder = published_lists(tmp_path, rows)
    urls = {entry["url"].rpartition("/")[2] for entry in read_metadata(folder).values()}
    dataset = from_intervals(folder, dict.fromkeys(urls, genomes[file]))
    seen = []
    for split, s in dataset.splits.items():
        for row in s.to_frame().itertuples():
            locus = f"{row.region}:{row.start}-{row.end}:{row.strand}"
            seen.append((split, s.classes[row.label], row.id, locus, row.sequence))
    official = rows.assign(locus=rows["locus"].str.replace(r":$", ":+", regex=True))
    columns = ["split", "class", "id", "locus", "sequence"]
    assert sorted(seen) == sorted(official[columns].itertuples(index=False, name=None))


def test_the_cases_cover_every_expected_row(expected):
    assert sorted(expected["dataset"].unique()) == sorted(sum(FILES.values(), ()))


def test_published_rows_from_the_gzipped_reference(tmp_path, expected, capsys):
    rows = expected[expected["dataset"] == "drosophila_enhancers_stark"]
    folder = published_lists(tmp_path, rows)
    dataset = from_intervals(folder, REAL / "reference" / "dm6.chr2R.partial.fa.gz")
    assert sorted(dataset.train.sequences + dataset.test.sequences) == sorted(rows["sequence"])
    assert "is decompressed once and takes 25.7 MB" in capsys.readouterr().out


def test_published_lists_drop_what_a_partial_reference_lacks(real, genomes):
    folder = real / "intervals" / "human_enhancers_cohn"
    regions = np.concatenate([read_list(p)[1]["region"] for p in folder.glob("*/*.csv.gz")])
    told = f"Left out {(regions != 'chr22').sum():,} of {len(regions):,} rows of human_enhancers_co"
    with pytest.warns(UserWarning, match=told):
        dataset = from_intervals(folder, genomes["hg38.chr22.partial.fa.gz"], missing="drop")
    kept = len(dataset.train) + len(dataset.test)
    assert kept == (regions == "chr22").sum() > 400


@pytest.mark.parametrize("name", sorted(p.name for p in REAL.glob("intervals/*")))
def test_every_published_list_is_well_formed(real, name):
    folder = real / "intervals" / name
    classes = read_metadata(folder)
    for path in sorted(folder.glob("*/*.csv.gz")):
        ids, loci = read_list(path)
        assert path.name.removesuffix(".csv.gz") in classes
        assert len(np.unique(ids)) == len(loci) > 100


# Any genome, any intervals

COMPLEMENT = str.maketrans("ACGTN", "TGCAN")


@settings(max_examples=60, deadline=None)
@given(st.text("ACGTNacgtnR", min_size=2, max_size=80), st.integers(1, 30), st.data())
def test_intervals_equal_string_slices(letters, width, data):
    bound = st.integers(0, len(letters))
    bounds = st.tuples(bound, bound).filter(lambda pair: pair[0] != pair[1]).map(sorted)
    strands = st.sampled_from(["+", "-", "", "."])
    rows = data.draw(st.lists(st.tuples(bounds, strands), min_size=1, max_size=20))
    lines = [letters[i : i + width] for i in range(0, len(letters), width)]
    body = "".join(f"{i},chr1,{a},{b},{strand}\n" for i, ((a, b), strand) in enumerate(rows))
    with tempfile.TemporaryDirectory() as place:
        genome = Path(place) / "toy.fa"
        genome.write_text("\n".join([">1", *lines, ""]))
        ends = {f"{split}/neg.csv": "0,1,0,1,+\n" for split in ("train", "test")}
        ends["test/pos.csv"] = "0,1,0,1,+\n"
        folder = write_lists(Path(place) / "toy", ends | {"train/pos.csv": body})
        dataset = from_intervals(folder, genome)
    expected = []
    for (a, b), strand in rows:
        piece = letters.upper().replace("R", "N")[a:b]
        expected.append(piece.translate(COMPLEMENT)[::-1] if strand == "-" else piece)
    assert dataset.train.sequences[1:] == expected
    assert dataset.train.loci["strand"].tolist()[1:] == [s if s == "-" else "+" for _, s in rows]
