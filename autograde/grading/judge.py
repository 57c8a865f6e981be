"""Grade one submission: run its cells in a sandbox, judge its cases outside.

The student's process runs cells and calls functions; inputs come from here, results
are compared here, and points and feedback are written here. What the process says
about anything else is not believed.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

from autograde.checking.checks import Checks, load_views
from autograde.checking.run_case import Result
from autograde.checking.verdict import (
    CRASHED,
    NOT_RUN,
    TIMED_OUT,
    Judgement,
    bounded,
    judge_exercise,
)
from autograde.execution.client import (
    CellRun,
    Connection,
    ProcessEnded,
    ProcessLost,
    Student,
    WallsFell,
)
from autograde.grading.outputs import check_outputs, harmless, said
from autograde.notebooks.rebuild import Rebuilt, exercise_of, is_added
from autograde.student.run_all import bound_names

CELL_SECONDS = 60.0
SUBMISSION_SECONDS = 300.0
MAX_PROCESSES = 25
MAX_SLOW_CASES = 2
MAX_LOST = 3  # processes that go down with their sandbox, before a person is asked
MAX_OUTPUT = 4 * 2**20  # characters that are kept of one submission's outputs

Open = Callable[[], Connection]


@dataclass
class Judged:
    """A graded notebook, a judgement for each exercise, and what a person may read."""

    notebook: nbformat.NotebookNode
    judgements: dict[str, Judgement]
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0
    full_run: bool = False

    @property
    def awarded(self) -> float:
        return sum(judgement.awarded for judgement in self.judgements.values())


def judge(
    rebuilt: Rebuilt, checks: Checks, files: list[Path], open_process: Open
) -> Judged:
    """Grade `rebuilt` on the cases of `checks`; `files` are the chapter's released.

    Demonstrations are left out first. Where a name is missing that one of them would
    define, everything is run once more with them, and the better result counts.
    """
    start = time.monotonic()
    attempt = _Attempt(rebuilt, checks, files, open_process)
    judged = attempt.judge(full=False)
    if attempt.name_missing and judged.awarded < checks.points:
        second = _Attempt(rebuilt, checks, files, open_process)
        full = second.judge(full=True)
        if full.awarded > judged.awarded:
            judged = full
    judged.notes = rebuilt.notes + judged.notes
    judged.seconds = time.monotonic() - start
    return judged


class _Attempt:
    def __init__(self, rebuilt, checks: Checks, files, open_process: Open) -> None:
        self.cells = rebuilt.notebook.cells
        self.metadata = rebuilt.notebook.metadata
        self.checks = checks
        self.files = files
        self.open_process = open_process
        self.views = load_views(checks)
        self.deadline = time.monotonic() + SUBMISSION_SECONDS
        self.name_missing = False
        self.notes: list[str] = []
        self.results: dict[str, list[Result | str]] = {}
        self.cell_outcomes: dict[str, Result | str] = {}
        self.seconds: dict[str, float] = {}
        self.processes = 0
        self.lost = 0
        self.room = MAX_OUTPUT

    def judge(self, full: bool) -> Judged:
        runs = self._run(self._wanted(full), with_cases=True)
        if self._printed_after_a_case(runs):
            # Later cells could print hidden inputs: show what they print without any.
            self.room = MAX_OUTPUT
            runs = self._run(self._wanted(full), with_cases=False)
        judgements = {
            name: judge_exercise(exercise, self._results_of(name), self.views)
            for name, exercise in self.checks.exercises.items()
        }
        for name, judgement in judgements.items():
            judgement.seconds = self.seconds.get(name)
        notebook = self._written(runs, judgements)
        return Judged(notebook, judgements, self.notes, full_run=full)

    def _results_of(self, name: str) -> list[Result | str]:
        count = len(self.checks.exercises[name].cases)
        results = self.results.get(name, [NOT_RUN] * count)
        if name in self.cell_outcomes and all(result == NOT_RUN for result in results):
            return [self.cell_outcomes[name]] * count
        return results

    def _wanted(self, full: bool) -> list[int]:
        """The places of the cells that are run, checks among them."""
        wanted = []
        for index, cell in enumerate(self.cells):
            if cell.cell_type != "code":
                continue
            info = cell.metadata.get("nbgrader", {})
            added = cell.metadata.get("autograde", {})
            demonstration = added.get("demonstration") if added else True
            setup = "setup" in cell.metadata.get("tags", [])
            if full or setup or info or not demonstration:
                wanted.append(index)
        return wanted

    def _run(self, wanted: list[int], with_cases: bool) -> dict[int, CellRun]:
        runs: dict[int, CellRun] = {}
        student, done = self._start([]), []
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
                try:
                    student, runs[index] = self._answer(
                        student,
                        done,
                        "run_cell",
                        cell.source,
                        self._seconds(CELL_SECONDS),
                    )
                    done.append(index)
                    self._keep_within_bounds(runs[index])
                    if runs[index].status == "error":
                        error = Result(raised=runs[index].error)
                        self.cell_outcomes[_label(cell)] = error
                except ProcessEnded as ended:
                    runs[index] = CellRun(ended.outcome)
                    self.cell_outcomes[_label(cell)] = ended.outcome
                    note = f"cell {_label(cell)}: {ended.outcome} ({ended})"
                    if with_cases:
                        self.notes.append(note)
                    student = self._start(done)
                self._note_missing(runs[index].missing)
        finally:
            if student is not None:
                student.close()
        return runs

    def _start(self, done: list[int]) -> Student | None:
        """A fresh process in which the cells `done` have run; None when time is up."""
        while self.processes < MAX_PROCESSES and time.monotonic() < self.deadline:
            self.processes += 1
            try:
                student = Student(
                    self.open_process(), self.checks.probes, self._files()
                )
                for index in list(done):
                    if self._time_is_over():
                        student.close()
                        break
                    try:
                        source = self.cells[index].source
                        student.run_cell(source, self._seconds(CELL_SECONDS))
                    except ProcessEnded:
                        done.remove(index)
                        raise
                else:
                    return student
            except ProcessLost:
                self._count_lost()
            except ProcessEnded:
                continue
        self.notes.append("the time for this submission is over; the rest was not run")
        return None

    def _answer(
        self, student: Student, done: list[int], question: str, *arguments: Any
    ) -> tuple[Student, Any]:
        """Ask `student`, and return the process to go on with and its answer.

        Where the process was lost through no fault of the student's, it is asked again.
        """
        while True:
            try:
                return student, getattr(student, question)(*arguments)
            except ProcessLost:
                self._count_lost()
                again = self._start(done)
                if again is None:
                    raise WallsFell(
                        "no time was left after its sandbox ended"
                    ) from None
                student = again

    def _count_lost(self) -> None:
        self.lost += 1
        if self.lost > MAX_LOST:
            raise WallsFell(f"its sandbox ended {self.lost} times")

    def _files(self) -> list[Path]:
        """The chapter's files, where the student's own cells might read them."""
        return self.files if any(map(is_added, self.cells)) else []

    def _run_cases(self, student, name: str, done: list[int]) -> Student | None:
        exercise = self.checks.exercises[name]
        results: list[Result | str] = []
        slow, start = 0, time.monotonic()
        for case in exercise.cases:
            if student is None:
                results.append(NOT_RUN)
                continue
            if slow >= MAX_SLOW_CASES or self._time_is_over():
                results.append(TIMED_OUT)
                continue
            seconds = self._seconds(case.seconds or exercise.seconds)
            arguments = (name, exercise.probe, case.packed, case.seed, seconds)
            try:
                student, result = self._answer(student, done, "run_case", *arguments)
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
        self.results[name] = results
        self.seconds[name] = round(time.monotonic() - start, 4)
        return student

    def _note_missing(self, *names: str) -> None:
        """Remember whether a skipped demonstration would define one of `names`."""
        if any(names) and not self.name_missing:
            skipped = set(range(len(self.cells))) - set(self._wanted(full=False))
            sources = [self.cells[i].source for i in skipped if _is_code(self.cells[i])]
            self.name_missing = any(set(names) & bound_names(text) for text in sources)

    def _time_is_over(self) -> bool:
        return time.monotonic() > self.deadline

    def _keep_within_bounds(self, run: CellRun) -> None:
        self.room -= run.size
        if self.room < 0:
            text = "[more output than is kept of one submission]\n"
            run.outputs = [{"output_type": "stream", "name": "stdout", "text": text}]

    def _seconds(self, seconds: float) -> float:
        return max(1.0, min(seconds, self.deadline - time.monotonic()))

    def _printed_after_a_case(self, runs: dict[int, CellRun]) -> bool:
        checks = [i for i, cell in enumerate(self.cells) if exercise_of(cell)]
        first = min(checks, default=len(self.cells))
        return any(run.outputs for index, run in runs.items() if index > first)

    def _written(self, runs, judgements: dict[str, Judgement]) -> nbformat.NotebookNode:
        notebook = nbformat.v4.new_notebook(cells=[], metadata=self.metadata)
        notebook.nbformat_minor = 5
        for index, cell in enumerate(self.cells):
            cell = nbformat.from_dict(cell)
            notebook.cells.append(cell)
            if cell.cell_type != "code":
                continue
            cell.outputs, cell.execution_count = [], None
            name = exercise_of(cell)
            if name in judgements:
                cell.outputs = check_outputs(judgements[name])
                cell.execution_count = 1
                cell.metadata["autograde"] = said(judgements[name])
            elif index in runs:
                cell.outputs = [harmless(output) for output in runs[index].outputs]
                if runs[index].status not in ("ok", "error"):
                    text = f"[{runs[index].status}]\n"
                    output = {"output_type": "stream", "name": "stdout", "text": text}
                    cell.outputs.append(nbformat.from_dict(output))
        return notebook


def _is_code(cell: nbformat.NotebookNode) -> bool:
    return cell.cell_type == "code"


def _label(cell: nbformat.NotebookNode) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id") or cell.id
