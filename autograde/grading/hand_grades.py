"""Points that a person gave stay settled while the answer and its points are the same.

Which answer a person has read is known from the graded notebook that a new one takes
the place of.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from nbformat import NotebookNode

from autograde.course.layout import notebook_path
from autograde.notebooks.cells import (
    exercise_of,
    grade_id,
    is_added,
    is_graded,
    is_solution,
    nbgrader_info,
)

if TYPE_CHECKING:
    from nbgrader.api import Grade

MAX_BYTES = 8 * 2**20  # of a graded notebook that is read once more
#: answers of a graded notebook: a digest by the grade id of the cell with the points
Answers = dict[str, str]


def answers_of(notebook: NotebookNode) -> Answers:
    """What is graded in each cell with points: the answer, and what it is worth.

    Prose is its own text and pictures. Code is its solution cell with all cells that
    the student has added, since it may use them.
    """
    added = [cell.source for cell in notebook.cells if is_added(cell)]
    code = {grade_id(cell): cell.source for cell in notebook.cells if is_solution(cell)}
    found: Answers = {}
    for cell in notebook.cells:
        if not is_graded(cell):
            continue
        parts = [float(nbgrader_info(cell).get("points", 0))]
        if exercise_of(cell):
            parts += [code.get(exercise_of(cell), ""), *added]
        else:
            parts += [cell.source, cell.get("attachments", {})]
        text = json.dumps(parts, sort_keys=True).encode("utf-8", "replace")
        found[grade_id(cell)] = hashlib.sha256(text).hexdigest()
    return found


def answers_in(folder: Path) -> Answers:
    """The answers of the graded notebook in a chapter's `folder`; none without it."""
    try:
        if notebook_path(folder).stat().st_size > MAX_BYTES:
            return {}
        text = notebook_path(folder).read_text("utf-8")
        return answers_of(nbformat.v4.reads(text))
    except (OSError, ValueError, KeyError, AttributeError):
        return {}


def needs_a_person(grade: Grade, same_answer: bool) -> bool:
    """Whether `grade` waits, now that its `auto_score` is that of the new answer."""
    if grade.manual_score is None:
        return grade.auto_score is None
    return grade.needs_manual_grade or not same_answer
