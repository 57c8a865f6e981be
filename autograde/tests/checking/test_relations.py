"""Relations between a wrong result and the right one: told where true, else silent."""

from __future__ import annotations

import numpy as np
import pytest

from autograde.checking.pairs import Pair
from autograde.checking.quantities import Quantity, quantities_of
from autograde.checking.relations import (
    last_relation_of,
    most_relation_of,
    relation_of,
)
from autograde.checking.shape_relations import shape_relation_of

SHAPES = ((7, 3), (5, 4), (9, 2))


def pairs(make, shapes=SHAPES, near=1e-6) -> list[Pair]:
    """One pair a shape: random numbers as the right result, `make` of them as given."""
    rng = np.random.default_rng(0)
    found = []
    for shape in shapes:
        right = rng.normal(size=shape)
        X = rng.normal(size=shape)
        pair = Pair(right, right, near, {"X": X})
        pair.quantities = quantities_of(
            {"X": X, "alpha": 0.1 * (*shape, 7)[0]},
            {"X": [["N", "d"]]},
            {"N": "the number of samples"},
        )
        pair.others = {"db": rng.normal(size=shape)}
        pair.got = np.asarray(make(right, pair), dtype=float)
        found.append(pair)
    return found


def only(at, change):
    def make(right, _):
        got = right.copy()
        got[at] = change
        return got

    return make


TOLD = [
    (
        lambda r, p: r * len(r),
        "N times the expected one; N is the number of samples, 7",
    ),
    (lambda r, p: r / (2 * len(r)), "1/(2*N) of the expected one"),
    (lambda r, p: r * len(r) / (len(r) - 1), "N/(N - 1) times"),
    (
        lambda r, p: r / r.shape[1],
        "1/d of the expected one; d is the number of columns",
    ),
    (lambda r, p: r * 0.1 * len(r), "`alpha` times the expected one; that is 0.7"),
    (lambda r, p: 2 * r, "each number is 2 times the expected one"),
    (lambda r, p: r / 2, "each number is half the expected one"),
    (lambda r, p: -r, "the wrong sign"),
    (lambda r, p: r * r.sum(), "the same multiple"),
    (lambda r, p: r + 0.25, "too large by 0.25"),
    (lambda r, p: r - r.mean(), "off by the same amount"),
    (lambda r, p: r.T, "transposed"),
    (lambda r, p: r.ravel(), "only the shape is another"),
    (lambda r, p: r[::-1], "reversed"),
    (
        lambda r, p: np.random.default_rng(3).permutation(r),
        "rows are the expected ones",
    ),
    (lambda r, p: np.vstack([0 * r[:1], r[:-1]]), "late by one"),
    (lambda r, p: np.vstack([r[1:], 0 * r[:1]]), "early by one"),
    (lambda r, p: r[1:], "the first entry is missing"),
    (lambda r, p: r[:-1], "the last entry is missing"),
    (lambda r, p: np.vstack([r, r[:1]]), "one entry too many at the end"),
    (lambda r, p: np.vstack([r[:1], r]), "one entry too many at the start"),
    (lambda r, p: np.pad(r, 1), "stands in it as a block, with more around"),
    (lambda r, p: np.pad(r, ((0, 0), (0, 2))), "stands in it as a block"),
    (lambda r, p: r[1:-1], "it is a block of what is expected"),
    (lambda r, p: r[:, :-1], "rows or columns at the edge are missing"),
    (only(-1, 9.0), "only the last row is wrong"),
    (only(0, 9.0), "only the first row is wrong"),
    (only(slice(1, None), 9.0), "only the first row is right"),
    (only(slice(None, -1), 9.0), "only the last row is right"),
    (only(slice(2, None), 9.0), "the first 2 are right; it is wrong from row 2"),
    (lambda r, p: 0 * r, "all numbers are 0"),
    (lambda r, p: np.where(np.abs(r) > 0.5, r, 0), "all the others are 0"),
    (lambda r, p: np.where(r > 0, r, np.nan), "nan"),
    (lambda r, p: r.astype(np.float32), "agrees with the expected one to about five"),
    (lambda r, p: np.full(r.shape, 3.0), "all numbers are the same"),
    (lambda r, p: r**2, "the square of"),
    (lambda r, p: 1 / r, "the reciprocal"),
    (lambda r, p: np.exp(r), "the exponential of"),
    (lambda r, p: np.abs(r), "the absolute value of"),
    (lambda r, p: 1 - r, "1 minus"),
    (lambda r, p: np.round(r), "rounded"),
    (lambda r, p: p.inputs["X"], "your input `X`, unchanged"),
    (lambda r, p: r - p.inputs["X"], "the expected result minus `X`"),
    (lambda r, p: p.others["db"], "what belongs into `db`"),
    (lambda r, p: r.sum(axis=0), "the sum over axis 0 of what is expected"),
    (lambda r, p: r.mean(axis=1), "the mean over axis 1 of what is expected"),
    (
        lambda r, p: np.pad(r, ((0, 0), (1, 0)))[:, :-1],
        "what belongs into the column before it",
    ),
    (
        lambda r, p: np.pad(r, ((0, 0), (0, 1)))[:, 1:],
        "what belongs into the column behind it",
    ),
    (lambda r, p: r[[0, 2, 3]], "rows are missing"),
    (lambda r, p: np.insert(r, 2, 9.0, axis=0), "with others between"),
    (lambda r, p: np.tile(r[1], (len(r), 1)), "all rows are the same"),
    (
        lambda r, p: r * r.sum(axis=1, keepdims=True),
        "each row is the expected one times",
    ),
    (lambda r, p: np.tanh(r), "it is the tanh of the expected result"),
    (lambda r, p: r - 3 * p.inputs["X"], "the expected result by -3 times `X`"),
    (lambda r, p: r * p.inputs["X"], "the expected one times `X`"),
    (lambda r, p: r / (1 - p.inputs["X"] ** 2), "divided by (1 - `X`**2)"),
    (lambda r, p: p.inputs["X"].mean(axis=1), "it is the mean of `X` over axis 1"),
    (lambda r, p: p.inputs["X"][:, 0], "the first entry of `X` along axis 1"),
    (lambda r, p: np.where(p.inputs["X"] < 0, r + 1, r), "where `X` is negative"),
    (lambda r, p: np.where(r > 0, 2 * r, r), "where the expected number is positive"),
    (lambda r, p: np.tril(r) + np.triu(r * r, 1), "wrong above the diagonal"),
]


