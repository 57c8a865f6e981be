"""How wide a text is in a terminal, where Chinese letters take two columns."""

from __future__ import annotations

import unicodedata


def width(text: str) -> int:
    """How many columns a terminal needs for `text`."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def padded(text: str, columns: int) -> str:
    """`text` with blanks behind it, up to `columns`."""
    return text + " " * (columns - width(text))
