"""Pages beside the chapters that exist in two languages: are they in step?

README and guides are whole pages, written anew by their translator. What can be
compared is: headings, commands, code, links, numbers and list items.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import polib

from autograde.translating.gate import TAG, differences

COMMAND = re.compile(r"^ {4}(\S[^#\n]*?) *(?:#.*)?$", re.M)
PICTURE = re.compile(r"!\[[^\]]+\]")
ROW = re.compile(r"^\|", re.M)


def pairs(root: Path, language: str) -> Iterator[tuple[Path, Path]]:
    """Every English page and where its translation is, or has to be."""
    yield root / "README.md", root / f"README.{language}.md"
    room = root / "autograde" / "authoring"
    yield room / "README.students.md", room / f"README.students.{language}.md"
    for page in sorted((root / "docs" / language).rglob("*.md")):
        inner = page.relative_to(root / "docs" / language)
        yield root / "docs" / inner, page


def page_findings(root: Path, language: str) -> Iterator[str]:
    """How translated pages differ from the English ones where they may not."""
    for english, other in pairs(root, language):
        if not english.exists():
            if other.exists():
                yield f"{other.relative_to(root)}: there is no such page in English"
            continue
        name = other.relative_to(root)
        if not other.exists():
            yield f"{name} is missing"
            continue
        one, two = english.read_text("utf-8"), other.read_text("utf-8")
        for problem in page_differences(one, two):
            yield f"{name}: {problem}"


def page_differences(one: str, other: str) -> Iterator[str]:
    """What a translation of the page `one` may not change, and changes."""
    entry = polib.POEntry(msgid=TAG.sub("", one), msgstr=TAG.sub("", other))
    yield from differences(entry, [])
    for name, pattern in (
        ("commands", COMMAND),
        ("the numbers of pictures", PICTURE),
        ("the numbers of rows", ROW),
    ):
        first, second = Counter(pattern.findall(one)), Counter(pattern.findall(other))
        if name != "commands":
            first, second = Counter({"": first.total()}), Counter({"": second.total()})
        if first != second:
            odd = [*(first - second), *(second - first)]
            yield f"{name} differ: {', '.join(filter(None, odd[:3]))}".rstrip(": ")
