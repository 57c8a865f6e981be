"""Run what stands below a line that fails only where notebooks are graded.

A file of one's own, a package, a magic, somebody to answer ``input()``: a student's
machine has them and the grader's has not. There the cell went on, so it goes on here,
also past the names that such a line would have given. Any other error stops a cell as
it does in a notebook.
"""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING

from IPython.core.error import UsageError

if TYPE_CHECKING:
    from types import TracebackType

    from IPython.core.interactiveshell import ExecutionResult, InteractiveShell

#: errors of what is not here: files, the network, packages, a keyboard, magics
NOT_HERE = (OSError, ImportError, EOFError, UsageError)
MOST = 20  # statements of one cell that are passed over


def run_cell(shell: InteractiveShell, source: str) -> ExecutionResult:
    """Run a cell; its first error is the result's, or what ended it from outside.

    Behind an error of `NOT_HERE`, and a missing name behind that, the statements below
    are run; stderr says so.
    """
    first = result = shell.run_cell(source, store_history=True)
    text = source
    passed_over: tuple[type[Exception], ...] = NOT_HERE
    for _ in range(MOST):
        error = result.error_in_exec
        if isinstance(error, KeyboardInterrupt):
            return result  # its time is over
        if not isinstance(error, passed_over):
            break
        passed_over = (*NOT_HERE, NameError)
        text = shell.transform_cell(text)
        line = _line_of(error.__traceback__, shell.user_global_ns)
        rest = "" if source.lstrip().startswith("%%") else _below(text, line)
        if not rest:
            break
        name = type(error).__name__
        print(f"[line {line}: {name}; the lines below it were run]", file=sys.stderr)
        text = rest
        result = shell.run_cell(text, store_history=False)
    return first


def _line_of(trace: TracebackType | None, names: dict) -> int:
    """The line of a cell in which an error came up; 0 where it is not known."""
    while trace is not None:
        frame = trace.tb_frame
        if frame.f_code.co_name == "<module>" and frame.f_globals is names:
            return trace.tb_lineno
        trace = trace.tb_next
    return 0


def _below(text: str, line: int) -> str:
    """The statements below that of `line`, at their places; empty where is none."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    ends = [node.end_lineno or 0 for node in body if _first_line(node) <= line]
    last = max(ends, default=0)
    if not last or not any(node.lineno > last for node in body):
        return ""
    lines = text.split("\n")
    return "\n".join(["#"] * last + lines[last:])


def _first_line(node: ast.stmt) -> int:
    """Where a statement begins, its decorators included."""
    decorators = getattr(node, "decorator_list", [])
    return min(part.lineno for part in (node, *decorators))
