"""A chapter in which some cells are a student's, and run only behind the walls.

All else of a :class:`Chapter` is the course's own code and runs here. A student's cell
runs in a process of its own, after the chapter's reference cells; what comes back is
data, as in grading.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import Any

from autograde.authoring.chapter import Chapter, ChapterError
from autograde.checking.checks import CaseData, ExerciseData
from autograde.checking.run_case import Result
from autograde.checking.verdict import bounded
from autograde.checking.which_input import tried
from autograde.execution.client import CaseRequest, ProcessEnded, ProcessLost, Student
from autograde.execution.sandboxes import Needs, sandbox
from autograde.notebooks.cells import is_setup

CELL_SECONDS = 60.0
TRIES = 3  # processes for one question, where the sandbox itself goes down


@dataclass
class WalledCell:
    """What an exercise becomes with a student's cell: a process that runs its cases."""

    chapter: WalledChapter
    exercise: str
    source: str
    student: Student | None = None

    def start(self) -> Student:
        """A process in which the reference cells and this one have run.

        Raises ChapterError where the cell does not run.
        """
        if self.student is None:
            self.student = Student(
                sandbox(self.chapter.needs).open(), self.chapter.probes_source, {}
            )
            for cell in self.chapter.cells:
                if is_setup(cell) or "exercise" in cell.metadata:
                    self._run(self.student, cell.source, "the reference")
            self._run(self.student, self.source, "the example")
        return self.student

    def _run(self, student: Student, source: str, whose: str) -> None:
        run = student.run_cell(source, CELL_SECONDS)
        if run.status != "ok":
            said = run.error or run.status
            raise ChapterError(f"{whose}'s cell does not run behind the walls: {said}")

    def case(self, data: ExerciseData, case: CaseData) -> Result:
        """The result of a case; raises ChapterError where there is none."""
        for _ in range(TRIES):
            try:
                seconds = case.seconds or data.seconds
                asked = CaseRequest(
                    self.exercise, data.probe, case.packed, case.seed, seconds
                )
                found = self.start().run_case(asked)
            except ProcessLost:
                self.student = None
                continue
            except ProcessEnded as ended:
                self.student, found = None, ended.outcome
            if isinstance(found, Result):
                return bounded(found, case)
            raise ChapterError(f"the example has no result in {case.label!r}: {found}")
        raise ChapterError("the sandbox went down; try it again")

    def close(self) -> None:
        """End the process, if there is one."""
        if self.student is not None:
            with contextlib.suppress(OSError):
                self.student.close()
        self.student = None


@dataclass
class WalledChapter(Chapter):
    """A chapter whose cells in `untrusted` never run in this process."""

    needs: Needs = field(default_factory=Needs)
    untrusted: frozenset[str] = frozenset()
    _cells: dict[tuple[str, str], WalledCell] = field(default_factory=dict)

    def with_cell(self, exercise: str, source: str) -> Any:
        if source not in self.untrusted:
            return super().with_cell(exercise, source)
        cell = self._cells.setdefault(
            (exercise, source), WalledCell(self, exercise, source)
        )
        try:
            cell.start()
        except ProcessEnded as ended:
            cell.close()
            raise ChapterError(f"the example's process ended: {ended}") from None
        return cell

    def run(self, target: Any, data: ExerciseData, case: CaseData) -> Result:
        if not isinstance(target, WalledCell):
            return super().run(target, data, case)
        result = target.case(data, case)
        return tried(result, data, case, self.probes_source) if data.most else result

    def close(self) -> None:
        """End the processes."""
        for cell in self._cells.values():
            cell.close()
