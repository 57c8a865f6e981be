"""Which cells of a rebuilt notebook are run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nbformat import NotebookNode

from autograde.notebooks.cells import grade_id, is_left_out, is_needed
from autograde.notebooks.names import bound_names


def wanted(cells: Sequence[NotebookNode], full: bool) -> list[int]:
    """The places of the cells that are run, checks among them.

    Without `full`, demonstrations are left out, and added cells that are marked so.
    """
    return [
        index
        for index, cell in enumerate(cells)
        if is_needed(cell) or (full and is_left_out(cell))
    ]


def skipped_would_define(cells: Sequence[NotebookNode], names: Iterable[str]) -> bool:
    """Whether a cell that is left out without `full` would define one of `names`."""
    return any(
        set(names) & bound_names(cell.source) for cell in cells if is_left_out(cell)
    )


def label(cell: NotebookNode) -> str:
    """How a note names a cell: by its grade id, else by its id."""
    return grade_id(cell) or cell.id
