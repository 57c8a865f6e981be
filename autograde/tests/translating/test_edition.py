"""A catalogue keeps up with the English text; the edition differs in texts alone."""

from __future__ import annotations

import json
import shutil

import nbformat
import polib
import pytest

from autograde.authoring.chapter import Chapter
from autograde.commands.main import status
from autograde.course.layout import NEEDS_A_PERSON, ROOT, notebook_path
from autograde.translating.catalog import catalogue_path, messages, update
from autograde.translating.edition import build_edition
from autograde.translating.gate import (
    Term,
    catalogue_findings,
    count,
    differences,
    edition_findings,
)

NAME, LANGUAGE = "00_start_here", "zh_CN"


@pytest.fixture
def course(tmp_path):
    for part in ("solutions", "chapters"):
        shutil.copytree(ROOT / part / NAME, tmp_path / part / NAME)
    shutil.rmtree(tmp_path / "chapters" / NAME / LANGUAGE, ignore_errors=True)
    catalogue_path(Chapter(tmp_path / "solutions" / NAME), LANGUAGE).unlink(
        missing_ok=True
    )
    return tmp_path


@pytest.fixture
def chapter(course) -> Chapter:
    return Chapter(course / "solutions" / NAME)


def translate(chapter: Chapter) -> None:
    """Give every text a translation that obeys the gate."""
    path = catalogue_path(chapter, LANGUAGE)
    catalogue = update(path, messages(chapter))
    for entry in catalogue:
        entry.msgstr = entry.msgid + " 译"
    catalogue.save(str(path))


def test_a_release_lacks_nothing(course, chapter):
    assert status(["translate", "check", "00", "--root", str(course)]) == NEEDS_A_PERSON
    translate(chapter)
    assert status(["translate", "build", "00", "--root", str(course)]) == 0
    assert status(["translate", "check", "00", "--root", str(course)]) == 0
    done, every = count(chapter, LANGUAGE)
    assert done == every > 20


def test_the_edition_has_the_same_cells_and_other_texts(course, chapter):
    translate(chapter)
    folder = build_edition(course, chapter, LANGUAGE)
    one = nbformat.read(notebook_path(course / "chapters" / NAME), 4)
    other = nbformat.read(folder / f"{NAME}.ipynb", 4)
    for first, second in zip(one.cells, other.cells, strict=True):
        assert (first.id, first.metadata) == (second.id, second.metadata)
        if first.cell_type == "markdown":
            assert "译" in second.source
    exercise = next(cell for cell in other.cells if "难度" in cell.source)
    assert "分钟*" in exercise.source and "Difficulty" not in exercise.source
    said = json.loads((folder / "messages.json").read_text("utf-8"))
    hint = chapter.exercises[0].hints[0]
    assert said[hint] == hint + " 译"


def test_a_changed_text_is_stale_until_it_is_renewed(course, chapter):
    translate(chapter)
    source = chapter.source.read_text("utf-8")
    assert "its one exercise" in source or "the one exercise" in source
    changed = source.replace("the one exercise", "the only exercise", 1)
    chapter.source.write_text(changed, "utf-8")
    again = Chapter(chapter.folder)
    (found,) = [
        line for line in catalogue_findings(again, LANGUAGE, []) if "no transl" in line
    ]
    catalogue = update(catalogue_path(again, LANGUAGE), messages(again))
    (stale,) = [entry for entry in catalogue if entry.fuzzy]
    assert "only exercise" in stale.msgid and "one exercise" in stale.previous_msgid
    assert stale.msgctxt in found
    done, every = count(again, LANGUAGE)
    assert done == every - 1
    stale.flags, stale.msgstr = [], stale.msgid + " 新"
    catalogue.save(str(catalogue_path(again, LANGUAGE)))
    assert count(again, LANGUAGE) == (every, every)
    assert not list(catalogue_findings(again, LANGUAGE, []))


def test_a_tampered_edition_is_found(course, chapter):
    translate(chapter)
    folder = build_edition(course, chapter, LANGUAGE)
    path = folder / f"{NAME}.ipynb"
    assert not list(edition_findings(course, NAME, LANGUAGE))
    notebook = nbformat.read(path, 4)
    cell = next(c for c in notebook.cells if c.cell_type == "code")
    cell.source += "\nx = 1"
    nbformat.write(notebook, path)
    assert "differs in more" in " ".join(edition_findings(course, NAME, LANGUAGE))
    del notebook.cells[0]
    nbformat.write(notebook, path)
    assert "other cells" in " ".join(edition_findings(course, NAME, LANGUAGE))


@pytest.mark.parametrize(
    ("english", "chinese", "said"),
    [
        ("The rate is $\\alpha$.", "学习率是 $\\beta$。", "formulas differ"),
        ("Run `check`.", "运行 `hint`。", "code differ"),
        ("It has 12 rows.", "它有 21 行。", "numbers differ"),
        ("See <https://a.b/c>.", "见 <https://a.b/d>。", "links differ"),
        ("<b>Now</b>", "<b>现在", "HTML tags"),
        ("## Title", "# 标题", "headings"),
        ("* a\n* b", "* 甲", "list items"),
        ("1. a\n   b\n2. c", "1. 甲\n   乙", "list items"),
        ("One step in\n44. Who does", "44. 步里的一步。谁", "list items"),
        ("One step in\n44. Who does", "在 44. 步里走一步。谁", ""),
        ("**Bold** word", "**粗体 字", "not closed"),
        ("**Bold.** A word", "**粗体。**一个词", "is not bold"),
        ("A **bold** word", "一个**“粗体”**词", "is not bold"),
        ("**Bold.** A word", "**粗体**。一个词", ""),
        ("Call `f(\n1)`, or `g`.", "调用 `f( 1)` 或者 `g`。", ""),
        ("Let $a =\nb$ and $c$.", "设 $a = b$，$d$。", "formulas differ"),
        ("Call f(**x).", "调用 f(**x)。", ""),
        ("The learning rates are small.", "步长很小。", "'learning rate' is 学习率"),
        ("The learning rate of $\\alpha$ is 2.", "学习率 $\\alpha$ 为 2。", ""),
        ("A softmax over 3 rows.", "对 3 行做 softmax。", ""),
    ],
)
def test_what_a_translation_may_not_change(english, chinese, said):
    terms = [Term(("learning rate", "learning rates"), ("学习率",))]
    entry = polib.POEntry(msgctxt="cell", msgid=english, msgstr=chinese)
    found = " ".join(differences(entry, terms))
    assert said in found if said else not found
