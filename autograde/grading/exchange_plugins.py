"""nbgrader's own release, collect and release of feedback go through the course's.

So do Formgrader's buttons and ``nbgrader collect``; :mod:`autograde.grading.exchange`
says what is wrong with nbgrader's.
"""

from __future__ import annotations

from pathlib import Path

from nbgrader.exchange import default

from autograde.course.layout import CannotRun
from autograde.grading.exchange import Exchange, secure
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
        self.exchange = Exchange(Path(self.root), course.course_id)
        student = course.student_id
        self.student = student if student not in ("", "*") else None
        try:
            self.do(Path(course.root), course.assignment_id)
        except CannotRun as error:
            self.fail(str(error))

    def do(self, root: Path, chapter: str) -> None:
        raise NotImplementedError


class ReleaseAssignment(_CourseExchange, default.ExchangeReleaseAssignment):
    """Releases a chapter, once the exchange's permissions are right."""

    def do(self, root: Path, chapter: str) -> None:
        for line in secure(self.exchange):
            self.log.warning(line)
        released = root / self.coursedir.release_directory
        self.log.info(release_chapter(self.exchange, released, chapter))
        release_dates(self.exchange, released)


class Collect(_CourseExchange, default.ExchangeCollect):
    """Collects the submissions of a chapter."""

    def do(self, root: Path, chapter: str) -> None:
        exchange = Exchange(
            self.exchange.root, self.exchange.course, owners=self.check_owner
        )
        taken = collect_inbound(
            exchange, root / "grading", [chapter], student=self.student
        )
        for line in taken.placed:
            self.log.info(line)
        for line in taken.refused:
            self.log.warning(line)


class ReleaseFeedback(_CourseExchange, default.ExchangeReleaseFeedback):
    """Releases the feedback pages of a chapter."""

    def do(self, root: Path, chapter: str) -> None:
        secure(self.exchange)
        grading = root / "grading"
        done = release_feedback(self.exchange, grading, [chapter], self.student)
        self.log.info(f"{done.pages} pages released, {done.unchanged} unchanged")
        for line in done.waiting:
            self.log.warning(line)
