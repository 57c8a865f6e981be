"""Answers to the exercises, right and wrong, that the chapters' sources do not hold."""

from __future__ import annotations


def edited(source: str, edits: dict[str, list[str]]) -> list[str]:
    """One cell for every replacement: each edit is made in `source` alone."""
    unknown = [old for old in edits if old not in source]
    if unknown:
        raise ValueError(f"not in the source: {unknown}")
    return [source.replace(old, new) for old, news in edits.items() for new in news]
