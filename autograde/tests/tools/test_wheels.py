"""The folder of wheels: for each system what its lock asks for, and no more."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.tags import sys_tags
from packaging.utils import canonicalize_name, parse_wheel_filename

from autograde.commands.main import status
from autograde.course.layout import CANNOT_RUN, ROOT
from autograde.tools import wheels
from autograde.tools.lock import lock_path

LOCK = lock_path(ROOT, "students")


def names(system: str, python: str = "3.12") -> set[str]:
    entries = wheels._pins(LOCK, wheels.SYSTEMS[system], python)
    return {canonicalize_name(wheels._requirement(entry).name) for entry in entries}


def test_conditions_are_those_of_the_system_that_is_meant():
    assert "pywinpty" in names("windows") and "pywinpty" not in names("linux")
    assert "ptyprocess" in names("macos") and "ptyprocess" not in names("windows")
    assert "appnope" in names("macos") and "appnope" not in names("linux")
    for system in wheels.SYSTEMS:
        assert {"numpy", "jupyterlab", "nh3"} <= names(system)


def test_entries_keep_their_hashes_and_lose_their_conditions():
    for entry in wheels._pins(LOCK, wheels.SYSTEMS["windows"], "3.13"):
        assert "--hash=sha256:" in entry and ";" not in entry.split("\n")[0]
        assert Requirement(entry.split(" \\")[0]).specifier


def test_this_machine_is_among_the_systems():
    here = {tag.platform for tag in sys_tags()}
    chosen = [s for s in wheels.SYSTEMS.values() if here & set(s.platforms)]
    assert chosen


def test_pip_is_asked_for_the_system(monkeypatch, tmp_path):
    asked = []

    def run(command, **_):
        wanted = command[command.index("--requirement") + 1]
        asked.append((command, Path(wanted).read_text("utf-8")))
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(wheels.subprocess, "run", run)
    archive = tmp_path / "vaderSentiment-2.5.tar.gz"
    archive.write_bytes(b"sentences")
    monkeypatch.setattr(wheels.sentences, "set_up", lambda: archive)
    folder = tmp_path / "wheels"
    wheels.fill(folder, ("windows", "linux"), ("3.12",), say=lambda _: None)
    packages, torch, *_ = asked
    assert "win_amd64" in packages[0] and "cp312" in packages[0]
    assert "--require-hashes" in packages[0] and "torch==" not in packages[1]
    assert torch[1].startswith("torch==") and "--index-url" not in torch[0]
    assert wheels.TORCH_CPU_INDEX in asked[3][0]
    assert (folder / archive.name).read_bytes() == b"sentences"


def test_what_pip_lacks_is_told(monkeypatch, capsys, tmp_path):
    def run(command, **_):
        said = "ERROR: No matching distribution found for numpy==2.4.6"
        return subprocess.CompletedProcess(command, 1, "", said)

    monkeypatch.setattr(wheels.subprocess, "run", run)
    assert status(["wheels", str(tmp_path)]) == CANNOT_RUN
    assert "numpy==2.4.6" in capsys.readouterr().err


@pytest.mark.network
@pytest.mark.parametrize("system", ["windows", "macos"])
def test_wheels_of_another_system_can_be_fetched(system, tmp_path):
    """One package that is built for each system, of the lock's own version."""
    entries = wheels._pins(LOCK, wheels.SYSTEMS[system], "3.13")
    (pin,) = (entry for entry in entries if wheels._requirement(entry).name == "nh3")
    target = wheels._target(wheels.SYSTEMS[system], "3.13")
    try:
        wheels._download(tmp_path, pin, target, ["--require-hashes"])
    except wheels.CannotRun as error:
        if re.search("connection|resolve|index", str(error)):
            pytest.skip(str(error))
        raise
    (made,) = tmp_path.iterdir()
    *_, tags = parse_wheel_filename(made.name)
    platforms = {tag.platform for tag in tags}
    assert platforms & set(wheels.SYSTEMS[system].platforms)
