"""Make the notebook that is graded: the released one, with a student's own work in it.

Of a submission only sources are taken: those of solution cells, of prose answers and
of cells that the student added or changed. Tags, metadata, outputs, kernel names and
check cells come from the release, whatever the submission says.
"""

from __future__ import annotations

import ast
import copy
import json
import re
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell

from autograde.checking.serialize import writable

MAX_BYTES = 8 * 2**20
MAX_BRACKETS, MAX_COMMAS = 200_000, 2_000_000  # of a file: each costs memory
MAX_PARSED = 100_000  # characters; a syntax tree takes a thousand times the memory
MAX_CELLS = 5_000
MAX_SOURCE = 250_000


_one_at_a_time = threading.Lock()  # a file can take ten times its size for a moment


class UnreadableSubmission(ValueError):
    """A submission that a person has to look at; the message is one clear line."""


@dataclass
class Rebuilt:
    """A notebook to be graded, and one sentence for everything that was put right."""

    notebook: nbformat.NotebookNode
    notes: list[str] = field(default_factory=list)


@dataclass
class _Submitted:
    kind: str
    source: str
    grade_id: str
    cell_id: str


def rebuild(released: nbformat.NotebookNode, submitted: bytes) -> Rebuilt:
    """Return the released notebook with the work found in the submitted file.

    Raises UnreadableSubmission where the file is no notebook of format 4.
    """
    with _one_at_a_time:
        cells = _read_cells(submitted)
    notebook = nbformat.from_dict(copy.deepcopy(released))
    by_key = _keys(notebook)
    rebuilt = Rebuilt(notebook)
    taken: dict[int, _Submitted] = {}
    following: dict[int, list[nbformat.NotebookNode]] = {}
    anchor = -1
    strays: list[tuple[int, _Submitted]] = []
    for cell in cells:
        index = _place(by_key, cell)
        known = index is not None and _kind(notebook.cells[index]) == cell.kind
        if known and index not in taken:
            taken[index] = cell
            anchor = index
            continue
        if known and cell.grade_id and cell.source != notebook.cells[index].source:
            rebuilt.notes.append(
                f"a copy of the cell {cell.grade_id} stays a plain cell"
            )
        if cell.kind == "code":
            strays.append((anchor, cell))
    _find_lost_solutions(notebook, taken, strays, rebuilt)
    for index, cell in taken.items():
        extra = _take(notebook.cells[index], cell, rebuilt)
        if extra is not None:
            following.setdefault(index, []).append(extra)
    for number, (index, cell) in enumerate(strays):
        added = _added(cell.source, f"added-{number}")
        following.setdefault(index, []).append(added)
    _report_missing(notebook, taken, rebuilt)
    merged = list(following.get(-1, []))
    for index, cell in enumerate(notebook.cells):
        merged += [cell, *following.get(index, [])]
    notebook.cells = merged
    return rebuilt


def is_added(cell: nbformat.NotebookNode) -> bool:
    """Whether `cell` came from the student, beside the cells that ask for an answer."""
    return bool(cell.metadata.get("autograde", {}).get("added"))


def exercise_of(cell: nbformat.NotebookNode) -> str | None:
    """The exercise that a check cell grades, or None."""
    info = cell.metadata.get("nbgrader", {})
    if info.get("grade") and not info.get("solution") and cell.cell_type == "code":
        return info["grade_id"].removeprefix("check_")
    return None


def read_submission(path: Path) -> bytes:
    """The bytes of a submitted notebook; no link is followed."""
    if path.is_symlink() or not path.is_file():
        raise UnreadableSubmission(f"{path.name} is not a plain file")
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise UnreadableSubmission(
            f"{path.name} has {size // 2**20} MB; {MAX_BYTES // 2**20} are allowed; "
            "clear its outputs and save it again"
        )
    return path.read_bytes()


def _read_cells(submitted: bytes) -> list[_Submitted]:
    if not submitted.strip():
        raise UnreadableSubmission("the file is empty")
    brackets, commas = sum(map(submitted.count, b"[{")), submitted.count(b",")
    if brackets > MAX_BRACKETS or commas > MAX_COMMAS or len(submitted) > MAX_BYTES:
        raise UnreadableSubmission("the file is far larger than a notebook; look at it")
    try:
        data = json.loads(submitted)
    except (ValueError, RecursionError):
        raise UnreadableSubmission("the file is not JSON, so not a notebook") from None
    if not isinstance(data, dict) or not isinstance(data.get("cells"), list):
        raise UnreadableSubmission(
            "the file has no list of cells, so is not a notebook"
        )
    if data.get("nbformat") != 4:
        raise UnreadableSubmission(
            f"notebook format {str(data.get('nbformat'))[:20]}; open it in JupyterLab "
            "and save it as format 4"
        )
    if len(data["cells"]) > MAX_CELLS:
        raise UnreadableSubmission(f"more than {MAX_CELLS} cells")
    return [_read_cell(cell) for cell in data["cells"] if isinstance(cell, dict)]


