"""A chapter as released, nothing written in it: *Run All* goes to the end."""

import os

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograde.course.kernels import notebook_client
from autograde.course.layout import ROOT
from autograde.notebooks.cells import exercise_of

SECONDS = 1200  # for a cell: a busy machine is slow, not broken
RELEASED = sorted((ROOT / "chapters").glob("*/*.ipynb"))


def run(notebook, folder, allow_errors=False):
    with notebook_client(
        notebook,
        folder,
        timeout=SECONDS,
        startup_timeout=SECONDS,
        allow_errors=allow_errors,  # Run All stops where a cell reports an error
    ) as client:
        client.execute(env=os.environ | {"OMP_NUM_THREADS": "1"})
    return [
        [output for output in cell.outputs] if cell.cell_type == "code" else []
        for cell in notebook.cells
    ]


@pytest.mark.parametrize("path", RELEASED, ids=lambda path: path.stem)
def test_a_fresh_chapter_runs_to_its_end(path):
    notebook = nbformat.read(path, 4)
    for cell, outputs in zip(notebook.cells, run(notebook, path.parent), strict=True):
        failed = [o.evalue for o in outputs if o.output_type == "error"]
        assert not failed, f"{cell.id}: {failed}"
        if exercise_of(cell):
            (points,) = [o for o in outputs if o.output_type == "execute_result"]
            assert points.data["text/plain"] == "0.0"


def test_what_waits_and_what_is_an_error(tmp_path):
    sources = [
        "import autograde.student.check\nz = 1",
        "def softmax(z):\n    raise NotImplementedError()",
        "z = softmax([1.0])",
        "z.shape",  # the z of the first cell is not the one that is meant
        "y = 1 / 0",
        "def softmax(z):\n    return [z]",
        "z = softmax(2)\nz",
        "z.shape",
    ]
    notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
    outputs = run(notebook, tmp_path, allow_errors=True)
    for index in (2, 3):
        (output,) = outputs[index]
        assert "waits for `softmax`" in output.data["text/plain"]
    assert outputs[4][0].ename == "ZeroDivisionError"
    assert outputs[6][0].data["text/plain"] == "[2]"
    assert outputs[7][0].ename == "AttributeError"


def test_a_cell_that_waits_shows_no_half_drawn_picture(tmp_path):
    sources = [
        "import autograde.student.check\nimport matplotlib.pyplot as plt",
        "def softmax(z):\n    raise NotImplementedError()",
        "_, axis = plt.subplots()\naxis.bar([1], softmax([1.0]))",
    ]
    notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
    (output,) = run(notebook, tmp_path)[2]
    assert "waits for `softmax`" in output.data["text/plain"]
