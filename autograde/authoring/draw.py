"""Draw the inputs of an exercise's cases from a seed.

Students have the visible cases with what is expected of them, and so they have the
fresh ones. A hidden draw of few whole numbers may give one of these once more: such a
case is drawn again, where its inputs can be others at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import numpy as np

from autograde.authoring.chapter import Chapter
from autograde.checking import serialize
from autograde.exercise import Case, Exercise

VISIBLE = "visible"
ROUNDS = 3  # of fresh cases, which a student may ask for
RELEASED = (VISIBLE, *(f"fresh {number}" for number in range(1, ROUNDS + 1)))
MAX_AGAIN = 20
DIGITS = 7  # of a number that is not chosen from a few
MANY = 25  # such numbers, of which no two draws give the same


def draw_cases(chapter: Chapter, exercise: Exercise, seed: str) -> list[Case]:
    """The cases of `exercise` for `seed`.

    A hidden case that repeats a released one, or an earlier hidden one, is replaced by
    the same case of a further draw. All others are as `seed` alone gives them.
    """
    cases = _drawn(chapter, exercise, seed)
    if seed in RELEASED:
        return cases
    inputs = [_packed(case) for case in cases]
    may_repeat = [i for i, case in enumerate(cases) if not _is_of_a_continuum(case)]
    if not may_repeat:
        return cases
    taken = {
        _packed(case)
        for released in RELEASED
        for case in _drawn(chapter, exercise, released)
    }
    repeated = [i for i in may_repeat if inputs[i] in taken | set(inputs[:i])]
    taken |= {one for i, one in enumerate(inputs) if i not in repeated}
    for again in range(MAX_AGAIN if repeated else 0):
        others = _drawn(chapter, exercise, seed, "again", str(again))
        for index in list(repeated):
            other = others[index] if len(others) == len(cases) else cases[index]
            if other.label == cases[index].label and _packed(other) not in taken:
                taken.add(_packed(other))
                cases[index] = other
                repeated.remove(index)
        if not repeated:
            break
    return cases


def seed_number(*parts: str) -> int:
    """A 64-bit number from names: the same on every machine, unrelated for others."""
    digest = hashlib.sha256("\0".join(parts).encode()).digest()
    return int.from_bytes(digest[:8], "little")


def _drawn(
    chapter: Chapter, exercise: Exercise, seed: str, *further: str
) -> list[Case]:
    number = seed_number(seed, chapter.name, exercise.name, *further)
    return list(exercise.cases(np.random.default_rng(number)))


def _packed(case: Case) -> bytes:
    return serialize.pack([list(case.inputs), case.keywords])


def _is_of_a_continuum(case: Case) -> bool:
    """Whether the inputs hold so many odd numbers that no other draw gives the same.

    To draw such cases once more would only take time, with networks many seconds.
    """
    inputs = serialize.unpack(_packed(case))
    return len({text for text in _texts(inputs) if _digits(text) >= DIGITS}) >= MANY


def _texts(value: Any) -> Iterable[str]:
    """Every floating-point number in a value, as its shortest text."""
    value = serialize.plain(value)
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        yield from map(str, np.unique(value)[:1000])
    elif isinstance(value, float):
        yield str(value)
    elif isinstance(value, dict):
        yield from _texts(list(value.values()))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)


def _digits(text: str) -> int:
    """How many digits tell a number from others, without zeros at its ends."""
    figures = text.lower().partition("e")[0].lstrip("-").replace(".", "")
    return len(figures.strip("0"))
