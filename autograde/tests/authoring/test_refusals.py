"""Each refusal that a docstring states has a case, and each such case one refusal."""

from __future__ import annotations

import numpy as np
import pytest

from autograde.authoring.chapter import Chapter, chapters
from autograde.authoring.refusals import missing_refusals, says_refusal
from autograde.exercise import Case, Exercise, WhichInput

REFUSING = {
    f"{chapter.name}/{exercise.name}": (chapter, exercise)
    for chapter in chapters()
    for exercise in chapter.exercises
    if not isinstance(exercise, WhichInput) and says_refusal(chapter, exercise.name)
}


@pytest.mark.parametrize("name", REFUSING)
def test_every_refusal_has_a_case_of_its_own(name):
    assert list(missing_refusals(*REFUSING[name])) == []


def test_exercises_of_every_chapter_are_looked_at():
    assert {name[:2] for name in REFUSING} == {"00", "01", "02", "03", "04", "05"}


SOURCE = '''# %% exercise="pick"
def pick(x, i):
    """x: (N,) float. i: int. returns: x[i].

    raises: IndexError where i is not from 0 to N - 1, ValueError where x is not flat
    """
    ### BEGIN SOLUTION
    if x.ndim != 1 or len(x) == 0:
        raise ValueError("x")
    if not 0 <= i < len(x):
        raise IndexError(i)
    return x[i]
    ### END SOLUTION
'''
BELOW, ABOVE = "no case is refused because of `not 0 <= i`", "`not i < len(x)`"


def _toy(tmp_path, cases, source=SOURCE, probes=""):
    folder = tmp_path / "01_toy"
    folder.mkdir()
    (folder / "01_toy.py").write_text(source)
    (folder / "probes.py").write_text(probes)
    chapter = Chapter(folder)
    probe = "several" if probes else None
    exercise = Exercise("pick", lambda rng: cases, probe=probe, hints=["?"])
    chapter.entries = [exercise]
    return [said.split("/")[1] for said in missing_refusals(chapter, exercise)]


FINE = Case("three numbers", np.arange(3.0), 1)
REFUSED = [
    Case("a matrix", np.eye(2), 0),
    Case("empty", np.zeros(0), 0),
    Case("below", np.arange(3.0), -1),
    Case("above", np.arange(3.0), 3),
]


def test_a_case_for_each_reason_is_enough(tmp_path):
    assert _toy(tmp_path, [FINE, *REFUSED]) == []


@pytest.mark.parametrize(
    ("left_out", "reason"),
    list(enumerate(["`x.ndim != 1`", "`len(x) == 0`", BELOW, ABOVE])),
)
def test_each_reason_without_a_case_is_found(tmp_path, left_out, reason):
    cases = [case for number, case in enumerate(REFUSED) if number != left_out]
    (found,) = _toy(tmp_path, [FINE, *cases])
    assert reason in found


PROBE = """
def several(pick, calls):
    found = []
    for call in calls:
        try:
            found.append(pick(*call))
        except (ValueError, IndexError) as error:
            found.append(f"raises {type(error).__name__}")
    return found
"""


def test_several_refusals_in_one_case_and_one_that_costs_points_are_found(tmp_path):
    numbers = np.arange(3.0)
    cases = [
        Case("fine", [(numbers, 1)]),
        Case("both ends", [(numbers, -1), (numbers, 3)]).with_(weight=0),
        Case("a matrix", [(np.eye(2), 0)]).with_(weight=0),
        Case("empty", [(np.zeros(0), 0)]),
    ]
    assert _toy(tmp_path, cases, probes=PROBE) == [
        "pick: 'both ends' holds 2 refusals; make each a case",
        "pick: 'empty' holds a refusal and costs points",
    ]


def test_a_refusal_by_a_library_needs_a_case_and_one_of_the_reference_a_word(tmp_path):
    start, end = SOURCE.index("    if x.ndim"), SOURCE.index("    return x[i]")
    library = SOURCE[:start] + SOURCE[end:]
    (found,) = _toy(tmp_path, [FINE], library)
    assert "the docstring says what is refused, and no case expects it" in found


def test_the_docstring_names_what_the_reference_refuses(tmp_path):
    silent = SOURCE.replace("raises: IndexError", "fine").replace(", ValueError", "")
    (found,) = _toy(tmp_path, [FINE, *REFUSED], silent)
    assert "the docstring names no error" in found
