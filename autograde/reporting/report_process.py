"""The report's page from a process that may die: whose texts it died of, and the rest.

What students wrote or caused stands in the report as text: errors, notes, lines for a
person, example cells. A process with bounds puts it on the page. Where that process
dies, the students are found whose texts it died of; these are left out, and they are
named for a person.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

from autograde.reporting.mortal import MortalProcess
from autograde.reporting.report_page import render

if TYPE_CHECKING:
    from autograde.reporting.report import CourseReport

PROCESS = "autograde.reporting.report_page"
SECONDS = 20  # of CPU time for the page of a small class
FOR_EACH = 0.05  # and for each row of a student
MOST_TRIES = 200  # pages that are made to find whose texts are in the way
MOST_SECONDS = 900.0  # of CPU time that those use up which are not made

LEFT_OUT = (
    "what this submission says is left out of the report: to show it takes more time "
    "or memory than a page may"
)

Shown = Callable[["CourseReport"], "CourseReport"]


def page_of(report: CourseReport, shown: Shown, words: dict[str, Any]) -> str:
    """The page as HTML, without the texts that it cannot be made with.

    shown: what is done with a report before others read it; words: what the template
    names beside the report
    """
    rows = sum(len(chapter.rows) for chapter in report.chapters)
    seconds = int(SECONDS + FOR_EACH * rows)
    lost = 0.0  # seconds of CPU time
    with contextlib.closing(MortalProcess(PROCESS)) as process:

        def made(wanted: CourseReport) -> str | None:
            nonlocal lost
            page = {"report": plain(shown(wanted)), **words}
            data = json.dumps(page).encode()
            before = _seconds_of_children()
            said = process.ask({"seconds": seconds}, data)
            lost += _seconds_of_children() - before  # those that ended
            return None if said is None else said.decode()

        page = made(report)
        if page is not None:
            return page
        students = sorted({row.student for c in report.chapters for row in c.rows})
        nothing = without(report, students, told=True)
        tries = [MOST_TRIES if made(nothing) is not None else 0]

        def dies(some: Collection[str]) -> bool:
            tries[0] -= 1
            if tries[0] < 0 or lost > MOST_SECONDS:
                return True  # not known, so left out
            return made(without(report, set(students) - set(some))) is None

        culprits = _culprits(students, dies)
        page = made(without(report, culprits, told=True))
        if page is not None:
            return page
    return render({"report": plain(shown(nothing)), **words})


def _seconds_of_children() -> float:
    """CPU time of the children of this process that have ended."""
    times = os.times()
    return times.children_user + times.children_system


def _culprits(students: list[str], dies: Callable[[Collection[str]], bool]) -> set[str]:
    """Those of `students` with whose texts alone the page cannot be made."""
    if not students or not dies(students):
        return set()
    if len(students) == 1:
        return set(students)
    middle = len(students) // 2
    return _culprits(students[:middle], dies) | _culprits(students[middle:], dies)


def without(
    report: CourseReport, students: Collection[str], told: bool = False
) -> CourseReport:
    """The report without any text that `students` caused.

    told: a line for a person says so of each of them
    """
    chapters = []
    for chapter in report.chapters:
        rows = [
            dataclasses.replace(row, problem="", nbval="")
            if row.student in students
            else row
            for row in chapter.rows
        ]
        errors = [
            error for error in chapter.errors if not set(error.students) & set(students)
        ]
        groups = [
            dataclasses.replace(group, relation="", example="")
            if set(group.students) & set(students)
            else group
            for group in chapter.unnamed
        ]
        chapters.append(
            dataclasses.replace(chapter, rows=rows, errors=errors, unnamed=groups)
        )
    people = [line for line in report.people if line[0] not in students]
    if told:
        people += [(student, "", LEFT_OUT) for student in sorted(students)]
    notes = [note for note in report.notes if note[0] not in students]
    return dataclasses.replace(report, chapters=chapters, people=people, notes=notes)


def plain(value: Any) -> Any:
    """A report as data for JSON: the fields and properties of each of its parts."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in dataclasses.fields(value)]
        names += [n for n, v in vars(type(value)).items() if isinstance(v, property)]
        return {name: plain(getattr(value, name)) for name in names}
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value
