"""What a person graded stays settled; what cannot change a score grades nothing."""

from __future__ import annotations

import copy
import json
import shutil

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograde.course.layout import ROOT, notebook_path
from autograde.grading.hand_grades import answers_of
from autograde.grading.nbgrader_setup import course_config
from autograde.grading.task import course_version
from autograde.tests.graded_class import cell_of
from autograde.tests.small_class import CHAPTER, grade_by_hand, graded, record


def grade_of(root, cell: str):
    config = course_config(root).CourseDirectory
    with Gradebook(config.db_url, config.course_id) as book:
        found = book.find_grade(cell, CHAPTER, CHAPTER, "ada")
        return found.score, found.needs_manual_grade


def again(root, **changes) -> None:
    record(root, [graded("ada", **changes)], submission="work 2", version="checks 2")


def test_a_hand_grade_stays_while_its_answer_is_the_same(tmp_path):
    record(tmp_path, [graded("ada")])
    assert grade_of(tmp_path, "prose") == (0, True)
    grade_by_hand(tmp_path, "ada", "prose", 2.0)
    again(tmp_path, first="pw", code="def first(x):\n    return 2 * x")
    assert grade_of(tmp_path, "prose") == (2.0, False)
    again(tmp_path, prose="Another answer.")
    assert grade_of(tmp_path, "prose") == (2.0, True), "a person has to look again"
    again(tmp_path, prose="Another answer.")
    assert grade_of(tmp_path, "prose") == (2.0, True), "nobody has looked yet"


def test_a_hand_grade_for_code_stays_while_the_code_is_the_same(tmp_path):
    record(tmp_path, [graded("ada", first="pw")])
    grade_by_hand(tmp_path, "ada", "check_first", 1.5)
    again(tmp_path, first="ww", prose="More words.")
    assert grade_of(tmp_path, "check_first") == (1.5, False)
    again(tmp_path, code="def first(x):\n    return 3 * x")
    assert grade_of(tmp_path, "check_first") == (1.5, True)


def test_other_points_for_an_answer_are_for_a_person(tmp_path):
    record(tmp_path, [graded("ada")])
    grade_by_hand(tmp_path, "ada", "prose", 2.0)
    more = graded("ada")
    notebook = nbformat.reads(more.notebook.decode(), 4)
    cell_of(notebook, "prose").metadata.nbgrader.points = 6.0
    more.notebook = nbformat.writes(notebook).encode()
    more.answers = answers_of(notebook)
    record(tmp_path, [more])
    assert grade_of(tmp_path, "prose") == (2.0, True)


def test_a_submission_that_cannot_be_graded_settles_nothing(tmp_path):
    record(tmp_path, [graded("ada")])
    grade_by_hand(tmp_path, "ada", "prose", 2.0)
    record(tmp_path, [graded("ada", problem="it is no notebook")])
    assert grade_of(tmp_path, "prose") == (2.0, True)


@pytest.fixture
def chapter(tmp_path):
    name = "01_gradient_descent"
    for room in ("solutions", "chapters"):
        shutil.copytree(ROOT / room / name, tmp_path / room / name)
    return tmp_path / "solutions" / name, tmp_path / "chapters" / name


def edited(path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_words_grade_nothing_again(chapter):
    solution, released = chapter
    root = solution.parent.parent
    version = course_version(root, solution.name)
    source = solution / f"{solution.name}.py"
    edited(source, "# Run the cells from top to bottom.", "# Run every cell.")
    edited(solution / "exercises.py", 'rubric="1 point:', 'rubric="One point:')
    notebook = json.loads(notebook_path(released).read_text("utf-8"))
    changed = copy.deepcopy(notebook)
    for cell in changed["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = ["Other words."]
        elif "def forward" in "".join(cell["source"]):
            cell["source"].insert(0, "# a remark\n")
    notebook_path(released).write_text(json.dumps(changed), "utf-8")
    assert course_version(root, solution.name) == version


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("exercises.py", "points=2,", "points=3,"),
        ("exercises.py", "rng.normal(", "2 * rng.normal("),
        ("01_gradient_descent.py", "Z = X @ W + b", "Z = X @ W - b"),
    ],
)
def test_what_could_change_a_score_grades_again(chapter, name, old, new):
    solution, _ = chapter
    root = solution.parent.parent
    version = course_version(root, solution.name)
    edited(solution / name, old, new)
    assert course_version(root, solution.name) != version


def test_points_and_code_that_are_released_grade_again(chapter):
    solution, released = chapter
    root = solution.parent.parent
    seen = {course_version(root, solution.name)}
    for old, new in (
        ('"points": 2', '"points": 5'),
        ("import torch", "import  torch2"),
    ):
        edited(notebook_path(released), old, new)
        seen.add(course_version(root, solution.name))
    assert len(seen) == 3
