"""A student's copy follows a language, and a change of it keeps what was written."""

from __future__ import annotations

import shutil

import nbformat
import pytest

from autograde.authoring.chapter import Chapter
from autograde.course.layout import ROOT, CannotRun
from autograde.language import chosen_for
from autograde.student.edition import choose_language, edition_of
from autograde.student.lab import prepare
from autograde.tests.translating.test_edition import LANGUAGE, NAME, translate
from autograde.translating.edition import build_edition


@pytest.fixture
def course(tmp_path):
    for part in ("solutions", "chapters"):
        shutil.copytree(ROOT / part / NAME, tmp_path / part / NAME)
    chapter = Chapter(tmp_path / "solutions" / NAME)
    (chapter.folder / f"{LANGUAGE}.po").unlink(missing_ok=True)
    translate(chapter)
    build_edition(tmp_path, chapter, LANGUAGE)
    return tmp_path


def test_english_without_a_choice_and_no_other_edition_in_the_copy(course):
    work = course / "work"
    assert chosen_for(work) == "en"
    prepare(course, work)
    assert not (work / NAME / LANGUAGE).exists()
    assert "译" not in (work / NAME / f"{NAME}.ipynb").read_text("utf-8")


def test_a_change_of_language_keeps_what_was_written(course):
    work = course / "work"
    prepare(course, work)
    path = work / NAME / f"{NAME}.ipynb"
    notebook = nbformat.read(path, 4)
    answer = next(c for c in notebook.cells if "YOUR CODE HERE" in c.source)
    name = answer.id
    answer.source = answer.source.split("# YOUR CODE")[0] + "return 12345"
    own = nbformat.v4.new_markdown_cell("my own note")
    notebook.cells.insert(2, own)
    nbformat.write(notebook, path)
    choose_language(work, LANGUAGE)
    prepare(course, work)
    assert (work / NAME / LANGUAGE / "messages.json").exists()
    cells = {cell.id: cell for cell in nbformat.read(path, 4).cells}
    assert "return 12345" in cells[name].source
    assert cells[own.id].source == "my own note"
    prose = [c for c in cells.values() if c.cell_type == "markdown" and c.id != own.id]
    assert all("译" in cell.source for cell in prose)
    choose_language(work, "en")
    prepare(course, work)
    cells = {cell.id: cell for cell in nbformat.read(path, 4).cells}
    assert "return 12345" in cells[name].source and own.id in cells
    prose = [c for c in cells.values() if c.cell_type == "markdown"]
    assert not any("译" in cell.source for cell in prose)


def test_an_unknown_language_is_refused(course):
    with pytest.raises(CannotRun, match="en, zh_CN"):
        choose_language(course / "work", "fr")


def test_a_chapter_without_an_edition_is_english(course):
    shutil.rmtree(course / "chapters" / NAME / LANGUAGE)
    with edition_of(course / "chapters", LANGUAGE, course / "work") as released:
        text = (released / NAME / f"{NAME}.ipynb").read_text("utf-8")
        assert text == (course / "chapters" / NAME / f"{NAME}.ipynb").read_text("utf-8")
    assert not released.exists()
