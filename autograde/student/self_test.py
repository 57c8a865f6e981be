"""``self_test``: a chapter's questions, where every choice says why it is right or not.

The questions are data, ``self_test.json`` beside the notebook. Each option opens with a
click or a key and needs no kernel; without a page the questions are printed, and
``self_test(3)`` prints what there is to say on the third.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from autograde.checking.answer import Answer, framed, prose
from autograde.language import localised, marked, translate
from autograde.student.kernel import show

FILE = "self_test.json"
QUESTIONS = 10
NO_FILE = "There is no {file} beside this notebook; take the folder from the course."
BROKEN = "{file} cannot be read: {fault}"
FIRST = (
    "Choose an answer in your head, then open it. For question 1 in words alone: "
    "`self_test(1)`."
)
RIGHT, WRONG = marked("Right."), marked("Not so.")


def self_test(number: int | None = None) -> None:
    """Show the chapter's questions, or with `number` all that is said on one of them.

    number: from 1 on
    """
    path = Path.cwd() / FILE
    try:
        questions = json.loads(path.read_text("utf-8"))
    except OSError:
        print(localised(NO_FILE, file=FILE))
        return
    except ValueError as error:
        print(localised(BROKEN, file=FILE, fault=error))
        return
    found = faults(questions)
    if found:
        print(localised(BROKEN, file=FILE, fault=translate(found[0])))
    elif number is None:
        show(page(questions))
    else:
        place = min(max(int(number), 1), len(questions))
        show(_told(place, questions[place - 1]))


def faults(questions: Any) -> list[str]:
    """What is wrong with the content of a ``self_test.json``, in sentences."""
    if not isinstance(questions, list):
        return ["it is a list of questions"]
    found = []
    for number, item in enumerate(questions, 1):
        try:
            options, right = item["options"], item["right"]
            texts = [option["text"] for option in options]
            said = [option["says"] for option in options]
            strings = [item["question"], *texts, *said]
            good = isinstance(right, int) and 0 <= right < len(options) >= 3
        except (TypeError, KeyError, IndexError) as error:
            found.append(marked(f"question {number} lacks {error}"))
            continue
        if not good:
            found.append(f"question {number}: three options or more, `right` is one")
        if not all(isinstance(text, str) and text.strip() for text in strings):
            found.append(f"question {number}: an empty text")
        if len(set(texts)) < len(texts):
            found.append(f"question {number}: two options are the same")
    if not found and len(questions) != QUESTIONS:
        found.append(f"there are {len(questions)} questions, not {QUESTIONS}")
    return found


def _options(number: int, item: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """Text, explanation and rightness of each option, in an order of its own."""
    options = [
        (option["text"], option["says"], place == item["right"])
        for place, option in enumerate(item["options"])
    ]
    random.Random(f"{number} {item['question']}").shuffle(options)
    return options


def page(questions: list[dict[str, Any]]) -> Answer:
    """All questions, each option to be opened by itself."""
    lines, parts = [translate(FIRST)], []
    for number, item in enumerate(questions, 1):
        lines += ["", f"{number}. {item['question']}"]
        inner = ""
        for letter, (text, says, right) in zip(
            "abcdefgh", _options(number, item), strict=False
        ):
            lines.append(f"   {letter}) {text}")
            said = f"<b>{translate(RIGHT if right else WRONG)}</b> {prose(says)}"
            inner += (
                '<details data-lm-suppress-shortcuts="true">'
                f"<summary>{letter}) {prose(text)}</summary><p>{said}</p></details>"
            )
        parts.append(f"<p><b>{number}.</b> {prose(item['question'])}</p>{inner}")
    return Answer("\n".join(lines), framed("".join(parts)))


def _told(number: int, item: dict[str, Any]) -> Answer:
    lines = [f"{number}. {item['question']}"]
    for letter, (text, says, right) in zip(
        "abcdefgh", _options(number, item), strict=False
    ):
        lines.append(f"   {letter}) {text}")
        lines.append(f"      {translate(RIGHT if right else WRONG)} {says}")
    body = "".join(f"<p>{prose(line)}</p>" for line in lines)
    return Answer("\n".join(lines), framed(body))
