"""Score files for other systems, in ``grading/exports/``.

``students.csv`` has a line for each student and chapter, ``exercises.csv`` one for each
of their exercises; ``canvas.csv`` and ``moodle.csv`` are what those systems import.
Scores come from nbgrader's gradebook: manual grades, extra credit and late penalties
count. Where the grader has no result, or an answer still waits for a person, the score
is left empty: it is not a zero, and no part of a score is taken for all of it.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograde.course.files import replace_file
from autograde.grading.results import StoredResult
from autograde.grading.roster import Person, Roster, read_roster
from autograde.grading.scores import CourseScores, Score, StudentEntry

Stored = dict[tuple[str, str], StoredResult]
_FORMULA = ("=", "+", "-", "@")
_SEPARATORS = re.compile(r"([;|\t\r\n])")
SETTINGS = "settings.json"


@dataclass
class Class:
    """What the files are made of.

    partial: whether a score counts though an answer still waits for a person
    moodle_maximum: to which every chapter is scaled for Moodle; None: its own points
    """

    scores: CourseScores
    results: Stored
    roster: Roster = field(default_factory=Roster)
    partial: bool = False
    moodle_maximum: float | None = None

    def total(self, chapter: str, student: str) -> float | None:
        """The score to export; None where there is none yet."""
        score = self.scores.score(chapter, student)
        known = has_score(score, self.results.get((chapter, student)))
        return score.total if known and (self.partial or not score.waiting) else None


def write_exports(
    root: Path,
    scores: CourseScores,
    results: list[StoredResult],
    *,
    partial: bool = False,
    moodle_maximum: float | None = None,
) -> list[Path]:
    """Write the four files; return their paths.

    `moodle_maximum` is remembered for the files that are written later.
    """
    folder = root / "grading" / "exports"
    folder.mkdir(parents=True, exist_ok=True)
    stored = {(result.chapter, result.student): result for result in results}
    maximum = _remembered(folder, moodle_maximum)
    roster = read_roster(root / "grading")
    found = Class(scores, stored, roster, partial, maximum)
    tables = {
        "students.csv": _students(found),
        "exercises.csv": _exercises(scores, stored),
        "canvas.csv": _canvas(found),
        "moodle.csv": _moodle(found),
    }
    for name, rows in tables.items():
        replace_file(folder / name, _csv(rows).encode("utf-8"))
    return [folder / name for name in tables]


def _remembered(folder: Path, maximum: float | None) -> float | None:
    path = folder / SETTINGS
    if maximum is not None:
        replace_file(path, json.dumps({"moodle_maximum": maximum}).encode())
        return maximum
    try:
        return float(json.loads(path.read_text("utf-8"))["moodle_maximum"])
    except (OSError, ValueError, TypeError, KeyError):
        return None


def harmless(value: Any) -> Any:
    """`value`, kept by a spreadsheet as text where it would be read as a formula.

    A number stays a number; a text that begins like a formula, or with what separates
    cells, gets an apostrophe. What cannot be seen at its beginning does not count. So
    does what follows a mark that separates cells where a spreadsheet is set to it.
    """
    if not isinstance(value, str):
        return value
    parts = _SEPARATORS.split(value.replace("\x00", ""))
    made = "".join("'" + part if _is_formula(part) else part for part in parts)
    return "'" + made if made[:1] in tuple("\t\r\n") else made


def _is_formula(text: str) -> bool:
    seen = itertools.dropwhile(_is_unseen, unicodedata.normalize("NFKC", text))
    return next(seen, "").startswith(_FORMULA)


def _is_unseen(letter: str) -> bool:
    return letter.isspace() or not letter.isprintable() or letter in "\"'"


def _csv(rows: Iterable[list[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    for row in rows:
        writer.writerow([harmless(value) for value in row])
    return text.getvalue()


def _students(found: Class) -> Iterable[list[Any]]:
    scores = found.scores
    yield [
        "student",
        "last name",
        "first name",
        "email",
        "section",
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
            result = found.results.get((chapter, student.id))
            known = has_score(score, result)
            total = found.total(chapter, student.id)
            yield [
                student.id,
                student.last_name,
                student.first_name,
                student.email,
                found.roster.section(student.id),
                chapter,
                "yes" if score.submitted else "no",
                _number(score.raw) if known else "",
                _number(score.penalty) if known else "",
                "" if total is None else _number(total),
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
                ("" if cell.waits else _number(cell.score)) if cell else 0,
                _number(scores.exercises[chapter][name]),
                exercise.get("outcome", ""),
                sum(case["outcome"] == "passed" for case in cases),
                len(cases),
                exercise.get("misconception") or "",
                "yes" if cell and cell.manual else "no",
                "yes" if cell and cell.waits else "no",
            ]


def _canvas(found: Class) -> Iterable[list[Any]]:
    """Canvas's gradebook file; it finds students by ID, SIS User ID or SIS Login ID.

    A cell is left empty where there is no score: Canvas then keeps what it has.
    """
    scores = found.scores
    chapters = _handed_in(scores)
    yield ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *chapters]
    possible = [_number(scores.points[chapter]) for chapter in chapters]
    yield ["    Points Possible", "", "", "", "", *possible]
    for student in scores.students:
        person = found.roster.people.get(student.id) or _unlisted(student)
        yield [
            student.full_name,
            person.canvas_id,
            person.id_number or ("" if person.canvas_id else student.id),
            person.login or student.id,
            person.section,
            *_totals(found, student.id, chapters),
        ]


def _moodle(found: Class) -> Iterable[list[Any]]:
    """Moodle's grade import; map ``username``, ``idnumber`` or ``email`` to the user.

    A title says the maximum that its grade item must have: Moodle makes a new item with
    100, and cuts off what is above an item's maximum.
    """
    scores = found.scores
    chapters = _handed_in(scores)
    maxima = [found.moodle_maximum or scores.points[chapter] for chapter in chapters]
    titles = [
        f"{chapter} (maximum {_number(maximum)})"
        for chapter, maximum in zip(chapters, maxima, strict=True)
    ]
    yield ["username", "idnumber", "email", "firstname", "lastname", *titles]
    for student in scores.students:
        person = found.roster.people.get(student.id) or _unlisted(student)
        totals = [
            _scaled(total, scores.points[chapter], maximum)
            for total, chapter, maximum in zip(
                _totals(found, student.id, chapters), chapters, maxima, strict=True
            )
        ]
        yield [
            person.login or student.id,
            person.id_number,
            student.email,
            student.first_name,
            student.last_name,
            *totals,
        ]


def _unlisted(student: StudentEntry) -> Person:
    """A student who is on no roster: their folder's name is all that is known."""
    return Person(student.id, login=student.id, id_number=student.id)


def _scaled(total: float | str, points: float, maximum: float) -> float | str:
    if isinstance(total, str) or not points:
        return total
    return _number(total * maximum / points)


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


def _totals(found: Class, student: str, chapters: list[str]) -> list[float | str]:
    totals = [found.total(chapter, student) for chapter in chapters]
    return ["" if total is None else _number(total) for total in totals]


def _number(value: float) -> float | int:
    """A number without needless digits; it stays a number, so a minus is no formula."""
    rounded = round(value, 4)
    return int(rounded) if rounded == int(rounded) else rounded
