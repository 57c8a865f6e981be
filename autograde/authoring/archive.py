"""The archive that students get: ``make release`` writes ``dist/deep-learning.zip``.

It holds the chapters with their visible cases, and of this package only the modules
that a student's notebook, JupyterLab and submission use. Solutions, edits that make a
misconception, hidden cases and the grader stay behind.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

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
    "notebooks",
    "records",
    "student",
    "widgets",
)
FILES = (
    "start.py",
    "Makefile",
    "pyproject.toml",
    "environment.yml",
    "autograde/requirements/students.txt",
    "autograde/requirements/constraints.txt",
)
LICENCES = ("LICENSE", "LICENSE-TEXT.md", "LICENCES-DATA.md")
TOP = "deep-learning"
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


def contents(root: Path) -> dict[str, bytes]:
    """Every file of the archive, by its name in it."""
    package = root / "autograde"
    files = {}
    for path in student_files(package):
        files[str(path.relative_to(root))] = path.read_bytes()
    for path in sorted((root / "chapters").rglob("*")):
        if path.is_file() and not any(part.startswith(".") for part in path.parts[-2:]):
            files[str(path.relative_to(root))] = path.read_bytes()
    for name in (*FILES, *LICENCES):
        files[name] = (root / name).read_bytes()
    files["README.md"] = (package / "authoring" / "README.students.md").read_bytes()
    return files


def write_archive(root: Path, target: Path) -> Path:
    """Write the archive; the same course gives the same bytes."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(contents(root).items()):
            info = zipfile.ZipInfo(f"{TOP}/{name}", DATE)
            info.external_attr = 0o644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return target
