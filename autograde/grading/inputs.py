"""Inputs that a student wrote are tried in a process of their own, which may die.

The student's process only returns them, as data. What runs on them is the course's own
code, so the verdict cannot be forged there; but data may be made to exhaust memory or
time, so it runs behind the same walls and limits as a student's cells, in a process
that has run none of them and holds nothing of the student's.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from autograde.checking.checks import ExerciseData
from autograde.checking.run_case import Result
from autograde.checking.which_input import (
    TOO_LONG,
    not_shown,
    trial_inputs,
    trial_result,
)
from autograde.execution.client import ProcessEnded, ProcessLost, Student

CELL = "from autograde.checking.which_input import trial"
CELL_SECONDS = 30.0
MAX_ENDED = 2  # processes that an answer may end; the other mistakes are not tried


def try_inputs(
    results: list[Result | str],
    exercise: ExerciseData,
    probes: str,
    open_clean: Callable[[], Student],
) -> list[Result | str]:
    """What the answers `results` of all cases are worth.

    Raises ProcessLost where the sandbox itself keeps failing.
    """
    made: list[Result | str] = []
    student: Student | None = None
    ended = lost = 0
    for result, case in zip(results, exercise.cases, strict=True):
        if isinstance(result, str) or result.raised:
            made.append(result)
            continue
        packed = trial_inputs(result, exercise, case, probes)
        while True:
            if ended >= MAX_ENDED:
                made.append(not_shown(TOO_LONG))
                break
            try:
                if student is None:
                    student = open_clean()
                    student.run_cell(CELL, CELL_SECONDS)
                seconds = case.seconds or exercise.seconds
                given = student.run_case("trial", None, packed, case.seed, seconds)
                made.append(_worth(given))
                ended += isinstance(given, str)
                break
            except ProcessLost:  # no fault of the answer's
                lost, student = lost + 1, None
                if lost > MAX_ENDED:
                    raise
            except ProcessEnded:
                ended, student = ended + 1, None
                made.append(not_shown(TOO_LONG))
                break
    if student is not None:
        with contextlib.suppress(OSError):
            student.close()
    return made


def _worth(given: Result | str) -> Result:
    if isinstance(given, str) or given.raised:
        return not_shown(TOO_LONG)
    return trial_result(given.value)
