"""Whom a command means by a name, and how a person is removed from everywhere."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

from autograde.course.files import replace_file
from autograde.course.layout import CannotRun
from autograde.grading.anonymous import PAGES, code_of, student_of
from autograde.grading.results import FILE_NAME
from autograde.grading.roster import read_roster, write_roster
from autograde.grading.term import read_extensions, write_extensions

FOLDERS = ("submitted", "autograded", "feedback", "preview", "earlier")
RECORDS = ("collected.json", "feedback/pages.json")


def student_called(root: Path, text: str) -> str:
    """The student that `text` names: a folder's name, or what the roster knows.

    A code of anonymous grading names one, too.

    Raises CannotRun where it names nobody, or several.
    """
    grading = root / "grading"
    roster = read_roster(grading)
    if text in roster.people or text in _with_work(grading):
        return text
    found = roster.named(text)
    if len(found) == 1:
        return found[0]
    if found:
        raise CannotRun(f"{text!r} may be any of {', '.join(found)}.")
    coded = student_of(grading, text, all_students(grading))
    if coded is not None:
        return coded
    raise CannotRun(
        f"There is no student {text!r}, neither on the roster nor with work handed in."
    )


def all_students(grading: Path) -> list[str]:
    """Everyone on the roster or with work handed in."""
    return sorted(_with_work(grading).union(read_roster(grading).people))


def _with_work(grading: Path) -> set[str]:
    folders = (grading / name for name in FOLDERS)
    found = {p.name for f in folders if f.is_dir() for p in f.iterdir() if p.is_dir()}
    if (grading / FILE_NAME).exists():
        with sqlite3.connect(grading / FILE_NAME) as store:
            found |= {row[0] for row in store.execute("select student from result")}
    return found


def forget(root: Path, student: str) -> list[str]:
    """Remove everything of `student`; return where something was.

    Left are back-ups, and what was sent to other systems. The caller holds the run's
    lock, and writes report and exports anew.
    """
    grading = root / "grading"
    where = []
    for name in FOLDERS:
        folder = grading / name / student
        if folder.is_dir() and folder.parent == grading / name:
            shutil.rmtree(folder)
            where.append(f"{name}/{student}")
    if (grading / PAGES).is_dir():
        shutil.rmtree(grading / PAGES / code_of(grading, student), ignore_errors=True)
    for name in RECORDS:
        if _without(grading / name, student):
            where.append(name)
    for copy in grading.glob("gradebook-*.db"):  # made by `restructure`
        copy.unlink()
        where.append(copy.name)
    roster, extensions = read_roster(grading), read_extensions(grading)
    if roster.people.pop(student, None):
        write_roster(grading, roster)
        where.append("roster.csv")
    if extensions.pop(student, None):
        write_extensions(grading, extensions)
        where.append("extensions.json")
    if (grading / FILE_NAME).exists() and _from_results(grading / FILE_NAME, student):
        where.append(FILE_NAME)
    if (grading / "gradebook.db").exists() and _from_gradebook(root, student):
        where.append("gradebook.db")
    return where


def _without(path: Path, student: str) -> bool:
    """Take the student's entries out of a file of ``student/chapter`` names."""
    try:
        entries = dict(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return False
    left = {k: v for k, v in entries.items() if k.split("/")[0] != student}
    if len(left) < len(entries):
        replace_file(path, json.dumps(left, indent=1).encode())
    return len(left) < len(entries)


def _from_results(path: Path, student: str) -> bool:
    store = sqlite3.connect(path, timeout=30)
    try:
        store.execute("pragma secure_delete = on")
        with store:
            count = store.execute(
                "delete from result where student = ?", (student,)
            ).rowcount
            for run, text in store.execute("select id, notes from run").fetchall():
                notes = [
                    line
                    for line in json.loads(text)
                    if not str(line).startswith(f"{student}, ")
                ]
                sql = "update run set notes = ? where id = ?"
                store.execute(sql, (json.dumps(notes), run))
        store.execute("vacuum")
    finally:
        store.close()
    return count > 0


def _from_gradebook(root: Path, student: str) -> bool:
    from nbgrader.api import MissingEntry  # late: takes seconds

    from autograde.grading.gradebook import CourseGradebook

    with CourseGradebook(root) as gradebook:
        try:
            gradebook.book.remove_student(student)
        except MissingEntry:
            return False
    with sqlite3.connect(root / "grading" / "gradebook.db") as book:
        book.execute("pragma secure_delete = on")
    book.execute("vacuum")
    book.close()
    return True
