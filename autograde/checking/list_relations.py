"""What is true of wrong lists of words or ids: too short, too long, in another order.

Where a result is a list of lists, its inner lists are looked at one by one. As with
numbers, a sentence is said only where it holds somewhere and is contradicted nowhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograde.checking.compare import as_array
from autograde.checking.describe import reported_error
from autograde.checking.pairs import HOLDS, OPEN, Holding

MAX_CHARACTERS = 8  # that are shown
MAX_ITEMS = 10_000  # a longer list is not looked at
Lists = tuple[list, list]  # the expected and the given one
Test = Callable[[list, list], Holding]


def list_relation_of(cases: Sequence[tuple[Any, Any]]) -> str:
    """A sentence on (expected, given) results of failing cases; "" where none fits."""
    wrong = _wrong_lists(cases)
    if not wrong:
        return ""
    if _same_everywhere(cases):
        return "all lists are the same"
    for test, sentence in _SAYINGS:
        answers = [test(right, got) for right, got in wrong]
        if HOLDS in answers and None not in answers:
            return sentence
    return _say_extra(wrong) or _say_offset(wrong)


def last_list_relation_of(cases: Sequence[tuple[Any, Any]]) -> str:
    """A sentence that tells less, where :func:`list_relation_of` knows none."""
    wrong = _wrong_lists(cases)
    if not wrong:
        return ""
    return _say_lists(cases) or _say_characters(wrong) or _say_length(wrong)


def _wrong_lists(cases: Sequence[tuple[Any, Any]]) -> list[Lists]:
    """The inner lists that are wrong; none where a result is not made of lists."""
    found: list[Lists] = []
    for expected, got in cases:
        lists = _inner(_plain(expected), _plain(got))
        if lists is None:
            return []
        found += lists
    wrong = [(right, got) for right, got in found if right != got]
    size = sum(len(right) + len(got) for right, got in wrong)
    return wrong if size <= MAX_ITEMS else []


def _say_lists(cases: Sequence[tuple[Any, Any]]) -> str:
    """Whether whole lists, or their items, have only changed places."""
    plain = [(_plain(expected), _plain(got)) for expected, got in cases]
    items = [item for pair in plain for side in pair for item in side]
    if not all(isinstance(item, list) for item in items):
        return ""
    moved = [(right, got) for right, got in plain if right != got and len(right) > 2]
    if not moved:
        return ""
    if all(right[::-1] == got for right, got in moved):
        return "the lists are in reversed order"
    if all(sorted(map(repr, right)) == sorted(map(repr, got)) for right, got in moved):
        return "the lists are the expected ones, in another order"
    flat = [[_flat(side) for side in pair] for pair in moved]
    if all(right == got for right, got in flat):
        return "all items are right and in order, only cut into other lists"
    if all(sorted(map(repr, right)) == sorted(map(repr, got)) for right, got in flat):
        return "the items are the expected ones, in other lists or another order"
    return ""


def _flat(value: Any) -> list:
    if not isinstance(value, list):
        return [value]
    return [inner for item in value for inner in _flat(item)]


def _say_characters(wrong: list[Lists]) -> str:
    """Characters that only the given, or only the expected words have."""
    items = [item for pair in wrong for side in pair for item in side]
    if not all(isinstance(item, str) and not reported_error(item) for item in items):
        return ""
    right = {char for expected, _ in wrong for word in expected for char in word}
    got = {char for _, given in wrong for word in given for char in word}
    for extra, start in ((got - right, "your items"), (right - got, "expected items")):
        if 0 < len(extra) <= MAX_CHARACTERS:
            shown = ", ".join(sorted(map(ascii, extra)))
            other = "no expected item" if start == "your items" else "none of yours"
            return f"{start} hold characters that {other} has: {shown}"
    return ""


def _say_length(wrong: list[Lists]) -> str:
    """Whether every wrong list is too long, or every one too short."""
    more = [len(got) - len(right) for right, got in wrong]
    if min(more) > 0 or max(more) < 0:
        word = "long" if more[0] > 0 else "short"
        if len(set(more)) == 1 and len(more) > 1:
            return f"each list that is wrong is too {word} by {abs(more[0])}"
        return f"each list that is wrong is too {word}"
    starts = [_agreeing(right, got) for right, got in wrong]
    if min(starts) > 0:
        return (
            f"each list begins right; the first one that is wrong departs at place "
            f"{starts[0]} (counted from 0)"
        )
    return ""


def _agreeing(right: list, got: list) -> int:
    """How many items at the start are right."""
    same = [one == other for one, other in zip(right, got, strict=False)]
    return same.index(False) if False in same else len(same)


def _plain(value: Any) -> Any:
    """Arrays as lists, tuples as lists, numbers of NumPy as plain ones."""
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, str) or value is None:
        return value
    array = as_array(value)
    return value if array is None else array.tolist()


def _inner(right: Any, got: Any) -> list[Lists] | None:
    """The lists of words or whole numbers at the same places of both results."""
    if not isinstance(right, list) or not isinstance(got, list):
        return None
    if all(map(_is_item, [*right, *got])):
        return [(right, got)]
    if len(right) != len(got):
        return None
    found: list[Lists] = []
    for one, other in zip(right, got, strict=True):
        lists = _inner(one, other)
        if lists is None:
            return None
        found += lists
    return found


def _is_item(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _same_everywhere(cases: Sequence[tuple[Any, Any]]) -> bool:
    """Whether each given result is one list again and again, where it should not be."""
    proven = False
    for expected, got in cases:
        right, given = _plain(expected), _plain(got)
        if not given or any(not isinstance(item, list) for item in [*right, *given]):
            return False
        if any(item != given[0] for item in given):
            return False
        proven |= len(given) > 2 and any(item != right[0] for item in right)
    return proven


def _begins(right: list, got: list) -> Holding:
    if len(got) >= len(right) or got != right[: len(got)]:
        return None
    return HOLDS if got else OPEN


def _goes_on(right: list, got: list) -> Holding:
    if len(got) <= len(right) or got[: len(right)] != right:
        return None
    return HOLDS if right else OPEN


def _lacks(right: list, got: list) -> Holding:
    if len(got) >= len(right) or not _is_within(got, right):
        return None
    return HOLDS if len(got) > 1 else OPEN


def _reordered(right: list, got: list) -> Holding:
    if len(right) != len(got) or sorted(map(repr, right)) != sorted(map(repr, got)):
        return None
    return HOLDS if len(set(map(repr, right))) > 2 else OPEN


def _other_case(right: list, got: list) -> Holding:
    words = [*right, *got]
    if len(right) != len(got) or not all(isinstance(word, str) for word in words):
        return None
    alike = [word.lower() for word in right] == [word.lower() for word in got]
    return HOLDS if alike else None


_SAYINGS: tuple[tuple[Test, str], ...] = (
    (_other_case, "only upper and lower case differ"),
    (_reordered, "the items are the expected ones, in another order"),
    (_begins, "it stops too early; what is there is right"),
    (_goes_on, "it begins as expected, and goes on where it should end"),
    (_lacks, "items are missing; those that are there are right and in order"),
)


def _say_extra(wrong: list[Lists]) -> str:
    """Which item stands in every wrong list besides what is expected."""
    extras: set[str] = set()
    for right, got in wrong:
        if len(got) <= len(right) or not _is_within(right, got):
            return ""
        extras.update(Counter(map(repr, got)) - Counter(map(repr, right)))
    if not any(right for right, _ in wrong):
        return ""
    if len(extras) > 1 or len(next(iter(extras))) > 20:
        return "everything expected is there, with other items between"
    return f"everything expected is there, with {extras.pop()} between"


def _say_offset(wrong: list[Lists]) -> str:
    """Whether all whole numbers are off by the same amount."""
    if any(len(right) != len(got) for right, got in wrong):
        return ""
    right = [item for one, _ in wrong for item in one]
    got = [item for _, other in wrong for item in other]
    if any(isinstance(item, str) for item in [*right, *got]):
        return ""
    offsets = set(np.subtract(got, right).tolist())
    if len(offsets) > 1 or len(set(right)) < 3:
        return ""
    (offset,) = offsets
    return f"each number is too {'large' if offset > 0 else 'small'} by {abs(offset)}"


def _is_within(short: list, long: list) -> bool:
    """Whether `short` is `long` with some items left out."""
    rest = iter(long)
    return all(any(item == other for other in rest) for item in short)
