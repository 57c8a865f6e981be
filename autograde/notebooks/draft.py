"""A notebook that is being rebuilt: released cells, and a student's in their places."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from nbformat import NotebookNode

from autograde.notebooks.cells import grade_id, is_code_answer
from autograde.notebooks.code_answers import Stubs, released_stubs
from autograde.notebooks.placing import Placed, place_cells
from autograde.notebooks.submitted import SubmittedCell


@dataclass
class Draft:
    """What the steps of :func:`autograde.notebooks.rebuild.rebuild` hand on.

    notebook: a copy of the released one, which becomes the one that is graded
    placed: the submitted cells in their order, each with the cell it stands for
    stubs: the code of each exercise's stub
    homes: the place of each exercise's own cell among the released ones
    notes: one sentence for everything that was put right
    """

    notebook: NotebookNode
    placed: list[Placed]
    stubs: Stubs
    homes: dict[str, int]
    notes: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, released: NotebookNode, submitted: Iterable[SubmittedCell]) -> Draft:
        """The draft with which the steps begin: every submitted cell has its place."""
        notebook = _copy_of(released)
        cells = notebook.cells
        homes = {
            grade_id(cell): index
            for index, cell in enumerate(cells)
            if is_code_answer(cell)
        }
        stubs = released_stubs({name: cells[at].source for name, at in homes.items()})
        return cls(notebook, place_cells(cells, list(submitted)), stubs, homes)

    @property
    def cells(self) -> list[NotebookNode]:
        """The released cells, in the release's order until they are put together."""
        return self.notebook["cells"]

    def home(self, item: Placed) -> NotebookNode | None:
        """The released cell that a submitted one stands for, or None."""
        return None if item.index is None else self.cells[item.index]

    def say(self, note: str) -> None:
        self.notes.append(note)


def _copy_of(released: NotebookNode) -> NotebookNode:
    """A notebook whose cells can be changed: what is deeper in them is shared."""
    cells = [
        NotebookNode({**cell, "metadata": NotebookNode(cell["metadata"])})
        for cell in released["cells"]
    ]
    metadata = NotebookNode(released["metadata"])
    return NotebookNode({**released, "metadata": metadata, "cells": cells})
