"""What stands beside a chapter's notebook, in another language: summary and questions.

A summary is translated section by section, a question and its options one by one, so
that a change of the English marks what it touches and no more.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from autograde.translating.cells import without_soft_breaks

SUMMARY, SELF_TEST = "summary.md", "self_test.json"
SECTION = re.compile(r"^(?=## )", re.M)


def page_messages(folder: Path) -> Iterator[tuple[str, str]]:
    """Every (context, text) of the pages in a chapter's source folder, in order."""
    summary, questions = folder / SUMMARY, folder / SELF_TEST
    if summary.exists():
        for number, section in enumerate(_sections(summary.read_text("utf-8")), 1):
            yield f"summary: section {number}", section.strip()
    if questions.exists():
        found: list[tuple[str, str]] = []
        _walk(json.loads(questions.read_text("utf-8")), _noting(found))
        yield from found


def translated_pages(folder: Path, texts: dict[tuple[str, str], str]) -> dict[str, str]:
    """The pages of `folder` by name, with every text swapped that has a translation."""
    made = {}
    summary, questions = folder / SUMMARY, folder / SELF_TEST
    if summary.exists():
        sections = [
            texts.get((f"summary: section {number}", text := section.strip()), text)
            for number, section in enumerate(_sections(summary.read_text("utf-8")), 1)
        ]
        made[SUMMARY] = without_soft_breaks("\n\n".join(sections)) + "\n"
    if questions.exists():
        content = json.loads(questions.read_text("utf-8"))
        content = _walk(content, lambda where, text: texts.get((where, text), text))
        made[SELF_TEST] = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    return made


def _sections(text: str) -> list[str]:
    return [part for part in SECTION.split(text) if part.strip()]


def _noting(found: list[tuple[str, str]]) -> Callable[[str, str], str]:
    def note(where: str, text: str) -> str:
        found.append((where, text))
        return text

    return note


def _walk(questions: list[dict[str, Any]], swap: Callable[[str, str], str]) -> Any:
    """`questions`, each text replaced by what `swap` makes of its context and it."""
    made = []
    for number, item in enumerate(questions, 1):
        here = f"self-test {number}"
        question = swap(f"{here}: question", item["question"])
        options = []
        for place, option in enumerate(item["options"], 1):
            text, says = option["text"], option["says"]
            if re.search(r"[^\W\d_]", text):  # numbers and shapes are the same
                text = swap(f"{here}: option {place}", text)
            says = swap(f"{here}: on option {place}", says)
            options.append(option | {"text": text, "says": says})
        made.append(item | {"question": question, "options": options})
    return made
