"""Pairs of submissions that are suspiciously alike.

Code is compared by its winnowed pieces (:mod:`autograde.reporting.code_pieces`). Pieces
of the released notebook, of the reference and of its known mistakes are left out:
solutions like the reference leave hardly any. A pair is named where 75 % of the smaller
submission's pieces are in the other one, and at least 20 of them are rare: no more than
the square root of the class has them (or four, in a small class).

Why these numbers: a small idea of one's own leaves about three pieces, so 20 are some
seven ideas that two students share and hardly anyone else has. And in a simulated class
whose students draw each of seven solutions from only four ways to write it, word for
word, 75 % names at most one pair in 150; a disguised copy keeps more than 90 %.

What students wrote is read in a process that may die of it (`pieces_process`).
"""

from __future__ import annotations

import contextlib
import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

import nbformat

from autograde.authoring.chapter import find_chapter
from autograde.course.layout import CannotRun, notebook_path
from autograde.notebooks.editions import read_editions
from autograde.reporting import code_pieces
from autograde.reporting.code_pieces import winnowed
from autograde.reporting.mortal import MortalProcess

PROCESS = "autograde.reporting.pieces_process"
SECONDS = 10  # of CPU time for one work
LEAST_SHARE = 0.75
LEAST_COMMON = 20
LEAST_CLASS = 4

RULE = (
    f"Names, comments and formatting are ignored. Pieces of {code_pieces.PIECE} tokens "
    "that are in the released notebook, the reference or its known mistakes are left "
    f"out. A pair is named where {LEAST_SHARE:.0%} of the smaller submission's other "
    f"pieces are in the larger one, and at least {LEAST_COMMON} of them are rare: no "
    f"more than the square root of the class has them (at least {LEAST_CLASS})."
)


@dataclass
class SimilarPair:
    """Two students, the share of the smaller work that is in the other, and where."""

    one: str
    other: str
    share: float
    common: int
    cells: list[str] = field(default_factory=list)


@dataclass
class Likeness:
    """The suspicious pairs of a chapter, and whose work could not be compared."""

    pairs: list[SimilarPair] = field(default_factory=list)
    not_compared: list[str] = field(default_factory=list)


def likeness(root: Path, chapter: str) -> Likeness:
    """Compare the graded notebooks of `chapter` with each other."""
    folder = root / "grading" / "autograded"
    found = Likeness()
    works: dict[str, dict[str, list[int]]] = {}
    with contextlib.closing(MortalProcess(PROCESS)) as process:
        for path in sorted(folder.glob(f"*/{chapter}/{chapter}.ipynb")):
            student = path.parent.parent.name
            said = process.ask({"seconds": SECONDS}, path.read_bytes())
            if said is None:
                found.not_compared.append(student)
            else:
                works[student] = json.loads(said)
    found.pairs = _pairs(works, known_code(root, chapter))
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


def find_pairs(
    works: dict[str, dict[str, str]], known: Iterable[str]
) -> list[SimilarPair]:
    """Compare `works` (student, cell, source) through an index of rare pieces.

    The time grows with the class and not with its square: only students who share a
    rare piece are ever compared.
    """
    return _pairs({name: winnowed(cells) for name, cells in works.items()}, known)


def _pairs(
    works: dict[str, dict[str, list[int]]], known: Iterable[str]
) -> list[SimilarPair]:
    """As `find_pairs`, of pieces for sources."""
    ordinary = {piece for source in known for piece in code_pieces.pieces(source)}
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
            found.append(SimilarPair(one, other, share, count, cells))
    return sorted(found, key=lambda pair: (-pair.share, -pair.common, pair.one))


def _cells_in_common(one, other, holders, rare: int) -> list[str]:
    shared = [piece for piece in one if piece in other and len(holders[piece]) <= rare]
    return [name for name, _ in Counter(one[piece] for piece in shared).most_common(5)]


def _own(cells: dict[str, list[int]], ordinary: set[int]) -> dict[int, str]:
    """A submission's pieces that are not `ordinary`, with the cell of each."""
    found: dict[int, str] = {}
    for name, pieces in cells.items():
        for piece in pieces:
            if piece not in ordinary:
                found.setdefault(piece, name)
    return found
