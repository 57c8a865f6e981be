"""One process tries all inputs of a submission, and an answer pays for its own only."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from autograde.checking import serialize
from autograde.checking.checks import CaseData, ExerciseData
from autograde.checking.run_case import Result
from autograde.execution.client import ProcessEnded, ProcessLost
from autograde.grading.inputs import Trials

SHOWN = Result(value={"shown": True, "said": ""})


def _exercise(cases: int) -> ExerciseData:
    fields = dict.fromkeys(ExerciseData.__dataclass_fields__)
    case = CaseData("case", serialize.pack([[], {}]), 0, Result(value=True), {}, key={})
    fields |= {"name": "revealing", "rtol": 0.0, "atol": 0.0, "most": 3, "seconds": 5}
    return ExerciseData(**fields | {"exact_dtype": False, "cases": [case] * cases})


class _Processes:
    """Hands out processes that answer as they are told, one list for each."""

    def __init__(self, *answers: list) -> None:
        self.answers = [list(each) for each in answers]
        self.opened = self.closed = 0

    def open(self) -> SimpleNamespace:
        mine = self.answers[self.opened]
        self.opened += 1

        def run_case(*_):
            answer = mine.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        return SimpleNamespace(run_cell=lambda *_: None, run_case=run_case, close=self)

    def __call__(self) -> None:
        self.closed += 1


def _worth(trials: Trials, cases: int) -> list[bool]:
    results: list[Result | str] = [Result(value=[1])] * cases
    return [not r.raised for r in trials.worth(results, _exercise(cases))]


def test_two_exercises_share_a_process():
    processes = _Processes([SHOWN] * 4)
    trials = Trials("", processes.open)
    assert _worth(trials, 2) == [True] * 2
    assert _worth(trials, 2) == [True] * 2
    trials.close()
    assert (processes.opened, processes.closed) == (1, 1)


def test_what_another_answer_left_costs_nothing():
    dies = ProcessEnded("out of memory", "memory")
    processes = _Processes([SHOWN, dies], [SHOWN, SHOWN])
    trials = Trials("", processes.open)
    assert _worth(trials, 1) == [True]
    assert _worth(trials, 2) == [True, True]
    assert processes.opened == 2


def test_an_answer_that_ends_fresh_processes_is_not_tried_for_ever():
    dies = ProcessEnded("out of memory", "memory")
    processes = _Processes([SHOWN, dies], [dies], [dies])
    trials = Trials("", processes.open)
    assert _worth(trials, 1) == [True]
    assert _worth(trials, 4) == [False] * 4
    assert processes.opened == 3


def test_a_machine_short_of_memory_once_costs_nothing():
    killed = ProcessEnded("crashed", "signal 9")
    processes = _Processes([killed], [SHOWN], [killed], [SHOWN])
    trials = Trials("", processes.open)
    assert _worth(trials, 1) == [True]
    trials.close()
    assert _worth(trials, 2) == [False, True]  # a second time it is the answer's


def test_a_process_that_went_down_with_its_sandbox_is_replaced():
    processes = _Processes([ProcessLost("crashed", "lost")], [SHOWN])
    assert _worth(Trials("", processes.open), 1) == [True]


def test_a_sandbox_that_keeps_failing_is_the_graders_error():
    processes = _Processes(*[[ProcessLost("crashed", "lost")]] * 3)
    with pytest.raises(ProcessLost):
        _worth(Trials("", processes.open), 1)
