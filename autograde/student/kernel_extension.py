"""An IPython extension: a kernel that has not run the cells above says so.

After every start a kernel knows no name. A student who opens a chapter again and runs
a check reads ``NameError: name 'check' is not defined``; here a sentence above the
error says what to do. JupyterLab's kernels load it as ``make lab`` starts them; where
they do not, the error stands alone.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from autograde import __all__ as WORDS
from autograde.student.progress import VALIDATING


def load_ipython_extension(shell: Any) -> None:
    if VALIDATING not in os.environ:
        _Fresh(shell)


class _Fresh:
    """Explains the errors of `shell` that come from cells which it has not run."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self.current: str | None = None
        self.show_traceback = shell.showtraceback
        shell.showtraceback = self._show_traceback
        shell.events.register("pre_run_cell", self._before_cell)

    def _before_cell(self, info: Any) -> None:
        self.current = getattr(info, "cell_id", None)

    def _show_traceback(self, exc_tuple=None, *arguments, **options) -> None:
        _, error, _ = exc_tuple or sys.exc_info()
        if type(error) is NameError and error.name:
            said = advice(error.name, _notebook(), self.current)
            if said:
                self._say(said)
        self.show_traceback(exc_tuple, *arguments, **options)

    def _say(self, text: str) -> None:
        from autograde.checking.answer import plain_answer

        self.shell.display_pub.publish(plain_answer(text)._repr_mimebundle_())


def advice(name: str, path: Path, cell_id: str | None) -> str | None:
    """What to run first, where a cell above `cell_id` in the notebook defines `name`.

    A cell that the saved notebook does not hold yet is taken to stand at its end.
    """
    # late: every kernel loads this module, and few need more of it
    from autograde.notebooks.names import top_level_names
    from autograde.student.history import saved_cells

    for cell in saved_cells(path):
        if cell.id == cell_id:
            break
        if cell.is_code and name in top_level_names(cell.source):
            return (
                f"`{name}` is defined in a cell above that has not run in this kernel. "
                "A kernel that was started anew knows nothing of what ran before: "
                "choose Run > Run All Above Selected Cell, then run this cell again."
            )
    if name in WORDS:
        return f"Run `from autograde import {name}` first, then this cell again."
    return None


def _notebook() -> Path:
    """The notebook of this kernel, as its server names it; its chapter's without."""
    here = Path.cwd()
    return here / os.environ.get("JPY_SESSION_NAME", f"{here.name}.ipynb")
