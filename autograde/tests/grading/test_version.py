"""A result's version changes with what makes a score, and with no word of text."""

from __future__ import annotations

import shutil

import pytest

from autograde.course.layout import ROOT
from autograde.grading import version
from autograde.grading.hidden import checks_version
from autograde.grading.task import course_version

CHAPTER = "01_gradient_descent"


@pytest.fixture
def course(tmp_path):
    for folder in ("solutions", "chapters"):
        shutil.copytree(ROOT / folder / CHAPTER, tmp_path / folder / CHAPTER)
    return tmp_path


def changed(course, file: str, old: str, new: str) -> bool:
    """Whether replacing `old` by `new` in `file` changes the version."""
    before = course_version(course, CHAPTER), checks_version(course, CHAPTER, "seed")
    path = course / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    after = course_version(course, CHAPTER), checks_version(course, CHAPTER, "seed")
    path.write_text(text, "utf-8")
    return before != after


SOURCE = f"solutions/{CHAPTER}/{CHAPTER}.py"
EXERCISES = f"solutions/{CHAPTER}/exercises.py"
NOTEBOOK = f"chapters/{CHAPTER}/{CHAPTER}.ipynb"


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (SOURCE, "# # ", "# # Another title: "),
        (SOURCE, "one sample a row", "a sample in each row"),
        (EXERCISES, "You sum over the samples", "You add up the samples"),
        (EXERCISES, "minutes=", "minutes=1 + "),
        (NOTEBOOK, "# ", "# Anew: "),
    ],
)
def test_a_changed_word_grades_nobody_again(course, file, old, new):
    assert not changed(course, file, old, new)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (EXERCISES, "rtol=1e-7", "rtol=1e-3"),
        (EXERCISES, "points=2", "points=3"),
        (EXERCISES, "layer(4, 3, 2)", "layer(4, 3, 3)"),
        (EXERCISES, '"return np.tanh(Z)"', '"return np.cos(Z)"'),
        (SOURCE, "return f(Z)", "return 1 * f(Z)"),
        (f"solutions/{CHAPTER}/probes.py", "np.tanh", "np.cos"),
        (NOTEBOOK, "raise NotImplementedError()", "raise NotImplementedError(1)"),
    ],
)
def test_what_makes_a_score_changes_the_version(course, file, old, new):
    assert changed(course, file, old, new)


def test_the_comparator_is_part_of_the_version(course, monkeypatch):
    before = checks_version(course, CHAPTER, "seed")
    monkeypatch.setattr("autograde.grading.hidden.judging_digest", lambda: "another")
    assert checks_version(course, CHAPTER, "seed") != before


def test_docstrings_and_comments_of_the_judge_are_text():
    one = 'def f(x):\n    """Say."""\n    return x  # as it is\n'
    other = 'def f(x):\n    """Say something else."""\n    return x\n'
    assert version.code_only(one) == version.code_only(other)
    assert version.code_only(one) != version.code_only(
        one.replace("return x", "return")
    )
