"""Copied, deleted, stale and misplaced cells: noticed, explained, never punished."""

import os
import sys
import threading
import time
from types import ModuleType, SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograde.student.history import (
    History,
    global_names,
    saved_cells,
    top_level_names,
)

ANSWER = "def softmax(z):\n    return helper(z)"


class Kernel:
    """A kernel and the notebook that it runs, without either."""

    def __init__(self, path):
        self.path = path
        self.history = History()
        answer = new_code_cell(ANSWER, id="softmax")
        answer.metadata["nbgrader"] = {"grade_id": "softmax", "solution": True}
        check = new_code_cell('check("softmax")', id="check-softmax")
        check.metadata["nbgrader"] = {"grade_id": "check_softmax", "grade": True}
        above = new_code_cell("def helper(z):\n    return z", id="helper")
        self.cells = [above, answer, check]
        self.names = {}

    def save(self, seconds_ago=0):
        nbformat.write(new_notebook(cells=self.cells), self.path)
        when = time.time() - seconds_ago
        os.utime(self.path, (when, when))

    def run(self, cell_id, source=None):
        cell = next((c for c in self.cells if c.id == cell_id), None)
        source = source or cell.source
        info = SimpleNamespace(cell_id=cell_id, raw_cell=source, store_history=True)
        self.history._before(info)
        result = SimpleNamespace(info=info, error_before_exec=None)
        try:
            exec(source, self.names)
        except SyntaxError as error:
            result.error_before_exec = error
        self.history._after(result)

    def check(self, cell_id="check-softmax"):
        self.history._before(SimpleNamespace(cell_id=cell_id))
        return self.history.remarks("softmax", self.names["softmax"], self.path)


@pytest.fixture
def kernel(tmp_path):
    kernel = Kernel(tmp_path / "chapter.ipynb")
    kernel.save(seconds_ago=60)
    kernel.run("helper")
    kernel.run("softmax")
    return kernel


def test_a_plain_run_has_nothing_to_remark(kernel):
    assert kernel.check() == []


def test_a_students_own_cell_between_ours_is_fine(kernel):
    kernel.cells.insert(2, new_code_cell("own = 1", id="own"))
    kernel.save()
    kernel.run("own")
    assert kernel.check() == []


def test_a_changed_cell_that_was_not_run_again(kernel):
    kernel.cells[1].source = ANSWER + " + 1"
    kernel.save(seconds_ago=-1)
    (said,) = kernel.check()
    assert "changed after you ran it" in said


def test_a_cell_with_a_syntax_error_leaves_the_older_answer_in_place(kernel):
    kernel.cells[1].source = "def softmax(z)\n    return z"
    kernel.save(seconds_ago=-1)
    kernel.run("softmax")
    (said,) = kernel.check()
    assert "SyntaxError in line 1" in said and "defined before" in said
    kernel.cells[1].source = ANSWER
    kernel.save(seconds_ago=-1)
    kernel.run("softmax")
    assert kernel.check() == []


def test_an_attribute_is_not_the_name_of_a_cell_below(kernel):
    kernel.cells[1].source = "def softmax(z):\n    return helper(z).mean()"
    kernel.cells.append(new_code_cell("mean = 3", id="below"))
    kernel.save()
    kernel.run("softmax")
    kernel.run("below")
    assert kernel.check() == []


def test_a_copy_below_the_check(kernel):
    twin = nbformat.from_dict(kernel.cells[1])
    twin.id = "twin"
    kernel.cells.append(twin)
    kernel.save()
    kernel.run("twin")
    (said,) = kernel.check()
    assert "a copy of the exercise's cell below this check" in said
    assert "the exercise's own cell counts" in said


def test_a_deleted_answer(kernel):
    kernel.cells.pop(1)
    kernel.save()
    (said,) = kernel.check()
    assert "no longer in the notebook" in said and "start.py restore" in said


def test_a_helper_from_below_or_from_a_deleted_cell(kernel):
    kernel.cells.append(kernel.cells.pop(0))
    kernel.save()
    (said,) = kernel.check()
    assert "`helper`" in said and "below this check" in said
    kernel.cells.pop()
    kernel.save()
    (said,) = kernel.check()
    assert "a cell that is no longer in the notebook" in said


@pytest.mark.parametrize(
    "answer",
    [ANSWER, "class softmax:\n    def forward(self, z):\n        return helper(z)"],
)
def test_a_helper_that_a_new_kernel_has_not_seen(kernel, answer, monkeypatch):
    kernel.cells[1].source = answer
    kernel.save(seconds_ago=60)
    module = ModuleType("of_a_kernel")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    kernel.history, kernel.names = History(), vars(module)
    kernel.run("softmax")
    (said,) = kernel.check()
    assert "`helper`" in said and "has not run in this kernel" in said
    kernel.names["helper"] = len  # as an earlier cell may have, unseen
    assert kernel.check() == []


def test_other_editors_and_broken_files_are_let_alone(kernel):
    assert kernel.check(cell_id=None) == []
    assert kernel.check(cell_id="vscode-notebook-cell:/x") == []
    kernel.path.write_text("{ broken")
    assert kernel.check() == []
    kernel.path.unlink()
    assert kernel.check() == []


def test_a_file_that_is_being_written_is_read_once_it_is_whole(kernel):
    whole = kernel.path.read_bytes()
    kernel.path.write_bytes(whole[:100])
    writer = threading.Timer(0.2, kernel.path.write_bytes, [whole])
    writer.start()
    assert [cell.id for cell in saved_cells(kernel.path)] == [
        c.id for c in kernel.cells
    ]
    writer.join()


def test_names_of_nested_functions_and_of_classes():
    def outer():
        return [helper(x) for x in data]  # noqa: F821

    class Model:
        def forward(self):
            return layer  # noqa: F821

    assert {"helper", "data"} <= global_names(outer)
    assert "layer" in global_names(Model)
    assert global_names(3) == set()
    source = "import numpy as np\ndef f():\n    y = 1\nfor i in x:\n    z = 1"
    assert top_level_names(source) == {"np", "f", "i", "z"}
    assert top_level_names("def (") == set()
