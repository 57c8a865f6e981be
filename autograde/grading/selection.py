"""Which cells of a rebuilt notebook are run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nbformat import NotebookNode

from autograde.notebooks.names import bound_names


def wanted(cells: Sequence[NotebookNode], full: bool) -> list[int]:
    """The places of the cells that are run, checks among them.

    Without `full`, demonstrations are left out, and added cells that are marked so.
    """
    found = []
    for index, cell in enumerate(cells):
        if cell.cell_type != "code":
            continue
        info = cell.metadata.get("nbgrader", {})
        added = cell.metadata.get("autograde", {})
        demonstration = added.get("demonstration") if added else True
        setup = "setup" in cell.metadata.get("tags", [])
        if full or setup or info or not demonstration:
            found.append(index)
    return found


def skipped_would_define(cells: Sequence[NotebookNode], names: Iterable[str]) -> bool:
    """Whether a cell that is left out without `full` would define one of `names`."""
    run = set(wanted(cells, full=False))
    return any(
        set(names) & bound_names(cell.source)
        for index, cell in enumerate(cells)
        if index not in run and cell.cell_type == "code"
    )


def label(cell: NotebookNode) -> str:
    """How a note names a cell: by its grade id, else by its id."""
    return cell.metadata.get("nbgrader", {}).get("grade_id") or cell.id
