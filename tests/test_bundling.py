"""The offline folder: made from small stand-ins for the wheels, and held against its sums."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections import namedtuple
from pathlib import Path

import pytest

import genbench_lite
from genbench_lite import bundling, cli, fetch, wheels
from genbench_lite.errors import DataError, FetchError, GenbenchError, UnknownNameError

ROOT = Path(__file__).resolve().parents[1]
FLY = "drosophila_enhancers_stark"
NAME = f"genbench_lite-{genbench_lite.__version__}-py3-none-any.whl"
Usage = namedtuple("Usage", "total used free")

if sys.version_info >= (3, 11):
    import tomllib
else:
    tomllib = pytest.importorskip("tomli")


def write_wheel(folder: Path, name: str, version: str, needs: tuple[str, ...] = ()) -> None:
    """A wheel that pip installs, with nothing in it."""
    stem = f"{name.replace('-', '_')}-{version}"
    meta = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    files = {
        f"{stem}.dist-info/METADATA": meta + "".join(f"Requires-Dist: {n}\n" for n in needs),
        f"{stem}.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = ""
    with zipfile.ZipFile(folder / f"{stem}-py3-none-any.whl", "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest())
            record += f"{path},sha256={digest.rstrip(b'=').decode()},{len(text)}\n"
        wheel.writestr(f"{stem}.dist-info/RECORD", record + f"{stem}.dist-info/RECORD,,\n")


@pytest.fixture(scope="session")
def stand_ins(tmp_path_factory) -> Path:
    """An empty wheel for each requirement, in the version that is pinned."""
    folder = tmp_path_factory.mktemp("stand-ins")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    needed = project["dependencies"] + project["optional-dependencies"]["lab"]
    pins = dict(
        line.partition(" ;")[0].split("==")
        for line in reversed((ROOT / "constraints.txt").read_text().splitlines())
        if "==" in line and (";" not in line or f'>= "3.{sys.version_info.minor}' in line)
    )
    everywhere = {name.lower(): version for name, version in pins.items()}
    for requirement in needed:
        name = requirement.partition(">")[0]
        version = everywhere.get(name.lower()) or requirement.partition(">=")[2]
        write_wheel(folder, name, version)
    return folder


@pytest.fixture(autouse=True)
def no_network(monkeypatch) -> None:
    for name in [n for n in os.environ if n.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("GENBENCH_LITE_MIRROR", "http://127.0.0.1:9")


@pytest.fixture(scope="session")
def made(stand_ins, tmp_path_factory) -> Path:
    """One bundle for all tests that read; those that break it take a copy."""
    folder = tmp_path_factory.mktemp("stick") / "course"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIP_CONFIG_FILE", os.devnull)
        patch.setenv("PIP_NO_INDEX", "1")
        bundling.bundle(folder, more=stand_ins)
    return folder


@pytest.fixture
def mine(made, tmp_path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "course"))


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name != "cache"]


def test_a_folder_that_exists_is_left_alone(tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years of work")
    with pytest.raises(GenbenchError, match=r"exists already.*new folder"):
        bundling.bundle(tmp_path / "thesis")
    with pytest.raises(DataError, match="is no bundle"):
        bundling.bundle(tmp_path / "thesis", add=True)
    assert leftovers(tmp_path / "thesis") == ["chapter.txt"]


def test_a_folder_in_no_folder(tmp_path):
    with pytest.raises(GenbenchError, match=r"no folder .*nowhere"):
        bundling.bundle(tmp_path / "nowhere" / "course")


def test_no_room_is_said_before_the_work_and_in_the_midst_of_it(tmp_path, monkeypatch, stand_ins):
    def full(*_args, **_kwargs):
        raise shutil.Error([("a", "b", "[Errno 28] No space left on device")])

    with monkeypatch.context() as patch:
        patch.setattr(bundling.shutil, "disk_usage", lambda folder: Usage(1, 1, 10_000_000))
        with pytest.raises(GenbenchError, match=r"0\.0 GB free.*needs 1\.5 GB.*another disk"):
            bundling.bundle(tmp_path / "course")
    monkeypatch.setattr(bundling, "_gather", full)
    with pytest.raises(GenbenchError, match=r"the disk is full. Make room there"):
        bundling.bundle(tmp_path / "course", more=stand_ins)
    assert leftovers(tmp_path) == []


def test_a_wheel_that_pip_cannot_find_is_named(tmp_path, stand_ins):
    fewer = Path(shutil.copytree(stand_ins, tmp_path / "fewer"))
    next(fewer.glob("pyfaidx-*")).unlink()
    with pytest.raises(GenbenchError, match=r"no wheel of pyfaidx.*Connect.*--wheels") as raised:
        bundling.bundle(tmp_path / "course", more=fewer)
    assert wheels.this_system() in str(raised.value)
    assert leftovers(tmp_path) == ["fewer"]


def test_a_folder_of_wheels_without_wheels(tmp_path):
    for path in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(GenbenchError, match=r"no wheel in .*--wheels"):
            bundling.bundle(tmp_path / "course", more=path)


def test_a_dataset_that_is_not_at_hand(tmp_path, stand_ins):
    with pytest.raises(UnknownNameError, match="human_enhancers_cohn"):
        bundling.bundle(tmp_path / "course", ["human_enhancers_con"], more=stand_ins)
    with pytest.raises(FetchError, match=f"{FLY} could not be fetched"):
        bundling.bundle(tmp_path / "course", [FLY], more=stand_ins)
    assert leftovers(tmp_path) == []


def test_lessons_that_hold_answers_are_not_handed_out(tmp_path):
    for name in wheels.SOURCES:
        (tmp_path / name).mkdir()
    used = '{"cells": [{"cell_type": "code", "execution_count": 1, "outputs": []}]}'
    (tmp_path / "notebooks" / "00_start_here.ipynb").write_text(used)
    with pytest.raises(GenbenchError, match=r"00_start_here\.ipynb.*git checkout notebooks"):
        wheels.require_clean(tmp_path)


def test_an_installed_package_is_no_checkout(tmp_path, monkeypatch):
    monkeypatch.setattr(bundling, "lessons_folder", lambda: tmp_path / "notebooks")
    with pytest.raises(GenbenchError, match=r"from a checkout.*Clone https://github\.com/"):
        bundling.bundle(tmp_path / "course")


def test_a_python_without_pip(monkeypatch):
    monkeypatch.setattr(wheels.util, "find_spec", lambda name: None)
    with pytest.raises(GenbenchError, match="ensurepip"):
        wheels.pip(["--version"])


def test_what_pip_says_is_passed_on():
    assert wheels.explain("OSError: [Errno 28] No space left on device")[0] == "The disk is full"
    said, _ = wheels.explain("looking\nERROR: Wheel 'x' is invalid.\nnotice")
    assert "ERROR: Wheel 'x' is invalid." in said
    assert "no reason given" in wheels.explain("")[0]


def test_a_bundle_holds_what_a_learner_needs(made):
    assert {path.name for path in made.iterdir()} == {
        *("README.md", "SHA256SUMS", "systems.txt", "data", "notebooks", "wheels"),
    }
    lessons = {path.name for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert {path.name for path in (made / "notebooks").glob("*.ipynb")} == lessons
    with zipfile.ZipFile(made / "wheels" / NAME) as wheel:
        inside = set(wheel.namelist())
    assert {f"genbench_lite/notebooks/{name}" for name in lessons} <= inside
    assert "genbench_lite/data/demo_open_chromatin_cells.npz" in inside
    text = (made / "README.md").read_text()
    assert wheels.this_system() in text
    assert 'pip install --no-index --find-links wheels "genbench-lite[lab]"' in text
    assert r".venv\Scripts\genbench-lite start" in text
    assert '"$PWD/data"' in text
    assert leftovers(made.parent) == ["course"]


def test_the_commands_in_its_readme_exist(made, capsys):
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    listed = capsys.readouterr().out
    said = (made / "README.md").read_text()
    for command in ("start", "run", "bundle"):
        assert f"genbench-lite {command} " in said.replace("\n", " ")
        assert f"\n    {command} " in listed


def test_it_installs_into_a_fresh_environment_with_no_index(made, tmp_path):
    target = tmp_path / "installed"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(target)]
    more = ["--no-index", "--find-links", "wheels", "genbench-lite[lab]"]
    done = subprocess.run([*command, *more], cwd=made, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-300:]
    assert (target / "genbench_lite" / "notebooks" / "00_start_here.ipynb").exists()
    assert any(target.glob("papermill-*.dist-info"))


def test_check_says_that_all_is_well_and_ignores_what_was_added_later(mine, capsys):
    (mine / ".venv").mkdir()
    (mine / "genbench-lite-lessons").mkdir()
    assert cli.main(["bundle", str(mine), "--check"]) == 0
    files = len((mine / "SHA256SUMS").read_text().splitlines())
    assert f"{files} files are whole" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["README.md", f"wheels/{NAME}", "notebooks/00_start_here.ipynb"])
def test_check_finds_a_file_that_is_damaged_or_missing(mine, name):
    content = bytearray((mine / name).read_bytes())
    content[len(content) // 2] ^= 1
    (mine / name).write_bytes(content)
    with pytest.raises(DataError, match=rf"1 of \d+ files .* not as it was made, such as {name}"):
        bundling.check(mine)
    (mine / name).unlink()
    with pytest.raises(DataError, match=rf"are missing, such as {name}. Copy"):
        bundling.check(mine)


def test_check_finds_wheels_of_another_system(mine):
    wheel = next((mine / "wheels").glob("torch-*"))
    wheel.rename(wheel.with_name(wheel.name.replace("-py3-none-any", "-cp27-cp27m-win32")))
    bundling._write_sums(mine)
    with pytest.raises(DataError, match=r"not enough for Python.*no wheel of torch.*--add"):
        bundling.check(mine)


def test_check_of_something_else(tmp_path):
    with pytest.raises(DataError, match=r"is no bundle.*SHA256SUMS"):
        bundling.check(tmp_path)
    (tmp_path / "SHA256SUMS").write_text("these are no sums")
    with pytest.raises(DataError, match="is no bundle"):
        bundling.check(tmp_path)


def test_add_brings_data_and_another_system(mine, stand_ins, cache, monkeypatch):
    packed = cache / "datasets-v1" / FLY
    packed.mkdir(parents=True)
    (packed / "meta.json").write_text("{}")
    monkeypatch.setattr(wheels, "this_system", lambda: "Python 3.99, other-system")
    bundling.bundle(mine, [FLY, "demo_planted_motifs"], add=True, more=stand_ins)
    text = (mine / "README.md").read_text()
    assert f"**Datasets in `data`:** {FLY}\n" in text
    assert "Python 3.99, other-system" in text
    assert len((mine / "systems.txt").read_text().splitlines()) == 2
    monkeypatch.undo()
    monkeypatch.setenv("GENBENCH_LITE_CACHE", str(mine / "data"))
    assert fetch.is_downloaded(FLY)
    assert bundling.check(mine)


def test_add_to_another_version(mine):
    (mine / "wheels" / NAME).rename(mine / "wheels" / "genbench_lite-0.0.1-py3-none-any.whl")
    with pytest.raises(GenbenchError, match="another version"):
        bundling.bundle(mine, add=True)


def test_the_command_says_what_it_made(tmp_path, stand_ins, capsys):
    out = tmp_path / "course"
    assert cli.main(["bundle", str(out), "--wheels", str(stand_ins)]) == 0
    said = capsys.readouterr().out
    assert "MB. Read its README.md" in said
    assert "GPU" not in said
    assert cli.main(["bundle", str(out)]) == 1
    assert "exists already" in capsys.readouterr().err
