"""What is put right in a submission is said once for each kind, and nothing is lost."""

from __future__ import annotations

import copy
import json

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from autograde.notebooks.cells import OURS, grade_id, is_needed
from autograde.notebooks.rebuild import Rebuilt, rebuild

NAMES = ("double", "half", "square")
STUB = "def {}(x):\n    raise NotImplementedError()"
DONE = {
    "double": "def double(x):\n    return 2 * x",
    "half": "def half(x):\n    return x / 2",
    "square": "def square(x):\n    return x * x",
}


def graded(cell: NotebookNode, name: str, **info) -> NotebookNode:
    cell.metadata["nbgrader"] = {"grade_id": name, "grade": False, "solution": False}
    cell.metadata["nbgrader"] |= info
    return cell


def released() -> NotebookNode:
    cells = [new_markdown_cell("# A small chapter for tests", id="title")]
    for name in NAMES:
        cells.append(new_markdown_cell(f"### Exercise: `{name}`", id=f"text-{name}"))
        stub = new_code_cell(STUB.format(name), id=name)
        cells.append(graded(stub, name, solution=True))
        check = new_code_cell(f'check("{name}")', id=f"check-{name}")
        cells.append(graded(check, f"check_{name}", grade=True, points=1))
    cells.append(new_markdown_cell("### Question: why are they right?", id="why-text"))
    cells.append(new_code_cell("shown = [1, 2, 3]\nprint(shown)", id="shown"))
    answer = new_markdown_cell("YOUR ANSWER HERE", id="why")
    cells.append(graded(answer, "why", grade=True, solution=True, points=1))
    return new_notebook(cells=cells)


@pytest.fixture
def solved() -> NotebookNode:
    notebook = copy.deepcopy(released())
    for name in NAMES:
        of(notebook, name).source = DONE[name]
    return notebook


def of(notebook: NotebookNode, name: str) -> NotebookNode:
    return next(cell for cell in notebook.cells if grade_id(cell) == name)


def called(notebook: NotebookNode, id_: str) -> NotebookNode:
    return next(cell for cell in notebook.cells if cell.id == id_)


def rebuilt(notebook: NotebookNode) -> Rebuilt:
    return rebuild(released(), json.dumps(notebook).encode())


def run(found: Rebuilt) -> dict:
    """The names that are bound when the needed cells run in their order, no checks."""
    names: dict = {"check": lambda name: None}
    for cell in found.notebook.cells:
        if is_needed(cell):
            exec(cell.source, names)
    return names


def test_a_solved_notebook_needs_no_word(solved):
    assert rebuilt(solved).notes == []


def test_an_answer_in_the_checks_cell_is_kept_and_runs_before_the_check(solved):
    for name in ("double", "half"):
        check = of(solved, f"check_{name}")
        check.source = f"{DONE[name]}\n\n{check.source}\nprint({name}(2))"
        of(solved, name).source = STUB.format(name)
    found = rebuilt(solved)
    assert found.notes == [
        "found in another cell, and not run in its own: double, half",
        "the changed check cell was put back: check_double, check_half",
    ]
    assert run(found)["double"](3) == 6
    cells = found.notebook.cells
    place = cells.index(of(found.notebook, "check_double"))
    assert cells[place].source == 'check("double")'
    assert cells[place - 1].source == f"{DONE['double']}\n\nprint(double(2))"


@pytest.mark.parametrize(
    "source",
    ['# why does this fail?\ncheck("half")', '# check("half")', "half(3)"],
)
def test_what_is_written_into_a_check_stays_without_being_needed(solved, source):
    of(solved, "check_half").source = source
    found = rebuilt(solved)
    assert found.notes == ["the changed check cell was put back: check_half"]
    place = found.notebook.cells.index(of(found.notebook, "check_half"))
    kept = found.notebook.cells[place - 1]
    assert kept.source == source.replace('\ncheck("half")', "")
    assert kept.metadata[OURS]["demonstration"]


@pytest.mark.parametrize("make", [new_markdown_cell, new_raw_cell])
def test_a_check_that_became_text_is_put_back_and_the_text_stays(solved, make):
    place = solved.cells.index(of(solved, "check_half"))
    old = solved.cells[place]
    solved.cells[place] = make("It passes here.", id=old.id, metadata=old.metadata)
    texts = [cell.source for cell in rebuilt(solved).notebook.cells]
    assert texts[place : place + 2] == ["It passes here.", 'check("half")']


