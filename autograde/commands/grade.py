"""Grade a class, and write what is told of it.

Nothing heavy is imported before the warm process is on its way: it takes longer to
start than all the rest.
"""

from __future__ import annotations

import gc
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from autograde.course.layout import (
    CANNOT_RUN,
    NEEDS_A_PERSON,
    CannotRun,
    chosen_chapters,
    has_submissions,
)
from autograde.execution.sandboxes import needs_of, start_early
from autograde.sandbox import SandboxUnavailable

if TYPE_CHECKING:
    from autograde.grading.class_run import Summary


def grade_course(root: Path, chapters: Sequence[str], **choices) -> int:
    """Grade the submissions of `chapters`, or of all; return the exit status.

    `choices` are those of :func:`_grade`.
    """
    try:
        return _grade(root, chapters, **choices)
    except Exception:  # not Python's own status 1, which names submissions
        traceback.print_exc()
        print(
            "The grader itself failed; what was graded so far is recorded. Mend what "
            "it says and run the same command again.",
            file=sys.stderr,
        )
        return CANNOT_RUN
    finally:
        gc.freeze()  # the interpreter's end would look at every object once more


def _grade(
    root: Path,
    chapters: Sequence[str],
    *,
    scheduler: str | None = None,
    workers: int | None = None,
    force: bool = False,
    preview: bool = False,
    trust_submissions: bool = False,
    scores_only: bool = False,
    student: Sequence[str] = (),
) -> int:
    grading = root / "grading"
    try:
        names = chosen_chapters(root, chapters)
        if scheduler is None and has_submissions(grading, names):
            start_early(needs_of(root, names, trust_submissions))
            from autograde.grading.judges import judges

            judges().start()
        students = []
        if student:
            from autograde.grading.people import student_called

            students = [student_called(root, name) for name in student]
        from autograde.grading.class_run import clear_errors, grade_class

        summary = grade_class(
            root,
            names,
            scheduler=scheduler,
            workers=workers,
            force=force or preview,
            students=students,
            keep=not preview,
            trusted=trust_submissions,
        )
    except (CannotRun, SandboxUnavailable) as error:
        print(f"Not graded: {error}", file=sys.stderr)
        return CANNOT_RUN
    from autograde.grading.anonymous import hide_in, shown
    from autograde.grading.moves import preview_lines
    from autograde.grading.people import all_students
    from autograde.grading.results import Results
    from autograde.reporting.publish import publish

    students, name = all_students(grading), shown(grading)
    status = _tell_person(summary, students, name)
    try:
        with clear_errors(), Results(grading) as results:
            if preview:
                for line in preview_lines(results):
                    print(hide_in(line, students, name))
            elif not scores_only and publish(root, results):
                status = NEEDS_A_PERSON
    except CannotRun as error:
        print(f"Graded and recorded, but not all is written: {error}", file=sys.stderr)
        return CANNOT_RUN
    return status


def _tell_person(
    summary: Summary, students: list[str], name: Callable[[str], str]
) -> int:
    from autograde.grading.anonymous import hide_in

    print(f"{summary.graded} submissions graded, {summary.unchanged} unchanged.")
    if summary.level:
        print(f"Student code ran behind: {summary.level}.")
    for line in summary.notes:
        print(f"  noticed: {hide_in(line, students, name)}")
    for line in summary.problems:
        print(f"  NEEDS A PERSON: {hide_in(line, students, name)}")
    return NEEDS_A_PERSON if summary.problems else 0
