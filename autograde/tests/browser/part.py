"""A part of a chapter: a long notebook takes a browser many seconds to lay out."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from pathlib import Path

import nbformat

from autograde.course.layout import ROOT, notebook_path


def copy_part(name: str, course: Path, cells: Collection[str]) -> None:
    """Copy the released chapter `name` into `course`, with these of its cells alone."""
    folder = course / "chapters" / name
    shutil.copytree(ROOT / "chapters" / name, folder)
    notebook = nbformat.read(notebook_path(folder), 4)
    missing = set(cells) - {cell.id for cell in notebook.cells}
    assert not missing, f"{name} has no cells {missing}"
    notebook.cells = [cell for cell in notebook.cells if cell.id in cells]
    nbformat.write(notebook, notebook_path(folder))


def write_prose(name: str, path: Path) -> None:
    """Write a notebook to `path` that holds all cells of text of the chapter `name`."""
    notebook = nbformat.read(notebook_path(ROOT / "chapters" / name), 4)
    notebook.cells = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    nbformat.write(notebook, path)
