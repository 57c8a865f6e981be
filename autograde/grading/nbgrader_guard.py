"""How nbgrader's own autograder takes a submission in, made as careful as ours.

nbgrader copies every file of a submission and follows links on the way, parses the
notebook and ``timestamp.txt`` whatever their size, stops the whole class at a timestamp
that is none, and goes on where its hook refuses a submission. :func:`guard` mends
that for the processes that use this course's configuration, Formgrader among them.
"""

from __future__ import annotations

import functools
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback
from nbgrader.converters.base import BaseConverter, NbGraderException
from nbgrader.coursedir import CourseDirectory

from autograde.course.layout import (
    CannotRun,
    has_submissions,
    notebook_path,
    on_one_line,
)
from autograde.course.lock import only_run
from autograde.execution.sandboxes import needs_of, start_early
from autograde.grading.hand_grades import Answers, answers_in
from autograde.grading.judges import judges
from autograde.grading.nbgrader_steps import Rebuild
from autograde.grading.submissions import read_timestamp
from autograde.notebooks.submitted import UnreadableSubmission


class SubmissionExporter(NotebookExporter):
    """An exporter that leaves the reading of a submitted file to :class:`Rebuild`."""

    def from_file(self, file_stream: Any, resources=None, **keywords: Any):
        if any(isinstance(step, Rebuild) for step in self._preprocessors):
            empty = nbformat.v4.new_notebook()
            return self.from_notebook_node(empty, resources=resources, **keywords)
        return super().from_file(file_stream, resources=resources, **keywords)


def guard() -> None:
    """Put the course's own steps in the place of nbgrader's, in this process."""
    if not hasattr(Autograde.init_assignment, "__wrapped__"):
        Autograde.run_pre_convert_hook = _admitting(Autograde.run_pre_convert_hook)
        Autograde.init_notebooks = _named_on_one_line(Autograde.init_notebooks)
        Autograde.init_assignment = _without_files(Autograde.init_assignment)
        Autograde.init_destination = _remembering(Autograde.init_destination)
        CourseDirectory.get_existing_timestamp = _timestamp
        for command in (Autograde, GenerateAssignment, GenerateFeedback):
            command.start = _in_turn(command.start)


def _in_turn(start):
    """A command of nbgrader that waits for no run of this course, nor disturbs one."""

    @functools.wraps(start)
    def in_turn(command: BaseConverter) -> None:
        try:
            with only_run(Path(command.coursedir.root) / "grading"):
                if isinstance(command, Autograde):
                    _warm_up(command.coursedir)
                start(command)
        except CannotRun as error:
            command.log.error(str(error))
            raise NbGraderException(str(error)) from None

    return in_turn


def _warm_up(course: CourseDirectory) -> None:
    """Start what will grade the chapter, beside the steps that nbgrader takes first."""
    root, chapter = Path(course.root), course.assignment_id
    there = chapter and notebook_path(root / "chapters" / chapter).is_file()
    if there and has_submissions(root / "grading", [chapter]):
        start_early(needs_of(root, [chapter]))
        judges().start()


def _named_on_one_line(init_notebooks):
    """The step that lists submissions: it stops at a newline in a folder's name."""

    @functools.wraps(init_notebooks)
    def listed(autograder: Autograde) -> None:
        init_notebooks(autograder)
        for folder in [name for name in autograder.assignments if "\n" in name]:
            del autograder.assignments[folder]
            said = on_one_line(folder)
            autograder.log.error("%s has a line break in its name: rename it", said)

    return listed


def _admitting(run_hook):
    """The step before anything of a submission is touched; it may refuse it."""

    @functools.wraps(run_hook)
    def admitting(autograder: Autograde) -> None:
        _admit(autograder)
        run_hook(autograder)

    return admitting


def _admit(autograder: Autograde) -> None:
    """Forget the old scores of the submission that comes next, and refuse links.

    nbgrader leaves the score of an earlier submission in place when the new one cannot
    be graded; here a submission that cannot be graded has no score.
    """
    notebooks = [Path(name) for name in autograder.notebooks]
    folder = notebooks[0].parent
    assignment, student = folder.name, folder.parent.name
    autograder.settled = _forget_scores(autograder, assignment, student)
    for path in (folder.parent, folder):
        if path.is_symlink():
            raise UnreadableSubmission(f"{student}, {assignment}: a folder is a link")
    for path in notebooks:
        if path.is_symlink() or not path.is_file():
            said = f"{path.name} is not a plain file"
            raise UnreadableSubmission(f"{student}, {assignment}: {said}")


def _remembering(init_destination):
    """The step that removes an earlier result; what was graded in it is remembered."""

    @functools.wraps(init_destination)
    def remembering(autograder: Autograde, assignment: str, student: str) -> bool:
        folder = Path(autograder._format_dest(assignment, student))
        autograder.answers_before = answers_in(folder)
        return init_destination(autograder, assignment, student)

    return remembering


def _forget_scores(autograder: Autograde, assignment: str, student: str) -> Answers:
    """Take old scores away; return the answers whose points a person has settled."""
    course = autograder.coursedir
    settled: Answers = {}
    with Gradebook(course.db_url, course.course_id) as book:
        try:
            submission = book.find_submission(assignment, student)
        except MissingEntry:
            return settled
        for notebook in submission.notebooks:
            for grade in notebook.grades:
                if grade.manual_score is not None and not grade.needs_manual_grade:
                    settled[grade.name] = autograder.answers_before.get(grade.name, "")
                grade.auto_score = None
                grade.needs_manual_grade = True
        book.db.commit()
    return settled


def _without_files(init_assignment):
    """The step that copies files: none is needed, and a student's may be anything."""

    @functools.wraps(init_assignment)
    def without_files(autograder: Autograde, assignment: str, student: str) -> None:
        course = autograder.coursedir
        ignored, course.ignore = course.ignore, ["*"]
        try:
            init_assignment(autograder, assignment, student)
        finally:
            course.ignore = ignored
        stamp = course.get_existing_timestamp(
            autograder._format_source(assignment, student)
        )
        if stamp is not None:  # by it nbgrader tells a later submission
            folder = Path(autograder._format_dest(assignment, student))
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "timestamp.txt").write_text(f"{stamp} UTC")

    return without_files


def _timestamp(course: CourseDirectory, folder: str) -> datetime | None:
    return read_timestamp(Path(folder) / "timestamp.txt", course.log.warning)
