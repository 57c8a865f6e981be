"""Self-tests: each choice explains itself; a broken file is one sentence."""

from __future__ import annotations

import json

import pytest

from autograde.course.layout import ROOT
from autograde.student.self_test import FILE, faults, self_test

FILES = sorted((ROOT / "solutions").glob(f"*/{FILE}"))
SUMMARIES = sorted((ROOT / "solutions").glob("*/summary.md"))


def _questions(count=10):
    return [
        {
            "question": f"What is {i}?",
            "options": [
                {"text": f"{i} <b>", "says": f"It is {i}."},
                {"text": "less", "says": "Count again."},
                {"text": "more", "says": "That is too many."},
            ],
            "right": 0,
        }
        for i in range(count)
    ]


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path / FILE


def test_questions_are_shown_without_their_answers(here, capsys):
    here.write_text(json.dumps(_questions()), "utf-8")
    self_test()
    said = capsys.readouterr().out
    assert "10. What is 9?" in said and "too many" not in said


def test_every_choice_explains_itself(here, capsys):
    here.write_text(json.dumps(_questions()), "utf-8")
    self_test(3)
    said = capsys.readouterr().out
    assert "Right. It is 2." in said and said.count("Not so.") == 2


def test_the_right_choice_has_no_place_of_its_own(here):
    from autograde.student.self_test import _options

    places = [
        [right for *_, right in _options(n, q)].index(True)
        for n, q in enumerate(_questions(), 1)
    ]
    assert len(set(places)) == 3


def test_the_page_escapes_what_is_text():
    from autograde.student.self_test import page

    shown = page(_questions()).html
    assert "<b>)" not in shown and "&lt;b&gt;" in shown
    assert shown.count("<details") == 30


@pytest.mark.parametrize(
    "broken",
    [
        {},
        None,
        [1],
        [{}],
        _questions(9),
        [q | {"right": 3} for q in _questions()],
        [q | {"right": "0"} for q in _questions()],
        [q | {"options": q["options"][:2]} for q in _questions()],
        [q | {"question": " "} for q in _questions()],
        [q | {"options": [q["options"][0]] * 3} for q in _questions()],
    ],
)
def test_a_broken_file_is_told(here, capsys, broken):
    assert faults(broken)
    here.write_text(json.dumps(broken), "utf-8")
    self_test()
    assert "cannot be read" in capsys.readouterr().out


def test_a_missing_file_is_told(here, capsys):
    self_test()
    assert "There is no" in capsys.readouterr().out
    here.write_text("{", "utf-8")
    self_test()
    assert "cannot be read" in capsys.readouterr().out


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.name)
def test_a_chapters_questions_are_sound_and_released(path):
    assert faults(json.loads(path.read_text("utf-8"))) == []
    released = ROOT / "chapters" / path.parent.name / FILE
    assert released.read_bytes() == path.read_bytes()


@pytest.mark.parametrize("path", SUMMARIES, ids=lambda path: path.parent.name)
def test_a_summary_fits_one_page_and_is_released(path):
    text = path.read_text("utf-8")
    assert text.startswith("# ") and len(text.splitlines()) <= 70
    released = ROOT / "chapters" / path.parent.name / "summary.md"
    assert released.read_text("utf-8") == text
