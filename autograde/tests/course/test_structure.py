"""The rooms keep their contract, and module paths written as text resolve."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

from autograde.course.layout import ROOT

PACKAGE = ROOT / "autograde"
DOTTED = re.compile(r"\bautograde(?:\.[A-Za-z_][A-Za-z_0-9]*)+")
TEXTS = ("Makefile", "README.md", "CONTRIBUTING.md", "pyproject.toml")


def test_rooms_import_downhill():
    program = (
        "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def _files() -> list[Path]:
    found = [path for path in PACKAGE.rglob("*.py") if "tests" not in path.parts]
    found += PACKAGE.rglob("kernel.json")
    return found + [ROOT / name for name in TEXTS if (ROOT / name).exists()]


def _texts(path: Path) -> list[str]:
    source = path.read_text("utf-8")
    if path.suffix != ".py":
        return [source]
    nodes = ast.walk(ast.parse(source))
    return [
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def _resolves(name: str) -> bool:
    """Whether `name` is a module, or something that a module has."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        module = ".".join(parts[:length])
        try:
            found = importlib.util.find_spec(module)
        except ModuleNotFoundError:
            continue
        if found is None:
            continue
        rest = parts[length:]
        if not rest:
            return True
        value = importlib.import_module(module)
        for part in rest:
            if not hasattr(value, part):
                return False
            value = getattr(value, part)
        return True
    return False


@pytest.mark.parametrize("path", _files(), ids=lambda p: str(p.relative_to(ROOT)))
def test_module_paths_in_text_resolve(path):
    names = {name for text in _texts(path) for name in DOTTED.findall(text)}
    wrong = sorted(name for name in names if not _resolves(name))
    assert not wrong


def test_the_search_for_wrong_paths_would_find_one():
    assert not _resolves("autograde.checking.nothing")
    assert not _resolves("autograde.nothing.at.all")
    assert _resolves("autograde.checking.compare.compare")


ROOMS = sorted(
    path.parent.name
    for path in PACKAGE.glob("*/__init__.py")
    if path.parent.name != "tests"
)


def _imported_rooms(room: str) -> set[str]:
    """The other rooms that modules of `room` import, late imports too."""
    found: set[str] = set()
    for path in (PACKAGE / room).rglob("*.py"):
        if "templates" in path.parts:  # of a course that is made, not of this package
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "autograde":
                names = [f"autograde.{alias.name}" for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            else:
                continue
            found |= {n.split(".")[1] for n in names if n.startswith("autograde.")}
    return found & {*ROOMS, "exercise", "environment"} - {room}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_what_lives_in_it_and_what_it_imports(room):
    tree = ast.parse((PACKAGE / room / "__init__.py").read_text("utf-8"))
    doc = " ".join((ast.get_docstring(tree) or "").split())
    said = re.search(r"\bIt imports ([^.]+)\.", doc)
    assert said is not None, doc
    found = _imported_rooms(room)
    mend = f"say in autograde/{room}/__init__.py: It imports {sorted(found)}"
    assert set(re.findall(r"`(\w+)`", said[1])) == found, mend
