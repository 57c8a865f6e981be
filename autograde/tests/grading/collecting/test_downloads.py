"""Collecting: downloads as platforms and people make them, told by their names."""

from __future__ import annotations

import os

import pytest

from autograde.commands.main import status
from autograde.tests.grading.collecting.archived import ARCHIVES
from autograde.tests.grading.collecting.downloads import ONE, A, B, bob, lay, taken
from autograde.tests.grading.collecting.folders import FOLDERS
from autograde.tests.grading.collecting.platforms import PLATFORMS

DOWNLOADS = {**FOLDERS, **PLATFORMS, **ARCHIVES}


@pytest.mark.parametrize("name", DOWNLOADS)
def test_a_download(name, root, tmp_path, capsys):
    files, expected, looks = DOWNLOADS[name]
    folder = tmp_path / "in"
    folder.mkdir()
    assert status(["collect", str(lay(folder, files)), "--root", str(root)]) == (
        1 if looks else 0
    )
    out = capsys.readouterr().out
    assert taken(root) == expected, out
    marks = ("  NEEDS A PERSON:", "  not used:")
    assert sum(line.startswith(marks) for line in out.splitlines()) == looks, out
    before = taken(root)
    status(["collect", str(folder), "--root", str(root)])
    assert taken(root) == before, "collecting the same again changes nothing"


def test_names_that_are_no_text(root, tmp_path, capsys):
    folder = tmp_path / "in"
    folder.mkdir()
    lay(folder, {f"bob/{ONE}.ipynb": B})
    odd = os.fsencode(folder) + b"/" + "ä\x1b[31m\n".encode("latin-1")
    os.mkdir(odd)
    with open(odd + b"/" + ONE.encode() + b".ipynb", "wb") as file:
        file.write(A)
    (folder / "link.ipynb").symlink_to("/etc/passwd")
    status(["collect", str(folder), "--root", str(root)])
    assert taken(root)[bob] == B
    assert len(taken(root)) == 2
    assert "\x1b" not in capsys.readouterr().out


def test_a_folder_that_is_not_there(root, capsys):
    assert status(["collect", "nowhere", "--root", str(root)]) == 2
    assert "There is no nowhere" in capsys.readouterr().err
