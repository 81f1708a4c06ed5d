from __future__ import annotations

import gzip
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from genbench_lite import cli
from genbench_lite.audits import audit_command
from genbench_lite.audits.audit_command import read_folder
from genbench_lite.audits.audit_report import AuditReport
from genbench_lite.audits.findings import Finding
from genbench_lite.reading.archive import from_archive

FLY = "drosophila_enhancers_stark"


def run(capsys, *arguments) -> tuple[int, str, str]:
    code = cli.main(["audit", *map(str, arguments)])
    said = capsys.readouterr()
    return code, said.out, said.err


def refused(capsys, *arguments) -> str:
    """The one line of an audit that did not work."""
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert "Traceback" not in err
    return err


def write_fasta(path: Path, n: int, letters: str = "ACGT", seed: int = 0) -> Path:
    rng = np.random.default_rng(seed)
    records = [f">r{i}\n{''.join(rng.choice(list(letters), 80))}\n" for i in range(n)]
    path.write_text("".join(records))
    return path


def write_layout(folder: Path, n: int = 8) -> Path:
    rng = np.random.default_rng(0)
    for split in ("train", "test"):
        for name in ("no", "yes"):
            (folder / split / name).mkdir(parents=True)
            for i in range(n):
                text = "".join(rng.choice(list("ACGT"), 40))
                (folder / split / name / f"{i}.txt").write_text(text + "\n")
    return folder


# what cannot be audited


def test_nothing_named_is_wrong_usage(capsys):
    with pytest.raises(SystemExit) as stopped:
        cli.main(["audit"])
    assert stopped.value.code == 2


def test_an_unknown_name_suggests_the_nearest(capsys):
    assert "Did you mean 'human_enhancers_cohn'" in refused(capsys, "human_enhancers_con")


@pytest.mark.parametrize("path", ["none/here", "promoters.fa", "lists.zip"])
def test_a_path_that_leads_nowhere(capsys, path):
    assert f"no file or folder {path}" in refused(capsys, path)


def test_a_folder_that_is_neither(capsys, tmp_path):
    err = refused(capsys, tmp_path)
    assert "metadata.yaml" in err
    assert "train/<class>/<id>.txt" in err


def test_a_folder_without_a_test_split(capsys, tmp_path):
    (tmp_path / "train" / "a").mkdir(parents=True)
    (tmp_path / "train" / "a" / "1.txt").write_text("ACGT")
    assert "no test/<class>/<id>.txt" in refused(capsys, tmp_path)


def test_a_folder_with_an_empty_sequence_or_a_strange_letter(capsys, tmp_path):
    folder = write_layout(tmp_path / "toy")
    (folder / "test" / "yes" / "0.txt").write_text("\n")
    assert "is empty" in refused(capsys, folder)
    (folder / "test" / "yes" / "0.txt").write_text("ACG!")
    assert "'!'" in refused(capsys, folder)


def test_one_fasta_file_has_nothing_to_compare_with(capsys, tmp_path):
    err = refused(capsys, write_fasta(tmp_path / "a.fa", 5))
    assert "two or more FASTA files, one for each class" in err


def test_an_empty_fasta_file_and_one_that_is_none(capsys, tmp_path):
    good, empty, none = write_fasta(tmp_path / "a.fa", 5), tmp_path / "b.fa", tmp_path / "c.fa"
    empty.write_text("")
    none.write_text("ACGT\n")
    assert "it is empty" in refused(capsys, good, empty)
    assert "does not begin with '>'" in refused(capsys, good, none)


def test_two_fasta_files_of_one_class(capsys, tmp_path):
    (tmp_path / "b").mkdir()
    files = [write_fasta(tmp_path / "a.fa", 5), write_fasta(tmp_path / "b" / "a.fasta", 5)]
    assert "Two FASTA files are named 'a'" in refused(capsys, *files)


def test_two_things_of_which_one_is_no_file(capsys, tmp_path):
    good = write_fasta(tmp_path / "a.fa", 5)
    assert "is a folder" in refused(capsys, good, tmp_path)
    assert "does not exist" in refused(capsys, good, tmp_path / "b.fa")
    assert "does not exist" in refused(capsys, FLY, "human_enhancers_cohn")


def test_too_few_sequences_to_set_some_aside(capsys, tmp_path):
    files = [write_fasta(tmp_path / f"{name}.fa", 1) for name in "ab"]
    assert "2 rows, too few" in refused(capsys, *files)


@pytest.mark.parametrize("option", ["--json", "--html", "--plot"])
def test_no_place_for_the_result_is_found_before_the_audit(capsys, tmp_path, monkeypatch, option):
    monkeypatch.setattr(audit_command, "audit_sources", pytest.fail)
    err = refused(capsys, FLY, option, tmp_path / "none" / "report.png")
    assert "There is no folder" in err


