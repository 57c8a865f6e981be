"""The named parts of a result, each beside the expected one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograde.checking import serialize
from autograde.checking.compare import SINGLE_RTOL, Tolerance, as_array, compare
from autograde.checking.pairs import Pair
from autograde.checking.places import inside

MAX_PARTS = 200
MAX_ITEMS = 20  # of a list of arrays, each a part of its own
_ITEM = re.compile(r"\bitem \d+ of | of item \d+(?= of |$)|^item \d+$")
_SINGLE = {np.dtype("float32"), np.dtype("float16")}


@dataclass
class Part:
    """One part of a result; `name` is empty where the result is a single thing.

    `of` is the name without the numbers of items: what all items of a list share.
    """

    name: str
    right: bool
    expected: Any = None
    got: Any = None

    def __post_init__(self) -> None:
        self.of = _ITEM.sub("", self.name)


def parts_of(
    expected: Any, got: Any, tolerance: Tolerance, names: Sequence[str] = ()
) -> list[Part]:
    """`expected` and `got` taken apart along dicts, and along tuples with names."""
    found = []
    for name, wanted, given in _pieces(expected, got, names, ""):
        right = compare(wanted, given, tolerance) is None
        found.append(Part(name, right, wanted, given))
        if len(found) == MAX_PARTS:
            break
    return found


def _pieces(
    expected: Any, got: Any, names: Sequence[str], within: str
) -> Iterator[tuple[str, Any, Any]]:
    dicts = isinstance(expected, dict) and isinstance(got, dict)
    if dicts and expected and set(expected) == set(got):
        for key, value in expected.items():
            yield from _pieces(value, got[key], (), inside(str(key), within))
        return
    alike = isinstance(expected, list | tuple) and isinstance(got, list | tuple)
    if alike and len(expected) == len(got) and expected:
        named = len(names) == len(expected)
        if named or (len(expected) <= MAX_ITEMS and _has_parts(expected)):
            for index, value in enumerate(expected):
                name = names[index] if named else f"item {index}"
                inner = () if named else names
                yield from _pieces(value, got[index], inner, inside(name, within))
            return
    yield within, expected, got


def _has_parts(items: Sequence[Any]) -> bool:
    """Whether a list is one of arrays of several shapes, or of reports with parts."""
    if as_array(items) is not None:
        return False
    if all(as_array(item) is not None for item in items):
        return True
    return any(
        isinstance(item, dict)
        or (
            isinstance(item, list | tuple)
            and not any(isinstance(inner, str) for inner in item)
            and _has_parts(item)
        )
        for item in items
    )


def pair_of(part: Part, tolerance: Tolerance) -> Pair | None:
    """The part's numbers, for a relation between them; None where it has none."""
    right, got = as_array(part.expected), as_array(part.got)
    if right is None or got is None or right.dtype.kind == "b":
        return None
    single = {right.dtype, got.dtype} & _SINGLE
    near = max(tolerance.rtol, SINGLE_RTOL if single else 0.0)
    arrays = right.astype(np.float64), got.astype(np.float64)
    return Pair(*arrays, near, part=part.name)


def numbers(value: Any) -> np.ndarray | None:
    """An input as an array of float64, where it is one."""
    array = (
        as_array(value)
        if isinstance(value, np.ndarray | serialize.TensorData)
        else None
    )
    return None if array is None else array.astype(np.float64)
