"""Tell the gradebook of the roster, of due dates and of extensions."""

from __future__ import annotations

from pathlib import Path

from autograde.grading.gradebook import CourseGradebook


def enter_roster(root: Path) -> None:
    """Enter the roster into the gradebook, where there is one."""
    if (root / "grading" / "gradebook.db").exists():
        with CourseGradebook(root) as gradebook:
            gradebook.enter_roster()


def apply_deadlines(root: Path) -> list[str]:
    """Let due dates and extensions count for what is recorded; say what changed."""
    if not (root / "grading" / "gradebook.db").exists():
        return []
    with CourseGradebook(root) as gradebook:
        return gradebook.apply_deadlines()
