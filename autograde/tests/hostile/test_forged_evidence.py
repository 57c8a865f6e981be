"""What a probe measures in the student's process can be forged, and earns nothing.

A probe reports numbers and, of how they came about, evidence: whether autograd was
used, in which mode a model ran, what was recorded on the way, in which order. Here all
evidence of every case of the course is what the reference gives, and the numbers are
wrong.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from autograde.checking import serialize
from autograde.checking.checks import CaseData, Checks, load_views
from autograde.checking.run_case import Result
from autograde.checking.verdict import CaseJudge
from autograde.checking.which_input import not_shown, tried
from autograde.course.layout import CHECKS, ROOT

CHAPTERS = sorted(path.parent.name for path in ROOT.glob(f"chapters/*/{CHECKS}"))


@cache
def checks_of(chapter: str) -> Checks:
    return Checks.load(ROOT / "chapters" / chapter / CHECKS)


@cache
def views_of(chapter: str) -> dict:
    return load_views(checks_of(chapter))


def forged(value: Any, texts: bool) -> Any:
    """`value` with other numbers, and with `texts` other texts; all else is kept."""
    if isinstance(value, serialize.TensorData):
        return serialize.TensorData(forged(value.array, texts))
    if isinstance(value, np.ndarray) and value.dtype.kind != "b":
        other = value * 3 + np.ones((), value.dtype)
        return np.where(np.isinf(value), 7, other).astype(value.dtype)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return 7.0 if value in (np.inf, -np.inf) else value * 3 + 1
    if isinstance(value, str):
        return f"{value}x" if texts else value
    if isinstance(value, dict):
        return {forged(k, texts): forged(item, texts) for k, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(forged(item, texts) for item in value)
    return value


def has_numbers(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(has_numbers, value.values()))
    if isinstance(value, list | tuple):
        return any(map(has_numbers, value))
    array = getattr(value, "array", value)
    if isinstance(array, np.ndarray):
        return array.dtype.kind != "b" and array.size > 0
    return isinstance(value, int | float) and not isinstance(value, bool)


def passes(chapter: str, name: str, case: CaseData, value: Any) -> bool:
    exercise = checks_of(chapter).exercises[name]
    judge = CaseJudge(exercise, case, views_of(chapter))
    assert judge.verdict(case.expected).passed
    return judge.verdict(Result(value=value, changed=case.expected.changed)).passed


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_forged_evidence_with_wrong_numbers_earns_nothing(chapter):
    earned, tried_cases = [], 0
    for name, exercise in checks_of(chapter).exercises.items():
        for case in exercise.cases:
            right = case.expected.value
            if case.expected.raised or exercise.most:
                assert case.weight == 0 or exercise.most, "an error alone earns points"
                continue
            # where there are no numbers, the texts are the answer
            value = forged(right, texts=not has_numbers(right))
            tried_cases += 1
            if passes(chapter, name, case, value):
                earned.append(f"{name}, {case.label}")
    assert tried_cases or chapter.startswith("00")
    assert earned == []


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_an_answer_of_inputs_is_tried_and_never_believed(chapter):
    """What such a case expects is the word True, which anyone can send."""
    checks = checks_of(chapter)
    for exercise in checks.exercises.values():
        for case in exercise.cases if exercise.most else ():
            for value in (True, {"shown": True, "said": ""}, [True], 1.0, "True"):
                result = tried(Result(value=value), exercise, case, checks.probes)
                assert result.raised == not_shown("").raised
