"""Sentences are put into the reader's language where they are shown, and only there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from autograde import language
from autograde.authoring.chapter import find_chapter
from autograde.authoring.make_checks import make_exercise_checks
from autograde.checking.answer import check_answer, feedback_answer, hint_answer
from autograde.checking.run_case import Result
from autograde.checking.verdict import judge_exercise
from autograde.language import (
    CHOICE,
    ENGLISH,
    MESSAGES,
    current,
    languages,
    localised,
    marked,
    translate,
    using,
)
from autograde.translating.catalog import read

ZH = "zh_CN"
CHINESE = re.compile(r"[一-鿿]")


def test_the_compiled_sentences_are_those_of_the_catalogue():
    path = Path(language.__file__).with_name(f"{ZH}.po")
    catalogue = read(path)
    made = json.loads(path.with_suffix(".json").read_text("utf-8"))
    assert made == {
        f"{entry.msgctxt}\4{entry.msgid}"
        if entry.msgctxt
        else entry.msgid: entry.msgstr
        for entry in catalogue
    }
    for entry in catalogue:
        fields = sorted(set(re.findall(r"\{\w+\}", entry.msgid)))
        assert set(re.findall(r"\{\w+\}", entry.msgstr)) <= set(fields), entry.msgid


# as a student reads them, with "and", "in" or a colon in them
RELATIONS = [
    "the numbers and their order are right, only the shape is another",
    "it is transposed: rows and columns have changed places",
    "it is late by one: each place holds what belongs before it",
    "rows are missing; those that are there are right",
    "everything expected is there, with '' between",
    "it stops too early; what is there is right",
]


@pytest.mark.parametrize("relation", RELATIONS)
@pytest.mark.parametrize("part", ["", "`dW`: ", "`dW` and “the loss”, where wrong: "])
def test_a_relation_is_put_into_chinese_as_a_whole(relation, part):
    said = f"{part}{relation}." if part else f"{relation[:1].upper()}{relation[1:]}."
    made = translate(said, ZH)
    left = re.sub(r"`dW`|“the loss”|the loss", "", made)
    assert CHINESE.search(made) and not re.search("[a-z]{2}", left) and "。" in made


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("softmax: 3 of 5 cases passed, 1.2 of 2 points", "5 个测试用例通过了 3 个"),
        ("Each number has the wrong sign.", "每个数的符号都反了。"),
        ("Each number is half the expected one.", "应有值的一半"),
        (
            "each number is N times the expected one; N is the number of samples, 7 in "
            "the first case that fails",
            "N 是样本数，在第一个失败的用例中为 7",
        ),
        ("`dW` is right, `db` is not.", "`dW` 是对的，`db` 不对。"),
        ("shape of dW: shape (3, 2), expected (2, 3) (transposed?)", "dW 的形状"),
        ("row 2, column 1 of dW", "dW 的第 2 行第 1 列"),
        ("In the case “three rows”", "在测试用例“three rows”中"),
        ("your code raised NameError: no name x", "你的代码报错：NameError"),
    ],
)
def test_sentences_with_fields(english, chinese):
    assert chinese in translate(english, ZH)
    assert translate(english, ENGLISH) == english


def test_a_template_is_looked_up_as_it_is():
    with using(ZH):
        assert localised("{done} of {count}", done=2, count=3) == "2 / 3"
        assert localised("{a} unknown", a="x") == "x unknown"
        assert translate("Points") == "得分"
        # a word is no word of the course where it is a name in a sentence
        assert translate("row 2 of Points") == "Points 的第 2 行"
    with using(ENGLISH):
        assert localised("{done} of {count}", done=2, count=3) == "2 of 3"
    assert marked("Points") == "Points"


def test_a_kernel_of_any_editor_follows_the_copy(monkeypatch, tmp_path):
    monkeypatch.delenv("AUTOGRADE_LANG", raising=False)
    inner = tmp_path / "01_chapter" / "deeper"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    assert current() == ENGLISH
    (tmp_path / CHOICE).parent.mkdir()
    (tmp_path / CHOICE).write_text("zh_CN\n")
    assert current() == ZH
    (tmp_path / CHOICE).write_bytes(b"\xff\xfe")
    assert current() == ENGLISH


@pytest.mark.parametrize(
    "text", ["three rows: a, b", "x.", "", "  ", "e" * 5000, "a: b"]
)
def test_what_is_unknown_stays(text):
    assert translate(text, ZH) == text


def test_time_does_not_grow_with_hostile_text():
    """Templates meet texts that students cause; none makes them backtrack for long."""
    for text in (
        "a: " * 600,
        "row 1, column 2 of " * 90,
        "`" * 1999,
        " of x: y. " * 150,
    ):
        translate(text, ZH)


def test_the_language_is_chosen_by_process_or_block(monkeypatch, tmp_path):
    assert languages()[0] == ENGLISH and ZH in languages()
    monkeypatch.delenv("AUTOGRADE_LANG", raising=False)
    assert current() == ENGLISH
    monkeypatch.setenv("AUTOGRADE_LANG", "nonsense")
    assert current() == ENGLISH
    monkeypatch.setenv("AUTOGRADE_LANG", ZH)
    assert current() == ZH
    (tmp_path / MESSAGES).write_text(
        json.dumps({"You forgot N.": "你忘了 N。"}), "utf-8"
    )
    with using(ZH, tmp_path):
        assert translate("You forgot N.") == "你忘了 N。"
    with using(ENGLISH):
        assert translate("passed") == "passed"
    assert translate("passed") == "通过"


def answers():
    chapter = find_chapter("01")
    data = make_exercise_checks(chapter, chapter.exercise("mse_gradients"))
    expected = [case.expected for case in data.cases]

    def change(make):
        return [
            Result(value=make(result.value)) if not result.raised else result
            for result in expected
        ]

    yield judge_exercise(data, expected, chapter.probes)
    for make in (
        lambda v: [-np.asarray(part) for part in v],
        lambda v: [np.asarray(part) * 1.37 for part in v],
        lambda v: [np.asarray(v[0]).T, v[1]],
        lambda v: None,
        lambda v: "text",
        lambda v: [v[0]],
        lambda v: [np.asarray(part) * np.nan for part in v],
        lambda v: [np.asarray(v[0]), np.asarray(v[1]) + 0.5],
    ):
        yield judge_exercise(data, change(make), chapter.probes)
    error = Result(raised="ValueError", text="operands", where="line 2: x @ y")
    yield judge_exercise(data, [error] * len(expected), chapter.probes)
    yield judge_exercise(data, ["not run"] * len(expected), chapter.probes)
    yield judge_exercise(data, ["timed out"] * len(expected), chapter.probes)


def test_every_line_of_an_answer_is_in_the_language():
    """But for what the chapter's own edition says: labels, mistakes and hints."""
    for judgement in answers():
        known = {verdict.label: "用例" for verdict in judgement.verdicts}
        known |= {judgement.says: "错误说明"}
        with using(ZH):
            language._said.set(known)
            pages = [check_answer(judgement, [], ["a"]), feedback_answer(judgement)]
        for page in pages:
            for line in page.text.splitlines():
                words = re.sub(r"[`“][^`”]*[`”]|hint\(.*?\)", "", line)
                if re.search(r"[A-Za-z]{3,}", words) and not re.match(r" {4}", line):
                    assert CHINESE.search(line), line
            assert 'aria-label="passed"' not in page.html
    with using(ZH):
        assert "提示 1/2" in hint_answer("x", ["a", "b"], 1).text
