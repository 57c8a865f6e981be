"""A kind of odd submission, and the edits of a notebook that make it one."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

from autograde.course.layout import ROOT, notebook_path
from autograde.notebooks.cells import is_left_out, is_setup
from autograde.tests.graded_class import CHAPTER, cell_of

Edit = Callable[[NotebookNode], object]
PICTURE = {"image/png": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"}
OTHER_PICTURE = {"image/png": "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAYAAABytg0k"}
ANSWER = "The steep direction bounds the rate at two over its curvature."
RELEASED = nbformat.read(notebook_path(ROOT / "chapters" / CHAPTER), 4)


@dataclass
class Odd:
    """One kind of submission.

    prose: texts that must stand in the graded answer, which then waits for a person;
        None where it is an automatic zero
    lost: the exercises that earn nothing; all others earn everything
    says: what must be said to a person in the notes
    told: what must be told about each lost exercise to the student
    shown: texts that must stand somewhere in the graded notebook
    """

    edit: Edit
    prose: tuple[str, ...] | None = None
    lost: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()


def stub(name: str) -> str:
    return cell_of(RELEASED, name).source


def place(notebook: NotebookNode, name: str) -> int:
    return notebook.cells.index(cell_of(notebook, name))


def question(notebook: NotebookNode) -> NotebookNode:
    return next(cell for cell in notebook.cells if cell.id == "question-long-valley")


def imports(notebook: NotebookNode) -> int:
    """The place of the cell with the imports."""
    return next(i for i, cell in enumerate(notebook.cells) if is_setup(cell))


def shown_cell(notebook: NotebookNode) -> NotebookNode:
    """A cell of the course that only shows something."""
    return next(cell for cell in notebook.cells if is_left_out(cell))


def course_text(notebook: NotebookNode) -> NotebookNode:
    """A text of the course, far from the question."""
    texts = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    return texts[2]


def steps(*edits: Edit) -> Edit:
    def edit(notebook: NotebookNode) -> None:
        for one in edits:
            one(notebook)

    return edit


def put(cell: NotebookNode, name: str = "long_valley", by: int = 1) -> Edit:
    """A new cell beside the cell `name`: `by` is 0 for above it, 1 for below."""

    def edit(notebook: NotebookNode) -> None:
        notebook.cells.insert(place(notebook, name) + by, copy.deepcopy(cell))

    return edit


def at(index: int, cell: NotebookNode) -> Edit:
    def edit(notebook: NotebookNode) -> None:
        where = len(notebook.cells) if index < 0 else index
        notebook.cells.insert(where, copy.deepcopy(cell))

    return edit


def below_imports(text: str) -> Edit:
    return lambda notebook: at(imports(notebook) + 1, new_code_cell(text))(notebook)


def source(name: str, change: str | Callable[[str], str]) -> Edit:
    def edit(notebook: NotebookNode) -> None:
        cell = cell_of(notebook, name)
        cell.source = change if isinstance(change, str) else change(cell.source)

    return edit


def above(line: str, name: str = "mse_loss") -> Edit:
    return source(name, lambda text: f"{line}\n{text}")


def delete(*names: str) -> Edit:
    def edit(notebook: NotebookNode) -> None:
        for name in names:
            notebook.cells.remove(cell_of(notebook, name))

    return edit


def retype(name: str, kind: str) -> Edit:
    """Another type for the cell, as one key press gives it."""

    def edit(notebook: NotebookNode) -> None:
        index = place(notebook, name)
        old = notebook.cells[index]
        make = {
            "markdown": new_markdown_cell,
            "raw": new_raw_cell,
            "code": new_code_cell,
        }
        notebook.cells[index] = make[kind](old.source, id=old.id, metadata=old.metadata)

    return edit


def strip(metadata: bool = True, ids: bool = True, every: int = 1) -> Edit:
    """What an editor loses."""

    def edit(notebook: NotebookNode) -> None:
        for number, cell in enumerate(notebook.cells):
            if number % every == 0:
                if metadata:
                    cell.metadata = nbformat.from_dict({})
                if ids:
                    cell.pop("id", None)

    return edit


def answered(notebook: NotebookNode) -> None:
    cell_of(notebook, "long_valley").source = ANSWER


def emptied(*names: str) -> Edit:
    """The stubs as released, with what was written in them put elsewhere."""

    def edit(notebook: NotebookNode) -> None:
        for name in names:
            cell_of(notebook, name).source = stub(name)

    return edit


def solution(name: str) -> str:
    from autograde.authoring.chapter import find_chapter

    return find_chapter(CHAPTER).solution(name)


NAMES = tuple(
    cell.metadata.nbgrader.grade_id
    for cell in RELEASED.cells
    if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution")
)


def all_in_one(index: int) -> Edit:
    """Every solution in one new cell, the stubs as released."""

    def edit(notebook: NotebookNode) -> None:
        everything = "\n\n\n".join(cell_of(notebook, name).source for name in NAMES)
        emptied(*NAMES)(notebook)
        at(index, new_code_cell(everything))(notebook)

    return edit


def merged(*names: str, checks: bool = False) -> Edit:
    """Cells merged into the first of them, as Shift+M does, its metadata kept."""

    def edit(notebook: NotebookNode) -> None:
        parts = []
        for name in names:
            parts.append(cell_of(notebook, name).source)
            parts += [f'check("{name}")'] if checks else []
        delete(*names[1:])(notebook)
        if checks:
            delete(*(f"check_{name}" for name in names))(notebook)
        cell_of(notebook, names[0]).source = "\n\n".join(parts)

    return edit


def moved(name: str, index: int) -> Edit:
    def edit(notebook: NotebookNode) -> None:
        cell = cell_of(notebook, name)
        notebook.cells.remove(cell)
        where = len(notebook.cells) if index < 0 else index
        notebook.cells.insert(where, cell)

    return edit


def copied(name: str, text: str, by: int, keep_id: bool = True) -> Edit:
    """A copy of a cell beside it, with another text."""

    def edit(notebook: NotebookNode) -> None:
        cell = copy.deepcopy(cell_of(notebook, name))
        cell.source, cell.id = text, "a-copy"
        if not keep_id:
            cell.metadata = nbformat.from_dict({})
        notebook.cells.insert(place(notebook, name) + by, cell)

    return edit


def pasted_twice(first: bool) -> Edit:
    """The whole notebook twice, one of both as it was released."""

    def edit(notebook: NotebookNode) -> None:
        blank = copy.deepcopy(RELEASED.cells)
        cells = blank + notebook.cells if first else notebook.cells + blank
        notebook.cells = cells

    return edit


def with_picture(cell: NotebookNode, picture: dict = PICTURE) -> NotebookNode:
    cell["attachments"] = {"image.png": dict(picture)}
    cell.source = f"{cell.source}\n\n![image.png](attachment:image.png)".strip()
    return cell


def shuffled(notebook: NotebookNode) -> None:
    random.Random(3).shuffle(notebook.cells)


def reversed_cells(notebook: NotebookNode) -> None:
    notebook.cells.reverse()


def other_edition(notebook: NotebookNode) -> None:
    for number, cell in enumerate(notebook.cells):
        info = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "markdown" and not info:
            cell.source = f"# 第 {number} 节\n\n" + "这里是另一种语言的文字。" * 9


def left_raise(name: str) -> Edit:
    """The answer below the stub's `raise`, which nobody took away."""

    def edit(notebook: NotebookNode) -> None:
        body = solution(name).split('"""')[-1].strip("\n")
        cell_of(notebook, name).source = f"{stub(name)}\n{body}"

    return edit
