"""Every term of the glossary is explained where a reader of the course meets it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from autograde.authoring.chapter import Chapter
from autograde.course.layout import ROOT

FOLDERS = sorted(path.parent for path in (ROOT / "solutions").glob("*/exercises.py"))
TERMS = tomllib.loads((ROOT / "solutions" / "glossary.toml").read_text("utf-8"))["term"]

NO_PROSE = re.compile(
    r"(?s)```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$\n]*(?:\n[^$\n]+)*\$|<[^<>]+>"
    r"|\]\([^()]*(?:\([^()]*\)[^()]*)*\)|https?://\S+"
)
HEADING = re.compile(r"(?m)^#+ .*$")
QUOTE = re.compile(r"(?m)^> ?")
BOLD = re.compile(r"(?s)\*\*(.+?)\*\*")
IN_CHINESE = re.compile(r"\*{0,2}\s*[,，(（]\s*[\u4e00-\u9fff]")
POINTER = re.compile(r"\b(?:chapters?|sections?)\s+\d")
ROW_POINTER = re.compile(r"\|\s*\d\d?(?:,\s*\d\d?)*\s*\|")
BESIDE = 12  # letters of a bold phrase beyond the term itself

Places = list[tuple[str, list[str]]]  # name of a cell, its sentences


def sentences(text: str) -> list[str]:
    """The prose of a cell in pieces: sentences, items of a list, rows of a table."""
    text = HEADING.sub("\n\n", QUOTE.sub("", NO_PROSE.sub(" ", text)))
    blocks = re.split(r"\n\s*\n|\n(?=\s*(?:[-*]|\d+\.|\|)\s)", text)
    return [
        re.sub(r"\s+", " ", piece).strip()
        for block in blocks
        for piece in re.split(r"(?<=[.;?])\s+(?=[A-Z*(])", block)
    ]


@cache
def prose(folder: Path) -> Places:
    """The cells of text of a chapter, but the answers that a person grades."""
    return [
        (cell.metadata.get("name", "text"), sentences(cell.source))
        for cell in Chapter(folder).cells
        if cell.cell_type == "markdown" and "manual" not in cell.metadata
    ]


def pattern(term: dict) -> re.Pattern:
    """Finds a term in any of its forms; ** may stand inside."""
    forms = [term["en"], *term.get("forms", [])]
    words = (r"\*{0,2}\s".join(map(re.escape, form.split())) for form in forms)
    return re.compile(rf"(?i)(?<![\w-])(?:{'|'.join(words)})(?![\w-])")


def explains(sentence: str, found: re.Match) -> bool:
    """Whether the term is set in bold, or has its Chinese behind it."""
    if IN_CHINESE.match(sentence, found.end()):
        return True
    return any(
        bold.start() < found.end()
        and found.start() < bold.end()
        and len(bold[1]) <= len(found[0]) + BESIDE
        for bold in BOLD.finditer(sentence)
    )


def points(sentence: str) -> bool:
    """Whether a sentence, or a row of a table, says where more is said."""
    return bool(POINTER.search(sentence) or ROW_POINTER.search(sentence))


def mentions(places: Places, term: dict) -> Iterator[tuple[str, str, bool]]:
    """Cell and sentence of each mention, and whether it explains the term."""
    wanted = pattern(term)
    for name, pieces in places:
        for sentence in pieces:
            hits = list(wanted.finditer(sentence))
            if hits:
                yield name, sentence, any(explains(sentence, hit) for hit in hits)


def findings(course: dict[str, Places], terms: list[dict]) -> list[str]:
    """Terms that their chapter does not explain, or that are met before."""
    found = []
    for term in terms:
        own = term["chapter"]
        if not any(said for _, _, said in mentions(course[own], term)):
            found.append(f"{term['en']}: chapter {own} does not explain it")
        for number in course:
            if number > own or number in term.get("everyday", []):
                continue
            first = next(mentions(course[number], term), None)
            if first and not first[2] and not points(first[1]):
                found.append(f"{term['en']}: {number}, {first[0]}: {first[1]}")
    return found


def test_no_term_is_met_before_it_is_explained_or_pointed_to():
    course = {folder.name[:2]: prose(folder) for folder in FOLDERS}
    assert findings(course, TERMS) == []


TERM = {"en": "hidden layer", "forms": ["hidden layers"], "chapter": "01"}
EXPLAINED = "A **hidden layer** (隐藏层) lies between input and output."


def one_course(*texts: str, start: str = "") -> dict[str, Places]:
    cells = [(f"cell {n}", sentences(text)) for n, text in enumerate(texts)]
    return {"00": [("start", sentences(start))], "01": cells}


@pytest.mark.parametrize(
    "text",
    [
        "A network has hidden layers.",
        "A network has\nhidden\nlayers. Section 4 is long.",
        "- **All hidden layers of a large network** are alike.",
        "| hidden layers | many |",
    ],
)
def test_a_term_that_is_met_too_early_is_found(text):
    (found,) = findings(one_course(text, EXPLAINED), [TERM])
    assert found.startswith("hidden layer: 01, cell 0: ")
    (found,) = findings(one_course(EXPLAINED, start=text), [TERM])
    assert found.startswith("hidden layer: 00, start: ")


def test_a_term_that_its_chapter_does_not_explain_is_found():
    found = findings(one_course("Hidden layers come in section 2."), [TERM])
    assert found == ["hidden layer: chapter 01 does not explain it"]


@pytest.mark.parametrize(
    "text",
    [
        "A network has hidden layers (隐藏层, between input and output).",
        "A network has hidden layers (section 2).",
        "| hidden layers | 01 |",
        "## Hidden layers",
        "`hidden layer` and $hidden layer$ and [a paper](https://hidden layer)",
        "Nothing of it is a hidden layered cake.",
    ],
)
def test_a_term_that_is_explained_or_pointed_to_is_no_finding(text):
    assert findings(one_course(text, EXPLAINED, start=text), [TERM]) == []


def test_a_word_of_every_day_is_no_term():
    start = "Pull the hidden layer off the cake."
    term = TERM | {"everyday": ["00"]}
    assert findings(one_course(EXPLAINED, start=start), [term]) == []
