"""Predictions are kept, shown beside their results, and never in anyone's way."""

from __future__ import annotations

import json

import numpy as np
import pytest

import autograde
from autograde.student import predict as module
from autograde.student.predict import predict, predictions, reveal, score
from autograde.student.progress import STATE
from autograde.student.start_page import start_page

QUESTION = "Which rate wins?"
OPTIONS = ["0.1", "the largest stable one"]


@pytest.fixture
def chapter(tmp_path, monkeypatch):
    """A chapter's folder in a work folder; nothing was asked in this kernel yet."""
    folder = tmp_path / "work" / "01_descent"
    (tmp_path / "work" / STATE).mkdir(parents=True)
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setattr(module, "_asked", {})
    monkeypatch.delenv("AUTOGRADE_VALIDATING", raising=False)
    return folder


def _stored(chapter):
    path = chapter.parent / STATE / "predictions" / f"{chapter.name}.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


def test_the_package_exports_them():
    assert autograde.predict is predict and autograde.reveal is reveal
    assert autograde.predictions is predictions


def test_a_skipped_question_blocks_nothing_and_counts_nothing(chapter, capsys):
    predict("rate", QUESTION, options=OPTIONS)
    reveal("rate", "0.1")
    said = capsys.readouterr().out
    assert "No prediction yet" in said and "What happened: “0.1”." in said
    assert "You made no prediction" in said and QUESTION in said
    assert score(chapter.parent) == (0, 0)
    predictions()
    assert "no prediction" in capsys.readouterr().out


@pytest.mark.parametrize(("answer", "right"), [(OPTIONS[0], 1), (OPTIONS[1], 0)])
def test_a_choice_is_kept_beside_its_result(chapter, capsys, answer, right):
    predict("rate", QUESTION, options=OPTIONS, answer=answer)
    module._asked.clear()  # another kernel
    reveal("rate", OPTIONS[0])
    said = capsys.readouterr().out
    assert ("That is right" in said) == bool(right) and answer in said
    assert score(chapter.parent) == (right, 1)
    assert _stored(chapter)["rate"]["answer"] == answer
    predictions()
    assert f"{right} of 1" in capsys.readouterr().out
    assert f"{right} of 1" in start_page(chapter.parent)


@pytest.mark.parametrize(
    ("answer", "result", "right"),
    [
        (100, np.float64(105.0), True),
        ("3e1", 60, False),
        (0, 0, True),
        (1e-3, np.array([1.05e-3])[0], True),
        (-5, 5, False),
    ],
)
def test_a_number_is_right_where_it_is_close(chapter, capsys, answer, result, right):
    predict("steps", "How many steps?", number=True, unit="steps", answer=answer)
    reveal("steps", result)
    assert ("That is close" in capsys.readouterr().out) == right
    assert score(chapter.parent) == (int(right), 1)


@pytest.mark.parametrize("answer", ["many", "nan", "inf", [1, 2], object(), "9" * 999])
def test_no_number_is_said_and_not_kept(chapter, capsys, answer):
    predict("steps", "How many steps?", number=True, answer=answer)
    assert "is not a number" in capsys.readouterr().out
    assert not _stored(chapter) or _stored(chapter)["steps"]["answer"] is None


@pytest.mark.parametrize(
    ("answer", "kept"),
    [("１２．５", 12.5), ("−5", -5), (" 7 steps ", 7), ("30 ％", None), ("7 cm", None)],
)
def test_a_number_may_be_written_as_people_write_it(chapter, capsys, answer, kept):
    predict("steps", "How many steps?", number=True, unit="steps", answer=answer)
    assert ("is not a number" in capsys.readouterr().out) == (kept is None)
    assert _stored(chapter)["steps"]["answer"] == kept


def test_an_emptied_field_predicts_nothing(chapter, capsys):
    predict("steps", "How many steps?", number=True, answer="  ")
    said = capsys.readouterr().out
    assert "No prediction yet" in said and "is not a number" not in said
    assert _stored(chapter)["steps"]["answer"] is None


