"""Wrong answers of a class that no known mistake explains, in groups of equal ones."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from autograde.checking.fingerprint import groups
from autograde.course.layout import notebook_path
from autograde.grading.results import StoredResult

MAX_EXAMPLE = 3000  # characters of an example that the report shows
MAX_GROUPS = 20


@dataclass
class Group:
    """Students whose answers to an exercise go wrong in the same way."""

    chapter: str
    exercise: str
    relation: str
    fingerprints: dict[str, str]
    example: str = ""

    @property
    def students(self) -> list[str]:
        return list(self.fingerprints)

    @property
    def name(self) -> str:
        """What ``autograde name`` calls the group."""
        first = min(self.fingerprints.values())  # in whatever order students stand
        return f"{self.chapter}/{self.exercise}/{first[:8]}"


def unnamed_groups(
    root: Path, chapter: str, results: list[StoredResult]
) -> list[Group]:
    """The groups of `chapter`, the largest first."""
    answers = [
        (exercise, result.student)
        for result in results
        for exercise in result.exercises
        if exercise.get("fingerprint")
    ]
    found = []
    for name in dict.fromkeys(exercise["name"] for exercise, _ in answers):
        mine = [(e, student) for e, student in answers if e["name"] == name]
        for places in groups([exercise["fingerprint"] for exercise, _ in mine]):
            first, _ = mine[places[0]]
            prints = {mine[at][1]: mine[at][0]["fingerprint"] for at in places}
            found.append(Group(chapter, name, first.get("relation", ""), prints))
    found.sort(key=lambda group: -len(group.students))
    for group in found[:MAX_GROUPS]:
        group.example = example_cell(root, group)
    return found[:MAX_GROUPS]


def example_cell(root: Path, group: Group) -> str:
    """The cell of the first student of `group` that can be read; "" for none."""
    for student in group.students:
        folder = root / "grading" / "autograded" / student / group.chapter
        try:
            cells = json.loads(notebook_path(folder).read_text("utf-8"))["cells"]
        except (OSError, ValueError, KeyError):
            continue
        for cell in cells:
            info = cell.get("metadata", {}).get("nbgrader", {})
            if info.get("solution") and info.get("grade_id") == group.exercise:
                source = cell.get("source", "")
                return source if isinstance(source, str) else "".join(source)
    return ""
