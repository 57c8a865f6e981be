"""Several works of one student for one chapter: which counts, and what is said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from autograde.course.layout import on_one_line
from autograde.grading.origins import without_copy


@dataclass
class Attempt:
    """Everything that one student sent at once for one chapter.

    files: name in the folder, staged file; the first is the chapter's notebook
    """

    student: str
    chapter: str
    shown: str
    system: str = ""
    number: str = ""
    key: str = ""
    time: datetime | None = None
    order: int = 0
    modified: float = 0.0
    claimed: bool = False
    late: bool = False
    digest: str = ""
    files: dict[str, Path] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    old: bool = False  # lies in grading/submitted already


@dataclass
class Collected:
    """What was done, in lines; `waiting` needs a person."""

    placed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    system: int = 0
    timeless: int = 0  # taken, and nothing says when they came

    @property
    def needs_a_person(self) -> bool:
        return bool(self.waiting or self.unused)

    def lines(self) -> Iterable[str]:
        yield from map(on_one_line, self.placed)
        for line in self.waiting:
            yield f"  NEEDS A PERSON: {on_one_line(line)}"
        for line in self.unused:
            yield f"  not used: {on_one_line(line)}"
        parts = [f"{len(self.placed)} taken", f"{len(self.unchanged)} unchanged"]
        parts += [f"{len(self.waiting)} need a person"] * bool(self.waiting)
        parts += [f"{len(self.unused)} files not used"] * bool(self.unused)
        if self.system:
            parts.append(
                f"{self.system} of the system's or the course's own passed over"
            )
        yield ", ".join(parts) + "."
        if self.timeless:
            yield (
                f"Nothing says when {self.timeless} of them came: they count as in "
                "time. Times are taken from --match, or by --file-dates."
            )


def fit(name: str, chapter: str, system: str = "") -> int:
    """How well a file's name says that it is the chapter's notebook; 0 is best."""
    stem = name.rsplit(".", 1)[0]
    if stem == chapter:
        return 0
    if without_copy(stem) == chapter:
        return 0 if system == "Canvas" else 1  # it counts attempts so
    return 2 if chapter in stem else 3


def rank(attempt: Attempt) -> tuple:
    """What puts attempts in their order, the last one last."""
    when = attempt.time.timestamp() if attempt.time else 0.0
    return (when, attempt.order, attempt.modified)


def last_of(attempts: list[Attempt]) -> Attempt | None:
    """The last of them by their times, else by a platform's own order."""
    if all(a.time for a in attempts):
        ranks = [(a.time.timestamp(), a.order) for a in attempts if a.time]
    elif all(a.order for a in attempts) and len({a.system for a in attempts}) == 1:
        ranks = [(float(a.order), 0) for a in attempts]
    else:
        return None
    best = max(ranks)
    return attempts[ranks.index(best)] if ranks.count(best) == 1 else None
