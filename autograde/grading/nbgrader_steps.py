"""What this course adds to nbgrader's autograder, and so to Formgrader's button.

It runs two rounds. In the first, :class:`Rebuild` takes the place
of the preprocessors that overwrite cells; in the second, :class:`Judge` takes the
place of the one that executes them.
"""

from __future__ import annotations

import functools
from pathlib import Path

import nbformat
from nbgrader.preprocessors import NbGraderPreprocessor

from autograde.grading.task import Package, course_version, grade_rebuilt, make_package
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


@functools.lru_cache(maxsize=2)
def _package(root: Path, chapter: str, version: str) -> Package:
    """The chapter at this version, read once for a class."""
    return make_package(root, chapter)


def _root(preprocessor: NbGraderPreprocessor) -> Path:
    return Path(preprocessor.config.CourseDirectory.root)


def _released(root: Path, chapter: str) -> nbformat.NotebookNode:
    return nbformat.read(root / "chapters" / chapter / f"{chapter}.ipynb", 4)
