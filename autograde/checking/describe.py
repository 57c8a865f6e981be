"""What values are, in a few words that can be shown side by side."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from autograde.checking.serialize import TensorData, Unsupported

# how a probe says that a call which is to be refused was refused
_RAISED = re.compile(
    r"(?:raises (?P<one>an error|\w*Error)|(?P<two>\w*Error)(?: was raised)?)"
)


def describe(value: Any) -> str:
    """Say what `value` is in a few words: its type, shape and dtype, or the number."""
    if isinstance(value, TensorData):
        return f"torch.Tensor, shape {shape_of(value.array)}, {value.array.dtype}"
    if isinstance(value, np.ndarray | np.generic):
        if value.ndim == 0:
            return number(value)
        return f"array, shape {shape_of(np.asarray(value))}, {value.dtype}"
    if isinstance(value, Unsupported):
        return value.type_name
    if isinstance(value, bool) or value is None:
        return repr(value)
    if isinstance(value, int | float):
        return number(np.asarray(value))
    if isinstance(value, str):
        return cut(repr(value))
    if len(value) <= 4 and all(isinstance(item, str) for item in value):
        return cut(repr(value))
    return f"{type(value).__name__} of {len(value)}"


def type_name(value: Any) -> str:
    """The name of a value's type, as a student would say it."""
    if isinstance(value, TensorData):
        return "torch.Tensor"
    if isinstance(value, np.ndarray | np.generic):
        return "NumPy array" if value.ndim else f"{value.dtype} number"
    if isinstance(value, Unsupported):
        return value.type_name
    return "None" if value is None else type(value).__name__


def shape_of(array: np.ndarray) -> str:
    """An array's shape, and that it has none."""
    return str(tuple(array.shape)) if array.ndim else "() (a single number)"


def number(value: Any) -> str:
    """One number, to six digits."""
    number = np.asarray(value)
    if number.dtype.kind == "f":
        return f"{float(number):.6g}"
    return str(number.item())


def apart(got: Any, right: Any) -> tuple[str, str]:
    """Both numbers with as many digits as show that they differ, six at least."""
    one, other = np.asarray(got), np.asarray(right)
    if "f" not in one.dtype.kind + other.dtype.kind:
        return number(one), number(other)
    for digits in (6, 8, 10, 12, 14, 17):
        texts = f"{float(one):.{digits}g}", f"{float(other):.{digits}g}"
        if texts[0] != texts[1]:
            break
    return texts


def reported_error(value: Any) -> str:
    """The error that a probe's words name, ``an error`` or a class; else ""."""
    found = _RAISED.fullmatch(value) if isinstance(value, str) else None
    return (found["one"] or found["two"]) if found else ""


def error_of(value: Any) -> str:
    """The error that a probe's words name, else what the value is."""
    return reported_error(value) or describe(value)


def about_errors(expected: Any, got: Any) -> str:
    """What is wrong where a probe reports by its words that an error was raised."""
    wanted, raised = reported_error(expected), reported_error(got)
    if wanted and not raised:
        return f"no error where {wanted} is to be raised"
    if raised and not wanted:
        return f"your code raises {raised} where a result is expected"
    return ""


def cut(text: str, width: int = 80) -> str:
    """A text of at most `width` characters."""
    return text if len(text) <= width else text[: width - 1] + "…"


def size_of(value: Any) -> int:
    """About how many numbers are in a value, or would take its place in memory."""
    if isinstance(value, str):
        return 1 + len(value) // 8
    if isinstance(value, TensorData):
        return size_of(value.array)
    if isinstance(value, np.ndarray):  # (0, 10**9) is small until it is summed up
        return math.prod(max(1, width) for width in value.shape)
    if isinstance(value, dict):
        return 1 + sum(map(size_of, value)) + sum(map(size_of, value.values()))
    if isinstance(value, list | tuple):
        return 1 + sum(map(size_of, value))
    return 1