def test_an_option_may_be_written_as_it_is_shown(chapter, capsys, monkeypatch):
    shown = {OPTIONS[1]: "最大的稳定学习率"}
    monkeypatch.setattr(module, "known", lambda text: shown.get(text, text))
    for answer in ("最大的稳定学习率", "  The largest STABLE one ", OPTIONS[1]):
        predict("rate", QUESTION, options=OPTIONS, answer=answer)
        assert _stored(chapter)["rate"]["answer"] == OPTIONS[1]
    two = ["a", "A"]  # options that only their case tells apart
    predict("case", QUESTION, options=two, answer="A")
    assert _stored(chapter)["case"]["answer"] == "A"
    assert "not one of" not in capsys.readouterr().out


def test_a_foreign_option_is_refused(chapter, capsys):
    predict("rate", QUESTION, options=OPTIONS, answer="0.3")
    assert "not one of the options" in capsys.readouterr().out


def test_a_prediction_after_the_result_does_not_count(chapter, capsys):
    predict("rate", QUESTION, options=OPTIONS)
    reveal("rate", OPTIONS[0])
    predict("rate", QUESTION, options=OPTIONS, answer=OPTIONS[0])
    reveal("rate", OPTIONS[0])
    assert "does not count" in capsys.readouterr().out
    assert score(chapter.parent) == (0, 0)


def test_the_same_prediction_in_a_cell_that_runs_again_still_counts(chapter, capsys):
    for _ in range(2):  # and the kernel is another one each time
        predict("rate", QUESTION, options=OPTIONS, answer=OPTIONS[0])
        reveal("rate", OPTIONS[0])
        module._asked.clear()
    assert "does not count" not in capsys.readouterr().out
    assert score(chapter.parent) == (1, 1)
    predict("rate", QUESTION, options=OPTIONS, answer=OPTIONS[1])
    assert score(chapter.parent) == (0, 0)


def test_a_changed_question_is_asked_again(chapter, capsys):
    predict("rate", QUESTION, options=OPTIONS, answer=OPTIONS[0])
    predict("rate", "Which one is worst?", options=OPTIONS)
    assert "No prediction yet" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["", "[1]", '{"rate": 3}', '{"rate": {"x": 1}}', "{"])
def test_a_broken_file_is_no_obstacle(chapter, capsys, text):
    folder = chapter.parent / STATE / "predictions"
    folder.mkdir()
    (folder / f"{chapter.name}.json").write_text(text, "utf-8")
    predict("rate", QUESTION, options=OPTIONS, answer=OPTIONS[0])
    reveal("rate", OPTIONS[0])
    assert score(chapter.parent) == (1, 1)


def test_a_result_of_any_kind_is_shown(chapter, capsys):
    predict("rate", QUESTION, options=OPTIONS, answer=OPTIONS[0])
    for result in (None, np.zeros(3), 0.1, OPTIONS[1]):
        reveal("rate", result)
    reveal("never asked", 1)
    said = capsys.readouterr().out
    assert "What happened: “0.1”" in said and "no question called never asked" in said


def test_a_grader_and_an_unwritable_folder_get_text_only(chapter, capsys, monkeypatch):
    monkeypatch.setenv("AUTOGRADE_VALIDATING", "1")
    predict("rate", QUESTION, options=OPTIONS, answer=OPTIONS[0])
    reveal("rate", OPTIONS[0])
    assert _stored(chapter) == {} and "That is right" in capsys.readouterr().out
    monkeypatch.delenv("AUTOGRADE_VALIDATING")

    def full(*_):
        raise OSError("no space left")

    monkeypatch.setattr(module, "replace_file", full)
    predict("rate", QUESTION, options=OPTIONS, answer=OPTIONS[1])


def test_a_click_is_kept_and_the_page_keeps_its_text(chapter):
    kept = module.Prediction(QUESTION, OPTIONS)
    page = module._choices("rate", kept, chapter)
    _, choice, state = page.children
    assert choice.index is None
    choice.value = OPTIONS[1]
    assert OPTIONS[1] in state.value
    assert _stored(chapter)["rate"]["answer"] == OPTIONS[1]
    number = module.Prediction("How many?", None, "steps")
    _, row, state = module._choices("steps", number, chapter).children
    row.children[0].value = "twelve"
    assert "not a number" in state.value and "steps" not in _stored(chapter)
    row.children[0].value = "12"
    assert _stored(chapter)["steps"]["answer"] == 12
