"""A graded class made without running anything: for tests of what is written of it."""

from __future__ import annotations

import tempfile
from datetime import datetime
from functools import cache
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.api import Gradebook

from autograde.checking.verdict import Judgement, Verdict
from autograde.grading.gradebook import CourseGradebook
from autograde.grading.hand_grades import answers_of
from autograde.grading.nbgrader_setup import course_config
from autograde.grading.outputs import check_outputs, said
from autograde.grading.results import Results
from autograde.grading.submissions import Submission
from autograde.grading.task import Graded
from autograde.language import ENGLISH, using
from autograde.notebooks.editions import LANGUAGE

CHAPTER = "01_small"
POINTS = {"first": 2.0, "second": 4.0}
SAYS = "You take the sum, where <b>the mean</b> is asked for."


def make_gradebook(root: Path) -> None:
    """Enter two exercises and a prose answer, as nbgrader's release step would."""
    path = root / "grading" / "gradebook.db"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_empty_gradebook())


@cache
def _empty_gradebook() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "gradebook.db"
        config = course_config(Path(folder)).CourseDirectory
        with Gradebook(f"sqlite:///{path}", config.course_id) as book:
            book.add_assignment(CHAPTER, duedate=datetime(2026, 1, 10))
            book.add_notebook(CHAPTER, CHAPTER)
            for name, points in POINTS.items():
                cell = {"max_score": points, "cell_type": "code"}
                book.add_solution_cell(name, CHAPTER, CHAPTER)
                book.add_grade_cell(f"check_{name}", CHAPTER, CHAPTER, **cell)
            cell = {"max_score": 3, "cell_type": "markdown"}
            book.add_grade_cell("prose", CHAPTER, CHAPTER, **cell)
            book.add_solution_cell("prose", CHAPTER, CHAPTER)
        return path.read_bytes()


def judgement(name: str, outcomes: str, known: bool = False) -> Judgement:
    """`outcomes` has a letter for each case."""
    long = {
        "p": "passed",
        "w": "wrong",
        "r": "raised",
        "n": "not run",
        "t": "timed out",
    }
    verdicts = [Verdict(f"case {i}", long[o]) for i, o in enumerate(outcomes)]
    found = Judgement(name, POINTS[name], verdicts)
    if known:
        found.misconception, found.says = "sum-for-mean", SAYS
    return found


def graded(
    student: str,
    first: str = "pp",
    second: str = "pp",
    *,
    known: bool = False,
    code: str = "def first(x):\n    return x",
    prose: str = "An answer.",
    outputs: list | None = None,
    problem: str = "",
    failed: bool = False,
    language: str = ENGLISH,
) -> Graded:
    """What a grading task would give back, for a notebook in `language`."""
    found = Graded(CHAPTER, student, problem=problem, failed=failed, seconds=1.5)
    if problem:
        return found
    found.judgements = {
        "first": judgement("first", first, known),
        "second": judgement("second", second),
    }
    cells = [new_markdown_cell("# A chapter\n\nIt holds $x_1^2$.", id="title")]
    for name, judged in found.judgements.items():
        source = code if name == "first" else "def second(x):\n    return -x"
        cells.append(_cell(new_code_cell(source, id=name), name, solution=True))
        cells[-1].outputs = outputs or [] if name == "first" else []
        check = _cell(
            new_code_cell(f'check("{name}")', id=f"check-{name}"),
            f"check_{name}",
            grade=True,
            points=POINTS[name],
        )
        with using(language, {}):
            check.outputs = check_outputs(judged)
            check.metadata["autograde"] = said(judged)
        cells.append(check)
    answer = new_markdown_cell(prose, id="prose")
    cells.append(_cell(answer, "prose", grade=True, solution=True, points=3.0))
    notebook = new_notebook(cells=cells)
    if language != ENGLISH:
        notebook.metadata[LANGUAGE] = language
    found.answers = answers_of(notebook)
    found.notebook = nbformat.writes(notebook).encode()
    return found


def _cell(cell, grade_id: str, **info):
    cell.metadata["nbgrader"] = {
        "grade_id": grade_id,
        "grade": False,
        "solution": False,
        "locked": False,
        "schema_version": 3,
        "task": False,
        "cell_type": cell.cell_type,
    } | info
    return cell


def printed(text: str):
    return new_output("stream", name="stdout", text=text)


def record(
    root: Path,
    results: list[Graded],
    *,
    submission: str = "work 1",
    version: str = "checks 1",
    keep: bool = True,
    timestamp: datetime | None = None,
) -> None:
    """Record `results` as one run, in the gradebook too where they are kept."""
    if not (root / "grading" / "gradebook.db").exists():
        make_gradebook(root)
    with Results(root / "grading") as store, CourseGradebook(root) as book:
        run = store.start_run("seed")
        for result in results:
            if keep:
                entry = Submission(result.student, CHAPTER, timestamp=timestamp)
                book.record(result, entry)
            store.add(run, result, submission, version, keep)
        store.finish_run(run, "namespaces", [])


def grade_by_hand(
    root: Path, student: str, cell: str, score: float, chapter: str = CHAPTER, **more
) -> None:
    """What a person does in Formgrader."""
    config = course_config(root).CourseDirectory
    with Gradebook(config.db_url, config.course_id) as book:
        grade = book.find_grade(cell, chapter, chapter, student)
        grade.manual_score, grade.needs_manual_grade = score, False
        for name, value in more.items():
            setattr(grade, name, value)
        book.db.commit()
