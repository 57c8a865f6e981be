"""A submission may be of any edition of its chapter, or of a mixture of them.

The notebook that is graded is of one edition: that of most of the submitted texts.
What was released in another language and not touched is put into this one, so that it
is no change of the student's.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograde.course.layout import notebook_path
from autograde.language import ENGLISH, languages
from autograde.notebooks.submitted import SubmittedCell

LANGUAGE = "language"  # the metadata of a notebook of another edition


def read_editions(folder: Path) -> dict[str, NotebookNode]:
    """The chapter in `folder` as it was released in other languages, by language.

    An edition that is behind the English one, with other cells, is not among them.
    """
    names = [name for name in languages()[1:] if _path(folder, name).is_file()]
    if not names:
        return {}
    cells = _ids(nbformat.read(notebook_path(folder), 4))
    found = {name: nbformat.read(_path(folder, name), 4) for name in names}
    return {name: edition for name, edition in found.items() if _ids(edition) == cells}


def edition_path(folder: Path, language: str) -> Path:
    """The released notebook of the chapter in `folder` for readers of `language`.

    The English one where there is none, or one that is behind the English.
    """
    if language in read_editions(folder):
        return _path(folder, language)
    return notebook_path(folder)


def _path(folder: Path, language: str) -> Path:
    return folder / language / notebook_path(folder).name


def _ids(notebook: NotebookNode) -> list[str]:
    return [cell.id for cell in notebook.cells]


def language_of(notebook: NotebookNode) -> str:
    """The language of a released or a graded notebook."""
    chosen = notebook.metadata.get(LANGUAGE, ENGLISH)
    return chosen if chosen in languages() else ENGLISH


def of_one_edition(
    released: NotebookNode,
    editions: Mapping[str, NotebookNode],
    submitted: Iterable[SubmittedCell],
) -> tuple[NotebookNode, list[SubmittedCell]]:
    """The edition of a submission, and its cells as if they were all of that one.

    `released` is the English one; the first that has most of the texts is taken.
    """
    cells = list(submitted)
    if not editions:
        return released, cells
    every = [released, *editions.values()]
    texts = [_places(notebook) for notebook in every]
    seen: Counter[int] = Counter()
    for cell in cells:
        text = cell.source.strip()
        having = [number for number, places in enumerate(texts) if text in places]
        if len(having) < len(every):
            seen.update(having)
    chosen = max(range(len(every)), key=lambda number: (seen[number], -number))
    return every[chosen], [_put(cell, texts, every, chosen) for cell in cells]


def _places(notebook: NotebookNode) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for index, cell in enumerate(notebook.cells):
        places.setdefault(cell.source.strip(), []).append(index)
    return places


def _put(
    cell: SubmittedCell,
    texts: list[dict[str, list[int]]],
    every: list[NotebookNode],
    chosen: int,
) -> SubmittedCell:
    """`cell` with the text of the chosen edition, where it holds that of another."""
    text = cell.source.strip()
    if not text or text in texts[chosen]:
        return cell
    for places in texts:
        if text in places:
            wanted = every[chosen].cells
            own = [i for i in places[text] if wanted[i].id == cell.cell_id]
            made = copy.copy(cell)
            made.source = wanted[(own or places[text])[0]].source
            return made
    return cell
