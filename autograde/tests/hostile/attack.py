"""What a hostile submission is, and what several of them begin with."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograde.tests.hostile.chapter import HONEST


@dataclass(frozen=True)
class Attack:
    """One hostile submission.

    cells: sources for the solution cells, by exercise; `first`, `last`: cells added at
    the top and at the end; `change`: what is done to the notebook (a dict); `place`:
    what is done to its folder when it is written.
    """

    cells: dict[str, str]
    first: str = ""
    last: str = ""
    earns: tuple[str, ...] = ()
    change: Callable[[dict], None] | None = None
    place: Callable[[Path], None] | None = None
    unreadable: bool = False

    def notebook(self, released: dict) -> dict:
        """The submission, as the student hands it in."""
        notebook = json.loads(json.dumps(released))
        for cell in notebook["cells"]:
            grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
            if grade_id in self.cells:
                cell["source"] = textwrap.dedent(self.cells[grade_id])
        if self.first:
            notebook["cells"].insert(2, code(self.first))
        if self.last:
            notebook["cells"].append(code(self.last))
        if self.change:
            self.change(notebook)
        return notebook


def code(source: str, **more: Any) -> dict:
    return {
        "cell_type": "code",
        "source": textwrap.dedent(source),
        "metadata": {},
        "outputs": [],
        "execution_count": None,
        **more,
    }


def checks_of(notebook: dict) -> list[dict]:
    return [
        cell
        for cell in notebook["cells"]
        if cell["metadata"].get("nbgrader", {}).get("grade")
        and cell["cell_type"] == "code"
    ]


def wrong(before: str = "", value: str = "np.zeros((3, 4))") -> dict[str, str]:
    """Solutions that are not: each runs `before` and returns `value`."""
    head = textwrap.dedent(before).strip()
    return {
        name: f"{head}\ndef {name}(*inputs):\n    return {value}\n" for name in HONEST
    }


def honest(*names: str, **others: str) -> dict[str, str]:
    return {name: HONEST[name] for name in names} | others


# what an attacker's cell starts from
SEND = """
import gc, socket, struct
from autograde.checking import serialize
from autograde.execution.frames import send_frame
channel = next(o for o in gc.get_objects() if isinstance(o, socket.socket))
"""
