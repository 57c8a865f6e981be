"""Say what an error in a student's code was: its message, the line, and what helps.

Nothing here comes from a process that has seen a hidden input: messages are those of
the visible cases, and of cells that ran without any.
"""

from __future__ import annotations

import ast
import builtins
import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nbformat import NotebookNode

from autograde.checking.checks import Checks
from autograde.checking.errors import usual_cause
from autograde.checking.run_case import Result
from autograde.checking.verdict import RAISED, Judgement
from autograde.execution.client import CellRun
from autograde.notebooks.cells import (
    grade_id,
    is_left_out,
    is_needed,
    is_solution,
)
from autograde.notebooks.names import (
    bound_names,
    defined_names,
    is_bare_stub,
    parsed,
    top_level_names,
)

CASES = 6  # visible cases of an exercise that are tried for its error
_ARROW = re.compile(r"^-+> *(\d+) ", re.MULTILINE)
_IN_CELL = re.compile(r"\(.*, line (\d+)\)$")
# A name that a student makes up while the code runs could spell out anything.
_NAME_OF_ERROR = re.compile(r"[A-Z][A-Za-z]{2,40}")
_USUAL_IMPORTS = {
    "np": "import numpy as np",  # not translated
    "torch": "import torch",  # not translated
    "nn": "from torch import nn",  # not translated
    "plt": "from matplotlib import pyplot as plt",  # not translated
    "math": "import math",  # not translated
    "random": "import random",  # not translated
}
_DEFINITIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_KEEPING = {"%%time", "%%capture", "%%prun"}  # what the cell defines stays


@dataclass(frozen=True)
class Raised:
    """An error: its type, its message, and ``line 3: ...`` of the student's code."""

    kind: str
    text: str
    where: str = ""


def raised_in(judgements: Mapping[str, Judgement]) -> list[str]:
    """The exercises whose first failure is an error."""
    return [
        name
        for name, judgement in judgements.items()
        if (failure := judgement.first_failure) is not None
        and failure.outcome == RAISED
    ]


def visible_cases(checks: Checks, names: Sequence[str]) -> Checks:
    """The first visible cases of the exercises `names`, to meet their errors again."""
    chosen = {
        name: dataclasses.replace(exercise, cases=exercise.cases[:CASES])
        for name in checks.exercises
        if name in names and (exercise := checks.exercises[name])
    }
    return Checks(checks.chapter, chosen, checks.probes)


def explanation(
    exercise: str,
    cells: Sequence[NotebookNode],
    runs: Mapping[int, CellRun],
    results: Sequence[Result | str],
) -> list[str]:
    """Sentences on the error that the exercise met; none where it is not known.

    `results` are those of visible cases, `runs` of cells that saw no hidden one.
    """
    written = _last_meant_for(exercise, cells)
    found = (
        _error_of(cells[written], runs.get(written)) if written is not None else None
    )
    found = found or _of_case(results)
    if found is None:
        magic = _magic_above(cells[written]) if written is not None else ""
        if not magic:
            said = _what_it_defines(exercise, cells) if written is None else ""
            return [said] if said else []
        return [
            f"Its cell begins with `{magic}`, and what such a cell defines is not "
            "kept: remove that line."
        ]
    kind = found.kind if _NAME_OF_ERROR.fullmatch(found.kind) else "an error"
    message = f"{kind}: {found.text}" if found.text else kind
    said = f"Your code raised {_quoted(message)}."
    if found.where:
        said = f"Your code raised {_quoted(message)}, in your {_quoted(found.where)}."
    help_ = _help(found, message, cells, runs)
    return [said, *([help_] if help_ else [])]


def _quoted(text: str) -> str:
    line, _, code = text.partition(": ") if text.startswith("line ") else ("", "", text)
    code = " ".join(code.replace("`", "'").split())[:300]
    return f"{line}: `{code}`" if line else f"`{code}`"


def _of_case(results: Sequence[Result | str]) -> Raised | None:
    for result in results:
        if isinstance(result, Result) and result.raised:
            return Raised(result.raised, result.text, result.where)
    return None


def _last_meant_for(exercise: str, cells: Sequence[NotebookNode]) -> int | None:
    """The place of the last cell that was to define the exercise."""
    places = reversed(range(len(cells)))
    return next((i for i in places if _is_meant_for(exercise, cells[i])), None)


