"""A stand-in for torch's compiler, until someone compiles.

The first step of any optimizer imports ``torch._dynamo``, which takes as long as torch
itself, and only tells a compiler to keep off: `disable` and `graph_break` do nothing
where nothing is compiled. The stand-in has these two, and keeps for the compiler what
libraries tell it of their functions. Asked for anything else, such as what
``torch.compile`` needs, it makes way for the real module.

transformers imports a class of one of its parts, which only some attention masks use.
A second stand-in gives that name, and the real class to whoever calls it.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

NAME = "torch._dynamo"
PART = f"{NAME}._trace_wrapped_higher_order_op"
_for_compiler: list[tuple[str, Any]] = []  # a decorator of the real module, a function


def put_off_compiler() -> None:
    """Let the stand-in answer for ``torch._dynamo``, unless that is imported."""
    torch = sys.modules.get("torch")
    if torch is not None and NAME not in sys.modules:
        for name, kind in ((NAME, _StandIn), (PART, _PartStandIn)):
            sys.modules[name] = kind(name)
            # who asks whether there is such a module finds one
            sys.modules[name].__spec__ = ModuleSpec(name, None)
        setattr(torch, NAME.split(".")[1], sys.modules[NAME])


class _StandIn(ModuleType):
    @staticmethod
    def disable(fn: Callable | None = None, *_: Any, **__: Any) -> Callable:
        return fn if fn is not None else lambda function: function

    @staticmethod
    def graph_break(*_: Any, **__: Any) -> None:
        pass

    @staticmethod
    def allow_in_graph(fn: Any) -> Any:
        _for_compiler.append(("allow_in_graph", fn))
        return fn

    @staticmethod
    def assume_constant_result(fn: Callable) -> Callable:
        _for_compiler.append(("assume_constant_result", fn))
        return fn

    def __getattr__(self, name: str) -> Any:
        # Whoever walks through all modules asks for names such as __file__.
        if name.startswith("__") and name != "__path__":
            raise AttributeError(name)
        _make_way()
        return getattr(sys.modules[NAME], name)


class _PartStandIn(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)

        def real(*arguments: Any, **named: Any) -> Any:
            _make_way()
            return getattr(importlib.import_module(PART), name)(*arguments, **named)

        return real


def _make_way() -> None:
    """Import the real modules, unless that was done."""
    if isinstance(sys.modules.get(NAME), _StandIn):
        del sys.modules[NAME], sys.modules["torch"]._dynamo
        if isinstance(sys.modules.get(PART), _PartStandIn):
            del sys.modules[PART]
        real = importlib.import_module(NAME)
        while _for_compiler:
            said, function = _for_compiler.pop(0)
            getattr(real, said)(function)
