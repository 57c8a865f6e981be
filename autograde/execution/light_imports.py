"""Import libraries without the parts that only compilers and clusters use.

transformers imports torch's compiler and its tensors of many machines, and with them
sympy: more than all the rest, in time and in memory. Behind the walls there is one
machine without a network, and what compiles gets the compiler when it asks for it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator

from autograde.checking.compiler import put_off_compiler


@contextlib.contextmanager
def light_imports(modules: Iterable[str]) -> Iterator[None]:
    """While these modules are imported, torch says that it has no other machines."""
    if not {"torch", "transformers"} & {name.partition(".")[0] for name in modules}:
        yield
        return
    try:
        from torch import distributed
    except ModuleNotFoundError:
        yield
        return
    put_off_compiler()
    usual = distributed.is_available
    distributed.is_available = lambda: False
    try:
        yield
    finally:
        distributed.is_available = usual
