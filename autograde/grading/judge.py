"""Grade one submission: run its cells in a sandbox, judge its cases outside.

The student's process runs cells and calls functions; inputs come from here, results
are compared here, and points and feedback are written here. What the process says
about anything else is not believed.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import nbformat

from autograde.checking.checks import Checks
from autograde.checking.verdict import Judgement, judge_exercise
from autograde.course.layout import CHECKS
from autograde.execution.client import CellRun
from autograde.grading.bounds import Bounds
from autograde.grading.explain import explanation, raised_in, visible_cases
from autograde.grading.graded_notebook import QUIET, graded_notebook
from autograde.grading.run_cells import Open, Runner
from autograde.grading.selection import wanted
from autograde.grading.steps import Steps
from autograde.notebooks.cells import exercise_of
from autograde.notebooks.rebuild import Rebuilt


@dataclass
class Judged:
    """A graded notebook, a judgement for each exercise, and what a person may read."""

    notebook: nbformat.NotebookNode
    judgements: dict[str, Judgement]
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0
    full_run: bool = False

    @property
    def awarded(self) -> float:
        return sum(judgement.awarded for judgement in self.judgements.values())


def judge(
    rebuilt: Rebuilt,
    checks: Checks,
    files: Mapping[str, bytes],
    open_process: Open,
    views: Mapping[str, Any],
    bounds: Bounds,
    steps: Steps,
) -> Judged:
    """Grade `rebuilt` on the cases of `checks`; `files` are the chapter's released.

    `views` are those of the checks (`load_views`); `steps` is told what begins, and
    says what is to be passed over.

    Demonstrations are left out first. Where a name is missing that one of them would
    define, everything is run once more with them, and the better result counts.
    """
    start = time.monotonic()

    def attempt(full: bool) -> tuple[Runner, Judged]:
        cells = rebuilt.notebook.cells
        runner = Runner(cells, checks, files, open_process, bounds, steps)
        return runner, _judged(rebuilt, checks, runner, views, full)

    runner, judged = attempt(full=False)
    if runner.name_missing and judged.awarded < checks.points:
        _, full = attempt(full=True)
        if full.awarded > judged.awarded:
            judged = full
    judged.notes = rebuilt.notes + judged.notes
    judged.seconds = time.monotonic() - start
    return judged


def _judged(
    rebuilt: Rebuilt,
    checks: Checks,
    runner: Runner,
    views: Mapping[str, Any],
    full: bool,
) -> Judged:
    cells = rebuilt.notebook.cells
    runs = runner.run(wanted(cells, full), with_cases=True)
    judgements = {}
    for name, exercise in checks.exercises.items():
        runner.steps.begin(f"exercise {name}")
        results = runner.results_of(name)
        judgements[name] = judge_exercise(exercise, results, views, runner.notes.append)
    shown = _visible(runner.files, raised_in(judgements))
    open_ = runner.next_with(shown)
    if shown.exercises or any(map(_tells, _after_a_case(cells, runs).values())):
        # Later cells could print hidden inputs, end by them, and errors tell of them:
        # what is shown comes from a run that has none.
        runs = told = open_.run(wanted(cells, full), with_cases=True)
    else:
        after = _after_a_case(cells, runs)
        told = {index: run for index, run in runs.items() if index not in after}
    for name, judgement in judgements.items():
        judgement.seconds = runner.seconds.get(name)
        if judgement.first_failure is not None:
            runner.steps.begin(f"exercise {name}")
            results = open_.results.get(name, [])
            judgement.explanation = explanation(name, cells, told, results)
    notebook = graded_notebook(rebuilt.notebook, runs, judgements, runner.steps)
    return Judged(notebook, judgements, runner.notes, full_run=full)


def _visible(files: Mapping[str, bytes], names: Sequence[str]) -> Checks:
    """The visible checks of the exercises `names`, from the released `files`."""
    if not names or CHECKS not in files:
        return Checks("", {}, "")
    return visible_cases(visible_checks(files[CHECKS]), names)


@lru_cache(maxsize=16)  # a class shares them
def visible_checks(data: bytes) -> Checks:
    """The released checks, read once."""
    return Checks.from_bytes(data)


def _after_a_case(
    cells: Sequence[nbformat.NotebookNode], runs: Mapping[int, CellRun]
) -> dict[int, CellRun]:
    """The runs of the cells that stand below the first case."""
    checks = [index for index, cell in enumerate(cells) if exercise_of(cell)]
    first = min(checks, default=len(cells))
    return {index: run for index, run in runs.items() if index > first}


def _tells(run: CellRun) -> bool:
    """Whether the graded notebook shows anything of a run."""
    return bool(run.outputs) or run.status not in QUIET
