"""What this course adds to nbgrader's autograder, and so to Formgrader's button.

It runs two rounds. In the first, :class:`Rebuild` takes the place
of the preprocessors that overwrite cells; in the second, :class:`Judge` takes the
place of the one that executes them. Both leave the reading of what a student sent to a
judge's process, as a class run does.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades

from autograde.grading.hand_grades import answers_of
from autograde.grading.task import (
    Graded,
    Package,
    course_version,
    grade_rebuilt,
    make_package,
    rebuild_submission,
)
from autograde.notebooks.cells import grade_id
from autograde.notebooks.submitted import UnreadableSubmission, read_submission


class Rebuild(NbGraderPreprocessor):
    """Replace a submitted notebook by the released one with the student's work."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        names = resources["nbgrader"]
        folder = Path(resources["metadata"]["path"])
        submitted = read_submission(folder / f"{names['notebook']}.ipynb")
        package = _package(_root(self), names["assignment"])
        rebuilt = rebuild_submission(package, names["student"], submitted)
        return _taken(self, names, rebuilt), resources


class Judge(NbGraderPreprocessor):
    """Run the rebuilt notebook in the sandbox and write the judge's points into it."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        names = resources["nbgrader"]
        package = _package(_root(self), names["assignment"])
        graded = grade_rebuilt(package, names["student"], json.dumps(nb).encode())
        return _taken(self, names, graded), resources


def _taken(
    step: NbGraderPreprocessor, names: dict[str, str], graded: Graded
) -> nbformat.NotebookNode:
    """The notebook that a judge wrote; raises where there is none."""
    for note in graded.notes:
        step.log.warning("%s, %s: %s", names["student"], names["assignment"], note)
    if graded.failed:
        raise RuntimeError(graded.problem)
    if graded.problem:
        raise UnreadableSubmission(graded.problem)
    return nbformat.reads(graded.notebook.decode(), 4)


def _package(root: Path, chapter: str) -> Package:
    return _package_of(root, chapter, course_version(root, chapter))


class SaveGrades(SaveAutoGrades):
    """Enter the scores; a person's stay settled where the answer is the same."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        self.answers = answers_of(nb)
        return super().preprocess(nb, resources)

    def _add_score(self, cell: NotebookNode, resources: dict[str, Any]) -> None:
        super()._add_score(cell, resources)
        name = grade_id(cell)
        settled = self.parent.parent.settled  # the converter's, see nbgrader_guard
        if settled.get(name) == self.answers.get(name, None):
            grade = self.gradebook.find_grade(
                name, self.notebook_id, self.assignment_id, self.student_id
            )
            grade.needs_manual_grade = False
            self.gradebook.db.commit()


@functools.lru_cache(maxsize=2)
def _package_of(root: Path, chapter: str, version: str) -> Package:
    """The chapter at this version, read once for a class."""
    return make_package(root, chapter)


def _root(preprocessor: NbGraderPreprocessor) -> Path:
    return Path(preprocessor.config.CourseDirectory.root)
