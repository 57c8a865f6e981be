"""A kernel that was started anew says which cells to run, above the bare error."""

import json
import os
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograde.course.kernels import notebook_client
from autograde.course.layout import ROOT
from autograde.student import lab
from autograde.student.kernel_extension import advice
from autograde.student.progress import VALIDATING

SETUP = "import math\nimport autograde.student.check"
STUB = "def area(r):\n    raise NotImplementedError()"
WRITTEN = "def area(r):\n    return math.pi * r**2"


@pytest.fixture
def chapter(tmp_path):
    """The path of a saved notebook, in which `answer` uses what `setup` imports."""
    cells = [
        new_markdown_cell("`pi = 3`", id="prose"),
        new_code_cell(SETUP, id="setup"),
        new_code_cell(WRITTEN, id="answer"),
        new_code_cell("area(2)", id="use"),
        new_code_cell("pi = math.pi", id="below"),
    ]
    path = tmp_path / f"{tmp_path.name}.ipynb"
    nbformat.write(new_notebook(cells=cells), path)
    return path


def outputs(chapter, monkeypatch, *sources, **environment):
    """What a kernel of `make lab` says to `sources`, in that chapter's folder."""
    path = lab.lab_environment(ROOT, chapter.parent)["JUPYTER_PATH"]
    monkeypatch.setenv("JUPYTER_PATH", path)
    notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
    with notebook_client(
        notebook,
        chapter.parent,
        timeout=600,
        startup_timeout=600,
        allow_errors=True,
    ) as client:
        client.execute(env=os.environ | environment)
    return [cell.outputs for cell in notebook.cells]


@pytest.mark.parametrize("cell", ["use", "not saved yet", None])
def test_a_name_of_a_cell_above_is_explained(chapter, cell):
    assert "Run > Run All Above Selected Cell" in advice("math", chapter, cell)
    assert "`area`" in advice("area", chapter, cell)


@pytest.mark.parametrize(
    ("name", "cell"),
    [("maht", "use"), ("pi", "use"), ("math", "setup"), ("area", "answer")],
)
def test_a_misspelt_name_and_one_from_further_down_are_not(chapter, name, cell):
    assert advice(name, chapter, cell) is None


def test_a_word_of_the_course_that_no_cell_imports(chapter):
    assert "`from autograde import submit`" in advice("submit", chapter, "use")


def test_without_a_notebook_there_is_no_advice(tmp_path):
    assert advice("math", tmp_path / "none.ipynb", "use") is None


def test_the_advice_stands_above_the_error_which_stays_an_error(chapter, monkeypatch):
    (said, error), defined, inside = outputs(
        chapter, monkeypatch, "area(2)", WRITTEN, "area(3)"
    )
    assert "`area` is defined in a cell above" in said.data["text/plain"]
    assert "text/html" in said.data and error.ename == "NameError"
    assert defined == [] and "`math` is defined" in inside[0].data["text/plain"]


def test_what_ran_is_not_explained_and_what_waits_still_waits(chapter, monkeypatch):
    _, _, waiting, after, misspelt = outputs(
        chapter, monkeypatch, SETUP, STUB, "size = area(2)", "size + 1", "maht.pi"
    )
    for said in (waiting, after):
        assert "waits for `area`" in said[0].data["text/plain"] and len(said) == 1
    assert [output.output_type for output in misspelt] == ["error"]


def test_the_kernel_is_the_usual_one_but_for_the_extension():
    from ipykernel.kernelspec import get_kernel_dict

    path = Path(lab.PACKAGE, "lab_settings/student/kernels/python3/kernel.json")
    ours, usual = json.loads(path.read_text("utf-8")), get_kernel_dict()
    extended = [*usual.pop("argv"), "--ext=autograde.student.kernel_extension"]
    assert ours.pop("argv") == ["python", *extended[1:]]
    assert ours == usual


def test_kernels_that_nobody_watches_give_the_error_alone(chapter, monkeypatch):
    ((error,),) = outputs(chapter, monkeypatch, "area(2)", **{VALIDATING: "1"})
    assert error.ename == "NameError"
