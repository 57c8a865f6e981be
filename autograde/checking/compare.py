"""Compare a result with the expected one in stages, and say the first that fails.

returned nothing → type → shape → dtype → NaN or infinity → values. Nothing is ever
broadcast. A container of another kind is accepted where the numbers are the same (a
list for an array, a list for a tuple); a number of another kind is not (3.0 for a
token id).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from autograde.checking.describe import (
    about_errors,
    apart,
    cut,
    describe,
    error_of,
    number,
    shape_of,
    type_name,
)
from autograde.checking.places import inside, place
from autograde.checking.serialize import KINDS, TensorData, Unsupported

SINGLE_RTOL = 5e-5
SINGLE_ATOL = 5e-6
SHOWN = 4
_SINGLE = {np.dtype("float32"), np.dtype("float16")}

_KIND_NAMES = {"b": "bool", "i": "integer", "u": "integer", "f": "floating point"}
_PLAIN_KINDS: dict[type, str] = {bool: "b", int: "i", float: "f"}
# expected kind -> kinds that a student may return
_ALLOWED_KINDS = {"f": "fiub", "i": "iu", "u": "iu", "b": "biu"}


@dataclass(frozen=True)
class Tolerance:
    """How far a number may be off: ``|got - expected| <= atol + rtol * |expected|``.

    Where single precision is expected, `rtol` is at least 5e-5 and `atol` at least 5e-6
    of the largest expected number; where it is given for double precision, `single`
    and a tenth of it take their places.
    """

    rtol: float = 1e-6
    atol: float = 1e-9
    exact_dtype: bool = False
    single: float = SINGLE_RTOL


@dataclass(frozen=True)
class Mismatch:
    """The first thing that is wrong with a result.

    `part` says where in a nested result (``dW``, ``item 2``); `got` and `expected` are
    short texts to be shown side by side. `numbers` holds up to four of the numbers
    that differ, as ``(place, got, expected)``, the worst among them.
    """

    stage: str
    message: str
    part: str = ""
    got: str = ""
    expected: str = ""
    numbers: tuple[tuple[str, str, str], ...] = ()


def compare(
    expected: Any,
    got: Any,
    tolerance: Tolerance = Tolerance(),
    names: tuple[str, ...] = (),
    part: str = "",
) -> Mismatch | None:
    """Return None where `got` is as good as `expected`, else the first mismatch.

    Both are plain values, as :func:`~autograde.checking.serialize.unpack` gives
    them. `names` name the parts of an expected tuple.
    """
    if got is None and expected is not None:
        return Mismatch(
            "returned nothing",
            "the result is None; is a `return` missing?",
            part,
            "None",
            describe(expected),
        )
    if isinstance(got, Unsupported) or isinstance(expected, Unsupported):
        if isinstance(got, type(expected)) and got == expected:
            return None  # a known mistake gives this, and the reference never
        message = f"the result is of type `{type_name(got)}`"
        return Mismatch("type", message, part, describe(got), describe(expected))
    if expected is None or isinstance(expected, str):
        return _compare_plain(expected, got, part)
    if isinstance(expected, dict):
        return _compare_dict(expected, got, tolerance, part)
    if isinstance(expected, list | tuple):
        return _compare_sequence(expected, got, tolerance, names, part)
    return _compare_numbers(expected, got, tolerance, part)


def _compare_plain(expected: Any, got: Any, part: str) -> Mismatch | None:
    said = about_errors(expected, got)
    if said:
        return Mismatch("raised", said, part, error_of(got), error_of(expected))
    if type(got) is not type(expected):
        wanted = describe(expected) if expected else f"a {type_name(expected)}"
        message = f"a {type_name(got)} where {wanted} is expected"
        return Mismatch("type", message, part, describe(got), describe(expected))
    if got != expected:
        return Mismatch(
            "values", "another value", part, cut(repr(got)), cut(repr(expected))
        )
    return None


def _compare_dict(
    expected: dict, got: Any, tolerance: Tolerance, part: str
) -> Mismatch | None:
    if not isinstance(got, dict):
        message = f"a {type_name(got)} where a dict is expected"
        return Mismatch("type", message, part, describe(got), describe(expected))
    missing = [key for key in expected if key not in got]
    extra = [key for key in got if key not in expected]
    if missing or extra:
        said = [f"{cut(repr(key))} is missing" for key in missing[:3]]
        said += [f"{cut(repr(key))} does not belong" for key in extra[:3]]
        return Mismatch(
            "shape",
            "other keys: " + ", ".join(said),
            part,
            f"{len(got)} keys",
            f"{len(expected)} keys",
        )
    for key, value in expected.items():
        inner = inside(str(key), part)
        mismatch = compare(value, got[key], tolerance, part=inner)
        if mismatch:
            return mismatch
    return None


def _compare_sequence(
    expected: list | tuple,
    got: Any,
    tolerance: Tolerance,
    names: tuple[str, ...],
    part: str,
) -> Mismatch | None:
    array = got.array if isinstance(got, TensorData) else got
    if isinstance(array, np.ndarray) and array.ndim and len(array) == len(expected):
        tensor = isinstance(got, TensorData)
        rows = [np.asarray(row) for row in array]
        got = [TensorData(row) for row in rows] if tensor else rows
    elif isinstance(array, np.ndarray) and array.ndim:
        message = f"{len(array)} items where {len(expected)} are expected"
        return Mismatch("shape", message, part, describe(got), describe(expected))
    if not isinstance(got, list | tuple):
        kind = type(expected).__name__
        message = f"a {type_name(got)} where a {kind} of {len(expected)} is expected"
        return Mismatch("type", message, part, describe(got), describe(expected))
    if len(got) != len(expected):
        message = f"{len(got)} items where {len(expected)} are expected"
        return Mismatch("shape", message, part, describe(got), describe(expected))
    if expected and all(map(_is_number, (*expected, *got))):
        return _compare_numbers(as_array(expected), got, tolerance, part)
    for index, (wanted, item) in enumerate(zip(expected, got, strict=True)):
        named = len(names) == len(expected)
        inner = inside(names[index] if named else f"item {index}", part)
        names_inside = () if named else names
        mismatch = compare(wanted, item, tolerance, names_inside, inner)
        if mismatch:
            return mismatch
    return None


def _compare_numbers(
    expected: Any, got: Any, tolerance: Tolerance, part: str
) -> Mismatch | None:
    wanted = (
        expected.array if isinstance(expected, TensorData) else np.asarray(expected)
    )
    if isinstance(expected, TensorData) and not isinstance(got, TensorData):
        message = f"a {type_name(got)} where a torch.Tensor is expected"
        return Mismatch("type", message, part, describe(got), describe(expected))
    array = as_array(got)
    if array is None:
        if said := about_errors(expected, got):
            return Mismatch("raised", said, part)
        if bits := _bits_beyond(got):
            asked = describe(expected)
            message = f"a whole number of {bits} bits where {asked} is expected"
        elif isinstance(got, list | tuple):
            message = "the rows of the result have different lengths or are not numbers"
        else:
            found = describe(got) if isinstance(got, str) else f"a {type_name(got)}"
            message = f"{found} where {describe(expected)} is expected"
        return Mismatch("type", message, part, describe(got), describe(expected))
    if array.shape != wanted.shape:
        what = "shape {}, expected {}"
        message = what.format(shape_of(array), shape_of(wanted))
        if array.size == wanted.size and array.ndim == wanted.ndim == 2:
            message += " (transposed?)"
        return Mismatch("shape", message, part, shape_of(array), shape_of(wanted))
    mismatch = _compare_dtype(wanted, array, tolerance, part)
    if mismatch or _are_close(wanted, array, tolerance):
        return mismatch
    return _compare_finite(wanted, array, part) or _compare_values(
        wanted, array, tolerance, part
    )


def _bits_beyond(value: Any) -> int:
    """How many bits the first whole number in `value` has that an array cannot hold."""
    if isinstance(value, int):
        return value.bit_length() if not -(2**63) <= value < 2**64 else 0
    if isinstance(value, list | tuple):
        return next(filter(None, map(_bits_beyond, value)), 0)
    return 0


def as_array(value: Any) -> np.ndarray | None:
    """Return numbers, however nested, as an array; None where they are not one."""
    if isinstance(value, TensorData):
        return value.array
    if isinstance(value, np.ndarray):
        return value
    if isinstance(value, bool | int | float | np.generic):
        array = np.asarray(value)
        return array if array.dtype.kind in KINDS else None
    if isinstance(value, list | tuple):
        kinds = set(map(type, value))
        kind = _PLAIN_KINDS.get(kinds.pop()) if len(kinds) == 1 else None
        if kind and (array := np.array(value)).dtype.kind == kind:
            return array  # not so where an integer is too large for 64 bits
        arrays = [as_array(item) for item in value]
        parts = [array for array in arrays if array is not None]
        if len(parts) < len(arrays):
            return None
        if not parts:
            return np.empty(0)
        if len({item.shape for item in parts}) > 1:
            return None
        return np.stack(parts)
    return None


def _compare_dtype(
    wanted: np.ndarray, array: np.ndarray, tolerance: Tolerance, part: str
) -> Mismatch | None:
    if array.size == 0 and wanted.size == 0 and not tolerance.exact_dtype:
        return None
    if tolerance.exact_dtype and array.dtype != wanted.dtype:
        message = f"dtype {array.dtype}, expected {wanted.dtype}"
        return Mismatch("dtype", message, part, str(array.dtype), str(wanted.dtype))
    if array.dtype.kind not in _ALLOWED_KINDS[wanted.dtype.kind]:
        message = (
            f"{_KIND_NAMES[array.dtype.kind]} numbers ({array.dtype}) where "
            f"{_KIND_NAMES[wanted.dtype.kind]} ones ({wanted.dtype}) are expected"
        )
        return Mismatch("dtype", message, part, str(array.dtype), str(wanted.dtype))
    return None


def _are_close(wanted: np.ndarray, array: np.ndarray, tolerance: Tolerance) -> bool:
    """Whether all numbers are finite and within the bounds: a quick look at the usual.

    Where it says no, nothing is known yet.
    """
    if wanted.dtype.kind != "f":
        return bool((wanted == array).all())
    e, g = wanted.astype(np.float64), array.astype(np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        size = np.abs(e)
        rtol, atol = _bounds(wanted, array, size, tolerance)
        # a number that is not finite is not less than anything that it allows
        return bool((np.abs(g - e) < atol + rtol * size).all())


def _bounds(
    wanted: np.ndarray, array: np.ndarray, sizes: np.ndarray, tolerance: Tolerance
) -> tuple[float, float]:
    """`rtol` and `atol` for these numbers; `sizes` are the finite expected ones'."""
    rtol, atol = tolerance.rtol, tolerance.atol
    if {wanted.dtype, array.dtype} & _SINGLE:
        single = SINGLE_RTOL if wanted.dtype in _SINGLE else tolerance.single
        rtol = max(rtol, single)
        scale = sizes.max(initial=0.0)
        atol = max(atol, single * SINGLE_ATOL / SINGLE_RTOL * scale)
    return rtol, atol


