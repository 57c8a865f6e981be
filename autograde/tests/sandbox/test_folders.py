"""Folders that a submission filled are measured and removed, whatever their shape."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograde.sandbox import folders, landlock, levels
from autograde.sandbox.limits import MIB
from autograde.sandbox.sandbox import FOLDER_PREFIX, sweep
from autograde.tests.behind_walls import as_user

PLENTY = (100 * MIB, 100_000)
DEEP = 1500  # more than Python's recursion goes


def deep(folder: Path, name: str = "x", levels: int = DEEP) -> None:
    """Folders inside each other below `folder`, and a file in each."""
    folder.mkdir()
    place = os.open(folder, os.O_RDONLY)
    for _ in range(levels):
        os.mkdir(name, dir_fd=place)
        inner = os.open(name, os.O_RDONLY, dir_fd=place)
        os.close(place)
        place = inner
        os.close(os.open("file", os.O_CREAT | os.O_WRONLY, dir_fd=place))
    os.close(place)


@pytest.mark.parametrize(("name", "levels"), [("x", DEEP), ("y" * 250, 30)])
def test_deep_folders_are_too_much_and_are_removed(tmp_path, name, levels):
    folder = tmp_path / "work"
    deep(folder, name, levels)
    assert folders.is_full(str(folder), *PLENTY)
    folders.remove(str(folder))
    assert not folder.exists()


def test_what_is_usual_is_measured(tmp_path):
    for number in range(4):
        (tmp_path / "a" / "b" / str(number)).mkdir(parents=True)
        (tmp_path / "a" / "b" / str(number) / "file").write_bytes(bytes(MIB))
    entries = 10
    os.symlink("/usr", tmp_path / "link")
    assert not folders.is_full(str(tmp_path), 5 * MIB, entries + 1)
    assert folders.is_full(str(tmp_path), 3 * MIB, entries + 1)
    assert folders.is_full(str(tmp_path), 5 * MIB, entries)
    assert not folders.is_full(str(tmp_path / "gone"), 1, 1)


def test_a_link_leads_to_nothing_that_is_removed(tmp_path):
    kept = tmp_path / "kept"
    kept.mkdir(0o500)
    (tmp_path / "work").mkdir()
    os.symlink(kept, tmp_path / "work" / "link")
    os.symlink(tmp_path / "work", tmp_path / "work-link")
    folders.remove(str(tmp_path / "work-link"))
    assert (tmp_path / "work" / "link").is_symlink()
    folders.remove(str(tmp_path / "work"))
    assert not (tmp_path / "work").exists()
    assert kept.stat().st_mode & 0o777 == 0o500


CLOSED = """
import os, tempfile
from autograde.sandbox import folders
with tempfile.TemporaryDirectory(dir="/tmp") as base:
    work = base + "/work"
    os.makedirs(work + "/a/b")
    open(work + "/a/b/file", "w").close()
    os.chmod(work + "/a/b", 0o300)
    os.chmod(work + "/a", 0o300)
    print(os.getuid(), folders.is_full(work, 10**9, 10**9))
    folders.remove(work)
    print(os.path.exists(work))
"""


def test_folders_closed_to_their_owner_are_too_much_and_are_removed():
    run = as_user(CLOSED)
    assert run.stdout.split()[1:] == ["True", "False"], run.stdout + run.stderr


def test_deep_folders_of_a_dead_grader_are_swept(tmp_path):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    folder = tmp_path / f"{FOLDER_PREFIX}{gone.pid}-x"
    deep(folder)
    assert sweep(str(tmp_path)) == [str(folder)]
    assert not folder.exists()


NEST = f"""
import os
from autograde.sandbox import Limits, Sandbox
from autograde.tests.behind_walls import ENTRY, PATIENCE, ask, send
source = '''
import os, time
for _ in range({DEEP}):
    os.mkdir("x")
    os.chdir("x")
time.sleep(999)
'''
with Sandbox(Limits(), {levels.LANDLOCK!r}, preload=(), entry=ENTRY) as box:
    with box.open() as one, box.open() as other:
        send(one, source)
        print(one.wait(PATIENCE))
        print(ask(other, "answer = 6 * 7"))
    print(os.listdir(box._folder))
"""


@pytest.mark.parametrize("user", [0, 1234])
def test_a_submission_s_deep_folders_are_its_own_trouble(user):
    """At the level where its files lie on the machine's disk."""
    if not landlock.version():
        pytest.skip("this kernel has no Landlock")
    run = as_user(NEST, user=user)
    assert run.stdout.splitlines() == ["disk", "42", "[]"], run.stdout + run.stderr
