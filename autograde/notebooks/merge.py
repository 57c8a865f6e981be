"""Three versions of a chapter's notebook become one, cell by cell.

What was released when the student's copy was last brought up to date, what the student
has now, and what is released today: a cell that the student did not touch follows the
course; one that was edited, added, moved or deleted stays as the student left it.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Iterable

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from autograde.language import localised
from autograde.notebooks.cells import called, grade_id

ANNOUNCEMENT = "update-"  # how the ids of announcing cells begin


def merge(
    base: NotebookNode, mine: NotebookNode, new: NotebookNode
) -> tuple[NotebookNode, list[str]]:
    """Return `mine` with what changed from `base` to `new`, and what was done."""
    merged = copy.deepcopy(mine)
    cells = merged.cells
    today = {_key(cell): cell for cell in new.cells}
    known = {_key(cell) for cell in base.cells}
    place = match(base.cells, cells)
    yours = {id_: cells[index] for id_, index in place.items()}
    renewed, removed, said = 0, 0, []
    for old in base.cells:
        cell, fresh = yours.get(old.id), today.get(_key(old))
        if cell is None:
            continue
        edited = cell.source != old.source
        if fresh is None:
            if edited:
                cell.metadata.pop("nbgrader", None)
                said.append(f"{called(old)} left the course; your version stays")
            else:
                cells.remove(cell)
                removed += 1
            continue
        for key in ("nbgrader", "tags"):
            if fresh.metadata.get(key) != old.metadata.get(key):
                cell.metadata.pop(key, None)
                if key in fresh.metadata:
                    cell.metadata[key] = copy.deepcopy(fresh.metadata[key])
        if fresh.source == old.source:
            continue
        if not edited:
            cell.source = fresh.source
            if cell.cell_type == "code":
                cell.outputs = copy.deepcopy(fresh.outputs)
                cell.execution_count = None
            renewed += 1
        elif cell.source != fresh.source:
            said.append(f"{called(old)} changed in the course; yours stays as it is")
            _announce(cells, cell, fresh)
    there = match(new.cells, cells)
    added = [c for c in new.cells if c.id not in there and _key(c) not in known]
    for cell in added:
        insert(cells, new.cells, cell)
    counts = [
        (renewed, "1 cell brought up to date", f"{renewed} cells brought up to date"),
        (len(added), "1 cell added", f"{len(added)} cells added"),
        (removed, "1 cell removed", f"{removed} cells removed"),
    ]
    counted = [one if number == 1 else many for number, one, many in counts if number]
    return merged, [*counted, *said]


def match(released: Iterable[NotebookNode], mine: list[NotebookNode]) -> dict[str, int]:
    """Where each released cell is in `mine`: by id, by grade id, or by its text.

    JupyterLab gives a moved cell another id, so that its id alone would not do.
    """
    place: dict[str, int] = {}
    for key in (_id, grade_id, _text):
        where: dict[object, list[int]] = {}
        taken = set(place.values())
        for index, cell in enumerate(mine):
            if index not in taken:
                where.setdefault((cell.cell_type, key(cell)), []).append(index)
        for cell in released:
            spot = where.get((cell.cell_type, key(cell)))
            if cell.id not in place and key(cell) and spot:
                place[cell.id] = spot.pop(0)
    return place


def insert(
    cells: list[NotebookNode], order: list[NotebookNode], cell: NotebookNode
) -> None:
    """Put `cell` behind the nearest cell that precedes it in `order`."""
    index = next(i for i, other in enumerate(order) if other.id == cell.id)
    place = match(order, cells)
    for before in reversed(order[:index]):
        if before.id in place:
            cells.insert(place[before.id] + 1, copy.deepcopy(cell))
            return
    cells.insert(0, copy.deepcopy(cell))


def _key(cell: NotebookNode) -> tuple[str, str]:
    return cell.cell_type, _id(cell)


def _id(cell: NotebookNode) -> str:
    return cell.get("id", "")


def _text(cell: NotebookNode) -> str:
    return cell.source.strip()


def _announce(cells: list, cell: NotebookNode, fresh: NotebookNode) -> None:
    """Show the course's new version above the student's own, which stays.

    It takes the place of the announcement of an earlier version.
    """
    digest = hashlib.sha256(fresh.source.encode()).hexdigest()[:8]
    name = f"{ANNOUNCEMENT}{digest}"
    if any(_id(other) == name for other in cells):
        return
    above = cells.index(cell) - 1
    if above >= 0 and _id(cells[above]).startswith(ANNOUNCEMENT):
        del cells[above]
    fence = "python" if fresh.cell_type == "code" else "markdown"
    said = localised(
        "**Update of the course.** The next cell changed in the course after you "
        "edited it. Yours is as you left it; this is the course's new version. Delete "
        "this cell when you no longer need it."
    )
    said += f"\n\n```{fence}\n{fresh.source}\n```"
    cells.insert(cells.index(cell), new_markdown_cell(said, id=name))
