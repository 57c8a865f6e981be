"""``autograde rooms``: the package as a table, from the contract and the docstrings."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

from autograde.course.layout import CannotRun


def rooms(root: Path) -> list[tuple[str, str]]:
    """Every room from top to bottom, and what lives in it.

    A room imports from those below it and from none above: the order is that of the
    contract in ``pyproject.toml``, which a test holds.
    """
    settings = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    contracts = settings["tool"].get("importlinter", {}).get("contracts", [])
    layers = [c["layers"] for c in contracts if c["id"] == "rooms"]
    if not layers:
        raise CannotRun("pyproject.toml has no contract 'rooms'.")
    return [(name, says(root / "autograde", name)) for name in layers[0]]


def says(package: Path, name: str) -> str:
    """The first line of the docstring of a room or of a module that is none."""
    folder = package / name
    path = folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")
    text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return text.split("\n\n")[0].replace("\n", " ").replace("``", "`")


def table(root: Path) -> str:
    """The rooms as a Markdown table."""
    lines = ["| room | what lives there |", "|---|---|"]
    lines += [f"| `{name}` | {text} |" for name, text in rooms(root)]
    return "\n".join(lines)
