"""Whom a command means by a name, and how to remove a person from everywhere."""

from __future__ import annotations

from pathlib import Path

from autograde.course.layout import CannotRun
from autograde.grading.roster import read_roster


def student_called(root: Path, text: str) -> str:
    """The student that `text` names: a folder's name, or what the roster knows.

    Raises CannotRun where it names nobody, or several.
    """
    grading = root / "grading"
    roster = read_roster(grading)
    if text in roster.people:
        return text
    found = roster.named(text)
    if len(found) == 1:
        return found[0]
    if found:
        raise CannotRun(f"{text!r} may be any of {', '.join(found)}.")
    if text in _with_work(grading):
        return text
    raise CannotRun(
        f"There is no student {text!r}, neither on the roster nor with work handed in."
    )


def _with_work(grading: Path) -> set[str]:
    folders = (grading / name for name in ("submitted", "autograded"))
    return {p.name for f in folders if f.is_dir() for p in f.iterdir() if p.is_dir()}
