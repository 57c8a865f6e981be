"""One bad submission each: what it may earn, and what is said about it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable

import nbformat
import pytest

from autograde.authoring.chapter import find_chapter
from autograde.grading.class_run import grade_class
from autograde.grading.results import Results
from autograde.tests.graded_class import (
    CHAPTER,
    awarded,
    cell_of,
    solved,
)
from autograde.tests.one_term import link_chapters

pytestmark = pytest.mark.usefixtures("walls")


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


def moved(below: bool) -> Callable:
    """The exercise written in a cell of its own, beside the one that asks for it."""

    def edit(notebook) -> None:
        cell = cell_of(notebook, "mse_loss")
        place = notebook.cells.index(cell) + below
        notebook.cells.insert(place, nbformat.v4.new_code_cell(cell.source))
        cell.source = "# in the other cell"

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
    "an exercise in an added cell": moved(below=False),
    "an exercise in the cell below": moved(below=True),
    "a decorated exercise": after_solution(
        "import functools\nplain = mse_loss\n\n@functools.wraps(plain)\n"
        "def mse_loss(*inputs, **named):\n    return plain(*inputs, **named)"
    ),
    "an exercise that is an object": after_solution(
        "class Loss:\n    def __init__(self, f):\n        self.f = f\n\n"
        "    def __call__(self, *inputs):\n        return self.f(*inputs)\n\n"
        "mse_loss = Loss(mse_loss)"
    ),
    "a timed cell": before("%%time"),
    "magics": added("%matplotlib inline\n%load_ext autoreload\n%autoreload 2"),
    "shell commands": added("files = !ls\n!pip install numpy"),
    "another platform's import": added("from google.colab import drive"),
    "a question": added("name = input('who?')\nname"),
    "an end in the middle": after_solution("import sys\nsys.exit()"),
    "quit": after_solution("quit()"),
    "await": added("import asyncio\nawait asyncio.sleep(0.01)\nasyncio.run(x())"),
    "pools": added(
        "from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor\n"
        "for kind in (ProcessPoolExecutor, ThreadPoolExecutor):\n"
        "    with kind(2) as pool:\n        print(list(pool.map(abs, [-1])))"
    ),
    "another folder": added("import os\nos.makedirs('x')\nos.chdir('x')"),
    "streams replaced": added("import io, sys\nsys.stdout = io.StringIO()"),
    "names taken": added("check = hint = 3"),
    "a name lost at the end": lambda notebook: notebook.cells.append(
        nbformat.v4.new_code_cell("np = None\n%reset -f out")
    ),
    "Windows line ends": lambda notebook: [
        cell.update(source=cell.source.replace("\n", "\r\n")) for cell in notebook.cells
    ],
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
def judged_class(tmp_path_factory, term):
    """All bad submissions in one class, graded in one run."""
    from autograde.grading import bounds

    root = link_chapters(tmp_path_factory.mktemp("class"))
    term.begin(root, entered=CHAPTER)
    students = {**HARMLESS, **COSTLY, **FATAL}
    names = {f"s{i:02d}": name for i, name in enumerate(students)}
    for student, name in names.items():
        notebook = solved()
        students[name](notebook)
        folder = root / "grading" / "submitted" / student / CHAPTER
        folder.mkdir(parents=True)
        (folder / f"{CHAPTER}.ipynb").write_text(json.dumps(notebook))
    patch = pytest.MonkeyPatch()
    patch.setattr(bounds, "BOUNDS", bounds.Bounds(cell_seconds=8.0))
    summary = grade_class(root, [CHAPTER], quiet=True)
    patch.undo()
    summary.root, summary.names = root, names
    points = awarded(root, CHAPTER)
    return {names[student]: got for student, got in points.items()}, summary


def test_what_was_noticed_is_said(judged_class):
    _, summary = judged_class
    said = "\n".join(summary.notes)
    for words in (
        "the check cell is missing: check_mse_loss",
        "the changed check cell was put back: check_mse_loss",
        "the cell for the answer is missing: mse_loss",
        "had lost its metadata, found by name: forward, mse_loss",
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
