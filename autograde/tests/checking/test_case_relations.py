"""Which cases fail, in words: told only where it sets all failing cases apart."""

from __future__ import annotations

import numpy as np
import pytest

from autograde.checking.case_relations import cases_sentence
from autograde.checking.facts import facts_of

RNG = np.random.default_rng(0)


def said(inputs, wrong, labels=None):
    labels = labels or [f"case {number}" for number in range(len(inputs))]
    return cases_sentence(labels, inputs, wrong)


def table(rows, columns):
    return RNG.normal(size=(rows, columns))


def test_a_fact_of_the_failing_cases_is_told():
    inputs = [{"X": table(n, 3)} for n in (1, 5, 1, 6)]
    assert said(inputs, [True, False, True, False]) == (
        "it fails in just those cases where `X` has one row (2 of 4); the others are "
        "right"
    )
    assert said(inputs, [False, True, False, True]) == (
        "it is right in just those cases where `X` has one row (2 of 4); all others "
        "fail"
    )


def test_a_fact_that_one_other_case_shares_is_not_told():
    inputs = [{"X": table(n, 3)} for n in (1, 5, 1, 6, 1, 7)]
    assert said(inputs, [True, True, True, False, False, False]) == ""


def test_one_case_is_told_by_its_label():
    inputs = [{"X": table(n, 3)} for n in (1, 5, 6, 7)]
    labels = ["one sample", "five", "six", "seven"]
    assert said(inputs, [True, False, False, False], labels) == (
        "only the case “one sample” fails; the 3 others are right"
    )
    assert said(inputs, [False, True, True, True], labels) == (
        "only the case “one sample” is right; the 3 others fail"
    )


def test_few_cases_are_told_by_their_labels():
    inputs = [{}] * 5
    assert said(inputs, [True, False, True, False, False]) == (
        "only the cases “case 0” and “case 2” fail; the 3 others are right"
    )
    assert said(inputs, [True, False, True, True, False]) == (
        "only the cases “case 1” and “case 4” are right; the 3 others fail"
    )


@pytest.mark.parametrize("wrong", [[True] * 4, [False] * 4, [True, False]])
def test_where_no_case_is_apart_nothing_is_told(wrong):
    assert said([{"X": table(2, 2)}] * len(wrong), wrong) == ""


def test_an_argument_with_one_value_in_all_failing_cases_is_told():
    betas = [0.9, 0.5, 0.9, 0.3]
    inputs = [{"beta": beta, "x": float(number)} for number, beta in enumerate(betas)]
    assert "`beta` equals 0.9 (2 of 4)" in said(inputs, [False, True, False, True])
    left_out = [{"x": 1.0}, {"x": 2.0, "h": 0.1}, {"x": 3.0}, {"x": 4.0, "h": 0.2}]
    assert "`h` is left out" in said(left_out, [True, False, True, False])


def test_true_and_one_are_two_values():
    inputs = [{"a": True}, {"a": 1}, {"a": True}, {"a": False}]
    assert "`a` equals True" in said(inputs, [True, False, True, False])


@pytest.mark.parametrize(
    ("value", "fact"),
    [
        (np.zeros((0, 3)), "`v` is empty"),
        (np.ones(1), "`v` has one entry"),
        (np.arange(3), "`v` has dtype int64"),
        (np.array([1.5, 0.0, 2.0]), "`v` holds a 0"),
        (np.array([1.5, -2.5]), "`v` holds a negative number"),
        (np.array([1.5, np.nan]), "`v` holds NaN or infinity"),
        (np.zeros((2, 2)), "`v` holds nothing but zeros"),
        (np.zeros((2, 2)), "all numbers of `v` are whole"),
        (np.array([1e4]), "`v` holds a number of at least 100 in size"),
        ([[1, 2]], "`v` has one row"),
        (np.array([[1, 0, 1], [1, 1, 0]]), "`v` has a 1 behind a 0"),
        (np.array([3, 1, 3]), "`v` has a number twice"),
        (np.full((2, 3), 1.5), "all numbers of `v` are the same"),
        (np.array([[1.5, 2.5, 2.5]]), "`v` has a tie for the largest number"),
        (np.array([1e3, 1.5]), "`v` holds a number of at least 1000 in size"),
        ([], "`v` is empty"),
        (["a", ""], "`v` has an empty item"),
        (["a", "a"], "`v` has an item twice"),
        ("Köln", "`v` has a letter that is not ASCII"),
        ("a1", "`v` has a digit"),
        (-0.5, "`v` is negative"),
        (3, "`v` is an int"),
    ],
)
def test_facts_of_an_input(value, fact):
    assert fact in facts_of({"v": value})


def test_a_plain_table_has_no_special_fact():
    facts = facts_of({"X": 1 + RNG.random((4, 3))})
    assert facts == ["`X` has 2 axes"]