def _compare_finite(
    wanted: np.ndarray, array: np.ndarray, part: str
) -> Mismatch | None:
    if wanted.dtype.kind != "f":
        return None
    infinite = np.isinf(wanted) | np.isinf(array)
    same = (np.isnan(wanted) == np.isnan(array)) & (~infinite | (wanted == array))
    if same.all():
        return None
    index = tuple(int(i) for i in np.argwhere(~same)[0])
    bad = int((~same).sum())
    found = number(array[index])
    at = f" at {place(index)}" if index else ""
    message = f"{found}{at} ({bad} of {array.size} numbers)"
    return Mismatch("NaN or infinity", message, part, found, number(wanted[index]))


def _compare_values(
    wanted: np.ndarray, array: np.ndarray, tolerance: Tolerance, part: str
) -> Mismatch | None:
    if wanted.size == 0:
        return None
    if wanted.dtype.kind == "f":
        e, g = wanted.astype(np.float64), array.astype(np.float64)
        finite = np.isfinite(e)
        rtol, atol = _bounds(wanted, array, np.abs(e[finite]), tolerance)
        with np.errstate(invalid="ignore", over="ignore"):
            difference = np.where(finite, np.abs(g - e), 0.0)
        allowed = atol + rtol * np.abs(np.where(finite, e, 0.0))
        wrong = difference > allowed
        rank = np.where(wrong, difference, -1.0)
    else:
        wrong = wanted != array
        difference = np.abs(array.astype(np.float64) - wanted.astype(np.float64))
        rank = np.where(wrong, difference, -1.0)
    if not wrong.any():
        return None
    index = tuple(int(i) for i in np.unravel_index(int(rank.argmax()), rank.shape))
    found, right = apart(array[index], wanted[index])
    if wanted.ndim == 0:
        message = f"{found}, expected {right}"
    else:
        message = (
            f"{int(wrong.sum())} of {wanted.size} numbers differ; the largest "
            f"difference is {difference[index]:.3g} at {place(index)}"
        )
    return Mismatch("values", message, part, found, right, _worst(rank, array, wanted))


def _worst(
    rank: np.ndarray, array: np.ndarray, wanted: np.ndarray
) -> tuple[tuple[str, str, str], ...]:
    """The (at most four) numbers with the largest rank, in the order of their index."""
    if not wanted.ndim:
        return ()
    flat = np.argsort(-rank, axis=None, kind="stable")[:SHOWN]
    places = [
        np.unravel_index(int(i), rank.shape) for i in sorted(flat) if rank.flat[i] >= 0
    ]
    return tuple(
        (
            place(tuple(map(int, at))),
            *apart(array[at], wanted[at]),
        )
        for at in places
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, bool | int | float | np.generic) or (
        isinstance(value, np.ndarray) and value.ndim == 0
    )
