"""What ``check`` and ``hint`` do in a kernel: their clock, their score, their notes."""

from __future__ import annotations

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from nbgrader.utils import determine_grade

from autograde.authoring.chapter import Chapter
from autograde.authoring.make_checks import ROUNDS, make_checks, make_fresh_checks
from autograde.exercise import Case, Exercise
from autograde.student import check as checking
from autograde.student import clock
from autograde.student.history import reached_names
from autograde.student.preview import points_of
from autograde.student.run_all import is_written, wait_calmly

SOURCE = '''# %% exercise="double"
def double(x):
    """x: (N, d) float. returns: the same shape."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

# %% exercise="quadruple"
def quadruple(x):
    """x: (N, d) float. returns: the same shape."""
    ### BEGIN SOLUTION
    return double(double(x))
    ### END SOLUTION
'''


@pytest.fixture
def kernel(tmp_path, monkeypatch):
    """The names of a kernel that works in a chapter with two exercises."""
    folder = tmp_path / "01_toy"
    folder.mkdir()
    (folder / "01_toy.py").write_text(SOURCE)
    chapter = Chapter(folder)

    def cases(rng):
        yield Case("two rows", rng.normal(size=(2, 3)))
        yield Case("three rows", rng.normal(size=(3, 2)))

    chapter.entries = [
        Exercise("double", cases, hints=["Twice."]),
        Exercise("quadruple", cases, needs=("double",), hints=["Twice twice."]),
    ]
    make_checks(chapter).save(folder / "checks.safetensors")
    make_fresh_checks(chapter).save(folder / "fresh.safetensors")
    monkeypatch.chdir(folder)
    names = {"double": lambda x: 2 * x, "quadruple": lambda x: 4 * x}
    monkeypatch.setattr(checking.kernel, "user_names", lambda: names)
    monkeypatch.setattr(checking.kernel, "running_shell", lambda: None)
    monkeypatch.setattr(checking, "LEAST_SECONDS", 0.0)
    return names


def test_a_right_answer_earns_its_points(kernel, capsys):
    assert checking.check("double") == 1.0
    assert "all 2 cases passed" in capsys.readouterr().out


def test_fresh_cases_catch_what_fits_the_visible_ones_only(kernel, capsys, monkeypatch):
    kept = []
    monkeypatch.setattr(checking, "record", lambda *given: kept.append(given))
    monkeypatch.setattr(checking, "_rounds_drawn", {})
    exercise = checking.chapter_checks()[0].exercises["double"]
    known = {case.inputs[0].tobytes(): 2 * case.inputs[0] for case in exercise.cases}
    kernel["double"] = lambda x: known.get(x.tobytes(), x)
    assert checking.check("double") == 1.0 and len(kept) == 1
    for number in range(1, ROUNDS + 1):
        assert checking.check("double", fresh=True) == 0.0
        said = capsys.readouterr().out
        assert f"Fresh cases, round {number} of {ROUNDS}" in said
    kernel["double"] = lambda x: 2 * x
    assert checking.check("double", fresh=True) == 1.0
    assert f"round 1 of {ROUNDS}" in capsys.readouterr().out
    assert len(kept) == 1  # practice is not kept


def test_where_no_fresh_cases_came_along_the_visible_ones_are_run(kernel, capsys):
    checking._checks_path().with_name("fresh.safetensors").unlink()
    assert checking.check("double", fresh=True) == 1.0
    assert "It has no fresh cases" in capsys.readouterr().out


def test_a_wrong_name_is_answered_with_the_right_ones(kernel, capsys):
    checking.hint("nope")
    assert checking.check("duoble") == 0.0
    said = capsys.readouterr().out
    assert said.count("Its exercises: `double`, `quadruple`.") == 2
    assert "called 'nope'" in said and "Is it `double`?" in said


