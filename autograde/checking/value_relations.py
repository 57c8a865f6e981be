"""Relations between numbers at the same place: multiples, offsets, functions, zeros."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograde.checking.pairs import (
    HOLDS,
    OPEN,
    SINGLE,
    Holding,
    Pair,
    everywhere,
    same_for_all,
)
from autograde.checking.quantities import factor_sentence, multiple


def zeros(pair: Pair) -> Holding:
    if not pair.same_shape or (pair.got != 0).any():
        return None
    return HOLDS if pair.right.size > 1 and (pair.right != 0).any() else OPEN


def some_zeros(pair: Pair) -> Holding:
    """Zeros wherever it is wrong, and right numbers other than 0 elsewhere."""
    if not pair.same_shape:
        return None
    wrong = ~pair.agreement(pair.got, pair.right)
    if (pair.got[wrong] != 0).any() or (pair.right[wrong] == 0).any():
        return None
    kept = (pair.right[~wrong] != 0).any()
    return HOLDS if kept and wrong.sum() > 1 else OPEN


def zeros_right(pair: Pair) -> Holding:
    """Zeros just where they belong, among numbers of which several are wrong."""
    if not pair.same_shape or not np.array_equal(pair.right == 0, pair.got == 0):
        return None
    wrong = ~pair.agreement(pair.got, pair.right)
    zeros = int((pair.right == 0).sum())
    if not zeros:
        return None
    return HOLDS if zeros > 2 and wrong.sum() > 1 else OPEN


def not_a_number(pair: Pair) -> Holding:
    if not pair.same_shape or np.isnan(pair.right).any():
        return None
    wrong = ~pair.agreement(pair.got, pair.right)
    return HOLDS if np.isnan(pair.got[wrong]).all() and wrong.any() else None


def one_number(pair: Pair) -> Holding:
    if not pair.same_shape or not pair.got.size or not np.isfinite(pair.got).all():
        return None
    if not pair.close(pair.got, np.full(pair.got.shape, pair.got.flat[0])):
        return None
    return pair.told(3)


def single(pair: Pair) -> Holding:
    """Equal to about five digits: what single precision on the way makes of it."""
    if not pair.same_shape or not np.isfinite(pair.right).all():
        return None
    if not np.isfinite(pair.got).all():
        return None
    scale = np.abs(pair.right).max(initial=0.0)
    if scale == 0 or (np.abs(pair.got - pair.right) > SINGLE * scale).any():
        return None
    if np.array_equal(pair.got, pair.right):
        return OPEN  # only the dtype is another, for instance floats for whole numbers
    return HOLDS if np.abs(pair.right).min() > 0 and pair.near < SINGLE else OPEN


def whole(pair: Pair) -> Holding:
    """The expected numbers made whole: rounded, or cut off."""
    if not pair.same_shape or not np.isfinite(pair.right).all():
        return None
    ways = (np.round(pair.right), np.floor(pair.right), np.trunc(pair.right))
    if not any(np.array_equal(pair.got, way) for way in ways):
        return None
    return pair.told(3) if (pair.got != 0).any() else OPEN


def say_factor(pairs: list[Pair]) -> str:
    """All numbers are one multiple of the expected ones, by name where it has one."""
    found = [multiple(p.right, p.got, p.near) for p in pairs if p.right.any()]
    factors = [factor for factor in found if factor is not None]
    if len(factors) < len(pairs):
        return ""
    sizes = [int((p.right != 0).sum()) for p in pairs]
    proven = sum(p.told() == HOLDS and n > 1 for p, n in zip(pairs, sizes, strict=True))
    alike = np.allclose(factors, factors[0], rtol=1e-5)
    if any(abs(abs(f) - 1) < 10 * SINGLE for f in factors):
        minus = all(abs(f + 1) < SINGLE for f in factors)
        if minus and (proven or len(pairs) > 1):
            return "each number has the wrong sign"
        return ""
    # A single number is a multiple of any other: then several cases have to agree.
    if not proven and len({tuple(p.right.ravel()) for p in pairs}) < 2:
        return ""
    named = factor_sentence(factors, [pair.quantities for pair in pairs])
    if named:
        return named
    if alike and (proven or len(pairs) > 1):
        return f"each number is {times(factors[0])} the expected one"
    if proven < len(pairs):
        return ""
    factor = times(factors[0]).removesuffix(" of")  # "1/49", with nothing behind it
    return (
        "all numbers of a case are the same multiple of the expected ones: "
        f"{factor} in the first case that fails"
    )


def times(factor: float) -> str:
    """A factor in words: ``half``, ``1/3 of``, ``2.5 times``."""
    inverse = 1 / factor if 1e-9 < abs(factor) < 1 else 0.5
    if abs(inverse - round(inverse)) < 1e-4:
        part = "half" if round(inverse) == 2 else f"1/{round(inverse)} of"
        return part if factor > 0 else f"-1/{round(1 / abs(factor))} of"
    return f"{factor:.6g} times"


def say_offset(pairs: list[Pair]) -> str:
    """All numbers are too large, or too small, by the same amount."""
    offsets = []
    for pair in pairs:
        if not pair.same_shape or not np.isfinite(pair.got - pair.right).all():
            return ""
        difference = float(np.median(pair.got - pair.right))
        if not pair.close(pair.got, pair.right + difference) or not difference:
            return ""
        if abs(difference) < 20 * pair.near * np.abs(pair.right).max():
            return ""
        offsets.append(difference)
    told = any(p.told(3) == HOLDS for p in pairs)
    alike = np.allclose(offsets, offsets[0], rtol=1e-5)
    if not told and len({tuple(p.right.ravel()) for p in pairs}) < 2:
        return ""
    amount = f"{abs(offsets[0]):.6g}"
    which = "large" if offsets[0] > 0 else "small"
    if alike:
        return f"each number is too {which} by {amount}"
    if not all(p.told(3) == HOLDS for p in pairs):
        return ""
    return (
        "all numbers of a case are off by the same amount: "
        f"too {which} by {amount} in the first case that fails"
    )


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "the square of": np.square,
    "the square root of": np.sqrt,
    "the reciprocal (1 / x) of": lambda x: 1 / x,
    "the exponential of": np.exp,
    "the logarithm of": np.log,
    "the absolute value of": np.abs,
    "1 minus": lambda x: 1 - x,
}


def elementwise(formula: Callable) -> Callable[[Pair], Holding]:
    """A test whether each number is `formula` of the expected one."""

    def test(pair: Pair) -> Holding:
        if not pair.same_shape:
            return None
        with np.errstate(all="ignore"):
            made = formula(pair.right)
        if not np.isfinite(made).all() or not pair.close(pair.got, made):
            return None
        return pair.told(2)

    return test


ELEMENTWISE = [
    same_for_all(
        elementwise(formula), f"each number is {name} the expected one", together=True
    )
    for name, formula in _FUNCTIONS.items()
]


def per_slice(axis: int, combine: str) -> Callable[[Pair], Holding]:
    """Each slice is the expected one times, or plus, a number of its own.

    Where that number is the same for all slices it is none of their own: left open.
    """

    def test(pair: Pair) -> Holding:
        if not pair.same_shape or pair.right.ndim != 2:
            return None
        right, got = pair.right, pair.got
        if axis == 1:
            right, got = right.T, got.T
        if not np.isfinite(right).all() or not np.isfinite(got).all():
            return None
        if combine == "plus":
            own = np.median(got - right, axis=1, keepdims=True)
            made = right + own
        else:
            if (np.abs(right).max(axis=1, initial=0) == 0).any():
                return None
            best = np.abs(right).argmax(axis=1, keepdims=True)
            at = np.take_along_axis
            own = at(got, best, 1) / at(right, best, 1)
            made = right * own
        if not pair.close(got, made):
            return None
        enough = right.shape[1] > 2 and right.shape[0] > 1
        if not enough or np.allclose(own, own[0], rtol=1e-5):
            return OPEN
        return HOLDS if pair.told(4) == HOLDS else OPEN

    return test


def say_row_factors(pairs: list[Pair]) -> str:
    """Each row or column has a factor, or a summand, of its own."""
    for axis, word in ((0, "row"), (1, "column")):
        if everywhere(pairs, per_slice(axis, "times")):
            return f"each {word} is the expected one times a number of its own"
        if everywhere(pairs, per_slice(axis, "plus")):
            return f"each {word} is the expected one plus a number of its own"
    return ""
