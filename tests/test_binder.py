"""Binder and conda get the packages of pyproject.toml, and a build without network goes on."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from test_repository import PROJECT, ROOT, bounds

from genbench_lite import cards

BINDER = ROOT / "binder"
NOWHERE = "http://127.0.0.1:9"  # the discard port: whatever wants to fetch fails at once
IN_THE_BASE_IMAGE = ("ipywidgets", "jupyterlab")
CONDA_NAMES = {"pytorch-cpu": "torch", "pytorch": "torch", "matplotlib-base": "matplotlib"}

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="Binder builds on Linux")


def environment(path: Path) -> tuple[list[str], list[str]]:
    """What a conda environment file lists: for conda, and for pip."""
    listed = yaml.safe_load(path.read_text())["dependencies"]
    (inner,) = (entry for entry in listed if not isinstance(entry, str))
    assert list(inner) == ["pip"]
    return [entry for entry in listed if isinstance(entry, str)], inner["pip"]


def packages(path: Path) -> dict[str, str | None]:
    """The project's names of the packages in such a file, with their lower bounds."""
    conda, pip = environment(path)
    plain = ["".join(spec.split()[:2]) for spec in conda if not re.match(r"python\W", spec)]
    found = bounds(plain + [spec for spec in pip if spec != "-e ."])
    assert found.pop("pip", "missing") is None
    return {CONDA_NAMES.get(name, name): bound for name, bound in found.items()}


def wanted() -> dict[str, str | None]:
    return bounds(PROJECT["dependencies"] + PROJECT["optional-dependencies"]["lab"])


def test_conda_has_the_same_packages_and_bounds():
    assert packages(ROOT / "environment.yml") == wanted()
    conda, pip = environment(ROOT / "environment.yml")
    assert f"python{PROJECT['requires-python']}" in conda
    assert pip[-1] == "-e ."  # after its packages, or pip would bring them a second time


def test_binder_has_the_same_packages_and_bounds():
    found = packages(BINDER / "environment.yml")
    assert found.pop("setuptools") == ">=77"  # postBuild may not fetch what builds the package
    for name in IN_THE_BASE_IMAGE:
        assert found.pop(name) is None, f"{name} comes with the base image: no bound"
    assert found == {k: v for k, v in wanted().items() if k not in IN_THE_BASE_IMAGE}


def test_binder_pins_python_and_takes_torch_without_gpu():
    conda, _ = environment(BINDER / "environment.yml")
    (python,) = (spec.removeprefix("python=") for spec in conda if spec.startswith("python="))
    assert f"Programming Language :: Python :: {python}" in PROJECT["classifiers"]
    torch = wanted()["torch"]
    assert f"pytorch-cpu {torch} cpu_generic*" in conda


def test_nothing_else_in_the_folder_takes_precedence():
    assert {path.name for path in BINDER.iterdir()} == {"environment.yml", "postBuild"}


def test_repo2docker_reads_the_folder():
    done = subprocess.run(
        [sys.executable, "-m", "repo2docker", "--no-build", "--debug", str(ROOT)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    python = next(s for s in environment(BINDER / "environment.yml")[0] if s.startswith("python="))
    assert f"Building conda environment for {python}\n" in done.stderr
    assert '--file "binder/environment.yml"' in done.stdout
    assert "RUN ./binder/postBuild" in done.stdout


@pytest.fixture
def build(tmp_path, monkeypatch):
    """Run postBuild with the real genbench-lite, but with a pip and a jupyter that only note."""
    stubs, notes = tmp_path / "bin", tmp_path / "notes"
    stubs.mkdir()

    def program(name: str, body: str) -> None:
        path = stubs / name
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def run_build(pip: int = 0, jupyter: int = 0) -> subprocess.CompletedProcess[str]:
        program("python", f'echo python "$@" >> "{notes}"; exit {pip}')
        program("jupyter", f'echo jupyter "$@" >> "{notes}"; exit {jupyter}')
        program("genbench-lite", f'exec "{sys.executable}" -m genbench_lite.cli "$@"')
        monkeypatch.setenv("PATH", f"{stubs}{os.pathsep}{os.environ['PATH']}")
        done = subprocess.run(
            [str(BINDER / "postBuild")], cwd=tmp_path, capture_output=True, text=True
        )
        done.notes = notes.read_text()
        return done

    return run_build


@on_linux
def test_build_goes_on_without_network(build, monkeypatch):
    monkeypatch.setenv("GENBENCH_LITE_MIRROR", NOWHERE)
    done = build()
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("is left out of the image") == 3
    assert "no connection to 127.0.0.1:9" in done.stderr
    assert "--no-deps --no-build-isolation --editable ." in done.notes


@on_linux
def test_build_asks_for_small_datasets_of_the_nine(build, server):
    build()
    asked = {path.rpartition("/")[2].removesuffix("_v0.zip") for path in server.asked}
    names = [name for name in cards.list_datasets() if name in asked]
    assert len(names) == 3
    rows = [sum(sum(split.values()) for split in cards.card(n).rows.values()) for n in names]
    assert max(rows) < 50_000


@on_linux
def test_build_goes_on_when_the_news_cannot_be_disabled(build, monkeypatch):
    monkeypatch.setenv("GENBENCH_LITE_MIRROR", NOWHERE)
    done = build(jupyter=1)
    assert done.returncode == 0
    assert "The news pop-up could not be disabled." in done.stdout
    command = "labextension disable --level=sys_prefix @jupyterlab/apputils-extension:announcements"
    assert command in done.notes
    assert command in (ROOT / "Makefile").read_text()


@on_linux
def test_build_stops_when_the_package_cannot_be_installed(build):
    assert build(pip=1).returncode != 0


@on_linux
def test_post_build_is_executable():
    assert os.access(BINDER / "postBuild", os.X_OK)
