"""What an exercise's docstring says of names: shapes of arguments, meanings of symbols.

The course writes shapes in one way, ``X: (N, d) float`` or ``ids  (N, T) int64``; this
reads them so that a check can speak of N and not of a number.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable
from typing import Any

_SHAPE = r"\(([A-Za-z_][\w' ]*(?:,[\w' +*/-]*)*)\)"
_NAMES = r"([A-Za-z_]\w*(?:, [A-Za-z_]\w*)*)"
_ENTRY = re.compile(rf"(?:^|\s){_NAMES}(?::|  )\s*{_SHAPE}(?: or {_SHAPE})?", re.M)
_MEANING = re.compile(r"\b([A-Za-z]) (?:is )?(the number of [a-z]+)")
_ONE_FOR_EACH = re.compile(
    r"list\s+of\s+\w+\s+with\s+one\s+number\s+for\s+(?:every|each)\s+(\w+)"
)


def docstring_of(source: str, name: str) -> str:
    """The docstring of the function or class `name` in `source`, with its methods'."""
    node: Any
    for node in ast.parse(source).body:
        if getattr(node, "name", None) == name:
            inner = [node, *getattr(node, "body", [])] if _is_class(node) else [node]
            texts = [ast.get_docstring(item) for item in inner if _has_text(item)]
            return "\n".join(filter(None, texts))
    return ""


def axes_of(docstring: str) -> dict[str, list[list[str]]]:
    """The symbols of each argument's axes; several where it may have several shapes."""
    found: dict[str, list[list[str]]] = {}
    for names, *shapes in _ENTRY.findall(docstring):
        forms = [_symbols(shape) for shape in shapes if shape]
        for name in names.split(", "):
            found.setdefault(name, forms)
    return found


def meanings_of(docstring: str) -> dict[str, str]:
    """What single letters stand for: ``N is the number of samples``."""
    return dict(_MEANING.findall(" ".join(docstring.split())))


def entry_word(docstring: str) -> str:
    """``epoch`` where a list has "one number for every epoch"; else ``entry``."""
    found = _ONE_FOR_EACH.search(docstring)
    return found[1] if found else "entry"


def argument_names(target: Any, probe: Callable | None) -> list[str]:
    """The arguments that a case's positional inputs are, "" for what is none.

    A probe may take the same inputs and more; what it calls as the function does is
    taken to be that argument.
    """
    own = _parameters(target)
    if probe is None:
        return [name for name, starred in own if not starred]
    names: list[str] = []
    for name, starred in _parameters(probe)[1:]:
        if starred:
            if not names:
                names = [name for name, more in own if not more]
            break
        names.append(name)
    known = {name for name, _ in own}
    return [name if name in known else "" for name in names]


def _parameters(target: Any) -> list[tuple[str, bool]]:
    try:
        parameters = inspect.signature(target).parameters.values()
    except (TypeError, ValueError):
        return []
    kept = [p for p in parameters if p.kind not in (p.VAR_KEYWORD, p.KEYWORD_ONLY)]
    return [(p.name, p.kind == p.VAR_POSITIONAL) for p in kept]


def _symbols(shape: str) -> list[str]:
    return [part.strip() for part in shape.split(",") if part.strip()]


def _is_class(node: ast.AST) -> bool:
    return isinstance(node, ast.ClassDef)


def _has_text(node: ast.AST) -> bool:
    return isinstance(node, ast.ClassDef | ast.FunctionDef)
