"""Which known mistake is named, and when none is: a wrong name is worse than none."""

from __future__ import annotations

from autograde.checking.checks import CaseData, ExerciseData
from autograde.checking.run_case import Result
from autograde.checking.verdict import Judgement, judge_exercise

SAYS = {"A": "You made mistake A.", "B": "You made mistake B."}


def judged(*cases: tuple[float, dict[str, float], float]) -> Judgement:
    """Judge results, one a case: (result, results of mistakes, weight).

    The expected result is always 0.
    """
    exercise = ExerciseData(
        "f", 1, 5, 1, None, None, [], 1e-6, 1e-9, True, False, [], 10, [], SAYS
    )
    for number, (_, mistakes, weight) in enumerate(cases):
        results = {
            name: [Result(mistakes[name]) if name in mistakes else None]
            for name in SAYS
        }
        case = CaseData(f"case {number}", b"", 0, Result(0.0), results, weight)
        exercise.cases.append(case)
    return judge_exercise(exercise, [Result(got) for got, _, _ in cases], {})


def test_a_mistake_that_explains_every_failure_is_named():
    judgement = judged((1.0, {"A": 1.0}, 1), (2.0, {"A": 2.0, "B": 1.0}, 1))
    assert (judgement.misconception, judgement.explains_all) == ("A", True)


def test_of_two_mistakes_the_one_is_named_that_explains_more():
    judgement = judged(
        (1.0, {"A": 1.0, "B": 1.0}, 1), (2.0, {"B": 2.0}, 1), (0.0, {}, 1)
    )
    assert judgement.says == SAYS["B"]


def test_a_mistake_beside_another_is_named_but_does_not_explain_all():
    judgement = judged((1.0, {"A": 1.0}, 1), (2.0, {"A": 2.0}, 1), (5.0, {}, 1))
    assert (judgement.misconception, judgement.explains_all) == ("A", False)


def test_one_equal_number_among_many_others_is_a_coincidence():
    judgement = judged((1.0, {"A": 1.0}, 1), (2.0, {"A": 3.0}, 1), (2.0, {"A": 4.0}, 1))
    assert judgement.misconception is None


def test_a_case_that_passed_speaks_against_a_mistake_that_would_fail_it():
    judgement = judged((1.0, {"A": 1.0}, 1), (0.0, {"A": 3.0}, 1))
    assert judgement.misconception is None


def test_a_mistake_that_leaves_most_failures_open_is_not_named():
    judgement = judged((1.0, {"A": 1.0}, 1), (2.0, {}, 1), (2.0, {}, 1))
    assert judgement.misconception is None


def test_advice_explains_no_lost_point():
    judgement = judged((5.0, {}, 1), (1.0, {"A": 1.0}, 0))
    assert judgement.misconception is None


def test_failed_advice_is_explained_where_nothing_else_failed():
    judgement = judged((0.0, {}, 1), (1.0, {"A": 1.0}, 0))
    assert (judgement.misconception, judgement.explains_all) == ("A", True)
