"""The gate between two editions: what must be equal is equal, nothing is stale."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
import polib

from autograde.authoring.chapter import Chapter
from autograde.course.layout import notebook_path
from autograde.translating.catalog import (
    catalogue_path,
    is_valid,
    messages,
    read,
    slots,
)
from autograde.translating.cells import skeleton
from autograde.translating.pages import SELF_TEST, SUMMARY

FORMULA = re.compile(r"\$\$.+?\$\$|\$(?:[^$\n]|\n(?!\n))+?\$", re.S)
CODE = re.compile(r"```.*?```|`(?:[^`\n]|\n(?!\n))+`", re.S)
LINK = re.compile(r"https?://[^\s)>\]]+")
NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*(?![\w])")
TAG = re.compile(r"</?([a-z]+)\b[^>]*>")
HEADING = re.compile(r"^(#+) ", re.M)
BULLET = re.compile(r" *([*-]|\d+\.) ")


@dataclass(frozen=True)
class Term:
    """An entry of the glossary: the English forms, and the one Chinese term."""

    forms: tuple[str, ...]
    translations: tuple[str, ...]


def glossary(root: Path, language: str) -> list[Term]:
    """The terms that a translation must keep to."""
    path = root / "solutions" / "glossary.toml"
    if not path.exists():
        return []
    found = []
    for entry in tomllib.loads(path.read_text("utf-8"))["term"]:
        wanted = entry.get(language.split("_")[0])
        if wanted:
            forms = (entry["en"], *entry.get("forms", ()))
            found.append(Term(forms, tuple(wanted.split("|"))))
    return found


def catalogue_findings(
    chapter: Chapter, language: str, terms: list[Term]
) -> Iterator[str]:
    """What keeps the catalogue of `chapter` from a release, a sentence each."""
    catalogue = read(catalogue_path(chapter, language))
    known = {(entry.msgctxt, entry.msgid): entry for entry in catalogue}
    for context, text in messages(chapter):
        entry = known.pop((context, text), None)
        where = f"{chapter.name}, {context}"
        if entry is None or not entry.msgstr:
            yield f"{where}: has no translation"
        elif not is_valid(entry):
            yield f"{where}: the translation is stale"
        else:
            for problem in differences(entry, terms):
                yield f"{where}: {problem}"
    for context, _ in known:
        yield f"{chapter.name}, {context}: the catalogue is behind; update it"


def differences(entry: polib.POEntry, terms: list[Term]) -> Iterator[str]:
    """What a translation may not change, and changes."""
    one, other = entry.msgid, entry.msgstr
    for name, pattern in (("formulas", FORMULA), ("code", CODE), ("links", LINK)):
        if Counter(_all(pattern, one)) != Counter(_all(pattern, other)):
            yield f"{name} differ: {_unequal(pattern, one, other)}"
    one, other = _plain(one), _plain(other)
    if Counter(NUMBER.findall(one)) != Counter(NUMBER.findall(other)):
        yield f"numbers differ: {_unequal(NUMBER, one, other)}"
    if Counter(TAG.findall(one)) != Counter(TAG.findall(other)):
        yield "HTML tags differ"
    if HEADING.findall(one) != HEADING.findall(other):
        yield "headings differ"
    if _items(one) != _items(other):
        yield "the number of list items differs"
    if other.count("**") % 2 and not one.count("**") % 2:
        yield "a ** is not closed"
    elif _not_bold(other) > _not_bold(one):
        yield "a ** between a mark and a letter is not bold: put the mark outside"
    if entry.msgctxt and " text" in entry.msgctxt and slots(one) != slots(other):
        yield "fields in braces differ"
    for term in terms:
        if not any(_has(form, one) for form in term.forms):
            continue
        if not any(wanted in other for wanted in term.translations):
            yield f"{term.forms[0]!r} is {' or '.join(term.translations)}"


def _not_bold(text: str) -> int:
    """How many ** Markdown leaves as they stand: `**字。**字`, as CommonMark has it."""
    parts = text.split("**")
    return sum(
        (_is_mark(inside[-1:]) and after[:1].isalnum())
        or (_is_mark(inside[:1]) and before[-1:].isalnum())
        for before, inside, after in zip(
            parts[:-2:2], parts[1:-1:2], parts[2::2], strict=True
        )
    )


def _is_mark(letter: str) -> bool:
    return bool(letter) and unicodedata.category(letter)[0] in "PS"


def _items(text: str) -> int:
    """How many list items: within a paragraph only a 1 begins a numbered list."""
    count = 0
    for block in re.split(r"\n[ \t]*\n", text):
        is_list = False
        for number, line in enumerate(block.split("\n")):
            mark = BULLET.match(line)
            begins = mark and (number == 0 or mark[1] in ("*", "-", "1."))
            if begins or (mark and is_list):
                is_list = True
                count += 1
    return count


def _has(form: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(form)}(?!\w)", text, re.I) is not None


def _all(pattern: re.Pattern, text: str) -> list[str]:
    return [re.sub(r"\s+", " ", match[0]) for match in pattern.finditer(text)]


def _plain(text: str) -> str:
    for pattern in (CODE, FORMULA, LINK):
        text = pattern.sub(" ", text)
    return text


def _unequal(pattern: re.Pattern, one: str, other: str) -> str:
    first, second = Counter(_all(pattern, one)), Counter(_all(pattern, other))
    odd = [*(first - second), *(second - first)]
    return ", ".join(odd[:3])


def edition_findings(root: Path, name: str, language: str) -> Iterator[str]:
    """How the built edition differs from the English one where it may not."""
    released = root / "chapters" / name
    path = released / language / f"{name}.ipynb"
    if not path.exists():
        yield f"{name}: there is no {language} edition; build it"
        return
    for page in (SUMMARY, SELF_TEST):
        if (released / page).exists() and not (released / language / page).exists():
            yield f"{name}: there is no {page} in {language}; build it"
    one = nbformat.read(notebook_path(released), 4)
    other = nbformat.read(path, 4)
    if [cell.id for cell in one.cells] != [cell.id for cell in other.cells]:
        yield f"{name}: the editions have other cells"
        return
    for first, second in zip(one.cells, other.cells, strict=True):
        where = f"{name}, {first.id}"
        if (first.cell_type, first.metadata) != (second.cell_type, second.metadata):
            yield f"{where}: type or metadata differ"
        elif first.source != second.source and not _same_code(first, second):
            yield f"{where}: the code differs in more than its texts"


def _same_code(first: nbformat.NotebookNode, second: nbformat.NotebookNode) -> bool:
    prose = first.cell_type != "code"
    return prose or skeleton(first.source) == skeleton(second.source)


def count(chapter: Chapter, language: str) -> tuple[int, int]:
    """How many messages have a valid translation, and how many there are."""
    known = {
        (entry.msgctxt, entry.msgid)
        for entry in read(catalogue_path(chapter, language))
        if is_valid(entry)
    }
    wanted = list(messages(chapter))
    return sum(message in known for message in wanted), len(wanted)