def _is_meant_for(exercise: str, cell: NotebookNode) -> bool:
    """Whether a cell that is run writes the exercise, or would if Python could read it.

    A stub that was put back is not meant for anything.
    """
    if not is_needed(cell):
        return False
    tree = parsed(cell.source)
    if tree is None and grade_id(cell) == exercise:
        return True
    if exercise not in cell["source"]:
        return False
    if tree is not None and any(
        getattr(node, "name", "") == exercise and is_bare_stub(node)
        for node in tree.body
    ):
        return False
    return exercise in defined_names(cell.source)


def _magic_above(cell: NotebookNode) -> str:
    """The magic that runs a cell and keeps nothing of it, such as ``%%timeit``."""
    magic = re.match(r"\s*(%%\w+)", cell.source)
    return magic[1] if magic and magic[1] not in _KEEPING else ""


def _what_it_defines(exercise: str, cells: Sequence[NotebookNode]) -> str:
    """A sentence on the exercise's own cell, where no cell writes the exercise."""
    own = next((c for c in cells if is_solution(c) and grade_id(c) == exercise), None)
    tree = parsed(own.source) if own is not None and is_needed(own) else None
    if tree is None:
        return ""
    names = [node.name for node in tree.body if isinstance(node, _DEFINITIONS)]
    if names and exercise not in names:
        return (
            f"Its cell defines `{names[-1]}` and no `{exercise}`: the name has to be "
            "that of the exercise."
        )
    if own is not None and own.source.strip() and not any(map(_does_much, tree.body)):
        return "Its cell has comments or a text, and no code that runs."
    return ""


def _does_much(node: ast.stmt) -> bool:
    return not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def _error_of(cell: NotebookNode, run: CellRun | None) -> Raised | None:
    for output in reversed(run.outputs if run is not None else []):
        if output.get("output_type") == "error":
            trace = "\n".join(output["traceback"])
            text = output["evalue"]
            numbers = _IN_CELL.findall(text) or _ARROW.findall(trace)[:1]
            lines = cell.source.split("\n")
            where = ""
            if numbers and 0 < int(numbers[0]) <= len(lines):
                number = int(numbers[0])
                where = f"line {number}: {lines[number - 1].strip()}"
            return Raised(output["ename"], _IN_CELL.sub("", text).strip(), where)
    return None


def _help(
    found: Raised,
    message: str,
    cells: Sequence[NotebookNode],
    runs: Mapping[int, CellRun],
) -> str:
    """What is behind a usual error, in a sentence; empty for another."""
    if found.kind == "NameError":
        said = r"name '(\w+)' is not defined"  # not translated
        name = re.search(said, found.text)
        return _missing(name[1], cells, runs) if name else ""
    shadowed = _shadowed(found, cells)
    if shadowed:
        return (
            f"Your notebook gives the name `{shadowed}`, which Python or an import has "
            "taken, to something else: choose another name there."
        )
    return usual_cause(message)


def _shadowed(found: Raised, cells: Sequence[NotebookNode]) -> str:
    """A built-in or a module that the line uses and one of the cells has renamed."""
    said = r"not callable|has no attribute|not subscriptable"  # not translated
    if not re.search(said, found.text):
        return ""
    used = set(re.findall(r"\b(\w+)\s*[(.\[]", found.where))
    for cell in cells:
        if not is_needed(cell):
            continue
        for name in sorted(used & top_level_names(cell.source)):
            imported = name in _USUAL_IMPORTS
            bound = re.search(
                rf"^\s*{name}\s*=|for {name} in", cell.source, re.MULTILINE
            )
            if hasattr(builtins, name) or (imported and bound):
                return name
    return ""


def _missing(
    name: str, cells: Sequence[NotebookNode], runs: Mapping[int, CellRun]
) -> str:
    for index, cell in enumerate(cells):
        binds = name in defined_names(cell.source)
        if binds and is_needed(cell) and index in runs and runs[index].status != "ok":
            return (
                f"The cell that defines `{name}` stopped before it came to that; mend "
                "that cell first."
            )
    if any(is_needed(c) and name in top_level_names(c.source) for c in cells):
        return (
            f"`{name}` is defined further down: a graded notebook runs from top to "
            "bottom, so move its cell up."
        )
    if any(is_left_out(c) and name in bound_names(c.source) for c in cells):
        return (
            f"`{name}` is defined in a cell of the course that grading leaves out: "
            "define what you need in a cell of your own."
        )
    if name in _USUAL_IMPORTS:
        return f"The line `{_USUAL_IMPORTS[name]}` is missing above it."
    return (
        f"No cell of the notebook that was handed in defines `{name}`: it is misspelt, "
        "or its cell was deleted."
    )
