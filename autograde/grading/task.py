"""One submission as an independent task: it runs wherever its data are sent.

A :class:`Package` holds everything that grading one chapter needs, so that a worker
on another machine needs no part of the course but this package of Python code. Each
worker process keeps one sandbox with its warm process, and one warm process of judges.
"""

from __future__ import annotations

import hashlib
import json
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograde.checking.checks import Checks
from autograde.checking.verdict import Judgement
from autograde.course.layout import notebook_path
from autograde.execution.client import Student
from autograde.execution.sandboxes import Needs, needs_of, sandbox
from autograde.grading.hidden import checks_version, hidden_file
from autograde.grading.judges import judges
from autograde.grading.seed import secret_seed
from autograde.grading.version import notebook_code
from autograde.language import read_messages
from autograde.notebooks.editions import read_editions
from autograde.sandbox import SandboxUnavailable

CHECK = "check_"


@dataclass(frozen=True)
class Package:
    """A chapter as graders need it: released notebook, hidden cases, released files.

    editions: by language, the released `notebook` and its `messages`
    """

    chapter: str
    version: str
    released: str
    checks: bytes
    files: dict[str, bytes]
    needs: Needs
    editions: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return f"{self.chapter}-{self.version}"


@dataclass
class Graded:
    """What a task gives back. `problem` is a line for a person, where there is one.

    `notebook` is only written to a file: what is in it came from a student. `untouched`
    are the grade ids of the answer cells that hold what was released, `answers` digests
    of what is graded (:mod:`autograde.grading.hand_grades`).

    `failed` tells the grader's own error from a submission that cannot be read: the
    first is never a student's zero.
    """

    chapter: str
    student: str
    notebook: bytes = b""
    judgements: dict[str, Judgement] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    untouched: list[str] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    problem: str = ""
    failed: bool = False
    seconds: float = 0.0
    level: str = ""  # which walls stood
    lacks: str = ""  # and what these lack beside the strongest

    @property
    def awarded(self) -> float:
        return sum(judgement.awarded for judgement in self.judgements.values())

    def score(self, grade_id: str) -> float | None:
        """What a graded cell earns without a person; None where one has to look."""
        judgement = self.judgements.get(grade_id.removeprefix(CHECK))
        if grade_id.startswith(CHECK) and judgement is not None:
            return judgement.awarded
        return 0.0 if grade_id in self.untouched else None


def make_package(root: Path, chapter: str, needs: Needs | None = None) -> Package:
    """Read `chapter` of the course in `root` into one package.

    `needs` are those of a run over several chapters: one warm process serves them all.
    """
    folder = root / "chapters" / chapter
    notebook = notebook_path(folder)
    files = {
        path.name: path.read_bytes()
        for path in sorted(folder.iterdir())
        if path.is_file() and path != notebook
    }
    return Package(
        chapter=chapter,
        version=course_version(root, chapter),
        released=notebook.read_text("utf-8"),
        checks=hidden_file(root, chapter).read_bytes(),
        files=files,
        needs=needs or needs_of(root, [chapter]),
        editions={
            language: {
                "notebook": edition,
                "messages": read_messages(folder / language),
            }
            for language, edition in read_editions(folder).items()
        },
    )


def course_version(root: Path, chapter: str) -> str:
    """A name for the checks and the released notebook that a result was made with."""
    notebook = notebook_path(root / "chapters" / chapter)
    seed = secret_seed(root / "grading")
    code = notebook_code(json.loads(notebook.read_text("utf-8")))
    digest = hashlib.sha256(code.encode("utf-8", "replace")).hexdigest()[:8]
    return f"{checks_version(root, chapter, seed)}-{digest}"


def grade_submission(package: Package, student: str, submitted: bytes) -> Graded:
    """Grade one submitted notebook; raises nothing but SandboxUnavailable."""
    return _grade(package, student, "submission", submitted)


def grade_rebuilt(package: Package, student: str, notebook: bytes) -> Graded:
    """Grade a notebook made by :func:`rebuild_submission`."""
    return _grade(package, student, "rebuilt", notebook)


def rebuild_submission(package: Package, student: str, submitted: bytes) -> Graded:
    """Only rebuild a submitted notebook, in a process that may die of it."""
    return _grade(package, student, "rebuild", submitted)


def _grade(package: Package, student: str, do: str, data: bytes) -> Graded:
    graded = Graded(package.chapter, student)
    try:
        result, graded.notebook = judges().grade(
            package, do, data, lambda: sandbox(package.needs).open()
        )
        graded.judgements = result.judgements
        graded.notes = result.notes
        graded.untouched, graded.answers = result.untouched, result.answers
        graded.seconds = result.seconds
        graded.problem, graded.failed = result.problem, result.failed
        if result.judgements:
            walls = sandbox(package.needs).walls
            graded.level, graded.lacks = str(walls), walls.lacks
    except SandboxUnavailable:
        raise
    except Exception as error:
        graded.failed = True
        last = traceback.extract_tb(error.__traceback__)[-1]
        graded.problem = (
            f"the grader failed ({type(error).__name__}: {error}; "
            f"{Path(last.filename).name}:{last.lineno}); grade this one again"
        )
    return graded


def open_student(package: Package) -> Student:
    """A process behind the walls, ready to run a student's cells."""
    probes = Checks.from_bytes(package.checks).probes
    return Student(sandbox(package.needs).open(), probes, package.files)
