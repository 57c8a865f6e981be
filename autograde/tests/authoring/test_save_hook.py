"""A solution notebook saved in JupyterLab: its change comes back, and nothing else."""

import shutil
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell
from tornado.web import HTTPError

from autograde.authoring.build import assemble
from autograde.authoring.chapter import Chapter, chapters
from autograde.authoring.save_hook import after_save, before_save, bring_back


@pytest.mark.parametrize("chapter", chapters(), ids=lambda c: c.name)
def test_what_was_built_and_saved_unchanged_changes_no_byte(chapter):
    assert bring_back(chapter, assemble(chapter)) == chapter.source.read_text("utf-8")


@pytest.fixture
def chapter(tmp_path):
    first = chapters()[0]
    folder = tmp_path / "solutions" / first.name
    shutil.copytree(first.folder, folder)
    return Chapter(folder)


def exercise_cell(notebook):
    for index, cell in enumerate(notebook.cells):
        if cell.metadata.get("nbgrader", {}).get("solution"):
            return index, cell
    raise LookupError("no exercise")


def changed_lines(chapter, notebook):
    old = chapter.source.read_text("utf-8").split("\n")
    new = bring_back(chapter, notebook).split("\n")
    return [x for x in old if x not in new], [x for x in new if x not in old]


def test_a_changed_line_is_the_only_change(chapter):
    notebook = assemble(chapter)
    index, cell = exercise_cell(notebook)
    cell.source = cell.source.replace("### END SOLUTION", "### END SOLUTION  # new")
    assert notebook.cells[index - 1].source.endswith("minutes*")
    notebook.cells[index - 1].source = notebook.cells[index - 1].source.replace(
        "\n\n*Difficulty", " More words.\n\n*Difficulty"
    )
    gone, come = changed_lines(chapter, notebook)
    new = [line.strip() for line in come if "new" in line]
    assert new == ["### END SOLUTION  # new"]
    assert any(line.endswith("More words.") for line in come)
    assert len(gone) <= 2 and len(come) == 2


def test_new_moved_and_deleted_cells(chapter):
    notebook = assemble(chapter)
    title = notebook.cells.pop(0)
    notebook.cells.insert(1, title)
    gone = notebook.cells.pop(3)
    added = new_code_cell("%timeit 1 + 1", id="0a1b2c3d")
    added.metadata["tags"] = ["nbval-skip"]
    notebook.cells += [new_markdown_cell("## News\n\nText.", id="4e5f6a7b"), added]
    text = bring_back(chapter, notebook)
    chapter.source.write_text(text, "utf-8")
    again = Chapter(chapter.folder)
    assert again.cells[1].source == title.source
    assert gone.source not in [cell.source for cell in again.cells]
    assert again.cells[-2].source == "## News\n\nText."
    assert again.cells[-1].source == "%timeit 1 + 1"
    assert again.cells[-1].metadata["tags"] == ["nbval-skip"]


def test_saving_writes_the_source_and_a_stale_notebook_is_refused(chapter):
    notebook = assemble(chapter)
    path = chapter.folder / f"{chapter.name}.ipynb"
    log = SimpleNamespace(info=lambda *_: None)
    manager = SimpleNamespace(root_dir=str(chapter.folder.parent.parent), log=log)
    inner = f"solutions/{chapter.name}/{chapter.name}.ipynb"
    nbformat.write(notebook, path)
    before_save({}, inner, manager)
    notebook.cells[0].source += "\n\nA new line."
    nbformat.write(notebook, path)
    after_save({}, str(path), manager)
    assert "# A new line." in chapter.source.read_text("utf-8")
    before_save({}, inner, manager)
    text = chapter.source.read_text("utf-8")
    chapter.source.write_text(text.replace("A new line.", "Another line."), "utf-8")
    with pytest.raises(HTTPError, match="make build"):
        before_save({}, inner, manager)
    after_save({}, str(chapter.folder / "other.ipynb"), manager)
