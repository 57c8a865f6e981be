"""What a built notebook shows in the reader's language: questions, and pictures' words.

Notebooks are run once, in English. Of their outputs those are put into another language
that hold the course's own words: a prediction's question and what came of it, the
self-test, and the alternative texts of pictures. What code prints, and the labels in a
picture, are the same in every edition.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from nbformat import NotebookNode

from autograde.checking.answer import Answer, plain_answer
from autograde.language import translate, using
from autograde.student.predict import ASKED, RESULT, Prediction, asking
from autograde.student.self_test import FIRST, page

FIELD = re.compile(r"(\{[^{}]*\})")
OF_OURS = re.compile(r"(misconception|hint \d+|case|name|prediction) of ")
Alt = tuple[re.Pattern[str], str]


def asked(notebook: NotebookNode) -> Iterator[tuple[str, str, list[str]]]:
    """The cell, the question and the options of every prediction that is shown."""
    before = _first(ASKED)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            text = output.get("data", {}).get("text/plain", "")
            if text.startswith(before):
                question, *rest = text.removeprefix(before).split("\n")
                options = [line[2:] for line in rest if line.startswith("- ")]
                yield cell.id, question, options


def prediction_messages(notebook: NotebookNode) -> Iterator[tuple[str, str]]:
    """What predictions ask, as messages of a catalogue."""
    for cell, question, options in asked(notebook):
        yield f"prediction of {cell}: question", question
        for number, option in enumerate(options, 1):
            if re.search(r"[^\W\d_]{2}", option):
                yield f"prediction of {cell}: option {number}", option


def own_messages(texts: dict[tuple[str, str], str]) -> dict[str, str]:
    """What checks and predictions say of a chapter, by the English."""
    return {
        english: text
        for (context, english), text in texts.items()
        if OF_OURS.match(context)
    }


def alternative_texts(texts: dict[tuple[str, str], str]) -> list[Alt]:
    """The alternative texts of a chapter: what they look like, and their translation.

    The values that were put into an English one are put into the other.
    """
    found = []
    for (context, english), text in texts.items():
        if re.search(r": alt text( \d+)?$", context):
            fields = dict.fromkeys(FIELD.findall(english))
            names = {field: f"f{number}" for number, field in enumerate(fields)}
            found.append((_pattern(english, names), _template(text, names)))
    return found


def _pattern(english: str, names: dict[str, str]) -> re.Pattern[str]:
    made, seen = "", set()
    for part in FIELD.split(english):
        if part in seen:
            made += f"(?P={names[part]})"
        elif part in names:
            made += f"(?P<{names[part]}>.*?)"
            seen.add(part)
        else:
            made += re.escape(part)
    return re.compile(made, re.S)


def _template(text: str, names: dict[str, str]) -> str:
    return "".join(
        f"\\g<{names[part]}>" if part in names else part.replace("\\", r"\\")
        for part in FIELD.split(text)
    )


def translate_outputs(
    notebook: NotebookNode, texts: dict[tuple[str, str], str], language: str
) -> None:
    """Put the course's own words in the outputs of `notebook` into `language`."""
    questions = {cell: (ask, options) for cell, ask, options in asked(notebook)}
    alts = alternative_texts(texts)
    with using(language, own_messages(texts)):
        for cell in notebook.cells:
            for output in cell.get("outputs", []):
                data = output.get("data", {})
                text = data.get("text/plain", "")
                if "image/png" in data:
                    _name_picture(output, alts)
                elif cell.id in questions and text.startswith(_first(ASKED)):
                    question, options = questions[cell.id]
                    _say(data, asking(Prediction(question, options or None), ""))
                elif text.startswith(_first(RESULT)):
                    _say(data, plain_answer(*text.split("\n")))


def show_self_test(
    notebook: NotebookNode, questions: list[dict[str, Any]], language: str
) -> None:
    """Put `questions`, which are in `language`, where the self-test is shown."""
    with using(language):
        for cell in notebook.cells:
            for output in cell.get("outputs", []):
                data = output.get("data", {})
                if data.get("text/plain", "").startswith(FIRST):
                    _say(data, page(questions))


def _first(template: str) -> str:
    return template.partition("{")[0]


def _say(data: NotebookNode, answer: Answer) -> None:
    data["text/plain"], data["text/html"] = answer.text, answer.html


def _name_picture(output: NotebookNode, alts: list[Alt]) -> None:
    about = output.get("metadata", {}).get("image/png", {})
    english = about.get("alt", "")
    for pattern, template in alts:
        found = pattern.fullmatch(english)
        if found:
            about["alt"] = found.expand(template)
            break
    else:
        about["alt"] = translate(english)  # a drawing of the package
    if output.data.get("text/plain") == english:
        output.data["text/plain"] = about["alt"]
