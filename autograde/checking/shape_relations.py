"""What is true of results of another shape, length or type than expected."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from autograde.checking.pairs import Pair

Shapes = list[tuple[tuple[int, ...], tuple[int, ...]]]  # the expected and the given


def shape_relation_of(pairs: list[Pair]) -> str:
    """A sentence on results of which each has another shape; "" where none fits."""
    if not pairs or any(pair.same_shape for pair in pairs):
        return ""
    shapes = [(pair.right.shape, pair.got.shape) for pair in pairs]
    for test, sentence in _SAYINGS:
        if all(test(right, got) for right, got in shapes):
            return sentence
    return _say_axis(pairs, shapes) or _say_axes(shapes)


def _without_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(size for size in shape if size != 1)


def _fewer(right: tuple[int, ...], got: tuple[int, ...]) -> bool:
    same = _without_ones(right) == _without_ones(got)
    return same and len(got) < len(right)


def _more(right: tuple[int, ...], got: tuple[int, ...]) -> bool:
    return _fewer(got, right)


_SAYINGS: tuple[tuple[Callable[..., bool], str], ...] = (
    (_fewer, "an axis of size 1 is missing; apart from that the shape is right"),
    (_more, "there is an axis of size 1 too many; apart from that the shape is right"),
    (
        lambda right, got: len(right) > 1 and right == got[::-1],
        "the axes are in the opposite order",
    ),
    (
        lambda right, got: len(right) > 2 and sorted(right) == sorted(got),
        "the axes are in another order",
    ),
    (
        lambda right, got: bool(right) and not got,
        "it is a single number where several are expected",
    ),
    (
        lambda right, got: not right and bool(got),
        "there are several numbers where a single one is expected",
    ),
)


def _say_axis(pairs: list[Pair], shapes: Shapes) -> str:
    """The one axis that has another size, and what its sizes are."""
    axes = set()
    for right, got in shapes:
        if len(right) != len(got):
            return ""
        axes |= {axis for axis, size in enumerate(right) if size != got[axis]}
    if len(axes) != 1:
        return ""
    axis = axes.pop()
    where = f"axis {axis}" if len(shapes[0][0]) > 1 else "the result"
    steps = {got[axis] - right[axis] for right, got in shapes}
    wanted = _name_of_all(pairs, [right[axis] for right, _ in shapes])
    found = _name_of_all(pairs, [got[axis] for _, got in shapes])
    if wanted and found and wanted != found:
        return f"the length of {where} is {found}; it should be {wanted}"
    if len(steps) == 1 and len(shapes) > 1:
        step = steps.pop()
        more = "long" if step > 0 else "short"
        return f"{where} is too {more} by {abs(step)}"
    return f"only the length of {where} is wrong" if len(shapes[0][0]) > 1 else ""


def _name_of_all(pairs: list[Pair], sizes: list[int]) -> str:
    """The one quantity that has these sizes in all failing cases."""
    names: set[str] | None = None
    for pair, size in zip(pairs, sizes, strict=True):
        here = {q.name for q in pair.quantities if q.value == size}
        names = here if names is None else names & here
    return names.pop() if names and len(names) == 1 else ""


def _say_axes(shapes: Shapes) -> str:
    counts = {(len(right), len(got)) for right, got in shapes}
    if len(counts) != 1:
        return ""
    right, got = counts.pop()
    if right == got or not right or not got:
        return ""
    said = f"{got} axes" if got > 1 else "one axis"
    return f"it has {said} where {right} {'are' if right > 1 else 'is'} expected"


def type_relation_of(pairs: list[Pair]) -> str:
    """Whether the numbers are right, and only their type is another."""
    if pairs and all(np.array_equal(pair.right, pair.got) for pair in pairs):
        return "the numbers are right; only their type is another than expected"
    return ""
