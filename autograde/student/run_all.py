"""Let *Run All* pass over cells that need an exercise not written yet.

The released stub of an exercise raises NotImplementedError. A demonstration that
calls it is not at fault, and neither is a later cell that uses what the demonstration
would have defined: both say what they wait for, and the run goes on. So does a cell
in which everything is the student's, and nothing is written.
"""

from __future__ import annotations

import ast
import sys
import uuid
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from autograde.checking.answer import plain_answer
from autograde.notebooks.names import bound_names, read_names


def wait_calmly(shell: InteractiveShell) -> None:
    """Make `shell` say what an unfinished cell waits for, instead of an error."""
    if getattr(shell, "_autograde_waiting", None) is None:
        vars(shell)["_autograde_waiting"] = _Waiting(shell)


def is_written(shell: InteractiveShell, exercise: str) -> None:
    """Change the notes of cells that waited for `exercise`, which is right now."""
    waiting = getattr(shell, "_autograde_waiting", None)
    if waiting is not None:
        waiting.is_written(exercise)


class _Waiting:
    """What the shell's cells wait for.

    `stale` maps a name to the unwritten exercise that kept a cell from (re)defining it;
    `notes` has the displays that say so, by the exercise.
    """

    def __init__(self, shell: InteractiveShell) -> None:
        self.stale: dict[str, str] = {}
        self.notes: dict[str, list[str]] = {}
        self.source = ""
        self.current: str | None = None
        self.shell = shell
        self.show_traceback = shell.showtraceback
        shell.showtraceback = self._show_traceback  # type: ignore[method-assign]
        shell.set_custom_exc((Exception,), self._on_error)
        shell.events.register("pre_run_cell", self._before_cell)
        shell.events.register("post_run_cell", self._after_cell)

    def _before_cell(self, info: Any) -> None:
        self.source = info.raw_cell or ""
        self.current = None

    def _on_error(self, shell, kind, error, trace, tb_offset=None) -> None:
        waits_for = None
        if isinstance(error, NotImplementedError):
            waits_for = _unwritten(trace)
            if waits_for is None and _is_blank(self.source):
                self.current = ""
                self._publish("Nothing is written in this cell yet.", uuid.uuid4().hex)
                return
        if waits_for is None:
            read = read_names(self.source) & set(self.stale)
            waits_for = self.stale[min(read)] if read else None
        if waits_for is None:
            self.show_traceback((kind, error, trace), tb_offset=tb_offset)
            return
        self.current = waits_for
        self._say(waits_for)

    def _show_traceback(self, exc_tuple=None, *arguments, **options) -> None:
        """In place of the shell's own, which ipywidgets calls for a slider's error."""
        _, error, trace = exc_tuple or sys.exc_info()
        waits_for = None
        if isinstance(error, NotImplementedError):
            waits_for = _unwritten(trace)
        elif isinstance(error, NameError):
            waits_for = self.stale.get(error.name)
        if waits_for is None:
            self.show_traceback(exc_tuple, *arguments, **options)
        else:
            self._say(waits_for)

    def _say(self, waits_for: str) -> None:
        _close_figures()
        text = f"This cell waits for `{waits_for}`, which is not written yet."
        note = uuid.uuid4().hex
        self.notes.setdefault(waits_for, []).append(note)
        self._publish(text, note)

    def is_written(self, exercise: str) -> None:
        text = f"`{exercise}` is written now: run this cell."
        for note in self.notes.pop(exercise, []):
            self._publish(text, note, update=True)

    def _publish(self, text: str, note: str, update: bool = False) -> None:
        data = plain_answer(text)._repr_mimebundle_()
        publish = self.shell.display_pub.publish
        publish(data, transient={"display_id": note}, update=update)

    def _after_cell(self, result: Any) -> None:
        bound = bound_names(result.info.raw_cell)
        if self.current is not None:
            self.stale |= dict.fromkeys(bound, self.current)
            self.current = None
            result.error_in_exec = None
        elif result.success:
            for name in bound:
                self.stale.pop(name, None)


def _close_figures() -> None:
    """Drop the half-drawn pictures of a cell that stopped."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close("all")


def _is_blank(source: str) -> bool:
    """Whether a cell holds nothing but the line that an answer takes the place of."""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return False
    return [ast.unparse(line) for line in body] == ["raise NotImplementedError()"]


def _unwritten(trace: Any) -> str | None:
    """The function or class whose stub raised, or None for an error in the cell."""
    while trace.tb_next is not None:
        trace = trace.tb_next
    name = trace.tb_frame.f_code.co_qualname.split(".")[0]
    return None if name == "<module>" else name
