"""Where a question is answered in a submission, whatever cell the words stand in.

What stands in the answer's cell, in the question's and between or below them is the
answer. What stands farther off may be: it is quoted, and a person decides. Nothing is
an automatic zero but the untouched cell of a question with nothing of the student's
own in its reach.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from nbformat import NotebookNode

from autograde.notebooks.cells import grade_id, is_graded, is_prose_answer, is_solution
from autograde.notebooks.code_answers import count_words, prose_in_code
from autograde.notebooks.placing import Placed, plain, same_text

NOTE = "**Note of the grader.**"
MAX_WORDS = 3_000  # beyond, two versions of a text are not compared word by word
END_WORDS = 8  # so much text at the notebook's end may be an answer
_WORD = re.compile(r"[\u3400-\u9fff]|[^\s\u3400-\u9fff]+")


@dataclass
class ProseAnswer:
    """What is graded of a question.

    untouched: the cell as released, and nothing of the student's own in reach
    waits: why a person has to look closely; empty where the answer is in its cell
    """

    source: str
    attachments: dict = field(default_factory=dict)
    untouched: bool = False
    waits: str = ""


def find_answer(
    released: list[NotebookNode], index: int, placed: list[Placed]
) -> ProseAnswer:
    """The answer to the question whose cell is `released[index]`.

    Cells that are taken into it are marked in `placed`: they are shown there.
    """
    reach = _Reach(released, index)
    stub = released[index].source
    own_cell = [item for item in placed if item.index == index]
    parts = [part for item in placed if (part := _near(item, reach, released))]
    beside = [item for item, _ in parts if item.index != index]
    if parts:
        for item in beside:
            item.taken = True
        if not beside and len(parts) == 1:
            item, text = parts[0]
            return ProseAnswer(text, item.cell.attachments)
        answer = ProseAnswer(*_joined(parts))
        answer.waits = "written beside its cell" if beside else ""
        return answer
    far = [part for item in placed if (part := _far(item, reach, released))]
    if not far and not own_cell:
        far = [part for item in placed if (part := _anywhere(item))]
    if far:
        text, attachments = _joined(far)
        note = (
            f"{NOTE} Nothing stands in this cell. It may be answered in the student's "
            "own text elsewhere:"
        )
        waits = "the cell is empty, own text elsewhere"
        return ProseAnswer(f"{note}\n\n{text}", attachments, waits=waits)
    reason = ""
    if any(item.is_own_code and item.anchor in reach.near for item in placed):
        reason = "the student's own code stands beside the empty answer"
    elif not own_cell:
        reason = "the answer's cell is not in the submission"
    elif not any(item.cell.source.strip() for item in own_cell):
        reason = "the answer's cell was emptied"
    if reason:
        return ProseAnswer(f"{NOTE} Nothing was found here: {reason}.", waits=reason)
    return ProseAnswer(stub, untouched=True)


class _Reach:
    """The released cells around a question's answer, by their places.

    near: from the question's text to the answer
    wide: from the last exercise before to the next one after
    """

    def __init__(self, released: list[NotebookNode], index: int) -> None:
        self.index = index
        first = index
        while first > 0 and not _is_exercise(released[first - 1]):
            first -= 1
            if released[first].cell_type == "markdown":
                break
        self.near = range(first, index + 1)
        start, end = index, index + 1
        while start > 0 and not _is_exercise(released[start - 1]):
            start -= 1
        while end < len(released) and not _is_exercise(released[end]):
            end += 1
        self.wide = range(start, end)
        title = re.search(r"^#+ *(.+)$", released[first].source, re.MULTILINE)
        name = title[1].rpartition(":")[2].strip("` ") if title else ""
        words = [grade_id(released[index]), name]
        self.names = [_spoken(word) for word in words if len(word) >= 6]

    def is_named(self, text: str) -> bool:
        text = _spoken(text)
        return any(name in text for name in self.names)


def _spoken(text: str) -> str:
    """A text in which ``long_valley`` and “Long valley” are the same."""
    return plain(text.replace("_", " ")).lower()


def _is_exercise(cell: NotebookNode) -> bool:
    return is_graded(cell) or is_solution(cell)


def _near(item: Placed, reach: _Reach, released: list) -> tuple[Placed, str] | None:
    """What of a cell is surely part of the answer."""
    if item.taken or item.is_code_answer:
        return None
    text = ""
    if item.index == reach.index or item.index in reach.near:
        text = own_text(item, released)
    elif item.index is None and item.anchor in reach.near:
        text = (
            prose_in_code(item.cell.source) if item.cell.is_code else item.cell.source
        )
    return (item, text) if text.strip() else None


def _far(item: Placed, reach: _Reach, released: list) -> tuple[Placed, str] | None:
    """What of a cell may be the answer."""
    if item.taken or item.is_code_answer:
        return None
    text = ""
    if item.index is None:
        text = (
            prose_in_code(item.cell.source) if item.cell.is_code else item.cell.source
        )
        at_end = item.at_an_end and count_words(text) >= END_WORDS
        if item.anchor not in reach.wide and not at_end and not reach.is_named(text):
            text = ""
    elif released[item.index].cell_type == "markdown":
        text = own_text(item, released)
        if item.index not in reach.wide and not reach.is_named(text):
            text = ""
    elif item.index in reach.wide and item.cell.is_code:
        text = _said_beside(released[item.index].source, item.cell.source)
    return (item, text) if text.strip() else None


def _anywhere(item: Placed) -> tuple[Placed, str] | None:
    """A text of the student's own wherever it stands, where its cell is not there."""
    if item.taken or item.is_code_answer or item.index is not None:
        return None
    source = item.cell.source
    text = prose_in_code(source) if item.cell.is_code else source
    return (item, text) if count_words(text) >= END_WORDS else None


