"""What is said where nothing more exact is true: a property, a direction, an order.

They tell what to look at, not what is wrong, and come behind all other relations.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from autograde.checking.pairs import Pair

Has = Callable[[np.ndarray], bool | None]  # None where an array is too small to tell
ENOUGH = 5  # wrong numbers in all failing cases together
FEW = 4  # rows that are listed


def say_property(pairs: list[Pair]) -> str:
    """What the expected numbers have in every failing case, and the given ones not."""
    if not all(pair.right.size and pair.got.size for pair in pairs):
        return ""
    for words, has in _PROPERTIES.items():
        known = [(has(pair.right), has(pair.got)) for pair in pairs]
        known = [pair for pair in known if pair[0] is not None]
        if known and all(right and got is False for right, got in known):
            return f"{words}; yours are not like that"
    return ""


def _sums_to(axis: int, of: Callable = np.asarray) -> Has:
    def has(array: np.ndarray) -> bool | None:
        if array.ndim < 2 or array.shape[axis] < 2:
            return None
        return bool(np.allclose(of(array).sum(axis=axis), 1, atol=1e-5))

    return has


def _centred(axis: int) -> Has:
    def has(array: np.ndarray) -> bool | None:
        if array.ndim < 2 or array.shape[axis] < 3 or not np.isfinite(array).all():
            return None
        scale = np.abs(array).max()
        if scale == 0:
            return None
        return bool(np.allclose(array.mean(axis) / scale, 0, atol=1e-6))

    return has


def _between(low: float, high: float) -> Has:
    def has(array: np.ndarray) -> bool | None:
        if array.size < 3 or (array == np.round(array)).all():
            return None
        return bool(((array >= low) & (array <= high)).all())

    return has


def _symmetric(array: np.ndarray) -> bool | None:
    if array.ndim != 2 or array.shape[0] != array.shape[1] or len(array) < 3:
        return None
    return bool(np.allclose(array, array.T, rtol=1e-6, equal_nan=True))


_PROPERTIES: dict[str, Has] = {
    "the expected numbers of each row add up to 1": _sums_to(-1),
    "the expected numbers of each column add up to 1": _sums_to(-2),
    "the exponentials of the expected numbers of each row add up to 1": _sums_to(
        -1, np.exp
    ),
    "the expected numbers of each row have mean 0": _centred(-1),
    "the expected numbers of each column have mean 0": _centred(-2),
    "the expected numbers are symmetric": _symmetric,
    "all expected numbers are finite": lambda array: bool(np.isfinite(array).all()),
    "all expected numbers lie between 0 and 1": _between(0, 1),
    "all expected numbers lie between -1 and 1": _between(-1, 1),
    "no expected number is negative": _between(0, np.inf),
}


def say_direction(pairs: list[Pair]) -> str:
    """Whether all wrong numbers are too large, or all too small; with their signs."""
    if any(not pair.same_shape for pair in pairs):
        return ""
    right, got = _wrong_numbers(pairs)
    if len(right) < (3 if len(pairs) > 2 else ENOUGH) or not np.isfinite(right).all():
        return ""
    if not np.isfinite(got).all():
        return ""
    above = got > right
    if above.all() or not above.any():
        size = "large" if above.all() else "small"
        return f"every number that is wrong is too {size}"
    if (np.sign(right) == np.sign(got)).all():
        above = np.abs(got) > np.abs(right)
        if above.all() or not above.any():
            size = "far from" if above.all() else "near to"
            return f"every number that is wrong has the right sign and is too {size} 0"
    if (np.sign(right) == -np.sign(got)).all() and right.all():
        return "every number that is wrong has the wrong sign"
    return ""


def say_order(pairs: list[Pair]) -> str:
    """Whether the numbers are in the right order by size."""
    if all(_ordered(pair) for pair in pairs):
        return "all numbers are in the right order by size, but not the right ones"
    if all(_largest_right(pair) for pair in pairs):
        return "in each row the largest number stands in the right place"
    return ""


def say_rows(pairs: list[Pair]) -> str:
    """Which few rows, columns or entries of the first case are wrong, or are right."""
    pair = pairs[0]
    if len({pair.part for pair in pairs}) > 1:
        return ""  # of several parts it is not said which is meant
    if not pair.same_shape or pair.right.ndim not in (1, 2):
        return ""
    wrong = ~pair.agreement(pair.got, pair.right)
    ways = [("entry", "entries", wrong)]
    if wrong.ndim == 2:
        ways = [
            ("row", "rows", np.asarray(wrong.any(axis=1))),
            ("column", "columns", np.asarray(wrong.any(axis=0))),
        ]
    for word, words, bad in ways:
        for kind, here in (("wrong", bad), ("right", ~bad)):
            places = np.flatnonzero(here)
            if 0 < len(places) <= FEW and 2 * len(places) < len(here):
                listed = ", ".join(map(str, places[:-1]))
                if listed:
                    said = f"only the {words} {listed} and {places[-1]} are {kind}"
                else:
                    said = f"only {word} {places[-1]} is {kind}"
                return f"in the first case that fails {said} (counted from 0)"
    return ""


def say_distance(pairs: list[Pair]) -> str:
    """How near all numbers are, where they are near."""
    furthest = 0.0
    for pair in pairs:
        if not pair.same_shape or pair.right.size < 3 or not pair.right.any():
            return ""
        if not np.isfinite(pair.got - pair.right).all():
            return ""
        difference = np.abs(pair.got - pair.right).max()
        furthest = max(furthest, float(difference / np.abs(pair.right).max()))
    for percent in (0.1, 1, 5):
        if furthest < percent / 100:
            return f"no number is further off than {percent:g} % of the largest one"
    return ""


def say_spread(pairs: list[Pair]) -> str:
    """Whether the numbers are spread less, or more, than the expected ones."""
    shares = []
    for pair in pairs:
        if not pair.same_shape or pair.right.size < ENOUGH or not pair.right.std() > 0:
            return ""
        if not np.isfinite(pair.got - pair.right).all():
            return ""
        shares.append(float(pair.got.std() / pair.right.std()))
    if len(shares) > 1 and max(shares) < 0.95:
        return "your numbers are spread less than the expected ones, in each result"
    if len(shares) > 1 and min(shares) > 1.05:
        return "your numbers are spread more than the expected ones, in each result"
    return ""


def say_correlation(pairs: list[Pair]) -> str:
    """Whether the numbers rise and fall with the expected ones."""
    lowest = 1.0
    for pair in pairs:
        if not pair.same_shape or pair.right.size < ENOUGH:
            return ""
        if not np.isfinite(pair.got - pair.right).all():
            return ""
        if not pair.right.std() > 0 or not pair.got.std() > 0:
            return ""
        both = np.corrcoef(pair.right.ravel(), pair.got.ravel())
        lowest = min(lowest, float(both[0, 1]))
    for bound in (0.99, 0.95, 0.9, 0.8):
        if lowest > bound:
            return (
                f"your numbers rise and fall with the expected ones (correlation above "
                f"{bound:g})"
            )
    return ""


def _ordered(pair: Pair) -> bool:
    if not pair.same_shape or not np.isfinite(pair.got).all():
        return False
    if len(np.unique(pair.right)) < ENOUGH:
        return False
    return np.array_equal(_ranks(pair.right.ravel()), _ranks(pair.got.ravel()))


def _ranks(numbers: np.ndarray) -> np.ndarray:
    return np.asarray(np.unique(np.round(numbers, 9), return_inverse=True)[1]).ravel()


def _largest_right(pair: Pair) -> bool:
    if not pair.same_shape or pair.right.ndim < 2 or not np.isfinite(pair.got).all():
        return False
    columns = pair.right.shape[-1]
    rows = pair.right.size // max(columns, 1)
    if columns < 2 or columns**rows < 200 or not _sums_to(-1)(pair.right):
        return False
    return np.array_equal(pair.right.argmax(axis=-1), pair.got.argmax(axis=-1))


def _wrong_numbers(pairs: list[Pair]) -> tuple[np.ndarray, np.ndarray]:
    right, got = [], []
    for pair in pairs:
        wrong = ~pair.agreement(pair.got, pair.right)
        right.append(pair.right[wrong])
        got.append(pair.got[wrong])
    return np.concatenate(right), np.concatenate(got)
