"""Inputs that show mistakes: what counts, what does not, and what is told."""

from __future__ import annotations

import numpy as np
import pytest

from autograde.authoring.answer_findings import judge_source
from autograde.authoring.chapter import Chapter
from autograde.authoring.gate import findings
from autograde.authoring.make_checks import make_checks
from autograde.authoring.which_input import _filled
from autograde.checking.answer import check_answer, feedback_answer
from autograde.checking.checks import Checks
from autograde.checking.which_input import trial
from autograde.exercise import Misconception, WhichInput
from autograde.student import check
from autograde.student.clock import Clock
from autograde.tests.checking.which_input_chapter import cell, write_chapter

EXERCISE = "revealing_tables"
GOOD = "[np.array([[1.0, 5.0, 4.0], [3.0, 9.0, 4.0], [8.0, 2.0, 4.0]])]"


@pytest.fixture(scope="module")
def chapter(tmp_path_factory) -> Chapter:
    return write_chapter(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def visible(chapter):
    return make_checks(chapter)


@pytest.fixture(scope="module")
def hidden(chapter):
    return make_checks(chapter, "a secret seed")


def judged(chapter, checks, answer):
    data = checks.exercises[EXERCISE]
    return judge_source(chapter, EXERCISE, cell(answer), data)


def test_the_gate_is_content(chapter):
    assert list(findings(chapter, chapter.exercise(EXERCISE))) == []


def test_the_reference_shows_everything(chapter, visible, hidden):
    for checks, count in ((visible, 1), (hidden, 5)):
        judgement = judged(chapter, checks, GOOD)
        assert judgement.awarded == 5 and len(judgement.verdicts) == count


@pytest.mark.parametrize(
    ("answer", "points"),
    [
        ("[np.array([[1.0, 5.0], [2.0, 6.0], [3.0, 7.0]])]", 3),  # median is mean
        ("[[[1, 5], [2, 6], [3, 7]], [[0, 3], [1, 3], [5, 3]]]", 5),  # lists, too
        ("([[1, 5], [2, 6], [3, 7]], [[0, 3], [1, 3], [5, 3]])", 5),  # a tuple
        ("[np.array([[4.0, 4.0], [4.0, 4.0]])]", 2),  # its change, and what stays
        ("[np.array([[0.0]])]", 0),
        ("[np.array([[1.0, 5.0], [3.0, 9.0], [8.0, 2.0]])]", 4),
        ("[np.array([[2000.0, 1.0], [3.0, 4.0], [9.0, 0.0]])]", 0),  # out of bounds
        (f"{GOOD} * 2", 5),
        (f"{GOOD} * 3", 0),  # more than it may be
        ("[]", 0),
        ("None", 0),
        ("np.eye(3)", 0),
        ("5", 0),
        ("'table'", 0),
        ("[None]", 0),
        ("[{'X': 1}]", 0),
        ("[np.array([['a', 'b'], ['c', 'd']])]", 0),
        ("[np.full((2, 2), np.nan)]", 0),
        ("[np.array([[1.0, 5.0], [3.0, np.inf]])]", 0),
        ("(x for x in [1])", 0),
    ],
)
def test_the_score_is_the_share_of_mistakes_that_are_shown(
    chapter, hidden, answer, points
):
    assert judged(chapter, hidden, answer).awarded == points


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("[np.zeros((3, 2))]", "the mistaken function gives the same"),
        ("[np.full((2, 2), 5000.0)]", "between -1000 and 1000"),
        ("[np.zeros(3)]", "a table of 1 to 100 numbers"),
        ("np.eye(3)", "Return a list of inputs; this is a ndarray"),
        ("None", "Return a list of inputs; this is None"),
        ("[lambda X: X]", "an object of type function; inputs are data"),
        (f"{GOOD} * 3", "Return 1 to 2 inputs; these are 3"),
        ("[[[1, 2], [3]]]", "Input 1 does not count"),
        ("[np.zeros((200, 200))]", "than 10000 numbers"),
    ],
)
def test_what_does_not_count_is_told(chapter, visible, answer, said):
    judgement = judged(chapter, visible, answer)
    assert judgement.awarded == 0
    assert said in check_answer(judgement).text
    assert not judgement.misconception and not judgement.relation


def test_feedback_on_hidden_mistakes_has_no_source(chapter, hidden):
    text = feedback_answer(judged(chapter, hidden, "[np.zeros((3, 2))]")).text
    assert "the median" in text and "np.median" not in text


