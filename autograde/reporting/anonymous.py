"""The report and feedback pages, without names while grading is anonymous."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from autograde.grading.anonymous import PAGES, code_of, hide_in, is_anonymous

if TYPE_CHECKING:
    from autograde.reporting.report import ChapterReport, CourseReport


def hide_names(report: CourseReport, grading: Path, students: Iterable[str]) -> None:
    """Put codes in the place of students, in all that the page shows.

    What stood in the order of names stands in that of codes, which tells nothing.
    """

    def code(student: str) -> str:
        return code_of(grading, student) if student else student

    known = list(students)
    people = [
        (code(student), chapter, hide_in(line, known, code))
        for student, chapter, line in report.people
    ]
    report.people = sorted(people, key=lambda line: (not line[0], line))
    report.notes = sorted((code(who), kind, text) for who, kind, text in report.notes)
    moves = [replace(m, student=code(m.student)) for m in report.moves]
    report.moves = sorted(moves, key=lambda move: (move.chapter, move.student))
    for chapter in report.chapters:
        _hide_in_chapter(chapter, code)


def _hide_in_chapter(chapter: ChapterReport, code: Callable[[str], str]) -> None:
    for mistake in (*chapter.misconceptions, *chapter.errors):
        mistake.students = sorted(map(code, mistake.students))
    for group in chapter.unnamed:
        coded = {code(s): f for s, f in group.fingerprints.items()}
        group.fingerprints = dict(sorted(coded.items()))
    pairs = []
    for pair in chapter.alike.pairs:
        one, other = sorted((code(pair.one), code(pair.other)))
        pairs.append(replace(pair, one=one, other=other))
    chapter.alike.pairs = pairs
    chapter.alike.not_compared = sorted(map(code, chapter.alike.not_compared))
    chapter.absent = sorted(map(code, chapter.absent))
    for row in chapter.rows:
        row.student = code(row.student)
        row.name = ""
        if row.page:
            row.page = f"../{PAGES}/{row.student}/{chapter.name}.html"
    chapter.rows.sort(key=lambda row: row.student)


def write_coded_pages(grading: Path) -> None:
    """The feedback pages once more, in folders with codes; none while names are shown.

    The pages themselves name the student by the code (see ``feedback.Grades``).
    """
    target = grading / PAGES
    shutil.rmtree(target, ignore_errors=True)
    if not is_anonymous(grading):
        return
    for page in sorted((grading / "feedback").glob("*/*/*.html")):
        student = page.parent.parent.name
        copy = target / code_of(grading, student) / page.name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(page, copy)
