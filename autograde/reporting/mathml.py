"""Formulas as MathML, which browsers draw without a script and without a network."""

from __future__ import annotations

import html
import re
from functools import lru_cache

from latex2mathml.converter import convert

MAX_LENGTH = 4000

_ENVIRONMENTS = {
    "aligned": ("align*", ""),
    "gathered": ("array", "{c}"),
    "equation": ("align*", ""),
    "equation*": ("align*", ""),
    "align": ("align*", ""),
}


@lru_cache(maxsize=10_000)
def mathml(tex: str, display: bool = False) -> str:
    """The formula `tex` as MathML; its source as code where it is none."""
    tex = tex.strip()
    try:
        if len(tex) > MAX_LENGTH:
            raise ValueError("too long for a formula")
        found = convert(_known(tex), display="block" if display else "inline")
    except Exception:  # a library's own errors, an IndexError, or too deep a nesting
        return f"<code>{html.escape(tex)}</code>"
    label = html.escape(tex, quote=True)
    return found.replace("<math ", f'<math title="{label}" ', 1)


def _known(tex: str) -> str:
    """Environments that the converter does not know, as ones that it knows."""

    def replace(match: re.Match[str]) -> str:
        edge, name = match.groups()
        known, columns = _ENVIRONMENTS.get(name, (name, ""))
        known = f"\\{edge}{{{known}}}"
        is_new = edge == "begin" and name in _ENVIRONMENTS
        return known + columns if is_new else known

    return re.sub(r"\\(begin|end)\{([a-z]+\*?)\}", replace, tex)
