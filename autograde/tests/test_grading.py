"""A class is graded: the scores that it must get, and what a bad submission does."""

from __future__ import annotations

import copy
import errno
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograde import gradebook
from autograde.chapter import ROOT, chapters, find_chapter
from autograde.class_run import grade_class
from autograde.course import CannotRun
from autograde.hidden import hidden_checks
from autograde.nbgrader_config import course_config
from autograde.results import Results
from autograde.sandbox import Sandbox, SandboxUnavailable
from autograde.simulate import simulate_class

CHAPTER = "01_gradient_descent"
STUDENTS = int(os.environ.get("AUTOGRADE_TEST_STUDENTS", "8"))


@pytest.fixture(scope="module", autouse=True)
def walls() -> None:
    try:
        with Sandbox(preload=()):
            pass
    except SandboxUnavailable as error:
        pytest.skip(f"no walls on this machine, so nothing is graded: {error}")


def awarded(course: Path, chapter: str) -> dict[str, dict[str, float]]:
    """The points of every student and exercise that count, from the store."""
    with Results(course / "grading") as results:
        return {
            result.student: {e["name"]: e["awarded"] for e in result.exercises}
            for result in results.all_newest(chapter)
        }


def gradebook_scores(course: Path, chapter: str) -> dict[str, float]:
    """The scores in nbgrader's gradebook, as Formgrader shows them."""
    config = course_config(course).CourseDirectory
    with Gradebook(config.db_url, config.course_id) as book:
        return {
            submission.student_id: round(submission.score, 4)
            for submission in book.assignment_submissions(chapter)
        }


def expected_points(simulated: dict) -> dict[str, dict[str, float]]:
    return {name: student["points"] for name, student in simulated.items()}


@pytest.mark.parametrize(
    "chapter", [c for c in chapters() if c.exercises], ids=lambda c: c.name
)
def test_every_student_gets_exactly_the_expected_points(chapter, course):
    simulated = simulate_class(course, chapter, STUDENTS)
    summary = grade_class(course, [chapter.name], quiet=True)
    assert summary.problems == []
    assert summary.graded == STUDENTS
    points = awarded(course, chapter.name)
    assert points == expected_points(simulated)
    totals = {name: round(sum(p.values()), 4) for name, p in points.items()}
    assert gradebook_scores(course, chapter.name) == totals
    full = sum(exercise.points for exercise in chapter.exercises)
    assert totals["student0000"] == pytest.approx(full)
    assert totals["student0001"] == 0.0, "a blank notebook earned points"
    again = grade_class(course, [chapter.name], quiet=True)
    assert (again.graded, again.unchanged) == (0, STUDENTS)


# --- one bad submission each: what it may earn, and what is said about it ------------


def solved() -> nbformat.NotebookNode:
    """A correct submission of the chapter."""
    chapter = find_chapter(CHAPTER)
    notebook = nbformat.read(ROOT / "chapters" / CHAPTER / f"{CHAPTER}.ipynb", 4)
    for cell in notebook.cells:
        info = cell.metadata.get("nbgrader", {})
        if info.get("solution") and cell.cell_type == "code":
            cell.source = chapter.solution(info["grade_id"])
    return notebook


def cell_of(notebook, grade_id: str):
    return next(
        cell
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id
    )


def before(line: str) -> Callable:
    """The submission with `line` put on top of the solution cell of mse_loss."""

    def edit(notebook) -> None:
        cell = cell_of(notebook, "mse_loss")
        cell.source = f"{line}\n{cell.source}"

    return edit


def added(source: str, place: int = 1) -> Callable:
    def edit(notebook) -> None:
        notebook.cells.insert(place, nbformat.v4.new_code_cell(source))

    return edit


def after_solution(source: str) -> Callable:
    def edit(notebook) -> None:
        place = notebook.cells.index(cell_of(notebook, "mse_loss")) + 1
        notebook.cells.insert(place, nbformat.v4.new_code_cell(source))

    return edit


def delete(grade_id: str) -> Callable:
    def edit(notebook) -> None:
        notebook.cells.remove(cell_of(notebook, grade_id))

    return edit


def duplicate(grade_id: str) -> Callable:
    def edit(notebook) -> None:
        cell = cell_of(notebook, grade_id)
        notebook.cells.insert(notebook.cells.index(cell), copy.deepcopy(cell))

    return edit


