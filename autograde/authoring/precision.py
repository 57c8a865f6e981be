"""How far single precision may be off: so far that no known mistake hides in it.

A right answer may be computed in float32, and is then off by some 1e-5. Some mistakes
are smaller than that: Adam without its eps, for one. So every form of every mistake is
cast to float32 and to float16, and a case allows no more than what they all fail at.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograde.checking import serialize
from autograde.checking.checks import CaseData, ExerciseData
from autograde.checking.compare import SINGLE_RTOL
from autograde.checking.run_case import Probe, Result
from autograde.checking.verdict import CaseJudge

LEVELS = (SINGLE_RTOL, 2e-5, 1e-5, 5e-6, 2e-6, 1e-6, 0.0)
KINDS = (np.float32, np.float16)


def settle(exercise: ExerciseData, probes: dict[str, Probe]) -> None:
    """Set `single` of every case of `exercise`."""
    for case in exercise.cases:
        if case.expected.raised or exercise.exact_dtype:
            continue
        hidden = _rounded_mistakes(exercise, case, probes)
        for level in LEVELS:
            case.single = level
            hidden = [r for r in hidden if _passes(exercise, case, probes, r)]
            if not hidden:
                break


def _rounded_mistakes(
    exercise: ExerciseData, case: CaseData, probes: dict[str, Probe]
) -> list[Result]:
    """What each mistake that fails the case gives, in lower precision."""
    judge = CaseJudge(exercise, case, probes)
    found = {
        id(case.mistakes[name][form]): case.mistakes[name][form]
        for name, form in exercise.forms()
        if judge.fails(name, form)
    }
    return [
        Result(value=rounded(result.value, kind), changed=result.changed)
        for result in found.values()
        if result is not None and not result.raised
        for kind in KINDS
    ]


def _passes(
    exercise: ExerciseData, case: CaseData, probes: dict[str, Probe], result: Result
) -> bool:
    return CaseJudge(exercise, case, probes).verdict(result).passed


def rounded(value: Any, kind: type) -> Any:
    """`value` with every array of doubles in lower precision."""
    if isinstance(value, serialize.TensorData):
        return serialize.TensorData(rounded(value.array, kind))
    if isinstance(value, np.ndarray):
        with np.errstate(over="ignore"):
            return value.astype(kind) if value.dtype == np.float64 else value
    if isinstance(value, list | tuple):
        return type(value)(rounded(item, kind) for item in value)
    if isinstance(value, dict):
        return {key: rounded(item, kind) for key, item in value.items()}
    return value
