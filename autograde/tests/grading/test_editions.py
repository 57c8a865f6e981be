"""Grading knows no languages: each edition earns the same, with the same notes."""

from __future__ import annotations

import shutil

import nbformat
import pytest

from autograde.authoring.chapter import find_chapter
from autograde.course.layout import ROOT, notebook_path
from autograde.grading.hidden import hidden_checks
from autograde.grading.simulate import simulate_student
from autograde.grading.task import Graded, grade_submission, make_package
from autograde.language import ENGLISH, languages
from autograde.notebooks.cells import is_code_answer, is_prose_answer
from autograde.notebooks.editions import language_of, read_editions
from autograde.notebooks.rebuild import count_answers, rebuild

NAME = "01_gradient_descent"
FOLDER = ROOT / "chapters" / NAME
ENGLISH_ONE = nbformat.read(notebook_path(FOLDER), 4)
EDITIONS = read_editions(FOLDER)


def rebuilt(notebook: nbformat.NotebookNode):
    return rebuild(ENGLISH_ONE, nbformat.writes(notebook).encode(), EDITIONS)


def copied(language: str) -> nbformat.NotebookNode:
    found = ENGLISH_ONE if language == ENGLISH else EDITIONS[language]
    return nbformat.from_dict(found)


@pytest.mark.parametrize("language", languages())
def test_what_was_released_is_no_change_of_the_student(language):
    found = rebuilt(copied(language))
    assert found.notes == []
    assert language_of(found.notebook) == language
    released = copied(language).cells
    assert [c.source for c in found.notebook.cells] == [c.source for c in released]
    data = nbformat.writes(copied(language)).encode()
    assert count_answers(ENGLISH_ONE, data, EDITIONS) == 0


@pytest.mark.parametrize("language", languages())
def test_a_language_changed_in_mid_chapter_is_no_change_either(language):
    """Most cells are of one edition, every fourth is of another."""
    notebook = copied(language)
    (other,) = set(languages()) - {language}
    for index, cell in enumerate(copied(other).cells):
        if index % 4 == 1:
            notebook.cells[index].source = cell.source
    found = rebuilt(notebook)
    assert found.notes == []
    assert language_of(found.notebook) == language
    released = copied(language).cells
    assert [c.source for c in found.notebook.cells] == [c.source for c in released]


def test_an_edition_that_is_behind_is_not_taken(tmp_path):
    folder = tmp_path / NAME
    shutil.copytree(FOLDER, folder)
    assert set(read_editions(folder)) == set(EDITIONS) == set(languages()[1:])
    notebook = nbformat.read(notebook_path(folder), 4)
    notebook.cells.insert(3, nbformat.v4.new_markdown_cell("new", id="new-one"))
    nbformat.write(notebook, notebook_path(folder))
    assert read_editions(folder) == {}


def test_the_submission_says_nothing_of_its_language_itself():
    notebook = copied(ENGLISH)
    notebook.metadata["language"] = "zh_CN"
    assert language_of(rebuilt(notebook).notebook) == ENGLISH


@pytest.mark.parametrize("language", languages())
def test_a_change_of_ones_own_is_noted_in_every_edition(language):
    notebook = copied(language)
    cells = [c for c in notebook.cells if c.cell_type == "code"]
    changed = next(
        c for c in cells if not c.metadata.get("nbgrader") and "alt" in c.source
    )
    changed.source += "\nprint('mine')"
    answer = next(c for c in notebook.cells if is_prose_answer(c))
    answer.source = "Mine."
    found = rebuilt(notebook)
    (note,) = found.notes
    assert note == f"was changed and put back; the change runs after it: {changed.id}"
    data = nbformat.writes(notebook).encode()
    assert count_answers(ENGLISH_ONE, data, EDITIONS) == 1


def described(graded: Graded) -> dict:
    """What must not depend on the language."""
    judgements = {
        name: (
            found.awarded,
            found.misconception,
            found.says,
            [verdict.outcome for verdict in found.verdicts],
            found.explanation,
        )
        for name, found in graded.judgements.items()
    }
    return {
        "judgements": judgements,
        "notes": graded.notes,
        "problem": graded.problem,
        "untouched": graded.untouched,
    }


@pytest.mark.walls
@pytest.mark.slow
@pytest.mark.usefixtures("walls")
def test_half_a_class_in_each_edition_is_graded_alike(course):
    """The same students hand in the same work, in English and in Chinese."""
    chapter = find_chapter(NAME)
    checks = hidden_checks(course, NAME)
    package = make_package(course, NAME)
    for seed in range(5):
        results = {}
        for language in languages():
            released = copied(language)
            student = simulate_student(chapter, released, checks, f"s{seed}", seed)
            data = nbformat.writes(student.notebook).encode()
            graded = grade_submission(package, student.name, data)
            assert graded.problem == ""
            earned = {n: j.awarded for n, j in graded.judgements.items()}
            assert earned == pytest.approx(student.expected)
            notebook = nbformat.reads(graded.notebook.decode(), 4)
            assert language_of(notebook) == language
            text = "".join(
                output["data"].get("text/plain", "")
                for cell in notebook.cells
                for output in cell.get("outputs", [])
                if "data" in output and not is_code_answer(cell)
            )
            assert ("全部通过" in text or "还没有作答" in text) == (language != ENGLISH)
            results[language] = described(graded)
        first, *others = results.values()
        assert all(other == first for other in others)