def test_each_kind_is_one_line(solved):
    solved.cells = [
        new_code_cell(cell.source) if cell.cell_type == "code" else cell
        for cell in solved.cells
        if not grade_id(cell).startswith("check_")
    ]
    assert rebuilt(solved).notes == [
        "had lost its metadata, found by name: double, half, square",
        "the check cell is missing: check_double, check_half, check_square",
    ]


def test_left_raises_are_one_line(solved):
    for name in NAMES:
        _, body = DONE[name].split("\n")
        of(solved, name).source = f"{STUB.format(name)}\n{body}"
    found = rebuilt(solved)
    said = "the stub's raise above the answer was left out: double, half, square"
    assert found.notes == [said]
    assert run(found)["square"](3) == 9


def test_an_empty_notebook_is_called_so(solved):
    solved.cells = [new_code_cell("")]
    assert rebuilt(solved).notes[0] == "the notebook is empty"
    assert not any("missing" in note for note in rebuilt(solved).notes)


def test_a_notebook_of_another_chapter_is_called_so(solved):
    solved.cells = [
        graded(new_code_cell("def other(x):\n    return x"), "other", solution=True),
        graded(new_code_cell('check("other")'), "check_other", grade=True),
    ]
    found = rebuilt(solved)
    assert "nothing in the notebook is of this chapter" in found.notes[0]
    assert any("def other" in cell.source for cell in found.notebook.cells)


def test_stubs_and_texts_that_all_chapters_have_are_no_sign(solved):
    """The answer's stub is the same everywhere, and so are some cells' ids."""
    solved.cells = [
        new_markdown_cell("# Another chapter", id="title"),
        graded(new_code_cell('check("other")'), "check_other", grade=True),
        graded(new_markdown_cell("YOUR ANSWER HERE"), "else", grade=True),
    ]
    assert "nothing in the notebook is of this chapter" in rebuilt(solved).notes[0]


CHAT = "Sure! Here it is:\n```python\n{}\n```\nIt's what you asked for."


@pytest.mark.parametrize("form", ["```\n{}\n```", "```python\n{}", CHAT])
def test_fences_in_a_code_cell_are_passed_over(solved, form):
    of(solved, "half").source = form.format(DONE["half"])
    found = rebuilt(solved)
    assert found.notes == ["Markdown's fences were left out of the code of: half"]
    assert run(found)["half"](3) == 1.5
    lines = form.format(DONE["half"]).split("\n")
    kept = of(found.notebook, "half").source.split("\n")
    assert [line in ours for line, ours in zip(lines, kept, strict=True)] == [
        True
    ] * len(lines)


def test_fences_that_python_can_read_stay(solved):
    source = f'"""\n```\nhalf(3)\n```\n"""\n{DONE["half"]}'
    of(solved, "half").source = source
    found = rebuilt(solved)
    assert found.notes == []
    assert of(found.notebook, "half").source == source


@pytest.mark.parametrize(
    "form", ["My answer:\n\n{}\n\nIt halves.", "Mine:\n\n    import math\n    {}\n"]
)
def test_code_among_words_without_a_fence(solved, form):
    place = solved.cells.index(of(solved, "half"))
    inside = DONE["half"].replace("\n", "\n    ") if "math" in form else DONE["half"]
    solved.cells[place] = new_markdown_cell(form.format(inside))
    found = rebuilt(solved)
    assert "stood in a Markdown cell and was taken as code: half" in found.notes
    assert run(found)["half"](3) == 1.5


def test_code_in_a_text_of_the_course_that_stands_there_twice(solved):
    """The second one is a copy, and shown nowhere; its code is the first one's."""
    of(solved, "half").source = STUB.format("half")
    text = called(solved, "text-half")
    text.source += f"\n\n```python\n{DONE['half']}\n```"
    solved.cells.insert(solved.cells.index(text), copy.deepcopy(text))
    assert run(rebuilt(solved))["half"](3) == 1.5


