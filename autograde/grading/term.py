"""Due dates and extensions: kept in files, told to nbgrader's gradebook."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from nbgrader.api import Gradebook, SubmittedAssignment

from autograde.course.dates import Dates, read_dates, write_dates
from autograde.course.files import replace_file
from autograde.course.layout import CannotRun
from autograde.course.times import as_utc, duration, parse_time, told

EXTENSIONS = "extensions.json"
ALL = "all"


def set_due(root: Path, chapter: str | None, when: str | None, zone: str | None) -> str:
    """Note when `chapter` is due, or the course's zone; return what is said of it.

    An empty `when` takes the date away.
    """
    folder = root / "chapters"
    dates = read_dates(folder)
    if zone is not None:
        dates.zone = zone
    zone_info = dates.zone_info  # CannotRun where there is no such zone
    if chapter is not None and when == "":
        dates.due.pop(chapter, None)
    elif chapter is not None and when is not None:
        try:
            dates.due[chapter] = parse_time(when, zone_info)
        except ValueError as error:
            raise CannotRun(f"{when!r} {error}.") from None
    write_dates(folder, dates)
    if chapter is None:
        return f"Times are in {dates.zone or 'the zone of this machine'}."
    due = dates.due.get(chapter)
    return f"{chapter} is due {told(due)}." if due else f"{chapter} has no due date."


def read_extensions(grading: Path) -> dict[str, dict[str, str]]:
    """Of each student: a chapter (or all), and a time or a duration."""
    try:
        found = json.loads((grading / EXTENSIONS).read_text("utf-8"))
        return {str(who): dict(what) for who, what in found.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def write_extensions(grading: Path, extensions: dict[str, dict[str, str]]) -> None:
    grading.mkdir(parents=True, exist_ok=True)
    text = json.dumps(extensions, indent=1, sort_keys=True) + "\n"
    replace_file(grading / EXTENSIONS, text.encode())


def extend(root: Path, student: str, chapter: str, until: str) -> str:
    """Give `student` until then for `chapter`; return what is said of it.

    `until` is a date, or a duration such as ``+2d`` that counts from the due date, for
    the chapter called ``all`` from each; an empty one takes the extension away.
    """
    extensions = read_extensions(root / "grading")
    mine = extensions.setdefault(student, {})
    if until == "":
        mine[chapter] = ""  # remembered, so that the gradebook forgets it too
        said = f"{student} has no extension for {chapter}."
    elif duration(until) is not None:
        mine[chapter] = until
        said = f"{student} has {until[1:]} more for {chapter}."
    elif chapter == ALL:
        raise CannotRun("An extension for all chapters is a duration, such as +2d.")
    else:
        dates = read_dates(root / "chapters")
        try:
            when = parse_time(until, dates.zone_info)
        except ValueError as error:
            raise CannotRun(f"{until!r} {error}.") from None
        mine[chapter] = when.isoformat()
        said = f"{student} has until {told(when)} for {chapter}."
    write_extensions(root / "grading", extensions)
    return said


def extension_of(
    extensions: dict[str, dict[str, str]],
    student: str,
    chapter: str,
    due: datetime | None,
) -> timedelta | None:
    """How much later than `due` the student may hand in; None where not later."""
    mine = extensions.get(student, {})
    text = mine.get(chapter) or mine.get(ALL)
    if not text or due is None:
        return None
    found = duration(text)
    if found is None:
        found = datetime.fromisoformat(text) - due
    return found if found > timedelta() else None


class Deadlines:
    """The dates and extensions of the course in `root`, for its gradebook."""

    def __init__(self, root: Path) -> None:
        self.dates: Dates = read_dates(root / "chapters")
        self.extensions = read_extensions(root / "grading")

    def enter_due(self, book: Gradebook, chapter: str) -> None:
        """Tell the gradebook when `chapter` is due; a date set there else stays."""
        due = self.dates.due.get(chapter)
        if due is not None:
            assignment = book.find_assignment(chapter)
            if assignment.duedate != as_utc(due):
                assignment.duedate = as_utc(due)
                book.db.commit()

    def enter_extension(
        self, entry: SubmittedAssignment, student: str, chapter: str
    ) -> None:
        """Give the student's submission its extension, where this course keeps one.

        One that nbgrader's API gave stays where this course says nothing of it.
        """
        if {chapter, ALL} & set(self.extensions.get(student, {})):
            due = self.dates.due.get(chapter)
            entry.extension = extension_of(self.extensions, student, chapter, due)

    def lines(self) -> Iterator[str]:
        """All dates and extensions, a line each."""
        for chapter, due in sorted(self.dates.due.items()):
            yield f"{chapter} is due {told(due)}."
        for student, mine in sorted(self.extensions.items()):
            for chapter, until in sorted(mine.items()):
                if not until:
                    continue
                if duration(until) is None:
                    until = told(datetime.fromisoformat(until))
                yield f"{student}, {chapter}: {until}"
