"""Write the graded notebook: sources as handed in, outputs that are safe to show."""

from __future__ import annotations

from collections.abc import Mapping

import nbformat

from autograde.checking.verdict import Judgement
from autograde.execution.client import CellRun
from autograde.grading.outputs import check_outputs, harmless, said
from autograde.grading.steps import Steps
from autograde.notebooks.cells import exercise_of

QUIET = ("ok", "error")  # how a cell may end without a word below it


def graded_notebook(
    rebuilt: nbformat.NotebookNode,
    runs: Mapping[int, CellRun],
    judgements: Mapping[str, Judgement],
    steps: Steps,
) -> nbformat.NotebookNode:
    """`rebuilt` with the outputs of its cells that ran and the judge's on its checks.

    `runs` are the cells' runs by their place, `judgements` are by exercise.
    """
    notebook = nbformat.v4.new_notebook(cells=[], metadata=rebuilt.metadata)
    notebook.nbformat_minor = 5
    for index, cell in enumerate(rebuilt.cells):
        if cell.cell_type != "code":
            notebook.cells.append(cell)
            continue
        cell = nbformat.from_dict(cell)  # a copy, too
        notebook.cells.append(cell)
        cell.outputs, cell.execution_count = [], None
        name = exercise_of(cell)
        if name in judgements:
            cell.outputs = check_outputs(judgements[name])
            cell.execution_count = 1
            cell.metadata["autograde"] = said(judgements[name])
        elif index in runs:
            cell.outputs = _shown(index, runs[index], steps)
            if runs[index].status not in QUIET:
                text = f"[{runs[index].status}]\n"
                output = {"output_type": "stream", "name": "stdout", "text": text}
                cell.outputs.append(nbformat.from_dict(output))
    return notebook


def _shown(index: int, run: CellRun, steps: Steps) -> list[nbformat.NotebookNode]:
    """The outputs of the cell at `index`, unless a judge died of them."""
    if not {f"outputs {index}", "write"} & steps.spoiled:
        steps.begin(f"outputs {index}")
        return [harmless(output) for output in run.outputs]
    text = "[outputs that are too large or too slow to be made safe]\n"
    output = {"output_type": "stream", "name": "stdout", "text": text}
    return [nbformat.from_dict(output)]
