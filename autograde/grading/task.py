"""One submission as an independent task: it runs wherever its data are sent.

A :class:`Package` holds everything that grading one chapter needs, so that a worker
on another machine needs no part of the course but this package of Python code. Each
worker process keeps one sandbox with its warm process.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograde.checking.checks import Checks
from autograde.checking.verdict import Judgement
from autograde.course.layout import notebook_path
from autograde.execution.client import Student
from autograde.execution.sandboxes import Needs, needs_of, sandbox
from autograde.grading.hidden import checks_version, hidden_checks, secret_seed
from autograde.grading.judge import Judged, judge
from autograde.grading.version import notebook_code
from autograde.notebooks.rebuild import Rebuilt, rebuild
from autograde.notebooks.submitted import UnreadableSubmission
from autograde.sandbox import SandboxUnavailable


@dataclass(frozen=True)
class Package:
    """A chapter as graders need it: released notebook, hidden cases, released files."""

    chapter: str
    version: str
    released: str
    checks: bytes
    files: dict[str, bytes]
    needs: Needs

    @property
    def key(self) -> str:
        return f"{self.chapter}-{self.version}"


@dataclass
class Graded:
    """What a task gives back. `problem` is a line for a person, where there is one.

    `failed` tells the grader's own error from a submission that cannot be read: the
    first is never a student's zero.
    """

    chapter: str
    student: str
    notebook: str = ""
    judgements: dict[str, Judgement] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    problem: str = ""
    failed: bool = False
    seconds: float = 0.0
    level: str = ""

    @property
    def awarded(self) -> float:
        return sum(judgement.awarded for judgement in self.judgements.values())


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
        checks=hidden_checks(root, chapter).to_bytes(),
        files=files,
        needs=needs or needs_of(root, [chapter]),
    )


def course_version(root: Path, chapter: str) -> str:
    """A name for the checks and the released notebook that a result was made with."""
    notebook = notebook_path(root / "chapters" / chapter)
    seed = secret_seed(root / "grading")
    code = notebook_code(json.loads(notebook.read_text("utf-8")))
    digest = hashlib.sha256(code.encode("utf-8", "replace")).hexdigest()[:8]
    return f"{checks_version(root, chapter, seed)}-{digest}"


def grade_submission(package: Package, student: str, submitted: bytes) -> Graded:
    """Grade one submitted notebook; never raises."""

    def rebuilt() -> Rebuilt:
        return rebuild(_opened(package)[0], submitted)

    return _grade(package, student, rebuilt)


def grade_rebuilt(package: Package, student: str, notebook: NotebookNode) -> Graded:
    """Grade a notebook made by :func:`~autograde.notebooks.rebuild.rebuild`; never
    raises."""
    return _grade(package, student, lambda: Rebuilt(notebook))


def _grade(package: Package, student: str, make: Callable[[], Rebuilt]) -> Graded:
    graded = Graded(package.chapter, student)
    try:
        _, checks, files = _opened(package)
        judged = judge(make(), checks, files, _open(package))
        _fill(graded, judged)
        graded.level = sandbox(package.needs).level
    except UnreadableSubmission as error:
        graded.problem = str(error)
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


def _fill(graded: Graded, judged: Judged) -> None:
    nbformat.validate(judged.notebook)
    # nbformat.writes would indent, in Python, what no one reads as text: 15 ms
    graded.notebook = json.dumps(judged.notebook, ensure_ascii=False)
    graded.judgements = judged.judgements
    graded.notes = judged.notes
    graded.seconds = judged.seconds


_lock = threading.Lock()
_opened_packages: dict[str, tuple] = {}


def _opened(package: Package) -> tuple[NotebookNode, Checks, list[Path]]:
    with _lock:
        if package.key not in _opened_packages:
            folder = Path(tempfile.mkdtemp(prefix="autograde-"))
            for name, content in package.files.items():
                (folder / Path(name).name).write_bytes(content)
            _opened_packages[package.key] = (
                nbformat.reads(package.released, 4),
                Checks.from_bytes(package.checks),
                sorted(folder.iterdir()),
            )
        return _opened_packages[package.key]


def _open(package: Package):
    return lambda: sandbox(package.needs).open()


def open_student(package: Package) -> Student:
    """A process behind the walls, ready to run a student's cells."""
    _, checks, files = _opened(package)
    return Student(sandbox(package.needs).open(), checks.probes, files)