@pytest.mark.parametrize(("make", "words"), TOLD, ids=[words for _, words in TOLD])
def test_a_relation_that_holds_in_every_case_is_told(make, words):
    shapes = ((7, 4), (5, 6), (9, 5))
    assert words in relation_of(pairs(make, shapes))


@pytest.mark.parametrize(("make", "words"), TOLD, ids=[words for _, words in TOLD])
def test_a_relation_that_one_case_contradicts_is_not_told(make, words):
    shapes = ((7, 4), (5, 6), (9, 5), (6, 8))
    found = pairs(make, shapes)
    found[-1].got = found[-1].right + np.random.default_rng(5).normal(size=(6, 8))
    assert relation_of(found) == ""


def test_where_the_numbers_are_right_nothing_is_said_of_them():
    """Their kind is wrong then, such as float32 for float64; marks are own squares."""
    marks = np.eye(5)
    assert relation_of([Pair(marks, marks)]) == (
        "the numbers are right; only their type is another than expected"
    )
    row = np.random.default_rng(0).normal(size=(1, 5))
    assert relation_of([Pair(row, row), Pair(marks, marks[::-1])]) == ""


def test_one_row_is_its_own_reverse():
    row = np.random.default_rng(0).normal(size=(1, 5))
    assert "reversed" not in relation_of([Pair(row, row + 1)])


def test_zeros_in_the_right_places_are_told():
    marks = np.array([[1.0, 0, 0, 1], [0, 1, 1, 0]])
    counts = marks * [[2, 1, 1, 3], [1, 1, 4, 1]]
    assert "the zeros stand in the right places" in relation_of([Pair(marks, counts)])
    assert relation_of([Pair(marks, counts), Pair(marks, counts[::-1] + 0.5)]) == ""
    scores = np.random.default_rng(0).normal(size=(3, 3))
    assert relation_of([Pair(marks, counts), Pair(scores, scores**3)]) == ""


def test_the_last_entry_is_told_of_rows_and_of_tables_alike():
    rng = np.random.default_rng(0)
    found = []
    for shape in ((5,), (1, 7)):
        right, got = rng.normal(size=shape), rng.normal(size=shape)
        got[..., -1] = right[..., -1]
        found.append(Pair(right, got))
    assert relation_of(found) == "only the last entry is right"


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ((slice(None), -1), "only the last row is wrong"),
        ((slice(None), slice(None), 0), "only the first column is wrong"),
        ((0,), "only the first entry is wrong"),
        ((slice(2, None),), "it is wrong from entry 2 on"),
    ],
)
def test_rows_and_columns_of_images_are_their_last_two_axes(place, words):
    def spoilt(right, pair):
        got = right.copy()
        got[place] += np.random.default_rng(7).normal(size=got[place].shape)
        return got

    assert words in relation_of(pairs(spoilt, ((4, 5, 6), (5, 4, 3))))


