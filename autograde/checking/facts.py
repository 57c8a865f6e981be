"""Facts of a case's inputs, in words: what may set the failing cases apart.

Only kinds of input are facts that are known to make a difference: an empty one, a
single row, zeros, negative or whole numbers, a repeated entry, a mask with a hole.
Facts come from the one that tells most to the one that tells least.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograde.checking.compare import as_array

MAX_NUMBERS = 20_000  # of an input; of a larger one, in any case, nothing is said
_SPECIAL = (0, 1, -1)


def facts_of(inputs: dict[str, Any]) -> list[str]:
    """What is true of the named inputs of one case.

    A fact that is not in the list is false of it: so what sets cases apart is known.
    """
    found: dict[str, None] = {}
    for name, value in inputs.items():
        for fact in _of_value(f"`{name}`", value):
            found.setdefault(fact)
    return list(found)


def is_large(value: Any) -> bool:
    """Whether an input is too large to be looked at."""
    if isinstance(value, np.ndarray):
        return value.size > MAX_NUMBERS
    if isinstance(value, str):
        return len(value) > MAX_NUMBERS
    return isinstance(value, list | tuple | dict) and len(value) > MAX_NUMBERS


def facts_of_all(
    cases: list[dict[str, Any]], wrong: list[bool]
) -> Iterator[tuple[str, list[bool]]]:
    """Facts that need several cases: one value of an argument, left out or given.

    Yields each with the cases in which it is true.
    """
    last: list[tuple[str, list[bool]]] = []
    for name in dict.fromkeys(name for case in cases for name in case):
        given = [name in case for case in cases]
        if not all(given):
            yield f"`{name}` is left out", [not there for there in given]
            continue
        values = [case[name] for case in cases]
        if all(map(_is_plain, values)):
            for value in dict.fromkeys(v for v in values if _is_short(v)):
                true = [_same(other, value) for other in values]
                fact = f"`{name}` equals {value!r}", true
                if value is None or isinstance(value, bool | str) or value in _SPECIAL:
                    yield fact
                elif sum(true) > 1:
                    last.append(fact)
            last += _bounds(name, values, wrong)
    yield from last


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, bool | int | float | str)


def _is_short(value: Any) -> bool:
    return not isinstance(value, str) or len(value) < 20


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and one == other


def _bounds(
    name: str, values: list[Any], wrong: list[bool]
) -> Iterator[tuple[str, list[bool]]]:
    """A bound between the failing cases and the others, where it is no coincidence."""
    if not all(isinstance(v, int | float) for v in values):
        return
    bad = [v for v, failed in zip(values, wrong, strict=True) if failed]
    good = [v for v, failed in zip(values, wrong, strict=True) if not failed]
    if len(set(bad)) < 3 or len(set(good)) < 2 or len(wrong) < 8:
        return
    if min(bad) > max(good):
        yield f"`{name}` is {min(bad):g} or more", list(wrong)
    if max(bad) < min(good):
        yield f"`{name}` is {max(bad):g} or less", list(wrong)


def _of_value(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from _of_text(name, value)
    elif isinstance(value, bool) or value is None:
        return
    elif isinstance(value, int | float):
        if value < 0:
            yield f"{name} is negative"
        if isinstance(value, int):
            yield f"{name} is an int"
    elif isinstance(value, np.ndarray):
        yield from _of_array(name, value)
        if value.dtype != np.float64:
            yield f"{name} has dtype {value.dtype}"
    elif isinstance(value, dict):
        if not value:
            yield f"{name} is empty"
    elif isinstance(value, list | tuple):
        yield from _of_list(name, value)


def _of_text(name: str, text: str) -> Iterator[str]:
    if not text:
        yield f"{name} is empty"
    if len(text) == 1:
        yield f"{name} has one letter"
    yield from _of_letters(name, text)


def _of_letters(name: str, text: str) -> Iterator[str]:
    if any(char.isupper() for char in text):
        yield f"{name} has a capital letter"
    if any(char.isdigit() for char in text):
        yield f"{name} has a digit"
    if not text.isascii():
        yield f"{name} has a letter that is not ASCII"
    if any(char.isspace() and char != " " for char in text):
        yield f"{name} has a tab or a line break"
    if "  " in text:
        yield f"{name} has two spaces in a row"


def _of_list(name: str, items: list | tuple) -> Iterator[str]:
    plain = as_array(items)
    if plain is not None and plain.size:
        yield from _of_array(name, plain)
        return
    if not items:
        yield f"{name} is empty"
    if len(items) == 1:
        yield f"{name} has one item"
    if any(isinstance(item, str | list | tuple) and not item for item in items):
        yield f"{name} has an empty item"
    texts = list(_texts(items))
    known = dict.fromkeys(fact for text in texts for fact in _of_letters(name, text))
    yield from known
    if len(texts) == len(items) and len(set(texts)) < len(texts):
        yield f"{name} has an item twice"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)


def _of_array(name: str, array: np.ndarray) -> Iterator[str]:
    """Facts of an array, each tried on every array: none hides another."""
    if not array.size:
        yield f"{name} is empty"
    if array.shape == (1,):
        yield f"{name} has one entry"
    if array.ndim == 2:
        rows, columns = array.shape
        if rows == 1:
            yield f"{name} has one row"
        if columns == 1:
            yield f"{name} has one column"
        if rows == columns:
            yield f"{name} has as many rows as columns"
        if columns > rows:
            yield f"{name} has more columns than rows"
    for axis, size in enumerate(array.shape):
        if size == 1:
            yield f"axis {axis} of {name} has size 1"
    yield f"{name} has {array.ndim} axes" if array.ndim != 1 else f"{name} has one axis"
    if array.size:
        yield from _of_numbers(name, array.astype(np.float64))


def _of_numbers(name: str, array: np.ndarray) -> Iterator[str]:
    if not np.isfinite(array).all():
        yield f"{name} holds NaN or infinity"
    if not array.any():
        yield f"{name} holds nothing but zeros"
    if (array == 0).any():
        yield f"{name} holds a 0"
    if (array < 0).any():
        yield f"{name} holds a negative number"
    if (array < 0).all():
        yield f"{name} holds negative numbers only"
    if (array == array.flat[0]).all():
        yield f"all numbers of {name} are the same"
    if array.ndim == 2:
        if (array == 0).all(axis=1).any():
            yield f"{name} has a row of zeros"
        if ((array[:, :-1] == 0) & (array[:, 1:] == 1)).any():
            yield f"{name} has a 1 behind a 0"
        if (array[:, 0] == 0).any():
            yield f"{name} has a row that begins with 0"
    if len(np.unique(array)) < array.size:
        yield f"{name} has a number twice"
    if (array == np.round(array)).all():
        yield f"all numbers of {name} are whole"
    if array.ndim and _ties(array):
        yield f"{name} has a tie for the largest number"
    largest = np.abs(array).max()
    for size in (100, 1000, 10_000):
        if largest >= size:
            yield f"{name} holds a number of at least {size} in size"
    if largest < 1e-3:
        yield f"all numbers of {name} are below 0.001 in size"


def _ties(array: np.ndarray) -> bool:
    top = array.max(axis=-1, keepdims=True)
    return bool(((array == top).sum(axis=-1) > 1).any())
