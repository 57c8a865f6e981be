"""What a kernel ran, compared with the notebook that will be graded.

A graded notebook runs from top to bottom. A student's kernel ran cells in any order,
some of them copied, changed or deleted since. Where that makes a difference to a
check, a sentence says so; nothing is ever punished.
"""

from __future__ import annotations

import builtins
import dis
import json
import sys
import time
import types
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograde.course.layout import check_name
from autograde.notebooks.names import top_level_names

MAX_BYTES = 32 * 2**20
WRITING_SECONDS = 1.0


@dataclass(frozen=True)
class CellRun:
    """The run of a cell that bound a name; `cell_id` is None outside JupyterLab."""

    cell_id: str | None
    source: str
    when: float


@dataclass
class History:
    """Which cell of the notebook defined which name last, in this kernel.

    `failed` has the error of each cell that Python could not even begin to run.
    """

    defined: dict[str, CellRun] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    current: str | None = None

    def follow(self, shell: Any) -> None:
        """Listen to the cell that `shell` runs now, and to every one from now on."""
        self.current = _running(shell)
        shell.events.register("pre_run_cell", self._before)
        shell.events.register("post_run_cell", self._after)

    def _before(self, info: Any) -> None:
        self.current = getattr(info, "cell_id", None)

    def _after(self, result: Any) -> None:
        info = result.info
        if not info.store_history:
            return
        run = CellRun(getattr(info, "cell_id", None), info.raw_cell, time.time())
        self.failed.pop(run.cell_id, None)
        if result.error_before_exec is not None:
            self.failed[run.cell_id] = _in_words(result.error_before_exec)
        for name in top_level_names(info.raw_cell):
            self.defined[name] = run

    def remarks(self, exercise: str, target: Any, path: Path) -> list[str]:
        """Sentences on what a top to bottom run of the notebook would do otherwise."""
        cells = saved_cells(path)
        ids = [cell.id for cell in cells]
        if self.current is None or self.current not in ids:
            return []  # another editor than JupyterLab, or a file not saved yet
        page = _Page(cells, exercise, path.stat().st_mtime, self)
        return [*page.on_definition(), *page.on_names(target)]


def _running(shell: Any) -> str | None:
    """The id of the cell that `shell` was asked to run last; None outside a kernel."""
    if not hasattr(shell, "get_parent"):
        return None
    return (shell.get_parent().get("metadata") or {}).get("cellId")


def _in_words(error: BaseException) -> str:
    kind = type(error).__name__
    if isinstance(error, SyntaxError) and error.lineno:
        return f"{kind} in line {error.lineno}"
    return kind


@dataclass
class Cell:
    """What matters here of a cell of the saved notebook."""

    id: str
    source: str
    grade_id: str
    is_answer: bool
    is_code: bool


