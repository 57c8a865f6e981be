"""The cases of a chapter as data: inputs, expected results, results of each mistake.

Visible cases come from a fixed seed and are released to students; hidden ones come
from a secret seed and stay with the judge. Both have the same form, and neither holds
any code of a solution or of a misconception.
"""

from __future__ import annotations

import dataclasses
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from autograde.checking import serialize
from autograde.checking.compare import SINGLE_RTOL, Tolerance, compare
from autograde.checking.describe import size_of
from autograde.checking.run_case import Probe, Result, load_probes


@dataclass
class CaseData:
    """One case with everything that a verdict on it needs.

    `packed` holds the inputs for :func:`~autograde.checking.run_case.run_case`.
    `mistakes` maps the name of a misconception to the result of each of its forms, None
    where a form gives the expected one. A case in which the reference refuses its input
    weighs nothing: it is advice, since an answer with right numbers must not lose a
    point. `single` is
    how far a result in single precision may be off where double is expected.
    """

    label: str
    packed: bytes
    seed: int
    expected: Result
    mistakes: dict[str, list[Result | None]]
    weight: float = 1.0
    key: Any = None
    rtol: float | None = None
    atol: float | None = None
    seconds: float | None = None
    single: float = SINGLE_RTOL

    def __post_init__(self) -> None:
        # The same for every student: what the exercise's view makes of the results
        # above, by their ids, and whether a form of a misconception fails this case.
        self.viewed: dict[int, tuple[Any, Any]] = {}
        self.failing: dict[tuple[str, int], bool] = {}

    @cached_property
    def size(self) -> int:
        """About how many numbers are in the expected value."""
        return size_of(self.expected.value)

    @property
    def inputs(self) -> list[Any]:
        return serialize.plain(serialize.unpack(self.packed)[0])

    @property
    def keywords(self) -> dict[str, Any]:
        return serialize.plain(serialize.unpack(self.packed)[1])


@dataclass
class ExerciseData:
    """An exercise as students may know it, with its cases.

    `arguments` names the cases' positional inputs, empty where one is no argument of
    the student's function; `axes`, `meanings` and `entry` are what the docstring says
    (see :mod:`autograde.authoring.docstrings`). Where `most` is not 0, the student
    writes inputs that show mistakes (:mod:`autograde.checking.which_input`).
    """

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
    arguments: list[str] = field(default_factory=list)
    axes: dict[str, list[list[str]]] = field(default_factory=dict)
    meanings: dict[str, str] = field(default_factory=dict)
    entry: str = "entry"
    bonus: bool = False
    admit: str = ""
    most: int = 0
    cases: list[CaseData] = field(default_factory=list)

    def forms(self) -> Iterator[tuple[str, int]]:
        """Every known mistake's name with the number of each of its forms."""
        for name in self.says:
            for number in range(len(self.cases[0].mistakes[name]) if self.cases else 0):
                yield name, number

    def tolerance(self, case: CaseData) -> Tolerance:
        """How far a result of `case` may be from the expected one."""
        return Tolerance(
            rtol=self.rtol if case.rtol is None else case.rtol,
            atol=self.atol if case.atol is None else case.atol,
            exact_dtype=self.exact_dtype,
            single=case.single,
        )


@dataclass
class Checks:
    """All checks of a chapter for one seed."""

    chapter: str
    exercises: Mapping[str, ExerciseData]
    probes: str

    @property
    def points(self) -> float:
        """What a perfect submission earns."""
        return sum(exercise.points for exercise in self.exercises.values())

    def save(self, path: Path) -> None:
        path.write_bytes(self.to_bytes())

    @classmethod
    def load(cls, path: Path) -> Checks:
        return cls.from_bytes(path.read_bytes())

    def to_bytes(self) -> bytes:
        """A safetensors file in which each exercise is a value of its own, deflated."""
        exercises = {
            name: np.frombuffer(
                zlib.compress(serialize.pack(_exercise_tree(data))), "u1"
            )
            for name, data in self.exercises.items()
        }
        tree = {"chapter": self.chapter, "probes": self.probes, "exercises": exercises}
        return serialize.pack(tree)

    @classmethod
    def from_bytes(cls, data: bytes) -> Checks:
        tree = serialize.unpack(data)
        return cls(tree["chapter"], _Unpacked(tree["exercises"]), tree["probes"])


class _Unpacked(Mapping[str, ExerciseData]):
    """Exercises by name, each unpacked when it is first asked for.

    A check in a notebook needs one of them, and reads a tenth of the file.
    """

    def __init__(self, packed: dict[str, np.ndarray]) -> None:
        self._packed = packed
        self._exercises: dict[str, ExerciseData] = {}

    def __getitem__(self, name: str) -> ExerciseData:
        if name not in self._exercises:
            tree = serialize.unpack(zlib.decompress(self._packed[name].tobytes()))
            self._exercises[name] = _exercise_from_tree(tree)
        return self._exercises[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._packed)

    def __len__(self) -> int:
        return len(self._packed)


def load_views(checks: Checks) -> dict[str, Probe]:
    """The functions that the views of `checks` name; none is loaded where none is used.

    Views run in the grader, which must not import torch for them.
    """
    used = any(exercise.view for exercise in checks.exercises.values())
    return load_probes(checks.probes) if used else {}


def same_result(
    one: Result, other: Result, tolerance: Tolerance, pure: bool = True
) -> bool:
    """Whether two results cannot be told apart."""
    if pure and one.changed != other.changed:
        return False
    if one.raised or other.raised:
        return (one.raised, one.text) == (other.raised, other.text)
    return compare(one.value, other.value, tolerance) is None


def _exercise_tree(exercise: ExerciseData) -> dict[str, Any]:
    tree = dict(exercise.__dict__)
    tree["cases"] = [_case_tree(case) for case in exercise.cases]
    return tree


def _case_tree(case: CaseData) -> dict[str, Any]:
    tree = {item.name: getattr(case, item.name) for item in dataclasses.fields(case)}
    tree["packed"] = np.frombuffer(case.packed, np.uint8)
    tree["expected"] = case.expected.as_dict()
    different: dict[int, int] = {}  # the place of each result in `results`, by its id
    results: list[dict[str, Any]] = []
    tree["mistakes"] = {}
    for name, forms in case.mistakes.items():
        for result in forms:
            if result is not None and id(result) not in different:
                different[id(result)] = len(results)
                results.append(result.as_dict())
        tree["mistakes"][name] = [r and different[id(r)] for r in forms]
    tree["results"] = results
    return tree


def _exercise_from_tree(tree: dict[str, Any]) -> ExerciseData:
    cases = [_case_from_tree(case) for case in tree["cases"]]
    return ExerciseData(**{**tree, "cases": cases})


def _case_from_tree(tree: dict[str, Any]) -> CaseData:
    results = [Result.from_dict(result) for result in tree.pop("results")]
    mistakes = {
        name: [None if place is None else results[place] for place in forms]
        for name, forms in tree["mistakes"].items()
    }
    expected = Result.from_dict(tree["expected"])
    packed = tree["packed"].tobytes()
    return CaseData(
        **{**tree, "packed": packed, "expected": expected, "mistakes": mistakes}
    )
