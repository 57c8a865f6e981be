"""A chapter whose exercises came or went while work for it is handed in already.

nbgrader refuses to change the cells of such an assignment. Here the gradebook follows
the released notebook: what left the chapter leaves with its grades, what is new has
none yet, and everything else stays.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat
from nbgrader import utils
from nbgrader.api import Comment, Grade, Notebook
from sqlalchemy.orm import Session

from autograde.course.layout import CannotRun, notebook_path
from autograde.grading.gradebook import COMMENTED, GRADED, CourseGradebook

KINDS = ("grade", "solution", "task", "source")


def restructure(root: Path, chapter: str) -> list[str]:
    """Let the gradebook follow the released notebook of `chapter`; say what changed.

    The gradebook is copied first. Nothing is changed where both agree.
    """
    database = root / "grading" / "gradebook.db"
    if not database.exists():
        raise CannotRun("There is no gradebook yet; autograde grade makes it.")
    wanted = _released_cells(root, chapter)
    with CourseGradebook(root) as gradebook:
        book = gradebook.book
        notebook = book.find_notebook(chapter, chapter)
        there = {
            kind: {c.name: c for c in getattr(notebook, f"{kind}_cells")}
            for kind in KINDS
        }
        if all(set(there[kind]) == set(wanted[kind]) for kind in KINDS):
            return []
        lines = [f"The gradebook as it was is in {_copy(database)}."]
        for kind in KINDS:
            gone = set(there[kind]) - set(wanted[kind])
            new = set(wanted[kind]) - set(there[kind])
            if kind in ("grade", "task"):
                lines += [
                    f"{chapter}: {name} left, with its grades" for name in sorted(gone)
                ]
                lines += [
                    f"{chapter}: {name} is new; grade again" for name in sorted(new)
                ]
            for name in sorted(gone):
                _remove(book.db, there[kind][name])
            for name in sorted(new):
                cell = getattr(book, f"add_{kind}_cell")(
                    name, chapter, chapter, **wanted[kind][name]
                )
                _give_to_all(book.db, notebook, cell)
        book.db.commit()
    return lines


def _released_cells(root: Path, chapter: str) -> dict[str, dict[str, dict]]:
    """What nbgrader would enter of the released notebook: kind, name, fields."""
    cells = nbformat.read(notebook_path(root / "chapters" / chapter), 4).cells
    found: dict[str, dict[str, dict]] = {kind: {} for kind in KINDS}
    for cell in cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        kind = {"cell_type": cell.cell_type}
        points = {
            "max_score": float(cell.metadata.get("nbgrader", {}).get("points", 0))
        }
        if utils.is_grade(cell):
            found["grade"][name] = points | kind
        if utils.is_solution(cell):
            found["solution"][name] = {}
        if utils.is_task(cell):
            found["task"][name] = points | kind
        if any((utils.is_grade(cell), utils.is_solution(cell), utils.is_locked(cell))):
            found["source"][name] = {"source": cell.source, **kind}
    return found


def _remove(session: Session, cell: Any) -> None:
    for kind in (Grade, Comment):
        for row in session.query(kind).filter(kind.cell_id == cell.id):
            session.delete(row)
    session.flush()
    session.delete(cell)
    session.flush()


def _give_to_all(session, notebook: Notebook, cell) -> None:
    """An empty grade or comment for everyone who has handed in."""
    for submitted in notebook.submissions:
        if isinstance(cell, GRADED):
            session.add(Grade(cell_id=cell.id, notebook_id=submitted.id))
        if isinstance(cell, COMMENTED):
            session.add(Comment(cell_id=cell.id, notebook_id=submitted.id))


def _copy(database: Path) -> Path:
    copy = database.with_name(f"gradebook-{datetime.now():%Y-%m-%d-%H%M%S}.db")
    with (
        closing(sqlite3.connect(database)) as old,
        closing(sqlite3.connect(copy)) as to,
    ):
        old.backup(to)
    return copy
