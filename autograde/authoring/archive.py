"""The archive that students get: ``make release`` writes ``dist/deep-learning.zip``.

A course of its own takes what is not its own from the course of this package
(:mod:`autograde.authoring.own_course`).

It holds the chapters with their visible cases, and of this package only the modules
that a student's notebook, JupyterLab and submission use. Solutions, edits that make a
misconception, hidden cases and the grader stay behind.
"""

from __future__ import annotations

import re
import stat
import zipfile
from collections.abc import Collection
from pathlib import Path

from autograde.authoring.own_course import of_own_course
from autograde.course.layout import COURSE_FILE, ROOT, course_name

# Rooms and modules of the package that students get; all others stay behind.
ENTRIES = (
    "__init__",
    "__main__",
    "checking",
    "commands/__init__",
    "commands/main",
    "commands/options",
    "commands/students",
    "course",
    "datasets",
    "environment",
    "figures",
    "language",
    "notebooks",
    "records",
    "student",
    "widgets",
)
FILES = (
    "start.py",
    "start.bat",
    "start.command",
    "environment.yml",
    "autograde/requirements/students.txt",
    "autograde/requirements/constraints.txt",
)
# What stands in the place of a file that is for instructors, in the room of this module
FOR_STUDENTS = {
    "README.md": "README.students.md",
    "README.zh_CN.md": "README.students.zh_CN.md",
    "Makefile": "Makefile.students",
}
PROJECT_TABLES = ("build-system", "project", "project.scripts", "tool.setuptools")
EXTRAS, SUBJECT = "[project.optional-dependencies]", "deep-learning"
EXECUTABLE = ("start.command", "start.py")
LICENCES = ("LICENSE", "LICENSE-TEXT.md", "LICENCES-DATA.md")
DATE = (2026, 1, 1, 0, 0, 0)  # the same bytes for the same course


def student_files(package: Path) -> list[Path]:
    """The files of the package that students get: those of the rooms above."""
    found: list[Path] = []
    for name in ENTRIES:
        room = package / name
        found += room.rglob("*") if room.is_dir() else [room.with_suffix(".py")]
    return sorted(
        path for path in found if path.is_file() and "__pycache__" not in path.parts
    )


def contents(
    root: Path, solutions: bool = False, chapters: Collection[str] = ()
) -> dict[str, bytes]:
    """Every file of the archive, by its name in it; of `chapters` alone, if any.

    With `solutions`, sealed ones are added (see :mod:`autograde.student.solution`).
    """
    engine = root if (root / "autograde").is_dir() else ROOT
    package = engine / "autograde"
    files = {}
    for path in student_files(package):
        files[path.relative_to(engine).as_posix()] = path.read_bytes()
    for path in sorted((root / "chapters").rglob("*")):
        inner = path.relative_to(root / "chapters")
        if chapters and len(inner.parts) > 1 and inner.parts[0] not in chapters:
            continue
        if path.is_file() and not any(part.startswith(".") for part in path.parts[-2:]):
            files[path.relative_to(root).as_posix()] = path.read_bytes()
    if solutions:
        files |= {
            name: content
            for name, content in _solutions(root).items()
            if not chapters or name.split("/")[1] in chapters
        }
    for name in (*FILES, *LICENCES):
        files[name] = (engine / name).read_bytes()
    if (root / COURSE_FILE).is_file():
        files[COURSE_FILE] = (root / COURSE_FILE).read_bytes()
    for name, source in FOR_STUDENTS.items():
        files[name] = (package / "authoring" / source).read_bytes()
    files["pyproject.toml"] = project_for_students(engine).encode()
    return files if engine == root else of_own_course(root, files)


def _solutions(root: Path) -> dict[str, bytes]:
    # late: a chapter's source is read by what authors alone have installed
    from autograde.authoring.chapter import chapters
    from autograde.authoring.solutions import sealed_solutions
    from autograde.student.solution import FILE

    return {
        f"chapters/{chapter.name}/{FILE}": sealed_solutions(chapter)
        for chapter in chapters(root)
    }


def project_for_students(root: Path) -> str:
    """``pyproject.toml`` without the tables of tests and tools that stay behind.

    Of the extras, the packages of the chapters alone are left.
    """
    text = (root / "pyproject.toml").read_text("utf-8")
    tables = re.split(r"(?m)^(?=\[)", text)
    chosen = [
        table
        for table in tables
        if table.lstrip("[").split("]")[0].startswith(PROJECT_TABLES)
    ]
    return "".join(_subject(t) if t.startswith(EXTRAS) else t for t in chosen)


def _subject(table: str) -> str:
    extra = re.search(rf"(?ms)^{SUBJECT} = \[.*?^\]\n", table)
    return f"{EXTRAS}\n{extra[0]}\n" if extra else ""


def write_archive(
    root: Path,
    target: Path,
    solutions: bool = False,
    chapters: Collection[str] = (),
) -> Path:
    """Write the archive; the same course gives the same bytes."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(contents(root, solutions, chapters).items()):
            info = zipfile.ZipInfo(f"{course_name(root)}/{name}", DATE)
            mode = 0o755 if name in EXECUTABLE else 0o644
            info.external_attr = (stat.S_IFREG | mode) << 16
            info.create_system = 3  # Unix: the mode is kept whatever system wrote it
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return target
