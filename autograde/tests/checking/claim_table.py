"""How each sentence on a wrong result looks, and the claim that it makes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from autograde.checking.compare import as_array
from autograde.tests.checking.claims import (
    FUNCTIONS,
    NORMS,
    OF_EXPECTED,
    before_claim,
    by_numbers,
    close,
    constant,
    departs,
    direction,
    factor,
    in_order,
    input_claim,
    is_product,
    is_signed_term,
    is_term,
    norm_claim,
    numbers,
    one_slice,
    per_slice,
    place_claim,
    product_claim,
    property_claim,
    reduction,
    said_function,
    shape_claim,
    sub_block,
    where_claim,
    would_be,
    wrong_places,
    zero_or_right,
)


def lists(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [lists(item) for item in value]
    if isinstance(value, str) or value is None:
        return value
    return np.asarray(as_array(value)).tolist()


def inner(right: Any, got: Any) -> list[tuple[list, list]]:
    right, got = lists(right), lists(got)
    if not any(isinstance(item, list) for item in [*right, *got]):
        return [(right, got)]
    return [
        pair for one, two in zip(right, got, strict=True) for pair in inner(one, two)
    ]


def of_lists(claim: Callable[..., bool]) -> Callable[..., bool]:
    """A claim on each inner list that is wrong."""

    def tried(found, pair):
        wrong = [(r, g) for r, g in inner(pair.right, pair.got) if r != g]
        return all(claim(r, g, *found.groups()) for r, g in wrong)

    return tried


def flat(value: Any) -> list:
    if not isinstance(value, list):
        return [value]
    return [item for part in value for item in flat(part)]


def whole_lists(claim: Callable[..., bool]) -> Callable[..., bool]:
    return lambda found, pair: claim(lists(pair.right), lists(pair.got))


def alike(one, other) -> bool:
    return sorted(map(repr, one)) == sorted(map(repr, other))


def lies_within(short, long) -> bool:
    rest = iter(long)
    return all(item in rest for item in short)


NAMES = "|".join(map(re.escape, sorted(FUNCTIONS, key=len, reverse=True)))
OF = "|".join(map(re.escape, OF_EXPECTED))
DONE = "|".join(map(re.escape, NORMS))
#: what a sentence looks like, and whether it is true of one failing case
CLAIMS: list[tuple[str, Callable[..., bool]]] = [
    (
        rf"each number is (?P<of>{OF}) the expected one",
        lambda found, pair: close(
            pair.got_array, OF_EXPECTED[found["of"]](pair.arrays()[0])
        ),
    ),
    ("all numbers are 0", by_numbers(lambda r, g: not g.any())),
    (
        r"where it is wrong it is nan .*",
        lambda found, pair: bool(np.isnan(pair.arrays()[1][wrong_places(pair)]).all()),
    ),
    (
        r"each number agrees with the expected one to about five digits.*",
        by_numbers(close),
    ),
    (r"each number has the wrong sign", by_numbers(lambda r, g: close(g, -r))),
    (
        r"(?:each number is .* (?:times|half|of) the expected"
        r" one.*|each number is half the"
        r" expected one.*|all numbers of a case are the same multiple.*)",
        by_numbers(lambda r, g: constant(factor(r, g))),
    ),
    (
        r"it is transposed.*",
        by_numbers(lambda r, g: close(g, r.T)),
    ),
    (
        r"two axes have changed places",
        by_numbers(
            lambda r, g: any(
                close(g, r.swapaxes(a, b)) for a in range(r.ndim) for b in range(a)
            )
        ),
    ),
    (
        r"the numbers and their order are right, only the shape is another",
        by_numbers(lambda r, g: r.shape != g.shape and close(r.ravel(), g.ravel())),
    ),
    (r"the order is reversed", by_numbers(lambda r, g: close(g, r[::-1]))),
    (
        r"the (?:rows|numbers|columns) are the expected ones, in another order",
        by_numbers(lambda r, g: close(np.sort(r, axis=None), np.sort(g, axis=None))),
    ),
    (r"it is late by one.*", by_numbers(lambda r, g: close(g[1:], r[:-1]))),
    (r"it is early by one.*", by_numbers(lambda r, g: close(g[:-1], r[1:]))),
    (r"the first entry is missing.*", by_numbers(lambda r, g: close(g, r[1:]))),
    (r"the last entry is missing.*", by_numbers(lambda r, g: close(g, r[:-1]))),
    (
        r"there is one entry too many at the start",
        by_numbers(lambda r, g: close(g[1:], r)),
    ),
    (
        r"there is one entry too many at the end",
        by_numbers(lambda r, g: close(g[:-1], r)),
    ),
    (
        r"what is expected stands in it as a block.*",
        by_numbers(lambda r, g: sub_block(g, r)),
    ),
    (r"it is a block of what is expected.*", by_numbers(lambda r, g: sub_block(r, g))),
    (
        r"each column holds what belongs into the column before it",
        by_numbers(
            lambda r, g: close(g[:, :-1], r[:, 1:]) or close(g[:, 1:], r[:, :-1])
        ),
    ),
    (
        r"each column holds what belongs into the column behind it",
        by_numbers(
            lambda r, g: close(g[:, :-1], r[:, 1:]) or close(g[:, 1:], r[:, :-1])
        ),
    ),
    (
        r"rows are missing; those that are there are right",
        by_numbers(
            lambda r, g: all(any(close(row, other) for other in r) for row in g)
        ),
    ),
    (
        r"all rows that are expected are there, with others between",
        by_numbers(
            lambda r, g: all(any(close(row, other) for other in g) for row in r)
        ),
    ),
    (
        r"it is your input `(?P<name>\w+)`, unchanged",
        lambda found, pair: close(pair.got_array, numbers(pair.inputs[found["name"]])),
    ),
    (r"it is the expected result plus (?P<what>.+)", is_signed_term(1)),
    (r"it is the expected result minus (?P<what>.+)", is_signed_term(-1)),
    (
        r"it differs from the expected result by (?:a multiple"
        r" of|\S+ times) (?P<what>.+?)"
        r"(?:, by .*)?",
        is_term,
    ),
    (
        r"each number is the expected one (?P<how>times|divided by) (?P<what>.+?)"
        r"(?:, apart from `(?P<added>\w+)`)?",
        is_product,
    ),
    (
        r"it holds what belongs into .(?P<name>[^`”]+).",
        lambda found, pair: close(pair.got_array, numbers(pair.others[found["name"]])),
    ),
    (rf"(?P<function>{NAMES}) of your numbers would be the expected result", would_be),
    (rf"it is (?P<function>{NAMES}) of the expected result", said_function),
    (
        rf"each (?P<what>row|column) (?P<how>has still to be|is) (?P<done>{DONE})"
        r"(?:: then your numbers are right| once too often)",
        norm_claim,
    ),
    (
        r"before the activation function `(?P<name>\w+)`"
        r" (?P<how>is missing|is added once "
        r"too often)",
        before_claim,
    ),
    (r"a product is (?P<how>missing): (?P<product>`[^`]+`), with .*", product_claim),
    (
        r"there is a product too (?P<how>many): it is (?P<product>`[^`]+`), with .*",
        product_claim,
    ),
    (
        r"it is the (?P<what>first row|last row|first entry|last"
        r" entry|sum|mean|maximum|"
        r"minimum) of (?:all numbers of )?`(?P<name>\w+)`(?:"
        r" along axis 1| over axis \d)?",
        input_claim,
    ),
    (
        r"each number is too (?:large|small) by .*",
        by_numbers(lambda r, g: constant(g - r)),
    ),
    (r"all numbers of a case are off by.*", by_numbers(lambda r, g: constant(g - r))),
    (
        r"the numbers are rounded to whole ones",
        by_numbers(
            lambda r, g: (g == np.round(g)).all() and (np.abs(g - r) <= 1).all()
        ),
    ),
    (
        r"each (?P<what>row|column) is the expected one"
        r" (?P<how>times|plus) a number of its "
        r"own",
        per_slice,
    ),
    (
        r"only the (?P<place>first|last)"
        r" (?P<what>entry|row|column) is (?P<how>wrong|right)",
        one_slice,
    ),
    (
        r"some numbers are right, all the others are 0",
        lambda found, pair: zero_or_right(pair),
    ),
    (r"all numbers are the same", by_numbers(lambda r, g: constant(g))),
    (
        r"all rows are the same",
        by_numbers(lambda r, g: close(g, np.broadcast_to(g[:1], g.shape))),
    ),
    (
        r"(?:row|entry) 0 is right; it is wrong from \w+ (?P<start>\d+) on .*",
        departs,
    ),
    (r"the first \d+ are right; it is wrong from \w+ (?P<start>\d+) on .*", departs),
    (
        r"the first ones are right; in the first case.*",
        lambda found, pair: not wrong_places(pair)[0].any(),
    ),
    (
        r"(?:it is the (?P<how>sum|mean)(?: over axis \d)? of what is expected)",
        reduction,
    ),
    (
        r"the (?P<how>sum|mean)(?: over axis \d)? of your"
        r" numbers would be the expected result",
        reduction,
    ),
    (
        r"the zeros stand in the right places; what is wrong are other numbers",
        by_numbers(lambda r, g: np.array_equal(r == 0, g == 0)),
    ),
    (
        r"the numbers are right; only their type is another than expected",
        by_numbers(lambda r, g: np.array_equal(r, g, equal_nan=True)),
    ),
    (
        r"it is (?P<how>wrong|right)"
        r" (?P<place>(?:on|above|below|at) the .+?), and (?:right|"
        r"wrong) elsewhere",
        place_claim,
    ),
    (
        r"it is wrong just where (?P<name>the expected number|`\w+`) is (?P<kind>.+)",
        where_claim,
    ),
    (r"(.+); yours are not like that", property_claim),
    (r"every number that is wrong .*", direction),
    (r"all numbers are in the right order by size, .*", by_numbers(in_order)),
    (
        r"your numbers are spread (less|more) than the expected ones, in each result",
        by_numbers(lambda r, g, way: (g.std() < r.std()) == (way == "less")),
    ),
    (
        r"your numbers rise and fall .* \(correlation above (\S+)\)",
        by_numbers(
            lambda r, g, bound: (
                ((r - r.mean()) * (g - g.mean())).mean() / r.std() / g.std()
                >= float(bound) - 1e-9
            )
        ),
    ),
    (
        r"in each row the largest number stands in the right place",
        by_numbers(lambda r, g: np.array_equal(r.argmax(-1), g.argmax(-1))),
    ),
    (
        r"no number is further off than (\S+) % of the largest one",
        by_numbers(
            lambda r, g, percent: (
                np.abs(g - r).max() <= float(percent) / 100 * np.abs(r).max()
            )
        ),
    ),
    (
        r"(?:an axis of size 1 is missing.*|there is an axis of"
        r" size 1 too many.*|the axes "
        r"are in .*|it is a single number where.*|there are"
        r" several numbers where.*|the "
        r"length of .*|(?:axis \d+|the result) is too"
        r" (?:long|short) by \d+|only the length "
        r"of .*|it has .* ax[ei]s where .* expected)",
        shape_claim,
    ),
    (r"all lists are the same", whole_lists(lambda r, g: all(x == g[0] for x in g))),
    (
        r"only upper and lower case differ",
        of_lists(lambda r, g: [w.lower() for w in r] == [w.lower() for w in g]),
    ),
    (r"the items are the expected ones, in another order", of_lists(alike)),
    (r"it stops too early; .*", of_lists(lambda r, g: r[: len(g)] == g)),
    (r"it begins as expected, .*", of_lists(lambda r, g: g[: len(r)] == r)),
    (r"items are missing; .*", of_lists(lambda r, g: lies_within(g, r))),
    (r"everything expected is there, .*", of_lists(lambda r, g: lies_within(r, g))),
    (
        r"the lists are in reversed order",
        whole_lists(lambda r, g: r == g[::-1] or len(r) < 3),
    ),
    (r"the lists are the expected ones, .*", whole_lists(alike)),
    (
        r"all items are right and in order, .*",
        whole_lists(lambda r, g: flat(r) == flat(g)),
    ),
    (
        r"the items are the expected ones, in other lists or another order",
        whole_lists(lambda r, g: alike(flat(r), flat(g))),
    ),
    (
        r"each list that is wrong is too (long|short)(?: by (\d+))?",
        of_lists(
            lambda r, g, way, step: (
                len(g) != len(r)
                and (len(g) > len(r)) == (way == "long")
                and (step is None or abs(len(g) - len(r)) == int(step))
            )
        ),
    ),
    (r"each list begins right; .*", of_lists(lambda r, g: r[0] == g[0])),
]
IN_FIRST = re.compile(
    r"in the first case that fails only (?:the"
    r" )?(?P<what>row|column|entry|rows|columns|"
    r"entries) (?P<places>[\d, and]+) (?:is|are)"
    r" (?P<how>wrong|right) \(counted from 0\)"
)
CHARACTERS = re.compile(r"(your|expected) items hold characters .* has: (.+)")
