"""Places in a result, in words: ``row 2, column 1 of `dW```. Counted from 0."""

from __future__ import annotations


def code(name: str) -> str:
    """A name of the code in backticks, a description in quotation marks."""
    parts = name.split(" of ")
    if all(part.isidentifier() for part in parts):
        return " of ".join(f"`{part}`" for part in parts)
    return f"“{name}”"


def inside(part: str, within: str) -> str:
    """A part's name, with that of what it is a part of."""
    return f"{part} of {within}" if within else part


def place(index: tuple[int, ...], entry: str = "entry") -> str:
    """``row 2, column 1`` for an index of an array; "" for a single number."""
    if not index:
        return ""
    if len(index) == 1:
        return f"{entry} {index[0]}"
    if len(index) == 2:
        return f"row {index[0]}, column {index[1]}"
    return f"place [{', '.join(map(str, index))}]"
