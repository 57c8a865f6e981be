"""nbval's second opinion, with a student's process that is played by a table."""

from __future__ import annotations

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from autograde.execution.client import CellRun, ProcessEnded
from autograde.grading.bounds import BOUNDS
from autograde.grading.nbval_compare import compare, output_difference
from autograde.grading.nbval_results import Compared, store, stored_summary, summary


def text(value: str) -> dict:
    return {"output_type": "stream", "name": "stdout", "text": value}


def result(value: str, **more: str) -> dict:
    data = {"text/plain": value} | more
    return {"output_type": "execute_result", "data": data, "metadata": {}}


@pytest.mark.parametrize(
    ("outputs", "reference", "same"),
    [
        ([text("a\n")], [text("a\n")], True),
        ([text("a\n"), text("b\n")], [text("a\nb\n")], True),
        ([text("a\n")], [text("b\n")], False),
        ([], [text("b\n")], False),
        ([text("a")], [], False),
        ([result("1")], [result("1")], True),
        ([result("1")], [result("2")], False),
        (
            [result("x", **{"image/png": "one"})],
            [result("x", **{"image/png": "2"})],
            True,
        ),
        ([result("1"), text("a")], [text("a"), result("1")], True),
    ],
)
def test_nbvals_comparison(outputs, reference, same):
    known = [nbformat.from_dict(output) for output in reference]
    assert (output_difference(outputs, known) is None) == same


def test_a_difference_is_shown_and_cannot_move_the_cursor():
    shown = output_difference(
        [text("mine\x1b[2J\x07\n")], [new_output(**text("theirs"))]
    )
    assert "mine" in shown and "theirs" in shown
    assert all(letter.isprintable() or letter == "\n" for letter in shown)


class Played:
    """A student's process that answers from a table, `seconds` of its own for each."""

    def __init__(self, answers: dict, seconds: float = 0.0) -> None:
        self.answers, self.seconds = answers, seconds
        self.ran: list[str] = []
        self.closed = False

    def run_cell(self, source: str, seconds: float) -> CellRun:
        self.ran.append(source)
        answer = self.answers.get(source, CellRun("ok"))
        if isinstance(answer, Exception):
            raise answer
        return answer

    def spent(self) -> float:
        return self.seconds * len(self.ran)

    def close(self) -> None:
        self.closed = True


def cell(name: str, source: str, output: str | None = None, **metadata):
    outputs = [] if output is None else [new_output(**text(output))]
    made = new_code_cell(source, id=name, execution_count=1, metadata=metadata)
    made.outputs = outputs
    return made


def test_cell_by_cell():
    check = {"grade": True, "solution": False, "grade_id": "check_f"}
    reference = new_notebook(
        cells=[
            cell("same", "1", "one"),
            cell("other", "2", "two"),
            cell("fails", "3", "three"),
            cell("check", 'check("f")', "2 of 2", nbgrader=check),
            cell("slider", "slide", None, tags=["nbval-skip"]),
            cell("time", "clock", "3 s", tags=["nbval-ignore-output"]),
            cell("ends", "exit", "x"),
            cell("late", "after", "x"),
        ]
    )
    notebook = nbformat.from_dict(reference)
    notebook.cells.insert(1, cell("added-0", "own"))
    student = Played(
        {
            "1": CellRun("ok", outputs=[text("one")]),
            "2": CellRun("ok", outputs=[text("zwei")]),
            "3": CellRun("error", error="ValueError"),
            "clock": CellRun("ok", outputs=[text("4 s")]),
            "exit": ProcessEnded("crashed", "exited"),
        }
    )
    found = compare(notebook, reference, lambda: student)
    assert [(item.cell, item.says) for item in found] == [
        ("same", "agrees"),
        ("added-0", "not compared"),
        ("other", "differs"),
        ("fails", "raised"),
        ("slider", "not compared"),
        ("time", "not compared"),
        ("ends", "crashed"),
        ("late", "not run"),
    ]
    assert 'check("f")' not in student.ran and "slide" not in student.ran
    assert "after" not in student.ran and student.closed
    assert summary(found) == "1 of 5"


def test_only_the_students_own_time_is_counted():
    cells = [cell(f"cell-{n}", f"x = {n}") for n in range(4)]
    notebook = new_notebook(cells=cells)
    student = Played({}, seconds=BOUNDS.submission_seconds / 3)
    found = compare(notebook, notebook, lambda: student)
    assert [item.says for item in found] == ["agrees"] * 3 + ["not run"]
    assert len(student.ran) == 3 and student.closed


def test_what_is_stored_belongs_to_one_submission(tmp_path):
    found = [Compared("a", "agrees"), Compared("b", "differs", "1 not 2")]
    store(tmp_path, "01_small", "ada", "work 1", found)
    assert stored_summary(tmp_path, "01_small", "ada", "work 1") == "1 of 2"
    assert stored_summary(tmp_path, "01_small", "ada", "work 2") == ""
    assert stored_summary(tmp_path, "01_small", "bob", "work 1") == ""
