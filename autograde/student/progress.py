"""How far a student is: what each check found last, kept in the work folder.

A check writes what it found; nothing here is ever used for a grade.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

from autograde.course.files import replace_file
from autograde.course.layout import check_of, notebook_path

STATE = ".course"  # in the work folder: what was released last, and progress
VALIDATING = "AUTOGRADE_VALIDATING"  # in the environment of a kernel that is no student
# in the line above an exercise, of every edition
MINUTES = re.compile(
    r"(?<!bonus · )(?<!附加题 · )(?:about|约) (\d+) (?:minutes|分钟)\*"
)


def find_work(folder: Path) -> Path | None:
    """The work folder that `folder` lies in, or None."""
    for place in (folder, *folder.parents):
        if (place / STATE).is_dir():
            return place
    return None


def save(
    folder: Path, exercise: str, awarded: float, passed: int, cases: int
) -> Path | None:
    """Keep what the check of `exercise` in the chapter's `folder` found.

    Returns the work folder; None where that is none, or the kernel is no student's.
    """
    work = find_work(folder)
    if work is None or os.environ.get(VALIDATING):
        return None
    path = progress_path(work, folder.name)
    found = load(work, folder.name)
    found[exercise] = {"points": awarded, "passed": passed, "cases": cases}
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, (json.dumps(found, indent=1) + "\n").encode())
    return work


def load(work: Path, chapter: str) -> dict[str, dict[str, Any]]:
    """What the checks of `chapter` found last; nothing where the file is not ours."""
    try:
        found = json.loads(progress_path(work, chapter).read_text("utf-8"))
        return {
            name: {key: float(item[key]) for key in ("points", "passed", "cases")}
            for name, item in found.items()
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def released_cells(folder: Path) -> list[dict[str, Any]]:
    """The cells of the chapter in `folder`, each with its source as one text."""
    cells = json.loads(notebook_path(folder).read_text("utf-8"))["cells"]
    return [cell | {"source": "".join(cell["source"])} for cell in cells]


def title_of(cells: list[dict[str, Any]]) -> str:
    """A chapter's title, its first heading; empty where it has none."""
    for cell in cells:
        match = re.search(r"^# (.+)$", cell["source"], re.MULTILINE)
        if cell["cell_type"] == "markdown" and match:
            return match[1].strip()
    return ""


@dataclass
class ChapterProgress:
    """What a released chapter says about itself, and how far the student is in it.

    work: the work folder; name: the chapter's
    """

    work: Path
    name: str

    @cached_property
    def cells(self) -> list[dict[str, Any]]:
        return released_cells(self.work / STATE / "released" / self.name)

    @property
    def title(self) -> str:
        return title_of(self.cells) or self.name

    @property
    def minutes(self) -> int:
        """The minutes of its exercises, from the line above each."""
        text = "\n".join(
            c["source"] for c in self.cells if c["cell_type"] == "markdown"
        )
        return sum(map(int, MINUTES.findall(text)))

    @cached_property
    def points(self) -> dict[str, float]:
        """The points of each exercise that a check grades; a bonus is none."""
        found = {}
        for cell in self.cells:
            info = cell["metadata"].get("nbgrader", {})
            bonus = "bonus" in cell["metadata"].get("tags", [])
            if info.get("grade") and not info.get("solution") and not bonus:
                found[check_of(info["grade_id"])] = float(info["points"])
        return found

    @property
    def by_hand(self) -> float:
        """The points that a person gives, for answers in prose."""
        infos = (cell["metadata"].get("nbgrader", {}) for cell in self.cells)
        return sum(i["points"] for i in infos if i.get("grade") and i.get("solution"))

    @cached_property
    def found(self) -> dict[str, dict[str, Any]]:
        return load(self.work, self.name)

    def done(self, exercise: str) -> bool:
        found = self.found.get(exercise)
        return found is not None and found["passed"] == found["cases"]

    @property
    def earned(self) -> float:
        return sum(
            min(self.found[name]["points"], points)
            for name, points in self.points.items()
            if name in self.found
        )

    @property
    def next_exercise(self) -> str | None:
        return next((name for name in self.points if not self.done(name)), None)

    def link(self, exercise: str | None = None) -> str:
        path = quote(f"{self.name}/{self.name}.ipynb")
        return path + (f"#Exercise:-{quote(exercise)}" if exercise else "")

    @property
    def touched(self) -> float:
        path = progress_path(self.work, self.name)
        return path.stat().st_mtime if path.exists() else 0.0


def chapters_of(work: Path) -> list[ChapterProgress]:
    """The chapters of the work folder, in order."""
    released = work / STATE / "released"
    folders = sorted(released.iterdir()) if released.is_dir() else []
    return [ChapterProgress(work, folder.name) for folder in folders]


def go_on(chapters: list[ChapterProgress]) -> tuple[ChapterProgress, str] | None:
    """Where to go on: in the chapter worked on last, else in the first unfinished."""
    unfinished = [(c, name) for c in chapters if (name := c.next_exercise) is not None]
    if not unfinished:
        return None
    latest = max(chapters, key=lambda chapter: chapter.touched)
    later = [p for p in unfinished if latest.touched and p[0].name >= latest.name]
    return (later or unfinished)[0]


def progress_path(work: Path, chapter: str) -> Path:
    """The file in which the progress of one chapter is kept."""
    return work / STATE / "progress" / f"{chapter}.json"
