"""The report of a course run, ``grading/report/index.html``: one page, good offline.

It shows what the gradebook and the store of results hold; it grades nothing.
"""

from __future__ import annotations

import copy
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean, median
from typing import Any
from urllib.parse import quote

from autograde.checking.answer import points_text
from autograde.checking.verdict import OUTCOMES
from autograde.course.files import replace_file
from autograde.grading.anonymous import is_anonymous
from autograde.grading.moves import Move, moves_of_last_run
from autograde.grading.nbval_results import stored_summary
from autograde.grading.people import all_students
from autograde.grading.results import Results, StoredResult
from autograde.grading.roster import Roster, read_roster
from autograde.grading.scores import CourseScores, Score
from autograde.reporting.anonymous import hide_names
from autograde.reporting.item_analysis import ENOUGH, LOW, Item, analyse
from autograde.reporting.report_process import Shown, page_of
from autograde.reporting.similarity import RULE, Likeness, likeness
from autograde.reporting.unnamed import MAX_EXAMPLE, Group, unnamed_groups

OWN_ERROR = "grader's own error"
NO_RESULT = "no readable notebook"
COLUMNS = (*OUTCOMES, NO_RESULT, OWN_ERROR)
SHORT = {
    "wrong": "W",
    "raised": "R",
    "timed out": "T",
    "out of memory": "M",
    "crashed": "C",
    "not run": "N",
}
BINS = 10
NAMES_SHOWN = 12


@dataclass
class Misconception:
    """A known mistake and who makes it."""

    exercise: str
    name: str
    says: str
    students: list[str] = field(default_factory=list)


@dataclass
class StudentRow:
    """A line of the table of students; `cells` has points and a letter each."""

    student: str
    name: str
    section: str
    page: str
    cells: list[tuple[str, str]]
    penalty: float
    total: float | None
    seconds: float
    problem: str
    nbval: str = ""
    waits: bool = False


@dataclass
class ChapterReport:
    """Everything that the page says about one chapter."""

    name: str
    points: float
    submissions: int
    exercises: list[str]
    outcomes: dict[str, Counter]
    items: list[Item]
    misconceptions: list[Misconception]
    errors: list[Misconception]
    unnamed: list[Group]
    rows: list[StudentRow]
    bins: list[int]
    waiting: int
    absent: list[str]
    summary: str
    alike: Likeness
    times: dict[str, float]


@dataclass
class CourseReport:
    """Everything that the page says."""

    chapters: list[ChapterReport]
    run: dict[str, Any]
    people: list[tuple[str, str, str]]
    notes: list[tuple[str, str, str]]
    moves: list[Move]
    first_results: int


def write_report(
    root: Path,
    results: Results,
    scores: CourseScores,
    problems: list[str] | tuple[str, ...] = (),
) -> Path:
    """Write the page and return its path; `problems` are further lines for a person."""
    newest = results.all_newest()
    report = course_report(root, results, newest, scores)
    report.people += [("", "", line) for line in problems]
    page = report_html(report, lambda made: _shown(made, root / "grading"))
    target = root / "grading" / "report" / "index.html"
    target.parent.mkdir(parents=True, exist_ok=True)
    replace_file(target, page.encode("utf-8", "replace"))
    return target


def report_html(report: CourseReport, shown: Shown = lambda made: made) -> str:
    """The page as HTML, made in a process that may die of what students wrote."""
    words = {
        "columns": COLUMNS,
        "short": SHORT,
        "shown": NAMES_SHOWN,
        "max_example": MAX_EXAMPLE,
        "enough": ENOUGH,
        "low": LOW,
        "similarity_rule": RULE,
    }
    return page_of(report, shown, words)


def _shown(report: CourseReport, grading: Path) -> CourseReport:
    """The report as it may be read: with codes while grading is anonymous."""
    if not is_anonymous(grading):
        return report
    coded = copy.deepcopy(report)
    hide_names(coded, grading, all_students(grading))
    return coded


def course_report(
    root: Path, results: Results, newest: list[StoredResult], scores: CourseScores
) -> CourseReport:
    """Gather what the page shows."""
    chapters = []
    for name in sorted({result.chapter for result in newest}):
        mine = [result for result in newest if result.chapter == name]
        chapters.append(_chapter(root, name, mine, scores))
    last = max((result.run for result in newest), default=0)
    run = next((run for run in results.runs() if run["id"] == last), {})
    first = sum(1 for r in newest if r.run == last and results.previous(r) is None)
    return CourseReport(
        chapters,
        run,
        _people(newest, scores),
        [(r.student, r.chapter, note) for r in newest for note in r.notes],
        moves_of_last_run(results, newest),
        first,
    )