def test_a_needed_exercise_is_named_only_where_it_is_used(kernel, capsys):
    kernel["double"] = lambda x: x
    kernel["quadruple"] = lambda x: x
    checking.check("quadruple")
    assert "It uses your" not in capsys.readouterr().out
    exec("def quadruple(x):\n    return twice(x)\n", kernel)
    exec("def twice(x):\n    return double(double(x))\n", kernel)
    checking.check("quadruple")
    assert "It uses your `double`, whose own check fails" in capsys.readouterr().out


def test_names_are_reached_through_own_helpers_also_where_they_call_each_other():
    names = {}
    exec("def f(x):\n    return g(x)\n\ndef g(x):\n    return f(x) + h(x)\n", names)
    assert reached_names(names["f"], names) >= {"f", "g", "h"}


ENDLESS = (
    "while True:\n        pass",
    "while True:\n        try:\n            y = 1\n        except Exception:\n"
    "            pass",
    "while True:\n        try:\n            y = 1\n        except:\n            break\n"
    "    while True:\n        pass",
)


@pytest.mark.parametrize("alarms", [True, False], ids=["alarm", "thread"])
@pytest.mark.parametrize("body", ENDLESS, ids=["plain", "except", "bare except"])
def test_an_endless_loop_ends_with_a_sentence_on_loops(
    kernel, capsys, monkeypatch, alarms, body
):
    monkeypatch.setattr(clock, "_has_alarms", lambda: alarms)
    checks, _ = checking.chapter_checks()
    checks.exercises["double"].seconds = 0.2
    exec(f"def double(x):\n    {body}\n", kernel)
    assert checking.check("double") == 0.0
    said = capsys.readouterr().out
    assert "Is there a loop that never ends?" in said and "timed out" in said


def test_a_long_check_says_once_that_it_runs(monkeypatch):
    said = []
    watch = clock.Clock(lambda: said.append("runs"))
    watch.look()
    monkeypatch.setattr(watch, "start", watch.start - 10)
    watch.look()
    watch.look()
    assert said == ["runs"]


@pytest.mark.parametrize("points", [0.0, 1.5, 2.0])
def test_points_are_a_number_to_graders_and_nothing_to_readers(points):
    shell = InteractiveShell.instance()
    try:
        data, metadata = shell.display_formatter.format(checking.Points(points))
    finally:
        InteractiveShell.clear_instance()
    assert data == {"text/plain": repr(points), "text/html": ""}
    cell = nbformat.v4.new_code_cell('check("f")')
    output = nbformat.v4.new_output("execute_result", data, metadata=metadata)
    cell.outputs = [output]
    cell.metadata["nbgrader"] = {
        "grade": True,
        "solution": False,
        "points": 2.0,
        "grade_id": "check_f",
    }
    assert points_of(cell) == points
    assert determine_grade(cell) == (points, 2.0)


def test_a_waiting_note_changes_when_its_exercise_is_right():
    shell = InteractiveShell.instance()
    shown = {}

    def publish(data, transient=None, update=False, **_):
        if transient is not None:
            assert update == (transient["display_id"] in shown)
            shown[transient["display_id"]] = data["text/plain"]

    try:
        shell.display_pub.publish = publish
        wait_calmly(shell)
        shell.run_cell("def f():\n    raise NotImplementedError()\n")
        shell.run_cell("x = f()")
        assert list(shown.values()) == [
            "This cell waits for `f`, which is not written yet."
        ]
        is_written(shell, "g")
        is_written(shell, "f")
        assert list(shown.values()) == ["`f` is written now: run this cell."]
    finally:
        InteractiveShell.clear_instance()


def test_a_cell_that_is_left_as_released_stops_nothing():
    shell = InteractiveShell.instance()
    shown = []
    try:
        shell.display_pub.publish = lambda data, **_: shown.append(data["text/plain"])
        wait_calmly(shell)
        stub = "# YOUR CODE HERE\nraise NotImplementedError()"
        assert shell.run_cell(stub).success
        assert shown == ["Nothing is written in this cell yet."]
        assert not shell.run_cell(f"x = 1\n{stub}").success  # something is written
    finally:
        InteractiveShell.clear_instance()
