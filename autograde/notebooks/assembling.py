"""Put a rebuilt notebook together: the released cells and the student's own.

They stand in the student's order. What was changed in a cell of the course stands in
one of its own below it, and what was written into a check's cell above the check.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from nbformat import NotebookNode

from autograde.notebooks.cells import (
    exercise_of,
    grade_id,
    is_prose_answer,
    is_setup,
    is_solution,
)
from autograde.notebooks.draft import Draft
from autograde.notebooks.names import top_level_names, used_names
from autograde.notebooks.own_cells import added_code, added_text, listed
from autograde.notebooks.placing import Placed, same_text
from autograde.notebooks.prose_answers import own_text


def assemble(draft: Draft) -> list[NotebookNode]:
    """The cells of the notebook that is graded, in their order."""
    assembly = _Assembly(draft)
    for number, item in enumerate(draft.placed):
        assembly.add(item, number)
    assembly.say_what_was_changed()
    assembly.add_absent()
    return assembly.order


@dataclass
class _Assembly:
    """The cells so far (`order`), and what the notes tell of them.

    present: the places in the release of those cells of the course that are in it
    put_back, changed, written_into: the names of those in which something else stood
    """

    draft: Draft
    order: list[NotebookNode] = field(default_factory=list)
    present: set[int] = field(default_factory=set)
    put_back: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    written_into: list[str] = field(default_factory=list)

    def add(self, item: Placed, number: int) -> None:
        """Add a submitted cell, the one with this number, or what is left of it."""
        cell = self.draft.home(item)
        stands = item.takes_place or item.taken or not item.cell.is_code
        if cell is not None and exercise_of(cell) and not item.taken:
            # what was written into a check cell runs before the check
            self.order += self._written_into_check(item, cell)
            item.taken = True
        if item.index is not None and item.index not in self.present and stands:
            self.present.add(item.index)
            self.order.append(cell)
        if not item.taken:
            self.order += self._own_cells(item, number)

    def _own_cells(self, item: Placed, number: int) -> list[NotebookNode]:
        """What a submitted cell adds; a source that is the student's own is put in."""
        source, cell = item.cell.source, self.draft.home(item)
        if cell is None:
            if item.cell.is_code:
                return [added_code(source, f"added-{number}")]
            return added_text(source, f"added-{number}", item.cell.attachments)
        if cell.cell_type == "markdown":
            return self._written_into_text(item, cell)
        if not item.cell.is_code:
            same = same_text(source, cell.source) or item.is_code_answer
            text = "" if same else source
            return added_text(text, f"added-{number}", item.cell.attachments)
        if is_solution(cell):
            if item.takes_place:
                cell.source = source
            return []
        if same_text(source, cell.source):
            return []
        self.changed.append(cell.id)
        new = top_level_names(source) - top_level_names(cell.source)
        needed = is_setup(cell) or bool(new & self._used())
        return [added_code(source, f"changed-{cell.id}", demonstration=not needed)]

    def _written_into_text(self, item: Placed, cell: NotebookNode) -> list:
        """What a text of the course holds beyond its own words."""
        if item.is_code_answer or is_prose_answer(cell):
            return []
        source = item.cell.source
        own = source if item.cell.is_code else own_text(item, self.draft.cells)
        own = "" if same_text(own, cell.source) else own
        if own:
            self.written_into.append(cell.id)
        return added_text(own, f"written-{cell.id}", item.cell.attachments)

    def _written_into_check(self, item: Placed, cell: NotebookNode) -> list:
        """What a check cell holds beyond its own line; that is put back."""
        source = item.cell.source
        if same_text(source, cell.source):
            return []
        self.put_back.append(grade_id(cell))
        line = rf"^{re.escape(cell.source.strip())}[ \t]*\n*"
        own = re.sub(line, "", source, count=1, flags=re.MULTILINE).strip("\n")
        if not own.strip():
            return []
        needed = bool(top_level_names(own) & self._used())
        return [added_code(own, f"changed-{cell.id}", demonstration=not needed)]

    def _used(self) -> set[str]:
        """The names that exercises are, and those that the student's own code uses."""
        used = set(self.draft.stubs)
        for item in self.draft.placed:
            cell = self.draft.home(item)
            if item.cell.is_code and (cell is None or is_solution(cell)):
                uses = used_names(item.cell.source)
                used |= uses.at_once | uses.later
        return used

    def say_what_was_changed(self) -> None:
        say = self.draft.say
        if self.put_back:
            say(f"the changed check cell was put back: {listed(self.put_back)}")
        if self.changed:
            names = listed(self.changed)
            say(f"was changed and put back; the change runs after it: {names}")
        if self.written_into:
            names = listed(self.written_into)
            say(f"what was written into a text stands below it: {names}")

    def add_absent(self) -> None:
        """Put each released cell that is not there below the one before it."""
        released = self.draft.cells
        known = {id(cell) for cell in released}
        for index, cell in enumerate(released):
            if index in self.present:
                continue
            at = 0
            if index > 0:
                before = released[index - 1]
                at = 1 + next(
                    i for i, other in enumerate(self.order) if other is before
                )
            while at < len(self.order) and id(self.order[at]) not in known:
                at += 1  # what a student wrote there stays with the cell above
            self.order.insert(at, cell)
