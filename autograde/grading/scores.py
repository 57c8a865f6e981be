"""The scores that count: nbgrader's gradebook, read for a whole class at once.

Manual grades, extra credit and late penalties are in it, and so is whatever a person
has changed in Formgrader.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from nbgrader import api
from sqlalchemy import select
from sqlalchemy.orm import Session

from autograde.course.layout import check_of
from autograde.grading.gradebook import CourseGradebook


@dataclass
class CellScore:
    """One graded cell of a student: `exercise` is its name without ``check_``."""

    exercise: str
    score: float
    points: float
    manual: bool = False
    waits: bool = False


@dataclass
class Score:
    """A student's score for a chapter, as Formgrader shows it."""

    chapter: str
    student: str
    points: float
    penalty: float = 0.0
    submitted: bool = True
    timestamp: datetime | None = None
    cells: dict[str, CellScore] = field(default_factory=dict)
    comments: list[tuple[str, str]] = field(default_factory=list)

    @property
    def raw(self) -> float:
        return sum(cell.score for cell in self.cells.values())

    @property
    def total(self) -> float:
        """The points after the late penalty, never below 0 (as nbgrader exports)."""
        return max(0.0, self.raw - self.penalty)

    @property
    def waiting(self) -> list[str]:
        """The cells that a person still has to grade."""
        return [name for name, cell in self.cells.items() if cell.waits]


@dataclass
class StudentEntry:
    """A student as the gradebook knows them."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""

    @property
    def full_name(self) -> str:
        """``Last, First`` where known, else the id."""
        names = [name for name in (self.last_name, self.first_name) if name]
        return ", ".join(names) or self.id


@dataclass
class CourseScores:
    """All students of the gradebook, the points of each chapter, and every score."""

    students: list[StudentEntry] = field(default_factory=list)
    points: dict[str, float] = field(default_factory=dict)
    exercises: dict[str, dict[str, float]] = field(default_factory=dict)
    scores: dict[tuple[str, str], Score] = field(default_factory=dict)

    def score(self, chapter: str, student: str) -> Score:
        """The score of `student`; zero, and not submitted, where there is none."""
        none = Score(chapter, student, self.points.get(chapter, 0.0), submitted=False)
        return self.scores.get((chapter, student), none)


def course_scores(root: Path) -> CourseScores:
    """Read every score of the course in `root`, in a few queries whatever its size."""
    if not (root / "grading" / "gradebook.db").exists():
        return CourseScores()
    with CourseGradebook(root) as gradebook:
        return read_scores(gradebook.book)


def read_scores(book: api.Gradebook, student: str | None = None) -> CourseScores:
    """The scores in an open gradebook: of everyone, or of one student."""
    found = CourseScores()
    _read_students(book.db, found, student)
    _read_chapters(book.db, found)
    _read_submissions(book.db, found, student)
    _read_grades(book.db, found, student)
    _read_comments(book.db, found, student)
    return found


def exercise_name(grade_id: str) -> str:
    """``check_softmax`` grades the exercise ``softmax``; prose keeps its name."""
    return check_of(grade_id)


def _read_students(session: Session, found: CourseScores, student: str | None) -> None:
    entry = api.Student
    query = select(entry.id, entry.first_name, entry.last_name, entry.email)
    if student is not None:
        query = query.where(entry.id == student)
    for row in session.execute(query.order_by(entry.id)):
        found.students.append(StudentEntry(*(value or "" for value in row)))


def _read_chapters(session: Session, found: CourseScores) -> None:
    query = (
        select(api.Assignment.name, api.GradeCell.name, api.GradeCell.max_score)
        .select_from(api.GradeCell)
        .join(api.Notebook, api.Notebook.id == api.GradeCell.notebook_id)
        .join(api.Assignment, api.Assignment.id == api.Notebook.assignment_id)
        .order_by(api.Assignment.name)
    )
    for chapter, cell, points in session.execute(query):
        found.exercises.setdefault(chapter, {})[exercise_name(cell)] = points
    for chapter, cells in found.exercises.items():
        found.points[chapter] = sum(cells.values())


def _notebooks(student: str | None, *columns):
    """`columns` with the chapter and the student of each submitted notebook."""
    entry = api.SubmittedAssignment
    query = (
        select(api.Assignment.name, entry.student_id, *columns)
        .select_from(api.SubmittedNotebook)
        .join(entry, entry.id == api.SubmittedNotebook.assignment_id)
        .join(api.Assignment, api.Assignment.id == entry.assignment_id)
    )
    return query if student is None else query.where(entry.student_id == student)


def _read_submissions(
    session: Session, found: CourseScores, student: str | None
) -> None:
    penalty = api.SubmittedNotebook.late_submission_penalty
    query = _notebooks(student, penalty, api.SubmittedAssignment.timestamp)
    for chapter, name, penalty, timestamp in session.execute(query):
        points = found.points.get(chapter, 0.0)
        score = Score(chapter, name, points, penalty or 0.0, timestamp=timestamp)
        found.scores[chapter, name] = score


def _read_grades(session: Session, found: CourseScores, student: str | None) -> None:
    grade = api.Grade
    query = (
        _notebooks(
            student,
            api.BaseCell.name,
            grade.score,
            grade.manual_score,
            grade.needs_manual_grade,
        )
        .join(grade, grade.notebook_id == api.SubmittedNotebook.id)
        .join(api.BaseCell, api.BaseCell.id == grade.cell_id)
    )
    for chapter, who, cell, score, manual, waits in session.execute(query):
        name = exercise_name(cell)
        points = found.exercises.get(chapter, {}).get(name, 0.0)
        entry = CellScore(name, score or 0.0, points, manual is not None, bool(waits))
        found.scores[chapter, who].cells[name] = entry


def _read_comments(session: Session, found: CourseScores, student: str | None) -> None:
    comment = api.Comment
    query = (
        _notebooks(student, api.BaseCell.name, comment.comment)
        .join(comment, comment.notebook_id == api.SubmittedNotebook.id)
        .join(api.BaseCell, api.BaseCell.id == comment.cell_id)
        .where(comment.comment.is_not(None))
    )
    for chapter, who, cell, text in session.execute(query):
        found.scores[chapter, who].comments.append((cell, text))
