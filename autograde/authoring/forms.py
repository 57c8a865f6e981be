"""Results in other containers and number types, as students' functions return them.

A form is a way to hand over the same numbers: a list for an array, a tensor with its
graph, float32 for float64. :func:`wrapped` makes an exercise's reference return one.
"""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

Form = Callable[[Any], Any]


def _lists(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    return list(value) if isinstance(value, tuple) else value


def _tuples(value: Any) -> Any:
    if isinstance(value, np.ndarray) and value.ndim:
        return tuple(value)
    return tuple(value) if isinstance(value, list) else value


def _arrays(value: Any) -> Any:
    if isinstance(value, bool | int | float):
        return np.array(value)
    numbers = isinstance(value, list | tuple) and value
    if numbers and all(isinstance(item, int | float) for item in value):
        return np.array(value)
    return value


def _numpy_scalars(value: Any) -> Any:
    if isinstance(value, bool):
        return np.bool_(value)
    if isinstance(value, int):
        return np.int64(value)
    return np.float64(value) if isinstance(value, float) else value


def _plain_scalars(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _single(value: Any) -> Any:
    if isinstance(value, np.ndarray) and value.dtype == np.float64:
        return value.astype(np.float32)
    if isinstance(value, float):
        return np.float32(value)
    if isinstance(value, torch.Tensor) and value.dtype == torch.float64:
        return value.float()
    return value


def _double(value: Any) -> Any:
    if isinstance(value, torch.Tensor) and value.dtype == torch.float32:
        return value.double()
    if isinstance(value, np.ndarray) and value.dtype == np.float32:
        return value.astype(np.float64)
    return value


def _small_integers(value: Any) -> Any:
    if isinstance(value, np.ndarray) and value.dtype.kind == "i":
        return value.astype(np.int16)
    if isinstance(value, torch.Tensor) and value.dtype == torch.int64:
        return value.to(torch.int32)
    return value


def _tensors(value: Any) -> Any:
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiub":
        return torch.from_numpy(value.copy())
    if isinstance(value, float | np.floating):
        return torch.tensor(float(value), dtype=torch.float64)
    return value


def _with_graph(value: Any) -> Any:
    """A tensor that still carries its graph, for every floating point number."""
    value = _tensors(value)
    if isinstance(value, torch.Tensor) and value.is_floating_point():
        return value if value.requires_grad else value.clone().requires_grad_() * 1.0
    return value


def _detached(value: Any) -> Any:
    return value.detach() if isinstance(value, torch.Tensor) else value


def _strided(value: Any) -> Any:
    """The same numbers, not contiguous in memory."""
    if isinstance(value, np.ndarray) and value.ndim > 1:
        return np.asfortranarray(value)
    if isinstance(value, torch.Tensor) and value.ndim > 1:
        return value.transpose(0, 1).contiguous().transpose(0, 1)
    return value


def _iterators(value: Any) -> Any:
    return iter(value) if isinstance(value, list) else value


# those first that later code is most likely to stumble over
FORMS: dict[str, Form] = {
    "tensor with its graph": _with_graph,
    "list": _lists,
    "iterator": _iterators,
    "tuple": _tuples,
    "tensor": _tensors,
    "array": _arrays,
    "float32": _single,
    "float64": _double,
    "small integers": _small_integers,
    "NumPy scalar": _numpy_scalars,
    "plain number": _plain_scalars,
    "detached": _detached,
    "not contiguous": _strided,
}


def in_form(form: str, value: Any, changed: Callable[[], Any] = bool) -> Any:
    """`value` and all that it holds in the form; other things stay as they are.

    `changed` is called where the form differs from what was there.
    """
    if isinstance(value, types.GeneratorType):
        return _each(form, value, changed)
    if type(value) is dict:
        return {key: in_form(form, item, changed) for key, item in value.items()}
    if type(value) in (list, tuple):
        value = type(value)(in_form(form, item, changed) for item in value)
    made = FORMS[form](value)
    if _kind(made) != _kind(value):
        changed()
    return made


def _each(form: str, values: Any, changed: Callable[[], Any]) -> Iterator[Any]:
    for value in values:
        yield in_form(form, value, changed)


def _kind(value: Any) -> tuple:
    """What a form may alter of a single value."""
    if isinstance(value, torch.Tensor):
        return torch.Tensor, value.dtype, value.requires_grad, value.stride()
    if isinstance(value, np.ndarray):
        return np.ndarray, value.dtype, value.strides
    return (type(value),)


def wrapped(
    target: Any,
    form: str,
    applies: Callable[[], bool],
    changed: Callable[[], Any] = bool,
) -> Any:
    """`target` with results in the form, wherever `applies` says so when it is called.

    Of a class its own public methods are wrapped. `changed` is called where a result
    is another than the target's own.
    """
    if isinstance(target, type):
        own = {
            name: _wrapped_function(method, form, applies, changed)
            for name, method in vars(target).items()
            if inspect.isfunction(method) and not name.startswith("_")
        }
        return type(target.__name__, (target,), own)
    return _wrapped_function(target, form, applies, changed)


def _wrapped_function(
    function: Any,
    form: str,
    applies: Callable[[], bool],
    changed: Callable[[], Any],
) -> Any:
    @functools.wraps(function)
    def call(*arguments: Any, **keywords: Any) -> Any:
        result = function(*arguments, **keywords)
        return in_form(form, result, changed) if applies() else result

    return call
