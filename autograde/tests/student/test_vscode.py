"""A notebook that VS Code saved: what it drops and what it adds costs nothing.

VS Code's serializer (extensions/ipynb) keeps each cell's id and metadata. It adds
``metadata.vscode.languageId`` to a cell in another language than the notebook's, and
sets ``language_info`` and ``kernelspec`` to its own. Its first notebook editors wrote
no cell ids.
"""

from __future__ import annotations

import copy
import json
import os

import nbformat
import pytest

from autograde.course.kernels import notebook_client
from autograde.course.layout import ROOT
from autograde.notebooks.cells import exercise_of, grade_id
from autograde.notebooks.merge import merge
from autograde.notebooks.rebuild import rebuild

NAME = "01_gradient_descent"
ANSWER = """def mse_loss(y, y_hat):
    return ((y - y_hat) ** 2).sum() / (2 * len(y))"""


@pytest.fixture(scope="module")
def released():
    return nbformat.read(ROOT / "chapters" / NAME / f"{NAME}.ipynb", 4)


def as_vscode_saves(notebook, ids: bool = True, language: str = "python") -> bytes:
    """What VS Code writes for `notebook`; without `ids` as at first."""
    cells = []
    for cell in notebook.cells:
        saved = {"cell_type": cell.cell_type, "metadata": dict(cell.metadata)}
        if ids:
            saved["id"] = cell.id
        if "attachments" in cell:
            saved["attachments"] = cell.attachments
        if cell.cell_type == "code":
            saved["execution_count"] = None
            saved["outputs"] = cell.outputs
            if language != "python":
                saved["metadata"]["vscode"] = {"languageId": language}
        saved["source"] = cell.source.splitlines(keepends=True)
        cells.append(saved)
    metadata = dict(notebook.metadata)
    metadata["language_info"] = {"name": "python", "version": "3.11.7"}
    metadata["kernelspec"] = {
        "display_name": ".venv (3.11.7)",
        "language": "python",
        "name": "python3",
    }
    minor = 5 if ids else 4
    whole = {"cells": cells, "metadata": metadata, "nbformat": 4}
    return json.dumps(whole | {"nbformat_minor": minor}, indent=2).encode()


def solved(released):
    notebook = copy.deepcopy(released)
    for cell in notebook.cells:
        if grade_id(cell) == "mse_loss":
            cell.source = ANSWER
    return notebook


@pytest.mark.parametrize("ids", [True, False], ids=["ids", "no ids"])
@pytest.mark.parametrize("language", ["python", "plaintext"])
def test_grading_finds_every_answer(released, ids, language):
    made = rebuild(released, as_vscode_saves(solved(released), ids, language)).notebook
    answers = [c.source for c in made.cells if grade_id(c) == "mse_loss"]
    assert answers == [ANSWER]
    checks = [exercise_of(cell) for cell in made.cells if exercise_of(cell)]
    assert checks == [exercise_of(c) for c in released.cells if exercise_of(c)]


@pytest.mark.parametrize("ids", [True, False], ids=["ids", "no ids"])
def test_an_update_keeps_what_was_written(released, ids):
    mine = nbformat.reads(as_vscode_saves(solved(released), ids).decode(), 4)
    new = copy.deepcopy(released)
    title = next(cell for cell in new.cells if cell.cell_type == "markdown")
    title.source += "\n\nA line that is new."
    merged, _ = merge(released, mine, new)
    sources = [cell.source for cell in merged.cells]
    assert sources.count(ANSWER) == 1
    assert sum("A line that is new." in source for source in sources) == 1
    assert len(merged.cells) == len(released.cells)


def test_what_a_check_shows_survives_saving(released, tmp_path):
    """The checks' page is HTML with its own style, and plain text beside it."""
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell(
                "from autograde import check\nimport numpy as np"
            ),
            nbformat.v4.new_code_cell(ANSWER),
            nbformat.v4.new_code_cell('check("mse_loss")'),
        ]
    )
    folder = ROOT / "chapters" / NAME
    with notebook_client(notebook, folder, timeout=600, startup_timeout=600) as client:
        client.execute(env=os.environ | {"OMP_NUM_THREADS": "1"})
    before = notebook.cells[2].outputs
    after = nbformat.reads(as_vscode_saves(notebook).decode(), 4).cells[2].outputs
    assert after == before
    pages = [o.data for o in before if "text/html" in o.get("data", {})]
    page = next(data for data in pages if data["text/html"])
    assert "text/plain" in page and "<script" not in page["text/html"]
    assert "<style" in page["text/html"] and "http" not in page["text/html"]
