"""Write results into nbgrader's gradebook, as its own autograder would.

Formgrader, manual grading, late policies, feedback and export then work on them.
"""

from __future__ import annotations

import contextlib
import tempfile
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbgrader import utils
from nbgrader.api import (
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    MissingEntry,
    SolutionCell,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from autograde.authoring.release import generate_assignment
from autograde.course.disk import private_folder
from autograde.course.files import replace_file
from autograde.course.layout import CannotRun, notebook_path
from autograde.course.nbgrader import make_gradebook
from autograde.grading.hand_grades import answers_in, needs_a_person
from autograde.grading.nbgrader_setup import course_config
from autograde.grading.roster import read_roster
from autograde.grading.submissions import Submission
from autograde.grading.task import Graded
from autograde.grading.term import Deadlines

GRADED, COMMENTED = (GradeCell, TaskCell), (SolutionCell, TaskCell)


@dataclass(frozen=True)
class _Layout:
    """The ids of an assignment's parts; the same for every student."""

    assignment: str
    notebooks: list[str]
    names: dict[str, str]  # a cell's id: its grade id
    graded: list[tuple[str, str]]  # notebook's id, cell's id
    commented: list[tuple[str, str]]


class CourseGradebook:
    """The gradebook of the course in `root`; use it as a context manager."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.config = course_config(root)
        private_folder(root / "grading")
        self.url = self.config.CourseDirectory.db_url
        self._layouts: dict[str, _Layout] = {}
        self._deadlines = Deadlines(root)
        self._roster = read_roster(root / "grading")

    def __enter__(self) -> CourseGradebook:
        make_gradebook(self.url)
        self.book = Gradebook(self.url, self.config.CourseDirectory.course_id)
        return self

    def __exit__(self, *_: object) -> None:
        self.book.close()

    def points_of(self, chapter: str) -> dict[str, float] | None:
        """The points of each graded cell; None where the chapter is not entered."""
        try:
            notebooks = self.book.find_assignment(chapter).notebooks
        except MissingEntry:
            return None
        cells = [c for n in notebooks for c in (*n.grade_cells, *n.task_cells)]
        return {cell.name: cell.max_score for cell in cells} if notebooks else None

    def record(self, graded: Graded, submission: Submission) -> None:
        """Write one graded submission: notebook file first, then its scores.

        A submission without a result (unreadable, or the grader's own error) loses the
        score that it had and is marked as needing a person.
        """
        now = graded.answers
        names = self._layout(graded.chapter).names
        with self.book.db.no_autoflush:
            entry = self._entry(graded.chapter, graded.student)
            folder = self._folder(graded)
            before = answers_in(folder) if _by_hand(entry) else {}
            target = self._write_notebook(graded, submission)
            entry.timestamp = utils.parse_utc(submission.timestamp)
            self._deadlines.enter_extension(entry, graded.student, graded.chapter)
            for notebook in entry.notebooks:
                for grade in notebook.grades:
                    name = names[grade.cell_id]
                    same = name in now and before.get(name) == now[name]
                    _enter_score(grade, graded.score(name), same)
                for comment in notebook.comments:
                    if graded.notebook:
                        comment.auto_comment = _comment(
                            names[comment.cell_id] in graded.untouched
                        )
            self.book.db.commit()
        self._late_penalty(entry, graded.chapter)
        if target is not None and submission.timestamp is not None:
            stamp = target.parent / "timestamp.txt"
            stamp.write_text(f"{submission.timestamp} UTC")
        self.book.db.expunge_all()  # else the session keeps the whole class in memory

    def forget_changes(self) -> None:
        """Drop what a failed :meth:`record` has not committed."""
        self.book.db.rollback()
        self.book.db.expunge_all()

    def _layout(self, chapter: str) -> _Layout:
        if chapter not in self._layouts:
            assignment = self.book.find_assignment(chapter)
            cells = [
                cell
                for notebook in assignment.notebooks
                for cell in (
                    *notebook.grade_cells,
                    *notebook.solution_cells,
                    *notebook.task_cells,
                )
            ]
            self._layouts[chapter] = _Layout(
                assignment.id,
                [notebook.id for notebook in assignment.notebooks],
                {cell.id: cell.name for cell in cells},
                [(c.notebook_id, c.id) for c in cells if isinstance(c, GRADED)],
                [(c.notebook_id, c.id) for c in cells if isinstance(c, COMMENTED)],
            )
        return self._layouts[chapter]

    def _entry(self, chapter: str, student: str) -> SubmittedAssignment:
        """The student's submission, with grades and comments; a new one is not saved.

        What nbgrader's `update_or_create_submission` does, in two queries instead of
        sixty and in the caller's transaction.
        """
        session, layout = self.book.db, self._layout(chapter)
        found = session.scalars(
            select(SubmittedAssignment)
            .filter_by(assignment_id=layout.assignment, student_id=student)
            .options(
                selectinload(SubmittedAssignment.notebooks).options(
                    selectinload(SubmittedNotebook.grades),
                    selectinload(SubmittedNotebook.comments),
                )
            )
        ).one_or_none()
        if found is not None:
            return found
        if session.get(Student, student) is None:
            session.add(Student(id=student, **self._names(student)))
        notebooks = {
            id: SubmittedNotebook(notebook_id=id, grades=[], comments=[])
            for id in layout.notebooks
        }
        for id, cell in layout.graded:
            notebooks[id].grades.append(Grade(cell_id=cell))
        for id, cell in layout.commented:
            notebooks[id].comments.append(Comment(cell_id=cell))
        entry = SubmittedAssignment(
            assignment_id=layout.assignment,
            student_id=student,
            notebooks=list(notebooks.values()),
        )
        session.add(entry)
        return entry

    def _names(self, student: str) -> dict[str, str | None]:
        """The student's names by the roster; Formgrader lists people by the last."""
        person = self._roster.people.get(student)
        if person is None:
            return {"last_name": student, "first_name": ""}
        return {
            "last_name": person.last_name or student,
            "first_name": person.first_name,
            "email": person.email or None,
            "lms_user_id": person.canvas_id or person.id_number or None,
        }

    def enter_due(self, chapter: str) -> None:
        self._deadlines.enter_due(self.book, chapter)

    def enter_roster(self) -> None:
        """Enter everyone on the roster, with names; who left it stays."""
        for student in self._roster.people:
            entry = self.book.db.get(Student, student) or Student(id=student)
            for name, value in self._names(student).items():
                setattr(entry, name, value)
            self.book.db.add(entry)
        self.book.db.commit()

    def apply_deadlines(self) -> list[str]:
        """Let due dates and extensions count for what is recorded; say what changed."""
        changed = []
        for assignment in self.book.assignments:
            self._deadlines.enter_due(self.book, assignment.name)
            for entry in assignment.submissions:
                before = _penalty(entry)
                student, chapter = entry.student_id, assignment.name
                self._deadlines.enter_extension(entry, student, chapter)
                self.book.db.commit()
                self._late_penalty(entry, chapter)
                self.book.db.refresh(entry)
                if _penalty(entry) != before:
                    changed.append(
                        f"{student}, {chapter}: late penalty {before:g} -> "
                        f"{_penalty(entry):g}"
                    )
        return changed

    def _late_penalty(self, entry: SubmittedAssignment, chapter: str) -> None:
        if not (entry.total_seconds_late > 0 or _penalty(entry)):
            return
        names = {"student": entry.student_id, "assignment": chapter}
        names |= {"notebook": chapter, "db_url": self.url}
        empty = nbformat.v4.new_notebook()
        AssignLatePenalties(config=self.config).preprocess(empty, {"nbgrader": names})

    def _folder(self, graded: Graded) -> Path:
        return self.root / "grading" / "autograded" / graded.student / graded.chapter

    def _write_notebook(self, graded: Graded, submission: Submission) -> Path | None:
        folder = self._folder(graded)
        target = notebook_path(folder)
        if not graded.notebook:
            for path in (target, folder / "timestamp.txt"):
                with contextlib.suppress(FileNotFoundError):
                    path.unlink()
            return None
        folder.mkdir(parents=True, exist_ok=True)
        replace_file(target, graded.notebook)
        return target


def _penalty(entry: SubmittedAssignment) -> float:
    return sum(n.late_submission_penalty or 0.0 for n in entry.notebooks)


def _by_hand(entry: SubmittedAssignment) -> bool:
    """Whether a person has given points to it."""
    return any(
        grade.manual_score is not None
        for notebook in entry.notebooks
        for grade in notebook.grades
    )


def _enter_score(grade: Grade, score: float | None, same_answer: bool) -> None:
    """Enter the judge's points; a person's stay where the answer is the same."""
    grade.auto_score = score
    grade.needs_manual_grade = needs_a_person(grade, same_answer)


def _comment(untouched: bool) -> str | None:
    """What nbgrader itself says of an answer that is still the released text."""
    return "No response." if untouched else None


def prepare_gradebook(root: Path, chapter: str) -> None:
    """Enter the chapter's graded cells into the gradebook, by nbgrader's own step.

    It is taken again where a build has changed their points. Raises CannotRun, with
    nbgrader's words, where it refuses: graded cells cannot come or go once there are
    submissions.
    """
    released = notebook_path(root / "chapters" / chapter)
    points = {
        info["grade_id"]: float(info["points"])
        for cell in nbformat.read(released, 4).cells
        if (info := cell.metadata.get("nbgrader", {})).get("grade") or info.get("task")
    }
    with CourseGradebook(root) as gradebook:
        gradebook.enter_roster()
        if gradebook.points_of(chapter) == points:
            gradebook.enter_due(chapter)
            return
    try:
        with tempfile.TemporaryDirectory() as scratch:
            generate_assignment(root, chapter, release=Path(scratch))
    except RuntimeError as error:
        if "submissions associated" in str(error):
            raise CannotRun(
                f"{chapter}: exercises came or went, and work is handed in already. "
                f"'autograde restructure {chapter}' lets the gradebook follow, after "
                "a copy of it; then grade again."
            ) from error
        raise CannotRun(str(error)) from error
    with CourseGradebook(root) as gradebook:
        gradebook.enter_due(chapter)
