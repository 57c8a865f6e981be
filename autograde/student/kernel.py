"""The kernel in which a student's code runs: its names, and what is shown in it.

Without IPython, in a plain program, the names are those of its main module, and what
is shown is printed.
"""

from __future__ import annotations

import sys
from typing import Any

from autograde.checking.answer import Answer


def running_shell() -> Any:
    """The IPython shell that runs this code, or None."""
    try:
        from IPython import get_ipython  # late: a plain program may be without it
    except ImportError:
        return None
    return get_ipython()


def has_page() -> bool:
    """Whether a kernel with a page in front of it runs this code: not a terminal."""
    return getattr(running_shell(), "kernel", None) is not None


def user_names() -> dict[str, Any]:
    """What the student's code has defined, by its names."""
    shell = running_shell()
    return shell.user_ns if shell is not None else sys.modules["__main__"].__dict__


def show(answer: Answer) -> None:
    """Display `answer` in a notebook; print its text elsewhere."""
    if running_shell() is None:
        print(answer.text)
        return
    from IPython.display import display  # late, as above

    display(answer)


class Display:
    """One place below a cell, whose content may be replaced."""

    def __init__(self) -> None:
        self.handle: Any = None

    def show(self, answer: Answer) -> None:
        """Display `answer` in the place of what was there."""
        if running_shell() is None:
            print(answer.text)
        elif self.handle is None:
            from IPython.display import display  # late, as above

            self.handle = display(answer, display_id=True)
        else:
            self.handle.update(answer)