def split(notebook) -> None:
    """JupyterLab's split gives both halves the cell's metadata."""
    cell = cell_of(notebook, "mse_loss")
    second = copy.deepcopy(cell)
    cell.source = "import math\n\nhalf = 0.5"
    notebook.cells.insert(notebook.cells.index(cell) + 1, second)


def strip_metadata(notebook) -> None:
    notebook.metadata = nbformat.from_dict({})
    notebook.nbformat_minor = 4
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({})
        cell.pop("id", None)


def retag(notebook) -> None:
    for cell in notebook.cells:
        cell.metadata["tags"] = ["skip-execution", "raises-exception"]


def other_kernel(notebook) -> None:
    notebook.metadata["kernelspec"] = {
        "name": "ir",
        "display_name": "R",
        "language": "R",
    }


def edited_check(notebook) -> None:
    cell_of(notebook, "check_mse_loss").source = "2.0"


def unlocked(notebook) -> None:
    for cell in notebook.cells:
        info = cell.metadata.get("nbgrader")
        if info and info["grade"]:
            info["points"] = 1000


HARMLESS = {
    "warns": before("import warnings; warnings.warn('careful')"),
    "prints to stderr": before("import sys; print('x', file=sys.stderr)"),
    "prints": before("print('debug')"),
    "helpers in the solution cell": before("def helper(x):\n    return x\n"),
    "an import of its own": before("import math, itertools"),
    "an added cell": added("import json\n\ndef mine(x):\n    return x"),
    "an added cell that fails": added("1 / 0"),
    "an added cell that uses what a demonstration defines": added(
        "print(no_such_name)"
    ),
    "a deleted check": delete("check_mse_loss"),
    "a duplicated check": duplicate("check_mse_loss"),
    "a duplicated solution": duplicate("mse_loss"),
    "an edited check": edited_check,
    "a split solution": split,
    "stripped metadata": strip_metadata,
    "other tags": retag,
    "another kernel": other_kernel,
    "points raised": unlocked,
    "a slow function": after_solution(
        "from time import sleep\nquick = mse_loss\n\n"
        "def mse_loss(y, y_hat):\n    sleep(0.2)\n    return quick(y, y_hat)"
    ),
    "a million lines": after_solution("for i in range(1_000_000):\n    print(i)"),
}

# These cost the exercise mse_loss, and nothing else.
COSTLY = {
    "a deleted solution": delete("mse_loss"),
    "a syntax error": before("def broken(:"),
    "a blank": lambda nb: cell_of(nb, "mse_loss").update(source=""),
    "20 GB in the function": lambda nb: cell_of(nb, "mse_loss").update(
        source="def mse_loss(y, y_hat):\n    return len(bytearray(20 * 2**30))"
    ),
}

# These end the student's process; only what they end may be lost.
FATAL = {
    "an endless loop": after_solution("while True:\n    pass"),
    "a loop that ignores interrupts": after_solution(
        "while True:\n    try:\n        while True:\n            pass\n"
        "    except BaseException:\n        pass"
    ),
    "os._exit": after_solution("import os\nos._exit(0)"),
    "sys.exit": after_solution("import sys\nsys.exit(0)"),
    "a segmentation fault": after_solution("import ctypes\nctypes.string_at(0)"),
    "20 GB": after_solution(
        "hog = bytearray(20 * 2**30)\nhog[::4096] = b'x' * 5242880"
    ),
    "one line of 400 MB": after_solution("print('x' * 400_000_000)"),
}


@pytest.mark.parametrize("name", [*HARMLESS, *COSTLY, *FATAL])
def test_a_bad_submission_costs_only_what_it_breaks(name, judged_class):
    points, _ = judged_class
    chapter = find_chapter(CHAPTER)
    full = {e.name: pytest.approx(e.points) for e in chapter.exercises}
    if name in COSTLY:
        full["mse_loss"] = 0.0
        dependent = {e.name for e in chapter.exercises if "mse_loss" in e.needs}
        full |= {e: points[name][e] for e in dependent}
    assert points[name] == full


