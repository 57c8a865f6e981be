"""The result is an input, a part of one, or a sum, mean or largest number of one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from autograde.checking.pairs import HOLDS, OPEN, Holding, Pair, everywhere

ENOUGH = 3  # numbers that have to differ for a proof


def say_part_of_input(pairs: list[Pair]) -> str:
    """Whether the result is a row, a column, or a reduction of one of the inputs."""
    common = set.intersection(*(set(pair.inputs) for pair in pairs))
    for name in (name for name in pairs[0].inputs if name in common):
        for words, function in _MADE.items():
            if everywhere(pairs, _is_made(name, function), together=True):
                return f"it is {words.format(f'`{name}`')}"
    return ""


def _is_made(name: str, function: Callable) -> Callable[[Pair], Holding]:
    def test(pair: Pair) -> Holding:
        value = pair.inputs[name]
        if not value.size or not pair.got.size:
            return None
        made = function(value)
        if made is None or not pair.close(pair.got, np.asarray(made)):
            return None
        return HOLDS if len(np.unique(np.round(pair.got, 9))) >= ENOUGH else OPEN

    return test


def _along(axis: int, how: Callable) -> Callable[[np.ndarray], np.ndarray | None]:
    def made(array: np.ndarray) -> np.ndarray | None:
        return how(array, axis=axis) if array.ndim > axis and array.size else None

    return made


def _place(axis: int, at: int) -> Callable[[np.ndarray], np.ndarray | None]:
    def made(array: np.ndarray) -> np.ndarray | None:
        return np.take(array, at, axis=axis) if array.ndim > axis else None

    return made


_HOW: dict[str, Callable[..., np.ndarray]] = {
    "sum": np.sum,
    "mean": np.mean,
    "maximum": np.max,
    "minimum": np.min,
}
_MADE: dict[str, Callable[[np.ndarray], np.ndarray | None]] = {
    "the first row of {}": _place(0, 0),
    "the last row of {}": _place(0, -1),
    "the first entry of {} along axis 1": _place(1, 0),
    "the last entry of {} along axis 1": _place(1, -1),
    **{
        f"the {word} of {{}} over axis {axis}": _along(axis, how)
        for axis in (0, 1)
        for word, how in _HOW.items()
    },
    **{f"the {word} of all numbers of {{}}": how for word, how in _HOW.items()},
}
