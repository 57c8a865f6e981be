"""What Formgrader shows beside an answer that a person grades: rubric and reference."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from autograde.course.layout import notebook_path
from autograde.notebooks.cells import OURS, grade_id, is_prose_answer

_MARKERS = re.compile(r"^### (?:BEGIN|END) SOLUTION *\n?", re.MULTILINE)


class ShowRubric(Preprocessor):
    """For Formgrader's page: a cell below each answer, which is the course's own text.

    It says why the answer waits where that is not plain, and shows the rubric and the
    reference answer. The graded notebook itself stays as it is.
    """

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        root = self.config.CourseDirectory.get("root")
        if not root or "assignment_id" not in resources:
            return nb, resources
        cells: list[NotebookNode] = []
        for cell in nb.cells:
            cells.append(cell)
            if is_prose_answer(cell):
                text = guidance(Path(root), resources["assignment_id"], cell)
                cells += [new_markdown_cell(text)] if text else []
        nb.cells = cells
        return nb, resources


def guidance(root: Path, chapter: str, cell: NotebookNode) -> str:
    """What a person should know who grades the answer in `cell`, as Markdown."""
    folder = root / "solutions" / chapter
    name = grade_id(cell)
    parts = []
    waits = cell.metadata.get(OURS, {}).get("waits")
    if waits:
        parts.append(f"**Where the answer stood:** {waits}.")
    rubric = _rubrics(*_at(folder / "exercises.py")).get(name)
    if rubric:
        parts.append(f"**Rubric of `{name}`.** {rubric}")
    reference = _references(*_at(notebook_path(folder))).get(name)
    if reference:
        parts.append(f"**Reference answer.**\n\n{reference}")
    text = "\n\n".join(parts)
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n")) if parts else ""


def _at(path: Path) -> tuple[Path, int]:
    """A file and its time, by which what was read of it is kept."""
    return path, path.stat().st_mtime_ns if path.exists() else 0


@lru_cache(maxsize=32)
def _rubrics(path: Path, when: int) -> dict[str, str]:
    """The rubrics that a chapter's ``exercises.py`` states, read without running it."""
    found: dict[str, str] = {}
    if not when:
        return found
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call) or getattr(node.func, "id", "") != "Manual":
            continue
        values = {word.arg: word.value for word in node.keywords}
        name = node.args[0] if node.args else values.get("name")
        rubric = values.get("rubric")
        texts = [getattr(value, "value", None) for value in (name, rubric)]
        if all(isinstance(text, str) for text in texts):
            found[texts[0]] = texts[1]
    return found


@lru_cache(maxsize=32)
def _references(path: Path, when: int) -> dict[str, str]:
    """The reference answers of a chapter, by the names of their questions."""
    if not when:
        return {}
    return {
        grade_id(cell): _MARKERS.sub("", cell.source).strip()
        for cell in nbformat.read(path, 4).cells
        if is_prose_answer(cell)
    }
