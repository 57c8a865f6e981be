"""Tell the gradebook of the roster, of due dates and of extensions; ask it for them."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

from autograde.course.dates import Dates, read_dates
from autograde.course.layout import on_one_line
from autograde.course.lock import only_run
from autograde.grading.gradebook import CourseGradebook, prepare_gradebook


def enter_roster(root: Path) -> None:
    """Enter the roster into the gradebook, where there is one."""
    if (root / "grading" / "gradebook.db").exists():
        with CourseGradebook(root) as gradebook:
            gradebook.enter_roster()


def enter_chapter(root: Path, chapter: str) -> str:
    """Enter `chapter`, its due date and the roster, as Formgrader wants them.

    Returns why it could not be done; grading does it, too.
    """
    try:
        with only_run(root / "grading"):
            prepare_gradebook(root, chapter)
    except Exception as error:  # of anything that a chapter may be; others go on
        return on_one_line(f"{chapter} is not in Formgrader yet: {error}")
    return ""


def forget_due(root: Path, chapter: str) -> None:
    """Take the due date of `chapter` out of the gradebook, where there is one."""
    if (root / "grading" / "gradebook.db").exists():
        with CourseGradebook(root) as gradebook:
            for assignment in gradebook.book.assignments:
                if assignment.name == chapter:
                    assignment.duedate = None
            gradebook.book.db.commit()


def due_dates(root: Path) -> Dates:
    """The course's due dates, and those that were set in Formgrader alone."""
    dates = read_dates(root / "chapters")
    if (root / "grading" / "gradebook.db").exists():
        with CourseGradebook(root) as gradebook:
            for assignment in gradebook.book.assignments:
                if assignment.duedate and assignment.name not in dates.due:
                    when = assignment.duedate.replace(tzinfo=UTC)
                    dates.due[assignment.name] = when.astimezone(dates.zone_info or UTC)
    return dates


def apply_deadlines(root: Path) -> list[str]:
    """Let due dates and extensions count for what is recorded; say what changed."""
    if not (root / "grading" / "gradebook.db").exists():
        return []
    with CourseGradebook(root) as gradebook:
        return gradebook.apply_deadlines()
