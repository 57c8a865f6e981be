"""Cases are measured with the libraries as they were, whatever a student has changed.

A notebook may rebind a function of NumPy or a built-in, or set another default dtype.
That is the notebook's own business: while a case runs, everything is as it was when
this module was first asked, and afterwards as the student left it.
"""

from __future__ import annotations

import builtins
import contextlib
import operator
import random
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import numpy as np

_ERRORS = {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}
_modules: dict[str, ModuleType] = {}
_kept: dict[str, dict[str, Any]] = {}
_values: dict[str, tuple[Callable[..., tuple], tuple]] = {}  # to compare them at once
_kept_printing: dict[str, dict[str, Any]] = {"numpy": dict(np.get_printoptions())}


def remember() -> None:
    """Keep what the modules hold that a case needs; only the first call counts."""
    for module in (builtins, random, np, np.random, np.linalg, _torch()):
        if module is not None and module.__name__ not in _kept:
            _modules[module.__name__] = module
            kept = _kept[module.__name__] = {
                name: value
                for name, value in vars(module).items()
                if callable(value) and (name[0] != "_" or module is builtins)
            }
            getter = operator.itemgetter(*kept)
            _values[module.__name__] = getter, getter(vars(module))
    if _torch() is not None:
        printing = vars(_torch()._tensor_str.PRINT_OPTS)
        _kept_printing.setdefault("torch", dict(printing))


@contextlib.contextmanager
def as_they_were(names: bool = True) -> Iterator[bool]:
    """Everything as it was, until the end of the block.

    Only what differs is touched, since this is asked for every case. Gives whether
    anything did. Without `names` only settings are looked at, which is much quicker:
    the modules hold more than a thousand functions.
    """
    remember()
    with contextlib.ExitStack() as stack:
        different = False
        for put_back in _different(names):  # NumPy's own functions before its options
            stack.enter_context(put_back)
            different = True
        yield different


def _different(names: bool) -> Iterator[contextlib.AbstractContextManager]:
    """What puts back whatever is not as it was."""
    for name, (getter, values) in _values.items() if names else ():
        try:
            same = all(map(operator.is_, values, getter(vars(_modules[name]))))
        except KeyError:
            same = False
        if not same:
            yield _put_back(_modules[name], _kept[name])
    if np.geterr() != _ERRORS:
        yield np.errstate(**_ERRORS)  # type: ignore[arg-type]
    if np.get_printoptions() != _kept_printing["numpy"]:
        yield np.printoptions(**_kept_printing["numpy"])
    torch = _torch()
    if torch is not None and (
        any(get() != usual for get, _, usual in _settings(torch))
        or torch.is_inference_mode_enabled()
        or vars(torch._tensor_str.PRINT_OPTS) != _kept_printing["torch"]
    ):
        yield _torch_defaults(torch)


def changed_dtype() -> bool:
    """Whether a student's default dtype of torch is not the usual one."""
    torch = _torch()
    return torch is not None and torch.get_default_dtype() != torch.float32


@contextlib.contextmanager
def _put_back(module: ModuleType, kept: dict[str, Any]) -> Iterator[None]:
    names = vars(module)
    gone = object()
    theirs = {
        name: names.get(name, gone)
        for name, value in kept.items()
        if names.get(name, gone) is not value
    }
    names.update({name: kept[name] for name in theirs})
    try:
        yield
    finally:
        for name, value in theirs.items():
            if value is gone:
                names.pop(name, None)
            else:
                names[name] = value


@contextlib.contextmanager
def _torch_defaults(torch: Any) -> Iterator[None]:
    """torch's own defaults; each is touched only where it differs."""
    with contextlib.ExitStack() as stack:
        for get, put, usual in _settings(torch):
            theirs = get()
            if theirs != usual:
                put(usual)
                stack.callback(put, theirs)
        printing = vars(torch._tensor_str.PRINT_OPTS)
        usual_printing = _kept_printing["torch"]
        if printing != usual_printing:
            stack.callback(printing.update, dict(printing))
            printing.update(usual_printing)
        if torch.is_inference_mode_enabled():
            stack.enter_context(torch.inference_mode(False))
        yield


def _settings(torch: Any) -> list[tuple[Any, Any, Any]]:
    """How each default is read and set, and its usual value."""
    cpu = torch.device("cpu")
    return [
        (torch.get_default_dtype, torch.set_default_dtype, torch.float32),
        (torch.get_default_device, torch.set_default_device, cpu),
        (torch.is_grad_enabled, torch.set_grad_enabled, True),
        (torch.get_num_threads, torch.set_num_threads, 1),
        (
            torch.are_deterministic_algorithms_enabled,
            torch._C._set_deterministic_algorithms,  # the public one imports a compiler
            False,
        ),
        (
            torch.get_float32_matmul_precision,
            torch.set_float32_matmul_precision,
            "highest",
        ),
        (torch.is_anomaly_enabled, torch.autograd.set_detect_anomaly, False),
        (
            lambda: torch.is_autocast_enabled("cpu"),
            lambda on: torch.set_autocast_enabled("cpu", on),
            False,
        ),
    ]


def _torch() -> Any:
    return sys.modules.get("torch")
