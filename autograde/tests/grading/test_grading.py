"""A class is graded: the scores that it must get."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograde.authoring.chapter import chapters, find_chapter
from autograde.course.layout import ROOT
from autograde.grading.class_run import grade_class
from autograde.grading.nbgrader_setup import course_config
from autograde.grading.simulate import simulate_class
from autograde.tests.graded_class import (
    CHAPTER,
    STUDENTS,
    awarded,
    expected_points,
    gradebook_scores,
    notebook_bytes,
)

pytestmark = pytest.mark.usefixtures("walls")


@pytest.mark.parametrize(
    "chapter", [c for c in chapters() if c.exercises], ids=lambda c: c.name
)
def test_every_student_gets_exactly_the_expected_points(chapter, course):
    simulated = simulate_class(course, chapter, STUDENTS)
    summary = grade_class(course, [chapter.name], quiet=True)
    assert summary.problems == []
    assert summary.graded == STUDENTS
    points = awarded(course, chapter.name)
    assert points == expected_points(simulated)
    totals = {name: round(sum(p.values()), 4) for name, p in points.items()}
    assert gradebook_scores(course, chapter.name) == totals
    full = sum(exercise.points for exercise in chapter.exercises)
    assert totals["student0000"] == pytest.approx(full)
    assert totals["student0001"] == 0.0, "a blank notebook earned points"
    again = grade_class(course, [chapter.name], quiet=True)
    assert (again.graded, again.unchanged) == (0, STUDENTS)


def _write(folder: Path, content: bytes) -> None:
    (folder / f"{CHAPTER}.ipynb").write_bytes(content)


def _link(folder: Path) -> None:
    (folder / f"{CHAPTER}.ipynb").symlink_to("/etc/hostname")


def _newer_format(folder: Path) -> None:
    _write(folder, notebook_bytes().replace(b'"nbformat": 4', b'"nbformat": 5'))


UNREADABLE = {
    "no notebook": (lambda folder: None, "no notebook in the folder"),
    "not JSON": (lambda folder: _write(folder, b"{'cells': "), "not JSON"),
    "empty": (lambda folder: _write(folder, b" \n"), "the file is empty"),
    "no cells": (lambda folder: _write(folder, b'{"nbformat": 4}'), "no list of cells"),
    "a newer format": (_newer_format, "notebook format 5"),
    "a link": (_link, "is a link"),
}


def test_unreadable_submissions_are_named_and_stop_nobody(course):
    submitted = course / "grading" / "submitted"
    for name in UNREADABLE:
        folder = submitted / name.replace(" ", "-") / CHAPTER
        folder.mkdir(parents=True)
        _write(folder, notebook_bytes())
    grade_class(course, [CHAPTER], quiet=True)
    assert min(gradebook_scores(course, CHAPTER).values()) > 0
    for name, (make, _) in UNREADABLE.items():
        folder = submitted / name.replace(" ", "-") / CHAPTER
        (folder / f"{CHAPTER}.ipynb").unlink()
        make(folder)
    good = submitted / "zoe" / CHAPTER
    good.mkdir(parents=True)
    (good / "my copy.ipynb").write_bytes(notebook_bytes())
    (good / "timestamp.txt").write_text("the day before yesterday-ish 99:99")
    summary = grade_class(course, [CHAPTER], quiet=True)
    for name, (_, words) in UNREADABLE.items():
        lines = [
            p for p in summary.problems if p.startswith(name.replace(" ", "-") + ",")
        ]
        assert len(lines) == 1 and words in lines[0], summary.problems
    scores = gradebook_scores(course, CHAPTER)
    assert scores.pop("zoe") > 0
    assert set(scores.values()) == {0.0}, "an old score was kept"
    said = "\n".join(summary.notes)
    assert "renamed notebook my copy.ipynb" in said and "is no date" in said


def test_of_two_notebooks_the_one_with_the_chapters_name_counts(course):
    folder = course / "grading" / "submitted" / "ada" / CHAPTER
    folder.mkdir(parents=True)
    (folder / f"{CHAPTER}.ipynb").write_bytes(notebook_bytes())
    os.utime(folder / f"{CHAPTER}.ipynb", (1_000_000_000, 1_000_000_000))
    blank = ROOT / "chapters" / CHAPTER / f"{CHAPTER}.ipynb"
    (folder / f"{CHAPTER} (1).ipynb").write_bytes(blank.read_bytes())
    summary = grade_class(course, [CHAPTER], quiet=True)
    assert gradebook_scores(course, CHAPTER) == {
        "ada": sum(exercise.points for exercise in find_chapter(CHAPTER).exercises)
    }
    said = [*summary.notes, *summary.problems]
    assert any(f"{CHAPTER} (1).ipynb" in line for line in said), said


def test_nbgrader_autograde_gives_the_same_scores(course):
    simulate_class(course, find_chapter(CHAPTER), 4)
    grade_class(course, [CHAPTER], quiet=True)
    ours = gradebook_scores(course, CHAPTER)
    config = course / "config"
    config.mkdir()
    (config / "nbgrader_config.py").write_text(
        "from pathlib import Path\n"
        "from autograde.grading.nbgrader_setup import course_config\n"
        f"get_config().merge(course_config(Path({str(course)!r})))\n"
    )
    with Gradebook(course_config(course).CourseDirectory.db_url) as book:
        for submission in book.assignment_submissions(CHAPTER):
            for grade in submission.notebooks[0].grades:
                grade.auto_score = 0.123
        book.db.commit()
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "autograde", CHAPTER, "--force"],
        cwd=course,
        env=os.environ | {"JUPYTER_CONFIG_PATH": str(config)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert gradebook_scores(course, CHAPTER) == ours