def saved_cells(path: Path) -> list[Cell]:
    """The cells of the saved notebook; none where it cannot be read."""
    try:
        if path.stat().st_size > MAX_BYTES:
            return []
        return [_cell(cell) for cell in json.loads(read_saved(path))["cells"]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return []


def read_saved(path: Path) -> bytes:
    """The file at `path`, which Jupyter's server writes in place: once it is JSON.

    What is still no JSON after WRITING_SECONDS is given as it is. Raises OSError.
    """
    deadline = time.monotonic() + WRITING_SECONDS
    while True:
        content = path.read_bytes()
        try:
            json.loads(content)
        except ValueError:
            if time.monotonic() < deadline:
                time.sleep(0.05)
                continue
        except RecursionError:
            pass  # its readers say so
        return content


def _cell(cell: dict[str, Any]) -> Cell:
    source = cell.get("source", "")
    info = cell.get("metadata", {}).get("nbgrader", {})
    return Cell(
        id=cell.get("id", ""),
        source=source if isinstance(source, str) else "".join(source),
        grade_id=info.get("grade_id", ""),
        is_answer=bool(info.get("solution")),
        is_code=cell.get("cell_type") == "code",
    )


@dataclass
class _Page:
    """The saved notebook, seen from the check of one exercise."""

    cells: list[Cell]
    exercise: str
    saved: float
    history: History

    def __post_init__(self) -> None:
        self.place = {cell.id: index for index, cell in enumerate(self.cells)}
        self.answers = [
            cell
            for cell in self.cells
            if cell.is_answer and cell.grade_id == self.exercise
        ]
        wanted = check_name(self.exercise)
        checks = [i for i, cell in enumerate(self.cells) if cell.grade_id == wanted]
        self.check = checks[0] if checks else self.place[self.history.current]

    def on_definition(self) -> Iterator[str]:
        name = self.exercise
        run = self.history.defined.get(name)
        if not self.answers:
            yield (
                f"The cell in which `{name}` is written is no longer in the notebook. "
                "Undo its deletion (click beside a cell, then press Z), or run "
                "`python start.py restore` for this chapter."
            )
            return
        error = self.history.failed.get(self.answers[0].id)
        if error is not None:
            yield (
                f"The cell of `{name}` ended in {error} when you last ran it, so that "
                "this check tested what was defined before. Mend that cell first."
            )
            return
        counts = self._last_above(name)
        if run is None or run.cell_id is None or counts is None:
            return
        if run.cell_id == counts.id:
            if run.source.strip() != counts.source.strip() and self.saved > run.when:
                yield (
                    f"The cell of `{name}` was changed after you ran it: this check "
                    "tested the older version. Run that cell again, then this check."
                )
            return
        yield (
            f"This check tested the `{name}` of {self._where(run)}. A graded notebook "
            f"runs from top to bottom, and there {self._where_cell(counts)} counts. "
            "Put what you want to hand in there, and run it."
        )

    def on_names(self, target: Any) -> Iterator[str]:
        """Names that the answer uses and this kernel, or a run from the top, lacks."""
        for name in sorted(global_names(target)):
            run = self.history.defined.get(name)
            if run is None and not _known(name, target) and self._last_above(name):
                yield (
                    f"`{name}`, which it uses, is defined in a cell above that has not "
                    "run in this kernel. Run that cell first, then this check again."
                )
            if run is None or name == self.exercise or run.cell_id is None:
                continue
            if self._last_above(name) is None:
                yield (
                    f"`{name}`, which it uses, comes from {self._where(run)}. A graded "
                    "notebook runs from top to bottom and would not know it here: move "
                    "its definition above this check."
                )

    def _last_above(self, name: str) -> Cell | None:
        """The last cell above the check that binds `name`."""
        for cell in reversed(self.cells[: self.check]):
            if cell.is_code and name in top_level_names(cell.source):
                return cell
        return None

    def _where(self, run: CellRun) -> str:
        if run.cell_id not in self.place:
            return "a cell that is no longer in the notebook"
        return self._where_cell(self.cells[self.place[run.cell_id]])

    def _where_cell(self, cell: Cell) -> str:
        if cell in self.answers[:1]:
            return "the exercise's own cell"
        below = self.place[cell.id] > self.check
        if cell.grade_id == self.exercise and below:
            return "a copy of the exercise's cell below this check"
        if cell.grade_id == self.exercise:
            return "a copy of the exercise's cell above this check"
        if below:
            return "another cell below this check"
        return "another cell above this check"


def global_names(target: Any) -> set[str]:
    """The global names that a function or the methods of a class use."""
    if isinstance(target, type):
        members = [vars(target).get(name) for name in vars(target)]
        members = [getattr(member, "__func__", member) for member in members]
        return set().union(*map(global_names, filter(_is_function, members)), set())
    if not _is_function(target):
        return set()
    return _names_of_code(target.__code__)


def reached_names(target: Any, namespace: dict[str, Any]) -> set[str]:
    """The names that `target` uses, also through functions in `namespace` it calls."""
    reached: set[str] = set()
    waiting = [target]
    while waiting:
        for name in global_names(waiting.pop()) - reached:
            reached.add(name)
            if isinstance(namespace.get(name), types.FunctionType | type):
                waiting.append(namespace[name])
    return reached


def _known(name: str, target: Any) -> bool:
    """Whether the function or class `target` would find the global `name` now."""
    module = sys.modules.get(getattr(target, "__module__", ""))
    space = getattr(target, "__globals__", None) or vars(module or builtins)
    return name in space or hasattr(builtins, name)


def _is_function(value: Any) -> bool:
    return isinstance(value, types.FunctionType)


def _names_of_code(code: types.CodeType) -> set[str]:
    # not co_names, which also holds the attributes: the mean of x.mean()
    names = {
        instruction.argval
        for instruction in dis.get_instructions(code)
        if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME")
    }
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names |= _names_of_code(constant)
    return names
