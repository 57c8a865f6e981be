"""The notebooks of another edition: the built English ones with texts swapped.

``chapters/NAME/LANGUAGE/NAME.ipynb`` is what students of that language get; beside it
``messages.json`` has what checks say. The Chinese solution notebook is made for the
book alone, and not stored.
"""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode

import autograde.language
from autograde.authoring.build import EXERCISE_LINE
from autograde.authoring.chapter import Chapter
from autograde.course.layout import notebook_path
from autograde.language import MESSAGES
from autograde.notebooks.editions import LANGUAGE
from autograde.translating.catalog import (
    catalogue_path,
    is_valid,
    named_pieces,
    read,
    translations,
)
from autograde.translating.cells import replaced, without_soft_breaks
from autograde.translating.outputs import own_messages, translate_outputs
from autograde.translating.pages import translated_pages

EXERCISE_LINES = {
    "zh_CN": {
        r"Difficulty": "难度",
        r"([\d.]+) points?": r"\1 分",
        r"ungraded": "不计分",
        r"bonus": "附加题",
        r"about (\d+) minutes": r"约 \1 分钟",
    }
}


def translated(
    notebook: nbformat.NotebookNode, texts: dict[tuple[str, str], str], language: str
) -> nbformat.NotebookNode:
    """A copy of `notebook` with every text that has a translation swapped."""
    made = copy.deepcopy(notebook)
    for cell in made.cells:
        if cell.cell_type == "markdown":
            cell.source = _prose(cell, texts, language)
        elif cell.cell_type == "code":
            swaps = {}
            for number, (context, piece) in enumerate(
                named_pieces(cell.id, cell.source)
            ):
                if (context, piece.text) in texts:
                    swaps[number] = texts[context, piece.text]
            cell.source = replaced(cell.source, swaps)
    made.metadata[LANGUAGE] = language
    translate_outputs(made, texts, language)
    return made


def _prose(cell: NotebookNode, texts: dict[tuple[str, str], str], language: str) -> str:
    line = EXERCISE_LINE.search(cell.source)
    english = EXERCISE_LINE.sub("", cell.source)
    text = without_soft_breaks(texts.get((cell.id, english), english))
    return text + (exercise_line(line[0], language) if line else "")


def exercise_line(line: str, language: str) -> str:
    """The line with difficulty, points and minutes in another language."""
    for pattern, words in EXERCISE_LINES.get(language, {}).items():
        line = re.sub(pattern, words, line)
    return line


def build_edition(root: Path, chapter: Chapter, language: str) -> Path:
    """Write the edition of `chapter` beside the released chapter; return its folder."""
    released = root / "chapters" / chapter.name
    texts = translations(catalogue_path(chapter, language))
    target = released / language
    target.mkdir(exist_ok=True)
    english = nbformat.read(notebook_path(released), 4)
    content = nbformat.writes(translated(english, texts, language)) + "\n"
    _write(target / f"{chapter.name}.ipynb", content)
    said = json.dumps(own_messages(texts), ensure_ascii=False, indent=1)
    _write(target / MESSAGES, f"{said}\n")
    for name, page in translated_pages(chapter.folder, texts).items():
        _write(target / name, page)
    return target


def build_sentences(language: str) -> Path:
    """Write the catalogue of the package's own sentences as it is read."""
    folder = Path(autograde.language.__file__).parent
    found = {
        f"{e.msgctxt}\4{e.msgid}" if e.msgctxt else e.msgid: e.msgstr
        for e in read(folder / f"{language}.po")
        if is_valid(e)
    }
    target = folder / f"{language}.json"
    _write(target, json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    return target


def _write(path: Path, content: str) -> None:
    if not path.exists() or path.read_text("utf-8") != content:
        path.write_text(content, "utf-8", newline="\n")
