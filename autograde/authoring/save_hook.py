"""Saving a solution notebook in JupyterLab brings the change to its percent source.

Only cells that changed are written anew: every other line of the source stays as its
author typed it. What the build adds (check cells, the line with difficulty and points,
nbgrader's metadata) does not come back.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from nbformat import NotebookNode
from tornado.web import HTTPError

from autograde.authoring.build import (
    AUTHOR_KEYS,
    EXERCISE_LINE,
    EXERCISES,
    _cell,
    _slug,
    exercises_text,
)
from autograde.authoring.chapter import Chapter
from autograde.course.layout import notebook_path


@dataclass
class _Block:
    """One cell of the percent source: its marker line, its text, the blank lines."""

    marker: str
    body: list[str]
    blank: int

    def text(self) -> list[str]:
        return [self.marker, *self.body, *[""] * self.blank]


def bring_back(chapter: Chapter, notebook: NotebookNode) -> str:
    """The percent source of `chapter` with the cells of `notebook` in it."""
    before, blocks = _blocks(chapter.source.read_text("utf-8"))
    chapter = Chapter(chapter.folder)  # nothing cached from an earlier save
    full = [block for block in blocks if any(line.strip() for line in block.body)]
    if len(full) != len(chapter.cells):
        raise ValueError(f"{chapter.source.name}: its cells cannot be told apart")
    if full:
        full[-1].blank = 1  # where another cell follows it now
    known = {
        _cell(cell).id: (cell, block)
        for cell, block in zip(chapter.cells, full, strict=True)
    }
    written: list[_Block] = []
    for cell in notebook.cells:
        if _is_generated(cell) or not cell.source.strip():
            continue
        source = EXERCISE_LINE.sub("", cell.source)
        old = known.pop(cell.get("id", ""), None)
        if old is None:
            written.append(_new_block(cell, source))
            continue
        if EXERCISES in old[0].source:
            source = source.replace(exercises_text(chapter), EXERCISES)
        written.append(_changed_block(*old, cell, source))
    lines = list(before)
    if written:
        written[-1].blank = 0
    for block in written:
        lines += block.text()
    return "\n".join(lines) + "\n"


def _is_generated(cell: NotebookNode) -> bool:
    info = cell.metadata.get("nbgrader", {})
    return bool(info.get("grade") and not info.get("solution"))


def _blocks(text: str) -> tuple[list[str], list[_Block]]:
    before: list[str] = []
    blocks: list[_Block] = []
    for line in text.rstrip("\n").split("\n"):
        if re.match(r"# %%( |$)", line):
            blocks.append(_Block(line, [], 0))
        elif blocks:
            blocks[-1].body.append(line)
        else:
            before.append(line)
    for block in blocks:
        while block.body and not block.body[-1].strip():
            block.body.pop()
            block.blank += 1
    return before, blocks


def _changed_block(old: NotebookNode, block: _Block, cell, source: str) -> _Block:
    marker, body = block.marker, block.body
    options = {key: old.metadata[key] for key in old.metadata if key in AUTHOR_KEYS}
    tags = list(cell.metadata.get("tags", []))
    if tags != list(options.get("tags", [])) or cell.cell_type != old.cell_type:
        options.pop("tags", None)
        marker = _marker(cell.cell_type, options | ({"tags": tags} if tags else {}))
    if source != old.source or cell.cell_type != old.cell_type:
        body = _body(cell.cell_type, source)
    return _Block(marker, body, block.blank)


def _new_block(cell: NotebookNode, source: str) -> _Block:
    options: dict[str, Any] = {}
    if cell.cell_type == "markdown":
        options["name"] = _slug(source)
    if cell.metadata.get("tags"):
        options["tags"] = list(cell.metadata["tags"])
    return _Block(_marker(cell.cell_type, options), _body(cell.cell_type, source), 1)


def _marker(kind: str, options: dict[str, Any]) -> str:
    parts = ["# %%", *(["[markdown]"] if kind == "markdown" else [])]
    parts += [f"{key}={json.dumps(value)}" for key, value in options.items()]
    return " ".join(parts)


def _body(kind: str, source: str) -> list[str]:
    make = nbformat.v4.new_markdown_cell if kind == "markdown" else None
    cell = (make or nbformat.v4.new_code_cell)(source)
    notebook = nbformat.v4.new_notebook(cells=[cell])
    form = {
        "extension": ".py",
        "format_name": "percent",
        "notebook_metadata_filter": "-all",
    }
    text = jupytext.writes(notebook, fmt=form)
    _, (block,) = _blocks(text)
    return block.body


def before_save(model: dict, path: str, contents_manager: Any, **_: Any) -> None:
    """Refuse to overwrite a source that changed since its notebook was built."""
    chapter = _chapter(Path(contents_manager.root_dir) / path)
    if chapter is None or not _notebook_path(chapter).exists():
        return
    old = nbformat.read(_notebook_path(chapter), 4)
    if bring_back(chapter, old) != chapter.source.read_text("utf-8"):
        number = chapter.name.split("_")[0]
        raise HTTPError(
            409,
            f"not saved: {chapter.source.name} changed since this notebook was built. "
            f"Run `make build CHAPTER={number}`, then reload the notebook.",
        )


def after_save(model: dict, os_path: str, contents_manager: Any, **_: Any) -> None:
    """Bring the change of a saved solution notebook back to its source."""
    chapter = _chapter(Path(os_path))
    if chapter is None:
        return
    text = bring_back(chapter, nbformat.read(os_path, 4))
    if text != chapter.source.read_text("utf-8"):
        chapter.source.write_text(text, "utf-8")
        said = "Wrote %s; `make build` does the rest"
        contents_manager.log.info(said, chapter.source)


def _notebook_path(chapter: Chapter) -> Path:
    return notebook_path(chapter.folder)


def _chapter(path: Path) -> Chapter | None:
    """The chapter whose solution notebook `path` is, or None."""
    folder = path.parent
    ours = path.name == f"{folder.name}.ipynb" and folder.parent.name == "solutions"
    return Chapter(folder) if ours and (folder / f"{folder.name}.py").exists() else None
