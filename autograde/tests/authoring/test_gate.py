"""The gate on the tests: every exercise of every chapter, and the gate itself."""

from __future__ import annotations

import numpy as np
import pytest

from autograde.authoring.answer_findings import answer_findings
from autograde.authoring.chapter import Chapter, chapters
from autograde.authoring.gate import findings
from autograde.authoring.make_checks import make_checks
from autograde.checking.checks import Checks
from autograde.commands.main import status
from autograde.course.layout import CANNOT_RUN
from autograde.exercise import Case, Exercise, Misconception

EXERCISES = [
    pytest.param(chapter, exercise, id=f"{chapter.name}-{exercise.name}")
    for chapter in chapters()
    for exercise in chapter.exercises
]


@pytest.mark.usefixtures("visible_once")
@pytest.mark.parametrize(("chapter", "exercise"), EXERCISES)
def test_the_cases_notice_every_known_mistake(chapter: Chapter, exercise: Exercise):
    assert list(findings(chapter, exercise)) == []


SOURCE = '''# %% exercise="mean"
def mean(x):
    """x: (N, d) float. returns: (d,) float, the mean of each column."""
    ### BEGIN SOLUTION
    return x.sum(axis=0) / len(x)
    ### END SOLUTION
'''


def _cases(rng):
    yield Case("five rows", rng.normal(size=(5, 3)))


def _findings(tmp_path, cases=_cases, misconceptions=(), source=SOURCE):
    folder = tmp_path / "01_toy"
    folder.mkdir()
    (folder / "01_toy.py").write_text(source)
    chapter = Chapter(folder)
    exercise = Exercise("mean", cases, misconceptions=misconceptions, hints=["?"])
    chapter.entries = [exercise]
    return " | ".join(findings(chapter, exercise))


def test_a_sound_exercise_passes_the_gate(tmp_path):
    mistakes = [Misconception("sum", (" / len(x)", ""), "You sum.")]
    assert _findings(tmp_path, misconceptions=mistakes) == ""


def test_a_mistake_that_passes_is_found(tmp_path):
    def constant_rows(rng):
        yield Case("equal rows", np.tile(rng.normal(size=3), (4, 1)))

    mistakes = [
        Misconception("first", ("x.sum(axis=0) / len(x)", "x[0]"), "First row.")
    ]
    found = _findings(tmp_path, constant_rows, mistakes)
    assert "misconception 'first' passes every case" in found


def test_mistakes_that_look_alike_are_found(tmp_path):
    mistakes = [
        Misconception("sum", (" / len(x)", ""), "You sum."),
        Misconception("times one", (" / len(x)", " * 1"), "You do not divide."),
    ]
    assert "cannot be told apart" in _findings(tmp_path, misconceptions=mistakes)


WHOLE = "def mean(x):\n    return x.sum(axis=0)\n"


def test_every_form_of_a_mistake_is_run(tmp_path):
    forms = [[("len(x)", "x.size")], WHOLE, ("x.sum(axis=0)", "x.sum(axis=0) * 1")]
    mistake = Misconception("sum", (" / len(x)", ""), "You sum.", forms=forms)
    found = _findings(tmp_path, misconceptions=[mistake])
    assert found.count("misconception 'sum', form 4, passes every case") == 4
    assert found.count("form") == 4


def test_two_whole_cells_are_two_forms_and_a_bare_edit_is_refused():
    cells = ["def mean(x):\n    return 0", "def mean(x):\n    return 1"]
    mistake = Misconception("zero", ("sum", "max"), says="It is.", forms=cells)
    assert [mistake.apply("x.sum()", form) for form in (1, 2)] == cells
    with pytest.raises(TypeError, match="a list of forms"):
        Misconception("zero", ("sum", "max"), says="It is.", forms=("sum", "min"))


def test_a_form_that_no_longer_applies_is_found(tmp_path):
    mistake = Misconception("sum", (" / len(x)", ""), "You sum.", forms=[("7", "8")])
    found = _findings(tmp_path, misconceptions=[mistake])
    assert "'sum' of mean, form 2, no longer applies" in found


def test_a_form_that_another_mistake_has_too_is_found(tmp_path):
    mistakes = [
        Misconception("sum", (" / len(x)", ""), "You sum."),
        Misconception("size", ("len(x)", "x.size"), "You count all.", forms=[WHOLE]),
    ]
    found = _findings(tmp_path, misconceptions=mistakes)
    assert "'sum' and 'size', form 2, cannot be told apart" in found


def test_equal_results_of_forms_are_kept_once(tmp_path):
    mistake = Misconception("sum", (" / len(x)", ""), "You sum.", forms=[WHOLE])
    folder = tmp_path / "01_toy"
    folder.mkdir()
    (folder / "01_toy.py").write_text(SOURCE)
    chapter = Chapter(folder)
    exercise = Exercise("mean", _cases, misconceptions=[mistake], hints=["?"])
    chapter.entries = [exercise]
    checks = Checks.from_bytes(make_checks(chapter).to_bytes())
    (case,) = checks.exercises["mean"].cases
    one, other = case.mistakes["sum"]
    assert one is other and one is not None
    assert list(checks.exercises["mean"].forms()) == [("sum", 0), ("sum", 1)]


def test_an_edit_that_no_longer_applies_is_found(tmp_path):
    mistakes = [Misconception("axis", ("axis=7", "axis=1"), "Axis.")]
    assert "no longer applies" in _findings(tmp_path, misconceptions=mistakes)


def test_an_inert_answer_that_passes_is_found(tmp_path):
    def zeros(rng):
        yield Case("zeros", np.zeros((3, 2)))

    assert "zeros of the right shape" in _findings(tmp_path, zeros)


def test_a_failing_reference_is_found(tmp_path):
    broken = SOURCE.replace("len(x)", "length")
    assert "the reference raises NameError" in _findings(tmp_path, source=broken)


def test_a_name_that_is_no_exercise_is_said_to_be_none(capsys):
    """An entry beside EXERCISES instead of in it would pass unseen."""
    assert status(["gate", "01", "colum_means"]) == CANNOT_RUN
    assert "no exercise 'colum_means' in EXERCISES" in capsys.readouterr().err


ANSWERS = """
RIGHT = {"mean": ["def mean(x):\\n    return x.mean(axis=0)\\n"]}
WRONG = {
    "mean": [
        ("def mean(x):\\n    return x.sum(axis=0)\\n", %r),
        ("def mean(x):\\n    return x.sum(axis=0) * 3\\n", None),
        "def mean(x):\\n    n = len(x) if x[0, 1] > 0 else 2\\n"
        "    return x.sum(axis=0) / n\\n",
    ]
}
"""


def _answer_findings(tmp_path, own: str | None) -> list[str]:
    folder = tmp_path / "01_toy"
    folder.mkdir()
    (folder / "01_toy.py").write_text(SOURCE)
    (folder / "answers.py").write_text(ANSWERS % own)
    chapter = Chapter(folder)
    mistake = Misconception("sum", (" / len(x)", ""), "You sum.")
    exercise = Exercise("mean", _cases, misconceptions=[mistake], hints=["?"])
    chapter.entries = [exercise]
    return list(answer_findings(chapter, exercise))


def test_an_answer_that_passes_by_the_draw_is_found(tmp_path):
    (found,) = _answer_findings(tmp_path, "sum")
    assert "WRONG answer 3 passes with" in found and "and fails with" in found


def test_an_answer_that_is_told_another_mistake_is_found(tmp_path):
    found = _answer_findings(tmp_path, None)
    assert any("answer 1 is told 'sum', which is not its own" in text for text in found)
