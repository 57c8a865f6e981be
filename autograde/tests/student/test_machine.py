"""The doctor: what it finds, that it finds faults, and that students get it too."""

from __future__ import annotations

import subprocess
import sys
from collections import namedtuple
from importlib.metadata import version

import pytest

from autograde.commands.main import status
from autograde.course.layout import NEEDS_A_PERSON, ROOT
from autograde.environment import Finding
from autograde.sandbox import levels, self_test
from autograde.student import machine
from autograde.tools import machine as graders

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def root(tmp_path):
    """A folder with a lock of two packages that are there as pinned."""
    folder = tmp_path / "autograde" / "requirements"
    folder.mkdir(parents=True)
    pins = [f"{name}=={version(name)}" for name in ("numpy", "click")]
    (folder / "students.txt").write_text("# made\n" + " \\\n".join(pins) + "\n")
    return tmp_path


def lock(root):
    return root / "autograde" / "requirements" / "students.txt"


def test_packages_as_locked(root):
    assert machine.locked("students", root).ok
    assert "all 2" in machine.locked("students", root).text


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("numpy==1.0", f"numpy: {version('numpy')} for 1.0"),
        ("no-such-package==1.0", "no-such-package: missing"),
    ],
)
def test_packages_that_differ_are_named(root, line, told):
    lock(root).write_text(f"{line} \\\n    --hash=sha256:0\n", "utf-8")
    found = machine.locked("students", root)
    assert not found.ok and told in found.text and "--require-hashes" in found.mend


def test_packages_of_other_systems_are_not_missed(root):
    lock(root).write_text("no-such-package==1 ; sys_platform == 'other'\n", "utf-8")
    assert machine.locked("students", root).ok


def test_a_missing_lock_is_said(tmp_path):
    assert "unpack" in machine.locked("students", tmp_path).mend


def test_little_room(tmp_path, monkeypatch):
    assert machine.disk(tmp_path).ok and graders.room(tmp_path).ok
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _: Usage(1, 1, 10**7))
    assert not machine.disk(tmp_path).ok and machine.disk(tmp_path).mend
    assert not graders.room(tmp_path).ok


def test_a_copy_that_cannot_be_written(tmp_path):
    assert machine.copy(tmp_path / "work").ok  # it is made later
    assert machine.copy(tmp_path).ok and not list(tmp_path.iterdir())
    (tmp_path / "work").touch()
    assert not machine.copy(tmp_path / "work").ok


def test_file_names_that_cannot_hold_every_letter(monkeypatch):
    assert machine.encoding().ok
    monkeypatch.setattr(machine.sys, "getfilesystemencoding", lambda: "ascii")
    assert "LC_ALL" in machine.encoding().mend


def test_pytorch_and_a_kernel_are_found(monkeypatch):
    import torch

    assert machine.torch_build().ok and machine.kernel().ok
    assert torch.__version__ in machine.torch_build().text
    monkeypatch.setattr(torch.version, "cuda", "13.0")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    found = machine.torch_build()
    assert found.ok and "no GPU that it can use" in found.text
    monkeypatch.setitem(sys.modules, "torch", None)
    assert not machine.torch_build().ok


def test_walls_that_do_not_hold_are_a_fault(monkeypatch):
    nothing = self_test.Found(levels.NONE, {levels.LANDLOCK: "this kernel has none"})
    monkeypatch.setattr(self_test, "strongest", lambda: nothing)
    found = graders.walls()
    assert not found.ok and "this kernel has none" in found.text and found.mend
    weaker = self_test.Found(levels.LANDLOCK, {levels.NAMESPACES: "not allowed"})
    monkeypatch.setattr(self_test, "strongest", lambda: weaker)
    found = graders.walls()
    assert found.ok and "level 3 of 3" in found.text and "not allowed" in found.text


def test_no_browser_is_no_fault(monkeypatch):
    monkeypatch.setattr(graders.browser, "missing", lambda: "no Chromium")
    assert graders.browsers().ok and "make browser" in graders.browsers().text


def test_the_command_shows_both_and_ends_with_the_faults(monkeypatch, capsys):
    good, bad = (
        Finding("one", True, "is there"),
        Finding("two", False, "is not", "mend"),
    )
    monkeypatch.setattr(machine, "student_findings", lambda *_: [good])
    monkeypatch.setattr(graders, "grader_findings", lambda *_: [good])
    assert status(["doctor"]) == 0
    said = capsys.readouterr().out
    assert "For students" in said and "For graders" in said
    monkeypatch.setattr(graders, "grader_findings", lambda *_: [bad])
    assert status(["doctor"]) == NEEDS_A_PERSON
    assert "mend: mend" in capsys.readouterr().out


def test_a_students_archive_has_a_doctor_of_its_own(tmp_path):
    from autograde.authoring import prove

    course = prove.unpack(ROOT, tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "autograde", "doctor"],
        cwd=course,
        env=prove.alone(course),
        capture_output=True,
        encoding="utf-8",
    )
    assert "For students" in done.stdout and "For graders" not in done.stdout
    assert str(course / "work") in done.stdout, done.stderr
    assert "Traceback" not in done.stderr
