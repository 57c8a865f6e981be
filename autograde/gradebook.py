"""Write results into nbgrader's gradebook, as its own autograder would.

Formgrader, manual grading, late policies, feedback and export then work on them.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import warnings
from pathlib import Path

import nbformat
from nbgrader import utils
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy.exc import SAWarning

from autograde.nbgrader_config import course_config
from autograde.submissions import Submission
from autograde.tasks import Graded


class CourseGradebook:
    """The gradebook of the course in `root`; use it as a context manager."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.config = course_config(root)
        (root / "grading").mkdir(exist_ok=True)
        self.url = self.config.CourseDirectory.db_url

    def __enter__(self) -> CourseGradebook:
        # nbgrader builds a submission's parts before it adds them to the session.
        warnings.filterwarnings("ignore", category=SAWarning, module="nbgrader")
        self.book = Gradebook(self.url, self.config.CourseDirectory.course_id)
        return self

    def __exit__(self, *_: object) -> None:
        self.book.close()

    def has_assignment(self, chapter: str) -> bool:
        try:
            return bool(self.book.find_assignment(chapter).notebooks)
        except MissingEntry:
            return False

    def record(self, graded: Graded, submission: Submission) -> None:
        """Write one graded submission: notebook file first, then its scores.

        A submission without a result (unreadable, or the grader's own error) loses the
        score that it had and is marked as needing a person.
        """
        target = self._write_notebook(graded, submission)
        self._know(graded.student)
        entry = self.book.update_or_create_submission(
            graded.chapter, graded.student, timestamp=submission.timestamp
        )
        notebook = self.book.find_submission_notebook(
            graded.chapter, graded.chapter, graded.student
        )
        cells = {}
        if graded.notebook:
            for cell in nbformat.reads(graded.notebook, 4).cells:
                info = cell.metadata.get("nbgrader", {})
                if info.get("grade") or info.get("solution"):
                    cells[info["grade_id"]] = cell
        for grade in notebook.grades:
            if grade.name in cells:
                grade.auto_score, _ = utils.determine_grade(cells[grade.name])
                manual = grade.manual_score is not None or grade.auto_score is None
                grade.needs_manual_grade = manual
            else:
                grade.auto_score = None
                grade.needs_manual_grade = True
        for comment in notebook.comments:
            if comment.name in cells:
                cell = cells[comment.name]
                same = cell.metadata.nbgrader.get("checksum") == utils.compute_checksum(
                    cell
                )
                comment.auto_comment = "No response." if same else None
        self.book.db.commit()
        if entry.total_seconds_late > 0:
            self._late_penalty(graded)
        if target is not None and submission.timestamp is not None:
            stamp = target.parent / "timestamp.txt"
            stamp.write_text(f"{submission.timestamp} UTC")
        self.book.db.expunge_all()  # else the session keeps the whole class in memory

    def _know(self, student: str) -> None:
        """Enter a new student; Formgrader lists people by their last name."""
        try:
            self.book.find_student(student)
        except MissingEntry:
            self.book.add_student(student, last_name=student, first_name="")

    def _late_penalty(self, graded: Graded) -> None:
        names = {"student": graded.student, "assignment": graded.chapter}
        names |= {"notebook": graded.chapter, "db_url": self.url}
        empty = nbformat.v4.new_notebook()
        AssignLatePenalties(config=self.config).preprocess(empty, {"nbgrader": names})

    def _write_notebook(self, graded: Graded, submission: Submission) -> Path | None:
        folder = self.root / "grading" / "autograded" / graded.student / graded.chapter
        target = folder / f"{graded.chapter}.ipynb"
        if not graded.notebook:
            for path in (target, folder / "timestamp.txt"):
                with contextlib.suppress(FileNotFoundError):
                    path.unlink()
            return None
        folder.mkdir(parents=True, exist_ok=True)
        replace_file(target, graded.notebook.encode())
        return target


def replace_file(target: Path, content: bytes) -> None:
    """Write `content` so that a reader sees the old file or the new, never a part."""
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".partial-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            os.fchmod(file.fileno(), 0o644)
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise


def prepare_gradebook(root: Path, chapter: str) -> None:
    """Enter the chapter's graded cells into the gradebook, by nbgrader's own step."""
    from nbgrader.apps import NbGraderAPI

    with CourseGradebook(root) as gradebook:
        if gradebook.has_assignment(chapter):
            return
    with tempfile.TemporaryDirectory() as scratch:
        config = course_config(root)
        config.CourseDirectory.release_directory = scratch
        api = NbGraderAPI(config=config)
        result = api.generate_assignment(chapter, force=True, create=True)
        if not result["success"]:
            raise RuntimeError(
                f"{chapter}: nbgrader refuses the chapter: {result['log']}"
            )
