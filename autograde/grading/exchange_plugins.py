"""nbgrader's own release, collect and release of feedback go through the course's.

So do Formgrader's buttons and ``nbgrader collect``; :mod:`autograde.grading.exchange`
says what is wrong with nbgrader's.
"""

from __future__ import annotations

from pathlib import Path

from nbgrader.exchange import default

from autograde.course.layout import CannotRun
from autograde.grading.announce import due_dates, enter_chapter
from autograde.grading.exchange import Exchange, secure
from autograde.grading.exchange_extensions import release_extensions, secure_students
from autograde.grading.exchange_inbound import collect_inbound
from autograde.grading.exchange_outbound import (
    release_chapter,
    release_dates,
    release_feedback,
)


class _CourseExchange(default.Exchange):
    """What the three share: no step of nbgrader's is left but the course's one."""

    def start(self) -> None:
        course = self.coursedir
        owners = default.ExchangeCollect(config=self.config).check_owner
        self.exchange = Exchange(Path(self.root), course.course_id, owners)
        student = course.student_id
        self.student = student if student not in ("", "*") else None
        try:
            self.do(Path(course.root), course.assignment_id)
        except CannotRun as error:
            self.fail(str(error))

    def do(self, root: Path, chapter: str) -> None:
        raise NotImplementedError

    def warn(self, *lines: str) -> None:
        for line in filter(None, lines):
            self.log.warning(line)


class ReleaseAssignment(_CourseExchange, default.ExchangeReleaseAssignment):
    """Releases a chapter, once the exchange's permissions are right."""

    def do(self, root: Path, chapter: str) -> None:
        self.warn(*secure(self.exchange), *secure_students(self.exchange, root))
        released = root / self.coursedir.release_directory
        self.log.info(release_chapter(self.exchange, released, chapter))
        self.warn(enter_chapter(root, chapter))
        release_dates(self.exchange, due_dates(root))
        self.warn(*release_extensions(self.exchange, root))


class Collect(_CourseExchange, default.ExchangeCollect):
    """Collects the submissions of a chapter."""

    def do(self, root: Path, chapter: str) -> None:
        taken = collect_inbound(
            self.exchange, root / "grading", [chapter], student=self.student
        )
        for line in taken.placed:
            self.log.info(line)
        self.warn(*taken.refused, enter_chapter(root, chapter))


class ReleaseFeedback(_CourseExchange, default.ExchangeReleaseFeedback):
    """Releases the feedback pages of a chapter."""

    def do(self, root: Path, chapter: str) -> None:
        secure(self.exchange)
        grading = root / "grading"
        done = release_feedback(self.exchange, grading, [chapter], self.student)
        self.log.info(f"{done.pages} pages released, {done.unchanged} unchanged")
        self.warn(*done.waiting)
