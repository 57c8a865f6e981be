"""What sentences on wrong numbers claim, computed anew on one wrong part of a result.

Each claim takes what a pattern has found in the sentence, and a :class:`Wrong`. It is
written by other means than the relation that it tries.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograde.checking.compare import as_array


@dataclass
class Wrong:
    """A wrong part of a failing case."""

    right: Any
    got: Any
    inputs: dict[str, Any] = field(default_factory=dict)
    others: dict[str, Any] = field(default_factory=dict)

    @property
    def got_array(self) -> np.ndarray:
        return numbers(self.got)

    def arrays(self) -> tuple[np.ndarray, np.ndarray]:
        return numbers(self.right), numbers(self.got)


def numbers(value: Any) -> np.ndarray:
    return np.asarray(as_array(value)).astype(float)


def close(one: Any, other: Any) -> bool:
    one, other = np.asarray(one, float), np.asarray(other, float)
    if one.shape != other.shape:
        return False
    finite = other[np.isfinite(other)]
    size = np.abs(finite).max(initial=0.0)
    return bool(np.allclose(one, other, rtol=2e-3, atol=2e-3 * size, equal_nan=True))


def wrong_places(pair: Wrong) -> np.ndarray:
    right, got = pair.arrays()
    size = np.abs(right[np.isfinite(right)]).max(initial=0.0)
    return ~np.isclose(got, right, rtol=1e-5, atol=1e-8 * size, equal_nan=True)


def by_numbers(claim: Callable[..., bool]) -> Callable[..., bool]:
    """A claim on the expected array `r` and the given one `g`."""
    return lambda found, pair: bool(claim(*pair.arrays(), *found.groups()))


def constant(array: np.ndarray) -> bool:
    return close(array, np.full(array.shape, np.median(array)))


def factor(r, g):
    used = np.abs(r) > 1e-3 * np.abs(r).max()
    return g[used] / r[used]


def laid(value: np.ndarray, shape: tuple[int, ...]) -> list[np.ndarray]:
    ways = []
    for extra in range(len(shape) - value.ndim + 1):
        try:
            ways.append(
                np.broadcast_to(value.reshape(value.shape + (1,) * extra), shape)
            )
        except ValueError:
            continue
    return ways


def value_of(pair: Wrong, text: str) -> np.ndarray:
    """What an expression such as ``the square of `X``` stands for."""
    name = re.search(r"`(\w+)`|“([^”]+)”", text)
    key = name[1] or name[2]
    value = numbers(pair.others[key] if "belongs" in text else pair.inputs[key])
    if text.startswith("the square"):
        return value**2
    if text.startswith("the exponential"):
        return np.exp(value)
    if text.startswith("(1 - "):
        return 1 - value ** (2 if "**2" in text else 1)
    return value * (1 - value) if "(1 -" in text else value


def is_term(found, pair) -> bool:
    r, g = pair.arrays()
    terms = laid(value_of(pair, found["what"]), r.shape)
    for term in terms:
        at = np.unravel_index(np.abs(term).argmax(), r.shape)
        if close((g - r) / ((g - r)[at] or 1), term / term[at]):
            return True
    return False


def is_signed_term(sign: int) -> Callable[..., bool]:
    def claim(found, pair):
        r, g = pair.arrays()
        return any(
            close(g, r + sign * term)
            for term in laid(value_of(pair, found["what"]), r.shape)
        )

    return claim


def is_product(found, pair) -> bool:
    r, g = pair.arrays()
    apart = found.groupdict().get("added")
    terms = laid(numbers(pair.inputs[apart]), r.shape) if apart else [np.zeros(r.shape)]
    for term in terms:
        for by in laid(value_of(pair, found["what"]), r.shape):
            one, other = (g, r) if found["how"] == "times" else (r, g)
            if close(one, (other - term) * by + term):
                return True
    return False


def softmax(x, axis):
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


FUNCTIONS = {
    "the tanh": np.tanh,
    "the sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "the ReLU": lambda x: x * (x > 0),
    "the square root": np.sqrt,
    "the square": np.square,
    "the exponential": np.exp,
    "the logarithm": np.log,
    "the logarithm to base 2": np.log2,
    "the softmax over the last axis": lambda x: softmax(x, -1),
    "the softmax over the axis before the last": lambda x: softmax(x, -2),
    "the log-softmax over the last axis": lambda x: (
        x - np.logaddexp.reduce(x, axis=-1, keepdims=True)
    ),
}
OF_EXPECTED = {
    "the square of": np.square,
    "the square root of": np.sqrt,
    "the reciprocal (1 / x) of": lambda x: 1 / x,
    "the exponential of": np.exp,
    "the logarithm of": np.log,
    "the absolute value of": np.abs,
    "1 minus": lambda x: 1 - x,
}
NORMS = {
    "divided by its sum": lambda x, a: x / x.sum(axis=a, keepdims=True),
    "shifted to mean 0": lambda x, a: x - x.mean(axis=a, keepdims=True),
    "divided by its length (the root of the sum of its squares)": lambda x, a: (
        x / np.linalg.norm(x, axis=a, keepdims=True)
    ),
}
KINDS = {
    "0": lambda v: v == 0,
    "not 0": lambda v: v != 0,
    "negative": lambda v: v < 0,
    "positive": lambda v: v > 0,
    "0 or less": lambda v: v <= 0,
    "0 or more": lambda v: v >= 0,
    "above 1": lambda v: v > 1,
    "1": lambda v: v == 1,
}
PROPERTIES = {
    "the expected numbers of each row add up to 1": lambda a: a.sum(-1) - 1,
    "the expected numbers of each column add up to 1": lambda a: a.sum(-2) - 1,
    "the exponentials of the expected numbers of each row add up to 1": lambda a: (
        np.exp(a).sum(-1) - 1
    ),
    "the expected numbers of each row have mean 0": lambda a: a.mean(-1),
    "the expected numbers of each column have mean 0": lambda a: a.mean(-2),
    "the expected numbers are symmetric": lambda a: a - a.T,
    "all expected numbers are finite": lambda a: ~np.isfinite(a),
    "all expected numbers lie between 0 and 1": lambda a: ~((a >= 0) & (a <= 1)),
    "all expected numbers lie between -1 and 1": lambda a: ~(abs(a) <= 1),
    "no expected number is negative": lambda a: ~(a >= 0),
}


def norm_claim(found, pair) -> bool:
    r, g = pair.arrays()
    axis = -1 if found["what"] == "row" else -2
    once = NORMS[found["done"]]
    if found["how"] == "has still to be":
        return close(once(g, axis), r)
    return close(once(r, axis), g)


def property_claim(found, pair) -> bool:
    """The expected numbers have it; the given ones have it in no case that can tell."""
    r, g = pair.arrays()
    if "each" in found[1] and (
        r.ndim < 2 or r.shape[-1 if "row" in found[1] else -2] < 3
    ):
        return True
    if "mean 0" in found[1] and not r.any():
        return True
    if found[1].endswith("symmetric") and r.ndim != 2:
        return True
    off = PROPERTIES[found[1]]
    few = r.size < 3 or (r == np.round(r)).all()
    if few and "finite" not in found[1] and "each" not in found[1]:
        return True
    size = np.abs(r[np.isfinite(r)]).max(initial=1.0)
    apart = off(g) if r.ndim == g.ndim else np.ones(1)
    return np.allclose(off(r), 0, atol=1e-4 * size) and not np.allclose(
        apart, 0, atol=1e-9
    )


def where_claim(found, pair) -> bool:
    r, _ = pair.arrays()
    value = r
    if found["name"] != "the expected number":
        value = numbers(pair.inputs[found["name"].strip("`")])
    kind = KINDS[found["kind"]](value)
    over = np.broadcast_to(
        kind.reshape(kind.shape + (1,) * (r.ndim - kind.ndim)), r.shape
    )
    return bool((wrong_places(pair) <= over).all())


def place_claim(found, pair) -> bool:
    wrong = wrong_places(pair)
    rows, columns = np.indices(wrong.shape)[-2:]
    last = wrong.shape[-2] - 1, wrong.shape[-1] - 1
    kinds = {
        "on the diagonal": rows == columns,
        "above the diagonal": rows < columns,
        "below the diagonal": rows > columns,
        "at the border (first and last row and column)": (rows % (last[0] or 1) == 0)
        | (columns % (last[1] or 1) == 0),
    }
    here = kinds[found["place"]]
    return bool((wrong <= (here if found["how"] == "wrong" else ~here)).all())


def before_claim(found, pair) -> bool:
    """With the input back in its place, the expected result comes out."""
    r, g = pair.arrays()
    sign = 1 if found["how"] == "is missing" else -1
    for term in laid(numbers(pair.inputs[found["name"]]), r.shape):
        steep = (np.abs(g) < 0.99) & (np.abs(r) < 0.99)
        tanh = np.tanh(np.arctanh(g[steep]) + sign * term[steep])
        if steep.any() and close(tanh, r[steep]):
            return True
        steep = (np.abs(g - 0.5) < 0.49) & (np.abs(r - 0.5) < 0.49)
        inner = np.log(g[steep]) - np.log1p(-g[steep]) + sign * term[steep]
        if steep.any() and close(1 / (1 + np.exp(-inner)), r[steep]):
            return True
        both = (g > 0) & (r > 0)
        if both.any() and close(g[both] + sign * term[both], r[both]):
            return True
    return False


def product_claim(found, pair) -> bool:
    r, g = pair.arrays()
    left, right = found["product"].strip("`").split(" @ ")
    base, out = (g, r) if found["how"] == "missing" else (r, g)

    def value(text):
        if text == "…":
            return base
        matrix = numbers(pair.inputs[text.removesuffix(".T")])
        return matrix.T if text.endswith(".T") else matrix

    return close(value(left) @ value(right), out)


def input_claim(found, pair) -> bool:
    _, g = pair.arrays()
    value = numbers(pair.inputs[found["name"]])
    what = found["what"]
    if "row" in what:
        return close(g, value[0 if "first" in what else -1])
    if "entry" in what:
        return close(g, value[:, 0 if "first" in what else -1])
    function = {"sum": np.sum, "mean": np.mean, "maximum": np.max, "minimum": np.min}
    over = re.search(r"over axis (\d)", found[0])
    return close(g, function[what](value, axis=int(over[1]) if over else None))


def direction(found, pair) -> bool:
    r, g = pair.arrays()
    wrong = wrong_places(pair)
    r, g = r[wrong], g[wrong]
    if "right sign" in found[0]:
        further = np.abs(g) > np.abs(r)
        same = (np.sign(g) == np.sign(r)).all()
        return same and bool(further.all() if "far" in found[0] else not further.any())
    if "wrong sign" in found[0]:
        return bool((g * r < 0).all())
    return bool((g > r).all() if "large" in found[0] else (g < r).all())


def in_order(r, g) -> bool:
    order = np.argsort(r, axis=None, kind="stable")
    steps = np.diff(g.ravel()[order])
    return bool((steps >= -1e-6 * np.abs(g).max()).all())


def sub_block(large, small) -> bool:
    room = np.subtract(large.shape, small.shape) + 1
    return any(
        close(
            large[tuple(slice(a, a + n) for a, n in zip(at, small.shape, strict=True))],
            small,
        )
        for at in np.ndindex(*room)
    )


def slices(pair: Wrong, what: str) -> np.ndarray:
    """Which rows, columns or entries are wrong."""
    wrong = wrong_places(pair)
    axis = {"entry": 0, "row": -2, "column": -1}[what]
    if what == "entry" and wrong.ndim <= 2:
        axis = -1
    moved = np.moveaxis(wrong, axis, 0)
    return moved.reshape(len(moved), -1).any(axis=1)


def one_slice(found, pair) -> bool:
    wrong = slices(pair, found["what"])
    at = 0 if found["place"] == "first" else -1
    here = np.zeros(len(wrong), bool)
    here[at] = True
    return bool((wrong <= (here if found["how"] == "wrong" else ~here)).all())


def departs(found, pair) -> bool:
    wrong = wrong_places(pair)
    first = wrong.reshape(len(wrong), -1).any(axis=1).argmax()
    return first == int(found["start"])


def first_places(found, pair) -> bool:
    what = {"rows": "row", "columns": "column", "entries": "entry"}.get(
        found["what"], found["what"]
    )
    wrong = slices(pair, what)
    places = [int(n) for n in re.findall(r"\d+", found["places"])]
    here = np.zeros(len(wrong), bool)
    here[places] = True
    return bool((wrong <= (here if found["how"] == "wrong" else ~here)).all())


def per_slice(found, pair) -> bool:
    r, g = pair.arrays()
    if found["what"] == "column":
        r, g = r.T, g.T
    if found["how"] == "plus":
        return all(constant(b - a) for a, b in zip(r, g, strict=True))
    return all(
        np.linalg.matrix_rank(np.stack([a, b]), tol=1e-3 * np.abs(r).max()) < 2
        or close(b, a * (b @ a) / (a @ a))
        for a, b in zip(r, g, strict=True)
    )


def shape_claim(found, pair) -> bool:
    r, g = pair.arrays()
    text = found[0]
    if "axis of size 1" in text:
        fewer = g.ndim < r.ndim if "missing" in text else g.ndim > r.ndim
        return fewer and g.squeeze().shape == r.squeeze().shape
    if "opposite order" in text:
        return g.shape == r.shape[::-1]
    if "another order" in text:
        return sorted(g.shape) == sorted(r.shape) and g.shape != r.shape
    if "single number where" in text:
        return g.ndim == 0 < r.ndim
    if "several numbers" in text:
        return r.ndim == 0 < g.ndim
    if "axes where" in text or "axis where" in text:
        return r.ndim != g.ndim
    axis = re.search(r"axis (\d)", text)
    at = int(axis[1]) if axis else 0
    same = r.shape[:at] + r.shape[at + 1 :] == g.shape[:at] + g.shape[at + 1 :]
    more = g.shape[at] - r.shape[at]
    step = re.search(r"too (long|short) by (\d+)", text)
    if step:
        return same and more == int(step[2]) * (1 if step[1] == "long" else -1)
    return same and more != 0


def said_function(found, pair) -> bool:
    r, g = pair.arrays()
    return close(FUNCTIONS[found["function"]](r), g)


def would_be(found, pair) -> bool:
    r, g = pair.arrays()
    return close(FUNCTIONS[found["function"]](g), r)


def reduction(found, pair) -> bool:
    r, g = pair.arrays()
    how = {"sum": np.sum, "mean": np.mean}[found["how"]]
    over = re.search(r"over axis (\d)", found[0])
    axis = int(over[1]) if over else None
    whole, part = (g, r) if "of your" in found[0] else (r, g)
    return close(how(whole, axis=axis), part)


def zero_or_right(pair) -> bool:
    return bool(((pair.got_array == 0) | ~wrong_places(pair)).all())
