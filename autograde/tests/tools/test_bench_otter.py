"""otter-grader is given the same cells, the same hidden cases and the same points."""

from __future__ import annotations

import re

import nbformat
import pytest

from autograde.authoring.chapter import find_chapter
from autograde.checking.checks import Checks
from autograde.course.layout import CHECKS, ROOT, notebook_path
from autograde.tools.bench_otter import _is_run, _tests

CHAPTER = find_chapter("01").name


@pytest.fixture(scope="module")
def checks():
    return Checks.load(ROOT / "chapters" / CHAPTER / CHECKS)


def test_each_case_is_a_test_and_together_they_are_worth_the_points(checks):
    for exercise in checks.exercises.values():
        text = _tests(exercise)
        compile(text, exercise.name, "exec")
        points = [float(found) for found in re.findall(r"points=([\d.e-]+),", text)]
        assert len(points) == len(exercise.cases)
        assert sum(points) == pytest.approx(exercise.points)


def test_every_answer_runs_and_no_check_or_demonstration(checks):
    cells = nbformat.read(notebook_path(ROOT / "chapters" / CHAPTER), 4).cells
    run = [cell.source for cell in cells if cell.cell_type == "code" and _is_run(cell)]
    assert not any(source.startswith("check(") for source in run)
    stubs = [name for name, it in checks.exercises.items() if not it.bonus]
    for name in stubs:  # a bonus exercise has none
        begins = re.compile(rf"^(?:def|class) {name}\(", re.MULTILINE)
        assert sum(bool(begins.search(source)) for source in run) == 1
    assert len(run) < sum(cell.cell_type == "code" for cell in cells) / 2
