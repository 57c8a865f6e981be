"""What a wrong result lacks or has too much: an input, a function, a norm, a product.

Each relation is found from the numbers and then computed forwards: it is said only
where what it claims gives the other result in every failing case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from autograde.checking.pairs import (
    HOLDS,
    OPEN,
    SINGLE,
    Holding,
    Pair,
    everywhere,
)
from autograde.checking.places import code

MAX_PRODUCT = 200  # rows or columns of a matrix that is tried as a factor
ENOUGH = 3  # numbers that have to differ for a proof
FLAT = 1e-6  # from 1, where the argument of tanh cannot be told from its value
FLAT_SINGLE = 1e-2  # the same in single precision


def say_term(pairs: list[Pair]) -> str:
    """The expected result plus a number times an input, or times another part."""
    for kind in ("inputs", "others"):
        for name in _common(pairs, kind):
            plain = (
                f"`{name}`" if kind == "inputs" else f"what belongs into {code(name)}"
            )
            for power, shown in ((1, plain), (2, f"the square of {plain}")):
                said = _term(pairs, kind, name, power, shown)
                if said:
                    return said
    return ""


def _term(pairs: list[Pair], kind: str, name: str, power: int, shown: str) -> str:
    factors, proven = [], 0
    for pair in pairs:
        if not pair.same_shape or not np.isfinite(pair.got - pair.right).all():
            return ""
        found = _factor_of_term(pair, getattr(pair, kind)[name] ** power)
        if found is None:
            return ""
        factors.append(found[0])
        proven += found[1]
    if not proven:
        return ""
    alike = np.allclose(factors, factors[0], rtol=1e-4)
    if alike and abs(abs(factors[0]) - 1) < 1e-4:
        return (
            f"it is the expected result {'plus' if factors[0] > 0 else 'minus'} {shown}"
        )
    if alike:
        return f"it differs from the expected result by {factors[0]:.6g} times {shown}"
    if proven < len(pairs):
        return ""
    return (
        f"it differs from the expected result by a multiple of {shown}, by "
        f"{factors[0]:.6g} times in the first case that fails"
    )


def _factor_of_term(pair: Pair, term: np.ndarray) -> tuple[float, bool] | None:
    """How many times `term` is added, and whether the numbers prove it."""
    for laid in _laid_out(term, pair.right.shape):
        if not np.isfinite(laid).all() or not laid.any():
            continue
        difference = pair.got - pair.right
        factor = float((difference * laid).sum() / (laid**2).sum())
        size = np.abs(difference).max()
        noise = pair.near * np.abs(pair.right).max()
        if size < 20 * noise or not factor:
            continue
        if np.abs(difference - factor * laid).max() > max(1e-4 * size, 3 * noise):
            continue
        return factor, _several(laid) and _several(difference)
    return None


def _laid_out(array: np.ndarray, shape: tuple[int, ...]) -> Iterator[np.ndarray]:
    """`array` as it is laid over a result of this shape: along rows or columns."""
    if array.shape == shape:
        yield array
        return
    if not array.ndim or not array.size or array.ndim > len(shape):
        return
    if array.shape == shape[len(shape) - array.ndim :]:
        yield np.broadcast_to(array, shape)
    elif array.shape == shape[: array.ndim]:
        more = (1,) * (len(shape) - array.ndim)
        yield np.broadcast_to(array.reshape(array.shape + more), shape)


def _several(array: np.ndarray) -> bool:
    return len(np.unique(np.round(array, 9))) >= ENOUGH


def say_product(pairs: list[Pair]) -> str:
    """The expected result times, or divided by, a function of an input.

    Another input may be added to both of them.
    """
    names = _fitting(pairs)
    for name in names:
        for shown, function in _PRODUCTS.items():
            for times, word in ((True, "times"), (False, "divided by")):
                for added in ("", *(other for other in names if other != name)):
                    test = _is_product(name, function, times, added)
                    if everywhere(pairs, test):
                        said = (
                            f"each number is the expected one {word} "
                            f"{shown.format(name)}"
                        )
                        return f"{said}, apart from `{added}`" if added else said
    return ""


_PRODUCTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "`{0}`": lambda v: v,
    "(1 - `{0}`)": lambda v: 1 - v,
    "(1 - `{0}`**2)": lambda v: 1 - v**2,
    "`{0}` (1 - `{0}`)": lambda v: v * (1 - v),
    "the square of `{0}`": np.square,
    "the exponential of `{0}`": np.exp,
}


def _is_product(
    name: str, function: Callable, times: bool, added: str
) -> Callable[[Pair], Holding]:
    def test(pair: Pair) -> Holding:
        if not pair.same_shape or not pair.right.ndim:
            return None
        right, got = (pair.right, pair.got) if times else (pair.got, pair.right)
        terms = _laid_out(pair.inputs[added], right.shape) if added else [np.zeros(())]
        for term in terms:
            for laid in _laid_out(function(pair.inputs[name]), right.shape):
                made = (right - term) * laid + term
                if not np.isfinite(laid).all() or not pair.close(got, made):
                    continue
                known = _several(laid[right != term]) and _several(right)
                return HOLDS if known else OPEN
        return None

    return test


def _fitting(pairs: list[Pair]) -> list[str]:
    """The inputs that can be laid over the first result."""
    shape, inputs = pairs[0].right.shape, pairs[0].inputs
    names = _common(pairs, "inputs")
    return [name for name in names if any(True for _ in _laid_out(inputs[name], shape))]


def _common(pairs: list[Pair], kind: str) -> list[str]:
    names = [getattr(pair, kind) for pair in pairs]
    return [name for name in names[0] if all(name in other for other in names)]


def say_function(pairs: list[Pair]) -> str:
    """The expected result is a function of what was given, or the other way round."""
    for name, function in _FUNCTIONS.items():
        if everywhere(pairs, _applied(function, to="got"), together=True):
            return f"{name} of your numbers would be the expected result"
        if everywhere(pairs, _applied(function, to="right"), together=True):
            return f"it is {name} of the expected result"
    return ""


def _applied(function: Callable, to: str) -> Callable[[Pair], Holding]:
    def test(pair: Pair) -> Holding:
        if not pair.same_shape:
            return None
        one, other = (pair.got, pair.right) if to == "got" else (pair.right, pair.got)
        if not np.isfinite(one).all() or not np.isfinite(other).all():
            return None
        made = function(one)
        if made is None or not np.isfinite(made).all() or not pair.close(made, other):
            return None
        return HOLDS if _several(other) and _several(one) else OPEN

    return test


def _along(axis: int, function: Callable) -> Callable[[np.ndarray], np.ndarray | None]:
    def apply(array: np.ndarray) -> np.ndarray | None:
        return function(array, axis) if array.ndim >= -axis else None

    return apply


def _softmax(array: np.ndarray, axis: int) -> np.ndarray:
    made = np.exp(array - array.max(axis=axis, keepdims=True))
    return made / made.sum(axis=axis, keepdims=True)


def _log_softmax(array: np.ndarray, axis: int) -> np.ndarray:
    made = array - array.max(axis=axis, keepdims=True)
    return made - np.log(np.exp(made).sum(axis=axis, keepdims=True))


def _shares(array: np.ndarray, axis: int) -> np.ndarray:
    return array / array.sum(axis=axis, keepdims=True)


def _centred(array: np.ndarray, axis: int) -> np.ndarray:
    return array - array.mean(axis=axis, keepdims=True)


def _unit(array: np.ndarray, axis: int) -> np.ndarray:
    return array / np.sqrt((array**2).sum(axis=axis, keepdims=True))


def _sigmoid(array: np.ndarray) -> np.ndarray:
    return 0.5 * (1 + np.tanh(array / 2))


_FUNCTIONS: dict[str, Callable[[np.ndarray], np.ndarray | None]] = {
    "the tanh": np.tanh,
    "the sigmoid": _sigmoid,
    "the ReLU": lambda x: np.maximum(x, 0),
    "the square root": lambda x: np.sqrt(x) if (x >= 0).all() else None,
    "the square": np.square,
    "the exponential": np.exp,
    "the logarithm to base 2": lambda x: np.log2(x) if (x > 0).all() else None,
    "the logarithm": lambda x: np.log(x) if (x > 0).all() else None,
    "the softmax over the last axis": _along(-1, _softmax),
    "the softmax over the axis before the last": _along(-2, _softmax),
    "the log-softmax over the last axis": _along(-1, _log_softmax),
}


def say_norm(pairs: list[Pair]) -> str:
    """A step along an axis is missing, or is done once too often."""
    for name, function in _NORMS.items():
        for axis, word in ((-1, "row"), (-2, "column")):
            applied = _along(axis, function)
            if min(pair.right.ndim for pair in pairs) < -axis:
                continue
            if everywhere(pairs, _applied(applied, to="got")):
                return (
                    f"each {word} has still to be {name}: then your numbers are right"
                )
            if everywhere(pairs, _applied(applied, to="right")):
                return f"each {word} is {name} once too often"
    return ""


_NORMS: dict[str, Callable[[np.ndarray, int], np.ndarray]] = {
    "divided by its sum": _shares,
    "shifted to mean 0": _centred,
    "divided by its length (the root of the sum of its squares)": _unit,
}


def say_before(pairs: list[Pair]) -> str:
    """An input is missing, or added once too often, in the argument of a function."""
    for name in _fitting(pairs):
        for sign, words in ((-1, "is missing"), (1, "is added once too often")):
            if everywhere(pairs, _is_inside(name, sign)):
                return f"before the activation function `{name}` {words}"
    return ""


def _is_inside(name: str, sign: int) -> Callable[[Pair], Holding]:
    def test(pair: Pair) -> Holding:
        right, got = pair.right, pair.got
        if not pair.same_shape or not right.size or pair.close(got, right):
            return None
        if not np.isfinite(right).all() or not np.isfinite(got).all():
            return None
        for laid in _laid_out(pair.inputs[name], right.shape):
            if not np.isfinite(laid).all() or not laid.any():
                continue
            edge = FLAT_SINGLE if pair.near > SINGLE else FLAT
            for makes in (_through_tanh, _through_sigmoid, _through_relu):
                made = makes(right, got, sign * laid, edge)
                if made is not None and pair.close(got, made):
                    return HOLDS if _several(laid) and _several(got) else OPEN
        return None

    return test


def _through_tanh(
    right: np.ndarray, got: np.ndarray, term: np.ndarray, edge: float
) -> np.ndarray | None:
    """Where the function is flat, nothing is known of its argument."""
    steep = np.abs(right) < 1 - edge
    if (np.abs(right) > 1).any() or (np.abs(got) > 1).any() or steep.sum() < ENOUGH:
        return None
    inner = np.arctanh(np.where(steep, right, 0))
    return np.where(steep, np.tanh(inner + term), got)


def _through_sigmoid(
    right: np.ndarray, got: np.ndarray, term: np.ndarray, edge: float
) -> np.ndarray | None:
    twice = 2 * right - 1, 2 * got - 1, term / 2
    made = _through_tanh(*twice, edge)
    return None if made is None else (made + 1) / 2


def _through_relu(
    right: np.ndarray, got: np.ndarray, term: np.ndarray, edge: float
) -> np.ndarray | None:
    """Where 0 is expected the argument is known to be 0 at most, and no more."""
    if (right < 0).any() or (got < 0).any() or not (right > 0).any():
        return None
    cut = (right == 0) & (got <= np.maximum(term, 0))
    return np.where(cut, got, np.maximum(right + term, 0))


def say_matrix(pairs: list[Pair]) -> str:
    """A last product with a matrix is missing, or is there twice."""
    for name in _common(pairs, "inputs"):
        for shown, product in _MATRIX_PRODUCTS.items():
            said = shown.format(name)
            if everywhere(pairs, _multiplied(name, product, to="got")):
                return (
                    f"a product is missing: {said}, with your numbers for the dots, "
                    "is the expected result"
                )
            if everywhere(pairs, _multiplied(name, product, to="right")):
                return (
                    f"there is a product too many: it is {said}, with the expected "
                    "result for the dots"
                )
    return ""


_MATRIX_PRODUCTS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "`… @ {}`": lambda a, m: a @ m,
    "`… @ {}.T`": lambda a, m: a @ m.T,
    "`{} @ …`": lambda a, m: m @ a,
    "`{}.T @ …`": lambda a, m: m.T @ a,
}


def _multiplied(name: str, product: Callable, to: str) -> Callable[[Pair], Holding]:
    def test(pair: Pair) -> Holding:
        matrix = pair.inputs[name]
        one, other = (pair.got, pair.right) if to == "got" else (pair.right, pair.got)
        if matrix.ndim != 2 or not one.ndim or max(matrix.shape) > MAX_PRODUCT:
            return None
        try:
            made = product(one, matrix)
        except ValueError:
            return None
        if not pair.close(made, other):
            return None
        return HOLDS if _several(other) and _several(one) else OPEN

    return test
