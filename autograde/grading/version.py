"""What a result was made with: a name that changes where a score could change.

It covers the code of a chapter's cells, its exercises and probes, the released code
cells, and the rooms that compare and judge. It leaves out what only readers see: prose,
docstrings, comments, hints, minutes, and the sentences of misconceptions. So a changed
word grades nobody again.
"""

from __future__ import annotations

import ast
import hashlib
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import jupytext

PACKAGE = Path(__file__).resolve().parents[1]
#: the modules that decide about points: a cell's way to a result, and to a verdict
JUDGING = (
    *(f"checking/{name}.py" for name in ("serialize", "run_case", "compare")),
    *(f"checking/{name}.py" for name in ("checks", "verdict", "which_input")),
    *(f"checking/{name}.py" for name in ("defaults", "describe")),
    "execution/*.py",
    "notebooks/*.py",
    "grading/bounds.py",
    "grading/judge*.py",
    "grading/run_cells.py",
    "grading/inputs.py",
    "grading/selection.py",
    "authoring/draw.py",
    "authoring/make_checks.py",
)
READ_ONLY = {"hints", "minutes", "difficulty", "says", "rubric"}


def source_digest(folder: Path) -> str:
    """A digest of the code of a chapter in ``solutions/``."""
    paths = [folder / name for name in ("exercises.py", "probes.py")]
    others = [path.read_text("utf-8") if path.exists() else "" for path in paths]
    cells = (folder / f"{folder.name}.py").read_text("utf-8")
    return _digest_of_texts(cells, *others)


@lru_cache(maxsize=16)  # asked for several times in a run
def _digest_of_texts(cells: str, *others: str) -> str:
    code = [
        cell
        for cell in jupytext.reads(cells, fmt="py:percent").cells
        if cell.cell_type == "code"
    ]
    parts = [code_only(text) if text else "" for text in others]
    return _digest(notebook_code({"cells": code}), *parts)


def notebook_code(notebook: dict[str, Any]) -> str:
    """The code cells of a notebook, and what grading knows of every graded cell."""
    said = []
    for cell in notebook["cells"]:
        metadata = cell.get("metadata", {})
        graded = metadata.get("nbgrader")
        if cell["cell_type"] != "code":
            said.append(repr(sorted(graded.items())) if graded else "")
            continue
        source = cell["source"]
        text = source if isinstance(source, str) else "".join(source)
        known = {key: metadata[key] for key in sorted(metadata) if key != "jupyter"}
        said.append(f"{known!r}\n{code_only(text)}")
    return "\n\n".join(filter(None, said))


@cache
def judging_digest() -> str:
    """A digest of the code that compares and judges."""
    paths = sorted(path for glob in JUDGING for path in PACKAGE.glob(glob))
    return _digest(*(code_only(path.read_text("utf-8")) for path in paths))


def code_only(source: str) -> str:
    """The syntax tree of `source` without docstrings and what only readers see."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a cell with a magic line
        return source
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and _is_text(body[0]):
            del body[0]
        if isinstance(node, ast.Call):
            node.keywords = [k for k in node.keywords if k.arg not in READ_ONLY]
            if getattr(node.func, "id", "") == "Misconception":
                del node.args[2:]  # the sentence
    return ast.dump(tree)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(
        getattr(node.value, "value", None), str
    )


def _digest(*parts: str) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode("utf-8", "replace") + b"\0")
    return digest.hexdigest()
