"""The names that the code of a cell binds or reads, found without running it."""

from __future__ import annotations

import ast
import functools

MAX_SOURCE = 100_000  # characters; a syntax tree takes a thousand times the memory


@functools.lru_cache(maxsize=1024)  # a class shares the released cells
def bound_names(source: str) -> frozenset[str]:
    """The names that the code in `source` assigns, defines or loops over."""
    return _names(source, ast.Store)


def read_names(source: str) -> frozenset[str]:
    """The names that the code in `source` reads."""
    return _names(source, ast.Load)


def _names(source: str, use: type[ast.expr_context]) -> frozenset[str]:
    if len(source) > MAX_SOURCE:
        return frozenset()
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, use):
            names.add(node.id)
        elif use is ast.Store and isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
    return frozenset(names)
