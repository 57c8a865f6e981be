"""The students' archive stands alone, and holds nothing that an instructor keeps."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import zipfile

import nbformat
import pytest

from autograde.authoring.archive import write_archive
from autograde.authoring.chapter import BEGIN, END, chapters
from autograde.authoring.make_checks import make_exercise_checks
from autograde.checking import serialize
from autograde.checking.checks import Checks
from autograde.course.layout import CHECKS, ROOT, course_name


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("student")
    archive = write_archive(ROOT, folder / "course.zip")
    with zipfile.ZipFile(archive) as file:
        file.extractall(folder)
    return folder / course_name(ROOT)


@pytest.fixture(scope="module")
def text(unpacked) -> str:
    """Everything readable in the archive, with white space folded."""
    parts = []
    for path in sorted(unpacked.rglob("*")):
        if path.is_file():
            content = path.read_bytes().decode("utf-8", "ignore")
            parts.append(content.replace("\\n", "\n").replace('\\"', '"'))
    return _folded("\n".join(parts))


def _folded(source: str) -> str:
    lines = (
        line.split("#")[0].strip().strip('",').strip() for line in source.splitlines()
    )
    return "\n".join(line for line in lines if line)


def _is_in(body: str, text: str, lines: set[str]) -> bool:
    """Whether `body` is in `text`, whose lines are `lines`: few can be, by these."""
    return lines.issuperset(body.split("\n")[1:-1]) and body in text


def _bodies(source: str) -> list[str]:
    """The parts of a cell between the solution markers."""
    return [part.split(END)[0] for part in source.split(BEGIN)[1:]]


@pytest.fixture(scope="module")
def lines(text) -> set[str]:
    return set(text.split("\n"))


@pytest.mark.parametrize("chapter", chapters(), ids=lambda c: c.name)
def test_no_solution_and_no_mistaken_solution_is_in_it(chapter, text, lines):
    for exercise in chapter.exercises:
        solution = chapter.solution(exercise.name)
        sources = [solution]
        sources += [
            mistake.apply(solution, form)
            for mistake in exercise.misconceptions
            for form in range(len(mistake.forms))
        ]
        for source in sources:
            for body in _bodies(source):
                folded = _folded(body)
                # One short line such as `return x` proves nothing; longer bodies do.
                if len(folded) > 60:
                    assert not _is_in(folded, text, lines), f"{exercise.name}:\n{body}"


def test_the_search_for_solutions_would_find_one(text, lines):
    chapter = next(c for c in chapters() if c.exercises)
    stub = chapter.solution(chapter.exercises[0].name).split(BEGIN)[0]
    docstring = _folded(stub.split('"""')[1])
    assert docstring.count("\n") > 1 and _is_in(docstring, text, lines)


@pytest.mark.parametrize("chapter", chapters(), ids=lambda c: c.name)
def test_no_hidden_case_is_in_it(chapter, unpacked):
    released = Checks.load(unpacked / "chapters" / chapter.name / CHECKS)
    visible = {
        case.packed
        for exercise in released.exercises.values()
        for case in exercise.cases
    }
    seed = "a secret seed of this test"
    inputs_only = (
        dataclasses.replace(exercise, misconceptions=[])
        for exercise in chapter.exercises
    )
    hidden = [make_exercise_checks(chapter, alone, seed) for alone in inputs_only]
    drawn = [
        case.packed
        for exercise in hidden
        for case in exercise.cases
        if _is_random(case.packed)
    ]
    assert len(drawn) >= len(hidden), "hidden cases are hardly random"
    assert visible.isdisjoint(drawn)


def _is_random(packed: bytes) -> bool:
    """Whether a case has numbers that only its seed could give."""

    def numbers(value) -> set[float]:
        if isinstance(value, dict):
            value = list(value.values())
        if isinstance(value, list | tuple):
            return set().union(*map(numbers, value))
        array = value.array if isinstance(value, serialize.TensorData) else value
        kind = getattr(getattr(array, "dtype", None), "kind", "")
        return set(array.ravel().tolist()) if kind == "f" else set()

    return len(numbers(serialize.unpack(packed))) >= 4


SOLVE = """
import sys, nbformat
from autograde.course.kernels import notebook_client
path = sys.argv[1]
notebook = nbformat.read(path, 4)
for cell in notebook.cells:
    if cell.id == "mse_loss":
        cell.source = cell.source.replace(
            "# YOUR CODE HERE\\n    raise NotImplementedError()",
            "return ((y - y_hat) ** 2).sum() / (2 * len(y))",
        )
with notebook_client(
    notebook, path.rsplit("/", 1)[0], timeout=1200, startup_timeout=600
) as client:
    client.execute()
for cell in notebook.cells:
    if cell.id == "check-mse_loss":
        print(cell.outputs[-1].data["text/plain"], "earned")
"""


def test_a_student_solves_an_exercise_there(unpacked, tmp_path):
    (tmp_path / "solve.py").write_text(SOLVE)
    notebook = (
        unpacked / "chapters" / "01_gradient_descent" / "01_gradient_descent.ipynb"
    )
    env = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, str(tmp_path / "solve.py"), str(notebook)],
        cwd=unpacked,
        env=env | {"PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
    )
    chapter = next(c for c in chapters() if c.name.startswith("01"))
    points = float(chapter.exercise("mse_loss").points)
    assert f"{points} earned" in done.stdout, done.stderr[-2000:]
    nbformat.read(notebook, 4)


def test_the_same_course_gives_the_same_bytes(tmp_path):
    one = write_archive(ROOT, tmp_path / "one.zip").read_bytes()
    assert write_archive(ROOT, tmp_path / "other.zip").read_bytes() == one
