"""A solution opens for a right answer, in a release that holds it, and says so else."""

from __future__ import annotations

import pytest

from autograde.authoring.make_checks import make_checks
from autograde.authoring.solutions import sealed_solutions
from autograde.course.layout import CHECKS
from autograde.student import check as checking
from autograde.student.solution import FILE, solution
from autograde.tests.checking.which_input_chapter import write_chapter

RIGHT = "def mean(x):\n    return x.mean()\n"
REFERENCE = "return x.sum() / len(x)"


@pytest.fixture
def names(tmp_path, monkeypatch):
    """A student's folder with sealed solutions; returns what the notebook defines."""
    chapter = write_chapter(tmp_path)
    exercise = chapter.exercise("mean")
    exercise.alternative = ("def mean(x):\n    return x.mean()", "NumPy has a method.")
    (chapter.folder / CHECKS).write_bytes(make_checks(chapter).to_bytes())
    here = tmp_path / "01_inputs"
    here.mkdir()
    (here / CHECKS).write_bytes((chapter.folder / CHECKS).read_bytes())
    (here / FILE).write_bytes(sealed_solutions(chapter))
    monkeypatch.chdir(here)
    namespace: dict = {}
    monkeypatch.setattr(checking.kernel, "user_names", lambda: namespace)
    return namespace


def test_a_right_answer_opens_reference_and_alternative(names, capsys):
    exec(RIGHT, names)
    solution("mean")
    said = capsys.readouterr().out
    assert REFERENCE in said and "NumPy has a method." in said
    assert "BEGIN SOLUTION" not in said


@pytest.mark.parametrize("source", ["", "def mean(x):\n    return 0.0\n"])
def test_before_the_points_it_says_what_is_missing(names, capsys, source):
    exec(source, names)
    solution("mean")
    said = capsys.readouterr().out
    assert REFERENCE not in said and "You have 0 of 1 points" in said


def test_a_release_without_solutions_and_a_broken_one_say_so(names, capsys, tmp_path):
    exec(RIGHT, names)
    path = tmp_path / "01_inputs" / FILE
    for content in ("{}", '{"mean": 5}', '{"mean": "AAAA"}', "[]"):
        path.write_text(content, "utf-8")
        solution("mean")
        assert "There is no solution of" in capsys.readouterr().out
    path.unlink()
    solution("mean")
    assert "holds no solutions" in capsys.readouterr().out
    solution("meen")
    assert "mean" in capsys.readouterr().out


def test_the_seal_hides_the_text(names, tmp_path):
    sealed = (tmp_path / "01_inputs" / FILE).read_text("utf-8")
    assert "x.sum" not in sealed and "len(x)" not in sealed