@pytest.fixture(scope="module")
def judged_class(tmp_path_factory):
    """All bad submissions in one class, graded in one run."""
    from autograde import judge

    root = tmp_path_factory.mktemp("class")
    for name in ("solutions", "chapters"):
        (root / name).symlink_to(ROOT / name)
    students = {**HARMLESS, **COSTLY, **FATAL}
    names = {f"s{i:02d}": name for i, name in enumerate(students)}
    for student, name in names.items():
        notebook = solved()
        students[name](notebook)
        folder = root / "grading" / "submitted" / student / CHAPTER
        folder.mkdir(parents=True)
        (folder / f"{CHAPTER}.ipynb").write_text(json.dumps(notebook))
    patch = pytest.MonkeyPatch()
    patch.setattr(judge, "CELL_SECONDS", 8.0)
    summary = grade_class(root, [CHAPTER], quiet=True)
    patch.undo()
    summary.root, summary.names = root, names
    points = awarded(root, CHAPTER)
    return {names[student]: got for student, got in points.items()}, summary


def test_what_was_noticed_is_said(judged_class):
    _, summary = judged_class
    said = "\n".join(summary.notes)
    for words in (
        "the check cell check_mse_loss is missing",
        "the changed check cell check_mse_loss was put back",
        "the solution cell mse_loss is missing",
        "the cell mse_loss had lost its metadata",
        "crashed",
        "timed out",
    ):
        assert words in said, said


def test_outcomes_are_told_apart(judged_class):
    _, summary = judged_class
    with Results(summary.root / "grading") as results:
        outcome = {
            summary.names[result.student]: exercise["outcome"]
            for result in results.all_newest(CHAPTER)
            for exercise in result.exercises
            if exercise["name"] == "mse_loss"
        }
    assert outcome["20 GB in the function"] == "out of memory"
    assert outcome["a syntax error"] == "raised"
    assert outcome["a deleted solution"] == "not run"
    assert outcome["warns"] == "passed"


def _write(folder: Path, content: bytes) -> None:
    (folder / f"{CHAPTER}.ipynb").write_bytes(content)


def _notebook_bytes() -> bytes:
    return json.dumps(solved()).encode()


def _link(folder: Path) -> None:
    (folder / f"{CHAPTER}.ipynb").symlink_to("/etc/hostname")


def _newer_format(folder: Path) -> None:
    _write(folder, _notebook_bytes().replace(b'"nbformat": 4', b'"nbformat": 5'))


UNREADABLE = {
    "no notebook": (lambda folder: None, "no notebook in the folder"),
    "not JSON": (lambda folder: _write(folder, b"{'cells': "), "not JSON"),
    "empty": (lambda folder: _write(folder, b" \n"), "the file is empty"),
    "no cells": (lambda folder: _write(folder, b'{"nbformat": 4}'), "no list of cells"),
    "a newer format": (_newer_format, "notebook format 5"),
    "a link": (_link, "is a link"),
}


def test_unreadable_submissions_are_named_and_stop_nobody(course):
    submitted = course / "grading" / "submitted"
    for name in UNREADABLE:
        folder = submitted / name.replace(" ", "-") / CHAPTER
        folder.mkdir(parents=True)
        _write(folder, _notebook_bytes())
    grade_class(course, [CHAPTER], quiet=True)
    assert min(gradebook_scores(course, CHAPTER).values()) > 0
    for name, (make, _) in UNREADABLE.items():
        folder = submitted / name.replace(" ", "-") / CHAPTER
        (folder / f"{CHAPTER}.ipynb").unlink()
        make(folder)
    good = submitted / "zoe" / CHAPTER
    good.mkdir(parents=True)
    (good / "my copy.ipynb").write_bytes(_notebook_bytes())
    (good / "timestamp.txt").write_text("the day before yesterday-ish 99:99")
    summary = grade_class(course, [CHAPTER], quiet=True)
    for name, (_, words) in UNREADABLE.items():
        lines = [
            p for p in summary.problems if p.startswith(name.replace(" ", "-") + ",")
        ]
        assert len(lines) == 1 and words in lines[0], summary.problems
    scores = gradebook_scores(course, CHAPTER)
    assert scores.pop("zoe") > 0
    assert set(scores.values()) == {0.0}, "an old score was kept"
    said = "\n".join(summary.notes)
    assert "renamed notebook my copy.ipynb" in said and "is no date" in said


def test_of_two_submissions_the_later_counts(course):
    folder = course / "grading" / "submitted" / "ada" / CHAPTER
    folder.mkdir(parents=True)
    (folder / f"{CHAPTER}.ipynb").write_bytes(_notebook_bytes())
    os.utime(folder / f"{CHAPTER}.ipynb", (1_000_000_000, 1_000_000_000))
    blank = ROOT / "chapters" / CHAPTER / f"{CHAPTER}.ipynb"
    (folder / f"{CHAPTER} (1).ipynb").write_bytes(blank.read_bytes())
    summary = grade_class(course, [CHAPTER], quiet=True)
    assert gradebook_scores(course, CHAPTER) == {"ada": 0.0}
    assert any("the later counts" in note for note in summary.notes)