def _chapter(
    root: Path, name: str, results: list[StoredResult], scores: CourseScores
) -> ChapterReport:
    judged = [exercise["name"] for r in results for exercise in r.exercises]
    known = scores.exercises.get(name, {})
    exercises = list(dict.fromkeys([*judged, *known]))
    readable = [r for r in results if not r.problem]
    by_student = {r.student: scores.score(name, r.student) for r in results}
    complete = [r for r in readable if not by_student[r.student].waiting]
    totals = [by_student[r.student].total for r in complete]
    points = scores.points.get(name, 0.0)
    roster = read_roster(root / "grading")
    waiting = {cell for score in by_student.values() for cell in score.waiting}
    judged_names = [e for e in exercises if e not in waiting]
    awarded = [
        {key: cell.score for key, cell in by_student[r.student].cells.items()}
        for r in readable
    ]
    return ChapterReport(
        name,
        points,
        len(results),
        exercises,
        _outcomes(exercises, results),
        analyse({e: known.get(e, 0.0) for e in judged_names}, awarded),
        _misconceptions(results),
        _errors(results),
        unnamed_groups(root, name, results),
        [_row(root, r, by_student[r.student], exercises, roster) for r in results],
        _bins(totals, points),
        len(readable) - len(complete),
        sorted(set(roster.people) - set(by_student)),
        _summary(totals, points),
        likeness(root, name),
        _times(results),
    )


def _outcomes(exercises: list[str], results: list[StoredResult]) -> dict[str, Counter]:
    found: dict[str, Counter] = {name: Counter() for name in exercises}
    for result in results:
        for exercise in result.exercises:
            found[exercise["name"]][exercise["outcome"]] += 1
    judged = {exercise["name"] for r in results for exercise in r.exercises}
    for result in results:
        if not result.exercises:
            for name in judged:
                found[name][OWN_ERROR if result.failed else NO_RESULT] += 1
    # a number for each column: the page is made from plain data
    return {
        name: Counter({column: counts[column] for column in COLUMNS})
        for name, counts in found.items()
        if counts
    }


def _misconceptions(results: list[StoredResult]) -> list[Misconception]:
    found: dict[tuple[str, str], Misconception] = {}
    for result in results:
        for exercise in result.exercises:
            if exercise["misconception"]:
                key = (exercise["name"], exercise["misconception"])
                entry = found.setdefault(key, Misconception(*key, exercise["says"]))
                entry.students.append(result.student)
    return sorted(found.values(), key=lambda m: (-len(m.students), m.exercise, m.name))


def _errors(results: list[StoredResult]) -> list[Misconception]:
    """What students' code raised, as they read it; the most frequent first."""
    found: dict[tuple[str, str], Misconception] = {}
    for result in results:
        for exercise in result.exercises:
            said = exercise.get("explanation")
            if said:
                key = (exercise["name"], said)
                entry = found.setdefault(key, Misconception(key[0], "error", said))
                entry.students.append(result.student)
    return sorted(found.values(), key=lambda e: (-len(e.students), e.exercise, e.says))


def _row(
    root: Path,
    result: StoredResult,
    score: Score,
    exercises: list[str],
    roster: Roster,
) -> StudentRow:
    judged = {exercise["name"]: exercise for exercise in result.exercises}
    cells = []
    for name in exercises:
        cell = score.cells.get(name)
        outcome = judged.get(name, {}).get("outcome", "")
        letter = SHORT.get(outcome, "")
        unsettled = result.problem and not (cell and cell.manual)
        if unsettled or (cell and cell.waits):
            cells.append(("", "?"))
        else:
            cells.append((points_text(cell.score) if cell else "", letter))
    address = f"../feedback/{quote(result.student)}/{quote(result.chapter)}/"
    return StudentRow(
        result.student,
        roster.name(result.student),
        roster.section(result.student),
        "" if result.problem else f"{address}{quote(result.chapter)}.html",
        cells,
        score.penalty,
        None if result.problem else score.total,
        result.seconds,
        result.problem,
        stored_summary(root, result.chapter, result.student, result.submission),
        bool(score.waiting),
    )


def _bins(totals: list[float], points: float) -> list[int]:
    bins = [0] * BINS
    for total in totals:
        share = total / points if points else 0.0
        bins[min(BINS - 1, max(0, int(share * BINS)))] += 1
    return bins


def _summary(totals: list[float], points: float) -> str:
    if not totals:
        return "No submission has its whole score yet."
    said = {
        "mean": mean(totals),
        "median": median(totals),
        "lowest": min(totals),
        "highest": max(totals),
    }
    parts = ", ".join(f"{name} {points_text(value)}" for name, value in said.items())
    scores = "score" if len(totals) == 1 else "scores"
    return f"{len(totals)} {scores} of {points_text(points)} points: {parts}."


def _times(results: list[StoredResult]) -> dict[str, float]:
    """Median seconds of each exercise, where the judge has stored them."""
    seconds: dict[str, list[float]] = {}
    for result in results:
        for exercise in result.exercises:
            if exercise.get("seconds") is not None:
                seconds.setdefault(exercise["name"], []).append(exercise["seconds"])
    return {name: median(values) for name, values in seconds.items()}


def _people(
    newest: list[StoredResult], scores: CourseScores
) -> list[tuple[str, str, str]]:
    """Student, chapter and reason for everything that a person has to do."""
    found = []
    for result in newest:
        if result.problem:
            found.append((result.student, result.chapter, result.problem))
    waiting: Counter = Counter()
    broken = {(r.chapter, r.student) for r in newest if r.problem}
    for key, score in scores.scores.items():
        if key not in broken:
            waiting.update((score.chapter, name) for name in score.waiting)
    for (chapter, name), count in sorted(waiting.items()):
        answers = "answer waits" if count == 1 else "answers wait"
        found.append(
            ("", chapter, f"{name}: {count} {answers} for a grade in Formgrader")
        )
    return found
