"""From a class's unnamed mistake to a known one: group, draft, trial, keep."""

from __future__ import annotations

import json
import os

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograde.authoring.chapter import find_chapter
from autograde.authoring.make_checks import make_exercise_checks
from autograde.checking.run_case import run_case
from autograde.checking.verdict import judge_exercise
from autograde.course.layout import CannotRun
from autograde.grading.results import Results
from autograde.grading.seed import secret_seed
from autograde.grading.task import Graded
from autograde.reporting.name_group import name_group
from autograde.reporting.unnamed import unnamed_groups
from autograde.sandbox import levels, self_test

needs_some_walls = pytest.mark.skipif(
    self_test.strongest().level == levels.NONE, reason="no walls on this machine"
)
SOURCE = '''# %% exercise="total"
def total(x):
    """x: (N, d) float. returns: (d,) float, the sum of each column."""
    ### BEGIN SOLUTION
    return x.sum(axis=0)
    ### END SOLUTION
'''
EXERCISES = """from autograde.exercise import Case, Exercise, Misconception


def cases(rng):
    yield Case("five rows", rng.normal(size=(5, 3)))
    yield Case("four rows", rng.normal(size=(4, 2)))


EXERCISES = [
    Exercise(
        "total",
        cases,
        hints=["Down the columns."],
        seconds=1.0,
        misconceptions=[
            Misconception("rows", ("axis=0", "axis=1"), "You sum each row."),
        ],
    )
]
"""
TWICE = "def total(x):\n    s = x.sum(axis=0)\n    return s * s\n"
OTHER = "def total(x):\n    return abs(x).max(axis=0)\n"
ROWS = "def total(x):\n    return x.sum(axis=1)\n"
CLASS = {"ada": TWICE, "bob": OTHER, "cyd": TWICE, "dan": ROWS, "eve": TWICE}


@pytest.fixture
def course(tmp_path):
    """A graded class, judged without walls: these answers are this test's own."""
    folder = tmp_path / "solutions" / "01_toy"
    folder.mkdir(parents=True)
    (folder / "01_toy.py").write_text(SOURCE)
    (folder / "exercises.py").write_text(EXERCISES)
    chapter = find_chapter("01", tmp_path)
    exercise = chapter.exercise("total")
    seed = secret_seed(tmp_path / "grading")
    data = make_exercise_checks(chapter, exercise, seed)
    with Results(tmp_path / "grading") as results:
        run = results.start_run("seed")
        for student, source in CLASS.items():
            target = chapter.with_cell("total", source)
            made = [run_case(target, None, c.packed, c.seed) for c in data.cases]
            judgement = judge_exercise(data, made, {})
            graded = Graded("01_toy", student, judgements={"total": judgement})
            results.add(run, graded, "work", "checks")
            cell = new_code_cell(source)
            cell.metadata["nbgrader"] = {"solution": True, "grade_id": "total"}
            place = tmp_path / "grading" / "autograded" / student / "01_toy"
            place.mkdir(parents=True)
            nbformat.write(new_notebook(cells=[cell]), place / "01_toy.ipynb")
    return tmp_path


def groups_of(course):
    with Results(course / "grading") as results:
        return unnamed_groups(course, "01_toy", results.all_newest())


def test_equal_unnamed_mistakes_form_a_group_with_an_example(course):
    first, second = groups_of(course)
    assert first.students == ["ada", "cyd", "eve"]
    assert first.example == TWICE
    assert first.relation == "Each number is the square of the expected one."
    assert second.students == ["bob"]


@needs_some_walls
def test_a_draft_is_tried_and_kept(course, capsys):
    group = groups_of(course)[0].name
    says = 'You square the sum: "s * s".'
    assert name_group(course, group, says, "squared", False, False) == 0
    assert (course / "solutions/01_toy/exercises.py").read_text() == EXERCISES
    assert name_group(course, group, says, "squared", True, True) == 0
    assert "3 would be told it: ada, cyd, eve" in capsys.readouterr().out
    chapter = find_chapter("01", course)
    mistakes = chapter.exercise("total").misconceptions
    assert [m.name for m in mistakes] == ["rows", "squared"]
    assert mistakes[1].says == says and mistakes[1].apply("").strip() == TWICE.strip()


@needs_some_walls
def test_a_draft_that_the_gate_refuses_is_not_kept(course, capsys):
    second = groups_of(course)[1]
    path = course / "grading/autograded/bob/01_toy/01_toy.ipynb"
    notebook = json.loads(path.read_text())
    notebook["cells"][0]["source"] = ROWS  # the mistake that has a name already
    path.write_text(json.dumps(notebook))
    assert name_group(course, second.name, "You do it.", None, True, True) == 1
    assert "cannot be told apart" in capsys.readouterr().out
    assert (course / "solutions/01_toy/exercises.py").read_text() == EXERCISES


OUTSIDE = """
import os, signal, socket
def total(x):
    tried = []
    for attempt in (
        lambda: open({secret!r}).read(),
        lambda: open({secret!r} + "-made", "w"),
        lambda: socket.socket(),
        lambda: os.kill({pid}, signal.SIGTERM),
    ):
        try:
            attempt()
            tried.append(attempt)
        except (OSError, ProcessLookupError):
            pass
    if tried:
        raise RuntimeError
    s = x.sum(axis=0)
    return s * s
"""


def with_example(course, source: str) -> str:
    """The first group's name, now that its example is `source`."""
    for student in ("ada", "cyd", "eve"):
        path = course / f"grading/autograded/{student}/01_toy/01_toy.ipynb"
        notebook = json.loads(path.read_text())
        notebook["cells"][0]["source"] = source
        path.write_text(json.dumps(notebook))
    return groups_of(course)[0].name


@needs_some_walls
def test_an_example_is_tried_behind_the_walls(course, capsys, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("of the instructor")
    source = OUTSIDE.format(secret=str(secret), pid=os.getpid())
    group = with_example(course, source)
    assert name_group(course, group, "You square it.", "squared", True, False) == 0
    assert "3 would be told it: ada, cyd, eve" in capsys.readouterr().out
    assert not secret.with_name("secret-made").exists()
    assert (course / "solutions/01_toy/exercises.py").read_text() == EXERCISES


BAD_EXAMPLES = {
    "def total(x):\n    import os\n    os._exit(3)\n": "has no result in",
    "import os\nos._exit(3)\n": "process ended",
    "def total(x):\n    while True: pass\n": "timed out",
    "raise ValueError": "does not run behind the walls: ValueError",
    "def total(x):\n    return [[0.0] * 1000] * 1000 * 100\n": "",
}


@needs_some_walls
@pytest.mark.parametrize("source", BAD_EXAMPLES)
def test_an_example_that_ends_its_process_is_a_finding(course, capsys, source):
    group = with_example(course, source)
    try:
        assert name_group(course, group, "You do it.", "bad", True, True) == 1
        said = capsys.readouterr().out
    except CannotRun as error:
        said = str(error)
    assert BAD_EXAMPLES[source] in said
    assert (course / "solutions/01_toy/exercises.py").read_text() == EXERCISES


def test_a_group_that_is_none_is_refused_with_those_there_are(course):
    with pytest.raises(CannotRun, match="total/"):
        name_group(course, "01_toy/total/nothing", "You.", None, False, False)


def test_what_is_stored_of_a_named_mistake_has_no_fingerprint(course):
    with Results(course / "grading") as results:
        stored = {r.student: r.exercises[0] for r in results.all_newest()}
    assert stored["dan"]["misconception"] == "rows"
    assert stored["dan"]["fingerprint"] == ""
