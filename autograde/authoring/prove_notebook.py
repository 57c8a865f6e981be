"""Run one chapter of a student's copy to its end, as *Run All* in JupyterLab would.

A program for the students' Python: of this package it sees what the archive holds.
``python prove_notebook.py COURSE CHAPTER ANSWERS`` prints one line of JSON. ANSWERS is
a JSON file with the sources of the cells to replace, by the cells' ids.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import nbformat

from autograde.course.kernels import notebook_client
from autograde.student.lab import lab_environment
from autograde.student.preview import points_of

CELL_SECONDS = 3600  # a busy machine is slow, not broken


def main(course: Path, chapter: str, answers: dict[str, str]) -> dict:
    """Run `chapter`; return its errors and the points of its checks."""
    work = course / "work"
    path = work / chapter / f"{chapter}.ipynb"
    notebook = nbformat.read(path, 4)
    left = dict(answers)
    for cell in notebook.cells:
        cell.source = left.pop(cell.id, cell.source)
    if answers:
        nbformat.write(notebook, path)
    with notebook_client(
        notebook,
        path.parent,
        timeout=CELL_SECONDS,
        startup_timeout=CELL_SECONDS,
        allow_errors=True,
    ) as client:
        client.execute(env=lab_environment(course, work))
    errors = {
        cell.id: f"{output.ename}: {output.evalue}"
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    }
    checks = [
        cell
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade")
    ]
    return {
        "errors": errors,
        "points": sum(map(points_of, checks)),
        "possible": float(sum(cell.metadata.nbgrader.points for cell in checks)),
        "short": [
            cell.metadata.nbgrader.grade_id
            for cell in checks
            if points_of(cell) < cell.metadata.nbgrader.points
        ],
        "not_placed": sorted(left),
    }


if __name__ == "__main__":
    course, chapter, answers = sys.argv[1:]
    found = main(Path(course), chapter, json.loads(Path(answers).read_text("utf-8")))
    print(json.dumps(found))
