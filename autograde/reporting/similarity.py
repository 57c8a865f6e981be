"""Pairs of submissions that are suspiciously alike.

The code of a student's cells becomes a row of tokens in which the student's own names,
comments, docstrings and formatting are gone: Python reads the code and writes it again.
Its pieces of eight tokens are winnowed (Schleimer, Wilkerson and Aiken, 2003: equal
stretches of eleven tokens or more share a piece). Pieces of the released notebook, of
the reference and of its known mistakes are left out: solutions like the reference leave
hardly any. A pair is named where 75 % of the smaller submission's pieces are in the
other one, and at least 20 of them are rare: no more than the square root of the class
has them (or four, in a small class).

Why these numbers: a small idea of one's own leaves about three pieces, so 20 are some
seven ideas that two students share and hardly anyone else has. And in a simulated class
whose students draw each of seven solutions from only four ways to write it, word for
word, 75 % names at most one pair in 150; a disguised copy keeps more than 90 %.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import io
import keyword
import math
import tokenize
import warnings
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations
from pathlib import Path

import nbformat

from autograde.authoring.chapter import find_chapter
from autograde.course.layout import CannotRun, notebook_path
from autograde.notebooks.cells import is_added
from autograde.notebooks.editions import read_editions

PIECE = 8
WINDOW = 4
LEAST_SHARE = 0.75
LEAST_COMMON = 20
LEAST_CLASS = 4
MAX_SOURCE = 40_000  # characters of one cell that are looked at
MAX_WORK = 400_000  # and of all cells of one student

RULE = (
    f"Names, comments and formatting are ignored. Pieces of {PIECE} tokens that are in "
    "the released notebook, the reference or its known mistakes are left out. A pair "
    f"is named where {LEAST_SHARE:.0%} of the smaller submission's other pieces are in "
    f"the larger one, and at least {LEAST_COMMON} of them are rare: no more than the "
    f"square root of the class has them (at least {LEAST_CLASS})."
)

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


@dataclass
class Pair:
    """Two students, the share of the smaller work that is in the other, and where."""

    one: str
    other: str
    share: float
    common: int
    cells: list[str] = field(default_factory=list)


def similar_pairs(root: Path, chapter: str) -> list[Pair]:
    """The suspicious pairs among the graded notebooks of `chapter`."""
    folder = root / "grading" / "autograded"
    works = {}
    for path in sorted(folder.glob(f"*/{chapter}/{chapter}.ipynb")):
        with contextlib.suppress(ValueError, AttributeError, KeyError):
            # nbformat.read validates as well, which takes most of the time.
            notebook = nbformat.v4.reads(path.read_text("utf-8"))
            works[path.parent.parent.name] = student_code(notebook)
    return find_pairs(works, known_code(root, chapter))


def student_code(notebook: nbformat.NotebookNode) -> dict[str, str]:
    """The sources of a student's own cells, by a name for each."""
    found = {}
    for cell in notebook.cells:
        info = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and (info.get("solution") or is_added(cell)):
            found[info.get("grade_id") or cell.id] = cell.source
    return found


def known_code(root: Path, chapter: str) -> list[str]:
    """Code that proves nothing: what is released, the reference, its known mistakes."""
    sources = []
    released = notebook_path(root / "chapters" / chapter)
    if released.exists():
        cells = nbformat.read(released, 4).cells
        for edition in read_editions(released.parent).values():
            cells += edition.cells
        sources += [cell.source for cell in cells if cell.cell_type == "code"]
    try:
        truth = find_chapter(chapter, root)
    except CannotRun:
        return sources
    for exercise in truth.exercises:
        solution = truth.solution(exercise.name)
        sources.append(solution)
        sources += [mistake.apply(solution) for mistake in exercise.misconceptions]
    return sources


def find_pairs(works: dict[str, dict[str, str]], known: Iterable[str]) -> list[Pair]:
    """Compare `works` (student, cell, source) through an index of rare pieces.

    The time grows with the class and not with its square: only students who share a
    rare piece are ever compared.
    """
    ordinary = {piece for source in known for piece in _pieces(source)}
    pieces = {name: _own(cells, ordinary) for name, cells in works.items()}
    holders: dict[int, list[str]] = defaultdict(list)
    for name, own in pieces.items():
        for piece in own:
            holders[piece].append(name)
    rare = max(LEAST_CLASS, math.isqrt(len(works)))
    common: Counter[tuple[str, str]] = Counter()
    for names in holders.values():
        if len(names) <= rare:
            common.update(combinations(names, 2))
    found = []
    for (one, other), count in common.items():
        if count < LEAST_COMMON:
            continue
        smaller, larger = sorted((pieces[one], pieces[other]), key=len)
        share = sum(piece in larger for piece in smaller) / len(smaller)
        if share >= LEAST_SHARE:
            cells = _cells_in_common(smaller, larger, holders, rare)
            found.append(Pair(one, other, share, count, cells))
    return sorted(found, key=lambda pair: (-pair.share, -pair.common, pair.one))


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


@lru_cache(maxsize=20_000)
def _pieces(source: str) -> tuple[int, ...]:
    """A number for every stretch of PIECE tokens."""
    row = tokens(source)
    return tuple(
        zlib.crc32(" ".join(row[start : start + PIECE]).encode())
        for start in range(len(row) - PIECE + 1)
    )


def _own(cells: dict[str, str], ordinary: set[int]) -> dict[int, str]:
    """A submission's winnowed pieces that are not `ordinary`, with the cell of each."""
    found: dict[int, str] = {}
    room = MAX_WORK
    for name, source in cells.items():
        room -= min(len(source), MAX_SOURCE)
        if room < 0:
            break
        for piece in _winnow(_pieces(source)):
            if piece not in ordinary:
                found.setdefault(piece, name)
    return found


def _winnow(pieces: tuple[int, ...]) -> set[int]:
    """The smallest piece of every WINDOW in a row."""
    if len(pieces) <= WINDOW:
        return set(pieces)
    starts = range(len(pieces) - WINDOW + 1)
    return {min(pieces[start : start + WINDOW]) for start in starts}


def _cells_in_common(one, other, holders, rare: int) -> list[str]:
    shared = [piece for piece in one if piece in other and len(holders[piece]) <= rare]
    return [name for name, _ in Counter(one[piece] for piece in shared).most_common(5)]
