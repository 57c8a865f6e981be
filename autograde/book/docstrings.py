"""For Sphinx: docstrings of this package, with a line for each argument, as lists."""

from __future__ import annotations

import re
from typing import Any

from sphinx.application import Sphinx

ARGUMENT = re.compile(r"((?:\*{0,2}[A-Za-z_]\w*)(?:, \*{0,2}[A-Za-z_]\w*)*): +(\S.*)")


def as_lists(lines: list[str]) -> list[str]:
    """The lines of a docstring with ``name: what it is`` as items of a list.

    What is indented below such a line belongs to it.
    """
    made: list[str] = []
    inside = False
    for line in lines:
        found = ARGUMENT.fullmatch(line)
        if found:
            if not inside and made and made[-1].strip():
                made.append("")
            names = found[1].replace("*", r"\*")
            made.append(f"- **{names}**: {found[2]}")
            inside = True
        elif inside and line.startswith("    "):
            made.append("  " + line.strip())
        else:
            if inside and line.strip():
                made.append("")
            inside = False
            made.append(line)
    return made


def _process(app, what, name, obj, options, lines: list[str]) -> None:
    lines[:] = as_lists(lines)


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("autodoc-process-docstring", _process)
    return {"parallel_read_safe": True}