def test_code_in_a_text_that_python_cannot_read_is_named(solved):
    place = solved.cells.index(of(solved, "half"))
    solved.cells[place] = new_markdown_cell("```\ndef half(x):\n    return “x”\n```")
    found = rebuilt(solved)
    assert any("Python cannot read it; look at it: half" in n for n in found.notes)
    assert any("return “x”" in cell.source for cell in found.notebook.cells)


def test_a_stubs_raise_with_a_text_is_passed_over_too(solved):
    of(
        solved, "half"
    ).source = "def half(x):\n    raise NotImplementedError('todo')\n    return x / 2"
    assert run(rebuilt(solved))["half"](3) == 1.5


@pytest.mark.parametrize("answer", ["They are right.", ""])
def test_a_program_made_into_a_notebook_again(solved, answer):
    """Texts come back as comments, without their ids: they are the course's own."""
    of(solved, "why").source = answer or "YOUR ANSWER HERE"
    for cell in solved.cells:
        if cell.cell_type == "markdown":
            lines = "\n".join(f"# {line}" for line in cell.source.split("\n"))
            cell.source, cell.cell_type = f"# %% [markdown]\n{lines}", "code"
    solved.cells = [new_code_cell(cell.source) for cell in solved.cells]
    found = of(rebuilt(solved).notebook, "why")
    assert found.source == (answer or "YOUR ANSWER HERE")
    assert ("waits" in found.metadata.get(OURS, {})) == bool(answer)


LONG = "They are right since a half doubled is the whole again, for all numbers."


def test_an_answer_far_from_its_missing_cell_is_quoted(solved):
    solved.cells.remove(of(solved, "why"))
    solved.cells.insert(3, new_markdown_cell(LONG))
    answer = of(rebuilt(solved).notebook, "why")
    assert LONG in answer.source
    assert answer.metadata[OURS]["waits"]


@pytest.mark.parametrize("said", [f"Why are they right? {LONG}", "Why they are: yes."])
def test_an_answer_in_a_far_text_is_found_by_the_questions_name(solved, said):
    called(solved, "title").source += f"\n\n{said}"
    answer = of(rebuilt(solved).notebook, "why")
    assert (LONG in answer.source) == (LONG in said)
    assert ("waits" in answer.metadata.get(OURS, {})) == (LONG in said)


@pytest.mark.parametrize("fence", ["```", "~~~", "````"])
def test_code_between_fences_with_words_beside_it(solved, fence):
    place = solved.cells.index(of(solved, "half"))
    text = f"Here it is:\n\n{fence} python\n{DONE['half']}\n{fence}\n\nIt halves."
    solved.cells[place] = new_markdown_cell(text)
    found = rebuilt(solved)
    assert "stood in a Markdown cell and was taken as code: half" in found.notes
    assert run(found)["half"](3) == 1.5
    shown = [
        cell.source for cell in found.notebook.cells if "It halves." in cell.source
    ]
    assert len(shown) == 1
    assert "Here it is:" in shown[0]


def test_a_fence_that_is_not_closed(solved):
    place = solved.cells.index(of(solved, "half"))
    solved.cells[place] = new_markdown_cell(f"Mine:\n```python\n{DONE['half']}")
    assert run(rebuilt(solved))["half"](3) == 1.5


@pytest.mark.parametrize("words", ['"""\nThey are.\n"""', "# They are."])
@pytest.mark.parametrize("above", [True, False])
def test_an_answer_in_a_code_cell_of_the_course_waits(solved, words, above):
    cell = called(solved, "shown")
    parts = [words, cell.source] if above else [cell.source, words]
    cell.source = "\n\n".join(parts)
    answer = of(rebuilt(solved).notebook, "why")
    assert "They are." in answer.source
    assert answer.metadata[OURS]["waits"]


def test_other_code_in_a_cell_of_the_course_is_no_answer(solved):
    cell = called(solved, "shown")
    cell.source = cell.source.replace("1, 2, 3", "1, 2, 3, 4") + "\nshown.append(5)"
    answer = of(rebuilt(solved).notebook, "why")
    assert answer.source == "YOUR ANSWER HERE"
    assert "waits" not in answer.metadata.get(OURS, {})


def test_all_is_valid_after_all(solved):
    of(solved, "check_half").source = "# a word"
    nbformat.validate(rebuilt(solved).notebook)
