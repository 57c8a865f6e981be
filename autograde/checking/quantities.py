"""The named numbers of a case: sizes of its arrays, and plain numbers given to it.

A wrong result is often the right one times one of them. Which one is said only where
no other would do as well in every failing case.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

_CLOSE = 1e-5


@dataclass(frozen=True)
class Quantity:
    """A number with its name (``N``) and what it is (``the number of rows of `X```)."""

    name: str
    value: float
    what: str = ""


def quantities_of(
    inputs: dict[str, Any], axes: dict[str, list[list[str]]], meanings: dict[str, str]
) -> list[Quantity]:
    """The quantities of a case with these named `inputs`.

    `axes` gives the symbols of an argument's axes, as its docstring has them; an
    argument may have several forms. `meanings` says what a symbol stands for. Two
    different sizes under one symbol leave that symbol out.
    """
    found: dict[str, Quantity] = {}
    doubtful: set[str] = set()
    for argument, value in inputs.items():
        for quantity in _of_argument(argument, value, axes.get(argument, []), meanings):
            known = found.setdefault(quantity.name, quantity)
            if known.value != quantity.value:
                doubtful.add(quantity.name)
    return [quantity for name, quantity in found.items() if name not in doubtful]


def _of_argument(
    argument: str, value: Any, forms: list[list[str]], meanings: dict[str, str]
) -> Iterator[Quantity]:
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, int | float):
        if math.isfinite(value) and value:
            yield Quantity(f"`{argument}`", float(value))
        return
    if not isinstance(value, np.ndarray):
        return
    symbols = next((form for form in forms if len(form) == value.ndim), None)
    for axis, size in enumerate(value.shape):
        where = _axis_words(axis, value.ndim)
        if symbols is None:
            yield Quantity(f"{where} of `{argument}`", float(size))
        elif symbols[axis].isidentifier():
            symbol = symbols[axis]
            what = meanings.get(symbol, f"{where} of `{argument}`")
            yield Quantity(symbol, float(size), what)


def _axis_words(axis: int, dimensions: int) -> str:
    if dimensions == 1:
        return "the length"
    if dimensions == 2:
        return ("the number of rows", "the number of columns")[axis]
    return f"the size of axis {axis}"


def multiple(right: np.ndarray, got: np.ndarray, near: float) -> float | None:
    """The one number that makes `got` of `right`; None where there is none."""
    if right.shape != got.shape or not right.size:
        return None
    if not np.isfinite(right).all() or not np.isfinite(got).all():
        return None
    at = np.unravel_index(np.abs(right).argmax(), right.shape)
    if right[at] == 0:
        return None
    factor = float(got[at] / right[at])
    scale = np.abs(right).max()
    allowed = 3 * near * (np.abs(right) + 1e-3 * scale) * abs(factor)
    if not factor or not math.isfinite(factor):
        return None
    if (np.abs(got - factor * right) > allowed).any():
        return None
    return factor


def factor_sentence(factors: list[float], cases: list[list[Quantity]]) -> str:
    """``each number is N times the expected one; ...``, where that holds in every case.

    `factors` and `cases` go together. Empty where no quantity fits, where two would
    do, and where a plain number such as 2 says the same.
    """
    alike = all(_near(factor, factors[0]) for factor in factors)
    if not all(cases) or (alike and _plain(factors[0])):
        return ""
    fitting: list[tuple[str, Quantity]] = []
    for first in cases[0]:
        found = [
            next((q for q in case if q.name == first.name), None) for case in cases
        ]
        same = [quantity for quantity in found if quantity is not None]
        if len(same) < len(found):
            continue
        for form, function in _FORMS.items():
            made = [function(quantity.value) for quantity in same]
            pairs = zip(made, factors, strict=True)
            if all(m is not None and _near(m, factor) for m, factor in pairs):
                fitting.append((form, first))
    if len(fitting) != 1:
        return ""
    form, quantity = fitting[0]
    if not quantity.what and form not in ("{} times", "1/{} of", "(1 - {}) times"):
        return ""
    here = f"{quantity.value:.6g} in the first case that fails"
    known = f"{quantity.name} is {quantity.what}, {here}"
    said = known if quantity.what else f"that is {here}"
    return f"each number is {form.format(quantity.name)} the expected one; {said}"


def _plain(factor: float) -> bool:
    """Whether it is a number that stands in formulas anyway: 2, 1/2, 3, 4."""
    whole = (factor, 1 / factor)
    return any(abs(f) < 4.5 and abs(f - round(f)) < 1e-4 for f in whole)


def _near(one: float, other: float) -> bool:
    return abs(one - other) <= _CLOSE * abs(other)


def _over(top: float, bottom: float) -> float | None:
    return top / bottom if bottom else None


_FORMS = {
    "{} times": lambda a: a,
    "1/{} of": lambda a: _over(1, a),
    "2*{} times": lambda a: 2 * a,
    "1/(2*{}) of": lambda a: _over(1, 2 * a),
    "{}/2 times": lambda a: a / 2,
    "2/{} times": lambda a: _over(2, a),
    "-{} times": lambda a: -a,
    "({0} - 1) times": lambda a: a - 1 or None,
    "{0}/({0} - 1) times": lambda a: _over(a, a - 1),
    "({0} - 1)/{0} times": lambda a: _over(a - 1, a),
    "(1 - {}) times": lambda a: 1 - a or None,
    "1/(1 - {}) times": lambda a: _over(1, 1 - a),
    "sqrt({}) times": lambda a: math.sqrt(a) if a > 0 else None,
    "1/sqrt({}) times": lambda a: 1 / math.sqrt(a) if a > 0 else None,
    "{}**2 times": lambda a: a * a,
    "1/{}**2 times": lambda a: _over(1, a * a),
}