HOSTILE = {
    "nested": "[__import__('functools').reduce(lambda a, _: [a], range(500), 1)]",
    "huge": "[np.zeros((10**5, 40))]",
    "empty but wide": "[np.zeros((0, 10**9))]",
    "many": "[[0.0]] * 10**6",
    "an object": "[object()]",
    "a class": "[type('X', (), {'__array__': lambda s, *a: np.eye(2)})()]",
    "objects in an array": "[np.array([[object(), 1]], dtype=object)]",
    "strings": "['x' * 10**7]",
    "a long whole number": "[[[10**4000, 1]]]",
    "booleans": "[[[True, False], [False, False], [False, False]]]",
    "complex": "[np.array([[1j, 2]])]",
    "dates": "[np.array(['2020-01-01'], dtype='datetime64[D]')]",
    "itself": "(lambda l: (l.append(l), l)[1])([1])",
    "a dict with a bad key": "[{float('nan'): 1, None: 2}]",
    "denormal": "[np.full((3, 3), 5e-324)]",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_inputs_end_in_a_verdict(chapter, hidden, name):
    judgement = judged(chapter, hidden, HOSTILE[name])
    assert len(judgement.verdicts) == 5 and judgement.awarded <= 5
    assert check_answer(judgement).text


def test_memory_that_runs_out_shows_no_mistake():
    right = "def f(n):\n    return n\n"
    wants = "def f(n):\n    return np.empty((2**30, 2**20)).sum() + n\n"
    settings = {"most": 1, "admit": "", "rtol": 0.0, "atol": 0.0}
    settings |= {"exact_dtype": False, "pure": True}
    with pytest.raises(MemoryError):
        trial([1.0], {"right": right, "mistaken": wants}, settings, "", 0)


def test_hidden_mistakes_are_in_no_released_file(chapter, visible, hidden):
    released = Checks.from_bytes(visible.to_bytes()).exercises[EXERCISE]
    told = repr([case.key for case in released.cases])
    assert "X.mean()" in told and "median" not in told and "X[0]" not in told
    assert not set(visible.exercises[EXERCISE].__dict__) & {"hidden", "shown", "right"}
    assert "median" in repr([c.key for c in hidden.exercises[EXERCISE].cases])


def _with(chapter, **changes):
    fields = dict(
        right="centred",
        shown={"one mean for all": "centred_1"},
        hidden={
            "constant columns stay": (
                "X - X.mean(axis=0)",
                "np.where(np.ptp(X, axis=0) == 0, X, X - X.mean(axis=0))",
            )
        },
        admit="admit_table",
        points=4,
        hints=["?"],
    )
    changed = Chapter(chapter.folder)
    other = [entry for entry in changed.entries if entry.name != EXERCISE]
    exercise = WhichInput(EXERCISE, **(fields | changes))
    changed.entries = [*other, exercise]
    return " | ".join(findings(changed, exercise))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, ""),
        ({"right": "mean"}, "is an exercise; its answer would be given away"),
        ({"right": "nowhere"}, "no cell defines the function nowhere"),
        ({"shown": {"a": "centred"}}, "does not show 'a'"),
        ({"shown": {"a": "def f(:"}}, "invalid syntax"),
        ({"shown": {"a": "x = 1 + 1"}}, "no function is defined"),
        ({"shown": {"a": "def f(X, y):\n    return X"}}, "takes other arguments"),
        ({"hidden": {"b": ("X.std()", "1")}}, "is not in the reference"),
        ({"hidden": {"b": ("X - X.mean(axis=0)", "X - X.mean(axis=0) + 0")}}, "show"),
        ({"admit": "nowhere"}, "states the bounds"),
        ({"hints": []}, "no hints"),
        ({"misconceptions": [Misconception("m", ("1.0", "2.0"), "s")]}, "misconcept"),
        (
            {
                "shown": {"a": "def f(X):\n    return X - 1"},
                "hidden": {"b": "def f(X):\n    return X + 2"},
            },
            "zeros show every mistake",
        ),
    ],
)
def test_the_gate_finds_what_is_wrong_with_the_exercise(chapter, changes, said):
    assert said in _with(chapter, **changes)
    assert bool(_with(chapter, **changes)) == bool(said)


def test_an_incomplete_exercise_is_refused():
    with pytest.raises(ValueError, match="needs right=, shown= and hidden="):
        WhichInput(EXERCISE, right="centred", shown={"a": "b"})
    with pytest.raises(ValueError, match="the same label"):
        WhichInput("x", right="f", shown={"a": "b"}, hidden={"a": ("b", "c")})


def test_a_cheap_text_holds_nothing_odd():
    assert _filled(("Café “x”", [1.5]), np.zeros_like) == ("aaaaaaaa", [0.0])


def test_a_check_asks_for_the_inputs_once(chapter, hidden, monkeypatch):
    """As a grader does: an answer for each mistake would be many answers."""
    calls = []

    def revealing_tables():
        calls.append(1)
        return [np.zeros((2, 2))] if len(calls) == 1 else [np.eye(3)]

    monkeypatch.setattr(
        check.kernel, "user_names", lambda: {EXERCISE: revealing_tables}
    )
    clock = Clock(lambda: None)
    exercise = hidden.exercises[EXERCISE]
    judgement = check.judge(exercise, hidden, chapter.probes, clock)
    assert (len(calls), judgement.awarded) == (1, 0)
