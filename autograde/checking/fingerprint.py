"""A short text that equal wrong answers have in common, on every machine.

It holds for each case how it went and, of a wrong result, its shapes and a few sums of
its numbers, rounded. A sum may lie on the edge between two rounded values, and another
machine put it on the other side: so all sums are rounded twice, with different edges,
and answers count as equal where either half of their fingerprints agrees.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from autograde.checking.compare import as_array

MAX_NUMBERS = 100_000
STEP = 0.01  # of a decade, and of a sum's share
LARGEST = 1e290  # larger numbers count as infinite: their sum would be
HALF = 12  # characters of each of the two halves


def fingerprint(outcomes: Sequence[str], values: Sequence[Any]) -> str:
    """The two halves, joined by ``-``.

    `outcomes` has the outcome of each case; `values` what a wrong case gave, the name
    of the error of one that raised, and None for the others.
    """
    halves = []
    for shift in (0.0, 0.5):
        said = "\n".join(
            f"{outcome}: {'|'.join(_described(value, shift))}"
            for outcome, value in zip(outcomes, values, strict=True)
        )
        digest = hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()
        halves.append(digest[:HALF])
    return "-".join(halves)


def groups(fingerprints: Sequence[str]) -> list[list[int]]:
    """The places of equal fingerprints, the largest group first."""
    home: dict[tuple[int, str], int] = {}
    parent = list(range(len(fingerprints)))

    def root(place: int) -> int:
        while parent[place] != place:
            place = parent[place]
        return place

    for place, text in enumerate(fingerprints):
        for half in enumerate(text.split("-")):
            parent[root(place)] = root(home.setdefault(half, place))
    found: dict[int, list[int]] = {}
    for place in range(len(fingerprints)):
        found.setdefault(root(place), []).append(place)
    return sorted(found.values(), key=lambda group: (-len(group), group))


def _described(value: Any, shift: float) -> Iterator[str]:
    if isinstance(value, str):
        yield value
        return
    if isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from _described(item, shift)
        return
    array = as_array(value)
    if array is not None:
        yield _sums(array, shift)
    elif isinstance(value, list | tuple):
        yield f"{len(value)} items"
        for item in value:
            yield from _described(item, shift)
    else:
        yield type(value).__name__


def _sums(array: np.ndarray, shift: float) -> str:
    if array.size > MAX_NUMBERS:
        return f"{array.shape}"
    numbers = array.astype(np.float64).ravel()
    finite = np.isfinite(numbers) & (np.abs(numbers) < LARGEST)
    size = float(np.abs(numbers[finite]).sum())
    said = f"{array.shape} {int((~finite).sum())} not finite"
    if size == 0.0:
        return f"{said} zeros"
    weights = np.cos(1.0 + np.arange(numbers.size))
    share = float((numbers[finite] * weights[finite]).sum()) / size
    parts = (math.log10(size), share)
    return f"{said} {[math.floor(part / STEP + shift) for part in parts]}"
