"""Relations between lists of words or ids: told where true, else silent."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from autograde.checking.list_relations import list_relation_of

RIGHT = [
    [["the", "film", "is", "good"], ["a", "bad", "one"], ["so", "it", "ends", "here"]],
    [["no", "more", "of", "this"], [], ["please", "stop", "now"]],
]
IDS = [[[4, 9, 2, 7], [3, 3, 8], [5]], [[1, 2, 6], [], [9, 4, 7, 3]]]


def lists(make, cases=RIGHT):
    return [(case, [make(line) for line in case]) for case in cases]


TOLD = [
    (lambda words: words[:2], "it stops too early"),
    (lambda words: words[1:], "items are missing"),
    (lambda words: [*words, "end"], "and goes on where it should end"),
    (lambda words: [*words[:1], "", *words[1:]], "is there, with '' between"),
    (lambda words: words[::-1], "in another order"),
    (lambda words: [word.upper() for word in words], "only upper and lower case"),
]


@pytest.mark.parametrize(("make", "said"), TOLD, ids=[said for _, said in TOLD])
def test_a_relation_is_told_that_holds_for_each_wrong_list(make, said):
    assert said in list_relation_of(lists(make))


@pytest.mark.parametrize(("make", "said"), TOLD, ids=[said for _, said in TOLD])
def test_a_relation_that_one_list_contradicts_is_not_told(make, said):
    cases = [*lists(make), ([["one", "two", "three"]], [["four", "five", "six"]])]
    assert list_relation_of(cases) == ""


def test_ids_may_be_arrays_and_are_off_by_one():
    cases = lists(lambda ids: np.array(ids, dtype=int) + 1, IDS)
    assert list_relation_of(cases) == "each number is too large by 1"


def test_one_list_for_all_is_told():
    cases = [(case, [[*itertools.chain(*case)]] * len(case)) for case in IDS]
    assert list_relation_of(cases) == "all lists are the same"


def test_other_extras_in_each_case_are_not_named():
    extras = itertools.count()
    said = list_relation_of(lists(lambda words: ["x", str(next(extras)), *words]))
    assert said == "everything expected is there, with other items between"


@pytest.mark.parametrize("got", ["text", None, 3, [], [[["deep"]]], [[1.5]], {"a": 1}])
def test_other_forms_are_looked_at_without_an_error(got):
    assert list_relation_of([([["a", "b"]], got)]) == ""
    assert list_relation_of([(got, [["a", "b"]])]) == ""


def test_lists_that_are_right_and_lists_without_proof_say_nothing():
    assert list_relation_of([(RIGHT[0], RIGHT[0])]) == ""
    assert list_relation_of([([["a"]], [[]])]) == ""
    assert list_relation_of([([["a", "b"]], [["b", "a"]])]) == ""
