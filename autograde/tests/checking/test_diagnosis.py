"""Which known mistake is named, and when none is: a wrong name is worse than none."""

from __future__ import annotations

import numpy as np
import pytest

from autograde.checking import serialize
from autograde.checking.checks import CaseData, ExerciseData
from autograde.checking.run_case import Result
from autograde.checking.verdict import Judgement, judge_exercise

NO_INPUT = serialize.pack([[], {}])
SAYS = {"A": "You made mistake A.", "B": "You made mistake B."}


def judged(*cases: tuple[float, dict[str, float], float]) -> Judgement:
    """Judge results, one a case: (result, results of mistakes, weight).

    The expected result is always 0.
    """
    return judge_exercise(exercise_of(*cases), [Result(got) for got, _, _ in cases], {})


def exercise_of(*cases: tuple[float, dict[str, float], float]) -> ExerciseData:
    exercise = ExerciseData(
        "f", 1, 5, 1, None, None, [], 1e-6, 1e-9, True, False, [], 10, [], SAYS
    )
    for number, (_, mistakes, weight) in enumerate(cases):
        results = {
            name: [Result(mistakes[name]) if name in mistakes else None]
            for name in SAYS
        }
        case = CaseData(f"case {number}", NO_INPUT, 0, Result(0.0), results, weight)
        exercise.cases.append(case)
    return exercise


def test_a_mistake_that_explains_every_failure_is_named():
    judgement = judged((1.0, {"A": 1.0}, 1), (2.0, {"A": 2.0, "B": 1.0}, 1))
    assert (judgement.misconception, judgement.explains_all) == ("A", True)


def test_an_error_of_the_diagnosis_costs_no_point(monkeypatch):
    def fails(*_):
        raise OverflowError("of a number that nobody thought of")

    monkeypatch.setattr("autograde.checking.verdict.diagnose", fails)
    exercise = exercise_of((0.0, {}, 1), (1.0, {"A": 1.0}, 1))
    results, notes = [Result(0.0), Result(1.0)], []
    judgement = judge_exercise(exercise, results, {}, notes.append)
    assert (judgement.awarded, judgement.says) == (0.5, "")
    assert notes == ["f: no mistake could be looked for (OverflowError)"]
    with pytest.raises(OverflowError):
        judge_exercise(exercise, results, {})


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


def test_a_mistake_that_foretells_another_result_is_not_named():
    judgement = judged((1.0, {"A": 1.0}, 1), (2.0, {"A": 2.0}, 1), (5.5, {"A": 7.0}, 1))
    assert judgement.misconception is None


def test_a_mistake_that_two_names_explain_equally_has_none():
    judgement = judged((1.0, {"A": 1.0, "B": 1.0}, 1), (2.0, {"A": 2.0, "B": 2.0}, 1))
    assert judgement.misconception is None


def one_of_forms(*results: float) -> Judgement:
    """Judge 2.0 and 3.0 where a second form of A gives `results`."""
    exercise = ExerciseData(
        "f", 1, 5, 1, None, None, [], 1e-6, 1e-9, True, False, [], 10, [], SAYS
    )
    for number, other in enumerate(results):
        mistakes = {"A": [Result(9.0), Result(other)], "B": [None]}
        case = CaseData(f"case {number}", NO_INPUT, 0, Result(0.0), mistakes)
        exercise.cases.append(case)
    return judge_exercise(exercise, [Result(2.0), Result(3.0)], {})


def test_each_form_of_a_mistake_is_tried_as_a_whole():
    assert one_of_forms(2.0, 3.0).misconception == "A"
    assert one_of_forms(2.0, 4.0).misconception is None


def test_an_empty_case_that_a_guard_saves_does_not_hide_a_mistake():
    exercise = ExerciseData(
        "f", 1, 5, 1, None, None, [], 1e-6, 1e-9, True, False, [], 10, [], SAYS
    )
    for expected, mistaken in ((np.ones(3), np.zeros(3)), (np.ones(0), None)):
        wrong = Result(mistaken) if mistaken is not None else Result(raised="E")
        mistakes = {"A": [wrong], "B": [None]}
        case = CaseData("case", NO_INPUT, 0, Result(expected), mistakes)
        exercise.cases.append(case)
    judgement = judge_exercise(exercise, [Result(np.zeros(3)), Result(np.ones(0))], {})
    assert (judgement.misconception, judgement.explains_all) == ("A", True)


def parts_judged(*given: dict[str, np.ndarray]) -> Judgement:
    rng = np.random.default_rng(0)
    exercise = ExerciseData(
        "f", 1, 5, 1, None, None, ["dW", "db"], 1e-6, 1e-9, True, False, [], 10, []
    )
    exercise.arguments, exercise.axes = ["X"], {"X": [["N", "d"]]}
    exercise.meanings = {"N": "the number of samples"}
    results = []
    for n, d, change in given:
        dW, db = rng.normal(size=(d, 2)), rng.normal(size=2)
        packed = serialize.pack([[rng.normal(size=(n, d))], {}])
        case = CaseData(f"{n} samples", packed, 0, Result((dW, db)), {})
        exercise.cases.append(case)
        results.append(Result(change(dW, db, n)))
    return judge_exercise(exercise, results, {})


def test_a_factor_is_named_by_the_quantity_and_the_part():
    wrong = [(n, d, lambda W, b, n: (W * n, b)) for n, d in ((7, 3), (5, 4))]
    judgement = parts_judged(*wrong, (6, 3, lambda W, b, n: (W, b)))
    assert judgement.relation == (
        "`dW`: each number is N times the expected one; N is the number of samples, "
        "7 in the first case that fails.\n"
        "Only the case “6 samples” is right; the 2 others fail."
    )
    assert judgement.parts == "`db` is right, `dW` is not."


