"""What is true of a wrong result: plain relations between it and the expected one.

:func:`relation_of` says a relation only where it holds in one failing case at least and
is contradicted in none, so that what a student reads is true of every failing case. The
relations are tried from the one that tells most to the one that tells least.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from autograde.checking import formula_relations as formula
from autograde.checking import last_relations as last
from autograde.checking import place_relations as place
from autograde.checking import value_relations as value
from autograde.checking import where_relations as where
from autograde.checking.input_relations import say_part_of_input
from autograde.checking.pairs import (
    HOLDS,
    OPEN,
    Holding,
    Pair,
    Say,
    everywhere,
    same_for_all,
)
from autograde.checking.places import code
from autograde.checking.shape_relations import type_relation_of

MAX_PAIRS = 12  # that are looked at one by one
MAX_NUMBERS = 100_000  # a larger result is not looked at


def relation_of(pairs: list[Pair]) -> str:
    """A sentence on `pairs`, one for each failing case; empty where none is true."""
    return _first_said(pairs, _SAYINGS)


def most_relation_of(pairs: list[Pair]) -> str:
    """A sentence that is proven in most failing cases, each looked at by itself."""
    if len(pairs) < 3 or len(pairs) > MAX_PAIRS:
        return ""
    said = [relation_of([pair]) for pair in pairs[: len(pairs) // 2 + 1]]
    if not any(said):
        return ""  # whatever holds in the others is not in most of all
    said += [relation_of([pair]) for pair in pairs[len(said) :]]
    best = max(said, key=lambda text: (said.count(text), bool(text)))
    count = said.count(best)
    if not best or 2 * count <= len(pairs) or "in the first case that fails" in best:
        return ""
    return f"in {count} of {len(pairs)} results that are wrong: {best}"


def last_relation_of(pairs: list[Pair]) -> str:
    """A sentence that tells less, where :func:`relation_of` knows none."""
    return _first_said(pairs, _LAST)


def _first_said(pairs: list[Pair], sayings: tuple[Say, ...]) -> str:
    usable = [p for p in pairs if max(p.right.size, p.got.size) <= MAX_NUMBERS]
    if len(usable) < len(pairs) or not any(p.right.size and p.got.size for p in pairs):
        return ""
    if any(pair.close(pair.got, pair.right) for pair in pairs):
        return type_relation_of(pairs) or _say_single(
            pairs
        )  # not the numbers are wrong there, but their kind
    for say in sayings:
        sentence = say(pairs)
        if sentence:
            return sentence
    return ""


def reduced(of: str, how: Callable, axis: int | None) -> Callable[[Pair], Holding]:
    """`got` is a sum or mean of what is expected, or the other way round."""

    def test(pair: Pair) -> Holding:
        whole, part = pair.right, pair.got
        if of == "got":
            whole, part = pair.got, pair.right
        if not whole.ndim or not whole.size or (axis or 0) >= whole.ndim:
            return None
        if not np.isfinite(whole).all() or whole.ndim == part.ndim:
            return None
        made = np.asarray(how(whole, axis=axis))
        if not pair.close(part, made) or whole.size == part.size:
            return None
        return HOLDS if len(np.unique(whole)) > 1 else OPEN

    return test


REDUCTIONS = [
    same_for_all(reduced(of, how, axis), sentence.format(f"{word}{along}"))
    for word, how in (("sum", np.sum), ("mean", np.mean))
    for axis, along in ((None, ""), (0, " over axis 0"), (1, " over axis 1"))
    for of, sentence in (
        ("right", "it is the {} of what is expected"),
        ("got", "the {} of your numbers would be the expected result"),
    )
]


def say_input(pairs: list[Pair]) -> str:
    """Whether the result is an input, or differs from the expected one by an input."""
    common = set.intersection(*(set(pair.inputs) for pair in pairs))
    for name in (name for name in pairs[0].inputs if name in common):
        if everywhere(pairs, is_input(name)):
            return f"it is your input `{name}`, unchanged"
        for sign, word in ((1, "plus"), (-1, "minus")):
            if everywhere(pairs, input_away(name, sign)):
                return f"it is the expected result {word} `{name}`"
    return ""


def is_input(name: str) -> Callable[[Pair], Holding]:
    """A test whether the result is the input `name`, and no other."""

    def test(pair: Pair) -> Holding:
        if not pair.close(pair.got, pair.inputs[name]):
            return None
        same = [n for n, v in pair.inputs.items() if pair.close(pair.got, v)]
        return pair.told() if same == [name] and pair.got.size > 1 else OPEN

    return test


def input_away(name: str, sign: int) -> Callable[[Pair], Holding]:
    """A test whether the input `name` was added once more, or left out."""

    def test(pair: Pair) -> Holding:
        value = pair.inputs[name]
        if not pair.same_shape or value.shape != pair.right.shape:
            return None
        if not pair.close(pair.got, pair.right + sign * value) or not value.any():
            return None
        return pair.told() if pair.got.size > 1 else OPEN

    return test


def say_other_part(pairs: list[Pair]) -> str:
    """One part of the result holds what belongs into another."""
    common = set.intersection(*(set(pair.others) for pair in pairs))
    for name in (name for name in pairs[0].others if name in common):

        def test(pair: Pair, name: str = name) -> Holding:
            if not pair.close(pair.got, pair.others[name]):
                return None
            same = [n for n, v in pair.others.items() if pair.close(pair.got, v)]
            return pair.told() if same == [name] and pair.got.size > 1 else OPEN

        if everywhere(pairs, test):
            return f"it holds what belongs into {code(name)}"
    return ""


_say_single = same_for_all(
    value.single,
    "each number agrees with the expected one to about five digits or more; "
    "float32 on the way, or a small number that is added, makes such a difference",
)

_SAYINGS: tuple[Say, ...] = (
    same_for_all(value.zeros, "all numbers are 0"),
    same_for_all(
        value.not_a_number,
        "where it is wrong it is nan (0/0, inf - inf, or log of less than 0)",
    ),
    _say_single,
    value.say_factor,
    same_for_all(
        place.transposed, "it is transposed: rows and columns have changed places"
    ),
    same_for_all(place.axes_moved, "two axes have changed places"),
    same_for_all(
        place.other_shape,
        "the numbers and their order are right, only the shape is another",
    ),
    *place.orders(),
    same_for_all(
        place.shifted(1), "it is late by one: each place holds what belongs before it"
    ),
    same_for_all(
        place.shifted(-1), "it is early by one: each place holds what belongs behind it"
    ),
    same_for_all(
        place.lacks("first"), "the first entry is missing, the others are right"
    ),
    same_for_all(
        place.lacks("last"), "the last entry is missing, the others are right"
    ),
    same_for_all(place.adds("first"), "there is one entry too many at the start"),
    same_for_all(place.adds("last"), "there is one entry too many at the end"),
    same_for_all(
        place.block("got"),
        "what is expected stands in it as a block, with more around or beside it",
    ),
    same_for_all(
        place.block("right"),
        "it is a block of what is expected; rows or columns at the edge are missing",
    ),
    same_for_all(
        place.shifted_columns(1),
        "each column holds what belongs into the column before it",
    ),
    same_for_all(
        place.shifted_columns(-1),
        "each column holds what belongs into the column behind it",
    ),
    same_for_all(
        place.some_rows("right"), "rows are missing; those that are there are right"
    ),
    same_for_all(
        place.some_rows("got"),
        "all rows that are expected are there, with others between",
    ),
    say_input,
    say_part_of_input,
    say_other_part,
    value.say_offset,
    *value.ELEMENTWISE,
    formula.say_function,
    formula.say_norm,
    formula.say_term,
    formula.say_product,
    formula.say_before,
    formula.say_matrix,
    same_for_all(value.whole, "the numbers are rounded to whole ones"),
    value.say_row_factors,
    where.say_where,
    place.say_only,
    same_for_all(value.some_zeros, "some numbers are right, all the others are 0"),
    same_for_all(value.one_number, "all numbers are the same"),
    same_for_all(place.same_rows, "all rows are the same"),
    place.say_first_departure,
    *REDUCTIONS,
    same_for_all(
        value.zeros_right,
        "the zeros stand in the right places; what is wrong are other numbers",
    ),
)

_LAST: tuple[Say, ...] = (
    last.say_property,
    last.say_direction,
    where.say_where_not_zero,
    last.say_rows,
    last.say_order,
    last.say_distance,
    last.say_spread,
    last.say_correlation,
)