def _read_cell(cell: dict[str, Any]) -> _Submitted:
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    if not isinstance(source, str) or len(source) > MAX_SOURCE:
        source = ""
    source = writable(source)
    metadata = cell.get("metadata")
    info = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = info.get("grade_id") if isinstance(info, dict) else None
    kind = "code" if cell.get("cell_type") == "code" else "text"
    return _Submitted(kind, source, _name(grade_id), _name(cell.get("id")))


def _name(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _kind(cell: nbformat.NotebookNode) -> str:
    return "code" if cell.cell_type == "code" else "text"


def _keys(notebook: nbformat.NotebookNode) -> dict[tuple[str, str], int]:
    keys = {("cell", cell.id): index for index, cell in enumerate(notebook.cells)}
    for index, cell in enumerate(notebook.cells):
        keys.setdefault(("source", cell.source.strip()), index)
        if "nbgrader" in cell.metadata:
            keys["grade", cell.metadata.nbgrader.grade_id] = index
    return keys


def _place(keys: dict[tuple[str, str], int], cell: _Submitted) -> int | None:
    """Where a submitted cell belongs: by grade id, by cell id, or by its text."""
    for key in (
        ("grade", cell.grade_id),
        ("cell", cell.cell_id),
        ("source", cell.source.strip()),
    ):
        if key[1] and key in keys:
            return keys[key]
    return None


def _take(
    cell, submitted: _Submitted, rebuilt: Rebuilt
) -> nbformat.NotebookNode | None:
    """Put the student's source in its place; return a changed cell as an extra one."""
    info = cell.metadata.get("nbgrader", {})
    if info.get("solution"):
        source = submitted.source
        cell.source = harmless_prose(source) if cell.cell_type == "markdown" else source
        return None
    if cell.cell_type != "code" or submitted.source.strip() == cell.source.strip():
        return None
    if exercise_of(cell):
        rebuilt.notes.append(f"the changed check cell {info['grade_id']} was put back")
        return None
    rebuilt.notes.append(
        f"the changed cell {cell.id} was put back; the change runs after it"
    )
    setup = "setup" in cell.metadata.get("tags", [])
    return _added(submitted.source, f"changed-{cell.id}"[:64], demonstration=not setup)


def _find_lost_solutions(notebook, taken, strays, rebuilt: Rebuilt) -> None:
    """Give cells without metadata back their place, by the name that they define."""
    for index, cell in enumerate(notebook.cells):
        info = cell.metadata.get("nbgrader", {})
        if index in taken or not info.get("solution") or cell.cell_type != "code":
            continue
        for position, (_, stray) in enumerate(strays):
            if info["grade_id"] in _defined_names(stray.source):
                taken[index] = stray
                del strays[position]
                note = (
                    f"the cell {info['grade_id']} had lost its metadata; found by name"
                )
                rebuilt.notes.append(note)
                break


def _defined_names(source: str) -> set[str]:
    try:
        tree = ast.parse(source if len(source) < MAX_PARSED else "(")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set(re.findall(r"^(?:def|class)\s+(\w+)", source, re.MULTILINE))
    names = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {t.id for t in node.targets if isinstance(t, ast.Name)}
    return names


def _report_missing(notebook, taken, rebuilt: Rebuilt) -> None:
    for index, cell in enumerate(notebook.cells):
        info = cell.metadata.get("nbgrader")
        if info and index not in taken:
            what = "solution" if info.get("solution") else "check"
            rebuilt.notes.append(f"the {what} cell {info['grade_id']} is missing")


def _added(
    source: str, name: str, demonstration: bool = False
) -> nbformat.NotebookNode:
    cell = new_code_cell(source, id=re.sub(r"[^A-Za-z0-9_-]", "-", name)[:64])
    cell.metadata["autograde"] = {"added": True, "demonstration": demonstration}
    return cell


# A character of no width breaks what a browser would act on, and shows nothing.
_BREAK = "\u200b"
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_ENTITY = re.compile(r"&(?=#|[A-Za-z]\w*;)")
_SCRIPT = r"\s*".join("javascript") + "|" + r"\s*".join("vbscript")
_SCRIPT_LINK = re.compile(rf"({_SCRIPT}|data)(?=\s*:\s*\S)", re.IGNORECASE)
_FORMULA = re.compile(
    r"\\(?=(?:href|url|require|csname|style|cssId|class|includegraphics)(?![A-Za-z]))"
)


def harmless_prose(source: str) -> str:
    """A student's Markdown with its HTML shown as text instead of interpreted."""
    source = _TAG.sub("<" + _BREAK, source)
    source = _ENTITY.sub("&" + _BREAK, source)
    source = _SCRIPT_LINK.sub(rf"\1{_BREAK}", source)
    return harmless_formulas(source)


def harmless_formulas(source: str) -> str:
    """Text in which no formula can make MathJax build a link or load a thing."""
    return _FORMULA.sub(r"\\" + _BREAK, source)


__all__ = [
    "Rebuilt",
    "UnreadableSubmission",
    "exercise_of",
    "harmless_formulas",
    "harmless_prose",
    "is_added",
    "read_submission",
    "rebuild",
]
