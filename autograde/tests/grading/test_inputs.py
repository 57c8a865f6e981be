"""Inputs that students wrote are graded behind the walls, whatever they are."""

from __future__ import annotations

import json

import nbformat
import pytest

from autograde.authoring.build import assemble, release
from autograde.authoring.make_checks import make_checks
from autograde.course.layout import CHECKS
from autograde.grading.simulate import simulate_student
from autograde.grading.task import grade_submission, make_package
from autograde.tests.behind_walls import needs_walls
from autograde.tests.checking.which_input_chapter import NAME, cell, write_chapter

EXERCISE = "revealing_tables"
GOOD = "[np.array([[1.0, 5.0, 4.0], [3.0, 9.0, 4.0], [8.0, 2.0, 4.0]])]"
pytestmark = [needs_walls, pytest.mark.walls, pytest.mark.slow]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    root = tmp_path_factory.mktemp("course")
    chapter = write_chapter(root)
    nbformat.write(assemble(chapter), chapter.folder / f"{NAME}.ipynb")
    (chapter.folder / CHECKS).write_bytes(make_checks(chapter).to_bytes())
    release(chapter, root / "chapters" / NAME)
    return root, chapter


@pytest.fixture(scope="module")
def package(course):
    return make_package(course[0], NAME)


def _released(course):
    return nbformat.read(course[0] / "chapters" / NAME / f"{NAME}.ipynb", 4)


def _graded(course, package, source):
    notebook = _released(course)
    for one in notebook.cells:
        if one.metadata.get("nbgrader", {}).get("grade_id") == EXERCISE:
            one.source = source
    graded = grade_submission(package, "someone", json.dumps(notebook).encode())
    assert not graded.problem, graded.problem
    return graded.judgements[EXERCISE]


def test_the_released_chapter_holds_no_hidden_mistake(course):
    folder = course[0] / "chapters" / NAME
    texts = b"".join(path.read_bytes() for path in folder.iterdir())
    assert b"centred_1" in texts and b"np.median" not in texts and b"ptp" not in texts


@pytest.mark.parametrize(
    ("answer", "points"),
    [
        (GOOD, 5),
        ("[np.array([[1.0, 5.0], [2.0, 6.0], [3.0, 7.0]])]", 3),
        ("[np.zeros((3, 2))]", 0),
        ("None", 0),
        ("[object()]", 0),
        ("[[[10**4000, 1]]]", 0),
        ("[np.zeros((0, 10**9))]", 0),
        ("[[0.0]] * 10**6", 0),
    ],
)
def test_the_points_are_the_share_that_is_shown(course, package, answer, points):
    assert _graded(course, package, cell(answer)).awarded == points


GREEDY = """
def centred(X):
    return 0
import autograde.checking.which_input as which, builtins
which.trial = lambda *_: {"shown": True, "said": ""}
which.trial_result = lambda *_: None
import autograde.checking.run_case as runs
runs.run_case = lambda *_: runs.Result(value=True)
builtins.all = lambda *_: True
def revealing_tables():
    return [np.zeros((3, 2))]
"""


def test_what_a_student_changes_in_its_process_decides_nothing(course, package):
    assert _graded(course, package, GREEDY).awarded == 0


def test_true_is_no_answer(course, package):
    assert _graded(course, package, cell("True")).awarded == 0


def test_inputs_that_kill_cost_their_own_exercise_only(course, package, monkeypatch):
    """The bounds are the first wall; without them the process is the second."""
    import dataclasses

    from autograde.checking.checks import Checks

    checks = Checks.from_bytes(package.checks)
    greedy = "def f(X):\n    return np.ones((len(X) * 10**9,)).cumsum()\n"
    endless = "def f(X):\n    while True:\n        pass\n"
    data = checks.exercises[EXERCISE]
    for case, source in zip(data.cases, (greedy, endless), strict=False):
        case.key = {**case.key, "mistaken": source}
        case.seconds = 2
    exercises = {name: checks.exercises[name] for name in checks.exercises}
    changed = Checks(checks.chapter, exercises, checks.probes)
    package = dataclasses.replace(package, version="killing", checks=changed.to_bytes())
    notebook = _released(course)
    for one in notebook.cells:
        name = one.metadata.get("nbgrader", {}).get("grade_id")
        if name == "mean":
            one.source = "def mean(x):\n    return x.mean()\n"
        if name == EXERCISE:
            one.source = cell(GOOD)
    graded = grade_submission(package, "someone", json.dumps(notebook).encode())
    assert not graded.problem, graded.problem
    assert graded.judgements["mean"].awarded == 1
    outcomes = [v.outcome for v in graded.judgements[EXERCISE].verdicts]
    assert outcomes[:2] == ["wrong", "wrong"] and len(outcomes) == 5


def test_a_simulated_class_gets_the_points_that_it_must(course, package):
    from autograde.checking.checks import Checks

    checks = Checks.from_bytes(package.checks)
    seen = set()
    for seed in range(12):
        released = _released(course)
        student = simulate_student(course[1], released, checks, f"s{seed}", seed)
        seen.add(student.choices[EXERCISE])
        sent = json.dumps(student.notebook).encode()
        graded = grade_submission(package, student.name, sent)
        points = {n: j.awarded for n, j in graded.judgements.items()}
        assert points == student.expected, student.choices
    assert {"solved", "left"} < seen
