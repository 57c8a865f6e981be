"""Errors of a case: the student's with line and shapes, never the check's own."""

from __future__ import annotations

import linecache

import numpy as np

from autograde.checking import serialize
from autograde.checking.checks import CaseData, ExerciseData
from autograde.checking.run_case import Result, load_probes, run_case
from autograde.checking.verdict import judge_exercise

PROBES = """
import numpy as np

def doubled(f, x):
    return np.stack([row.reshape(2) for row in f(x)])

def asked(f, x):
    result = f(x)
    if not isinstance(result, tuple):
        raise TypeError(
            "the result is to be a pair"
        )
    return result

def called(f, x):
    return f(x, x)

def seen(value, case):
    return {"rows": np.reshape(value, (2, -1))}
"""


def cell(source: str, name: str = "f"):
    """The function that a notebook's cell defines."""
    namespace = {"np": np}
    exec(compile(source, "<ipython-input-3-abc>", "exec"), namespace)
    return namespace[name]


def told(f, probe: str | None = None, view: str | None = None) -> tuple[str, str, str]:
    """Outcome, message and line of the judgement on `f`; right is the identity."""
    probes = load_probes(PROBES)
    right = np.arange(4.0).reshape(2, 2)
    packed = serialize.pack([[right], {}])
    exercise = ExerciseData(
        "f", 1, 5, 1, probe, view, [], 1e-6, 1e-9, True, False, [], 10, []
    )
    exercise.arguments = ["x"]
    exercise.cases.append(CaseData("two rows", packed, 0, Result(right), {}))
    result = run_case(f, probes[probe] if probe else None, packed, 0)
    result = Result.from_dict(serialize.unpack(serialize.pack(result.as_dict())))
    (verdict,) = judge_exercise(exercise, [result], probes).verdicts
    return verdict.outcome, verdict.mismatch.message, verdict.where


def test_a_probe_that_cannot_go_on_does_not_say_its_own_error():
    outcome, message, where = told(cell("f = lambda x: np.zeros((2, 0))"), "doubled")
    assert (outcome, where) == ("wrong", "")
    assert message == "the result does not have the form that is asked for"


def test_what_a_probe_raises_on_purpose_is_told_and_is_no_error_of_the_student():
    outcome, message, _ = told(cell("f = lambda x: x"), "asked")
    assert (outcome, message) == ("wrong", "the result is to be a pair")


def test_a_view_that_cannot_go_on_does_not_say_its_own_error():
    _, message, _ = told(cell("f = lambda x: np.zeros(3)"), view="seen")
    assert message == "the result does not have the form that is asked for"


def test_an_error_of_the_student_has_its_line_and_the_shapes_that_met():
    f = cell("def f(x):\n    W = np.ones((3, 2))\n    return x @ W\n")
    source = "def f(x):\n    W = np.ones((3, 2))\n    return x @ W\n"
    name = "<ipython-input-3-abc>"
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    for probe in (None, "doubled", "asked"):
        outcome, message, where = told(f, probe)
        assert outcome == "raised" and message.startswith("ValueError")
        assert where == "line 3: return x @ W   (shapes: x (2, 2), W (3, 2))"


def test_a_function_of_too_few_arguments_is_the_student_s_error():
    outcome, message, _ = told(cell("def f(x):\n    return x\n"), "called")
    assert outcome == "raised" and "positional argument" in message


def test_a_changed_input_is_called_by_the_argument_s_name():
    f = cell("def f(x):\n    y = x.copy()\n    x += 1\n    return y\n")
    assert told(f)[1] == "the function changes its own input (`x`)"


def test_an_error_whose_text_or_shape_fails_is_an_error_all_the_same():
    source = "def f(x):\n    y = Lazy()\n    raise Odd(x, y)\n"
    name = "<ipython-input-4-abc>"
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)

    class Odd(Exception):
        def __str__(self):
            raise self

    class Lazy:
        @property
        def shape(self):
            raise RuntimeError("not made yet")

    namespace = {"Odd": Odd, "Lazy": Lazy}
    exec(compile(source, name, "exec"), namespace)
    assert told(namespace["f"]) == (
        "raised",
        "Odd",
        "line 3: raise Odd(x, y)",
    )
