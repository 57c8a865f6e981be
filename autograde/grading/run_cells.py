"""Run a submission's cells and cases, in as many processes as it takes."""

from __future__ import annotations

import dataclasses
import math
import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nbformat import NotebookNode

from autograde.checking.checks import CaseData, Checks, ExerciseData
from autograde.checking.run_case import Result
from autograde.checking.verdict import CRASHED, NOT_RUN, TIMED_OUT, bounded
from autograde.execution.client import (
    CaseRequest,
    CellRun,
    Connection,
    ProcessEnded,
    ProcessLost,
    Student,
    WallsFell,
)
from autograde.grading.bounds import Bounds
from autograde.grading.inputs import Trials
from autograde.grading.selection import label, skipped_would_define
from autograde.grading.steps import Steps
from autograde.notebooks.cells import exercise_of, is_added, is_solution

MAX_PROCESSES = 25
MAX_SLOW_CASES = 2
MAX_LOST = 3  # processes that go down with their sandbox, before a person is asked
MAX_OUTPUT = 4 * 2**20  # characters that are kept of one submission's outputs

Open = Callable[[], Connection]


class Runner:
    """Runs the cells of one submission, and the cases of its exercises.

    A process that ends is replaced by one in which the cells so far have run again.
    Afterwards `results` holds what each exercise's cases gave, `cell_outcomes` how
    cells failed, by label, and `notes` what a person may want to know.
    """

    def __init__(
        self,
        cells: Sequence[NotebookNode],
        checks: Checks,
        files: Mapping[str, bytes],
        open_process: Open,
        bounds: Bounds,
        steps: Steps,
    ) -> None:
        self.cells = cells
        self.checks = checks
        self.files = files
        self.open_process = open_process
        self.bounds = bounds
        self.steps = steps
        self.begun = time.monotonic()
        self.spent = 0.0  # seconds of their own time of the processes that ended
        self.student: Student | None = None
        self.trials = Trials(checks.probes, self._clean_process)
        self.name_missing = False  # a cell that was left out would define it
        self.notes: list[str] = []
        self.results: dict[str, list[Result | str]] = {}
        self.cell_outcomes: dict[str, Result | str] = {}
        self.seconds: dict[str, float] = {}
        self.processes = 0
        self.lost = 0
        self.asked_again = False
        self.room = MAX_OUTPUT

    def next_with(self, checks: Checks) -> Runner:
        """Another that runs the same cells with `checks`, in the time that is left.

        That is whole quarters, at least one: it is for what is shown, and how long
        hidden cases took could tell of them.
        """
        self._count_time()
        quarter = self.bounds.submission_seconds / 4
        left = quarter * max(1, 4 - math.ceil(self.spent / quarter))
        return Runner(
            self.cells,
            checks,
            self.files,
            self.open_process,
            dataclasses.replace(self.bounds, submission_seconds=left),
            self.steps,
        )

    def results_of(self, name: str) -> list[Result | str]:
        """What the cases of the exercise gave; if none ran, how its cell failed."""
        count = len(self.checks.exercises[name].cases)
        results = self.results.get(name, [NOT_RUN] * count)
        if name in self.cell_outcomes and all(result == NOT_RUN for result in results):
            return [self.cell_outcomes[name]] * count
        return results

    def run(self, wanted: list[int], with_cases: bool) -> dict[int, CellRun]:
        """Run the cells `wanted`, and the cases where a check stands among them."""
        self.room = MAX_OUTPUT
        runs: dict[int, CellRun] = {}
        done: list[int] = []
        student = self._start([])
        try:
            for index in wanted:
                cell = self.cells[index]
                exercise = exercise_of(cell)
                if exercise is not None:
                    if with_cases and exercise in self.checks.exercises:
                        student = self._run_cases(student, exercise, done)
                    continue
                if student is None or self._time_is_over():
                    continue
                if f"cell {index}" in self.steps.spoiled:
                    runs[index] = CellRun(CRASHED)
                    self.cell_outcomes[label(cell)] = CRASHED
                    continue
                try:
                    self.steps.begin(f"cell {index}")
                    student, runs[index] = self._answer(
                        student,
                        done,
                        "run_cell",
                        cell.source,
                        self._seconds(self.bounds.cell_seconds),
                    )
                    done.append(index)
                    self._keep_within_bounds(runs[index])
                    if runs[index].status == "error":
                        error = Result(raised=runs[index].error)
                        self.cell_outcomes[label(cell)] = error
                    elif runs[index].status == "timed out":
                        self.cell_outcomes[label(cell)] = TIMED_OUT
                        if with_cases:
                            self.notes.append(f"cell {label(cell)}: {TIMED_OUT}")
                except ProcessEnded as ended:
                    runs[index] = CellRun(ended.outcome)
                    self.cell_outcomes[label(cell)] = ended.outcome
                    note = f"cell {label(cell)}: {ended.outcome} ({ended})"
                    if with_cases:
                        self.notes.append(note)
                    student = self._start(done)
                self._note_missing(runs[index].missing)
        finally:
            if student is not None:
                student.close()
            self.trials.close()
        return runs

    def _start(self, done: list[int]) -> Student | None:
        """A fresh process in which the cells `done` have run; None when time is up."""
        while self.processes < MAX_PROCESSES and not self._time_is_over():
            self.processes += 1
            try:
                student = Student(
                    self.open_process(), self.checks.probes, self._files()
                )
            except ProcessEnded as ended:
                self._not_its_doing(ended)
                continue
            self._count_time()
            self.student = student
            if self._run_again(student, done):
                return student
        self.notes.append("the time for this submission is over; the rest was not run")
        return None

    def _run_again(self, student: Student, done: list[int]) -> bool:
        """Run the cells `done` in a fresh process; whether it lives.

        A cell that ends it now, though it did not before, is taken from `done`.
        """
        for index in list(done):
            if self._time_is_over():
                student.close()
                return False
            try:
                self.steps.begin(f"cell {index}")
                source = self.cells[index].source
                student.run_cell(source, self._seconds(self.bounds.cell_seconds))
            except ProcessEnded as ended:
                if not self._not_its_doing(ended):
                    done.remove(index)
                return False
        return True

    def _answer(
        self, student: Student, done: list[int], question: str, *arguments: Any
    ) -> tuple[Student, Any]:
        """Ask `student`, and return the process to go on with and its answer.

        Where the process was lost through no fault of the student's, it is asked again;
        once, also where the machine may have ended it for want of memory.
        """
        while True:
            try:
                return student, getattr(student, question)(*arguments)
            except ProcessEnded as ended:
                if not self._not_its_doing(ended):
                    raise
                again = self._start(done)
                if again is None:
                    raise WallsFell(
                        "no time was left after its sandbox ended"
                    ) from None
                student = again

    def _not_its_doing(self, ended: ProcessEnded) -> bool:
        """Whether what ran is to run again: the student's code may not have ended it.

        So it is where the sandbox went down, and once where the machine may have been
        short of memory. Raises WallsFell where sandboxes keep going down.
        """
        if isinstance(ended, ProcessLost):
            self.lost += 1
            if self.lost > MAX_LOST:
                raise WallsFell(f"its sandbox ended {self.lost} times")
            return True
        if ended.perhaps_not_its_doing and not self.asked_again:
            self.asked_again = True
            return True
        return False

    def _files(self) -> Mapping[str, bytes]:
        """The chapter's files, where the student's own cells might read them."""
        return self.files if any(map(_reads_files, self.cells)) else {}

    def _run_cases(self, student, name: str, done: list[int]) -> Student | None:
        exercise = self.checks.exercises[name]
        results: list[Result | str] = []
        slow, start = 0, time.monotonic()
        if f"exercise {name}" in self.steps.spoiled:
            self.results[name] = [CRASHED] * len(exercise.cases)
            return student
        # inputs are asked for once: an answer for each mistake would be many answers
        cases = exercise.cases[:1] if exercise.most else exercise.cases
        asked = [self._request(name, exercise, case) for case in cases]
        for case, this, ahead in zip(cases, asked, [*asked[1:], None], strict=True):
            if student is None:
                results.append(NOT_RUN)
                continue
            over = slow >= MAX_SLOW_CASES or self._time_is_over()
            if over and not student.is_ahead:
                results.append(TIMED_OUT)
                continue
            try:
                self.steps.begin(f"exercise {name}")
                student, result = self._answer(student, done, "run_case", this, ahead)
                if isinstance(result, Result):
                    result = bounded(result, case)
            except ProcessEnded as ended:
                result = ended.outcome
                self.notes.append(f"{name}, {case.label}: {ended.outcome} ({ended})")
                student = self._start(done)
                slow += ended.outcome == CRASHED
            results.append(result)
            slow += result == TIMED_OUT
            if isinstance(result, Result) and result.raised == "NameError":
                self._note_missing(*re.findall(r"name '(\w+)' is not", result.text))
        if exercise.most:
            results = self.trials.worth(results * len(exercise.cases), exercise)
        self.results[name] = results
        self.seconds[name] = round(time.monotonic() - start, 4)
        return student

    def _request(
        self, name: str, exercise: ExerciseData, case: CaseData
    ) -> CaseRequest:
        seconds = self._seconds(case.seconds or exercise.seconds)
        return CaseRequest(name, exercise.probe, case.packed, case.seed, seconds)

    def _clean_process(self) -> Student:
        """A process in which no line of the student's has run."""
        return Student(self.open_process(), self.checks.probes, type(self.files)())

    def _note_missing(self, *names: str) -> None:
        """Remember whether a skipped demonstration would define one of `names`."""
        if any(names) and not self.name_missing:
            self.name_missing = skipped_would_define(self.cells, names)

    def _time_is_over(self) -> bool:
        return self._time_left() <= 0

    def _time_left(self) -> float:
        """Seconds of its own time that the submission has left.

        It cannot have used more than went by, which is quicker to know.
        """
        left = self.bounds.submission_seconds - (time.monotonic() - self.begun)
        if left > self.bounds.cell_seconds:
            return left
        now = self.student.spent() if self.student else 0.0
        return self.bounds.submission_seconds - self.spent - now

    def _count_time(self) -> None:
        if self.student is not None:
            self.spent += self.student.spent()

    def _keep_within_bounds(self, run: CellRun) -> None:
        self.room -= run.size
        if self.room < 0:
            text = "[more output than is kept of one submission]\n"
            run.outputs = [{"output_type": "stream", "name": "stdout", "text": text}]

    def _seconds(self, seconds: float) -> float:
        return max(1.0, min(seconds, self._time_left()))


def _reads_files(cell: NotebookNode) -> bool:
    """Whether a cell is the student's own, or one that a check was merged into."""
    return is_added(cell) or (is_solution(cell) and "check(" in cell.source)
