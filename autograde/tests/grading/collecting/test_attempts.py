"""Collecting several works of one student: by their times, or for a person."""

from __future__ import annotations

import os

import pytest

from autograde.commands.main import status
from autograde.grading.collect import Collection
from autograde.tests.grading.collecting.downloads import (
    ONE,
    A,
    B,
    C,
    ada,
    file_name,
    lay,
    sent,
    taken,
    zipped,
)


def test_attempts(root, tmp_path):
    folder = tmp_path / "in"
    lay(
        folder, {file_name("ada"): sent("ada", A), file_name("ada", 11): sent("ada", B)}
    )
    os.utime(folder / file_name("ada"), (1e9, 1e9))
    assert status(["collect", str(folder), "--root", str(root)]) == 1
    assert taken(root) == {}
    args = ["collect", str(folder), "--root", str(root), "--attempts", "last"]
    assert status(args) == 0
    assert taken(root) == {ada: B}


def test_the_best_attempt(root, tmp_path):
    folder = lay(
        tmp_path / "in",
        {
            f"T_ada_attempt_2026-01-09-10-00-00_{ONE}.ipynb": B,
            f"T_ada_attempt_2026-01-08-23-00-00_{ONE}.ipynb": A,
        },
    )

    def most_a(chapter, contents):
        assert chapter == ONE and contents == [A, B]
        return 0

    Collection(root, attempts="best", best=most_a).take([folder])
    assert taken(root) == {ada: A}


WEEKS = {  # the same task of one class, downloaded again a week later
    week: zipped(
        {
            f"Ada_1_assignsubmission_file_/{ONE}.ipynb": content,
            f"Bob_2_assignsubmission_file_/{ONE}.ipynb": B,
        }
    )
    for week, content in (("first.zip", A), ("second.zip", C))
}


@pytest.mark.parametrize("given", ["a folder", "each"])
def test_a_class_downloaded_week_after_week(root, tmp_path, given):
    """What lies in two archives did not come at once."""
    folder = lay(tmp_path / "in", WEEKS)
    os.utime(folder / "first.zip", (1e9, 1e9))
    of = [folder] if given == "a folder" else [folder / name for name in WEEKS]
    args = ["collect", *map(str, of), "--root", str(root)]
    assert status(args) == 1
    assert taken(root) == {f"Bob/{ONE}": B}
    assert status([*args, "--attempts", "last"]) == 0
    assert taken(root) == {f"Ada/{ONE}": C, f"Bob/{ONE}": B}


def test_two_folders_are_two_attempts_and_told_apart(root, tmp_path, capsys):
    lay(tmp_path, {f"w1/ada/{ONE}.ipynb": A, f"w2/ada/{ONE}.ipynb": B, "w2/x.pdf": b""})
    given = [str(tmp_path / week) for week in ("w1", "w2")]
    assert status(["collect", *given, "--root", str(root)]) == 1
    out = capsys.readouterr().out
    assert f"w1/ada/{ONE}.ipynb, w2/ada/{ONE}.ipynb" in out
    assert "w2/x.pdf: no notebook" in out
