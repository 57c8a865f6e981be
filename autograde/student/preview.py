"""Where a student's notebook stands: its visible checks, run in a fresh kernel.

``submit`` and the Validate button ask this of the notebook as a grader will see it.
"""

from __future__ import annotations

import contextlib
import copy
import os
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import DEVNULL

import nbformat

from autograde.checking.answer import points_text
from autograde.course.kernels import notebook_client
from autograde.course.layout import notebook_path
from autograde.language import marked
from autograde.notebooks.cells import (
    exercise_of,
    grade_id,
    is_left_out,
    is_needed,
    is_prose_answer,
    is_solution,
    nbgrader_info,
)
from autograde.notebooks.rebuild import rebuild
from autograde.student.progress import STATE, VALIDATING

CELL_SECONDS = 60
START_SECONDS = 300  # for a kernel, on a busy machine


@dataclass
class Standing:
    """What a notebook would earn by its visible checks, and what it lacks."""

    points: dict[str, float] = field(default_factory=dict)
    possible: dict[str, float] = field(default_factory=dict)
    blank: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    by_hand: float = 0.0

    def lines(self) -> list[str]:
        """What is missing or was put right, in sentences."""
        said = []
        if self.blank:
            said.append(f"not written yet: {', '.join(self.blank)}")
        for name, points in self.points.items():
            if name not in self.blank and points < self.possible[name]:
                earned, possible = points_text(points), points_text(self.possible[name])
                said.append(marked(f"{name}: {earned} of {possible} points"))
        said += [f"{name}: your answer in prose is missing" for name in self.unanswered]
        return said + self.notes

    @property
    def summary(self) -> str:
        earned, possible = sum(self.points.values()), sum(self.possible.values())
        has, of = points_text(earned), points_text(possible)
        more = points_text(self.by_hand)
        if self.by_hand:
            return (
                f"{has} of {of} points by the checks; {more} more are given by a person"
            )
        return f"{has} of {of} points by the checks"


def released_notebook(work: Path, chapter: str) -> Path:
    """Where the work folder keeps `chapter` as it was released."""
    return notebook_path(work / STATE / "released" / chapter)


def look_over(work: Path, chapter: str, content: bytes) -> Standing:
    """Run the visible checks of a notebook in a fresh kernel, and see what it lacks."""
    released = nbformat.read(released_notebook(work, chapter), 4)
    rebuilt = rebuild(released, content)
    standing = Standing(notes=list(rebuilt.notes))
    stubs = {cell.id: cell.source.strip() for cell in released.cells}
    for cell in rebuilt.notebook.cells:
        prose = is_prose_answer(cell)
        if exercise_of(cell) or prose:
            points = float(nbgrader_info(cell)["points"])
        if exercise_of(cell):
            standing.possible[exercise_of(cell)] = points
        untouched = is_solution(cell) and stubs.get(cell.id) == cell.source.strip()
        if untouched and (prose or is_needed(cell)):
            written = standing.unanswered if prose else standing.blank
            written.append(grade_id(cell))
        if prose:
            standing.by_hand += points
    earned = {
        exercise_of(cell): points_of(cell)
        for cell in run_checks(rebuilt.notebook, work / chapter).cells
        if exercise_of(cell)
    }
    standing.points = {name: earned.get(name, 0.0) for name in standing.possible}
    return standing


def run_checks(notebook: nbformat.NotebookNode, folder: Path) -> nbformat.NotebookNode:
    """The cells of a rebuilt notebook that grading needs, run in a fresh kernel.

    Demonstrations are left out, unless a check misses a name that one may define.
    """
    ran = _run([cell for cell in notebook.cells if is_needed(cell)], folder)
    short_of_points = any(
        exercise_of(cell) and points_of(cell) < cell.metadata.nbgrader.points
        for cell in ran.cells
    )
    if short_of_points and _name_missing(ran):
        everything = [c for c in notebook.cells if is_needed(c) or is_left_out(c)]
        ran = _run(everything, folder)
    return ran


def points_of(cell: nbformat.NotebookNode) -> float:
    """The points that a check cell's output ends in; 0 where it has none."""
    for output in cell.get("outputs", []):
        if output.output_type == "execute_result":
            with contextlib.suppress(KeyError, ValueError):
                return float(output["data"]["text/plain"])
    return 0.0


def _run(cells: list[nbformat.NotebookNode], folder: Path) -> nbformat.NotebookNode:
    # late: takes a second
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    notebook = nbformat.v4.new_notebook(cells=copy.deepcopy(cells))
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    environment = os.environ | {VALIDATING: "1", "OMP_NUM_THREADS": "1"}
    with (
        notebook_client(
            notebook,
            folder,
            timeout=CELL_SECONDS,
            startup_timeout=START_SECONDS,
            interrupt_on_timeout=True,
            allow_errors=True,
            record_timing=False,
        ) as client,
        contextlib.suppress(DeadKernelError, CellTimeoutError),
    ):
        client.execute(env=environment, stdout=DEVNULL, stderr=DEVNULL)
    return notebook


def _name_missing(notebook: nbformat.NotebookNode) -> bool:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return any(
        output.get("ename") == "NameError"
        or "NameError" in output.get("data", {}).get("text/plain", "")
        for output in outputs
    )
