"""Who moves, by how much and why: one result of a student against another."""

from __future__ import annotations

from dataclasses import dataclass, field

from autograde.results import Results, StoredResult

NEW_WORK = "new submission"
NEW_CHECKS = "changed checks"
SAME = "graded again, nothing changed"


@dataclass
class ExerciseMove:
    """An exercise whose points or outcome are not what they were."""

    exercise: str
    before: float
    after: float
    outcome_before: str
    outcome_after: str
    says: str = ""

    @property
    def difference(self) -> float:
        return round(self.after - self.before, 4)


@dataclass
class Move:
    """A student whose result for a chapter is not what it was."""

    chapter: str
    student: str
    before: float
    after: float
    why: str
    exercises: list[ExerciseMove] = field(default_factory=list)

    @property
    def difference(self) -> float:
        return round(self.after - self.before, 4)


def move(old: StoredResult, new: StoredResult) -> Move | None:
    """What has changed from `old` to `new`; None where nothing has."""
    found = Move(new.chapter, new.student, old.awarded, new.awarded, why(old, new))
    before = {exercise["name"]: exercise for exercise in old.exercises}
    after = {exercise["name"]: exercise for exercise in new.exercises}
    for name in dict.fromkeys([*after, *before]):
        one, other = before.get(name, _NONE), after.get(name, _NONE)
        points = abs(one["awarded"] - other["awarded"]) > 1e-9
        if points or one["outcome"] != other["outcome"]:
            found.exercises.append(
                ExerciseMove(
                    name,
                    one["awarded"],
                    other["awarded"],
                    one["outcome"],
                    other["outcome"],
                    other["says"],
                )
            )
    return found if found.exercises or found.difference else None


_NONE = {"awarded": 0.0, "outcome": "no result", "says": ""}


def why(old: StoredResult, new: StoredResult) -> str:
    """The reason for a move, as far as work and checks tell."""
    reasons = []
    if old.submission != new.submission:
        reasons.append(NEW_WORK)
    if old.version != new.version:
        reasons.append(NEW_CHECKS)
    return " and ".join(reasons) or SAME


def moves_of_last_run(results: Results, newest: list[StoredResult]) -> list[Move]:
    """The moves of the last run that recorded a result, the largest first."""
    if not newest:
        return []
    last = max(result.run for result in newest)
    found = []
    for result in newest:
        if result.run != last or result.failed:
            continue
        before = _before(results, result)
        moved = move(before, result) if before is not None else None
        if moved is not None:
            found.append(moved)
    return largest_first(found)


def largest_first(moves: list[Move]) -> list[Move]:
    return sorted(moves, key=lambda m: (-abs(m.difference), m.chapter, m.student))


def _before(results: Results, result: StoredResult) -> StoredResult | None:
    """The last kept result before `result` that was no failure of the grader."""
    before = results.previous(result)
    while before is not None and before.failed:
        before = results.previous(before)
    return before