def test_what_one_failing_case_contradicts_is_not_told():
    judgement = parts_judged(
        (7, 3, lambda W, b, n: (W * n, b)), (5, 4, lambda W, b, n: (W**3, b))
    )
    assert "times" not in judgement.relation
    assert judgement.parts == "`db` is right, `dW` is not."


def test_parts_are_named_by_what_every_failing_case_says():
    judgement = parts_judged(
        (7, 3, lambda W, b, n: (W, b + 1)), (5, 4, lambda W, b, n: (W**3, b))
    )
    assert judgement.parts == "No part is right. Start with `db`."


def test_where_a_case_raised_no_relation_is_told():
    exercise = ExerciseData(
        "f", 1, 5, 1, None, None, [], 1e-6, 1e-9, True, False, [], 10, []
    )
    for right in (np.arange(3.0), np.arange(4.0)):
        exercise.cases.append(CaseData("case", NO_INPUT, 0, Result(right), {}))
    results = [Result(2 * np.arange(3.0)), Result(raised="ValueError")]
    assert judge_exercise(exercise, results, {}).relation == ""
    results = [Result(2 * np.arange(3.0)), Result(2 * np.arange(4.0))]
    assert "2 times" in judge_exercise(exercise, results, {}).relation


def items_judged(change, names=("states", "output")) -> Judgement:
    """Two cases that give a list of reports, three and two items long."""
    rng = np.random.default_rng(1)
    exercise = ExerciseData(
        "f", 1, 5, 1, None, None, [], 1e-6, 1e-9, True, False, [], 10, []
    )
    results = []
    for count in (3, 2):
        reports = [{n: rng.normal(size=(4, 3)) for n in names} for _ in range(count)]
        exercise.cases.append(CaseData("case", NO_INPUT, 0, Result(reports), {}))
        given = [dict(report) for report in reports]
        change(given)
        results.append(Result(given))
    return judge_exercise(exercise, results, {})


def test_what_holds_of_a_part_in_every_item_is_told_of_the_part():
    def late(reports):
        for report in reports:
            report["states"] = np.vstack([0 * report["states"][:1], report["states"]])
            report["states"] = report["states"][:-1]

    judgement = items_judged(late)
    assert judgement.parts == "`output` is right, `states` is not."
    assert judgement.relation.startswith("`states`: it is late by one")


def test_of_a_part_with_right_items_only_the_wrong_ones_are_spoken_of():
    def last(reports):
        reports[-1]["states"] = 0 * reports[-1]["states"]

    judgement = items_judged(last)
    assert judgement.relation == "`states`, where wrong: all numbers are 0."


def test_what_one_item_contradicts_is_not_told():
    def other(reports):
        for number, report in enumerate(reports):
            report["states"] = report["states"] * (number + 2) ** (number + 1.0)
        reports[0]["states"] = reports[0]["states"] ** 3

    assert "all numbers are 0" not in items_judged(other).relation


def test_lists_of_words_are_told_by_their_part():
    exercise = ExerciseData(
        "f", 1, 5, 1, None, None, [], 1e-6, 1e-9, True, False, [], 10, []
    )
    results = []
    for words in (["a", "b", "c"], ["d", "e", "f", "g"]):
        right = {"ids": np.arange(3), "words": [words, words[::-1]]}
        exercise.cases.append(CaseData("case", NO_INPUT, 0, Result(right), {}))
        got = {"ids": np.arange(3), "words": [words[:2], words[::-1][:2]]}
        results.append(Result(got))
    judgement = judge_exercise(exercise, results, {})
    assert judgement.parts == "`ids` is right, `words` is not."
    assert judgement.relation == (
        "`words`: it stops too early; what is there is right."
    )


def test_one_of_several_results_alone_is_told_by_its_name():
    judgement = parts_judged(
        (7, 3, lambda W, b, n: W), (5, 4, lambda W, b, n: W), (6, 2, lambda W, b, n: W)
    )
    assert judgement.relation == (
        "It is `dW` alone; the other results are to be returned, too."
    )


def test_a_relation_of_results_without_parts_says_so():
    """Of two cases one has parts, and what is said is not true of them."""
    exercise = ExerciseData(
        "f", 1, 5, 1, None, None, [], 1e-6, 1e-9, True, False, [], 10, []
    )
    parts = {"one": np.arange(5.0), "two": np.arange(4.0)}
    for right in (np.arange(1.0, 6.0), np.arange(3.0, 9.0), parts):
        exercise.cases.append(CaseData("case", NO_INPUT, 0, Result(right), {}))
    strange = {"one": np.array([3.0, 1, 9, 2, 8]), "two": np.array([0.5, 7, 1, 9])}
    given = [Result(2 * np.arange(1.0, 6.0)), Result(2 * np.arange(3.0, 9.0))]
    judgement = judge_exercise(exercise, [*given, Result(strange)], {})
    assert judgement.relation == (
        "Where the result has no parts: each number is 2 times the expected one."
    )


def test_inputs_that_are_changed_on_the_way_are_told():
    exercise = ExerciseData(
        "f", 1, 5, 1, None, None, [], 1e-6, 1e-9, True, False, [], 10, []
    )
    exercise.cases.append(CaseData("case", NO_INPUT, 0, Result(1.0), {}))
    judgement = judge_exercise(exercise, [Result(1.0, changed=["argument 1"])], {})
    assert judgement.relation.startswith("What it returns is right, but it changes")
    judgement = judge_exercise(exercise, [Result(2.0, changed=["argument 1"])], {})
    assert "changes its input" not in judgement.relation