def test_a_figure_of_an_unknown_kind(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(audit_command, "audit_sources", pytest.fail)
    assert ".png, .svg, .pdf" in refused(capsys, FLY, "--plot", tmp_path / "report.docx")


def test_a_place_that_is_a_folder(capsys, tmp_path):
    code, _, err = run(capsys, "dummy_mouse_enhancers_ensembl", "--json", tmp_path)
    assert code == 1
    assert "cannot be written" in err


# exit codes


@pytest.mark.parametrize(
    ("verdict", "strict", "code"),
    [("broken", True, 1), ("broken", False, 0), ("look", True, 0), ("too little data", True, 0)],
)
def test_only_strict_and_broken_is_1(capsys, monkeypatch, verdict, strict, code):
    report = AuditReport("x", [Finding("a", "A?", 500, verdict, "", "Seen.")])
    monkeypatch.setattr(audit_command, "audit_sources", lambda *args, **kwargs: report)
    assert run(capsys, "x", *["--strict"] * strict)[:2] == (code, f"{report!r}\n")


# what is audited


def test_a_name_that_is_not_downloaded_needs_no_network(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("GENBENCH_LITE_MIRROR", "http://127.0.0.1:9")
    files = {kind: tmp_path / f"report.{kind}" for kind in ("json", "html", "png")}
    code, out, err = run(
        capsys, "human_nontata_promoters", "--json", files["json"], "--html", files["html"],
        "--plot", files["png"], "--strict",
    )  # fmt: skip
    assert (code, err) == (1, "")
    assert out.startswith("human_nontata_promoters: broken (")
    assert "coordinates alone" in out
    assert json.loads(files["json"].read_text())["verdict"] == "broken"
    page = files["html"].read_text()
    assert page.startswith("<!doctype html>")
    assert "<title>Audit of human_nontata_promoters</title>" in page
    assert files["png"].read_bytes().startswith(b"\x89PNG")


def test_a_folder_of_lists(capsys, real):
    code, out, _ = run(capsys, real / "intervals" / FLY)
    assert code == 0
    assert out.startswith(f"{FLY}: ")


def test_a_zip_and_its_folder_are_audited_alike(capsys, real, tmp_path):
    path = real / "archives" / f"{FLY}_v0.zip"
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path)
    of_folder, of_zip = read_folder(tmp_path / FLY), from_archive(path)
    assert of_folder.classes == of_zip.classes
    for split in of_zip.splits:
        for column in ("codes", "offsets", "labels", "ids"):
            mine, published = (getattr(d.splits[split], column) for d in (of_folder, of_zip))
            assert np.array_equal(mine, published)
    once = run(capsys, path)
    assert once[0] == 0
    assert run(capsys, tmp_path / FLY) == once


def test_a_small_folder_has_too_little_data(capsys, tmp_path):
    code, out, _ = run(capsys, write_layout(tmp_path / "toy"))
    assert code == 0
    assert out.startswith("toy: too little data (")
    assert "16 train, 16 test" in out


def test_fasta_files_are_classes_and_the_split_is_said_to_be_random(capsys, tmp_path):
    files = [
        write_fasta(tmp_path / "no.fa", 400),
        write_fasta(tmp_path / "yes.fna", 400, "ACGTGGCC", 1),
    ]
    packed = tmp_path / "maybe.fasta.gz"
    packed.write_bytes(gzip.compress(write_fasta(tmp_path / "m", 400, "ACGTAATT", 2).read_bytes()))
    code, out, _ = run(capsys, *files, packed)
    assert code == 0
    assert out.startswith("maybe and no and yes: broken (")
    assert "900 train, 300 test" in out
    assert "Classes: maybe, no, yes." in out
    assert "drawn at random" in out


def test_relatives_in_fasta_files_are_worked_out_once_and_among_all_rows(
    capsys, tmp_path, monkeypatch
):
    monkeypatch.setattr("genbench_lite.audits.sequence_leaks.relatives", pytest.fail)
    files = [write_fasta(tmp_path / f"{name}.fa", 100, seed=i) for i, name in enumerate("ab")]
    records = files[0].read_text().split(">")[1:4]
    windows = [f">w{i}\n{record.split()[1][20:]}\n" for i, record in enumerate(records)]
    files[1].write_text(files[1].read_text() + "".join(windows))
    report = tmp_path / "report.json"
    assert run(capsys, *files, "--json", report)[0] == 0
    found = {f["check"]: f for f in json.loads(report.read_text())["findings"]}
    assert (found["relatives"]["count"], found["relatives"]["rows"]) == (6, 203)
    assert found["repeats"]["count"] == 0
    assert "in_training" not in found


def test_fasta_files_in_another_order_give_the_same_report(capsys, tmp_path):
    files = [write_fasta(tmp_path / f"{name}.fa", 80, seed=i) for i, name in enumerate("ab")]
    once = run(capsys, *files)
    assert once[0] == 0
    assert run(capsys, *files[::-1]) == once


def test_other_commands_do_not_wait_for_the_audit_to_load():
    done = subprocess.run(
        [sys.executable, "-c", "import sys, genbench_lite.cli; print('pandas' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "False"
