"""What is written once a class is graded: feedback pages, CSV exports, the report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from autograde.course.layout import on_one_line
from autograde.grading.anonymous import hide_in, shown
from autograde.grading.people import all_students
from autograde.grading.results import Results
from autograde.grading.scores import course_scores
from autograde.reporting.anonymous import write_coded_pages
from autograde.reporting.exports import write_exports
from autograde.reporting.feedback import write_feedback
from autograde.reporting.report import write_report


def publish(
    root: Path,
    results: Results,
    quiet: bool = False,
    force: bool = False,
    **exporting: Any,
) -> list[str]:
    """Write everything and say where it is; return lines for a person.

    `exporting` are the choices of :func:`write_exports`.
    """
    scores = course_scores(root)
    written = write_feedback(root, scores, quiet=quiet, force=force)
    write_exports(root, scores, results.all_newest(), **exporting)
    page = write_report(root, results, scores, written.problems)
    write_coded_pages(root / "grading")
    if not quiet:
        told = f"{written.pages} written, {written.unchanged} unchanged"
        folder = root / "grading"
        print(f"Report      {page}")
        print(f"Scores      {folder / 'exports'} (CSV; for Canvas and Moodle too)")
        waiting = sum(1 for score in scores.scores.values() if score.waiting)
        if waiting and not exporting.get("partial"):
            print(
                f"            {waiting} scores are left empty there: an answer waits "
                "for a person (with --partial they count as they are)"
            )
        print(f"Feedback    {folder / 'feedback'} (pages: {told})")
        print(f"Gradebook   {folder / 'gradebook.db'} (nbgrader, Formgrader)")
        students, name = all_students(folder), shown(folder)
        for line in written.problems:
            line = hide_in(line, students, name)
            print(f"  NEEDS A PERSON: {on_one_line(line)}")
    return written.problems
