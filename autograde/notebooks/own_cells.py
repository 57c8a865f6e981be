"""A student's own cells, as they stand in the notebook that is graded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograde.notebooks.cells import OURS
from autograde.notebooks.sanitize import harmless_prose


def added_code(source: str, name: str, demonstration: bool = False) -> NotebookNode:
    """A code cell of the student's own; a demonstration is shown, and run only last."""
    cell = new_code_cell(source, id=_id(name))
    cell.metadata[OURS] = {"added": True, "demonstration": demonstration}
    return cell


def added_text(
    source: str, name: str, pictures: Mapping[str, Mapping[str, str]]
) -> list[NotebookNode]:
    """A text of the student's own with its pictures; no cell where there is nothing."""
    if not source.strip() and not pictures:
        return []
    shown = [f"![{name}](attachment:{name})" for name in pictures if name not in source]
    text = "\n\n".join([source, *shown]) if shown else source
    cell = new_markdown_cell(harmless_prose(text, pictures), id=_id(name))
    if pictures:
        cell.attachments = nbformat.from_dict(pictures)
    cell.metadata[OURS] = {"added": True}
    return [cell]


def listed(names: Iterable[str]) -> str:
    """Names in a sentence, each once."""
    return ", ".join(dict.fromkeys(names))


def _id(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]", "-", name)[:64]
