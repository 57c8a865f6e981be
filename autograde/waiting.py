"""Let *Run All* pass over cells that need an exercise not written yet.

The released stub of an exercise raises NotImplementedError. A demonstration that
calls it is not at fault, and neither is a later cell that uses what the demonstration
would have defined: both say what they wait for, and the run goes on.
"""

from __future__ import annotations

import ast
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from autograde.present import plain_answer


def wait_calmly(shell: InteractiveShell) -> None:
    """Make `shell` say what an unfinished cell waits for, instead of an error."""
    if getattr(shell, "_autograde_waiting", None) is None:
        shell._autograde_waiting = _Waiting(shell)


class _Waiting:
    def __init__(self, shell: InteractiveShell) -> None:
        self.undefined: dict[str, str] = {}
        self.current: str | None = None
        shell.set_custom_exc((NotImplementedError, NameError), self._on_error)
        shell.events.register("post_run_cell", self._after_cell)

    def _on_error(self, shell, kind, error, trace, tb_offset=None) -> None:
        if isinstance(error, NameError):
            waits_for = self.undefined.get(error.name or "")
        else:
            waits_for = _unwritten(trace)
        if waits_for is None:
            shell.showtraceback((kind, error, trace), tb_offset=tb_offset)
            return
        self.current = waits_for
        text = f"This cell waits for `{waits_for}`, which is not written yet."
        shell.display_pub.publish(plain_answer(text)._repr_mimebundle_())

    def _after_cell(self, result: Any) -> None:
        if self.current is None:
            return
        for name in bound_names(result.info.raw_cell):
            self.undefined[name] = self.current
        self.current = None
        result.error_in_exec = None


def _unwritten(trace: Any) -> str | None:
    """The function or class whose stub raised, or None for an error in the cell."""
    while trace.tb_next is not None:
        trace = trace.tb_next
    name = trace.tb_frame.f_code.co_qualname.split(".")[0]
    return None if name == "<module>" else name


def bound_names(source: str) -> set[str]:
    """The names that the code in `source` assigns, defines or loops over."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return set()
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
    return names
