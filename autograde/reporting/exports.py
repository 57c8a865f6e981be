"""Score files for other systems, in ``grading/exports/``.

``students.csv`` has a line for each student and chapter, ``exercises.csv`` one for each
of their exercises; ``canvas.csv`` and ``moodle.csv`` are what those systems import.
Scores come from nbgrader's gradebook: manual grades, extra credit and late penalties
count. Where the grader has no result, the score is left empty: it is not a zero.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from autograde.course.files import replace_file
from autograde.grading.results import StoredResult
from autograde.grading.scores import CourseScores, Score, StudentEntry

Stored = dict[tuple[str, str], StoredResult]
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write_exports(
    root: Path, scores: CourseScores, results: list[StoredResult]
) -> list[Path]:
    """Write the four files; return their paths."""
    folder = root / "grading" / "exports"
    folder.mkdir(parents=True, exist_ok=True)
    stored = {(result.chapter, result.student): result for result in results}
    tables = {
        "students.csv": _students(scores, stored),
        "exercises.csv": _exercises(scores, stored),
        "canvas.csv": _canvas(scores, stored),
        "moodle.csv": _moodle(scores, stored),
    }
    for name, rows in tables.items():
        replace_file(folder / name, _csv(rows).encode("utf-8"))
    return [folder / name for name in tables]


def harmless(value: Any) -> Any:
    """`value`, kept by a spreadsheet as text where it would be read as a formula.

    A number stays a number; a text that begins like a formula gets an apostrophe.
    """
    if isinstance(value, str):
        value = value.replace("\x00", "")
        if value.lstrip(" ").startswith(_FORMULA) or value.startswith(_FORMULA):
            return "'" + value
    return value


def _csv(rows: Iterable[list[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    for row in rows:
        writer.writerow([harmless(value) for value in row])
    return text.getvalue()


def _students(scores: CourseScores, results: Stored) -> Iterable[list[Any]]:
    yield [
        "student",
        "last name",
        "first name",
        "email",
        "chapter",
        "submitted",
        "points before penalty",
        "late penalty",
        "points",
        "points possible",
        "waits for a person",
        "problem",
    ]
    for student in scores.students:
        for chapter in _handed_in(scores):
            possible = scores.points[chapter]
            score = scores.score(chapter, student.id)
            result = results.get((chapter, student.id))
            known = has_score(score, result)
            yield [
                student.id,
                student.last_name,
                student.first_name,
                student.email,
                chapter,
                "yes" if score.submitted else "no",
                _number(score.raw) if known else "",
                _number(score.penalty) if known else "",
                _number(score.total) if known else "",
                _number(possible),
                " ".join(score.waiting),
                result.problem if result else "",
            ]


def _exercises(scores: CourseScores, results: Stored) -> Iterable[list[Any]]:
    yield [
        "student",
        "chapter",
        "exercise",
        "points",
        "points possible",
        "outcome",
        "cases passed",
        "cases",
        "misconception",
        "graded by a person",
        "waits for a person",
    ]
    judged = {
        (*key, exercise["name"]): exercise
        for key, result in results.items()
        for exercise in result.exercises
    }
    for (chapter, student), score in sorted(scores.scores.items()):
        for name in scores.exercises.get(chapter, {}):
            cell = score.cells.get(name)
            exercise = judged.get((chapter, student, name), {})
            cases = exercise.get("cases", [])
            yield [
                student,
                chapter,
                name,
                _number(cell.score) if cell else 0,
                _number(scores.exercises[chapter][name]),
                exercise.get("outcome", ""),
                sum(case["outcome"] == "passed" for case in cases),
                len(cases),
                exercise.get("misconception") or "",
                "yes" if cell and cell.manual else "no",
                "yes" if cell and cell.waits else "no",
            ]


def _canvas(scores: CourseScores, results: Stored) -> Iterable[list[Any]]:
    """Canvas's gradebook file; it finds students by SIS User ID or SIS Login ID.

    A cell is left empty where nothing was submitted: Canvas then keeps what it has.
    """
    chapters = _handed_in(scores)
    yield ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *chapters]
    possible = [_number(scores.points[chapter]) for chapter in chapters]
    yield ["    Points Possible", "", "", "", "", *possible]
    for student in scores.students:
        totals = _totals(scores, results, student.id)
        yield [student.full_name, "", student.id, student.id, "", *totals]


def _moodle(scores: CourseScores, results: Stored) -> Iterable[list[Any]]:
    """Moodle's grade import; map ``username`` or ``email`` to the user."""
    chapters = _handed_in(scores)
    yield ["username", "idnumber", "email", "firstname", "lastname", *chapters]
    for student in scores.students:
        totals = _totals(scores, results, student.id)
        yield [*_moodle_names(student), *totals]


def _moodle_names(student: StudentEntry) -> list[str]:
    names = [student.id, student.id, student.email]
    return [*names, student.first_name, student.last_name]


def has_score(score: Score, result: StoredResult | None) -> bool:
    """Whether there is a score to export: not where the grader or the file failed.

    A grade that a person gave counts in any case. Nothing submitted: no score.
    """
    if any(cell.manual for cell in score.cells.values()):
        return True
    return score.submitted and not (result is not None and result.problem)


def _handed_in(scores: CourseScores) -> list[str]:
    """The chapters that anyone handed in; another would be an empty column."""
    known = {chapter for chapter, _ in scores.scores}
    return [chapter for chapter in scores.points if chapter in known]


def _totals(scores: CourseScores, results: Stored, student: str) -> list[float | str]:
    totals = []
    for chapter in _handed_in(scores):
        score = scores.score(chapter, student)
        known = has_score(score, results.get((chapter, student)))
        totals.append(_number(score.total) if known else "")
    return totals


def _number(value: float) -> float | int:
    """A number without needless digits; it stays a number, so a minus is no formula."""
    rounded = round(value, 4)
    return int(rounded) if rounded == int(rounded) else rounded
