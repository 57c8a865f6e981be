"""Which of several submitted cells takes a released cell's place."""

from __future__ import annotations

from nbformat import NotebookNode

from autograde.notebooks.cells import grade_id, is_code_answer, is_prose_answer
from autograde.notebooks.code_answers import Stubs, is_released, written
from autograde.notebooks.draft import Draft
from autograde.notebooks.own_cells import listed
from autograde.notebooks.placing import Placed, same_text


def choose(draft: Draft) -> None:
    """Of several cells in one place choose one; the others stay or say nothing.

    All cells of a prose answer are looked at later, so none of them is chosen.
    """
    groups: dict[int, list[Placed]] = {}
    for item in draft.placed:
        if item.index is not None:
            groups.setdefault(item.index, []).append(item)
    copies: list[str] = []
    for index, group in groups.items():
        cell = draft.cells[index]
        if not is_prose_answer(cell):
            copies += _choose_one(cell, group, draft.stubs)
    if copies:
        draft.say(f"copies that stay plain cells: {listed(copies)}")


def _choose_one(cell: NotebookNode, group: list[Placed], stubs: Stubs) -> list[str]:
    """Let one of `group` take the place of `cell`; the names of copies that stay."""
    chosen = _best(cell, group, stubs)
    if chosen is not None:
        chosen.takes_place = True
    known = [cell.source, chosen.cell.source if chosen is not None else ""]
    copies = []
    for item in group:
        if item is chosen:
            continue
        if any(same_text(item.cell.source, text) for text in known):
            item.taken = True
            continue
        if item.cell.is_code or cell.cell_type == "code":
            if item.cell.grade_id and item.cell.is_code:
                copies.append(item.cell.grade_id)
            item.index = None
    return copies


def _best(cell: NotebookNode, group: list[Placed], stubs: Stubs) -> Placed | None:
    """The first cell of the right kind; for an exercise, the first that has it."""
    code = cell.cell_type == "code"
    right = [item for item in group if item.cell.is_code == code]
    if is_code_answer(cell):
        name = grade_id(cell)
        for item in right:
            if name in written(item.cell.source, stubs):
                return item
        changed = [i for i in right if not is_released(i.cell.source, cell.source)]
        right = changed or right
    return right[0] if right else None
