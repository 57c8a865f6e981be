"""A catalogue keeps up with the English text; the edition differs in texts alone."""

from __future__ import annotations

import json
import shutil

import nbformat
import polib
import pytest

from autograde.authoring.chapter import Chapter
from autograde.checking.answer import plain_answer
from autograde.commands.main import status
from autograde.course.layout import NEEDS_A_PERSON, ROOT, notebook_path
from autograde.student.predict import Prediction, asking
from autograde.translating.catalog import catalogue_path, messages, update
from autograde.translating.edition import build_edition, translated
from autograde.translating.gate import (
    Term,
    catalogue_findings,
    count,
    differences,
    edition_findings,
)
from autograde.translating.outputs import prediction_messages
from autograde.translating.pages import page_messages, translated_pages

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


def test_questions_and_pictures_of_a_built_notebook_are_translated():
    asked = Prediction("Which is best?", ["the first", "0.5"])
    answer = asking(asked, "")
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell("predict(...)", id="ask"),
            nbformat.v4.new_code_cell("reveal(...)", id="tell"),
            nbformat.v4.new_code_cell(
                'show(fig, alt=f"{n} dots, {n} lines.")', id="dots"
            ),
        ]
    )
    bundle = answer._repr_mimebundle_()
    ask, tell, dots = notebook.cells
    ask.outputs = [nbformat.v4.new_output("display_data", bundle)]
    said = plain_answer("What happened: “the first”.")._repr_mimebundle_()
    tell.outputs = [nbformat.v4.new_output("display_data", said)]
    picture = {"image/png": "AA==", "text/plain": "3 dots, 3 lines."}
    words = {"image/png": {"alt": "3 dots, 3 lines."}}
    dots.outputs = [nbformat.v4.new_output("display_data", picture, metadata=words)]
    found = dict(prediction_messages(notebook))
    assert found == {
        "prediction of ask: question": "Which is best?",
        "prediction of ask: option 1": "the first",
    }
    texts = {
        ("prediction of ask: question", "Which is best?"): "哪个最好？",
        ("prediction of ask: option 1", "the first"): "第一个",
        ("dots: alt text", "{n} dots, {n} lines."): "{n} 条线，{n} 个点。",
    }
    made = translated(notebook, texts, LANGUAGE)
    shown = [cell.outputs[0] for cell in made.cells]
    assert "哪个最好？\n- 第一个\n- 0.5\n" in shown[0].data["text/plain"]
    assert "哪个最好？" in shown[0].data["text/html"]
    assert shown[1].data["text/plain"] == "实际结果：“第一个”。"
    assert shown[2].metadata["image/png"]["alt"] == "3 条线，3 个点。"
    assert shown[2].data["text/plain"] == "3 条线，3 个点。"
    assert ask.outputs[0].data["text/plain"] == answer.text, "the English one changed"


def test_a_summary_and_a_self_test_are_translated_by_parts(tmp_path):
    (tmp_path / "summary.md").write_text(
        "# One page\n\n## First\n\nText.\n\n## Last\n\nMore.\n"
    )
    options = [{"text": "(3,)", "says": "Yes."}, {"text": "two", "says": "No."}]
    questions = [{"question": "Which?", "options": options, "right": 0}]
    (tmp_path / "self_test.json").write_text(json.dumps(questions))
    found = list(page_messages(tmp_path))
    assert found[:3] == [
        ("summary: section 1", "# One page"),
        ("summary: section 2", "## First\n\nText."),
        ("summary: section 3", "## Last\n\nMore."),
    ]
    assert [text for _, text in found[3:]] == ["Which?", "Yes.", "two", "No."]
    made = translated_pages(tmp_path, {key: f"{key[1]} 译" for key in found})
    assert made["summary.md"].startswith("# One page 译\n\n## First\n\nText. 译\n\n")
    (item,) = json.loads(made["self_test.json"])
    assert item["question"] == "Which? 译" and item["right"] == 0
    assert [option["text"] for option in item["options"]] == ["(3,)", "two 译"]
    assert translated_pages(tmp_path, {})["summary.md"] == (
        tmp_path / "summary.md"
    ).read_text("utf-8")
