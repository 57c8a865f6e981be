"""What of a chapter is not in a submission, said to the person who looks at it."""

from __future__ import annotations

from autograde.notebooks.cells import (
    OURS,
    exercise_of,
    grade_id,
    is_solution,
    nbgrader_info,
)
from autograde.notebooks.code_answers import written
from autograde.notebooks.draft import Draft
from autograde.notebooks.own_cells import listed
from autograde.notebooks.placing import Placed, same_text


def say_what_is_missing(draft: Draft) -> None:
    """Name the cells with points that are not there, or say that none is."""
    if not any(item.cell.source.strip() for item in draft.placed):
        draft.say("the notebook is empty")
        return
    there = {item.index for item in draft.placed}
    solutions: list[str] = []
    checks: list[str] = []
    for index, cell in enumerate(draft.cells):
        left_out = cell.metadata.get(OURS, {}).get("not_run")
        if nbgrader_info(cell) and index not in there and not left_out:
            (solutions if is_solution(cell) else checks).append(grade_id(cell))
    is_here = any(_is_of_this_chapter(item, draft) for item in draft.placed)
    if (solutions or checks) and not is_here:
        draft.say("nothing in the notebook is of this chapter; it may be another's")
        return
    if solutions:
        draft.say(f"the cell for the answer is missing: {listed(solutions)}")
    if checks:
        draft.say(f"the check cell is missing: {listed(checks)}")


def _is_of_this_chapter(item: Placed, draft: Draft) -> bool:
    """Whether a submitted cell is surely one of this chapter's that are graded.

    A stub without a name of its own is like those of other chapters.
    """
    cell, mine = draft.home(item), item.cell
    if cell is None:
        return False
    return bool(nbgrader_info(cell)) and (
        grade_id(cell) in (mine.grade_id, mine.cell_id)
        or cell.id == mine.cell_id
        or bool(written(mine.source, draft.stubs))
        or (bool(exercise_of(cell)) and same_text(mine.source, cell.source))
    )
