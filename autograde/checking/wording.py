"""How names become parts of sentences."""

from __future__ import annotations

from autograde.checking.places import code

MAX_NAMED = 6  # parts that a sentence lists


def listed(names: list[str]) -> str:
    """Names with commas and an "and"; of too many only that they are many."""
    if len(names) > MAX_NAMED:
        return "all wrong parts"
    names = [code(name) for name in names]
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} and {names[-1]}"


def as_sentence(text: str) -> str:
    """`text` with a capital and a full stop; "" stays so."""
    return capital(text) + "." if text else ""


def capital(text: str) -> str:
    """`text` with a capital."""
    return text[:1].upper() + text[1:]
