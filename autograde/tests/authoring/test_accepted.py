"""What a check accepts, later cells accept: whole chapters, and what finds a fault."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from autograde.authoring.accepted import (
    accepted_forms,
    answers,
    prove_forms,
    run,
    trials,
)
from autograde.authoring.chapter import Chapter, find_chapter
from autograde.authoring.forms import FORMS, in_form
from autograde.exercise import Case, Exercise

SOURCE = """# %% tags=["setup"]
import numpy as np

# %% exercise="double"
def double(x):
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

# %% exercise="total"
def total(x):
    ### BEGIN SOLUTION
    return float(double(x).sum())
    ### END SOLUTION

# %% name="careful"
np.asarray(double(np.arange(3.0)))[:, None]

# %% name="careless"
seen = double(np.arange(3.0))[:, None]

# %% name="later"
float(total(np.arange(3.0))) + seen.sum()
"""


@pytest.fixture
def chapter(tmp_path) -> Chapter:
    folder = tmp_path / "01_toy"
    folder.mkdir()
    (folder / "01_toy.py").write_text(SOURCE)
    made = Chapter(folder)
    cases = [Case("three", np.arange(3.0)), Case("two", np.array([5.0, 7.0]))]
    made.entries = [Exercise(name, lambda rng: cases) for name in ("double", "total")]
    return made


def test_forms_that_a_check_accepts_are_found(chapter):
    assert {"list", "tuple", "tensor", "float32"} <= set(
        accepted_forms(chapter, chapter.exercise("double"))
    )
    assert "list" not in accepted_forms(chapter, chapter.exercise("total"))


def test_a_cell_that_fails_on_an_accepted_form_is_named(chapter):
    trial = run(chapter, {"double": "list"})
    (failure,) = trial.failures
    assert (failure.cell, failure.forms) == ("careless", {"double": "list"})
    assert "TypeError" in failure.error and "[fail]" in str(trial)


def test_forms_that_all_cells_take_pass(chapter):
    for form in ("float32", "tensor"):
        assert run(chapter, {"double": form, "total": "NumPy scalar"}).failures == []


def test_cells_find_the_data_of_their_chapter(chapter):
    (chapter.folder / "seeds.json").write_text("[1]")
    cell = '\n# %% name="data"\nassert open("seeds.json").read() == "[1]"\n'
    chapter.source.write_text(SOURCE + cell)
    assert run(chapter, {}).failures == []


def test_answers_that_do_not_go_together_are_no_fault_of_a_cell(chapter):
    source = "def double(x):\n    return {'x': x}"
    failures = run(chapter, {}, {"double": source}).failures
    assert [failure.cell for failure in failures] == ["careful", "careless"]


def test_right_answers_take_turns(chapter):
    (chapter.folder / "answers.py").write_text(
        "RIGHT = {'double': ['a', 'b', 'c'], 'total': ['d']}\nWRONG = {}"
    )
    assert [given["double"] for given in answers(chapter)] == ["a", "b", "c"]
    assert {given["total"] for given in answers(chapter)} == {"d"}


@pytest.mark.parametrize("form", FORMS)
def test_a_form_keeps_the_numbers(form):
    for value in (np.arange(6.0).reshape(2, 3), [1.5, 2.5], 3, 0.5, torch.ones(2, 2)):
        made = in_form(form, value)
        if isinstance(value, list):
            assert list(map(float, made)) == value
            continue
        made = made.detach() if isinstance(made, torch.Tensor) else made
        assert np.array_equal(np.asarray(made), np.asarray(value))


def test_what_holds_results_keeps_its_own_form():
    report = in_form("tensor with its graph", {"loss": [0.5], "note": "x"})
    assert report["note"] == "x" and report["loss"][0].requires_grad
    (item,) = in_form("list", (value for value in [np.ones(2)]))
    assert item == [1.0, 1.0]


def test_later_cells_of_the_start_accept_what_its_check_accepts():
    found = list(prove_forms(find_chapter("00")))
    assert len(found) > 5
    assert not [str(trial) for trial in found if trial.failures]


def test_later_cells_accept_results_of_the_most_unusual_type():
    """Chapter 01 once; ``autograde prove --types`` runs all chapters and types."""
    chapter = find_chapter("01")
    accepted = {e.name: accepted_forms(chapter, e) for e in chapter.exercises}
    forms = next(trials(accepted))
    assert forms["gradient_descent"] == "tensor with its graph"
    assert str(run(chapter, forms)).startswith("[ok]")
