"""A class to grade: the real chapters, what students send, what they get."""

from __future__ import annotations

import json
import os
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook

from autograde.authoring.chapter import find_chapter
from autograde.course.layout import ROOT
from autograde.grading.nbgrader_setup import course_config
from autograde.grading.results import Results

CHAPTER = "01_gradient_descent"
STUDENTS = int(os.environ.get("AUTOGRADE_TEST_STUDENTS", "8"))


def awarded(course: Path, chapter: str) -> dict[str, dict[str, float]]:
    """The points of every student and exercise that count, from the store."""
    with Results(course / "grading") as results:
        return {
            result.student: {e["name"]: e["awarded"] for e in result.exercises}
            for result in results.all_newest(chapter)
        }


def gradebook_scores(course: Path, chapter: str) -> dict[str, float]:
    """The scores in nbgrader's gradebook, as Formgrader shows them."""
    config = course_config(course).CourseDirectory
    with Gradebook(config.db_url, config.course_id) as book:
        return {
            submission.student_id: round(submission.score, 4)
            for submission in book.assignment_submissions(chapter)
        }


def expected_points(simulated: dict) -> dict[str, dict[str, float]]:
    return {name: student["points"] for name, student in simulated.items()}


def solved() -> nbformat.NotebookNode:
    """A correct submission of the chapter."""
    chapter = find_chapter(CHAPTER)
    notebook = nbformat.read(ROOT / "chapters" / CHAPTER / f"{CHAPTER}.ipynb", 4)
    for cell in notebook.cells:
        info = cell.metadata.get("nbgrader", {})
        if info.get("solution") and cell.cell_type == "code":
            cell.source = chapter.solution(info["grade_id"])
    return notebook


def cell_of(notebook, grade_id: str):
    return next(
        cell
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id
    )


def notebook_bytes() -> bytes:
    return json.dumps(solved()).encode()
