"""Grade one submission: run its cells in a sandbox, judge its cases outside.

The student's process runs cells and calls functions; inputs come from here, results
are compared here, and points and feedback are written here. What the process says
about anything else is not believed.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from autograde.checking.checks import Checks, load_views
from autograde.checking.verdict import Judgement, judge_exercise
from autograde.execution.client import CellRun
from autograde.grading.graded_notebook import graded_notebook
from autograde.grading.run_cells import Open, Runner
from autograde.grading.selection import wanted
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
    rebuilt: Rebuilt, checks: Checks, files: list[Path], open_process: Open
) -> Judged:
    """Grade `rebuilt` on the cases of `checks`; `files` are the chapter's released.

    Demonstrations are left out first. Where a name is missing that one of them would
    define, everything is run once more with them, and the better result counts.
    """
    start = time.monotonic()
    runner = Runner(rebuilt.notebook.cells, checks, files, open_process)
    judged = _judged(rebuilt, checks, runner, full=False)
    if runner.name_missing and judged.awarded < checks.points:
        again = Runner(rebuilt.notebook.cells, checks, files, open_process)
        full = _judged(rebuilt, checks, again, full=True)
        if full.awarded > judged.awarded:
            judged = full
    judged.notes = rebuilt.notes + judged.notes
    judged.seconds = time.monotonic() - start
    return judged


def _judged(rebuilt: Rebuilt, checks: Checks, runner: Runner, full: bool) -> Judged:
    cells = rebuilt.notebook.cells
    runs = runner.run(wanted(cells, full), with_cases=True)
    if _printed_after_a_case(cells, runs):
        # Later cells could print hidden inputs: show what they print without any.
        runs = runner.run(wanted(cells, full), with_cases=False)
    views = load_views(checks)
    judgements = {
        name: judge_exercise(exercise, runner.results_of(name), views)
        for name, exercise in checks.exercises.items()
    }
    for name, judgement in judgements.items():
        judgement.seconds = runner.seconds.get(name)
    notebook = graded_notebook(rebuilt.notebook, runs, judgements)
    return Judged(notebook, judgements, runner.notes, full_run=full)


def _printed_after_a_case(
    cells: Sequence[nbformat.NotebookNode], runs: Mapping[int, CellRun]
) -> bool:
    checks = [index for index, cell in enumerate(cells) if exercise_of(cell)]
    first = min(checks, default=len(cells))
    return any(run.outputs for index, run in runs.items() if index > first)