def test_nbgrader_autograde_gives_the_same_scores(course):
    simulate_class(course, find_chapter(CHAPTER), 4)
    grade_class(course, [CHAPTER], quiet=True)
    ours = gradebook_scores(course, CHAPTER)
    config = course / "config"
    config.mkdir()
    (config / "nbgrader_config.py").write_text(
        "from pathlib import Path\n"
        "from autograde.nbgrader_config import course_config\n"
        f"get_config().merge(course_config(Path({str(course)!r})))\n"
    )
    with Gradebook(course_config(course).CourseDirectory.db_url) as book:
        for submission in book.assignment_submissions(CHAPTER):
            for grade in submission.notebooks[0].grades:
                grade.auto_score = 0.123
        book.db.commit()
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "autograde", CHAPTER, "--force"],
        cwd=course,
        env=os.environ | {"JUPYTER_CONFIG_PATH": str(config)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert gradebook_scores(course, CHAPTER) == ours


def test_the_time_of_each_exercise_is_stored(judged_class):
    _, summary = judged_class
    seconds, cases = {}, 0
    with Results(summary.root / "grading") as results:
        for result in results.all_newest(CHAPTER):
            for exercise in result.exercises:
                if exercise["name"] == "mse_loss":
                    seconds[summary.names[result.student]] = exercise["seconds"]
                    cases = len(exercise["cases"])
    assert seconds["a slow function"] >= 0.2 * cases
    assert 0 < seconds["warns"] < seconds["a slow function"]


def test_a_killed_run_goes_on_where_it_stopped(course):
    simulated = simulate_class(course, find_chapter(CHAPTER), 6)
    hidden_checks(course, CHAPTER)
    command = [sys.executable, "-m", "autograde.grade", CHAPTER, "--root", str(course)]
    kills = 0
    rng = random.Random(5)
    for _ in range(3):
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wanted = len(awarded(course, CHAPTER)) + 1
        deadline = time.monotonic() + 90
        while len(awarded(course, CHAPTER)) < wanted and process.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        time.sleep(rng.random() * 0.3)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            kills += 1
        process.wait()
    assert kills >= 1, "the run was over before it could be killed"
    grade_class(course, [CHAPTER], quiet=True)
    assert awarded(course, CHAPTER) == expected_points(simulated)
    totals = {
        n: round(sum(p.values()), 4) for n, p in expected_points(simulated).items()
    }
    assert gradebook_scores(course, CHAPTER) == totals


def test_a_second_run_says_so_and_stops(course):
    import fcntl

    grading = course / "grading"
    grading.mkdir()
    with open(grading / "run.lock", "a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(CannotRun, match="Another grading run"):
            grade_class(course, [CHAPTER], quiet=True)


def test_a_full_disk_gets_a_sentence_and_loses_nothing(course, monkeypatch):
    simulated = simulate_class(course, find_chapter(CHAPTER), 4)
    room = iter([True, True])

    def replace_file(target, content, original=gradebook.replace_file):
        if not next(room, False):
            raise OSError(errno.ENOSPC, "No space left on device", str(target))
        original(target, content)

    with monkeypatch.context() as patch:
        patch.setattr(gradebook, "replace_file", replace_file)
        with pytest.raises(CannotRun, match="The disk is full"):
            grade_class(course, [CHAPTER], quiet=True)
    assert len(awarded(course, CHAPTER)) == 2
    summary = grade_class(course, [CHAPTER], quiet=True)
    assert (summary.graded, summary.unchanged) == (2, 2)
    assert awarded(course, CHAPTER) == expected_points(simulated)


def test_a_locked_gradebook_gets_a_sentence_and_loses_nothing(course):
    simulated = simulate_class(course, find_chapter(CHAPTER), 2)
    gradebook.prepare_gradebook(course, CHAPTER)
    with sqlite3.connect(course / "grading" / "gradebook.db") as other:
        other.execute("begin exclusive")
        with pytest.raises(CannotRun, match="locked by another program"):
            grade_class(course, [CHAPTER], quiet=True)
        other.rollback()
    grade_class(course, [CHAPTER], quiet=True)
    assert awarded(course, CHAPTER) == expected_points(simulated)