def test_channels_in_another_order_are_not_columns():
    found = pairs(lambda r, p: r[:, [2, 0, 3, 1]], ((3, 4, 5), (5, 4, 3)))
    assert "columns" not in relation_of(found)


@pytest.mark.parametrize("shape", [(), (1,), (1, 1)])
def test_of_one_number_in_one_case_nothing_is_told(shape):
    for make in (lambda r, p: 3 * r, lambda r, p: r + 1, lambda r, p: r**2):
        assert relation_of(pairs(make, [shape])) == ""


def test_of_one_number_a_factor_is_told_where_two_cases_agree():
    assert "3 times" in relation_of(pairs(lambda r, p: 3 * r, [(), ()]))
    different = pairs(lambda r, p: 3 * r, [(), ()])
    different[1].got = different[1].right * 4
    assert relation_of(different) == ""


@pytest.mark.parametrize("factor", [1e-320, -1e-320, 1e-200, 1e300, -1e300])
def test_a_factor_beyond_all_reason_is_a_factor_still(factor):
    with np.errstate(all="ignore"):  # as whoever diagnoses has it
        said = relation_of(pairs(lambda r, p: factor * np.round(r, 2)))
    assert said == "" or "inf" not in said


def test_equal_numbers_prove_no_order_and_no_place():
    right = np.full((4, 4), 2.0)
    got = np.full((4, 4), 5.0)
    assert relation_of([Pair(right, got)]) == ""


def test_a_factor_that_two_quantities_share_has_no_name():
    found = pairs(lambda r, p: r * len(r), [(7, 7), (5, 5)])
    said = relation_of(found)
    assert "N" not in said and "the same multiple" in said


def test_a_factor_that_all_rows_share_is_none_of_their_own():
    tables = [np.random.default_rng(k).normal(size=(4, 4)) for k in range(2)]
    pairs = [Pair(table, table * 1.5) for table in tables]
    single = Pair(np.array([[2.0]]), np.array([[5.0]]))
    assert "of its own" not in relation_of([*pairs, single])
    others = [Pair(table, table + 0.3) for table in tables]
    assert "of its own" not in relation_of([*others, single])


def test_a_plain_factor_is_no_quantity():
    """k is 2 in the only case: is the factor k, or the 2 of the derivative?"""
    right = np.random.default_rng(0).normal(size=(5, 2))
    pair = Pair(right, 2 * right, quantities=[Quantity("k", 2.0, "outputs")])
    assert relation_of([pair]) == "each number is 2 times the expected one"


def test_random_numbers_have_no_relation():
    rng = np.random.default_rng(1)
    for _ in range(200):
        shape = tuple(rng.integers(1, 6, size=rng.integers(0, 4)))
        right, got = rng.normal(size=shape), rng.normal(size=shape)
        inputs = {"X": rng.normal(size=shape)}
        quantities = [Quantity("N", 7.0), Quantity("alpha", 0.3)]
        pair = Pair(right, got, 1e-6, inputs, {"db": inputs["X"] + 1}, quantities)
        assert relation_of([pair]) == ""


def test_infinite_and_empty_results_are_looked_at_without_an_error():
    for right in (np.zeros((0, 3)), np.array([np.inf, 1.0]), np.array([np.nan, 2.0])):
        for got in (np.zeros((0, 3)), np.array([1.0, -np.inf]), np.zeros((2, 2, 2))):
            with np.errstate(all="ignore"):
                relation_of([Pair(right, got)])


@pytest.mark.parametrize("shapes", [((1, 7), (1, 5)), ((5,), (3, 2))])
def test_numbers_in_their_places_are_in_no_other_order(shapes):
    """Single precision moves nothing, though an axis of size 1 has no other order."""
    close = pairs(lambda r, p: r.astype(np.float32), shapes, near=1e-5)
    said = relation_of(close)
    assert "order" not in said and "transposed" not in said
    assert "reversed" in relation_of(pairs(lambda r, p: r[::-1], ((5,), (4, 2))))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda r, b, W: r - b, "it is the expected result minus `b`"),
        (lambda r, b, W: (r - b) / 5 + b, None),
        (lambda r, b, W: np.tanh(np.arctanh(r) + b), "`b` is added once too often"),
        (lambda r, b, W: r @ W, "a product too many: it is `… @ W`"),
        (lambda r, b, W: np.linalg.solve(W.T, r.T).T, "a product is missing: `… @ W`"),
        (
            lambda r, b, W: r / r.sum(axis=1, keepdims=True),
            "each row is divided by its sum once too often",
        ),
        (
            lambda r, b, W: r - r.mean(axis=0),
            "each column is shifted to mean 0 once too often",
        ),
    ],
)
def test_a_bias_a_product_and_a_norm_are_told(make, words):
    rng = np.random.default_rng(2)
    found = []
    for n, k in ((7, 4), (5, 3), (9, 5)):
        right, b, W = (
            rng.uniform(0.1, 0.9, (n, k)),
            rng.normal(size=k),
            rng.normal(size=(k, k)),
        )
        found.append(Pair(right, make(right, b, W), 1e-6, {"b": b, "W": W}))
    said = relation_of(found)
    assert words in said if words else said == ""


