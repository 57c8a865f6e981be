"""The names that the code of a cell binds or reads, found without running it.

Every question about names is answered here: for the grader, for a student's kernel and
for the merging of versions. Lines that only IPython understands are passed over.
"""

from __future__ import annotations

import ast
import functools
import re
import symtable
from dataclasses import dataclass
from typing import Any

from autograde.checking.parsing import parse

MAX_SOURCE = 100_000  # characters; a syntax tree takes a thousand times the memory

_MAGIC_LINE = re.compile(r"^(\s*)(?:[%!]|\?\w|\w+\?$).*$", re.MULTILINE)
_MAGIC_VALUE = re.compile(r"^(\s*[\w, ]+=\s*)[%!].*$", re.MULTILINE)
_DEFINITION = re.compile(r"^(?:async\s+def|def|class)\s+(\w+)", re.MULTILINE)
_BOUND_BY_NAME = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Import,
    ast.ImportFrom,
)
_AT_ONCE = {"listcomp", "setcomp", "dictcomp", "genexpr"}  # scopes that run in place


@functools.lru_cache(maxsize=1024)  # a class shares the released cells
def bound_names(source: str) -> frozenset[str]:
    """The names that the code in `source` assigns, defines or loops over, anywhere."""
    return _names(source, ast.Store)


def read_names(source: str) -> frozenset[str]:
    """The names that the code in `source` reads, anywhere."""
    return _names(source, ast.Load)


@functools.lru_cache(maxsize=2048)
def top_level_names(source: str) -> frozenset[str]:
    """The names that a cell binds at its top level; none where it is not Python."""
    tree = parsed(source)
    names: set[str] = set()
    for node in tree.body if tree is not None else []:
        names |= bound_by(node)
    return frozenset(names)


def defined_names(source: str) -> frozenset[str]:
    """The top-level names of a cell, in one that is not Python those it seems to def.

    A cell that Python cannot read still tells which exercise it was meant for.
    """
    if parsed(source) is None:
        return frozenset(_DEFINITION.findall(source))
    return top_level_names(source)


@dataclass(frozen=True)
class Uses:
    """Global names that a cell reads: when it runs, and when what it defines runs."""

    at_once: frozenset[str]
    later: frozenset[str]


@functools.lru_cache(maxsize=1024)
def used_names(source: str) -> Uses:
    """Which global names the code in `source` needs, and when."""
    at_once: set[str] = set()
    later: set[str] = set()
    if parsed(source) is None:
        return Uses(frozenset(), frozenset())
    try:
        table = symtable.symtable(plain_python(source), "<cell>", "exec")
    except (SyntaxError, ValueError, RecursionError):
        return Uses(frozenset(), frozenset())
    for symbol in table.get_symbols():
        if symbol.is_referenced():
            at_once.add(symbol.get_name())
    _walk(table, at_once, later, deferred=False)
    return Uses(frozenset(at_once), frozenset(later))


def _walk(
    table: symtable.SymbolTable, at_once: set[str], later: set[str], deferred: bool
) -> None:
    for inner in table.get_children():
        waits = deferred or (
            inner.get_type() == "function" and inner.get_name() not in _AT_ONCE
        )
        for symbol in inner.get_symbols():
            if symbol.is_global() and symbol.is_referenced():
                (later if waits else at_once).add(symbol.get_name())
        _walk(inner, at_once, later, waits)


@functools.lru_cache(maxsize=2048)
def definitions(source: str) -> dict[str, str]:
    """What a cell binds at its top level: each name with the last code that binds it.

    The code is a syntax tree as text, without docstrings, so that comments and
    layout make no difference. Do not change the dict; it is kept.
    """
    return {name: code_of(node) for name, node in _binders(source).items()}


def same_definitions(source: str, other: str) -> bool:
    """Whether two cells have the same :func:`definitions`; ends where they differ."""
    one, two = _binders(source), _binders(other)
    return one.keys() == two.keys() and all(
        _is_same(_without_docstrings(node), _without_docstrings(two[name]))
        for name, node in one.items()
    )


def _binders(source: str) -> dict[str, ast.stmt]:
    """Each top-level name of a cell with the last statement that binds it."""
    tree = parsed(source)
    found: dict[str, ast.stmt] = {}
    for node in tree.body if tree is not None else []:
        found |= dict.fromkeys(bound_by(node), node)
    return found


