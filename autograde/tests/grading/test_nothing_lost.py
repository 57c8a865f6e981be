"""Nothing is lost: not by a kill, a full disk, a locked gradebook, fallen walls."""

from __future__ import annotations

import errno
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograde.authoring.chapter import find_chapter
from autograde.course.layout import CannotRun
from autograde.grading import gradebook
from autograde.grading.class_run import grade_class
from autograde.grading.hidden import hidden_checks
from autograde.grading.results import Results
from autograde.grading.simulate import simulate_class
from autograde.sandbox import Sandbox
from autograde.tests.graded_class import (
    CHAPTER,
    awarded,
    expected_points,
    gradebook_scores,
    notebook_bytes,
)
from autograde.tests.one_term import link_chapters

pytestmark = pytest.mark.usefixtures("walls")


@pytest.fixture
def course(tmp_path: Path, term) -> Path:
    """A course folder whose gradebook knows the chapter."""
    return term.begin(link_chapters(tmp_path), entered=CHAPTER)


def test_a_killed_run_goes_on_where_it_stopped(course):
    simulated = simulate_class(course, find_chapter(CHAPTER), 6)
    hidden_checks(course, CHAPTER)
    command = [
        sys.executable,
        "-m",
        "autograde",
        "grade",
        CHAPTER,
        "--root",
        str(course),
    ]
    kills = 0
    rng = random.Random(5)
    for _ in range(3):
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wanted = len(awarded(course, CHAPTER)) + 1
        deadline = time.monotonic() + 600
        while len(awarded(course, CHAPTER)) < wanted and process.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        time.sleep(rng.random() * 0.3)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            kills += 1
        process.wait()
    assert kills >= 1, "the run was over before it could be killed"
    grade_class(course, [CHAPTER], quiet=True)
    assert awarded(course, CHAPTER) == expected_points(simulated)
    totals = {
        n: round(sum(p.values()), 4) for n, p in expected_points(simulated).items()
    }
    assert gradebook_scores(course, CHAPTER) == totals


def test_a_second_run_says_so_and_stops(course):
    import fcntl

    grading = course / "grading"
    with open(grading / "run.lock", "a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(CannotRun, match="Another grading run"):
            grade_class(course, [CHAPTER], quiet=True)


def test_a_full_disk_gets_a_sentence_and_loses_nothing(course, monkeypatch):
    simulated = simulate_class(course, find_chapter(CHAPTER), 4)
    room = iter([True, True])

    def replace_file(target, content, original=gradebook.replace_file):
        if not next(room, False):
            raise OSError(errno.ENOSPC, "No space left on device", str(target))
        original(target, content)

    with monkeypatch.context() as patch:
        patch.setattr(gradebook, "replace_file", replace_file)
        with pytest.raises(CannotRun, match="The disk is full"):
            grade_class(course, [CHAPTER], quiet=True)
    assert len(awarded(course, CHAPTER)) == 2
    summary = grade_class(course, [CHAPTER], quiet=True)
    assert (summary.graded, summary.unchanged) == (2, 2)
    assert awarded(course, CHAPTER) == expected_points(simulated)


def test_a_locked_gradebook_gets_a_sentence_and_loses_nothing(course):
    simulated = simulate_class(course, find_chapter(CHAPTER), 2)
    gradebook.prepare_gradebook(course, CHAPTER)
    with sqlite3.connect(course / "grading" / "gradebook.db") as other:
        other.execute("begin exclusive")
        with pytest.raises(CannotRun, match="locked by another program"):
            grade_class(course, [CHAPTER], quiet=True)
        other.rollback()
    grade_class(course, [CHAPTER], quiet=True)
    assert awarded(course, CHAPTER) == expected_points(simulated)


def _losing(monkeypatch, when) -> Iterator[int]:
    """Let the warm process, and all that it forked, be killed after some openings."""
    numbers, real = iter(range(10_000)), Sandbox.open

    def opened(box):
        connection = real(box)
        if when(next(numbers)):
            box._process.kill()
        return connection

    monkeypatch.setattr(Sandbox, "open", opened)
    return numbers


def test_a_lost_sandbox_costs_no_one_a_point(course, monkeypatch):
    """The machine may end the warm process, and all that it forked, at any moment."""
    simulated = simulate_class(course, find_chapter(CHAPTER), 4)
    lose = _losing(monkeypatch, lambda number: number in (1, 2, 4))
    summary = grade_class(course, [CHAPTER], quiet=True)
    assert next(lose) > 6
    assert summary.problems == []
    assert awarded(course, CHAPTER) == expected_points(simulated)


def test_a_sandbox_lost_again_and_again_is_the_graders_own_error(course, monkeypatch):
    simulate_class(course, find_chapter(CHAPTER), 1)

    _losing(monkeypatch, lambda number: True)
    summary = grade_class(course, [CHAPTER], quiet=True)
    assert "the grader failed" in summary.problems[0]
    with Results(course / "grading") as results:
        assert [result.failed for result in results.all_newest(CHAPTER)] == [True]
    monkeypatch.undo()
    assert grade_class(course, [CHAPTER], quiet=True).problems == []


def test_a_result_that_cannot_be_recorded_stops_no_other(course, monkeypatch):
    simulated = simulate_class(course, find_chapter(CHAPTER), 3)

    def write(book, graded, submission):
        if graded.student == "student0000" and graded.notebook:
            raise ValueError("not to be written")
        return original_write(book, graded, submission)

    original_write = gradebook.CourseGradebook._write_notebook
    monkeypatch.setattr(gradebook.CourseGradebook, "_write_notebook", write)
    summary = grade_class(course, [CHAPTER], quiet=True)
    (problem,) = summary.problems
    assert problem.startswith("student0000") and "not to be written" in problem
    expected = expected_points(simulated)
    assert awarded(course, CHAPTER) == expected | {"student0000": {}}
    monkeypatch.undo()
    assert grade_class(course, [CHAPTER], quiet=True).graded == 1
    assert awarded(course, CHAPTER) == expected


def test_folders_that_cannot_be_read_stop_no_one(course):
    submitted = course / "grading" / "submitted"
    for name in (b"ada", b"\xff\xfe"):
        folder = os.path.join(os.fsencode(submitted), name, CHAPTER.encode())
        os.makedirs(folder)
        with open(os.path.join(folder, f"{CHAPTER}.ipynb".encode()), "wb") as file:
            file.write(notebook_bytes())
    summary = grade_class(course, [CHAPTER], quiet=True)
    assert any("not UTF-8" in line for line in summary.problems)
    assert sum(awarded(course, CHAPTER)["ada"].values()) > 0