def test_single_numbers_of_several_cases_prove_a_function_together():
    three = pairs(lambda r, p: np.abs(r) ** 2, [(), (), ()])
    assert relation_of(three) == "each number is the square of the expected one"
    assert relation_of(three[:2]) == ""


def test_what_holds_in_most_cases_is_told_with_their_number():
    found = pairs(lambda r, p: -r, SHAPES)
    found[2].got = np.random.default_rng(9).normal(size=found[2].got.shape)
    assert relation_of(found) == ""
    assert most_relation_of(found) == (
        "in 2 of 3 results that are wrong: each number has the wrong sign"
    )
    found[1].got = found[1].got ** 3 + 1
    assert most_relation_of(found) == ""


def probabilities(rng):
    made = rng.uniform(0.1, 1, size=(5, 4))
    return made / made.sum(axis=1, keepdims=True)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda r: r**2, "the expected numbers of each row add up to 1; yours"),
        (lambda r: r + np.where(r > 0.2, 0.1, 0.01), "every number that is wrong is"),
        (lambda r: np.where(r > 0.9, np.inf, 2 * r), "all expected numbers are finite"),
    ],
)
def test_a_property_and_a_direction_are_told_last(change, words):
    rng = np.random.default_rng(4)
    rights = [probabilities(rng) for _ in range(3)]
    if "add up" not in words:
        rights = [right * np.arange(1, 5) for right in rights]
    assert words in last_relation_of([Pair(right, change(right)) for right in rights])


def test_a_shape_is_told_by_its_axes_and_sizes():
    def said(*shapes):
        found = [
            Pair(
                np.ones(right),
                np.ones(got),
                quantities=[Quantity("N", 7.0), Quantity("k", 3.0)],
            )
            for right, got in shapes
        ]
        return shape_relation_of(found)

    assert said(((7, 1), (7,)), ((5, 1), (5,))).startswith(
        "an axis of size 1 is missing"
    )
    assert said(((7,), (7, 1))).startswith("there is an axis of size 1 too many")
    assert said(((7, 3), ()), ((5, 2), ())).startswith("it is a single number")
    assert said(((7,), (3,))) == "the length of the result is k; it should be N"
    assert said(((2, 5), (2, 6)), ((2, 8), (2, 9))) == "axis 1 is too long by 1"
    assert said(((7,), (7,))) == ""


def test_a_bias_that_is_missing_before_tanh_is_told_though_some_are_flat():
    rng = np.random.default_rng(6)
    found = []
    for n, k in ((7, 4), (5, 3)):
        inner, b = rng.normal(size=(n, k)), rng.normal(size=k)
        inner[0] += 100
        pair = Pair(np.tanh(inner + b), np.tanh(inner), 1e-6, {"b": b})
        found.append(pair)
    assert relation_of(found) == "before the activation function `b` is missing"


def test_spread_and_correlation_are_told_last():
    rng = np.random.default_rng(7)
    rights = [rng.normal(size=(6, 3)) for _ in range(3)]

    def said(change):
        return last_relation_of([Pair(right, change(right)) for right in rights])

    assert "spread less" in said(lambda r: 0.3 * r + 0.1 * rng.normal(size=r.shape))
    noise = said(lambda r: (r + 0.4 * rng.normal(size=r.shape)) / 1.08)
    assert "rise and fall" in noise or "spread" in noise
    assert said(lambda r: rng.permutation(r.ravel()).reshape(r.shape)) == ""


def test_which_few_rows_are_wrong_is_told_of_the_first_case():
    rng = np.random.default_rng(3)
    right = rng.normal(size=(6, 4))
    got = right.copy()
    got[[1, 4]] += rng.normal(size=(2, 4))
    assert last_relation_of([Pair(right, got)]) == (
        "in the first case that fails only the rows 1 and 4 are wrong (counted from 0)"
    )


def test_a_share_that_differs_from_case_to_case_is_told_as_a_number():
    found = pairs(lambda r, p: r / 49, [(7, 3), (5, 3)])
    found[1].got = found[1].right / 31
    assert relation_of(found).endswith(": 1/49 in the first case that fails")