def _is_same(one: Any, other: Any) -> bool:
    """Whether two syntax trees, or parts of some, say the same."""
    if type(one) is not type(other):
        return False
    if isinstance(one, ast.AST):
        return all(
            _is_same(getattr(one, name, None), getattr(other, name, None))
            for name in one._fields
        )
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_is_same, one, other))
    return one == other


def code_of(node: ast.stmt) -> str:
    """A statement as text in which comments, layout and docstrings do not count."""
    bare = _without_docstrings(node)
    try:
        return ast.dump(bare)
    except RecursionError:  # hundreds of `elif` are nested as deep: part by part
        return repr([(type(part).__name__, _leaves(part)) for part in ast.walk(bare)])


def _leaves(node: ast.AST) -> list[tuple[str, object]]:
    """The fields of a node that hold no other nodes."""
    return [
        (name, value)
        for name, value in ast.iter_fields(node)
        if not isinstance(value, ast.AST | list)
    ]


def is_bare_stub(node: ast.stmt) -> bool:
    """Whether a definition has no body but a docstring and the stub's `raise`."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return all(map(_says_nothing, node.body))
    if isinstance(node, ast.ClassDef):
        members = [n for n in node.body if not _says_nothing(n)]
        return not members or (
            all(isinstance(n, ast.FunctionDef | ast.ClassDef) for n in members)
            and all(map(is_bare_stub, members))
        )
    return False


def is_stub_raise(node: ast.stmt) -> bool:
    """Whether a statement is the ``raise NotImplementedError()`` of a stub.

    A text in its brackets makes no difference.
    """
    if not isinstance(node, ast.Raise) or node.cause is not None:
        return False
    raised = node.exc
    if (
        isinstance(raised, ast.Call)
        and not raised.keywords
        and all(isinstance(argument, ast.Constant) for argument in raised.args)
    ):
        raised = raised.func
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"


@functools.lru_cache(maxsize=1024)
def parsed(source: str) -> ast.Module | None:
    """The syntax tree of a cell; None where it is not Python. Do not change it."""
    if len(source) > MAX_SOURCE:
        return None
    try:
        return parse(plain_python(source), flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def plain_python(source: str) -> str:
    """`source` with IPython's own lines made harmless; lines keep their numbers."""
    if "%" not in source and "!" not in source and "?" not in source:
        return source
    source = _MAGIC_VALUE.sub(r"\1None", source)
    return _MAGIC_LINE.sub(r"\1pass", source)


def _says_nothing(node: ast.stmt) -> bool:
    text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return text or isinstance(node, ast.Pass) or is_stub_raise(node)


def bound_by(node: ast.stmt) -> set[str]:
    """The names that a statement binds in its own scope."""
    names: set[str] = set()
    waiting = [node]  # not by recursion: hundreds of `elif` are nested as deep
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(inner.name)
        elif isinstance(inner, ast.Import | ast.ImportFrom):
            names |= {(a.asname or a.name).split(".")[0] for a in inner.names}
        elif isinstance(inner, ast.If | ast.Try | ast.With | ast.For | ast.While):
            for part in ("body", "orelse", "finalbody"):
                waiting += getattr(inner, part, [])
            for handler in getattr(inner, "handlers", []):
                waiting += handler.body
    if isinstance(node, _BOUND_BY_NAME):
        return names
    return names | {
        part.id
        for part in ast.walk(node)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    }


def _without_docstrings(node: ast.stmt) -> ast.stmt:
    """A copy of the definition, without what explains it only."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return node
    body = [
        _without_docstrings(statement)
        for index, statement in enumerate(node.body)
        if index > 0
        or not isinstance(statement, ast.Expr)
        or not isinstance(statement.value, ast.Constant)
        or not isinstance(statement.value.value, str)
    ]
    fields = {name: value for name, value in ast.iter_fields(node) if name != "body"}
    return type(node)(**fields, body=body)


def _names(source: str, use: type[ast.expr_context]) -> frozenset[str]:
    tree = parsed(source)
    names = set()
    for node in ast.walk(tree) if tree is not None else []:
        if isinstance(node, ast.Name) and isinstance(node.ctx, use):
            names.add(node.id)
        elif use is ast.Store and isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
    return frozenset(names)
