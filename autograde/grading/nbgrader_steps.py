"""What this course adds to nbgrader's autograder, and so to Formgrader's button.

It runs two rounds. In the first, :class:`Rebuild` takes the place
of the preprocessors that overwrite cells; in the second, :class:`Judge` takes the
place of the one that executes them.
"""

from __future__ import annotations

import functools
from pathlib import Path

import nbformat
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades

from autograde.course.layout import notebook_path
from autograde.grading.hand_grades import answers_of
from autograde.grading.task import Package, course_version, grade_rebuilt, make_package
from autograde.notebooks.cells import grade_id
from autograde.notebooks.rebuild import rebuild
from autograde.notebooks.submitted import read_submission


class Rebuild(NbGraderPreprocessor):
    """Replace a submitted notebook by the released one with the student's work."""

    def preprocess(self, nb, resources):
        names = resources["nbgrader"]
        folder = Path(resources["metadata"]["path"])
        submitted = read_submission(folder / f"{names['notebook']}.ipynb")
        released = _released(_root(self), names["assignment"])
        rebuilt = rebuild(released, submitted)
        for note in rebuilt.notes:
            self.log.warning("%s, %s: %s", names["student"], names["assignment"], note)
        return rebuilt.notebook, resources


class Judge(NbGraderPreprocessor):
    """Run the rebuilt notebook in the sandbox and write the judge's points into it."""

    def preprocess(self, nb, resources):
        names = resources["nbgrader"]
        chapter = names["assignment"]
        root = _root(self)
        package = _package(root, chapter, course_version(root, chapter))
        graded = grade_rebuilt(package, names["student"], nb)
        for note in graded.notes:
            self.log.warning("%s, %s: %s", names["student"], names["assignment"], note)
        if graded.problem:
            raise RuntimeError(graded.problem)
        return nbformat.reads(graded.notebook, 4), resources


class SaveGrades(SaveAutoGrades):
    """Enter the scores; a person's stay settled where the answer is the same."""

    def preprocess(self, nb, resources):
        self.answers = answers_of(nb)
        return super().preprocess(nb, resources)

    def _add_score(self, cell, resources):
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
def _package(root: Path, chapter: str, version: str) -> Package:
    """The chapter at this version, read once for a class."""
    return make_package(root, chapter)


def _root(preprocessor: NbGraderPreprocessor) -> Path:
    return Path(preprocessor.config.CourseDirectory.root)


def _released(root: Path, chapter: str) -> nbformat.NotebookNode:
    return nbformat.read(notebook_path(root / "chapters" / chapter), 4)
