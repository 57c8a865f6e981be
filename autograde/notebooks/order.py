"""Where a check is judged: below everything of the student's that it needs.

A notebook runs from top to bottom, and a student's own kernel ran its cells in any
order. An exercise that is written, or a helper that is defined, below the check is not
wrong for that: the check moves below it.
"""

from __future__ import annotations

from nbformat import NotebookNode

from autograde.notebooks.cells import exercise_of, is_needed
from autograde.notebooks.names import top_level_names, used_names


def put_checks_below(cells: list[NotebookNode]) -> list[str]:
    """Move each check below what it needs, in place; say each move in a sentence."""
    order = _Order(cells)
    said, below = _define_before_use(order), []
    users: dict[str, list[str]] = {}
    for check in [cell for cell in cells if exercise_of(cell)]:
        exercise = exercise_of(check)
        place = order.place(check)
        needs = _needed_below(order, place, exercise)
        if not needs:
            continue
        name, lowest = max(needs, key=lambda need: need[1])
        if name == exercise:
            below.append(name)
        else:
            users.setdefault(name, []).append(exercise)
        order.move(place, lowest)
    for name, exercises in users.items():
        used_by = ", ".join(exercises)
        said.append(f"{name} is defined below the check of {used_by}; judged there")
    if below:
        said.append(f"written below its check, and judged there: {', '.join(below)}")
    return said


class _Order:
    """The cells in the order in which they run, and which of them binds a name."""

    def __init__(self, cells: list[NotebookNode]) -> None:
        self.cells = cells
        self._find()

    def _find(self) -> None:
        self.binders: dict[str, list[int]] = {}
        self.places: dict[int, int] = {}
        for index, cell in enumerate(self.cells):
            self.places[id(cell)] = index
            if is_needed(cell) and not exercise_of(cell):
                for name in top_level_names(cell.source):
                    self.binders.setdefault(name, []).append(index)

    def place(self, cell: NotebookNode) -> int:
        return self.places[id(cell)]

    def binder(self, place: int, name: str) -> int | None:
        """The last cell above `place` that binds `name`, else the first one below."""
        found = self.binders.get(name, [])
        above = [index for index in found if index < place]
        below = [index for index in found if index > place]
        return above[-1] if above else below[0] if below else None

    def move(self, place: int, lowest: int) -> None:
        """Put the cell at `place` below the one at `lowest`."""
        self.cells.insert(lowest, self.cells.pop(place))
        self._find()


def _needed_below(order: _Order, place: int, exercise: str) -> list[tuple[str, int]]:
    """Names that the exercise needs and that only cells below `place` bind, with those.

    What a cell uses when what it defines is called counts, and so on from cell to cell.
    """
    found: list[tuple[str, int]] = []
    open_names, seen = [exercise], {exercise}
    while open_names:
        name = open_names.pop()
        binder = order.binder(place, name)
        if binder is None:
            continue
        if binder > place:
            found.append((name, binder))
        uses = used_names(order.cells[binder].source)
        unseen = sorted((uses.later | uses.at_once) - seen)
        seen.update(unseen)
        open_names += unseen
    return found


def _define_before_use(order: _Order) -> list[str]:
    """Move a cell that would stop at a name below what defines it, where it is needed.

    That is a solution whose own line needs a name at once: a base class, a default.
    """
    said = []
    exercises = {exercise_of(cell) for cell in order.cells} - {None}
    for cell in list(order.cells):
        bound = top_level_names(cell.source) & exercises if is_needed(cell) else set()
        if not bound or exercise_of(cell):
            continue
        place = order.place(cell)
        missing = [
            (name, binder)
            for name in sorted(used_names(cell.source).at_once - bound)
            if (binder := order.binder(place, name)) is not None and binder > place
        ]
        if missing:
            name, lowest = max(missing, key=lambda need: need[1])
            order.move(place, lowest)
            said.append(
                f"{name}, which {min(bound)} needs, is defined below it and ran first"
            )
    return said