def own_text(item: Placed, released: list[NotebookNode]) -> str:
    """What a student wrote into a cell of the course's text, or into an answer's."""
    cell = released[item.index]
    text = item.cell.source
    if cell.cell_type != "markdown" or same_text(text, cell.source):
        return ""
    if is_prose_answer(cell):
        if item.cell.is_code:
            text = prose_in_code(text) or text
        rest = text
        for other in item.swallowed:
            rest = "\n\n".join(part for part in _around(rest, other) if part.strip())
        return "" if same_text(rest, cell.source) else rest
    if item.is_other_edition:
        return ""
    least = 1 if item.beside_answer else 4
    return added_words(cell.source, text, least)


def _said_beside(released: str, source: str) -> str:
    """The words above and below the code of a course's cell: comments, strings."""
    parts = _around(source, released)
    said = map(prose_in_code, parts) if len(parts) == 2 else ()
    return "\n\n".join(part for part in said if part)


def added_words(released: str, text: str, least: int = 1) -> str:
    """What `text` holds beyond `released`; changed words are no addition.

    At least `least` words together count. A text that has little of the released one
    is an addition as a whole.
    """
    around = _around(text, released)
    if len(around) == 2:
        return "\n\n".join(part.strip("\n") for part in around if part.strip())
    old = [match[0] for match in _WORD.finditer(released)]
    new = list(_WORD.finditer(text))
    if max(len(old), len(new)) > MAX_WORDS:
        return text
    words = [match[0] for match in new]
    matcher = SequenceMatcher(None, old, words, autojunk=False)
    if matcher.ratio() < 0.3:
        return text
    found = []
    for kind, a, b, c, d in matcher.get_opcodes():
        inserted = kind == "insert" and d - c >= least
        if inserted or (kind == "replace" and d - c > 2 * (b - a) + 3):
            found.append(text[new[c].start() : new[d - 1].end()])
    return "\n\n".join(found)


def _around(text: str, known: str) -> list[str]:
    """What stands before and after `known` in `text`; `text` alone where it is not."""
    words = known.split()
    pattern = r"\s+".join(map(re.escape, words))
    found = re.search(pattern, text) if words else None
    return [text[: found.start()], text[found.end() :]] if found else [text]


def _joined(parts: list[tuple[Placed, str]]) -> tuple[str, dict]:
    """The parts as one text, with all their pictures, whose names may be equal."""
    texts: list[str] = []
    attachments: dict[str, Any] = {}
    for number, (item, text) in enumerate(parts):
        for name, forms in item.cell.attachments.items():
            kept = name
            if attachments.get(name, forms) != forms:
                kept = f"{number}-{name}"
                text = text.replace(f"(attachment:{name})", f"(attachment:{kept})")
            attachments[kept] = forms
        if text.strip() not in texts:
            texts.append(text.strip())
    return "\n\n".join(texts), attachments
