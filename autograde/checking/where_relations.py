"""Where a result is wrong: just where an input or the expected number is of a kind."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from autograde.checking.pairs import Pair

Kind = Callable[[np.ndarray], np.ndarray]
ENOUGH = 6  # numbers of which two at least are right and two are wrong


def say_where(pairs: list[Pair]) -> str:
    """What all wrong places share and no right place has."""
    wrong = [_wrong(pair) for pair in pairs]
    found = [array for array in wrong if array is not None]
    if len(found) < len(pairs) or not _both_kinds(found):
        return ""
    for words, kind in _PLACES.items():
        if _just_there(found, [kind(array.shape) for array in found]):
            return f"it is wrong {words}, and right elsewhere"
        if _just_there(found, [_not(kind(array.shape)) for array in found]):
            return f"it is right {words}, and wrong elsewhere"
    return _say_values(pairs, found, _KINDS)


def say_where_not_zero(pairs: list[Pair]) -> str:
    """Whether it is wrong just where an input is not 0; this tells little."""
    wrong = [_wrong(pair) for pair in pairs]
    found = [array for array in wrong if array is not None]
    if len(found) < len(pairs) or not _both_kinds(found):
        return ""
    return _say_values(pairs, found, {"not 0": lambda v: v != 0})


def _say_values(
    pairs: list[Pair], found: list[np.ndarray], kinds: dict[str, Kind]
) -> str:
    names = [name for name in pairs[0].inputs if all(name in p.inputs for p in pairs)]
    for name in ("", *names):
        values = [
            pair.right if not name else _laid(pair.inputs[name], array.shape)
            for pair, array in zip(pairs, found, strict=True)
        ]
        shown = f"`{name}`" if name else "the expected number"
        said = _of_kind(found, values, shown, kinds)
        if said:
            return said
    return ""


def _of_kind(
    wrong: list[np.ndarray],
    values: list[np.ndarray | None],
    name: str,
    kinds: dict[str, Kind],
) -> str:
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return ""
    for words, kind in kinds.items():
        if _just_there(wrong, [kind(value) for value in known]):
            return f"it is wrong just where {name} is {words}"
    return ""


def _wrong(pair: Pair) -> np.ndarray | None:
    if not pair.same_shape or pair.right.size < 2:
        return None
    return ~pair.agreement(pair.got, pair.right)


def _both_kinds(wrong: list[np.ndarray]) -> bool:
    bad = sum(int(array.sum()) for array in wrong)
    good = sum(array.size for array in wrong) - bad
    return bad > 1 and good > 1 and bad + good >= ENOUGH


def _just_there(wrong: list[np.ndarray], kinds: list[np.ndarray | None]) -> bool:
    return all(
        kind is not None and np.array_equal(array, kind)
        for array, kind in zip(wrong, kinds, strict=True)
    )


def _laid(value: np.ndarray, shape: tuple[int, ...]) -> np.ndarray | None:
    """An input over the places of a result: of its shape, or of its first axes."""
    if not value.ndim or value.shape != shape[: value.ndim]:
        return None
    return np.broadcast_to(
        value.reshape(value.shape + (1,) * (len(shape) - value.ndim)), shape
    )


_KINDS: dict[str, Kind] = {
    "0": lambda v: v == 0,
    "negative": lambda v: v < 0,
    "positive": lambda v: v > 0,
    "0 or less": lambda v: v <= 0,
    "0 or more": lambda v: v >= 0,
    "above 1": lambda v: v > 1,
    "1": lambda v: v == 1,
}


def _not(array: np.ndarray | None) -> np.ndarray | None:
    return None if array is None else ~array


def _last_two(kind: Callable) -> Callable[[tuple[int, ...]], np.ndarray | None]:
    def places(shape: tuple[int, ...]) -> np.ndarray | None:
        if len(shape) < 2 or min(shape[-2:]) < 2:
            return None
        return np.broadcast_to(kind(shape[-2], shape[-1]), shape)

    return places


def _border(rows: int, columns: int) -> np.ndarray:
    made = np.ones((rows, columns), bool)
    made[1:-1, 1:-1] = False
    return made


def _tri(upper: bool, strict: int) -> Callable[[int, int], np.ndarray]:
    def places(rows: int, columns: int) -> np.ndarray:
        lower = np.tri(rows, columns, -strict, dtype=bool)
        return np.tri(columns, rows, -strict, dtype=bool).T if upper else lower

    return places


_PLACES: dict[str, Callable[[tuple[int, ...]], np.ndarray | None]] = {
    "on the diagonal": _last_two(lambda n, m: np.eye(n, m, dtype=bool)),
    "above the diagonal": _last_two(_tri(upper=True, strict=1)),
    "below the diagonal": _last_two(_tri(upper=False, strict=1)),
    "at the border (first and last row and column)": _last_two(_border),
}
