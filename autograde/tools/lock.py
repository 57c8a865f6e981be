"""The locks: every transitive pin of each audience, for all systems and Pythons.

``autograde lock`` resolves ``pyproject.toml`` with uv into ``autograde/requirements``.
The files have hashes and no PyTorch: its builds differ from index to index, and each
brings what it needs (the CUDA build its CUDA packages). ``start.py`` installs it last.
``constraints.txt`` has all pins without hashes, for conda.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from autograde.course.layout import CannotRun

AUDIENCES = {
    "engine": (),  # students of a course on another subject
    "students": ("deep-learning",),
    "graders": ("deep-learning", "graders"),
    "developers": ("deep-learning", "graders", "docs", "hub", "developers"),
}
HEADER = (
    "# Made by `autograde lock` from pyproject.toml, by audience. Not to be edited.\n"
)


def lock_path(root: Path, audience: str) -> Path:
    return root / "autograde" / "requirements" / f"{audience}.txt"


def write_locks(root: Path) -> list[Path]:
    """Resolve anew and write the locks; raise CannotRun with uv's words."""
    written = []
    for audience, extras in AUDIENCES.items():
        path = lock_path(root, audience)
        path.parent.mkdir(exist_ok=True)
        command = [sys.executable, "-m", "uv", "pip", "compile", "--universal"]
        command += ["--python-version", "3.11", "--generate-hashes", "--no-header"]
        command += ["--no-annotate", "--no-emit-package", "torch", "--quiet"]
        command += [part for extra in extras for part in ("--extra", extra)]
        command += ["pyproject.toml", "--output-file", str(path)]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True)
        if done.returncode:
            raise CannotRun(f"uv cannot resolve the packages: {done.stderr.strip()}")
        path.write_text(HEADER + path.read_text("utf-8"), "utf-8")
        written.append(path)
    constraints = lock_path(root, "constraints")
    constraints.write_text(HEADER + "\n".join(_pins(written[-1])) + "\n", "utf-8")
    return [*written, constraints]


def _pins(lock: Path) -> Iterator[str]:
    """The lines of a lock without hashes, for tools that take constraints."""
    for line in lock.read_text("utf-8").splitlines():
        if line[:1].isalnum():
            yield line.removesuffix("\\").rstrip()
