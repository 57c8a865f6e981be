"""Submissions are found with their times; a run that breaks says so by its status."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import datetime

import pytest

from autograde.course.layout import CANNOT_RUN, ROOT
from autograde.grading.submissions import find_submissions, strays

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
