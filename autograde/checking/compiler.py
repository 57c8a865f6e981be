"""A stand-in for torch's compiler, until someone compiles.

The first step of any optimizer imports ``torch._dynamo``, which takes as long as torch
itself, and only tells a compiler to keep off: `disable` and `graph_break` do nothing
where nothing is compiled. The stand-in has these two. Asked for anything else, such as
what ``torch.compile`` needs, it makes way for the real module.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

NAME = "torch._dynamo"


def put_off_compiler() -> None:
    """Let the stand-in answer for ``torch._dynamo``, unless that is imported."""
    torch = sys.modules.get("torch")
    if torch is not None and NAME not in sys.modules:
        sys.modules[NAME] = _StandIn(NAME)
        setattr(torch, NAME.split(".")[1], sys.modules[NAME])


class _StandIn(ModuleType):
    @staticmethod
    def disable(fn: Callable | None = None, *_: Any, **__: Any) -> Callable:
        return fn if fn is not None else lambda function: function

    @staticmethod
    def graph_break(*_: Any, **__: Any) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        # Whoever walks through all modules asks for names such as __file__.
        if name.startswith("__") and name != "__path__":
            raise AttributeError(name)
        if sys.modules.get(NAME) is self:
            del sys.modules[NAME], sys.modules["torch"]._dynamo
            importlib.import_module(NAME)
        return getattr(sys.modules[NAME], name)
