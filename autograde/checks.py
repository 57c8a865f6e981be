"""The cases of a chapter as data: inputs, expected results, results of each mistake.

Visible cases come from a fixed seed and are released to students; hidden ones come
from a secret seed and stay with the judge. Both have the same form, and neither holds
any code of a solution or of a misconception.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from autograde import wire
from autograde.chapter import Chapter, ChapterError
from autograde.compare import Tolerance, compare
from autograde.exercise import Case, Exercise
from autograde.probe import Result, run_case

FILE_NAME = "checks.safetensors"
VISIBLE = "visible"


@dataclass
class CaseData:
    """One case with everything that a verdict on it needs.

    `packed` holds the inputs for :func:`autograde.probe.run_case`. `mistakes` maps
    the name of a misconception to its result, or to None where it gives the expected
    one.
    """

    label: str
    packed: bytes
    seed: int
    expected: Result
    mistakes: dict[str, Result | None]
    weight: float = 1.0
    key: Any = None
    rtol: float | None = None
    atol: float | None = None
    seconds: float | None = None

    @property
    def inputs(self) -> list[Any]:
        return wire.plain(wire.unpack(self.packed)[0])

    @property
    def keywords(self) -> dict[str, Any]:
        return wire.plain(wire.unpack(self.packed)[1])


@dataclass
class ExerciseData:
    """An exercise as students may know it, with its cases."""

    name: str
    points: float
    minutes: int
    difficulty: int
    probe: str | None
    view: str | None
    returns: list[str]
    rtol: float
    atol: float
    pure: bool
    exact_dtype: bool
    needs: list[str]
    seconds: float
    hints: list[str]
    says: dict[str, str] = field(default_factory=dict)
    cases: list[CaseData] = field(default_factory=list)

    def tolerance(self, case: CaseData) -> Tolerance:
        return Tolerance(
            rtol=self.rtol if case.rtol is None else case.rtol,
            atol=self.atol if case.atol is None else case.atol,
            exact_dtype=self.exact_dtype,
        )


@dataclass
class Checks:
    """All checks of a chapter for one seed."""

    chapter: str
    exercises: dict[str, ExerciseData]
    probes: str

    def save(self, path: Path) -> None:
        path.write_bytes(self.to_bytes())

    @classmethod
    def load(cls, path: Path) -> Checks:
        return cls.from_bytes(path.read_bytes())

    def to_bytes(self) -> bytes:
        exercises = [_exercise_tree(exercise) for exercise in self.exercises.values()]
        tree = {"chapter": self.chapter, "probes": self.probes, "exercises": exercises}
        return wire.pack(tree)

    @classmethod
    def from_bytes(cls, data: bytes) -> Checks:
        tree = wire.unpack(data)
        exercises = [_exercise_from_tree(item) for item in tree["exercises"]]
        named = {exercise.name: exercise for exercise in exercises}
        return cls(tree["chapter"], named, tree["probes"])


def make_checks(chapter: Chapter, seed: str = VISIBLE) -> Checks:
    """Run reference and misconceptions of `chapter` on the cases drawn from `seed`."""
    chapter.verify()
    exercises = {
        exercise.name: make_exercise_checks(chapter, exercise, seed)
        for exercise in chapter.exercises
    }
    return Checks(chapter.name, exercises, chapter.probes_source)


def make_exercise_checks(
    chapter: Chapter, exercise: Exercise, seed: str = VISIBLE
) -> ExerciseData:
    """Run the reference and each misconception of one exercise on its cases.

    Raises ChapterError where an edit no longer applies.
    """
    data = ExerciseData(
        **exercise.settings(),
        says={mistake.name: mistake.says for mistake in exercise.misconceptions},
    )
    data.returns, data.needs = list(exercise.returns), list(exercise.needs)
    rng = np.random.default_rng(seed_number(seed, chapter.name, exercise.name))
    cases = list(exercise.cases(rng))
    reference = chapter.with_cell(exercise.name, chapter.solution(exercise.name))
    mistaken = _mistaken_objects(chapter, exercise)
    for index, case in enumerate(cases):
        number = seed_number(seed, chapter.name, exercise.name, str(index)) % 2**31
        data.cases.append(_case_data(chapter, data, case, number, reference, mistaken))
    return data


def seed_number(*parts: str) -> int:
    """A 64-bit number from names: the same on every machine, unrelated for others."""
    digest = hashlib.sha256("\0".join(parts).encode()).digest()
    return int.from_bytes(digest[:8], "little")


def same_result(
    one: Result, other: Result, tolerance: Tolerance, pure: bool = True
) -> bool:
    """Whether two results cannot be told apart."""
    if pure and one.changed != other.changed:
        return False
    if one.raised or other.raised:
        return (one.raised, one.text) == (other.raised, other.text)
    return compare(one.value, other.value, tolerance) is None


def _mistaken_objects(chapter: Chapter, exercise: Exercise) -> dict[str, Any]:
    objects = {}
    for mistake in exercise.misconceptions:
        try:
            source = mistake.apply(chapter.solution(exercise.name))
            objects[mistake.name] = chapter.with_cell(exercise.name, source)
        except Exception as error:
            raise ChapterError(
                f"{chapter.name}/exercises.py: misconception {mistake.name!r} of "
                f"{exercise.name} no longer applies: {error}"
            ) from error
    return objects


def _case_data(
    chapter: Chapter,
    exercise: ExerciseData,
    case: Case,
    number: int,
    reference: Any,
    mistaken: dict[str, Any],
) -> CaseData:
    packed = wire.pack([list(case.inputs), case.keywords])
    probe = chapter.probes[exercise.probe] if exercise.probe else None
    data = CaseData(
        label=case.label,
        packed=packed,
        seed=number,
        expected=run_case(reference, probe, packed, number),
        mistakes={},
        weight=float(case.weight),
        key=wire.unpack(wire.pack(case.key)),
        rtol=case.rtol,
        atol=case.atol,
        seconds=case.seconds,
    )
    tolerance = exercise.tolerance(data)
    for name, target in mistaken.items():
        result = run_case(target, probe, packed, number)
        same = exercise.view is None and same_result(
            data.expected, result, tolerance, exercise.pure
        )
        data.mistakes[name] = None if same else result
    return data


def _exercise_tree(exercise: ExerciseData) -> dict[str, Any]:
    tree = dict(exercise.__dict__)
    tree["cases"] = [_case_tree(case) for case in exercise.cases]
    return tree


def _case_tree(case: CaseData) -> dict[str, Any]:
    tree = dict(case.__dict__)
    tree["packed"] = np.frombuffer(case.packed, np.uint8)
    tree["expected"] = case.expected.as_dict()
    tree["mistakes"] = {
        name: result and result.as_dict() for name, result in case.mistakes.items()
    }
    return tree


def _exercise_from_tree(tree: dict[str, Any]) -> ExerciseData:
    cases = [_case_from_tree(case) for case in tree["cases"]]
    return ExerciseData(**{**tree, "cases": cases})


def _case_from_tree(tree: dict[str, Any]) -> CaseData:
    mistakes = {
        name: result and Result.from_dict(result)
        for name, result in tree["mistakes"].items()
    }
    expected = Result.from_dict(tree["expected"])
    packed = tree["packed"].tobytes()
    return CaseData(
        **{**tree, "packed": packed, "expected": expected, "mistakes": mistakes}
    )
