"""Submissions are found with their times; a run that breaks says so by its status."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import datetime

import nbformat
import pytest

from autograde.authoring.chapter import find_chapter
from autograde.course.layout import CANNOT_RUN, ROOT
from autograde.grading.submissions import Submission, find_submissions, strays
from autograde.notebooks.submitted import UnreadableSubmission
from autograde.tests.graded_class import CHAPTER as CHAPTER_01
from autograde.tests.graded_class import cell_of, solved
from autograde.tests.grading.odd_edits import RELEASED

CHAPTER = "01_small"


@pytest.fixture
def new_york(monkeypatch):
    """A machine whose clock does not show UTC."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-10 12:00:00 UTC",
        "2026-01-10 12:00:00",
        "2026-01-10T07:00:00-05:00",
        "2026-01-10 13:00:00.000000 +0100",
    ],
)
def test_the_time_of_a_submission_is_in_utc(tmp_path, new_york, text):
    folder = tmp_path / "ada" / CHAPTER
    folder.mkdir(parents=True)
    (folder / f"{CHAPTER}.ipynb").write_text("{}")
    (folder / "timestamp.txt").write_text(text)
    (found,) = find_submissions(tmp_path, [CHAPTER])
    assert found.timestamp == datetime(2026, 1, 10, 12)


@pytest.mark.parametrize(
    "text", ["9999-12-31 23:59:59-1400", f"-24:00{'9' * 42}am-24:00GMT+3", "1e999"]
)
def test_a_time_that_no_clock_shows_is_none(tmp_path, text):
    folder = tmp_path / "ada" / CHAPTER
    folder.mkdir(parents=True)
    (folder / f"{CHAPTER}.ipynb").write_text("{}")
    (folder / "timestamp.txt").write_text(text)
    (found,) = find_submissions(tmp_path, [CHAPTER])
    assert found.timestamp is None and "ignored" in found.notes[0]


def test_an_error_of_the_grader_is_not_the_status_that_names_submissions(tmp_path):
    folder = tmp_path / "chapters" / CHAPTER
    folder.mkdir(parents=True)
    (folder / "checks.safetensors").write_bytes(b"")  # and no notebook beside it
    done = subprocess.run(
        [sys.executable, "-m", "autograde", "grade", "--root", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == CANNOT_RUN
    assert "The grader itself failed" in done.stderr
    assert f"{CHAPTER}.ipynb" in done.stderr


def test_what_lies_in_the_wrong_place_is_named(tmp_path):
    assert "nothing was handed in" in next(strays(tmp_path / "none", [CHAPTER]))
    for path in (f"ada/{CHAPTER}/{CHAPTER}.ipynb", "bob/01-small/x.ipynb"):
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text("{}")
    for path in ("eve.zip", ".hidden", f"ada/{CHAPTER}.ipynb"):
        (tmp_path / path).write_text("")
    said = list(strays(tmp_path, [CHAPTER]))
    assert [line.split()[0] for line in said] == [
        f"ada/{CHAPTER}.ipynb",
        "bob/01-small",
        "eve.zip",
    ]
    assert all("not graded" in line.replace("\n", " ") for line in said)


def handed_in(root, **notebooks):
    """A student's folder with a notebook of each name, from early to late."""
    folder = root / "grading" / "submitted" / "ada" / CHAPTER_01
    folder.mkdir(parents=True)
    for number, (name, notebook) in enumerate(notebooks.items()):
        path = folder / f"{name.replace('_1', ' (1)')}.ipynb"
        path.write_text(nbformat.writes(notebook))
        os.utime(path, (1000 + number, 1000 + number))
    chapters = root / "chapters"
    if not chapters.exists():
        chapters.symlink_to(ROOT / "chapters")
    (found,) = find_submissions(folder.parent.parent, [CHAPTER_01])
    return found


def test_the_notebook_with_the_chapters_name_comes_first(tmp_path):
    other = solved()
    cell_of(other, "mse_loss").source = "pass"
    found = handed_in(tmp_path, **{CHAPTER_01: solved(), "Untitled": other})
    assert (found.problem, found.path.name) == ("", f"{CHAPTER_01}.ipynb")
    assert "that with the chapter's name counts" in found.notes[0]
    assert "not Untitled.ipynb" in found.notes[0]


def test_a_name_like_the_chapters_comes_before_others(tmp_path):
    found = handed_in(tmp_path, **{f"{CHAPTER_01}_1": solved(), "Untitled": solved()})
    assert found.path.name == f"{CHAPTER_01} (1).ipynb"


@pytest.mark.parametrize("blank", [RELEASED, nbformat.v4.new_notebook()])
def test_a_nearly_empty_choice_beside_a_full_one_is_for_a_person(tmp_path, blank):
    found = handed_in(tmp_path, **{"Untitled": solved(), CHAPTER_01: blank})
    assert found.path is None
    assert "Untitled.ipynb" in found.problem
    assert f" {len(find_chapter(CHAPTER_01).exercises)};" in found.problem


def test_an_empty_notebook_beside_the_right_one_disturbs_nobody(tmp_path):
    empty = nbformat.v4.new_notebook()
    found = handed_in(tmp_path, **{CHAPTER_01: solved(), "Untitled": empty})
    assert (found.problem, found.path.name) == ("", f"{CHAPTER_01}.ipynb")


def test_a_work_is_recorded_as_it_was_graded_not_as_it_lies_there_by_then(tmp_path):
    path = tmp_path / "work.ipynb"
    path.write_text("{}")
    submission = Submission("ada", "01_gradient_descent", path)
    submission.read()
    graded = submission.digest()
    path.write_text('{"cells": []}')  # collected again meanwhile
    assert submission.digest() == graded
    later = Submission("ada", "01_gradient_descent", path)
    assert later.digest() != graded
    path.unlink()
    with pytest.raises(UnreadableSubmission):
        submission.read()
    assert submission.digest().startswith("unreadable")


def test_a_folder_without_a_notebook_says_what_is_in_it(tmp_path):
    folder = tmp_path / "ada" / CHAPTER
    folder.mkdir(parents=True)
    (found,) = find_submissions(tmp_path, [CHAPTER])
    assert found.problem == "no notebook in the folder"
    for name in (f"{CHAPTER}.ipynb.txt", "b.pdf", "c.pdf", "d.pdf", "timestamp.txt"):
        (folder / name).write_text("x")
    (found,) = find_submissions(tmp_path, [CHAPTER])
    assert f"in it: {CHAPTER}.ipynb.txt, b.pdf, c.pdf and 1 more" in found.problem
