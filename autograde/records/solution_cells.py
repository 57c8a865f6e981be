"""Run cells of a chapter's source, so that a record measures the chapter's own code."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

SOLUTIONS = Path(__file__).resolve().parents[2] / "solutions"


def run_cells(chapter: str, names: Collection[str]) -> dict[str, Any]:
    """The names that the set-up cells, the reference solutions and `names` define.

    `chapter` is a folder of ``solutions/``; `names` are names of further cells, run in
    the order of the chapter. Raises ValueError where a cell is not there. The sources
    are in the repository, not in the archive that students get.
    """
    import jupytext

    notebook = jupytext.read(SOLUTIONS / chapter / f"{chapter}.py", fmt="py:percent")
    namespace: dict[str, Any] = {"__name__": "__main__"}
    missing = set(names)
    for cell in notebook.cells:
        told = cell.metadata
        wanted = "setup" in told.get("tags", []) or "exercise" in told
        if cell.cell_type == "code" and (wanted or told.get("name") in names):
            missing.discard(told.get("name"))
            exec(compile(cell.source, f"<{chapter}>", "exec"), namespace)
    if missing:
        raise ValueError(f"{chapter} has no cell {sorted(missing)[0]!r}")
    return namespace
