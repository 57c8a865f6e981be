"""Exercises that are written elsewhere than in their own cell: found, and run there.

They may stand in a cell of text, or in a code cell that has lost its metadata. No stub
is run where another cell has the answer: it would take the name back.
"""

from __future__ import annotations

import copy
import re

from autograde.notebooks.cells import OURS, grade_id, is_code_answer
from autograde.notebooks.code_answers import (
    code_in_text,
    is_released,
    without_left_raise,
    without_stubs,
    written,
)
from autograde.notebooks.draft import Draft
from autograde.notebooks.own_cells import listed
from autograde.notebooks.placing import Placed
from autograde.notebooks.prose_answers import own_text

_DEFINED = re.compile(r"^[ >]*(?:def|class) (\w+)", re.MULTILINE)


def take_code_from_text(draft: Draft) -> None:
    """Take an exercise that stands in a cell of text, if it stands nowhere else."""
    done = _written_in_code(draft)
    taken: dict[str, list[str]] = {}
    for number, item in reversed(list(enumerate(draft.placed))):
        if item.cell.is_code or set(draft.stubs) <= done:
            continue
        code, names, is_all = code_in_text(_words_of(item, draft), draft.stubs)
        if not names - done:
            continue
        done |= names
        kind = "Markdown" if item.cell.kind == "markdown" else item.cell.kind
        taken.setdefault(kind, []).extend(sorted(names))
        found = _as_code(item, code)
        # words beside the code stay where they are
        item.taken = item.taken or (is_all and item.index is None)
        item.is_code_answer = is_all
        draft.placed.insert(number + 1, found)
    for kind, names_ in taken.items():
        said = listed(reversed(names_))
        draft.say(f"stood in a {kind} cell and was taken as code: {said}")
    _say_what_is_no_python(draft, done)


def _written_in_code(draft: Draft) -> set[str]:
    """The exercises that the code cells of the submission write."""
    sources = [item.cell.source for item in draft.placed if item.cell.is_code]
    return set().union(*(written(source, draft.stubs) for source in sources))


def _words_of(item: Placed, draft: Draft) -> str:
    """A text cell's own words: those of the course are not in them."""
    home = draft.home(item)
    if home is not None and home.cell_type == "markdown":
        return own_text(item, draft.cells)
    return item.cell.source


def _as_code(item: Placed, code: str) -> Placed:
    """A code cell of the student's own, made of what the text cell `item` holds."""
    found = copy.copy(item)
    found.cell = copy.copy(item.cell)
    found.cell.kind, found.cell.source = "code", without_left_raise(code)[0]
    found.swallowed = []
    found.index, found.takes_place, found.taken = None, False, False
    found.is_code_answer = True
    return found


def _say_what_is_no_python(draft: Draft, done: set[str]) -> None:
    """Name the exercises that only a text defines, and that cannot be taken."""
    texts = []
    for item in draft.placed:
        home = draft.home(item)
        in_text = home is not None and home.cell_type == "markdown"
        if in_text or not (item.cell.is_code or item.is_code_answer):
            texts.append(_words_of(item, draft))
    seen = set(_DEFINED.findall("\n".join(texts)))
    if unread := [name for name in draft.stubs if name in seen - done]:
        draft.say(
            "stands in a cell of text, and Python cannot read it; look at it: "
            f"{listed(unread)}"
        )


def find_lost_cells(draft: Draft) -> None:
    """Give cells without metadata back their place, by a name that they define."""
    taken = {item.index for item in draft.placed if item.takes_place}
    lost: list[str] = []
    for name, index in draft.homes.items():
        if index in taken:
            continue
        found = [
            (len(names), item)
            for item in draft.placed
            if item.index is None and item.cell.is_code and not item.taken
            if name in (names := written(item.cell.source, draft.stubs))
        ]
        if not found:
            continue
        # a cell that writes nothing else is more surely its own
        _, chosen = min(found, key=lambda pair: pair[0])
        chosen.index, chosen.takes_place = index, True
        taken.add(index)
        if not chosen.is_code_answer:
            lost.append(name)
    if lost:
        draft.say(f"had lost its metadata, found by name: {listed(lost)}")


def leave_stubs_out(draft: Draft) -> None:
    """Run no stub of an exercise that another cell writes."""
    elsewhere = []
    copied = False
    done = _written_in_code(draft)
    for item in draft.placed:
        if not item.cell.is_code or item.taken:
            continue
        own = draft.home(item) if item.takes_place else None
        name = grade_id(own) if own is not None and is_code_answer(own) else ""
        if name in done and is_released(item.cell.source, own.source):
            own.metadata[OURS] = {"not_run": True}
            elsewhere.append(name)
            continue
        without = without_stubs(item.cell.source, done, draft.stubs)
        if without != item.cell.source:
            copied = True
            item.cell.source = without
    if copied:
        draft.say("a copy of a stub was left out, since its exercise is written")
    there = {item.index for item in draft.placed if item.takes_place}
    for name, index in draft.homes.items():
        if index not in there and name in done:
            draft.cells[index].metadata[OURS] = {"not_run": True}
            elsewhere.append(name)
    if elsewhere:
        names = ", ".join(elsewhere)
        draft.say(f"found in another cell, and not run in its own: {names}")
