"""Does an input show a mistake? The right function and a mistaken one are run on it.

The student's answer is data: a list of inputs, or a tuple. It is brought within the
bounds that the chapter's ``probes.py`` states, then both functions, which the course
wrote, are run on it. In a student's notebook that happens in the kernel under a check's
clock; a grader sends the data to a process of its own behind the walls, which may die
of them.
"""

from __future__ import annotations

import ast
import functools
import re
from typing import Any

import numpy as np

from autograde.checking import serialize
from autograde.checking.checks import CaseData, ExerciseData, same_result
from autograde.checking.compare import Tolerance
from autograde.checking.defaults import as_they_were
from autograde.checking.run_case import (
    IN_PROBE,
    Probe,
    Result,
    lacked_memory,
    load_probes,
    run_case,
)

MAX_NUMBERS = 10_000  # in all inputs of one answer
PRELUDE = "import math\nimport numpy as np\n"
NOT_A_LIST = "Return a list of inputs; this is {what}."
TOO_MANY = "Return 1 to {most} inputs; these are {count}."
NO_TUPLE = "Input {number} has to be a tuple of {count} arguments: {names}."
TOO_LARGE = "All inputs together hold more than {most} numbers."
NO_DATA = "Input {number} holds an object of type {what}; inputs are data."
OUT_OF_BOUNDS = "Input {number} does not count: {why}"
NO_FORM = "it does not have the form that is asked for ({what})."
RIGHT_FAILS = "the right function raises {what} on it."
NOT_SHOWN = (
    "No input shows it: on each one that counts, the mistaken function gives the same "
    "as the right one."
)
NONE_COUNTS = "No input counts."
TOO_LONG = "With this answer the functions took too long, or too much memory."


def run_exercise_case(
    target: Any,
    probe: Probe | None,
    exercise: ExerciseData,
    case: CaseData,
    probes: str,
) -> Result:
    """Run `case` on `target` here, and try its inputs where that is the exercise.

    probes: the text of the chapter's ``probes.py``
    """
    result = run_case(target, probe, case.packed, case.seed)
    return tried(result, exercise, case, probes) if exercise.most else result


def tried(
    result: Result, exercise: ExerciseData, case: CaseData, probes: str
) -> Result:
    """What the answer `result` is worth in this case; both functions run here."""
    if result.raised:
        return result
    packed = trial_inputs(result, exercise, case, probes)
    try:
        with as_they_were():
            return trial_result(trial(*serialize.unpack(packed, live=True)[0]))
    except MemoryError:
        return not_shown(TOO_LONG)


def trial_inputs(
    result: Result, exercise: ExerciseData, case: CaseData, probes: str
) -> bytes:
    """The arguments of :func:`trial` for this answer, packed as a case's inputs."""
    tolerance = exercise.tolerance(case)
    settings = {
        "admit": exercise.admit,
        "most": exercise.most,
        "rtol": tolerance.rtol,
        "atol": tolerance.atol,
        "exact_dtype": tolerance.exact_dtype,
        "pure": exercise.pure,
    }
    return serialize.pack([[result.value, case.key, settings, probes, case.seed], {}])


def trial_result(value: Any) -> Result:
    """The result of the case, from what :func:`trial` gave."""
    if isinstance(value, dict) and value.get("shown") is True:
        return Result(value=True)
    said = value.get("said") if isinstance(value, dict) else None
    return not_shown(said if isinstance(said, str) else TOO_LONG)


def not_shown(said: str) -> Result:
    return Result(raised="NotShown", where=IN_PROBE, text=said[:500])


def trial(
    answer: Any, key: dict[str, str], settings: dict[str, Any], probes: str, seed: int
) -> dict[str, Any]:
    """Run the right and the mistaken function on every input of `answer`.

    key: {"right": source, "mistaken": source}     settings: see :func:`trial_inputs`
    The libraries have to be as they were. Raises MemoryError where the mistaken
    function does.
    """
    right, mistaken = function_of(key["right"]), function_of(key["mistaken"])
    try:
        inputs = _inputs(answer, settings["most"], right)
    except _Refused as refused:
        return {"shown": False, "said": str(refused)}
    admit = _probes(probes).get(settings["admit"])
    tolerance = Tolerance(settings["rtol"], settings["atol"], settings["exact_dtype"])
    said = []
    counted = 0
    for number, arguments in enumerate(inputs, 1):
        try:
            packed = _admitted(arguments, admit)
            expected = run_case(right, None, packed, seed, unchanged=True)
            if expected.raised:
                raise _Refused(RIGHT_FAILS.format(what=expected.raised))
        except _Refused as refused:
            said.append(OUT_OF_BOUNDS.format(number=number, why=refused))
            continue
        counted += 1
        result = run_case(mistaken, None, packed, seed, unchanged=True)
        if lacked_memory(result):  # as any function may on such an input
            raise MemoryError
        if not same_result(expected, result, tolerance, settings["pure"]):
            return {"shown": True, "said": ""}
    said.append(NOT_SHOWN if counted else NONE_COUNTS)
    return {"shown": False, "said": " ".join(said)}


