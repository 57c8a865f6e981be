"""The catalogue of a chapter: ``solutions/NAME/LANGUAGE.po``, brought up to date.

A message's context is where it stands: a cell's id, ``cell: comment 2`` for the second
comment of a code cell, ``misconception of softmax: rows`` and the like for what checks
say. When the English text at a context changes, the translation stays as a proposal:
it is marked fuzzy, and readers get English until someone has renewed it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import nbformat
import polib

from autograde.authoring.build import EXERCISE_LINE, assemble
from autograde.authoring.chapter import BEGIN, END, Chapter
from autograde.checking.checks import Checks
from autograde.course.layout import CHECKS, notebook_path
from autograde.exercise import Exercise
from autograde.translating.cells import Piece, pieces
from autograde.translating.outputs import prediction_messages
from autograde.translating.pages import page_messages

HEADER = {
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}


def catalogue_path(chapter: Chapter, language: str) -> Path:
    return chapter.folder / f"{language}.po"


def messages(chapter: Chapter) -> Iterator[tuple[str, str]]:
    """Every (context, text) of `chapter` that a student may read, in order."""
    for cell in assemble(chapter).cells:
        if cell.cell_type == "markdown":
            yield cell.id, EXERCISE_LINE.sub("", cell.source)
        else:
            for context, piece in named_pieces(cell.id, as_released(cell.source)):
                yield context, piece.text
    labels = case_labels(chapter)
    for exercise in chapter.exercises:
        yield from check_messages(exercise)
        yield from label_messages(exercise.name, labels.get(exercise.name, []))
    yield from page_messages(chapter.folder)
    yield from predictions(chapter)


def as_released(source: str) -> str:
    """A code cell without its solution, as the release step leaves it."""
    pattern = rf"^( *){re.escape(BEGIN)}\n.*?^ *{re.escape(END)}$"
    return re.sub(pattern, r"\1pass", source, flags=re.M | re.S)


def named_pieces(cell: str, source: str) -> Iterator[tuple[str, Piece]]:
    """The texts of a code cell by context: the kind, numbered from the second."""
    seen: Counter[str] = Counter()
    for piece in pieces(source):
        seen[piece.kind] += 1
        number = f" {seen[piece.kind]}" if seen[piece.kind] > 1 else ""
        yield f"{cell}: {piece.kind}{number}", piece


def check_messages(exercise: Exercise) -> Iterator[tuple[str, str]]:
    """What a check of `exercise` may say: mistakes, hints, and labels of cases."""
    for mistake in exercise.misconceptions:
        yield f"misconception of {exercise.name}: {mistake.name}", mistake.says
    for number, hint in enumerate(exercise.hints, 1):
        yield f"hint {number} of {exercise.name}", hint


def case_labels(chapter: Chapter) -> dict[str, list[str]]:
    """The labels of the visible cases as they were built, by exercise."""
    path = chapter.folder.parent.parent / "chapters" / chapter.name / CHECKS
    if not path.exists():
        return {}
    exercises = Checks.load(path).exercises
    return {name: [case.label for case in exercises[name].cases] for name in exercises}


def predictions(chapter: Chapter) -> Iterator[tuple[str, str]]:
    """What the predictions of the built chapter ask."""
    path = notebook_path(chapter.folder.parent.parent / "chapters" / chapter.name)
    if path.exists():
        yield from prediction_messages(nbformat.read(path, 4))


def label_messages(name: str, labels: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The labels of the cases of the exercise `name`, each once."""
    for label in dict.fromkeys(labels):
        yield f"case of {name}: {label}", label


def read(path: Path) -> polib.POFile:
    """The catalogue in `path`; an empty one where there is no such file."""
    if path.exists():
        return polib.pofile(str(path), wrapwidth=78)
    catalogue = polib.POFile(wrapwidth=78)
    catalogue.metadata = {"Language": path.stem, **HEADER}
    return catalogue


def update(path: Path, wanted: Iterator[tuple[str, str]]) -> polib.POFile:
    """Bring the catalogue in `path` up to date with the English texts, and return it.

    A text that moved keeps its translation. One that changed keeps it as fuzzy, with
    the old text beside it. Others' translations are dropped.
    """
    old = read(path)
    at_context = {entry.msgctxt: entry for entry in old}
    of_text = {entry.msgid: entry for entry in old if is_valid(entry)}
    fresh = polib.POFile(wrapwidth=78)
    fresh.metadata = dict(old.metadata)
    for context, text in wanted:
        entry = polib.POEntry(msgctxt=context, msgid=text)
        known = at_context.get(context)
        if known is not None and known.msgid == text:
            entry.msgstr, entry.flags = known.msgstr, list(known.flags)
            entry.previous_msgid = known.previous_msgid
        elif text in of_text:
            entry.msgstr = of_text[text].msgstr
        elif known is not None and known.msgstr:
            entry.msgstr, entry.flags = known.msgstr, ["fuzzy"]
            entry.previous_msgid = known.previous_msgid or known.msgid
        fresh.append(entry)
    content = str(fresh)
    if not path.exists() or path.read_text("utf-8") != content + "\n":
        path.write_text(content + "\n", "utf-8")
    return fresh


def is_valid(entry: polib.POEntry) -> bool:
    """Whether readers get this translation: it is there, and not stale."""
    return bool(entry.msgstr) and not entry.fuzzy and not entry.obsolete


def translations(path: Path) -> dict[tuple[str, str], str]:
    """The valid translations by context and English text."""
    return {
        (entry.msgctxt, entry.msgid): entry.msgstr
        for entry in read(path)
        if is_valid(entry)
    }


def slots(text: str) -> list[str]:
    """The replacement fields of a format string, sorted."""
    return sorted(re.findall(r"\{[^{}]*\}", text))
