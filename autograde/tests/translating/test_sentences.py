"""What the package says to students is found in its sources, and is translated."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import autograde
from autograde.commands.main import status
from autograde.course.layout import NEEDS_A_PERSON, ROOT
from autograde.language import languages
from autograde.translating.catalog import read
from autograde.translating.sentences import (
    Sentence,
    catalogue_of,
    of_module,
    sentence_findings,
    sentences,
    start_findings,
    untranslated_text,
    update_sentences,
)

PACKAGE = Path(autograde.__file__).parent
LANGUAGE = "zh_CN"


def test_no_sentence_of_the_package_lacks_a_translation():
    for language in languages()[1:]:
        assert list(sentence_findings(PACKAGE, language)) == []
    found = sentences(PACKAGE)
    files = {name for names in found.values() for name in names}
    assert {name.split("/")[0] for name in files} >= {"student", "notebooks", "widgets"}
    assert any(name.endswith(".js") for name in files)
    assert any(name.endswith(".j2") for name in files)


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ('x = "It was handed in."', [Sentence("", "It was handed in.")]),
        ('x = f"It has {len(cells)} cells."', [Sentence("", "It has {cells} cells.")]),
        ('f"new {path.name}"', [Sentence("", "new {name}")]),
        (
            'f"{a.name} and {b.name} differ"',
            [Sentence("", "{name} and {name2} differ")],
        ),
        (
            'x = "It took {seconds:g} seconds."',
            [Sentence("", "It took {seconds} seconds.")],
        ),
        ('marked("Points")', [Sentence("template", "Points")]),
        ('localised("{a} of {b}", a=1, b=2)', [Sentence("template", "{a} of {b}")]),
        ('translate(f"In {where}")', [Sentence("", "In {where}")]),
        ('x = "one two"  # not translated', []),
        ('# not translated: a name\nx = "one two"', []),
        ('x = 1  # not translated\ny = "one two"', [Sentence("", "one two")]),
        ('def f():\n    """What it does."""', []),
        ('raise TypeError("it takes two")', []),
        ('raise CannotRun("It cannot run.")', [Sentence("", "It cannot run.")]),
        ('x = "some.name"; y = "utf-8"; z = f"{a}, {b}"', []),
    ],
)
def test_what_is_a_sentence(source, wanted):
    assert of_module(source) == wanted


def test_words_of_a_page_that_nobody_translates_are_found():
    page = '<p>{{ "All is well" | said }}</p><p class="x y">Total points</p>'
    assert untranslated_text(page) == ["Total points"]


@pytest.fixture
def package(tmp_path) -> Path:
    """A package with one module that speaks, and its catalogue."""
    for name in ("student", "language", "datasets", "course", "commands"):
        (tmp_path / name).mkdir()
    (tmp_path / "student" / "submit.py").write_text('x = "It was handed in."\n')
    update_sentences(tmp_path, LANGUAGE)
    return tmp_path


def translated(package: Path, text: str, made: str) -> None:
    path = catalogue_of(package, LANGUAGE)
    catalogue = read(path)
    (entry,) = [entry for entry in catalogue if entry.msgid == text]
    entry.msgstr = made
    catalogue.save(str(path))


def test_a_catalogue_keeps_up_with_the_sources(package):
    (found,) = sentence_findings(package, LANGUAGE)
    assert "student/submit.py" in found and "no translation" in found
    translated(package, "It was handed in.", "已提交。")
    assert list(sentence_findings(package, LANGUAGE)) == []
    source = package / "student" / "submit.py"
    source.write_text('x = "It was handed in."\ny = f"Call `f()` {n_times} times."\n')
    assert len(list(sentence_findings(package, LANGUAGE))) == 1
    catalogue = update_sentences(package, LANGUAGE)
    assert {entry.msgid: entry.msgstr for entry in catalogue} == {
        "It was handed in.": "已提交。",
        "Call `f()` {n_times} times.": "",
    }
    translated(package, "Call `f()` {n_times} times.", "调用 `g()` {times} 次。")
    said = " ".join(sentence_findings(package, LANGUAGE))
    assert "fields in braces" in said and "code differs" in said
    source.write_text('x = "It was handed in."\n')
    found = " ".join(sentence_findings(package, LANGUAGE))
    assert "in no source any more" in found
    assert len(update_sentences(package, LANGUAGE)) == 1


def test_entries_made_by_hand_stay(package):
    path = catalogue_of(package, LANGUAGE)
    catalogue = read(path)
    catalogue.insert(0, type(catalogue[0])(msgid="{a}: {b}", msgstr="{a}：{b}"))
    catalogue.save(str(path))
    assert [entry.msgid for entry in update_sentences(package, LANGUAGE)] == [
        "{a}: {b}",
        "It was handed in.",
    ]


def test_the_command_fails_where_a_sentence_is_missing(tmp_path, monkeypatch):
    from autograde.translating import sentences as module

    copy = tmp_path / "autograde"
    ignore = shutil.ignore_patterns("tests", "__pycache__")
    shutil.copytree(PACKAGE, copy, ignore=ignore)
    monkeypatch.setattr(module, "__file__", str(copy / "translating" / "sentences.py"))
    shutil.copy(ROOT / "start.py", tmp_path)
    for name in ("README.md", "README.zh_CN.md"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "solutions").mkdir()
    arguments = ["translate", "check", "--root", str(tmp_path)]
    assert status(arguments) == 0
    path = copy / "student" / "submit.py"
    path.write_text(path.read_text("utf-8") + '\nNEW = "A new sentence."\n', "utf-8")
    assert status(arguments) == NEEDS_A_PERSON
    stored = json.loads((copy / "language" / f"{LANGUAGE}.json").read_text("utf-8"))
    assert "A new sentence." not in stored


def test_start_py_says_everything_in_chinese_too(tmp_path):
    assert list(start_findings(ROOT / "start.py")) == []
    path = tmp_path / "start.py"
    text = (ROOT / "start.py").read_text("utf-8")
    path.write_text(text.replace("wait for its end", "await its end", 1), "utf-8")
    assert "no more" in " ".join(start_findings(path))
    path.write_text(f'{text}\nprint("It is over now.")\n', "utf-8")
    assert "'It is over now.' has no translation" in " ".join(start_findings(path))
