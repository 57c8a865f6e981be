"""Code as a row of pieces, in which a student's own names and layout are gone.

The code becomes tokens without names of its own, comments, docstrings and formatting:
Python reads it and writes it again. Every stretch of eight tokens is a piece; of four
pieces in a row one is kept, by a rule that depends on nothing but their content
(winnowing: Schleimer, Wilkerson and Aiken, 2003), so that equal stretches of eleven
tokens or more share one.
"""

from __future__ import annotations

import ast
import builtins
import io
import keyword
import tokenize
import warnings
import zlib
from functools import lru_cache

import nbformat

from autograde.notebooks.cells import is_added

PIECE = 8
WINDOW = 4
MAX_SOURCE = 40_000  # characters of one cell that are looked at
MAX_WORK = 400_000  # and of all cells of one student

_KEPT = set(keyword.kwlist) | set(dir(builtins))
_KEPT |= {"np", "torch", "nn", "F", "plt", "math", "self"}
_SKIPPED = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
}
_STARTS = {tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING}


def student_code(notebook: nbformat.NotebookNode) -> dict[str, str]:
    """The sources of a student's own cells, by a name for each."""
    found = {}
    for cell in notebook.cells:
        info = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and (info.get("solution") or is_added(cell)):
            found[info.get("grade_id") or cell.id] = cell.source
    return found


def winnowed(cells: dict[str, str]) -> dict[str, list[int]]:
    """The winnowed pieces of a student's cells, by the cells' names.

    Of a very long work only so much is looked at.
    """
    found: dict[str, list[int]] = {}
    room = MAX_WORK
    for name, source in cells.items():
        room -= min(len(source), MAX_SOURCE)
        if room < 0:
            break
        found[name] = sorted(_winnow(pieces(source)))
    return found


@lru_cache(maxsize=20_000)
def pieces(source: str) -> tuple[int, ...]:
    """A number for every stretch of PIECE tokens."""
    row = tokens(source)
    return tuple(
        zlib.crc32(" ".join(row[start : start + PIECE]).encode())
        for start in range(len(row) - PIECE + 1)
    )


def _winnow(pieces: tuple[int, ...]) -> set[int]:
    """The smallest piece of every WINDOW in a row."""
    if len(pieces) <= WINDOW:
        return set(pieces)
    starts = range(len(pieces) - WINDOW + 1)
    return {min(pieces[start : start + WINDOW]) for start in starts}


def tokens(source: str) -> list[str]:
    """The code as tokens without names of its own; what cannot be read is left out."""
    found: list[str] = []
    before = tokenize.ENCODING
    readline = io.StringIO(_in_one_spelling(source[:MAX_SOURCE])).readline
    try:
        for token in tokenize.generate_tokens(readline):
            docstring = token.type == tokenize.STRING and before in _STARTS
            if token.type not in _SKIPPED and not docstring:
                found.append(_normal(token, found))
            if token.type not in (tokenize.COMMENT, tokenize.NL):
                before = token.type
    except (tokenize.TokenError, SyntaxError, ValueError):
        pass
    return found


def _in_one_spelling(source: str) -> str:
    """The code without what changes nothing: brackets, commas, line breaks, quotes.

    Code that is not Python, such as a cell with a magic, stays as it is.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a backslash too many is no news here
            return ast.unparse(ast.parse(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return source


def _normal(token: tokenize.TokenInfo, before: list[str]) -> str:
    if token.type == tokenize.STRING:
        return "'text'"
    if token.type != tokenize.NAME or token.string in _KEPT:
        return token.string
    return token.string if before and before[-1] == "." else "name"
