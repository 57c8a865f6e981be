"""What a cell of a notebook is: each decision about cells is taken here, once."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode

from autograde.course.layout import check_of, is_check_name

#: what an added or rebuilt cell says of itself, under this key of its metadata
OURS = "autograde"
# Cells are asked by item here: their attributes are looked up by slow Python code.


def nbgrader_info(cell: NotebookNode) -> dict[str, Any]:
    """What nbgrader knows of a cell; empty where that is nothing."""
    return cell["metadata"].get("nbgrader", {})


def grade_id(cell: NotebookNode) -> str:
    return nbgrader_info(cell).get("grade_id", "")


def is_graded(cell: NotebookNode) -> bool:
    """Whether the cell carries points: a check, a prose answer or a task."""
    info = nbgrader_info(cell)
    return bool(info.get("grade") or info.get("task"))


def is_solution(cell: NotebookNode) -> bool:
    """Whether a student's answer belongs into the cell, code or prose."""
    return bool(nbgrader_info(cell).get("solution"))


def is_code_answer(cell: NotebookNode) -> bool:
    """Whether the cell is where an exercise is to be written."""
    return cell["cell_type"] == "code" and is_solution(cell)


def is_prose_answer(cell: NotebookNode) -> bool:
    """Whether the cell holds an answer that a person grades."""
    return is_solution(cell) and bool(nbgrader_info(cell).get("grade"))


def exercise_of(cell: NotebookNode) -> str | None:
    """The exercise that a check cell grades, or None."""
    info = nbgrader_info(cell)
    if info.get("grade") and not info.get("solution") and cell["cell_type"] == "code":
        return check_of(info["grade_id"])
    return None


def is_setup(cell: NotebookNode) -> bool:
    """Whether the cell's imports and settings are needed by everything after it."""
    return cell["cell_type"] == "code" and "setup" in cell["metadata"].get("tags", [])


def is_added(cell: NotebookNode) -> bool:
    """Whether `cell` came from the student, beside the cells that ask for an answer."""
    return bool(cell["metadata"].get(OURS, {}).get("added"))


def is_needed(cell: NotebookNode) -> bool:
    """Whether grading runs the cell: set-up, answers, checks, a student's own cells.

    Demonstrations are not, nor a stub whose exercise is written in another cell.
    """
    if cell["cell_type"] != "code":
        return False
    ours = cell["metadata"].get(OURS, {})
    if ours.get("not_run"):
        return False
    if is_setup(cell) or nbgrader_info(cell):
        return True
    return bool(ours.get("added")) and not ours.get("demonstration")


def is_left_out(cell: NotebookNode) -> bool:
    """Whether a code cell runs only where what it defines turns out to be missing."""
    return (
        cell["cell_type"] == "code"
        and not is_needed(cell)
        and not cell["metadata"].get(OURS, {}).get("not_run")
    )


def called(cell: NotebookNode) -> str:
    """How a sentence names a cell of the course."""
    name = grade_id(cell)
    if is_check_name(name):
        return f"the check of {check_of(name)}"
    if name:
        return f"the cell of {name}"
    first = next((line for line in cell["source"].splitlines() if line.strip()), "")
    return f"the cell “{first.strip('# ')[:40]}”"
