"""Which released cell each cell of a submission stands for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from nbformat import NotebookNode

from autograde.notebooks.cells import grade_id, is_prose_answer
from autograde.notebooks.submitted import SubmittedCell

MANY = 0.5  # of the text cells are others: another edition of the chapter


@dataclass
class Placed:
    """A submitted cell and the place in the released notebook that it has.

    index: the released cell that it stands for; None for a cell of the student's own
    anchor: the last released cell above it
    at_an_end: all released cells stand below it, or all above
    takes_place: its source becomes the released cell's
    taken: it is shown in another cell, or holds nothing that is not released
    """

    cell: SubmittedCell
    index: int | None = None
    anchor: int = -1
    at_an_end: bool = False
    takes_place: bool = False
    taken: bool = False
    is_code_answer: bool = False
    is_other_edition: bool = False
    beside_answer: bool = False
    swallowed: list[str] = field(default_factory=list)

    @property
    def is_own_code(self) -> bool:
        return (
            self.index is None and self.cell.is_code and bool(self.cell.source.strip())
        )


def place_cells(
    released: list[NotebookNode], cells: list[SubmittedCell]
) -> list[Placed]:
    """Find the released cell of each of `cells`, in their order.

    By grade id, by cell id, by its text, and where a text cell holds that of a released
    one which is nowhere else. Copies have the same place.
    """
    placed = [Placed(cell) for cell in cells]
    by_grade = {grade_id(cell): i for i, cell in enumerate(released) if grade_id(cell)}
    by_id = {cell.id: i for i, cell in enumerate(released)}
    by_text: dict[str, list[int]] = {}
    for index, cell in enumerate(released):
        by_text.setdefault(plain(cell.source), []).append(index)
    texts = {key for key, at in by_text.items() if _is_text(released[at[0]])}
    last = -1
    for item in placed:
        mine = item.cell
        if mine.is_code and not mine.grade_id:
            text = uncommented(mine.source)
            marked = text and mine.source.lstrip().startswith("# %% [markdown]")
            if (
                marked or plain(text) in texts
            ):  # a program made of the notebook had it so
                mine.kind, mine.source = "markdown", text
        item.index = by_grade.get(mine.grade_id, by_id.get(mine.cell_id))
        if item.index is None:
            same = by_text.get(plain(mine.source), [])
            # of equal cells, the one that comes next
            item.index = min(
                same, key=lambda i: (i <= last, abs(i - last)), default=None
            )
        last = last if item.index is None else item.index
    _find_within(released, placed)
    _mark_other_edition(released, placed)
    _set_anchors(released, placed)
    return placed


def _is_text(cell: NotebookNode) -> bool:
    return cell.cell_type == "markdown"


def uncommented(source: str) -> str:
    """The text of a cell of nothing but comments; empty for another.

    That is what becomes of a text where a notebook is saved as a program and read back.
    """
    lines = source.strip().split("\n")
    if lines[0].startswith("# %%"):
        lines = lines[1:]
    if not all(line.startswith("#") or not line.strip() for line in lines):
        return ""
    return "\n".join(re.sub(r"^# ?", "", line) for line in lines)


def plain(text: str) -> str:
    """A text in which the amount of white space makes no difference."""
    return " ".join(text.split())


def same_text(one: str, other: str) -> bool:
    return one == other or plain(one) == plain(other)


def _find_within(released: list[NotebookNode], placed: list[Placed]) -> None:
    """Place text cells by a released text that they hold, and note which they hold."""
    present = {item.index for item in placed}
    absent = [
        index
        for index, cell in enumerate(released)
        if index not in present and cell.cell_type == "markdown"
        if not is_prose_answer(cell) and len(cell.source) >= 20
    ]
    if not absent:
        return
    for item in placed:
        if item.index is not None and same_text(
            item.cell.source, released[item.index].source
        ):
            continue
        text = plain(item.cell.source)
        for index in absent:
            if plain(released[index].source) in text:
                item.swallowed.append(released[index].source)
                if item.index is None:
                    item.index = index


def _mark_other_edition(released: list[NotebookNode], placed: list[Placed]) -> None:
    """Text that differs nearly everywhere was not changed by the student."""
    texts = [
        item
        for item in placed
        if item.index is not None
        and released[item.index].cell_type == "markdown"
        and not is_prose_answer(released[item.index])
    ]
    other = [
        item
        for item in texts
        if not same_text(item.cell.source, released[item.index].source)
    ]
    if len(other) > MANY * len(texts) and len(other) > 5:
        for item in other:
            item.is_other_edition = True


def _set_anchors(released: list[NotebookNode], placed: list[Placed]) -> None:
    anchor = -1
    for item in placed:
        anchor = anchor if item.index is None else item.index
        item.anchor = anchor
    known = [number for number, item in enumerate(placed) if item.index is not None]
    for number, item in enumerate(placed):
        item.at_an_end = not known or number < known[0] or number > known[-1]
    answers = {i for i, cell in enumerate(released) if is_prose_answer(cell)}
    for item in placed:
        item.beside_answer = item.index is not None and item.index + 1 in answers