@functools.lru_cache(maxsize=64)
def function_of(source: str) -> Any:
    """The first function that `source` defines, with NumPy (and torch) to use."""
    name = defined_name(source)
    namespace: dict[str, Any] = {"__name__": "mistaken"}
    exec(PRELUDE, namespace)
    if re.search(r"\b(torch|nn|F)\.", source):
        import torch

        namespace |= {"torch": torch, "nn": torch.nn, "F": torch.nn.functional}
    exec(compile(source, "<mistaken>", "exec"), namespace)
    return namespace[name]


def defined_name(source: str) -> str:
    """The name of the first function in `source`; raises ValueError without one."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            return node.name
    raise ValueError("no function is defined in it")


class _Refused(ValueError):
    """An answer or an input is not within the bounds; the message says why."""


@functools.lru_cache(maxsize=8)
def _probes(source: str) -> dict[str, Probe]:
    return load_probes(source)


def _inputs(answer: Any, most: int, right: Any) -> list[tuple]:
    """The arguments of each call, from what the student's function returned."""
    if not isinstance(answer, list | tuple):  # the course takes one for the other
        raise _Refused(NOT_A_LIST.format(what=_kind(answer)))
    if not 1 <= len(answer) <= most:
        raise _Refused(TOO_MANY.format(most=most, count=len(answer)))
    if _count(answer, MAX_NUMBERS) > MAX_NUMBERS:
        raise _Refused(TOO_LARGE.format(most=MAX_NUMBERS))
    names = right.__code__.co_varnames[: right.__code__.co_argcount]
    calls = []
    for number, given in enumerate(answer, 1):
        foreign = _foreign(given)
        if foreign:
            raise _Refused(NO_DATA.format(number=number, what=foreign))
        if len(names) == 1:
            calls.append((given,))
        elif isinstance(given, tuple | list) and len(given) == len(names):
            calls.append(tuple(given))
        else:
            said = NO_TUPLE.format(
                number=number, count=len(names), names=", ".join(names)
            )
            raise _Refused(said)
    return calls


def _admitted(arguments: tuple, admit: Probe | None) -> bytes:
    """The arguments as the bounds let them through, packed for both functions."""
    if admit is None:
        return serialize.pack([list(arguments), {}])
    try:
        kept = admit(*arguments)
    except ValueError as error:
        raise _Refused(str(error)[:200]) from None
    except Exception as error:
        what = type(error).__name__
        raise _Refused(NO_FORM.format(what=what)) from None
    return serialize.pack([list(kept if isinstance(kept, tuple) else (kept,)), {}])


def _kind(value: Any) -> str:
    if isinstance(value, serialize.Unsupported):
        return f"a {value.type_name}"
    return "None" if value is None else f"a {type(value).__name__}"


def _foreign(value: Any) -> str:
    """The type of what is no data in `value`, "" where all is."""
    if isinstance(value, serialize.Unsupported):
        return value.type_name
    if isinstance(value, np.random.Generator) or type(value).__name__ == "Generator":
        return "random generator"
    if isinstance(value, dict):
        return next(filter(None, map(_foreign, [*value, *value.values()])), "")
    if isinstance(value, list | tuple):
        return next(filter(None, map(_foreign, value)), "")
    return ""


def _count(value: Any, most: int) -> int:
    """How many numbers or letters are in `value`; stops counting above `most`."""
    if isinstance(value, str):
        return len(value) + 1
    shape = getattr(value, "shape", None)
    if shape is not None:
        count = 1
        for width in shape:  # (0, 10**9) is small until it is summed up
            count *= max(1, int(width))
        return count + 1
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list | tuple):
        total = 1
        for item in value:
            total += _count(item, most)
            if total > most:
                break
        return total
    if isinstance(value, int) and not isinstance(value, bool):
        return 1 + value.bit_length() // 64
    return 1
