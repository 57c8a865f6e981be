"""What sentences on cases claim: which fail, and what sets them apart."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from autograde.checking import serialize
from autograde.checking.checks import ExerciseData
from autograde.checking.parts import parts_of
from autograde.checking.told import named_inputs
from autograde.checking.verdict import CaseJudge, judge_exercise
from autograde.tests.checking.claim_table import flat, lists
from autograde.tests.checking.claims import Wrong, numbers


@dataclass
class Judged:
    """An answer with what it is told."""

    exercise: ExerciseData
    told: list[tuple[str, dict[str, Any], bool]]  # label, inputs, whether it fails
    failed: list[tuple[CaseJudge, Any]]
    relation: str
    first_error: str

    def wrong(self, names: list[str]) -> list[Wrong]:
        """The wrong parts with these names, of all failing cases."""
        found = []
        for view, result in self.failed:
            expected, got = view.seen(result)
            parts = parts_of(expected, got, view.tolerance, self.exercise.returns)
            inputs = named_inputs(self.exercise, view.case)
            inputs = {name: serialize.plain(value) for name, value in inputs.items()}
            for part in parts:
                if not part.right and (part.of in names or not names):
                    others = {other.name: other.expected for other in parts}
                    found.append(Wrong(part.expected, part.got, inputs, others))
        return found


def judged(exercise: ExerciseData, results, probes) -> Judged | None:
    judgement = judge_exercise(exercise, results, probes)
    if not judgement.relation:
        return None
    told, failed, error = [], [], ""
    weighs = any(not v.passed and not v.advice for v in judgement.verdicts)
    for case, result, verdict in zip(
        exercise.cases, results, judgement.verdicts, strict=True
    ):
        if verdict.advice and weighs:
            continue
        inputs = named_inputs(exercise, case)
        plain = {name: serialize.plain(value) for name, value in inputs.items()}
        told.append((case.label, plain, not verdict.passed))
        if not verdict.passed:
            failed.append((CaseJudge(exercise, case, probes), result))
            error = error or f"{result.raised}: {result.text}"
    return Judged(exercise, told, failed, judgement.relation, error)


def check_cases(sentence: str, judged: Judged) -> bool | None:
    """Whether a sentence on cases is true; None where it is another sentence."""
    fails = [label for label, _, failed in judged.told if failed]
    rest = [label for label, _, failed in judged.told if not failed]
    found = re.fullmatch(
        r"only the cases? (.+) (fails?|is right|are right); the (\d+) others .*",
        sentence,
    )
    if found:
        few, others = (fails, rest) if found[2].startswith("fail") else (rest, fails)
        return re.findall("“([^”]+)”", found[1]) == few and len(others) == int(found[3])
    found = re.fullmatch(
        r"it (fails|is right) in just those cases where (.+) \((\d+) of (\d+)\); .*",
        sentence,
    )
    if not found:
        return None
    few = fails if found[1] == "fails" else rest
    assert (len(few), len(judged.told)) == (int(found[3]), int(found[4]))
    return all(
        is_fact(found[2], inputs) == (label in few) for label, inputs, _ in judged.told
    )


def is_fact(fact: str, inputs: dict[str, Any]) -> bool:
    """Whether a fact is true of the inputs of a case, for the facts that are tried."""
    name = re.search(r"`(\w+)`", fact)[1]
    if fact.endswith("is left out"):
        return name not in inputs
    value = inputs.get(name)
    if value is None:
        return fact == f"`{name}` equals None" and name in inputs
    if (equal := re.fullmatch(r"`\w+` equals (.+)", fact)) is not None:
        return repr(value) == equal[1]
    if (bound := re.fullmatch(r"`\w+` is (\S+) or (more|less)", fact)) is not None:
        limit = float(bound[1])
        low, high = limit * (1 - 1e-5), limit * (1 + 1e-5)
        return value >= low if bound[2] == "more" else value <= high
    if "empty item" in fact:
        return any(len(item) == 0 for item in value)
    if fact.endswith("is empty"):
        return len(value) == 0 if isinstance(value, str | dict) else np.size(value) == 0
    if "twice" in fact and len(value) and isinstance(value[0], str):
        return len(set(value)) < len(value)
    letters = re.fullmatch(r"`\w+` has a (capital letter|digit)", fact)
    if letters:
        test = str.isupper if letters[1] == "capital letter" else str.isdigit
        return any(map(test, str(flat(lists(value)))))
    if (dtype := re.fullmatch(r"`\w+` has dtype (\w+)", fact)) is not None:
        return str(getattr(value, "dtype", "")) == dtype[1]
    if fact.endswith("has one item"):
        return len(value) == 1
    array = numbers(value)
    tries: dict[str, Callable[[], bool]] = {
        "has one row": lambda: array.ndim == 2 and len(array) == 1,
        "has one column": lambda: array.ndim == 2 and array.shape[1] == 1,
        "has one entry": lambda: array.shape == (1,),
        "has one axis": lambda: array.ndim == 1 and array.size > 0,
        "has as many rows as columns": lambda: (
            array.ndim == 2 and len(set(array.shape)) == 1
        ),
        "has more columns than rows": lambda: (
            array.ndim == 2 and array.shape[1] > len(array)
        ),
        "holds a 0": lambda: bool((array == 0).any()),
        "holds nothing but zeros": lambda: array.size > 0 and not array.any(),
        "holds a negative number": lambda: bool((array < 0).any()),
        "holds negative numbers only": lambda: (
            array.size > 0 and bool((array < 0).all())
        ),
        "is an int": lambda: type(value) is int,
        "is negative": lambda: value < 0,
        "has a number twice": lambda: len(np.unique(array)) < array.size,
        "are below 0.001 in size": lambda: bool((np.abs(array) < 1e-3).all()),
        "at least 100 in size": lambda: bool((np.abs(array) >= 100).any()),
        "at least 1000 in size": lambda: bool((np.abs(array) >= 1000).any()),
        "at least 10000 in size": lambda: bool((np.abs(array) >= 10000).any()),
        "holds NaN or infinity": lambda: not np.isfinite(array).all(),
        "begins with 0": lambda: array.ndim == 2 and bool((array[:, 0] == 0).any()),
        "a row of zeros": lambda: array.ndim == 2 and not array.any(axis=1).all(),
        "are the same": lambda: len(np.unique(array)) == 1,
        "has a 1 behind a 0": lambda: bool(
            (np.diff(array.astype(int), axis=1) > 0).any()
        ),
        "are whole": lambda: bool((array == np.round(array)).all()),
    }
    for words, true in tries.items():
        if fact.endswith(words):
            return bool(true())
    if fact.endswith("has a tie for the largest number"):
        top = np.sort(array, axis=-1)
        return array.shape[-1] > 1 and bool((top[..., -1] == top[..., -2]).any())
    size = re.fullmatch(r"axis (\d) of `\w+` has size 1", fact)
    if size:
        return array.ndim > int(size[1]) and array.shape[int(size[1])] == 1
    axes = re.fullmatch(r"`\w+` has (\d+) axes", fact)
    if axes:
        return array.ndim == int(axes[1])
    pytest.fail(f"no way to try: {fact}")
