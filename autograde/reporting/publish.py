"""What is written once a class is graded: feedback pages, CSV exports, the report."""

from __future__ import annotations

from pathlib import Path

from autograde.course.layout import on_one_line
from autograde.grading.results import Results
from autograde.grading.scores import course_scores
from autograde.reporting.exports import write_exports
from autograde.reporting.feedback import write_feedback
from autograde.reporting.report import write_report


def publish(
    root: Path, results: Results, quiet: bool = False, force: bool = False
) -> list[str]:
    """Write everything and say where it is; return lines for a person."""
    scores = course_scores(root)
    written = write_feedback(root, scores, quiet=quiet, force=force)
    write_exports(root, scores, results.all_newest())
    page = write_report(root, results, scores, written.problems)
    if not quiet:
        told = f"{written.pages} written, {written.unchanged} unchanged"
        folder = root / "grading"
        print(f"Report      {page}")
        print(f"Scores      {folder / 'exports'} (CSV; for Canvas and Moodle too)")
        print(f"Feedback    {folder / 'feedback'} (pages: {told})")
        print(f"Gradebook   {folder / 'gradebook.db'} (nbgrader, Formgrader)")
        for line in written.problems:
            print(f"  NEEDS A PERSON: {on_one_line(line)}")
    return written.problems
