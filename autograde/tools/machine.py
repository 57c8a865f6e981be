"""What a grader's machine has: packages, walls, a browser, room for a class."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from autograde.course.layout import ROOT
from autograde.environment import Finding
from autograde.student.machine import locked
from autograde.tools import browser

LEAST_MB = 2000  # gradebook, feedback and results of some hundred students


def grader_findings(root: Path = ROOT) -> list[Finding]:
    """Everything that grading needs, and what its tests and pictures may use."""
    return [locked("graders", root), walls(), processors(), room(root), browsers()]


def walls() -> Finding:
    """Which walls student code runs behind, tried by really trying to get out."""
    from autograde.sandbox import levels
    from autograde.sandbox.self_test import strongest

    found = strongest()
    if found.level == levels.NONE:
        mend = "grade on Linux, or in a container or virtual machine that has them"
        return Finding("walls", False, found.explanation.replace("\n", "; "), mend)
    text = f"{found.level} (level {levels.STRONGEST_FIRST.index(found.level) + 1} of "
    text += f"{len(levels.STRONGEST_FIRST)})"
    if found.refused:
        text += "; stronger ones: " + "; ".join(
            f"{level}: {reason}" for level, reason in found.refused.items()
        )
    return Finding("walls", True, text)


def processors() -> Finding:
    """How many submissions run at a time."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None
    count = usable or os.cpu_count() or 1
    return Finding("processors", True, f"{count}, and one submission on each")


def room(root: Path) -> Finding:
    """Whether a class fits onto the disk."""
    free = shutil.disk_usage(root).free // 10**6
    if free < LEAST_MB:
        mend = f"make room: a class may take {LEAST_MB} MB in {root / 'grading'}"
        return Finding("room", False, f"{free} MB free for grading", mend)
    return Finding("room", True, f"{free:,} MB free for grading")


def browsers() -> Finding:
    """A browser is for tests and pictures alone, so none is no fault."""
    why = browser.missing()
    if why:
        text = f"{why}: its tests are skipped; `make browser` installs Debian's"
        return Finding("browser", True, text)
    return Finding("browser", True, "Chromium or Chrome, with its driver")
