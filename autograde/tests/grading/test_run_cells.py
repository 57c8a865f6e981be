"""A submission's result is the same at whatever moments its sandbox goes down."""

from __future__ import annotations

import itertools

import nbformat
import pytest

from autograde.checking.checks import CaseData, Checks, ExerciseData
from autograde.checking.run_case import Result
from autograde.checking.verdict import CRASHED
from autograde.execution.client import (
    CaseRequest,
    CellRun,
    ProcessEnded,
    ProcessLost,
    WallsFell,
)
from autograde.grading import run_cells
from autograde.grading.bounds import Bounds
from autograde.grading.run_cells import MAX_LOST, Runner
from autograde.grading.steps import Steps

NAMES = ("first", "second")
QUESTIONS = 7  # of an undisturbed run: one start, three cells and three cases
LOST = ProcessLost(CRASHED, "the sandbox ended")


def _exercise(name: str, cases: int) -> ExerciseData:
    fields = dict.fromkeys(ExerciseData.__dataclass_fields__)
    case = CaseData("case", b"", 0, Result(value=True), {})
    fields |= {"name": name, "most": 0, "seconds": 5}
    return ExerciseData(**fields | {"cases": [case] * cases})


def _cell(source: str, grade_id: str, solution: bool) -> nbformat.NotebookNode:
    entry = {"grade_id": grade_id, "solution": solution, "grade": not solution}
    entry |= {"schema_version": 3, "locked": not solution, "task": False}
    entry |= {} if solution else {"points": 1}
    return nbformat.v4.new_code_cell(source, metadata={"nbgrader": entry})


class _Machine:
    """Hands out processes that know what they ran; `fails` at some of its questions."""

    def __init__(self, fails: dict[int, ProcessEnded]) -> None:
        self.fails, self.asked, self.opened = fails, 0, 0

    def ask(self) -> None:
        self.asked += 1
        if self.asked in self.fails:
            raise self.fails[self.asked]

    def process(self, *_) -> _Process:
        self.opened += 1
        return _Process(self)


class _Process:
    def __init__(self, machine: _Machine) -> None:
        self.machine, self.ran = machine, []
        machine.ask()

    def run_cell(self, source: str, _: float) -> CellRun:
        self.machine.ask()
        self.ran.append(source)
        return CellRun("ok")

    is_ahead = False

    def run_case(self, case: CaseRequest, _: CaseRequest | None) -> Result:
        self.machine.ask()
        return Result(value=[*self.ran, case.exercise])

    def spent(self) -> float:
        return 0.0

    def close(self) -> None:
        pass


def _run(monkeypatch, fails: dict[int, ProcessEnded]) -> tuple[_Machine, Runner, list]:
    machine = _Machine(fails)
    monkeypatch.setattr(run_cells, "Student", machine.process)
    cells = [nbformat.v4.new_code_cell("setup")]
    for name in NAMES:
        cells.append(_cell(f"def {name}", name, solution=True))
        cells.append(_cell(f'check("{name}")', f"check_{name}", solution=False))
    exercises = {"first": _exercise("first", 2), "second": _exercise("second", 1)}
    checks = Checks("", exercises, "")
    runner = Runner(cells, checks, {}, lambda: None, Bounds(), Steps())
    runs = runner.run(list(range(len(cells))), with_cases=True)
    said = {name: runner.results_of(name) for name in NAMES}
    return machine, runner, [said, {i: run.status for i, run in runs.items()}]


@pytest.fixture
def undisturbed(monkeypatch) -> list:
    machine, runner, found = _run(monkeypatch, {})
    assert machine.asked == QUESTIONS and runner.notes == []
    assert found[0]["second"] == [
        Result(value=["setup", "def first", "def second", "second"])
    ]
    return found


@pytest.mark.parametrize("times", range(1, MAX_LOST + 1))
def test_a_sandbox_lost_at_any_moments_changes_nothing(undisturbed, monkeypatch, times):
    moments = range(1, QUESTIONS + 1 + times * 3)
    for when in itertools.combinations(moments, times):
        machine, runner, found = _run(monkeypatch, dict.fromkeys(when, LOST))
        assert found == undisturbed and runner.notes == [], when
        assert machine.opened == 1 + sum(moment <= machine.asked for moment in when)


def test_a_sandbox_lost_more_often_is_the_graders_own_error(monkeypatch):
    for when in itertools.combinations(range(1, QUESTIONS + 1), MAX_LOST + 1):
        with pytest.raises(WallsFell, match="4 times"):
            _run(monkeypatch, dict.fromkeys(when, LOST))


def test_a_machine_short_of_memory_once_changes_nothing(undisturbed, monkeypatch):
    killed = ProcessEnded(CRASHED, "signal 9")
    for moment in range(1, QUESTIONS + 1):
        for lost in range(moment + 1, QUESTIONS + 4):
            fails = {moment: killed, lost: LOST}
            assert _run(monkeypatch, fails)[2] == undisturbed, fails


def test_a_cell_that_ends_its_process_is_run_no_more(monkeypatch):
    ended = ProcessEnded(CRASHED, "signal 11")
    machine, runner, (said, statuses) = _run(monkeypatch, {3: ended})
    assert statuses == {0: "ok", 1: CRASHED, 3: "ok"}
    assert said["first"] == [Result(value=["setup", "first"])] * 2
    assert said["second"] == [Result(value=["setup", "def second", "second"])]
    assert machine.opened == 2 and len(runner.notes) == 1


def test_a_cell_that_ends_its_process_when_it_runs_again_is_passed_over(monkeypatch):
    ended = ProcessEnded(CRASHED, "signal 11")
    # lost at the first case; of the cells that run again, "def first" ends the process
    machine, _, (said, _) = _run(monkeypatch, {4: LOST, 7: ended})
    assert said["first"] == [Result(value=["setup", "first"])] * 2
    assert machine.opened == 3


def test_the_time_for_what_is_shown_does_not_tell_how_long_hidden_cases_took():
    def left(spent: float) -> float:
        runner = Runner([], Checks("", {}, ""), {}, lambda: None, Bounds(), Steps())
        runner.spent = spent
        return runner.next_with(runner.checks).bounds.submission_seconds

    whole = Bounds().submission_seconds
    assert {left(whole * share / 100) for share in range(1, 25)} == {0.75 * whole}
    assert {left(whole * share / 100) for share in range(76, 110)} == {0.25 * whole}
    assert len({left(whole * share / 100) for share in range(1, 110)}) == 3
