"""Where everything of a course lies, and which chapters it has; cheap to import."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
CHECKS = "checks.safetensors"
FRESH = "fresh.safetensors"
COURSE_FILE = "course.toml"  # title and headings of a course; marks its folder
NAME = "deep-learning"  # of a course whose settings have none
NEEDS_A_PERSON = 1
CANNOT_RUN = 2


class CannotRun(RuntimeError):
    """The run cannot start or go on; the message is one sentence with the mend."""


CHECK_PREFIX = "check_"


def check_name(exercise: str) -> str:
    """The grade id of the cell that checks `exercise`."""
    return CHECK_PREFIX + exercise


def is_check_name(grade_id: str) -> bool:
    return grade_id.startswith(CHECK_PREFIX)


def check_of(grade_id: str) -> str:
    """What a graded cell grades: an exercise, or the prose answer of its own name."""
    return grade_id.removeprefix(CHECK_PREFIX)


def find_root(folder: Path | None = None) -> Path:
    """The course that `folder` lies in, the current folder without one.

    Where no folder above it has a ``course.toml``, it is the course of this package.
    """
    place = (folder or Path.cwd()).resolve()
    for candidate in (place, *place.parents):
        if (candidate / COURSE_FILE).is_file():
            return candidate
    return ROOT


def settings(root: Path) -> dict[str, Any]:
    """What the ``course.toml`` of the course in `root` says; empty without one."""
    path = root / COURSE_FILE
    try:
        return tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CannotRun(f"{path} cannot be read: {error}.") from None


def course_title(root: Path) -> str:
    """What people read above the list of chapters."""
    return str(settings(root).get("title") or "Course")


def course_name(root: Path) -> str:
    """What archives and nbgrader call the course: letters, digits, ``-`` and ``_``."""
    name = settings(root).get("name") or NAME
    return re.sub(r"[^\w-]+", "-", str(name)).strip("-") or NAME


def notebook_path(folder: Path) -> Path:
    """The notebook of a chapter's folder, wherever that folder lies."""
    return folder / f"{folder.name}.ipynb"


def released_chapters(root: Path) -> list[str]:
    """The names of the chapters that students get, in order."""
    return sorted(path.parent.name for path in root.glob(f"chapters/*/{CHECKS}"))


def source_chapters(root: Path) -> list[str]:
    """The names of the chapters with a source, in order."""
    return sorted(path.parent.name for path in root.glob("solutions/*/exercises.py"))


def named(chosen: str | Path, known: Iterable[str]) -> str:
    """The one of `known` that `chosen` names: ``1``, ``01``, a name, or a folder.

    Raises CannotRun, with the names there are, where it names none.
    """
    names = list(known)
    wanted = Path(chosen).name.removesuffix(".ipynb").removesuffix(".py")
    for name in names:
        number = name.split("_")[0]
        same_number = wanted.isdigit() and number.isdigit()
        if wanted == name or (same_number and int(wanted) == int(number)):
            return name
    listed = ", ".join(names) or "none yet"
    raise CannotRun(f"There is no chapter {str(chosen)!r}; there are: {listed}.")


def chosen_chapters(root: Path, chosen: Iterable[str] | None) -> list[str]:
    """The released chapters that `chosen` names, each once; all where it is empty."""
    known = released_chapters(root)
    return list(dict.fromkeys(named(name, known) for name in chosen or known))


def on_one_line(text: str) -> str:
    """`text` for a terminal: what a student named may hold anything."""
    return "".join(c if c.isprintable() else "?" for c in text)


def has_submissions(grading: Path, chapters: list[str]) -> bool:
    """Whether anything at all was handed in for `chapters`."""
    return any(True for name in chapters for _ in grading.glob(f"submitted/*/{name}"))
