"""A case that says something of an answer: its inputs by name, its result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from autograde.checking import serialize
from autograde.checking.quantities import Quantity, quantities_of
from autograde.checking.run_case import Result

if TYPE_CHECKING:
    from autograde.checking.checks import ExerciseData
    from autograde.checking.verdict import CaseJudge, Verdict


@dataclass
class Told:
    """A case that says something: one that costs points, or all where none does.

    judge: the case with all that it takes to compare results of it
    """

    judge: CaseJudge
    result: Result
    verdict: Verdict

    def is_made_by(self, mistake: str, form: int) -> bool:
        """Whether a form of a known mistake gives just this result, and fails by it."""
        made = self.judge.case.mistakes[mistake][form]
        if made is None or not self.judge.fails(mistake, form):
            return False
        return self.judge.equals(made, self.result)


def named_inputs(exercise: ExerciseData, case: Any) -> dict[str, Any]:
    """The inputs of a case that are arguments of the student's function, by name."""
    inputs, keywords = serialize.unpack(case.packed)
    pairs = zip(exercise.arguments, inputs, strict=False)
    named = {name: value for name, value in pairs if name}
    return named | {key: value for key, value in keywords.items()}


def quantities_in(exercise: ExerciseData, item: Told) -> list[Quantity]:
    """The quantities of a case that a sentence can speak of by name."""
    inputs = named_inputs(exercise, item.judge.case)
    return quantities_of(
        {key: serialize.plain(value) for key, value in inputs.items()},
        exercise.axes,
        exercise.meanings,
    )
