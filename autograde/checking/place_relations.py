"""Relations between places: other orders, other shapes, and which rows are wrong."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

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

MAX_PLACES = 200  # at which a smaller result is laid on a larger one


def moved(test: Callable[[Pair], Holding]) -> Callable[[Pair], Holding]:
    """`test`, contradicted where nothing has moved: the numbers stand in their places.

    Such a part is wrong by a few digits, or by its dtype. Reversing an axis of size 1,
    or transposing a symmetric matrix, would leave it as it is.
    """

    def answer(pair: Pair) -> Holding:
        return None if pair.close(pair.got, pair.right) else test(pair)

    return answer


@moved
def transposed(pair: Pair) -> Holding:
    if pair.right.ndim != 2 or not pair.close(pair.got, pair.right.T):
        return None
    return pair.told() if min(pair.right.shape) > 1 else OPEN


@moved
def axes_moved(pair: Pair) -> Holding:
    """Two axes of three or more have changed places."""
    if pair.right.ndim < 3 or pair.right.ndim != pair.got.ndim:
        return None
    for one in range(pair.right.ndim):
        for other in range(one):
            if pair.close(pair.got, pair.right.swapaxes(one, other)):
                sizes = pair.right.shape[one], pair.right.shape[other]
                return pair.told(4) if min(sizes) > 1 else OPEN
    return None


def other_shape(pair: Pair) -> Holding:
    """The expected numbers in their order, in another shape."""
    if pair.same_shape or pair.right.size != pair.got.size or pair.right.size < 1:
        return None
    return HOLDS if pair.close(pair.got.ravel(), pair.right.ravel()) else None


@moved
def reversed(pair: Pair) -> Holding:
    """The expected rows from the last to the first."""
    if not pair.same_shape or not pair.right.ndim:
        return None
    if not pair.close(pair.got, pair.right[::-1]):
        return None
    return OPEN if pair.close(pair.right, pair.right[::-1]) else pair.told(3)


def permuted(axis: int) -> Callable[[Pair], Holding]:
    """A test whether the expected parts along `axis` stand in another order."""

    def test(pair: Pair) -> Holding:
        if not pair.same_shape or pair.right.ndim <= axis or not pair.right.size:
            return None
        if axis and pair.right.ndim > 2:
            return None  # such an axis has no name that says which it is
        right = np.moveaxis(pair.right, axis, 0)
        got = np.moveaxis(pair.got, axis, 0)
        right, got = right.reshape(len(right), -1), got.reshape(len(got), -1)
        if not np.isfinite(right).all() or not np.isfinite(got).all():
            return None
        digits = 9 if pair.near < SINGLE else 5
        scale = np.abs(right).max(initial=0.0) or 1.0
        sets = [np.round(rows / scale, digits) + 0.0 for rows in (right, got)]
        one, other = (rows[np.lexsort(rows.T[::-1])] for rows in sets)
        if not np.allclose(one, other, atol=10.0**-digits, rtol=0):
            return None
        distinct = len(np.unique(one, axis=0))
        return HOLDS if distinct > 2 and np.abs(one).max() > 0 else OPEN

    return moved(test)


def shifted(step: int) -> Callable[[Pair], Holding]:
    """Row t holds what belongs into row t - step."""

    def test(pair: Pair) -> Holding:
        if not pair.same_shape or not pair.right.ndim or len(pair.right) < 3:
            return None
        right, got = pair.right, pair.got
        if step > 0:
            right, got = right[:-1], got[1:]
        else:
            right, got = right[1:], got[:-1]
        return pair.told(3) if pair.close(got, right) else None

    return test


def shifted_columns(step: int) -> Callable[[Pair], Holding]:
    """Column j holds what belongs into column j - step."""

    def test(pair: Pair) -> Holding:
        if not pair.same_shape or pair.right.ndim != 2 or pair.right.shape[1] < 4:
            return None
        right, got = pair.right, pair.got
        if step > 0:
            right, got = right[:, :-1], got[:, 1:]
        else:
            right, got = right[:, 1:], got[:, :-1]
        if not pair.close(got, right):
            return None
        return HOLDS if len(np.unique(right, axis=1).T) > 2 else OPEN

    return test


def some_rows(whole: str) -> Callable[[Pair], Holding]:
    """The rows of one result are some of the other's, in the same order.

    `whole` is the one with more rows: ``got`` or ``right``.
    """

    def test(pair: Pair) -> Holding:
        large, small = pair.got, pair.right
        if whole == "right":
            large, small = small, large
        if small.ndim < 2 or small.shape[1:] != large.shape[1:]:
            return None
        if not 0 < len(small) < len(large):
            return None
        at = 0
        for row in small:
            while at < len(large) and not pair.close(large[at], row):
                at += 1
            if at == len(large):
                return None
            at += 1
        return HOLDS if len(np.unique(small, axis=0)) > 1 else OPEN

    return test


def same_rows(pair: Pair) -> Holding:
    """One row again and again, where rows are to differ."""
    if pair.got.ndim < 2 or len(pair.got) < 2 or pair.right.ndim != pair.got.ndim:
        return None
    if not pair.close(pair.got, np.broadcast_to(pair.got[:1], pair.got.shape)):
        return None
    several = pair.got[0].size > 1 and len(pair.got) > 2
    differ = len(np.unique(pair.right, axis=0)) > 1
    return HOLDS if several and differ else OPEN


def lacks(where: str) -> Callable[[Pair], Holding]:
    """A test whether the `first` or the last entry is missing."""

    def test(pair: Pair) -> Holding:
        if not pair.right.ndim or pair.right.ndim != pair.got.ndim or not pair.got.size:
            return None
        kept = pair.right[1:] if where == "first" else pair.right[:-1]
        return pair.told() if pair.close(pair.got, kept) else None

    return test


def adds(where: str) -> Callable[[Pair], Holding]:
    """A test whether there is an entry too many, at the `first` place or the last."""

    def test(pair: Pair) -> Holding:
        if (
            not pair.right.ndim
            or pair.right.ndim != pair.got.ndim
            or not pair.right.size
        ):
            return None
        kept = pair.got[1:] if where == "first" else pair.got[:-1]
        return pair.told() if pair.close(kept, pair.right) else None

    return test


def block(whole: str) -> Callable[[Pair], Holding]:
    """One result is a block of the other, smaller along one axis or several.

    `whole` is the larger one: ``got`` or ``right``.
    """

    def test(pair: Pair) -> Holding:
        large, small = pair.got, pair.right
        if whole == "right":
            large, small = small, large
        if not small.size or small.ndim != large.ndim or pair.same_shape:
            return None
        room = [a - b + 1 for a, b in zip(large.shape, small.shape, strict=True)]
        if min(room, default=0) < 1 or math.prod(room) > MAX_PLACES:
            return None
        for start in np.ndindex(*room):
            part = large[tuple(map(slice, start, np.add(start, small.shape)))]
            if pair.close(*((part, small) if whole == "got" else (small, part))):
                several = len(np.unique(np.round(small, 9))) > 3
                return HOLDS if several else OPEN
        return None

    return test


def wrong_rows(pair: Pair, axis: int = 0) -> np.ndarray | None:
    """Which slices along `axis` are wrong."""
    if not pair.same_shape or pair.right.ndim <= max(axis, 0) or not pair.right.size:
        return None
    wrong = ~pair.agreement(pair.got, pair.right)
    slices = np.moveaxis(wrong, axis, 0).reshape(wrong.shape[axis], -1)
    rows = np.asarray(slices.any(axis=1))
    return rows if rows.any() else None


def only(axis: int, at: int, wrong: bool) -> Callable[[Pair], Holding]:
    """Only the slice `at` is wrong, or only it is right."""

    def test(pair: Pair) -> Holding:
        rows = wrong_rows(pair, axis)
        if rows is None:
            return None
        pattern = np.full(len(rows), not wrong)
        pattern[at] = wrong
        if not np.array_equal(rows, pattern):
            return None
        return HOLDS if len(rows) > 2 else OPEN

    return test


def say_first_departure(pairs: list[Pair]) -> str:
    """From which row on a result is wrong, the rows before it right."""
    starts = []
    for pair in pairs:
        rows = wrong_rows(pair)
        if rows is None:
            return ""
        start = int(rows.argmax())
        if not start or not rows[start:].all() or len(rows) - start < 2:
            return ""
        starts.append(start)
    what = "row" if pairs[0].right.ndim == 2 else "entry"
    if len(set(starts)) > 1:
        if len({pair.part for pair in pairs}) > 1:
            return ""  # of several parts it is not said which is meant
        return (
            f"the first ones are right; in the first case that fails it is wrong from "
            f"{what} {starts[0]} on (counted from 0)"
        )
    before = f"{what} 0 is" if starts[0] == 1 else f"the first {starts[0]} are"
    return f"{before} right; it is wrong from {what} {starts[0]} on (counted from 0)"


def say_only(pairs: list[Pair]) -> str:
    """Rows and columns are the last two axes, as those of an image are."""
    dimensions = {pair.right.ndim for pair in pairs}
    words = [(-1, "entry")] if 1 in dimensions else [(-2, "row"), (-1, "column")]
    if min(dimensions) > 2:
        words.insert(0, (0, "entry"))
    for axis, word in words:
        for at, place in ((0, "first"), (-1, "last")):
            if everywhere(pairs, only(axis, at, wrong=True)):
                return f"only the {place} {word} is wrong"
            if everywhere(pairs, only(axis, at, wrong=False)):
                return f"only the {place} {word} is right"
    return ""


def orders() -> Iterator[Callable[[list[Pair]], str]]:
    yield same_for_all(reversed, "the order is reversed")
    for axis, word in ((0, "rows"), (1, "columns")):
        sentence = f"the {word} are the expected ones, in another order"
        yield say_entries(permuted(axis), sentence)


def say_entries(
    test: Callable[[Pair], Holding], sentence: str
) -> Callable[[list[Pair]], str]:
    """`sentence` where `test` holds everywhere, of numbers where there are no rows."""

    def say(pairs: list[Pair]) -> str:
        if not everywhere(pairs, test):
            return ""
        flat = all(pair.right.ndim == 1 for pair in pairs)
        return sentence.replace("rows", "numbers") if flat else sentence

    return say
