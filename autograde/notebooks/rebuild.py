"""Make the notebook that is graded: the released one, with a student's own work in it.

Of a submission only sources and pictures are taken. Cells stand where the student put
them. Tags, metadata, kernel names and check cells come from the release, whatever the
submission says; outputs come from nobody but the grader.

`_draft_of` takes the steps in their order; the larger ones have modules of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import nbformat
from nbformat import NotebookNode

from autograde.notebooks.assembling import assemble
from autograde.notebooks.cells import OURS, grade_id, is_needed, is_prose_answer
from autograde.notebooks.choosing import choose
from autograde.notebooks.code_answers import (
    without_fences,
    without_left_raise,
    written,
)
from autograde.notebooks.draft import Draft
from autograde.notebooks.editions import of_one_edition
from autograde.notebooks.lost_answers import (
    find_lost_cells,
    leave_stubs_out,
    take_code_from_text,
)
from autograde.notebooks.missing import say_what_is_missing
from autograde.notebooks.order import put_checks_below
from autograde.notebooks.own_cells import listed
from autograde.notebooks.prose_answers import find_answer
from autograde.notebooks.sanitize import harmless_prose
from autograde.notebooks.submitted import SubmittedCell, read_cells


@dataclass
class Rebuilt:
    """A notebook to be graded, and one sentence for everything that was put right."""

    notebook: NotebookNode
    notes: list[str] = field(default_factory=list)


def rebuild(
    released: NotebookNode,
    submitted: bytes,
    editions: Mapping[str, NotebookNode] | None = None,
) -> Rebuilt:
    """Return the released notebook with the work found in the submitted file.

    It is of the edition that the submission is of: `released` or one of `editions`.
    Raises UnreadableSubmission where the file is no notebook of format 4.
    """
    edition, cells = of_one_edition(released, editions or {}, read_cells(submitted))
    draft = _draft_of(edition, cells)
    return Rebuilt(draft.notebook, draft.notes)


def count_answers(
    released: NotebookNode,
    submitted: bytes,
    editions: Mapping[str, NotebookNode] | None = None,
) -> int:
    """How many exercises and questions of `released` have an answer in a submission.

    Raises UnreadableSubmission where the file is no notebook of format 4.
    """
    edition, cells = of_one_edition(released, editions or {}, read_cells(submitted))
    draft = _draft_of(edition, cells)
    sources = [cell.source for cell in draft.cells if is_needed(cell)]
    done = set().union(*(written(source, draft.stubs) for source in sources))
    prose = {grade_id(cell): cell for cell in edition.cells if is_prose_answer(cell)}
    answered = [
        cell
        for cell in draft.cells
        if grade_id(cell) in prose and cell.source != prose[grade_id(cell)].source
        if not cell.metadata.get(OURS, {}).get("waits")
    ]
    return len(done) + len(answered)


def _draft_of(released: NotebookNode, submitted: Iterable[SubmittedCell]) -> Draft:
    """Place the submitted cells, find what is written where, and put all together."""
    draft = Draft.of(released, submitted)
    _pass_over_fences(draft)
    _pass_over_left_raises(draft)
    choose(draft)
    take_code_from_text(draft)
    find_lost_cells(draft)
    leave_stubs_out(draft)
    say_what_is_missing(draft)
    _take_prose_answers(draft)
    draft.notebook.cells = assemble(draft)
    draft.notes += put_checks_below(draft.notebook.cells)
    return draft


def _pass_over_fences(draft: Draft) -> None:
    left: list[str] = []
    for item in draft.placed:
        if item.cell.is_code:
            item.cell.source, names = without_fences(item.cell.source, draft.stubs)
            left += sorted(names)
    if left:
        draft.say(f"Markdown's fences were left out of the code of: {listed(left)}")


def _pass_over_left_raises(draft: Draft) -> None:
    left: list[str] = []
    for item in draft.placed:
        if item.cell.is_code:
            item.cell.source, names = without_left_raise(item.cell.source)
            left += names
    if left:
        names_ = listed(left)
        draft.say(f"the stub's raise above the answer was left out: {names_}")


def _take_prose_answers(draft: Draft) -> None:
    """Put what answers a question into its cell, or say why it waits for a person."""
    for index, cell in enumerate(draft.cells):
        if not is_prose_answer(cell):
            continue
        answer = find_answer(draft.cells, index, draft.placed)
        for item in draft.placed:
            item.taken = item.taken or item.index == index
        if answer.untouched:
            continue
        name = grade_id(cell)
        cell.source = harmless_prose(answer.source, answer.attachments)
        if answer.attachments:
            cell.attachments = nbformat.from_dict(answer.attachments)
        if answer.waits:
            cell.metadata[OURS] = {"waits": answer.waits}
            draft.say(f"{name} waits for a person: {answer.waits}")
