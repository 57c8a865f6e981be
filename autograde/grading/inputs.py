"""Inputs that a student wrote are tried in a process of their own, which may die.

The student's process only returns them, as data. What runs on them is the course's own
code, so the verdict cannot be forged there; but data may be made to exhaust memory or
time, so it runs behind the same walls and limits as a student's cells, in a process
that has run none of them and holds nothing of the student's.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from autograde.checking.checks import CaseData, ExerciseData
from autograde.checking.run_case import Result
from autograde.checking.which_input import (
    TOO_LONG,
    not_shown,
    trial_inputs,
    trial_result,
)
from autograde.execution.client import CaseRequest, ProcessEnded, ProcessLost, Student

CELL = "from autograde.checking.which_input import trial"
CELL_SECONDS = 30.0
MAX_ENDED = 2  # processes that an answer may end; the other mistakes are not tried


class Trials:
    """Tries the answers of one submission, in one process as long as that lives.

    `open_clean` opens a process in which no line of the student's has run.
    """

    def __init__(self, probes: str, open_clean: Callable[[], Student]) -> None:
        self.probes = probes
        self.open_clean = open_clean
        self._student: Student | None = None
        self._again = False  # whether one was tried again, for want of memory perhaps

    def close(self) -> None:
        """End the process, if there is one."""
        if self._student is not None:
            with contextlib.suppress(OSError):
                self._student.close()
        self._student = None

    def worth(
        self, results: list[Result | str], exercise: ExerciseData
    ) -> list[Result | str]:
        """What the answers `results` of all cases of `exercise` are worth.

        Raises ProcessLost where the sandbox itself keeps failing.
        """
        made: list[Result | str] = []
        ended = lost = 0
        used = self._student is not None  # by another exercise
        for result, case in zip(results, exercise.cases, strict=True):
            if isinstance(result, str) or result.raised:
                made.append(result)
                continue
            while True:
                if ended >= MAX_ENDED:
                    made.append(not_shown(TOO_LONG))
                    break
                try:
                    given = self._try(result, exercise, case)
                    made.append(_worth(given))
                    ended += isinstance(given, str)
                    break
                except ProcessLost:  # no fault of the answer's
                    lost, used, self._student = lost + 1, False, None
                    if lost > MAX_ENDED:
                        raise
                except ProcessEnded as end:
                    self._student = None
                    if used:  # another answer may have filled its memory
                        used = False
                        continue
                    if end.perhaps_not_its_doing and not self._again:
                        self._again = True
                        continue
                    ended += 1
                    made.append(not_shown(TOO_LONG))
                    break
        return made

    def _try(
        self, result: Result, exercise: ExerciseData, case: CaseData
    ) -> Result | str:
        packed = trial_inputs(result, exercise, case, self.probes)
        if self._student is None:
            self._student = self.open_clean()
            self._student.run_cell(CELL, CELL_SECONDS)
        seconds = case.seconds or exercise.seconds
        request = CaseRequest("trial", None, packed, case.seed, seconds)
        return self._student.run_case(request)


def _worth(given: Result | str) -> Result:
    if isinstance(given, str) or given.raised:
        return not_shown(TOO_LONG)
    return trial_result(given.value)
