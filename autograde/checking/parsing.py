"""Read Python source into a syntax tree, from any thread."""

from __future__ import annotations

import ast
import threading

_one_at_a_time = threading.Lock()  # Python 3.11 counts depth for all threads together


def parse(source: str, name: str = "<cell>", flags: int = 0) -> ast.Module:
    """The syntax tree of `source`; raises what :func:`ast.parse` raises."""
    with _one_at_a_time:
        return compile(source, name, "exec", flags | ast.PyCF_ONLY_AST)
